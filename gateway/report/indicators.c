/* What the indicators with targets are called and counted in. */
#include "indicators.h"

static const struct indicator indicators[] = {
	{"CAI", W_NAME_CAI, W_LOW_CAI, MEASURE_POINTS},
	{"P", W_NAME_P, W_LOW_P, MEASURE_PERCENT},
	{"H", W_NAME_H, W_LOW_H, MEASURE_PERCENT},
	{"N", W_NAME_N, W_LOW_N, MEASURE_PERCENT},
	{"D", W_NAME_D, W_LOW_D, MEASURE_PERCENT},
	{"T", W_NAME_T, W_LOW_T, MEASURE_PERCENT},
	{"F", W_NAME_F, W_LOW_F, MEASURE_PERCENT},
	{"V1", W_NAME_V1, W_LOW_V1, MEASURE_PAYMENTS},
	{"V2", W_NAME_V2, W_LOW_V2, MEASURE_DONG},
};

const struct indicator *
indicator_find(struct str code)
{
	for (size_t i = 0; i < sizeof(indicators) / sizeof(indicators[0]); i++)
		if (str_eq(code, str_from(indicators[i].code)))
			return &indicators[i];
	return NULL;
}

enum measure
measure_of(struct str code)
{
	const struct indicator *indicator = indicator_find(code);

	return indicator != NULL ? indicator->measure : MEASURE_PERCENT;
}
