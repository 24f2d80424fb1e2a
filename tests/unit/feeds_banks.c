/*
 * feeds_banks.c - VietinBank and BVBank: RSA signatures, where a signed text could have been cut
 * anew, what a transaction must say, and each answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chopay/clock.h"
#include "chopay/json.h"

#include "../support/feed_request.h"

struct bank { /* their key, and the endpoint that knows it */
	struct signing_key *key;
	struct buf pem;
	struct feed_secret secret;
};

static void
bank_open(struct bank *bank)
{
	*bank = (struct bank){0};
	assert_int_equal(signing_key_new(&bank->key).code, ERR_OK);
	signing_key_public(bank->key, &bank->pem);
	bank->secret = (struct feed_secret){
		.mode = FEED_MODE_RSA_PUBLIC_KEY, .values[0] = buf_str(&bank->pem)};
}

static void
bank_close(struct bank *bank)
{
	signing_key_free(bank->key);
	buf_fini(&bank->pem);
}

static const char *
bank_signs(const struct feed_tester *tester, const struct bank *bank, struct str text)
{
	struct buf signature CLEANUP(buf_fini) = {0};
	struct buf encoded CLEANUP(buf_fini) = {0};

	signing_key_sign(tester->crypt, bank->key, text, &signature);
	base64_put(&encoded, buf_str(&signature));
	return arena_cstr(tester->arena, buf_str(&encoded));
}

/* ---- VietinBank ------------------------------------------------------------------------------ */

#define TIME "20260728143045"

static const char VIETIN[] =
	"{\"msgId\":\"m1\",\"providerId\":\"TCW01\",\"transId\":\"501690001\",\"transTime\":\"" TIME
	"\",\"transType\":\"C\",\"custCode\":\"\",\"sendAcctId\":\"0990001112223\","
	"\"recvAcctId\":\"199900000012\",\"amount\":\"45000\",\"bankTransId\":\"164T2620900AAAA1\","
	"\"remark\":\"CHO7K2M9QX4\",\"currencyCode\":\"VND\",\"signature\":\"\"}";
#define VIETIN_TEXT "501690001" TIME "45000164T2620900AAAA1CHO7K2M9QX4"

static struct feed_outcome
vietin(const struct feed_tester *tester, const struct bank *bank, const char *body,
	const char *signed_text)
{
	const char *signature = bank_signs(tester, bank, str_from(signed_text));
	const char *value = arena_printf(tester->arena, "\"%s\"", signature).ptr;
	const struct feed_request request = {
		"/hook", NULL, NULL, feed_request_edit(tester, body, NULL, "signature", value)};

	return feed_request_run(tester, feed_find(STR("vietinbank")), &bank->secret, &request);
}

/* What was signed stays the same, the fields do not. */
static void
vietin_cut_anew(void **state)
{
	static const struct {
		const char *name, *text; /* NULL: VIETIN_TEXT */
		const char *edits[4][2]; /* member, value; "": an empty one */
		enum feed_reason want;
	} cases[] = {
		{"as signed", NULL, {{NULL}}, FEED_OK},
		{"digits of the reference behind the amount", NULL,
			{{"amount", "45000164"}, {"bankTransId", "T2620900AAAA1"}},
			FEED_WEAK_SIGNATURE},
		{"one digit of it", NULL,
			{{"amount", "450001"}, {"bankTransId", "64T2620900AAAA1"}},
			FEED_WEAK_SIGNATURE},
		{"a zero of the amount before the reference", NULL,
			{{"amount", "4500"}, {"bankTransId", "0164T2620900AAAA1"}},
			FEED_WEAK_SIGNATURE},
		{"the whole amount there", NULL,
			{{"amount", ""}, {"bankTransId", "45000164T2620900AAAA1"}},
			FEED_BAD_PAYLOAD},
		{"the reference behind the amount and before the remark", NULL,
			{{"amount", "45000164"}, {"bankTransId", ""},
				{"remark", "T2620900AAAA1CHO7K2M9QX4"}},
			FEED_WEAK_SIGNATURE},
		{"the reference before the remark", NULL,
			{{"bankTransId", ""}, {"remark", "164T2620900AAAA1CHO7K2M9QX4"}}, FEED_OK},
		{"the remark behind the reference", NULL,
			{{"bankTransId", "164T2620900AAAA1C"}, {"remark", "HO7K2M9QX4"}},
			FEED_WEAK_SIGNATURE},
		{"the reference's end before the remark", NULL,
			{{"bankTransId", "164T2620900AAAA"}, {"remark", "1CHO7K2M9QX4"}},
			FEED_WEAK_SIGNATURE},
		{"the id's end before the time", NULL,
			{{"transId", "50169000"}, {"transTime", "12026072814304"},
				{"custCode", "5"}},
			FEED_WEAK_SIGNATURE},
		{"a longer time", NULL, {{"transId", "50169000"}, {"transTime", "1" TIME}},
			FEED_WEAK_SIGNATURE},
		{"the time's head behind the id", NULL,
			{{"transId", "5016900012026"}, {"transTime", "0728143045"}},
			FEED_WEAK_SIGNATURE},
		{"the time's head there, its length kept", NULL,
			{{"transId", "501690001202607"}, {"transTime", "28143045450001"},
				{"amount", "64"}, {"bankTransId", "T2620900AAAA1"}},
			FEED_WEAK_SIGNATURE},
		{"a leading zero that was the time's", "501690001" TIME "0045000CHO7K2M9QX4",
			{{"amount", "0045000"}, {"bankTransId", ""}}, FEED_WEAK_SIGNATURE},
		{"a word that looks like half a reference",
			"501690001" TIME "45000THANHTOANDONHANG",
			{{"bankTransId", ""}, {"remark", "THANHTOANDONHANG"}}, FEED_OK},
		{"a NAPAS trace for a reference", "501690001" TIME "45000523320001151CHO7K2M9QX4",
			{{"bankTransId", "523320001151"}}, FEED_OK},
		{"a part of it", "501690001" TIME "45000523320001151CHO7K2M9QX4",
			{{"amount", "450005"}, {"bankTransId", "23320001151"}},
			FEED_WEAK_SIGNATURE},
		{"a time of tomorrow",
			"501690001"
			"20260729143321"
			"45000CHO7K2M9QX4",
			{{"transTime", "20260729143321"}, {"bankTransId", ""}},
			FEED_WEAK_SIGNATURE},
		{"a time before there were any",
			"501690001"
			"20191231143321"
			"45000CHO7K2M9QX4",
			{{"transTime", "20191231143321"}, {"bankTransId", ""}},
			FEED_WEAK_SIGNATURE},
		{"an id with a blank", "501690 001" TIME "45000CHO7K2M9QX4",
			{{"transId", "501690 001"}, {"bankTransId", ""}}, FEED_WEAK_SIGNATURE},
		{"a customer of 30 characters",
			"501690001" TIME "012345678901234567890123456789"
			"45000CHO7K2M9QX4",
			{{"custCode", "012345678901234567890123456789"}, {"bankTransId", ""}},
			FEED_OK},
		{"of 31",
			"501690001" TIME "012345678901234567890123456789"
			"45000CHO7K2M9QX4",
			{{"custCode", "0123456789012345678901234567894"}, {"amount", "5000"},
				{"bankTransId", ""}},
			FEED_WEAK_SIGNATURE},
		{"a time that is none",
			"501690001"
			"20260230143321"
			"45000CHO7K2M9QX4",
			{{"transTime", "20260230143321"}, {"bankTransId", ""}},
			FEED_WEAK_SIGNATURE},
		{"changed, not cut", NULL, {{"amount", "45001"}}, FEED_BAD_SIGNATURE},
		{"a field left out", NULL, {{"bankTransId", ""}}, FEED_BAD_SIGNATURE},
	};
	const struct feed_tester *tester = *state;
	struct bank bank CLEANUP(bank_close);

	bank_open(&bank);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *body = VIETIN;
		struct feed_outcome outcome;

		for (size_t n = 0; n < 4 && cases[i].edits[n][0] != NULL; n++)
			body = feed_request_edit(tester, body, NULL, cases[i].edits[n][0],
				arena_printf(tester->arena, "\"%s\"", cases[i].edits[n][1]).ptr);
		outcome = vietin(
			tester, &bank, body, cases[i].text != NULL ? cases[i].text : VIETIN_TEXT);
		if (outcome.reason != cases[i].want ||
			outcome.events.count != (outcome.reason == FEED_OK))
			fail_msg("%s: %s", cases[i].name, feed_reason_name(outcome.reason));
	}
}

/* Members that are not signed. */
static void
vietin_bodies(void **state)
{
	static const struct {
		const char *member, *value;
		enum feed_reason want;
		bool outgoing;
		const char *account;
	} cases[] = {
		{"transType", "\"C\"", FEED_OK, false, "199900000012"},
		{"transType", "\"1\"", FEED_OK, false, "199900000012"},
		{"transType", "\"2\"", FEED_OK, false, "199900000012"},
		{"transType", "\"3\"", FEED_OK, false, "199900000012"},
		{"transType", "\"COLLECTION\"", FEED_OK, false, "199900000012"},
		{"transType", "\"D\"", FEED_OK, true, "0990001112223"},
		{"transType", "\"O\"", FEED_BAD_PAYLOAD, false, NULL},
		{"transType", "\"4\"", FEED_BAD_PAYLOAD, false, NULL},
		{"transType", NULL, FEED_BAD_PAYLOAD, false, NULL},
		{"currencyCode", "\"USD\"", FEED_BAD_PAYLOAD, false, NULL},
		{"currencyCode", NULL, FEED_BAD_PAYLOAD, false, NULL},
		{"recvAcctId", NULL, FEED_BAD_PAYLOAD, false, NULL},
		{"recvVirtualAcctId", "\"990TCW000012\"", FEED_OK, false, "199900000012"},
		{"msgId", "[]", FEED_OK, false, "199900000012"},
	};
	const struct feed_tester *tester = *state;
	struct bank bank CLEANUP(bank_close);

	bank_open(&bank);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct feed_outcome outcome = vietin(tester, &bank,
			feed_request_edit(tester, VIETIN, NULL, cases[i].member, cases[i].value),
			VIETIN_TEXT);
		const struct feed_event *event = outcome.events.items;

		if (outcome.reason != cases[i].want ||
			(outcome.reason == FEED_OK &&
				(event->outgoing != cases[i].outgoing ||
					!str_eq(event->account, str_from(cases[i].account)))))
			fail_msg("row %zu: %s", i, feed_reason_name(outcome.reason));
	}
}

static void
vietin_zero_and_long(void **state)
{
	const struct feed_tester *tester = *state;
	const char *body = feed_request_edit(tester, VIETIN, NULL, "amount", "\"0\"");
	struct bank bank CLEANUP(bank_close);
	struct buf text CLEANUP(buf_fini) = {0};

	bank_open(&bank);
	body = feed_request_edit(tester, body, NULL, "bankTransId", NULL);
	assert_int_equal(vietin(tester, &bank, body, "501690001" TIME "0CHO7K2M9QX4").reason,
		FEED_ZERO_AMOUNT);

	/* 200 characters of a remark, however many bytes; not 201. */
	body = feed_request_edit(tester, VIETIN, NULL, "bankTransId", NULL);
	for (size_t n = 0; n < 201; n++) {
		struct buf value CLEANUP(buf_fini) = {0};
		struct buf joined CLEANUP(buf_fini) = {0};

		buf_adds(&text, "\xc4\x91"); /* d with a stroke */
		if (n < 199)
			continue;
		buf_addf(&value, "\"%s\"", text.ptr);
		buf_addf(&joined, "501690001" TIME "45000%s", text.ptr);
		assert_int_equal(vietin(tester, &bank,
					 feed_request_edit(tester, body, NULL, "remark", value.ptr),
					 joined.ptr)
					 .reason,
			n == 199 ? FEED_OK : FEED_WEAK_SIGNATURE);
	}
}

static void
vietin_keys(void **state)
{
	const struct feed_tester *tester = *state;
	struct bank bank CLEANUP(bank_close);
	struct bank other CLEANUP(bank_close);
	struct feed_outcome outcome;

	bank_open(&bank);
	bank_open(&other);
	bank.secret.values[0] = buf_str(&other.pem);
	assert_int_equal(vietin(tester, &bank, VIETIN, VIETIN_TEXT).reason, FEED_BAD_SIGNATURE);
	bank.secret.values[1] = buf_str(&bank.pem); /* a roll */
	assert_int_equal(vietin(tester, &bank, VIETIN, VIETIN_TEXT).reason, FEED_OK);
	bank.secret.mode = FEED_MODE_NONE;
	assert_int_equal(vietin(tester, &bank, VIETIN, VIETIN_TEXT).reason, FEED_BAD_AUTH);
	bank.secret = (struct feed_secret){.mode = FEED_MODE_RSA_PUBLIC_KEY};
	outcome = vietin(tester, &bank, VIETIN, VIETIN_TEXT);
	assert_int_equal(outcome.reason, FEED_BAD_SIGNATURE);
	assert_int_equal(outcome.status, 401);
	assert_string_equal(outcome.reply.ptr,
		"{\"providerId\":\"TCW01\",\"transId\":\"501690001\",\"errorCode\":\"01\","
		"\"errorDesc\":\"bad_signature\",\"signature\":\"\"}");
}

/* Our answer carries our signature over transId + errorCode + errorDesc. */
static void
vietin_answer(void **state)
{
	const struct feed_tester *tester = *state;
	const struct feed *feed = feed_find(STR("vietinbank"));
	const struct feed_message message = {.body = str_from(VIETIN)};
	json_t *reply CLEANUP(json_cleanup) = NULL;
	struct buf signature CLEANUP(buf_fini) = {0};
	struct str body, encoded, code, text;
	struct bank us CLEANUP(bank_close);

	bank_open(&us);
	const struct feed_answer answer = {
		.message = &message, .crypt = tester->crypt, .signing_key = us.key};

	assert_int_equal(feed->reply(tester->arena, &answer, &body), 200);
	assert_int_equal(json_parse_strict(body, &reply, NULL).code, ERR_OK);
	assert_int_equal(json_member_str(reply, "errorCode", &code).code, ERR_OK);
	assert_true(str_eq(code, STR("00")));
	assert_int_equal(json_member_str(reply, "errorDesc", &text).code, ERR_OK);
	assert_int_equal(json_member_str(reply, "signature", &encoded).code, ERR_OK);
	assert_int_equal(base64_get(encoded, &signature).code, ERR_OK);
	text = arena_printf(tester->arena, "50169000100%.*s", STR_FMT(text));
	assert_true(crypt_rsa_verify(tester->crypt, buf_str(&us.pem), text, buf_str(&signature)));

	/* A forged call does not make us sign. */
	const struct feed_answer refusal = {.reason = FEED_BAD_SIGNATURE,
		.message = &message,
		.crypt = tester->crypt,
		.signing_key = us.key};

	assert_int_equal(feed->reply(tester->arena, &refusal, &body), 401);
	assert_true(str_find(body, STR("\"signature\":\"\"")) > 0);
}

/* ---- BVBank ---------------------------------------------------------------------------------- */

static const char BVBANK[] =
	"{\"traceId\":\"t1\",\"eventName\":\"CREDIT\",\"bankTime\":\"2026-07-28T14:30:45\","
	"\"data\":{\"drcr\":\"C\",\"accNo\":\"19990000001234\",\"relatedAccount\":\"990TCW000012\","
	"\"lcyAmount\":\"45000\",\"ccy\":\"VND\",\"narrative\":\"CHO7K2M9QX4\","
	"\"externalRefNo\":\"620914300001\",\"txnInitDt\":\"2026-07-28 14:30:45\"}}";

static void
bvbank_signatures(void **state)
{
	const struct feed_tester *tester = *state;
	const struct feed *feed = feed_find(STR("bvbank"));
	struct bank bank CLEANUP(bank_close);
	struct feed_outcome outcome;

	bank_open(&bank);
	const char *signature = bank_signs(tester, &bank, str_from(BVBANK));
	const struct {
		const char *signature, *body;
		enum feed_reason want;
		const char *code;
	} cases[] = {
		{signature, BVBANK, FEED_OK, "\"00\""},
		{signature, feed_request_edit(tester, BVBANK, "data", "lcyAmount", "\"450000\""),
			FEED_BAD_SIGNATURE, "\"52\""},
		{signature, "", FEED_BAD_SIGNATURE, "\"52\""},
		{"", BVBANK, FEED_BAD_SIGNATURE, "\"52\""},
		{NULL, BVBANK, FEED_BAD_SIGNATURE, "\"52\""},
		{"bm90IG9uZQ==", BVBANK, FEED_BAD_SIGNATURE, "\"52\""},
		{"not base64", BVBANK, FEED_BAD_SIGNATURE, "\"52\""},
		{bank_signs(tester, &bank, STR("[]")), "[]", FEED_BAD_PAYLOAD, "\"01\""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_request request = {
			"/hook", NULL, cases[i].signature, cases[i].body};

		outcome = feed_request_run(tester, feed, &bank.secret, &request);
		if (outcome.reason != cases[i].want ||
			outcome.status != feed_status(cases[i].want) ||
			str_find(outcome.reply, str_from(cases[i].code)) < 0)
			fail_msg("row %zu: %s %s", i, feed_reason_name(outcome.reason),
				outcome.reply.ptr);
	}
}

static void
bvbank_bodies(void **state)
{
	static const struct {
		const char *member, *value;
		enum feed_reason want;
		int64_t time_ms;
	} cases[] = {
		{"drcr", "\"C\"", FEED_OK, INT64_C(1785223845000)},
		{"drcr", "\"X\"", FEED_BAD_PAYLOAD, 0},
		{"drcr", NULL, FEED_BAD_PAYLOAD, 0},
		{"ccy", "\"USD\"", FEED_BAD_PAYLOAD, 0},
		{"ccy", NULL, FEED_OK, INT64_C(1785223845000)},
		{"lcyAmount", "45000", FEED_OK, INT64_C(1785223845000)},
		{"lcyAmount", "\"0\"", FEED_ZERO_AMOUNT, 0},
		{"lcyAmount", "\"45000.00\"", FEED_BAD_PAYLOAD, 0},
		{"lcyAmount", "null", FEED_BAD_PAYLOAD, 0},
		{"lcyAmount", NULL, FEED_BAD_PAYLOAD, 0},
		{"accNo", NULL, FEED_OK, INT64_C(1785223845000)}, /* the virtual one is told */
		{"externalRefNo", NULL, FEED_BAD_PAYLOAD, 0},
		{"externalRefNo", "\"\"", FEED_BAD_PAYLOAD, 0},
		{"txnInitDt", NULL, FEED_OK, INT64_C(1785223845000)}, /* bankTime */
		{"txnInitDt", "\"28-07-2026 14:30:46\"", FEED_OK, INT64_C(1785223846000)},
		{"txnInitDt", "\"28-07-2026 14:30:46:123\"", FEED_OK, INT64_C(1785223846000)},
		{"txnInitDt", "\"28-07-2026 14:30:46.123\"", FEED_OK, INT64_C(1785223846000)},
		{"txnInitDt", "\"28-07-2026 14:30:46.12\"", FEED_BAD_PAYLOAD, 0},
		{"txnInitDt", "\"28-07-2026 14:30:46 123\"", FEED_BAD_PAYLOAD, 0},
		{"txnInitDt", "\"31-06-2026 14:30:46\"", FEED_BAD_PAYLOAD, 0},
		{"txnInitDt", "\"2026-06-31 14:30:46\"", FEED_BAD_PAYLOAD, 0},
		{"txnInitDt", "\"28/07/2026\"", FEED_BAD_PAYLOAD, 0},
		{"narrative", "{}", FEED_BAD_PAYLOAD, 0},
	};
	const struct feed_tester *tester = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_request request = {"/hook", NULL, NULL,
			feed_request_edit(tester, BVBANK, "data", cases[i].member, cases[i].value)};
		struct feed_events events;
		enum feed_reason reason = feed_request_parse(
			tester, feed_find(STR("bvbank")), &request, &events);

		if (reason != cases[i].want || events.count != (reason == FEED_OK) ||
			(reason == FEED_OK && events.items[0].time_ms != cases[i].time_ms))
			fail_msg("row %zu: %s", i, feed_reason_name(reason));
	}
}

/* A batch names its members in other words; one that is not understood refuses them all. */
static void
bvbank_batch(void **state)
{
#define ITEM(ID, AMOUNT)                                                                          \
	"{\"drcr\":\"C\",\"creditAccount\":\"1999\",\"relatedAcc\":\"990TCW\",\"amount\":" AMOUNT \
	",\"externalRefNo\":\"" ID "\",\"txnInitDt\":\"28-07-2026 14:30:45.000\"}"
	static const struct {
		const char *body;
		enum feed_reason want;
		size_t count;
	} cases[] = {
		{"{\"size\":2,\"content\":[" ITEM("1", "45000") "," ITEM("2", "7") "]}", FEED_OK,
			2},
		{"{\"content\":[" ITEM("1", "45000") "," ITEM("2", "0") "]}", FEED_OK, 1},
		{"{\"content\":[" ITEM("1", "45000") "," ITEM("2", "7.5") "]}", FEED_BAD_PAYLOAD,
			0},
		{"{\"content\":[" ITEM("1", "45000") ",7]}", FEED_BAD_PAYLOAD, 0},
		{"{\"content\":[]}", FEED_OK, 0},
		{"{\"content\":{}}", FEED_BAD_PAYLOAD, 0},
		{"{}", FEED_BAD_PAYLOAD, 0},
	};
	const struct feed_tester *tester = *state;
	struct buf many CLEANUP(buf_fini) = {0};
	struct feed_events events;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_request request = {"/hook", NULL, NULL, cases[i].body};
		enum feed_reason reason = feed_request_parse(
			tester, feed_find(STR("bvbank")), &request, &events);

		if (reason != cases[i].want || events.count != cases[i].count)
			fail_msg("row %zu: %s, %zu", i, feed_reason_name(reason), events.count);
	}

	buf_adds(&many, "{\"content\":[");
	for (size_t n = 0; n <= FEED_EVENTS_MAX; n++)
		buf_addf(&many, "%s" ITEM("%zu", "1"), n == 0 ? "" : ",", n);
	buf_adds(&many, "]}");
	assert_int_equal(feed_request_parse(tester, feed_find(STR("bvbank")),
				 &(struct feed_request){"/hook", NULL, NULL, many.ptr}, &events),
		FEED_BAD_PAYLOAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vietin_cut_anew),
		cmocka_unit_test(vietin_bodies),
		cmocka_unit_test(vietin_zero_and_long),
		cmocka_unit_test(vietin_keys),
		cmocka_unit_test(vietin_answer),
		cmocka_unit_test(bvbank_signatures),
		cmocka_unit_test(bvbank_bodies),
		cmocka_unit_test(bvbank_batch),
	};

	return cmocka_run_group_tests_name(
		"feeds_banks", tests, feed_tester_setup, feed_tester_teardown);
}
