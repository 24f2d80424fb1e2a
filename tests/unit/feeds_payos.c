/*
 * feeds_payos.c - payOS: the text it signs, quirk by quirk, and what its data may say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/feed_bench.h"

#define KEY "1a54716c8f0efb2744fb28b6e38b25da7f67a925d98bc1c18bd8faaecadd7675"
#define OLD_KEY "an-older-checksum-key"

static enum feed_reason
verify(const struct feed_bench *bench, struct str body)
{
	const struct feed_secret secret = {
		.mode = FEED_MODE_CHECKSUM_KEY, .values = {STR(KEY), STR(OLD_KEY)}};
	const struct bench_message message = {.body = body};

	return bench_verify(bench, "payos", &secret, &message);
}

/* The whole body around `data`, signed as if `text` were what payOS signs. */
static struct str
body_of(const struct feed_bench *bench, const char *key, struct str data, struct str text)
{
	return arena_printf(bench->arena, "{\"code\":\"00\",\"data\":%.*s,\"signature\":\"%s\"}",
		STR_FMT(data), bench_hmac_sha256(bench, key, text));
}

/* Each row's text is what createSignatureFromObj of @payos/node 2.0.5 signs. */
static void
signed_text(void **state)
{
	static const struct {
		struct str data, text;
	} cases[] = {
		{TEXT("{\"b\":1,\"a\":\"x\"}"), TEXT("a=x&b=1")},
		{TEXT("{\"a_\":1,\"aB\":2,\"ab\":3,\"A\":4,\"\":5}"),
			TEXT("=5&A=4&aB=2&a_=1&ab=3")},
		{TEXT("{\"a\":1,\"10\":2,\"9\":3}"), TEXT("9=3&10=2&a=1")},
		{TEXT("{\"\\uffff\":1,\"\\ud83d\\ude00\":2}"), TEXT("\U0001f600=2&\xef\xbf\xbf=1")},

		/* texts as they are: no escaping of any kind */
		{TEXT("{\"a\":\"x&b=1 %2F+\\\"\\\\\\n\"}"), TEXT("a=x&b=1 %2F+\"\\\n")},
		{TEXT("{\"a\":\"Th\\u00e0nh c\\u00f4ng\"}"), TEXT("a=Thành công")},
		{TEXT("{\"a\":\"x\\u0000y\"}"), TEXT("a=x\0y")},

		/* null and what says so */
		{TEXT("{\"a\":null,\"b\":\"null\",\"c\":\"undefined\",\"d\":\"\"}"),
			TEXT("a=&b=&c=&d=")},
		{TEXT("{\"a\":\"Null\",\"b\":\"null \",\"c\":\"nullundefined\"}"),
			TEXT("a=Null&b=null &c=nullundefined")},

		/* JavaScript's spelling */
		{TEXT("{\"a\":3000,\"b\":1.50,\"c\":3e3,\"d\":-0,\"e\":1e21}"),
			TEXT("a=3000&b=1.5&c=3000&d=0&e=1e+21")},
		{TEXT("{\"a\":true,\"b\":false}"), TEXT("a=true&b=false")},
		{TEXT("{\"a\":{},\"b\":{\"c\":1}}"), TEXT("a=[object Object]&b=[object Object]")},

		/* arrays: each element sorted one level, then JSON */
		{TEXT("{\"a\":[]}"), TEXT("a=[]")},
		{TEXT("{\"a\":[{\"z\":1,\"b\":\"\\u00e9\\\"/\"},{}]}"),
			TEXT("a=[{\"b\":\"é\\\"/\",\"z\":1},{}]")},
		{TEXT("{\"a\":[{\"y\":{\"d\":1,\"c\":[2,{\"f\":1,\"e\":0}],\"1\":null},\"x\":true}]}"),
			TEXT("a=[{\"x\":true,\"y\":{\"1\":null,\"d\":1,\"c\":[2,{\"f\":1,\"e\":0}]}}]")},
		/* ... by Object.keys, which makes odd things of what is no object */
		{TEXT("{\"a\":[7,true,[5,[6]]]}"), TEXT("a=[{},{},{\"0\":5,\"1\":[6]}]")},
		{TEXT("{\"a\":[\"x\\u00e9\",\"\",\"\\ud83d\\ude00\\n\"]}"),
			TEXT("a=[{\"0\":\"x\",\"1\":\"é\"},{},"
			     "{\"0\":\"\\ud83d\",\"1\":\"\\ude00\",\"2\":\"\\n\"}]")},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf other CLEANUP(buf_fini) = {0};

		if (verify(*state, body_of(*state, KEY, cases[i].data, cases[i].text)) != FEED_OK)
			fail_msg("%.*s is not signed as %.*s", STR_FMT(cases[i].data),
				STR_FMT(cases[i].text));
		buf_add(&other, cases[i].text);
		buf_addc(&other, '&');
		assert_int_equal(
			verify(*state, body_of(*state, KEY, cases[i].data, buf_str(&other))),
			FEED_BAD_SIGNATURE);
	}
}

static void
signatures(void **state)
{
	const struct feed_bench *bench = *state;
	const struct str data = STR("{\"a\":1}"), text = STR("a=1");
	const char *mac = bench_hmac_sha256(bench, KEY, text);
	const struct {
		const char *format; /* %s: the MAC */
		enum feed_reason want;
	} cases[] = {
		{"{\"data\":{\"a\":1},\"signature\":\"%s\"}", FEED_OK},
		{"{\"signature\":\"%s\",\"data\":{\"a\":1},\"code\":\"99\"}", FEED_OK},
		{"{\"data\":{\"a\":1},\"signature\":\"%s0\"}", FEED_BAD_SIGNATURE},
		{"{\"data\":{\"a\":1},\"signature\":\"\"}", FEED_BAD_SIGNATURE},
		{"{\"data\":{\"a\":1},\"signature\":null}", FEED_BAD_SIGNATURE},
		{"{\"data\":{\"a\":1},\"signature\":[\"%s\"]}", FEED_BAD_SIGNATURE},
		{"{\"data\":{\"a\":1}}", FEED_BAD_SIGNATURE},
		{"{\"data\":{\"a\":2},\"signature\":\"%s\"}", FEED_BAD_SIGNATURE},
		{"{\"data\":[1],\"signature\":\"%s\"}", FEED_BAD_SIGNATURE},
		{"{\"data\":\"a=1\",\"signature\":\"%s\"}", FEED_BAD_SIGNATURE},
		{"{\"data\":null,\"signature\":\"%s\"}", FEED_BAD_SIGNATURE},
		{"{\"signature\":\"%s\"}", FEED_BAD_SIGNATURE},
		{"{\"data\":{\"a\":2},\"data\":{\"a\":1},\"signature\":\"%s\"}",
			FEED_BAD_SIGNATURE},
		{"{\"data\":{\"a\":1},\"signature\":\"%s\"", FEED_BAD_SIGNATURE},
		{"{\"data\":{\"a\":[null]},\"signature\":\"%s\"}", FEED_BAD_SIGNATURE},
		{"[]", FEED_BAD_SIGNATURE},
		{"", FEED_BAD_SIGNATURE},
	};
	const struct feed_secret foreign = {.mode = FEED_MODE_HMAC512, .values = {STR(KEY)}};
	const struct feed_secret one = {.mode = FEED_MODE_CHECKSUM_KEY, .values = {STR(KEY)}};
	const struct bench_message good = {.body = body_of(bench, KEY, data, text)};
	const struct bench_message keyless = {.body = body_of(bench, "", data, text)};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *body = bench_fill(bench, cases[i].format, mac, mac);

		if (verify(bench, str_from(body)) != cases[i].want)
			fail_msg("%s", cases[i].format);
	}
	assert_int_equal(verify(bench, body_of(bench, OLD_KEY, data, text)), FEED_OK);
	assert_int_equal(verify(bench, body_of(bench, "a", data, text)), FEED_BAD_SIGNATURE);
	assert_int_equal(bench_verify(bench, "payos", &one, &good), FEED_OK);
	assert_int_equal(bench_verify(bench, "payos", &one, &keyless), FEED_BAD_SIGNATURE);
	assert_int_equal(bench_verify(bench, "payos", &foreign, &good), FEED_BAD_AUTH);
}

/* An array's null has no keys: the SDK itself fails on it, so nothing can be signed. */
static void
null_in_array(void **state)
{
	static const char *const texts[] = {"a=[null]", "a=[{}]", "a=[]", "a="};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_int_equal(verify(*state, body_of(*state, KEY, STR("{\"a\":[null]}"),
							str_from(texts[i]))),
			FEED_BAD_SIGNATURE);
	}
}

static void
bounds(void **state)
{
	for (size_t keys = 128; keys <= 129; keys++) {
		struct buf data CLEANUP(buf_fini) = {0};
		struct buf text CLEANUP(buf_fini) = {0};

		for (size_t k = 0; k < keys; k++) {
			buf_addf(&data, "%s\"%zu\":0", k == 0 ? "{" : ",", k);
			buf_addf(&text, "%s%zu=0", k == 0 ? "" : "&", k);
		}
		buf_addc(&data, '}');
		assert_int_equal(
			verify(*state, body_of(*state, KEY, buf_str(&data), buf_str(&text))),
			keys == 128 ? FEED_OK : FEED_BAD_SIGNATURE);
	}
	for (size_t size = 16384; size <= 16385; size++) {
		struct str body = body_of(*state, KEY, STR("{\"a\":1}"), STR("a=1"));
		struct buf padded CLEANUP(buf_fini) = {0};

		buf_add(&padded, body);
		while (padded.len < size)
			buf_addc(&padded, ' ');
		assert_int_equal(verify(*state, buf_str(&padded)),
			size == 16384 ? FEED_OK : FEED_BAD_SIGNATURE);
	}
}

/* ---- what data says ----------------------------------------------------------------------- */

#define BASE                                                                                 \
	"\"description\":\"CHK7\",\"transactionDateTime\":\"2026-07-28 14:30:45\",\"code\":" \
	"\"00\",\"accountNumber\":\"1999\""
#define DATA(MORE) TEXT("{\"code\":\"99\",\"success\":false,\"data\":{" BASE "," MORE "}}")
#define ORDER(CODE, REFERENCE) \
	DATA("\"orderCode\":" CODE ",\"reference\":" REFERENCE ",\"amount\":45000")

static void
references(void **state)
{
	static const struct {
		struct str body;
		const char *id, *bank_id, *order;
	} cases[] = {
		{ORDER("26209001", "\"FT26209000000101\""), "FT26209000000101", "FT26209000000101",
			"26209001"},
		{ORDER("\"A-7\"", "\"FT1\""), "FT1", "FT1", "A-7"},
		{ORDER("null", "\"FT1\""), "FT1", "FT1", ""},
		{ORDER("7", "\"FT 1\\\\BNK\""), "FT 1\\BNK", "FT 1\\BNK", "7"},
		/* a running number comes round again: the order stands beside it */
		{ORDER("7", "\"3516\""), "3516/7", "3516", "7"},
		{ORDER("8", "3516"), "3516/8", "3516", "8"},
		{ORDER("7", "\"12345678\""), "12345678/7", "12345678", "7"},
		{ORDER("7", "\"123456789\""), "123456789", "123456789", "7"},
		{ORDER("null", "\"3516\""), "3516", "3516", ""},
	};
	struct feed_events events;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_event *event;

		assert_int_equal(bench_parse(*state, "payos", cases[i].body, &events), FEED_OK);
		assert_int_equal(events.count, 1);
		event = &events.items[0];
		assert_true(str_eq(event->provider_txn_id, str_from(cases[i].id)));
		assert_true(str_eq(event->bank_txn_id, str_from(cases[i].bank_id)));
		assert_true(str_eq(event->order_code, str_from(cases[i].order)));
		assert_int_equal(event->amount.dong, 45000);
		assert_false(event->outgoing);
	}
}

#define SAMPLE(CODE, AMOUNT, TEXT_)                                                         \
	TEXT("{\"data\":{\"code\":\"00\",\"orderCode\":" CODE ",\"amount\":" AMOUNT         \
	     ",\"description\":\"" TEXT_ "\",\"accountNumber\":\"12345678\",\"reference\":" \
	     "\"TF230204212323\",\"transactionDateTime\":\"2023-02-04 18:25:00\"}}")

static void
data_members(void **state)
{
	static const struct {
		struct str body;
		enum feed_reason want;
	} cases[] = {
		{SAMPLE("123", "3000", "VQRIO123"), FEED_TEST_CALL},
		{SAMPLE("124", "3000", "VQRIO123"), FEED_OK},
		{SAMPLE("123", "3001", "VQRIO123"), FEED_OK},
		{SAMPLE("123", "3000", "VQRIO1234"), FEED_OK},

		{TEXT("{\"code\":\"00\",\"data\":{\"code\":\"01\"}}"), FEED_NOT_SUCCESSFUL},
		{TEXT("{\"data\":{\"code\":\"0\",\"amount\":1}}"), FEED_NOT_SUCCESSFUL},
		{TEXT("{\"data\":{\"code\":0}}"), FEED_BAD_PAYLOAD},
		{TEXT("{\"code\":\"00\",\"data\":{\"code\":null}}"), FEED_BAD_PAYLOAD},
		{TEXT("{\"code\":\"00\",\"data\":{}}"), FEED_BAD_PAYLOAD},
		{TEXT("{\"code\":\"00\"}"), FEED_BAD_PAYLOAD},
		{TEXT("{\"data\":[]}"), FEED_BAD_PAYLOAD},
		{TEXT("[]"), FEED_BAD_PAYLOAD},
		{TEXT(""), FEED_BAD_PAYLOAD},

		{DATA("\"reference\":\"FT1\",\"amount\":1,\"currency\":\"VND\""), FEED_OK},
		{DATA("\"reference\":\"FT1\",\"amount\":1,\"currency\":\"USD\""), FEED_BAD_PAYLOAD},
		{DATA("\"reference\":\"FT1\",\"amount\":0"), FEED_ZERO_AMOUNT},
		{DATA("\"reference\":\"FT1\",\"amount\":-1"), FEED_BAD_PAYLOAD},
		{DATA("\"reference\":\"FT1\",\"amount\":1.5"), FEED_BAD_PAYLOAD},
		{DATA("\"reference\":\"FT1\""), FEED_BAD_PAYLOAD},
		{DATA("\"reference\":\"\",\"amount\":1"), FEED_BAD_PAYLOAD},
		{DATA("\"amount\":1"), FEED_BAD_PAYLOAD},
		{DATA("\"reference\":\"FT1\",\"amount\":1,\"orderCode\":[7]"), FEED_BAD_PAYLOAD},
		{TEXT("{\"data\":{\"code\":\"00\",\"reference\":\"FT1\",\"amount\":1,"
		      "\"transactionDateTime\":\"2026-07-28 14:30:45\"}}"),
			FEED_BAD_PAYLOAD}, /* no account */
		{TEXT("{\"data\":{\"code\":\"00\",\"reference\":\"FT1\",\"amount\":1,"
		      "\"virtualAccountNumber\":\"V1\",\"transactionDateTime\":\"2026-07-28\"}}"),
			FEED_OK},
		{TEXT("{\"data\":{\"code\":\"00\",\"reference\":\"FT1\",\"amount\":1,"
		      "\"accountNumber\":\"1\",\"transactionDateTime\":\"28/07/2026\"}}"),
			FEED_BAD_PAYLOAD},
	};
	struct feed_events events;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum feed_reason reason = bench_parse(*state, "payos", cases[i].body, &events);

		if (reason != cases[i].want || events.count != (reason == FEED_OK ? 1 : 0))
			fail_msg("%.*s: \"%s\", %zu events", STR_FMT(cases[i].body),
				feed_reason_name(reason), events.count);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signed_text),
		cmocka_unit_test(signatures),
		cmocka_unit_test(null_in_array),
		cmocka_unit_test(bounds),
		cmocka_unit_test(references),
		cmocka_unit_test(data_members),
	};

	return cmocka_run_group_tests_name("feeds_payos", tests, feed_bench_open, feed_bench_close);
}
