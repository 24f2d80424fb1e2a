/*
 * claims.h - what a stall says that no bank has told: a buyer's transfer that has not arrived,
 * money given back by hand (schema's stall_claim).
 *
 * A claim is never booked.  The stall sees what it said, the operator hears of it by an alarm.
 * Threads and errors: as store.h.
 */
#ifndef CHOPAY_CLAIMS_H
#define CHOPAY_CLAIMS_H

#include "chopay/store.h"

struct claim {
	int64_t stall_id, id;
	struct str kind; /* not_arrived | given_back */
	struct vnd amount;
	int64_t at_ms;	   /* when the buyer says it was sent; given_back: when it was said */
	struct str answer; /* not_arrived: found | held | not_told; otherwise empty */
	int64_t payment_id, transfer_id; /* see the schema; 0: none */
	struct str why, who;
	int64_t created_at_ms;
};
MUST_CHECK struct err claims_put(struct db *db, const struct claim *claim);
MUST_CHECK struct err claims_get(
	struct db *db, struct arena *arena, int64_t stall_id, int64_t id, struct claim *claim);
/* What was given back of a payment, oldest first. */
MUST_CHECK struct err claims_of_payment(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t payment_id, size_t max, struct claim *claims, size_t *count);
/* Those with an id above `after`, newest first. */
MUST_CHECK struct err claims_recent(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t after, size_t max, struct claim *claims, size_t *count);

/* What was said then of money that has not arrived: an alarm's time is its claim's.
 * ERR_NOT_FOUND. */
MUST_CHECK struct err claims_not_arrived(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t created_at_ms, struct claim *claim);

/* Credits that wait in suspense on that account (its own number, or a virtual one), of that amount,
 * booked from..to; newest first. */
MUST_CHECK struct err suspense_like(struct db *db, struct str account_no, struct vnd amount,
	int64_t from_ms, int64_t to_ms, size_t max, int64_t *transfer_ids, size_t *count);

#endif
