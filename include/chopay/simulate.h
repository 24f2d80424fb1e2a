/*
 * simulate.h - a bank and its buyers against a running gateway.
 *
 * Buyers ask a stall for a charge or take its static code, scan the picture with a real scanner
 * and pay; the bank tells the gateway in SePay's form, with the faults that real ones show.  At
 * the end what the bank sent is compared with what the gateway's books say.  For one seed and one
 * register the purchases, amounts, notes and faults are the same in every run.
 * Source: FEEDS.md sections 1 and 7.
 *
 * Threads: one run belongs to one thread; several may run side by side.  Money never moves.
 */
#ifndef CHOPAY_SIMULATE_H
#define CHOPAY_SIMULATE_H

#include "chopay/str.h"

#define SIMULATE_ALWAYS 10000	 /* shares are in hundredths of a percent */
#define SIMULATE_RATE_SCALE 1000 /* a rate of 2000 is 2 purchases a second */
#define SIMULATE_FAULT_SIZE 320

enum simulate_mode { /* how the bank proves itself: the modes of the gateway's endpoint */
	SIMULATE_HMAC,
	SIMULATE_APIKEY,
	SIMULATE_NONE,
};

/* One purchase that the gateway has acknowledged. */
struct simulate_sale {
	struct str stall_code;
	int64_t amount_dong;
	int64_t took_ms; /* from asking for the code to the gateway's answer to the bank */
};

/* What happened so far.  Counts are of transfers unless they say otherwise. */
struct simulate_summary {
	int64_t purchases; /* buyers who scanned and paid */
	int64_t sent;	   /* credits told to the gateway at least once */
	int64_t sent_dong;
	int64_t delivered;	     /* ... and acknowledged */
	int64_t undelivered;	     /* ... given up after eight tries */
	int64_t duplicates;	     /* deliveries repeated on purpose, */
	int64_t duplicates_answered; /* and acknowledged like the first */
	int64_t retries; /* deliveries repeated because the answer was not the right one */
	int64_t forged, forgeries_refused, forgeries_accepted;
	int64_t outgoing;			       /* money-out rows acknowledged */
	int64_t answer_ms_sum, answer_ms_max, answers; /* of all deliveries */

	int64_t refused;     /* purchases: the gateway would not give a charge or a code */
	int64_t unreadable;  /* purchases: the scanner found no code in the picture */
	int64_t wrong_codes; /* purchases: the code asks for something else than the stall did */

	/* the comparison */
	bool checked;
	int64_t matched; /* payments found, once, at the right stall with the right amount */
	int64_t suspense_expected; /* no reference, on an account that several stalls share */
	int64_t suspense_found;	   /* credits without a reference that wait for a person */
	int64_t lost;		   /* acknowledged, and nowhere in the books */
	int64_t doubled;	   /* more than once in the books */
	int64_t wrong;		   /* another amount, stall, charge or state */
	int64_t astray;		   /* in suspense, though the reference was there */
	int64_t unearned;	   /* payments from forged or outgoing rows */
	int64_t elapsed_ms;
	char fault[SIMULATE_FAULT_SIZE]; /* the first thing that went wrong, for a person; or "" */
};

struct simulate_options {
	const char *url; /* "http://127.0.0.1:8080": no path */
	struct str api_key;
	const char *endpoint; /* "/webhooks/sepay/ID" */
	struct str secret;
	enum simulate_mode mode;
	const char *ca_file; /* NULL: the system's authorities */
	uint64_t seed;
	int64_t payments;   /* stop after so many purchases; 0: when told to */
	int64_t rate_milli; /* purchases per 1000 s; 0: as fast as possible */
	int delay_max_s;
	/* shares, in hundredths of a percent */
	int duplicates, reorder, delay, mangle, no_reference, amount_short, amount_over;
	int static_codes, forge, out;
	struct str favourite; /* a stall's CODE, MARKET.CODE or reference: gets `favour` of the
				 purchases */
	int favour;
	bool skip_check;
	int stop_fd; /* readable: finish what is in flight; readable again: at once; -1: none */
	/* May be NULL. */
	void (*sold)(void *arg, const struct simulate_sale *sale);
	void (*ticked)(void *arg, const struct simulate_summary *summary); /* once a second */
	void *arg;
};

/* ERR_INVALID: what is wrong, in the words of the command line. */
MUST_CHECK struct err simulate_check(const struct simulate_options *options);

/*
 * Run until `payments` purchases are through, or `stop_fd` says so.  The summary is filled in
 * whatever the outcome:
 * ERR_OK        every credit is where it belongs;
 * ERR_CONFLICT  the gateway refused, lost, doubled or misplaced something (`fault` says what);
 * ERR_BUSY      the gateway could not be reached;
 * ERR_DENIED    it does not take the API key;
 * ERR_INVALID   the options or the gateway's register make a run impossible;
 * ERR_BROKEN    this machine failed: no scanner, no memory file, no process.
 */
MUST_CHECK struct err simulate_run(
	const struct simulate_options *options, struct simulate_summary *summary);

/* One purchase by hand: a code that somebody sees, paid as its buyer's bank would. */
struct simulate_purchase {
	struct str reference; /* of a charge or a stall: the gateway's picture of it, or */
	struct str picture;   /* what a camera or a screenshot shows: PNG or JPEG */
	int64_t amount_dong;  /* what the buyer types; 0: what the code asks for */
};

struct simulate_receipt {
	char account_no[20], note[26];
	int64_t amount_dong;
	char fault[SIMULATE_FAULT_SIZE]; /* on failure: the sentence for a person */
};

/*
 * Scan, pay, tell the gateway; of the options url, endpoint, secret, mode and ca_file count.
 * ERR_OK         the gateway has acknowledged the payment;
 * ERR_INVALID    no code, not a VietQR, more than one, or no amount to pay;
 * ERR_NOT_FOUND  the gateway knows no such reference;
 * ERR_CONFLICT   the charge takes no more money, or the delivery was not acknowledged;
 * ERR_DENIED     the gateway does not take the bank's proof;
 * ERR_BUSY       it cannot be reached, or asks to come again;
 * ERR_BROKEN     this machine failed: no scanner, no memory file, no process.
 */
MUST_CHECK struct err simulate_pay(const struct simulate_options *options,
	const struct simulate_purchase *purchase, struct simulate_receipt *receipt);

/* The summary as lines of text, and as one line of JSON with the outcome. */
void simulate_put_text(struct buf *out, const struct simulate_summary *summary);
void simulate_put_json(struct buf *out, const struct simulate_options *options,
	const struct simulate_summary *summary, struct err outcome);

#endif
