/* Backoff: quick at first, for a till that restarts; then patient, for one that is away for days.
 */
#include "backoff.h"

/* Between a try and the next; the last one repeats.  The first try is made at once. */
static const int32_t delays_s[] = {2, 5, 15, 60, 300, 1800, 7200, 18000, 36000, 50400, 72000};
#define DELAYS ((int64_t)(sizeof(delays_s) / sizeof(delays_s[0])))

#define SLOW_STEP 3 /* 60 s: who is asked to slow down makes no quicker step */
#define JITTER_PERCENT                                                            \
	INT64_C(20) /* either way: receivers that failed together come back apart \
		     */

static int64_t
delay_ms(const struct backoff *failed)
{
	int64_t step = failed->tries - 1;
	int64_t spread; /* -20 % .. +20 %, in millionths */

	if (failed->slow && step < SLOW_STEP)
		step = SLOW_STEP;
	if (step >= DELAYS)
		step = DELAYS - 1;
	spread = ((int64_t)failed->random * (2 * JITTER_PERCENT * 10000) >> 32) -
		 JITTER_PERCENT * 10000;
	return delays_s[step] * MS_PER_SECOND * (1000000 + spread) / 1000000;
}

int64_t
backoff_next_ms(const struct backoff *failed)
{
	int64_t last_ms = failed->first_ms + BACKOFF_TOTAL_MS;
	int64_t wait_ms = delay_ms(failed), asked_ms = failed->retry_after_ms;

	if (failed->now_ms >= last_ms)
		return NO_TIME;
	if (asked_ms > BACKOFF_RETRY_AFTER_MAX_MS)
		asked_ms = BACKOFF_RETRY_AFTER_MAX_MS;
	if (wait_ms < asked_ms)
		wait_ms = asked_ms;
	/* The very last try is made when the 72 hours are over, not 20 hours before. */
	return failed->now_ms + wait_ms < last_ms ? failed->now_ms + wait_ms : last_ms;
}
