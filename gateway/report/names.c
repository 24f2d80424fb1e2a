/* What the choices of a report are called. */
#include "words.h"

const char *
report_boundary_name(enum report_boundary boundary)
{
	return boundary == BOUNDARY_TODAY ? "hien_hanh" : "tai_thoi_diem";
}

const char *
report_scope_name(enum report_scope scope)
{
	static const char *const names[] = {
		[SCOPE_UNIT] = "unit", [SCOPE_MARKET] = "market", [SCOPE_FORMER] = "former"};

	return names[scope];
}

const char *
report_audience_name(enum report_audience audience)
{
	return audience == AUDIENCE_OFFICIAL ? "official" : "board";
}

const char *
report_status_name(enum report_status status)
{
	return report_status_word(status, VIETNAMESE);
}
