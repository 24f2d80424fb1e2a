/*
 * adoption.h - what a day's payments of a market count for: the rules against inflated numbers.
 * Pure.
 *
 * A rule takes a payment out of the index; the ledger and the stall's own book keep it.  Each
 * payment is given to the first rule that takes it, in the order of enum adoption_rule.
 * Source: ADOPTION sections 1 and 4 (R1-R4, R7; the others only raise flags, and look at months).
 * Threads: any.  Memory: the caller's, but for a work space of its own per call.
 */
#ifndef CHOPAY_ADOPTION_H
#define CHOPAY_ADOPTION_H

#include "chopay/clock.h"
#include "chopay/money.h"

#define ADOPTION_RULES_VERSION 1

/* Whose account paid: a keyed hash of bank and account, cut to 64 bits; 0: the feed did not say. */
typedef uint64_t payer_id;
#define PAYER_UNKNOWN ((payer_id)0)

enum adoption_rule {
	RULE_NONE,     /* it is valid */
	RULE_REFUNDED, /* nothing is left of it */
	RULE_SELF,     /* R1: paid by the stall's own people */
	RULE_CIRCULAR, /* R2: two owners paid each other alike within a day */
	RULE_MICRO,    /* R4: less than 1.000 đ */
	RULE_CAMPAIGN, /* R7: one payer, many stalls, one amount: kept in value */
	RULE_SPLIT,    /* R3: one payment in pieces: kept in value */
};
#define ADOPTION_RULES 7
/* "refunded", "R1", ...; "" for RULE_NONE. */
const char *adoption_rule_code(enum adoption_rule rule);
/* Does the money of a payment that this rule took still count as value? */
bool adoption_rule_keeps_value(enum adoption_rule rule);

struct adoption_payment {
	int64_t id, stall_id, merchant_id; /* the merchant who was paid */
	payer_id payer;
	int64_t payer_merchant_id; /* the merchant whose people's account paid; 0: nobody's */
	struct vnd net;		   /* amount less what was given back */
	int64_t at_ms;		   /* the bank's time */
	unsigned released;	   /* bit n: two persons said that rule n does not take it */
	/* out */
	enum adoption_rule rule;
	int64_t evidence_id; /* RULE_CIRCULAR: the payment that went the other way; otherwise 0 */
};

/*
 * `payments`: all of one market and one market day, in any order; sorted by time and id
 * afterwards.  `owners`: payments among merchants anywhere within a day before and after, these
 * included (R2 looks across markets and midnight); the caller's, not changed.
 */
void adoption_judge(struct adoption_payment *payments, size_t count,
	const struct adoption_payment *owners, size_t owner_count);

/* What a stall's day came to. */
struct adoption_day {
	int64_t payments; /* valid ones, for V1 */
	struct vnd value; /* of valid ones, and of those that rules left in value */
	bool active;	  /* a valid payment: the day is in A when the stall was open */
	int64_t unknown;  /* payers nobody named, at most UNKNOWN_PAYERS_MAX */
	payer_id *payers; /* those that were named, rising, each once */
	size_t payer_count;
};
#define UNKNOWN_PAYERS_MAX 3 /* of a stall and day: without payer data each is its own payer */

/* Sums the judged payments of `stall_id`; `payers` has room for `count` of them. */
void adoption_sum(const struct adoption_payment *payments, size_t count, int64_t stall_id,
	payer_id *payers, struct adoption_day *day);

/* The distinct payers of several days: U.  `payers` is merged into `all`, which has room. */
size_t payers_merge(payer_id *all, size_t count, const payer_id *payers, size_t more);

#endif
