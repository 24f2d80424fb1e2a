/*
 * answer.h - what feeds share when they answer in JSON.
 *
 * Memory: the arena's.  Threads: any.
 */
#ifndef FEEDS_ANSWER_H
#define FEEDS_ANSWER_H

#include "chopay/feeds.h"
#include "chopay/json.h"

/* The text of an answer; takes `object`. */
struct str answer_json(struct arena *arena, json_t *object);

/* Of FEED_CALL_TOKEN, in the words of OAuth 2.0 (RFC 6749, 5.1). */
struct str answer_token(struct arena *arena, const struct feed_answer *answer);

#endif
