/* Where connections come from: TCP addresses and the control socket. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <event2/event.h>

#include "chopay/clock.h"
#include "chopay/log.h"
#include "connection.h"
#include "peers.h"

#define ACCEPT_TURN_MAX 64	   /* connections accepted before others get their turn */
#define LOCAL_CONNECTIONS_MAX 32   /* on the control socket */
#define DESCRIPTORS_RESERVED 64	   /* for databases, logs, the control socket, calls out */
#define TURNED_AWAY_S 10	   /* until an address with too many may try again */
#define PAUSE_LOG_MS 1000	   /* between two lines that say so */
#define PEER_SILENT_MS (30 * 1000) /* sent and not acknowledged: the peer is gone */

/* ---- how many descriptors are left ---------------------------------------------------------- */

/* The kernel hands out the lowest free number, so a socket's own number tells how full the
 * process is: no count to share between loops. */
static int
descriptor_limit(void)
{
	struct rlimit limit;
	rlim_t most;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > INT32_MAX)
		return INT32_MAX;
	most = limit.rlim_cur / 10 * 9;
	if (limit.rlim_cur > DESCRIPTORS_RESERVED * 2 &&
		most > limit.rlim_cur - DESCRIPTORS_RESERVED)
		most = limit.rlim_cur - DESCRIPTORS_RESERVED;
	return (int)most;
}

static bool
has_descriptors(struct http_server *server)
{
	int fd = dup(STDERR_FILENO);

	if (fd < 0)
		return errno != EMFILE && errno != ENFILE;
	close(fd);
	return fd < server->fd_limit;
}

static void
listeners_pause(struct http_server *server)
{
	int64_t now_ms = clock_monotonic_ms();
	struct listener *listener;

	if (server->paused)
		return;
	if (now_ms >= server->pause_told_ms + PAUSE_LOG_MS) {
		log_warn("accept_paused", "connections=%d", server->connection_count);
		server->pause_told_ms = now_ms;
	}
	server->paused = true;
	TAILQ_FOREACH(listener, &server->listeners, link)
	{
		if (listener->path == NULL)
			event_del(listener->event);
	}
	server_tick_on(server);
}

void
listeners_try_resume(struct http_server *server)
{
	struct listener *listener;

	if (server->stopping || server_is_full(server) || !has_descriptors(server))
		return;
	server->paused = false;
	TAILQ_FOREACH(listener, &server->listeners, link)
	{
		if (listener->path == NULL)
			event_add(listener->event, NULL);
	}
}

/* ---- accept ------------------------------------------------------------------------------- */

/* Best effort: what the client has sent already may reset the connection before it reads this.
 * A connection carries one request at a time (draft-ietf-httpapi-ratelimit-headers-11, 3.1.2). */
static void
turn_away(int fd, bool plain, int limit)
{
	struct buf answer CLEANUP(buf_fini) = {0};

	if (plain) {
		buf_addf(&answer,
			"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n"
			"RateLimit-Policy: \"connections\";q=%d;qu=\"concurrent-requests\"\r\n"
			"RateLimit: \"connections\";r=0;t=%d\r\nRetry-After: %d\r\n"
			"Connection: close\r\n\r\n",
			limit, TURNED_AWAY_S, TURNED_AWAY_S);
		(void)!send(fd, answer.ptr, answer.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	}
	close(fd);
}

static void
set_options(int fd)
{
	const int on = 1, silent = PEER_SILENT_MS;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silent, sizeof(silent));
}

static void
accept_tcp(struct listener *listener, int fd, const struct address *address)
{
	struct http_server *server = listener->server;
	int limit = server->limits.connections_per_address_max;
	struct peer *peer = peers_enter(server->peers, address, limit);

	if (peer == NULL) {
		server->connections_refused++;
		turn_away(fd, listener->tls == NULL, limit);
		return;
	}
	set_options(fd);
	server_make_room(server);
	conn_open(server, fd, address, peer, listener->tls);
	if (fd >= server->fd_limit)
		listeners_pause(server); /* this one is served; before the next, some must go */
}

/* False: nobody waits, or there is no room. */
static bool
accept_one(struct listener *listener)
{
	struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
	socklen_t length = sizeof(from);
	struct address address;
	int fd;

	fd = accept4(listener->fd, (struct sockaddr *)&from, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
			listeners_pause(listener->server);
		return errno == EINTR || errno == ECONNABORTED;
	}
	address = address_from(&from);
	address.local = listener->path != NULL;
	server_tick_on(listener->server);
	if (address.local && listener->server->local_count >= LOCAL_CONNECTIONS_MAX)
		close(fd);
	else if (address.local)
		conn_open(listener->server, fd, &address, NULL, NULL);
	else
		accept_tcp(listener, fd, &address);
	return true;
}

static void
listener_ready(evutil_socket_t fd, short what, void *arg)
{
	struct listener *listener = arg;

	(void)fd;
	(void)what;
	for (int turn = 0; turn < ACCEPT_TURN_MAX; turn++) {
		if (listener->path == NULL && server_is_full(listener->server))
			listeners_pause(listener->server); /* the next waits in the kernel */
		if (listener->path == NULL && listener->server->paused)
			break;
		if (!accept_one(listener))
			break;
	}
}

/* ---- life --------------------------------------------------------------------------------- */

void
listener_add(struct http_server *server, int fd, struct tls *tls, const char *path)
{
	struct listener *listener = mem_alloc_zero(1, sizeof(*listener));

	listener->server = server;
	listener->fd = fd;
	listener->tls = tls_ref(tls);
	listener->path = path == NULL ? NULL : mem_copy_str(str_from(path));
	listener->event = event_new(
		server->base, fd, EV_READ | EV_PERSIST, listener_ready, listener);
	if (listener->event == NULL)
		abort(); /* no memory */
	event_add(listener->event, NULL);
	TAILQ_INSERT_TAIL(&server->listeners, listener, link);
	server->fd_limit = descriptor_limit();
}

void
listeners_close(struct http_server *server)
{
	struct listener *listener;

	while ((listener = TAILQ_FIRST(&server->listeners)) != NULL) {
		TAILQ_REMOVE(&server->listeners, listener, link);
		event_free(listener->event);
		close(listener->fd);
		if (listener->path != NULL)
			unlink(listener->path);
		tls_unref(listener->tls);
		free(listener->path);
		free(listener);
	}
	server->paused = false;
}

void
http_server_set_tls(struct http_server *server, struct tls *tls)
{
	struct listener *listener;

	TAILQ_FOREACH(listener, &server->listeners, link)
	{
		if (listener->tls == NULL)
			continue;
		tls_unref(listener->tls);
		listener->tls = tls_ref(tls);
	}
}
