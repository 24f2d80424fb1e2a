/*
 * receipt.h - the signed code of a receipt: what was received for a charge, as the gateway said it.
 *
 *	R1.<charge's reference>.<dong received>.<ms of the last payment>.<Ed25519 signature,
 *base64url>
 *
 * The signature is over the text "chopay receipt " and all before its dot, by the key that also
 * signs proofs of reconciliation.  It says what had been received at that moment; money that went
 * back afterwards does not make it false, so whoever checks a code looks at the charge too.
 * Pure.  Threads: any.
 */
#ifndef CHOPAY_RECEIPT_H
#define CHOPAY_RECEIPT_H

#include "chopay/money.h"

#define RECEIPT_CODE_MAX 200 /* characters */
#define RECEIPT_SIGNATURE_CHARS 86

struct receipt_code {
	struct str reference; /* of a charge */
	struct vnd received;
	int64_t paid_at_ms;   /* bank time of the newest payment */
	struct str signature; /* base64url, as read; empty before it is made */
};

/* Append the text that is signed. */
void receipt_put_message(struct buf *out, const struct receipt_code *code);
/* Append the code; `signature` is set. */
void receipt_put(struct buf *out, const struct receipt_code *code);
/* ERR_INVALID: not such a code.  Blanks and line ends in it are of a chat program: skipped by the
 * caller, not here.  The texts are views of `text`. */
MUST_CHECK struct err receipt_read(struct str text, struct receipt_code *code);

#endif
