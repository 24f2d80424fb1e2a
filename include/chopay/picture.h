/*
 * picture.h - a code's text as a QR picture: PNG, SVG, or characters for a terminal.
 *
 * Level M for screens, H for paper, quiet zone of 4 modules, dark on light, whole pixels per module
 * and no smoothing (VIETQR.md section 6).  Threads: any.  Memory: the caller frees the picture and
 * the buffer.
 */
#ifndef CHOPAY_PICTURE_H
#define CHOPAY_PICTURE_H

#include "chopay/str.h"

#define PICTURE_TEXT_MAX 512 /* bytes of a code's text */
#define PICTURE_SCALE_MAX 64 /* pixels per module */
#define PICTURE_QUIET_ZONE 4 /* modules of light on each side */

struct picture;

/* Lay out `text`.  ERR_INVALID: it is empty, over PICTURE_TEXT_MAX, or not printable ASCII
 * (scanners guess the alphabet of anything else, and guess wrong). */
MUST_CHECK struct err picture_new(struct str text, struct picture **picture);
/* The same for what hangs at a stall for years: up to 30 % of it may be dirt or torn off. */
MUST_CHECK struct err picture_new_paper(struct str text, struct picture **picture);
void picture_free(struct picture *picture);
void picture_cleanup(struct picture **picture); /* for CLEANUP */

/* Modules per side with the quiet zone; is the module dark (x from the left, y from the top)? */
unsigned picture_side(const struct picture *picture);
bool picture_is_dark(const struct picture *picture, unsigned x, unsigned y);

/* Each adds to `out`.  `scale` is pixels per module, 1..PICTURE_SCALE_MAX, or ERR_INVALID. */

/* Grey, one bit per pixel. */
MUST_CHECK struct err picture_png(const struct picture *picture, unsigned scale, struct buf *out);

/* One path; the scale is only the size it asks for, it may be drawn at any. */
MUST_CHECK struct err picture_svg(const struct picture *picture, unsigned scale, struct buf *out);

/* What that path is: the `d` of a <path> in a box of picture_side() by picture_side(). */
void picture_path(const struct picture *picture, struct buf *out);

/*
 * Two modules per character (U+2580, U+2584, U+2588, blank), a line end after each line.  Light
 * modules are drawn, dark ones left blank: right on a dark terminal; `inverse` draws the dark ones,
 * for a light one.  No escape sequences.
 */
void picture_text(const struct picture *picture, bool inverse, struct buf *out);

#endif
