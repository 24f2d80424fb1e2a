/*
 * ahead.h - what ahead_read (chopay/store.h) found, for the files whose questions it answers.
 *
 * Everything may be unknown: then the database is asked as ever.
 */
#ifndef STORE_AHEAD_H
#define STORE_AHEAD_H

#include "db.h"

void ahead_free(struct ahead *ahead);

/* Nobody has these bytes, this key, or this reference of the account.  From then on they are
 * unknown: whoever asks is about to put them in. */
bool ahead_free_delivery(struct db *db, struct str endpoint_id, struct str raw_sha256);
bool ahead_free_key(struct db *db, struct str account_no, struct str key, struct str bank_ref);

/* A key of the account was put in: others than the feeds of other prefixes tell of it now. */
void ahead_claimed(struct db *db, struct str account_no, struct str key);
/* transfers_others_tell, if it is known. */
bool ahead_others_tell(struct db *db, struct str account_no, struct str prefix, bool *others);

/* accounts_stalls and stalls_days, if they are known. */
bool ahead_stalls(struct db *db, struct arena *arena, struct str account_no, struct str bank_bin,
	size_t max, struct stall_days *stalls, size_t *count);
bool ahead_stall(struct db *db, struct arena *arena, int64_t stall_id, struct stall_days *stall);
/* stall_days.c: is the stall among those that were found? */
bool stall_days_have(const struct stall_days *stalls, size_t count, int64_t stall_id);

#endif
