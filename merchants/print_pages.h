/* The pages of a PDF that is printed for a market: opened, turned, finished. */
#ifndef MERCHANTS_PRINT_PAGES_H
#define MERCHANTS_PRINT_PAGES_H

#include "chopay/pen.h"

#define MM (72 / 25.4) /* points */
#define A4_WIDTH (210 * MM)
#define A4_HEIGHT (297 * MM)

struct print_pages {
	struct typeface *typeface;
	cairo_surface_t *surface;
	struct pen pen;
};

MUST_CHECK struct err print_open(struct print_pages *pages, double width, double height,
	struct str title, int64_t made_ms, struct buf *out);
/* Others who wait may draw before this returns. */
void print_turn(struct print_pages *pages);
/* After the last page was turned. */
MUST_CHECK struct err print_finish(struct print_pages *pages);
void print_fini(struct print_pages *pages); /* for CLEANUP; zero is fine */

#endif
