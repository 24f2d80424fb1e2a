/*
 * feeds_bidv.c - BIDV bill payment: tokens, checksums, what a call must say, which bill a payment
 * fits, and each answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/feed_request.h"

#define PAYBILL "/webhooks/bidv/e1/paybill"
#define GETBILL "/webhooks/bidv/e1/getbill"
#define TOKEN "/webhooks/bidv/e1/token"

/* printf '%s' tcw-bidv-secret-01BIDV2620900001CHO7K2M9QX445000 | md5sum */
static const char PAID[] = "{\"trans_id\":\"BIDV2620900001\",\"trans_date\":\"20260728143045\","
			   "\"customer_id\":\"TCW000012\",\"service_id\":\"318099\","
			   "\"bill_id\":\"CHO7K2M9QX4\",\"amount\":\"45000\","
			   "\"checksum\":\"a875b4087b4423fd67a61ea394e56289\"}";
/* printf '%s' tcw-bidv-secret-01318099TCW000012 | md5sum */
static const char ASKED[] = "{\"customer_id\":\"TCW000012\",\"service_id\":\"318099\","
			    "\"checksum\":\"e51337636e93af5b03ad6c9d0beb0066\"}";

static const struct feed_secret secret = {
	.mode = FEED_MODE_BIDV,
	.values = {{"tcw-bidv-secret-01", 18}, {NULL, 0}},
	.client_id = {"318099", 6},
	.issued = {{{"live", 4}, CALL_NOW_MS + 1}, {{"dead", 4}, CALL_NOW_MS}},
	.issued_count = 2,
};
static const struct feed_secret rolled = {
	.mode = FEED_MODE_BIDV,
	.values = {{"tcw-bidv-secret-02", 18}, {"tcw-bidv-secret-01", 18}},
	.client_id = {"318099", 6},
	.issued = {{{"live", 4}, CALL_NOW_MS + 1}},
	.issued_count = 1,
};

static void
callers(void **state)
{
	static const struct {
		const struct feed_secret *secret;
		const char *path, *authorization, *body;
		enum feed_reason want;
	} cases[] = {
		{&secret, PAYBILL, "Bearer live", PAID, FEED_OK},
		{&rolled, PAYBILL, "Bearer live", PAID, FEED_OK},
		{&secret, PAYBILL, "Bearer dead", PAID, FEED_BAD_AUTH},
		{&secret, PAYBILL, NULL, PAID, FEED_BAD_AUTH},
		{&secret, PAYBILL, NULL, "", FEED_BAD_AUTH}, /* before the body is read */
		{&secret, GETBILL, "Bearer live", ASKED, FEED_OK},
		{&secret, GETBILL, "Bearer dead", ASKED, FEED_BAD_AUTH},
		/* one call's body at the other's address */
		{&secret, PAYBILL, "Bearer live", ASKED, FEED_BAD_PAYLOAD},
		{&secret, GETBILL, "Bearer live", PAID, FEED_BAD_SIGNATURE},
		/* "318099:tcw-bidv-secret-01", "318098:...", "318099:tcw-bidv-secret-02" */
		{&secret, TOKEN, "Basic MzE4MDk5OnRjdy1iaWR2LXNlY3JldC0wMQ==", "", FEED_OK},
		{&secret, TOKEN "_generate", "Basic MzE4MDk5OnRjdy1iaWR2LXNlY3JldC0wMQ==", "",
			FEED_OK},
		{&secret, TOKEN, "Basic MzE4MDk4OnRjdy1iaWR2LXNlY3JldC0wMQ==", "", FEED_BAD_AUTH},
		{&secret, TOKEN, "Basic MzE4MDk5OnRjdy1iaWR2LXNlY3JldC0wMg==", "", FEED_BAD_AUTH},
		{&secret, TOKEN, "Bearer live", "", FEED_BAD_AUTH},
		{&secret, PAYBILL, "Basic MzE4MDk5OnRjdy1iaWR2LXNlY3JldC0wMQ==", PAID,
			FEED_BAD_AUTH},
	};
	const struct feed *feed = feed_find(STR("bidv"));

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_request request = {
			cases[i].path, cases[i].authorization, NULL, cases[i].body};

		if (feed_request_verify(*state, feed, cases[i].secret, &request) != cases[i].want)
			fail_msg("row %zu", i);
	}
}

/* Each member missing or changed, through verify, parse and reply. */
static void
bodies(void **state)
{
	static const struct {
		const char *member, *value;
		enum feed_reason want;
		const char *code;
	} cases[] = {
		{"amount", "45000", FEED_OK, "000"},
		{"checksum", "\"A875B4087B4423FD67A61EA394E56289\"", FEED_OK, "000"},
		{"customer_id", "\"TCW000013\"", FEED_OK, "000"}, /* not in the checksum */
		{"trans_date", "\"20260728143046\"", FEED_OK, "000"},
		{"amount", "\"45001\"", FEED_BAD_SIGNATURE, "004"},
		{"trans_id", "\"BIDV2620900002\"", FEED_BAD_SIGNATURE, "004"},
		{"bill_id", "\"CHO7K2M9QX5\"", FEED_BAD_SIGNATURE, "004"},
		{"checksum", "\"a875b4087b4423fd67a61ea394e56280\"", FEED_BAD_SIGNATURE, "004"},
		{"checksum", "\"a875\"", FEED_BAD_SIGNATURE, "004"},
		{"checksum", "\"not hexadecimal\"", FEED_BAD_SIGNATURE, "004"},
		{"service_id", "\"318098\"", FEED_BAD_PAYLOAD, "006"},
		{"service_id", "318099", FEED_OK, "000"},
		{"trans_id", NULL, FEED_BAD_PAYLOAD, "001"},
		{"trans_date", NULL, FEED_BAD_PAYLOAD, "001"},
		{"customer_id", NULL, FEED_BAD_PAYLOAD, "001"},
		{"service_id", NULL, FEED_BAD_PAYLOAD, "001"},
		{"bill_id", "null", FEED_BAD_PAYLOAD, "001"},
		{"amount", "\"\"", FEED_BAD_PAYLOAD, "001"},
		{"amount", "45000.0", FEED_BAD_PAYLOAD, "001"},
		{"checksum", NULL, FEED_BAD_PAYLOAD, "001"},
		{"trans_date", "\"2026-07-28\"", FEED_BAD_PAYLOAD, "001"},
		{"trans_date", "\"20260230143045\"", FEED_BAD_PAYLOAD, "001"},
	};
	const struct feed_tester *tester = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_request request = {PAYBILL, "Bearer live", NULL,
			feed_request_edit(tester, PAID, NULL, cases[i].member, cases[i].value)};
		struct feed_outcome outcome = feed_request_run(
			tester, feed_find(STR("bidv")), &secret, &request);
		struct str code = arena_printf(
			tester->arena, "\"result_code\":\"%s\"", cases[i].code);

		if (outcome.reason != cases[i].want || str_find(outcome.reply, code) < 0 ||
			outcome.status != (cases[i].want == FEED_OK ? 200 : 400))
			fail_msg("row %zu: %s, %d %s", i, feed_reason_name(outcome.reason),
				outcome.status, outcome.reply.ptr);
	}
}

/* Without a secret a checksum proves nothing, also not the one that everybody can make:
 * printf '%s' BIDV2620900001CHO7K2M9QX445000 | md5sum */
static void
no_secret(void **state)
{
	struct feed_secret empty = secret;
	const struct feed_request request = {PAYBILL, "Bearer live", NULL,
		feed_request_edit(
			*state, PAID, NULL, "checksum", "\"69960ac60d2a9b1247a86e3cfe663cac\"")};

	empty.values[0] = (struct str){NULL, 0};
	assert_int_equal(feed_request_verify(*state, feed_find(STR("bidv")), &empty, &request),
		FEED_BAD_SIGNATURE);
}

/* The same joined text under the same checksum: digits of the bill's number in the amount, and a
 * payment of nothing.  The bill tells the first, parse the second. */
static void
checksums_say_little(void **state)
{
	const struct feed_tester *tester = *state;
	const struct feed *feed = feed_find(STR("bidv"));
	const struct feed_bill bill = {
		.found = true, .open = true, .customer_id = STR("TCW000012"), .due = {45000}};
	const struct feed_bill none = {.found = false};
	const char *body = feed_request_edit(tester, PAID, NULL, "bill_id", "\"CHO7K2M9QX\"");
	struct feed_outcome outcome;

	body = feed_request_edit(tester, body, NULL, "amount", "\"445000\"");
	const struct feed_request moved = {PAYBILL, "Bearer live", NULL, body};

	outcome = feed_request_run(tester, feed, &secret, &moved);
	assert_int_equal(outcome.reason, FEED_OK);
	assert_int_equal(feed->check_bill(outcome.events.items, &none), FEED_BAD_PAYLOAD);
	assert_int_equal(feed->check_bill(outcome.events.items, &bill), FEED_AMOUNT_MISMATCH);

	const struct feed_request nothing = {
		PAYBILL, NULL, NULL, feed_request_edit(tester, PAID, NULL, "amount", "\"0\"")};

	assert_int_equal(
		feed_request_parse(tester, feed, &nothing, &outcome.events), FEED_BAD_PAYLOAD);
}

static void
bills(void **state)
{
	static const struct {
		struct feed_bill bill;
		enum feed_reason want;
		int status;
		const char *code;
	} cases[] = {
		{{true, true, {NULL, 0}, {"TCW000012", 9}, {45000}}, FEED_OK, 200, "000"},
		{{true, true, {NULL, 0}, {NULL, 0}, {45000}}, FEED_OK, 200, "000"},
		{{true, true, {NULL, 0}, {NULL, 0}, {45001}}, FEED_AMOUNT_MISMATCH, 400, "022"},
		{{true, true, {NULL, 0}, {NULL, 0}, {0}}, FEED_AMOUNT_MISMATCH, 400, "022"},
		{{true, false, {NULL, 0}, {NULL, 0}, {0}}, FEED_NOT_SUCCESSFUL, 200, "023"},
		{{true, false, {NULL, 0}, {NULL, 0}, {45000}}, FEED_NOT_SUCCESSFUL, 200, "023"},
		{{true, true, {NULL, 0}, {"TCW000013", 9}, {45000}}, FEED_BAD_PAYLOAD, 400, "021"},
		{{false, true, {NULL, 0}, {NULL, 0}, {45000}}, FEED_BAD_PAYLOAD, 400, "021"},
	};
	const struct feed_tester *tester = *state;
	const struct feed *feed = feed_find(STR("bidv"));
	const struct feed_request request = {PAYBILL, "Bearer live", NULL, PAID};
	struct feed_outcome outcome = feed_request_run(tester, feed, &secret, &request);

	assert_int_equal(outcome.reason, FEED_OK);
	assert_true(str_eq(outcome.events.items->virtual_account, STR("TCW000012")));
	assert_non_null(outcome.events.items->account.ptr); /* empty, not absent */
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum feed_reason reason = feed->check_bill(outcome.events.items, &cases[i].bill);
		struct str code = arena_printf(
			tester->arena, "\"result_code\":\"%s\"", cases[i].code);
		struct str body;
		int status = feed->reply(tester->arena,
			&(struct feed_answer){.reason = reason, .events = &outcome.events}, &body);

		if (reason != cases[i].want || status != cases[i].status ||
			str_find(body, code) < 0)
			fail_msg("row %zu: %s, %d %s", i, feed_reason_name(reason), status,
				body.ptr);
	}
}

static void
asked_for_a_bill(void **state)
{
	static const struct {
		struct feed_bill bill;
		const char *reply;
	} cases[] = {
		{{true, true, {"CHC1\"", 5}, {"TCW000012", 9}, {45000}},
			"{\"customer_id\":\"TCW000012\",\"customer_name\":\"TCW000012\","
			"\"customer_addr\":\"\",\"data\":[{\"type\":0,\"amount\":45000,"
			"\"bill_id\":\"CHC1\\\"\"}],\"result_code\":\"000\",\"result_desc\":"
			"\"success\"}"},
		{{true, false, {"CHC1", 4}, {NULL, 0}, {0}},
			"{\"result_code\":\"012\",\"result_desc\":\"the customer has no bill\"}"},
		{{0}, "{\"result_code\":\"012\",\"result_desc\":\"the customer has no bill\"}"},
	};
	const struct feed_tester *tester = *state;
	const struct feed *feed = feed_find(STR("bidv"));
	const struct feed_request request = {GETBILL, "Bearer live", NULL, ASKED};
	struct feed_outcome outcome = feed_request_run(tester, feed, &secret, &request);

	assert_int_equal(outcome.reason, FEED_OK);
	assert_int_equal(outcome.events.call, FEED_CALL_BILL);
	assert_int_equal(outcome.events.count, 0);
	assert_true(str_eq(outcome.events.customer_id, STR("TCW000012")));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_answer answer = {
			.events = &outcome.events, .bill = &cases[i].bill};
		struct str body;

		assert_int_equal(feed->reply(tester->arena, &answer, &body), 200);
		assert_string_equal(body.ptr, cases[i].reply);
	}
}

static void
asked_for_a_token(void **state)
{
	static const struct {
		const char *authorization;
		int status;
		const char *reply;
	} cases[] = {
		{"Basic MzE4MDk5OnRjdy1iaWR2LXNlY3JldC0wMQ==", 200,
			"{\"access_token\":\"a-token\",\"token_type\":\"Bearer\",\"expires_in\":"
			"300}"},
		{"Basic Og==", 400,
			"{\"result_code\":\"003\",\"result_desc\":\"wrong credentials\"}"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_request request = {TOKEN, cases[i].authorization, NULL, ""};
		struct feed_outcome outcome = feed_request_run(
			*state, feed_find(STR("bidv")), &secret, &request);

		assert_int_equal(outcome.status, cases[i].status);
		assert_string_equal(outcome.reply.ptr, cases[i].reply);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(callers),
		cmocka_unit_test(bodies),
		cmocka_unit_test(no_secret),
		cmocka_unit_test(checksums_say_little),
		cmocka_unit_test(bills),
		cmocka_unit_test(asked_for_a_bill),
		cmocka_unit_test(asked_for_a_token),
	};

	return cmocka_run_group_tests_name(
		"feeds_bidv", tests, feed_tester_setup, feed_tester_teardown);
}
