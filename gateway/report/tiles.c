/* The six figures that stand first: a dash where there is none. */
#include "tiles.h"

#include "sentence.h"
#include "words.h"

/* What a tile is made with. */
struct tiling {
	struct arena *arena;
	const struct report *report;
	const struct report_other *prior;
	enum language language;
	struct buf text; /* emptied into the arena after each use */
};

static struct str
say(struct tiling *to, enum word which, struct str part)
{
	struct buf text CLEANUP(buf_fini) = {0};

	put_words(&text, to->language, which, (struct str[]){part});
	return kept(to->arena, &text);
}

/* What `text` says of a figure that was `then`. */
static void
set_change(struct tiling *to, struct tile *tile, int64_t now, int64_t then)
{
	struct str change = kept(to->arena, &to->text);

	if (str_eq(change, STR(NO_FIGURE)))
		return;
	tile->change = say(
		to, to->prior == &to->report->before ? W_SINCE_BEFORE : W_SINCE_YEAR, change);
	tile->trend = (now > then) - (now < then);
}

static void
index_tile(struct tiling *to, struct tile *tile)
{
	const struct cai *now = &to->report->figures.cai;
	const struct report_other *prior = to->prior;

	tile->label = str_from(word(W_NAME_CAI, to->language));
	if (!now->known)
		return;
	figure_hundredths(&to->text, to->language, now->cai_x100);
	tile->value = kept(to->arena, &to->text);
	tile->note = str_from(report_class(now, to->language));
	if (prior->known && prior->figures.cai.known) {
		figure_put_point_change(
			&to->text, to->language, now->cai_x100, prior->figures.cai.cai_x100);
		set_change(to, tile, now->cai_x100, prior->figures.cai.cai_x100);
	}
}

static void
rank_tile(struct tiling *to, struct tile *tile)
{
	const struct report *report = to->report;
	struct str change;

	tile->label = str_from(word(W_RANK, to->language));
	if (report->rank == 0) {
		tile->note = str_from(word(W_NOT_RANKED, to->language));
		tile->change = unranked_reason(&report->figures, report->unranked, to->language);
		return;
	}
	if (report->of == 1) { /* the first of one: no praise */
		tile->note = str_from(word(W_NOT_RANKED, to->language));
		tile->change = str_from(word(W_RANK_ALONE, to->language));
		return;
	}
	figure_count(&to->text, to->language, (int64_t)report->rank);
	buf_addc(&to->text, '/');
	figure_count(&to->text, to->language, (int64_t)report->of);
	tile->value = kept(to->arena, &to->text);
	if (report->before.rank == 0)
		return;
	figure_put_rank_change(
		&to->text, to->language, (int64_t)report->rank, (int64_t)report->before.rank);
	change = kept(to->arena, &to->text);
	tile->change = say(to, W_SINCE_BEFORE, change);
	tile->trend = (report->rank < report->before.rank) - (report->rank > report->before.rank);
}

static void
active_tile(struct tiling *to, struct tile *tile)
{
	const struct cai_figure *now = &to->report->figures.cai.figures[CAI_ACTIVITY];
	const struct report_other *other = to->prior;
	const struct cai_figure *prior = &other->figures.cai.figures[CAI_ACTIVITY];

	tile->label = str_from(word(W_TILE_ACTIVE, to->language));
	figure_count(&to->text, to->language, now->num);
	buf_addc(&to->text, '/');
	figure_count(&to->text, to->language, now->den);
	tile->note = kept(to->arena, &to->text);
	if (!now->known)
		return;
	figure_rate(&to->text, to->language, now->rate_bp);
	tile->value = kept(to->arena, &to->text);
	if (other->known && prior->known) {
		figure_put_rate_change(&to->text, to->language, now->rate_bp, prior->rate_bp);
		set_change(to, tile, now->rate_bp, prior->rate_bp);
	}
}

static void
payments_tile(struct tiling *to, struct tile *tile)
{
	const struct report_other *prior = to->prior;

	tile->label = str_from(word(W_TILE_PAYMENTS, to->language));
	figure_count(&to->text, to->language, to->report->figures.payments);
	tile->value = kept(to->arena, &to->text);
	if (!prior->known)
		return;
	figure_put_growth(
		&to->text, to->language, to->report->figures.payments, prior->figures.payments);
	set_change(to, tile, to->report->figures.payments, prior->figures.payments);
}

static void
value_tile(struct tiling *to, struct tile *tile)
{
	const struct report_figures *now = &to->report->figures;
	const struct report_other *prior = to->prior;

	tile->label = str_from(word(W_TILE_VALUE, to->language));
	if (now->withheld) {
		tile->note = str_from(word(W_WITHHELD, to->language));
		return;
	}
	figure_millions(&to->text, to->language, now->value);
	tile->value = kept(to->arena, &to->text);
	figure_money(&to->text, to->language, now->value);
	tile->note = kept(to->arena, &to->text);
	if (!prior->known || prior->figures.withheld)
		return;
	figure_put_growth(&to->text, to->language, now->value.dong, prior->figures.value.dong);
	set_change(to, tile, now->value.dong, prior->figures.value.dong);
}

/* T says something only when half of the stalls declared their turnover. */
static void
turnover_tile(struct tiling *to, struct tile *tile)
{
	const struct report_figures *now = &to->report->figures;
	struct share k = now->declared, t = now->turnover;
	struct str rate = STR(NO_FIGURE);

	tile->label = str_from(word(W_TILE_TURNOVER, to->language));
	if (k.den > 0) {
		figure_rate(&to->text, to->language, round_half_up_of(10000, k.num, k.den));
		rate = kept(to->arena, &to->text);
	}
	if (k.den == 0 || 2 * k.num < k.den) {
		tile->note = say(to, W_UNKNOWN_TURNOVER, rate);
	} else if (now->turnover_withheld) {
		tile->note = str_from(word(W_WITHHELD, to->language));
	} else if (t.den > 0) {
		figure_rate(&to->text, to->language, round_half_up_of(10000, t.num, t.den));
		tile->value = kept(to->arena, &to->text);
		tile->note = arena_printf(to->arena, "K = %.*s", STR_FMT(rate));
	}
}

void
report_tiles(struct arena *arena, const struct report *report, const struct report_other *prior,
	enum language language, struct tile tiles[TILES])
{
	struct tiling to = {.arena = arena, .report = report, .prior = prior, .language = language};

	for (int i = 0; i < TILES; i++)
		tiles[i] = (struct tile){.value = STR(NO_FIGURE)};
	index_tile(&to, &tiles[TILE_INDEX]);
	rank_tile(&to, &tiles[TILE_RANK]);
	active_tile(&to, &tiles[TILE_ACTIVE]);
	payments_tile(&to, &tiles[TILE_PAYMENTS]);
	value_tile(&to, &tiles[TILE_VALUE]);
	turnover_tile(&to, &tiles[TILE_TURNOVER]);
	buf_fini(&to.text);
}
