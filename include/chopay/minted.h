/*
 * minted.h - charges that a stall's phone mints without a network (schema 0013).
 *
 * The counter in a charge's reference comes from one sequence for each stall (stalls_next_charge).
 * A device leases a block of it beforehand: the gateway never mints those itself, so that neither
 * side can use a number of the other's.  A reference is believed to be minted when its counter lies
 * in a block that its stall was leased, whether the phone has told of it yet or not.
 */
#ifndef CHOPAY_MINTED_H
#define CHOPAY_MINTED_H

#include "chopay/store.h"

#define COUNTER_BLOCK_SIZE 128 /* about 100 codes: 1 counter in 5 is left out */

struct counter_block {
	int64_t stall_id;
	uint32_t first, size; /* counters first .. first + size - 1 */
	int64_t account_id;   /* that the phone's codes ask money to */
	struct str holder;
	int64_t leased_at_ms;
};

/* Take the stall's next COUNTER_BLOCK_SIZE counters: `first`; never the same twice, never one that
 * stalls_next_charge gave.  `block` is given without `first` and `size`.  ERR_CONFLICT: the stall's
 * 2^20 counters are used up. */
MUST_CHECK struct err blocks_lease(struct db *db, struct counter_block *block);
/* ERR_NOT_FOUND: no device of the stall was leased that counter. */
MUST_CHECK struct err blocks_find(struct db *db, struct arena *arena, int64_t stall_id,
	uint32_t counter, struct counter_block *block);
/* How many were leased to the stall since then. */
MUST_CHECK struct err blocks_since(
	struct db *db, int64_t stall_id, int64_t since_ms, int64_t *count);

/* The id of a minted reference's charge: `new_id` the first time, from then on the same. */
MUST_CHECK struct err minted_id(struct db *db, int64_t stall_id, struct str reference,
	int64_t new_id, int64_t now_ms, int64_t *charge_id);
/* ERR_NOT_FOUND: the charge is none that was minted elsewhere. */
MUST_CHECK struct err minted_reference(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t charge_id, struct str *reference);

#endif
