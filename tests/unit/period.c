/* Reporting periods: names, days, months, what they are compared with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/clock.h"
#include "chopay/period.h"

static const char *
shown(struct buf *out, int32_t day)
{
	buf_clear(out);
	day_format(out, day);
	return out->ptr;
}

static int32_t
day(const char *text)
{
	int32_t value;

	assert_int_equal(day_parse(str_from(text), &value).code, ERR_OK);
	return value;
}

static struct period
period(const char *text, enum period_calendar calendar)
{
	struct period parsed;

	assert_int_equal(period_parse(str_from(text), calendar, &parsed).code, ERR_OK);
	return parsed;
}

/* clang-format off */
static const struct {
	const char *text;
	enum period_calendar calendar;
	const char *from, *to, *title;
	const char *year_before, *before;
} rows[] = {
	{"2026-06", CALENDAR_SOLAR, "2026-06-01", "2026-06-30", "tháng 6 năm 2026", "2025-06", "2026-05"},
	{"2026-01", CALENDAR_SOLAR, "2026-01-01", "2026-01-31", "tháng 1 năm 2026", "2025-01", "2025-12"},
	{"2024-02", CALENDAR_SOLAR, "2024-02-01", "2024-02-29", "tháng 2 năm 2024", "2023-02", "2024-01"},
	{"2026-Q1", CALENDAR_SOLAR, "2026-01-01", "2026-03-31", "quý I năm 2026", "2025-Q1", "2025-Q4"},
	{"2026-Q4", CALENDAR_SOLAR, "2026-10-01", "2026-12-31", "quý IV năm 2026", "2025-Q4", "2026-Q3"},
	{"2026-H1", CALENDAR_SOLAR, "2026-01-01", "2026-06-30", "6 tháng đầu năm 2026", "2025-H1", "2025-H2"},
	{"2026-H2", CALENDAR_SOLAR, "2026-07-01", "2026-12-31", "6 tháng cuối năm 2026", "2025-H2", "2026-H1"},
	{"2026-9M", CALENDAR_SOLAR, "2026-01-01", "2026-09-30", "9 tháng đầu năm 2026", "2025-9M", "2025-9M"},
	{"2026", CALENDAR_SOLAR, "2026-01-01", "2026-12-31", "năm 2026", "2025", "2025"},
	{"2026-06", CALENDAR_ND09, "2026-05-15", "2026-06-14", "tháng 6 năm 2026", "2025-06", "2026-05"},
	{"2026-Q1", CALENDAR_ND09, "2025-12-15", "2026-03-14", "quý I năm 2026", "2025-Q1", "2025-Q4"},
	{"2026-H1", CALENDAR_ND09, "2025-12-15", "2026-06-14", "6 tháng đầu năm 2026", "2025-H1", "2025-H2"},
	{"2026-9M", CALENDAR_ND09, "2025-12-15", "2026-09-14", "9 tháng đầu năm 2026", "2025-9M", "2025-9M"},
	{"2026", CALENDAR_ND09, "2025-12-15", "2026-12-14", "năm 2026", "2025", "2025"},
	{"2026-06-01..2026-06-14", CALENDAR_SOLAR, "2026-06-01", "2026-06-14", "từ 01/06/2026 đến 14/06/2026",
		"2025-06-01..2025-06-14", "2026-05-18..2026-05-31"},
	{"2024-02-29..2024-02-29", CALENDAR_SOLAR, "2024-02-29", "2024-02-29", "từ 29/02/2024 đến 29/02/2024",
		"2023-02-28..2023-02-28", "2024-02-28..2024-02-28"},
};
/* clang-format on */

static void
each_name_has_its_days(void **state)
{
	struct buf out CLEANUP(buf_fini) = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct period parsed = period(rows[i].text, rows[i].calendar);
		struct period last_year = period_year_before(&parsed);
		struct period last = period_before(&parsed);

		assert_string_equal(shown(&out, parsed.from_day), rows[i].from);
		assert_string_equal(shown(&out, parsed.to_day), rows[i].to);
		buf_clear(&out);
		period_format(&out, &parsed);
		assert_string_equal(out.ptr, rows[i].text);
		buf_clear(&out);
		period_title_vi(&out, &parsed);
		assert_string_equal(out.ptr, rows[i].title);
		buf_clear(&out);
		period_format(&out, &last_year);
		assert_string_equal(out.ptr, rows[i].year_before);
		buf_clear(&out);
		period_format(&out, &last);
		assert_string_equal(out.ptr, rows[i].before);
	}
}

static void
what_is_no_period_is_refused(void **state)
{
	static const char *const texts[] = {"", "2026-", "2026-13", "2026-00", "2026-6", "2026-Q5",
		"2026-Q0", "2026-Q11", "2026-H3", "2026-8M", "2026-9M1", "1999", "2101", "20x6",
		"26", "2026-06-14..2026-06-01", "2026-06-01..", "..2026-06-01",
		"2026-06-31..2026-07-01", "2026-06-01..2026-06-02..2026-06-03",
		"1999-12-31..2000-01-01", "2026-06 "};
	struct period parsed;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (period_parse(str_from(texts[i]), CALENDAR_SOLAR, &parsed).code != ERR_INVALID)
			fail_msg("\"%s\" was taken", texts[i]);
	}
}

/* ADOPTION section 7: the edges of nd09. */
static void
each_day_has_one_month(void **state)
{
	(void)state;
	assert_int_equal(month_of(day("2026-06-14"), CALENDAR_ND09), 2026 * 12 + 5);
	assert_int_equal(month_of(day("2026-06-15"), CALENDAR_ND09), 2026 * 12 + 6);
	assert_int_equal(month_of(day("2025-12-15"), CALENDAR_ND09), 2026 * 12);
	assert_int_equal(month_of(day("2025-12-31"), CALENDAR_SOLAR), 2025 * 12 + 11);
	for (int c = CALENDAR_SOLAR; c <= CALENDAR_ND09; c++) {
		enum period_calendar calendar = (enum period_calendar)c;

		for (int32_t d = day("2023-12-01"); d <= day("2028-03-31"); d++) {
			month_key month = month_of(d, calendar);

			assert_true(month_first_day(month, calendar) <= d);
			assert_true(month_last_day(month, calendar) >= d);
			assert_int_equal(month_last_day(month, calendar) + 1,
				month_first_day(month + 1, calendar));
		}
	}
}

static void
calendars_are_named(void **state)
{
	enum period_calendar calendar = CALENDAR_SOLAR;

	(void)state;
	assert_true(period_calendar_parse(STR("nd09"), &calendar));
	assert_int_equal(calendar, CALENDAR_ND09);
	assert_string_equal(period_calendar_name(CALENDAR_SOLAR), "duong_lich");
	assert_false(period_calendar_parse(STR("ND09"), &calendar));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_name_has_its_days),
		cmocka_unit_test(what_is_no_period_is_refused),
		cmocka_unit_test(each_day_has_one_month),
		cmocka_unit_test(calendars_are_named),
	};

	return cmocka_run_group_tests_name("period", tests, NULL, NULL);
}
