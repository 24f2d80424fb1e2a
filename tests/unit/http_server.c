/* The server over real sockets: keep-alive, pipelining, answers, refusals, listeners. */
#include "http_harness.h"

#include <fcntl.h>
#include <sys/stat.h>

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

/* ---- requests one after the other ----------------------------------------------------------- */

static void
keeps_alive(void **state)
{
	int fd = client_connect(*state);

	for (int i = 0; i < 100; i++) {
		client_send(fd, STR("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"));
		client_expect(fd, 200, "hello");
		client_send(fd,
			STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345"));
		client_expect(fd, 200, "12345");
		client_send(fd,
			STR("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
			    "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
		client_expect(fd, 200, "abcde");
	}
	close(fd);
}

static void
closes_when_asked(void **state)
{
	static const char *const requests[] = {
		"GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"GET /hello HTTP/1.0\r\n\r\n",
	};
	struct answer answer = {0};

	for (size_t i = 0; i < 2; i++) {
		int fd = client_connect(*state);

		client_send(fd, str_from(requests[i]));
		assert_true(client_read(fd, &answer));
		assert_non_null(strstr(answer.head, "\r\nConnection: close\r\n"));
		client_expect_end(fd);
		close(fd);
	}
	buf_fini(&answer.body);
}

static void
keeps_alive_an_old_client_that_asks(void **state)
{
	struct answer answer = {0};
	int fd = client_connect(*state);

	for (int i = 0; i < 3; i++) {
		client_send(fd, STR("GET /hello HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
		assert_true(client_read(fd, &answer));
		assert_non_null(strstr(answer.head, "\r\nConnection: keep-alive\r\n"));
	}
	close(fd);
	buf_fini(&answer.body);
}

static void
answers_pipelined_requests_in_order(void **state)
{
	enum { COUNT = 3000 };
	struct buf bytes CLEANUP(buf_fini) = {0};
	int fd = client_connect(*state);
	char want[16];

	for (int i = 0; i < COUNT; i++)
		buf_addf(&bytes, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n%06d",
			i);
	client_send(fd, buf_str(&bytes));
	for (int i = 0; i < COUNT; i++) {
		snprintf(want, sizeof(want), "%06d", i);
		client_expect(fd, 200, want);
	}
	close(fd);
}

static void
holds_back_what_is_behind_a_held_request(void **state)
{
	struct harness *h = *state;
	int fd = client_connect(h);

	client_send(fd, STR("POST /hook/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
			    "POST /hook/b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\ntwo"));
	for (int i = 0; i < 2; i++) {
		await_count(&h->held_now, 1);
		harness_do(h, release_one, NULL);
		client_expect(fd, 200, i == 0 ? "one" : "two");
	}
	close(fd);
}

/* nc and some monitors close their half as soon as they have asked. */
static void
answers_a_half_closed_client(void **state)
{
	struct harness *h = *state;
	int fd = client_connect(h);

	client_send(fd, STR("POST /hook/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
			    "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"));
	shutdown(fd, SHUT_WR);
	await_count(&h->held_now, 1);
	harness_do(h, release_one, NULL);
	client_expect(fd, 200, "one");
	client_expect(fd, 200, "hello");
	client_expect_end(fd);
	close(fd);
}

static void
no_handler_sees_a_request_that_ends_early(void **state)
{
	struct harness *h = *state;
	int fd = client_connect(h);

	client_send(fd, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345"));
	shutdown(fd, SHUT_WR);
	client_expect_end(fd);
	close(fd);
	assert_int_equal(atomic_load(&h->handled), 0);
}

static void
no_second_request_behind_a_bad_one(void **state)
{
	struct harness *h = *state;
	int fd = client_connect(h);

	client_send(fd, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
			    "Content-Length: 1\r\n\r\nx"
			    "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"));
	client_expect(fd, 400, NULL);
	client_expect_end(fd);
	close(fd);
	assert_int_equal(atomic_load(&h->handled), 0);
}

/* ---- answers ------------------------------------------------------------------------------- */

static void
expect_answer(struct harness *h, const char *request, int status, const char *const *has)
{
	struct answer answer = {0};
	int fd = client_connect(h);

	client_send(fd, str_from(request));
	assert_true(client_read(fd, &answer));
	assert_int_equal(answer.status, status);
	for (; *has != NULL; has++) {
		if (strstr(answer.head, *has) == NULL &&
			(answer.body.ptr == NULL || strstr(answer.body.ptr, *has) == NULL))
			fail_msg("no \"%s\" in:\n%s%s", *has, answer.head,
				answer.body.ptr == NULL ? "" : answer.body.ptr);
	}
	buf_fini(&answer.body);
	close(fd);
}
#define HAS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static void
answers_carry_what_they_must(void **state)
{
	expect_answer(*state, GET("/hello"), 200,
		HAS("\r\nContent-Length: 5\r\n", "\r\nX-Content-Type-Options: nosniff\r\n",
			"\r\nDate: ", "\r\nContent-Type: text/plain\r\n"));
	expect_answer(*state, GET("/nowhere"), 404,
		HAS("application/problem+json", "\"type\":\"/problems/not-found\"",
			"\"instance\":\"/nowhere\"", "\"request_id\":\"", "no-store"));
	expect_answer(*state, GET("/echo"), 405, HAS("\r\nAllow: POST\r\n", "method-not-allowed"));
	expect_answer(*state, "DELETE /info/n HTTP/1.1\r\nHost: x\r\n\r\n", 405,
		HAS("\r\nAllow: GET, HEAD, POST\r\n"));
	expect_answer(*state, "DELETE /info/fixed HTTP/1.1\r\nHost: x\r\n\r\n", 405,
		HAS("\r\nAllow: GET, HEAD\r\n"));
	expect_answer(*state, GET("/control"), 404, HAS("not-found"));
	expect_answer(*state, GET("/err/invalid"), 400, HAS("\"detail\":\"as you wished\""));
	expect_answer(*state, GET("/err/denied"), 403, HAS("/problems/denied"));
	expect_answer(*state, GET("/err/not-found"), 404, HAS("/problems/not-found"));
	expect_answer(*state, GET("/err/conflict"), 409, HAS("/problems/conflict"));
	expect_answer(*state, GET("/err/busy"), 503, HAS("\r\nRetry-After: 1\r\n"));
	expect_answer(*state, GET("/err/broken"), 500, HAS("request id"));
}

static void
requests_can_be_asked(void **state)
{
	expect_answer(*state,
		"POST /info/ch%e1%bb%a3%2B?x=1&q=a%20b+c&q=2 HTTP/1.1\r\nHost: x\r\n"
		"Cookie: a=b; session=s3cret; c=d\r\nX-Test:  v \r\n"
		"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
		"Content-Length: 12\r\n\r\ne=1&f=%C4%91",
		200,
		HAS("param=ch\xe1\xbb\xa3+ query=a b c cookie=s3cret form=\xc4\x91 header=v "
		    "peer=127.0.0.1 secure=0 local=0 route=/info/{name}",
			"\r\nX-Seen: yes\r\n"));
	expect_answer(*state, GET("/q/CHS00001AB.png"), 200,
		HAS("param=CHS00001AB query", "route=/q/{name}.png"));
	expect_answer(*state, GET("/info/fixed"), 200, HAS("route=/info/fixed"));
	expect_answer(*state, GET("/info/"), 404, HAS("not-found"));
	expect_answer(*state, GET("/q/.png"), 404, HAS("not-found"));
}

static void
head_has_no_body(void **state)
{
	struct answer answer = {0};
	int fd = client_connect(*state);

	client_send(fd, STR("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n"));
	assert_true(client_read_head(fd, &answer));
	assert_non_null(strstr(answer.head, "\r\nContent-Length: 5\r\n"));
	client_send(fd, STR("HEAD /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"));
	assert_true(client_read_head(fd, &answer));
	assert_int_equal(answer.status, 404);
	client_send(fd, STR(GET("/err/none")));
	assert_true(client_read_head(fd, &answer));
	assert_int_equal(answer.status, 204);
	assert_null(strstr(answer.head, "Content-Length"));
	client_send(fd, STR(GET("/hello")));
	client_expect(fd, 200, "hello");
	close(fd);
}

static void
headers_cannot_be_injected(void **state)
{
	struct answer answer = {0};
	int fd = client_connect(*state);

	client_send(fd, STR(GET("/inject?v=/ok")));
	assert_true(client_read(fd, &answer));
	assert_int_equal(answer.status, 303);
	assert_non_null(strstr(answer.head, "\r\nLocation: /ok\r\n"));
	client_send(fd, STR(GET("/inject?v=/%0d%0aSet-Cookie:%20a=b")));
	assert_true(client_read(fd, &answer));
	assert_int_equal(answer.status, 500);
	assert_null(strstr(answer.head, "Set-Cookie"));
	buf_fini(&answer.body);
	close(fd);
}

static void
a_large_answer_arrives_whole(void **state)
{
	struct answer answer = {0};
	int fd = client_connect(*state);

	client_send(fd, STR(GET("/big") GET("/hello")));
	assert_true(client_read(fd, &answer));
	assert_int_equal(answer.body.len, 8 * 1024 * 1024);
	client_expect(fd, 200, "hello");
	buf_fini(&answer.body);
	close(fd);
}

/* ---- bodies -------------------------------------------------------------------------------- */

/* The client sees why, although it is still sending. */
static void
lingers_after_a_refused_upload(void **state)
{
	struct buf piece CLEANUP(buf_fini) = {0};
	int fd = client_connect(*state);

	for (int i = 0; i < 16384; i++)
		buf_addc(&piece, 'x');
	client_send(fd, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n"));
	for (int i = 0; i < 64; i++)
		client_send(fd, buf_str(&piece));
	client_expect(fd, 413, NULL);
	client_expect_end(fd);
	close(fd);
}

static void
a_body_where_none_is_taken(void **state)
{
	expect_answer(*state, "GET /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx", 413,
		HAS("\r\nConnection: close\r\n"));
	expect_answer(*state, "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx",
		404, HAS("\r\nConnection: close\r\n"));
	expect_answer(*state, "GET /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 200,
		HAS("hello"));
}

static void
says_continue_when_the_body_may_come(void **state)
{
	struct answer answer = {0};
	int fd = client_connect(*state);

	client_send(fd, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
			    "Expect: 100-continue\r\n\r\n"));
	assert_true(client_read_head(fd, &answer));
	assert_int_equal(answer.status, 100);
	client_send(fd, STR("12345"));
	client_expect(fd, 200, "12345");
	client_send(fd, STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n"
			    "Expect: 100-continue\r\n\r\n"));
	client_expect(fd, 413, NULL);
	client_expect_end(fd);
	close(fd);
}

/* ---- clients that leave -------------------------------------------------------------------- */

static void
reset(int fd)
{
	const struct linger hard = {1, 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(fd);
}

static void
count_held(struct harness *h, void *arg)
{
	int *gone = arg;

	*gone = 0;
	for (int i = 0; i < h->held_count; i++)
		*gone += request_gone(h->held[i]);
}

static void
a_client_may_leave_while_its_request_is_held(void **state)
{
	struct harness *h = *state;
	int gone = 0;

	for (int i = 0; i < 8; i++) {
		int fd = client_connect(h);

		client_send(fd,
			STR("POST /hook/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"));
		await_count(&h->held_now, i + 1);
		reset(fd);
	}
	for (int i = 0; i < DEADLINE_S * 1000 && gone < 8; i++) {
		usleep(1000);
		harness_do(h, count_held, &gone);
	}
	assert_int_equal(gone, 8);
	for (int i = 0; i < 4; i++) /* the rest is answered after the server's end */
		harness_do(h, release_one, NULL);
	assert_int_equal(atomic_load(&h->gone_now), 4);
}

static void
a_client_may_leave_its_answer(void **state)
{
	for (int i = 0; i < 20; i++) {
		int fd = client_connect(*state);

		client_send(fd, STR(GET("/big") GET("/big")));
		if (i % 2 == 0) {
			char byte;

			assert_int_equal(recv(fd, &byte, 1, 0), 1);
		}
		reset(fd);
	}
	expect_answer(*state, GET("/hello"), 200, HAS("hello"));
}

/* ---- listeners ----------------------------------------------------------------------------- */

static void
listen_on(struct harness *h, void *arg)
{
	struct {
		const char *address;
		bool shared;
		struct err e;
	} *try = arg;
	struct buf bound CLEANUP(buf_fini) = {0};

	try->e = http_server_listen(h->server, str_from(try->address), NULL, try->shared, &bound);
}

static void
refuses_what_it_must_not_listen_on(void **state)
{
	struct harness *h = *state;
	static const struct {
		const char *address;
		enum err_code want;
	} cases[] = {
		{"0.0.0.0:0", ERR_DENIED},
		{"[::]:0", ERR_DENIED},
		{"192.0.2.1:80", ERR_DENIED},
		{"127.0.0.1", ERR_INVALID},
		{"127.0.0.1:", ERR_INVALID},
		{"127.0.0.1:65536", ERR_INVALID},
		{"127.0.0.1:-1", ERR_INVALID},
		{":80", ERR_INVALID},
		{"", ERR_INVALID},
		{"[::1:80", ERR_INVALID},
		{"example.com:80", ERR_INVALID},
		{"127.9.8.7:0", ERR_OK},
		{"localhost:0", ERR_OK},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct {
			const char *address;
			bool shared;
			struct err e;
		} try = {cases[i].address, false, OK};

		harness_do(h, listen_on, &try);
		if (try.e.code != cases[i].want)
			fail_msg("%s: %s", cases[i].address, err_code_name(try.e.code));
	}
}

static void
notices_a_port_in_use(void **state)
{
	struct harness *h = *state;
	struct {
		const char *address;
		bool shared;
		struct err e;
	} try = {h->address, false, OK};

	harness_do(h, listen_on, &try);
	assert_int_equal(try.e.code, ERR_CONFLICT);
	assert_int_equal(http_address_free(str_from(h->address)).code, ERR_CONFLICT);
	assert_int_equal(http_address_free(STR("127.0.0.1:0")).code, ERR_OK);
}

/* Each loop has a listener of its own at one address. */
static void
shares_a_port_among_loops(void **state)
{
	struct harness *h = *state;
	struct buf bound CLEANUP(buf_fini) = {0};
	struct {
		const char *address;
		bool shared;
		struct err e;
	} try = {NULL, true, OK};
	struct event_base *base = event_base_new();
	struct http_server *other = http_server_new(
		base, harness_routes, 1, &HTTP_LIMITS_DEFAULT, NULL);

	assert_int_equal(
		http_server_listen(other, STR("127.0.0.1:0"), NULL, true, &bound).code, ERR_OK);
	try.address = bound.ptr;
	harness_do(h, listen_on, &try);
	assert_int_equal(try.e.code, ERR_OK);
	try.shared = false;
	harness_do(h, listen_on, &try);
	assert_int_equal(try.e.code, ERR_CONFLICT);
	http_server_free(other);
	event_base_free(base);
}

static void
listen_local(struct harness *h, void *arg)
{
	struct {
		const char *path;
		struct err e;
	} *try = arg;

	try->e = http_server_listen_local(h->server, try->path);
}

static void
serves_the_control_socket(void **state)
{
	struct harness *h = *state;
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	char folder[] = "/tmp/chopay-http-XXXXXX";
	struct {
		const char *path;
		struct err e;
	} try = {un.sun_path, OK};
	struct stat file;
	int fd;

	assert_non_null(mkdtemp(folder));
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/control", folder);

	/* What a killed gateway leaves behind: a socket file that nobody answers. */
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	close(fd);
	harness_do(h, listen_local, &try);
	assert_int_equal(try.e.code, ERR_OK);
	assert_int_equal(lstat(un.sun_path, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0600);

	/* A second gateway must not take it. */
	harness_do(h, listen_local, &try);
	assert_int_equal(try.e.code, ERR_CONFLICT);

	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	client_send(fd, STR(GET("/control") GET("/info/x")));
	client_expect(fd, 200, "hello");
	client_expect(fd, 200,
		"param=x query=- cookie=- form=- header= peer=local secure=0 local=1 "
		"route=/info/{name} digest=");
	close(fd);

	/* Never a file that is no socket. */
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/precious", folder);
	fd = open(un.sun_path, O_CREAT | O_WRONLY, 0600);
	close(fd);
	harness_do(h, listen_local, &try);
	assert_int_equal(try.e.code, ERR_CONFLICT);
	assert_int_equal(unlink(un.sun_path), 0);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/control", folder);
	unlink(un.sun_path);
	rmdir(folder);
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
	http_server_stop(h->server, *(int *)arg, stop_done, h);
}

static void
stops_after_what_is_under_way(void **state)
{
	struct harness *h = *state;
	int idle = client_connect(h), busy = client_connect(h), grace_ms = 60 * 1000;

	client_send(idle, STR(GET("/hello")));
	client_expect(idle, 200, "hello");
	client_send(busy, STR("POST /hook/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"));
	await_count(&h->held_now, 1);
	harness_do(h, stop_server, &grace_ms);
	client_expect_end(idle);
	assert_int_equal(atomic_load(&h->stopped), 0);
	harness_do(h, release_one, NULL);
	client_expect(busy, 200, "one");
	client_expect_end(busy);
	await_count(&h->stopped, 1);
	close(idle);
	close(busy);
}

static void
stops_in_time_whatever_is_under_way(void **state)
{
	struct harness *h = *state;
	int busy = client_connect(h), grace_ms = 0;

	client_send(busy, STR("POST /hook/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"));
	await_count(&h->held_now, 1);
	harness_do(h, stop_server, &grace_ms);
	client_expect_end(busy);
	await_count(&h->stopped, 1);
	close(busy);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keeps_alive),
		TEST(closes_when_asked),
		TEST(keeps_alive_an_old_client_that_asks),
		TEST(answers_pipelined_requests_in_order),
		TEST(holds_back_what_is_behind_a_held_request),
		TEST(answers_a_half_closed_client),
		TEST(no_handler_sees_a_request_that_ends_early),
		TEST(no_second_request_behind_a_bad_one),
		TEST(answers_carry_what_they_must),
		TEST(requests_can_be_asked),
		TEST(head_has_no_body),
		TEST(headers_cannot_be_injected),
		TEST(a_large_answer_arrives_whole),
		TEST(lingers_after_a_refused_upload),
		TEST(a_body_where_none_is_taken),
		TEST(says_continue_when_the_body_may_come),
		TEST(a_client_may_leave_while_its_request_is_held),
		TEST(a_client_may_leave_its_answer),
		TEST(refuses_what_it_must_not_listen_on),
		TEST(notices_a_port_in_use),
		TEST(shares_a_port_among_loops),
		TEST(serves_the_control_socket),
		TEST(stops_after_what_is_under_way),
		TEST(stops_in_time_whatever_is_under_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
