/*
 * crypt.c - known answers: FIPS 180-4, RFC 4231, RFC 8032, RFC 4648; and what sealing refuses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <pthread.h>

#include <cmocka.h>

#include "chopay/crypt.h"

static int
setup(void **state)
{
	struct crypt *crypt;

	if (crypt_new(&crypt).code != ERR_OK)
		return -1;
	*state = crypt;
	return 0;
}

static int
teardown(void **state)
{
	crypt_free(*state);
	return 0;
}

static void
assert_hex(const void *bytes, size_t size, const char *want)
{
	struct buf hex CLEANUP(buf_fini) = {0};

	hex_put(&hex, (struct str){bytes, size});
	assert_string_equal(hex.ptr != NULL ? hex.ptr : "", want);
}

/* The bytes that hexadecimal text stands for. */
static struct str
unhex(struct buf *buf, const char *text)
{
	assert_int_equal(hex_get(str_from(text), buf).code, ERR_OK);
	return buf_str(buf);
}

static void
sha256_fips_180(void **state)
{
	static const struct {
		struct str text;
		const char *want;
	} cases[] = {
		{{NULL, 0}, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{{"abc", 3}, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56},
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	unsigned char out[SHA256_SIZE];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		crypt_sha256(*state, cases[i].text, out);
		assert_hex(out, sizeof(out), cases[i].want);
	}
}

/* RFC 4231, section 4; case 5 (truncated output) is a property we do not offer. */
static const struct {
	const char *key, *text, *sha256, *sha512;
} hmac_cases[] = {
	{"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
		"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
		"87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
		"daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
	{"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
		"164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
		"9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
	{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
		"dddddddddddddddddddddddddddddddddddd",
		"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
		"fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
		"bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"},
	{"0102030405060708090a0b0c0d0e0f10111213141516171819",
		"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
		"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
		"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
		"b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db"
		"a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd"},
};

static void
hmac_rfc_4231(void **state)
{
	for (size_t i = 0; i < sizeof(hmac_cases) / sizeof(*hmac_cases); i++) {
		struct buf key_buf CLEANUP(buf_fini) = {0};
		struct buf text_buf CLEANUP(buf_fini) = {0};
		struct str key = unhex(&key_buf, hmac_cases[i].key);
		struct str text = unhex(&text_buf, hmac_cases[i].text);
		/* In three parts, one of them empty: the same as joined. */
		const struct str parts[] = {
			str_cut(text, 0, 3), {NULL, 0}, str_cut(text, 3, text.len)};
		unsigned char sha256[SHA256_SIZE], sha512[SHA512_SIZE];

		crypt_hmac_sha256(*state, key, &text, 1, sha256);
		assert_hex(sha256, sizeof(sha256), hmac_cases[i].sha256);
		crypt_hmac_sha256(*state, key, parts, 3, sha256);
		assert_hex(sha256, sizeof(sha256), hmac_cases[i].sha256);
		crypt_hmac_sha512(*state, key, parts, 3, sha512);
		assert_hex(sha512, sizeof(sha512), hmac_cases[i].sha512);
	}
}

/* The key stays: each text is signed as if it were the first, whatever came before. */
static void
hmac_keyed(void **state)
{
	for (size_t i = 0; i < sizeof(hmac_cases) / sizeof(*hmac_cases); i++) {
		struct buf key_buf CLEANUP(buf_fini) = {0};
		struct buf text_buf CLEANUP(buf_fini) = {0};
		struct keyed_hmac *keyed = keyed_hmac_new(
			*state, unhex(&key_buf, hmac_cases[i].key));
		struct str text = unhex(&text_buf, hmac_cases[i].text);
		const struct str parts[] = {
			str_cut(text, 0, 3), {NULL, 0}, str_cut(text, 3, text.len)};
		unsigned char out[SHA256_SIZE], none[SHA256_SIZE];

		crypt_hmac_sha256(*state, buf_str(&key_buf), NULL, 0, none);
		for (int again = 0; again < 3; again++) {
			keyed_hmac_sha256(keyed, parts, 3, out);
			assert_hex(out, sizeof(out), hmac_cases[i].sha256);
			keyed_hmac_sha256(keyed, NULL, 0, out);
			assert_memory_equal(out, none, sizeof(out));
		}
		keyed_hmac_free(keyed);
	}
}

/* RFC 4231 case 6: a key longer than a block is hashed first. */
static void
hmac_long_key(void **state)
{
	const struct str text = STR("Test Using Larger Than Block-Size Key - Hash Key First");
	unsigned char sha256[SHA256_SIZE], sha512[SHA512_SIZE];
	char key[131];

	memset(key, 0xaa, sizeof(key));
	crypt_hmac_sha256(*state, (struct str){key, sizeof(key)}, &text, 1, sha256);
	assert_hex(sha256, sizeof(sha256),
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	crypt_hmac_sha512(*state, (struct str){key, sizeof(key)}, &text, 1, sha512);
	assert_hex(sha512, sizeof(sha512),
		"80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
		"6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
}

static void
hmac_empty_key(void **state)
{
	unsigned char out[SHA256_SIZE];

	crypt_hmac_sha256(*state, (struct str){NULL, 0}, NULL, 0, out);
	assert_hex(out, sizeof(out),
		"b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

/* RFC 8032, section 7.1. */
static const struct {
	const char *public_key, *message, *signature;
} ed25519_cases[] = {
	{"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
		"5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
	{"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
		"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
	{"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
		"18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

static void
ed25519_rfc_8032(void **state)
{
	for (size_t i = 0; i < sizeof(ed25519_cases) / sizeof(*ed25519_cases); i++) {
		struct buf key_buf CLEANUP(buf_fini) = {0};
		struct buf message_buf CLEANUP(buf_fini) = {0};
		struct buf signature_buf CLEANUP(buf_fini) = {0};
		struct str key = unhex(&key_buf, ed25519_cases[i].public_key);
		struct str message = unhex(&message_buf, ed25519_cases[i].message);
		struct str signature = unhex(&signature_buf, ed25519_cases[i].signature);

		assert_true(crypt_ed25519_verify(*state, key, message, signature));
		assert_false(crypt_ed25519_verify(*state, key, STR("other"), signature));
		assert_false(crypt_ed25519_verify(*state, str_cut(key, 0, 31), message, signature));
		assert_false(crypt_ed25519_verify(*state, key, message, str_cut(signature, 0, 63)));
		signature_buf.ptr[10] ^= 1;
		assert_false(crypt_ed25519_verify(*state, key, message, signature));
	}
}

/* One struct crypt, many threads: SAN=thread watches. */
static void *
digest_often(void *arg)
{
	const struct crypt *crypt = arg;
	const struct str text = STR("what do ya want for nothing?");
	size_t wrong = 0;

	for (size_t i = 0; i < 500; i++) {
		unsigned char mac[SHA256_SIZE];

		crypt_hmac_sha256(crypt, STR("Jefe"), &text, 1, mac);
		wrong += mac[0] != 0x5b || mac[31] != 0x43 || crypt_equal(crypt, text, STR("x"));
	}
	return (void *)(uintptr_t)wrong;
}

static void
threads(void **state)
{
	pthread_t ids[4];
	void *wrong;

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&ids[i], NULL, digest_often, *state), 0);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(ids[i], &wrong), 0);
		assert_null(wrong);
	}
}

static void
equality(void **state)
{
	assert_true(crypt_equal(*state, STR("same"), STR("same")));
	assert_false(crypt_equal(*state, STR("same"), STR("samf")));
	assert_false(crypt_equal(*state, STR("same"), STR("same ")));
	assert_false(crypt_equal(*state, STR("same"), STR("")));
	assert_true(crypt_equal(*state, STR(""), (struct str){NULL, 0}));
	assert_false(crypt_equal(*state, STR("a\0b"), STR("a\0c")));
}

static void
random_bytes(void **state)
{
	unsigned char a[64] = {0}, b[64] = {0};

	(void)state;
	crypt_random(a, sizeof(a));
	crypt_random(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	crypt_random(NULL, 0);
}

static void
seal_and_open(void **state)
{
	const struct sealing_key key = {{1, 2, 3, 4}, "0123456789abcdef0123456789abcde"};
	const struct str secrets[] = {STR("whsec_something"), STR("with\0nul"), STR("")};

	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		struct buf sealed CLEANUP(buf_fini) = {0};
		struct buf again CLEANUP(buf_fini) = {0};
		struct buf text CLEANUP(buf_fini) = {0};

		crypt_seal(*state, &key, STR("endpoint:7"), secrets[i], &sealed);
		crypt_seal(*state, &key, STR("endpoint:7"), secrets[i], &again);
		assert_int_equal(sealed.len, 2 + 4 + 12 + secrets[i].len + 16);
		assert_false(str_eq(buf_str(&sealed), buf_str(&again))); /* a nonce each */
		assert_int_equal(
			crypt_open(*state, &key, STR("endpoint:7"), buf_str(&sealed), &text).code,
			ERR_OK);
		assert_true(str_eq(buf_str(&text), secrets[i]));
	}
}

static void
open_refuses(void **state)
{
	const struct sealing_key key = {{1, 2, 3, 4}, "0123456789abcdef0123456789abcde"};
	const struct sealing_key other = {{9, 2, 3, 4}, "0123456789abcdef0123456789abcde"};
	struct buf sealed CLEANUP(buf_fini) = {0};
	struct buf text CLEANUP(buf_fini) = {0};

	crypt_seal(*state, &key, STR("endpoint:7"), STR("secret"), &sealed);
	assert_int_equal(crypt_open(*state, &key, STR("endpoint:8"), buf_str(&sealed), &text).code,
		ERR_INVALID);
	assert_int_equal(
		crypt_open(*state, &other, STR("endpoint:7"), buf_str(&sealed), &text).code,
		ERR_NOT_FOUND);
	for (size_t len = 0; len < sealed.len; len++)
		assert_int_not_equal(crypt_open(*state, &key, STR("endpoint:7"),
					     str_cut(buf_str(&sealed), 0, len), &text)
					     .code,
			ERR_OK);
	for (size_t i = 0; i < sealed.len; i++) { /* every byte counts */
		sealed.ptr[i] ^= 1;
		assert_int_not_equal(
			crypt_open(*state, &key, STR("endpoint:7"), buf_str(&sealed), &text).code,
			ERR_OK);
		sealed.ptr[i] ^= 1;
	}
	assert_int_equal(text.len, 0);
}

/* RFC 6238, appendix B: its eight digits, the last six of which are ours. */
static void
totp_rfc_6238(void **state)
{
	static const struct {
		int64_t seconds;
		int code;
	} cases[] = {{59, 287082}, {1111111109, 81804}, {1111111111, 50471}, {1234567890, 5924},
		{2000000000, 279037}, {20000000000, 353130}};
	const struct str secret = STR("12345678901234567890");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(crypt_totp(*state, secret, cases[i].seconds / 30), cases[i].code);
}

static void
totp_steps(void **state)
{
	static const struct {
		const char *code;
		int64_t now_s, used, want;
	} cases[] = {
		{"287082", 59, 0, 1},
		{" 287 082", 59, 0, 1},
		{"287082", 89, 0, 1}, /* a step late */
		{"287082", 90, 0, 0}, /* two */
		{"287082", 29, 0, 1}, /* a step early */
		{"287082", 59, 1, 0}, /* used */
		{"287083", 59, 0, 0},
		{"28708", 59, 0, 0},
		{"2870822", 59, 0, 0},
		{"28708a", 59, 0, 0},
		{"", 59, 0, 0},
	};
	const struct str secret = STR("12345678901234567890");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(crypt_totp_step(*state, secret, str_from(cases[i].code),
					 cases[i].now_s * 1000, cases[i].used),
			cases[i].want);
}

static void
passwords(void **state)
{
	unsigned char kept[PASSWORD_KEPT_SIZE], again[PASSWORD_KEPT_SIZE];
	struct str is = {(const char *)kept, sizeof(kept)};

	crypt_password_keep(STR("chín con cò"), kept);
	crypt_password_keep(STR("chín con cò"), again);
	assert_memory_not_equal(kept, again, sizeof(kept)); /* a salt each */
	assert_true(crypt_password_check(*state, STR("chín con cò"), is));
	assert_false(crypt_password_check(*state, STR("chín con cò "), is));
	assert_false(crypt_password_check(*state, STR(""), is));
	assert_false(crypt_password_check(*state, STR("chín con cò"), STR("")));
	assert_false(crypt_password_check(*state, STR("chín con cò"), str_cut(is, 0, 49)));
	kept[0] = 'x'; /* a version that we do not know */
	assert_false(crypt_password_check(*state, STR("chín con cò"), is));
}

static void
base32_rfc_4648(void **state)
{
	static const char *const cases[][2] = {{"", ""}, {"f", "MY"}, {"fo", "MZXQ"},
		{"foo", "MZXW6"}, {"foob", "MZXW6YQ"}, {"fooba", "MZXW6YTB"},
		{"foobar", "MZXW6YTBOI"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out CLEANUP(buf_fini) = {0};

		base32_put(&out, str_from(cases[i][0]));
		assert_string_equal(out.ptr == NULL ? "" : out.ptr, cases[i][1]);
	}
}

static void
hex(void **state)
{
	struct buf out CLEANUP(buf_fini) = {0};

	(void)state;
	hex_put(&out, STR("\0\x7f\xff"));
	assert_string_equal(out.ptr, "007fff");
	buf_clear(&out);
	assert_int_equal(hex_get(STR("00Ff7a"), &out).code, ERR_OK);
	assert_true(str_eq(buf_str(&out), STR("\0\xff\x7a")));
	assert_int_equal(hex_get(STR("abc"), &out).code, ERR_INVALID);
	assert_int_equal(hex_get(STR("0g"), &out).code, ERR_INVALID);
	assert_int_equal(hex_get(STR("00 0"), &out).code, ERR_INVALID);
	assert_int_equal(out.len, 3);
}

/* RFC 4648, section 10. */
static void
base64_rfc_4648(void **state)
{
	static const char *const cases[][3] = {
		{"", "", ""},
		{"f", "Zg==", "Zg"},
		{"fo", "Zm8=", "Zm8"},
		{"foo", "Zm9v", "Zm9v"},
		{"foob", "Zm9vYg==", "Zm9vYg"},
		{"fooba", "Zm9vYmE=", "Zm9vYmE"},
		{"foobar", "Zm9vYmFy", "Zm9vYmFy"},
		{"\xfb\xff\xfe", "+//+", "-__-"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf out CLEANUP(buf_fini) = {0};

		base64_put(&out, str_from(cases[i][0]));
		assert_true(str_eq(buf_str(&out), str_from(cases[i][1])));
		buf_clear(&out);
		base64url_put(&out, str_from(cases[i][0]));
		assert_true(str_eq(buf_str(&out), str_from(cases[i][2])));
		buf_clear(&out);
		assert_int_equal(base64_get(str_from(cases[i][1]), &out).code, ERR_OK);
		assert_true(str_eq(buf_str(&out), str_from(cases[i][0])));
	}
}

static void
base64_refuses(void **state)
{
	static const char *const bad[] = {"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "=",
		"Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "-__-", "Zg==Zg==", "Zm=v"};
	struct buf out CLEANUP(buf_fini) = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(base64_get(str_from(bad[i]), &out).code, ERR_INVALID);
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_fips_180),
		cmocka_unit_test(hmac_rfc_4231),
		cmocka_unit_test(hmac_keyed),
		cmocka_unit_test(hmac_long_key),
		cmocka_unit_test(hmac_empty_key),
		cmocka_unit_test(ed25519_rfc_8032),
		cmocka_unit_test(threads),
		cmocka_unit_test(equality),
		cmocka_unit_test(random_bytes),
		cmocka_unit_test(seal_and_open),
		cmocka_unit_test(open_refuses),
		cmocka_unit_test(totp_rfc_6238),
		cmocka_unit_test(totp_steps),
		cmocka_unit_test(passwords),
		cmocka_unit_test(base32_rfc_4648),
		cmocka_unit_test(hex),
		cmocka_unit_test(base64_rfc_4648),
		cmocka_unit_test(base64_refuses),
	};

	return cmocka_run_group_tests_name("crypt", tests, setup, teardown);
}
