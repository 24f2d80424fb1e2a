/*
 * crypt_rsa.c - RSA signatures and MD5: known answers made by the openssl command, the keys and
 * signatures that must not pass, and our own key from making to verifying.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chopay/crypt.h"

#define MESSAGE "CHO7K2M9QX4 chuyen tien"

/* openssl genrsa, openssl pkey -pubout; throwaway keys of this test. */
static const char PUBLIC_2048[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA9K6FxgAjXh981Mi8wCkP\n"
	"ra1F1rmNYHTKH1tnKQQZ85JuiX6IC3fHn8WShLJjgdJePD/oi/jgQhmr/QS9r4Is\n"
	"Fr6knZwIi+fWmGP48X9Uqe72Ze9GF1xKepITAi/8iXyRWlA+l5jOlHl8x4d7NYaD\n"
	"BZ7Abl3GE0j0N5F731TmuEiyBHDM41TuSFLnPt0H2rEm/xwXkYKrD94l0AYKJ9pE\n"
	"d9gJzsiNfkOv3ROp8NgL4bw30LuB2ncgp7X1cFALblGNVQ2EXKM+I8I1TUOFXat8\n"
	"ZTU2fDIeGLHUMyaSxwjpbvd/B6zBxA8wAfuU0xZyahZkFZI1X3/ogsj2SvLxr/VZ\n"
	"IwIDAQAB\n"
	"-----END PUBLIC KEY-----\n";

static const char PUBLIC_1024[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC0T7t5ZEcfrsK2upfW4cDEhRsz\n"
	"wAQsNOPpnHzk5elmJzP6sjICIueI+F65ypcCWPWUpMzZ9vLhms/dL+0qS77/N3a7\n"
	"TRInyFObpy5CQz9GKz103JVFuWRxgb7Cnh3yaJLrtc+hqL+CL2HBG0fWxbbZJcHB\n"
	"jV3ekKf4TgSOmOJgOQIDAQAB\n"
	"-----END PUBLIC KEY-----\n";

static const char PUBLIC_EC[] = "-----BEGIN PUBLIC KEY-----\n"
				"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE6Ama5m171vhnUEQzrOPqevpJidgM\n"
				"L3T1njAHp9oNh76fuaSbR80SakbAvSSQYhJcG4pHdqpU1jYr19mpF1dYig==\n"
				"-----END PUBLIC KEY-----\n";

static const char PUBLIC_PSS[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAK+/Do8XHr4xBn0z86XN/qey\n"
	"SHKQMSBpBuszlgXg95fLvPwetL28//8GWwTorboE2FmACPw06D8gdJbZeNU4Rm5A\n"
	"ZvbXvNktZRCmvlULFpMLN6xXFlFEIYdCk+NuM0fsUvQs8fdwtoNSVlBKTiqJfPFb\n"
	"EGtZFf85rsODLCkK69RqLcbqJQ9dzyf3lYZzhRSm57v6krnPgWevxOWRGiEjWWBq\n"
	"PWXj1M7Dai1mdjm+E/N658aCOndZBQfAcz0pyN5r8O8/IdigV/5SQFJRj4U0c8/e\n"
	"ixrdJtTT6Y7hIlG7efl9Xu/SJ4MlUG6L4DdodBWxRr11f9gJJCTzQRtGYePh2wsC\n"
	"AwEAAQ==\n"
	"-----END PUBLIC KEY-----\n";

static const char PUBLIC_PKCS1[] =
	"-----BEGIN RSA PUBLIC KEY-----\n"
	"MIIBCgKCAQEA9K6FxgAjXh981Mi8wCkPra1F1rmNYHTKH1tnKQQZ85JuiX6IC3fH\n"
	"n8WShLJjgdJePD/oi/jgQhmr/QS9r4IsFr6knZwIi+fWmGP48X9Uqe72Ze9GF1xK\n"
	"epITAi/8iXyRWlA+l5jOlHl8x4d7NYaDBZ7Abl3GE0j0N5F731TmuEiyBHDM41Tu\n"
	"SFLnPt0H2rEm/xwXkYKrD94l0AYKJ9pEd9gJzsiNfkOv3ROp8NgL4bw30LuB2ncg\n"
	"p7X1cFALblGNVQ2EXKM+I8I1TUOFXat8ZTU2fDIeGLHUMyaSxwjpbvd/B6zBxA8w\n"
	"AfuU0xZyahZkFZI1X3/ogsj2SvLxr/VZIwIDAQAB\n"
	"-----END RSA PUBLIC KEY-----\n";

/* openssl dgst -sha256 -sign; then with -sigopt rsa_padding_mode:pss, with -sha1, with 1024 bits.
 */
static const char SIGNED[] =
	"p2Sn2g1vDFh3TkEtTk19o0OArVrTCPnyGi75dqeq3jcWedMVYvtb/Bx9erVB2DwnG93bLXhqnjcO"
	"98/daodX3+dBhO3Da5Qgu1OYnywWVcPASO7XttDQ0lRjvC+qIC56Hx0Zro5FVuTn8i/+M1P7/bFP"
	"d/o+1CE3ZJvBeQ5/cLr0HhBYP6Rrh3TjyWDmAhPi8o4Q0Cv+uWcpG5YQb6t/GnRFiuRsh9Z6FFOE"
	"EHGuMQH/evBR+7EMDHO85Q56jcTHRRpKN/zAzjaVd4PkGWsHglL3d2tPGmNFbb+MWtu73uJ+bgTp"
	"9Jqmtd0c7w5NufrFY4EX4zSTxjDcnN2R5ncJ1g==";

static const char SIGNED_PSS[] =
	"mEIGJLp+csd6S8mvMAJnu1e2kRymdwnuKJUFic0HsuPb9ONSLnm96mZN/ppMIyBia0oBJoYctZFA"
	"x1hYlw/o5cf+pvwG/SYseo2Klg4utmI2ZROgwTixmcX4ubncm/hHbBRVI80VPpIgrfTl0q14rfrn"
	"UKQp2ipIW+MwzZKsQv86K+1bPyuyJ+3KE0jXB4Nnu/GLIMi2vCPrYPVRRpI+F4tcgrz6kYXGvXq+"
	"Y10kR7r4PDpWmJ2ZWbHXyXHAwz4V/IPWI4+b3NxW+5RlJ+5EEMOoziMQHG7w6Ww67x234YPN1Cj6"
	"ZAmty9oAMWPG/6XDjG8ICoTf9M3deiKqzXGy3A==";

static const char SIGNED_SHA1[] =
	"kWBE2of20EhN+re3XnrtyMUwO9eVDBftUWBBRsYVELSxSbWe9f9e1HTXdx3AgHwnhRJUswyc2D7o"
	"S/cgJLO5ct8VMPB4Hxs6VfPe4RCgNe8QOUYkPLkFWfzi7rHzQd1bmv9NrOwaz7qiDDnVutrJnMhO"
	"W6gX+XkC/KlCsiptVfWjcYnvFOtArPbupidPF0IQAR3O2PGVr4vzPIH7SzAolPcR0vjM0RlN0IyP"
	"8WKKBJLFjBZyZ9FiU/fM1cMZly1WsEyIX6Lb6x6igsrAd8V17BdnMx9vjISgx4qTlFzuobPG+Abi"
	"sBbxybuWhLbUFu52ZmIEO4f7UlRiyUF+2R21Cw==";

static const char SIGNED_1024[] =
	"r+XT5FAB6XPG7W9/hwu+JA4jH4fdlnkwKy/iTwkdBfWEj2kpMjeggHOsl2+dcNvplRPimGndNupx"
	"fbJwAVWjibUPEZeV5c0GItjdYuWNjGRcO9PKvNyGt10zuEBOYNzM0T3u2RMnvAmRNlqBTnMnegox"
	"XBeiHHtgL9Y+FOQ4xTY=";

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

static bool
verifies(const struct crypt *crypt, struct str pem, struct str message, const char *base64)
{
	struct buf signature CLEANUP(buf_fini) = {0};

	assert_int_equal(base64_get(str_from(base64), &signature).code, ERR_OK);
	return crypt_rsa_verify(crypt, pem, message, buf_str(&signature));
}

static void
verify(void **state)
{
	static const struct {
		const char *name, *pem, *message, *signature;
		bool good;
	} cases[] = {
		{"as signed", PUBLIC_2048, MESSAGE, SIGNED, true},
		{"another message", PUBLIC_2048, MESSAGE ".", SIGNED, false},
		{"no message", PUBLIC_2048, "", SIGNED, false},
		{"another digest", PUBLIC_2048, MESSAGE, SIGNED_SHA1, false},
		{"another padding", PUBLIC_2048, MESSAGE, SIGNED_PSS, false},
		{"another key's length", PUBLIC_2048, MESSAGE, SIGNED_1024, false},
		{"no signature", PUBLIC_2048, MESSAGE, "", false},
		{"a key that is too short", PUBLIC_1024, MESSAGE, SIGNED_1024, false},
		{"an elliptic key", PUBLIC_EC, MESSAGE, SIGNED, false},
		{"an RSA-PSS key", PUBLIC_PSS, MESSAGE, SIGNED, false},
		{"a PKCS#1 key", PUBLIC_PKCS1, MESSAGE, SIGNED, false},
		{"no key", "", MESSAGE, SIGNED, false},
		{"text for a key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
			MESSAGE, SIGNED, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (verifies(*state, str_from(cases[i].pem), str_from(cases[i].message),
			    cases[i].signature) != cases[i].good)
			fail_msg("%s", cases[i].name);
	}
	assert_false(crypt_rsa_verify(
		*state, (struct str){NULL, 0}, (struct str){NULL, 0}, (struct str){NULL, 0}));
}

/* Every bit of a signature counts. */
static void
changed_signature(void **state)
{
	struct buf signature CLEANUP(buf_fini) = {0};

	assert_int_equal(base64_get(str_from(SIGNED), &signature).code, ERR_OK);
	for (size_t i = 0; i < signature.len; i += 17) {
		signature.ptr[i] ^= 1;
		assert_false(crypt_rsa_verify(
			*state, str_from(PUBLIC_2048), STR(MESSAGE), buf_str(&signature)));
		signature.ptr[i] ^= 1;
	}
	assert_true(
		crypt_rsa_verify(*state, str_from(PUBLIC_2048), STR(MESSAGE), buf_str(&signature)));
}

static void
faults(void **state)
{
	static const struct {
		const char *pem;
		bool good;
	} cases[] = {
		{PUBLIC_2048, true},
		{PUBLIC_1024, false},
		{PUBLIC_EC, false},
		{PUBLIC_PSS, false},
		{PUBLIC_PKCS1, false},
		{"", false},
		{"-----BEGIN PUBLIC KEY-----", false},
	};
	struct buf two CLEANUP(buf_fini) = {0};
	struct buf even CLEANUP(buf_fini) = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if ((crypt_rsa_fault(str_from(cases[i].pem)) == NULL) != cases[i].good)
			fail_msg("row %zu", i);
	}
	buf_adds(&two, PUBLIC_2048);
	buf_adds(&two, PUBLIC_2048);
	assert_non_null(crypt_rsa_fault(buf_str(&two)));

	/* A modulus that is even is nobody's key: its last bits are the "IDAQAB" behind them. */
	buf_adds(&even, PUBLIC_2048);
	even.ptr[str_find(buf_str(&even), STR("IDAQAB")) - 1] = 'A';
	assert_non_null(crypt_rsa_fault(buf_str(&even)));
}

static void
our_key(void **state)
{
	struct signing_key *key CLEANUP(signing_key_cleanup) = NULL;
	struct signing_key *again CLEANUP(signing_key_cleanup) = NULL;
	struct buf secret CLEANUP(buf_fini) = {0};
	struct buf public CLEANUP(buf_fini) = {0};
	struct buf signature CLEANUP(buf_fini) = {0};

	assert_int_equal(signing_key_new(&key).code, ERR_OK);
	signing_key_write(key, &secret);
	assert_true(str_starts(buf_str(&secret), STR("-----BEGIN PRIVATE KEY-----\n")));
	assert_int_equal(signing_key_load(buf_str(&secret), &again).code, ERR_OK);

	signing_key_public(key, &public);
	assert_null(crypt_rsa_fault(buf_str(&public)));
	assert_int_equal(str_find(buf_str(&public), STR("PRIVATE")), -1);
	signing_key_sign(*state, again, STR(MESSAGE), &signature);
	assert_int_equal(signature.len, 256);
	assert_true(crypt_rsa_verify(*state, buf_str(&public), STR(MESSAGE), buf_str(&signature)));
	assert_false(
		crypt_rsa_verify(*state, str_from(PUBLIC_2048), STR(MESSAGE), buf_str(&signature)));
	assert_false(crypt_rsa_verify(*state, buf_str(&public), STR(""), buf_str(&signature)));
}

/* A key that is locked with a password must be refused, not asked for at a terminal. */
static void
keys_not_ours(void **state)
{
	static const char locked[] =
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
		"MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAitOFFDlqvtJQICCAAw\n"
		"DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEOOuOsaSFvNipFu4tTeJ7IgEgZBt\n"
		"0IfNCsctiHb5A3pitvLpJENoF+KEKfy7kfUEC/Pi+oiStkzFp6Ki1YkycHLo6yBE\n"
		"U5ZRZEXfcLIy75MA2U5fsC5SiYNzDxVKmrjfLk1AwDft2MCIkF0wo8gMVshlVKrm\n"
		"fLs20CKJYnfAS8IzqS/shjMRpcSw/vod8TDgA2IhCVLyAEutvMPl23D1USi8M1o=\n"
		"-----END ENCRYPTED PRIVATE KEY-----\n";
	const char *const cases[] = {"", "not a key", PUBLIC_2048, locked};
	struct signing_key *key = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(signing_key_load(str_from(cases[i]), &key).code, ERR_INVALID);
	assert_null(key);
	signing_key_free(NULL);
}

/* RFC 1321, appendix A.5. */
static void
md5(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"", "d41d8cd98f00b204e9800998ecf8427e"},
		{"abc", "900150983cd24fb0d6963f7d28e17f72"},
		{"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
		{"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
			"57edf4a22be3c955ac49da2e2107b67a"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str text = str_from(cases[i].text);
		const struct str parts[] = {
			str_cut(text, 0, 2), {NULL, 0}, str_cut(text, 2, text.len)};
		struct buf hex CLEANUP(buf_fini) = {0};
		unsigned char out[MD5_SIZE];

		assert_int_equal(crypt_md5(*state, parts, 3, out).code, ERR_OK);
		hex_put(&hex, (struct str){(const char *)out, sizeof(out)});
		assert_string_equal(hex.ptr, cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verify),
		cmocka_unit_test(changed_signature),
		cmocka_unit_test(faults),
		cmocka_unit_test(our_key),
		cmocka_unit_test(keys_not_ours),
		cmocka_unit_test(md5),
	};

	return cmocka_run_group_tests_name("crypt_rsa", tests, setup, teardown);
}
