/*
 * parts.h - the parts of a report, each filled from what the parts before it found.
 *
 * Private to this folder; called by report_build alone.
 */
#ifndef CHOPAY_REPORT_PARTS_H
#define CHOPAY_REPORT_PARTS_H

#include "view.h"

/* months.c: the index of 13 months, the last of them the period's, and a year before each. */
#define MONTHS_WALKED 26
MUST_CHECK struct err months_fill(struct build *build, struct report *report);
/* tet.c: of periods with days in January or February. */
MUST_CHECK struct err tet_fill(struct build *build, struct report *report);

/* work.c: whom to visit. */
struct work_list {
	struct build *build;
	month_key last; /* the period's last month that has begun */
	struct cell *cells;
	size_t count, capacity;
	bool *sold; /* of each stall: it had an open day in the last month */
};
void work_begin(struct build *build, struct work_list *list);
MUST_CHECK struct err work_look(void *list, const struct cell *cell); /* sums.look */
void work_fill(const struct work_list *list, const struct view *now, struct report *report);

/* signs.c: R8, stalls without a sign of life; before totals are made of the pieces. */
MUST_CHECK struct err signs_look(
	struct build *build, const struct work_list *list, struct view *view);

/* plans.c: targets of the unit and of those below it, once money was withheld. */
MUST_CHECK struct err plans_fill(
	struct build *build, const struct view *year_before, struct report *report);

/* beside.c: what stands apart from the markets. */
MUST_CHECK struct err beside_fill(struct build *build, struct report *report);

#endif
