/*
 * tokens.h - bearer tokens that we issue to a feed: when they end, and a MAC over it.
 *
 * No token needs a row and any loop can check it.  A token is bound to its endpoint and to the
 * secret of its day: it ends with either.  Threads: any.
 */
#ifndef CHOPAY_API_TOKENS_H
#define CHOPAY_API_TOKENS_H

#include "chopay/books.h"

#define TOKEN_MS_MAX INT64_C(0xffffffffffff) /* the last time a token can name */

struct token_maker {
	const struct crypt *crypt;
	const struct sealing_key *key;
	struct str endpoint_id;
};

/* `secret`: the endpoint's newest. */
struct str token_issue(const struct token_maker *maker, struct arena *arena, struct str secret,
	int64_t expires_ms);

/* Was it issued for this endpoint, under one of its secrets?  When it ends, past or not. */
bool token_check(const struct token_maker *maker, struct arena *arena,
	const struct feed_secret *secret, struct str token, int64_t *expires_ms);

#endif
