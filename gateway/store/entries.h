/* entries.h - who entered a row of a register, and when: its columns entered_at_ms and person, side
 * by side.  Private to this folder. */
#ifndef CHOPAY_STORE_ENTRIES_H
#define CHOPAY_STORE_ENTRIES_H

#include "chopay/registers.h"
#include "db.h"

static inline void
bind_entry(struct db_stmt *stmt, int first, const struct entry *entry)
{
	db_bind_int(stmt, first, entry->at_ms);
	db_bind_str(stmt, first + 1, entry->person);
}

static inline struct entry
read_entry(struct db_stmt *stmt, int first)
{
	return (struct entry){.at_ms = db_int(stmt, first), .person = db_str(stmt, first + 1)};
}

#endif
