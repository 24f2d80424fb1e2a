/*
 * feed_request.h - for unit tests: one request to a feed through verify, parse and reply, as the
 * server does it, and bodies that differ from a good one in one member.
 */
#ifndef SUPPORT_FEED_REQUEST_H
#define SUPPORT_FEED_REQUEST_H

#include "chopay/feeds.h"

#define CALL_NOW_S INT64_C(1785224000) /* 2026-07-28 14:33:20, Vietnam: the fixtures' clock */
#define CALL_NOW_MS (CALL_NOW_S * 1000)

struct feed_tester { /* made by feed_tester_setup, cmocka's state */
	struct crypt *crypt;
	struct arena *arena;
};

int feed_tester_setup(void **state);
int feed_tester_teardown(void **state);

struct feed_request {
	const char *path;	   /* NULL: "/hook" */
	const char *authorization; /* NULL: none */
	const char *signature;	   /* the header of that name; NULL: none */
	const char *body;
};

struct feed_outcome {
	enum feed_reason reason;
	int status;
	struct str reply;
	struct feed_events events; /* empty when refused */
};

struct feed_outcome feed_request_run(const struct feed_tester *tester, const struct feed *feed,
	const struct feed_secret *secret, const struct feed_request *request);

/* verify alone, and parse alone (what it would say if it were authentic). */
enum feed_reason feed_request_verify(const struct feed_tester *tester, const struct feed *feed,
	const struct feed_secret *secret, const struct feed_request *request);
enum feed_reason feed_request_parse(const struct feed_tester *tester, const struct feed *feed,
	const struct feed_request *request, struct feed_events *events);

/* `body` with one member of the object (or of the object in its member `inside`, unless NULL) set
 * to the JSON `value`, or taken out when that is NULL.  Lives in the arena. */
const char *feed_request_edit(const struct feed_tester *tester, const char *body,
	const char *inside, const char *member, const char *value);

#endif
