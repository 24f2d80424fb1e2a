/*
 * memo.h - what banks make of a memo on its way (FEEDS section 7).
 *
 * Threads: any.  Memory: the caller's buffer.
 */
#ifndef CHOPAY_SIMULATE_MEMO_H
#define CHOPAY_SIMULATE_MEMO_H

#include "chopay/str.h"
#include "prng.h"

/* One memo and the account it travels to. */
struct memo {
	struct str text;      /* as the code prefilled it */
	struct str reference; /* the one in it */
	struct str bank_bin, account_no;
	int64_t booked_at_ms;
};

/* Append the note as the receiving bank books it.  Whatever was done to it, the reference can
 * still be found, and no other. */
void memo_mangle(struct buf *note, const struct memo *memo, struct prng *prng);

/* Append a note in which no reference is found: the buyer's app dropped it. */
void memo_lose(struct buf *note, const struct memo *memo, struct prng *prng);

#endif
