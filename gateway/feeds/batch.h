/*
 * batch.h - a message of several transactions: all of them are read, or none is taken.
 *
 * One that cannot be read refuses the message: the sender repeats it, a person sees the refusal,
 * and no credit is lost behind a 200.
 */
#ifndef FEEDS_BATCH_H
#define FEEDS_BATCH_H

#include "chopay/feeds.h"

#include "fields.h"

/* FEED_OK: take the event.  FEED_TEST_CALL, FEED_ZERO_AMOUNT: leave it out.  Anything else: refuse
 * the message. */
typedef enum feed_reason batch_read_fn(
	struct arena *arena, const struct fields *row, struct feed_event *event);

/* At most FEED_EVENTS_MAX objects.  When all were left out: the last one's reason, and no event. */
enum feed_reason batch_read(struct arena *arena, const json_t *rows, batch_read_fn *read_row,
	struct feed_events *events);

/* The same of one object. */
enum feed_reason batch_read_one(struct arena *arena, const json_t *row, batch_read_fn *read_row,
	struct feed_events *events);

#endif
