/*
 * stalls.h - the register's rows: units, banks, markets, merchants, stalls and their accounts.
 *
 * Threads, memory and the meaning of *_put: as in store.h, which has all of these.
 */
#ifndef CHOPAY_STALLS_H
#define CHOPAY_STALLS_H

#include "chopay/arena.h"
#include "chopay/clock.h"
#include "chopay/money.h"

struct db;

struct unit {
	struct str code, name, level, parent_code;
	int32_t from_day, to_day;
};
MUST_CHECK struct err units_put(struct db *db, const struct unit *unit);
/* The unit with this code in force on that day. */
MUST_CHECK struct err units_find(
	struct db *db, struct arena *arena, struct str code, int32_t day, struct unit *unit);

MUST_CHECK struct err banks_put(
	struct db *db, struct str bin, struct str code, struct str short_name, struct str name);

struct market {
	int64_t id;
	struct str code, name;
	int32_t day_cut_min;
};
MUST_CHECK struct err markets_put(struct db *db, const struct market *market);
MUST_CHECK struct err markets_attach(
	struct db *db, int64_t market_id, struct str unit_code, int32_t from_day, int32_t to_day);
/* From all units: whoever does so attaches it again in the same transaction. */
MUST_CHECK struct err markets_detach(struct db *db, int64_t market_id);
MUST_CHECK struct err markets_find(
	struct db *db, struct arena *arena, struct str code, struct market *market);
/* Where its days are cut, unless a payment was booked there: its day would be another. */
MUST_CHECK struct err markets_cut(
	struct db *db, int64_t market_id, int32_t day_cut_min, bool *done);
/* The unit it is attached to on that day; empty: none. */
MUST_CHECK struct err markets_unit(
	struct db *db, struct arena *arena, int64_t market_id, int32_t day, struct str *unit_code);

/* The merchant of that name and phone, made with `new_id` if it was not there. */
MUST_CHECK struct err merchants_ensure(
	struct db *db, int64_t new_id, struct str name, struct str phone, int64_t *id);

struct stall {
	int64_t id, market_id, merchant_id;
	uint32_t number;
	struct str code, reference, name, kind, goods;
	int32_t open_day, close_day;
	/* joined in by the readers */
	struct str market_code, market_name, merchant_name, phone;
	int32_t day_cut_min;
	/* empty and 0 while it has no account: it sells, and takes cash alone */
	struct str bank_bin, bank_name, bank_short_name, account_no, account_holder;
	int64_t account_id;
};
#define STALL_WITHOUT_ACCOUNT                                                                \
	"the stall has no account yet: enter its bank_bin, account_no and account_holder in" \
	" the register of stalls"
MUST_CHECK struct err stalls_put(struct db *db, const struct stall *stall);
MUST_CHECK struct err stalls_update(struct db *db, const struct stall *stall);
/* To another market, where nobody has that code; its number and reference stay. */
MUST_CHECK struct err stalls_move(
	struct db *db, int64_t stall_id, int64_t market_id, struct str code);
MUST_CHECK struct err stalls_find_in_market(struct db *db, struct arena *arena, int64_t market_id,
	struct str code, struct stall *stall);
/* The one that stood in that market under that code last, and stands in another one now. */
MUST_CHECK struct err stalls_moved_from(struct db *db, struct arena *arena, int64_t market_id,
	struct str code, struct stall *stall);
/* By its reference, its code (ERR_CONFLICT when two markets use it), or MARKET.CODE. */
MUST_CHECK struct err stalls_find(
	struct db *db, struct arena *arena, struct str word, struct stall *stall);
MUST_CHECK struct err stalls_get(
	struct db *db, struct arena *arena, int64_t stall_id, struct stall *stall);
/* Up to `max` stalls with an id above `after`, in the order of ids. */
MUST_CHECK struct err stalls_list(struct db *db, struct arena *arena, int64_t after, size_t max,
	struct stall *stalls, size_t *count);
/* The same of a market (0: of all) whose code or reference is `word`, or whose name or merchant's
 * holds it (empty: any). */
MUST_CHECK struct err stalls_search(struct db *db, struct arena *arena, int64_t market_id,
	struct str word, int64_t after, size_t max, struct stall *stalls, size_t *count);
/* All of a market, in the arena.  ERR_INVALID: they are more than `max`. */
MUST_CHECK struct err stalls_of_market(struct db *db, struct arena *arena, int64_t market_id,
	size_t max, struct stall **stalls, size_t *count);
MUST_CHECK struct err stalls_number_taken(struct db *db, uint32_t number, bool *taken);
/* The counter of its next charge; never the same twice. */
MUST_CHECK struct err stalls_next_charge(struct db *db, int64_t stall_id, uint32_t *counter);

/* The account with this number at this bank, made with `new_id` if it was not there. */
MUST_CHECK struct err accounts_ensure(struct db *db, int64_t new_id, struct str bank_bin,
	struct str account_no, struct str holder, int64_t *id);
MUST_CHECK struct err accounts_attach(
	struct db *db, int64_t stall_id, int64_t account_id, int64_t from_ms);
/* The one it has now, until `to_ms`: then it has none.  ERR_NOT_FOUND: it has another one. */
MUST_CHECK struct err accounts_detach(
	struct db *db, int64_t stall_id, int64_t account_id, int64_t to_ms);

/* A stall as booking needs it. */
struct stall_days {
	int64_t stall_id;
	struct str reference;
	int32_t close_day, day_cut_min;
};
MUST_CHECK struct err stalls_days(
	struct db *db, struct arena *arena, int64_t stall_id, struct stall_days *stall);
/* By its reference alone. */
MUST_CHECK struct err stalls_days_named(
	struct db *db, struct arena *arena, struct str reference, struct stall_days *stall);
/* Whose account is it?  `bank_bin` empty: any bank.  Past and present attachments, each stall once,
 * at most `max`. */
MUST_CHECK struct err accounts_stalls(struct db *db, struct arena *arena, struct str account_no,
	struct str bank_bin, size_t max, struct stall_days *stalls, size_t *count);

/* Does, or did, this stall receive on that account number? */
MUST_CHECK struct err accounts_serve(
	struct db *db, int64_t stall_id, struct str account_no, bool *serves);
/* ... at that bank? */
MUST_CHECK struct err accounts_serve_at(
	struct db *db, int64_t stall_id, struct str account_no, struct str bank_bin, bool *serves);

#endif
