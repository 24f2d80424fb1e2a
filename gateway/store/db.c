/* What both drivers share: the statement cache, transactions and savepoints. */
#include <stdlib.h>

#include "seals.h"

struct err
db_prepare(struct db *db, const char *sql, struct db_stmt **stmt)
{
	size_t at = ((uintptr_t)sql >> 4) % DB_STATEMENTS_MAX;

	for (size_t tried = 0; tried < DB_STATEMENTS_MAX; tried++) {
		if (db->cache[at].sql == sql) {
			*stmt = db->cache[at].stmt;
			db->driver->reset(*stmt);
			(*stmt)->fault = OK;
			return OK;
		}
		if (db->cache[at].sql == NULL) {
			TRY(db->driver->prepare(db, sql, &db->cache[at].stmt));
			db->cache[at].sql = sql;
			db->cache[at].stmt->db = db;
			*stmt = db->cache[at].stmt;
			(*stmt)->fault = OK;
			return OK;
		}
		at = (at + 1) % DB_STATEMENTS_MAX;
	}
	return FAIL(ERR_BROKEN, "more statements than the cache holds");
}

static void
note_fault(struct db_stmt *stmt, struct err err)
{
	if (stmt->fault.code == ERR_OK)
		stmt->fault = err;
}

void
db_bind_int(struct db_stmt *stmt, int at, int64_t value)
{
	seals_record_int(stmt->db->seals, stmt, value);
	note_fault(stmt, stmt->db->driver->bind_int(stmt, at, value));
}

void
db_bind_str(struct db_stmt *stmt, int at, struct str value)
{
	seals_record_bytes(stmt->db->seals, stmt, value);
	note_fault(stmt, stmt->db->driver->bind_text(stmt, at, value));
}

void
db_bind_blob(struct db_stmt *stmt, int at, struct str value)
{
	seals_record_bytes(stmt->db->seals, stmt, value);
	note_fault(stmt, stmt->db->driver->bind_blob(stmt, at, value));
}

void
db_bind_null(struct db_stmt *stmt, int at)
{
	seals_record_null(stmt->db->seals, stmt);
	note_fault(stmt, stmt->db->driver->bind_null(stmt, at));
}

struct err
db_step(struct db_stmt *stmt, bool *row)
{
	struct err err = stmt->fault;

	*row = false;
	if (err.code == ERR_OK)
		err = stmt->db->driver->step(stmt, row);
	if (err.code != ERR_OK || !*row)
		stmt->db->driver->reset(stmt);
	return err;
}

struct err
db_run(struct db_stmt *stmt)
{
	bool row = true;

	while (row)
		TRY(db_step(stmt, &row));
	return OK;
}

struct err
db_run_changed(struct db_stmt *stmt, bool *changed)
{
	TRY(db_run(stmt));
	*changed = db_changes(stmt->db) > 0;
	return OK;
}

struct err
db_change_one(struct db_stmt *stmt, const char *what)
{
	bool changed;

	TRY(db_run_changed(stmt, &changed));
	return changed ? OK : FAIL(ERR_NOT_FOUND, what);
}

struct err
db_one(struct db_stmt *stmt, const char *what)
{
	bool row;

	TRY(db_step(stmt, &row));
	return row ? OK : FAIL(ERR_NOT_FOUND, what);
}

void
db_reset(struct db_stmt *stmt)
{
	stmt->db->driver->reset(stmt);
}

int64_t
db_int(struct db_stmt *stmt, int column)
{
	return stmt->db->driver->column_int(stmt, column);
}

struct str
db_str(struct db_stmt *stmt, int column)
{
	return stmt->db->driver->column_bytes(stmt, column);
}

bool
db_is_null(struct db_stmt *stmt, int column)
{
	return stmt->db->driver->is_null(stmt, column);
}

int64_t
db_changes(struct db *db)
{
	return db->driver->changes(db);
}

struct err
db_exec(struct db *db, const char *sql)
{
	return db->driver->exec(db, sql);
}

/* ---- transactions -------------------------------------------------------------------------- */

#define DEPTH_MAX 4

static const char *const begin_sql[DEPTH_MAX] = {
	"BEGIN", "SAVEPOINT s1", "SAVEPOINT s2", "SAVEPOINT s3"};
static const char *const commit_sql[DEPTH_MAX] = {
	"COMMIT", "RELEASE SAVEPOINT s1", "RELEASE SAVEPOINT s2", "RELEASE SAVEPOINT s3"};
static const char *const rollback_sql[DEPTH_MAX] = {"ROLLBACK", "ROLLBACK TO SAVEPOINT s1",
	"ROLLBACK TO SAVEPOINT s2", "ROLLBACK TO SAVEPOINT s3"};

static struct err
run_once(struct db *db, const char *sql)
{
	struct db_stmt *stmt;

	TRY(db_prepare(db, sql, &stmt));
	return db_run(stmt);
}

struct err
store_begin(struct db *db)
{
	if (db->depth == DEPTH_MAX)
		return FAIL(ERR_BROKEN, "transactions nested too deep");
	TRY(run_once(db, begin_sql[db->depth]));
	seals_begun(db->seals, db->depth);
	db->depth++;
	return OK;
}

struct err
store_commit(struct db *db)
{
	struct err err = db->depth == 1 ? seals_put_totals(db) : OK;

	if (err.code == ERR_OK)
		err = run_once(db, commit_sql[db->depth - 1]);
	if (err.code == ERR_OK)
		db->depth--;
	else
		store_rollback(db); /* left open, the next one would be a savepoint inside it */
	return err;
}

void
store_rollback(struct db *db)
{
	struct err ignored UNUSED;

	if (db->depth == 0)
		return;
	/* The engine may have rolled back by itself (disk full): then there is nothing to do, and
	 * the error that brought us here is the one to report. */
	db->depth--;
	seals_rolled_back(db->seals, db->depth);
	ignored = run_once(db, rollback_sql[db->depth]);
	if (db->depth > 0)
		ignored = run_once(db, commit_sql[db->depth]);
}

/* ---- life ----------------------------------------------------------------------------------- */

void
store_close(struct db *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < DB_STATEMENTS_MAX; i++) {
		if (db->cache[i].stmt != NULL)
			db->driver->finalize(db->cache[i].stmt);
	}
	seals_free(db->seals);
	db->driver->close(db);
}

void
store_maintain(struct db *db)
{
	db->driver->maintain(db);
}

struct err
store_backup(struct db *db, const char *file)
{
	return db->driver->backup(db, file);
}
