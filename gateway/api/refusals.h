/*
 * refusals.h - the last deliveries that were refused, and how many there ever were.
 *
 * In memory, shared by all loops: a restart forgets the list.  It holds no secret, no body, and no
 * more of the caller's words than an endpoint's id.  Threads: any (a mutex, held for a copy).
 */
#ifndef CHOPAY_API_REFUSALS_H
#define CHOPAY_API_REFUSALS_H

#include "chopay/feeds.h"

#define REFUSALS_KEPT 1000
#define REFUSAL_ENDPOINT_SIZE 33
#define REFUSAL_PEER_SIZE 46
#define REFUSAL_REQUEST_SIZE 17

/* A feed's reason (enum feed_reason), or one from before a feed is asked. */
enum refused {
	REFUSED_BY_FEED_MAX = 15,
	REFUSED_UNKNOWN_ENDPOINT,
	REFUSED_ADDRESS,
	REFUSED_CLIENT_CERTIFICATE,
	REFUSED_TOO_OFTEN,
	REFUSED_TOO_LARGE,
	REFUSED_MALFORMED,
	REFUSED_REASONS,
};
const char *refused_name(int reason); /* "bad_auth", "address", ... */
const char *refused_text(int reason); /* a short sentence for the operator */

struct refusal {
	int64_t number; /* from 1, rising; set by refusals_add */
	int64_t at_ms;
	int reason;
	const char *what;	 /* static text; NULL: refused_text */
	const struct feed *feed; /* NULL: a feed that does not exist */
	char endpoint[REFUSAL_ENDPOINT_SIZE];
	char peer[REFUSAL_PEER_SIZE];
	char request[REFUSAL_REQUEST_SIZE];
};

/* Cut to the size; what is not printable ASCII becomes '?'. */
void refusal_set_text(char *to, size_t size, struct str from);

struct refusals;
struct refusals *refusals_new(void);
void refusals_free(struct refusals *refusals);

void refusals_add(struct refusals *refusals, const struct refusal *refusal);
/* Newest first, those with a number below `before` (0: from the newest); how many. */
size_t refusals_before(
	struct refusals *refusals, int64_t before, size_t max, struct refusal *found);
/* chopay_webhooks_refused_total by feed and reason, in the text format of Prometheus. */
void refusals_write_counts(struct refusals *refusals, struct buf *out);

#endif
