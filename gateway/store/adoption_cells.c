/* The cells of the index: a stall's days and months, and what a market's day tells beside them. */
#include "adoption.h"

/* ---- a stall's day ----------------------------------------------------------------------------
 */

static struct err
drop_day(struct db *db, const struct adoption_day_row *row)
{
	static const char DROP[] = "DELETE FROM adoption_day WHERE stall_id = $1 AND day = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, DROP, &stmt));
	db_bind_int(stmt, 1, row->stall_id);
	db_bind_int(stmt, 2, row->day);
	return db_run(stmt);
}

struct err
adoption_days_put(struct db *db, const struct adoption_day_row *row)
{
	static const char PUT[] =
		"INSERT INTO adoption_day (stall_id, day, payments, value, unknown, payers,"
		" hours) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (stall_id, day) DO UPDATE SET"
		" payments = excluded.payments, value = excluded.value,"
		" unknown = excluded.unknown, payers = excluded.payers,"
		" hours = excluded.hours";
	struct db_stmt *stmt;

	if (row->payments == 0 && row->value.dong == 0)
		return drop_day(db, row);
	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, row->stall_id);
	db_bind_int(stmt, 2, row->day);
	db_bind_int(stmt, 3, row->payments);
	db_bind_int(stmt, 4, row->value.dong);
	db_bind_int(stmt, 5, row->unknown);
	db_bind_blob(stmt, 6, row->payers);
	db_bind_int(stmt, 7, row->hours);
	return db_run(stmt);
}

static struct err
walk_days(struct db_stmt *stmt, struct err (*each)(void *arg, const struct adoption_day_row *row),
	void *arg)
{
	struct adoption_day_row row;
	struct db_rows rows = db_walk_rows(stmt);

	while (db_rows_next(&rows)) {
		row = (struct adoption_day_row){
			.stall_id = db_int(stmt, 0),
			.day = (int32_t)db_int(stmt, 1),
			.payments = db_int(stmt, 2),
			.value = {db_int(stmt, 3)},
			.unknown = db_int(stmt, 4),
			.payers = db_str(stmt, 5),
			.hours = (uint32_t)db_int(stmt, 6),
		};
		rows.err = each(arg, &row);
	}
	return rows.err;
}

#define DAY_COLUMNS "SELECT d.stall_id, d.day, d.payments, d.value, d.unknown, d.payers, d.hours"

struct err
adoption_days_walk(struct db *db, int64_t stall_id, int32_t from_day, int32_t to_day,
	struct err (*each)(void *arg, const struct adoption_day_row *row), void *arg)
{
	static const char OF_STALL[] = DAY_COLUMNS " FROM adoption_day d WHERE stall_id = $3"
						   " AND day >= $1 AND day <= $2 ORDER BY day";
	static const char OF_ALL[] = DAY_COLUMNS " FROM adoption_day d WHERE day >= $1"
						 " AND day <= $2 ORDER BY stall_id, day";
	struct db_stmt *stmt;

	TRY(db_prepare(db, stall_id == 0 ? OF_ALL : OF_STALL, &stmt));
	db_bind_int(stmt, 1, from_day);
	db_bind_int(stmt, 2, to_day);
	if (stall_id != 0)
		db_bind_int(stmt, 3, stall_id);
	return walk_days(stmt, each, arg);
}

/* Stall by stall: their days stand in the order of stalls, and other months are not looked at. */
struct err
adoption_days_walk_some(struct db *db, const struct stall_range *stalls, int32_t from_day,
	int32_t to_day, struct err (*each)(void *arg, const struct adoption_day_row *row),
	void *arg)
{
	static const char OF_SOME[] = DAY_COLUMNS
		" FROM stall s CROSS JOIN adoption_day d WHERE s.id >= $3 AND s.id <= $4"
		" AND d.stall_id = s.id AND d.day >= $1 AND d.day <= $2"
		" ORDER BY s.id, d.day";
	struct db_stmt *stmt;

	TRY(db_prepare(db, OF_SOME, &stmt));
	db_bind_int(stmt, 1, from_day);
	db_bind_int(stmt, 2, to_day);
	db_bind_int(stmt, 3, stalls->first);
	db_bind_int(stmt, 4, stalls->last);
	return walk_days(stmt, each, arg);
}

/* ---- a stall's month --------------------------------------------------------------------------
 */

static struct err
drop_month(struct db *db, const struct adoption_month_row *row)
{
	static const char DROP[] = "DELETE FROM adoption_month"
				   " WHERE calendar = $1 AND month = $2 AND stall_id = $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, DROP, &stmt));
	db_bind_int(stmt, 1, row->calendar);
	db_bind_int(stmt, 2, row->month);
	db_bind_int(stmt, 3, row->stall_id);
	return db_run(stmt);
}

struct err
adoption_months_put(struct db *db, const struct adoption_month_row *row)
{
	static const char PUT[] =
		"INSERT INTO adoption_month (stall_id, calendar, month, active_days, payments,"
		" value, payers, hours) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
		" ON CONFLICT (calendar, month, stall_id) DO UPDATE SET"
		" active_days = excluded.active_days, payments = excluded.payments,"
		" value = excluded.value, payers = excluded.payers,"
		" hours = excluded.hours";
	struct db_stmt *stmt;

	if (row->payments == 0 && row->value.dong == 0)
		return drop_month(db, row);
	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, row->stall_id);
	db_bind_int(stmt, 2, row->calendar);
	db_bind_int(stmt, 3, row->month);
	db_bind_int(stmt, 4, (int64_t)row->active_days);
	db_bind_int(stmt, 5, row->payments);
	db_bind_int(stmt, 6, row->value.dong);
	db_bind_int(stmt, 7, row->payers);
	db_bind_int(stmt, 8, row->hours);
	return db_run(stmt);
}

static struct err
walk_months(struct db_stmt *stmt, enum period_calendar calendar, month_key month,
	struct err (*each)(void *arg, const struct adoption_month_row *row), void *arg)
{
	struct adoption_month_row given_row;
	struct db_rows rows;

	rows = db_rows(stmt);
	while (db_rows_next(&rows)) {
		given_row = (struct adoption_month_row){
			.stall_id = db_int(stmt, 0),
			.calendar = calendar,
			.month = month,
			.active_days = (uint64_t)db_int(stmt, 1),
			.payments = db_int(stmt, 2),
			.value = {db_int(stmt, 3)},
			.payers = db_int(stmt, 4),
			.hours = (uint32_t)db_int(stmt, 5),
		};
		rows.err = each(arg, &given_row);
	}
	return rows.err;
}

#define MONTHS                                                                             \
	"SELECT stall_id, active_days, payments, value, payers, hours FROM adoption_month" \
	" WHERE calendar = $1 AND month = $2"

struct err
adoption_months_walk(struct db *db, enum period_calendar calendar, month_key month,
	struct err (*each)(void *arg, const struct adoption_month_row *row), void *arg)
{
	const struct stall_range all = {INT64_MIN, INT64_MAX};

	return adoption_months_walk_some(db, calendar, month, &all, each, arg);
}

struct err
adoption_months_walk_some(struct db *db, enum period_calendar calendar, month_key month,
	const struct stall_range *stalls,
	struct err (*each)(void *arg, const struct adoption_month_row *row), void *arg)
{
	static const char OF_MONTH[] = MONTHS
		" AND stall_id >= $3 AND stall_id <= $4 ORDER BY stall_id";
	struct db_stmt *stmt;

	TRY(db_prepare(db, OF_MONTH, &stmt));
	db_bind_int(stmt, 1, calendar);
	db_bind_int(stmt, 2, month);
	db_bind_int(stmt, 3, stalls->first);
	db_bind_int(stmt, 4, stalls->last);
	db_walk(stmt);
	return walk_months(stmt, calendar, month, each, arg);
}

struct err
adoption_months_of_stall(struct db *db, int64_t stall_id, enum period_calendar calendar,
	month_key month, struct err (*each)(void *arg, const struct adoption_month_row *row),
	void *arg)
{
	static const char OF_STALL[] = MONTHS " AND stall_id = $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, OF_STALL, &stmt));
	db_bind_int(stmt, 1, calendar);
	db_bind_int(stmt, 2, month);
	db_bind_int(stmt, 3, stall_id);
	return walk_months(stmt, calendar, month, each, arg);
}

/* ---- a market's day ---------------------------------------------------------------------------
 */

static struct err
drop_tally(struct db *db, const struct market_day *market_day)
{
	static const char DROP[] = "DELETE FROM market_tally WHERE market_id = $1 AND day = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, DROP, &stmt));
	db_bind_int(stmt, 1, market_day->market_id);
	db_bind_int(stmt, 2, market_day->day);
	return db_run(stmt);
}

struct err
tallies_put(struct db *db, const struct market_day *market_day, struct str tally)
{
	static const char PUT[] =
		"INSERT INTO market_tally (market_id, day, tally) VALUES ($1, $2, $3)"
		" ON CONFLICT (market_id, day) DO UPDATE SET tally = excluded.tally";
	struct db_stmt *stmt;

	if (tally.len == 0)
		return drop_tally(db, market_day);
	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, market_day->market_id);
	db_bind_int(stmt, 2, market_day->day);
	db_bind_blob(stmt, 3, tally);
	return db_run(stmt);
}

struct err
tallies_walk(struct db *db, int64_t market_id, int32_t from_day, int32_t to_day,
	struct err (*each)(void *arg, const struct market_day *market_day, struct str tally),
	void *arg)
{
#define TALLIES "SELECT market_id, day, tally FROM market_tally WHERE day >= $1 AND day <= $2"
	static const char OF_MARKET[] = TALLIES " AND market_id = $3 ORDER BY market_id, day";
	static const char OF_ALL[] = TALLIES " ORDER BY market_id, day";
#undef TALLIES
	struct market_day market_day;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, market_id == 0 ? OF_ALL : OF_MARKET, &stmt));
	db_bind_int(stmt, 1, from_day);
	db_bind_int(stmt, 2, to_day);
	if (market_id != 0)
		db_bind_int(stmt, 3, market_id);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		market_day = (struct market_day){db_int(stmt, 0), (int32_t)db_int(stmt, 1)};
		rows.err = each(arg, &market_day, db_str(stmt, 2));
	}
	return rows.err;
}
