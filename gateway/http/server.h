/*
 * server.h - inside gateway/http: the server, its connections and requests, and who frees them.
 *
 * All of it belongs to one event loop.  A connection and the request it reads or awaits point at
 * each other; when the client leaves, the request's pointer becomes NULL and the handler that
 * holds the request never notices more than request_gone().
 */
#ifndef CHOPAY_HTTP_SERVER_H
#define CHOPAY_HTTP_SERVER_H

#include <sys/queue.h>
#include <sys/socket.h>

#include "chopay/http.h"
#include "chopay/log.h"
#include "grammar.h"
#include "router.h"

struct bufferevent;
struct event;
struct connection;
struct peer;

#define ADDRESS_TEXT_SIZE 46 /* INET6_ADDRSTRLEN */

/* Who is at the other end: IPv4 as v4-mapped IPv6. */
struct address {
	unsigned char bytes[16];
	bool local; /* the control socket: no address at all */
};

/* What a connection is doing.  Each state but HELD and STREAM has one deadline, the same for all
 * in that state, so a list in the order of entry is a list in the order of expiry: one clock
 * reading and a few pointers per change, no timer per connection. */
enum connection_state {
	CONN_NEW,	    /* no byte yet (TLS: perhaps shaking hands): head_timeout_ms */
	CONN_IDLE,	    /* between requests, was a page's: idle_timeout_ms */
	CONN_IDLE_WEBHOOKS, /* between requests, was a webhook's: idle_timeout_ms */
	CONN_HEAD,	    /* head_timeout_ms */
	CONN_BODY,	    /* body_timeout_ms */
	CONN_ANSWER,	    /* the client takes its answer: answer_timeout_ms for each piece */
	CONN_LINGER,	    /* refused and told so; what it still sends is thrown away */
	CONN_HELD,	    /* a handler has the request */
	CONN_STREAM,	    /* server-sent events */
	CONN_STATES,
};

TAILQ_HEAD(connection_list, connection);
TAILQ_HEAD(stream_list, stream);

struct connection {
	TAILQ_ENTRY(connection) link; /* in server->connections[state] */
	struct http_server *server;
	struct bufferevent *bev; /* NULL once closed */
	int fd;
	int holds; /* calls on the stack that still use this; freed at 0 once closed */
	enum connection_state state;
	int64_t since_ms, deadline_ms;
	struct request *request; /* being read, or held by a handler */
	struct stream *stream;
	struct peer *peer;
	struct address address;
	size_t unsent;	    /* when the answer's deadline was last set */
	size_t thrown_away; /* while lingering */
	bool secure;	    /* TLS */
	bool eof;	    /* the client sends no more */
	bool advancing;	    /* conn_advance is on the stack */
	bool page_answer;   /* counted in server->page_answers */
	bool was_webhook;   /* a webhook that was welcome: among the last to be evicted */
	bool keep, linger;  /* what to do when the answer is sent */
};

struct request {
	struct http_server *server; /* a reference */
	struct connection *conn;    /* NULL: the client has left */
	struct http_parser parser;
	struct buf body;
	struct arena *arena;		/* made when first asked for */
	struct buf headers;		/* extra lines of the answer */
	const struct answer_face *face; /* NULL: it is answered as programs are */
	struct route_match match;
	struct address address;
	char address_text[ADDRESS_TEXT_SIZE];
	char id[17];
	uint64_t number;
	int64_t started_ms;
	int refs;		  /* 1 until answered, and 1 while its handler is on the stack */
	enum log_level log_level; /* LOG_INFO and above: logged whatever the status */
	const char *why;	  /* of a refusal, for the log */
	bool secure, held, answered;
	bool unlogged; /* counted instead */
	struct request *next_spare;
};

struct stream {
	TAILQ_ENTRY(stream) link; /* in server->streams (by the time it last spoke) or ->doomed */
	struct http_server *server;
	struct connection *conn; /* NULL: lost, `closed` is due */
	void (*closed)(struct stream *stream, void *arg);
	void *arg;
	int64_t sent_ms;
	bool chunked;
};

struct listener {
	TAILQ_ENTRY(listener) link;
	struct http_server *server;
	struct event *event;
	struct tls *tls; /* a reference, or NULL */
	char *path;	 /* of a Unix socket, or NULL */
	int fd;
};

struct http_server {
	struct event_base *base; /* NULL once the server is freed and only held requests remain */
	struct router *router;
	struct http_limits limits;
	void *context;
	bool (*refused)(struct request *req, int status); /* or NULL */
	int refs;					  /* 1, and 1 for each request */

	TAILQ_HEAD(, listener) listeners;
	struct connection_list connections[CONN_STATES];
	int connection_count; /* without the control socket's */
	int local_count;
	struct peers *peers;
	int held[2];	  /* by budget: requests with a handler */
	int page_answers; /* page connections whose client has not yet taken the answer */
	int stream_count;
	size_t body_bytes; /* of all requests being read */

	struct stream_list streams, doomed;
	struct event *tick; /* deadlines, heartbeats, paused listeners */
	struct event *soon; /* as soon as the stack is empty: doomed streams, the end of a stop */
	bool ticking, paused, stopping, stop_told;
	int64_t stop_deadline_ms;
	void (*stopped)(void *arg);
	void *stopped_arg;

	struct buf scratch; /* the head of the answer being sent */
	struct request *spare;
	int spare_count;
	uint64_t request_number, id_seed;
	int fd_limit; /* a socket of this number is one too many */
	int64_t pause_told_ms, refusals_told_ms;
	struct log_limit failures;
	int pages_refused, connections_refused; /* since then: a flood must not flood the log */
	int64_t date_s;
	char date[64]; /* "Date: ...\r\n" of that second */
};

/* ---- server.c: limits and time ------------------------------------------------------------- */

void server_unref(struct http_server *server);
bool server_crowded(const struct http_server *server); /* only the webhooks' reserve is left */
bool server_has_room_for_page(const struct http_server *server);
bool server_has_room_for_stream(const struct http_server *server);
bool server_is_full(struct http_server *server);    /* and all are at work */
void server_make_room(struct http_server *server);  /* one more is coming: see server.c */
void server_evict_body(struct http_server *server); /* until body_bytes is within bounds */
void server_soon(struct http_server *server);	    /* run what waits for an empty stack */
void server_tick_on(struct http_server *server);
void server_connection_closed(struct http_server *server); /* a listener may resume */

/* ---- listener.c ---------------------------------------------------------------------------- */

/* Accept from `fd`, which is the server's from now on.  `path`: of a Unix socket, or NULL. */
void listener_add(struct http_server *server, int fd, struct tls *tls, const char *path);
void listeners_try_resume(struct http_server *server);
void listeners_close(struct http_server *server);

/* ---- request.c, reply.c, sse.c ------------------------------------------------------------- */

struct request *request_new(struct connection *conn);
void request_unref(struct request *req);
void request_log(struct request *req, int status, size_t bytes);
#define LENGTH_NONE (-1)
#define LENGTH_CHUNKED (-2)
/* The head of an answer, in the server's scratch; valid until the next. */
struct str reply_head(
	struct request *req, int status, const char *content_type, ptrdiff_t length, bool keep);
void reply_refused(struct request *req); /* what the grammar says of it */
/* The request is answered: apart it and its connection, which is returned (NULL: has left). */
struct connection *request_finish(struct request *req);
void stream_lost(struct stream *stream); /* its connection closes */
void streams_beat(struct http_server *server, int64_t now_ms);
void streams_bury(struct http_server *server); /* run `closed` of the doomed */

#endif
