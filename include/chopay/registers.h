/*
 * registers.h - the rows the index needs beside payments: calendars, leave, codes, declared
 * turnover, fees, targets, people's own accounts (schema 0009).
 *
 * Rows are dated, added, never changed: of those that cover a day, the one with the highest id
 * holds.  *_walk calls `each` in the order of keys; what it is given lives until `each` returns,
 * and its error ends the walk.  Functions named *_put write.  Source: ADOPTION sections 1, 3, 4
 * (R9), 5.
 * Walks run inside a transaction (their rows come by and by).
 */
#ifndef CHOPAY_REGISTERS_H
#define CHOPAY_REGISTERS_H

#include "chopay/period.h"
#include "chopay/store.h"

enum dated_register {
	DATED_CALENDAR, /* of a market; text: its days (market_days.h) */
	DATED_LEAVE,	/* of a stall; value 1: on leave */
	DATED_CODE,	/* of a stall; value 1: a code is live */
	DATED_LIFE,	/* of a stall; from_day: it opens, to_day: the last day it sells */
	DATED_PLACE,	/* of a stall; value: the market it stands in, text: under which code */
	DATED_UNIT,	/* of a market; text: the code of the unit it belongs to */
};
#define DATED_REGISTERS 6

/* Who entered a row; `why` and `approver` empty unless a day it concerns was over by then (R9). */
struct entry {
	int64_t at_ms;
	struct str person, why, approver;
};

struct dated {
	int64_t of, id;		  /* of: the market or the stall */
	int32_t from_day, to_day; /* inclusive */
	int64_t value;
	struct str text;
	struct entry entry;
};
MUST_CHECK struct err dated_put(struct db *db, enum dated_register which, const struct dated *row);
/* of 0: all. */
MUST_CHECK struct err dated_walk(struct db *db, enum dated_register which, int64_t of,
	struct err (*each)(void *arg, const struct dated *row), void *arg);

struct turnover {
	int64_t stall_id, id;
	month_key month;
	struct vnd amount;
	struct str source;
	struct entry entry;
};
MUST_CHECK struct err turnover_put(struct db *db, const struct turnover *turnover);
/* Of each stall and month the one that holds. */
MUST_CHECK struct err turnover_walk(struct db *db, month_key from, month_key to,
	struct err (*each)(void *arg, const struct turnover *turnover), void *arg);

struct market_fee {
	int64_t stall_id, id;
	int32_t day;
	struct str kind; /* rent | electricity | cleaning | other */
	struct vnd amount;
	bool cashless;
	struct entry entry;
};
MUST_CHECK struct err fees_put(struct db *db, const struct market_fee *fee);
/* Those that hold, of these days; a fee of 0 takes an earlier one back and is none. */
MUST_CHECK struct err fees_walk(struct db *db, int32_t from_day, int32_t to_day,
	struct err (*each)(void *arg, const struct market_fee *fee), void *arg);

struct target {
	struct str unit_code, indicator; /* CAI P H N D T F V1 V2 */
	int year;
	int64_t id;
	int64_t value; /* hundredths of a point or a percent; V1: a count, V2: dong */
	struct str legal_basis, owner;
	int32_t due_day;
	struct entry entry;
};
MUST_CHECK struct err targets_put(struct db *db, const struct target *target);
/* Those that hold, of a unit (empty: of all) and year (0: of all). */
MUST_CHECK struct err targets_walk(struct db *db, struct str unit_code, int year,
	struct err (*each)(void *arg, const struct target *target), void *arg);

struct own_account {
	int64_t merchant_id, id;
	struct str bank_bin, account_no, relation; /* owner | household | staff */
	int32_t from_day, to_day;
	struct entry entry;
};
MUST_CHECK struct err own_accounts_put(struct db *db, const struct own_account *account);
/* Of each account what was entered last, unless that takes it back; and, with relation
 * "receiving" and for all time, those on which a stall of the merchant receives or received.
 * merchant 0: all. */
MUST_CHECK struct err own_accounts_walk(struct db *db, int64_t merchant_id,
	struct err (*each)(void *arg, const struct own_account *account), void *arg);

/* ---- units, markets and stalls as reports need them: all of them
 * --------------------------------- */

MUST_CHECK struct err units_walk(
	struct db *db, struct err (*each)(void *arg, const struct unit *unit), void *arg);
struct lineage {
	struct str from_code, to_code;
	int32_t day; /* the first of the new unit */
	bool whole;
};
MUST_CHECK struct err lineage_put(struct db *db, const struct lineage *lineage);
MUST_CHECK struct err lineage_walk(
	struct db *db, struct err (*each)(void *arg, const struct lineage *lineage), void *arg);
MUST_CHECK struct err markets_walk(
	struct db *db, struct err (*each)(void *arg, const struct market *market), void *arg);
struct market_unit {
	int64_t market_id;
	struct str unit_code;
	int32_t from_day, to_day;
};
/* What holds of them, by market (0: of all) and day; no two on one day. */
MUST_CHECK struct err market_units_walk(struct db *db, int64_t market_id,
	struct err (*each)(void *arg, const struct market_unit *row), void *arg);
/* Ids, market, code, name, kind, goods, merchant, open and close day: the rest is empty. */
MUST_CHECK struct err stalls_walk(
	struct db *db, struct err (*each)(void *arg, const struct stall *stall), void *arg);
/* When accounts were attached, by stall (0: of all) and day: days of from_ms and to_ms in Vietnam,
 * inclusive. */
MUST_CHECK struct err attachments_walk(struct db *db, int64_t stall_id,
	struct err (*each)(void *arg, int64_t stall_id, int32_t from_day, int32_t to_day),
	void *arg);

#endif
