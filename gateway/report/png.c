/* A card for a commune's page or a chat: the index and what it is made of, as a picture. */
#include <cairo.h>

#include "chart.h"
#include "sentence.h"
#include "tiles.h"
#include "words.h"

/* What a shared link shows; letters are large enough for a phone, where it is a third as wide. */
#define CARD_WIDTH 1200
#define CARD_HEIGHT 630
#define EDGE 48.0
#define BAND 128.0 /* with the name of the place */
#define FOOT 72.0
#define LEFT_WIDTH 430.0
#define RIGHT_X (EDGE + LEFT_WIDTH + 54)
#define RIGHT_WIDTH (CARD_WIDTH - RIGHT_X - EDGE)
#define WHITE 0xFFFFFF

/* A picture under way. */
struct card {
	struct pen pen;
	struct arena *arena;
	const struct report *report;
	enum language language;
	struct tile tiles[TILES];
};

static cairo_status_t
add_bytes(void *out, const unsigned char *bytes, unsigned int count)
{
	buf_add(out, (struct str){(const char *)bytes, count});
	return CAIRO_STATUS_SUCCESS;
}

static void
draw_band(struct card *card)
{
	const struct look place = {.size = 44, .bold = true, .capitals = true};
	const struct look line = {.size = 28};
	struct buf text CLEANUP(buf_fini) = {0}, period CLEANUP(buf_fini) = {0};

	pen_colour(&card->pen, ACCENT);
	pen_fill(&card->pen, 0, 0, CARD_WIDTH, BAND);
	pen_colour(&card->pen, WHITE);
	report_place(&text, card->report, card->language);
	pen_fit(&card->pen, &place, buf_str(&text), EDGE, 16, CARD_WIDTH - 2 * EDGE);
	put_period(&period, &card->report->period, card->language);
	buf_clear(&text);
	buf_addf(&text, "%s, %.*s", word(W_CARD_TITLE, card->language), STR_FMT(buf_str(&period)));
	pen_fit(&card->pen, &line, buf_str(&text), EDGE, 76, CARD_WIDTH - 2 * EDGE);
}

/* The index, large. */
static void
draw_index(struct card *card)
{
	const struct look label = {.size = 26}, value = {.size = 128, .bold = true};
	const struct look note = {.size = 40, .bold = true};
	const struct tile *tile = &card->tiles[TILE_INDEX], *rank = &card->tiles[TILE_RANK];
	struct buf text CLEANUP(buf_fini) = {0};
	double y = BAND + 22;

	pen_colour(&card->pen, FAINT);
	pen_fit(&card->pen, &label, tile->label, EDGE, y, LEFT_WIDTH);
	pen_colour(&card->pen, ACCENT);
	pen_fit(&card->pen, &value, tile->value, EDGE, y + 26, LEFT_WIDTH);
	pen_colour(&card->pen, INK);
	pen_fit(&card->pen, &note, tile->note, EDGE, y + 172, LEFT_WIDTH);
	pen_fit(&card->pen, &label, tile->change, EDGE, y + 224, LEFT_WIDTH);
	if (card->report->of == 1)
		return; /* on a card for the public nothing is said of a rank */
	if (rank->note.len == 0)
		buf_addf(&text, "%.*s %.*s", STR_FMT(rank->label), STR_FMT(rank->value));
	else
		buf_add(&text, rank->note);
	pen_fit(&card->pen, &note, buf_str(&text), EDGE, y + 278, LEFT_WIDTH);
	pen_fit(&card->pen, &label, rank->change, EDGE, y + 330, LEFT_WIDTH);
}

static void
draw_payments(struct card *card)
{
	const struct look value = {.size = 36, .bold = true}, label = {.size = 26};
	const struct tile *payments = &card->tiles[TILE_PAYMENTS];
	const struct tile *money = &card->tiles[TILE_VALUE];
	double y = CARD_HEIGHT - FOOT - 92, half = RIGHT_WIDTH / 2;

	pen_colour(&card->pen, INK);
	pen_fit(&card->pen, &value, payments->value, RIGHT_X, y + 30, half - 12);
	if (!card->report->figures.withheld)
		pen_fit(&card->pen, &value, money->value, RIGHT_X + half, y + 30, half);
	pen_colour(&card->pen, FAINT);
	pen_fit(&card->pen, &label, payments->label, RIGHT_X, y, half - 12);
	if (!card->report->figures.withheld)
		pen_fit(&card->pen, &label, money->label, RIGHT_X + half, y, half);
}

/* How far the figures can be trusted, of when they are, and which file they are from. */
static void
draw_foot(struct card *card)
{
	const struct look look = {.size = 23}, small = {.size = 16};
	struct buf text CLEANUP(buf_fini) = {0}, day CLEANUP(buf_fini) = {0};
	double y = CARD_HEIGHT - FOOT, width = CARD_WIDTH - 2 * EDGE;

	pen_colour(&card->pen, TRACK);
	pen_fill(&card->pen, 0, y, CARD_WIDTH, FOOT);
	put_day(&day, day_of(card->report->cut_at_ms, 0), card->language);
	put_words(&text, card->language, W_CARD_STATUS,
		(struct str[]){
			str_from(report_status_word(card->report->figures.status, card->language)),
			buf_str(&day)});
	pen_colour(&card->pen, INK);
	pen_fit(&card->pen, &look, buf_str(&text), EDGE, y + 8, width);
	buf_clear(&text);
	put_last_line(&text, card->report, card->language);
	pen_colour(&card->pen, FAINT);
	pen_fit(&card->pen, &small, buf_str(&text), EDGE, y + 42, width);
}

static void
draw(struct card *card)
{
	struct chart_box bars = {.x = RIGHT_X,
		.y = BAND + 24,
		.width = RIGHT_WIDTH,
		.height = CARD_HEIGHT - FOOT - BAND - 24 - 112,
		.size = 25};

	pen_colour(&card->pen, WHITE);
	cairo_paint(card->pen.cr);
	report_tiles(
		card->arena, card->report, &card->report->year_before, card->language, card->tiles);
	draw_band(card);
	draw_index(card);
	chart_components(&card->pen, &bars, &card->report->figures, card->language);
	draw_payments(card);
	draw_foot(card);
}

static struct err
write_picture(cairo_surface_t *surface, const struct card *card, struct buf *out)
{
	struct buf made CLEANUP(buf_fini) = {0};

	if (cairo_status(card->pen.cr) != CAIRO_STATUS_SUCCESS ||
		cairo_surface_write_to_png_stream(surface, add_bytes, &made) !=
			CAIRO_STATUS_SUCCESS)
		return FAIL(ERR_BROKEN, "the picture could not be drawn");
	buf_add(out, buf_str(&made));
	return OK;
}

struct err
report_png(const struct report *report, enum language language, struct buf *out)
{
	struct typeface *typeface CLEANUP(typeface_cleanup) = NULL;
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct card card = {.arena = arena, .report = report, .language = language};
	cairo_surface_t *surface;
	cairo_t *cr;
	struct err e;

	TRY(typeface_new(TYPEFACE_SERIF, &typeface));
	surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, CARD_WIDTH, CARD_HEIGHT);
	cr = cairo_create(surface);
	pen_init(&card.pen, typeface, cr);
	draw(&card);
	e = write_picture(surface, &card, out);
	pen_fini(&card.pen);
	cairo_destroy(cr);
	cairo_surface_destroy(surface);
	return e;
}
