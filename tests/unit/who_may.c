/* who_may.c - who may do what, what may be a password, how long a try waits, what a device is
 * called.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../gateway/api/api.h"
#include "../../gateway/api/passwords.h"
#include "../../gateway/api/sign_in.h"
#include "../../gateway/api/tries.h"

#define STALL 7
#define MARKET 3

/* Of the stall 7 in the market 3, whichever fits the role. */
static struct principal
principal(enum role role)
{
	return (struct principal){
		.role = role,
		.stall_id = role == ROLE_STALL || role == ROLE_STALL_HELPER ? STALL : 0,
		.market_id = role == ROLE_MANAGER ? MARKET : 0,
	};
}

static void
rules(void **state)
{
	static const struct {
		enum role role;
		enum action action;
		int64_t stall_id, market_id;
		bool want;
	} cases[] = {
		{ROLE_STALL, SEE_PAYMENTS, STALL, MARKET, true},
		{ROLE_STALL, SEE_PAYMENTS, STALL + 1, MARKET, false},
		{ROLE_STALL, SEE_PAYMENTS, 0, 0, false},
		{ROLE_STALL, TAKE_BOOK, STALL, MARKET, true},
		{ROLE_STALL, SEE_SUMMARY, 0, 0, false},
		{ROLE_STALL_HELPER, CREATE_CHARGE, STALL, MARKET, true},
		{ROLE_STALL_HELPER, CREATE_CHARGE, STALL + 1, MARKET, false},
		{ROLE_STALL_HELPER, SEE_NEWS, STALL, MARKET, true},
		{ROLE_STALL_HELPER, SEE_PAYMENTS, STALL, MARKET, false},
		{ROLE_STALL_HELPER, TAKE_BOOK, STALL, MARKET, false},
		{ROLE_STALL_HELPER, CHANGE_DEVICES, STALL, MARKET, false},
		{ROLE_MANAGER, SEE_STALL, STALL, MARKET, true},
		{ROLE_MANAGER, SEE_STALL, STALL, MARKET + 1, false},
		{ROLE_MANAGER, SEE_STALL, STALL, 0, false},
		{ROLE_MANAGER, INVITE_STALL, STALL, MARKET, true},
		{ROLE_MANAGER, SEE_PAYMENTS, STALL, MARKET, false},
		{ROLE_MANAGER, SEE_SMALL_CELLS, 0, 0, true},
		{ROLE_MANAGER, CHANGE_ACCOUNTS, 0, 0, false},
		{ROLE_OFFICIAL, SEE_REPORTS, 0, 0, true},
		{ROLE_OFFICIAL, FREEZE_REPORTS, 0, 0, true},
		{ROLE_OFFICIAL, SEE_SMALL_CELLS, 0, 0, false},
		{ROLE_OFFICIAL, SEE_STALL, STALL, MARKET, false},
		{ROLE_READER, SEE_REPORTS, 0, 0, true},
		{ROLE_READER, FREEZE_REPORTS, 0, 0, false},
		{ROLE_READER, SEE_ALL_PAYMENTS, 0, 0, false},
		{ROLE_AUDITOR, SEE_ALL_PAYMENTS, 0, 0, true},
		{ROLE_AUDITOR, SEE_AUDIT, 0, 0, true},
		{ROLE_AUDITOR, RESOLVE_SUSPENSE, 0, 0, false},
		{ROLE_AUDITOR, CHANGE_PEOPLE, 0, 0, false},
		{ROLE_OPERATOR, CHANGE_PEOPLE, 0, 0, true},
		{ROLE_OPERATOR, CHANGE_ACCOUNTS, 0, 0, true},
		{ROLE_OPERATOR, TAKE_BOOK, STALL, MARKET, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct principal who = principal(cases[i].role);

		if (may_at(&who, cases[i].action, cases[i].stall_id, cases[i].market_id) !=
			cases[i].want)
			fail_msg("case %zu: role %d, action %d", i, (int)cases[i].role,
				(int)cases[i].action);
	}
}

/* Whoever shows nothing may do nothing, whatever is added to the actions. */
static void
nobody_may_anything(void **state)
{
	const struct principal who = {.role = ROLE_ANYONE};

	(void)state;
	for (int action = 0; action < ACTIONS; action++) {
		assert_false(may(&who, (enum action)action, 0));
		assert_false(may_at(&who, (enum action)action, STALL, MARKET));
	}
}

/* An auditor's actions are some of an operator's: nothing that an operator may not. */
static void
auditors_see_what_operators_see(void **state)
{
	const struct principal auditor = principal(ROLE_AUDITOR);
	const struct principal operator= principal(ROLE_OPERATOR);

	(void)state;
	for (int action = 0; action < ACTIONS; action++) {
		if (may(&auditor, (enum action)action, 0))
			assert_true(may(&operator,(enum action) action, 0));
	}
}

static void
password_rules(void **state)
{
	static const struct {
		const char *password, *fault;
	} cases[] = {
		{"chín con cò trắng", NULL},
		{"correct horse", NULL},
		{"12345678", "signin.password_short"},
		{"123456789", "signin.password_short"},
		{"ăăăăăăăăă", "signin.password_short"}, /* nine, of two bytes each */
		{"1234567890", "signin.password_common"},
		{"PassWord123", "signin.password_common"},
		{"aaaaaaaaaaaa", "signin.password_common"},
		{"zyxwvutsrqponm", "signin.password_common"},
		{"nguyenhue1", "signin.password_login"},
		{"NguyenHueNguyenHue", "signin.password_login"},
		{"nguyenhue và con mèo", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = password_fault(STR("nguyenhue"), str_from(cases[i].password));

		assert_true((got == NULL) == (cases[i].fault == NULL));
		if (got != NULL)
			assert_string_equal(got, cases[i].fault);
	}
}

static void
waits(void **state)
{
	static const struct {
		int64_t tries, seconds;
	} cases[] = {{0, 0}, {1, 0}, {4, 0}, {5, 30}, {6, 60}, {7, 120}, {8, 240}, {9, 480},
		{10, 900}, {11, 900}, {1000000, 900}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(try_wait_ms(cases[i].tries), cases[i].seconds * 1000);
}

static void
paths(void **state)
{
	static const char *const good[] = {"/", "/reports", "/reports?unit=1&period=2026-07"};
	static const char *const bad[] = {"", "reports", "//evil.example", "/\\evil.example",
		"https://evil.example", "/a b", "/a\nb", "/\t/evil.example", "/\xc3\xa0"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(str_eq(own_path(str_from(good[i])), str_from(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(own_path(str_from(bad[i])).len, 0);
}

static void
devices(void **state)
{
	static const char *const cases[][2] = {
		{"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
		 " Chrome/126.0.0.0 Mobile Safari/537.36",
			"Android · Chrome"},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
		 " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
			"iPhone · Safari"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
		 " Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
			"Windows · Edge"},
		{"<script>alert(1)</script>", "?"},
		{"", "?"},
	};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_true(
			str_eq(device_name(arena, str_from(cases[i][0])), str_from(cases[i][1])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules),
		cmocka_unit_test(nobody_may_anything),
		cmocka_unit_test(auditors_see_what_operators_see),
		cmocka_unit_test(password_rules),
		cmocka_unit_test(waits),
		cmocka_unit_test(paths),
		cmocka_unit_test(devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
