/*
 * banks.c - banks found by what people and feeds call them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/banks.h"

static int
setup(void **state)
{
	struct banks *banks;

	if (banks_load(&banks).code != ERR_OK)
		return -1;
	*state = banks;
	return 0;
}

static int
teardown(void **state)
{
	banks_free(*state);
	return 0;
}

static const struct {
	const char *name;
	const char *bin; /* NULL: nobody's name */
} cases[] = {
	/* as SePay writes them */
	{"MBBank", "970422"},
	{"ACB", "970416"},
	{"Vietcombank", "970436"},
	{"VietinBank", "970415"},
	{"BIDV", "970418"},
	{"TPBank", "970423"},
	{"VPBank", "970432"},
	{"Sacombank", "970403"},
	{"OCB", "970448"},
	{"MSB", "970426"},
	{"KienLongBank", "970452"},
	{"Techcombank", "970407"},
	/* code, app, SWIFT, full name with and without accents, letter case, blanks */
	{"VCB", "970436"},
	{"vcb", "970436"},
	{"MB", "970422"},
	{"oceanbank", "970414"},
	{"BFTVVNVX", "970436"},
	{"Ngân hàng TMCP Ngoại Thương Việt Nam", "970436"},
	{"ngan hang tmcp ngoai thuong viet nam", "970436"},
	{"  Viet Com Bank ", "970436"},
	{"KIENLONGBANK", "970452"},
	{"IBK - HN", "970455"},
	/* of several, the one that takes transfers; else the nearer name */
	{"CIMB", "422589"},
	{"CIBBVNVN", "422589"},
	{"MAFC", "977777"},
	{"PVcomBank", "970412"},
	{"WBVNVNVX", "970412"},
	{"", NULL},
	{"   ", NULL},
	{"!", NULL},
	{"Vietcom", NULL},
	{"Ngân hàng", NULL},
	{"\xFF", NULL},
};

static void
by_name(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct bank *bank = banks_by_name(*state, str_from(cases[i].name));
		char bin[7];

		if (!cases[i].bin) {
			assert_null(bank);
			assert_int_equal(banks_bin_of(*state, str_from(cases[i].name), bin).code,
				ERR_NOT_FOUND);
			continue;
		}
		if (!bank || !str_eq(bank->bin, str_from(cases[i].bin)))
			fail_msg("%s: %.*s", cases[i].name, bank ? 6 : 4,
				bank ? bank->bin.ptr : "none");
		assert_int_equal(banks_bin_of(*state, str_from(cases[i].name), bin).code, ERR_OK);
		assert_string_equal(bin, cases[i].bin);
	}
}

/* Every bank is found by its BIN; by each of its names a bank is found that bears it. */
static void
whole_table(void **state)
{
	const struct banks *banks = *state;

	assert_int_equal(banks_count(banks), 72);
	for (size_t i = 0; i < banks_count(banks); i++) {
		const struct bank *bank = banks_at(banks, i);

		assert_ptr_equal(banks_by_bin(banks, bank->bin), bank);
		assert_non_null(banks_by_name(banks, bank->code));
		assert_ptr_equal(banks_by_name(banks, bank->short_name), bank);
		assert_non_null(banks_by_name(banks, bank->name_vi));
	}
	assert_null(banks_by_bin(banks, STR("000000")));
	assert_null(banks_by_bin(banks, STR("999999")));
	assert_null(banks_by_bin(banks, STR("97043")));
}

/* A BIN that our table does not know yet is still a BIN. */
static void
new_bin(void **state)
{
	char bin[7];

	assert_int_equal(banks_bin_of(*state, STR(" 970499 "), bin).code, ERR_OK);
	assert_string_equal(bin, "970499");
	assert_int_equal(banks_bin_of(*state, STR("97049"), bin).code, ERR_NOT_FOUND);
	assert_int_equal(banks_bin_of(*state, STR("9704999"), bin).code, ERR_NOT_FOUND);
}

static void
what_it_knows(void **state)
{
	const struct bank *bank = banks_by_bin(*state, STR("970436"));

	assert_non_null(bank);
	assert_true(str_eq(bank->code, STR("VCB")));
	assert_true(str_eq(bank->short_name, STR("Vietcombank")));
	assert_true(str_eq(bank->app_id, STR("vcb")));
	assert_true(bank->vietqr_transfer);
	assert_false(banks_by_bin(*state, STR("458761"))->vietqr_transfer);
	assert_true(banks_by_bin(*state, STR("458761"))->vietqr_lookup);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_name),
		cmocka_unit_test(whole_table),
		cmocka_unit_test(new_bin),
		cmocka_unit_test(what_it_knows),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
