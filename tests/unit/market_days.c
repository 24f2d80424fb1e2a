/* Patterns of market days, and masks of days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chopay/clock.h"
#include "chopay/market_days.h"
#include "chopay/store.h"

static const struct {
	const char *pattern;
	bool good;
} patterns[] = {
	{"all", true},
	{"none", true},
	{"week:1", true},
	{"week:1,3,7", true},
	{"week:7,1", true},
	{"lunar:2,7,12,17,22,27", true},
	{"lunar:30", true},
	{"", false},
	{"All", false},
	{"all ", false},
	{"week", false},
	{"week:", false},
	{"week:0", false},
	{"week:8", false},
	{"week:1,", false},
	{"week:,1", false},
	{"week:1,1", false},
	{"week:01", false},
	{"week:-1", false},
	{"week:1 3", false},
	{"week:1, 3", false},
	{"lunar:31", false},
	{"lunar:0", false},
	{"lunar:2,7,2", false},
	{"lunar:99999999999999999999", false},
	{"solar:1", false},
};

static void
patterns_are_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		struct err err = market_days_check(str_from(patterns[i].pattern));

		if ((err.code == ERR_OK) != patterns[i].good)
			fail_msg("\"%s\"", patterns[i].pattern);
	}
}

/* 2026-06-29 is a Monday; 2026-02-17 is 1/1, 2025-07-25 the 1st of the leap month. */
static const struct {
	const char *pattern, *day;
	bool open;
} days[] = {
	{"all", "2026-06-29", true}, {"none", "2026-06-29", false}, {"week:1", "2026-06-28", false},
	{"week:1", "2026-06-29", true}, {"week:1", "2026-06-30", false},
	{"week:7", "2026-06-28", true}, {"week:4", "1970-01-01", true},
	{"week:3", "1969-12-31", true}, {"lunar:1", "2026-02-16", false},
	{"lunar:1", "2026-02-17", true}, {"lunar:2,7,12,17,22,27", "2026-02-17", false},
	{"lunar:2,7,12,17,22,27", "2026-02-18", true}, {"lunar:1", "2025-07-25", true},
	{"lunar:30", "2026-02-16", false},				    /* that month has 29 */
	{"lunar:29", "2026-02-16", true}, {"lunar:1", "1999-12-31", false}, /* before the table */
};

static void
days_are_open_or_not(void **state)
{
	int32_t day;

	(void)state;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		assert_int_equal(day_parse(str_from(days[i].day), &day).code, ERR_OK);
		if (market_days_open(str_from(days[i].pattern), day) != days[i].open)
			fail_msg("%s on %s", days[i].pattern, days[i].day);
	}
}

static void
a_mask_is_its_days(void **state)
{
	struct str pattern = STR("lunar:2,7,12,17,22,27");
	uint64_t mask;
	int32_t first;

	(void)state;
	assert_int_equal(day_parse(STR("2025-07-10"), &first).code, ERR_OK);
	for (int count = 1; count <= 64; count += 21) {
		mask = market_days_mask(pattern, first, count);
		for (int i = 0; i < 64; i++)
			assert_int_equal(
				mask >> i & 1, i < count && market_days_open(pattern, first + i));
	}
	assert_true(market_days_mask(STR("all"), first, 30) == (UINT64_C(1) << 30) - 1);
	assert_true(market_days_mask(STR("all"), first, 64) == UINT64_MAX);
}

static const struct {
	int32_t first;
	int count;
	int32_t from, to;
	uint64_t want;
} masks[] = {
	{100, 30, 100, 129, 0x3fffffff},
	{100, 30, DAY_FIRST, DAY_LAST, 0x3fffffff},
	{100, 30, 101, 102, 6},
	{100, 30, 129, 200, 0x20000000},
	{100, 30, 130, 200, 0},
	{100, 30, 0, 99, 0},
	{100, 30, 0, 100, 1},
	{100, 30, 110, 109, 0},
	{100, 64, 100, 163, UINT64_MAX},
	{100, 64, 163, 163, UINT64_C(1) << 63},
	{100, 1, 100, 100, 1},
	{100, 0, 100, 100, 0},
};

static void
days_are_cut_to_their_mask(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		uint64_t got = days_mask(
			masks[i].first, masks[i].count, masks[i].from, masks[i].to);

		if (got != masks[i].want)
			fail_msg("row %zu: %llx", i, (unsigned long long)got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_are_checked),
		cmocka_unit_test(days_are_open_or_not),
		cmocka_unit_test(a_mask_is_its_days),
		cmocka_unit_test(days_are_cut_to_their_mask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
