/* Our own HTTP client: what it refuses to call, and what it makes of bad answers. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../gateway/notify/client.h"
#include "chopay/clock.h"

/* A server that gives one answer, byte for byte, to each connection. */
struct server {
	int fd, port;
	struct str answer;
	bool hang; /* leave the connection open behind it */
	struct buf heard;
	pthread_t thread;
};

static void *
serve(void *arg)
{
	struct server *server = arg;
	int held[8], count = 0;

	for (;;) {
		char bytes[4096];
		ssize_t got;
		int fd = accept(server->fd, NULL, NULL);

		if (fd < 0)
			break;
		got = read(fd, bytes, sizeof(bytes));
		if (got > 0)
			buf_add(&server->heard, (struct str){bytes, (size_t)got});
		if (server->answer.len > 0)
			(void)!write(fd, server->answer.ptr, server->answer.len);
		if (server->hang && count < 8)
			held[count++] = fd;
		else
			close(fd);
	}
	while (count > 0)
		close(held[--count]);
	return NULL;
}

static void
server_start(struct server *server)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);

	server->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(server->fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(server->fd, 8), 0);
	assert_int_equal(getsockname(server->fd, (struct sockaddr *)&at, &size), 0);
	server->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void
server_stop(struct server *server)
{
	shutdown(server->fd, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->fd);
	buf_fini(&server->heard);
}

struct outcome {
	bool done;
	int status;
	bool too_long;
	struct buf fault, body, header;
};

static void
outcome_fini(struct outcome *outcome)
{
	buf_fini(&outcome->fault);
	buf_fini(&outcome->body);
	buf_fini(&outcome->header);
}

static void
answered(void *arg, const struct client_answer *answer)
{
	struct outcome *outcome = arg;

	assert_false(outcome->done);
	outcome->done = true;
	outcome->status = answer->status;
	outcome->too_long = answer->body_too_long;
	buf_adds(&outcome->fault, answer->fault == NULL ? "" : answer->fault);
	buf_add(&outcome->body, answer->body);
	buf_add(&outcome->header, client_header(answer, "retry-after"));
}

static struct client *
client_of(bool allow_loopback)
{
	const struct client_config config = {.allow_loopback = allow_loopback};
	struct client *client;

	assert_int_equal(client_new(&config, &client).code, ERR_OK);
	return client;
}

static void
call(struct client *client, struct str url, struct outcome *outcome)
{
	const struct client_request request = {
		.method = "POST",
		.url = url,
		.headers = {STR("X-One: 1")},
		.header_count = 1,
		.body = STR("hello"),
		.timeout_ms = 700,
		.body_max = 20,
		.done = answered,
		.arg = outcome,
	};
	int wake = eventfd(0, EFD_CLOEXEC);

	assert_int_equal(client_send(client, &request).code, ERR_OK);
	assert_false(outcome->done); /* never from inside */
	for (int i = 0; i < 50 && !outcome->done; i++)
		client_run(client, wake, 100);
	assert_true(outcome->done);
	close(wake);
}

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Length: "

static const struct {
	const char *name, *answer;
	bool hang;
	int status;
	const char *body, *header;
	const char *fault; /* begins so; "" for none */
	bool too_long;
} answers[] = {
	{"an answer", OK_HEAD "5\r\nRetry-After: 7\r\n\r\nthere", false, 200, "there", "7", "",
		false},
	{"a redirect is not followed",
		"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
		false, 302, "", "", "", false},
	{"the longest body", OK_HEAD "20\r\n\r\n01234567890123456789", false, 200,
		"01234567890123456789", "", "", false},
	{"a byte more", OK_HEAD "21\r\n\r\n012345678901234567890", false, 200, "", "", "", true},
	{"half an answer", OK_HEAD "20\r\n\r\n0123", false, 0, NULL, "", "", false},
	{"half an answer, and silence", OK_HEAD "20\r\n\r\n0123", true, 0, NULL, "",
		"no whole answer", false},
	{"silence", "", true, 0, NULL, "", "no whole answer", false},
	{"nothing", "", false, 0, NULL, "", "", false},
	{"no HTTP", "SSH-2.0-OpenSSH\r\n", false, 0, NULL, "", "", false},
};

static void
answers_are_told_from_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct server server = {
			.answer = str_from(answers[i].answer), .hang = answers[i].hang};
		struct outcome outcome CLEANUP(outcome_fini) = {0};
		struct buf url CLEANUP(buf_fini) = {0};
		struct client *client = client_of(true);
		bool faulty = answers[i].body == NULL;

		server_start(&server);
		buf_addf(&url, "http://127.0.0.1:%d/x?y=1", server.port);
		call(client, buf_str(&url), &outcome);
		if (outcome.status != answers[i].status || faulty != (outcome.fault.len > 0) ||
			!str_starts(buf_str(&outcome.fault), str_from(answers[i].fault)) ||
			outcome.too_long != answers[i].too_long)
			fail_msg("%s: %d \"%.*s\"", answers[i].name, outcome.status,
				STR_FMT(buf_str(&outcome.fault)));
		if (!faulty) {
			assert_true(str_eq(buf_str(&outcome.body), str_from(answers[i].body)));
			assert_true(str_eq(buf_str(&outcome.header), str_from(answers[i].header)));
			assert_true(str_starts(
				buf_str(&server.heard), STR("POST /x?y=1 HTTP/1.1\r\n")));
			assert_true(str_find(buf_str(&server.heard), STR("X-One: 1\r\n")) > 0);
			assert_true(str_ends(buf_str(&server.heard), STR("\r\n\r\nhello")));
		}
		client_free(client);
		server_stop(&server);
	}
}

/* A switch that is off reaches nothing on this machine, by whatever name. */
static void
loopback_is_reached_only_when_allowed(void **state)
{
	static const char *const hosts[] = {
		"127.0.0.1", "localhost", "127.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433"};
	struct server server = {.answer = STR(OK_HEAD "0\r\n\r\n")};

	(void)state;
	server_start(&server);
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct outcome outcome CLEANUP(outcome_fini) = {0};
		struct buf url CLEANUP(buf_fini) = {0};
		struct client *client = client_of(false);

		buf_addf(&url, "https://%s:%d/", hosts[i], server.port);
		call(client, buf_str(&url), &outcome);
		assert_string_equal(outcome.fault.ptr, "the address is not allowed");
		client_free(client);
	}
	assert_int_equal(server.heard.len, 0);
	server_stop(&server);
}

static const struct {
	const char *url;
	bool allow, good;
} urls[] = {
	{"https://my.sepay.vn/userapi", false, true},
	{"https://my.sepay.vn:8443", false, true},
	{"HTTPS://my.sepay.vn", false, true},
	{"http://my.sepay.vn", false, false},
	{"http://my.sepay.vn", true, false},
	{"http://127.0.0.1:8080", false, false},
	{"http://127.0.0.1:8080", true, true},
	{"Http://127.0.0.1:8080", true, true},
	{"http://localhost", true, true},
	{"http://[::1]:80", true, true},
	{"http://128.0.0.1", true, false},
	{"http://127.0.0.1.example.com", true, false},
	{"https://user@my.sepay.vn", false, false},
	{"https://user:pw@my.sepay.vn", false, false},
	{"https://my.sepay.vn/#x", false, false},
	{"https://", false, false},
	{"", false, false},
	{"my.sepay.vn", false, false},
	{"ftp://my.sepay.vn", false, false},
	{"file:///etc/passwd", true, false},
	{"gopher://127.0.0.1", true, false},
	{"https://my.sepay.vn/a b", false, false},
	{"https://my.sepay.vn/\r\nX: y", false, false},
	{"https://ch\xe1\xbb\xa3.vn", false, false},
};

static void
urls_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		const char *fault = client_url_fault(str_from(urls[i].url), urls[i].allow);

		if ((fault == NULL) != urls[i].good)
			fail_msg("\"%s\": %s", urls[i].url, fault == NULL ? "good" : fault);
	}
}

/* The end of the client is an answer, too; and a header cannot smuggle a second one. */
static void
the_end_ends_all_calls(void **state)
{
	struct server server = {.hang = true};
	struct outcome outcome CLEANUP(outcome_fini) = {0};
	struct buf url CLEANUP(buf_fini) = {0};
	struct client *client = client_of(true);
	struct client_request request = {.method = "GET",
		.timeout_ms = 5000,
		.body_max = 1,
		.done = answered,
		.arg = &outcome};

	(void)state;
	server_start(&server);
	buf_addf(&url, "http://127.0.0.1:%d/", server.port);
	request.url = buf_str(&url);
	request.headers[0] = STR("X: 1\r\nY: 2");
	request.header_count = 1;
	assert_int_equal(client_send(client, &request).code, ERR_INVALID);
	request.header_count = 0;
	assert_int_equal(client_send(client, &request).code, ERR_OK);
	client_free(client);
	assert_true(outcome.done);
	assert_string_equal(outcome.fault.ptr, "stopped");
	server_stop(&server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_told_from_faults),
		cmocka_unit_test(loopback_is_reached_only_when_allowed),
		cmocka_unit_test(urls_are_judged),
		cmocka_unit_test(the_end_ends_all_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
