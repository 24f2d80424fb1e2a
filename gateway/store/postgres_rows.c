/* Rows that wait: what a transaction inserts and nobody needs to hear of is kept back, and goes out
 * as one statement for all rows of a kind, before anything that could see them.
 *
 * "INSERT INTO t (a, b) VALUES ($1, $2) tail" becomes
 * "INSERT INTO t (a, b) SELECT r.p1, r.p2 FROM unnest($1::BIGINT[], $2::TEXT[]) AS r (p1, p2)
 * tail": a column of the rows is one array, in the binary form of array_recv. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postgres.h"

#define WAITING_BYTES_MAX (1024 * 1024) /* of one kind: then they go out, whoever needs them */
#define ARRAY_HEADER 20
#define TABLE_NAME_MAX 40

struct pg_rows {
	struct pg_stmt set; /* what is sent */
	char table[TABLE_NAME_MAX];
	int rank, columns;
	size_t count, bytes; /* that wait */
	struct buf arrays[DB_PARAMETERS_MAX], sql;
	enum pg_kind kinds[DB_PARAMETERS_MAX]; /* PG_NULL: nothing but NULL was bound so far */
	bool has_null[DB_PARAMETERS_MAX];
};

/* How an array of a kind is written, and the type of its elements (pg_type.dat). */
static const struct {
	const char *array;
	uint32_t element;
} array_types[] = {[PG_NULL] = {"", 0},
	[PG_INT] = {"BIGINT[]", 20},
	[PG_TEXT] = {"TEXT[]", 25},
	[PG_BLOB] = {"BYTEA[]", 17}};

/* ---- the statement for many ------------------------------------------------------------------ */

static const char VALUES[] = " VALUES (";

/* "$3" in the list of values: the column of the array that holds it. */
static void
put_columns(struct pg_rows *rows, const char *list, const char *end)
{
	while (list < end) {
		long at = *list == '$' ? strtol(list + 1, NULL, 10) : 0;

		if (at < 1) {
			buf_addc(&rows->sql, *list++);
			continue;
		}
		if (rows->kinds[at - 1] == PG_NULL)
			buf_adds(&rows->sql, "NULL");
		else
			buf_addf(&rows->sql, "r.p%ld", at);
		for (list++; *list >= '0' && *list <= '9'; list++)
			;
	}
}

/* Some column that was all NULL has got a value, or it is the first time. */
static struct err
write_sql(struct pg_rows *rows, const char *one)
{
	const char *values = strstr(one, VALUES), *end;
	const char *comma = "";
	int sent = 0;

	end = values == NULL ? NULL : strchr(values, ')');
	if (end == NULL || strchr(end, '$') != NULL)
		return FAIL(ERR_BROKEN, "a statement that cannot take many rows (our mistake)");
	buf_clear(&rows->sql);
	buf_add(&rows->sql, (struct str){one, (size_t)(values - one)});
	buf_adds(&rows->sql, " SELECT ");
	put_columns(rows, values + strlen(VALUES), end);
	buf_adds(&rows->sql, " FROM unnest(");
	for (int i = 0; i < rows->columns; i++) {
		if (rows->kinds[i] == PG_NULL)
			continue;
		buf_addf(&rows->sql, "%s$%d::%s", comma, ++sent, array_types[rows->kinds[i]].array);
		comma = ", ";
	}
	buf_adds(&rows->sql, ") AS r (");
	comma = "";
	for (int i = 0; i < rows->columns; i++) {
		if (rows->kinds[i] == PG_NULL)
			continue;
		buf_addf(&rows->sql, "%sp%d", comma, i + 1);
		comma = ", ";
	}
	buf_addc(&rows->sql, ')');
	buf_adds(&rows->sql, end + 1);
	rows->set.sql = rows->sql.ptr;
	rows->set.generation = 0; /* to be prepared anew */
	return OK;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void
put_u32(char at[4], uint32_t number)
{
	for (int i = 0; i < 4; i++)
		at[i] = (char)(number >> (24 - 8 * i));
}

static void
add_bytes(struct buf *array, struct str bytes)
{
	char length[4];

	put_u32(length, (uint32_t)bytes.len);
	buf_add(array, (struct str){length, sizeof(length)});
	buf_add(array, bytes);
}

static void
add_value(struct pg_rows *rows, int at, const struct pg_value *value)
{
	struct buf *array = &rows->arrays[at];
	char number[8];

	switch (value->kind) {
	case PG_NULL:
		rows->has_null[at] = true;
		buf_add(array, (struct str){"\377\377\377\377", 4});
		return;
	case PG_INT:
		put_u32(number, (uint32_t)((uint64_t)value->number >> 32));
		put_u32(number + 4, (uint32_t)value->number);
		add_bytes(array, (struct str){number, sizeof(number)});
		return;
	case PG_TEXT:
	case PG_BLOB:
		add_bytes(array, value->bytes);
		return;
	}
}

static void
begin_arrays(struct pg_rows *rows)
{
	static const char header[ARRAY_HEADER];

	rows->count = rows->bytes = 0;
	for (int i = 0; i < rows->columns; i++) {
		rows->has_null[i] = false;
		buf_clear(&rows->arrays[i]);
		buf_add(&rows->arrays[i], (struct str){header, sizeof(header)});
	}
}

/* Dimensions, are there NULLs, the type, how many, and that they count from 1. */
static void
write_header(struct pg_rows *rows, int at)
{
	char *header = rows->arrays[at].ptr;

	put_u32(header, 1);
	put_u32(header + 4, rows->has_null[at]);
	put_u32(header + 8, array_types[rows->kinds[at]].element);
	put_u32(header + 12, (uint32_t)rows->count);
	put_u32(header + 16, 1);
}

static struct pg_rows *
rows_new(struct pg_stmt *stmt, int rank)
{
	static const char INTO[] = "INSERT INTO ";
	struct pg_rows *rows = mem_alloc_zero(1, sizeof(*rows));
	const char *name = stmt->sql + strlen(INTO);

	rows->set.stmt.db = stmt->stmt.db;
	snprintf(rows->table, sizeof(rows->table), "%.*s", (int)strcspn(name, " "), name);
	rows->rank = rank;
	rows->columns = stmt->count;
	begin_arrays(rows);
	return rows;
}

void
pg_rows_free(struct pg_rows *rows)
{
	if (rows == NULL)
		return;
	for (int i = 0; i < DB_PARAMETERS_MAX; i++)
		buf_fini(&rows->arrays[i]);
	buf_fini(&rows->sql);
	free(rows);
}

/* ---- what waits ------------------------------------------------------------------------------ */

/* By rank: a row that another one names goes before it. */
static struct err
wait_in_line(struct pg_db *pg, struct pg_rows *rows)
{
	size_t at = pg->waiting_count;

	if (pg->waiting_count == PG_WAITING_MAX)
		return FAIL(ERR_BROKEN, "more kinds of rows wait than there is room (our mistake)");
	for (; at > 0 && pg->waiting[at - 1]->rank > rows->rank; at--)
		pg->waiting[at] = pg->waiting[at - 1];
	pg->waiting[at] = rows;
	pg->waiting_count++;
	return OK;
}

struct err
pg_put(struct db_stmt *stmt, int rank)
{
	struct pg_stmt *own = (struct pg_stmt *)stmt;
	struct pg_db *pg = pg_of(stmt->db);
	struct pg_rows *rows = own->rows;
	bool fits = rows != NULL;

	if (rows == NULL)
		rows = own->rows = rows_new(own, rank);
	for (int i = 0; i < rows->columns; i++) {
		if (rows->kinds[i] == PG_NULL && own->values[i].kind != PG_NULL) {
			rows->kinds[i] = own->values[i].kind;
			fits = false;
		}
	}
	if (!fits)
		TRY(write_sql(rows, own->sql));
	if (rows->count == 0)
		TRY(wait_in_line(pg, rows));
	for (int i = 0; i < rows->columns; i++) {
		add_value(rows, i, &own->values[i]);
		rows->bytes += own->values[i].bytes.len;
	}
	rows->count++;
	return rows->bytes > WAITING_BYTES_MAX ? pg_rows_send(pg) : OK;
}

static struct err
send_rows(struct pg_db *pg, struct pg_rows *rows)
{
	struct err err;

	rows->set.count = 0;
	for (int i = 0; i < rows->columns; i++) {
		if (rows->kinds[i] == PG_NULL)
			continue;
		write_header(rows, i);
		rows->set.values[rows->set.count++] = (struct pg_value){
			.kind = PG_BLOB, .bytes = buf_str(&rows->arrays[i])};
	}
	err = pg_send(pg, &rows->set);
	begin_arrays(rows);
	return err;
}

struct err
pg_rows_send(struct pg_db *pg)
{
	struct pg_rows *waiting[PG_WAITING_MAX];
	size_t count = pg->waiting_count;

	memcpy(waiting, pg->waiting, sizeof(waiting));
	pg->waiting_count = 0; /* pg_send asks whether any wait */
	for (size_t i = 0; i < count; i++)
		TRY(send_rows(pg, waiting[i]));
	return OK;
}

void
pg_rows_drop(struct pg_db *pg)
{
	for (size_t i = 0; i < pg->waiting_count; i++)
		begin_arrays(pg->waiting[i]);
	pg->waiting_count = 0;
}

static bool
is_word_end(char c)
{
	return c != '_' && (c < 'a' || c > 'z');
}

/* As a word of its own.  A word that only looks like the table's name costs a wait less, no more.
 */
static bool
names(const char *sql, const char *table)
{
	size_t len = strlen(table);

	for (const char *at = strstr(sql, table); at != NULL; at = strstr(at + 1, table)) {
		if ((at == sql || is_word_end(at[-1])) && is_word_end(at[len]))
			return true;
	}
	return false;
}

/* Whatever writes may lean on a row that waits; a question only when it names the table. */
bool
pg_rows_concern(const struct pg_db *pg, const char *sql)
{
	if (pg->waiting_count > 0 && strncmp(sql, "SELECT ", 7) != 0)
		return true;
	for (size_t i = 0; i < pg->waiting_count; i++) {
		if (names(sql, pg->waiting[i]->table))
			return true;
	}
	return false;
}
