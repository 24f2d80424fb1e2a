/*
 * compose.h - from a payment as a person writes it to the text of its code.
 *
 * Banks by any name, amounts as digits, texts with accents (folded here): the command line and the
 * pictures of the quick link take them alike.
 * Threads: any.  Memory: the caller's.
 */
#ifndef CHOPAY_COMPOSE_H
#define CHOPAY_COMPOSE_H

#include "chopay/banks.h"
#include "vietqr.h"

#define COMPOSE_MEMO_MAX 25 /* letters, accents and signs already dropped */

/* ptr NULL: not given. */
struct compose_words {
	struct str bank; /* BIN or any name */
	struct str account;
	struct str amount;
	struct str memo, name, city; /* with accents */
	struct str mcc, bill, store, terminal;
	enum vietqr_service service;
};

struct compose_refusal {
	const char *code;  /* "bad_memo" */
	const char *field; /* "memo" */
	const char *text;  /* what the field must be */
};

/* The fields and the text; false fills `refusal`. */
bool compose(const struct banks *banks, const struct compose_words *words, struct vietqr *code,
	char text[VIETQR_TEXT_SIZE], struct compose_refusal *refusal);

#endif
