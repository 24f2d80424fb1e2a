/*
 * candidate.h - what a credit in suspense might be: evidence, and how much it weighs together.
 *
 * The books gather the evidence; the rule here orders the answers for a person, best first.  It
 * never decides.  Source: DESIGN section 6 ("it never guesses").  Pure.  Threads: any.
 */
#ifndef CHOPAY_CANDIDATE_H
#define CHOPAY_CANDIDATE_H

#include "chopay/reference.h"

/* What a person may answer: one outcome of a resolution each. */
enum candidate_kind {
	CANDIDATE_STALL,     /* it is that stall's */
	CANDIDATE_CHARGE,    /* it pays that charge */
	CANDIDATE_DUPLICATE, /* it tells another transfer again */
	CANDIDATE_REFUNDED,  /* that transfer sent it back */
	CANDIDATE_NOT_OURS,
};
#define CANDIDATE_KINDS 5

enum evidence_kind {
	/* where it points: references and accounts */
	EVIDENCE_NAMED,		  /* the note holds the reference */
	EVIDENCE_NEAR,		  /* ... one slip away */
	EVIDENCE_BEGUN,		  /* ... its beginning, as banks cut notes */
	EVIDENCE_VIRTUAL_ACCOUNT, /* the receiving virtual account is the stall's */
	EVIDENCE_ACCOUNT,	  /* the receiving account is; `number`: of how many stalls */
	/* charges */
	EVIDENCE_AMOUNT,  /* asks for exactly this amount */
	EVIDENCE_REST,	  /* this is exactly what is missing of it */
	EVIDENCE_IN_TIME, /* open when the bank booked; `number`: minutes after it was asked */
	EVIDENCE_AFTER,	  /* `number`: minutes after it had expired */
	EVIDENCE_BEFORE,  /* `number`: minutes, 1 or more, before it was asked (clocks differ) */
	/* people */
	EVIDENCE_SAME_WORDS, /* `number`: earlier credits with these words that were resolved so */
	/* another transfer */
	EVIDENCE_REPEATS, /* settling suspected it */
	EVIDENCE_SAME_AMOUNT,
	EVIDENCE_SAME_REF, /* the bank's reference is the same */
	EVIDENCE_SAME_NOTE,
	EVIDENCE_CLOSE, /* `number`: seconds between the two by the bank's time */
	EVIDENCE_SENT,	/* money out, of this amount; `number`: minutes later */
	/* against it */
	EVIDENCE_CLOSED,	/* the stall was closed on that day */
	EVIDENCE_OTHER_ACCOUNT, /* the stall does not receive on that account */
	EVIDENCE_PAID,		/* the charge is paid already */
	EVIDENCE_CANCELLED,	/* the seller had cancelled it */
	EVIDENCE_OTHER_AMOUNT,
	EVIDENCE_OTHER_REF,
};
#define EVIDENCE_KINDS 23
#define EVIDENCE_MAX 8 /* of one candidate */

const char *candidate_kind_name(enum candidate_kind kind); /* "stall", "charge", ... */
const char *evidence_kind_name(enum evidence_kind kind);   /* "near_reference", ... */

struct evidence {
	enum evidence_kind kind;
	int64_t number;		       /* see the kinds */
	enum reference_slip slip;      /* of EVIDENCE_NEAR */
	char seen[REFERENCE_SIZE + 1]; /* of EVIDENCE_NEAR: what the note has */
};
/* For it when above 0, against it below. */
int evidence_weight(const struct evidence *evidence);

struct candidate {
	enum candidate_kind kind;
	int64_t stall_id, charge_id; /* 0: none */
	int64_t transfer_id;	     /* the one it repeats, or that sent it back; 0: none */
	struct evidence evidence[EVIDENCE_MAX];
	size_t evidence_count;
	int score; /* 0..100; set by candidates_rank */
};
/* Once per kind; what does not fit any more is left out. */
void candidate_add(struct candidate *candidate, struct evidence evidence);
/* Once more: its number is how often. */
void candidate_count(struct candidate *candidate, enum evidence_kind kind);

/* How the bank's time lies to a charge; false when it is too far from it to mean anything:
 * more than CHARGE_BEFORE_MAX_MS before it was asked, or CHARGE_AFTER_MAX_MS after it expired. */
#define CHARGE_BEFORE_MAX_MS (INT64_C(5) * 60 * 1000)
#define CHARGE_AFTER_MAX_MS (INT64_C(24) * 3600 * 1000)
bool evidence_of_time(int64_t booked_at_ms, int64_t created_at_ms, int64_t expires_at_ms,
	struct evidence *evidence);

/* Sums up, sorts best first (at the same score: what says more, a charge before its stall, then
 * the closest in time, then by id), drops what nothing speaks for; at most `max` stay. */
void candidates_rank(struct candidate *items, size_t *count, size_t max);

/* Do two notes say the same, apart from letter case, numbers and punctuation?  Empty ones and
 * single letters say nothing. */
bool notes_agree(struct str a, struct str b);

#endif
