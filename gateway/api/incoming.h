/* A feed's call: which endpoint it knocks at, whether it is let in, and how it is answered. */
#ifndef CHOPAY_API_INCOMING_H
#define CHOPAY_API_INCOMING_H

#include "api.h"

/* In the request's arena; what it needs of the endpoint is copied, for a reload may free that. */
struct incoming {
	struct request *req;
	const struct feed *feed;
	struct str endpoint_id;
	struct feed_message message;
	struct feed_secret secret; /* those valid now; borrowed from the endpoint: in the handler */
	struct feed_events events; /* once parsed */
};

/* The endpoint is there, the caller's address and certificate are the right ones, and it does not
 * ask too often.  NULL after refusing. */
struct incoming *incoming_admit(struct request *req);

/* Answer in the provider's own error form; count it, log it, list it.  `reason` as in refusals.h,
 * `what` static text or NULL. */
void incoming_refuse(struct incoming *in, int reason, const char *what);

/* The feed's answer; `answer` holds what only the caller knows: reason, transfer_ids, token, bill.
 */
void incoming_answer(struct incoming *in, struct feed_answer answer);

/* A bearer token of ours for this endpoint, for `seconds` from now. */
struct str incoming_token(struct incoming *in, int64_t seconds);

#endif
