/*
 * reply.h - the answers that several feeds want.
 *
 * They say to the sender only what the sender knows.
 */
#ifndef FEEDS_REPLY_H
#define FEEDS_REPLY_H

#include "chopay/feeds.h"
#include "chopay/json.h"

/* ---- a feed's whole `reply` (feeds.h) */

/* {"success":true}: SePay, Casso, payOS and Pay2S stop their retries at 200 with it; a refusal's
 * reason is for the person who reads the sender's delivery log. */
int reply_success(struct arena *arena, const struct feed_answer *answer, struct str *body);

/* The status alone. */
int reply_status(struct arena *arena, const struct feed_answer *answer, struct str *body);

/* ---- parts of one */

/* The text of an answer; takes `object`. */
struct str reply_text(struct arena *arena, json_t *object);

/* Of FEED_CALL_TOKEN, in the words of OAuth 2.0 (RFC 6749, 5.1). */
struct str reply_token(struct arena *arena, const struct feed_answer *answer);

#endif
