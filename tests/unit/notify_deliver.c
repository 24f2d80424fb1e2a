/* What a notice is sent with, and what the answer means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../gateway/notify/deliver.h"
#include "chopay/clock.h"
#include "chopay/json.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct bench {
	struct crypt *crypt;
	struct arena *arena;
};

static int
set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_int_equal(crypt_new(&bench->crypt).code, ERR_OK);
	bench->arena = arena_new();
	*state = bench;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *bench = *state;

	arena_free(bench->arena);
	crypt_free(bench->crypt);
	free(bench);
	return 0;
}

static json_t *
read_fixture(void)
{
	json_t *fixture = json_load_file("tests/fixtures/webhooks/outgoing_v1.json", 0, NULL);

	assert_non_null(fixture);
	return fixture;
}

static struct str
member(const json_t *object, const char *name)
{
	struct str text;

	assert_int_equal(json_member_str(object, name, &text).code, ERR_OK);
	return text;
}

/* "name: value" among the headers of the request? */
static bool
has_header(const struct client_request *request, const char *name, struct str value)
{
	struct buf line CLEANUP(buf_fini) = {0};

	buf_addf(&line, "%s: %.*s", name, STR_FMT(value));
	for (size_t i = 0; i < request->header_count; i++) {
		if (str_eq(request->headers[i], buf_str(&line)))
			return true;
	}
	return false;
}

static void
the_fixture_comes_out(void **state)
{
	struct bench *bench = *state;
	json_t *fixture CLEANUP(json_cleanup) = read_fixture();
	const json_t *secret = json_object_get(fixture, "secret"), *headers, *value;
	const char *name;
	struct client_request request;
	struct sending sending = {
		.id = member(secret, "id"),
		.body = member(fixture, "body_raw"),
		.url = STR("https://pos.example.com/pos/notify"),
		.secrets = {member(secret, "value")},
	};

	assert_int_equal(json_member_i64(fixture, "now", &sending.unix_s).code, ERR_OK);
	assert_int_equal(
		deliver_request(bench->crypt, bench->arena, &sending, &request).code, ERR_OK);
	assert_string_equal(request.method, "POST");
	assert_true(str_eq(request.body, sending.body));
	assert_true(has_header(&request, "Content-Type", STR("application/json")));
	headers = json_object_get(json_object_get(fixture, "expect"), "send_headers");
	assert_int_equal(json_object_size(headers), 3);
	json_object_foreach((json_t *)(uintptr_t)headers, name, value)
	{
		if (!has_header(&request, name, json_str(value)))
			fail_msg("%s is not as the fixture says", name);
	}
	assert_int_equal(request.timeout_ms, 5000);
	assert_int_equal(request.body_max, 65536);
}

/* In a roll both secrets sign, the new one first. */
static void
two_secrets_make_two_signatures(void **state)
{
	struct bench *bench = *state;
	struct client_request request, old;
	struct sending sending = {
		.id = STR("ntc_1"),
		.unix_s = 1785224000,
		.body = STR("{}"),
		.url = STR("https://pos.example.com/"),
		.secrets = {STR("whsec_bmV3ZXItc2VjcmV0LW9mLXRoZS1yZWNlaXZlci0wMQ=="),
			STR("whsec_b2xkZXItc2VjcmV0LW9mLXRoZS1yZWNlaXZlci0wMQ==")},
	};
	struct str both, one;

	assert_int_equal(
		deliver_request(bench->crypt, bench->arena, &sending, &request).code, ERR_OK);
	both = request.headers[4];
	sending.secrets[0] = sending.secrets[1];
	sending.secrets[1] = (struct str){NULL, 0};
	assert_int_equal(deliver_request(bench->crypt, bench->arena, &sending, &old).code, ERR_OK);
	one = str_cut(old.headers[4], strlen("webhook-signature: "), old.headers[4].len);
	assert_int_equal(both.len, strlen("webhook-signature: ") + 2 * one.len + 1);
	assert_true(str_ends(both, one));
	assert_true(both.ptr[both.len - one.len - 1] == ' ');
	/* Another try: another time, another signature. */
	sending.unix_s++;
	assert_int_equal(
		deliver_request(bench->crypt, bench->arena, &sending, &request).code, ERR_OK);
	assert_false(str_eq(request.headers[4], old.headers[4]));
}

#define NOW INT64_C(1785224000000) /* 2026-07-28T07:33:20Z */

static const struct {
	const char *name;
	int status;
	const char *fault, *retry_after;
	enum verdict verdict;
	bool slow;
	int64_t retry_after_ms;
} answers[] = {
	{"200", 200, NULL, "", TAKEN, false, 0},
	{"201", 201, NULL, "", TAKEN, false, 0},
	{"204", 204, NULL, "", TAKEN, false, 0},
	{"299", 299, NULL, "", TAKEN, false, 0},
	{"101", 101, NULL, "", NOT_TAKEN, false, 0},
	{"300", 300, NULL, "", NOT_TAKEN, false, 0},
	{"302", 302, NULL, "", NOT_TAKEN, false, 0},
	{"400", 400, NULL, "", NOT_TAKEN, false, 0},
	{"404", 404, NULL, "60", NOT_TAKEN, false, 0},
	{"410", 410, NULL, "60", NOT_WANTED, false, 0},
	{"429", 429, NULL, "", NOT_TAKEN, true, 0},
	{"429 and seconds", 429, NULL, "120", NOT_TAKEN, true, 120000},
	{"429 and a date", 429, NULL, "Tue, 28 Jul 2026 07:34:20 GMT", NOT_TAKEN, true, 60000},
	{"429 and a date gone by", 429, NULL, "Tue, 28 Jul 2026 07:32:20 GMT", NOT_TAKEN, true, 0},
	{"429 and nonsense", 429, NULL, "soon", NOT_TAKEN, true, 0},
	{"429 and a negative", 429, NULL, "-5", NOT_TAKEN, true, 0},
	{"429 and far too much", 429, NULL, "99999999999999", NOT_TAKEN, true, 0},
	{"500", 500, NULL, "60", NOT_TAKEN, false, 0},
	{"502", 502, NULL, "", NOT_TAKEN, true, 0},
	{"503", 503, NULL, "7", NOT_TAKEN, false, 7000},
	{"504", 504, NULL, "7", NOT_TAKEN, true, 7000},
	{"no answer", 0, "no whole answer in time", "", NOT_TAKEN, false, 0},
};

static void
each_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct judgement got = deliver_judge(
			answers[i].status, answers[i].fault, str_from(answers[i].retry_after), NOW);

		if (got.verdict != answers[i].verdict || got.slow != answers[i].slow ||
			got.retry_after_ms != answers[i].retry_after_ms)
			fail_msg("%s: verdict %d, slow %d, retry after %lld ms", answers[i].name,
				got.verdict, got.slow, (long long)got.retry_after_ms);
		assert_true((got.error[0] == '\0') == (got.verdict == TAKEN));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fixture_comes_out),
		cmocka_unit_test(two_secrets_make_two_signatures),
		cmocka_unit_test(each_answer),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
