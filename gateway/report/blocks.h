/*
 * blocks.h - which money of a report is shown: taken out of it before any form is made.
 *
 * Private to this folder.  Source: ADOPTION section 8.
 */
#ifndef CHOPAY_REPORT_BLOCKS_H
#define CHOPAY_REPORT_BLOCKS_H

#include "view.h"

/* What a report was made of. */
struct made_of {
	const struct view *now, *before, *year_before;
	const size_t *order; /* of the report's rows: the place among now's children */
};
/* For officials; the market board sees all of it. */
MUST_CHECK struct err report_suppress(
	struct build *build, const struct made_of *made_of, struct report *report);
/* Its sums of money, but for turnover, fees and what rules took. */
void figures_withhold(struct report_figures *figures);

#endif
