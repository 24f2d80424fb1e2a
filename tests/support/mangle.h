/*
 * mangle.h - make of a memo what a bank makes of it: the steps of FEEDS section 0.
 *
 * Threads: any.  Memory: the caller's buffer.
 */
#ifndef TESTS_MANGLE_H
#define TESTS_MANGLE_H

#include "chopay/str.h"

/* One note to render. */
struct mangle {
	struct str memo; /* `{REF}` and `{REF2}` mark where codes stand */
	struct str codes[2];
	struct str steps; /* "lower|split_by_space@3|wrap35_space": in any order, done in FEEDS
			     order */
};

/* Append the note.  False, and nothing added, when a step is unknown or its place does not lie
 * inside the code (a 10-character code cannot be split behind 12). */
bool mangle_render(struct buf *note, const struct mangle *mangle);

/* Is `step` among the steps?  "truncated" finds "truncated@7". */
bool mangle_has(struct str steps, const char *step);

#endif
