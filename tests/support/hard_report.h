/* Reports that are hard to set on paper. */
#ifndef TESTS_HARD_REPORT_H
#define TESTS_HARD_REPORT_H

#include "chopay/report.h"

enum hard_report {
	HARD_EMPTY,   /* a period without a cell: no figure, no row, no rank */
	HARD_NAUGHTY, /* names of controls, broken UTF-8, markup, marks of direction, other scripts
		       */
	HARD_LONG,    /* names of 300 letters, in words and in one */
	HARD_LARGE,   /* figures as large as they come */
	HARD_MARKET,  /* of one market: no rows */
	HARD_FORMER,  /* "vùng huyện ... (cũ)" */
	HARD_COUNTRY, /* nobody above */
};
#define HARD_REPORTS 7
struct report *hard_report(struct arena *arena, enum hard_report which);

/* The sample with a work list of so many stalls, in markets of 115. */
struct report *report_of_work(struct arena *arena, size_t stalls);

#endif
