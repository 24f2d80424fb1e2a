/*
 * cells.h - each stall in each reporting month, in each piece of what a report is about.
 *
 * What a stall's month counts for comes from adoption_month; where only some of the month's days
 * are meant (a range of dates, a stall that was moved, a market that changed its unit within the
 * month), payers and value are those of these days (adoption_day).
 * Private to this folder.  Source: ADOPTION sections 1 and 2.
 */
#ifndef CHOPAY_REPORT_CELLS_H
#define CHOPAY_REPORT_CELLS_H

#include "chopay/adoption_rows.h"

#include "days.h"
#include "select.h"

struct cell {
	size_t stall, piece;
	const struct month_days *month;
	struct cai_cell cai;
	uint64_t days; /* of the piece and the stall's place: what the masks below are within */
	uint64_t open, live; /* O, Q */
	uint64_t paid;	     /* days with a valid payment, open or not */
	uint64_t removed;    /* R9 */
	int64_t payments;
	struct vnd value;
	uint32_t hours; /* in which it was paid, of the whole month */
	bool full;	/* it is all of the month: none is cut off, elsewhere or still to come */
};

/* Months that were walked, of all that a report needs. */
struct report_progress {
	int64_t done, total;
};

struct cells_run {
	struct db *db;
	const struct world *world;
	const struct selection *selection;
	enum period_calendar calendar;
	const struct report_watch *watch; /* NULL: nobody asks; otherwise `progress` is there */
	struct report_progress *progress; /* months, for the watch */
	struct err (*each)(void *arg, const struct cell *cell);
	/* After each month; NULL: not needed. */
	struct err (*month_over)(void *arg, const struct month_days *month);
	void *arg;
};
/* By month, stall and piece. */
MUST_CHECK struct err cells_run(struct arena *arena, struct cells_run *run);

#endif
