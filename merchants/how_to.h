/* How to pay, in three pictures. */
#ifndef MERCHANTS_HOW_TO_H
#define MERCHANTS_HOW_TO_H

#include "chopay/pen.h"

/* Side by side in `width`, words below each in both languages. */
void how_to_draw(struct pen *pen, double x, double y, double width);

#endif
