/*
 * client.h - HTTP calls to others, many at a time, on the notifier's thread.
 *
 * https only, certificates checked, no redirect followed, no proxy of the environment used, every
 * answer bounded in time and size.  The address is checked where the socket is opened, so what was
 * checked is what is connected to, whatever a name resolves to a moment later.
 */
#ifndef CHOPAY_NOTIFY_CLIENT_H
#define CHOPAY_NOTIFY_CLIENT_H

#include "chopay/str.h"

#include <sys/socket.h>

#define CLIENT_HEADERS_MAX 16
#define CLIENT_CALLS_MAX 256 /* under way at once; more are ERR_BUSY */

struct client;
struct client_call;

struct client_config {
	bool allow_loopback; /* http://, and addresses on loopback: development only */
	/* May we connect there?  NULL: see allow_loopback for loopback, all others yes. */
	bool (*address_allowed)(const struct sockaddr *address, bool allow_loopback);
	const char *ca_file; /* whom we trust, in PEM, borrowed; NULL: the system's list */
};

struct client_answer {
	/* NULL: an answer came.  Otherwise why none did: a few words, no secret, readable until
	 * `done` returns.  "address refused", "timed out", ... */
	const char *fault;
	int status;	    /* 0 when none came */
	struct str body;    /* whole, or empty */
	bool body_too_long; /* more than body_max came: the status is true, the body is empty */
	int64_t took_ms;
	struct client_call *call;
};
/* A header of the answer, case-insensitive; {NULL, 0} when absent. */
struct str client_header(const struct client_answer *answer, const char *name);

struct client_request {
	const char *method; /* "GET", "POST" */
	struct str url;
	struct str headers[CLIENT_HEADERS_MAX]; /* "Name: value" */
	size_t header_count;
	struct str body;
	int timeout_ms; /* from the start to the last byte of the answer */
	size_t body_max;
	/* Exactly once, later, from client_run or client_free; the answer is gone afterwards. */
	void (*done)(void *arg, const struct client_answer *answer);
	void *arg;
};

MUST_CHECK struct err client_new(const struct client_config *config, struct client **client);
/* Calls under way end with the fault "stopped". */
void client_free(struct client *client);

/* All texts are copied.  ERR_BUSY: too many under way.  ERR_INVALID: a header with a control
 * character, or a URL that client_url_fault refuses. */
MUST_CHECK struct err client_send(struct client *client, const struct client_request *request);
/* Waits at most `timeout_ms` for sockets or `wake_fd`, then moves every call on. */
void client_run(struct client *client, int wake_fd, int timeout_ms);

/* NULL, or what is wrong with it: a scheme that is not allowed, a user name in it, no host, ... */
const char *client_url_fault(struct str url, bool allow_loopback);

#endif
