/* A report as a page shows it: the same figures as the other forms, sorted and paged; and where one
 * may go from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/report_places.h"
#include "chopay/report_screen.h"

#include "../support/random_report.h"
#include "../support/sample_report.h"
#include "../support/town.h"

#define RANDOM_REPORTS 300
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct screen_order plain = {
	.language = VIETNAMESE, .query = {"period=2026-06", 14}, .self = {"unit=23059", 10}};

/* "tiles.0.value" of a screen. */
static const json_t *
at(const json_t *value, const char *path)
{
	struct str rest = str_from(path), part;

	while (value != NULL && rest.len > 0) {
		int64_t index;

		str_split(&rest, '.', &part);
		if (json_is_array(value) && str_to_i64(part, &index).code == ERR_OK)
			value = json_array_get(value, (size_t)index);
		else
			value = json_object_getn(value, part.ptr, part.len);
	}
	return value;
}

static void
says(const json_t *screen, const char *path, const char *want)
{
	const json_t *value = at(screen, path);

	if (!json_is_string(value) || strcmp(json_string_value(value), want) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", path,
			json_is_string(value) ? json_string_value(value) : "nothing", want);
}

/* ---- the worked example ------------------------------------------------------------------------
 */

static void
figures_and_what_they_are_made_of(void **state)
{
	static const struct {
		const char *path, *want;
	} rows[] = {
		{"tiles.0.value", "73,48"},
		{"tiles.0.note", "Khá"},
		{"tiles.0.change", "tăng 12,28 điểm so cùng kỳ"},
		{"tiles.0.open.4.text", "73,48/100"},
		{"tiles.2.value", "75,00%"},
		{"tiles.2.open.0.text", "3"},
		{"tiles.2.open.1.text", "4"},
		{"tiles.2.open.3.text", "90%"},
		{"tiles.3.value", "919"},
		{"tiles.4.open.2.text", "75.631 đồng"},
		{"bars.0.points", "14,55/15"},
		{"bars.0.open.0.text", "96"},
		{"bars.0.open.1.text", "99"},
		{"bars.0.behind.href", "/reports/work?unit=23059&reason=no_code"},
		{"bars.3.points", "14,04/20"},
		{"months.rows.7.now", "—"},
		{"months.last.text", "73,48"},
		{"as_of", "03/07/2026"},
	};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	json_t *screen CLEANUP(json_cleanup) = report_screen(
		arena, sample_report(arena, AUDIENCE_BOARD, true), &plain);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		says(screen, rows[i].path, rows[i].want);
	assert_int_equal(json_integer_value(at(screen, "bars.0.width")), 970);
	assert_true(json_is_true(at(screen, "tiles.0.up")));
	assert_true(json_is_false(at(screen, "period_runs")));
	/* A month without a figure is a gap in the line, not a 0. */
	assert_non_null(strstr(json_string_value(at(screen, "months.now_path")), "M2"));
	assert_int_equal(json_array_size(at(screen, "months.now_dots")), 12);
}

static void
withheld_money_is_nowhere(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	json_t *screen CLEANUP(json_cleanup) = report_screen(
		arena, sample_report(arena, AUDIENCE_OFFICIAL, false), &plain);
	struct buf text CLEANUP(buf_fini) = {0};

	(void)state;
	json_write(&text, screen);
	says(screen, "tiles.4.value", "—");
	assert_null(strstr(text.ptr, "69.505.000"));
	assert_null(strstr(text.ptr, "75.631"));
	assert_int_equal(json_array_size(at(screen, "tiles.4.open")), 0);
}

static void
the_first_of_one_is_no_rank(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_OFFICIAL, false);
	json_t *screen CLEANUP(json_cleanup) = NULL;

	(void)state;
	report->rank = report->of = 1;
	report->before.rank = report->before.of = 1;
	screen = report_screen(arena, report, &plain);
	says(screen, "tiles.1.value", "—");
	says(screen, "tiles.1.note", "Chưa xếp hạng");
	says(screen, "tiles.1.change", "không có đơn vị cùng cấp để so");
}

/* Against the period before, where one asks for that; never a text of the other language. */
static void
compared_and_translated(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct screen_order order = plain;

	(void)state;
	order.against = AGAINST_BEFORE;
	order.language = ENGLISH;
	for (uint64_t seed = 1; seed <= RANDOM_REPORTS; seed++) {
		struct report *report = random_report(arena, seed);
		json_t *screen CLEANUP(json_cleanup) = report_screen(arena, report, &order);
		const char *change = json_string_value(at(screen, "tiles.0.change"));
		const char *count = json_string_value(at(screen, "tiles.3.value"));
		struct buf want CLEANUP(buf_fini) = {0};

		if (change[0] != '\0')
			assert_non_null(strstr(change, "on the period before"));
		figure_count(&want, ENGLISH, report->figures.payments);
		assert_string_equal(count, want.ptr);
		assert_int_equal(json_array_size(at(screen, "ranking.rows")), report->row_count);
	}
}

/* ---- sorting -----------------------------------------------------------------------------------
 */

static void
columns_sort(void **state)
{
	static const struct {
		const char *sort, *first, *sorted, *column, *next;
	} rows[] = {
		{"", "2", "ascending", "rank", "?unit=23059&sort=-rank#ranking"},
		{"rank", "1", "ascending", "rank", "?unit=23059&sort=-rank#ranking"},
		{"-rank", "4", "descending", "rank", "?unit=23059&sort=rank#ranking"},
		{"v1", "1", "descending", "v1", "?unit=23059&sort=-v1#ranking"},
		{"-v1", "—", "ascending", "v1", "?unit=23059&sort=v1#ranking"},
		{"cai", "1", "descending", "cai", "?unit=23059&sort=-cai#ranking"},
		{"'; drop", "2", "ascending", "rank", "?unit=23059&sort=-rank#ranking"},
	};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_BOARD, true);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct screen_order order = plain;
		char path[64];

		order.sort = str_from(rows[i].sort);
		json_t *ranking CLEANUP(json_cleanup) = report_screen_ranking(
			arena, report, &order);

		/* What is no column leaves the report's own order. */
		says(ranking, "rows.0.rank", rows[i].first);
		snprintf(path, sizeof(path), "heads.%s.sorted", rows[i].column);
		says(ranking, path, rows[i].sorted);
		snprintf(path, sizeof(path), "heads.%s.href", rows[i].column);
		says(ranking, path, rows[i].next);
	}
}

/* Money that is withheld is 0 in the struct: by its place among the others it tells nothing. */
static void
withheld_rows_stand_last(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_BOARD, true);
	struct screen_order order = plain;

	(void)state;
	report->rows[0].figures.withheld = true;
	for (int back = 0; back < 2; back++) {
		char path[32];

		order.sort = back ? STR("-v2") : STR("v2");
		json_t *ranking CLEANUP(json_cleanup) = report_screen_ranking(
			arena, report, &order);

		snprintf(path, sizeof(path), "rows.%zu.v2", report->row_count - 1);
		says(ranking, path, "không công bố");
	}
}

/* ---- the work list -----------------------------------------------------------------------------
 */

static void
work_is_paged(void **state)
{
	static const struct {
		struct screen_work work;
		const char *total;
		int64_t shown, previous, next; /* -1: none */
	} rows[] = {
		{{-1, {"", 0}, 0, 100}, "5", 5, -1, -1},
		{{-1, {"", 0}, 0, 2}, "5", 2, -1, 2},
		{{-1, {"", 0}, 2, 2}, "5", 2, 0, 4},
		{{-1, {"", 0}, 4, 2}, "5", 1, 2, -1},
		{{-1, {"", 0}, 99, 2}, "5", 2, -1, 2},
		{{WORK_FLAGGED, {"", 0}, 0, 2}, "1", 1, -1, -1},
		{{-1, {"HAMDUC", 6}, 0, 2}, "1", 1, -1, -1},
		{{WORK_FLAGGED, {"HAMDUC", 6}, 0, 2}, "0", 0, -1, -1},
	};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_OFFICIAL, false);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *list CLEANUP(json_cleanup) = report_screen_work(
			arena, report, &plain, &rows[i].work);
		const json_t *previous = at(list, "previous"), *next = at(list, "next");

		says(list, "total", rows[i].total);
		assert_int_equal(json_array_size(at(list, "table.rows")), rows[i].shown);
		assert_int_equal(json_is_integer(previous) ? json_integer_value(previous) : -1,
			rows[i].previous);
		assert_int_equal(
			json_is_integer(next) ? json_integer_value(next) : -1, rows[i].next);
		assert_int_equal(json_array_size(at(list, "markets")), 2);
	}
	assert_int_equal(report_work_reason(STR("dropped")), WORK_DROPPED);
	assert_int_equal(report_work_reason(STR("nothing")), WORK_REASONS);
}

/* ---- places ------------------------------------------------------------------------------------
 */

static bool
has(const struct place *places, size_t count, const char *code)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(places[i].code, str_from(code)))
			return true;
	}
	return false;
}

static struct places
look(struct town *town, const char *root, const char *market, enum report_scope scope,
	const char *code)
{
	const struct places_request request = {.root = str_from(root),
		.market = str_from(market),
		.scope = scope,
		.code = str_from(code),
		.today = town_date("2026-07-20")};
	struct places places;

	assert_int_equal(report_places(town->db, town->arena, &request, &places).code, ERR_OK);
	return places;
}

static void
only_what_is_below_the_root(void **state)
{
	struct town *town = *state;
	int64_t here = town_market(town, "HERE", 0), there = town_market(town, "THERE", 0);
	struct places places;

	town_attach(town, here, "23059", "", "");
	town_attach(town, there, "20467", "", "");
	places = look(town, "", "", SCOPE_MARKET, "HERE");
	assert_true(has(places.units, places.unit_count, "68"));
	assert_true(has(places.units, places.unit_count, "48"));
	assert_true(str_eq(places.home.code, STR("VN")));
	assert_int_equal(places.crumb_count, 4); /* the country, 68, 23059, the market */
	assert_true(has(places.markets, places.market_count, "HERE"));
	assert_false(has(places.markets, places.market_count, "THERE"));

	places = look(town, "68", "", SCOPE_MARKET, "HERE");
	assert_true(str_eq(places.home.code, STR("68")));
	assert_false(has(places.units, places.unit_count, "VN"));
	assert_false(has(places.units, places.unit_count, "48"));
	assert_int_equal(places.crumb_count, 3);
	assert_true(str_eq(places.crumbs[0].code, STR("68")));

	places = look(town, "68", "", SCOPE_MARKET, "THERE");
	assert_int_equal(places.crumb_count, 0);
	assert_int_equal(places.market_count, 0);

	places = look(town, "", "THERE", SCOPE_MARKET, "THERE");
	assert_int_equal(places.unit_count, 0);
	assert_int_equal(places.former_count, 0);
	assert_int_equal(places.market_count, 1);
	assert_int_equal(places.crumb_count, 1);
	assert_true(places.home.scope == SCOPE_MARKET);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_and_what_they_are_made_of),
		cmocka_unit_test(withheld_money_is_nowhere),
		cmocka_unit_test(the_first_of_one_is_no_rank),
		cmocka_unit_test(compared_and_translated),
		cmocka_unit_test(columns_sort),
		cmocka_unit_test(withheld_rows_stand_last),
		cmocka_unit_test(work_is_paged),
		cmocka_unit_test_setup_teardown(
			only_what_is_below_the_root, town_setup, town_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
