/*
 * statement_xlsx.h - an XLSX file taken apart: its parts, strings, styles and sheets.
 */
#ifndef FEEDS_STATEMENT_XLSX_H
#define FEEDS_STATEMENT_XLSX_H

#include "statement_rows.h"
#include "statement_xml.h"

#define XLSX_SHEETS_MAX 32
#define XLSX_STYLES_MAX 4096
#define XLSX_STRINGS_MAX 4000000

struct zip;

struct statement_xlsx {
	struct statement_build *build;
	struct zip *zip;
	uint64_t left; /* bytes that may still be unpacked */
	struct str *strings;
	size_t string_count, string_capacity;
	bool date_styles[XLSX_STYLES_MAX]; /* by the number that cells use */
	size_t style_count;
	bool from_1904;
	struct {
		struct str name, id, path;
	} sheets[XLSX_SHEETS_MAX];
	size_t sheet_count;
};

/* The part through `xml`, which is made ready and taken down here.  `optional`: not there is no
 * fault.  False after a fault. */
bool xlsx_read_part(
	struct statement_xlsx *xlsx, const char *path, bool optional, struct statement_xml *xml);

/* Styles and strings; false after a fault. */
bool xlsx_read_styles(struct statement_xlsx *xlsx);
bool xlsx_read_strings(struct statement_xlsx *xlsx);

/* A number as a cell shows it: plain digits when it is whole, and the day and time of a date. */
void xlsx_number(struct buf *out, struct str text);
bool xlsx_date(struct buf *out, struct str text, bool from_1904);

#endif
