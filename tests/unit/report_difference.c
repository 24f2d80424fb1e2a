/* What a revision changed: each figure that is printed otherwise, and no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../support/sample_report.h"
#include "chopay/report_difference.h"

static const struct difference *
find(const struct difference *items, size_t count, struct str code, const char *indicator)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(items[i].code, code) && str_eq(items[i].indicator, str_from(indicator)))
			return &items[i];
	}
	return NULL;
}

static void
the_same_figures_differ_in_nothing(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *one = sample_report(arena, AUDIENCE_BOARD, true);
	struct report *other = sample_report(arena, AUDIENCE_BOARD, true);
	struct difference *items;
	size_t count;

	(void)state;
	other->cut_at_ms++;
	report_difference(arena, one, other, VIETNAMESE, &items, &count);
	assert_int_equal(count, 0);
}

static void
each_figure_that_changed_is_told_with_what_it_is_made_of(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *one = sample_report(arena, AUDIENCE_BOARD, true);
	struct report *other = sample_report(arena, AUDIENCE_BOARD, true);
	const struct difference *found;
	struct difference *items;
	size_t count;

	(void)state;
	other->figures.payments = one->figures.payments + 1;
	other->figures.value.dong = one->figures.value.dong + 1000;
	other->figures.sums.active_days++;
	cai_compute(&other->figures.sums, &other->figures.cai);
	report_difference(arena, one, other, VIETNAMESE, &items, &count);
	found = find(items, count, one->code, "V1");
	assert_non_null(found);
	assert_int_equal(found->after.of.num - found->before.of.num, 1);
	assert_int_equal(found->after.of.den, 0);
	found = find(items, count, one->code, "N");
	assert_non_null(found);
	assert_int_equal(found->after.of.num - found->before.of.num, 1);
	assert_int_equal(found->after.of.den, one->figures.sums.open_days);
	assert_non_null(find(items, count, one->code, "V2"));
	assert_null(find(items, count, one->code, "P"));
	for (size_t i = 0; i < count; i++)
		assert_true(str_eq(items[i].code, one->code));
}

static void
withheld_money_is_in_no_difference(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *one = sample_report(arena, AUDIENCE_BOARD, true);
	struct report *other = sample_report(arena, AUDIENCE_BOARD, true);
	const struct difference *found;
	struct difference *items;
	size_t count;

	(void)state;
	other->figures.withheld = true;
	other->figures.value.dong = 0;
	report_difference(arena, one, other, VIETNAMESE, &items, &count);
	found = find(items, count, one->code, "V2");
	assert_non_null(found);
	assert_false(found->after.known);
	assert_true(str_eq(found->after.text, STR(NO_FIGURE)));
}

static void
rows_come_and_go(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *one = sample_report(arena, AUDIENCE_BOARD, true);
	struct report *other = sample_report(arena, AUDIENCE_BOARD, true);
	const struct difference *found;
	struct difference *items;
	size_t count;

	(void)state;
	assert_true(one->row_count > 1);
	other->row_count--;
	report_difference(arena, one, other, VIETNAMESE, &items, &count);
	found = find(items, count, one->rows[one->row_count - 1].code, "V1");
	assert_non_null(found);
	assert_true(found->before.known && !found->after.known);
	report_difference(arena, other, one, VIETNAMESE, &items, &count);
	found = find(items, count, one->rows[one->row_count - 1].code, "V1");
	assert_true(!found->before.known && found->after.known);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_figures_differ_in_nothing),
		cmocka_unit_test(each_figure_that_changed_is_told_with_what_it_is_made_of),
		cmocka_unit_test(withheld_money_is_in_no_difference),
		cmocka_unit_test(rows_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
