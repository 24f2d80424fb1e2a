/*
 * suspense.h - credits that wait for a person, and what people decided about them.
 *
 * Threads, memory and the meaning of *_put: as in store.h, which has all of these.
 */
#ifndef CHOPAY_SUSPENSE_H
#define CHOPAY_SUSPENSE_H

#include "chopay/arena.h"
#include "chopay/clock.h"
#include "chopay/money.h"

struct db;

/* What a person decided about a credit in suspense, or proposed to a second person. */
struct resolution {
	int64_t transfer_id;
	struct str outcome; /* attributed | not_ours | refunded | duplicate */
	int64_t stall_id, charge_id;
	int64_t other_transfer_id; /* refunded: the money out; duplicate: of which; 0: none */
	struct str person, second_person, why; /* second_person empty: one was enough */
	int64_t created_at_ms;
	/* joined in by the readers */
	struct str stall_code, stall_reference, charge_reference;
	int64_t payment_id; /* 0: none */
};

struct suspense {
	int64_t transfer_id;
	struct str reason;
	struct vnd amount;
	int64_t rule_version, created_at_ms;
	int64_t other_transfer_id; /* the one it may repeat, or contradicts; 0: none */
	uint64_t payer;		   /* who paid (adoption.h); 0: not told */
	/* joined in by the readers */
	struct str feed, provider_txn_id, bank_ref, account_no, note;
	int64_t booked_at_ms;
	bool resolved;
	struct resolution resolution; /* when resolved */
};
enum suspense_state {
	SUSPENSE_WAITING,  /* nobody resolved it */
	SUSPENSE_PROPOSED, /* of those: somebody proposed, a second person is awaited */
	SUSPENSE_RESOLVED,
	SUSPENSE_ALL,
};
struct suspense_filter {
	enum suspense_state state;
	struct str reason;     /* empty: any */
	struct str account_no; /* receiving, or virtual; empty: any */
	int64_t since_ms;      /* by the bank's time; INT64_MIN: always */
};
MUST_CHECK struct err suspense_put(struct db *db, const struct suspense *suspense);
MUST_CHECK struct err suspense_list(struct db *db, struct arena *arena,
	const struct suspense_filter *filter, int64_t after, size_t max, struct suspense *items,
	size_t *count);
/* How many fit the filter, and what they sum up to. */
MUST_CHECK struct err suspense_sum(
	struct db *db, const struct suspense_filter *filter, int64_t *count, struct vnd *sum);
/* Those that wait, of that amount, booked from..to, with an id above `after`; newest first. */
MUST_CHECK struct err suspense_of_amount(struct db *db, struct arena *arena, struct vnd amount,
	int64_t from_ms, int64_t to_ms, int64_t after, size_t max, struct suspense *items,
	size_t *count);
MUST_CHECK struct err suspense_get(
	struct db *db, struct arena *arena, int64_t transfer_id, struct suspense *item);

MUST_CHECK struct err resolutions_put(struct db *db, const struct resolution *resolution);
/* Was this credit resolved with that outcome? */
MUST_CHECK struct err resolutions_say(
	struct db *db, const char *outcome, int64_t transfer_id, bool *yes);
/* Is this money out a payment's refund, or what sent a credit back, already? */
MUST_CHECK struct err money_out_used(struct db *db, int64_t transfer_id, bool *yes);
/* What people said of credits on this account, newest first: outcome, stall and the note. */
struct resolved_note {
	struct str outcome, note;
	int64_t stall_id;
};
MUST_CHECK struct err resolutions_recent(struct db *db, struct arena *arena, struct str account_no,
	size_t max, struct resolved_note *items, size_t *count);

MUST_CHECK struct err proposals_put(struct db *db, int64_t id, const struct resolution *proposal);
/* Those that stand, oldest first: a person's newest replaces the ones before. */
MUST_CHECK struct err proposals_list(struct db *db, struct arena *arena, int64_t transfer_id,
	size_t max, struct resolution *items, size_t *count);
/* All that were ever made about it. */
MUST_CHECK struct err proposals_count(struct db *db, int64_t transfer_id, int64_t *count);

#endif
