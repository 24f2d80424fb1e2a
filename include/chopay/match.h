/*
 * match.h - whose money is this transfer?  A decision from evidence: pure, explained, repeatable.
 *
 * The books gather the evidence (what the references in the note and the receiving account point
 * at); the rule here decides, and never guesses.  Source: DESIGN section 6, FEEDS section 7.
 */
#ifndef CHOPAY_MATCH_H
#define CHOPAY_MATCH_H

#include "chopay/reference.h"

#define MATCH_RULE_VERSION 1
#define MATCH_STALLS_MAX 8

enum matched_by {
	MATCHED_NONE, /* suspense */
	MATCHED_CHARGE,
	MATCHED_STALL_REFERENCE,
	MATCHED_VIRTUAL_ACCOUNT,
	MATCHED_SOLE_STALL,
	MATCHED_BY_HAND,
};
const char *matched_by_name(enum matched_by by); /* "charge", "stall_reference", ... */

enum suspense_reason {
	SUSPENSE_NONE,
	SUSPENSE_NO_REFERENCE,
	SUSPENSE_TWO_REFERENCES,
	SUSPENSE_UNKNOWN_REFERENCE, /* well-formed, but we never issued it */
	SUSPENSE_UNKNOWN_ACCOUNT,   /* the receiving account is not in the register */
	SUSPENSE_ACCOUNT_MISMATCH,  /* the reference names a stall that this account does not serve
				     */
	SUSPENSE_CLOSED_STALL,
	/* of identity.h, before anybody asks whose it is */
	SUSPENSE_POSSIBLE_DUPLICATE,
	SUSPENSE_AMOUNT_CONFLICT,
};
const char *suspense_reason_name(enum suspense_reason reason);
bool suspense_reason_parse(struct str name, enum suspense_reason *reason);

struct match_stall {
	int64_t id;
	bool closed;	      /* on the market day of the transfer */
	bool virtual_account; /* its account is the transfer's virtual account */
};

struct match_reference {
	struct reference reference;
	int64_t stall_id;  /* 0: never issued */
	int64_t charge_id; /* 0: a stall's reference, or never issued */
	bool stall_closed;
	bool serves_account; /* the stall receives on the transfer's account, now or before */
};

struct match_evidence {
	struct match_reference references[REFERENCE_FOUND_MAX];
	size_t reference_count;
	struct match_stall
		stalls[MATCH_STALLS_MAX]; /* whose account it came in on; virtual first */
	size_t stall_count; /* may be larger than MATCH_STALLS_MAX: only "one" or "more" matters */
	bool account_known;
};

struct match {
	enum matched_by by;
	enum suspense_reason reason; /* when by == MATCHED_NONE */
	int64_t stall_id, charge_id;
};

/* The table of cases stands at the top of match.c. */
struct match match(const struct match_evidence *evidence);

#endif
