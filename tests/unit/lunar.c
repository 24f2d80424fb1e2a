/* The lunar calendar: its table against the sun and the moon, and days that everybody knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/clock.h"
#include "chopay/lunar.h"

#include "../support/lunar_months.h"

static int32_t
day(const char *text)
{
	int32_t value;

	assert_int_equal(day_parse(str_from(text), &value).code, ERR_OK);
	return value;
}

/* Tet of ADOPTION section 5; 2007 and 2030 differ from China's; leap months of almanacs. */
static const struct {
	const char *day;
	struct lunar_date want;
} rows[] = {
	{"2000-01-01", {1999, 11, 25, false}},
	{"2000-02-05", {2000, 1, 1, false}},
	{"2007-02-16", {2006, 12, 29, false}},
	{"2007-02-17", {2007, 1, 1, false}},
	{"2007-02-18", {2007, 1, 2, false}},
	{"2023-02-20", {2023, 2, 1, false}},
	{"2023-03-21", {2023, 2, 30, false}},
	{"2023-03-22", {2023, 2, 1, true}},
	{"2023-04-19", {2023, 2, 29, true}},
	{"2023-04-20", {2023, 3, 1, false}},
	{"2024-02-09", {2023, 12, 30, false}},
	{"2024-02-10", {2024, 1, 1, false}},
	{"2025-01-28", {2024, 12, 29, false}},
	{"2025-01-29", {2025, 1, 1, false}},
	{"2025-07-24", {2025, 6, 30, false}},
	{"2025-07-25", {2025, 6, 1, true}},
	{"2025-08-22", {2025, 6, 29, true}},
	{"2025-08-23", {2025, 7, 1, false}},
	{"2026-02-16", {2025, 12, 29, false}},
	{"2026-02-17", {2026, 1, 1, false}},
	{"2026-09-25", {2026, 8, 15, false}}, /* Trung thu */
	{"2027-02-06", {2027, 1, 1, false}},
	{"2028-01-26", {2028, 1, 1, false}},
	{"2028-06-23", {2028, 5, 1, true}},
	{"2029-02-13", {2029, 1, 1, false}},
	{"2030-02-02", {2030, 1, 1, false}},
	{"2033-12-22", {2033, 11, 1, true}},
};

static void
known_days(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct lunar_date *want = &rows[i].want;
		struct lunar_date got;

		assert_true(lunar_date_of(day(rows[i].day), &got));
		if (got.year != want->year || got.month != want->month || got.day != want->day ||
			got.leap != want->leap)
			fail_msg("%s is %d/%d%s/%d", rows[i].day, got.day, got.month,
				got.leap ? " leap" : "", got.year);
	}
}

static void
tet_of_known_years(void **state)
{
	static const char *const tet[] = {"2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06",
		"2028-01-26", "2029-02-13", "2030-02-02"};
	int32_t got;

	(void)state;
	for (int i = 0; i < 7; i++) {
		assert_true(tet_day(2024 + i, &got));
		assert_int_equal(got, day(tet[i]));
	}
	assert_false(tet_day(1999, &got));
	assert_true(tet_day(2000, &got));
	assert_true(tet_day(2100, &got));
	assert_false(tet_day(2101, &got));
}

/* Each day of the table, counted along the months that the algorithm gives. */
static void
the_table_is_what_the_algorithm_computes(void **state)
{
	int32_t first = day("2000-01-01"), last = day("2100-12-31"), at;
	struct lunar_date got;

	(void)state;
	for (int year = 1999; year <= 2100; year++) {
		struct lunar_year made = lunar_year_compute(year);

		at = made.new_year_day;
		for (int n = 0; n < made.months; n++) {
			bool after = made.leap > 0 && n >= made.leap;

			for (int mday = 1; mday <= made.lengths[n]; mday++, at++) {
				if (at < first || at > last)
					continue;
				assert_true(lunar_date_of(at, &got));
				assert_int_equal(got.year, year);
				assert_int_equal(got.month, n + 1 - after);
				assert_int_equal(got.leap, made.leap > 0 && n == made.leap);
				assert_int_equal(got.day, mday);
			}
		}
		assert_int_equal(at, lunar_year_compute(year + 1).new_year_day);
	}
}

static void
outside_the_table(void **state)
{
	struct lunar_date got;

	(void)state;
	assert_false(lunar_date_of(day("1999-12-31"), &got));
	assert_false(lunar_date_of(day("2100-12-31") + 1, &got));
	assert_true(lunar_date_of(day("2100-12-31"), &got));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_days),
		cmocka_unit_test(tet_of_known_years),
		cmocka_unit_test(the_table_is_what_the_algorithm_computes),
		cmocka_unit_test(outside_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
