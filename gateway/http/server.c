/* The server: its limits, whom it lets go when it is crowded, and what happens with time. */
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>

#include <event2/event.h>

#include "chopay/clock.h"
#include "chopay/log.h"
#include "connection.h"
#include "peers.h"

#define TICK_MS 100	     /* how late a deadline may be noticed */
#define REFUSALS_LOG_MS 1000 /* between two lines that count them */
#define GRACE_MS 500	     /* in a crowd: time to shake hands and send a request */

/* Bodies being read by one server, all together. */
#define BODY_BYTES_MAX (256 * 1024 * 1024)

const struct http_limits HTTP_LIMITS_DEFAULT = {
	.connections_max = 8192,
	.connections_per_address_max = 1024, /* one mobile operator's address may be a market */
	.webhook_connections_reserved = 512,
	.page_requests_max = 1024,
	.head_timeout_ms = 10 * 1000,
	.body_timeout_ms = 20 * 1000,
	.answer_timeout_ms = 30 * 1000,
	.idle_timeout_ms = 60 * 1000,
	.heartbeat_ms = 15 * 1000,
};

static void
take_default(int *limit, int value)
{
	if (*limit <= 0)
		*limit = value;
}

static struct http_limits
limits_complete(const struct http_limits *wanted)
{
	const struct http_limits *standard = &HTTP_LIMITS_DEFAULT;
	struct http_limits limits = *wanted;

	take_default(&limits.connections_max, standard->connections_max);
	take_default(&limits.connections_per_address_max, standard->connections_per_address_max);
	take_default(&limits.webhook_connections_reserved, standard->webhook_connections_reserved);
	take_default(&limits.page_requests_max, standard->page_requests_max);
	take_default(&limits.head_timeout_ms, standard->head_timeout_ms);
	take_default(&limits.body_timeout_ms, standard->body_timeout_ms);
	take_default(&limits.answer_timeout_ms, standard->answer_timeout_ms);
	take_default(&limits.idle_timeout_ms, standard->idle_timeout_ms);
	take_default(&limits.heartbeat_ms, standard->heartbeat_ms);
	if (limits.webhook_connections_reserved > limits.connections_max / 2)
		limits.webhook_connections_reserved = limits.connections_max / 2;
	return limits;
}

/*
 * How a flood of pages is kept from starving webhooks.  What a connection is for is known only
 * when its first head has been read, so the last `webhook_connections_reserved` connections are
 * handed out to anyone, but
 *   - when only they are left, each new connection costs another its place: an idle page
 *     connection, one that is being refused, or the one whose head is longest in coming;
 *   - at the very limit also the longest in sending its body, a page's answer that is taken
 *     slowly, and last an idle connection of a welcome webhook;
 *   - while only the reserve is left, a page is answered 503 and its connection closed; webhooks
 *     are served and keep theirs;
 *   - requests of pages in flight and event streams have limits of their own, below the reserve's
 *     edge, so they can never fill it.
 * A webhook that is refused (forged, unknown) counts as a page afterwards.
 */
bool
server_crowded(const struct http_server *server)
{
	return server->connection_count >
	       server->limits.connections_max - server->limits.webhook_connections_reserved;
}

bool
server_has_room_for_page(const struct http_server *server)
{
	return !server_crowded(server) &&
	       server->held[BUDGET_PAGES] + server->page_answers < server->limits.page_requests_max;
}

bool
server_has_room_for_stream(const struct http_server *server)
{
	return server->stream_count <
	       server->limits.connections_max - server->limits.webhook_connections_reserved;
}

static struct connection *
first_page_answer(struct http_server *server)
{
	struct connection *conn;

	TAILQ_FOREACH(conn, &server->connections[CONN_ANSWER], link)
	{
		if (conn->page_answer)
			break;
	}
	return conn;
}

/* Of those whose request has not yet come, the one that has kept us waiting longest; nobody who
 * has just come: then the next one waits in the kernel. */
static struct connection *
slowest(struct http_server *server, bool hard)
{
	int64_t since_max = clock_monotonic_ms() - GRACE_MS;
	struct connection *slow = NULL, *conn;

	for (int state = 0; state < CONN_STATES; state++) {
		if (state != CONN_NEW && state != CONN_HEAD && !(hard && state == CONN_BODY))
			continue;
		conn = TAILQ_FIRST(&server->connections[state]);
		if (conn != NULL && conn->since_ms <= since_max) {
			slow = conn;
			since_max = conn->since_ms;
		}
	}
	return slow;
}

/* Who can best be spared, or NULL. */
static struct connection *
victim(struct http_server *server, bool hard)
{
	struct connection *conn = TAILQ_FIRST(&server->connections[CONN_IDLE]);

	if (conn == NULL)
		conn = TAILQ_FIRST(&server->connections[CONN_LINGER]);
	if (conn == NULL)
		conn = slowest(server, hard);
	if (conn == NULL && hard)
		conn = first_page_answer(server);
	if (conn == NULL && hard)
		conn = TAILQ_FIRST(&server->connections[CONN_IDLE_WEBHOOKS]);
	return conn;
}

bool
server_is_full(struct http_server *server)
{
	return server->connection_count >= server->limits.connections_max &&
	       victim(server, true) == NULL;
}

void
server_make_room(struct http_server *server)
{
	const struct http_limits *limits = &server->limits;
	int count = server->connection_count;
	struct connection *conn;

	if (count < limits->connections_max - limits->webhook_connections_reserved)
		return;
	conn = victim(server, count >= limits->connections_max);
	if (conn != NULL)
		conn_close(conn);
}

void
server_evict_body(struct http_server *server)
{
	struct connection *conn;

	while (server->body_bytes > BODY_BYTES_MAX &&
		(conn = TAILQ_FIRST(&server->connections[CONN_BODY])) != NULL)
		conn_close(conn);
}

/* ---- time --------------------------------------------------------------------------------- */

static bool
has_connections(const struct http_server *server)
{
	return server->connection_count + server->local_count > 0;
}

static void
close_all(struct http_server *server)
{
	struct connection *conn;

	for (int state = 0; state < CONN_STATES; state++) {
		while ((conn = TAILQ_FIRST(&server->connections[state])) != NULL)
			conn_close(conn);
	}
}

static void
expire(struct http_server *server, int64_t now_ms)
{
	struct connection *conn;

	for (int state = 0; state < CONN_HELD; state++) {
		while ((conn = TAILQ_FIRST(&server->connections[state])) != NULL &&
			conn->deadline_ms <= now_ms)
			conn_expired(conn); /* closes it, or moves it on */
	}
}

static void
tell_refusals(struct http_server *server, int64_t now_ms)
{
	if (server->pages_refused + server->connections_refused == 0 ||
		now_ms < server->refusals_told_ms + REFUSALS_LOG_MS)
		return;
	log_warn("crowded", "pages_refused=%d connections_refused=%d connections=%d",
		server->pages_refused, server->connections_refused, server->connection_count);
	server->pages_refused = server->connections_refused = 0;
	server->refusals_told_ms = now_ms;
}

static void
server_ticked(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *server = arg;
	int64_t now_ms = clock_monotonic_ms();

	(void)fd;
	(void)what;
	expire(server, now_ms);
	streams_beat(server, now_ms);
	tell_refusals(server, now_ms);
	if (server->paused)
		listeners_try_resume(server);
	if (server->stopping && now_ms >= server->stop_deadline_ms)
		close_all(server);
	if (server->stopping && !has_connections(server))
		server_soon(server);
	if (!has_connections(server) && !server->paused && !server->stopping) {
		event_del(server->tick);
		server->ticking = false;
	}
}

void
server_tick_on(struct http_server *server)
{
	const struct timeval period = {0, TICK_MS * 1000};

	if (!server->ticking)
		event_add(server->tick, &period);
	server->ticking = true;
}

void
server_soon(struct http_server *server)
{
	event_active(server->soon, EV_TIMEOUT, 0);
}

static void
server_now(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *server = arg;

	(void)fd;
	(void)what;
	streams_bury(server);
	if (server->stopping && !server->stop_told && !has_connections(server)) {
		server->stop_told = true;
		event_del(server->tick);
		server->ticking = false;
		server->stopped(server->stopped_arg); /* may free the server */
	}
}

void
server_connection_closed(struct http_server *server)
{
	/* Its descriptor is free a moment later; a pause for want of those ends with a tick. */
	if (server->paused && server->connection_count == server->limits.connections_max - 1)
		listeners_try_resume(server);
	if (server->stopping && !has_connections(server))
		server_soon(server);
}

/* ---- life --------------------------------------------------------------------------------- */

struct http_server *
http_server_new(struct event_base *base, const struct route *routes, size_t route_count,
	const struct http_limits *limits, void *context)
{
	struct http_server *server = mem_alloc_zero(1, sizeof(*server));

	signal(SIGPIPE, SIG_IGN); /* OpenSSL and libevent write without MSG_NOSIGNAL */
	server->base = base;
	server->limits = limits_complete(limits);
	server->context = context;
	server->router = router_new(routes, route_count);
	server->peers = peers_new(server->limits.connections_max);
	server->refs = 1;
	if (getrandom(&server->id_seed, sizeof(server->id_seed), 0) != sizeof(server->id_seed))
		abort(); /* cannot be: see peers_new */
	TAILQ_INIT(&server->listeners);
	TAILQ_INIT(&server->streams);
	TAILQ_INIT(&server->doomed);
	for (int state = 0; state < CONN_STATES; state++)
		TAILQ_INIT(&server->connections[state]);
	server->tick = event_new(base, -1, EV_PERSIST, server_ticked, server);
	server->soon = event_new(base, -1, 0, server_now, server);
	if (server->tick == NULL || server->soon == NULL)
		abort(); /* no memory */
	return server;
}

void
http_server_stop(struct http_server *server, int grace_ms, void (*stopped)(void *arg), void *arg)
{
	static const enum connection_state at_rest[] = {
		CONN_NEW, CONN_IDLE, CONN_IDLE_WEBHOOKS, CONN_LINGER, CONN_STREAM};
	struct connection *conn;

	server->stopping = true;
	server->stopped = stopped;
	server->stopped_arg = arg;
	server->stop_deadline_ms = clock_monotonic_ms() + grace_ms;
	listeners_close(server);
	for (size_t i = 0; i < sizeof(at_rest) / sizeof(at_rest[0]); i++) {
		while ((conn = TAILQ_FIRST(&server->connections[at_rest[i]])) != NULL)
			conn_close(conn);
	}
	server_tick_on(server);
	server_soon(server);
}

void
http_server_on_refused(struct http_server *server, bool (*refused)(struct request *req, int status))
{
	server->refused = refused;
}

void
server_unref(struct http_server *server)
{
	if (--server->refs > 0)
		return;
	while (server->spare != NULL) {
		struct request *req = server->spare;

		server->spare = req->next_spare;
		http_parser_fini(&req->parser);
		buf_fini(&req->body);
		buf_fini(&req->headers);
		free(req);
	}
	router_free(server->router);
	peers_free(server->peers);
	buf_fini(&server->scratch);
	free(server);
}

void
http_server_free(struct http_server *server)
{
	if (server == NULL)
		return;
	server->stopping = true;
	server->stop_told = true;
	listeners_close(server);
	close_all(server);
	streams_bury(server);
	event_free(server->tick);
	event_free(server->soon);
	server->base = NULL;
	server_unref(server);
}
