/*
 * proof.h - what feeds share when they check who sent a message, and when.
 *
 * Threads: any.  Memory: none of its own.
 */
#ifndef FEEDS_PROOF_H
#define FEEDS_PROOF_H

#include "chopay/feeds.h"

/* "Apikey k1" with the scheme "Apikey" (in any case) -> "k1"; false: another scheme or nothing. */
bool proof_credentials(struct str header, struct str scheme, struct str *credentials);

/* Is it one of the two values of a secret?  An unused value matches nothing. */
bool proof_is_secret(const struct crypt *crypt, const struct feed_secret *secret, struct str text);

/* "Bearer T" with a token that our own token endpoint gave out, and that has not run out. */
bool proof_is_issued(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message);

/* "Basic base64(user:password)": the user is secret->client_id, the password one of the values. */
bool proof_is_user(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message);

/* Unix seconds in plain decimal digits. */
bool proof_timestamp(struct str text, int64_t *seconds);

/* Within 300 s of our clock, past or future: the tolerance SePay and Standard Webhooks name. */
bool proof_is_fresh(int64_t now_ms, int64_t seconds);
/* The same for a sender that writes milliseconds. */
bool proof_is_fresh_ms(int64_t now_ms, int64_t ms);

#endif
