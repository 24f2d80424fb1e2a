/*
 * report_difference.h - what changed from one revision of a report to another.  Pure.
 *
 * Figures of the scope and of each row (child unit, market), where they are not the same; each with
 * what it was made of.  Threads: any; memory: the arena given.  Source: ADOPTION section 5.
 */
#ifndef CHOPAY_REPORT_DIFFERENCE_H
#define CHOPAY_REPORT_DIFFERENCE_H

#include "chopay/report.h"

/* A figure on one side. */
struct difference_side {
	bool known;	 /* false: there is none: no row, nothing to divide by, withheld */
	struct share of; /* `den` 0: `of.num` is the figure itself */
	struct str text; /* as it is printed */
};

struct difference {
	struct str code, name; /* of the unit or market */
	struct str indicator;  /* "CAI", "P", "H", "N", "D", "V1", "V2", "rank", ... */
	struct difference_side before, after;
};

void report_difference(struct arena *arena, const struct report *before, const struct report *after,
	enum language language, struct difference **differences, size_t *count);
/* What an indicator of a difference is called. */
struct str report_difference_name(struct str indicator, enum language language);

#endif
