/* When a stall opens and closes: each thing the register ever said of it. */
#ifndef MERCHANTS_LIFE_H
#define MERCHANTS_LIFE_H

#include "chopay/registers.h"
#include "row.h"

/* What the register now says of a stall. */
MUST_CHECK struct err life_put(struct db *db, struct registry_import *import,
	const struct stall *stall, struct entry entry);
/* The row of the file changes what was known: it is added, unless it concerns days that are over
 * and nobody approved that (R9), which is named. */
MUST_CHECK struct err life_change(struct db *db, struct registry_import *import,
	const struct row *row, size_t line, const struct stall *known, const struct stall *stall);

#endif
