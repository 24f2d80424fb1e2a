/*
 * suspense_commands.h - credits that nobody claimed: what a person says they are, what they might
 * be; and what a stall says that no bank has told.
 *
 * Commands and questions of the books; books.h says how they run.
 */
#ifndef CHOPAY_SUSPENSE_COMMANDS_H
#define CHOPAY_SUSPENSE_COMMANDS_H

#include "chopay/books.h"
#include "chopay/candidate.h"
#include "chopay/claims.h"

#define TWO_PERSON_ABOVE_DEFAULT 10000000 /* đồng: above it two persons must agree */
#define PROPOSALS_MAX 32		  /* about one credit, ever */

/*
 * A person says what a credit is.  Above the limit the first call leaves a proposal; another
 * person's call with the same outcome, stall, charge and transfer resolves.
 * ERR_INVALID: the words do not fit together; ERR_NOT_FOUND: the credit, the stall, the charge or
 * the transfer; ERR_CONFLICT: resolved already, the same person again, or it cannot be so.
 */
struct suspense_resolve_command {
	struct command command;
	int64_t transfer_id;
	struct str outcome; /* empty: attributed when `stall` or `charge` is given, else not_ours */
	struct str stall, charge;  /* attributed: either or both */
	int64_t other_transfer_id; /* duplicate: of which; refunded: the money out, or 0 */
	struct str person, why;
	/* out */
	struct resolution resolution; /* as booked or proposed */
	bool proposed;
	int64_t payment_id; /* 0 unless attributed */
};
struct err suspense_resolve_apply(struct tx *tx, struct command *self);

/* What it might be, best first, from a bounded search; decides nothing. */
#define CANDIDATES_MAX 20
struct suspense_candidate {
	struct candidate is; /* first */
	struct stall stall;  /* of the candidates that name one */
	struct charge charge;
	struct transfer other;
	bool other_is_payment; /* attributed; otherwise it lies in suspense, or is money out */
};
struct suspense_candidates {
	struct suspense item;
	struct transfer transfer;
	struct suspense_candidate *found; /* in the arena */
	size_t count;
};
MUST_CHECK struct err suspense_candidates(struct db *db, struct arena *arena, struct str prefix,
	int64_t transfer_id, struct suspense_candidates *candidates);

/* ---- what a stall says that no bank has told
 * ----------------------------------------------------------------------------------------
 */

#define CLAIMS_A_DAY_MAX 60 /* of one stall */
#define CLAIM_BEFORE_MS \
	(60 * 60 * INT64_C(1000))		 /* people say the time by heart: so much before, */
#define CLAIM_AFTER_MS (30 * 60 * INT64_C(1000)) /* and after it is looked */

/*
 * Kept, and never booked; the operator hears of it by an alarm (`buyer_says_paid`,
 * `stall_gave_back`), unless it was found, or said before.
 * ERR_CONFLICT: more than is left of the payment, or the day's CLAIMS_A_DAY_MAX are used up.
 */
struct claim_command {
	struct command command;
	int64_t stall_id;
	struct str stall_reference, account_no; /* of that stall */
	struct str who;				/* whose session: "stall:12" */
	struct vnd amount;
	int64_t at_ms;	    /* not_arrived */
	bool not_these;	    /* not_arrived: the payments that fit are other buyers' */
	int64_t payment_id; /* given_back: of that stall, else ERR_NOT_FOUND */
	struct str why;
	struct claim claim; /* out */
};
/* A buyer says that they transferred: is it a payment, does it lie in suspense, or did no bank tell
 * it?  A credit on an account of several stalls is not said to lie there: it may be another's. */
struct err claim_not_arrived_apply(struct tx *tx, struct command *self);
/* The stall gave money back by hand: a note for the operator, who records the refund. */
struct err claim_given_back_apply(struct tx *tx, struct command *self);

#endif
