/*
 * feeds_std.c - Standard Webhooks: signatures, key rolls and notices, each one step outside.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/clock.h"

#include "../support/feed_request.h"

#define NOW_MS INT64_C(1785224000000)
#define ID "msg_1"
#define NOW "1785224000"
#define SECRET_A "whsec_dGN3LXN0YW5kYXJkLXdlYmhvb2tzLXNlY3JldC0wMSE="
#define KEY_A "tcw-standard-webhooks-secret-01!"
#define SECRET_B "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz" /* the prefix may be left out */
#define KEY_B "012345678901234567890123"

/* The Ed25519 message that the fixtures carry: its id, and its signature at NOW. */
#define PUBLIC_KEY "whpk_H/VgJEEeSaYtrhm4JKHpWIrX6krNFizBq4RjnHiyxHA="
#define ED_ID "msg_tcw0001"
#define ED_SIGNATURE \
	"v1a,7mCvHaz0eayP1MhfLabCKvUDZcc9pl1LKjANnnj9ivr7WuyLvRy9mQ6didkK9OllOS9kefngZLaAXpjmr8G/CQ=="
#define ED_BODY                                                                              \
	"{\"type\":\"bank.credit\",\"timestamp\":\"2026-07-28T14:30:45+07:00\",\"data\":"    \
	"{\"txn_id\":\"FT26209000000301\",\"account\":\"19990000001234\",\"amount\":45000,"  \
	"\"currency\":\"VND\",\"direction\":\"in\",\"content\":\"CHO7K2M9QX4 chuyen tien\"," \
	"\"time\":\"2026-07-28T14:30:45+07:00\"}}"

static const struct feed *
std(void)
{
	return feed_find(STR("standard_webhooks"));
}

struct headers {
	const char *id, *timestamp, *signature;
};

static struct str
find_header(void *arg, const char *name)
{
	const struct headers *headers = arg;

	if (str_eq_nocase(str_from(name), STR("webhook-id")))
		return str_from(headers->id);
	if (str_eq_nocase(str_from(name), STR("webhook-timestamp")))
		return str_from(headers->timestamp);
	if (str_eq_nocase(str_from(name), STR("webhook-signature")))
		return str_from(headers->signature);
	return (struct str){NULL, 0};
}

static enum feed_reason
verify(const struct feed_tester *tester, const struct feed_secret *secret, struct headers headers,
	struct str body)
{
	const struct feed_message message = {
		.now_ms = NOW_MS,
		.body = body,
		.header = find_header,
		.header_arg = &headers,
	};

	return std()->verify(tester->crypt, secret, &message);
}

/* "v1,base64" over id.timestamp.body */
static const char *
sign(const struct feed_tester *tester, const char *key, struct headers headers, struct str body)
{
	const struct str parts[] = {
		str_from(headers.id), STR("."), str_from(headers.timestamp), STR("."), body};
	unsigned char mac[SHA256_SIZE];
	struct buf text CLEANUP(buf_fini) = {0};

	crypt_hmac_sha256(tester->crypt, str_from(key), parts, 5, mac);
	buf_adds(&text, "v1,");
	base64_put(&text, (struct str){(const char *)mac, sizeof(mac)});
	return arena_cstr(tester->arena, buf_str(&text));
}

static void
id_and_timestamp(void **state)
{
	static const struct {
		struct headers headers;
		enum feed_reason want;
	} cases[] = {
		{{ID, NOW, NULL}, FEED_OK},
		{{ID, "1785223700", NULL}, FEED_OK},
		{{ID, "1785223699", NULL}, FEED_STALE_TIMESTAMP},
		{{ID, "1785224300", NULL}, FEED_OK},
		{{ID, "1785224301", NULL}, FEED_STALE_TIMESTAMP},
		{{ID, "1785224000.0", NULL}, FEED_BAD_SIGNATURE},
		{{ID, "-1785224000", NULL}, FEED_BAD_SIGNATURE},
		{{ID, "99999999999999999999", NULL}, FEED_BAD_SIGNATURE},
		{{ID, "", NULL}, FEED_BAD_SIGNATURE},
		{{ID, NULL, NULL}, FEED_BAD_SIGNATURE},
		{{NULL, NOW, NULL}, FEED_BAD_SIGNATURE},
		{{"", NOW, NULL}, FEED_BAD_SIGNATURE},
		{{"msg.1", NOW, NULL}, FEED_BAD_SIGNATURE},
		{{"msg 1", NOW, NULL}, FEED_BAD_SIGNATURE},
		{{"msg_\xff", NOW, NULL}, FEED_BAD_SIGNATURE},
	};
	const struct feed_secret secret = {.mode = FEED_MODE_WHSEC, .values = {STR(SECRET_A)}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct headers headers = cases[i].headers;

		headers.signature = sign(*state, KEY_A, headers, STR("{}"));
		assert_int_equal(verify(*state, &secret, headers, STR("{}")), cases[i].want);
	}
}

static enum feed_reason
verify_list(const struct feed_tester *tester, const struct feed_secret *secret, const char *before,
	const char *signature, const char *after)
{
	struct headers headers = {ID, NOW, NULL};

	headers.signature = arena_printf(tester->arena, "%s%s%s", before, signature, after).ptr;
	return verify(tester, secret, headers, STR("{}"));
}

static void
signature_lists(void **state)
{
	const struct headers headers = {ID, NOW, NULL};
	const char *a = sign(*state, KEY_A, headers, STR("{}"));
	const char *b = sign(*state, KEY_B, headers, STR("{}"));
	const struct feed_secret only_a = {.mode = FEED_MODE_WHSEC, .values = {STR(SECRET_A)}};
	const struct feed_secret both = {
		.mode = FEED_MODE_WHSEC, .values = {STR(SECRET_A), STR(SECRET_B)}};
	const struct feed_secret none = {.mode = FEED_MODE_WHSEC};
	const struct feed_secret empty = {.mode = FEED_MODE_WHSEC, .values = {STR("whsec_")}};
	const struct feed_secret broken = {.mode = FEED_MODE_WHSEC, .values = {STR("whsec_%")}};

	assert_int_equal(verify_list(*state, &only_a, "", a, ""), FEED_OK);
	assert_int_equal(verify_list(*state, &only_a, "", b, ""), FEED_BAD_SIGNATURE);
	assert_int_equal(verify_list(*state, &both, "", b, ""), FEED_OK);
	assert_int_equal(verify_list(*state, &only_a, b, " ", a), FEED_OK);
	assert_int_equal(
		verify_list(*state, &only_a, "v2,AAAA v1a,AAAA v1,!! v1 ", a, " x"), FEED_OK);
	assert_int_equal(verify_list(*state, &only_a, " ", a, " "), FEED_OK);
	assert_int_equal(verify_list(*state, &only_a, "", a + 3, ""), FEED_BAD_SIGNATURE);
	assert_int_equal(verify_list(*state, &only_a, "v1a,", a + 3, ""), FEED_BAD_SIGNATURE);
	assert_int_equal(verify_list(*state, &only_a, "V1,", a + 3, ""), FEED_BAD_SIGNATURE);
	assert_int_equal(verify_list(*state, &only_a, "", a, "A==="), FEED_BAD_SIGNATURE);
	assert_int_equal(verify_list(*state, &only_a, "", "", ""), FEED_BAD_SIGNATURE);
	assert_int_equal(verify_list(*state, &only_a, "v1,", "", ""), FEED_BAD_SIGNATURE);

	/* A secret that is not there, or not one, opens nothing: not even its own empty key. */
	a = sign(*state, "", headers, STR("{}"));
	assert_int_equal(verify_list(*state, &none, "", a, ""), FEED_BAD_SIGNATURE);
	assert_int_equal(verify_list(*state, &empty, "", a, ""), FEED_BAD_SIGNATURE);
	assert_int_equal(verify_list(*state, &broken, "", a, ""), FEED_BAD_SIGNATURE);
}

static void
many_signatures(void **state)
{
	const struct headers headers = {ID, NOW, NULL};
	const struct feed_secret secret = {.mode = FEED_MODE_WHSEC, .values = {STR(SECRET_A)}};
	const char *good = sign(*state, KEY_A, headers, STR("{}"));

	for (size_t before = 15; before <= 16; before++) { /* 16 are read */
		struct buf list CLEANUP(buf_fini) = {0};

		for (size_t i = 0; i < before; i++)
			buf_adds(&list, "v1,AAAA ");
		assert_int_equal(verify_list(*state, &secret, list.ptr, good, ""),
			before == 15 ? FEED_OK : FEED_BAD_SIGNATURE);
	}
}

static void
ed25519(void **state)
{
	const struct headers good = {ED_ID, NOW, ED_SIGNATURE};
	const struct headers other_id = {"msg_tcw0002", NOW, ED_SIGNATURE};
	const struct headers roll = {ED_ID, NOW, "v1,AAAA v1a,AAAA " ED_SIGNATURE};
	const struct feed_secret key = {.mode = FEED_MODE_WHPK, .values = {STR(PUBLIC_KEY)}};
	const struct feed_secret second = {.mode = FEED_MODE_WHPK,
		.values = {
			STR("whpk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), STR(PUBLIC_KEY)}};
	const struct feed_secret shared = {.mode = FEED_MODE_WHSEC, .values = {STR(PUBLIC_KEY)}};
	const struct feed_secret foreign = {.mode = FEED_MODE_NONE};

	assert_int_equal(verify(*state, &key, good, STR(ED_BODY)), FEED_OK);
	assert_int_equal(verify(*state, &key, roll, STR(ED_BODY)), FEED_OK);
	assert_int_equal(verify(*state, &second, good, STR(ED_BODY)), FEED_OK);
	assert_int_equal(verify(*state, &key, good, STR(ED_BODY " ")), FEED_BAD_SIGNATURE);
	assert_int_equal(verify(*state, &key, other_id, STR(ED_BODY)), FEED_BAD_SIGNATURE);
	assert_int_equal(verify(*state, &shared, good, STR(ED_BODY)), FEED_BAD_SIGNATURE);
	assert_int_equal(verify(*state, &foreign, good, STR(ED_BODY)), FEED_BAD_AUTH);
}

/* A public key is public: nobody may use it as the shared secret of a v1 signature. */
static void
no_confusion_of_schemes(void **state)
{
	struct headers headers = {ID, NOW, NULL};
	struct buf public_key CLEANUP(buf_fini) = {0};
	const struct feed_secret key = {.mode = FEED_MODE_WHPK, .values = {STR(PUBLIC_KEY)}};
	const struct str base64 = str_cut(STR(PUBLIC_KEY), 5, sizeof(PUBLIC_KEY) - 1);

	assert_int_equal(base64_get(base64, &public_key).code, ERR_OK);
	headers.signature = sign(*state, public_key.ptr, headers, STR("{}"));
	assert_int_equal(verify(*state, &key, headers, STR("{}")), FEED_BAD_SIGNATURE);
}

/* In tables; STR is for expressions. */
#define TEXT(literal)                           \
	{                                       \
		"" literal, sizeof(literal) - 1 \
	}
#define NOTICE(TYPE, DATA) TEXT("{\"type\":\"" TYPE "\",\"timestamp\":\"x\",\"data\":{" DATA "}}")
#define MONEY "\"account\":\"1999\",\"amount\":45000"
#define IN ",\"direction\":\"in\""
#define OUT ",\"direction\":\"out\""

static const struct notice_case {
	struct str body;
	enum feed_reason want;
	size_t count;
	bool outgoing;
} notice_cases[] = {
	{NOTICE("bank.credit", MONEY IN), FEED_OK, 1, false},
	{NOTICE("bank.credit", MONEY), FEED_OK, 1, false},
	{NOTICE("bank.debit", MONEY), FEED_OK, 1, true},
	{NOTICE("bank.debit", MONEY OUT ",\"currency\":\"VND\""), FEED_OK, 1, true},
	{NOTICE("bank.transfer", MONEY OUT), FEED_OK, 1, true},
	{NOTICE("bank.credit", MONEY ",\"time\":\"2026-07-28T07:30:45Z\""), FEED_OK, 1, false},
	{NOTICE("bank.credit", MONEY ",\"time\":null,\"content\":null"), FEED_OK, 1, false},
	{NOTICE("bank.credit", "\"account\":\"1999\",\"amount\":0"), FEED_ZERO_AMOUNT, 0, false},

	/* theirs to send, not ours to book */
	{NOTICE("bank.account_linked", "\"account\":\"1999\""), FEED_OK, 0, false},
	{NOTICE("invoice.paid", MONEY IN), FEED_OK, 0, false},
	{NOTICE("bank", MONEY IN), FEED_OK, 0, false},
	{TEXT("{\"type\":\"ping\"}"), FEED_OK, 0, false},

	{NOTICE("bank.credit", MONEY OUT), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank.debit", MONEY IN), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank.credit", MONEY ",\"direction\":\"IN\""), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank.credit", MONEY ",\"direction\":1"), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank.credit", MONEY ",\"currency\":\"USD\""), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank.credit", MONEY ",\"amount\":1"), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank.credit", "\"account\":\"1999\",\"amount\":1.5"), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank.credit", "\"account\":\"1999\",\"amount\":-1"), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank.credit", "\"account\":\"1999\""), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank.credit", "\"amount\":45000"), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank.credit", MONEY ",\"time\":\"2026-07-28 14:30:45\""), FEED_BAD_PAYLOAD, 0,
		false},
	{NOTICE("bank.credit", MONEY ",\"time\":1785224000"), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("", MONEY IN), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank.", MONEY IN), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank..credit", MONEY IN), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank.cr-edit", MONEY IN), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank.credit\\u0000", MONEY IN), FEED_BAD_PAYLOAD, 0, false},
	{TEXT("{\"type\":\"bank.credit\"}"), FEED_BAD_PAYLOAD, 0, false},
	{TEXT("{\"type\":\"bank.credit\",\"data\":[]}"), FEED_BAD_PAYLOAD, 0, false},
	{NOTICE("bank.credit", MONEY "\0"), FEED_BAD_PAYLOAD, 0, false}, /* a raw NUL */
	{TEXT("{\"type\":7}"), FEED_BAD_PAYLOAD, 0, false},
	{TEXT("{}"), FEED_BAD_PAYLOAD, 0, false},
	{TEXT("[]"), FEED_BAD_PAYLOAD, 0, false},
	{TEXT("\"bank.credit\""), FEED_BAD_PAYLOAD, 0, false},
	{TEXT(""), FEED_BAD_PAYLOAD, 0, false},
};

static void
notices(void **state)
{
	const struct feed_tester *tester = *state;
	struct headers headers = {ID, NOW, NULL};

	for (size_t i = 0; i < sizeof(notice_cases) / sizeof(*notice_cases); i++) {
		const struct notice_case *want = &notice_cases[i];
		const struct feed_message message = {
			.body = want->body, .header = find_header, .header_arg = &headers};
		struct feed_events events;
		enum feed_reason reason = std()->parse(tester->arena, &message, &events);

		if (reason != want->want || events.count != want->count)
			fail_msg("%.*s: \"%s\", %zu events", STR_FMT(want->body),
				feed_reason_name(reason), events.count);
		if (events.count == 0)
			continue;
		assert_int_equal(events.items[0].outgoing, want->outgoing);
		assert_int_equal(events.items[0].amount.dong, 45000);
		assert_true(str_eq(events.items[0].provider_txn_id, STR(ID)));
		assert_true(events.items[0].time_ms == NO_TIME ||
			    events.items[0].time_ms == INT64_C(1785223845000));
	}
}

static void
replies(void **state)
{
	const struct feed_tester *tester = *state;
	struct str body;

	assert_int_equal(
		std()->reply(tester->arena, &(struct feed_answer){.reason = FEED_OK}, &body), 200);
	assert_int_equal(body.len, 0);
	assert_int_equal(std()->reply(tester->arena,
				 &(struct feed_answer){.reason = FEED_BAD_SIGNATURE}, &body),
		401);
	assert_int_equal(std()->reply(tester->arena,
				 &(struct feed_answer){.reason = FEED_BAD_PAYLOAD}, &body),
		400);
	assert_int_equal(body.len, 0);
}

/* What our sender signs, our reader believes; what it must not sign, it refuses. */
static void
signing(void **state)
{
	static const struct {
		const char *secret, *id;
		int64_t unix_s;
		bool good;
	} cases[] = {
		{SECRET_A, ID, 1785224000, true},
		{SECRET_B, ID, 1785224000, true},
		{SECRET_A, "msg.1", 1785224000, false},
		{SECRET_A, "", 1785224000, false},
		{SECRET_A, "msg 1", 1785224000, false},
		{SECRET_A, "m\xe1\xba\xadt", 1785224000, false},
		{SECRET_A, ID, -1, false},
		{"whsec_", ID, 1785224000, false},
		{"whsec_not base64", ID, 1785224000, false},
		{"", ID, 1785224000, false},
	};
	const struct feed_tester *tester = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_secret secret = {
			.mode = FEED_MODE_WHSEC, .values = {str_from(cases[i].secret)}};
		struct headers headers = {ID, NOW, NULL};
		struct buf signature CLEANUP(buf_fini) = {0};
		struct err e = feed_sign_standard_webhook(tester->crypt, str_from(cases[i].secret),
			str_from(cases[i].id), cases[i].unix_s, STR("{}"), &signature);

		assert_int_equal(e.code == ERR_OK, cases[i].good);
		assert_int_equal(signature.len > 0, cases[i].good);
		headers.signature = signature.ptr;
		if (cases[i].good)
			assert_int_equal(verify(tester, &secret, headers, STR("{}")), FEED_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(id_and_timestamp),
		cmocka_unit_test(signature_lists),
		cmocka_unit_test(many_signatures),
		cmocka_unit_test(ed25519),
		cmocka_unit_test(no_confusion_of_schemes),
		cmocka_unit_test(signing),
		cmocka_unit_test(notices),
		cmocka_unit_test(replies),
	};

	return cmocka_run_group_tests_name(
		"feeds_std", tests, feed_tester_setup, feed_tester_teardown);
}
