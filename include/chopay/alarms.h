/*
 * alarms.h - what a person must look at, who closed it, and what is watched in the background
 * (schema 0011).
 *
 * An alarm's row never changes; closing it is a row beside it.  A condition that goes on (a silent
 * feed, a full disk) raises its alarm once, as long as its row in `watched` stands.
 */
#ifndef CHOPAY_ALARMS_H
#define CHOPAY_ALARMS_H

#include "chopay/store.h"

struct alarm {
	int64_t id;
	struct str kind, subject, detail;
	int64_t created_at_ms;
	/* joined in: who closed it */
	int64_t closed_at_ms; /* 0: it is open */
	struct str closed_by, why;
};
enum alarm_state { ALARMS_ALL, ALARMS_OPEN, ALARMS_CLOSED };
struct alarm_filter {
	struct str kind; /* empty: any */
	enum alarm_state state;
};
/* Newest first; `before` 0: from the newest. */
MUST_CHECK struct err alarms_list(struct db *db, struct arena *arena,
	const struct alarm_filter *filter, int64_t before, size_t max, struct alarm *alarms,
	size_t *count);
MUST_CHECK struct err alarms_count_open(struct db *db, int64_t *count);
/* ERR_NOT_FOUND: no such alarm. */
MUST_CHECK struct err alarms_get(
	struct db *db, struct arena *arena, int64_t id, struct alarm *alarm);
/* ERR_CONFLICT: it is closed already. */
MUST_CHECK struct err alarms_close(
	struct db *db, int64_t id, struct str person, struct str why, int64_t now_ms);

/* ---- what is watched ------------------------------------------------------------------------ */

struct watched {
	struct str kind, subject, detail; /* detail: for the alarm; empty where it is read */
};
/* Those of a kind that hold, as far as is known. */
MUST_CHECK struct err watched_list(struct db *db, struct arena *arena, struct str kind, size_t max,
	struct watched *watched, size_t *count);
MUST_CHECK struct err watched_put(
	struct db *db, const struct watched *watched, int64_t alarm_id, int64_t now_ms);
MUST_CHECK struct err watched_drop(struct db *db, struct str kind, struct str subject);

/* ---- when endpoints were called -------------------------------------------------------------
 */

struct endpoint_day {
	struct str endpoint_id;
	int32_t day; /* Vietnam */
	int64_t deliveries;
	uint32_t hours; /* bit n: a delivery in hour n */
	int64_t last_ms;
};
/* The days from `from_day` on are counted anew, from deliveries whose ids are above `after`. */
MUST_CHECK struct err endpoint_days_count(struct db *db, int32_t from_day, int64_t after);
/* The last day that is counted; DAY_FIRST: none yet. */
MUST_CHECK struct err endpoint_days_last(struct db *db, int32_t *day);
/* What came with an id above `after` and since `from_ms`, by endpoint: day and hours are 0. */
MUST_CHECK struct err endpoint_calls_list(struct db *db, struct arena *arena, int64_t after,
	int64_t from_ms, size_t max, struct endpoint_day *calls, size_t *count);
/* By endpoint and day. */
MUST_CHECK struct err endpoint_days_walk(struct db *db, int32_t from_day,
	struct err (*each)(void *arg, const struct endpoint_day *day), void *arg);

#endif
