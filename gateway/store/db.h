/*
 * db.h - the driver contract: what a database must do for the statements of this folder.
 *
 * Statements are written once, with $1 parameters, ON CONFLICT and RETURNING, and are prepared
 * once per connection, keyed by the address of their text (a static const char[]).
 * Threads: a db belongs to one thread at a time.
 */
#ifndef CHOPAY_STORE_DB_H
#define CHOPAY_STORE_DB_H

#include "chopay/store.h"

struct db_stmt;

enum db_kind { DB_NULL = 0, DB_INT = 'i', DB_TEXT = 's', DB_BLOB = 'b' };
struct db_value {
	enum db_kind kind;
	int64_t number;
	struct str bytes;
};

struct db_driver {
	const char *name;
	bool shared; /* other processes write at the same time: rows that are looked at are locked
		      */
	/* Questions to the catalogue.  Rows of table, column, kind (as in enum db_kind), place in
	 * the primary key (from 1; 0: not in it); and of table, the table that it refers to. */
	const char *columns, *references;
	void (*close)(struct db *db);
	struct err (*exec)(struct db *db, const char *sql); /* a script, no results */
	struct err (*prepare)(struct db *db, const char *sql, struct db_stmt **stmt);
	void (*finalize)(struct db_stmt *stmt);
	void (*reset)(struct db_stmt *stmt);
	struct err (*bind_int)(struct db_stmt *stmt, int at, int64_t value);
	struct err (*bind_text)(struct db_stmt *stmt, int at, struct str value);
	struct err (*bind_blob)(struct db_stmt *stmt, int at, struct str value);
	struct err (*bind_null)(struct db_stmt *stmt, int at);
	struct err (*step)(struct db_stmt *stmt, bool *row);
	int (*column_count)(struct db_stmt *stmt);
	bool (*is_null)(struct db_stmt *stmt, int column);
	bool (*is_int)(struct db_stmt *stmt, int column);
	int64_t (*column_int)(struct db_stmt *stmt, int column);
	struct str (*column_bytes)(struct db_stmt *stmt, int column);
	int64_t (*changes)(struct db *db);
	/* These are NULL where they mean nothing. */
	/* Sent, its answer not waited for: a failure is told by a later statement of the same
	 * transaction, its commit at the latest. */
	struct err (*run_later)(struct db_stmt *stmt);
	/* db_put within a transaction. */
	struct err (*put)(struct db_stmt *stmt, int rank);
	struct err (*send)(struct db *db); /* what was put goes out */
	struct err (*ask)(struct db_stmt *stmt);
	void (*walk)(struct db_stmt *stmt);
	/* From now on db->watch, unless it is NULL, is told of each row that is written here. */
	void (*watch)(struct db *db);
	void (*drain)(struct db *db); /* answers not waited for are read, and forgotten */
	struct err (*revive)(struct db *db);
	/* Inside a transaction: no other process changes the schema before its end, and what they
	 * did before is seen. */
	struct err (*lock_schema)(struct db *db);
	/* As store_listen, store_wait, store_tell and store_clock_ms. */
	struct err (*listen)(struct db *db, bool *hears);
	struct err (*wait)(struct db *db, int fd, int for_ms, bool *heard);
	struct err (*tell)(struct db *db);
	struct err (*clock)(struct db *db, int64_t *now_ms);
	/* Rows of one table, many at once: packed one by one, and put in by `into`, "t (a, b)". */
	void (*pack)(struct buf *rows, const struct db_value *values, int count);
	struct err (*load)(struct db *db, const char *into, struct str rows);
	const char *(*dialect)(
		const char *word); /* the engine's word for BIGINT, BYTEA, TEXT and the marks */
	bool has_parts;		   /* tables lie in parts by month */
	void (*maintain)(struct db *db);
	struct err (*backup)(struct db *db, const char *file);
};

#define DB_STATEMENTS_MAX 512 /* of one connection; a program has a fixed number of them */
#define DB_PARAMETERS_MAX 96

struct db {
	const struct db_driver *driver;
	struct {
		const char *sql;
		struct db_stmt *stmt;
	} cache[DB_STATEMENTS_MAX];
	const char *begin;	  /* how a transaction begins */
	const char *const *begun; /* what it says first, up to a NULL; NULL: nothing */
	int64_t begun_us; /* when it began: no other transaction of the writer has the same */
	int depth;	  /* of begin: 1 is the transaction, more are savepoints */
	bool transient;	  /* what failed was another writer's doing, or the connection's */
	bool lost;	  /* the connection is gone */
	bool unsure;	  /* it was lost in a commit, which may have happened */
	bool wrote;	  /* since the transaction began, a statement that changes rows was used */
	bool faulted;	  /* since then, the engine has refused one (drivers that may retry) */
	bool unseen;	  /* a savepoint was released before all its answers were read */
	bool put;	  /* rows were put whose writing is not heard of yet */
	struct seals *seals;	       /* NULL: rows are neither sealed nor checked */
	int64_t writer;		       /* the number of who writes here */
	struct ahead *ahead;	       /* what was read ahead; NULL: nothing */
	bool (*away)(const void *arg); /* does somebody know that it is away?  NULL: nobody */
	const void *away_arg;
	atomic_bool *pooled;	/* what others of the store found, and we; NULL: we alone */
	struct watch *watch;	/* who is told of rows that are written; NULL: nobody */
	struct cell_sums *sums; /* what the transaction adds to cells; NULL: nothing yet */
};

struct db_stmt {
	struct db *db;
	struct err fault; /* the first bad bind, reported by db_step or db_run */
	bool amid;	  /* a row was read: db_run goes on from it, and does not begin anew */
};

/* In a transaction that copies rows in: ERR_CONFLICT, the note is not "copying" with that token. */
MUST_CHECK struct err store_note_hold(struct db *db, int64_t token);

/* A statement ready to bind; the cache owns it. */
MUST_CHECK struct err db_prepare(struct db *db, const char *sql, struct db_stmt **stmt);
void db_bind_int(struct db_stmt *stmt, int at, int64_t value);
/* UTF-8 without NUL, or ERR_INVALID where the statement runs. */
void db_bind_str(struct db_stmt *stmt, int at, struct str value);
void db_bind_blob(struct db_stmt *stmt, int at, struct str value);
void db_bind_null(struct db_stmt *stmt, int at);

/* The next row; `*row` false at the end (the statement is reset then). */
MUST_CHECK struct err db_step(struct db_stmt *stmt, bool *row);
/* Ahead of its steps: where answers must be waited for, several may be asked before the first is
 * read.  What is bound must live as long. */
MUST_CHECK struct err db_ask(struct db_stmt *stmt);
/* To the end, rows ignored.  Within a transaction an engine may tell of a failure later. */
MUST_CHECK struct err db_run(struct db_stmt *stmt);
/* An INSERT of one row that is written or fails: nobody needs its answer.  Within a transaction an
 * engine may keep it back, to write many rows of one statement at once: those of lower ranks first
 * (a row that others name), all of them before anything that could see them.  `$1` and so on stand
 * in its VALUES alone; what conflicts fails at the end of the savepoint. */
MUST_CHECK struct err db_put(struct db_stmt *stmt, int rank);
/* Before its first step: it may have any number of rows, which come by and by. */
void db_walk(struct db_stmt *stmt);
/*
 * All of a statement's rows, and an error that ends them early, the database's or the caller's:
 *	rows = db_rows(stmt);
 *	while (db_rows_next(&rows))
 *		rows.err = each(arg, db_int(stmt, 0));
 *	return rows.err;
 */
struct db_rows {
	struct db_stmt *stmt;
	struct err err;
};
struct db_rows db_rows(struct db_stmt *stmt);
struct db_rows db_walk_rows(struct db_stmt *stmt); /* with db_walk() before */
bool db_rows_next(struct db_rows *rows);
/* Done with the rows early. */
void db_reset(struct db_stmt *stmt);

/* Columns count from 0.  A str is valid until the next step. */
int64_t db_int(struct db_stmt *stmt, int column);
struct str db_str(struct db_stmt *stmt, int column);
bool db_is_null(struct db_stmt *stmt, int column);
MUST_CHECK struct err db_exec(struct db *db, const char *sql);

/* Run once, and how many rows it changed; the second is true when there was any. */
MUST_CHECK struct err db_run_counted(struct db_stmt *stmt, int64_t *count);
MUST_CHECK struct err db_run_changed(struct db_stmt *stmt, bool *changed);
/* Run once; ERR_NOT_FOUND(what) when no row was there to change. */
MUST_CHECK struct err db_change_one(struct db_stmt *stmt, const char *what);
/* One row or ERR_NOT_FOUND(what); the row stays readable until the next use of `stmt`. */
MUST_CHECK struct err db_one(struct db_stmt *stmt, const char *what);

#endif
