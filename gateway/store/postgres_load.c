/* Many rows of one table at once: COPY in its binary form (the manual, SQL COPY, "Binary Format").
 */
#include <string.h>

#include "postgres.h"

static const char HEAD[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"; /* no flags, no extension */
#define HEAD_SIZE 19
#define END "\377\377"
#define PIECE 65536 /* bytes given to libpq before it sends some */

static void
put_number(struct buf *out, uint64_t number, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		buf_addc(out, (char)(number >> (8 * i)));
}

/* Texts and bytes are the same on the wire. */
void
pg_pack(struct buf *rows, const struct db_value *values, int count)
{
	if (rows->len == 0)
		buf_add(rows, (struct str){HEAD, HEAD_SIZE});
	put_number(rows, (uint64_t)count, 2);
	for (int i = 0; i < count; i++) {
		const struct db_value *value = &values[i];

		if (value->kind == DB_NULL) {
			put_number(rows, UINT32_MAX, 4);
		} else if (value->kind == DB_INT) {
			put_number(rows, 8, 4);
			put_number(rows, (uint64_t)value->number, 8);
		} else {
			put_number(rows, value->bytes.len, 4);
			buf_add(rows, value->bytes);
		}
	}
}

/* The answers to what was sent, to the last; `*status` the first one's. */
static struct err
read_answers(struct pg_db *pg, int64_t deadline_ms, ExecStatusType *status)
{
	struct err err = OK;
	PGresult *result;

	*status = PGRES_EMPTY_QUERY;
	do {
		TRY(pg_await(pg, deadline_ms));
		result = PQgetResult(pg->conn);
		if (result == NULL)
			break;
		*status = PQresultStatus(result);
		if (err.code == ERR_OK)
			err = pg_err_of(pg, result);
		PQclear(result);
	} while (*status != PGRES_COPY_IN); /* which stays the answer until the rows are sent */
	return err;
}

static struct err
send_rows(struct pg_db *pg, int64_t deadline_ms, struct str rows)
{
	ExecStatusType status;

	for (size_t at = 0; at < rows.len; at += PIECE) {
		struct str piece = str_cut(rows, at, at + PIECE);

		if (PQputCopyData(pg->conn, piece.ptr, (int)piece.len) != 1)
			return pg_lose(pg, "the database cannot be reached");
	}
	if (PQputCopyData(pg->conn, END, 2) != 1 || PQputCopyEnd(pg->conn, NULL) != 1)
		return pg_lose(pg, "the database cannot be reached");
	return read_answers(pg, deadline_ms, &status);
}

static struct err
copy_in(struct pg_db *pg, const char *sql, struct str rows)
{
	int64_t deadline_ms = pg_deadline(pg);
	ExecStatusType status;

	if (!PQsendQuery(pg->conn, sql))
		return pg_lose(pg, "the database cannot be reached");
	TRY(read_answers(pg, deadline_ms, &status));
	return status == PGRES_COPY_IN ? send_rows(pg, deadline_ms, rows)
				       : FAIL(ERR_BROKEN, "the database takes no rows");
}

struct err
pg_load(struct db *db, const char *into, struct str rows)
{
	struct buf sql CLEANUP(buf_fini) = {0};
	struct pg_db *pg = pg_of(db);
	struct err err;

	if (pg->awaited)
		TRY(pg_finish(pg, NULL));
	if (db->lost || !PQexitPipelineMode(pg->conn))
		return pg_lose(pg, "the database cannot be reached");
	buf_addf(&sql, "COPY %s FROM STDIN (FORMAT binary)", into);
	err = copy_in(pg, sql.ptr, rows);
	if (!db->lost && !PQenterPipelineMode(pg->conn))
		return pg_lose(pg, "the database cannot be reached");
	return err;
}
