/*
 * t_v1.h - the header "t=<time>,v1=<hex>[,v1=<hex>]" of Stripe-type signatures and of Casso's.
 *
 * Threads: any.  Memory: what is read borrows from the header.
 */
#ifndef FEEDS_T_V1_H
#define FEEDS_T_V1_H

#include "chopay/crypt.h"

#define T_V1_SIGNATURES_MAX 16 /* of one message; a sender in a key roll sends two */

struct t_v1 {
	struct str time; /* as written: it is part of what is signed */
	int64_t time_value;
	struct str signatures[T_V1_SIGNATURES_MAX];
	size_t signature_count;
};

/* False unless there is exactly one t, in plain decimal digits, and 1 .. 16 v1; other schemes (v0)
 * are passed over.  Digits only, or the "." behind t could also be read one digit earlier. */
bool t_v1_read(struct str header, struct t_v1 *read);

/* Is one of the signatures this MAC in lower-case hexadecimal? */
bool t_v1_holds(const struct crypt *crypt, const struct t_v1 *read, struct str mac);

#endif
