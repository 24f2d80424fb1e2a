/*
 * http.h - HTTP/1.1 and TLS, knowing no payment: requests in, answers and event streams out.
 *
 * One http_server belongs to one event loop and one thread; nothing here is shared between loops
 * but the immutable `struct tls`.  Source: RFC 9112, RFC 9110, SAFETY section 1.
 */
#ifndef CHOPAY_HTTP_H
#define CHOPAY_HTTP_H

#include "chopay/arena.h"
#include "chopay/json.h"

struct event_base;
struct http_server;
struct request;
struct tls;

/* ---- routes ------------------------------------------------------------------------------- */

/* Which budget of connections and requests in flight a route draws on: a flood of pages cannot
 * starve the banks' webhooks. */
enum route_budget { BUDGET_PAGES, BUDGET_WEBHOOKS };

struct route {
	const char *method; /* "GET" also answers HEAD */
	const char *path;   /* "/v1/stalls/{stall}/charges": {name} is one whole segment;
			       "/q/{reference}.png": a {name} may be followed by a fixed tail */
	size_t body_max;    /* bytes; 0: a body is refused with 413 */
	/* Must end in exactly one reply_* or stream_open for `req`, now or later on this loop. */
	void (*handler)(struct request *req);
	enum route_budget budget;
	bool local; /* only over the control socket, elsewhere 404 */
};

/* ---- a request, from handler to reply ------------------------------------------------------ */

void *request_context(struct request *req);	  /* what http_server_new was given */
struct arena *request_arena(struct request *req); /* freed with the request */
const struct route *request_route(struct request *req);
struct str request_method(struct request *req);
struct str request_path(struct request *req);			 /* as sent, without the query */
struct str request_param(struct request *req, const char *name); /* percent-decoded segment */
bool request_query(struct request *req, const char *name, struct str *value); /* first; decoded */
struct str request_query_string(struct request *req);			      /* raw, without '?' */
struct str request_header(struct request *req, const char *name); /* {NULL,0} when absent */
bool request_cookie(struct request *req, const char *name, struct str *value);
struct str request_body(struct request *req);
struct str request_peer(struct request *req); /* "192.0.2.7", "local" for the control socket */
bool request_secure(struct request *req);     /* came over TLS */
/* The SHA-256 of the client's verified TLS certificate; false when it showed none.  In the handler.
 */
#define TLS_DIGEST_SIZE 32
bool request_client_digest(struct request *req, unsigned char digest[TLS_DIGEST_SIZE]);
bool request_local(struct request *req);    /* came over the control socket */
bool request_gone(struct request *req);	    /* the client has left; a reply goes nowhere */
struct str request_id(struct request *req); /* for logs and problem documents */

/* The url-encoded form in the body (application/x-www-form-urlencoded, else false), first value of
 * `name`. */
bool request_form(struct request *req, const char *name, struct str *value);

/* application/x-www-form-urlencoded text -> value of `name`, decoded into the arena. */
bool form_value(struct arena *arena, struct str form, const char *name, struct str *value);

/* A field of a form with files (multipart/form-data, RFC 7578); of several the first. */
struct form_part {
	struct str bytes;
	struct str file; /* as the browser calls it; empty: not a file */
};
/* Pure.  False: no such field, or `body` is not such a form.  What it gives borrows from `body`. */
bool form_part(struct str content_type, struct str body, const char *name, struct form_part *part);
bool request_part(struct request *req, const char *name, struct form_part *part);

/* An extra header of the answer; before the reply.  Copied.  A value with control characters is
 * refused and logged. */
void request_add_header(struct request *req, const char *name, struct str value);

/* Every reply ends the request: `req` may not be used after it, but for the handler itself, for
 * which it stays readable until the handler returns.  `body` is copied or sent before the return.
 */
void reply_bytes(struct request *req, int status, const char *content_type, struct str body);
void reply_empty(struct request *req, int status);
void reply_json(struct request *req, int status, json_t *value); /* takes the reference */
void reply_redirect(struct request *req, struct str location);	 /* 303 */

/* application/problem+json (RFC 9457): type "/problems/<slug>", title, status, detail, instance,
 * request id.  `detail` says what, where and what to do; no secrets, no payer. */
void reply_problem(struct request *req, int status, const char *slug, const char *title,
	const char *detail_fmt, ...) PRINTF_LIKE(5, 6);
/* The one table from error codes to status, log level and slug. */
void reply_err(struct request *req, struct err err);
/* Before an answer in one's own words: the log says why, and a caller who may try again is told. */
void request_failed(struct request *req, struct err err);

/* A form of a page may be handled by what answers programs.  While a request has a face,
 * reply_json, reply_empty, reply_problem and reply_err give it what they would have sent, and it
 * replies in their place; headers that were added are dropped.  In the request's arena. */
struct answer_face {
	/* `json` NULL: an empty answer. */
	void (*done)(struct request *req, int status, const json_t *json, void *arg);
	void (*refused)(
		struct request *req, int status, struct str title, struct str detail, void *arg);
	void *arg;
};
void request_set_face(struct request *req, const struct answer_face *face);
const struct answer_face *request_face(struct request *req); /* NULL: none */

/* The next field of url-encoded text, decoded into the arena; false at the end. */
bool form_next(struct arena *arena, struct str *form, struct str *name, struct str *value);

/* ---- server-sent events -------------------------------------------------------------------- */

struct stream;

/* Answer with text/event-stream; ends the request as a reply does.  `closed` runs once on this
 * loop, never inside another call of this header but http_server_free, when the peer leaves, is
 * too slow (buffer over STREAM_BUFFER_MAX) or the server stops; the stream is invalid after it.
 * A heartbeat comment goes out every 15 s.  NULL when the client has left already, asked with
 * HEAD, or there are too many streams (503 is sent): `closed` is not called. */
struct stream *stream_open(
	struct request *req, void (*closed)(struct stream *stream, void *arg), void *arg);
/* `data` without line ends; `id` may be empty. */
void stream_send(struct stream *stream, struct str id, const char *event, struct str data);
void stream_close(struct stream *stream); /* `closed` is not called */
#define STREAM_BUFFER_MAX (256 * 1024)

/* ---- server -------------------------------------------------------------------------------- */

/* A number left 0 is HTTP_LIMITS_DEFAULT's. */
struct http_limits {
	int connections_max; /* of this server (this loop) */
	int connections_per_address_max;
	int webhook_connections_reserved; /* kept free for BUDGET_WEBHOOKS routes: see server.c */
	int page_requests_max; /* BUDGET_PAGES requests held by handlers or being sent at once */
	int head_timeout_ms, body_timeout_ms, answer_timeout_ms, idle_timeout_ms;
	int heartbeat_ms;  /* of event streams */
	bool log_requests; /* a line per request; answers of 500 and above are always logged */
};
extern const struct http_limits HTTP_LIMITS_DEFAULT; /* SAFETY section 1; 10, 20, 30, 60 s */

/* Ignores SIGPIPE for the whole program: a client that leaves must not end it. */
struct http_server *http_server_new(struct event_base *base, const struct route *routes,
	size_t route_count, const struct http_limits *limits, void *context);
/* Told when a request whose head was read is refused before its handler (request_route() is NULL
 * where the head is the fault: 400, 417, 501), or none has its path or method (404, 405: the same):
 * it may reply in its own words and return true; otherwise the usual problem document is sent. */
void http_server_on_refused(
	struct http_server *server, bool (*refused)(struct request *req, int status));
/* Stop listening, let answers in progress finish (up to `grace_ms`), then close all; `stopped`
 * runs on the loop. */
void http_server_stop(
	struct http_server *server, int grace_ms, void (*stopped)(void *arg), void *arg);
/* Closes all at once; libevent closes the sockets on the loop's next turn, so give it one
 * (EVLOOP_NONBLOCK) before the base is freed.  Requests that handlers still hold stay valid until
 * they are answered (to nobody); the event base may be gone by then. */
void http_server_free(struct http_server *server);

/* "127.0.0.1:8080", "[::1]:0", "0.0.0.0:443".  Without `tls` only loopback is accepted
 * (ERR_DENIED).  SO_REUSEPORT when `shared`, so that each loop has its own listener.
 * `bound` receives the address with the port chosen ("127.0.0.1:43121").
 * ERR_CONFLICT: in use.  ERR_INVALID: not an address. */
MUST_CHECK struct err http_server_listen(struct http_server *server, struct str address,
	struct tls *tls, bool shared, struct buf *bound);
/* The same checks without opening anything: for a configuration. */
MUST_CHECK struct err http_address_check(struct str address, bool tls);
/* Does nobody listen at `address`?  For the first loop, before it shares: with SO_REUSEPORT the
 * kernel would let a second gateway take half of our connections.  ERR_CONFLICT: in use. */
MUST_CHECK struct err http_address_free(struct str address);
/* The control socket: a Unix socket of mode 0600 at `path`; its requests are request_local.  At
 * start, before other threads make files (umask).  ERR_CONFLICT: somebody listens there. */
MUST_CHECK struct err http_server_listen_local(struct http_server *server, const char *path);
/* New connections use `tls` from now on (reload). */
void http_server_set_tls(struct http_server *server, struct tls *tls);

/* Certificate chain and key in PEM files; TLS 1.2 and 1.3, no renegotiation.  `client_ca_file`
 * may be NULL; otherwise client certificates are asked for and verified, optional. */
MUST_CHECK struct err tls_load(const char *cert_file, const char *key_file,
	const char *client_ca_file, struct tls **tls, struct buf *why);
struct tls *tls_ref(struct tls *tls); /* any thread */
void tls_unref(struct tls *tls);

#endif
