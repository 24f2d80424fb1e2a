/*
 * feeds.c - every recorded message of the feeds we have, the table, and what a secret must be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <dirent.h>

#include <cmocka.h>

#include "chopay/fixture.h"

#define FOLDER "tests/fixtures/webhooks/"

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

static json_t *
load(const char *file_name)
{
	struct buf path CLEANUP(buf_fini) = {0};
	json_t *fixture;

	buf_addf(&path, FOLDER "%s", file_name);
	fixture = json_load_file(path.ptr, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	if (fixture == NULL)
		fail_msg("%s cannot be read", path.ptr);
	return fixture;
}

/* A recorded message is read as its provider's feed, and holds. */
static void
run(const struct crypt *crypt, const char *file_name)
{
	json_t *fixture CLEANUP(json_cleanup) = load(file_name);
	json_t *result CLEANUP(json_cleanup) = NULL;
	struct err e = fixture_run(crypt, fixture, &result);
	const char *member;

	if (e.code != ERR_OK)
		fail_msg("%s: %s", file_name, e.what);
	member = fixture_difference(fixture, result);
	if (member != NULL)
		fail_msg("%s: %s differs", file_name, member);
}

static void
fixtures(void **state)
{
	DIR *folder = opendir(FOLDER);
	struct dirent *entry;
	size_t count = 0;

	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		if (!str_ends(str_from(entry->d_name), STR(".json")))
			continue;
		run(*state, entry->d_name);
		count++;
	}
	closedir(folder);
	assert_in_range(count, 54, 1000);
}

/* The comparison itself must be able to fail. */
static void
differences(void **state)
{
	static const struct {
		const char *member, *value;
	} cases[] = {
		{"accepted", "false"},
		{"status", "201"},
		{"reply", "{\"success\":false}"},
		{"reply", "{\"success\":true,\"id\":\"*\"}"},
		{"events", "[]"},
		{"reason", "\"bad_auth\""},
		{"duplicate", "true"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *fixture CLEANUP(json_cleanup) = load("sepay_hmac_ok.json");
		json_t *result CLEANUP(json_cleanup) = NULL;

		json_object_set_new(json_object_get(fixture, "expect"), cases[i].member,
			json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
		assert_int_equal(fixture_run(*state, fixture, &result).code, ERR_OK);
		assert_string_equal(fixture_difference(fixture, result), cases[i].member);
	}
}

/* Our own notices: the headers of the fixture, and a difference in them is one. */
static void
outgoing(void **state)
{
	json_t *fixture CLEANUP(json_cleanup) = load("outgoing_v1.json");
	json_t *result CLEANUP(json_cleanup) = NULL;

	json_object_set_new(fixture, "now", json_integer(1785224001));
	assert_int_equal(fixture_run(*state, fixture, &result).code, ERR_OK);
	assert_string_equal(fixture_difference(fixture, result), "send_headers");
}

/* ... and the text under an RFC 9421 signature. */
static void
signature_base(void **state)
{
	json_t *fixture CLEANUP(json_cleanup) = load("rfc9421_body_ok.json");
	json_t *result CLEANUP(json_cleanup) = NULL;

	json_object_set_new(json_object_get(fixture, "expect"), "signature_base", json_string(""));
	assert_int_equal(fixture_run(*state, fixture, &result).code, ERR_OK);
	assert_string_equal(fixture_difference(fixture, result), "signature_base");
}

/* Remove or replace one member of a good fixture: it is malformed, not run half. */
static void
malformed_fixtures(void **state)
{
	static const struct {
		const char *member, *value;
		enum err_code want;
	} cases[] = {
		{"name", "null", ERR_INVALID},
		{"provider", "\"nobody\"", ERR_NOT_FOUND},
		{"provider", "7", ERR_INVALID},
		{"now", "1.5", ERR_INVALID},
		{"now", "-1", ERR_INVALID},
		{"now", "9223372036854775807", ERR_INVALID},
		{"method", "null", ERR_INVALID},
		{"path", "null", ERR_INVALID},
		{"body_raw", "null", ERR_INVALID},
		{"headers", "[]", ERR_INVALID},
		{"secret", "null", ERR_INVALID},
		{"secret", "{\"mode\":\"whsec\",\"value\":\"x\"}", ERR_INVALID},
		{"secret", "{\"mode\":\"hmac\",\"values\":[\"a\",\"b\",\"c\"]}", ERR_INVALID},
		{"secret", "{\"mode\":\"hmac\",\"values\":[1]}", ERR_INVALID},
		{"secret", "{\"mode\":\"oauth2\",\"issued\":[{\"token\":\"t\"}]}", ERR_INVALID},
		{"secret", "{\"mode\":\"oauth2\",\"issued\":[1,2,3,4,5]}", ERR_INVALID},
		{"seen", "7", ERR_OK},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *fixture CLEANUP(json_cleanup) = load("sepay_hmac_ok.json");
		json_t *result CLEANUP(json_cleanup) = NULL;

		json_object_set_new(fixture, cases[i].member,
			json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
		assert_int_equal(fixture_run(*state, fixture, &result).code, cases[i].want);
	}
}

/* A key roll, as a fixture may write it: the message is signed with the second secret. */
static void
rolled_secret(void **state)
{
	json_t *fixture CLEANUP(json_cleanup) = load("sepay_hmac_ok.json");
	json_t *result CLEANUP(json_cleanup) = NULL;

	json_object_set_new(fixture, "secret",
		json_pack("{s:s, s:[s, s]}", "mode", "hmac", "values", "whsec_old_one",
			"whsec_tcw_sepay_hmac_0001"));
	assert_int_equal(fixture_run(*state, fixture, &result).code, ERR_OK);
	assert_null(fixture_difference(fixture, result));
}

static void
table(void **state)
{
	enum feed_mode mode;
	size_t n;

	(void)state;
	for (n = 0; feed_list(n) != NULL; n++) {
		const struct feed *feed = feed_list(n);

		assert_ptr_equal(feed_find(str_from(feed->name)), feed);
		assert_in_range(feed->mode_count, 0, 6);
		assert_non_null(feed->parse);
		if (feed->mode_count == 0) { /* pulled or imported: nobody may send it */
			assert_null(feed->verify);
			assert_null(feed_find_provider(str_from(feed->provider)));
			continue;
		}
		assert_ptr_equal(feed_find_provider(str_from(feed->provider)), feed);
		for (size_t i = 0; i < feed->mode_count; i++) {
			assert_true(feed_allows(feed, feed->modes[i]));
			assert_true(
				feed_mode_parse(str_from(feed_mode_name(feed->modes[i])), &mode));
			assert_int_equal(mode, feed->modes[i]);
		}
	}
	assert_in_range(n, 2, 100);
	assert_null(feed_find(STR("nobody")));
	assert_null(feed_find_provider(STR("")));
	assert_false(feed_mode_parse(STR("Hmac"), &mode));
	assert_false(feed_allows(feed_find(STR("sepay")), FEED_MODE_WHPK));
}

static void
reasons(void **state)
{
	static const struct {
		enum feed_reason reason;
		const char *name;
		bool accepted;
		int status;
	} cases[] = {
		{FEED_OK, "", true, 200},
		{FEED_BAD_AUTH, "bad_auth", false, 401},
		{FEED_BAD_SIGNATURE, "bad_signature", false, 401},
		{FEED_STALE_TIMESTAMP, "stale_timestamp", false, 401},
		{FEED_BAD_PAYLOAD, "bad_payload", false, 400},
		{FEED_TEST_CALL, "test_call", true, 200},
		{FEED_ZERO_AMOUNT, "zero_amount", true, 200},
		{FEED_ID_CONFLICT, "id_conflict", true, 200},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_string_equal(feed_reason_name(cases[i].reason), cases[i].name);
		assert_int_equal(feed_accepts(cases[i].reason), cases[i].accepted);
		assert_int_equal(feed_status(cases[i].reason), cases[i].status);
	}
}

static void
secrets(void **state)
{
	static const struct {
		enum feed_mode mode;
		const char *value;
		bool good;
	} cases[] = {
		{FEED_MODE_NONE, "", true},
		{FEED_MODE_NONE, "something", false},
		{FEED_MODE_APIKEY, "tcw_sepay_key_0001", true},
		{FEED_MODE_APIKEY, "12345678", true},
		{FEED_MODE_APIKEY, "1234567", false},
		{FEED_MODE_APIKEY, "", false},
		{FEED_MODE_HMAC, "with a blank", false},
		{FEED_MODE_HMAC, "line-end-left\n", false},
		{FEED_MODE_OAUTH2, "m\xe1\xba\xadt-kh\xe1\xba\xa9u", false},
		{FEED_MODE_WHSEC, "whsec_dGN3LXN0YW5kYXJkLXdlYmhvb2tzLXNlY3JldC0wMSE=", true},
		{FEED_MODE_WHSEC, "dGN3LXN0YW5kYXJkLXdlYmhvb2tzLXNlY3JldC0wMSE=", true},
		{FEED_MODE_WHSEC, "whsec_c2hvcnQ=", false},
		{FEED_MODE_WHSEC, "whsec_not base64", false},
		{FEED_MODE_RFC9421_HMAC, "dGN3LXJmYzk0MjEtc2hhcmVkLXNlY3JldC0wMDAwMDE=", true},
		{FEED_MODE_RFC9421_HMAC, "dGN3LXJmYzk0MjEtc2hhcmVkLXNlY3JldC0wMDAwMDE", false},
		{FEED_MODE_RFC9421_HMAC, "c2hvcnQ=", false},
		{FEED_MODE_WHPK, "whpk_H/VgJEEeSaYtrhm4JKHpWIrX6krNFizBq4RjnHiyxHA=", true},
		{FEED_MODE_WHPK, "whpk_H/VgJEEeSaYtrhm4JKHpWIrX6krNFizBq4RjnHiyxA==", false},
		{FEED_MODE_RSA_PUBLIC_KEY, "-----BEGIN PUBLIC KEY-----", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *fault = feed_secret_fault(cases[i].mode, str_from(cases[i].value));

		if ((fault == NULL) != cases[i].good)
			fail_msg("secret \"%s\": %s", cases[i].value, fault != NULL ? fault : "ok");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixtures),
		cmocka_unit_test(differences),
		cmocka_unit_test(outgoing),
		cmocka_unit_test(signature_base),
		cmocka_unit_test(malformed_fixtures),
		cmocka_unit_test(rolled_secret),
		cmocka_unit_test(table),
		cmocka_unit_test(reasons),
		cmocka_unit_test(secrets),
	};

	return cmocka_run_group_tests_name("feeds", tests, setup, teardown);
}
