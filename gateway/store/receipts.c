/* Links to receipts. */
#include "chopay/receipts.h"
#include "db.h"

struct err
receipts_put(struct db *db, struct str hash, const struct charge *charge, int64_t now_ms,
	int64_t expires_at_ms)
{
	static const char PUT[] = "INSERT INTO receipt (hash, stall_id, charge_id, created_at_ms,"
				  " expires_at_ms) VALUES ($1, $2, $3, $4, $5)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, charge->stall_id);
	db_bind_int(stmt, 3, charge->id);
	db_bind_int(stmt, 4, now_ms);
	db_bind_int(stmt, 5, expires_at_ms);
	return db_run(stmt);
}

struct err
receipts_count(struct db *db, const struct charge *charge, int64_t now_ms, int64_t *count)
{
	static const char COUNT[] =
		"SELECT count(*) FROM receipt"
		" WHERE stall_id = $1 AND charge_id = $2 AND expires_at_ms > $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, COUNT, &stmt));
	db_bind_int(stmt, 1, charge->stall_id);
	db_bind_int(stmt, 2, charge->id);
	db_bind_int(stmt, 3, now_ms);
	TRY(db_one(stmt, "receipts"));
	*count = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

struct err
receipts_find(struct db *db, struct str hash, int64_t now_ms, int64_t *stall_id, int64_t *charge_id)
{
	static const char FIND[] = "SELECT stall_id, charge_id FROM receipt"
				   " WHERE hash = $1 AND expires_at_ms > $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, now_ms);
	TRY(db_one(stmt, "the receipt's link has expired, or never was"));
	*stall_id = db_int(stmt, 0);
	*charge_id = db_int(stmt, 1);
	db_reset(stmt);
	return OK;
}
