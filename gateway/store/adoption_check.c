/* What the check of the index's rows asks for (books: adoption_verify). */
#include "adoption.h"

struct err
adoption_span(struct db *db, int32_t *from_day, int32_t *to_day)
{
	static const char SPAN[] = "SELECT coalesce(min(day), 1), coalesce(max(day), 0) FROM cell";
	struct db_stmt *stmt;

	TRY(db_prepare(db, SPAN, &stmt));
	TRY(db_one(stmt, "cell"));
	*from_day = (int32_t)db_int(stmt, 0);
	*to_day = (int32_t)db_int(stmt, 1);
	db_reset(stmt);
	return OK;
}

struct err
adoption_markets(struct db *db, int32_t day, size_t max, struct market_day *days, size_t *count)
{
	static const char MARKETS[] = "SELECT DISTINCT " MARKET_OF("s",
		"c.day") " FROM cell c"
			 " JOIN stall s ON s.id = c.stall_id WHERE c.day = $1 ORDER BY 1 LIMIT $2";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, MARKETS, &stmt));
	db_bind_int(stmt, 1, day);
	db_bind_int(stmt, 2, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		days[*count] = (struct market_day){db_int(stmt, 0), day};
	return rows.err;
}

struct err
named_payments_walk(struct db *db,
	struct err (*each)(void *arg, const struct named_payment *payment), void *arg)
{
	static const char NAMED[] =
		"SELECT p.id, p.stall_id, p.day, s.merchant_id, p.payer, p.booked_at_ms, p.amount"
		" - coalesce((SELECT sum(a.amount) FROM adjustment a WHERE a.stall_id = p.stall_id"
		"  AND a.payment_id = p.id), 0) FROM payment p JOIN stall s ON s.id = p.stall_id"
		" WHERE p.payer <> 0";
	struct named_payment payment;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, NAMED, &stmt));
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		payment = (struct named_payment){
			.id = db_int(stmt, 0),
			.stall_id = db_int(stmt, 1),
			.day = (int32_t)db_int(stmt, 2),
			.merchant_id = db_int(stmt, 3),
			.payer = (payer_id)db_int(stmt, 4),
			.at_ms = db_int(stmt, 5),
			.net = {db_int(stmt, 6)},
		};
		rows.err = each(arg, &payment);
	}
	return rows.err;
}

/* A month's flags stand on its last day. */
struct err
adoption_month_stalls(
	struct db *db, int32_t day, struct err (*each)(void *arg, int64_t stall_id), void *arg)
{
	static const char STALLS[] =
		"SELECT x.stall_id FROM (SELECT stall_id FROM adoption_month WHERE calendar = 0"
		"  AND month = $1 UNION SELECT stall_id FROM adoption_month WHERE calendar = 1"
		"  AND month = $2 UNION SELECT stall_id FROM adoption_day WHERE day >= $3"
		"  AND day <= $4 UNION SELECT stall_id FROM adoption_flag WHERE day = $5"
		"  AND rule IN ('R5', 'R6')) x WHERE NOT EXISTS (SELECT 1 FROM adoption_due d"
		"  WHERE d.stall_id = x.stall_id AND d.day >= $3 AND d.day <= $4) ORDER BY 1";
	month_key solar = month_of(day, CALENDAR_SOLAR), nd09 = month_of(day, CALENDAR_ND09);
	int32_t from = month_first_day(solar, CALENDAR_SOLAR);
	int32_t from_nd09 = month_first_day(nd09, CALENDAR_ND09);
	int32_t to = month_last_day(solar, CALENDAR_SOLAR);
	int32_t to_nd09 = month_last_day(nd09, CALENDAR_ND09);
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, STALLS, &stmt));
	db_bind_int(stmt, 1, solar);
	db_bind_int(stmt, 2, nd09);
	db_bind_int(stmt, 3, from < from_nd09 ? from : from_nd09);
	db_bind_int(stmt, 4, to > to_nd09 ? to : to_nd09);
	db_bind_int(stmt, 5, to);
	rows = db_rows(stmt);
	while (db_rows_next(&rows))
		rows.err = each(arg, db_int(stmt, 0));
	return rows.err;
}

static struct err
name_strays(struct db *db, const char *sql, const char *table,
	struct err (*each)(void *arg, const char *table, int64_t key, int32_t day), void *arg)
{
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, sql, &stmt));
	rows = db_rows(stmt);
	while (db_rows_next(&rows))
		rows.err = each(arg, table, db_int(stmt, 0), (int32_t)db_int(stmt, 1));
	return rows.err;
}

struct err
adoption_strays(struct db *db,
	struct err (*each)(void *arg, const char *table, int64_t key, int32_t day), void *arg)
{
	static const char DAYS[] =
		"SELECT d.stall_id, d.day FROM adoption_day d WHERE NOT EXISTS (SELECT 1 FROM cell c"
		" WHERE c.stall_id = d.stall_id AND c.day = d.day)";
	static const char FLAGS[] =
		"SELECT f.stall_id, f.day FROM adoption_flag f WHERE f.rule NOT IN"
		" ('R5', 'R6', 'R8') AND NOT EXISTS (SELECT 1 FROM cell c"
		" WHERE c.stall_id = f.stall_id AND c.day = f.day)";
	static const char TALLIES[] =
		"SELECT market_id, day FROM market_tally EXCEPT SELECT " MARKET_OF(
			"s", "c.day") ","
				      " c.day FROM cell c JOIN stall s ON s.id = c.stall_id";
	static const char MONTHS[] =
		"SELECT m.stall_id, 0 FROM adoption_month m WHERE NOT EXISTS (SELECT 1 FROM cell c"
		" WHERE c.stall_id = m.stall_id)";

	TRY(name_strays(db, DAYS, "adoption_day", each, arg));
	TRY(name_strays(db, FLAGS, "adoption_flag", each, arg));
	TRY(name_strays(db, TALLIES, "market_tally", each, arg));
	return name_strays(db, MONTHS, "adoption_month", each, arg);
}
