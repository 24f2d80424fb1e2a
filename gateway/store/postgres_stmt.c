/* One statement on PostgreSQL: what is bound, and the rows that come back, in binary. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postgres.h"

#define WALK_ROWS 500 /* fetched at once from a cursor */

/* Types of pg_type.dat that our statements return. */
enum {
	BOOL_OID = 16,
	INT8_OID = 20,
	INT2_OID = 21,
	INT4_OID = 23,
	NUMERIC_OID = 1700 /* of sum(bigint) */
};

static struct pg_stmt *
pg_stmt_of(struct db_stmt *stmt)
{
	return (struct pg_stmt *)stmt;
}

/* ---- life ----------------------------------------------------------------------------------- */

/* The server reads it when it runs first: by then the kinds of its parameters are known. */
struct err
pg_prepare(struct db *db, const char *sql, struct db_stmt **stmt)
{
	struct pg_stmt *made = mem_alloc_zero(1, sizeof(*made));

	(void)db;
	made->sql = sql;
	*stmt = &made->stmt;
	return OK;
}

void
pg_finalize(struct db_stmt *stmt)
{
	PQclear(pg_stmt_of(stmt)->result);
	pg_rows_free(pg_stmt_of(stmt)->rows);
	free(stmt);
}

static void
drop_rows(struct pg_stmt *stmt)
{
	PQclear(stmt->result);
	stmt->result = NULL;
	stmt->next_row = 0;
}

/* In a transaction its answer, and those before it, are for the next statement to hear: a failure
 * must not be lost here, and one that failed takes its cursors along. */
static void
close_cursor(struct pg_db *pg, struct pg_stmt *stmt)
{
	char sql[64];
	bool gone = pg->db.lost || PQtransactionStatus(pg->conn) == PQTRANS_INERROR;

	snprintf(sql, sizeof(sql), "CLOSE %s", stmt->cursor);
	stmt->cursor[0] = '\0';
	if (gone || !PQsendQueryParams(pg->conn, sql, 0, NULL, NULL, NULL, NULL, 1))
		return;
	pg->sent++;
	pg->awaited = true;
	if (pg->db.depth == 0) {
		struct err ignored UNUSED = pg_finish(pg, NULL);
	}
}

/* Whatever is answered is not for it. */
static void
forget_asked(struct pg_db *pg, const struct pg_stmt *stmt)
{
	for (size_t i = 0; i < pg->asked_count; i++) {
		if (pg->asked[i].stmt == stmt)
			pg->asked[i].stmt = NULL;
	}
}

void
pg_reset(struct db_stmt *stmt)
{
	struct pg_stmt *own = pg_stmt_of(stmt);

	forget_asked(pg_of(stmt->db), own);
	drop_rows(own);
	if (own->cursor[0] != '\0')
		close_cursor(pg_of(stmt->db), own);
	own->walks = false;
}

void
pg_walk(struct db_stmt *stmt)
{
	pg_stmt_of(stmt)->walks = true;
}

/* ---- parameters ------------------------------------------------------------------------------ */

static struct err
bind(struct db_stmt *stmt, int at, struct pg_value value)
{
	struct pg_stmt *own = pg_stmt_of(stmt);

	if (at < 1 || at > DB_PARAMETERS_MAX)
		return FAIL(ERR_BROKEN, "a parameter without a place");
	own->values[at - 1] = value;
	if (at > own->count)
		own->count = at;
	return OK;
}

struct err
pg_bind_int(struct db_stmt *stmt, int at, int64_t value)
{
	return bind(stmt, at, (struct pg_value){.kind = PG_INT, .number = value});
}

struct err
pg_bind_text(struct db_stmt *stmt, int at, struct str value)
{
	return bind(stmt, at, (struct pg_value){.kind = PG_TEXT, .bytes = value});
}

struct err
pg_bind_blob(struct db_stmt *stmt, int at, struct str value)
{
	return bind(stmt, at, (struct pg_value){.kind = PG_BLOB, .bytes = value});
}

struct err
pg_bind_null(struct db_stmt *stmt, int at)
{
	return bind(stmt, at, (struct pg_value){.kind = PG_NULL});
}

/* ---- running --------------------------------------------------------------------------------- */

static struct err
fetch(struct pg_db *pg, struct pg_stmt *stmt)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "FETCH %d FROM %s", WALK_ROWS, stmt->cursor);
	drop_rows(stmt);
	if (pg->db.lost || !PQsendQueryParams(pg->conn, sql, 0, NULL, NULL, NULL, NULL, 1))
		return pg_lose(pg, "the database cannot be reached");
	return pg_finish(pg, &stmt->result);
}

static bool
is_commit(const struct pg_stmt *stmt)
{
	return strcmp(stmt->sql, "COMMIT") == 0;
}

/* "ROLLBACK" is how the server answers the COMMIT of a transaction that failed before. */
static struct err
check_committed(const struct pg_stmt *stmt)
{
	return strcmp(PQcmdStatus(stmt->result), "COMMIT") == 0
		       ? OK
		       : FAIL(ERR_BUSY, "the transaction had failed before its commit");
}

static struct err
run(struct pg_db *pg, struct pg_stmt *stmt)
{
	struct err err;

	pg->warned = false;
	err = pg_send(pg, stmt);
	if (err.code == ERR_OK)
		err = pg_finish(pg, &stmt->result);
	if (is_commit(stmt) && err.code == ERR_OK && pg->warned)
		err = pg_lose(pg, "the commit did not wait for the standby");
	if (is_commit(stmt) && pg->db.lost) /* it may have happened */
		pg->db.unsure = true;
	TRY(err);
	if (is_commit(stmt))
		TRY(check_committed(stmt));
	pg->changes = strtoll(PQcmdTuples(stmt->result), NULL, 10);
	return stmt->cursor[0] != '\0' ? fetch(pg, stmt) : OK;
}

struct err
pg_ask(struct db_stmt *stmt)
{
	struct pg_db *pg = pg_of(stmt->db);

	if (pg->asked_count == PG_ASKED_MAX)
		return OK; /* it asks when it is stepped */
	TRY(pg_send(pg, pg_stmt_of(stmt)));
	pg->asked[pg->asked_count++] = (struct pg_asked){pg_stmt_of(stmt), pg->sent - 1};
	return OK;
}

static bool
was_asked(const struct pg_db *pg, const struct pg_stmt *stmt)
{
	for (size_t i = 0; i < pg->asked_count; i++) {
		if (pg->asked[i].stmt == stmt)
			return true;
	}
	return false;
}

struct err
pg_step(struct db_stmt *stmt, bool *row)
{
	struct pg_stmt *own = pg_stmt_of(stmt);
	struct pg_db *pg = pg_of(stmt->db);

	*row = false;
	if (own->result == NULL && was_asked(pg, own))
		TRY(pg_finish(pg, NULL)); /* its rows, and all others' */
	if (own->result == NULL)
		TRY(run(pg, own));
	else if (own->cursor[0] != '\0' && own->next_row == PQntuples(own->result))
		TRY(fetch(pg, own));
	if (own->next_row == PQntuples(own->result))
		return OK;
	own->next_row++;
	*row = true;
	return OK;
}

struct err
pg_run_later(struct db_stmt *stmt)
{
	return pg_send(pg_of(stmt->db), pg_stmt_of(stmt));
}

/* ---- columns --------------------------------------------------------------------------------- */

static int
row_of(const struct pg_stmt *stmt)
{
	return stmt->next_row - 1;
}

static struct str
value_at(const struct pg_stmt *stmt, int column)
{
	return (struct str){PQgetvalue(stmt->result, row_of(stmt), column),
		(size_t)PQgetlength(stmt->result, row_of(stmt), column)};
}

int
pg_column_count(struct db_stmt *stmt)
{
	return PQnfields(pg_stmt_of(stmt)->result);
}

bool
pg_is_null(struct db_stmt *stmt, int column)
{
	const struct pg_stmt *own = pg_stmt_of(stmt);

	return PQgetisnull(own->result, row_of(own), column) != 0;
}

static bool
is_number(Oid type)
{
	return type == BOOL_OID || type == INT8_OID || type == INT2_OID || type == INT4_OID ||
	       type == NUMERIC_OID;
}

bool
pg_is_int(struct db_stmt *stmt, int column)
{
	return !pg_is_null(stmt, column) && is_number(PQftype(pg_stmt_of(stmt)->result, column));
}

static int64_t
big_endian(struct str bytes)
{
	uint64_t value = bytes.len > 0 && (bytes.ptr[0] & 0x80) != 0 ? UINT64_MAX : 0;

	for (size_t i = 0; i < bytes.len; i++)
		value = value << 8 | (unsigned char)bytes.ptr[i];
	return (int64_t)value;
}

static int
word_at(struct str bytes, size_t n)
{
	return (int16_t)big_endian(str_cut(bytes, 2 * n, 2 * n + 2));
}

/* A numeric: four words (digits, weight, sign, scale), then digits of base 10,000.  Ours are sums
 * of whole numbers. */
static int64_t
numeric(struct str bytes)
{
	int digits = word_at(bytes, 0), weight = word_at(bytes, 1);
	int64_t value = 0;

	for (int i = 0; i <= weight; i++)
		value = value * 10000 + (i < digits ? word_at(bytes, (size_t)(4 + i)) : 0);
	return word_at(bytes, 2) == 0 ? value : -value;
}

int64_t
pg_column_int(struct db_stmt *stmt, int column)
{
	const struct pg_stmt *own = pg_stmt_of(stmt);
	struct str bytes = value_at(own, column);
	Oid type = PQftype(own->result, column);
	int64_t number = 0;

	if (pg_is_null(stmt, column))
		return 0;
	if (type == NUMERIC_OID)
		return numeric(bytes);
	if (is_number(type))
		return type == BOOL_OID ? bytes.ptr[0] != 0 : big_endian(bytes);
	return str_to_i64(bytes, &number).code == ERR_OK ? number : 0;
}

struct str
pg_column_bytes(struct db_stmt *stmt, int column)
{
	struct pg_stmt *own = pg_stmt_of(stmt);

	if (!pg_is_int(stmt, column))
		return value_at(own, column);
	snprintf(own->number, sizeof(own->number), "%lld", (long long)pg_column_int(stmt, column));
	return str_from(own->number);
}
