/*
 * http_harness.h - a server on a thread of its own, and a small blocking client.
 *
 * The client waits for bytes or the end with a deadline (DEADLINE_S), never for a time.
 */
#ifndef CHOPAY_TEST_HTTP_HARNESS_H
#define CHOPAY_TEST_HTTP_HARNESS_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "chopay/crypt.h"
#include "chopay/http.h"
#include "chopay/queue.h"

#define DEADLINE_S 10
#define HELD_MAX 64

struct harness {
	pthread_t thread;
	struct event_base *base;
	struct event *mail;
	struct mailbox *mailbox;
	struct http_server *server;
	char address[64];
	/* Belongs to the loop; look at it in harness_do. */
	struct request *held[HELD_MAX];
	int held_count;
	struct stream *stream;
	int streams_opened;
	/* Counted on the loop, read by the test. */
	atomic_int held_now, gone_now, streams_closed, handled, stopped;
};

/* ---- handlers ------------------------------------------------------------------------------ */

static void
handle_hello(struct request *req)
{
	struct harness *h = request_context(req);

	atomic_fetch_add(&h->handled, 1);
	reply_bytes(req, 200, "text/plain", STR("hello"));
}

static void
handle_echo(struct request *req)
{
	struct harness *h = request_context(req);

	atomic_fetch_add(&h->handled, 1);
	reply_bytes(req, 200, "application/octet-stream", request_body(req));
}

static void
handle_hold(struct request *req)
{
	struct harness *h = request_context(req);

	assert_true(h->held_count < HELD_MAX);
	h->held[h->held_count++] = req;
	atomic_fetch_add(&h->held_now, 1);
}

static void
handle_big(struct request *req)
{
	static char body[8 * 1024 * 1024];

	memset(body, 'b', sizeof(body));
	reply_bytes(req, 200, "text/plain", (struct str){body, sizeof(body)});
}

static void
handle_info(struct request *req)
{
	struct str query = STR("-"), cookie = STR("-"), form = STR("-");
	struct str header = request_header(req, "x-test");
	unsigned char digest[TLS_DIGEST_SIZE];
	struct buf hex CLEANUP(buf_fini) = {0};

	if (request_client_digest(req, digest))
		hex_put(&hex, (struct str){(const char *)digest, sizeof(digest)});
	request_query(req, "q", &query);
	request_cookie(req, "session", &cookie);
	request_form(req, "f", &form);
	request_add_header(req, "X-Seen", STR("yes"));
	reply_bytes(req, 200, "text/plain",
		arena_printf(request_arena(req),
			"param=%.*s query=%.*s cookie=%.*s form=%.*s header=%.*s peer=%.*s secure=%d "
			"local=%d route=%s digest=%.*s",
			STR_FMT(request_param(req, "name")), STR_FMT(query), STR_FMT(cookie),
			STR_FMT(form), STR_FMT(header), STR_FMT(request_peer(req)),
			request_secure(req), request_local(req), request_route(req)->path,
			STR_FMT(buf_str(&hex))));
}

static void
handle_inject(struct request *req)
{
	struct str value = STR("-");

	request_query(req, "v", &value);
	request_add_header(req, "X-Value", value);
	reply_redirect(req, value);
}

static void
handle_err(struct request *req)
{
	static const struct {
		const char *name;
		enum err_code code;
	} codes[] = {
		{"invalid", ERR_INVALID},
		{"denied", ERR_DENIED},
		{"not-found", ERR_NOT_FOUND},
		{"conflict", ERR_CONFLICT},
		{"busy", ERR_BUSY},
		{"broken", ERR_BROKEN},
	};
	struct str name = request_param(req, "name");

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (str_eq(name, str_from(codes[i].name))) {
			reply_err(req, FAIL(codes[i].code, "as you wished"));
			return;
		}
	}
	reply_empty(req, 204);
}

static void
stream_ended(struct stream *stream, void *arg)
{
	struct harness *h = arg;

	if (h->stream == stream)
		h->stream = NULL;
	atomic_fetch_add(&h->streams_closed, 1);
}

static void
handle_stream(struct request *req)
{
	struct harness *h = request_context(req);

	h->stream = stream_open(req, stream_ended, h);
	if (h->stream != NULL)
		h->streams_opened++;
}

static const struct route harness_routes[] = {
	{"GET", "/hello", 0, handle_hello, BUDGET_PAGES, false},
	{"POST", "/echo", 1024 * 1024, handle_echo, BUDGET_PAGES, false},
	{"POST", "/hook/{name}", 64 * 1024, handle_hold, BUDGET_WEBHOOKS, false},
	{"POST", "/hooked", 64 * 1024, handle_echo, BUDGET_WEBHOOKS, false},
	{"GET", "/hold", 0, handle_hold, BUDGET_PAGES, false},
	{"GET", "/big", 0, handle_big, BUDGET_PAGES, false},
	{"GET", "/info/{name}", 0, handle_info, BUDGET_PAGES, false},
	{"POST", "/info/{name}", 4096, handle_info, BUDGET_PAGES, false},
	{"GET", "/info/fixed", 0, handle_info, BUDGET_PAGES, false},
	{"GET", "/q/{name}.png", 0, handle_info, BUDGET_PAGES, false},
	{"GET", "/inject", 0, handle_inject, BUDGET_PAGES, false},
	{"GET", "/err/{name}", 0, handle_err, BUDGET_PAGES, false},
	{"GET", "/stream", 0, handle_stream, BUDGET_PAGES, false},
	{"GET", "/control", 0, handle_hello, BUDGET_PAGES, true},
};

/* ---- the server's thread ------------------------------------------------------------------- */

static void
harness_mail(evutil_socket_t fd, short what, void *arg)
{
	struct harness *h = arg;

	(void)fd;
	(void)what;
	mailbox_run(h->mailbox);
}

static void *
harness_main(void *arg)
{
	struct harness *h = arg;

	event_base_dispatch(h->base);
	return NULL;
}

struct harness_task {
	void (*run)(struct harness *h, void *arg);
	struct harness *h;
	void *arg;
	sem_t done;
};

static void
harness_task_run(void *arg)
{
	struct harness_task *task = arg;

	task->run(task->h, task->arg);
	sem_post(&task->done);
}

/* Run on the loop, and wait until it has run. */
static UNUSED void
harness_do(struct harness *h, void (*run)(struct harness *h, void *arg), void *arg)
{
	struct harness_task task = {.run = run, .h = h, .arg = arg};

	sem_init(&task.done, 0, 0);
	mailbox_push(h->mailbox, (struct task){harness_task_run, &task});
	while (sem_wait(&task.done) != 0)
		continue;
	sem_destroy(&task.done);
}

static struct harness *
harness_start(const struct http_limits *limits, struct tls *tls)
{
	struct harness *h = mem_alloc_zero(1, sizeof(*h));
	struct buf bound CLEANUP(buf_fini) = {0};
	struct err e;

	h->base = event_base_new();
	h->mailbox = mailbox_new();
	h->mail = event_new(h->base, mailbox_fd(h->mailbox), EV_READ | EV_PERSIST, harness_mail, h);
	event_add(h->mail, NULL);
	h->server = http_server_new(h->base, harness_routes,
		sizeof(harness_routes) / sizeof(harness_routes[0]), limits, h);
	e = http_server_listen(h->server, STR("127.0.0.1:0"), tls, false, &bound);
	assert_int_equal(e.code, ERR_OK);
	snprintf(h->address, sizeof(h->address), "%s", bound.ptr);
	assert_int_equal(pthread_create(&h->thread, NULL, harness_main, h), 0);
	return h;
}

static void
harness_break(struct harness *h, void *arg)
{
	(void)arg;
	event_base_loopbreak(h->base);
}

static UNUSED void
release_one(struct harness *h, void *arg)
{
	struct request *req = h->held[0];

	(void)arg;
	assert_true(h->held_count > 0);
	memmove(h->held, h->held + 1, sizeof(h->held[0]) * (size_t)--h->held_count);
	if (request_gone(req))
		atomic_fetch_add(&h->gone_now, 1);
	atomic_fetch_sub(&h->held_now, 1);
	reply_bytes(req, 200, "text/plain", request_body(req));
}

static void
harness_end(struct harness *h)
{
	harness_do(h, harness_break, NULL);
	pthread_join(h->thread, NULL);
	http_server_free(h->server);
	event_base_loop(h->base, EVLOOP_NONBLOCK); /* libevent closes the sockets */
	while (h->held_count > 0) /* answered to nobody, after the server is gone */
		release_one(h, NULL);
	event_free(h->mail);
	mailbox_free(h->mailbox);
	event_base_free(h->base);
	free(h);
}

/* Wait until the counter says so. */
static UNUSED void
await_count(atomic_int *counter, int want)
{
	for (int i = 0; i < DEADLINE_S * 1000 && atomic_load(counter) != want; i++)
		usleep(1000);
	assert_int_equal(atomic_load(counter), want);
}

/* ---- the client ---------------------------------------------------------------------------- */

static int
client_connect_from(const char *address, const char *from)
{
	struct sockaddr_in in = {.sin_family = AF_INET}, source = {.sin_family = AF_INET};
	const struct timeval deadline = {DEADLINE_S, 0};
	const char *colon = strchr(address, ':');
	char host[32] = "";
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(host, address, (size_t)(colon - address));
	in.sin_port = htons((uint16_t)strtol(colon + 1, NULL, 10));
	assert_int_equal(inet_pton(AF_INET, host, &in.sin_addr), 1);
	assert_int_equal(inet_pton(AF_INET, from, &source.sin_addr), 1);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof(deadline));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof(deadline));
	assert_int_equal(bind(fd, (struct sockaddr *)&source, sizeof(source)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	return fd;
}

static UNUSED int
client_connect(struct harness *h)
{
	return client_connect_from(h->address, "127.0.0.1");
}

static void
client_send(int fd, struct str bytes)
{
	size_t at = 0;

	while (at < bytes.len) {
		ssize_t n = send(fd, bytes.ptr + at, bytes.len - at, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		assert_true(n > 0);
		at += (size_t)n;
	}
}

struct answer {
	int status;
	char head[8192];
	struct buf body;
};

/* Up to the end of the head: byte by byte, so that the next answer stays in the socket. */
static bool
client_read_head(int fd, struct answer *answer)
{
	size_t at = 0;

	while (at < 4 || memcmp(answer->head + at - 4, "\r\n\r\n", 4) != 0) {
		ssize_t n = recv(fd, answer->head + at, 1, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		assert_true(++at < sizeof(answer->head) - 1);
	}
	answer->head[at] = '\0';
	answer->status = (int)strtol(answer->head + 9, NULL, 10);
	return true;
}

static void
client_read_bytes(int fd, struct buf *out, size_t want)
{
	char piece[16384];

	while (want > 0) {
		ssize_t n = recv(fd, piece, want < sizeof(piece) ? want : sizeof(piece), 0);

		if (n < 0 && errno == EINTR)
			continue;
		assert_true(n > 0);
		buf_add(out, (struct str){piece, (size_t)n});
		want -= (size_t)n;
	}
}

/* One answer; false when the connection has ended instead. */
static bool
client_read(int fd, struct answer *answer)
{
	const char *length;

	buf_clear(&answer->body);
	if (!client_read_head(fd, answer))
		return false;
	length = strstr(answer->head, "Content-Length: ");
	if (length != NULL)
		client_read_bytes(fd, &answer->body, (size_t)strtol(length + 16, NULL, 10));
	return true;
}

/* The server has nothing more to say, and has said so. */
static UNUSED void
client_expect_end(int fd)
{
	char byte;
	ssize_t n = recv(fd, &byte, 1, 0);

	assert_true(n == 0 || (n < 0 && errno == ECONNRESET));
}

static UNUSED void
client_expect(int fd, int status, const char *body)
{
	struct answer answer = {0};

	assert_true(client_read(fd, &answer));
	assert_int_equal(answer.status, status);
	if (body != NULL)
		assert_string_equal(answer.body.len == 0 ? "" : answer.body.ptr, body);
	buf_fini(&answer.body);
}

#endif
