/* The accounts that receive for stalls. */
#include "adoption.h"

struct err
accounts_ensure(struct db *db, int64_t new_id, struct str bank_bin, struct str account_no,
	struct str holder, int64_t *id)
{
	static const char PUT[] =
		"INSERT INTO account (id, bank_bin, account_no, holder) VALUES ($1, $2, $3, $4)"
		" ON CONFLICT (account_no, bank_bin) DO UPDATE SET holder = $4 RETURNING id";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, new_id);
	db_bind_str(stmt, 2, bank_bin);
	db_bind_str(stmt, 3, account_no);
	db_bind_str(stmt, 4, holder);
	TRY(db_one(stmt, "account"));
	*id = db_int(stmt, 0);
	return db_run(stmt);
}

/* From now on it is the merchant's own, and always was (R1). */
static struct err
mark_owner(struct db *db, int64_t stall_id)
{
	static const char OWNER[] = "SELECT merchant_id FROM stall WHERE id = $1";
	struct db_stmt *stmt;
	int64_t merchant_id;

	TRY(db_prepare(db, OWNER, &stmt));
	db_bind_int(stmt, 1, stall_id);
	TRY(db_one(stmt, "no such stall"));
	merchant_id = db_int(stmt, 0);
	db_reset(stmt);
	return due_put_merchant(db, merchant_id);
}

struct err
accounts_attach(struct db *db, int64_t stall_id, int64_t account_id, int64_t from_ms)
{
	static const char PUT[] = "INSERT INTO stall_account (stall_id, account_id, from_ms, to_ms)"
				  " VALUES ($1, $2, $3, $4)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, account_id);
	db_bind_int(stmt, 3, from_ms);
	db_bind_int(stmt, 4, MS_LAST);
	TRY(db_run(stmt));
	return mark_owner(db, stall_id);
}

struct err
accounts_detach(struct db *db, int64_t stall_id, int64_t account_id, int64_t to_ms)
{
	static const char END[] = "UPDATE stall_account SET to_ms = $3"
				  " WHERE stall_id = $1 AND account_id = $2 AND to_ms = $4";
	struct db_stmt *stmt;

	TRY(db_prepare(db, END, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, account_id);
	db_bind_int(stmt, 3, to_ms);
	db_bind_int(stmt, 4, MS_LAST);
	return db_change_one(stmt, "the stall does not have that account");
}

struct err
accounts_serve(struct db *db, int64_t stall_id, struct str account_no, bool *serves)
{
	static const char FIND[] =
		"SELECT 1 FROM stall_account sa JOIN account a ON a.id = sa.account_id"
		" WHERE sa.stall_id = $1 AND a.account_no = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_str(stmt, 2, account_no);
	TRY(db_step(stmt, serves));
	db_reset(stmt);
	return OK;
}

struct err
accounts_serve_at(
	struct db *db, int64_t stall_id, struct str account_no, struct str bank_bin, bool *serves)
{
	static const char FIND[] =
		"SELECT 1 FROM stall_account sa JOIN account a ON a.id = sa.account_id"
		" WHERE sa.stall_id = $1 AND a.account_no = $2 AND a.bank_bin = $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_str(stmt, 2, account_no);
	db_bind_str(stmt, 3, bank_bin);
	TRY(db_step(stmt, serves));
	db_reset(stmt);
	return OK;
}
