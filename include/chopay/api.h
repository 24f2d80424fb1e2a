/*
 * api.h - what we serve: the routes, for one event loop.
 *
 * Each loop has its own `struct api`; all share the books.  Threads: its loop's.
 */
#ifndef CHOPAY_API_H
#define CHOPAY_API_H

#include "chopay/banks.h"
#include "chopay/books.h"
#include "chopay/http.h"

struct api;

/* What all loops add to: counts, shown at /metrics on the control socket, and the last refusals. */
struct api_counts;
struct api_counts *api_counts_new(void);
void api_counts_free(struct api_counts *counts);

/* What the machine says of itself, for the console and for alarms. */
struct gateway_facts {
	int64_t disk_free, disk_total; /* bytes, where the books' folder is; total 0: not known */
	int disk_alarm_percent;	       /* with less free than this, it is nearly full */
	struct gateway_certificate {
		const char *what,
			*file; /* "server", "client_ca", "outgoing_ca"; static, the app's */
		int64_t until_ms;
	} certificates[3];
	int certificate_count;
};
#define CERTIFICATE_ALARM_MS (21 * MS_PER_DAY) /* before its end */

struct api_config {
	struct books *books;
	const struct banks *banks;
	const struct crypt *crypt;
	struct str prefix; /* of references */
	bool images_off;   /* no pictures for quick links */
	const char *store; /* postgresql:// URI; NULL: SQLite */
	struct str dev_ca; /* the certificate at /dev-ca.crt; empty: there is none */
	struct api_counts *counts;
	struct mailbox *mailbox; /* of this loop */
	/* Run after a change that the notifier acts on (pulls, receivers); `run` NULL: none runs.
	 */
	struct task wake_notifier;
	/* May the gateway call this address?  NULL, or what is wrong with it; `app` wires it. */
	const char *(*outgoing_url_fault)(void *arg, struct str url);
	void *outgoing_arg;
	/* On a reader's thread; `app` wires it.  NULL: nothing is known. */
	void (*facts)(void *arg, struct gateway_facts *facts);
	void *facts_arg;
};

struct api *api_new(const struct api_config *config);
void api_free(struct api *api); /* after the loop's server is gone and its mailbox has run dry */

/* Before any loop runs: each learns of all, so that a change of settings reaches every one. */
void api_meet(struct api *const *apis, int count);

extern const struct route api_routes[];
extern const size_t api_route_count;
/* For http_server_on_refused: a delivery is refused in its feed's words, counted and listed; a
 * person who mistyped an address reads a page. */
bool api_refused(struct request *req, int status);

/* Does any live page of this loop want news?  Any thread. */
bool api_listens(const struct api *api);
/* On the api's loop. */
void api_news(struct api *api, const struct news *news); /* something was committed */
void api_beat(struct api *api); /* every API_BEAT_MS: live pages know that they are connected */
#define API_BEAT_MS 10000

/* Reads the endpoints' secrets; before the first request. */
MUST_CHECK struct err api_load_endpoints(struct api *api);
/* They were changed by another node.  On the api's loop. */
void api_endpoints_changed(struct api *api);

#endif
