/*
 * distribution.h - how each table's rows are spread when one database is not enough.
 *
 * The rules are those of Citus: a table is spread by one column, which each of its unique keys
 * contains; a foreign key leads to a table that each node has whole, or to rows on the same node (a
 * table spread together with its own, by the same column).  tests/unit/schema_rules.c holds the
 * schema against this table; `chopay store plan` prints it as statements.
 * Threads: any; all of it is constant.
 * Source: Citus 12, "Choosing Distribution Column" and "Creating and Distributing Tables".
 */
#ifndef CHOPAY_DISTRIBUTION_H
#define CHOPAY_DISTRIBUTION_H

#include <stddef.h>

enum spread {
	SPREAD_WHOLE, /* small, seldom changed: each node has all of it (a reference table) */
	SPREAD_ROWS,  /* each row lies on the node that its `column` says */
	SPREAD_NOT,   /* a few rows on one node */
};

struct distribution {
	const char *table;
	enum spread spread;
	const char *column; /* SPREAD_ROWS */
	/* SPREAD_ROWS: the same value lies on the same node in these two tables; NULL: the first of
	 * its kind. */
	const char *beside;
	const char *why;
};

/* In an order in which they can be spread: what a foreign key needs comes first.  `distribution_of`
 * is NULL when there is no such table. */
extern const struct distribution distributions[];
extern const size_t distribution_count;
const struct distribution *distribution_of(const char *table);

#endif
