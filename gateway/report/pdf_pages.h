/*
 * pdf_pages.h - the pages of a PDF: A4, its margins, page numbers and last lines.
 *
 * What is drawn goes downwards from `y`; a page that is full is finished and its memory is given
 * back, however many there will be.  Threads: that of the typeface.
 */
#ifndef REPORT_PDF_PAGES_H
#define REPORT_PDF_PAGES_H

#include "chopay/pen.h"

#define MM 2.8346457 /* points */
#define MARGIN_TOP (20 * MM)
#define MARGIN_BOTTOM (20 * MM)
#define MARGIN_LEFT (30 * MM)
#define MARGIN_RIGHT (15 * MM)

struct pages {
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
 * first page to pages_close. */
MUST_CHECK struct err pages_open(struct pages *pages, const struct typeface *typeface,
	struct str title, int64_t made_ms, struct buf *out);
MUST_CHECK struct err pages_close(struct pages *pages);
void pages_cleanup(struct pages *pages); /* after a failure, too */

/* A new page, lengthwise or across; one that has nothing on it is turned instead. */
void pages_turn(struct pages *pages, bool landscape);
/* A new page like this one unless `height` is left on it. */
void pages_need(struct pages *pages, double height);
bool pages_is_landscape(const struct pages *pages);
/* Text between the margins that goes on over the page's end; `below`: space after it. */
void pages_text(struct pages *pages, const struct look *look, struct str text, double below);

#endif
