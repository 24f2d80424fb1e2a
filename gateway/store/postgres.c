/* The PostgreSQL driver: opening, and the table of its functions.  Transactions are serializable,
 * so what is reasoned about one writer holds for many; who loses a race tries again. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "postgres.h"

#define BEGIN_WRITE "BEGIN ISOLATION LEVEL SERIALIZABLE"
#define BEGIN_LOAD "BEGIN"
#define BEGIN_READ "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
#define SCHEMA_LOCK "4283761920" /* any number that others of the database do not use */
/* A plan is made once, maybe while a table is empty, and kept when it has a million rows: so scans
 * of whole tables are put at a price that no plan should pay.  Where one is needed after all, that
 * price has PostgreSQL believe it worth compiling: 20 ms to half a second for a few rows. */
static const char *const BEGUN_WRITE[] = {
	"SET LOCAL enable_seqscan = off", "SET LOCAL jit = off", NULL};

static void
pg_close(struct db *db)
{
	struct pg_db *pg = pg_of(db);

	pg_disconnect(pg);
	if (pg->uri != NULL)
		explicit_bzero(pg->uri, strlen(pg->uri));
	free(pg->uri);
	free(pg);
}

static struct err
pg_exec(struct db *db, const char *sql)
{
	return pg_script(pg_of(db), sql);
}

static void
pg_drain(struct db *db)
{
	struct pg_db *pg = pg_of(db);

	pg_rows_drop(pg);
	if (pg->awaited && !db->lost) {
		struct err ignored UNUSED = pg_finish(pg, NULL);
	}
}

/* The server closed the connection while nothing was asked of it. */
static bool
hung_up(struct pg_db *pg)
{
	struct pollfd fd = {PQsocket(pg->conn), POLLIN, 0};

	while (poll(&fd, 1, 0) > 0) {
		if (!PQconsumeInput(pg->conn))
			return true;
	}
	return false;
}

static struct err
pg_revive(struct db *db)
{
	struct pg_db *pg = pg_of(db);

	db->transient = false;
	db->unsure = false;
	if (!db->lost && !hung_up(pg))
		return OK;
	TRY(pg_connect(pg, NULL));
	db->depth = 0;
	return OK;
}

static struct err
pg_send_waiting(struct db *db)
{
	return pg_rows_send(pg_of(db));
}

static int64_t
pg_changes(struct db *db)
{
	return pg_of(db)->changes;
}

/* Texts are compared byte by byte, as SQLite does: whatever the database's collation, the order is
 * one, and so are the pages of a list. */
static const char *
pg_dialect(const char *word)
{
	if (strcmp(word, "TEXT") == 0)
		return "TEXT COLLATE \"C\"";
	if (strcmp(word, "/*STRICT*/") == 0)
		return "";
	return word; /* the mark of our own lines is a comment */
}

/* Two nodes may start at once.  What the first one did must be seen by the second, which has waited
 * for the lock: so not with the snapshot of before. */
static struct err
pg_lock_schema(struct db *db)
{
	return pg_exec(db, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;"
			   " SELECT pg_advisory_xact_lock(" SCHEMA_LOCK ")");
}

static void
pg_maintain(struct db *db)
{
	(void)db;
}

static struct err
pg_backup(struct db *db, const char *file)
{
	(void)db;
	(void)file;
	return FAIL(ERR_INVALID,
		"a PostgreSQL store is backed up by its own tools (pg_dump, pg_basebackup)");
}

#define OF_OUR_SCHEMA \
	" c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
/* Partitions are read through their table. */
#define COLUMNS                                                                              \
	"SELECT c.relname::text, a.attname::text, CASE y.typname WHEN 'int8' THEN 'i'"       \
	" WHEN 'text' THEN 's' WHEN 'bytea' THEN 'b' ELSE '' END,"                           \
	" coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0)::int8 FROM pg_class c" \
	" JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped" \
	" JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_index i ON i.indrelid = c.oid"   \
	" AND i.indisprimary WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition"         \
	" AND" OF_OUR_SCHEMA " ORDER BY c.relname, a.attnum"
#define REFERENCES                                                                      \
	"SELECT DISTINCT c.relname::text, r.relname::text FROM pg_constraint k"         \
	" JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid" \
	" WHERE k.contype = 'f' AND" OF_OUR_SCHEMA

static const struct db_driver postgres_driver = {
	.name = "postgresql",
	.shared = true,
	.has_parts = true,
	.columns = COLUMNS,
	.references = REFERENCES,
	.close = pg_close,
	.exec = pg_exec,
	.prepare = pg_prepare,
	.finalize = pg_finalize,
	.reset = pg_reset,
	.bind_int = pg_bind_int,
	.bind_text = pg_bind_text,
	.bind_blob = pg_bind_blob,
	.bind_null = pg_bind_null,
	.step = pg_step,
	.run_later = pg_run_later,
	.put = pg_put,
	.send = pg_send_waiting,
	.ask = pg_ask,
	.walk = pg_walk,
	.column_count = pg_column_count,
	.is_null = pg_is_null,
	.is_int = pg_is_int,
	.column_int = pg_column_int,
	.column_bytes = pg_column_bytes,
	.changes = pg_changes,
	.drain = pg_drain,
	.revive = pg_revive,
	.lock_schema = pg_lock_schema,
	.listen = pg_listen,
	.wait = pg_wait,
	.tell = pg_tell,
	.clock = pg_clock,
	.pack = pg_pack,
	.load = pg_load,
	.dialect = pg_dialect,
	.maintain = pg_maintain,
	.backup = pg_backup,
};

struct err
store_open_postgres(const char *uri, enum store_mode mode, struct db **db, struct buf *why)
{
	struct pg_db *made;
	struct err err;

	TRY(store_check_uri(uri, why));
	made = mem_alloc_zero(1, sizeof(*made));
	made->db.driver = &postgres_driver;
	made->db.begin = mode == STORE_WRITE  ? BEGIN_WRITE
			 : mode == STORE_LOAD ? BEGIN_LOAD
					      : BEGIN_READ;
	made->db.begun = mode == STORE_WRITE ? BEGUN_WRITE : NULL;
	made->uri = mem_copy_str(str_from(uri));
	made->writer = mode == STORE_WRITE;
	err = pg_connect(made, why);
	if (err.code != ERR_OK) {
		pg_close(&made->db);
		return err;
	}
	*db = &made->db;
	return OK;
}

struct err
store_exists_postgres(const char *uri, bool *exists, struct buf *why)
{
	static const char EXISTS[] = "SELECT to_regclass('schema_step') IS NOT NULL";
	struct db_stmt *stmt;
	struct db *db = NULL;
	struct err err = store_open_postgres(uri, STORE_READ, &db, why);

	if (err.code == ERR_OK)
		err = db_prepare(db, EXISTS, &stmt);
	if (err.code == ERR_OK)
		err = db_one(stmt, "to_regclass");
	if (err.code == ERR_OK)
		*exists = db_int(stmt, 0) != 0;
	store_close(db);
	return err;
}
