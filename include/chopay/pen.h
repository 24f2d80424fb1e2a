/*
 * pen.h - text and shapes on a cairo surface, in points from the upper left.
 *
 * A text is laid out once and then shown: pen_lay says how high it comes to, pen_show draws it.
 * What is laid in a slot stays there until the slot is laid again, so that a row of a table knows
 * its height before any of its cells is drawn.  Threads: that of its typeface.
 */
#ifndef CHOPAY_PEN_H
#define CHOPAY_PEN_H

#include <cairo.h>

#include "chopay/typeface.h"

#define PEN_SLOTS 40 /* texts laid at a time: the columns of the widest table */

enum look_align { ALIGN_START, ALIGN_CENTRE, ALIGN_END, ALIGN_BOTH };
struct look {
	double size; /* points */
	bool bold, italic, capitals;
	enum look_align align;
	double indent; /* of the first line, points */
	int lines_max; /* more end in an ellipsis; 0: any number */
};

struct pen {
	cairo_t *cr; /* borrowed */
	PangoLayout *slots[PEN_SLOTS];
	PangoFontDescription *font;
	struct buf text;
};

void pen_init(struct pen *pen, const struct typeface *typeface, cairo_t *cr);
void pen_fini(struct pen *pen);

void pen_colour(struct pen *pen, unsigned rgb); /* 0xRRGGBB, of all that follows */

/* The height that `text` takes, broken at `width`. */
double pen_lay(
	struct pen *pen, size_t slot, const struct look *look, struct str text, double width);
void pen_show(struct pen *pen, size_t slot, double x, double y);
/* Line by line, for text that runs over a page's end. */
int pen_lines(struct pen *pen, size_t slot);
double pen_line_height(struct pen *pen, size_t slot, int line);
void pen_show_line(struct pen *pen, size_t slot, int line, double x, double y);

/* Lays and shows; the height. */
double pen_text(struct pen *pen, const struct look *look, struct str text, double x, double y,
	double width);
/* One line, in smaller letters when it is too long, at worst cut by an ellipsis. */
double pen_fit(struct pen *pen, const struct look *look, struct str text, double x, double y,
	double width);
/* How wide it would be in one line; how wide its longest word is. */
double pen_width(struct pen *pen, const struct look *look, struct str text);
double pen_word_width(struct pen *pen, const struct look *look, struct str text);

void pen_fill(struct pen *pen, double x, double y, double width, double height);
void pen_frame(struct pen *pen, double x, double y, double width, double height, double line);
void pen_line(struct pen *pen, double x1, double y1, double x2, double y2, double line);

#endif
