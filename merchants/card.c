/* A stall's card, from the top: whose it is, the code, whose name the app must show, how to pay. */
#include "card.h"

#include "how_to.h"
#include "qr_shape.h"

#define MM (72 / 25.4)
#define MARGIN 17.0 /* 6 mm: what printers leave white, and a guillotine misses */
#define INNER (CARD_WIDTH - 2 * MARGIN)
#define QR_SIDE (54 * MM) /* with its quiet zone; 25 mm would do */
#define INK 0x000000
#define NAME_SIZE 20.0
#define NAME_SIZE_LONG 12.0
#define GROUP 4 /* characters of an account number between two blanks */

static struct str
vi(const char *key)
{
	return words_find(VIETNAMESE, str_from(key));
}

static struct str
en(const char *key)
{
	return words_find(ENGLISH, str_from(key));
}

/* What it is for and its stall; the height used. */
static double
draw_head(struct pen *pen, const struct card *card, double y)
{
	const struct look market = {.size = 8.5, .capitals = true, .lines_max = 1};
	const struct look code = {.size = 8.5, .bold = true, .align = ALIGN_END, .lines_max = 1};
	const struct look name = {.size = 17, .bold = true, .align = ALIGN_CENTRE};
	struct str place = card->code;
	double at = y, code_width = pen_width(pen, &code, place);

	code_width = code_width < INNER / 2 ? code_width : INNER / 2;
	pen_text(pen, &market, card->market, MARGIN, at, INNER - code_width - 8);
	at += pen_text(pen, &code, place, MARGIN + INNER - code_width, at, code_width) + 1;
	pen_line(pen, MARGIN, at + 1, MARGIN + INNER, at + 1, 1);
	at += 4;
	at += pen_fit(pen, &name, card->name, MARGIN, at, INNER);
	return at - y;
}

static double
draw_code(struct pen *pen, const struct picture *picture, double y)
{
	const struct look scan = {.size = 13, .bold = true, .align = ALIGN_CENTRE};
	const struct look small = {.size = 6.8, .align = ALIGN_CENTRE};
	double at = y, left = (CARD_WIDTH - QR_SIDE) / 2;

	at += pen_text(pen, &scan, vi("print.card.scan"), MARGIN, at, INNER);
	at += pen_text(pen, &small, en("print.card.scan"), MARGIN, at, INNER) + 3;
	qr_shape(pen->cr, picture, left, at, QR_SIDE);
	pen_frame(pen, left, at, QR_SIDE, QR_SIDE, 1.2);
	return at + QR_SIDE - y;
}

/* One line; a long name of a household in two smaller ones, since none of it may be cut off. */
static double
draw_name(struct pen *pen, struct str holder, double y)
{
	const struct look large = {
		.size = NAME_SIZE, .bold = true, .capitals = true, .align = ALIGN_CENTRE};
	struct look small = large;
	double width = INNER - 12;

	small.size = NAME_SIZE_LONG;
	small.lines_max = 2;
	if (pen_width(pen, &small, holder) > width)
		return pen_text(pen, &small, holder, MARGIN + 6, y, width);
	return pen_fit(pen, &large, holder, MARGIN + 6, y, width);
}

/* The one thing that a swapped card cannot have right: the name that the bank shows. */
static double
draw_holder(struct pen *pen, const struct card *card, double y)
{
	const struct look must = {.size = 9, .align = ALIGN_CENTRE};
	const struct look other = {.size = 8, .bold = true, .align = ALIGN_CENTRE};
	const struct look small = {.size = 6.5, .align = ALIGN_CENTRE};
	double at = y + 3;

	at += pen_text(pen, &must, vi("print.card.holder"), MARGIN, at, INNER);
	at += draw_name(pen, card->holder, at);
	at += pen_text(pen, &other, vi("print.card.other"), MARGIN, at, INNER);
	at += pen_text(pen, &small, en("print.card.other"), MARGIN, at, INNER) + 3;
	pen_frame(pen, MARGIN, y, INNER, at - y, 2);
	return at - y;
}

/* 9704 0500 12: in groups that an eye can compare. */
static struct str
grouped(struct arena *arena, struct str number)
{
	struct buf text CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < number.len; i++) {
		/* No single character is left alone at the end. */
		if (i > 0 && i % GROUP == 0 && number.len - i > 1)
			buf_addc(&text, ' ');
		buf_addc(&text, number.ptr[i]);
	}
	return arena_copy(arena, buf_str(&text));
}

static double
draw_account(struct pen *pen, const struct card *card, double y)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	const struct look strong = {.size = 11.5, .bold = true, .align = ALIGN_CENTRE};
	const struct look plain = {.size = 8.5, .align = ALIGN_CENTRE};
	struct str account = arena_printf(arena, "%.*s · %.*s", STR_FMT(card->bank_name),
		STR_FMT(grouped(arena, card->account_no)));
	struct str memo = arena_printf(
		arena, "%.*s: %.*s", STR_FMT(vi("print.card.memo")), STR_FMT(card->reference));
	double at = y;

	at += pen_fit(pen, &strong, account, MARGIN, at, INNER) + 0.5;
	at += pen_fit(pen, &plain, memo, MARGIN, at, INNER);
	return at - y;
}

static void
draw_foot(struct pen *pen, const struct card *card)
{
	const struct look left = {.size = 6.5};
	const struct look right = {.size = 6.5, .bold = true, .align = ALIGN_END};
	struct buf text CLEANUP(buf_fini) = {0};
	double y = CARD_HEIGHT - MARGIN - 4;

	pen_text(pen, &left, vi("print.card.any_app"), MARGIN, y, INNER * 0.7);
	words_fill(&text, vi("print.card.serial"), &card->serial, 1);
	pen_text(pen, &right, buf_str(&text), MARGIN + INNER * 0.6, y, INNER * 0.4);
}

struct err
card_draw(struct pen *pen, const struct card *card)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct picture *picture CLEANUP(picture_cleanup) = NULL;
	double y = MARGIN;
	struct str text;

	TRY(card_payload(arena, card, &text));
	TRY(picture_new_paper(text, &picture));
	pen_colour(pen, INK);
	y += draw_head(pen, card, y) + 3;
	y += draw_code(pen, picture, y) + 6;
	y += draw_holder(pen, card, y) + 4;
	y += draw_account(pen, card, y) + 6;
	how_to_draw(pen, MARGIN, y, INNER);
	draw_foot(pen, card);
	return OK;
}
