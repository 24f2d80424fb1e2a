/* What the fold reads: a market day's stalls and payments, what people let go, and payments among
 * owners. */
#include "adoption.h"

#define STANDING_HERE " " STANDING("$1", "$2")
/* What a one-stop counter takes is of no market, wherever its desk stands. */
#define NO_DESK " AND s.kind <> 'fee_desk'"

static struct err
prepare_for(
	struct db *db, const char *sql, const struct market_day *market_day, struct db_stmt **stmt)
{
	TRY(db_prepare(db, sql, stmt));
	db_bind_int(*stmt, 1, market_day->day);
	db_bind_int(*stmt, 2, market_day->market_id);
	return OK;
}

/* Where others write too: a fold reads what they book, and were each of their transactions checked
 * against that, they would lose to it.  One state of the books is enough for it, since what comes
 * later leaves a mark of its own; and one fold at a time, since two may write of the same month.
 * (The lock is taken before that state is.)  Nobody waits: who cannot have it comes again. */
struct err
adoption_begin(struct db *db)
{
	static const char ONE_STATE[] = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
	static const char ONE_FOLD[] =
		"LOCK TABLE adoption_owner IN SHARE ROW EXCLUSIVE MODE NOWAIT";
	struct db_stmt *stmt;
	bool row;

	TRY(store_begin(db));
	if (!db->driver->shared)
		return OK;
	TRY(db_prepare(db, ONE_STATE, &stmt));
	TRY(db_run(stmt));
	TRY(db_prepare(db, ONE_FOLD, &stmt));
	return db_step(stmt, &row); /* what follows hangs on it */
}

struct err
adoption_stalls_walk(struct db *db, const struct market_day *market_day,
	struct err (*each)(void *arg, const struct standing_stall *stall), void *arg)
{
	static const char STALLS[] =
		"SELECT s.id, s.merchant_id, CASE WHEN s.open_day <= $1 AND s.close_day > $1"
		" AND coalesce((SELECT l.on_leave FROM stall_leave l WHERE l.stall_id = s.id"
		"  AND l.from_day <= $1 AND l.to_day >= $1 ORDER BY l.id DESC LIMIT 1), 0) = 0"
		" THEN 1 ELSE 0 END FROM stall s WHERE" STANDING_HERE NO_DESK " ORDER BY s.id";
	struct standing_stall stall;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(prepare_for(db, STALLS, market_day, &stmt));
	rows = db_rows(stmt);
	while (db_rows_next(&rows)) {
		stall = (struct standing_stall){
			db_int(stmt, 0), db_int(stmt, 1), db_int(stmt, 2) != 0};
		rows.err = each(arg, &stall);
	}
	return rows.err;
}

struct err
adoption_payments_walk(struct db *db, const struct market_day *market_day,
	struct err (*each)(void *arg, const struct booked_payment *payment), void *arg)
{
	static const char PAYMENTS[] =
		"SELECT p.id, p.stall_id, s.merchant_id, p.payer, p.amount, p.booked_at_ms,"
		" p.arrived_at_ms, t.booked_told, p.charge_id IS NOT NULL, t.feed,"
		" coalesce((SELECT sum(a.amount) FROM adjustment a WHERE a.stall_id = p.stall_id"
		"  AND a.payment_id = p.id), 0)"
		" FROM stall s JOIN payment p ON p.stall_id = s.id AND p.day = $1"
		" JOIN transfer t ON t.id = p.transfer_id WHERE" STANDING_HERE NO_DESK;
	struct booked_payment payment;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(prepare_for(db, PAYMENTS, market_day, &stmt));
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		payment = (struct booked_payment){
			.id = db_int(stmt, 0),
			.stall_id = db_int(stmt, 1),
			.merchant_id = db_int(stmt, 2),
			.payer = (payer_id)db_int(stmt, 3),
			.amount = {db_int(stmt, 4)},
			.given_back = {db_int(stmt, 10)},
			.booked_at_ms = db_int(stmt, 5),
			.arrived_at_ms = db_int(stmt, 6),
			.booked_told = db_int(stmt, 7) != 0,
			.for_charge = db_int(stmt, 8) != 0,
			.feed = db_str(stmt, 9),
		};
		rows.err = each(arg, &payment);
	}
	return rows.err;
}

struct err
adoption_days_of_market(struct db *db, const struct market_day *market_day,
	struct err (*each)(void *arg, const struct adoption_day_row *row), void *arg)
{
	static const char DAYS[] =
		"SELECT d.stall_id, d.day, d.payments, d.value, d.unknown, d.payers, d.hours"
		" FROM stall s"
		" JOIN adoption_day d ON d.stall_id = s.id AND d.day = $1 WHERE" STANDING_HERE;
	struct adoption_day_row day;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(prepare_for(db, DAYS, market_day, &stmt));
	rows = db_rows(stmt);
	while (db_rows_next(&rows)) {
		day = (struct adoption_day_row){
			.stall_id = db_int(stmt, 0),
			.day = (int32_t)db_int(stmt, 1),
			.payments = db_int(stmt, 2),
			.value = {db_int(stmt, 3)},
			.unknown = db_int(stmt, 4),
			.payers = db_str(stmt, 5),
			.hours = (uint32_t)db_int(stmt, 6),
		};
		rows.err = each(arg, &day);
	}
	return rows.err;
}

struct err
releases_of_market(struct db *db, const struct market_day *market_day,
	struct err (*each)(void *arg, struct str rule, int64_t subject), void *arg)
{
	static const char RELEASES[] =
		"SELECT r.rule, r.subject FROM flag_release r JOIN stall s ON s.id = r.stall_id"
		" WHERE r.confirmed_at_ms IS NOT NULL AND" STANDING_HERE;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(prepare_for(db, RELEASES, market_day, &stmt));
	rows = db_rows(stmt);
	while (db_rows_next(&rows))
		rows.err = each(arg, db_str(stmt, 0), db_int(stmt, 1));
	return rows.err;
}

struct err
calendars_at(struct db *db, struct arena *arena, int64_t market_id, int32_t day, struct str *days)
{
	static const char ROW[] = "SELECT days FROM market_calendar WHERE market_id = $1"
				  " AND from_day <= $2 AND to_day >= $2 ORDER BY id DESC LIMIT 1";
	struct db_stmt *stmt;
	bool row;

	*days = STR("all");
	TRY(db_prepare(db, ROW, &stmt));
	db_bind_int(stmt, 1, market_id);
	db_bind_int(stmt, 2, day);
	TRY(db_step(stmt, &row));
	if (row)
		*days = arena_copy(arena, db_str(stmt, 0));
	db_reset(stmt);
	return OK;
}

struct err
stall_stands(struct db *db, int64_t stall_id, int32_t day, int64_t *market_id)
{
	static const char WHERE[] = "SELECT " MARKET_OF("s", "$2") " FROM stall s WHERE s.id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, WHERE, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, day);
	TRY(db_one(stmt, "no such stall"));
	*market_id = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

/* ---- payments among owners --------------------------------------------------------------------
 */

struct err
owner_payments_put(struct db *db, const struct owner_payment *payment)
{
	static const char PUT[] =
		"INSERT INTO adoption_owner (stall_id, day, payment_id, merchant_id,"
		" payer_merchant_id, net, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		" ON CONFLICT (stall_id, day, payment_id) DO UPDATE SET"
		" merchant_id = excluded.merchant_id,"
		" payer_merchant_id = excluded.payer_merchant_id, net = excluded.net,"
		" at_ms = excluded.at_ms";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, payment->stall_id);
	db_bind_int(stmt, 2, payment->day);
	db_bind_int(stmt, 3, payment->id);
	db_bind_int(stmt, 4, payment->merchant_id);
	db_bind_int(stmt, 5, payment->payer_merchant_id);
	db_bind_int(stmt, 6, payment->net.dong);
	db_bind_int(stmt, 7, payment->at_ms);
	return db_run(stmt);
}

struct err
owner_payments_drop(struct db *db, const struct owner_payment *payment)
{
	static const char DROP[] = "DELETE FROM adoption_owner"
				   " WHERE stall_id = $1 AND day = $2 AND payment_id = $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, DROP, &stmt));
	db_bind_int(stmt, 1, payment->stall_id);
	db_bind_int(stmt, 2, payment->day);
	db_bind_int(stmt, 3, payment->id);
	return db_run(stmt);
}

#define OWNER_COLUMNS                                                                        \
	"SELECT o.payment_id, o.stall_id, o.day, o.merchant_id, o.payer_merchant_id, o.net," \
	" o.at_ms FROM adoption_owner o"

static struct err
walk_owners(struct db_stmt *stmt,
	struct err (*each)(void *arg, const struct owner_payment *payment), void *arg)
{
	struct owner_payment payment;
	struct db_rows rows;

	rows = db_rows(stmt);
	while (db_rows_next(&rows)) {
		payment = (struct owner_payment){
			.id = db_int(stmt, 0),
			.stall_id = db_int(stmt, 1),
			.day = (int32_t)db_int(stmt, 2),
			.merchant_id = db_int(stmt, 3),
			.payer_merchant_id = db_int(stmt, 4),
			.net = {db_int(stmt, 5)},
			.at_ms = db_int(stmt, 6),
		};
		rows.err = each(arg, &payment);
	}
	return rows.err;
}

struct err
owner_payments_of_market(struct db *db, const struct market_day *market_day,
	struct err (*each)(void *arg, const struct owner_payment *payment), void *arg)
{
	static const char OF_MARKET[] = OWNER_COLUMNS
		" JOIN stall s ON s.id = o.stall_id WHERE o.day = $1 AND" STANDING_HERE;
	struct db_stmt *stmt;

	TRY(prepare_for(db, OF_MARKET, market_day, &stmt));
	return walk_owners(stmt, each, arg);
}

struct err
owner_payments_between(struct db *db, const struct owner_pair *pair,
	struct err (*each)(void *arg, const struct owner_payment *payment), void *arg)
{
	static const char BETWEEN[] = OWNER_COLUMNS
		" WHERE o.payer_merchant_id = $1 AND o.merchant_id = $2 AND o.at_ms >= $3"
		" AND o.at_ms <= $4 ORDER BY o.at_ms, o.payment_id";
	struct db_stmt *stmt;

	TRY(db_prepare(db, BETWEEN, &stmt));
	db_bind_int(stmt, 1, pair->payer_merchant_id);
	db_bind_int(stmt, 2, pair->merchant_id);
	db_bind_int(stmt, 3, pair->from_ms);
	db_bind_int(stmt, 4, pair->to_ms);
	return walk_owners(stmt, each, arg);
}

/* Any change of who owns which account: rows are only ever added, but a stall may change hands. */
struct err
owners_fingerprint(struct db *db, int64_t fingerprint[3])
{
	static const char COUNT[] =
		"SELECT (SELECT count(*) FROM own_account), (SELECT count(*) FROM stall_account),"
		" (SELECT coalesce(sum((id % 8191 + 1) * (merchant_id % 1000003)), 0) FROM stall)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, COUNT, &stmt));
	TRY(db_one(stmt, "owners"));
	for (int i = 0; i < 3; i++)
		fingerprint[i] = db_int(stmt, i);
	db_reset(stmt);
	return OK;
}
