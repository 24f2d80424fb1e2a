/* A register of the index as CSV: its columns, what each must be, what becomes of a row. */
#ifndef MERCHANTS_REGISTER_H
#define MERCHANTS_REGISTER_H

#include "entry.h"
#include "names.h"
#include "problems.h"

#define REGISTER_COLUMNS_MAX 8

struct register_row {
	size_t line;
	struct str fields[REGISTER_COLUMNS_MAX]; /* trimmed; those that are absent are empty */
	/* what the fields were read into */
	int64_t values[REGISTER_COLUMNS_MAX];
	const struct market *market, *to_market;
	const struct stall *stall;
	bool exported; /* the file says who entered it: it is a row of an export */
};

/* A file of one register on its way in. */
struct reading {
	struct registry_import *import;
	struct db *db;
	const struct csv_register *which;
	struct names names;
	int32_t today;
	struct register_row *rows; /* those that could be read; owned */
	size_t count, capacity;
};

/* Rows on their way out; the names of their ids. */
struct writing {
	struct buf *csv;
	const struct names *names;
	int32_t today;
};

struct register_column {
	const char *name;
	/* NULL, or why the field is refused.  Columns are read from left to right. */
	const char *(*read)(struct reading *reading, struct register_row *row, int column);
};

struct csv_register {
	const char *name, *example;
	struct register_column columns[REGISTER_COLUMNS_MAX]; /* to the first without a name */
	int optional;	  /* so many at the end may be left out of the header */
	int key;	  /* so many at the beginning stand once in a file; 0: any.  Of rows of an
			   * export the last holds */
	bool shows_entry; /* the export ends in why and approver, too */
	/* What the fields are together: false after naming what is wrong.  May be NULL. */
	bool (*check)(struct reading *reading, const struct register_row *row);
	struct err (*put)(struct reading *reading, const struct register_row *row); /* or NULL */
	/* What the rows are together, once all are put: names what is wrong.  May be NULL. */
	struct err (*finish)(struct reading *reading);
	struct err (*export)(struct db *db, struct writing *writing);
};

extern const struct csv_register register_markets, register_calendar, register_leave,
	register_codes, register_moves, register_turnover, register_fees, register_targets,
	register_own_accounts, register_market_units, register_lineage, register_dossiers,
	register_payouts, register_scores;

/* Names what is wrong with that column of the row; always false. */
bool register_refuse(
	struct reading *reading, const struct register_row *row, int column, const char *reason);

/* The id of a row that is added, and counted. */
int64_t register_next_id(struct reading *reading);
/* Who enters the file, today: no day of theirs is over. */
struct entry register_entered(const struct reading *reading);
/* A row of the file, as who enters it entered it. */
MUST_CHECK struct err register_put_dated(
	struct reading *reading, enum dated_register which, const struct dated *row);

/* ---- fields: see struct register_column ------------------------------------------------------ */

const char *field_read_market(struct reading *reading, struct register_row *row, int column);
const char *field_read_stall(struct reading *reading, struct register_row *row, int column);
const char *field_read_to_market(struct reading *reading, struct register_row *row, int column);
const char *field_read_code(struct reading *reading, struct register_row *row, int column);
const char *field_read_unit(struct reading *reading, struct register_row *row, int column);
const char *field_read_bank(struct reading *reading, struct register_row *row, int column);
const char *field_read_account(struct reading *reading, struct register_row *row, int column);
const char *field_read_text(struct reading *reading, struct register_row *row, int column);
/* Years 2000 to 2100. */
const char *field_read_day(struct reading *reading, struct register_row *row, int column);
const char *field_read_past_day(struct reading *reading, struct register_row *row, int column);
const char *field_read_from(
	struct reading *reading, struct register_row *row, int column); /* or empty */
/* Or empty; not before the column on its left. */
const char *field_read_to(struct reading *reading, struct register_row *row, int column);
const char *field_read_past_month(struct reading *reading, struct register_row *row, int column);
const char *field_read_year(struct reading *reading, struct register_row *row, int column);
const char *field_read_flag(struct reading *reading, struct register_row *row, int column);
const char *field_read_count(struct reading *reading, struct register_row *row, int column);
const char *field_read_amount(struct reading *reading, struct register_row *row, int column);
/* A decimal number with at most two digits behind the point or comma: hundredths. */
const char *field_read_hundredths(struct reading *reading, struct register_row *row, int column);

/* ---- out: a field each, in the order of columns -----------------------------------------------
 */

void field_put_market(struct writing *writing, int64_t market_id);
void field_put_stall(struct writing *writing, int64_t stall_id); /* its market and its code */
void field_put_text(struct writing *writing, struct str text);
void field_put_day(struct writing *writing, int32_t day); /* the first and last of all: empty */
void field_put_month(struct writing *writing, month_key month);
void field_put_number(struct writing *writing, int64_t number);
void field_put_hundredths(struct writing *writing, int64_t hundredths);
/* And the end of the line. */
void field_put_entry(struct writing *writing, const struct entry *entry, bool whole);

#endif
