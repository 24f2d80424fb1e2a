/*
 * deliver.h - one notice to one receiver: the request that carries it, and what the answer means.
 *
 * Pure: no socket, no clock.  Source: Standard Webhooks 1.0.0, FEEDS section 6.
 */
#ifndef CHOPAY_NOTIFY_DELIVER_H
#define CHOPAY_NOTIFY_DELIVER_H

#include "chopay/crypt.h"
#include "client.h"

#include "chopay/arena.h"

#define DELIVER_TIMEOUT_MS 5000
#define DELIVER_ANSWER_MAX (64 * 1024)
#define DELIVER_SECRETS_MAX 2

struct sending {
	struct str id;	 /* webhook-id: the same at each try */
	int64_t unix_s;	 /* of this try */
	struct str body; /* the same bytes at each try */
	struct str url;
	struct str secrets[DELIVER_SECRETS_MAX]; /* whsec_...; the second one in a roll, or empty */
};

/* `request` is complete but for `done` and `arg`; its headers live in the arena.
 * ERR_INVALID: a secret or an id that cannot be signed with. */
MUST_CHECK struct err deliver_request(const struct crypt *crypt, struct arena *arena,
	const struct sending *sending, struct client_request *request);

enum verdict {
	TAKEN,	    /* 2xx */
	NOT_TAKEN,  /* again, later */
	NOT_WANTED, /* 410: the receiver is to be disabled */
};

struct judgement {
	enum verdict verdict;
	bool slow;		/* it asked for less: 429, 502, 504 */
	int64_t retry_after_ms; /* 0: it did not say */
	const char *error;	/* for the log; "" when taken; the fault's text is borrowed */
};

/* `status` 0: no answer came, `fault` says why.  `retry_after`: that header, or empty. */
struct judgement deliver_judge(
	int status, const char *fault, struct str retry_after, int64_t now_ms);

#endif
