/* Refused deliveries: a ring of the last, and counters. */
#include <pthread.h>
#include <stdlib.h>

#include "refusals.h"

#define FEEDS_MAX 64 /* rows of the feeds' table that are counted apart */
#define NO_FEED FEEDS_MAX

static const struct {
	const char *name, *text;
} reasons[REFUSED_REASONS] = {
	[FEED_BAD_AUTH] = {NULL, "the credentials are missing or not valid"},
	[FEED_BAD_SIGNATURE] = {NULL, "the signature does not fit the message and the secret"},
	[FEED_STALE_TIMESTAMP] = {NULL,
		"signed more than 300 s from our clock: a clock is wrong, or it is a replay"},
	[FEED_BAD_PAYLOAD] = {NULL, "the message does not say what this feed's messages say"},
	[FEED_NOT_SUCCESSFUL] = {NULL, "the bill is paid already"},
	[FEED_AMOUNT_MISMATCH] = {NULL, "the amount is not that of the bill"},
	[FEED_WEAK_SIGNATURE] = {NULL, "the signature covers too little of the message"},
	[REFUSED_UNKNOWN_ENDPOINT] = {"unknown_endpoint",
		"no endpoint with this id is in use for this feed"},
	[REFUSED_ADDRESS] = {"address", "the caller is not on the endpoint's list of addresses"},
	[REFUSED_CLIENT_CERTIFICATE] = {"client_certificate",
		"the caller's certificate is not the endpoint's"},
	[REFUSED_TOO_OFTEN] = {"too_often", "too many calls without a valid token in one second"},
	[REFUSED_TOO_LARGE] = {"too_large", "the body is larger than a message may be (1 MiB)"},
	[REFUSED_MALFORMED] = {"malformed", "the request breaks the rules of HTTP"},
};

struct refusals {
	pthread_mutex_t mutex;
	int64_t last; /* the newest number */
	unsigned long long counts[FEEDS_MAX + 1][REFUSED_REASONS];
	struct refusal ring[REFUSALS_KEPT]; /* number n lies at n % REFUSALS_KEPT */
};

const char *
refused_name(int reason)
{
	return reason <= REFUSED_BY_FEED_MAX ? feed_reason_name((enum feed_reason)reason)
					     : reasons[reason].name;
}

const char *
refused_text(int reason)
{
	return reasons[reason].text != NULL ? reasons[reason].text : "";
}

void
refusal_set_text(char *to, size_t size, struct str from)
{
	size_t len = from.len < size - 1 ? from.len : size - 1;

	for (size_t i = 0; i < len; i++)
		to[i] = (char)(from.ptr[i] >= ' ' && from.ptr[i] <= '~' ? from.ptr[i] : '?');
	to[len] = '\0';
}

struct refusals *
refusals_new(void)
{
	struct refusals *refusals = mem_alloc_zero(1, sizeof(*refusals));

	pthread_mutex_init(&refusals->mutex, NULL);
	return refusals;
}

void
refusals_free(struct refusals *refusals)
{
	if (refusals == NULL)
		return;
	pthread_mutex_destroy(&refusals->mutex);
	free(refusals);
}

static size_t
row_of(const struct feed *feed)
{
	for (size_t i = 0; i < FEEDS_MAX && feed_list(i) != NULL; i++) {
		if (feed_list(i) == feed)
			return i;
	}
	return NO_FEED;
}

void
refusals_add(struct refusals *refusals, const struct refusal *refusal)
{
	size_t row = row_of(refusal->feed);
	struct refusal *kept;

	pthread_mutex_lock(&refusals->mutex);
	refusals->counts[row][refusal->reason]++;
	refusals->last++;
	kept = &refusals->ring[refusals->last % REFUSALS_KEPT];
	*kept = *refusal;
	kept->number = refusals->last;
	pthread_mutex_unlock(&refusals->mutex);
}

size_t
refusals_before(struct refusals *refusals, int64_t before, size_t max, struct refusal *found)
{
	int64_t number, oldest;
	size_t count = 0;

	pthread_mutex_lock(&refusals->mutex);
	number = before > 0 && before <= refusals->last ? before - 1 : refusals->last;
	oldest = refusals->last > REFUSALS_KEPT ? refusals->last - REFUSALS_KEPT + 1 : 1;
	for (; number >= oldest && count < max; number--)
		found[count++] = refusals->ring[number % REFUSALS_KEPT];
	pthread_mutex_unlock(&refusals->mutex);
	return count;
}

void
refusals_write_counts(struct refusals *refusals, struct buf *out)
{
	buf_adds(out, "# TYPE chopay_webhooks_refused_total counter\n");
	pthread_mutex_lock(&refusals->mutex);
	for (size_t row = 0; row <= FEEDS_MAX; row++) {
		for (int reason = 0; reason < REFUSED_REASONS; reason++) {
			if (refusals->counts[row][reason] > 0)
				buf_addf(out,
					"chopay_webhooks_refused_total{feed=\"%s\",reason=\"%s\"} "
					"%llu\n",
					row == NO_FEED ? "" : feed_list(row)->name,
					refused_name(reason), refusals->counts[row][reason]);
		}
	}
	pthread_mutex_unlock(&refusals->mutex);
}
