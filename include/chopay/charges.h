/*
 * charges.h - the rows of charges, and the keys under which somebody asked for one before.
 *
 * Threads, memory and the meaning of *_put: as in store.h, which has all of these.
 */
#ifndef CHOPAY_CHARGES_H
#define CHOPAY_CHARGES_H

#include "chopay/arena.h"
#include "chopay/clock.h"
#include "chopay/money.h"

struct db;

struct charge {
	int64_t id, stall_id, account_id;
	struct str reference, state;
	struct vnd amount, paid,
		refunded; /* paid: all that came in; refunded: what went back of it */
	int64_t created_at_ms, expires_at_ms;
};
/* What it still asks for; 0 when nothing is missing. */
struct vnd charge_missing(const struct charge *charge);
MUST_CHECK struct err charges_put(struct db *db, const struct charge *charge);
MUST_CHECK struct err charges_find(
	struct db *db, struct arena *arena, struct str reference, struct charge *charge);
MUST_CHECK struct err charges_get(struct db *db, struct arena *arena, int64_t stall_id,
	int64_t charge_id, struct charge *charge);
/* When money last came for it, or went back; 0: never. */
MUST_CHECK struct err charges_last_money(
	struct db *db, const struct charge *charge, int64_t *at_ms);
/* Its state, paid and refunded as they now are in `charge`. */
MUST_CHECK struct err charges_set(struct db *db, const struct charge *charge);
/* Open charges whose time has run out, at most `max`. */
MUST_CHECK struct err charges_overdue(struct db *db, struct arena *arena, int64_t now_ms,
	size_t max, struct charge *charges, size_t *count);
/* Charges of an account's stalls that ask for exactly this amount (short ones: that lack it), asked
 * for from..to; newest first. */
MUST_CHECK struct err charges_of_amount(struct db *db, struct arena *arena, struct str account_no,
	struct vnd amount, int64_t from_ms, int64_t to_ms, size_t max, struct charge *charges,
	size_t *count);
/* The same key again: `reference` of the first answer; ERR_CONFLICT when the content differs. */
MUST_CHECK struct err idempotency_find(struct db *db, struct arena *arena, struct str principal,
	struct str key, struct str fingerprint, struct str *reference);
MUST_CHECK struct err idempotency_put(struct db *db, struct str principal, struct str key,
	struct str fingerprint, struct str reference, int64_t now_ms);
/* The oldest keys put before that time, at most `max`. */
MUST_CHECK struct err idempotency_forget(struct db *db, int64_t before_ms, size_t max);

#endif
