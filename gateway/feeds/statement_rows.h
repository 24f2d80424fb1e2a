/*
 * statement_rows.h - a CSV or a sheet as rows of cells, and what is made of them.
 */
#ifndef FEEDS_STATEMENT_ROWS_H
#define FEEDS_STATEMENT_ROWS_H

#include "statement_build.h"
#include "statement_mapping.h"

/* Rows in which the header must stand: banks put their letterhead above it. */
#define STATEMENT_PREAMBLE_MAX 200

struct statement_cell {
	struct str text;
	bool number; /* typed by a spreadsheet: digits and a point, whatever it looked like */
};

struct statement_row {
	size_t line;
	const struct statement_cell *cells; /* valid during the call */
	size_t count;			    /* at most STATEMENT_COLUMNS_MAX */
};

/* False: no more rows are wanted. */
typedef bool (*statement_row_fn)(void *arg, const struct statement_row *row);

/* ---- where rows come from: faults are noted in `build` -------------------------------------- */

/* Neither UTF-8 nor UTF-16: of an old Vietnamese program, if it is text at all. */
bool statement_looks_like_1258(struct str bytes);
/* A whole CSV as UTF-8, its byte order mark gone; false after a fault. */
bool statement_csv_text(struct statement_build *build, bool windows_1258, struct str *text);
void statement_csv_rows(struct statement_build *build, struct str text, char separator,
	statement_row_fn row, void *arg);

struct statement_xlsx;
/* NULL after a fault.  Freed with the arena but for statement_xlsx_close. */
struct statement_xlsx *statement_xlsx_open(struct statement_build *build);
void statement_xlsx_close(struct statement_xlsx **xlsx); /* for CLEANUP */
size_t statement_xlsx_sheets(const struct statement_xlsx *xlsx);
void statement_xlsx_rows(
	struct statement_xlsx *xlsx, size_t sheet, statement_row_fn row, void *arg);

/* ---- what is made of them ------------------------------------------------------------------- */

/* Does the header stand in these rows?  One of these for each separator or sheet that is tried. */
struct statement_search {
	struct statement_build *build;
	const struct statement_mapping *mapping;
	size_t rows, hits; /* hits: rows that could be the header, or (columns by number) lines */
};
bool statement_search_row(void *arg, const struct statement_row *row);

struct statement_table;
struct statement_table *statement_table_new(
	struct statement_build *build, const struct statement_mapping *mapping);
bool statement_table_row(void *arg, const struct statement_row *row);
void statement_table_end(struct statement_table *table);

/* The row that looks most like a header, of all that are shown, and what its columns may mean. */
struct statement_proposal;
struct statement_proposal *statement_proposal_new(struct statement_build *build, bool windows_1258);
bool statement_proposal_row(void *arg, const struct statement_row *row);
/* Another separator or sheet: rows count from the first again. */
void statement_proposal_next(struct statement_proposal *proposal);
void statement_proposal_end(struct statement_proposal *proposal);

#endif
