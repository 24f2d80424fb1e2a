/*
 * backoff.h - when a notice that was not taken is sent again, and when it is given up.
 *
 * Pure: the clock and the randomness are given.  Source: FEEDS section 6.
 */
#ifndef CHOPAY_NOTIFY_BACKOFF_H
#define CHOPAY_NOTIFY_BACKOFF_H

#include "chopay/clock.h"

#define BACKOFF_TOTAL_MS (72 * 3600 * MS_PER_SECOND) /* from the first try to the last */
#define BACKOFF_RETRY_AFTER_MAX_MS (3600 * MS_PER_SECOND)

/* A try that has just failed. */
struct backoff {
	int64_t tries;	  /* failed ones, this one too: 1 or more */
	int64_t first_ms; /* of the first of them */
	int64_t now_ms;
	bool slow;		/* the receiver asked for less: 429, 502, 504 */
	int64_t retry_after_ms; /* it told how long to wait; 0: it did not */
	uint32_t random;
};

/* The instant of the next try; NO_TIME: it is given up. */
int64_t backoff_next_ms(const struct backoff *failed);

#endif
