/*
 * pdf_sheet.h - the pages of a PDF: A4, its margins, page numbers and last lines.
 *
 * What is drawn goes downwards from `y`; a page that is full is finished and its memory is given
 * back, however many there will be.  Threads: that of the typeface.
 */
#ifndef REPORT_PDF_SHEET_H
#define REPORT_PDF_SHEET_H

#include "pen.h"

#define MM 2.8346457 /* points */
#define MARGIN_TOP (20 * MM)
#define MARGIN_BOTTOM (20 * MM)
#define MARGIN_LEFT (30 * MM)
#define MARGIN_RIGHT (15 * MM)

struct sheet {
	struct pen pen;
	cairo_surface_t *surface;
	struct str foot;      /* in small letters below each page; the caller's */
	double width, height; /* of the page */
	double inner;	      /* the width between the margins */
	double bottom;	      /* where the page is full */
	double y;
	int page; /* from 1 */
};

/* `title` is the document's property, `made_ms` its date.  The PDF is added to `out`, from the
 * first page to sheet_close. */
MUST_CHECK struct err sheet_open(struct sheet *sheet, const struct typeface *typeface,
	struct str title, int64_t made_ms, struct buf *out);
MUST_CHECK struct err sheet_close(struct sheet *sheet);
void sheet_cleanup(struct sheet *sheet); /* after a failure, too */

/* A new page, lengthwise or across; one that has nothing on it is turned instead. */
void sheet_turn(struct sheet *sheet, bool landscape);
/* A new page like this one unless `height` is left on it. */
void sheet_need(struct sheet *sheet, double height);
bool sheet_is_landscape(const struct sheet *sheet);
/* Text between the margins that goes on over the page's end; `below`: space after it. */
void sheet_text(struct sheet *sheet, const struct look *look, struct str text, double below);

#endif
