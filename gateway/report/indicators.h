/* indicators.h - the indicators that may have targets: what they are called and counted in. */
#ifndef REPORT_INDICATORS_H
#define REPORT_INDICATORS_H

#include "catalogue.h"

enum measure { MEASURE_POINTS, MEASURE_PERCENT, MEASURE_PAYMENTS, MEASURE_DONG };

struct indicator {
	const char *code;    /* as registers.h has it */
	enum word name, low; /* alone, and within a sentence */
	enum measure measure;
};
/* NULL: none is called that. */
const struct indicator *indicator_find(struct str code);
enum measure measure_of(struct str code);

#endif
