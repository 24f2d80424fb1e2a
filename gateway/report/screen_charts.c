/* The line of 13 months and the bars of the hours, as whole numbers for an SVG of the page. */
#include "screen.h"
#include "words.h"

/* The months: viewBox 0 0 416 190. */
#define MONTHS 13
#define MONTH_LEFT 26
#define MONTH_STEP 30
#define MONTH_TOP 16
#define MONTH_HEIGHT 140
#define INDEX_MOST 10000
#define GRID_STEP 2500
#define LABEL_EVERY 3 /* months, counted back from the last */

/* The hours: viewBox 0 0 416 150. */
#define HOUR_LEFT 4
#define HOUR_STEP 17
#define HOUR_WIDTH 12
#define HOUR_BASE 126
#define HOUR_HEIGHT 104
#define HOUR_LABEL_EVERY 3
#define CHART_WIDTH 416

static json_t *
point(int64_t x, int64_t y, struct str text)
{
	json_t *json = json_object();

	json_set_i64(json, "x", x);
	json_set_i64(json, "y", y);
	json_set_str(json, "text", text);
	return json;
}

/* ---- months ---------------------------------------------------------------------------------- */

static int64_t
month_x(int i)
{
	return MONTH_LEFT + MONTH_STEP * i + MONTH_STEP / 2;
}

static int64_t
month_y(int64_t x100)
{
	return MONTH_TOP + MONTH_HEIGHT -
	       round_half_up_of(MONTH_HEIGHT, x100 < 0 ? 0 : x100, INDEX_MOST);
}

/* This year's figure of a month, or that of the year before; false: there is none. */
static bool
index_of(const struct report_month *month, bool before, int64_t *x100)
{
	*x100 = before ? month->year_before_x100 : month->cai_x100;
	return before ? month->year_before_known : month->known;
}

/* A line with gaps where there is no figure, and a dot for each that there is. */
static void
set_line(
	const struct screen *screen, json_t *chart, const char *path, const char *dots, bool before)
{
	struct buf line CLEANUP(buf_fini) = {0};
	json_t *list = json_array();
	bool drawing = false;

	for (int i = 0; i < MONTHS; i++) {
		int64_t x100, x = month_x(i);
		bool known = index_of(&screen->report->months[i], before, &x100);

		if (known) {
			buf_addf(&line, "%c%d %d", drawing ? 'L' : 'M', (int)x, (int)month_y(x100));
			json_array_append_new(
				list, point(x, month_y(x100), screen_hundredths(screen, x100)));
		}
		drawing = known;
	}
	json_set_str(chart, path, buf_str(&line));
	json_object_set_new(chart, dots, list);
}

/* "10/2026" */
static struct str
month_name(const struct screen *screen, month_key month)
{
	return arena_printf(screen->arena, "%02d/%d", month % 12 + 1, month / 12);
}

static json_t *
month_labels(const struct screen *screen)
{
	json_t *list = json_array();

	for (int i = (MONTHS - 1) % LABEL_EVERY; i < MONTHS; i += LABEL_EVERY) {
		month_key month = screen->report->months[i].month;

		json_array_append_new(list, point(month_x(i), MONTH_TOP + MONTH_HEIGHT + 20,
						    arena_printf(screen->arena, "%d/%02d",
							    month % 12 + 1, month / 12 % 100)));
	}
	return list;
}

static json_t *
month_grid(const struct screen *screen)
{
	json_t *list = json_array();

	for (int64_t x100 = 0; x100 <= INDEX_MOST; x100 += GRID_STEP)
		json_array_append_new(
			list, point(MONTH_LEFT, month_y(x100),
				      arena_printf(screen->arena, "%d", (int)(x100 / 100))));
	return list;
}

static json_t *
month_rows(const struct screen *screen)
{
	json_t *list = json_array();

	for (int i = 0; i < MONTHS; i++) {
		const struct report_month *month = &screen->report->months[i];
		json_t *row = json_object();

		json_set_str(row, "month", month_name(screen, month->month));
		json_set_str(row, "now",
			month->known ? screen_hundredths(screen, month->cai_x100) : STR(NO_FIGURE));
		json_set_str(row, "before",
			month->year_before_known
				? screen_hundredths(screen, month->year_before_x100)
				: STR(NO_FIGURE));
		json_array_append_new(list, row);
	}
	return list;
}

json_t *
screen_months(const struct screen *screen)
{
	const struct report_month *last = &screen->report->months[MONTHS - 1];
	json_t *chart = json_object();

	json_set_str(chart, "title", str_from(word(W_CHART_MONTHS, screen->language)));
	json_set_str(chart, "now_name", str_from(word(W_CHART_NOW, screen->language)));
	json_set_str(chart, "before_name", str_from(word(W_CHART_YEAR_BEFORE, screen->language)));
	json_object_set_new(chart, "grid", month_grid(screen));
	json_object_set_new(chart, "labels", month_labels(screen));
	set_line(screen, chart, "before_path", "before_dots", true);
	set_line(screen, chart, "now_path", "now_dots", false);
	if (last->known) {
		int64_t y = month_y(last->cai_x100);

		/* Above the point, where the other line is not. */
		if (last->year_before_known && last->year_before_x100 > last->cai_x100)
			y += 24;
		json_object_set_new(chart, "last",
			point(CHART_WIDTH - 2, y - 8, screen_hundredths(screen, last->cai_x100)));
	}
	json_object_set_new(chart, "rows", month_rows(screen));
	return chart;
}

/* ---- hours ----------------------------------------------------------------------------------- */

static json_t *
hour_bars(const struct screen *screen, int64_t most)
{
	const int64_t *hours = screen->report->figures.hours;
	json_t *list = json_array();

	for (int i = 0; i < HOURS && most > 0; i++) {
		int64_t height = round_half_up_of(HOUR_HEIGHT, hours[i], most);
		json_t *bar = point(HOUR_LEFT + HOUR_STEP * i, HOUR_BASE - height,
			screen_count(screen, hours[i]));

		json_set_i64(bar, "width", HOUR_WIDTH);
		json_set_i64(bar, "height", height);
		json_array_append_new(list, bar);
	}
	return list;
}

static json_t *
hour_labels(const struct screen *screen)
{
	json_t *list = json_array();

	for (int i = 0; i < HOURS; i += HOUR_LABEL_EVERY)
		json_array_append_new(
			list, point(HOUR_LEFT + HOUR_STEP * i + HOUR_WIDTH / 2, HOUR_BASE + 18,
				      arena_printf(screen->arena, "%d", i)));
	return list;
}

/* Above the highest bar, and within the picture. */
static json_t *
hour_top(const struct screen *screen, int highest, int64_t most)
{
	int64_t x = HOUR_LEFT + HOUR_STEP * highest + HOUR_WIDTH / 2, room = 30;

	x = x < room ? room : x > CHART_WIDTH - room ? CHART_WIDTH - room : x;
	return point(x, HOUR_BASE - HOUR_HEIGHT - 6, screen_count(screen, most));
}

json_t *
screen_hours(const struct screen *screen)
{
	const int64_t *hours = screen->report->figures.hours;
	json_t *chart = json_object(), *rows = json_array();
	int highest = 0;

	for (int i = 0; i < HOURS; i++) {
		json_t *row = json_object();

		highest = hours[i] > hours[highest] ? i : highest;
		json_set_str(row, "hour", arena_printf(screen->arena, "%02d:00–%02d:59", i, i));
		json_set_str(row, "payments", screen_count(screen, hours[i]));
		json_array_append_new(rows, row);
	}
	json_set_str(chart, "title", str_from(word(W_CHART_HOURS, screen->language)));
	json_object_set_new(chart, "bars", hour_bars(screen, hours[highest]));
	json_object_set_new(chart, "labels", hour_labels(screen));
	if (hours[highest] > 0)
		json_object_set_new(chart, "top", hour_top(screen, highest, hours[highest]));
	json_object_set_new(chart, "rows", rows);
	return chart;
}
