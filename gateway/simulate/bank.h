/*
 * bank.h - the bank's side: deliveries that fall due, are sent with their proof, judged by the
 * answer, and sent again as SePay does.
 *
 * Waits between tries are seconds here, not minutes: 1, 2, 4, 4 ... and eight tries in all.
 * Threads: one at a time.
 */
#ifndef CHOPAY_SIMULATE_BANK_H
#define CHOPAY_SIMULATE_BANK_H

#include "ledger.h"
#include "sepay.h"

#define BANK_PENDING_MAX 2000 /* deliveries waiting; more, and buyers wait too */

enum delivery_kind {
	DELIVERY_CREDIT,    /* the first telling */
	DELIVERY_DUPLICATE, /* the same again, on purpose */
	DELIVERY_OUTGOING,  /* money that left an account */
	DELIVERY_FORGED,    /* not from the bank at all */
};

struct delivery {
	enum delivery_kind kind;
	enum sepay_proof proof;
	struct buf body;       /* moves into the bank */
	int64_t due_ms;	       /* monotonic; */
	int64_t release_at;    /* and not before so many purchases are through */
	size_t entry;	       /* in the ledger, or LEDGER_NONE */
	struct str stall_code; /* of a credit */
	int64_t amount_dong, started_ms;
	unsigned tries;
	bool under_way;
};

struct bank;

MUST_CHECK struct err bank_new(const struct simulate_options *options, struct ledger *ledger,
	struct simulate_summary *summary, struct bank **bank);
void bank_free(struct bank *bank);

void bank_tell(struct bank *bank, const struct delivery *delivery);
size_t bank_pending(const struct bank *bank);

/* No purchase will follow.  `hurry`: what is delayed is due now; only tries keep their distance. */
void bank_close(struct bank *bank, bool hurry);

/*
 * Deliver what is due until `until_ms` (monotonic), and then until the hands are empty; when
 * closing, until nothing is left or the time is over.  `*stopped`: the stop_fd spoke, and this
 * returned at once.
 */
MUST_CHECK struct err bank_work(struct bank *bank, int64_t until_ms, bool *stopped);

/* Was the last delivery that was given up one that nobody answered? */
bool bank_unreachable(const struct bank *bank);

#endif
