/*
 * store_copying.h - a copy of all books under way: what `chopay store copy` and its parts share.
 *
 * Functions that return int complain on stderr and return an exit status; 0 when all is well.
 */
#ifndef CHOPAY_CLI_STORE_COPYING_H
#define CHOPAY_CLI_STORE_COPYING_H

#include <sys/types.h>

#include "chopay/crypt.h"
#include "control.h"
#include "store_sides.h"

#define STORE_COPY "store copy" /* before what is said */

struct copying {
	const char *from_word, *to_word, *keys;
	bool moves, served;
	struct side from, to;
	struct crypt *crypt;
	struct sealing_key key;
	struct db *source, *target, *beside;
	struct store_copy *copy;
	struct control *control; /* of the gateway that serves the source */
	pid_t gateway;
	bool held;
	int64_t held_ms; /* since when */
	struct arena *arena;
	struct touched touched; /* since copying_watch, until the hold; the arena's */
	int64_t token, last_id;
	int64_t told_ms;
	struct copy_counts counts; /* of the last pass */
	int64_t rows;		   /* of the last pass along all */
};

/* Says why, and what may be done; the exit status of `err`. */
int copying_fail(const struct copying *copying, struct err err, const struct buf *why);

/* Both stores, `find_keys` before: the source may be left, the target is empty or half a copy of
 * it. */
int copying_find_keys(struct copying *copying);
int copying_open_source(struct copying *copying);
int copying_open_target(struct copying *copying);

/* Reads every row of both stores, each in a snapshot of its own. */
int copying_verify_ledgers(const struct copying *copying);

/* The gateway that serves the source. */
int copying_find_gateway(struct copying *copying);
/* From now on it remembers which rows it writes, until the hold. */
int copying_watch(struct copying *copying);
int copying_hold(struct copying *copying);
void copying_release(struct copying *copying);
/* First the old store is left, then the new one may be served: never both. */
int copying_hand_over(struct copying *copying);

#endif
