/*
 * payments.h - payments, what was given back of them, and the cells they are summed in.
 *
 * Threads, memory and the meaning of *_put: as in store.h, which has all of these.
 */
#ifndef CHOPAY_PAYMENTS_H
#define CHOPAY_PAYMENTS_H

#include "chopay/arena.h"
#include "chopay/clock.h"
#include "chopay/money.h"

struct db;

struct payment {
	int64_t id, stall_id, transfer_id, charge_id; /* charge_id 0: none */
	struct vnd amount;
	int32_t day;
	int64_t booked_at_ms, arrived_at_ms;
	struct str matched_by;
	int64_t rule_version;
	uint64_t payer; /* who paid (adoption.h); 0: not told */
	/* joined in by the readers */
	struct str bank_ref, provider_txn_id, feed, account_no, stall_code, stall_reference;
	struct str charge_reference, charge_state;
	struct vnd refunded; /* the sum of its adjustments */
	bool reversed;	     /* the bank itself took it back */
};
/* confirmed | partly_refunded | refunded | reversed */
const char *payment_state(const struct payment *payment);
MUST_CHECK struct err payments_put(struct db *db, const struct payment *payment);
/* Newest first (`before` 0: from the newest), or oldest first after `after`; stall 0: all. */
MUST_CHECK struct err payments_before(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t before, size_t max, struct payment *payments, size_t *count);
MUST_CHECK struct err payments_after(struct db *db, struct arena *arena, int64_t after,
	int64_t since_ms, size_t max, struct payment *payments, size_t *count);
MUST_CHECK struct err payments_get(
	struct db *db, struct arena *arena, int64_t id, struct payment *payment);
/* The payment that this transfer became; ERR_NOT_FOUND: none. */
MUST_CHECK struct err payments_of_transfer(
	struct db *db, struct arena *arena, int64_t transfer_id, struct payment *payment);
/* Newest first. */
MUST_CHECK struct err payments_of_charge(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t charge_id, size_t max, struct payment *payments, size_t *count);
/* A stall's payments of that amount, booked from..to, of which nothing was given back. */
MUST_CHECK struct err payments_whole(struct db *db, struct arena *arena, int64_t stall_id,
	struct vnd amount, int64_t from_ms, int64_t to_ms, size_t max, struct payment *payments,
	size_t *count);

/* The same, whatever was given back of them; newest first. */
MUST_CHECK struct err payments_like(struct db *db, struct arena *arena, int64_t stall_id,
	struct vnd amount, int64_t from_ms, int64_t to_ms, size_t max, struct payment *payments,
	size_t *count);
/* A stall's payments of one market day, newest first (`before` 0: from the newest). */
MUST_CHECK struct err payments_of_day(struct db *db, struct arena *arena, int64_t stall_id,
	int32_t day, int64_t before, size_t max, struct payment *payments, size_t *count);

/* What was given back of a payment: a row of its own, never an edit. */
struct adjustment {
	int64_t id, stall_id, payment_id;
	struct str kind; /* refund | reversal */
	struct vnd amount;
	int32_t day;		/* the payment's own market day: that day's sums are reduced */
	int64_t transfer_id;	/* the money that went out; 0: no feed has told it yet */
	struct str matched_by;	/* charge | stall_reference | bank_reference | by_hand */
	struct str person, why; /* person empty: the transfer itself told it */
	int64_t created_at_ms;
};
MUST_CHECK struct err adjustments_put(struct db *db, const struct adjustment *adjustment);
/* A feed told of the money by now: `adjustment->transfer_id`, which was 0. */
MUST_CHECK struct err adjustments_seen(struct db *db, const struct adjustment *adjustment);
MUST_CHECK struct err adjustments_get(
	struct db *db, struct arena *arena, int64_t id, struct adjustment *adjustment);
/* Of all payments of a charge, oldest first. */
MUST_CHECK struct err adjustments_of_charge(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t charge_id, size_t max, struct adjustment *adjustments, size_t *count);
/* Of one payment, oldest first. */
MUST_CHECK struct err adjustments_of_payment(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t payment_id, size_t max, struct adjustment *adjustments, size_t *count);
/* In the order of ids, each with what it is about, for whoever checks them. */
MUST_CHECK struct err adjustments_list(struct db *db, struct arena *arena, int64_t after,
	size_t max, struct adjustment *adjustments, size_t *count);
/* The oldest one of that payment and amount whose money no feed has told; ERR_NOT_FOUND: none. */
MUST_CHECK struct err adjustments_unseen(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t payment_id, struct vnd amount, struct adjustment *adjustment);
/* How much of this money out is given back already. */
MUST_CHECK struct err adjustments_sum(struct db *db, int64_t transfer_id, struct vnd *sum);

MUST_CHECK struct err cells_add(
	struct db *db, int64_t stall_id, int32_t day, int64_t payments, struct vnd value);

/* Sums of a market over days from..to (inclusive). */
struct market_figures {
	struct str market_code, market_name, unit_code, unit_name;
	int64_t stalls; /* selling on the last of the days */
	int64_t active; /* stalls with a payment in those days */
	int64_t payments;
	struct vnd value;
};
MUST_CHECK struct err cells_by_market(struct db *db, struct arena *arena, int32_t from_day,
	int32_t to_day, size_t max, struct market_figures *figures, size_t *count);
MUST_CHECK struct err cells_of_stall(
	struct db *db, int64_t stall_id, int32_t day, int64_t *payments, struct vnd *value);

#endif
