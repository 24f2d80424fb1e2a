/*
 * report_screen.h - a report as pages show it: the texts and shapes that the templates of
 * gateway/web/reports are filled with.
 *
 * One more form of the same struct: nothing is asked of the books here, and nothing computed that
 * another form computes in its own way.  Texts are in the language asked for; charts are whole
 * numbers in the units of their viewBox.  Links lead to other reports with the same words: `query`
 * stands behind the unit or market.
 *
 * Threads: any.  Memory: texts that are needed on the way are in the arena; the value is the
 * caller's (json_decref).  Source: ADOPTION section 8.
 */
#ifndef CHOPAY_REPORT_SCREEN_H
#define CHOPAY_REPORT_SCREEN_H

#include "chopay/json.h"
#include "chopay/report.h"

enum screen_against { AGAINST_YEAR, AGAINST_BEFORE }; /* what tiles show their change since */

struct screen_order {
	enum language language;
	enum screen_against against;
	struct str query; /* behind the unit of a link: "period=2026-10&calendar=nd09" */
	struct str self;  /* this report: "unit=68&period=2026-10", "snapshot=12" */
	/* Of the ranking: a column's name ("rank", "unit", "cai", "p", "h", "n", "d", "v1", "v2"),
	 * behind a "-" the other way round; anything else is the order of ranks. */
	struct str sort;
};

/*
 * Everything of one screen:
 *
 *	title, place, period, period_runs, as_of, header [label value], foot
 *	tiles [label value note change up down open [label text]]
 *	bars [label points most width open [label text] work_href work_text]
 *	months {grid labels now before dots last rows}, hours {bars labels most rows}
 *	ranking {title heads rows [... p h n d {text part}]}, targets, quality, beside
 *(tables) work {total reasons [text count href]}
 *
 * A table is {title, empty, heads [text number], rows [cells [label text number], total]}.
 */
json_t *report_screen(
	struct arena *arena, const struct report *report, const struct screen_order *order);

/* The ranking alone, of a report that is one (ORDER_RANKING). */
json_t *report_screen_ranking(
	struct arena *arena, const struct report *report, const struct screen_order *order);

/* A page of the work list, in the order of a walk. */
struct screen_work {
	int reason;	   /* an enum work_reason; below 0: all of them */
	struct str market; /* by its code; empty: all */
	size_t from, max;  /* items to pass over, items to show */
};
/* {total, from, to, previous, next (numbers to pass over; null at the ends), table,
 * reasons [text count code chosen], markets [code name count chosen]} */
json_t *report_screen_work(struct arena *arena, const struct report *report,
	const struct screen_order *order, const struct screen_work *work);
/* Its place in the enum; WORK_REASONS for none of: no_code inactive dropped silent_hours flagged.
 */
int report_work_reason(struct str code);

#endif
