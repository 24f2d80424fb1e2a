/*
 * feeds_sepay.c - SePay: each rule of the body, and the row one step outside it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../support/feed_request.h"

/* In tables; STR is for expressions. */
#define TEXT(literal)                           \
	{                                       \
		"" literal, sizeof(literal) - 1 \
	}

static const struct feed *
sepay(void)
{
	return feed_find(STR("sepay"));
}

static struct str
no_header(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return (struct str){NULL, 0};
}

static enum feed_reason
parse(const struct feed_tester *tester, const char *content_type, struct str body,
	struct feed_events *events)
{
	const struct feed_message message = {
		.content_type = str_from(content_type),
		.body = body,
		.header = no_header,
	};

	return sepay()->parse(tester->arena, &message, events);
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
	const struct feed_tester *tester = *state;
	struct str body;

	assert_int_equal(
		sepay()->reply(tester->arena, &(struct feed_answer){.reason = FEED_OK}, &body),
		200);
	assert_true(str_eq(body, STR("{\"success\":true}")));
	assert_int_equal(sepay()->reply(tester->arena,
				 &(struct feed_answer){.reason = FEED_ZERO_AMOUNT}, &body),
		200);
	assert_true(str_eq(body, STR("{\"success\":true}")));
	assert_int_equal(sepay()->reply(tester->arena,
				 &(struct feed_answer){.reason = FEED_BAD_AUTH}, &body),
		401);
	assert_true(str_starts(body, STR("{\"success\":false,")));
	assert_int_equal(sepay()->reply(tester->arena,
				 &(struct feed_answer){.reason = FEED_BAD_PAYLOAD}, &body),
		400);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amounts_and_ids),
		cmocka_unit_test(members),
		cmocka_unit_test(event),
		cmocka_unit_test(depth),
		cmocka_unit_test(replies),
	};

	return cmocka_run_group_tests_name(
		"feeds_sepay", tests, feed_tester_setup, feed_tester_teardown);
}
