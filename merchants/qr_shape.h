/* A code as a shape: for paper, where it is drawn at any size without pixels of its own. */
#ifndef MERCHANTS_QR_SHAPE_H
#define MERCHANTS_QR_SHAPE_H

#include <cairo.h>

#include "chopay/picture.h"

/* Fill the dark modules; the square of `side` at (x, y) includes the quiet zone.  One path, its
 * rectangles as large as they come, so that no viewer shows seams between modules. */
void qr_shape(cairo_t *cr, const struct picture *picture, double x, double y, double side);

#endif
