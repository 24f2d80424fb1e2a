/*
 * feeds_generic.c - Stripe-type signatures and RFC 9421: headers, windows, keys and the body's id.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/feed_bench.h"
#include "chopay/fixture.h"

#define NOW "1785224000"
#define BODY "{\"type\":\"ping\"}"

/* ---- t=,v1= ------------------------------------------------------------------------------- */

#define T_V1_SECRET "whsec_tcw_stripe_style_0001"

static const char *
t_v1_sign(const struct feed_bench *bench, const char *key, const char *t)
{
	struct str text = arena_printf(bench->arena, "%s." BODY, t);

	return arena_printf(bench->arena, "t=%s,v1=%s", t, bench_hmac_sha256(bench, key, text)).ptr;
}

static void
t_v1(void **state)
{
	const struct feed_bench *bench = *state;
	const char *good = t_v1_sign(bench, T_V1_SECRET, NOW);
	const char *many = arena_printf(bench->arena,
		"t=" NOW ",v1=0,v1=0,v1=0,v1=0,v1=0,v1=0,v1=0,v1=0,v1=0,v1=0,v1=0,v1=0,v1=0,"
		"v1=0,v1=0%s",
		good + sizeof("t=" NOW) - 1)
				   .ptr;
	const struct {
		const char *configured, *name, *value;
		enum feed_reason want;
	} cases[] = {
		{"", "Stripe-Signature", good, FEED_OK}, {"", "stripe-signature", good, FEED_OK},
		{"X-Signature", "X-Signature", good, FEED_OK},
		{"X-Signature", "Stripe-Signature", good, FEED_BAD_SIGNATURE},
		{"", "X-Signature", good, FEED_BAD_SIGNATURE}, {"", NULL, NULL, FEED_BAD_SIGNATURE},
		{"", "Stripe-Signature", "", FEED_BAD_SIGNATURE},
		{"", "Stripe-Signature", "t=" NOW, FEED_BAD_SIGNATURE},
		{"", "Stripe-Signature", "t=" NOW ",v1=", FEED_BAD_SIGNATURE},
		{"", "Stripe-Signature", many, FEED_OK}, /* the 16th */
		{"", "Stripe-Signature", arena_printf(bench->arena, "%s,v1=0", many).ptr,
			FEED_BAD_SIGNATURE},
		{"", "Stripe-Signature", t_v1_sign(bench, "an-old-secret", NOW), FEED_OK},
		/* the secret as it is written, its prefix too */
		{"", "Stripe-Signature", t_v1_sign(bench, "tcw_stripe_style_0001", NOW),
			FEED_BAD_SIGNATURE},
		{"", "Stripe-Signature", t_v1_sign(bench, "", NOW), FEED_BAD_SIGNATURE},
		{"", "Stripe-Signature", t_v1_sign(bench, T_V1_SECRET, "1785223700"), FEED_OK},
		{"", "Stripe-Signature", t_v1_sign(bench, T_V1_SECRET, "1785223699"),
			FEED_STALE_TIMESTAMP},
		{"", "Stripe-Signature", t_v1_sign(bench, T_V1_SECRET, "1785224300"), FEED_OK},
		{"", "Stripe-Signature", t_v1_sign(bench, T_V1_SECRET, "1785224301"),
			FEED_STALE_TIMESTAMP},
		{"", "Stripe-Signature", t_v1_sign(bench, "forged", "1785223699"),
			FEED_BAD_SIGNATURE},
		{"", "Stripe-Signature", t_v1_sign(bench, T_V1_SECRET, "-" NOW),
			FEED_BAD_SIGNATURE},
		{"", "Stripe-Signature", t_v1_sign(bench, T_V1_SECRET, NOW ".5"),
			FEED_BAD_SIGNATURE},
		{"", "Stripe-Signature", t_v1_sign(bench, T_V1_SECRET, "1785224000000"),
			FEED_STALE_TIMESTAMP}, /* milliseconds */
	};

	const struct feed_secret one = {.mode = FEED_MODE_T_V1, .values = {STR(T_V1_SECRET)}};
	const struct bench_message keyless = {
		.headers = {{"Stripe-Signature", t_v1_sign(bench, "", NOW)}}, .body = STR(BODY)};

	assert_int_equal(bench_verify(bench, "generic_t_v1", &one, &keyless), FEED_BAD_SIGNATURE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct feed_secret secret = {.mode = FEED_MODE_T_V1,
			.values = {STR(T_V1_SECRET), STR("an-old-secret")},
			.header = str_from(cases[i].configured)};
		const struct bench_message message = {
			.headers = {{cases[i].name, cases[i].value}}, .body = STR(BODY)};
		const struct bench_message changed = {
			.headers = {{cases[i].name, cases[i].value}}, .body = STR(BODY " ")};

		if (bench_verify(bench, "generic_t_v1", &secret, &message) != cases[i].want)
			fail_msg("row %zu: %s", i, cases[i].value);
		assert_int_equal(
			bench_verify(bench, "generic_t_v1", &secret, &changed), FEED_BAD_SIGNATURE);
	}
}

/* ---- RFC 9421
 * ------------------------------------------------------------------------------------- */

#define KEY "tcw-rfc9421-shared-secret-000001"
#define OLD_KEY "0123456789abcdef"
#define COVERED "(\"@method\" \"@path\" \"content-digest\")"
#define PARAMS ";created=" NOW ";keyid=\"tcw-1\""
#define LINES(DIGEST) "\"@method\": POST\n\"@path\": /hook\n\"content-digest\": " DIGEST "\n"

static const struct feed_secret rfc_secret = {.mode = FEED_MODE_RFC9421_HMAC,
	.values = {TEXT("dGN3LXJmYzk0MjEtc2hhcmVkLXNlY3JldC0wMDAwMDE="),
		TEXT("MDEyMzQ1Njc4OWFiY2RlZg==")},
	.client_id = TEXT("tcw-1")};

static const char *
base64(const struct feed_bench *bench, const unsigned char *bytes, size_t size)
{
	struct buf text CLEANUP(buf_fini) = {0};

	base64_put(&text, (struct str){(const char *)bytes, size});
	return arena_cstr(bench->arena, buf_str(&text));
}

/* ":base64:" of the MAC over these lines and the parameters. */
static const char *
mac_of(const struct feed_bench *bench, const char *key, const char *lines, const char *input)
{
	struct str base = arena_printf(bench->arena, "%s\"@signature-params\": %s", lines, input);
	unsigned char mac[SHA256_SIZE];

	crypt_hmac_sha256(bench->crypt, str_from(key), &base, 1, mac);
	return arena_printf(bench->arena, ":%s:", base64(bench, mac, sizeof(mac))).ptr;
}

static const char *
sha256_of(const struct feed_bench *bench, struct str body)
{
	unsigned char digest[SHA256_SIZE];

	crypt_sha256(bench->crypt, body, digest);
	return arena_printf(bench->arena, "sha-256=:%s:", base64(bench, digest, sizeof(digest)))
		.ptr;
}

static const char *
sha512_of(const struct feed_bench *bench, struct str body)
{
	unsigned char digest[SHA512_SIZE];

	crypt_sha512(bench->crypt, body, digest);
	return arena_printf(bench->arena, "sha-512=:%s:", base64(bench, digest, sizeof(digest)))
		.ptr;
}

static enum feed_reason
verify_rfc(const struct feed_bench *bench, const struct feed_secret *secret, const char *inputs,
	const char *signatures, const char *digest, const char *host)
{
	const struct bench_message message = {
		.headers = {{"Signature-Input", inputs}, {"Signature", signatures},
			{"Content-Digest", digest}, {"Host", host}, {"X-Empty", ""},
			{"Content-Type", "application/json"}},
		.body = STR(BODY),
	};

	return bench_verify(bench, "rfc9421", secret, &message);
}

/* What a signature must cover and name, and how it must be spelled; all rows are signed rightly
 * over the three usual lines. */
static void
inputs(void **state)
{
	static const struct {
		const char *input;
		enum feed_reason want;
	} cases[] = {
		{COVERED PARAMS, FEED_OK},
		{COVERED PARAMS ";alg=\"hmac-sha256\"", FEED_OK},
		{COVERED ";keyid=\"tcw-1\";created=" NOW, FEED_OK},
		{COVERED PARAMS ";nonce=\"a\\\"b\";tag=\"t\";x=tok:en/1;y=:YQ==:;z;w=?0;v=1.5",
			FEED_OK},
		{COVERED PARAMS ";expires=" NOW, FEED_OK},
		{COVERED PARAMS ";expires=1785223999", FEED_STALE_TIMESTAMP},
		{COVERED PARAMS ";expires=\"1785225000\"", FEED_BAD_SIGNATURE},
		{COVERED ";created=1785223700;keyid=\"tcw-1\"", FEED_OK},
		{COVERED ";created=1785223699;keyid=\"tcw-1\"", FEED_STALE_TIMESTAMP},
		{COVERED ";created=1785224300;keyid=\"tcw-1\"", FEED_OK},
		{COVERED ";created=1785224301;keyid=\"tcw-1\"", FEED_STALE_TIMESTAMP},

		{COVERED ";keyid=\"tcw-1\"", FEED_BAD_SIGNATURE},
		{COVERED ";created=\"" NOW "\";keyid=\"tcw-1\"", FEED_BAD_SIGNATURE},
		{COVERED ";created=" NOW ".0;keyid=\"tcw-1\"", FEED_BAD_SIGNATURE},
		{COVERED ";created=" NOW, FEED_BAD_SIGNATURE},
		{COVERED ";created=" NOW ";keyid=\"tcw-2\"", FEED_BAD_SIGNATURE},
		{COVERED ";created=" NOW ";keyid=tcw-1", FEED_BAD_SIGNATURE},
		{COVERED ";created=" NOW ";keyid=\"\"", FEED_BAD_SIGNATURE},
		{COVERED PARAMS ";alg=\"hmac-sha512\"", FEED_BAD_SIGNATURE},
		{COVERED PARAMS ";alg=hmac-sha256", FEED_BAD_SIGNATURE},

		/* one spelling only, or another text than ours was signed */
		{COVERED PARAMS ";created=" NOW, FEED_BAD_SIGNATURE},
		{COVERED "; created=" NOW ";keyid=\"tcw-1\"", FEED_BAD_SIGNATURE},
		{"( \"@method\" \"@path\" \"content-digest\")" PARAMS, FEED_BAD_SIGNATURE},
		{"(\"@method\" \"@path\" \"content-digest\" )" PARAMS, FEED_BAD_SIGNATURE},
		{"(\"@method\"  \"@path\" \"content-digest\")" PARAMS, FEED_BAD_SIGNATURE},
		{"(\"@method\"\t\"@path\" \"content-digest\")" PARAMS, FEED_BAD_SIGNATURE},
		{"(\"@method\",\"@path\",\"content-digest\")" PARAMS, FEED_BAD_SIGNATURE},
		{"(\"@method\" \"@path\" \"content-digest\"" PARAMS, FEED_BAD_SIGNATURE},
		{"(\"@method\" \"@path\" \"Content-Digest\")" PARAMS, FEED_BAD_SIGNATURE},
		{"(\"@method\" \"@path\" \"content-digest\";bs)" PARAMS, FEED_BAD_SIGNATURE},
		{"(\"@method\" \"@path\" content-digest)" PARAMS, FEED_BAD_SIGNATURE},
		{COVERED PARAMS ";Tag=\"t\"", FEED_BAD_SIGNATURE},
		{COVERED PARAMS ";n=1234567890123456", FEED_BAD_SIGNATURE},
		{COVERED PARAMS ";n=-", FEED_BAD_SIGNATURE},
		{COVERED PARAMS ";n=1.2345", FEED_BAD_SIGNATURE},
		{COVERED PARAMS ";n=\"\x7f\"", FEED_BAD_SIGNATURE},
		{COVERED PARAMS ";n=\"a\\b\"", FEED_BAD_SIGNATURE},
		{COVERED PARAMS ";n=\"a", FEED_BAD_SIGNATURE},
		{COVERED PARAMS ";n=:YQ=:", FEED_BAD_SIGNATURE},
		{COVERED PARAMS ";n=:YQ==", FEED_BAD_SIGNATURE},
		{COVERED PARAMS ";n=?2", FEED_BAD_SIGNATURE},
		{COVERED PARAMS ";n=", FEED_BAD_SIGNATURE},
		{COVERED PARAMS ";", FEED_BAD_SIGNATURE},
		{COVERED PARAMS ",", FEED_BAD_SIGNATURE},
		{COVERED PARAMS " x", FEED_BAD_SIGNATURE},
		{"\"@method\"" PARAMS, FEED_BAD_SIGNATURE},
		{"", FEED_BAD_SIGNATURE},
	};
	const struct feed_bench *bench = *state;
	const char *digest = sha256_of(bench, STR(BODY));
	const char *lines = arena_printf(bench->arena, LINES("%s"), digest).ptr;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *mac = mac_of(bench, KEY, lines, cases[i].input);
		const char *input = bench_fill(bench, "sig1=%s", cases[i].input, "");
		const char *signature = bench_fill(bench, "sig1=%s", mac, "");

		if (verify_rfc(bench, &rfc_secret, input, signature, digest, NULL) != cases[i].want)
			fail_msg("%s", cases[i].input);
	}
}

/* Which components, and what each contributes. */
static void
components(void **state)
{
	const struct feed_bench *bench = *state;
	const char *digest = sha256_of(bench, STR(BODY));
	static const struct {
		const char *covered, *lines, *host; /* lines behind the usual three */
		enum feed_reason want;
	} cases[] = {
		{" \"content-type\"", "\"content-type\": application/json\n", NULL, FEED_OK},
		{" \"x-empty\"", "\"x-empty\": \n", NULL, FEED_OK},
		{" \"@authority\"", "\"@authority\": pay.example\n", "pay.example", FEED_OK},
		{" \"@authority\"", "\"@authority\": pay.example\n", "Pay.Example:443", FEED_OK},
		{" \"@authority\"", "\"@authority\": pay.example:8443\n", "pay.example:8443",
			FEED_OK},
		{" \"@authority\"", "\"@authority\": \n", "", FEED_BAD_SIGNATURE},
		{" \"content-type\"", "\"content-type\": text/plain\n", NULL, FEED_BAD_SIGNATURE},
		{" \"x-absent\"", "\"x-absent\": \n", NULL, FEED_BAD_SIGNATURE},
		{" \"@query\"", "\"@query\": ?\n", NULL, FEED_BAD_SIGNATURE},
		{" \"@scheme\"", "\"@scheme\": https\n", NULL, FEED_BAD_SIGNATURE},
		{" \"@path\"", "\"@path\": /hook\n", NULL, FEED_BAD_SIGNATURE}, /* twice */
		{" 7", "\"7\": \n", NULL, FEED_BAD_SIGNATURE},
		{" \"a\\\"b\"", "\"a\\\"b\": \n", NULL, FEED_BAD_SIGNATURE},
	};
	static const struct {
		const char *covered, *lines; /* one of the three is missing */
	} short_ones[] = {
		{"(\"@path\" \"content-digest\")", "\"@path\": /hook\n\"content-digest\": %s\n"},
		{"(\"@method\" \"content-digest\")", "\"@method\": POST\n\"content-digest\": %s\n"},
		{"(\"@method\" \"@path\")", "\"@method\": POST\n\"@path\": /hook\n"},
		{"()", ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *input = arena_printf(bench->arena,
			"(\"@method\" \"@path\" \"content-digest\"%s)" PARAMS, cases[i].covered)
					    .ptr;
		const char *lines =
			arena_printf(bench->arena, LINES("%s") "%s", digest, cases[i].lines).ptr;

		if (verify_rfc(bench, &rfc_secret, bench_fill(bench, "sig1=%s", input, ""),
			    bench_fill(bench, "sig1=%s", mac_of(bench, KEY, lines, input), ""),
			    digest, cases[i].host) != cases[i].want)
			fail_msg("%s", input);
	}
	for (size_t i = 0; i < sizeof(short_ones) / sizeof(*short_ones); i++) {
		const char *lines = bench_fill(bench, short_ones[i].lines, digest, "");
		const char *input = bench_fill(bench, "%s" PARAMS, short_ones[i].covered, "");

		assert_int_equal(
			verify_rfc(bench, &rfc_secret, bench_fill(bench, "s=%s", input, ""),
				bench_fill(bench, "s=%s", mac_of(bench, KEY, lines, input), ""),
				digest, NULL),
			FEED_BAD_SIGNATURE);
	}
}

/* Content-Digest, signed as it is: the known ones are all the body's, and there is one. */
static void
digests(void **state)
{
	const struct feed_bench *bench = *state;
	const char *good = sha256_of(bench, STR(BODY)), *good512 = sha512_of(bench, STR(BODY));
	const char *bad = sha256_of(bench, STR("{}")), *bad512 = sha512_of(bench, STR("{}"));
	const struct {
		const char *format, *first, *second;
		enum feed_reason want;
	} cases[] = {
		{"%s%s", good, "", FEED_OK},
		{"%s%s", good512, "", FEED_OK},
		{"%s, %s", good, good512, FEED_OK},
		{"%s,%s", good512, good, FEED_OK},
		{"md5=:YQ==:, %s%s", good, "", FEED_OK},
		{"%s;x=1%s", good, "", FEED_OK},
		{"%s%s", bad, "", FEED_BAD_SIGNATURE},
		{"%s%s", bad512, "", FEED_BAD_SIGNATURE},
		{"%s, %s", good, bad512, FEED_BAD_SIGNATURE},
		{"%s, %s", bad, good512, FEED_BAD_SIGNATURE},
		{"%s, %s", good, good, FEED_BAD_SIGNATURE}, /* a key twice */
		{"md5=:YQ==:%s%s", "", "", FEED_BAD_SIGNATURE},
		{"sha-256=\"%s%s\"", "x", "", FEED_BAD_SIGNATURE},
		{"sha-256=::%s%s", "", "", FEED_BAD_SIGNATURE},
		{"sha-256=(%s)%s", ":YQ==:", "", FEED_BAD_SIGNATURE},
		{"sha-256%s%s", "", "", FEED_BAD_SIGNATURE},
		{"%s%s", "", "", FEED_BAD_SIGNATURE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *digest = bench_fill(
			bench, cases[i].format, cases[i].first, cases[i].second);
		const char *lines = bench_fill(bench, LINES("%s"), digest, "");
		const char *mac = mac_of(bench, KEY, lines, COVERED PARAMS);

		if (verify_rfc(bench, &rfc_secret, "sig1=" COVERED PARAMS,
			    bench_fill(bench, "sig1=%s", mac, ""), digest, NULL) != cases[i].want)
			fail_msg("row %zu: %s", i, digest);
	}
}

/* Labels, keys and modes. */
static void
labels_and_keys(void **state)
{
	const struct feed_bench *bench = *state;
	const char *digest = sha256_of(bench, STR(BODY));
	const char *lines = arena_printf(bench->arena, LINES("%s"), digest).ptr;
	const char *good = mac_of(bench, KEY, lines, COVERED PARAMS);
	const char *old = mac_of(bench, OLD_KEY, lines, COVERED PARAMS);
	const char *forged = mac_of(bench, "forged", lines, COVERED PARAMS);
	const struct {
		const char *inputs, *signatures, *mac; /* %s: the MAC */
		enum feed_reason want;
	} cases[] = {
		{"sig1=" COVERED PARAMS, "sig1=%s", good, FEED_OK},
		{"sig1=" COVERED PARAMS, "sig1=%s", old, FEED_OK},
		{"sig1=" COVERED PARAMS, "sig1=%s", forged, FEED_BAD_SIGNATURE},
		{"sig1=" COVERED PARAMS, "sig2=%s", good, FEED_BAD_SIGNATURE},
		{"sig1=" COVERED PARAMS, "sig1=(%s", good, FEED_BAD_SIGNATURE},
		{"sig1=" COVERED PARAMS, "other=:YQ==:, sig1=%s", good, FEED_OK},
		{"sig1=" COVERED PARAMS, "sig1=:YQ==:, sig1=%s", good, FEED_BAD_SIGNATURE},
		{"sig1=" COVERED PARAMS ", sig1=()", "sig1=%s", good, FEED_BAD_SIGNATURE},
		{"a=(\"@method\");created=1, sig1=" COVERED PARAMS, "a=:YQ==:,sig1=%s", good,
			FEED_OK},
		{"sig1=" COVERED PARAMS ",a=()", "a=:YQ==:,sig1=%s", good, FEED_OK},
		{"a=b,b=b,c=b,d=b,e=b,f=b,g=b,h=" COVERED PARAMS, "h=%s", good, FEED_OK},
		{"a=b,b=b,c=b,d=b,e=b,f=b,g=b,h=b,i=" COVERED PARAMS, "i=%s", good,
			FEED_BAD_SIGNATURE},
		{"sig1=" COVERED PARAMS, "sig1=x%s", good, FEED_BAD_SIGNATURE},
		{"Sig1=" COVERED PARAMS, "Sig1=%s", good, FEED_BAD_SIGNATURE},
		{"sig1=" COVERED PARAMS, "sig1=(%s)", good, FEED_BAD_SIGNATURE},
		{"sig1=" COVERED PARAMS, "sig1=%s x", good, FEED_BAD_SIGNATURE},
		{"sig1=" COVERED PARAMS, "sig1=%s,", good, FEED_BAD_SIGNATURE},
		{"sig1=" COVERED PARAMS, "", "", FEED_BAD_SIGNATURE},
		{"sig1", "sig1=%s", good, FEED_BAD_SIGNATURE},
	};
	const char *nobody = mac_of(bench, KEY, lines, COVERED ";created=" NOW ";keyid=\"\"");
	struct feed_secret foreign = rfc_secret, nameless = rfc_secret, keyless = rfc_secret;
	const char *signature = bench_fill(bench, "sig1=%s", good, "");
	const char *empty_key = bench_fill(
		bench, "sig1=%s", mac_of(bench, "", lines, COVERED PARAMS), "");

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (verify_rfc(bench, &rfc_secret, cases[i].inputs,
			    bench_fill(bench, cases[i].signatures, cases[i].mac, ""), digest,
			    NULL) != cases[i].want)
			fail_msg("row %zu: %s", i, cases[i].inputs);
	}
	foreign.mode = FEED_MODE_T_V1;
	nameless.client_id = (struct str){NULL, 0};
	keyless.values[1] = (struct str){NULL, 0};
	assert_int_equal(
		verify_rfc(bench, &foreign, "sig1=" COVERED PARAMS, signature, digest, NULL),
		FEED_BAD_AUTH);
	assert_int_equal(
		verify_rfc(bench, &nameless, "sig1=" COVERED PARAMS, signature, digest, NULL),
		FEED_BAD_SIGNATURE);
	assert_int_equal(verify_rfc(bench, &nameless, "s=" COVERED ";created=" NOW ";keyid=\"\"",
				 bench_fill(bench, "s=%s", nobody, ""), digest, NULL),
		FEED_BAD_SIGNATURE);
	assert_int_equal(
		verify_rfc(bench, &keyless, "sig1=" COVERED PARAMS, empty_key, digest, NULL),
		FEED_BAD_SIGNATURE);
}

/* RFC 9421, B.2.5: the base is the published one, but it does not cover the body. */
static void
published_vector(void **state)
{
	const struct feed_bench *bench = *state;
	json_t *fixture CLEANUP(json_cleanup) = json_pack(
		"{s:s, s:s, s:s, s:s, s:i, s:s, s:{s:s, s:s, s:s, s:s, s:s}, s:{s:s, s:s, s:s}}",
		"name", "b25", "provider", "rfc9421", "method", "POST", "path", "/foo", "now",
		1618884473, "body_raw", "{\"hello\": \"world\"}", "headers", "Host", "example.com",
		"Date", "Tue, 20 Apr 2021 02:07:55 GMT", "Content-Type", "application/json",
		"Signature-Input",
		"sig-b25=(\"date\" \"@authority\" \"content-type\")"
		";created=1618884473;keyid=\"test-shared-secret\"",
		"Signature", "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:", "secret",
		"mode", "rfc9421_hmac", "keyid", "test-shared-secret", "value",
		"uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtb"
		"mHhIDi6pcl8jsasjlTMtDQ==");
	json_t *result CLEANUP(json_cleanup) = NULL;
	struct buf key CLEANUP(buf_fini) = {0};
	struct str base, value;
	unsigned char mac[SHA256_SIZE];

	assert_int_equal(fixture_run(bench->crypt, fixture, &result).code, ERR_OK);
	assert_string_equal(json_string_value(json_object_get(result, "reason")), "bad_signature");
	assert_int_equal(json_member_str(result, "signature_base", &base).code, ERR_OK);
	assert_true(
		str_eq(base, STR("\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n"
				 "\"@authority\": example.com\n"
				 "\"content-type\": application/json\n"
				 "\"@signature-params\": (\"date\" \"@authority\" \"content-type\")"
				 ";created=1618884473;keyid=\"test-shared-secret\"")));
	value = json_str(json_object_get(json_object_get(fixture, "secret"), "value"));
	assert_int_equal(base64_get(value, &key).code, ERR_OK);
	crypt_hmac_sha256(bench->crypt, buf_str(&key), &base, 1, mac);
	assert_string_equal(
		base64(bench, mac, sizeof(mac)), "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=");
}

/* ---- the body
 * ------------------------------------------------------------------------------------- */

#define NOTICE(TYPE, DATA) TEXT("{\"type\":\"" TYPE "\",\"data\":{" DATA "}}")
#define MONEY "\"account\":\"1999\",\"amount\":45000"

/* Neither scheme has a message id, so the txn_id must be there. */
static void
ids(void **state)
{
	static const char *const feeds[] = {"generic_t_v1", "rfc9421"};
	static const struct {
		struct str body;
		enum feed_reason want;
		size_t count;
	} cases[] = {
		{NOTICE("bank.credit", MONEY ",\"txn_id\":\"FT1\""), FEED_OK, 1},
		{NOTICE("bank.debit", MONEY ",\"txn_id\":\"FT1\""), FEED_OK, 1},
		{NOTICE("bank.credit", MONEY), FEED_BAD_PAYLOAD, 0},
		{NOTICE("bank.credit", MONEY ",\"txn_id\":\"\""), FEED_BAD_PAYLOAD, 0},
		{NOTICE("bank.credit", MONEY ",\"txn_id\":null"), FEED_BAD_PAYLOAD, 0},
		{NOTICE("bank.credit", MONEY ",\"txn_id\":1.5"), FEED_BAD_PAYLOAD, 0},
		{NOTICE("bank.credit", "\"account\":\"1\",\"amount\":0"), FEED_ZERO_AMOUNT, 0},
		{NOTICE("invoice.paid", MONEY), FEED_OK, 0},
		{TEXT("{}"), FEED_BAD_PAYLOAD, 0},
	};
	struct feed_events events;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases) * 2; i++) {
		const char *feed = feeds[i % 2];

		if (bench_parse(*state, feed, cases[i / 2].body, &events) != cases[i / 2].want ||
			events.count != cases[i / 2].count)
			fail_msg("%s: %.*s", feed, STR_FMT(cases[i / 2].body));
		if (events.count == 1)
			assert_true(str_eq(events.items[0].provider_txn_id, STR("FT1")));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_v1),
		cmocka_unit_test(inputs),
		cmocka_unit_test(components),
		cmocka_unit_test(digests),
		cmocka_unit_test(labels_and_keys),
		cmocka_unit_test(published_vector),
		cmocka_unit_test(ids),
	};

	return cmocka_run_group_tests_name(
		"feeds_generic", tests, feed_bench_open, feed_bench_close);
}
