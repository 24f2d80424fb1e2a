/* Who enters rows, and whether they may say what they say about days that are over (R9). */
#ifndef MERCHANTS_ENTRY_H
#define MERCHANTS_ENTRY_H

#include "chopay/registers.h"
#include "chopay/registry.h"

/* The words of the import, trimmed, as they may be kept: false after naming what is wrong with
 * them.  `person_needed`: somebody must answer for the rows. */
bool entry_check(struct registry_import *import, bool person_needed);
/* A row that concerns days from `from_day` on; false after naming `column`: they are over, and
 * nobody gave a reason or a second person. */
bool entry_may_reach_back(struct registry_import *import, size_t line, const char *column,
	struct str field, int32_t from_day);
/* Why and approver only where the day is over. */
struct entry entry_of(const struct registry_import *import, int32_t from_day);
/* A line of the audit log: these rows went into that register. */
MUST_CHECK struct err entry_audit(
	struct db *db, const struct registry_import *import, const char *name);

#endif
