/*
 * register_files.h - files on their way into a register, as rows (schema 0011).
 *
 * A file is looked through, entered, perhaps taken back; its row stays.  Threads and errors: as
 * store.h.
 */
#ifndef CHOPAY_REGISTER_FILES_H
#define CHOPAY_REGISTER_FILES_H

#include "chopay/store.h"

struct register_file {
	int64_t id;
	struct str name;	  /* as the browser calls it */
	struct str register_name; /* "stalls", "calendar", ... */
	struct str csv;		  /* not in lists */
	struct str state;	  /* refused | looked | entered | undo_asked | undone | dropped */
	struct str outcome;	  /* JSON (registry_files.h); not in lists */
	struct str person, why;	  /* who brought it */
	struct str approver;	  /* of days that are over (R9) */
	int64_t made_at_ms;
	int64_t entered_at_ms, undone_at_ms; /* 0: not yet */
	struct str undone_by, undone_why, undo;
};
MUST_CHECK struct err register_files_put(struct db *db, const struct register_file *file);
/* All but what it was brought with: name, register, csv, made_at. */
MUST_CHECK struct err register_files_set(struct db *db, const struct register_file *file);
/* ERR_NOT_FOUND: no such file. */
MUST_CHECK struct err register_files_get(
	struct db *db, struct arena *arena, int64_t id, struct register_file *file);
/* Newest first; `before` 0: from the newest. */
MUST_CHECK struct err register_files_list(struct db *db, struct arena *arena, int64_t before,
	size_t max, struct register_file *files, size_t *count);

#endif
