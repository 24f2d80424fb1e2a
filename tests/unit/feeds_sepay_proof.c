/*
 * feeds_sepay_proof.c - SePay: who may call, and until when, each rule and one step outside it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/clock.h"

#include "../support/feed_request.h"

#define NOW_S 1785224000
#define NOW_MS (NOW_S * MS_PER_SECOND)

static const struct feed *
sepay(void)
{
	return feed_find(STR("sepay"));
}

struct headers {
	const char *authorization, *timestamp, *signature;
};

static struct str
find_header(void *arg, const char *name)
{
	const struct headers *headers = arg;

	if (str_eq_nocase(str_from(name), STR("authorization")))
		return str_from(headers->authorization);
	if (str_eq_nocase(str_from(name), STR("x-sepay-timestamp")))
		return str_from(headers->timestamp);
	if (str_eq_nocase(str_from(name), STR("x-sepay-signature")))
		return str_from(headers->signature);
	return (struct str){NULL, 0};
}

static enum feed_reason
verify(const struct feed_tester *tester, const struct feed_secret *secret, struct headers headers,
	struct str body)
{
	const struct feed_message message = {
		.now_ms = NOW_MS,
		.method = STR("POST"),
		.path = STR("/hook"),
		.body = body,
		.header = find_header,
		.header_arg = &headers,
	};

	return sepay()->verify(tester->crypt, secret, &message);
}

static void
apikey(void **state)
{
	static const struct {
		const char *header;
		enum feed_reason want;
	} cases[] = {
		{"Apikey key-number-one", FEED_OK},
		{"Apikey key-number-two", FEED_OK}, /* both, during a roll */
		{"apikey key-number-one", FEED_OK}, /* a scheme has no case: RFC 9110, 11.1 */
		{"Apikey   key-number-one ", FEED_OK},
		{"Apikey key-number-on", FEED_BAD_AUTH},
		{"Apikey key-number-one1", FEED_BAD_AUTH},
		{"Apikey KEY-NUMBER-ONE", FEED_BAD_AUTH},
		{"Bearer key-number-one", FEED_BAD_AUTH},
		{"key-number-one", FEED_BAD_AUTH},
		{"Apikey", FEED_BAD_AUTH},
		{"Apikey ", FEED_BAD_AUTH},
		{"", FEED_BAD_AUTH},
		{NULL, FEED_BAD_AUTH},
	};
	const struct feed_secret secret = {
		.mode = FEED_MODE_APIKEY, .values = {STR("key-number-one"), STR("key-number-two")}};
	const struct feed_secret none = {.mode = FEED_MODE_APIKEY};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct headers headers = {.authorization = cases[i].header};

		assert_int_equal(verify(*state, &secret, headers, STR("{}")), cases[i].want);
		assert_int_equal(verify(*state, &none, headers, STR("{}")), FEED_BAD_AUTH);
	}
}

static void
oauth2(void **state)
{
	static const struct {
		const char *header;
		enum feed_reason want;
	} cases[] = {
		{"Bearer token-good", FEED_OK},
		{"bearer token-good", FEED_OK},
		{"Bearer token-last", FEED_OK},	      /* 1 ms left */
		{"Bearer token-over", FEED_BAD_AUTH}, /* it ends now */
		{"Bearer token-none", FEED_BAD_AUTH},
		{"Bearer client-secret", FEED_BAD_AUTH},
		{"Apikey token-good", FEED_BAD_AUTH},
		{"Bearer ", FEED_BAD_AUTH},
		{NULL, FEED_BAD_AUTH},
	};
	const struct feed_secret secret = {.mode = FEED_MODE_OAUTH2,
		.values = {STR("client-secret")},
		.client_id = STR("sepay"),
		.issued = {{STR("token-over"), NOW_MS}, {STR("token-last"), NOW_MS + 1},
			{STR("token-good"), NOW_MS + 60000}},
		.issued_count = 3};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct headers headers = {.authorization = cases[i].header};

		assert_int_equal(verify(*state, &secret, headers, STR("{}")), cases[i].want);
	}
}

static const char *
sign(const struct feed_tester *tester, struct str key, const char *timestamp, struct str body)
{
	const struct str parts[] = {str_from(timestamp), STR("."), body};
	unsigned char mac[SHA256_SIZE];
	struct buf text CLEANUP(buf_fini) = {0};

	crypt_hmac_sha256(tester->crypt, key, parts, 3, mac);
	buf_adds(&text, "sha256=");
	hex_put(&text, (struct str){(const char *)mac, sizeof(mac)});
	return arena_cstr(tester->arena, buf_str(&text));
}

static void
hmac_window(void **state)
{
	static const struct {
		const char *timestamp;
		enum feed_reason want;
	} cases[] = {
		{"1785224000", FEED_OK},
		{"1785223700", FEED_OK}, /* 300 s old */
		{"1785223699", FEED_STALE_TIMESTAMP},
		{"1785224300", FEED_OK}, /* 300 s ahead */
		{"1785224301", FEED_STALE_TIMESTAMP},
		{"0", FEED_STALE_TIMESTAMP},
		{"1785224000000", FEED_STALE_TIMESTAMP}, /* milliseconds */
		{"999999999999999999", FEED_STALE_TIMESTAMP},
		{"9223372036854775808", FEED_BAD_SIGNATURE}, /* 2^63 */
		{"-1785224000", FEED_BAD_SIGNATURE},
		{"+1785224000", FEED_BAD_SIGNATURE},
		{" 1785224000", FEED_BAD_SIGNATURE},
		{"1785224000.0", FEED_BAD_SIGNATURE},
		{"0x6a685980", FEED_BAD_SIGNATURE},
		{"now", FEED_BAD_SIGNATURE},
		{"", FEED_BAD_SIGNATURE},
		{NULL, FEED_BAD_SIGNATURE},
	};
	const struct str key = STR("whsec_of_a_test");
	const struct feed_secret secret = {.mode = FEED_MODE_HMAC, .values = {key}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct headers headers = {.timestamp = cases[i].timestamp};

		headers.signature = sign(*state, key, cases[i].timestamp, STR("{\"id\":1}"));
		assert_int_equal(
			verify(*state, &secret, headers, STR("{\"id\":1}")), cases[i].want);
	}
}

/* Whatever the time says, a signature that does not fit is called by its name. */
static void
hmac_signature(void **state)
{
	const struct str body = STR("{\"id\":1}");
	const struct str old = STR("whsec_of_a_test"), new = STR("whsec_after_roll");
	const struct feed_secret roll = {.mode = FEED_MODE_HMAC, .values = {old, new}};
	const struct feed_secret second = {.mode = FEED_MODE_HMAC, .values = {{NULL, 0}, new}};
	const struct feed_secret none = {.mode = FEED_MODE_HMAC};
	struct headers headers = {.timestamp = "1785224000"};

	headers.signature = sign(*state, old, headers.timestamp, body);
	assert_int_equal(verify(*state, &roll, headers, body), FEED_OK);
	assert_int_equal(verify(*state, &second, headers, body), FEED_BAD_SIGNATURE);
	assert_int_equal(verify(*state, &roll, headers, STR("{\"id\":2}")), FEED_BAD_SIGNATURE);
	headers.signature = sign(*state, new, headers.timestamp, body);
	assert_int_equal(verify(*state, &roll, headers, body), FEED_OK);
	assert_int_equal(verify(*state, &second, headers, body), FEED_OK);

	/* An endpoint without a secret is not an endpoint with the empty secret. */
	headers.signature = sign(*state, STR(""), headers.timestamp, body);
	assert_int_equal(verify(*state, &none, headers, body), FEED_BAD_SIGNATURE);
	assert_int_equal(verify(*state, &second, headers, body), FEED_BAD_SIGNATURE);

	headers.signature = NULL;
	assert_int_equal(verify(*state, &roll, headers, body), FEED_BAD_SIGNATURE);
	headers.signature = "sha256=";
	assert_int_equal(verify(*state, &roll, headers, body), FEED_BAD_SIGNATURE);
	headers.signature = sign(*state, old, headers.timestamp, body) + strlen("sha256=");
	assert_int_equal(verify(*state, &roll, headers, body), FEED_BAD_SIGNATURE);
	headers.timestamp = "1"; /* forged and stale */
	assert_int_equal(verify(*state, &roll, headers, body), FEED_BAD_SIGNATURE);
	headers = (struct headers){.authorization = "Apikey whsec_of_a_test"};
	assert_int_equal(verify(*state, &roll, headers, body), FEED_BAD_SIGNATURE);
}

static void
other_modes(void **state)
{
	const struct feed_secret none = {.mode = FEED_MODE_NONE};
	const struct feed_secret foreign = {.mode = FEED_MODE_WHSEC, .values = {STR("whsec_x")}};
	struct headers headers = {.authorization = "Apikey whsec_x"};

	assert_int_equal(verify(*state, &none, (struct headers){0}, STR("")), FEED_OK);
	assert_int_equal(verify(*state, &foreign, headers, STR("")), FEED_BAD_AUTH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(apikey),
		cmocka_unit_test(oauth2),
		cmocka_unit_test(hmac_window),
		cmocka_unit_test(hmac_signature),
		cmocka_unit_test(other_modes),
	};

	return cmocka_run_group_tests_name(
		"feeds_sepay_proof", tests, feed_tester_setup, feed_tester_teardown);
}
