/*
 * sheet.h - A4 pages that text flows down: what a stall's own papers (book, sign-up sheet) are set
 * with.
 *
 * PDF with real text in an embedded Liberation Serif.  The same calls give the same bytes: the date
 * inside is the caller's.  Lengths are points (1/72 inch).  Threads: one sheet, one thread.
 */
#ifndef CHOPAY_REPORT_SHEET_H
#define CHOPAY_REPORT_SHEET_H

#include "chopay/str.h"

#define SHEET_WIDTH 470.0 /* of the text: A4 within margins */

enum sheet_align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT };
struct sheet_style {
	double size;
	enum sheet_align align;
	bool bold, italic;
};
struct sheet_column {
	double width;
	enum sheet_align align;
};

struct sheet;
/* ERR_SETUP: the font is not installed. */
MUST_CHECK struct err sheet_new(struct str title, int32_t day, struct sheet **sheet);
void sheet_cleanup(struct sheet **sheet); /* for CLEANUP */

/* A paragraph across the page, and the cursor below it. */
void sheet_text(struct sheet *sheet, struct sheet_style style, struct str text);
/* Columns of a width each, side by side, without lines. */
void sheet_beside(struct sheet *sheet, struct sheet_style style, const struct sheet_column *columns,
	const struct str *cells, size_t count);
/* A row of a table; what does not fit goes to a new page, below `heads` again (NULL: none). */
void sheet_row(struct sheet *sheet, const struct sheet_column *columns, const struct str *cells,
	size_t count, bool bold, const struct str *heads);
void sheet_space(struct sheet *sheet, double height);
void sheet_page(struct sheet *sheet); /* a new one, unless this one is empty */
/* Is so much left on this page? */
bool sheet_fits(const struct sheet *sheet, double height);

MUST_CHECK struct err sheet_finish(struct sheet *sheet, struct buf *out);

#endif
