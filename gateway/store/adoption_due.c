/* Days that changed since they were last folded into the cells of the index.
 *
 * Each writer has rows of its own, as with cells.  Where others write at the same time a row that
 * is there already is written all the same: a fold that takes it away did not see what the writer
 * just booked, and one of the two must begin again. */
#include "adoption.h"

#define PUT                                                                    \
	"INSERT INTO adoption_due (stall_id, day, writer) VALUES ($1, $2, $3)" \
	" ON CONFLICT (stall_id, day, writer) DO "
static const char PUT_ONCE[] = PUT "NOTHING";
static const char PUT_AGAIN[] = PUT "UPDATE SET marks = adoption_due.marks + 1";

static struct err
prepare_put(struct db *db, int64_t stall_id, int32_t day, struct db_stmt **stmt)
{
	TRY(db_prepare(db, db->driver->shared ? PUT_AGAIN : PUT_ONCE, stmt));
	db_bind_int(*stmt, 1, stall_id);
	db_bind_int(*stmt, 2, day);
	db_bind_int(*stmt, 3, db->writer);
	return OK;
}

struct err
due_mark(struct db *db, int64_t stall_id, int32_t day, int rank)
{
	struct db_stmt *stmt;

	TRY(prepare_put(db, stall_id, day, &stmt));
	return db_put(stmt, rank);
}

struct err
due_put(struct db *db, int64_t stall_id, int32_t day)
{
	struct db_stmt *stmt;

	TRY(prepare_put(db, stall_id, day, &stmt));
	return db_run(stmt);
}

#define PUT_PAID                                                             \
	"INSERT INTO adoption_due (stall_id, day, writer)"                   \
	" SELECT DISTINCT c.stall_id, c.day, CAST($1 AS BIGINT) FROM cell c" \
	" WHERE c.day >= $2 AND c.day <= $3"
#define PUT_PAID_END \
	" ON CONFLICT (stall_id, day, writer) DO UPDATE SET marks = adoption_due.marks + 1"

struct err
due_put_stall(struct db *db, int64_t stall_id, int32_t from_day, int32_t to_day)
{
	static const char OF_STALL[] = PUT_PAID " AND c.stall_id = $4" PUT_PAID_END;
	struct db_stmt *stmt;

	TRY(db_prepare(db, OF_STALL, &stmt));
	db_bind_int(stmt, 1, db->writer);
	db_bind_int(stmt, 2, from_day);
	db_bind_int(stmt, 3, to_day);
	db_bind_int(stmt, 4, stall_id);
	return db_run(stmt);
}

struct err
due_put_market(struct db *db, int64_t market_id, int32_t from_day, int32_t to_day)
{
	static const char OF_MARKET[] = PUT_PAID
		" AND c.stall_id IN (SELECT s.id FROM stall s WHERE s.market_id = $4 OR EXISTS"
		"  (SELECT 1 FROM stall_place p WHERE p.stall_id = s.id"
		"   AND p.market_id = $4))" PUT_PAID_END;
	struct db_stmt *stmt;

	TRY(db_prepare(db, OF_MARKET, &stmt));
	db_bind_int(stmt, 1, db->writer);
	db_bind_int(stmt, 2, from_day);
	db_bind_int(stmt, 3, to_day);
	db_bind_int(stmt, 4, market_id);
	return db_run(stmt);
}

struct err
due_put_payer(struct db *db, const uint64_t *payers, size_t count, int32_t from_day, int32_t to_day)
{
	static const char OF_PAYER[] =
		"INSERT INTO adoption_due (stall_id, day, writer)"
		" SELECT DISTINCT stall_id, day, CAST($1 AS BIGINT) FROM payment"
		" WHERE payer = $2 AND payer <> 0 AND day >= $3 AND day <= $4" PUT_PAID_END;
	struct db_stmt *stmt;

	for (size_t i = 0; i < count; i++) {
		TRY(db_prepare(db, OF_PAYER, &stmt));
		db_bind_int(stmt, 1, db->writer);
		db_bind_int(stmt, 2, (int64_t)payers[i]);
		db_bind_int(stmt, 3, from_day);
		db_bind_int(stmt, 4, to_day);
		TRY(db_run(stmt));
	}
	return OK;
}

/* ---- what is due ------------------------------------------------------------------------------
 */

/* Markets of one day; `*count` grows. */
static struct err
list_markets(struct db *db, int32_t day, size_t max, struct market_day *days, size_t *count)
{
	static const char MARKETS[] = "SELECT DISTINCT " MARKET_OF(
		"s", "d.day") " FROM adoption_due d"
			      " JOIN stall s ON s.id = d.stall_id WHERE d.day = $1 ORDER BY 1";
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, MARKETS, &stmt));
	db_bind_int(stmt, 1, day);
	for (;;) {
		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		if (*count == max) {
			db_reset(stmt);
			return OK;
		}
		days[(*count)++] = (struct market_day){db_int(stmt, 0), day};
	}
}

/* Day by day from the end: after an upgrade all there ever was is due. */
struct err
due_list_within(struct db *db, int32_t from_day, int32_t to_day, size_t max,
	struct market_day *days, size_t *count)
{
	static const char NEWEST[] =
		"SELECT max(day) FROM adoption_due WHERE day >= $1 AND day <= $2";
	struct db_stmt *stmt;
	bool none;

	for (*count = 0; *count < max; to_day--) {
		TRY(db_prepare(db, NEWEST, &stmt));
		db_bind_int(stmt, 1, from_day);
		db_bind_int(stmt, 2, to_day);
		TRY(db_one(stmt, "the newest day"));
		none = db_is_null(stmt, 0);
		to_day = none ? to_day : (int32_t)db_int(stmt, 0);
		db_reset(stmt);
		if (none)
			return OK;
		TRY(list_markets(db, to_day, max, days, count));
	}
	return OK;
}

struct err
due_list(struct db *db, size_t max, struct market_day *days, size_t *count)
{
	return due_list_within(db, DAY_FIRST, DAY_LAST, max, days, count);
}

struct err
due_count(struct db *db, int32_t from_day, int32_t to_day, int64_t *stall_days)
{
	static const char COUNT[] =
		"SELECT count(*) FROM (SELECT DISTINCT stall_id, day FROM adoption_due"
		" WHERE day >= $1 AND day <= $2) d";
	struct db_stmt *stmt;

	TRY(db_prepare(db, COUNT, &stmt));
	db_bind_int(stmt, 1, from_day);
	db_bind_int(stmt, 2, to_day);
	TRY(db_one(stmt, "what is due"));
	*stall_days = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

struct err
due_stalls(struct db *db, const struct market_day *market_day,
	struct err (*each)(void *arg, int64_t stall_id), void *arg)
{
	static const char STALLS[] =
		"SELECT DISTINCT d.stall_id FROM adoption_due d JOIN stall s ON s.id = d.stall_id"
		" WHERE d.day = $1 AND " MARKET_OF("s", "d.day") " = $2 ORDER BY 1";
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, STALLS, &stmt));
	db_bind_int(stmt, 1, market_day->day);
	db_bind_int(stmt, 2, market_day->market_id);
	for (;;) {
		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		TRY(each(arg, db_int(stmt, 0)));
	}
}

struct err
due_clear(struct db *db, const struct market_day *market_day)
{
	static const char CLEAR[] =
		"DELETE FROM adoption_due WHERE day = $1 AND stall_id IN (SELECT s.id FROM stall s"
		" JOIN adoption_due d ON d.stall_id = s.id AND d.day = $1"
		" WHERE " MARKET_OF("s", "$1") " = $2)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, CLEAR, &stmt));
	db_bind_int(stmt, 1, market_day->day);
	db_bind_int(stmt, 2, market_day->market_id);
	return db_run(stmt);
}
