/* feeds_payer.c - who paid, in each feed's own words; and that a strange one refuses nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/feed_bench.h"

#define CASSO1(MORE)                                                                               \
	TEXT("{\"error\":0,\"data\":[{\"id\":7,\"tid\":\"T7\",\"description\":\"CHK7\","           \
	     "\"when\":\"2026-07-28 12:00:00\",\"bank_sub_acc_id\":\"1999\",\"amount\":45000" MORE \
	     "}]}")
#define CASSO2(MORE)                                                                          \
	TEXT("{\"error\":0,\"data\":{\"id\":7,\"reference\":\"T7\",\"description\":\"CHK7\"," \
	     "\"transactionDateTime\":\"2026-07-28 12:00:00\",\"accountNumber\":\"1999\","    \
	     "\"amount\":45000" MORE "}}")
#define PAYOS(MORE)                                                                            \
	TEXT("{\"code\":\"00\",\"desc\":\"success\",\"success\":true,\"data\":{"               \
	     "\"orderCode\":9,\"amount\":45000,\"description\":\"CHK7\",\"accountNumber\":"    \
	     "\"1999\",\"reference\":\"FT7\",\"transactionDateTime\":\"2026-07-28 12:00:00\"," \
	     "\"currency\":\"VND\",\"code\":\"00\"" MORE "},\"signature\":\"x\"}")
#define MB(MORE)                                                                           \
	TEXT("{\"bankaccount\":\"1999\",\"amount\":45000,\"transType\":\"C\",\"content\":" \
	     "\"CHK7\",\"transactionid\":\"FT7\",\"transactiontime\":1785223000000" MORE "}")

static const struct {
	const char *feed;
	struct str body;
	const char *account, *bank;
} rows[] = {
	{"casso_v1", CASSO1(""), "", ""},
	{"casso_v1",
		CASSO1(",\"corresponsiveAccount\":\"0123\",\"corresponsiveBankId\":\"970436\""),
		"0123", "970436"},
	{"casso_v1", CASSO1(",\"corresponsiveAccount\":\"\",\"corresponsiveBankId\":\"970436\""),
		"", ""},
	{"casso_v1", CASSO1(",\"corresponsiveAccount\":123,\"corresponsiveBankId\":null"), "123",
		""},
	/* A payer that cannot be read refuses nothing. */
	{"casso_v1", CASSO1(",\"corresponsiveAccount\":[1],\"corresponsiveBankId\":{}"), "", ""},
	{"casso_v1", CASSO1(",\"corresponsiveAccount\":\"0\\u00001\""), "", ""},
	{"casso_v1", CASSO1(",\"corresponsiveAccount\":1.5"), "", ""},
	{"casso_v2",
		CASSO2(",\"counterAccountNumber\":\"0123\",\"counterAccountBankId\":\"970436\""),
		"0123", "970436"},
	{"casso_v2", CASSO2(",\"counterAccountNumber\":null,\"counterAccountBankId\":null"), "",
		""},
	{"payos", PAYOS(",\"counterAccountNumber\":\"0123\",\"counterAccountBankId\":\"970436\""),
		"0123", "970436"},
	{"payos", PAYOS(",\"counterAccountNumber\":\"\""), "", ""},
	{"mb", MB(",\"reciprocalAccount\":\"0123\",\"reciprocalBankCode\":\"VCB\""), "0123", "VCB"},
	{"mb", MB(""), "", ""},
};

static void
each_feed_names_the_payer(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_events events;
		enum feed_reason reason = bench_parse(*state, rows[i].feed, rows[i].body, &events);

		if (reason != FEED_OK || events.count != 1)
			fail_msg("row %zu (%s): %d", i, rows[i].feed, reason);
		if (!str_eq(events.items[0].payer_account, str_from(rows[i].account)) ||
			!str_eq(events.items[0].payer_bank, str_from(rows[i].bank)))
			fail_msg("row %zu (%s): \"%.*s\" of \"%.*s\"", i, rows[i].feed,
				STR_FMT(events.items[0].payer_account),
				STR_FMT(events.items[0].payer_bank));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_feed_names_the_payer),
	};

	return cmocka_run_group_tests_name("feeds_payer", tests, feed_bench_open, feed_bench_close);
}
