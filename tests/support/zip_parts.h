/* A ZIP made in memory, for tests of what is read from one. */
#ifndef TESTS_ZIP_PARTS_H
#define TESTS_ZIP_PARTS_H

#include "chopay/arena.h"

struct zip_part {
	const char *path; /* NULL: no more */
	struct str text;
};

/* Stored or deflated; the bytes are the arena's.  Aborts when libzip fails. */
struct str zip_parts(struct arena *arena, const struct zip_part *parts, size_t max, bool deflated);

#endif
