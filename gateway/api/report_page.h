/*
 * report_page.h - pages about reports: one task (report_task.h), its words in a query or a form,
 * the head that all of them share, and errors that are pages too.
 */
#ifndef CHOPAY_API_REPORT_PAGE_H
#define CHOPAY_API_REPORT_PAGE_H

#include "chopay/report_screen.h"
#include "report_task.h"

/* In task->more, first of what a page adds. */
struct report_page {
	const char *template; /* of gateway/web/ */
	const char *tab;      /* which of the pages it is: "screen", "ranking", ... */
	struct screen_order screen;
	/* On the reader: what the template needs beside the shared head.  `report` NULL: the page
	 * has none of its own. */
	struct err (*fill)(
		struct db *db, struct report_task *task, const struct report *report, json_t *data);
};

/* A task whose words are those of the query, with our defaults: the month that runs, the language
 * of the page. */
struct report_task *report_page_new(
	struct request *req, enum order_what what, const struct report_page *page);
/* The same of a form that was sent, to do something: its task answers with report_task's own
 * `make` and `reply`.  NULL after replying, also for a form from another site. */
struct report_task *report_form_new(struct request *req, enum order_what what);
/* The `explain` of both: a page that says what is wrong, with what to choose instead. */
MUST_CHECK struct err report_explain(struct db *db, struct report_task *task, struct err err);
/* "unit=68&period=2026-10&calendar=nd09": a report's words, as a link has them. */
struct str report_self(struct arena *arena, const struct report_order *order, bool before);

/* The data of any page of these, with who is signed in and the tabs above. */
json_t *report_page_data(const struct ask *ask, const char *tab, struct str self);
/* Periods, calendars, boundaries and what changes are shown since, to choose from. */
void report_choices(struct ask *ask, const struct report_order *order, enum screen_against against,
	json_t *data);
/* The levels that can be ranked below the order's unit, to choose from. */
MUST_CHECK struct err report_levels(
	struct db *db, struct ask *ask, const struct report_order *order, json_t *data);
/* The level just below a unit ("": the country): what its ranking is of, unless another is said. */
MUST_CHECK struct err report_level_below(
	struct db *db, struct ask *ask, struct str code, struct str *level);
/* Where one is, and where one may go. */
MUST_CHECK struct err report_page_places(
	struct db *db, struct ask *ask, const struct report_order *order, json_t *data);
/* {value, text, chosen} */
json_t *report_choice(struct str value, struct str text, bool chosen);

/* "Xã Hàm Thuận" of "unit:23059"; the code itself when nothing has it; of none the country. */
MUST_CHECK struct err scope_name(
	struct db *db, struct ask *ask, struct str scope, struct str *name);

/* A snapshot as a row of a list. */
MUST_CHECK struct err snapshot_row(
	struct db *db, struct ask *ask, const struct snapshot *snapshot, json_t **row);

/* What the two /v1 handlers do, with a page for an answer. */
void freeze_task(struct report_task *task, struct str person);
/* Of a freeze that is done: the id of what now stands, and whether it is new. */
int64_t frozen_id(const struct report_task *task, bool *fresh);
void export_task(struct report_task *task);
/* Theirs, or they may see all of them. */
bool may_see_job(struct ask *ask, const struct export_job *job);

#endif
