/*
 * courier.h - deliveries to one endpoint, a few at a time, over connections that stay open.
 *
 * Two deliveries sent in one breath travel at the same time on two connections.
 * Threads: one at a time.
 */
#ifndef CHOPAY_SIMULATE_COURIER_H
#define CHOPAY_SIMULATE_COURIER_H

#include "chopay/simulate.h"

#define COURIER_HANDS 4 /* deliveries under way at once */

struct courier;

MUST_CHECK struct err courier_new(const struct simulate_options *options, struct courier **courier);
void courier_free(struct courier *courier);

size_t courier_under_way(const struct courier *courier);

/* Start a delivery; `parcel` comes back with its answer, and `body` must live until then.
 * Only while fewer than COURIER_HANDS are under way. */
MUST_CHECK struct err courier_send(struct courier *courier, const struct buf *lines,
	size_t line_count, struct str body, void *parcel);

struct courier_answer {
	void *parcel;
	long status;	   /* 0: there was no answer, */
	const char *fault; /* and this is why; static or valid until the next courier call */
	struct str body;   /* likewise */
	int64_t took_ms;
};
/* The next one that has arrived. */
bool courier_take(struct courier *courier, struct courier_answer *answer);

/* Let them travel, until something happens or the time is over.  True when `stop_fd` (or -1) is
 * readable: the caller reads from it. */
bool courier_wait(struct courier *courier, int timeout_ms, int stop_fd);

#endif
