/* The cards of a market: who can have one, and all of them in one file. */
#include "chopay/cards.h"

#include <string.h>

#include "card.h"
#include "print_pages.h"
#include "vietqr.h"

#define SERIAL_LETTERS 8
#define MARK 14.0 /* length of a mark to cut along */

static const struct {
	const char *name, *text;
} faults[CARD_FAULTS] = {
	[CARD_FITS] = {"", ""},
	[CARD_CLOSED] = {"closed", "the stall is closed in the register"},
	[CARD_NO_ACCOUNT] = {"no-account",
		"the register has no account for it: import one, then print"},
	[CARD_NO_HOLDER] = {"no-holder",
		"the register has no holder's name for its account: without it nobody could see"
		" that a card was swapped"},
	[CARD_NO_CODE] = {"no-code", "its account in the register makes no valid VietQR"},
};

const char *
card_fault_name(enum card_fault fault)
{
	return faults[fault].name;
}

const char *
card_fault_text(enum card_fault fault)
{
	return faults[fault].text;
}

/* ---- one card ---------------------------------------------------------------------------------
 */

struct str
card_serial(const struct crypt *crypt, struct arena *arena, const struct stall *stall, int issue)
{
	static const char LETTERS[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned char digest[SHA256_SIZE];
	char serial[SERIAL_LETTERS + 1] = {0};
	uint64_t bits = 0;

	crypt_sha256(crypt,
		arena_printf(arena, "chopay card\n%.*s\n%.*s\n%.*s\n%d", STR_FMT(stall->reference),
			STR_FMT(stall->bank_bin), STR_FMT(stall->account_no), issue),
		digest);
	for (size_t i = 0; i < SERIAL_LETTERS * 5 / 8; i++)
		bits = bits << 8 | digest[i];
	for (size_t i = 0; i < SERIAL_LETTERS; i++)
		serial[i] = LETTERS[bits >> 5 * (SERIAL_LETTERS - 1 - i) & 31];
	return arena_printf(arena, "%s-%d", serial, issue);
}

static bool
put_text(char *into, size_t size, struct str text)
{
	if (text.len >= size)
		return false;
	if (text.len > 0)
		memcpy(into, text.ptr, text.len);
	into[text.len] = '\0';
	return true;
}

struct err
card_payload(struct arena *arena, const struct card *card, struct str *text)
{
	struct vietqr code = {0};
	char out[VIETQR_TEXT_SIZE];

	if (!put_text(code.bank_bin, sizeof(code.bank_bin), card->bank_bin) ||
		!put_text(code.account_no, sizeof(code.account_no), card->account_no) ||
		!put_text(code.memo, sizeof(code.memo), card->reference) ||
		vietqr_encode(&code, out) != VIETQR_OK)
		return FAIL(ERR_INVALID, "the account in the register makes no valid code");
	*text = arena_copy(arena, str_from(out));
	return OK;
}

enum card_fault
card_of_stall(const struct crypt *crypt, struct arena *arena, const struct stall *stall, int issue,
	int32_t today, struct card *card)
{
	struct str text;

	*card = (struct card){
		.code = stall->code,
		.name = stall->name,
		.market = stall->market_name,
		.bank_bin = stall->bank_bin,
		.bank_name = stall->bank_short_name.len > 0 ? stall->bank_short_name
							    : stall->bank_bin,
		.account_no = stall->account_no,
		.holder = stall->account_holder,
		.reference = stall->reference,
	};
	if (stall->close_day <= today)
		return CARD_CLOSED;
	if (stall->account_no.len == 0)
		return CARD_NO_ACCOUNT;
	card->serial = card_serial(crypt, arena, stall, issue);
	if (str_trim(stall->account_holder).len == 0)
		return CARD_NO_HOLDER;
	return card_payload(arena, card, &text).code == ERR_OK ? CARD_FITS : CARD_NO_CODE;
}

/* ---- all of them ------------------------------------------------------------------------------
 */

bool
card_size_of(struct str word, enum card_size *size)
{
	static const char *const words[] = {[CARD_A6] = "A6", [CARD_A5] = "A5", [CARD_A4] = "A4"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq_nocase(word, str_from(words[i]))) {
			*size = (enum card_size)i;
			return true;
		}
	return false;
}

struct layout {
	double width, height, scale; /* of the page; of a card's A6 */
	size_t across, down;	     /* cards on it */
};

static const struct layout layouts[] = {
	[CARD_A6] = {105 * MM, 148 * MM, 1, 1, 1},
	[CARD_A5] = {148 * MM, 210 * MM, 148.0 / 105, 1, 1},
	[CARD_A4] = {A4_WIDTH, A4_HEIGHT, 1, 2, 2},
};

/* Two cuts through the middle part four cards: marks at the page's edges and where they cross,
 * and scattered dots between for scissors. */
static void
draw_marks(struct pen *pen, const struct layout *layout)
{
	static const double dots[] = {0.6, 5};
	double x = layout->width / 2, y = layout->height / 2;

	pen_line(pen, x, 0, x, MARK, 0.6);
	pen_line(pen, x, layout->height - MARK, x, layout->height, 0.6);
	pen_line(pen, 0, y, MARK, y, 0.6);
	pen_line(pen, layout->width - MARK, y, layout->width, y, 0.6);
	pen_line(pen, x - MARK / 2, y, x + MARK / 2, y, 0.6);
	pen_line(pen, x, y - MARK / 2, x, y + MARK / 2, 0.6);
	cairo_set_dash(pen->cr, dots, 2, 0);
	pen_line(pen, x, MARK, x, layout->height - MARK, 0.6);
	pen_line(pen, MARK, y, layout->width - MARK, y, 0.6);
	cairo_set_dash(pen->cr, NULL, 0, 0);
}

/* The middle of the n-th place of the page. */
static struct err
draw_at(struct pen *pen, const struct layout *layout, size_t place, const struct card *card)
{
	double width = layout->width / (double)layout->across;
	double height = layout->height / (double)layout->down;
	struct err err;

	cairo_save(pen->cr);
	cairo_translate(pen->cr,
		(double)(place % layout->across) * width + (width - CARD_WIDTH * layout->scale) / 2,
		(double)(place / layout->across) * height +
			(height - CARD_HEIGHT * layout->scale) / 2);
	cairo_scale(pen->cr, layout->scale, layout->scale);
	err = card_draw(pen, card);
	cairo_restore(pen->cr);
	return err;
}

static struct err
draw_pages(struct print_pages *pages, const struct cards_print *print)
{
	const struct layout *layout = &layouts[print->size];
	size_t places = layout->across * layout->down;

	for (size_t i = 0; i < print->count; i += places) {
		size_t last = i + places < print->count ? i + places : print->count;

		if (places > 1)
			draw_marks(&pages->pen, layout);
		for (size_t n = i; n < last; n++)
			TRY(draw_at(&pages->pen, layout, n - i, &print->cards[n]));
		print_turn(pages);
		if (print->drawn != NULL)
			print->drawn(print->arg, last);
	}
	return OK;
}

struct err
cards_pdf(const struct cards_print *print, struct buf *out)
{
	const struct layout *layout = &layouts[print->size];
	struct print_pages pages CLEANUP(print_fini) = {0};
	struct buf title CLEANUP(buf_fini) = {0};

	if (print->count == 0)
		return FAIL(ERR_INVALID, "there is no card to print");
	words_fill(&title, words_find(VIETNAMESE, STR("print.card.title")), &print->cards[0].market,
		1);
	TRY(print_open(
		&pages, layout->width, layout->height, buf_str(&title), print->made_ms, out));
	TRY(draw_pages(&pages, print));
	return print_finish(&pages);
}
