/* Deadlines, counted connections, and a flood of pages that does not starve the webhooks. */
#include <sys/resource.h>

#include "http_harness.h"

#define SHORT_MS 150

static struct http_limits
patient(void)
{
	struct http_limits limits = HTTP_LIMITS_DEFAULT;

	return limits;
}

/* ---- deadlines: the test waits for the end, whenever it comes ------------------------------- */

static void
a_silent_client_is_let_go(void **state)
{
	struct http_limits limits = patient();
	struct harness *h;
	int fd;

	(void)state;
	limits.head_timeout_ms = SHORT_MS;
	h = harness_start(&limits, NULL);
	fd = client_connect(h);
	client_expect_end(fd); /* without a word */
	close(fd);
	harness_end(h);
}

/* One byte now and then does not buy time. */
static void
drip(int fd, const char *text)
{
	for (int i = 0; i < DEADLINE_S * 100; i++) {
		char byte;

		if (send(fd, &text[i % (int)strlen(text)], 1, MSG_NOSIGNAL) != 1)
			return;
		if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0)
			return;
		usleep(10 * 1000);
	}
	fail_msg("still connected");
}

static void
a_slow_head_is_refused(void **state)
{
	struct http_limits limits = patient();
	struct harness *h;
	int fd;

	(void)state;
	limits.head_timeout_ms = SHORT_MS;
	h = harness_start(&limits, NULL);
	fd = client_connect(h);
	client_send(fd, STR("GET /hello HTTP/1.1\r\nA: "));
	drip(fd, "a");
	client_expect(fd, 408, NULL);
	close(fd);
	assert_int_equal(atomic_load(&h->handled), 0);
	harness_end(h);
}

static void
a_slow_body_is_refused(void **state)
{
	struct http_limits limits = patient();
	struct harness *h;
	int fd;

	(void)state;
	limits.body_timeout_ms = SHORT_MS;
	h = harness_start(&limits, NULL);
	fd = client_connect(h);
	client_send(fd, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"));
	drip(fd, "b");
	client_expect(fd, 408, NULL);
	close(fd);
	assert_int_equal(atomic_load(&h->handled), 0);
	harness_end(h);
}

static void
an_idle_connection_is_let_go(void **state)
{
	struct http_limits limits = patient();
	struct harness *h;
	int page, hook;

	(void)state;
	limits.idle_timeout_ms = SHORT_MS;
	h = harness_start(&limits, NULL);
	page = client_connect(h);
	hook = client_connect(h);
	client_send(page, STR("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"));
	client_expect(page, 200, "hello");
	client_send(hook, STR("POST /hooked HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"));
	client_expect(hook, 200, "x");
	client_expect_end(page);
	client_expect_end(hook);
	close(page);
	close(hook);
	harness_end(h);
}

/* A stray empty line behind the last request is not worth an answer. */
static void
an_empty_line_is_let_go(void **state)
{
	struct http_limits limits = patient();
	struct harness *h;
	int fd;

	(void)state;
	limits.head_timeout_ms = SHORT_MS;
	h = harness_start(&limits, NULL);
	fd = client_connect(h);
	client_send(fd, STR("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n\r\n"));
	client_expect(fd, 200, "hello");
	client_expect_end(fd);
	close(fd);
	harness_end(h);
}

static void
an_answer_nobody_reads_is_dropped(void **state)
{
	struct http_limits limits = patient();
	struct harness *h;
	ssize_t n;
	int fd;

	(void)state;
	limits.answer_timeout_ms = SHORT_MS;
	h = harness_start(&limits, NULL);
	fd = client_connect(h);
	client_send(fd, STR("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"));
	for (int i = 0; i < DEADLINE_S * 100; i++) { /* wait for the reset, reading nothing */
		n = send(fd, "", 0, MSG_NOSIGNAL);
		if (n < 0)
			break;
		n = send(fd, "\r", 1, MSG_NOSIGNAL);
		if (n < 0)
			break;
		usleep(10 * 1000);
	}
	assert_true(n < 0);
	close(fd);
	harness_end(h);
}

/* A held request has no deadline of the client's: it waits for the books. */
static void
a_held_request_keeps_its_connection(void **state)
{
	struct http_limits limits = patient();
	struct harness *h;
	int fd, other;

	(void)state;
	limits.head_timeout_ms = limits.body_timeout_ms = SHORT_MS;
	limits.answer_timeout_ms = limits.idle_timeout_ms = SHORT_MS;
	h = harness_start(&limits, NULL);
	fd = client_connect(h);
	client_send(fd, STR("POST /hook/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"));
	await_count(&h->held_now, 1);
	other = client_connect(h); /* the same deadlines end this one meanwhile */
	client_expect_end(other);
	harness_do(h, release_one, NULL);
	client_expect(fd, 200, "one");
	close(other);
	close(fd);
	harness_end(h);
}

/* ---- counts -------------------------------------------------------------------------------- */

static bool
is_served(int fd)
{
	struct answer answer = {0};
	const struct str get = STR("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
	bool served = send(fd, get.ptr, get.len, MSG_NOSIGNAL) == (ssize_t)get.len &&
		      client_read(fd, &answer) && answer.status == 200;

	buf_fini(&answer.body);
	return served;
}

/* Who waits for a word before asking reads what the limit is. */
static void
expect_told_the_limit(struct harness *h)
{
	int fd = client_connect(h);
	struct answer answer = {0};

	assert_true(client_read(fd, &answer));
	assert_int_equal(answer.status, 429);
	assert_non_null(strstr(answer.head,
		"\r\nRateLimit-Policy: \"connections\";q=4;qu=\"concurrent-requests\"\r\n"));
	assert_non_null(strstr(answer.head, "\r\nRateLimit: \"connections\";r=0;t=10\r\n"));
	assert_non_null(strstr(answer.head, "\r\nRetry-After: 10\r\n"));
	buf_fini(&answer.body);
	close(fd);
}

static void
one_address_gets_its_share(void **state)
{
	struct http_limits limits = patient();
	struct harness *h;
	int fds[4], other;

	(void)state;
	limits.connections_per_address_max = 4;
	h = harness_start(&limits, NULL);
	for (int i = 0; i < 4; i++) {
		fds[i] = client_connect(h);
		assert_true(is_served(fds[i]));
	}
	for (int i = 0; i < 20; i++) {
		int fd = client_connect(h);

		assert_false(is_served(fd));
		close(fd);
	}
	expect_told_the_limit(h);
	other = client_connect_from(h->address, "127.0.0.2");
	assert_true(is_served(other));
	close(fds[0]);
	for (int i = 0;; i++) { /* once the server has noticed, its place is free */
		int fd = client_connect(h);

		if (is_served(fd)) {
			close(fd);
			break;
		}
		close(fd);
		assert_true(i < DEADLINE_S * 1000);
		usleep(1000);
	}
	for (int i = 1; i < 4; i++) {
		assert_true(is_served(fds[i]));
		close(fds[i]);
	}
	close(other);
	harness_end(h);
}

static struct http_limits
small(void)
{
	struct http_limits limits = patient();

	limits.connections_max = 16;
	limits.connections_per_address_max = 1000;
	limits.webhook_connections_reserved = 4;
	limits.page_requests_max = 8;
	return limits;
}

static void
expect_webhook_served(struct harness *h)
{
	int fd = client_connect(h);

	client_send(fd, STR("POST /hooked HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\npaid"));
	client_expect(fd, 200, "paid");
	close(fd);
}

/* Idle pages, silent connections, half heads: each new connection costs the oldest its place. */
static void
a_flood_of_idlers_starves_nobody(void **state)
{
	static const char *const floods[] = {"", "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /hello HTTP/1.1\r\nHo",
		"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx"};
	const struct http_limits limits = small();
	int fds[60];

	(void)state;
	for (size_t flood = 0; flood < sizeof(floods) / sizeof(floods[0]); flood++) {
		struct harness *h = harness_start(&limits, NULL);

		for (int i = 0; i < 60; i++) {
			fds[i] = client_connect(h);
			(void)!send(fds[i], floods[flood], strlen(floods[flood]), MSG_NOSIGNAL);
			if (i % 20 == 19)
				expect_webhook_served(h);
		}
		for (int i = 0; i < 60; i++)
			close(fds[i]);
		harness_end(h);
	}
}

/* Page requests that their handlers hold: bounded below the reserve. */
static void
a_flood_of_slow_pages_starves_no_webhook(void **state)
{
	const struct http_limits limits = small();
	struct harness *h = harness_start(&limits, NULL);
	int held[8], hook = client_connect(h);

	(void)state;
	client_send(hook, STR("POST /hooked HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\npaid"));
	client_expect(hook, 200, "paid");
	for (int i = 0; i < 8; i++) {
		held[i] = client_connect(h);
		client_send(held[i], STR("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"));
		await_count(&h->held_now, i + 1);
	}
	for (int i = 0; i < 50; i++) {
		int fd = client_connect(h);

		client_send(fd, STR("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"));
		client_expect(fd, 503, NULL);
		close(fd);
		expect_webhook_served(h);
	}
	/* A welcome webhook's connection has been spared. */
	client_send(hook, STR("POST /hooked HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\npaid"));
	client_expect(hook, 200, "paid");
	for (int i = 0; i < 8; i++) {
		harness_do(h, release_one, NULL);
		client_expect(held[i], 200, "");
		close(held[i]);
	}
	close(hook);
	harness_end(h);
}

/* Answers that nobody reads, and streams: they stop short of the reserve, too. */
static void
a_flood_of_readers_starves_no_webhook(void **state)
{
	static const char *const floods[] = {
		"GET /big HTTP/1.1\r\nHost: x\r\n\r\n", "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"};
	const struct http_limits limits = small();
	int fds[60];

	(void)state;
	for (size_t flood = 0; flood < 2; flood++) {
		struct harness *h = harness_start(&limits, NULL);

		for (int i = 0; i < 60; i++) {
			fds[i] = client_connect(h);
			client_send(fds[i], str_from(floods[flood]));
			if (i % 10 == 9)
				expect_webhook_served(h);
		}
		for (int i = 0; i < 60; i++)
			close(fds[i]);
		harness_end(h);
	}
}

/* All places taken by webhooks at work: the next waits in the kernel, and is served later. */
static void
waits_when_all_are_at_work(void **state)
{
	struct http_limits limits = small();
	struct harness *h = harness_start(&limits, NULL);
	int fds[20];

	(void)state;
	for (int i = 0; i < 20; i++) {
		fds[i] = client_connect(h);
		client_send(fds[i],
			STR("POST /hook/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"));
		if (i < 16)
			await_count(&h->held_now, i + 1);
	}
	for (int i = 0; i < 20; i++) {
		if (i >= 16)
			await_count(&h->held_now, 20 - i); /* the last four have come in */
		harness_do(h, release_one, NULL);
		client_expect(fds[i], 200, "one");
		close(fds[i]);
	}
	harness_end(h);
}

/* Descriptors run out: the listener pauses, what is open works on, and it comes back. */
static void
pauses_when_descriptors_run_low(void **state)
{
	enum { COUNT = 250, LIMIT = 500 };
	struct http_limits limits = patient();
	struct rlimit before, low;
	struct harness *h;
	static int fds[COUNT];
	int kept;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &before);
	low = before;
	low.rlim_cur = LIMIT; /* client and server share the process's table */
	setrlimit(RLIMIT_NOFILE, &low);
	h = harness_start(&limits, NULL);
	kept = client_connect(h);
	client_send(kept, STR("POST /hook/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"));
	await_count(&h->held_now, 1);
	for (int i = 0; i < COUNT; i++)
		fds[i] = client_connect(h);
	harness_do(h, release_one, NULL);
	client_expect(kept, 200, "one");
	for (int i = 0; i < COUNT; i++)
		close(fds[i]);
	expect_webhook_served(h);
	close(kept);
	harness_end(h);
	setrlimit(RLIMIT_NOFILE, &before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_silent_client_is_let_go),
		cmocka_unit_test(a_slow_head_is_refused),
		cmocka_unit_test(a_slow_body_is_refused),
		cmocka_unit_test(an_idle_connection_is_let_go),
		cmocka_unit_test(an_empty_line_is_let_go),
		cmocka_unit_test(an_answer_nobody_reads_is_dropped),
		cmocka_unit_test(a_held_request_keeps_its_connection),
		cmocka_unit_test(one_address_gets_its_share),
		cmocka_unit_test(a_flood_of_idlers_starves_nobody),
		cmocka_unit_test(a_flood_of_slow_pages_starves_no_webhook),
		cmocka_unit_test(a_flood_of_readers_starves_no_webhook),
		cmocka_unit_test(waits_when_all_are_at_work),
		cmocka_unit_test(pauses_when_descriptors_run_low),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
