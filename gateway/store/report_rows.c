/* What reports ask of the books beside cells and registers. */
#include "chopay/report_rows.h"
#include "db.h"

struct err
account_stalls_walk(struct db *db,
	struct err (*each)(void *arg, struct str account_no, int64_t stall_id, int64_t from_ms),
	void *arg)
{
	static const char WALK[] = "SELECT a.account_no, sa.stall_id, sa.from_ms"
				   " FROM stall_account sa JOIN account a ON a.id = sa.account_id"
				   " ORDER BY 1, 2, 3";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows))
		rows.err = each(arg, db_str(stmt, 0), db_int(stmt, 1), db_int(stmt, 2));
	return rows.err;
}

struct err
unmatched_walk(struct db *db, int64_t from_ms, int64_t to_ms,
	struct err (*each)(
		void *arg, struct str account_no, int64_t booked_at_ms, struct vnd amount),
	void *arg)
{
	/* In this order: all transfers of all times are looked through otherwise. */
	static const char WALK[] =
		"SELECT t.account_no, t.booked_at_ms, u.amount FROM suspense u CROSS JOIN transfer t"
		" WHERE t.id = u.transfer_id AND t.booked_at_ms >= $1 AND t.booked_at_ms < $2 AND NOT EXISTS"
		" (SELECT 1 FROM resolution r WHERE r.transfer_id = u.transfer_id)";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	db_bind_int(stmt, 1, from_ms);
	db_bind_int(stmt, 2, to_ms);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		rows.err = each(
			arg, db_str(stmt, 0), db_int(stmt, 1), (struct vnd){db_int(stmt, 2)});
	}
	return rows.err;
}

struct err
reconciled_walk(struct db *db, int32_t from_day, int32_t to_day,
	struct err (*each)(void *arg, struct str account_no, int32_t day, struct vnd difference),
	void *arg)
{
	static const char WALK[] =
		"SELECT r.account_no, r.day, abs(r.bank_credit_sum - r.our_credit_sum)"
		" + abs(r.bank_debit_sum - r.our_debit_sum) FROM reconciliation r"
		" WHERE r.day >= $1 AND r.day <= $2 AND NOT EXISTS (SELECT 1 FROM reconciliation n"
		" WHERE n.account_no = r.account_no AND n.day = r.day AND n.source = r.source"
		" AND (n.created_at_ms > r.created_at_ms"
		" OR (n.created_at_ms = r.created_at_ms AND n.id > r.id)))"
		" ORDER BY r.account_no, r.day";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	db_bind_int(stmt, 1, from_day);
	db_bind_int(stmt, 2, to_day);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		rows.err = each(arg, db_str(stmt, 0), (int32_t)db_int(stmt, 1),
			(struct vnd){db_int(stmt, 2)});
	}
	return rows.err;
}
