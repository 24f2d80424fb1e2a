/*
 * identity.h - is this the bank transfer that another feed told before?  Pure.
 *
 * Two feeds that watch one account, a webhook and a list, a list and a statement: each tells the
 * same transfer with an id of its own.  The books gather what was told before (the candidates);
 * the rule here decides, and where it cannot be sure it says so.
 * Source: DESIGN promise 2, FEEDS sections 1 and 8.  Threads: any.  Memory: the caller's.
 */
#ifndef CHOPAY_IDENTITY_H
#define CHOPAY_IDENTITY_H

#include "chopay/money.h"

#define IDENTITY_CANDIDATES_MAX 32
#define IDENTITY_SPANS_MAX 5

/* ---- a bank's reference --------------------------------------------------------------------- */

#define BANK_REF_SIZE 65

enum bank_ref_strength {
	BANK_REF_NONE,	     /* nothing told, or a text that every row of the account carries */
	BANK_REF_WEAK,	     /* a short running number, a time: used again */
	BANK_REF_IDENTIFIES, /* of one transfer of the account, as far as banks keep their word */
};

struct bank_ref {
	enum bank_ref_strength strength;
	char text[BANK_REF_SIZE]; /* A-Z 0-9, NUL-terminated; compared as it is */
};

/* `told` as the feed wrote it; the accounts as the feed named them, either may be empty. */
void bank_ref_read(
	struct str told, struct str account_no, struct str virtual_account, struct bank_ref *ref);

/* ---- the rule ------------------------------------------------------------------------------- */

enum told_time {
	TOLD_SECOND, /* at_ms is the bank's time */
	TOLD_DAY,    /* at_ms is midnight in Vietnam of the bank's day */
	TOLD_NO_TIME /* at_ms is when it arrived */
};

/* What one feed says of a transfer. */
struct telling {
	struct str account_no, virtual_account; /* either may be empty */
	struct vnd amount;
	bool outgoing;
	struct bank_ref ref;
	enum told_time precision;
	int64_t at_ms;
	struct str note;      /* folded by identity_fold_note */
	struct str reference; /* the one reference that its note names; empty: none, or several */
};

/* Notes of one transfer as two feeds write them: other case, blanks, marks, a frame around. */
void identity_fold_note(struct buf *out, struct str note);

struct identity_candidate {
	struct telling told;
	int64_t transfer_id;
	bool named;	 /* this feed has told it already, under another id */
	int64_t repeats; /* it waits as a possible repeat of that transfer; 0: it does not */
};

enum identity {
	IDENTITY_NEW,	    /* nobody told it before */
	IDENTITY_SAME,	    /* it is that candidate */
	IDENTITY_AMBIGUOUS, /* it may be that candidate: a person decides */
	IDENTITY_CONFLICT,  /* that candidate's reference, another amount */
};

struct identity_verdict {
	enum identity is;
	size_t which;	/* the candidate; of IDENTITY_NEW: none */
	const char *by; /* of IDENTITY_SAME: "reference", "reference_time", "reference_note",
			   "list_note"; otherwise "" */
};

/*
 * `complete`: the teller is a list or a statement, which leaves nothing out.  Then candidates that
 * fit equally well may be taken one by one: line by line, the count comes out right.
 * `more`: there were more candidates than were given; then it is never IDENTITY_NEW while there is
 * one to name.
 */
struct identity_verdict identity(const struct telling *told, bool complete,
	const struct identity_candidate *candidates, size_t count, bool more);

/* Alone, may this candidate be it, or contradict it?  What its note says (`note`, `reference`) can
 * only make it another: left out, the answer is yes at least where it is with them. */
bool identity_may_be(
	const struct telling *told, bool complete, const struct identity_candidate *candidate);

/* When a candidate must have been booked (its at_ms) to be worth looking at, for candidates that
 * no reference leads to; both ends inclusive.  Returns how many spans. */
struct identity_span {
	int64_t from_ms, to_ms;
	bool untold; /* only those of TOLD_NO_TIME */
};
size_t identity_spans(const struct telling *told, struct identity_span spans[IDENTITY_SPANS_MAX]);

#endif
