/* Whose keys a store of several nodes was made with: who has others would seal and sign rows that
 * the rest cannot check, and open no secret. */
#include "db.h"

static struct err
put_first(struct db *db, struct str master_id, struct str ledger_public)
{
	static const char PUT[] = "INSERT INTO node_keys (id, master_id, ledger_public)"
				  " VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_blob(stmt, 1, master_id);
	db_bind_blob(stmt, 2, ledger_public);
	return db_run(stmt);
}

static struct err
compare(struct db *db, struct str master_id, struct str ledger_public)
{
	static const char SAME[] = "SELECT 1 FROM node_keys WHERE id = 1 AND master_id = $1"
				   " AND ledger_public = $2";
	struct db_stmt *stmt;
	bool same;

	TRY(db_prepare(db, SAME, &stmt));
	db_bind_blob(stmt, 1, master_id);
	db_bind_blob(stmt, 2, ledger_public);
	TRY(db_step(stmt, &same));
	db_reset(stmt);
	return same ? OK
		    : FAIL(ERR_SETUP, "this node's keys are not the store's: copy the keys folder "
				      "of another node's data folder into this one's");
}

/* A file's keys may be lost, and its rows still be read: its folder is the only one. */
struct err
store_check_keys(struct db *db, struct str master_id, struct str ledger_public)
{
	struct err err;

	if (db->driver->lock_schema == NULL)
		return OK;
	TRY(store_begin(db));
	err = db->driver->lock_schema(db); /* two first nodes at once: the second sees the first */
	if (err.code == ERR_OK)
		err = put_first(db, master_id, ledger_public);
	if (err.code == ERR_OK)
		err = compare(db, master_id, ledger_public);
	if (err.code == ERR_OK)
		return store_commit(db);
	store_rollback(db);
	return err;
}
