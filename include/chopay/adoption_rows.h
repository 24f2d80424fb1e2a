/*
 * adoption_rows.h - the cells of the index as rows: what is due to be folded, a stall's days and
 * months, a market's tallies, flags and their releases (schema 0009).
 *
 * The fold (books.h) writes them from payments; reports only read.  A full recomputation from the
 * payments gives the same rows, bit for bit.  *_walk: as in registers.h.
 * Source: ADOPTION sections 1, 4 and 5.
 */
#ifndef CHOPAY_ADOPTION_ROWS_H
#define CHOPAY_ADOPTION_ROWS_H

#include "chopay/adoption.h"
#include "chopay/period.h"
#include "chopay/store.h"

/* ---- what is due -------------------------------------------------------------------------------
 */

struct market_day {
	int64_t market_id;
	int32_t day;
};
/* A stall's day changed: in the transaction that changed it. */
MUST_CHECK struct err due_put(struct db *db, int64_t stall_id, int32_t day);
/* What a register says of a stall, or of all stalls of a market, changed for these days: those on
 * which money came.  In the transaction that adds the register's row (calendar, leave, life; of a
 * move before and after it is added). */
MUST_CHECK struct err due_put_stall(
	struct db *db, int64_t stall_id, int32_t from_day, int32_t to_day);
MUST_CHECK struct err due_put_market(
	struct db *db, int64_t market_id, int32_t from_day, int32_t to_day);
/* These payers turned out to be somebody's own accounts, or no longer are. */
MUST_CHECK struct err due_put_payer(
	struct db *db, const payer_id *payers, size_t count, int32_t from_day, int32_t to_day);
/* Market days with stalls that are due, the newest first. */
MUST_CHECK struct err due_list(struct db *db, size_t max, struct market_day *days, size_t *count);
/* The same of from..to. */
MUST_CHECK struct err due_list_within(struct db *db, int32_t from_day, int32_t to_day, size_t max,
	struct market_day *days, size_t *count);
/* The stalls of a market day that are due, rising. */
MUST_CHECK struct err due_stalls(struct db *db, const struct market_day *market_day,
	struct err (*each)(void *arg, int64_t stall_id), void *arg);
/* How many stall days of from..to are due? */
MUST_CHECK struct err due_count(
	struct db *db, int32_t from_day, int32_t to_day, int64_t *stall_days);
MUST_CHECK struct err due_clear(struct db *db, const struct market_day *market_day);

/* ---- cells --------------------------------------------------------------------------------------
 */

struct adoption_day_row {
	int64_t stall_id;
	int32_t day;
	int64_t payments; /* valid */
	struct vnd value;
	int64_t unknown;
	struct str payers; /* tally.h */
	uint32_t hours;	   /* bit n: a valid payment in hour n of the day, Vietnam */
};
/* A row without payments and value is taken away. */
MUST_CHECK struct err adoption_days_put(struct db *db, const struct adoption_day_row *row);
/* By stall and day; stall 0: all. */
MUST_CHECK struct err adoption_days_walk(struct db *db, int64_t stall_id, int32_t from_day,
	int32_t to_day, struct err (*each)(void *arg, const struct adoption_day_row *row),
	void *arg);
/* The same of a range of stalls' ids, and of days. */
struct stall_range {
	int64_t first, last;
};
MUST_CHECK struct err adoption_days_walk_some(struct db *db, const struct stall_range *stalls,
	int32_t from_day, int32_t to_day,
	struct err (*each)(void *arg, const struct adoption_day_row *row), void *arg);

struct adoption_month_row {
	int64_t stall_id;
	enum period_calendar calendar;
	month_key month;
	uint64_t active_days; /* bit n: its day n, from 0 */
	int64_t payments;
	struct vnd value;
	int64_t payers; /* U of the whole month */
	uint32_t hours; /* of all its days */
};
/* As with days. */
MUST_CHECK struct err adoption_months_put(struct db *db, const struct adoption_month_row *row);
/* All stalls of a month, by stall. */
MUST_CHECK struct err adoption_months_walk(struct db *db, enum period_calendar calendar,
	month_key month, struct err (*each)(void *arg, const struct adoption_month_row *row),
	void *arg);
MUST_CHECK struct err adoption_months_walk_some(struct db *db, enum period_calendar calendar,
	month_key month, const struct stall_range *stalls,
	struct err (*each)(void *arg, const struct adoption_month_row *row), void *arg);

/* An empty one takes the row away. */
MUST_CHECK struct err tallies_put(
	struct db *db, const struct market_day *market_day, struct str tally);
/* market 0: all. */
MUST_CHECK struct err tallies_walk(struct db *db, int64_t market_id, int32_t from_day,
	int32_t to_day,
	struct err (*each)(void *arg, const struct market_day *market_day, struct str tally),
	void *arg);

/* ---- flags
 * ---------------------------------------------------------------------------------------- */

struct adoption_flag {
	int64_t stall_id, subject; /* the payment; of R5 and R6 the solar month_key */
	struct str rule;	   /* "refunded", "R1", ... */
	int32_t day;		   /* its market day; of R5 and R6 the month's last */
	struct vnd amount;	   /* net, of the payment; otherwise 0 */
	struct str evidence;	   /* JSON: counts and ids, never a payer */
	int64_t version;	   /* ADOPTION_RULES_VERSION */
	bool released;		   /* joined in: two persons let it go */
};
MUST_CHECK struct err flags_put(struct db *db, const struct adoption_flag *flag);
MUST_CHECK struct err flags_drop(struct db *db, int64_t stall_id, struct str rule, int64_t subject);
/* By day and stall; stall 0: all. */
MUST_CHECK struct err flags_walk(struct db *db, int64_t stall_id, int32_t from_day, int32_t to_day,
	struct err (*each)(void *arg, const struct adoption_flag *flag), void *arg);

struct flag_release {
	int64_t stall_id, subject;
	struct str rule, person, why;
	int64_t proposed_at_ms;
	struct str second_person; /* empty: nobody yet */
	int64_t confirmed_at_ms;
};
/* ERR_NOT_FOUND: none was proposed. */
MUST_CHECK struct err releases_get(struct db *db, struct arena *arena, int64_t stall_id,
	struct str rule, int64_t subject, struct flag_release *release);
/* ERR_CONFLICT: one is there. */
MUST_CHECK struct err releases_put(struct db *db, const struct flag_release *release);
MUST_CHECK struct err releases_confirm(struct db *db, const struct flag_release *release);

#endif
