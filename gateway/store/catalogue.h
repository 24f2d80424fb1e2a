/*
 * catalogue.h - a store's tables as its engine tells them, each after those that it refers to.
 *
 * Memory: the arena's.  ERR_BROKEN: a column of a kind that we do not use, a table without a key.
 */
#ifndef STORE_CATALOGUE_H
#define STORE_CATALOGUE_H

#include "db.h"

#define KEY_COLUMNS_MAX 8

struct column {
	struct str name;
	enum db_kind kind;
};

struct table {
	struct str name;
	struct column columns[DB_PARAMETERS_MAX];
	int column_count;
	int key[KEY_COLUMNS_MAX]; /* places of the primary key's columns, in its order */
	int key_count;
};

struct catalogue {
	struct table *tables;
	size_t count;
};

MUST_CHECK struct err catalogue_read(
	struct db *db, struct arena *arena, struct catalogue *catalogue);
/* NULL: there is none of that name. */
const struct table *catalogue_find(const struct catalogue *catalogue, struct str name);
/* -1: it has none of that name. */
int table_column(const struct table *table, struct str name);

#endif
