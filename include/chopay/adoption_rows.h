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
/* What the registers say of these changed: their days on which money came, from..to.  In the
 * transaction that changes the register, which the *_put of registers.h do themselves. */
MUST_CHECK struct err due_put_stall(
	struct db *db, int64_t stall_id, int32_t from_day, int32_t to_day);
MUST_CHECK struct err due_put_market(
	struct db *db, int64_t market_id, int32_t from_day, int32_t to_day);
/* The merchant's own accounts (R1, R2), at any time. */
MUST_CHECK struct err due_put_merchant(struct db *db, int64_t merchant_id);
/* Of the merchant's own stalls alone. */
MUST_CHECK struct err due_put_owner(
	struct db *db, int64_t merchant_id, int32_t from_day, int32_t to_day);
/* Is any day of these due? */
MUST_CHECK struct err due_of_owner(
	struct db *db, int64_t merchant_id, int32_t from_day, int32_t to_day, bool *due);
/* Before the stall's place changes, and after. */
MUST_CHECK struct err due_put_move(
	struct db *db, int64_t stall_id, int32_t from_day, int32_t to_day);
/* Days since `from_day` that a node without these marks booked on, when one was alive since. */
MUST_CHECK struct err due_put_unmarked(struct db *db, int32_t from_day, int64_t alive_since_ms);
/* What is due, from the newest day to `from_day` and by stall: the next one behind `place`, which
 * moves there, and the market where the stall stands that day. */
struct due_place {
	int32_t day;
	int64_t stall_id; /* 0: before the first */
};
MUST_CHECK struct err due_next(
	struct db *db, int32_t from_day, struct due_place *place, int64_t *market_id, bool *found);
/* Days of one market, the newest first. */
MUST_CHECK struct err due_days(struct db *db, int64_t market_id, int32_t from_day, int32_t to_day,
	size_t max, int32_t *days, size_t *count);
/* The stalls of a market day that are due, rising. */
MUST_CHECK struct err due_stalls(struct db *db, const struct market_day *market_day,
	struct err (*each)(void *arg, int64_t stall_id), void *arg);
/* How many stall days of from..to are due? */
MUST_CHECK struct err due_count(
	struct db *db, int32_t from_day, int32_t to_day, int64_t *stall_days);
MUST_CHECK struct err due_clear(struct db *db, int64_t stall_id, int32_t day);
/* The last day that has a say in a report of days up to `to_day`, in either calendar: its line of
 * months shows the last one whole, and the other side of a circle (R2) may be paid a day later, in
 * a market whose day begins earlier.  Who makes it waits until nothing is due up to that one. */
int32_t due_until(int32_t to_day);

/* ---- what is folded
 * ---------------------------------------------------------------------------------------- */

/* The fold's transaction, in place of store_begin: what others write meanwhile is not seen, and
 * left due.  Nothing but the fold belongs into it.  ERR_BUSY, at once: another one is under way. */
MUST_CHECK struct err adoption_begin(struct db *db);
/* A stall that stands in the market on the day; *_walk of these: by id. */
struct standing_stall {
	int64_t id, merchant_id;
	bool open; /* by its own dates and leave; the market's calendar is apart */
};
MUST_CHECK struct err adoption_stalls_walk(struct db *db, const struct market_day *market_day,
	struct err (*each)(void *arg, const struct standing_stall *stall), void *arg);
/* In any order. */
struct booked_payment {
	int64_t id, stall_id, merchant_id;
	payer_id payer;
	struct vnd amount, given_back;
	int64_t booked_at_ms, arrived_at_ms;
	bool booked_told; /* the bank told when */
	bool for_charge;
	struct str feed;
};
MUST_CHECK struct err adoption_payments_walk(struct db *db, const struct market_day *market_day,
	struct err (*each)(void *arg, const struct booked_payment *payment), void *arg);
/* Of the stalls that stand there. */
MUST_CHECK struct err releases_of_market(struct db *db, const struct market_day *market_day,
	struct err (*each)(void *arg, struct str rule, int64_t subject), void *arg);
/* The pattern that holds on a day (market_days.h); "all" where none was entered. */
MUST_CHECK struct err calendars_at(
	struct db *db, struct arena *arena, int64_t market_id, int32_t day, struct str *days);
MUST_CHECK struct err stall_stands(
	struct db *db, int64_t stall_id, int32_t day, int64_t *market_id);

/* A payment that an account of a merchant's people made to another merchant. */
struct owner_payment {
	int64_t id, stall_id;
	int32_t day;
	int64_t merchant_id, payer_merchant_id;
	struct vnd net;
	int64_t at_ms;
};
MUST_CHECK struct err owner_payments_put(struct db *db, const struct owner_payment *payment);
MUST_CHECK struct err owner_payments_drop(struct db *db, const struct owner_payment *payment);
MUST_CHECK struct err owner_payments_of_market(struct db *db, const struct market_day *market_day,
	struct err (*each)(void *arg, const struct owner_payment *payment), void *arg);
struct owner_pair {
	int64_t payer_merchant_id, merchant_id;
	int64_t from_ms, to_ms; /* inclusive */
};
/* By time and id. */
MUST_CHECK struct err owner_payments_between(struct db *db, const struct owner_pair *pair,
	struct err (*each)(void *arg, const struct owner_payment *payment), void *arg);
/* Another one when an account changed its owner, or came to one. */
MUST_CHECK struct err owners_fingerprint(struct db *db, int64_t fingerprint[3]);

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

/* Of the stalls that stand there. */
MUST_CHECK struct err adoption_days_of_market(struct db *db, const struct market_day *market_day,
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

/* One stall's, if it is there. */
MUST_CHECK struct err adoption_months_of_stall(struct db *db, int64_t stall_id,
	enum period_calendar calendar, month_key month,
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

/* ERR_NOT_FOUND: there is no such flag. */
MUST_CHECK struct err flags_get(struct db *db, struct arena *arena, int64_t stall_id,
	struct str rule, int64_t subject, struct adoption_flag *flag);
/* Of the stalls that stand there, in any order. */
MUST_CHECK struct err flags_of_market(struct db *db, const struct market_day *market_day,
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

/* ---- for the check of all of them --------------------------------------------------------------
 */

/* The days on which money came; from_day > to_day: none. */
MUST_CHECK struct err adoption_span(struct db *db, int32_t *from_day, int32_t *to_day);
/* The markets where money came on the day. */
MUST_CHECK struct err adoption_markets(
	struct db *db, int32_t day, size_t max, struct market_day *days, size_t *count);
struct named_payment {
	int64_t id, stall_id, merchant_id;
	int32_t day;
	payer_id payer;
	int64_t at_ms;
	struct vnd net;
};
/* Every payment whose payer is known. */
MUST_CHECK struct err named_payments_walk(struct db *db,
	struct err (*each)(void *arg, const struct named_payment *payment), void *arg);
/* Stalls with days, months or flags in the months that hold the day, and nothing due there. */
MUST_CHECK struct err adoption_month_stalls(
	struct db *db, int32_t day, struct err (*each)(void *arg, int64_t stall_id), void *arg);
/* Rows behind which stands no payment at all. */
MUST_CHECK struct err adoption_strays(struct db *db,
	struct err (*each)(void *arg, const char *table, int64_t key, int32_t day), void *arg);

#endif
