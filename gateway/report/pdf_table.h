/*
 * pdf_table.h - a table on the pages of a PDF: heads repeated on each, rows never split.
 *
 * Columns are as wide as what they hold wants, letters as large as they then can be, and the page
 * is turned across when it must be.  Threads: that of the pages.
 */
#ifndef REPORT_PDF_TABLE_H
#define REPORT_PDF_TABLE_H

#include "chopay/report.h"
#include "pdf_pages.h"

#define PDF_COLUMNS_MAX (PEN_SLOTS - 2) /* two are the pages own */

struct pdf_table {
	struct pages *pages;
	const struct table *table;
	enum language language;
	bool ticks;	/* a box to tick before each row */
	bool landscape; /* the pages it stands on */
	double size, margin, widths[PDF_COLUMNS_MAX];
	double heads; /* their height */
};

/* Chooses sizes; draws nothing. */
void pdf_table_plan(struct pdf_table *to, struct pages *pages, const struct table *table,
	enum language language, bool ticks);
/* Draws the title (if there is one) and heads, on a new page if they need one. */
void pdf_table_open(struct pdf_table *to);
void pdf_table_row(struct pdf_table *to, size_t row);
/* A line across all columns, kept together with the row below it. */
void pdf_table_band(struct pdf_table *to, struct str text);
/* All of it. */
void pdf_table(struct pages *pages, const struct table *table, enum language language);

#endif
