/*
 * postgres.h - what the files of the PostgreSQL driver share.
 *
 * The connection is in libpq's pipeline mode: what needs no answer is queued and goes out with the
 * next statement that does (libpq 15, "Pipeline Mode").  So a statement's error may surface at a
 * later one of the same transaction; either way the transaction is undone.
 * Every wait has a deadline; a connection that missed one is closed, never used again.
 */
#ifndef CHOPAY_STORE_POSTGRES_H
#define CHOPAY_STORE_POSTGRES_H

#include <libpq-fe.h>

#include "chopay/log.h"
#include "db.h"

#define PG_ASKED_MAX 8	  /* statements asked ahead of their steps */
#define PG_WAITING_MAX 16 /* kinds of rows that wait at once */
/* Statements new to the server that are sent together; one more is only prepared too often. */
#define PG_PREPARING_MAX 64

struct pg_db {
	struct db db;
	PGconn *conn;
	char *uri;
	bool writer;
	bool unprepared;     /* a pooler hands each transaction to another server process */
	bool awaited;	     /* something was sent whose answer is not read yet */
	bool warned;	     /* the server did the statement, and has a doubt about it */
	uint64_t generation; /* of the connection: what was prepared in an older one is gone */
	uint64_t named;	     /* statements prepared so far, for their names */
	char name_prefix[20];
	struct pg_stmt *preparing[PG_PREPARING_MAX]; /* sent, not known to be prepared */
	size_t preparing_count;
	int64_t changes;
	int64_t try_again_ms;  /* monotonic: not before then is a lost connection made anew */
	struct log_limit told; /* of failures */
	struct pg_rows *waiting[PG_WAITING_MAX]; /* rows kept back, by their rank */
	size_t waiting_count;
	size_t sent; /* statements whose answers are not read yet: each has one */
	struct pg_asked {
		struct pg_stmt *stmt;
		size_t at; /* which of the answers is its own */
	} asked[PG_ASKED_MAX];
	size_t asked_count;
};

enum pg_kind { PG_NULL, PG_INT, PG_TEXT, PG_BLOB };

struct pg_stmt {
	struct db_stmt stmt;
	const char *sql;
	char name[40];
	uint64_t generation; /* of the connection it is prepared in; 0: none */
	int count;	     /* parameters, up to the highest that was bound */
	struct pg_value {
		enum pg_kind kind;
		int64_t number;
		struct str bytes;
	} values[DB_PARAMETERS_MAX];
	Oid types[DB_PARAMETERS_MAX]; /* as it was prepared */
	struct pg_rows *rows;	      /* of this statement, to go out together; or NULL */
	PGresult *result;	      /* NULL: not run */
	int next_row;
	bool walks; /* rows come by and by, from a cursor */
	char cursor[40];
	char number[24]; /* of a number that was asked for as text */
};

static inline struct pg_db *
pg_of(struct db *db)
{
	return (struct pg_db *)db;
}

/* postgres_wire.c */

/* Queues the statement with what is bound to it. */
MUST_CHECK struct err pg_send(struct pg_db *pg, struct pg_stmt *stmt);
/* Reads every answer that is due; `*last` (may be NULL) is the last statement's, the caller's to
 * clear.  The error is the first one's. */
MUST_CHECK struct err pg_finish(struct pg_db *pg, PGresult **last);
/* Until PQgetResult can answer without waiting. */
MUST_CHECK struct err pg_await(struct pg_db *pg, int64_t deadline_ms);
/* The time that an answer may take, from now. */
int64_t pg_deadline(const struct pg_db *pg);
/* What an answer that is an error means; OK: it is none. */
MUST_CHECK struct err pg_err_of(struct pg_db *pg, const PGresult *result);
/* A script, with the simple protocol. */
MUST_CHECK struct err pg_script(struct pg_db *pg, const char *sql);
/* postgres_connect.c */

/* The connection is made, or made anew; `why` (may be NULL) gets a sentence. */
MUST_CHECK struct err pg_connect(struct pg_db *pg, struct buf *why);
void pg_disconnect(struct pg_db *pg);
struct err pg_lose(struct pg_db *pg, const char *what);

/* postgres_listen.c */
struct err pg_listen(struct db *db, bool *hears);
struct err pg_wait(struct db *db, int fd, int for_ms, bool *heard);
struct err pg_tell(struct db *db);
struct err pg_clock(struct db *db, int64_t *now_ms);

/* postgres_load.c */
void pg_pack(struct buf *rows, const struct db_value *values, int count);
struct err pg_load(struct db *db, const char *into, struct str rows);

/* postgres_stmt.c: the driver's functions for one statement. */
struct err pg_prepare(struct db *db, const char *sql, struct db_stmt **stmt);
void pg_finalize(struct db_stmt *stmt);
void pg_reset(struct db_stmt *stmt);
struct err pg_bind_int(struct db_stmt *stmt, int at, int64_t value);
struct err pg_bind_text(struct db_stmt *stmt, int at, struct str value);
struct err pg_bind_blob(struct db_stmt *stmt, int at, struct str value);
struct err pg_bind_null(struct db_stmt *stmt, int at);
struct err pg_step(struct db_stmt *stmt, bool *row);
struct err pg_run_later(struct db_stmt *stmt);
struct err pg_ask(struct db_stmt *stmt);
void pg_walk(struct db_stmt *stmt);
int pg_column_count(struct db_stmt *stmt);
bool pg_is_null(struct db_stmt *stmt, int column);
bool pg_is_int(struct db_stmt *stmt, int column);
int64_t pg_column_int(struct db_stmt *stmt, int column);
struct str pg_column_bytes(struct db_stmt *stmt, int column);

/* postgres_rows.c: rows that wait. */

/* The driver's: one more row, with what is bound to the statement. */
struct err pg_put(struct db_stmt *stmt, int rank);
void pg_rows_free(struct pg_rows *rows);
/* All that wait go out. */
MUST_CHECK struct err pg_rows_send(struct pg_db *pg);
/* They are forgotten: their transaction is undone. */
void pg_rows_drop(struct pg_db *pg);
/* May the statement see them? */
bool pg_rows_concern(const struct pg_db *pg, const char *sql);

#endif
