/*
 * reply.h - the two answers that several feeds want.
 *
 * Both say to the sender only what the sender knows.  They are a feed's `reply` (feeds.h).
 */
#ifndef FEEDS_REPLY_H
#define FEEDS_REPLY_H

#include "chopay/feeds.h"

/* {"success":true}: SePay, Casso, payOS and Pay2S stop their retries at 200 with it; a refusal's
 * reason is for the person who reads the sender's delivery log. */
int reply_success(struct arena *arena, const struct feed_answer *answer, struct str *body);

/* The status alone. */
int reply_status(struct arena *arena, const struct feed_answer *answer, struct str *body);

#endif
