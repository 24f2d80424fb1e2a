/* What a command says of an endpoint, checked: feed, mode, secret, and whom it lets in. */
#ifndef CHOPAY_API_ENDPOINT_WORDS_H
#define CHOPAY_API_ENDPOINT_WORDS_H

#include "api.h"

struct endpoint_words {
	const struct feed *feed;
	enum feed_mode mode;
	struct str secret;	/* borrowed from the body; empty for FEED_MODE_NONE */
	struct str client_id;	/* the other words live in the request's arena */
	struct str header;	/* of FEED_MODE_T_V1 */
	struct str addresses;	/* in one spelling; empty: anybody's */
	struct str client_cert; /* SHA-256 in hex; empty: none asked */
	bool tells_addresses, tells_client_cert;
};

/* Each returns false after replying with what is wrong and which words are right. */
bool endpoint_words_read(struct request *req, const json_t *body, struct endpoint_words *words);
/* allow_from and client_cert alone, as `endpoint set` sends them. */
bool endpoint_words_read_callers(
	struct request *req, const json_t *body, struct endpoint_words *words);
bool endpoint_words_check_secret(struct request *req, enum feed_mode mode, struct str secret);

#endif
