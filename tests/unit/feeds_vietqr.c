/*
 * feeds_vietqr.c - VietQR.vn and MB: who may call, what a transaction must say, where a signed one
 * could have been cut anew, and each answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chopay/clock.h"

#include "../support/feed_request.h"

#define TOKEN_PATH "/webhooks/vietqr_vn/e1/api/token_generate"
#define SYNC_PATH "/webhooks/vietqr_vn/e1/bank/api/transaction-sync"

static const char GOOD[] =
	"{\"bankaccount\":\"19990000001234\",\"amount\":45000,\"transType\":\"C\","
	"\"content\":\"CHO7K2M9QX4\",\"transactionid\":\"0a4cc317-0000-4055-bc83-000000000001\","
	"\"transactiontime\":1785223845000,\"referencenumber\":\"FT26209000000201\"}";

static const struct feed_secret bearer = {
	.mode = FEED_MODE_VIETQR,
	.values = {{"tcw-pass-01", 11}, {"old:pass-00", 11}},
	.client_id = {"tcw-user", 8},
	.issued = {{{"live", 4}, CALL_NOW_MS + 1}, {{"dead", 4}, CALL_NOW_MS}},
	.issued_count = 2,
};
static const struct feed_secret by_signature = {
	.mode = FEED_MODE_VIETQR_SIGNATURE,
	.values = {{"vietqr-signing-01", 17}, {NULL, 0}},
};

static void
callers(void **state)
{
	static const struct {
		const struct feed_secret *secret;
		const char *path, *authorization;
		enum feed_reason want;
	} cases[] = {
		{&bearer, SYNC_PATH, "Bearer live", FEED_OK},
		{&bearer, SYNC_PATH, "bearer live", FEED_OK},
		{&bearer, SYNC_PATH, "Bearer dead", FEED_BAD_AUTH},
		{&bearer, SYNC_PATH, "Bearer liv", FEED_BAD_AUTH},
		{&bearer, SYNC_PATH, "Bearer ", FEED_BAD_AUTH},
		{&bearer, SYNC_PATH, "live", FEED_BAD_AUTH},
		{&bearer, SYNC_PATH, NULL, FEED_BAD_AUTH},
		/* user and password are for the token alone: "tcw-user:tcw-pass-01" */
		{&bearer, SYNC_PATH, "Basic dGN3LXVzZXI6dGN3LXBhc3MtMDE=", FEED_BAD_AUTH},
		{&bearer, TOKEN_PATH, "Basic dGN3LXVzZXI6dGN3LXBhc3MtMDE=", FEED_OK},
		{&bearer, TOKEN_PATH, "basic dGN3LXVzZXI6dGN3LXBhc3MtMDE=", FEED_OK},
		/* the other password, which holds a colon: "tcw-user:old:pass-00" */
		{&bearer, TOKEN_PATH, "Basic dGN3LXVzZXI6b2xkOnBhc3MtMDA=", FEED_OK},
		{&bearer, TOKEN_PATH, "Bearer live", FEED_BAD_AUTH},
		/* "tcw-user:tcw-pass-02", "tcw-usex:tcw-pass-01", ":tcw-pass-01", "tcw-user", ":"
		 */
		{&bearer, TOKEN_PATH, "Basic dGN3LXVzZXI6dGN3LXBhc3MtMDI=", FEED_BAD_AUTH},
		{&bearer, TOKEN_PATH, "Basic dGN3LXVzZXg6dGN3LXBhc3MtMDE=", FEED_BAD_AUTH},
		{&bearer, TOKEN_PATH, "Basic OnRjdy1wYXNzLTAx", FEED_BAD_AUTH},
		{&bearer, TOKEN_PATH, "Basic dGN3LXVzZXI=", FEED_BAD_AUTH},
		{&bearer, TOKEN_PATH, "Basic Og==", FEED_BAD_AUTH},
		{&bearer, TOKEN_PATH, "Basic dGN3LXVzZXI6dGN3LXBhc3MtMDE", FEED_BAD_AUTH},
		{&bearer, TOKEN_PATH, NULL, FEED_BAD_AUTH},
		/* the signed variant has no tokens to give, and takes none */
		{&by_signature, TOKEN_PATH, "Basic Og==", FEED_BAD_AUTH},
		{&by_signature, SYNC_PATH, "Bearer live", FEED_BAD_SIGNATURE},
	};
	static const struct feed_secret nothing = {.mode = FEED_MODE_VIETQR};
	static const struct feed_secret nobody = {
		.mode = FEED_MODE_VIETQR, .values = {{"tcw-pass-01", 11}, {NULL, 0}}};
	static const struct feed_secret foreign = {.mode = FEED_MODE_NONE};
	const struct feed *feed = feed_find(STR("vietqr_vn"));

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_request request = {
			cases[i].path, cases[i].authorization, NULL, GOOD};

		if (feed_request_verify(*state, feed, cases[i].secret, &request) != cases[i].want)
			fail_msg("row %zu", i);
	}
	assert_int_equal(feed_request_verify(*state, feed, &nothing,
				 &(struct feed_request){TOKEN_PATH, "Basic Og==", NULL, ""}),
		FEED_BAD_AUTH);
	assert_int_equal(
		feed_request_verify(*state, feed, &nobody,
			&(struct feed_request){TOKEN_PATH, "Basic OnRjdy1wYXNzLTAx", NULL, ""}),
		FEED_BAD_AUTH);
	assert_int_equal(feed_request_verify(*state, feed, &foreign,
				 &(struct feed_request){SYNC_PATH, "Bearer live", NULL, GOOD}),
		FEED_BAD_AUTH);
}

static void
bodies(void **state)
{
	static const struct {
		const char *member, *value;
		enum feed_reason want;
	} cases[] = {
		{"amount", "\"45000\"", FEED_OK},
		{"amount", "0", FEED_ZERO_AMOUNT},
		{"amount", "45000.0", FEED_BAD_PAYLOAD},
		{"amount", "\"45.000\"", FEED_BAD_PAYLOAD},
		{"amount", "-45000", FEED_BAD_PAYLOAD},
		{"amount", NULL, FEED_BAD_PAYLOAD},
		{"transType", "\"D\"", FEED_OK},
		{"transType", "\"c\"", FEED_BAD_PAYLOAD},
		{"transType", "\"CR\"", FEED_BAD_PAYLOAD},
		{"transType", NULL, FEED_BAD_PAYLOAD},
		{"bankaccount", NULL, FEED_BAD_PAYLOAD},
		{"bankaccount", "\"\"", FEED_BAD_PAYLOAD},
		{"bankAccount", "\"19990000001234\"", FEED_OK},		 /* both, and they agree */
		{"bankAccount", "\"19990000001235\"", FEED_BAD_PAYLOAD}, /* ... and do not */
		{"transactionId", "\"other\"", FEED_BAD_PAYLOAD},
		{"referenceNumber", "\"other\"", FEED_BAD_PAYLOAD},
		{"transactionTime", "1785223845001", FEED_BAD_PAYLOAD},
		{"transactionid", NULL, FEED_OK}, /* the bank's number is enough */
		{"content", NULL, FEED_OK},
		{"content", "7", FEED_BAD_PAYLOAD},
		{"orderId", "{}", FEED_BAD_PAYLOAD},
		{"sign", "[\"whatever\"]", FEED_OK},
	};
	const struct feed *feed = feed_find(STR("vietqr_vn"));
	const struct feed_tester *tester = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_request request = {SYNC_PATH, NULL, NULL,
			feed_request_edit(tester, GOOD, NULL, cases[i].member, cases[i].value)};
		struct feed_events events;
		enum feed_reason reason = feed_request_parse(tester, feed, &request, &events);

		if (reason != cases[i].want || events.count != (reason == FEED_OK))
			fail_msg("row %zu: %s", i, feed_reason_name(reason));
	}
}

static void
what_is_told(void **state)
{
	const struct feed_tester *tester = *state;
	const char *body = feed_request_edit(tester, GOOD, NULL, "transType", "\"D\"");
	struct feed_events events;

	body = feed_request_edit(tester, body, NULL, "va", "\"VA77\"");
	body = feed_request_edit(tester, body, NULL, "transactionid", NULL);
	assert_int_equal(feed_request_parse(tester, feed_find(STR("mb")),
				 &(struct feed_request){SYNC_PATH, NULL, NULL, body}, &events),
		FEED_OK);
	assert_true(events.items[0].outgoing);
	assert_true(str_eq(events.items[0].virtual_account, STR("VA77")));
	assert_true(str_eq(events.items[0].provider_txn_id, STR("FT26209000000201")));
	assert_int_equal(events.items[0].time_ms, INT64_C(1785223845000));

	/* Without either number it could not be told from its repetition. */
	body = feed_request_edit(tester, body, NULL, "referencenumber", NULL);
	assert_int_equal(feed_request_parse(tester, feed_find(STR("mb")),
				 &(struct feed_request){SYNC_PATH, NULL, NULL, body}, &events),
		FEED_BAD_PAYLOAD);

	assert_int_equal(feed_request_parse(tester, feed_find(STR("vietqr_vn")),
				 &(struct feed_request){TOKEN_PATH, NULL, NULL, ""}, &events),
		FEED_OK);
	assert_int_equal(events.call, FEED_CALL_TOKEN);
	assert_int_equal(events.count, 0);
}

static void
times(void **state)
{
	static const struct {
		const char *value;
		int64_t want;
	} cases[] = {
		{"1785223845000", INT64_C(1785223845000)},
		{"\"1785223845000\"", INT64_C(1785223845000)},
		{"\"2026-07-28 14:30:45\"", INT64_C(1785223845000)},
		/* In the future by their seven hours: handed on, settle knows the clock. */
		{"1785249045000", INT64_C(1785249045000)},
		{"1785223845", NO_TIME}, /* seconds? not guessed at */
		{"17852238450000", NO_TIME},
		{"-178522384500", NO_TIME},
		{"\"-178522384500\"", NO_TIME},
		{"\"2024-05-1701:53\"", NO_TIME},
		{"\"soon\"", NO_TIME},
		{"\"\"", NO_TIME},
		{"null", NO_TIME},
		{NULL, NO_TIME},
	};
	const struct feed_tester *tester = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_request request = {SYNC_PATH, NULL, NULL,
			feed_request_edit(tester, GOOD, NULL, "transactiontime", cases[i].value)};
		struct feed_events events;

		assert_int_equal(
			feed_request_parse(tester, feed_find(STR("vietqr_vn")), &request, &events),
			FEED_OK);
		if (events.items[0].time_ms != cases[i].want)
			fail_msg("row %zu", i);
	}
}

/* ---- the signed variant --------------------------------------------------------------------- */

/* A body with these four fields, signed over `text` (the joined fields, unless they lie). */
static const char *
signed_with(const struct feed_tester *tester, struct str key, const char *text, const char *id,
	const char *amount, const char *time, const char *order)
{
	const struct str part = str_from(text);
	struct buf hex CLEANUP(buf_fini) = {0};
	unsigned char mac[SHA256_SIZE];

	crypt_hmac_sha256(tester->crypt, key, &part, 1, mac);
	hex_put(&hex, (struct str){(const char *)mac, sizeof(mac)});
	return arena_printf(tester->arena,
		"{\"transactionId\":\"%s\",\"amount\":\"%s\",\"transactionTime\":\"%s\","
		"\"orderId\":\"%s\",\"bankAccount\":\"0990626234\",\"transType\":\"C\","
		"\"content\":\"x\",\"signature\":\"%s\"}",
		id, amount, time, order, hex.ptr)
		.ptr;
}

static const char *
signed_body(const struct feed_tester *tester, const char *text, const char *id, const char *amount,
	const char *time, const char *order)
{
	return signed_with(tester, by_signature.values[0], text, id, amount, time, order);
}

/* In each group the first row is what was signed; the others say something else with the same
 * joined text. */
static void
cut_anew(void **state)
{
	static const struct {
		const char *text, *id, *amount, *time, *order;
		enum feed_reason want;
	} cases[] = {
#define UUID "0a4cc317-3af3-4055-bc83-7296adb62417"
#define TEXT1                \
	UUID "0000045016"    \
	     "1785223845000" \
	     "CH77"
		{TEXT1, UUID, "45016", "1785223845000", "CH77", FEED_OK},
		{TEXT1, UUID, "45016", "178522384500", "0CH77", FEED_WEAK_SIGNATURE},
		{TEXT1, UUID, "45016", "1785223845000CH", "77", FEED_WEAK_SIGNATURE},
		{TEXT1, "0a4cc317-3af3-4055-bc83-7296adb6241", "7000004501", "6178522384500",
			"0CH77", FEED_WEAK_SIGNATURE},
		{TEXT1, "0a4cc317-3af3-4055-bc83-7296adb624", "1700000450", "1617852238450",
			"00CH77", FEED_WEAK_SIGNATURE},
		{TEXT1, UUID "0", "450161", "785223845000", "CH77", FEED_WEAK_SIGNATURE},
		{TEXT1, UUID, "45017", "1785223845000", "CH77", FEED_BAD_SIGNATURE},
#define TEXT2             \
	"TX9"             \
	"0000045000"      \
	"2024-05-1701:53" \
	"CH77"
		{TEXT2, "TX9", "45000", "2024-05-1701:53", "CH77", FEED_OK},
		{TEXT2, "TX", "9000004500", "02024-05-1701:53", "CH77", FEED_WEAK_SIGNATURE},
		{TEXT2, "TX9", "45000", "2024-05-1701:53CH", "77", FEED_WEAK_SIGNATURE},
		{TEXT2, "TX9", "45000", "", "2024-05-1701:53CH77", FEED_WEAK_SIGNATURE},
#define TEXT3           \
	"TX"            \
	"90000045000"   \
	"1785223845000" \
	""
		/* 11 digits are not padded: where does the id end? */
		{TEXT3, "TX", "90000045000", "1785223845000", "", FEED_WEAK_SIGNATURE},
		{TEXT3, "TX9", "45000", "1785223845000", "", FEED_OK},
#define TEXT4           \
	"TX"            \
	"0000045000"    \
	"1785400000000" \
	""
		{TEXT4, "TX", "45000", "1785400000000", "", FEED_WEAK_SIGNATURE}, /* tomorrow */
		{"TX"
		 "0000045000"
		 "1500000000000",
			"TX", "45000", "1500000000000", "", FEED_WEAK_SIGNATURE}, /* 2017 */
		{"0000045000"
		 "1785223845000",
			"", "45000", "1785223845000", "", FEED_WEAK_SIGNATURE},
	};
	const struct feed_tester *tester = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_request request = {SYNC_PATH, NULL, NULL,
			signed_body(tester, cases[i].text, cases[i].id, cases[i].amount,
				cases[i].time, cases[i].order)};
		enum feed_reason reason = feed_request_verify(
			tester, feed_find(STR("vietqr_vn")), &by_signature, &request);

		if (reason != cases[i].want)
			fail_msg("row %zu: \"%s\"", i, feed_reason_name(reason));
	}
}

static void
signatures(void **state)
{
	const struct feed_tester *tester = *state;
	const char *good = signed_body(
		tester, "TX900000450001785223845000", "TX9", "45000", "1785223845000", "");
	static const struct {
		const char *member, *value;
		enum feed_reason want;
	} cases[] = {
		{"content", "\"not signed\"", FEED_OK},
		{"amount", "45000", FEED_OK}, /* a number, the same text */
		{"amount", "45001", FEED_BAD_SIGNATURE},
		{"amount", "45000.0", FEED_BAD_SIGNATURE},
		{"transactionid", "\"TX8\"", FEED_BAD_SIGNATURE},
		{"orderId", "\"1\"", FEED_BAD_SIGNATURE},
		{"signature", "\"\"", FEED_BAD_SIGNATURE},
		{"signature", "7", FEED_BAD_SIGNATURE},
		{"signature", NULL, FEED_BAD_SIGNATURE},
	};
	static const struct feed_secret rolled = {
		.mode = FEED_MODE_VIETQR_SIGNATURE,
		.values = {{"vietqr-signing-02", 17}, {"vietqr-signing-01", 17}},
	};
	static const struct feed_secret nothing = {.mode = FEED_MODE_VIETQR_SIGNATURE};
	const struct feed *feed = feed_find(STR("vietqr_vn"));

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_request request = {SYNC_PATH, NULL, NULL,
			feed_request_edit(tester, good, NULL, cases[i].member, cases[i].value)};

		if (feed_request_verify(tester, feed, &by_signature, &request) != cases[i].want)
			fail_msg("row %zu", i);
	}
	const struct feed_request request = {SYNC_PATH, NULL, NULL, good};
	const struct feed_request cut_off = {SYNC_PATH, NULL, NULL, "{\"amount\":45"};

	const struct feed_request long_one = {
		SYNC_PATH, NULL, NULL, arena_printf(tester->arena, "%s%16384s", good, "").ptr};

	assert_int_equal(
		feed_request_verify(tester, feed, &by_signature, &long_one), FEED_BAD_SIGNATURE);
	assert_int_equal(feed_request_verify(tester, feed, &rolled, &request), FEED_OK);
	assert_int_equal(feed_request_verify(tester, feed, &nothing, &request), FEED_BAD_SIGNATURE);
	/* With the empty key, which an unused value must not be. */
	const struct feed_request keyless = {SYNC_PATH, NULL, NULL,
		signed_with(tester, STR(""), "TX900000450001785223845000", "TX9", "45000",
			"1785223845000", "")};

	assert_int_equal(
		feed_request_verify(tester, feed, &by_signature, &keyless), FEED_BAD_SIGNATURE);
	assert_int_equal(
		feed_request_verify(tester, feed, &by_signature, &cut_off), FEED_BAD_SIGNATURE);
}

/* ---- the answers ----------------------------------------------------------------------------- */

static void
answers(void **state)
{
	static const struct {
		const char *path, *authorization, *member, *value;
		int status;
		const char *reply;
	} cases[] = {
		{SYNC_PATH, "Bearer live", "sign", "\"\"", 200,
			"{\"error\":false,\"errorReason\":\"000\",\"toastMessage\":\"\",\"object\":"
			"{\"reftransactionid\":\"0a4cc317-0000-4055-bc83-000000000001\"}}"},
		{SYNC_PATH, "Bearer live", "amount", "0", 200,
			"{\"error\":false,\"errorReason\":\"000\",\"toastMessage\":\"\",\"object\":"
			"{\"reftransactionid\":\"0\"}}"},
		{SYNC_PATH, "Bearer live", "amount", "-1", 400,
			"{\"error\":true,\"errorReason\":\"001\",\"toastMessage\":\"bad_payload\","
			"\"object\":null}"},
		{SYNC_PATH, "Bearer live", "transType", "\"X\"", 400,
			"{\"error\":true,\"errorReason\":\"003\",\"toastMessage\":\"bad_payload\","
			"\"object\":null}"},
		{SYNC_PATH, "Bearer dead", "sign", "\"\"", 401,
			"{\"error\":true,\"errorReason\":\"005\",\"toastMessage\":\"bad_auth\","
			"\"object\":null}"},
		{TOKEN_PATH, "Basic dGN3LXVzZXI6dGN3LXBhc3MtMDE=", "sign", "\"\"", 200,
			"{\"access_token\":\"a-token\",\"token_type\":\"Bearer\",\"expires_in\":"
			"300}"},
		{TOKEN_PATH, "Basic Og==", "sign", "\"\"", 401,
			"{\"status\":\"FAILED\",\"message\":\"bad_auth\"}"},
	};
	const struct feed_tester *tester = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_request request = {cases[i].path, cases[i].authorization, NULL,
			feed_request_edit(tester, GOOD, NULL, cases[i].member, cases[i].value)};
		struct feed_outcome outcome = feed_request_run(
			tester, feed_find(STR("vietqr_vn")), &bearer, &request);

		if (outcome.status != cases[i].status ||
			!str_eq(outcome.reply, str_from(cases[i].reply)))
			fail_msg("row %zu: %d %s", i, outcome.status, outcome.reply.ptr);
	}
}

/* Booked, it is our number that they keep; refused before the message was read, it is an error. */
static void
answers_of_the_server(void **state)
{
	const struct feed_tester *tester = *state;
	const struct feed *feed = feed_find(STR("vietqr_vn"));
	const int64_t transfer_id = 77;
	struct feed_event event = {.provider_txn_id = STR("\"quoted\"")};
	const struct feed_events events = {.items = &event, .count = 1};
	struct str body;

	assert_int_equal(
		feed->reply(tester->arena,
			&(struct feed_answer){.events = &events, .transfer_ids = &transfer_id},
			&body),
		200);
	assert_true(str_find(body, STR("{\"reftransactionid\":\"77\"}")) > 0);
	assert_int_equal(
		feed->reply(tester->arena, &(struct feed_answer){.events = &events}, &body), 200);
	assert_true(str_find(body, STR("{\"reftransactionid\":\"\\\"quoted\\\"\"}")) > 0);
	assert_int_equal(feed->reply(tester->arena,
				 &(struct feed_answer){.reason = FEED_BAD_SIGNATURE}, &body),
		401);
	assert_true(str_find(body, STR("\"errorReason\":\"002\"")) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(callers),
		cmocka_unit_test(bodies),
		cmocka_unit_test(what_is_told),
		cmocka_unit_test(times),
		cmocka_unit_test(cut_anew),
		cmocka_unit_test(signatures),
		cmocka_unit_test(answers),
		cmocka_unit_test(answers_of_the_server),
	};

	return cmocka_run_group_tests_name(
		"feeds_vietqr", tests, feed_tester_setup, feed_tester_teardown);
}
