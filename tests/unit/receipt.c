/* The code of a receipt: one text for one set of facts, and everything else is refused. */
#include <stdarg.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "chopay/receipt.h"

#define S85 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define S86 S85 "b"

static const struct {
	const char *name, *text;
	bool good;
} cases[] = {
	{"a code", "R1.CHC0001N0027V8.60000.1782771180000." S86, true},
	{"empty", "", false},
	{"another version", "R2.CHC0001N0027V8.60000.1782771180000." S86, false},
	{"a reference in small letters", "R1.chc0001n0027v8.60000.1782771180000." S86, false},
	{"no reference", "R1..60000.1782771180000." S86, false},
	{"an amount with a leading zero", "R1.CHC0001N0027V8.060000.1782771180000." S86, false},
	{"an amount with a sign", "R1.CHC0001N0027V8.+60000.1782771180000." S86, false},
	{"no amount", "R1.CHC0001N0027V8.0.1782771180000." S86, false},
	{"an amount past int64", "R1.CHC0001N0027V8.9223372036854775808.1." S86, false},
	{"a negative time", "R1.CHC0001N0027V8.60000.-5." S86, false},
	{"a signature cut short", "R1.CHC0001N0027V8.60000.1782771180000." S85, false},
	{"a signature too long", "R1.CHC0001N0027V8.60000.1782771180000." S86 "c", false},
	{"one dot too few", "R1.CHC0001N0027V8.60000." S86, false},
	{"cut off", "R1.CHC0001N0027V8", false},
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf again CLEANUP(buf_fini) = {0};
		struct receipt_code code = {0};
		bool good = receipt_read(str_from(cases[i].text), &code).code == ERR_OK;

		if (good != cases[i].good)
			fail_msg("%s: %s", cases[i].name, good ? "taken" : "refused");
		if (!good)
			continue;
		receipt_put(&again, &code);
		assert_string_equal(again.ptr, cases[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
