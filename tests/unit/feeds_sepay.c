/*
 * feeds_sepay.c - SePay: each rule of proof and of the body, and the row one step outside it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/clock.h"
#include "chopay/feeds.h"

/* In tables; STR is for expressions. */
#define TEXT(literal)                           \
	{                                       \
		"" literal, sizeof(literal) - 1 \
	}

#define NOW_S 1785224000
#define NOW_MS (NOW_S * MS_PER_SECOND)

struct tools {
	struct crypt *crypt;
	const struct feed *sepay;
	struct arena *arena;
};

static int
setup(void **state)
{
	struct tools *tools = mem_alloc_zero(1, sizeof(*tools));

	if (crypt_new(&tools->crypt).code != ERR_OK)
		return -1;
	tools->sepay = feed_find(STR("sepay"));
	tools->arena = arena_new();
	*state = tools;
	return 0;
}

static int
teardown(void **state)
{
	struct tools *tools = *state;

	arena_free(tools->arena);
	crypt_free(tools->crypt);
	mem_free(state);
	return 0;
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
verify(const struct tools *tools, const struct feed_secret *secret, struct headers headers,
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

	return tools->sepay->verify(tools->crypt, secret, &message);
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
sign(const struct tools *tools, struct str key, const char *timestamp, struct str body)
{
	const struct str parts[] = {str_from(timestamp), STR("."), body};
	unsigned char mac[SHA256_SIZE];
	struct buf text CLEANUP(buf_fini) = {0};

	crypt_hmac_sha256(tools->crypt, key, parts, 3, mac);
	buf_adds(&text, "sha256=");
	hex_put(&text, (struct str){(const char *)mac, sizeof(mac)});
	return arena_cstr(tools->arena, buf_str(&text));
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

static enum feed_reason
parse(const struct tools *tools, const char *content_type, struct str body,
	struct feed_events *events)
{
	struct headers headers = {0};
	const struct feed_message message = {
		.now_ms = NOW_MS,
		.content_type = str_from(content_type),
		.body = body,
		.header = find_header,
		.header_arg = &headers,
	};

	return tools->sepay->parse(tools->arena, &message, events);
}

#define JSON_HEAD                                                                                   \
	"{\"gateway\":\"MBBank\",\"transactionDate\":\"2026-07-28 14:30:45\",\"content\":\"CHK7\"," \
	"\"accountNumber\":\"19990000001234\",\"transferType\":\"in\","
#define WITH(ID, AMOUNT) TEXT(JSON_HEAD "\"id\":" ID ",\"transferAmount\":" AMOUNT "}")

static void
amounts_and_ids(void **state)
{
	static const struct {
		struct str body;
		enum feed_reason want;
		int64_t dong;
		const char *id;
	} cases[] = {
		{WITH("7", "45000"), FEED_OK, 45000, "7"},
		{WITH("\"7\"", "45000"), FEED_OK, 45000, "7"},
		{WITH("\"9f3c-77\"", "1"), FEED_OK, 1, "9f3c-77"},
		{WITH("7", "\"45000\""), FEED_OK, 45000, "7"},
		{WITH("7", "1000000000000000"), FEED_OK, INT64_C(1000000000000000), "7"},
		{WITH("7", "1000000000000001"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "0"), FEED_ZERO_AMOUNT, 0, NULL},
		{WITH("7", "\"0\""), FEED_ZERO_AMOUNT, 0, NULL},
		{WITH("7", "-0"), FEED_ZERO_AMOUNT, 0, NULL}, /* JSON's own zero */
		{WITH("7", "\"-0\""), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "-1"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "\"-45000\""), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "45000.0"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "45000.5"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "4.5e4"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "1e3"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "\"45000.00\""), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "\"45,000\""), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "\" 45000\""), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "\"+45000\""), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "\"45000\\u0000\""), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "\"\""), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "null"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "true"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "[45000]"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "9223372036854775807"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "9223372036854775808"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "\"99999999999999999999\""), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("9223372036854775807", "1"), FEED_OK, 1, "9223372036854775807"},
		{WITH("9223372036854775808", "1"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7.0", "1"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("0", "1"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("-7", "1"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("\"\"", "1"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("\"7 \"", "1"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("\"7\\u0000\"", "1"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("null", "1"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("{}", "1"), FEED_BAD_PAYLOAD, 0, NULL},
		{WITH("7", "1,\"id\":8"), FEED_BAD_PAYLOAD, 0, NULL}, /* a name twice */
		{WITH("7", "1,\"transferAmount\":1"), FEED_BAD_PAYLOAD, 0, NULL},
	};
	struct feed_events events;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum feed_reason reason = parse(*state, "application/json", cases[i].body, &events);

		if (reason != cases[i].want)
			fail_msg("%.*s: \"%s\"", STR_FMT(cases[i].body), feed_reason_name(reason));
		assert_int_equal(events.count, reason == FEED_OK ? 1 : 0);
		if (reason != FEED_OK)
			continue;
		assert_int_equal(events.items[0].amount.dong, cases[i].dong);
		assert_true(str_eq(events.items[0].provider_txn_id, str_from(cases[i].id)));
	}
}

#define BODY(MEMBERS) TEXT("{\"id\":7,\"transferAmount\":45000," MEMBERS "}")
#define DATE "\"transactionDate\":\"2026-07-28 14:30:45\""
#define ACCOUNT "\"accountNumber\":\"1999\""
#define TYPE "\"transferType\":\"in\""

static void
members(void **state)
{
	static const struct {
		struct str body;
		enum feed_reason want;
	} cases[] = {
		{BODY(DATE "," ACCOUNT "," TYPE),
			FEED_OK}, /* a memo may be missing, money is not */
		{BODY(DATE "," ACCOUNT "," TYPE ",\"content\":null,\"code\":\"\""), FEED_OK},
		{BODY(DATE "," ACCOUNT "," TYPE ",\"accumulated\":\"x\",\"new\":[{\"a\":1.5}]"),
			FEED_OK}, /* what we do not use may be anything */
		{BODY(DATE "," ACCOUNT "," TYPE ",\"referenceCode\":3516"), FEED_OK},
		{BODY(DATE "," TYPE ",\"subAccount\":\"VA1\""), FEED_OK},
		{BODY(DATE "," TYPE), FEED_BAD_PAYLOAD}, /* whose account? */
		{BODY(DATE "," TYPE ",\"accountNumber\":\"19\\u000099\""), FEED_BAD_PAYLOAD},
		{BODY(DATE "," ACCOUNT), FEED_BAD_PAYLOAD},
		{BODY(DATE "," ACCOUNT ",\"transferType\":\"IN\""), FEED_BAD_PAYLOAD},
		{BODY(DATE "," ACCOUNT ",\"transferType\":\"credit\""), FEED_BAD_PAYLOAD},
		{BODY(ACCOUNT "," TYPE), FEED_BAD_PAYLOAD},
		{BODY(ACCOUNT "," TYPE ",\"transactionDate\":\"2026-02-30 10:00:00\""),
			FEED_BAD_PAYLOAD},
		{BODY(ACCOUNT "," TYPE ",\"transactionDate\":\"2026-07-28 24:00:00\""),
			FEED_BAD_PAYLOAD},
		{BODY(ACCOUNT "," TYPE ",\"transactionDate\":\"28/07/2026 14:30:45\""),
			FEED_BAD_PAYLOAD},
		{BODY(ACCOUNT "," TYPE ",\"transactionDate\":1785224000"), FEED_BAD_PAYLOAD},
		{BODY(DATE "," ACCOUNT "," TYPE ",\"content\":7"), FEED_BAD_PAYLOAD},
		{BODY(DATE "," ACCOUNT "," TYPE ",\"content\":\"\\ud800\""), FEED_BAD_PAYLOAD},
		{BODY(DATE "," ACCOUNT "," TYPE ",\"content\":\"\xff\""), FEED_BAD_PAYLOAD},
		{BODY(DATE "," ACCOUNT "," TYPE ",\"x\":1\0"), FEED_BAD_PAYLOAD}, /* a raw NUL */
		{BODY(DATE "," ACCOUNT "," TYPE ",\"content\":\"a\0b\""), FEED_BAD_PAYLOAD},
		{TEXT(""), FEED_BAD_PAYLOAD},
		{TEXT("[]"), FEED_BAD_PAYLOAD},
		{TEXT("null"), FEED_BAD_PAYLOAD},
		{TEXT("{}"), FEED_BAD_PAYLOAD},
		{TEXT("{\"id\":7}{\"id\":8}"), FEED_BAD_PAYLOAD},
	};
	struct feed_events events;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum feed_reason reason = parse(*state, NULL, cases[i].body, &events);

		if (reason != cases[i].want)
			fail_msg("%.*s: \"%s\"", STR_FMT(cases[i].body), feed_reason_name(reason));
	}
}

static void
event(void **state)
{
	const struct str body = BODY(DATE ",\"accountNumber\":\"\",\"transferType\":\"out\","
					  "\"gateway\":\"BIDV\",\"subAccount\":\"V9\","
					  "\"code\":\"CHK7\",\"referenceCode\":3516,"
					  "\"content\":\"a\\u0000b\\ud83c\\udf89\"");
	const struct feed_event *e;
	struct feed_events events;

	assert_int_equal(parse(*state, "text/plain", body, &events), FEED_OK);
	assert_int_equal(events.count, 1);
	e = events.items;
	assert_true(str_eq(e->bank, STR("BIDV")));
	assert_true(str_eq(e->account, STR("V9")));
	assert_true(str_eq(e->virtual_account, STR("V9")));
	assert_true(str_eq(e->code_hint, STR("CHK7")));
	assert_true(str_eq(e->bank_txn_id, STR("3516")));
	assert_true(str_eq(e->content, STR("a\0b\xf0\x9f\x8e\x89")));
	assert_true(e->outgoing);
	assert_int_equal(e->time_ms, INT64_C(1785223845000)); /* 07:30:45 UTC */
}

static void
depth(void **state)
{
	/* The object itself is the first level. */
	for (size_t levels = 31; levels <= 32; levels++) {
		struct buf body CLEANUP(buf_fini) = {0};
		struct feed_events events;

		buf_adds(&body,
			"{\"id\":7,\"transferAmount\":1," DATE "," ACCOUNT "," TYPE ",\"x\":");
		for (size_t i = 0; i < levels; i++)
			buf_addc(&body, '[');
		for (size_t i = 0; i < levels; i++)
			buf_addc(&body, ']');
		buf_addc(&body, '}');
		assert_int_equal(parse(*state, NULL, buf_str(&body), &events),
			levels == 31 ? FEED_OK : FEED_BAD_PAYLOAD);
	}
}

static void
replies(void **state)
{
	const struct tools *tools = *state;
	struct str body;

	assert_int_equal(tools->sepay->reply(tools->arena, FEED_OK, &body), 200);
	assert_true(str_eq(body, STR("{\"success\":true}")));
	assert_int_equal(tools->sepay->reply(tools->arena, FEED_ZERO_AMOUNT, &body), 200);
	assert_true(str_eq(body, STR("{\"success\":true}")));
	assert_int_equal(tools->sepay->reply(tools->arena, FEED_BAD_AUTH, &body), 401);
	assert_true(str_starts(body, STR("{\"success\":false,")));
	assert_int_equal(tools->sepay->reply(tools->arena, FEED_BAD_PAYLOAD, &body), 400);
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
		cmocka_unit_test(amounts_and_ids),
		cmocka_unit_test(members),
		cmocka_unit_test(event),
		cmocka_unit_test(depth),
		cmocka_unit_test(replies),
	};

	return cmocka_run_group_tests_name("feeds_sepay", tests, setup, teardown);
}
