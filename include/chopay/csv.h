/*
 * csv.h - RFC 4180, read strictly: line and column of every fault, quotes balanced, UTF-8.
 *
 * Commas part fields; LF and CRLF end a row; a UTF-8 BOM is skipped; fields may be quoted and hold
 * line ends.
 */
#ifndef CHOPAY_CSV_H
#define CHOPAY_CSV_H

#include "chopay/arena.h"

#define CSV_FIELDS_MAX 64
#define CSV_FIELD_SIZE_MAX 65536

struct csv {
	struct str rest; /* what is left */
	size_t line;	 /* of the row that csv_next gave, from 1 */
	size_t next_line;
	char separator;	   /* ',' */
	const char *fault; /* why csv_next failed */
	size_t fault_column;
};

void csv_init(struct csv *csv, struct str text);

/* A file as a spreadsheet saved it: its separator is what stands behind the first name of its
 * header, a comma, a semicolon (where the decimal sign is a comma, as in Vietnam) or a TAB. */
void csv_init_sheet(struct csv *csv, struct str text);

/* The next row into `fields` (memory in `arena`).  ERR_NOT_FOUND at the end; ERR_INVALID: see
 * `fault`, `line`, `fault_column` (a field number from 1).  Blank lines are skipped. */
MUST_CHECK struct err csv_next(
	struct csv *csv, struct arena *arena, struct str fields[CSV_FIELDS_MAX], size_t *count);

/* One field, quoted when it needs it. */
void csv_put(struct buf *out, struct str field, bool last);

/* The same for words of people, which a spreadsheet must not compute: what begins with = + - @,
 * TAB, CR or the full-width form of one (or with ' and then so) gets a ' in front. */
void csv_put_text(struct buf *out, struct str field, bool last);
/* The words again: without that '. */
struct str csv_text(struct str field);

#endif
