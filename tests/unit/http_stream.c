/* Server-sent events: opened, fed, noticed when they end, bounded when nobody listens. */
#include "http_harness.h"

#include "../../gateway/http/connection.h"

static int
setup(void **state)
{
	*state = harness_start(&HTTP_LIMITS_DEFAULT, NULL);
	return 0;
}

static int
teardown(void **state)
{
	harness_end(*state);
	return 0;
}

static int
open_stream(struct harness *h, const char *version, char *head, size_t size)
{
	struct answer answer = {0};
	char request[100];
	int fd = client_connect(h);

	snprintf(request, sizeof(request), "GET /stream %s\r\nHost: x\r\n\r\n", version);
	client_send(fd, str_from(request));
	assert_true(client_read_head(fd, &answer));
	assert_int_equal(answer.status, 200);
	snprintf(head, size, "%.*s", (int)size - 1, answer.head);
	return fd;
}

static void
expect_bytes(int fd, const char *want)
{
	struct buf got CLEANUP(buf_fini) = {0};

	client_read_bytes(fd, &got, strlen(want));
	assert_string_equal(got.ptr, want);
}

static void
say_one(struct harness *h, void *arg)
{
	stream_send(h->stream, STR("7"), "payment", str_from(arg));
}

static void
close_stream(struct harness *h, void *arg)
{
	(void)arg;
	stream_close(h->stream);
	h->stream = NULL;
}

static void
speaks_in_chunks(void **state)
{
	struct harness *h = *state;
	char head[2048];
	int fd = open_stream(h, "HTTP/1.1", head, sizeof(head));

	assert_non_null(strstr(head, "\r\nTransfer-Encoding: chunked\r\n"));
	assert_non_null(strstr(head, "\r\nContent-Type: text/event-stream\r\n"));
	assert_non_null(strstr(head, "\r\nCache-Control: no-store\r\n"));
	assert_null(strstr(head, "Content-Length"));
	expect_bytes(fd, "d\r\nretry: 2000\n\n\r\n");
	harness_do(h, say_one, (void *)(uintptr_t) "50000");
	expect_bytes(fd, "22\r\nid: 7\nevent: payment\ndata: 50000\n\n\r\n");
	harness_do(h, close_stream, NULL);
	expect_bytes(fd, "0\r\n\r\n");
	client_expect_end(fd);
	close(fd);
	assert_int_equal(atomic_load(&h->streams_closed), 0); /* who closes knows it */
}

static void
speaks_to_the_end_of_an_old_connection(void **state)
{
	struct harness *h = *state;
	char head[2048];
	int fd = open_stream(h, "HTTP/1.0", head, sizeof(head));

	assert_non_null(strstr(head, "\r\nConnection: close\r\n"));
	expect_bytes(fd, "retry: 2000\n\n");
	harness_do(h, say_one, (void *)(uintptr_t) "50000");
	expect_bytes(fd, "id: 7\nevent: payment\ndata: 50000\n\n");
	harness_do(h, close_stream, NULL);
	client_expect_end(fd);
	close(fd);
}

static void
say_hostile(struct harness *h, void *arg)
{
	(void)arg;
	stream_send(
		h->stream, STR("1\nevent: forged"), "a\ndata: forged", STR("x\ny\rz\n\nevent: e"));
}

/* Nothing that is said can become another field or another event. */
static void
cannot_be_made_to_say_more(void **state)
{
	struct harness *h = *state;
	char head[2048];
	int fd = open_stream(h, "HTTP/1.0", head, sizeof(head));

	expect_bytes(fd, "retry: 2000\n\n");
	harness_do(h, say_hostile, NULL);
	expect_bytes(fd, "data: x\ndata: \ndata: \ndata: event: e\n\n");
	close(fd);
}

static void
notices_a_client_that_leaves(void **state)
{
	struct harness *h = *state;
	char head[2048];

	for (int i = 0; i < 10; i++) {
		int fd = open_stream(h, "HTTP/1.1", head, sizeof(head));

		/* What it says meanwhile is read, and nobody's business. */
		client_send(fd, STR("GET /hello HTTP/1.1\r\nHost: x\r\n\r\nnoise"));
		close(fd);
		await_count(&h->streams_closed, i + 1);
	}
	assert_int_equal(atomic_load(&h->handled), 0);
}

static void
say_much(struct harness *h, void *arg)
{
	static char text[60 * 1024];

	(void)arg;
	memset(text, 'x', sizeof(text));
	/* Although `closed` is due in the middle, the stream stays valid to its caller. */
	for (int i = 0; i < 1000; i++)
		stream_send(h->stream, STR(""), "noise", (struct str){text, sizeof(text)});
}

/* Into the kernel's buffers until they are full, and a little more: far below the stream's cap. */
static void
say_until_stuck(struct harness *h, void *arg)
{
	static char text[1024];

	memset(text, 'x', sizeof(text));
	(void)arg;
	for (int i = 0; i < 100000 && conn_unsent(h->stream->conn) == 0; i++)
		stream_send(h->stream, STR(""), "noise", (struct str){text, sizeof(text)});
}

static void
drops_a_client_that_does_not_listen(void **state)
{
	struct harness *h = *state;
	char head[2048];
	int fd = open_stream(h, "HTTP/1.1", head, sizeof(head));

	harness_do(h, say_much, NULL);
	await_count(&h->streams_closed, 1);
	close(fd);
}

static void
much_then_close(struct harness *h, void *arg)
{
	say_much(h, arg);
	close_stream(h, arg); /* already lost, `closed` still due: it will not come */
}

static void
say_nothing(struct harness *h, void *arg)
{
	(void)h; /* only that the loop has had a turn */
	(void)arg;
}

static void
may_be_closed_after_it_is_lost(void **state)
{
	struct harness *h = *state;
	char head[2048];
	int fd = open_stream(h, "HTTP/1.1", head, sizeof(head));

	harness_do(h, much_then_close, NULL);
	harness_do(h, say_nothing, NULL);
	assert_int_equal(atomic_load(&h->streams_closed), 0);
	close(fd);
}

static void
beats(void **state)
{
	struct http_limits limits = HTTP_LIMITS_DEFAULT;
	struct harness *h;
	char head[2048];
	int fd;

	(void)state;
	limits.heartbeat_ms = 50;
	h = harness_start(&limits, NULL);
	fd = open_stream(h, "HTTP/1.1", head, sizeof(head));
	expect_bytes(fd, "d\r\nretry: 2000\n\n\r\n");
	for (int i = 0; i < 3; i++)
		expect_bytes(fd, "3\r\n:\n\n\r\n");
	close(fd);
	await_count(&h->streams_closed, 1);
	harness_end(h);
}

/* A client that takes nothing any more is not there, however little it was told. */
static void
beats_end_a_client_that_takes_nothing(void **state)
{
	struct http_limits limits = HTTP_LIMITS_DEFAULT;
	struct harness *h;
	char head[2048];
	int fd;

	(void)state;
	limits.heartbeat_ms = 50;
	h = harness_start(&limits, NULL);
	fd = open_stream(h, "HTTP/1.1", head, sizeof(head));
	harness_do(h, say_until_stuck, NULL);
	await_count(&h->streams_closed, 1);
	close(fd);
	harness_end(h);
}

static void
head_opens_none(void **state)
{
	struct harness *h = *state;
	struct answer answer = {0};
	int fd = client_connect(h);

	client_send(fd, STR("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\nHost: "
			    "x\r\n\r\n"));
	assert_true(client_read_head(fd, &answer));
	assert_non_null(strstr(answer.head, "text/event-stream"));
	client_expect(fd, 200, "hello");
	assert_int_equal(h->streams_opened, 0);
	close(fd);
}

static void
stop_done(void *arg)
{
	struct harness *h = arg;

	atomic_fetch_add(&h->stopped, 1);
}

static void
stop_server(struct harness *h, void *arg)
{
	(void)arg;
	http_server_stop(h->server, 60 * 1000, stop_done, h);
}

static void
ends_when_the_server_stops(void **state)
{
	struct harness *h = *state;
	char head[2048];
	int fd = open_stream(h, "HTTP/1.1", head, sizeof(head));

	harness_do(h, stop_server, NULL);
	await_count(&h->streams_closed, 1);
	await_count(&h->stopped, 1);
	close(fd);
}

static void
ends_when_the_server_is_freed(void **state)
{
	struct harness *h = *state;
	char head[2048];

	int fd = open_stream(h, "HTTP/1.1", head, sizeof(head));

	/* harness_end frees it under an open stream: no leak, no use after free. */
	assert_true(fd >= 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(speaks_in_chunks),
		TEST(speaks_to_the_end_of_an_old_connection),
		TEST(cannot_be_made_to_say_more),
		TEST(notices_a_client_that_leaves),
		TEST(drops_a_client_that_does_not_listen),
		TEST(may_be_closed_after_it_is_lost),
		cmocka_unit_test(beats),
		cmocka_unit_test(beats_end_a_client_that_takes_nothing),
		TEST(head_opens_none),
		TEST(ends_when_the_server_stops),
		TEST(ends_when_the_server_is_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
