/*
 * statement_table.h - inside the table reader: its state, the header, the values of one line.
 */
#ifndef FEEDS_STATEMENT_TABLE_H
#define FEEDS_STATEMENT_TABLE_H

#include "statement_labels.h"

struct statement_table {
	struct statement_build *build;
	const struct statement_mapping *mapping;
	struct statement_labels labels;
	struct str account;		  /* of all lines; empty: a column says it */
	size_t columns[STATEMENT_FIELDS]; /* from 1; 0: not there */
	bool in_lines;
	size_t rows;	   /* above the lines */
	size_t other_rows; /* that are no lines, below the header */
	/* the row nearest to a header, for the fault when there is none */
	size_t near_line, near_hits;
	/* of the lines so far */
	int64_t credits, debits, first_moved, last_moved;
	struct statement_figure first_balance, last_balance;
	size_t lines, debit_signs[2]; /* debits without and with a minus */
	size_t signs;		      /* amounts that show a sign */
	size_t pending_sum_line;      /* a sum behind the last line, not yet compared */
	struct statement_amount pending_sums[2];
	size_t faults_before; /* of the file, when the lines began */
};

/* A cell by its column, from 1; {NULL, 0}: there is none. */
struct str statement_cell_text(const struct statement_row *row, size_t column);

/* ---- statement_header.c --------------------------------------------------------------------- */

/* Are any columns named, or all by number? */
bool statement_header_has_names(const struct statement_mapping *mapping);
/* How many of the mapping's columns this row names; `*twice` is one that it names twice, or -1. */
size_t statement_header_find(struct arena *arena, const struct statement_mapping *mapping,
	const struct statement_row *row, size_t columns[STATEMENT_FIELDS], int *twice);
/* All that are named are found. */
bool statement_header_is_complete(
	const struct statement_mapping *mapping, const size_t columns[STATEMENT_FIELDS]);
/* Columns by number: a row whose date column holds a date and that reaches to the last column. */
bool statement_header_is_line(
	const struct statement_mapping *mapping, const struct statement_row *row);

/* ---- statement_line.c: false after a fault -------------------------------------------------- */

/* NULL, or what is wrong with the amount; a column that is not there tells none. */
const char *statement_line_amount(
	const struct statement_row *row, size_t column, struct statement_amount *amount);
bool statement_line_field(struct statement_table *table, const struct statement_row *row,
	enum statement_field field, struct statement_amount *amount);
bool statement_line_time(struct statement_table *table, const struct statement_row *row,
	struct statement_time *time);
bool statement_line_account(
	struct statement_table *table, const struct statement_row *row, struct str *account);
bool statement_line_is_dong(struct statement_table *table, const struct statement_row *row);
/* What a row moves: above 0 in, below 0 out, 0 nothing. */
bool statement_line_moved(
	struct statement_table *table, const struct statement_row *row, int64_t *moved);
/* A fault of this cell; false. */
bool statement_line_fault(struct statement_table *table, const struct statement_row *row,
	enum statement_field field, const char *reason);

#endif
