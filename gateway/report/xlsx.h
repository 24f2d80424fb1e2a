/*
 * xlsx.h - what the sheets of a report's spreadsheet share.
 */
#ifndef REPORT_XLSX_H
#define REPORT_XLSX_H

#include <xlsxwriter.h>

#include "chopay/report.h"

#define HEAD_ROW 3 /* below the title, the unit and an empty row */

enum look { LOOK_TEXT, LOOK_COUNT, LOOK_RATE, LOOK_POINTS, LOOK_NONE, LOOKS };

struct book {
	lxw_workbook *workbook;
	struct arena *arena;
	const struct report *report;
	enum language language;
	bool work_alone;
	lxw_format *title, *heading, *plain, *head, *label, *body;
	lxw_format *cells[2][LOOKS];   /* of rows, of totals */
	char *line, *version, *footer; /* below each title; of the file; at the foot of each page */
};

/* A sheet with its title and the line below; NULL: the library refused its name. */
lxw_worksheet *xlsx_sheet(struct book *book, struct str name, struct str title);
/* How it is printed: on A4, with the footer. */
void xlsx_page(struct book *book, lxw_worksheet *sheet, bool wide);
void xlsx_text(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
	struct str text, lxw_format *format);
/* How many lines the text takes in a column of so many characters, and a row so many lines high. */
int xlsx_lines(struct str text, int width);
void xlsx_height(lxw_worksheet *sheet, lxw_row_t row, int lines);

/* The first sheet: header, tiles and narrative. */
MUST_CHECK struct err xlsx_summary(struct book *book);

#endif
