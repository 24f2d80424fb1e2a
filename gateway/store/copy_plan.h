/*
 * copy_plan.h - what copying a store does with each of its tables: the statements, made from the
 * catalogue, so that a table that comes with a later schema is copied too.
 */
#ifndef STORE_COPY_PLAN_H
#define STORE_COPY_PLAN_H

#include "catalogue.h"

struct copy_plan {
	const struct table *table; /* of the store that is read */
	/* A row that is there already is another one when one of these columns is: its seal, which
	 * is a MAC over all of it; without a seal, every column. */
	int watched[DB_PARAMETERS_MAX];
	int watched_count;
	const char *count, *sums;
	const char *read;	    /* all columns, in the order of the key */
	const char *beside;	    /* the key and what is watched, in the same order */
	const char *into;	    /* "t (a, b)" */
	const char *insert;	    /* $n is the n-th column */
	const char *put;	    /* the same, unless it is there */
	const char *update, *erase; /* the same; `update` NULL: the key is all of it */
	const char *any;
	const char *by_number; /* all columns of the row that SQLite numbers $1 */
	const char *by_key;    /* the same of the row with that key: $n is its n-th column */
	/* As sealed_tables[].all, of the row with that key; NULL: its rows bear no seals. */
	const char *seal_by_key;
	int sealed;   /* enum sealed */
	int64_t rows; /* that there are, as counted for the progress */
};

struct copy_plans {
	struct copy_plan *items;
	size_t count;
};

/* In the order of the target's references.  ERR_INVALID: the stores' tables differ; `why` names
 * one. */
MUST_CHECK struct err copy_plans_make(struct arena *arena, const struct catalogue *from,
	const struct catalogue *to, struct copy_plans *plans, struct buf *why);

/* NULL, or why that table is each store's own and is not copied. */
const char *copy_left_out(struct str table);

struct store_copy {
	struct copy_config config;
	struct arena *arena; /* the statements, too: their addresses are keys of the connections */
	struct copy_plans plans;
	/* The transaction under way in `to`. */
	bool open;
	int rows_open;
	struct buf packed;
	bool checks_seals; /* of the rows that go over */
	struct copy_progress progress;
	struct copy_counts counts;
};

#endif
