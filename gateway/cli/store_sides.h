/*
 * store_sides.h - the two stores of a copy: where they are, their locks and their keys.
 *
 * Functions that return int complain on stderr and return an exit status; 0 when all is well.
 */
#ifndef CHOPAY_CLI_STORE_SIDES_H
#define CHOPAY_CLI_STORE_SIDES_H

#include "chopay/crypt.h"
#include "chopay/store.h"

#define SIDE_KEYS 3

struct side {
	const char *command; /* "store copy", before what it complains of */
	const char *folder;  /* NULL: it is on PostgreSQL */
	struct buf where;    /* for store_open */
	struct buf place;    /* for people, and for notes */
	int lock_fd;	     /* of the folder; -1: somebody else has it */
	int copy_fd;	     /* says that we copy; -1 */
	/* What side_make_target made. */
	bool made_folder, made_keys, made_key[SIDE_KEYS];
};

/* `word`: a folder or a URI, as it was given. */
void side_init(struct side *side, const char *command, const char *word);
void side_fini(struct side *side);

/* Can its URI be read?  Before anything is made or asked for. */
int side_check(const struct side *side);
/* The folder that is copied from; `*served` when a gateway (or another command) has it. */
int side_lock_source(struct side *from, bool *served);
/* The folder that is copied to: made, with the keys of `keys`, and locked. */
int side_make_target(struct side *to, const char *keys);
/* Takes away what was made for it: nothing was copied. */
void side_unmake_target(struct side *to);
/* From here the gateway may end, or go on. */
void side_unlock_copy(struct side *from);

int side_open(const struct side *side, enum store_mode mode, struct db **db);

#endif
