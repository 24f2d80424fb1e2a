/* What a stall took in and gave back, by the day of the bank, and on which accounts. */
#include "chopay/revenue_rows.h"
#include "db.h"

/* A day of the bank (not the market day, which a night market begins hours later): what the
 * account's statement says, too.  The market day is the same or the one before. */
#define DAYS " WHERE s.day BETWEEN $2 - 1 AND $3 AND s.booked_at_ms >= $4 AND s.booked_at_ms < $5"

/* When the money went back: as the bank says, or when a person said so of money no feed told yet.
 */
#define BACK_MS "coalesce(t.booked_at_ms, a.created_at_ms)"

static void
bind_days(struct db_stmt *stmt, int64_t of, int32_t from_day, int32_t to_day)
{
	db_bind_int(stmt, 1, of);
	db_bind_int(stmt, 2, from_day);
	db_bind_int(stmt, 3, to_day);
	db_bind_int(stmt, 4, day_start_ms(from_day, 0));
	db_bind_int(stmt, 5, day_start_ms(to_day + 1, 0));
}

struct err
revenue_days_walk(struct db *db, int64_t stall_id, int32_t from_day, int32_t to_day,
	struct err (*each)(void *arg, const struct revenue_day *day), void *arg)
{
	/* 25200000: Vietnam is 7 hours ahead of UTC. */
	static const char WALK[] = "SELECT (s.booked_at_ms + 25200000) / 86400000, 0, count(*),"
				   " CAST(sum(s.amount) AS BIGINT) FROM payment s" DAYS
				   " AND s.stall_id = $1 GROUP BY 1"
				   " UNION ALL SELECT (" BACK_MS " + 25200000) / 86400000,"
				   " CASE a.kind WHEN 'reversal' THEN 2 ELSE 1 END, count(*),"
				   " CAST(sum(a.amount) AS BIGINT)"
				   " FROM adjustment a LEFT JOIN transfer t ON t.id = a.transfer_id"
				   " WHERE a.stall_id = $1 AND " BACK_MS " >= $4 AND " BACK_MS
				   " < $5"
				   " GROUP BY 1, 2 ORDER BY 1, 2";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	bind_days(stmt, stall_id, from_day, to_day);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		rows.err = each(arg, &(struct revenue_day){(int32_t)db_int(stmt, 0),
					     (enum revenue_kind)db_int(stmt, 1), db_int(stmt, 2),
					     {db_int(stmt, 3)}});
	}
	return rows.err;
}

struct err
revenue_total(
	struct db *db, int64_t merchant_id, int32_t from_day, int32_t to_day, struct vnd *total)
{
	static const char TOTAL[] =
		"SELECT CAST(coalesce((SELECT sum(s.amount) FROM payment s" DAYS
		" AND s.stall_id IN (SELECT id FROM stall WHERE merchant_id = $1"
		"  AND kind <> 'fee_desk')), 0)"
		" - coalesce((SELECT sum(a.amount) FROM adjustment a"
		" LEFT JOIN transfer t ON t.id = a.transfer_id WHERE " BACK_MS " >= $4"
		" AND " BACK_MS " < $5 AND a.stall_id IN (SELECT id FROM stall"
		"  WHERE merchant_id = $1 AND kind <> 'fee_desk')), 0) AS BIGINT)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, TOTAL, &stmt));
	bind_days(stmt, merchant_id, from_day, to_day);
	TRY(db_one(stmt, "no sum"));
	total->dong = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

struct err
revenue_accounts_walk(struct db *db, int64_t merchant_id,
	struct err (*each)(void *arg, const struct revenue_account_row *account), void *arg)
{
	static const char WALK[] =
		"SELECT a.bank_bin, coalesce(b.name, ''), a.account_no, a.holder,"
		" min(sa.from_ms), max(sa.to_ms) FROM stall s"
		" JOIN stall_account sa ON sa.stall_id = s.id"
		" JOIN account a ON a.id = sa.account_id LEFT JOIN bank b ON b.bin = a.bank_bin"
		" WHERE s.merchant_id = $1 GROUP BY a.bank_bin, b.name, a.account_no, a.holder"
		" ORDER BY min(sa.from_ms), a.bank_bin, a.account_no";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	db_bind_int(stmt, 1, merchant_id);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		rows.err = each(arg, &(struct revenue_account_row){db_str(stmt, 0), db_str(stmt, 1),
					     db_str(stmt, 2), db_str(stmt, 3), db_int(stmt, 4),
					     db_int(stmt, 5)});
	}
	return rows.err;
}
