/* Lines of lists and statements, and the credits among them that a webhook should tell too. */
#include "seals.h"

struct err
lines_put(struct db *db, const struct bank_line *line)
{
	static const char PUT[] =
		"INSERT INTO bank_line (account_no, day, source, line_key, transfer_id, amount,"
		" outgoing, booked_at_ms, told_at_ms, seal)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
		" ON CONFLICT DO NOTHING";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_seal_begin(stmt);
	db_bind_str(stmt, 1, line->account_no);
	db_bind_int(stmt, 2, line->day);
	db_bind_str(stmt, 3, line->source);
	db_bind_str(stmt, 4, line->line_key);
	db_bind_int(stmt, 5, line->transfer_id);
	db_bind_int(stmt, 6, line->amount.dong);
	db_bind_int(stmt, 7, line->outgoing);
	db_bind_int(stmt, 8, line->booked_at_ms);
	db_bind_int(stmt, 9, line->told_at_ms);
	return db_run_sealed(stmt, 10, SEALED_BANK_LINE, NULL);
}

struct err
lines_find(struct db *db, const struct bank_line *line, int64_t *transfer_id)
{
	static const char FIND[] =
		"SELECT transfer_id FROM bank_line WHERE account_no = $1 AND day = $2"
		" AND source = $3 AND line_key = $4 AND amount = $5 AND outgoing = $6";
	struct db_stmt *stmt;
	bool known;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, line->account_no);
	db_bind_int(stmt, 2, line->day);
	db_bind_str(stmt, 3, line->source);
	db_bind_str(stmt, 4, line->line_key);
	db_bind_int(stmt, 5, line->amount.dong);
	db_bind_int(stmt, 6, line->outgoing);
	TRY(db_step(stmt, &known));
	*transfer_id = known ? db_int(stmt, 0) : 0;
	db_reset(stmt);
	return OK;
}

/* ---- awaited from a webhook ---------------------------------------------------------------- */

struct err
awaited_put(struct db *db, const struct awaited_webhook *awaited)
{
	static const char PUT[] =
		"INSERT INTO awaited_webhook (transfer_id, account_no, source, due_at_ms)"
		" VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, awaited->transfer_id);
	db_bind_str(stmt, 2, awaited->account_no);
	db_bind_str(stmt, 3, awaited->source);
	db_bind_int(stmt, 4, awaited->due_at_ms);
	return db_run(stmt);
}

struct err
awaited_told(struct db *db, int64_t transfer_id, int64_t now_ms)
{
	static const char TOLD[] = "UPDATE awaited_webhook SET told_at_ms = $2"
				   " WHERE transfer_id = $1 AND told_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, TOLD, &stmt));
	db_bind_int(stmt, 1, transfer_id);
	db_bind_int(stmt, 2, now_ms);
	return db_run(stmt);
}

struct err
awaited_due(struct db *db, struct arena *arena, int64_t now_ms, size_t max,
	struct awaited_webhook *items, size_t *count)
{
	static const char DUE[] =
		"SELECT a.transfer_id, a.account_no, a.source, a.due_at_ms, t.amount"
		" FROM awaited_webhook a JOIN transfer t ON t.id = a.transfer_id"
		" WHERE a.told_at_ms IS NULL AND a.missed = 0 AND a.due_at_ms <= $1"
		" ORDER BY a.due_at_ms LIMIT $2";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, DUE, &stmt));
	db_bind_int(stmt, 1, now_ms);
	db_bind_int(stmt, 2, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++) {
		struct awaited_webhook *item = &items[*count];

		item->transfer_id = db_int(stmt, 0);
		item->account_no = arena_copy(arena, db_str(stmt, 1));
		item->source = arena_copy(arena, db_str(stmt, 2));
		item->due_at_ms = db_int(stmt, 3);
		item->amount.dong = db_int(stmt, 4);
	}
	return rows.err;
}

struct err
awaited_drop(struct db *db, int64_t transfer_id)
{
	static const char DROP[] = "DELETE FROM awaited_webhook WHERE transfer_id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, DROP, &stmt));
	db_bind_int(stmt, 1, transfer_id);
	return db_run(stmt);
}

struct err
awaited_miss(struct db *db, int64_t transfer_id)
{
	static const char MISS[] = "UPDATE awaited_webhook SET missed = 1 WHERE transfer_id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, MISS, &stmt));
	db_bind_int(stmt, 1, transfer_id);
	return db_run(stmt);
}

struct err
awaited_forget(struct db *db, int64_t before_ms)
{
	static const char FORGET[] = "DELETE FROM awaited_webhook WHERE due_at_ms < $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FORGET, &stmt));
	db_bind_int(stmt, 1, before_ms);
	return db_run(stmt);
}

struct err
awaited_was_told(struct db *db, struct str account_no, bool *told)
{
	static const char TOLD[] = "SELECT 1 FROM awaited_webhook WHERE account_no = $1"
				   " AND told_at_ms IS NOT NULL LIMIT 1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, TOLD, &stmt));
	db_bind_str(stmt, 1, account_no);
	TRY(db_step(stmt, told));
	db_reset(stmt);
	return OK;
}

struct err
transfers_feeds(struct db *db, struct arena *arena, struct str account_no, size_t newest,
	size_t max, struct str *feeds, size_t *count)
{
	static const char FEEDS[] =
		"SELECT DISTINCT feed FROM (SELECT feed FROM transfer WHERE account_no = $1"
		" ORDER BY booked_at_ms DESC LIMIT $2) AS newest LIMIT $3";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, FEEDS, &stmt));
	db_bind_str(stmt, 1, account_no);
	db_bind_int(stmt, 2, (int64_t)newest);
	db_bind_int(stmt, 3, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		feeds[*count] = arena_copy(arena, db_str(stmt, 0));
	return rows.err;
}
