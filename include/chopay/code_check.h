/*
 * code_check.h - is a scanned code this stall's?  Bank, account and reference against the register.
 *
 * Money follows the account, the note only names the stall: an account of nobody's is the one thing
 * that must never pass.  Threads: any.
 */
#ifndef CHOPAY_CODE_CHECK_H
#define CHOPAY_CODE_CHECK_H

#include "chopay/store.h"
#include "vietqr.h"

enum code_verdict {
	CODE_RIGHT,
	CODE_OTHER_ACCOUNT,   /* the money goes to somebody else */
	CODE_OLD_ACCOUNT,     /* one that the stall had before */
	CODE_NO_REFERENCE,    /* the stall's account, and nothing that names the stall */
	CODE_OTHER_REFERENCE, /* the stall's account, another stall's name */
	CODE_NO_VIETQR,	      /* not a code to be paid */
};
const char *code_verdict_name(enum code_verdict verdict); /* "right", "other_account", ... */

struct code_check {
	enum code_verdict verdict;
	struct vietqr code; /* what it says; all zero for CODE_NO_VIETQR */
};
/* `text` is what a camera read: any bytes.  A charge's code of the stall is as right as its
 * standing one.  ERR_*: the store alone. */
MUST_CHECK struct err code_check(struct db *db, struct str prefix, const struct stall *stall,
	struct str text, struct code_check *check);

#endif
