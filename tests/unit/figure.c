/* Printed figures, from the published ones of ADOPTION sections 6 and 7. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chopay/figure.h"

#define PRINTS(call, want)                              \
	do {                                            \
		struct buf out CLEANUP(buf_fini) = {0}; \
		call;                                   \
		assert_string_equal(out.ptr, want);     \
	} while (0)

static void
parts_and_rates(void **state)
{
	(void)state;
	PRINTS(figure_part(&out, VIETNAMESE, 1497, 1649), "1.497/1.649 (90,78%)");
	PRINTS(figure_part(&out, ENGLISH, 1497, 1649), "1,497/1,649 (90.78%)");
	PRINTS(figure_part(&out, VIETNAMESE, 35, 37), "35/37 (94,59%)");
	PRINTS(figure_part(&out, VIETNAMESE, 20226, 20680), "20.226/20.680 (97,80%)");
	PRINTS(figure_part(&out, VIETNAMESE, 13055, 17071), "13.055/17.071 (76,47%)");
	PRINTS(figure_part(&out, VIETNAMESE, 0, 0), "0/0 (—)");
	PRINTS(figure_part(&out, VIETNAMESE, 3, 4), "3/4 (75,00%)");
	PRINTS(figure_rate(&out, VIETNAMESE, 10000), "100,00%");
	PRINTS(figure_rate(&out, VIETNAMESE, 5), "0,05%");
	PRINTS(figure_hundredths(&out, VIETNAMESE, 7348), "73,48");
}

static void
counts_and_money(void **state)
{
	(void)state;
	PRINTS(figure_count(&out, VIETNAMESE, 0), "0");
	PRINTS(figure_count(&out, VIETNAMESE, 999), "999");
	PRINTS(figure_count(&out, VIETNAMESE, 1000), "1.000");
	PRINTS(figure_count(&out, VIETNAMESE, 1000001), "1.000.001");
	PRINTS(figure_count(&out, VIETNAMESE, -1000), "-1.000");
	PRINTS(figure_count(&out, ENGLISH, INT64_MAX), "9,223,372,036,854,775,807");
	PRINTS(figure_count(&out, ENGLISH, INT64_MIN), "-9,223,372,036,854,775,808");
	PRINTS(figure_money(&out, VIETNAMESE, (struct vnd){69505000}), "69.505.000 đồng");
	PRINTS(figure_millions(&out, VIETNAMESE, (struct vnd){69505000}), "69,51 triệu đồng");
	PRINTS(figure_millions(&out, VIETNAMESE, (struct vnd){4999}), "0,00 triệu đồng");
	PRINTS(figure_millions(&out, VIETNAMESE, (struct vnd){5000}), "0,01 triệu đồng");
}

static void
comparisons(void **state)
{
	(void)state;
	PRINTS(figure_put_point_change(&out, VIETNAMESE, 7348, 6120), "tăng 12,28 điểm");
	PRINTS(figure_put_growth(&out, VIETNAMESE, 919, 700), "tăng 31,29%");
	PRINTS(figure_put_rate_change(&out, VIETNAMESE, 7500, 6000), "tăng 15,00 điểm phần trăm");
	PRINTS(figure_put_growth(&out, VIETNAMESE, 700, 919), "giảm 23,83%");
	PRINTS(figure_put_growth(&out, VIETNAMESE, 5, 0), "—");
	PRINTS(figure_put_growth(&out, VIETNAMESE, 0, 5), "giảm 100,00%");
	PRINTS(figure_put_growth(&out, ENGLISH, 5, 5), "unchanged");
	PRINTS(figure_put_rank_change(&out, VIETNAMESE, 2, 5), "tăng 3 bậc");
	PRINTS(figure_put_rank_change(&out, VIETNAMESE, 3, 2), "giảm 1 bậc");
	PRINTS(figure_put_rank_change(&out, VIETNAMESE, 3, 3), "không đổi");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_and_rates),
		cmocka_unit_test(counts_and_money),
		cmocka_unit_test(comparisons),
	};

	return cmocka_run_group_tests_name("figure", tests, NULL, NULL);
}
