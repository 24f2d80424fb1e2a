/* wire.h - what every call to the gateway has in common: limits, certificates, answers. */
#ifndef CHOPAY_SIMULATE_WIRE_H
#define CHOPAY_SIMULATE_WIRE_H

#include <curl/curl.h>

#include "chopay/simulate.h"

/* One call at a time; its connection stays open for the next. */
struct wire {
	CURL *easy;
	struct curl_slist *headers;
	struct buf answer;	     /* the body, at most WIRE_ANSWER_MAX */
	char fault[CURL_ERROR_SIZE]; /* why there was no answer */
};

#define WIRE_ANSWER_MAX (16 * 1024 * 1024)

MUST_CHECK struct err wire_init(struct wire *wire, const struct simulate_options *options);
void wire_fini(struct wire *wire);

/* Forget the last call: ready for the next one to `path`. */
MUST_CHECK struct err wire_aim(
	struct wire *wire, const struct simulate_options *options, const char *path);
MUST_CHECK struct err wire_add_header(struct wire *wire, const char *line);
/* POST instead of GET; `body` must live until the call is over. */
MUST_CHECK struct err wire_set_body(struct wire *wire, struct str body);

long wire_status(const struct wire *wire); /* of the answer; 0 when there was none */

#endif
