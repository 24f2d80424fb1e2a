/*
 * typeface.h - the letters of our papers: Liberation Serif or Liberation Sans, and no other.
 *
 * The serif is drawn to the measures of Times New Roman, which Decree 30/2020 asks for; the sans,
 * read from further away, is for what hangs at a stall.  What else is installed on a machine, and
 * how its owner likes fonts to look, does not change a page: letters that they lack are boxes with
 * their number everywhere. Threads: one at a time has a typeface, and with it the right to call
 * Pango and cairo, which share more between threads than they guard; the others wait in
 * typeface_new.
 */
#ifndef CHOPAY_TYPEFACE_H
#define CHOPAY_TYPEFACE_H

#include <pango/pango.h>

#include "chopay/str.h"

enum typeface_family { TYPEFACE_SERIF, TYPEFACE_SANS };
const char *typeface_name(enum typeface_family family); /* "Liberation Serif" */

struct typeface;

/* Waits until nobody else of the process draws.  ERR_SETUP: the font is not installed, or one
 * without the letters of Vietnamese. */
MUST_CHECK struct err typeface_new(enum typeface_family family, struct typeface **typeface);
void typeface_cleanup(struct typeface **typeface); /* the next may draw */
/* Lets those draw who wait, in turn, and waits again: long papers do so at each page's end. */
void typeface_yield(void);

enum typeface_family typeface_family(const struct typeface *typeface);

/* A layout to put text in, in points; the caller's (g_object_unref), not to outlive the typeface.
 */
PangoLayout *typeface_layout(const struct typeface *typeface);

#endif
