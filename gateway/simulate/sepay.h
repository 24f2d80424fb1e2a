/*
 * sepay.h - a bank transaction as SePay tells it, and SePay's proof of itself.
 *
 * Source: FEEDS.md section 1.  Threads: any.  Memory: the caller's buffers.
 */
#ifndef CHOPAY_SIMULATE_SEPAY_H
#define CHOPAY_SIMULATE_SEPAY_H

#include "chopay/crypt.h"
#include "chopay/simulate.h"

struct bank_transaction {
	int64_t id;
	struct str bank_bin, account_no;
	struct str content;
	int64_t booked_at_ms;
	int64_t amount_dong;
	bool outgoing;
};

/* The exact body of the call, members in SePay's order. */
void sepay_body(struct buf *out, const struct bank_transaction *transaction);

/* How a caller proves itself, or fails to: each but the first must be refused. */
enum sepay_proof {
	PROOF_GENUINE,
	PROOF_MISSING,	    /* no header at all */
	PROOF_WRONG_SECRET, /* an HMAC or key, but not ours */
	PROOF_OTHER_BODY,   /* hmac: the signature of another body */
	PROOF_STALE,	    /* hmac: our own signature, ten minutes old */
};
#define SEPAY_PROOFS 5

/* Can this fault be seen in this mode? */
bool sepay_proof_applies(enum simulate_mode mode, enum sepay_proof proof);

struct sepay_caller {
	const struct crypt *crypt;
	enum simulate_mode mode;
	struct str secret;
};

/* The header lines that prove `body`, "Name: value" each.  Returns how many: 0 to 2. */
#define SEPAY_HEADERS_MAX 2
size_t sepay_headers(const struct sepay_caller *caller, enum sepay_proof proof, int64_t now_ms,
	struct str body, struct buf lines[SEPAY_HEADERS_MAX]);

/* 200 or 201 with {"success": true}: what stops SePay from telling it again. */
bool sepay_acknowledged(long status, struct str answer);

#endif
