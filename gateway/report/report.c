/* The forms of a report: their names, their media types, who makes them. */
#include "chopay/report.h"

static struct err
make_json(const struct report *report, enum language language, struct buf *out)
{
	(void)language; /* its keys are no words of a language */
	report_write_json(report, out);
	return OK;
}

static const struct {
	const char *word, *type;
	struct err (*make)(const struct report *report, enum language language, struct buf *out);
} forms[REPORT_FORMS] = {
	[FORM_JSON] = {"json", "application/json", make_json},
	[FORM_CSV] = {"csv", "text/csv; charset=utf-8", report_csv},
	[FORM_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		report_xlsx},
	[FORM_DOCX] = {"docx",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		report_docx},
	[FORM_PDF] = {"pdf", "application/pdf", report_pdf},
	[FORM_TXT] = {"txt", "text/plain; charset=utf-8", report_txt},
	[FORM_PNG] = {"png", "image/png", report_png},
};

bool
report_form_parse(struct str word, enum report_form *form)
{
	for (int i = 0; i < REPORT_FORMS; i++) {
		if (str_eq(word, str_from(forms[i].word))) {
			*form = (enum report_form)i;
			return true;
		}
	}
	return false;
}

const char *
report_form_type(enum report_form form)
{
	return forms[form].type;
}

struct err
report_make(
	const struct report *report, enum report_form form, enum language language, struct buf *out)
{
	return forms[form].make(report, language, out);
}
