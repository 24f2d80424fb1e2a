/* Decision 766's online-payment indicators: points at, below and above their ceilings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chopay/service_points.h"

static const struct {
	enum service_indicator indicator;
	int64_t num, den;
	bool known;
	int64_t points;
} rows[] = {
	{SERVICE_OFFERED, 80, 100, true, 200},
	{SERVICE_OFFERED, 79, 100, true, 198}, /* 197,5: half up */
	{SERVICE_OFFERED, 100, 100, true, 200},
	{SERVICE_OFFERED, 0, 100, true, 0},
	{SERVICE_OFFERED, 0, 0, false, 0},
	{SERVICE_OFFERED, 101, 100, false, 0},
	{SERVICE_OFFERED, -1, 100, false, 0},
	{SERVICE_USED, 40, 100, true, 100},
	{SERVICE_USED, 4, 5, true, 200},
	{SERVICE_DOSSIERS, 99, 100, true, 594}, /* the ceiling is 100 % */
	{SERVICE_DOSSIERS, 100, 100, true, 600},
	{SERVICE_DOSSIERS, 7861, 10000, true, 472},
	{SERVICE_DOSSIERS, 1, 3, true, 200},
	{SERVICE_DOSSIERS, 9999999999999, 10000000000000, true, 600},
};

static void
points_are_in_proportion_up_to_the_ceiling(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct service_figure figure;

		service_points(rows[i].indicator, rows[i].num, rows[i].den, &figure);
		if (figure.known != rows[i].known || figure.pts_x100 != rows[i].points)
			fail_msg("%d %lld/%lld: %lld", (int)rows[i].indicator,
				(long long)rows[i].num, (long long)rows[i].den,
				(long long)figure.pts_x100);
		assert_int_equal(figure.den, rows[i].known ? rows[i].den : 0);
	}
}

static void
the_group_has_ten_points(void **state)
{
	int64_t sum = 0;

	(void)state;
	for (int i = 0; i < SERVICE_INDICATORS; i++)
		sum += service_max_x100((enum service_indicator)i);
	assert_int_equal(sum, 1000);
}

static const struct {
	int64_t recipients, by_account;
	bool nobody;
} payouts[] = {
	{100, 50, true},
	{100, 100, true},
	{100, 0, true},
	{0, 0, true},
	{100, 96, false}, /* four get cash: what they get is the rest */
	{100, 95, true},
	{100, 4, false},
	{4, 4, false},
	{5, 5, true},
	{5, 1, false},
};

static void
few_persons_are_not_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(payouts) / sizeof(payouts[0]); i++)
		assert_int_equal(payout_tells_nobody(payouts[i].recipients, payouts[i].by_account),
			payouts[i].nobody);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_are_in_proportion_up_to_the_ceiling),
		cmocka_unit_test(the_group_has_ten_points),
		cmocka_unit_test(few_persons_are_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
