/*
 * purchase.h - one buyer at one stall: a code, a scan, a payment, and the faults that befall it.
 *
 * What happens in the n-th purchase of a seed is drawn before it begins, so that neither timing
 * nor a gateway that was away changes what comes later.  Threads: one at a time.
 */
#ifndef CHOPAY_SIMULATE_PURCHASE_H
#define CHOPAY_SIMULATE_PURCHASE_H

#include "bank.h"
#include "prng.h"

enum note_fate { NOTE_PLAIN, NOTE_MANGLED, NOTE_LOST };

struct fate {
	size_t stand;	     /* index */
	bool favoured;	     /* ... or rather the shop's favourite */
	bool from_poster;    /* the stall's static code */
	int64_t amount_dong; /* of the goods; `paid_dong` is what the buyer sends */
	int64_t paid_dong;
	enum note_fate note;
	bool twin, again; /* duplicates: at the same time, and `again_ms` later */
	int64_t again_ms, delay_ms;
	int64_t hold; /* reordering: so many purchases overtake it */
	bool outgoing;
	enum sepay_proof forgery; /* PROOF_GENUINE: none */
	struct prng prng;	  /* for the letters of its notes */
};

void fate_draw(
	const struct simulate_options *options, size_t stand_count, uint64_t n, struct fate *fate);

/* Transaction numbers, ascending. */
struct numbers {
	int64_t base, used, second;
	uint64_t salt; /* keeps runs of the same second apart */
};
int64_t numbers_next(struct numbers *numbers, int64_t now_ms);

struct shop {
	const struct simulate_options *options;
	struct simulate_summary *summary;
	struct gateway *gateway;
	struct market *market;
	size_t favourite; /* index of the stand that is favoured */
	struct ledger *ledger;
	struct bank *bank;
	struct numbers numbers;
	uint64_t run_id; /* random: keeps the idempotency keys of two runs apart */
};

/*
 * The n-th purchase.  A code that cannot be read or asks for something else is counted, not an
 * error.  ERR_BUSY: nothing has happened yet; call again with the same n.
 */
MUST_CHECK struct err purchase_make(struct shop *shop, uint64_t n);

#endif
