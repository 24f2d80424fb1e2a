/* The index: the worked example of ADOPTION section 7, its printed figures, and what holds for any
 * cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/cai.h"

/* June 2026: S1 to S4. */
static const struct cai_cell june[] = {
	{30, 30, 30, 27, 140, true},
	{30, 30, 30, 6, 7, true},
	{30, 15, 12, 9, 20, false},
	{30, 24, 24, 3, 2, true},
};

static struct cai
compute(const struct cai_cell *cells, size_t count)
{
	struct cai_sums sums = {0};
	struct cai cai;

	for (size_t i = 0; i < count; i++)
		cai_add(&sums, &cells[i]);
	cai_compute(&sums, &cai);
	return cai;
}

static void
the_worked_example(void **state)
{
	static const int64_t want[CAI_COMPONENTS][4] = {
		{96, 99, 9697, 1455}, {3, 4, 7500, 2500}, {45, 99, 4545, 1989}, {2, 3, 6667, 1404}};
	struct cai cai = compute(june, 4);

	(void)state;
	for (int i = 0; i < CAI_COMPONENTS; i++) {
		assert_int_equal(cai.figures[i].num, want[i][0]);
		assert_int_equal(cai.figures[i].den, want[i][1]);
		assert_int_equal(cai.figures[i].rate_bp, want[i][2]);
		assert_int_equal(cai.figures[i].pts_x100, want[i][3]);
	}
	assert_int_equal(cai.cai_x100, 7348);
	assert_string_equal(cai_class(cai.cai_x100), "Khá");
	assert_false(cai_ranked(&cai)); /* four cells */
}

/* With R1's payments S4 is paid on 13 days, by 3 payers: N rises, H does not. */
static void
the_payer_test_holds(void **state)
{
	struct cai_cell cells[4];
	struct cai cai;

	(void)state;
	memcpy(cells, june, sizeof(cells));
	cells[3].active_days = 13;
	cells[3].payers = 3;
	cai = compute(cells, 4);
	assert_int_equal(cai.figures[CAI_RHYTHM].pts_x100, 2431);
	assert_int_equal(cai.figures[CAI_ACTIVITY].pts_x100, 2500);
}

/* ---- rules as rows -------------------------------------------------------------------------- */

static void
which_cells_count(void **state)
{
	static const struct {
		struct cai_cell cell;
		bool eligible, active;
	} rows[] = {
		{{30, 10, 0, 2, 2, false}, true, true},	  /* ceil(30/3) = 10; needs 2 and 2 */
		{{30, 9, 0, 9, 99, false}, false, false}, /* a third is not reached */
		{{31, 10, 0, 9, 99, false}, false, false},
		{{31, 11, 0, 2, 2, false}, true, true},
		{{31, 11, 0, 2, 1, false}, true, false},
		{{31, 11, 0, 1, 2, false}, true, false},
		{{1, 1, 1, 1, 1, false}, true, true}, /* at least one of each */
		{{1, 1, 1, 0, 1, false}, true, false},
		{{0, 0, 0, 0, 0, false}, false, false},
		{{30, 30, 0, 4, 5, false}, true, true},
		{{30, 30, 0, 4, 4, false}, true, false},
		{{30, 30, 0, 3, 5, false}, true, false},
		{{31, 31, 0, 5, 6, false}, true, true}, /* ceil(124/30) = 5, ceil(155/30) = 6 */
		{{31, 31, 0, 4, 6, false}, true, false},
		{{31, 31, 0, 5, 5, false}, true, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (cai_eligible(&rows[i].cell) != rows[i].eligible ||
			cai_active(&rows[i].cell) != rows[i].active)
			fail_msg("row %zu", i);
	}
}

static void
ceilings_clip(void **state)
{
	static const struct {
		struct cai_sums sums;
		enum cai_component which;
		int64_t rate_bp, pts_x100;
	} rows[] = {
		{{.active_days = 80, .open_days = 99}, CAI_RHYTHM, 8081, 3500},
		{{.qr_days = 99, .open_days = 99}, CAI_COVERAGE, 10000, 1500},
		{{.active = 9, .cells = 10}, CAI_ACTIVITY, 9000, 3000},
		{{.kept = 19, .base = 20}, CAI_RETENTION, 9500, 2000},
		{{.active_days = 50, .open_days = 500}, CAI_RHYTHM, 1000, 438},
		{{.active = 7, .cells = 9}, CAI_ACTIVITY, 7778, 2593},
		{{.active_days = 55, .open_days = 99}, CAI_RHYTHM, 5556, 2431},
		{{.active_days = INT64_C(9999999999999), .open_days = INT64_C(9999999999999)},
			CAI_RHYTHM, 10000, 3500},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cai cai;

		cai_compute(&rows[i].sums, &cai);
		assert_int_equal(cai.figures[rows[i].which].rate_bp, rows[i].rate_bp);
		assert_int_equal(cai.figures[rows[i].which].pts_x100, rows[i].pts_x100);
		assert_false(cai.known); /* the others have no data: no index, never 0 */
	}
}

static void
published_figures_round_alike(void **state)
{
	static const int64_t rows[][3] = {{35, 37, 9459}, {1497, 1649, 9078}, {20226, 20680, 9780},
		{13055, 17071, 7647}, {1, 8, 1250}, {1, 20000, 1}, {1, 20001, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(round_half_up(10000 * rows[i][0], rows[i][1]), rows[i][2]);
	assert_int_equal(round_half_up(69505000, 919), 75631);
	assert_int_equal(round_half_up(100 * 919, 99), 928);
}

static void
classes_begin_where_they_say(void **state)
{
	static const struct {
		int64_t cai_x100;
		const char *name;
	} rows[] = {{10000, "Xuất sắc"}, {9000, "Xuất sắc"}, {8999, "Tốt"}, {8000, "Tốt"},
		{7999, "Khá"}, {7000, "Khá"}, {6999, "Trung bình"}, {5000, "Trung bình"},
		{4999, "Yếu"}, {0, "Yếu"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(cai_class(rows[i].cai_x100), rows[i].name);
}

static void
equal_ones_share_a_rank(void **state)
{
	struct cai cais[] = {{.known = true, .cai_x100 = 7348, .cells = 20},
		{.known = true, .cai_x100 = 8102, .cells = 20},
		{.known = true, .cai_x100 = 7348, .cells = 20},
		{.known = true, .cai_x100 = 5497, .cells = 20},
		{.known = true, .cai_x100 = 9999, .cells = 19}, {.known = false, .cells = 500}};
	const struct cai *list[6];
	const size_t want[6] = {2, 1, 2, 4, 0, 0};
	size_t ranks[6];

	(void)state;
	for (size_t i = 0; i < 6; i++)
		list[i] = &cais[i];
	cai_rank(list, 6, ranks);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(ranks[i], want[i]);
}

/* ---- any cells ------------------------------------------------------------------------------ */

static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static struct cai_cell
any_cell(uint64_t *seed)
{
	struct cai_cell cell = {.market_days = (int64_t)(next_random(seed) % 32)};

	cell.open_days = (int64_t)(next_random(seed) % (uint64_t)(cell.market_days + 1));
	cell.qr_days = (int64_t)(next_random(seed) % (uint64_t)(cell.open_days + 1));
	cell.active_days = (int64_t)(next_random(seed) % (uint64_t)(cell.open_days + 1));
	cell.payers = (int64_t)(next_random(seed) % 12);
	cell.was_active = next_random(seed) % 2 == 0;
	return cell;
}

/* However a unit is split, its sums add up; a figure is never more than full; points add up. */
static void
sums_add_up(void **state)
{
	uint64_t seed = 20261122;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct cai_sums whole = {0}, parts[2] = {{0}};
		struct cai cai;
		int64_t points = 0;

		for (uint64_t n = next_random(&seed) % 60; n > 0; n--) {
			struct cai_cell cell = any_cell(&seed);

			cai_add(&whole, &cell);
			cai_add(&parts[next_random(&seed) % 2], &cell);
		}
		assert_int_equal(whole.open_days, parts[0].open_days + parts[1].open_days);
		assert_int_equal(whole.qr_days, parts[0].qr_days + parts[1].qr_days);
		assert_int_equal(whole.active_days, parts[0].active_days + parts[1].active_days);
		assert_int_equal(whole.cells, parts[0].cells + parts[1].cells);
		assert_int_equal(whole.active, parts[0].active + parts[1].active);
		assert_int_equal(whole.base, parts[0].base + parts[1].base);
		assert_int_equal(whole.kept, parts[0].kept + parts[1].kept);
		cai_compute(&whole, &cai);
		for (enum cai_component i = 0; i < CAI_COMPONENTS; i++) {
			assert_true(cai.figures[i].num <= cai.figures[i].den);
			assert_true(cai.figures[i].pts_x100 <= 100 * cai_component_max(i));
			points += cai.figures[i].pts_x100;
		}
		assert_int_equal(cai.cai_x100, cai.known ? points : 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_worked_example),
		cmocka_unit_test(the_payer_test_holds),
		cmocka_unit_test(which_cells_count),
		cmocka_unit_test(ceilings_clip),
		cmocka_unit_test(published_figures_round_alike),
		cmocka_unit_test(classes_begin_where_they_say),
		cmocka_unit_test(equal_ones_share_a_rank),
		cmocka_unit_test(sums_add_up),
	};

	return cmocka_run_group_tests_name("cai", tests, NULL, NULL);
}
