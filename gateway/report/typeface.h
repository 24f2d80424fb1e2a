/*
 * typeface.h - the letters of our papers: Liberation Serif, and no other.
 *
 * It is drawn to the measures of Times New Roman, which Decree 30/2020 asks for.  What else is
 * installed on a machine, and how its owner likes fonts to look, does not change a page: letters
 * that Liberation Serif lacks are boxes with their number everywhere.
 * Threads: each call has a font map of its own; a typeface belongs to one thread at a time.
 */
#ifndef REPORT_TYPEFACE_H
#define REPORT_TYPEFACE_H

#include <pango/pango.h>

#include "chopay/str.h"

#define TYPEFACE_FAMILY "Liberation Serif"

struct typeface;

/* ERR_SETUP: the font is not installed, or one without the letters of Vietnamese. */
MUST_CHECK struct err typeface_new(struct typeface **typeface);
void typeface_cleanup(struct typeface **typeface);

/* A layout to put text in, in points; the caller's (g_object_unref), not to outlive the typeface.
 */
PangoLayout *typeface_layout(const struct typeface *typeface);

#endif
