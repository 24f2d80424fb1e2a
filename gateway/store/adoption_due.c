/* Days that changed since they were last folded into the cells of the index.
 *
 * Each writer has rows of its own, as with cells.  Where others write at the same time each of its
 * transactions has, too: a fold takes away the rows it saw, with what they stand for, and a row
 * that comes meanwhile stays for the next one.  A row of register changes, which are few, is
 * written again when it is there: then the fold or the change begins again. */
#include "adoption.h"

#define KEY " ON CONFLICT (stall_id, day, writer, marks) DO "

static struct err
prepare_put(struct db *db, int64_t stall_id, int32_t day, struct db_stmt **stmt)
{
	static const char ONCE[] =
		"INSERT INTO adoption_due (stall_id, day, writer) VALUES ($1, $2, $3)" KEY
		"NOTHING";
	static const char EACH[] = "INSERT INTO adoption_due (stall_id, day, writer, marks)"
				   " VALUES ($1, $2, $3, $4)" KEY
				   "UPDATE SET marks = excluded.marks";

	TRY(db_prepare(db, db->driver->shared ? EACH : ONCE, stmt));
	db_bind_int(*stmt, 1, stall_id);
	db_bind_int(*stmt, 2, day);
	db_bind_int(*stmt, 3, db->writer);
	if (db->driver->shared)
		db_bind_int(*stmt, 4, db->begun_us);
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
#define PUT_PAID_END KEY "UPDATE SET marks = excluded.marks"

/* Paid days of the stalls that `sql` finds by $4. */
static struct err
put_paid(struct db *db, const char *sql, int64_t id, int32_t from_day, int32_t to_day)
{
	struct db_stmt *stmt;

	TRY(db_prepare(db, sql, &stmt));
	db_bind_int(stmt, 1, db->writer);
	db_bind_int(stmt, 2, from_day);
	db_bind_int(stmt, 3, to_day);
	db_bind_int(stmt, 4, id);
	return db_run(stmt);
}

struct err
due_put_stall(struct db *db, int64_t stall_id, int32_t from_day, int32_t to_day)
{
	static const char OF_STALL[] = PUT_PAID " AND c.stall_id = $4" PUT_PAID_END;

	return put_paid(db, OF_STALL, stall_id, from_day, to_day);
}

struct err
due_put_market(struct db *db, int64_t market_id, int32_t from_day, int32_t to_day)
{
	static const char OF_MARKET[] = PUT_PAID
		" AND c.stall_id IN (SELECT s.id FROM stall s WHERE s.market_id = $4 OR EXISTS"
		"  (SELECT 1 FROM stall_place p WHERE p.stall_id = s.id"
		"   AND p.market_id = $4))" PUT_PAID_END;

	return put_paid(db, OF_MARKET, market_id, from_day, to_day);
}

struct err
due_put_owner(struct db *db, int64_t merchant_id, int32_t from_day, int32_t to_day)
{
	static const char OWN[] = PUT_PAID
		" AND c.stall_id IN (SELECT id FROM stall WHERE merchant_id = $4)" PUT_PAID_END;

	return put_paid(db, OWN, merchant_id, from_day, to_day);
}

/* A circle (R2) has two sides: where the merchant's people were paid, and where they paid.  The one
 * side is its own stalls; the other those of owners who are known to have paid there. */
struct err
due_put_merchant(struct db *db, int64_t merchant_id)
{
	static const char PAID_BY[] =
		"INSERT INTO adoption_due (stall_id, day, writer)"
		" SELECT DISTINCT stall_id, day, CAST($1 AS BIGINT) FROM adoption_owner"
		" WHERE payer_merchant_id = $2" PUT_PAID_END;
	static const char PAID_THERE[] =
		"INSERT INTO adoption_due (stall_id, day, writer)"
		" SELECT DISTINCT c.stall_id, c.day, CAST($1 AS BIGINT) FROM adoption_owner o"
		" JOIN stall s ON s.merchant_id = o.payer_merchant_id"
		" JOIN cell c ON c.stall_id = s.id AND c.day >= o.day - 2 AND c.day <= o.day + 2"
		" WHERE o.merchant_id = $2" PUT_PAID_END;
	struct db_stmt *stmt;

	TRY(due_put_owner(db, merchant_id, DAY_FIRST, DAY_LAST));
	TRY(db_prepare(db, PAID_BY, &stmt));
	db_bind_int(stmt, 1, db->writer);
	db_bind_int(stmt, 2, merchant_id);
	TRY(db_run(stmt));
	TRY(db_prepare(db, PAID_THERE, &stmt));
	db_bind_int(stmt, 1, db->writer);
	db_bind_int(stmt, 2, merchant_id);
	return db_run(stmt);
}

struct err
due_of_owner(struct db *db, int64_t merchant_id, int32_t from_day, int32_t to_day, bool *due)
{
	static const char DUE[] =
		"SELECT 1 FROM stall s JOIN adoption_due d ON d.stall_id = s.id AND d.day >= $2"
		" AND d.day <= $3 WHERE s.merchant_id = $1 LIMIT 1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, DUE, &stmt));
	db_bind_int(stmt, 1, merchant_id);
	db_bind_int(stmt, 2, from_day);
	db_bind_int(stmt, 3, to_day);
	TRY(db_step(stmt, due));
	db_reset(stmt);
	return OK;
}

/* All who stand beside it on days of its own, so that what it was part of is told anew without it;
 * where nobody else does, nothing is left to tell. */
struct err
due_put_move(struct db *db, int64_t stall_id, int32_t from_day, int32_t to_day)
{
#define BESIDE                                                                 \
	" FROM cell c JOIN stall m ON m.id = c.stall_id WHERE c.stall_id = $1" \
	" AND c.day >= $2 AND c.day <= $3"
	static const char TALLIES[] =
		"DELETE FROM market_tally WHERE (market_id, day) IN (SELECT " MARKET_OF(
			"m", "c.day") ", c.day" BESIDE ")";
	static const char DAYS[] =
		"INSERT INTO adoption_due (stall_id, day, writer)"
		" SELECT DISTINCT o.stall_id, o.day, CAST($4 AS BIGINT) FROM cell o"
		" JOIN stall s ON s.id = o.stall_id WHERE o.day >= $2 AND o.day <= $3"
		" AND " MARKET_OF("s", "o.day") " = (SELECT " MARKET_OF("m",
			"o.day") " FROM stall m WHERE m.id = $1)"
				 " AND EXISTS (SELECT 1 FROM cell c WHERE c.stall_id = $1 AND c.day = o.day)" PUT_PAID_END;
#undef BESIDE
	struct db_stmt *stmt;

	TRY(db_prepare(db, TALLIES, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, from_day);
	db_bind_int(stmt, 3, to_day);
	TRY(db_run(stmt));
	TRY(db_prepare(db, DAYS, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, from_day);
	db_bind_int(stmt, 3, to_day);
	db_bind_int(stmt, 4, db->writer);
	return db_run(stmt);
}

/* Nodes of the version before book without a mark: what recent cells hold against what was folded,
 * removed payments included.  A payment that a rule took but left in value is counted in both. */
struct err
due_put_unmarked(struct db *db, int32_t from_day, int64_t alive_since_ms)
{
	static const char OLDER[] =
		"SELECT 1 FROM writer WHERE knows < 9 AND until_ms >= $1 LIMIT 1";
	static const char UNMARKED[] =
		"INSERT INTO adoption_due (stall_id, day, writer)"
		" SELECT c.stall_id, c.day, CAST($1 AS BIGINT) FROM (SELECT stall_id, day,"
		"  sum(payments) AS payments, sum(value) AS value FROM cell WHERE day >= $2"
		"  GROUP BY stall_id, day) c LEFT JOIN adoption_day d"
		" ON d.stall_id = c.stall_id AND d.day = c.day"
		" WHERE (c.payments <> coalesce(d.payments, 0)"
		"  + (SELECT count(DISTINCT f.subject) FROM adoption_flag f LEFT JOIN flag_release r"
		"   ON r.stall_id = f.stall_id AND r.rule = f.rule AND r.subject = f.subject"
		"   AND r.confirmed_at_ms IS NOT NULL WHERE f.stall_id = c.stall_id"
		"   AND f.day = c.day AND f.rule IN ('R1', 'R2', 'R3', 'R4', 'R7')"
		"   AND r.stall_id IS NULL)"
		" OR c.value <> coalesce(d.value, 0)"
		"  + (SELECT coalesce(sum(f.amount), 0) FROM adoption_flag f LEFT JOIN flag_release r"
		"   ON r.stall_id = f.stall_id AND r.rule = f.rule AND r.subject = f.subject"
		"   AND r.confirmed_at_ms IS NOT NULL WHERE f.stall_id = c.stall_id"
		"   AND f.day = c.day AND f.rule IN ('R1', 'R2', 'R4') AND r.stall_id IS NULL))" PUT_PAID_END;
	struct db_stmt *stmt;
	bool older;

	TRY(db_prepare(db, OLDER, &stmt));
	db_bind_int(stmt, 1, alive_since_ms);
	TRY(db_step(stmt, &older));
	db_reset(stmt);
	if (!older)
		return OK;
	TRY(db_prepare(db, UNMARKED, &stmt));
	db_bind_int(stmt, 1, db->writer);
	db_bind_int(stmt, 2, from_day);
	return db_run(stmt);
}

/* ---- what is due ------------------------------------------------------------------------------
 */

/* From the end: after an upgrade all there ever was is due. */
struct err
due_next(struct db *db, int32_t from_day, struct due_place *place, int64_t *market_id, bool *found)
{
	static const char NEXT[] = "SELECT d.stall_id, " MARKET_OF(
		"s", "d.day") " FROM adoption_due d"
			      " JOIN stall s ON s.id = d.stall_id WHERE d.day = $1"
			      " AND d.stall_id > $2 ORDER BY d.stall_id LIMIT 1";
	static const char BEFORE[] =
		"SELECT max(day) FROM adoption_due WHERE day >= $1 AND day < $2";
	struct db_stmt *stmt;
	bool another_day = true;

	while (another_day) {
		TRY(db_prepare(db, NEXT, &stmt));
		db_bind_int(stmt, 1, place->day);
		db_bind_int(stmt, 2, place->stall_id);
		TRY(db_step(stmt, found));
		if (*found) {
			place->stall_id = db_int(stmt, 0);
			*market_id = db_int(stmt, 1);
			db_reset(stmt);
			return OK;
		}
		TRY(db_prepare(db, BEFORE, &stmt));
		db_bind_int(stmt, 1, from_day);
		db_bind_int(stmt, 2, place->day);
		TRY(db_one(stmt, "the day before"));
		another_day = !db_is_null(stmt, 0);
		if (another_day)
			*place = (struct due_place){(int32_t)db_int(stmt, 0), 0};
		db_reset(stmt);
	}
	return OK;
}

struct err
due_days(struct db *db, int64_t market_id, int32_t from_day, int32_t to_day, size_t max,
	int32_t *days, size_t *count)
{
	static const char DAYS[] =
		"SELECT DISTINCT d.day FROM stall s JOIN adoption_due d ON d.stall_id = s.id"
		" AND d.day >= $1 AND d.day <= $2 WHERE " STANDING(
			"d.day", "$3") " ORDER BY d.day DESC LIMIT $4";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, DAYS, &stmt));
	db_bind_int(stmt, 1, from_day);
	db_bind_int(stmt, 2, to_day);
	db_bind_int(stmt, 3, market_id);
	db_bind_int(stmt, 4, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		days[*count] = (int32_t)db_int(stmt, 0);
	return rows.err;
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

#define MONTH_DAYS_MAX 31
#define CIRCLE_DAYS 2 /* 24 hours after a day that ends half a day late, at most */

int32_t
due_until(int32_t to_day)
{
	int32_t until = to_day;

	if (to_day > DAY_LAST - MONTH_DAYS_MAX - CIRCLE_DAYS)
		return DAY_LAST;
	for (int calendar = CALENDAR_SOLAR; calendar <= CALENDAR_ND09; calendar++) {
		enum period_calendar of = (enum period_calendar)calendar;
		int32_t last = month_last_day(month_of(to_day, of), of);

		until = last > until ? last : until;
	}
	return until + CIRCLE_DAYS;
}

struct err
due_stalls(struct db *db, const struct market_day *market_day,
	struct err (*each)(void *arg, int64_t stall_id), void *arg)
{
	static const char STALLS[] =
		"SELECT DISTINCT d.stall_id FROM stall s JOIN adoption_due d ON d.stall_id = s.id"
		" AND d.day = $1 WHERE " STANDING("$1", "$2") " ORDER BY 1";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, STALLS, &stmt));
	db_bind_int(stmt, 1, market_day->day);
	db_bind_int(stmt, 2, market_day->market_id);
	rows = db_rows(stmt);
	while (db_rows_next(&rows))
		rows.err = each(arg, db_int(stmt, 0));
	return rows.err;
}

struct err
due_clear(struct db *db, int64_t stall_id, int32_t day)
{
	static const char CLEAR[] = "DELETE FROM adoption_due WHERE stall_id = $1 AND day = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, CLEAR, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, day);
	return db_run(stmt);
}
