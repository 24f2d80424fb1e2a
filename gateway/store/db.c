/* What both drivers share: the statement cache, transactions and savepoints. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ahead.h"
#include "cells.h"
#include "seals.h"
#include "watch.h"

/* INSERT, UPDATE, DELETE. */
static bool
changes_rows(const char *sql)
{
	return sql[0] == 'I' || sql[0] == 'U' || sql[0] == 'D';
}

struct err
db_prepare(struct db *db, const char *sql, struct db_stmt **stmt)
{
	size_t at = ((uintptr_t)sql >> 4) % DB_STATEMENTS_MAX;

	db->wrote = db->wrote || changes_rows(sql);
	for (size_t tried = 0; tried < DB_STATEMENTS_MAX; tried++) {
		if (db->cache[at].sql == sql) {
			*stmt = db->cache[at].stmt;
			db_reset(*stmt);
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

/* PostgreSQL holds no other text, so neither does SQLite: a caller's stray bytes are refused alike,
 * and before the database is asked. */
static bool
is_text(struct str value)
{
	return value.len == 0 || (memchr(value.ptr, '\0', value.len) == NULL && str_is_utf8(value));
}

void
db_bind_str(struct db_stmt *stmt, int at, struct str value)
{
	if (!is_text(value))
		note_fault(stmt, FAIL(ERR_INVALID, "the text holds bytes that are no UTF-8"));
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
	stmt->amid = err.code == ERR_OK && *row;
	if (!stmt->amid)
		stmt->db->driver->reset(stmt);
	return err;
}

static struct err
run_to_end(struct db_stmt *stmt)
{
	bool row = true;

	while (row)
		TRY(db_step(stmt, &row));
	return OK;
}

static struct err
run_later(struct db_stmt *stmt)
{
	if (stmt->fault.code != ERR_OK || stmt->db->driver->run_later == NULL)
		return run_to_end(stmt);
	return stmt->db->driver->run_later(stmt);
}

struct err
db_run(struct db_stmt *stmt)
{
	return stmt->db->depth > 0 && !stmt->amid ? run_later(stmt) : run_to_end(stmt);
}

struct err
db_put(struct db_stmt *stmt, int rank)
{
	struct db *db = stmt->db;

	if (db->depth == 0 || stmt->fault.code != ERR_OK || db->driver->put == NULL)
		return run_to_end(stmt);
	db->put = true;
	return db->driver->put(stmt, rank);
}

struct err
db_ask(struct db_stmt *stmt)
{
	if (stmt->fault.code != ERR_OK || stmt->db->driver->ask == NULL)
		return OK; /* its first step asks, or tells the fault */
	return stmt->db->driver->ask(stmt);
}

void
db_walk(struct db_stmt *stmt)
{
	if (stmt->db->driver->walk != NULL)
		stmt->db->driver->walk(stmt);
}

struct db_rows
db_rows(struct db_stmt *stmt)
{
	return (struct db_rows){stmt, OK};
}

struct db_rows
db_walk_rows(struct db_stmt *stmt)
{
	db_walk(stmt);
	return db_rows(stmt);
}

bool
db_rows_next(struct db_rows *rows)
{
	bool row = false;

	if (rows->err.code != ERR_OK)
		db_reset(rows->stmt);
	else
		rows->err = db_step(rows->stmt, &row);
	return row && rows->err.code == ERR_OK;
}

struct err
db_run_counted(struct db_stmt *stmt, int64_t *count)
{
	TRY(run_to_end(stmt)); /* at once: a count is an answer */
	*count = stmt->db->driver->changes(stmt->db);
	return OK;
}

struct err
db_run_changed(struct db_stmt *stmt, bool *changed)
{
	int64_t count;

	TRY(db_run_counted(stmt, &count));
	*changed = count > 0;
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
	stmt->amid = false;
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

struct err
db_exec(struct db *db, const char *sql)
{
	return db->driver->exec(db, sql);
}

/* ---- transactions -------------------------------------------------------------------------- */

#define DEPTH_MAX 4

static const char *const savepoint_sql[DEPTH_MAX] = {
	NULL, "SAVEPOINT s1", "SAVEPOINT s2", "SAVEPOINT s3"};
static const char *const commit_sql[DEPTH_MAX] = {
	"COMMIT", "RELEASE SAVEPOINT s1", "RELEASE SAVEPOINT s2", "RELEASE SAVEPOINT s3"};
static const char *const rollback_sql[DEPTH_MAX] = {"ROLLBACK", "ROLLBACK TO SAVEPOINT s1",
	"ROLLBACK TO SAVEPOINT s2", "ROLLBACK TO SAVEPOINT s3"};

static struct err
run_once(struct db *db, const char *sql, struct err (*how)(struct db_stmt *stmt))
{
	struct db_stmt *stmt;

	TRY(db_prepare(db, sql, &stmt));
	return how(stmt);
}

/* Rising, whatever the clock does. */
static int64_t
later_than(int64_t before_us)
{
	struct timespec now;
	int64_t now_us;

	clock_gettime(CLOCK_REALTIME, &now);
	now_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
	return now_us > before_us ? now_us : before_us + 1;
}

struct err
store_begin(struct db *db)
{
	if (db->depth == DEPTH_MAX)
		return FAIL(ERR_BROKEN, "transactions nested too deep");
	TRY(cells_flush(db)); /* to be undone by the outer one alone */
	if (db->depth == 0) {
		db->wrote = db->faulted = db->unseen = false;
		db->begun_us = later_than(db->begun_us);
	}
	/* A failure that is told from here on must be of what comes, not of a savepoint that was
	 * released before: it would be undone in silence, when the new one is. */
	TRY(run_once(db, db->depth == 0 ? db->begin : savepoint_sql[db->depth],
		db->unseen ? run_to_end : run_later));
	db->unseen = false;
	for (size_t i = 0; db->depth == 0 && db->begun != NULL && db->begun[i] != NULL; i++)
		TRY(run_once(db, db->begun[i], run_later));
	seals_begun(db->seals, db->depth);
	db->depth++;
	return OK;
}

/* What was put in a command's own savepoint is heard of here: its end says whether it holds. */
static bool
must_hear(const struct db *db)
{
	return db->depth == 1 || (db->depth == 2 && db->put);
}

struct err
store_commit(struct db *db)
{
	struct err err = cells_flush(db);
	bool hear = must_hear(db);

	if (err.code == ERR_OK && db->depth == 1)
		err = seals_put_totals(db);
	if (err.code == ERR_OK)
		err = run_once(db, commit_sql[db->depth - 1], hear ? run_to_end : run_later);
	db->unseen = !hear;
	if (err.code == ERR_OK && hear)
		db->put = false;
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
	cells_forget(db);
	ahead_forget(db);
	if (db->driver->drain != NULL)
		db->driver->drain(db);
	ignored = run_once(db, rollback_sql[db->depth], run_to_end);
	if (db->depth > 0)
		ignored = run_once(db, commit_sql[db->depth], run_later);
}

bool
store_may_retry(const struct db *db)
{
	return db->transient;
}

bool
store_lost(const struct db *db)
{
	return db->lost;
}

bool
store_wrote(const struct db *db)
{
	return db->wrote;
}

bool
store_sound(const struct db *db)
{
	return db->driver->revive != NULL && !db->faulted;
}

bool
store_commit_unsure(const struct db *db)
{
	return db->unsure;
}

void
store_give_up_when(struct db *db, bool (*away)(const void *arg), const void *arg)
{
	db->away = away;
	db->away_arg = arg;
}

void
store_share_pooled(struct db *db, atomic_bool *pooled)
{
	db->pooled = pooled;
}

struct err
store_revive(struct db *db)
{
	return db->driver->revive == NULL ? OK : db->driver->revive(db);
}

/* ---- life ----------------------------------------------------------------------------------- */

bool
store_is_uri(const char *where)
{
	return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
}

struct err
store_open(const char *where, enum store_mode mode, struct db **db, struct buf *why)
{
	struct err err;

	if (store_is_uri(where))
		return store_open_postgres(where, mode, db, why);
	err = store_open_sqlite(where, mode, db);
	if (err.code != ERR_OK)
		buf_addf(why, "cannot open %s: %s", where, err.what);
	return err;
}

void
store_close(struct db *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < DB_STATEMENTS_MAX; i++) {
		if (db->cache[i].stmt != NULL)
			db->driver->finalize(db->cache[i].stmt);
	}
	ahead_free(db->ahead);
	free(db->sums);
	seals_free(db->seals);
	watch_free(db->watch);
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
