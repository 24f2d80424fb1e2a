/*
 * ledger.h - what the bank sent, and what of it stands in the gateway's books.
 *
 * Threads: one at a time.
 */
#ifndef CHOPAY_SIMULATE_LEDGER_H
#define CHOPAY_SIMULATE_LEDGER_H

#include "chopay/reference.h"
#include "chopay/simulate.h"
#include "gateway_client.h"

/* Where a transaction belongs. */
enum entry_place {
	ENTRY_CHARGE, /* a payment of this charge */
	ENTRY_STALL,  /* a payment of this stall, by its own reference */
	ENTRY_OPEN,   /* no reference arrived: a payment or in suspense, but once */
	ENTRY_NOWHERE /* forged, or money out: never a payment */
};

struct entry {
	int64_t id; /* the bank's; entries are added in ascending order */
	int64_t amount_dong, charge_dong;
	struct reference stall, charge;
	enum entry_place place;
	bool shared;	   /* ENTRY_OPEN: on an account of several stalls */
	bool acknowledged; /* by the gateway */
	/* found in the books */
	bool wrong;
	unsigned payments, suspended;
};

struct ledger {
	struct entry *entries;
	size_t count, cap;
};

#define LEDGER_NONE SIZE_MAX

/* The entry's index. */
size_t ledger_add(struct ledger *ledger, const struct entry *entry);
void ledger_fini(struct ledger *ledger);

/* Take down what the books say; `arg` is the ledger. */
void ledger_note_payment(void *arg, const struct booked *booked);
void ledger_note_suspense(void *arg, const struct booked *booked);

/* Add the verdict on every entry to the summary. */
void ledger_judge(const struct ledger *ledger, struct simulate_summary *summary);

/* Keep the first thing that went wrong. */
void summary_fault(struct simulate_summary *summary, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
