/* The SQLite driver.  Exactly one connection of a process writes and checkpoints (SAFETY section 2:
 * 3.40.1 has the WAL-reset bug); every other one is query_only. */
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chopay/log.h"
#include "watch.h"

#define BUSY_TIMEOUT_MS 5000
#define CHECKPOINT_PAGES 2000 /* 8 MB of WAL, then its pages go home, between two commits */
#define TRUNCATE_PAGES 100000 /* a WAL this long (a reader held it) is cut when it can be */

struct sqlite_db {
	struct db db;
	sqlite3 *handle;
	int wal_pages;
	bool writer;
};

/* To SQLite "$1" is a name, numbered by where it first stands: `index` maps ours to its own. */
struct sqlite_stmt {
	struct db_stmt stmt;
	sqlite3_stmt *handle;
	int index[DB_PARAMETERS_MAX + 1];
};

static sqlite3 *
handle_of(struct db *db)
{
	return ((struct sqlite_db *)db)->handle;
}

static sqlite3_stmt *
stmt_of(struct db_stmt *stmt)
{
	return ((struct sqlite_stmt *)stmt)->handle;
}

static int
index_of(struct db_stmt *stmt, int at)
{
	return at < 1 || at > DB_PARAMETERS_MAX ? 0 : ((struct sqlite_stmt *)stmt)->index[at];
}

/* What the caller should do; the engine's own words go to the log, they may help a person. */
static struct err
err_of(sqlite3 *handle, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return FAIL(ERR_BUSY, "the database is locked by another process");
	case SQLITE_CONSTRAINT:
		return FAIL(ERR_CONFLICT, "the database refused the row (constraint)");
	case SQLITE_FULL:
		log_error("sqlite", "rc=%d %s", rc, sqlite3_errmsg(handle));
		/* Nothing of the transaction is kept; the feed retries once there is room. */
		return FAIL(ERR_BUSY, "the disk is full; nothing was lost, free some space");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return FAIL(ERR_BROKEN, "the database file is damaged; restore a backup");
	case SQLITE_CANTOPEN:
		return FAIL(ERR_BROKEN, "the database file cannot be opened");
	case SQLITE_READONLY:
		return FAIL(ERR_BROKEN, "the database file cannot be written");
	default:
		log_error("sqlite", "rc=%d %s", rc, sqlite3_errmsg(handle));
		return FAIL(ERR_BROKEN, "the database failed; see the log");
	}
}

static void
sqlite_db_close(struct db *db)
{
	sqlite3_close(handle_of(db));
	free(db);
}

static struct err
sqlite_exec(struct db *db, const char *sql)
{
	return err_of(handle_of(db), sqlite3_exec(handle_of(db), sql, NULL, NULL, NULL));
}

static struct err
sqlite_prepare(struct db *db, const char *sql, struct db_stmt **stmt)
{
	struct sqlite_stmt *made = mem_alloc_zero(1, sizeof(*made));
	int rc = sqlite3_prepare_v3(
		handle_of(db), sql, -1, SQLITE_PREPARE_PERSISTENT, &made->handle, NULL);

	if (rc != SQLITE_OK) {
		log_error("sqlite", "prepare: %s", sqlite3_errmsg(handle_of(db)));
		free(made);
		return (rc & 0xff) == SQLITE_ERROR
			       ? FAIL(ERR_BROKEN,
					 "a statement does not fit the schema (our mistake)")
			       : err_of(handle_of(db), rc);
	}
	for (int at = 1; at <= DB_PARAMETERS_MAX; at++) {
		char name[8];

		snprintf(name, sizeof(name), "$%d", at);
		made->index[at] = sqlite3_bind_parameter_index(made->handle, name);
	}
	*stmt = &made->stmt;
	return OK;
}

static void
sqlite_finalize(struct db_stmt *stmt)
{
	sqlite3_finalize(stmt_of(stmt));
	free(stmt);
}

static void
sqlite_reset(struct db_stmt *stmt)
{
	sqlite3_reset(stmt_of(stmt));
}

static struct err
bind_result(struct db_stmt *stmt, int rc)
{
	return rc == SQLITE_OK ? OK : err_of(handle_of(stmt->db), rc);
}

static struct err
sqlite_bind_int(struct db_stmt *stmt, int at, int64_t value)
{
	return bind_result(stmt, sqlite3_bind_int64(stmt_of(stmt), index_of(stmt, at), value));
}

/* Bound texts must outlive the step; every statement file binds and steps in one function. */
static struct err
sqlite_bind_text(struct db_stmt *stmt, int at, struct str value)
{
	return bind_result(
		stmt, sqlite3_bind_text(stmt_of(stmt), index_of(stmt, at),
			      value.len == 0 ? "" : value.ptr, (int)value.len, SQLITE_STATIC));
}

static struct err
sqlite_bind_blob(struct db_stmt *stmt, int at, struct str value)
{
	return bind_result(
		stmt, sqlite3_bind_blob(stmt_of(stmt), index_of(stmt, at),
			      value.len == 0 ? "" : value.ptr, (int)value.len, SQLITE_STATIC));
}

static struct err
sqlite_bind_null(struct db_stmt *stmt, int at)
{
	return bind_result(stmt, sqlite3_bind_null(stmt_of(stmt), index_of(stmt, at)));
}

static struct err
sqlite_step(struct db_stmt *stmt, bool *row)
{
	int rc = sqlite3_step(stmt_of(stmt));

	*row = rc == SQLITE_ROW;
	return err_of(handle_of(stmt->db), rc);
}

static bool
sqlite_is_null(struct db_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt_of(stmt), column) == SQLITE_NULL;
}

static bool
sqlite_is_int(struct db_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt_of(stmt), column) == SQLITE_INTEGER;
}

static int
sqlite_column_count(struct db_stmt *stmt)
{
	return sqlite3_column_count(stmt_of(stmt));
}

static int64_t
sqlite_column_int(struct db_stmt *stmt, int column)
{
	return sqlite3_column_int64(stmt_of(stmt), column);
}

static struct str
sqlite_column_bytes(struct db_stmt *stmt, int column)
{
	const char *bytes = sqlite3_column_blob(stmt_of(stmt), column);

	return (struct str){bytes, (size_t)sqlite3_column_bytes(stmt_of(stmt), column)};
}

static int64_t
sqlite_changes(struct db *db)
{
	return sqlite3_changes64(handle_of(db));
}

static const char *
sqlite_dialect(const char *word)
{
	if (strcmp(word, "BIGINT") == 0)
		return "INTEGER";
	if (strcmp(word, "BYTEA") == 0)
		return "BLOB";
	if (strcmp(word, "TEXT") == 0)
		return "TEXT";
	if (strcmp(word, "/*POSTGRES*/") == 0)
		return "--"; /* the line is not ours */
	return "STRICT";     /* for the STRICT mark */
}

static int
wal_grew(void *arg, sqlite3 *handle, const char *name, int pages)
{
	struct sqlite_db *db = arg;

	(void)handle;
	(void)name;
	db->wal_pages = pages;
	return SQLITE_OK;
}

/* Called by the writer after it has answered: a checkpoint is off the path of an acknowledgement.
 */
static void
sqlite_maintain(struct db *db)
{
	struct sqlite_db *sqlite = (struct sqlite_db *)db;
	int mode = SQLITE_CHECKPOINT_PASSIVE;

	if (sqlite->wal_pages < CHECKPOINT_PAGES)
		return;
	if (sqlite->wal_pages >= TRUNCATE_PAGES)
		mode = SQLITE_CHECKPOINT_TRUNCATE;
	sqlite->wal_pages = 0;
	if (sqlite3_wal_checkpoint_v2(sqlite->handle, NULL, mode, NULL, NULL) != SQLITE_OK)
		log_warn("checkpoint", "left for later: %s", sqlite3_errmsg(sqlite->handle));
}

/* Payers are in it: no other user of the machine reads it, whatever the umask.  Only a file that is
 * not there is opened: closing one that SQLite has open would drop its locks. */
static void
make_private(const char *file)
{
	int fd = open(file, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
}

static struct err
sqlite_backup(struct db *db, const char *file)
{
	sqlite3_backup *backup;
	sqlite3 *copy = NULL;
	struct err err;
	int rc;

	make_private(file);
	rc = sqlite3_open_v2(file, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	err = rc == SQLITE_CANTOPEN
		      ? FAIL(ERR_NOT_FOUND, "its folder is missing, or cannot be written")
		      : err_of(copy, rc);

	if (rc == SQLITE_OK) {
		backup = sqlite3_backup_init(copy, "main", handle_of(db), "main");
		if (backup != NULL) {
			sqlite3_backup_step(backup, -1);
			sqlite3_backup_finish(backup);
		}
		err = err_of(copy, sqlite3_errcode(copy));
	}
	sqlite3_close(copy);
	return err;
}

/* (It is told of every row of every table: none is WITHOUT ROWID.) */
static void
row_written(void *arg, int how, const char *database, const char *table, sqlite3_int64 row)
{
	struct db *db = arg;

	(void)database;
	watch_row(db->watch, table, row, how == SQLITE_DELETE);
}

static void
sqlite_watch(struct db *db)
{
	sqlite3_update_hook(handle_of(db), db->watch == NULL ? NULL : row_written, db);
}

static const struct db_driver sqlite_driver = {
	.name = "sqlite",
	.columns = "SELECT t.name, c.name, CASE c.type WHEN 'INTEGER' THEN 'i' WHEN 'BIGINT'"
		   " THEN 'i' WHEN 'TEXT' THEN 's'"
		   " WHEN 'BLOB' THEN 'b' ELSE '' END, c.pk FROM sqlite_master t"
		   " JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
		   " AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, c.cid",
	.references = "SELECT t.name, r.\"table\" FROM sqlite_master t"
		      " JOIN pragma_foreign_key_list(t.name) r WHERE t.type = 'table'",
	.close = sqlite_db_close,
	.exec = sqlite_exec,
	.prepare = sqlite_prepare,
	.finalize = sqlite_finalize,
	.reset = sqlite_reset,
	.bind_int = sqlite_bind_int,
	.bind_text = sqlite_bind_text,
	.bind_blob = sqlite_bind_blob,
	.bind_null = sqlite_bind_null,
	.step = sqlite_step,
	.column_count = sqlite_column_count,
	.is_null = sqlite_is_null,
	.is_int = sqlite_is_int,
	.column_int = sqlite_column_int,
	.column_bytes = sqlite_column_bytes,
	.changes = sqlite_changes,
	.dialect = sqlite_dialect,
	.watch = sqlite_watch,
	.maintain = sqlite_maintain,
	.backup = sqlite_backup,
};

static struct err
set_up(struct sqlite_db *db)
{
	sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
	sqlite3_wal_autocheckpoint(db->handle, 0);
	if (!db->writer)
		return sqlite_exec(&db->db, "PRAGMA query_only = ON; PRAGMA mmap_size = 0;");
	TRY(sqlite_exec(&db->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
				 " PRAGMA foreign_keys = ON; PRAGMA mmap_size = 0;"
				 " PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;"));
	sqlite3_wal_hook(db->handle, wal_grew, db);
	return OK;
}

/* Memory statistics nobody reads cost a lock at every allocation of every connection. */
static void
configure_once(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

struct err
store_open_sqlite(const char *file, enum store_mode mode, struct db **db)
{
	struct sqlite_db *made = mem_alloc_zero(1, sizeof(*made));
	int flags = SQLITE_OPEN_NOMUTEX |
		    (mode == STORE_READ ? SQLITE_OPEN_READWRITE
					: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
	static pthread_once_t configured = PTHREAD_ONCE_INIT;
	struct err err;
	int rc;

	pthread_once(&configured, configure_once);
	/* A WAL database cannot be read without its -shm, so a reader opens read-write and then
	 * forbids itself to write; it still reads when the folder is read-only to us. */
	made->db.driver = &sqlite_driver;
	made->db.begin = "BEGIN";
	made->writer = mode != STORE_READ;
	if (made->writer && strcmp(file, ":memory:") != 0)
		make_private(file);
	rc = sqlite3_open_v2(file, &made->handle, flags, NULL);
	if (rc == SQLITE_CANTOPEN && mode == STORE_READ) {
		sqlite3_close(made->handle);
		rc = sqlite3_open_v2(
			file, &made->handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
	}
	err = err_of(made->handle, rc);
	if (err.code == ERR_OK)
		err = set_up(made);
	if (err.code != ERR_OK) {
		sqlite_db_close(&made->db);
		return err;
	}
	*db = &made->db;
	return OK;
}
