/* A store's tables as its engine tells them, each after those that it refers to. */
#include <string.h>

#include "catalogue.h"

#define TABLES_MAX 256
#define REFERENCES_MAX 512

struct reference {
	struct str table, to;
};

struct reading {
	struct table tables[TABLES_MAX];
	size_t table_count;
	struct reference references[REFERENCES_MAX];
	size_t reference_count;
};

int
table_column(const struct table *table, struct str name)
{
	for (int i = 0; i < table->column_count; i++) {
		if (str_eq(table->columns[i].name, name))
			return i;
	}
	return -1;
}

const struct table *
catalogue_find(const struct catalogue *catalogue, struct str name)
{
	for (size_t i = 0; i < catalogue->count; i++) {
		if (str_eq(catalogue->tables[i].name, name))
			return &catalogue->tables[i];
	}
	return NULL;
}

static enum db_kind
kind_of(struct str word)
{
	return word.len != 1	    ? DB_NULL
	       : word.ptr[0] == 'i' ? DB_INT
	       : word.ptr[0] == 's' ? DB_TEXT
				    : DB_BLOB;
}

static struct err
take_column(struct reading *reading, struct arena *arena, struct db_stmt *stmt)
{
	struct table *table = &reading->tables[reading->table_count];
	int64_t place = db_int(stmt, 3);
	struct column *column;

	if (reading->table_count == 0 || !str_eq(table[-1].name, db_str(stmt, 0))) {
		if (reading->table_count++ == TABLES_MAX)
			return FAIL(ERR_BROKEN, "the store has more tables than we know");
		table->name = arena_copy(arena, db_str(stmt, 0));
	} else {
		table--;
	}
	if (table->column_count == DB_PARAMETERS_MAX || place > KEY_COLUMNS_MAX)
		return FAIL(ERR_BROKEN, "a table of the store has more columns than we know");
	column = &table->columns[table->column_count];
	column->name = arena_copy(arena, db_str(stmt, 1));
	column->kind = kind_of(db_str(stmt, 2));
	if (column->kind == DB_NULL)
		return FAIL(ERR_BROKEN, "a column of the store has a type that we do not use");
	if (place > 0) {
		table->key[place - 1] = table->column_count;
		table->key_count++;
	}
	table->column_count++;
	return OK;
}

static struct err
read_columns(struct db *db, struct arena *arena, struct reading *reading)
{
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, db->driver->columns, &stmt));
	for (;;) {
		TRY(db_step(stmt, &row));
		if (!row)
			break;
		TRY(take_column(reading, arena, stmt));
	}
	for (size_t i = 0; i < reading->table_count; i++) {
		if (reading->tables[i].key_count == 0)
			return FAIL(ERR_BROKEN, "a table of the store has no primary key");
	}
	return OK;
}

static struct err
read_references(struct db *db, struct arena *arena, struct reading *reading)
{
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, db->driver->references, &stmt));
	for (;;) {
		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		if (reading->reference_count == REFERENCES_MAX)
			return FAIL(ERR_BROKEN, "the store has more references than we know");
		reading->references[reading->reference_count++] = (struct reference){
			arena_copy(arena, db_str(stmt, 0)), arena_copy(arena, db_str(stmt, 1))};
	}
}

/* Is all that the table refers to listed already? */
static bool
may_follow(const struct reading *reading, const struct catalogue *listed, struct str name)
{
	for (size_t i = 0; i < reading->reference_count; i++) {
		const struct reference *reference = &reading->references[i];

		if (str_eq(reference->table, name) && !str_eq(reference->to, name) &&
			catalogue_find(listed, reference->to) == NULL)
			return false;
	}
	return true;
}

static struct err
put_in_order(const struct reading *reading, struct catalogue *catalogue)
{
	while (catalogue->count < reading->table_count) {
		size_t before = catalogue->count;

		for (size_t i = 0; i < reading->table_count; i++) {
			const struct table *table = &reading->tables[i];

			if (catalogue_find(catalogue, table->name) == NULL &&
				may_follow(reading, catalogue, table->name))
				catalogue->tables[catalogue->count++] = *table;
		}
		if (catalogue->count == before)
			return FAIL(ERR_BROKEN, "tables of the store refer to each other");
	}
	return OK;
}

struct err
catalogue_read(struct db *db, struct arena *arena, struct catalogue *catalogue)
{
	struct reading *reading = arena_alloc(arena, sizeof(*reading));

	TRY(read_columns(db, arena, reading));
	TRY(read_references(db, arena, reading));
	*catalogue = (struct catalogue){
		arena_alloc(arena, (reading->table_count + 1) * sizeof(struct table)), 0};
	return put_in_order(reading, catalogue);
}
