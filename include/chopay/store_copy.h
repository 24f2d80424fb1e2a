/*
 * store_copy.h - a store's rows brought to another place, all of them or what was written since.
 *
 * Threads, memory and the meaning of *_put: as in store.h, which has all of these.
 */
#ifndef CHOPAY_STORE_COPY_H
#define CHOPAY_STORE_COPY_H

#include "chopay/arena.h"
#include "chopay/clock.h"
#include "chopay/money.h"

struct db;

/* A place as a person may read it: a URI without its password, or the file. */
void store_place(const char *where, struct buf *place);

/* What a store is told about itself. */
struct store_note {
	struct str kind;  /* "copying": rows of `place` are not all here; "moved": the books are
			     there  now; empty: nothing */
	struct str place; /* the other store, as of store_place */
	int64_t token, at_ms;
};
MUST_CHECK struct err store_note_get(struct db *db, struct arena *arena, struct store_note *note);
MUST_CHECK struct err store_note_put(struct db *db, const struct store_note *note);
/* ERR_NOT_FOUND: it has another token. */
MUST_CHECK struct err store_note_clear(struct db *db, int64_t token);
/* May it be served?  ERR_INVALID: it is half a copy; ERR_SETUP: its books moved, and who names it
 * names the wrong one.  `why` says so to a person. */
MUST_CHECK struct err store_fit(struct db *db, struct buf *why);

/* Rows go over in the order of their tables' references, compared with those that are there already
 * by primary key: what is missing is added, what differs is changed, what is gone is removed.  So a
 * pass that was broken off is begun again, and a second pass brings what changed since the first.
 * Both stores have the newest schema, seals come along as they are. */
struct copy_progress {
	struct str table;
	int64_t rows, of;	  /* of the table */
	int64_t all_rows, all_of; /* of all tables */
};
struct copy_config {
	struct db *from;   /* STORE_READ: a pass sees one state of it */
	struct db *to;	   /* STORE_LOAD: its note is "copying", with `token` */
	struct db *beside; /* STORE_READ, the same store as `to` */
	int64_t token;
	void (*progress)(void *arg, const struct copy_progress *progress); /* often; may be NULL */
	void *arg;
};
struct copy_counts {
	int64_t rows, added, changed, removed;
};
struct store_copy;
/* `why` gets a sentence whenever one of these fails.  ERR_INVALID: the stores' tables differ. */
MUST_CHECK struct err store_copy_new(
	const struct copy_config *config, struct store_copy **copy, struct buf *why);
/* After its connections are closed. */
void store_copy_free(struct store_copy *copy);
/* A table of `to` that has rows; empty: none has. */
MUST_CHECK struct err store_copy_found(struct store_copy *copy, struct str *table, struct buf *why);
MUST_CHECK struct err store_copy_pass(
	struct store_copy *copy, struct copy_counts *counts, struct buf *why);
typedef void (*copy_found_fn)(void *arg, struct str table, const char *fault);
/* Rows and sums of each table on both sides: `found` for each table where they differ. */
MUST_CHECK struct err store_copy_compare(
	struct store_copy *copy, copy_found_fn found, void *arg, struct buf *why);
/* A pass, and that comparison with the very state that it copied: `from` may be written on. */
MUST_CHECK struct err store_copy_compared_pass(struct store_copy *copy, struct copy_counts *counts,
	copy_found_fn found, void *arg, struct buf *why);
/* From now on a row of money goes over only if it is as its seal says (ERR_INVALID), or is sealed
 * with a key that we do not hold; `from` has its key (store_seal_with). */
void store_copy_check_seals(struct store_copy *copy);

/* Rows that were written on one connection, by the engine's own numbers of them. */
struct touched_table {
	struct str table;
	const int64_t *rows;
	size_t row_count;
	bool gone; /* rows were removed, too: which is not known */
};
struct touched {
	struct touched_table *items;
	size_t count;
	bool known; /* false: nobody watched, or there were too many */
};
/* From now on, what is written on this connection (undone later or not) is remembered.  Nothing is
 * written down for it.  ERR_INVALID: other processes write the store, too (PostgreSQL). */
MUST_CHECK struct err store_watch(struct db *db);
/* What was written since; it is watched no longer. */
void store_watched(struct db *db, struct arena *arena, struct touched *touched);
/* Brings `touched` alone (known): what was written in `from` since before its last compared pass.
 * The rows are read back, `found` when one is another there; nobody writes in `from` meanwhile. */
MUST_CHECK struct err store_copy_touched(struct store_copy *copy, const struct touched *touched,
	struct copy_counts *counts, copy_found_fn found, void *arg, struct buf *why);

#endif
