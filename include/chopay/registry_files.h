/*
 * registry_files.h - a file for a register in steps: looked through, entered, taken back.
 *
 * Looking runs the import itself and takes it back at once: what it tells is what entering does,
 * and nothing is changed before.  Entering does it again, and only what was shown.  Taking back is
 * an import too, of rows made here: fields as they were, stalls that were new closed from today:
 * dated rows, never a deletion.  Rows about days that are over need a second person (R9): whoever
 * brought a file cannot enter it alone then.
 *
 * In a transaction of the caller's, on the writer.
 */
#ifndef CHOPAY_REGISTRY_FILES_H
#define CHOPAY_REGISTRY_FILES_H

#include "chopay/register_files.h"
#include "chopay/registry.h"

/* What every step needs; `file` is as it is then. */
struct registry_step {
	const struct banks *banks;
	struct str prefix;
	int64_t now_ms;
	int64_t (*next_id)(void *arg);
	void *arg;
	struct arena *arena;
	struct str person; /* who does it */
	struct register_file file;
};

/* `file`: name, csv and why are set; the rest is made.  Its state says "looked" or "refused". */
MUST_CHECK struct err registry_look(struct db *db, struct registry_step *step);
/* ERR_CONFLICT: it is not "looked", or the same person must not do it alone.  `*stale`: the
 * register has changed since, the file was looked through again and was not entered. */
MUST_CHECK struct err registry_enter(
	struct db *db, struct registry_step *step, int64_t id, bool *stale);
/* ERR_CONFLICT: it was not entered, or nothing can be taken back; ERR_INVALID: the register refuses
 * it now (`*why` says what).  State "undo_asked": a second person must ask for the same. */
MUST_CHECK struct err registry_undo(struct db *db, struct registry_step *step, int64_t id,
	struct str why_asked, struct str *why);
/* It was looked at and is not wanted. */
MUST_CHECK struct err registry_drop(struct db *db, struct registry_step *step, int64_t id);

#endif
