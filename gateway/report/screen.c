/* The one screen of a report: its head, its tiles, its bars, and the parts of the other files. */
#include "screen.h"

#include "chopay/clock.h"
#include "chopay/plain.h"
#include "sentence.h"
#include "tiles.h"
#include "words.h"

#define BAR_WIDTH 1000 /* of a bar that is full, in its viewBox */

/* ---- texts ----------------------------------------------------------------------------------- */

/* {label, text} */
static json_t *
screen_pair(struct str label, struct str text)
{
	json_t *pair = json_object();

	json_set_str(pair, "label", label);
	json_set_str(pair, "text", text);
	return pair;
}

struct str
screen_count(const struct screen *screen, int64_t count)
{
	struct buf text CLEANUP(buf_fini) = {0};

	figure_count(&text, screen->language, count);
	return kept(screen->arena, &text);
}

struct str
screen_hundredths(const struct screen *screen, int64_t x100)
{
	struct buf text CLEANUP(buf_fini) = {0};

	figure_hundredths(&text, screen->language, x100);
	return kept(screen->arena, &text);
}

static struct str
screen_rate(const struct screen *screen, int64_t num, int64_t den)
{
	struct buf text CLEANUP(buf_fini) = {0};

	if (den == 0)
		return STR(NO_FIGURE);
	figure_rate(&text, screen->language, round_half_up_of(10000, num, den));
	return kept(screen->arena, &text);
}

struct str
screen_part(const struct screen *screen, struct share share)
{
	struct buf text CLEANUP(buf_fini) = {0};

	figure_part(&text, screen->language, share.num, share.den);
	return kept(screen->arena, &text);
}

static struct str
screen_money(const struct screen *screen, struct vnd amount)
{
	struct buf text CLEANUP(buf_fini) = {0};

	figure_money(&text, screen->language, amount);
	return kept(screen->arena, &text);
}

struct str
screen_name(const struct screen *screen, struct str name)
{
	struct buf text CLEANUP(buf_fini) = {0};

	plain_put(&text, name);
	return kept(screen->arena, &text);
}

static void
add_pair(const struct screen *screen, json_t *list, enum word label, struct str text)
{
	json_array_append_new(list, screen_pair(str_from(word(label, screen->language)), text));
}

/* ---- the head -------------------------------------------------------------------------------- */

static void
set_head(const struct screen *screen, json_t *data)
{
	const struct report *report = screen->report;
	struct header_line lines[HEADER_LINES];
	size_t count = report_header(screen->arena, report, screen->language, lines);
	struct buf text CLEANUP(buf_fini) = {0};
	json_t *header = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(header, screen_pair(lines[i].label, lines[i].value));
	json_object_set_new(data, "header", header);
	report_title(&text, report, screen->language);
	json_set_str(data, "title", buf_str(&text));
	buf_clear(&text);
	report_place(&text, report, screen->language);
	json_set_str(data, "place", buf_str(&text));
	json_set_str(data, "name", screen_name(screen, report->name));
	buf_clear(&text);
	put_period(&text, &report->period, screen->language);
	json_set_str(data, "period_title", buf_str(&text));
	buf_clear(&text);
	put_last_line(&text, report, screen->language);
	json_set_str(data, "foot", buf_str(&text));
	json_object_set_new(data, "period_runs", json_boolean(report_runs(report)));
	buf_clear(&text);
	put_day(&text, day_of(report->cut_at_ms, 0), screen->language);
	json_set_str(data, "as_of", buf_str(&text));
}

/* ---- what figures are made of ---------------------------------------------------------------- */

static const struct {
	enum word name, num, den;
	enum work_reason work; /* the stalls that lower it */
} components[CAI_COMPONENTS] = {
	[CAI_COVERAGE] = {W_NAME_P, W_P_NUM, W_P_DEN, WORK_NO_CODE},
	[CAI_ACTIVITY] = {W_NAME_H, W_H_NUM, W_H_DEN, WORK_INACTIVE},
	[CAI_RHYTHM] = {W_NAME_N, W_N_NUM, W_N_DEN, WORK_SILENT_HOURS},
	[CAI_RETENTION] = {W_NAME_D, W_D_NUM, W_D_DEN, WORK_DROPPED},
};

static struct str
points_of(const struct screen *screen, const struct cai_figure *figure, int64_t most)
{
	if (!figure->known)
		return arena_printf(screen->arena, "%s/%d", NO_FIGURE, (int)most);
	return arena_printf(screen->arena, "%.*s/%d",
		STR_FMT(screen_hundredths(screen, figure->pts_x100)), (int)most);
}

/* What the figure of a component is made of: num, den, rate, points. */
static json_t *
screen_component(const struct screen *screen, const struct cai *cai, enum cai_component component)
{
	const struct cai_figure *figure = &cai->figures[component];
	json_t *open = json_array();

	add_pair(screen, open, components[component].num, screen_count(screen, figure->num));
	add_pair(screen, open, components[component].den, screen_count(screen, figure->den));
	add_pair(screen, open, W_RATE, screen_rate(screen, figure->num, figure->den));
	add_pair(screen, open, W_FULL_POINTS_AT,
		arena_printf(screen->arena, "%d%%", (int)cai_component_ceiling(component)));
	add_pair(screen, open, W_POINTS, points_of(screen, figure, cai_component_max(component)));
	return open;
}

/* What the index is made of: its four parts. */
static json_t *
screen_index(const struct screen *screen, const struct cai *cai)
{
	json_t *open = json_array();

	for (int i = 0; i < CAI_COMPONENTS; i++)
		add_pair(screen, open, components[i].name,
			points_of(screen, &cai->figures[i],
				cai_component_max((enum cai_component)i)));
	if (cai->known)
		add_pair(screen, open, W_POINTS_SUM,
			arena_printf(screen->arena, "%.*s/100",
				STR_FMT(screen_hundredths(screen, cai->cai_x100))));
	return open;
}

static json_t *
open_payments(const struct screen *screen)
{
	const struct report_figures *figures = &screen->report->figures;
	json_t *open = json_array();

	for (int i = 0; i < CODE_KINDS; i++)
		add_pair(screen, open, (enum word)(W_CODE_MERCHANT + i),
			screen_part(screen, (struct share){figures->kinds[i], figures->payments}));
	if (figures->sums.open_days > 0)
		add_pair(screen, open, W_NAME_V4,
			arena_printf(screen->arena, "%.*s/%.*s = %.*s",
				STR_FMT(screen_count(screen, figures->payments)),
				STR_FMT(screen_count(screen, figures->sums.open_days)),
				STR_FMT(screen_hundredths(
					screen, round_half_up_of(100, figures->payments,
							figures->sums.open_days)))));
	return open;
}

static json_t *
open_value(const struct screen *screen)
{
	const struct report_figures *figures = &screen->report->figures;
	json_t *open = json_array();

	if (figures->withheld || figures->payments == 0)
		return open;
	add_pair(screen, open, W_NAME_V2, screen_money(screen, figures->value));
	add_pair(screen, open, W_NAME_V1, screen_count(screen, figures->payments));
	add_pair(screen, open, W_NAME_V3,
		screen_money(screen,
			(struct vnd){round_half_up(figures->value.dong, figures->payments)}));
	if (figures->median_known)
		add_pair(screen, open, W_NAME_V3M, screen_money(screen, figures->median));
	return open;
}

static json_t *
open_turnover(const struct screen *screen)
{
	const struct report_figures *figures = &screen->report->figures;
	struct share t = figures->turnover, k = figures->declared;
	json_t *open = json_array();

	if (k.den > 0)
		add_pair(screen, open, W_NAME_K, screen_part(screen, k));
	if (k.den > 0 && 2 * k.num >= k.den && !figures->turnover_withheld && t.den > 0) {
		add_pair(screen, open, W_TURNOVER_PAID, screen_money(screen, (struct vnd){t.num}));
		add_pair(screen, open, W_TURNOVER_DECLARED,
			screen_money(screen, (struct vnd){t.den}));
		add_pair(screen, open, W_ABOVE_DECLARED,
			screen_count(screen, figures->above_declared));
	}
	return open;
}

static json_t *
open_tile(const struct screen *screen, enum tile_of which)
{
	const struct cai *cai = &screen->report->figures.cai;

	switch (which) {
	case TILE_INDEX:
		return screen_index(screen, cai);
	case TILE_ACTIVE:
		return screen_component(screen, cai, CAI_ACTIVITY);
	case TILE_PAYMENTS:
		return open_payments(screen);
	case TILE_VALUE:
		return open_value(screen);
	case TILE_TURNOVER:
		return open_turnover(screen);
	case TILE_RANK:
		break;
	}
	return json_array();
}

/* ---- tiles and bars -------------------------------------------------------------------------- */

/* What changes are shown since. */
static const struct report_other *
compared_with(const struct screen *screen)
{
	return screen->order->against == AGAINST_BEFORE ? &screen->report->before
							: &screen->report->year_before;
}

static json_t *
tiles_of(const struct screen *screen)
{
	const struct report *report = screen->report;
	const struct report_other *prior = compared_with(screen);
	struct tile tiles[TILES];
	json_t *list = json_array();

	report_tiles(screen->arena, report, prior, screen->language, tiles);
	for (int i = 0; i < TILES; i++) {
		json_t *tile = json_object(), *open = open_tile(screen, (enum tile_of)i);

		json_set_str(tile, "label", tiles[i].label);
		json_set_str(tile, "value", tiles[i].value);
		json_set_str(tile, "note", tiles[i].note);
		json_set_str(tile, "change", tiles[i].change);
		json_object_set_new(tile, "up", json_boolean(tiles[i].trend > 0));
		json_object_set_new(tile, "down", json_boolean(tiles[i].trend < 0));
		json_object_set_new(tile, "open", open);
		json_object_set_new(tile, "opens", json_boolean(json_array_size(open) > 0));
		json_array_append_new(list, tile);
	}
	return list;
}

/* Who is missing from the figure, as far as the work list names them. */
static void
set_stalls_behind(const struct screen *screen, json_t *bar, enum work_reason reason)
{
	const json_t *reasons = json_object_get(screen->work, "reasons");
	json_t *behind = json_array_get(reasons, (size_t)reason);

	if (json_object_get(behind, "href") != NULL)
		json_object_set(bar, "behind", behind);
}

/* Points since the period that is compared with, where both have them. */
static void
set_bar_change(const struct screen *screen, json_t *bar, enum cai_component component)
{
	const struct report_other *prior = compared_with(screen);
	const struct cai_figure *now = &screen->report->figures.cai.figures[component];
	const struct cai_figure *then = &prior->figures.cai.figures[component];
	struct buf change CLEANUP(buf_fini) = {0}, text CLEANUP(buf_fini) = {0};

	if (!prior->known || !now->known || !then->known)
		return;
	figure_put_point_change(&change, screen->language, now->pts_x100, then->pts_x100);
	put_words(&text, screen->language,
		prior == &screen->report->before ? W_SINCE_BEFORE : W_SINCE_YEAR,
		(struct str[]){buf_str(&change)});
	json_set_str(bar, "change", buf_str(&text));
	json_object_set_new(bar, "up", json_boolean(now->pts_x100 > then->pts_x100));
	json_object_set_new(bar, "down", json_boolean(now->pts_x100 < then->pts_x100));
}

static json_t *
bars_of(const struct screen *screen)
{
	const struct cai *cai = &screen->report->figures.cai;
	json_t *list = json_array();

	for (int i = 0; i < CAI_COMPONENTS; i++) {
		enum cai_component component = (enum cai_component)i;
		const struct cai_figure *figure = &cai->figures[i];
		int64_t most = cai_component_max(component);
		json_t *bar = json_object();

		json_set_str(bar, "label", str_from(word(components[i].name, screen->language)));
		json_set_str(bar, "points", points_of(screen, figure, most));
		json_set_i64(bar, "width",
			figure->known ? round_half_up_of(BAR_WIDTH, figure->pts_x100, 100 * most)
				      : 0);
		json_object_set_new(bar, "open", screen_component(screen, cai, component));
		set_bar_change(screen, bar, component);
		set_stalls_behind(screen, bar, components[i].work);
		json_array_append_new(list, bar);
	}
	return list;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static struct screen
screen_of(struct arena *arena, const struct report *report, const struct screen_order *order)
{
	return (struct screen){arena, report, order, order->language, NULL};
}

json_t *
report_screen(struct arena *arena, const struct report *report, const struct screen_order *order)
{
	struct screen screen = screen_of(arena, report, order);
	json_t *data = json_object();

	screen.work = screen_work_counts(&screen);
	json_object_set_new(data, "work", screen.work);
	set_head(&screen, data);
	json_object_set_new(data, "tiles", tiles_of(&screen));
	json_object_set_new(data, "bars", bars_of(&screen));
	json_object_set_new(data, "months", screen_months(&screen));
	json_object_set_new(data, "hours", screen_hours(&screen));
	json_object_set_new(
		data, "ranking", report->row_count > 0 ? screen_ranking(&screen) : json_null());
	json_object_set_new(data, "targets", screen_table(&screen, TABLE_TARGETS));
	json_object_set_new(data, "quality", screen_table(&screen, TABLE_QUALITY));
	json_object_set_new(data, "beside", screen_table(&screen, TABLE_BESIDE));
	return data;
}

json_t *
report_screen_ranking(
	struct arena *arena, const struct report *report, const struct screen_order *order)
{
	const struct screen screen = screen_of(arena, report, order);

	return screen_ranking(&screen);
}
