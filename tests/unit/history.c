/* The model of a history: the same for the same seed, and like a market. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../gateway/simulate/history_model.h"
#include "chopay/clock.h"
#include "chopay/lunar.h"

static struct history_plan
plan_of(uint64_t seed)
{
	return (struct history_plan){
		.seed = seed,
		.communes = 5,
		.markets = 12,
		.stalls = 240,
		.from_day = day_from_civil(2025, 11, 1),
		.to_day = day_from_civil(2026, 10, 31),
		.payments = 300000,
		.drop_out = 800,
		.wash = 500,
	};
}

struct total {
	int64_t payments, given_back, owners, first_half;
	uint64_t mark; /* of all that was said, in order */
};

static void
check_day(const struct history_market *market, int32_t day, const struct history_payment *payments,
	size_t count, struct total *total)
{
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(day_of(payments[i].at_ms, market->day_cut_min), day);
		assert_true(payments[i].amount >= 1000);
		assert_true(payments[i].number >= 0);
		assert_true(
			payments[i].who != WHO_OWNER || payments[i].number < market->stall_count);
		total->mark = total->mark * 31 + (uint64_t)payments[i].at_ms +
			      (uint64_t)payments[i].amount;
		total->given_back += payments[i].given_back;
		total->owners += payments[i].who == WHO_OWNER;
	}
	total->payments += (int64_t)count;
}

static struct total
run(const struct history_plan *plan)
{
	static struct history_payment payments[HISTORY_DAY_MAX];
	struct total total = {0};

	for (int m = 0; m < plan->markets; m++) {
		struct history_market market;

		history_market(plan, m, &market);
		for (int i = 0; i < market.stall_count; i++) {
			struct history_stall stall;

			history_stall(plan, &market, i, &stall);
			for (int32_t day = plan->from_day; day <= plan->to_day; day++) {
				size_t count = history_stall_day(
					plan, &market, &stall, day, payments);

				assert_true(count == 0 || history_open(&market, day));
				check_day(&market, day, payments, count, &total);
			}
		}
	}
	return total;
}

static void
the_same_seed_is_the_same_history(void **state)
{
	struct history_plan one = plan_of(1), two = plan_of(2);

	(void)state;
	assert_true(run(&one).mark == run(&one).mark);
	assert_true(run(&one).mark != run(&two).mark);
}

static void
there_are_about_so_many_payments(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 10; seed++) {
		struct history_plan plan = plan_of(seed);
		struct total total;

		if (seed >= 6) /* where most stalls sell nothing on most days */
			plan.payments = 5000;
		total = run(&plan);
		assert_in_range(total.payments, plan.payments * 6 / 10, plan.payments * 14 / 10);
		assert_true(total.given_back > 0);
		assert_true(total.owners > 0);
	}
}

static void
nobody_sells_at_tet(void **state)
{
	struct history_plan plan = plan_of(1);
	struct history_market market;
	int32_t tet;

	(void)state;
	assert_true(tet_day(2026, &tet));
	for (int m = 0; m < plan.markets; m++) {
		history_market(&plan, m, &market);
		for (int32_t day = tet; day < tet + 4; day++)
			assert_false(history_open(&market, day));
	}
}

static void
every_stall_has_one_market(void **state)
{
	struct history_plan plan = plan_of(1);
	int next = 0;

	(void)state;
	for (int m = 0; m < plan.markets; m++) {
		struct history_market market;

		history_market(&plan, m, &market);
		assert_int_equal(market.first_stall, next);
		assert_in_range(market.commune, 0, plan.communes - 1);
		next += market.stall_count;
	}
	assert_int_equal(next, plan.stalls);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_is_the_same_history),
		cmocka_unit_test(there_are_about_so_many_payments),
		cmocka_unit_test(nobody_sells_at_tet),
		cmocka_unit_test(every_stall_has_one_market),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
