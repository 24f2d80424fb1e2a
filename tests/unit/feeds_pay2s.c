/*
 * feeds_pay2s.c - Pay2S: its bearer token, and each rule of a row one step outside.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/feed_bench.h"

static void
tokens(void **state)
{
	static const struct {
		struct bench_header header;
		enum feed_reason want;
	} cases[] = {
		{{"Authorization", "Bearer tcw-pay2s-0001"}, FEED_OK},
		{{"authorization", "bearer  tcw-pay2s-0001 "}, FEED_OK},
		{{"Authorization", "Bearer the-old-one"}, FEED_OK},
		{{"Authorization", "Bearer tcw-pay2s-000"}, FEED_BAD_AUTH},
		{{"Authorization", "Bearer tcw-pay2s-00012"}, FEED_BAD_AUTH},
		{{"Authorization", "Bearer"}, FEED_BAD_AUTH},
		{{"Authorization", "Bearer "}, FEED_BAD_AUTH},
		{{"Authorization", "Apikey tcw-pay2s-0001"}, FEED_BAD_AUTH},
		{{"Authorization", "tcw-pay2s-0001"}, FEED_BAD_AUTH},
		{{"X-Authorization", "Bearer tcw-pay2s-0001"}, FEED_BAD_AUTH},
		{{NULL, NULL}, FEED_BAD_AUTH},
	};
	const struct feed_secret secret = {
		.mode = FEED_MODE_BEARER, .values = {STR("tcw-pay2s-0001"), STR("the-old-one")}};
	const struct feed_secret foreign = {
		.mode = FEED_MODE_APIKEY, .values = {STR("tcw-pay2s-0001")}};
	const struct bench_message good = {.headers = {cases[0].header}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct bench_message message = {.headers = {cases[i].header}};

		assert_int_equal(bench_verify(*state, "pay2s", &secret, &message), cases[i].want);
	}
	assert_int_equal(bench_verify(*state, "pay2s", &foreign, &good), FEED_BAD_AUTH);
}

#define ROW(ID, TYPE, AMOUNT, MORE)                                           \
	"{\"id\":" ID ",\"transferType\":" TYPE ",\"transferAmount\":" AMOUNT \
	",\"transactionDate\":\"2026-07-28 14:30:45\",\"accountNumber\":\"1999\"" MORE "}"
#define BATCH(ROWS) TEXT("{\"transactions\":[" ROWS "]}")
#define ONE(ID, TYPE, AMOUNT) BATCH(ROW(ID, TYPE, AMOUNT, ""))
#define GOOD ROW("\"7\"", "\"IN\"", "45000", "")

static void
rows(void **state)
{
	static const struct {
		struct str body;
		enum feed_reason want;
		size_t count;
		bool outgoing;
	} cases[] = {
		{BATCH(GOOD), FEED_OK, 1, false},
		{BATCH(GOOD "," GOOD), FEED_OK, 2, false},
		{BATCH(""), FEED_OK, 0, false},
		{ONE("7", "\"OUT\"", "\"45000\""), FEED_OK, 1, true},
		{ONE("7", "\"in\"", "45000"), FEED_OK, 1, false},
		{ONE("7", "\"out\"", "45000"), FEED_OK, 1, true},
		{ONE("7", "\"IN\"", "0"), FEED_ZERO_AMOUNT, 0, false},
		{BATCH(ROW("6", "\"IN\"", "0", "") "," GOOD), FEED_OK, 1, false},
		{BATCH(ROW("7", "\"IN\"", "45000", ",\"checksum\":\"any\",\"content\":null")),
			FEED_OK, 1, false},

		{ONE("7", "\"INN\"", "1"), FEED_BAD_PAYLOAD, 0, false},
		{ONE("7", "\"\"", "1"), FEED_BAD_PAYLOAD, 0, false},
		{ONE("7", "null", "1"), FEED_BAD_PAYLOAD, 0, false},
		{ONE("7", "\"IN\"", "-1"), FEED_BAD_PAYLOAD, 0, false},
		{ONE("7", "\"IN\"", "1.5"), FEED_BAD_PAYLOAD, 0, false},
		{ONE("7", "\"IN\"", "null"), FEED_BAD_PAYLOAD, 0, false},
		{ONE("0", "\"IN\"", "1"), FEED_BAD_PAYLOAD, 0, false},
		{ONE("null", "\"IN\"", "1"), FEED_BAD_PAYLOAD, 0, false},
		{ONE("\"\"", "\"IN\"", "1"), FEED_BAD_PAYLOAD, 0, false},
		{BATCH(GOOD "," ROW("8", "\"IN\"", "x", "")), FEED_BAD_PAYLOAD, 0, false},
		{BATCH(GOOD ",null"), FEED_BAD_PAYLOAD, 0, false},
		{BATCH(ROW("7", "\"IN\"", "1", ",\"accountNumber\":\"2\"")), FEED_BAD_PAYLOAD, 0,
			false},
		{BATCH("{\"id\":7,\"transferType\":\"IN\",\"transferAmount\":1,"
		       "\"transactionDate\":\"2026-07-28 14:30:45\"}"),
			FEED_BAD_PAYLOAD, 0, false}, /* no account */
		{BATCH("{\"id\":7,\"transferType\":\"IN\",\"transferAmount\":1,"
		       "\"accountNumber\":\"1\",\"transactionDate\":\"2026-07-28 24:00:00\"}"),
			FEED_BAD_PAYLOAD, 0, false},
		{TEXT("{\"transactions\":" GOOD "}"), FEED_BAD_PAYLOAD, 0, false},
		{TEXT("{\"data\":[" GOOD "]}"), FEED_BAD_PAYLOAD, 0, false},
		{TEXT("[" GOOD "]"), FEED_BAD_PAYLOAD, 0, false},
		{TEXT("{\"transactions\":[" GOOD "]"), FEED_BAD_PAYLOAD, 0, false},
		{TEXT(""), FEED_BAD_PAYLOAD, 0, false},
	};
	struct feed_events events;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum feed_reason reason = bench_parse(*state, "pay2s", cases[i].body, &events);

		if (reason != cases[i].want || events.count != cases[i].count)
			fail_msg("%.*s: \"%s\", %zu events", STR_FMT(cases[i].body),
				feed_reason_name(reason), events.count);
		if (events.count == 0)
			continue;
		assert_int_equal(events.items[0].outgoing, cases[i].outgoing);
		assert_int_equal(events.items[0].amount.dong, 45000);
		assert_true(str_eq(events.items[0].provider_txn_id, STR("7")));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens),
		cmocka_unit_test(rows),
	};

	return cmocka_run_group_tests_name("feeds_pay2s", tests, feed_bench_open, feed_bench_close);
}
