/*
 * fixture.h - a recorded message with the answer it must get: run it, compare it.
 *
 * The form is FEEDS.md section 0.  `chopay webhook check` and the unit tests run fixtures through
 * the same verify and parse as the server, with the fixture's clock, secret and seen keys.
 * Pure, like feeds.h.  Threads: any.
 */
#ifndef CHOPAY_FIXTURE_H
#define CHOPAY_FIXTURE_H

#include "chopay/feeds.h"
#include "chopay/json.h"

/*
 * What the gateway makes of it: {name, accepted, status, reply, events, reason, duplicate}, with
 * the members of the fixture's own `expect`; a notice of our own (provider
 * outgoing_standard_webhooks) has also the send_headers that our sender makes.  `*result` is the
 * caller's.
 * ERR_NOT_FOUND: no feed has this provider; ERR_INVALID: the fixture is malformed.
 */
MUST_CHECK struct err fixture_run(
	const struct crypt *crypt, const json_t *fixture, json_t **result);

/* The first member in which the result is not what the fixture expects; NULL when all is well.
 * An absent `reason` expects null, an absent `duplicate` false; extra reply members are allowed. */
const char *fixture_difference(const json_t *fixture, const json_t *result);

#endif
