/* One connection: reads requests one after the other, and gives each answer its time. */
#include <stdlib.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "chopay/clock.h"
#include "connection.h"
#include "peers.h"
#include "tls.h"

/* Bytes that wait unread: pipelined requests behind the one being answered. */
#define INPUT_MAX (64 * 1024)
#define INPUT_MAX_TLS (128 * 1024) /* not a watermark: see conn_readable */
/* Pipelined requests answered before other connections get their turn. */
#define PIPELINE_TURN_MAX 32

#define LINGER_MS 5000
#define LINGER_BYTES_MAX (2 * 1024 * 1024)
/* An answer being sent must lose so much (or all that is left) in answer_timeout_ms. */
#define PROGRESS_BYTES (16 * 1024)

/* ---- states and their deadlines ------------------------------------------------------------ */

static int
timeout_ms(const struct http_limits *limits, enum connection_state state)
{
	switch (state) {
	case CONN_NEW:
	case CONN_HEAD:
		return limits->head_timeout_ms;
	case CONN_IDLE:
	case CONN_IDLE_WEBHOOKS:
		return limits->idle_timeout_ms;
	case CONN_BODY:
		return limits->body_timeout_ms;
	case CONN_ANSWER:
		return limits->answer_timeout_ms;
	case CONN_LINGER:
		return LINGER_MS;
	default:
		return 0;
	}
}

void
conn_set_state(struct connection *conn, enum connection_state state)
{
	struct http_server *server = conn->server;
	int timeout = timeout_ms(&server->limits, state);

	TAILQ_REMOVE(&server->connections[conn->state], conn, link);
	conn->state = state;
	conn->since_ms = clock_monotonic_ms();
	conn->deadline_ms = timeout == 0 ? INT64_MAX : conn->since_ms + timeout;
	TAILQ_INSERT_TAIL(&server->connections[state], conn, link);
}

static bool
conn_reads_requests(const struct connection *conn)
{
	return conn->bev != NULL && conn->state <= CONN_BODY;
}

/* ---- life --------------------------------------------------------------------------------- */

void
conn_hold(struct connection *conn)
{
	conn->holds++;
}

void
conn_drop(struct connection *conn)
{
	if (--conn->holds == 0 && conn->bev == NULL)
		free(conn);
}

static void
conn_page_answer(struct connection *conn, bool sending)
{
	conn->server->page_answers += (int)sending - (int)conn->page_answer;
	conn->page_answer = sending;
}

static void
conn_count(struct connection *conn, int one)
{
	if (conn->address.local)
		conn->server->local_count += one;
	else
		conn->server->connection_count += one;
}

void
conn_close(struct connection *conn)
{
	struct http_server *server = conn->server;
	struct request *req = conn->request;

	if (conn->bev == NULL)
		return;
	bufferevent_free(conn->bev); /* and the socket, on the loop's next turn */
	conn->bev = NULL;
	TAILQ_REMOVE(&server->connections[conn->state], conn, link);
	conn_count(conn, -1);
	peers_leave(server->peers, conn->peer);
	conn_page_answer(conn, false);
	if (conn->stream != NULL)
		stream_lost(conn->stream);
	conn->request = NULL;
	if (req != NULL) {
		req->conn = NULL; /* from now on request_gone() */
		if (!req->held)
			request_unref(req);
	}
	if (conn->holds == 0)
		free(conn);
	server_connection_closed(server);
}

/* ---- requests ------------------------------------------------------------------------------ */

static void
conn_dispatch(struct connection *conn)
{
	struct request *req = conn->request;
	const struct route *route = req->match.route;

	req->held = true;
	conn->server->held[route->budget]++;
	conn_set_state(conn, CONN_HELD);
	req->refs++; /* the handler may still read what it has answered */
	route->handler(req);
	request_unref(req);
}

static void
refuse_route(struct request *req, struct str allow)
{
	/* Without a body the connection is in order and may live on. */
	http_parser_take_body(&req->parser, 0);
	if (allow.len > 0)
		request_add_header(req, "Allow", allow);
	if (req->server->refused != NULL && req->server->refused(req, allow.len > 0 ? 405 : 404))
		return;
	if (allow.len == 0) {
		reply_problem(req, 404, "not-found", "Not found",
			"There is nothing at this address. The API is described at /openapi.json.");
		return;
	}
	reply_problem(req, 405, "method-not-allowed", "Method not allowed",
		"This address answers to %.*s.", STR_FMT(allow));
}

/* The head is read: who handles it, and may its body come? */
static void
conn_route(struct connection *conn)
{
	struct request *req = conn->request;
	struct http_server *server = conn->server;
	struct buf allow CLEANUP(buf_fini) = {0};
	const struct route *route;

	router_find(server->router, req->parser.method, request_path(req), conn->address.local,
		&req->match, &allow);
	route = req->match.route;
	if (route == NULL) {
		refuse_route(req, buf_str(&allow));
		return;
	}
	if (route->budget == BUDGET_PAGES && !conn->address.local &&
		!server_has_room_for_page(server)) {
		server->pages_refused++;
		req->unlogged = true;
		http_parser_take_body(&req->parser, 0);
		request_add_header(req, "Retry-After", STR("1"));
		reply_problem(req, 503, "busy", "Busy", "Too many requests at once. Try again.");
		return;
	}
	http_parser_take_body(&req->parser, route->body_max);
	if (req->parser.phase == PARSE_BODY && req->parser.expect_continue &&
		evbuffer_get_length(bufferevent_get_input(conn->bev)) == 0)
		conn_send(conn, STR("HTTP/1.1 100 Continue\r\n\r\n"), (struct str){NULL, 0});
}

/* Feed the first piece of the input to the parser. */
static void
conn_feed(struct connection *conn)
{
	struct evbuffer *input = bufferevent_get_input(conn->bev);
	struct request *req = conn->request;
	size_t before = req->body.len, taken;
	struct evbuffer_iovec piece;

	evbuffer_peek(input, -1, NULL, &piece, 1);
	taken = http_parser_feed(
		&req->parser, (struct str){piece.iov_base, piece.iov_len}, &req->body);
	evbuffer_drain(input, taken);
	conn->server->body_bytes += req->body.len - before;
	if (req->body.len > before)
		server_evict_body(conn->server);
}

/* After bytes were read: what has come of the request? */
static void
conn_step(struct connection *conn)
{
	struct request *req = conn->request;

	if (req->parser.phase == PARSE_HEAD_DONE) {
		conn_route(conn);
		if (conn->request != req)
			return; /* answered, or the client left */
	}
	if (req->parser.phase == PARSE_REFUSED)
		reply_refused(req);
	else if (req->parser.phase == PARSE_DONE)
		conn_dispatch(conn);
}

/* A partial request waits for more: its clock runs from its first byte, so it is set once. */
static void
conn_wait(struct connection *conn)
{
	enum connection_state state;

	if (conn->eof && conn->request == NULL) {
		conn_close(conn);
		return;
	}
	if (conn->request == NULL)
		return;
	if (conn->eof) {
		conn_close(conn); /* the rest will never come */
		return;
	}
	state = conn->request->parser.phase == PARSE_BODY ? CONN_BODY : CONN_HEAD;
	if (state != conn->state)
		conn_set_state(conn, state);
}

/* Read requests from what has arrived. */
static void
conn_advance(struct connection *conn)
{
	int turn = 0;

	if (conn->advancing)
		return;
	conn->advancing = true;
	conn_hold(conn);
	while (conn_reads_requests(conn) &&
		evbuffer_get_length(bufferevent_get_input(conn->bev)) > 0) {
		if (conn->request == NULL) {
			if (++turn > PIPELINE_TURN_MAX) {
				bufferevent_trigger(conn->bev, EV_READ,
					BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
				break;
			}
			conn->request = request_new(conn);
		}
		conn_feed(conn);
		if (conn->bev != NULL)
			conn_step(conn);
	}
	if (conn_reads_requests(conn) && turn <= PIPELINE_TURN_MAX)
		conn_wait(conn);
	conn->advancing = false;
	conn_drop(conn);
}

/* ---- the end of an answer ------------------------------------------------------------------ */

static void
conn_throw_away(struct connection *conn)
{
	struct evbuffer *input = bufferevent_get_input(conn->bev);
	size_t n = evbuffer_get_length(input);

	evbuffer_drain(input, n);
	conn->thrown_away += n;
	if (conn->state == CONN_LINGER && conn->thrown_away > LINGER_BYTES_MAX)
		conn_close(conn);
}

/* Closing a socket with unread bytes resets it, and the client may never see why it was refused:
 * say that no more comes from here, and throw away what still arrives. */
static void
conn_linger(struct connection *conn)
{
	if (conn->secure)
		tls_say_goodbye(conn->bev);
	shutdown(conn->fd, SHUT_WR);
	conn_set_state(conn, CONN_LINGER);
	conn_throw_away(conn);
}

/* All of the answer is with the kernel. */
static void
conn_sent(struct connection *conn)
{
	conn_page_answer(conn, false);
	if (conn->keep) {
		conn_set_state(conn, conn->was_webhook ? CONN_IDLE_WEBHOOKS : CONN_IDLE);
		conn_advance(conn);
	} else if (conn->linger && !conn->eof) {
		conn_linger(conn);
	} else {
		if (conn->secure)
			tls_say_goodbye(conn->bev);
		conn_close(conn);
	}
}

void
conn_answered(struct connection *conn, bool keep, bool linger)
{
	if (conn->bev == NULL)
		return;
	conn->keep = keep;
	conn->linger = linger;
	conn->unsent = conn_unsent(conn);
	if (conn->unsent == 0) {
		conn_sent(conn);
	} else {
		conn_page_answer(conn, !conn->was_webhook);
		conn_set_state(conn, CONN_ANSWER);
	}
}

static void
answer_expired(struct connection *conn)
{
	size_t left = conn_unsent(conn);

	if (conn->unsent - left < PROGRESS_BYTES) {
		conn_close(conn);
		return;
	}
	conn->unsent = left;
	conn_set_state(conn, CONN_ANSWER);
}

void
conn_expired(struct connection *conn)
{
	switch (conn->state) {
	case CONN_HEAD:
	case CONN_BODY:
		if (conn->request->parser.method_text.at + conn->request->parser.head.len <= 2) {
			conn_close(conn); /* a stray empty line behind the last request */
			break;
		}
		reply_problem(conn->request, 408, "too-slow", "Request timeout",
			"The request did not arrive in time.");
		break;
	case CONN_ANSWER:
		answer_expired(conn);
		break;
	default:
		conn_close(conn);
	}
}

/* ---- libevent ------------------------------------------------------------------------------ */

static void
conn_readable(struct bufferevent *bev, void *arg)
{
	struct connection *conn = arg;

	if (conn->state == CONN_LINGER || conn->state == CONN_STREAM)
		conn_throw_away(conn);
	else if (conn_reads_requests(conn))
		conn_advance(conn);
	/* A watermark could leave decrypted bytes inside OpenSSL, and no event would fetch them. */
	else if (conn->secure && evbuffer_get_length(bufferevent_get_input(bev)) > INPUT_MAX_TLS)
		conn_close(conn);
}

static void
conn_writable(struct bufferevent *bev, void *arg)
{
	struct connection *conn = arg;

	(void)bev;
	if (conn->state == CONN_ANSWER && conn_unsent(conn) == 0)
		conn_sent(conn);
}

static void
conn_event(struct bufferevent *bev, short what, void *arg)
{
	struct connection *conn = arg;

	(void)bev;
	if (what & BEV_EVENT_CONNECTED)
		return; /* the handshake is done; the deadline for the first byte stands */
	/* The client of a plain connection may have closed its half only, and still await what it
	 * has asked for.  libevent writes no more after the end of a TLS stream. */
	if ((what & BEV_EVENT_EOF) && !conn->secure && conn->state != CONN_STREAM &&
		conn->state != CONN_LINGER) {
		conn->eof = true;
		if (conn_reads_requests(conn))
			conn_advance(conn);
		return;
	}
	conn_close(conn);
}

void
conn_open(struct http_server *server, int fd, const struct address *address, struct peer *peer,
	struct tls *tls)
{
	struct connection *conn = mem_alloc_zero(1, sizeof(*conn));

	conn->server = server;
	conn->fd = fd;
	conn->address = *address;
	conn->peer = peer;
	conn->secure = tls != NULL;
	conn->bev = conn->secure ? tls_accept(tls, server->base, fd)
				 : bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (conn->bev == NULL)
		abort(); /* no memory: as everywhere */
	conn->state = CONN_NEW;
	TAILQ_INSERT_TAIL(&server->connections[CONN_NEW], conn, link);
	conn_set_state(conn, CONN_NEW);
	conn_count(conn, 1);
	if (!conn->secure)
		bufferevent_setwatermark(conn->bev, EV_READ, 0, INPUT_MAX);
	bufferevent_setcb(conn->bev, conn_readable, conn_writable, conn_event, conn);
	bufferevent_enable(conn->bev, EV_READ | EV_WRITE);
}
