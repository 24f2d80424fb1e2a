/* The list that an inspector walks a market with: a row for each stall, boxes to tick. */
#include <math.h>

#include "chopay/cards.h"
#include "chopay/clock.h"
#include "print_pages.h"

#define MARGIN 34.0
#define INNER (A4_WIDTH - 2 * MARGIN)
#define BOTTOM (A4_HEIGHT - 46)
#define SIZE 8.2
#define PAD 3.0
#define ROW_MIN 24.0 /* room for a pencil */
#define LINE 0.6
#define BOX 11.0
#define SIGN_HEIGHT 70.0 /* of what is written at the end */
#define COLUMNS 10
#define BOXES_FROM 7 /* columns from here on are boxes */
#define LAST_CHARACTERS 4

static const struct {
	const char *words;
	double width;
	enum look_align align;
} columns[COLUMNS] = {
	{"print.list.number", 22, ALIGN_CENTRE},
	{"print.list.stall", 42, ALIGN_START},
	{"print.list.name", 100, ALIGN_START},
	{"print.list.holder", 104, ALIGN_START},
	{"print.list.bank", 62, ALIGN_START},
	{"print.list.last", 32, ALIGN_CENTRE},
	{"print.list.reference", 72, ALIGN_START},
	{"print.list.right", 30, ALIGN_CENTRE},
	{"print.list.wrong", 30, ALIGN_CENTRE},
	{"print.list.missing", 33, ALIGN_CENTRE},
};

struct list {
	const struct cards_print *print;
	struct print_pages pages;
	double y;
	size_t page;
};

static struct str
say(const struct list *list, const char *key)
{
	return words_find(list->print->lang, str_from(key));
}

/* "dd/mm/yyyy" */
static void
put_day(struct buf *out, int64_t ms)
{
	int year, month, mday;

	day_civil(day_of(ms, 0), &year, &month, &mday);
	buf_addf(out, "%02d/%02d/%04d", mday, month, year);
}

/* ---- rows -------------------------------------------------------------------------------------
 */

static void
cells_of(const struct list *list, struct arena *arena, size_t n, struct str cells[COLUMNS])
{
	const struct card *card = &list->print->cards[n];
	size_t len = card->account_no.len;

	cells[0] = arena_printf(arena, "%zu", n + 1);
	cells[1] = card->code;
	cells[2] = card->name;
	cells[3] = len == 0 ? say(list, "print.list.no_account") : card->holder;
	cells[4] = len == 0 ? STR("") : card->bank_name;
	cells[5] = str_cut(
		card->account_no, len > LAST_CHARACTERS ? len - LAST_CHARACTERS : 0, len);
	cells[6] = arena_printf(
		arena, "%.*s %.*s", STR_FMT(card->reference), STR_FMT(card->serial));
}

static double
lay_row(struct list *list, const struct str cells[COLUMNS], bool head)
{
	double highest = head ? 0 : ROW_MIN - 2 * PAD;

	for (size_t i = 0; i < COLUMNS; i++) {
		const struct look look = {.size = SIZE,
			.bold = head || i == 1 || i == 5,
			.align = columns[i].align,
			.lines_max = 5};

		highest = fmax(highest,
			pen_lay(&list->pages.pen, i, &look, cells[i], columns[i].width - 2 * PAD));
	}
	return highest + 2 * PAD;
}

static void
show_row(struct list *list, double height, bool head)
{
	struct pen *pen = &list->pages.pen;
	double x = MARGIN;

	for (size_t i = 0; i < COLUMNS; i++) {
		pen_show(pen, i, x + PAD, list->y + PAD);
		pen_frame(pen, x, list->y, columns[i].width, height, LINE);
		if (i >= BOXES_FROM && !head)
			pen_frame(pen, x + (columns[i].width - BOX) / 2,
				list->y + (height - BOX) / 2, BOX, BOX, 1);
		x += columns[i].width;
	}
	list->y += height;
}

static void
put_head(struct list *list)
{
	struct str cells[COLUMNS];

	for (size_t i = 0; i < COLUMNS; i++)
		cells[i] = say(list, columns[i].words);
	show_row(list, lay_row(list, cells, true), true);
}

/* ---- pages ------------------------------------------------------------------------------------
 */

static void
turn(struct list *list)
{
	const struct look look = {.size = 7.5, .align = ALIGN_CENTRE};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf text CLEANUP(buf_fini) = {0};
	const struct str values[] = {
		list->print->cards[0].market, arena_printf(arena, "%zu", ++list->page)};

	words_fill(&text, say(list, "print.list.page"), values, 2);
	pen_text(&list->pages.pen, &look, buf_str(&text), MARGIN, A4_HEIGHT - 34, INNER);
	print_turn(&list->pages);
	list->y = MARGIN;
}

static void
put_title(struct list *list)
{
	const struct look title = {.size = 15, .bold = true};
	const struct look small = {.size = 9};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf text CLEANUP(buf_fini) = {0}, day CLEANUP(buf_fini) = {0};
	struct pen *pen = &list->pages.pen;
	struct str values[3] = {list->print->cards[0].market};

	list->y = MARGIN;
	list->y += pen_text(pen, &title, say(list, "print.list.title"), MARGIN, list->y, INNER) + 2;
	put_day(&day, list->print->made_ms);
	values[1] = arena_printf(arena, "%zu", list->print->count);
	values[2] = buf_str(&day);
	words_fill(&text, say(list, "print.list.about"), values, 3);
	list->y += pen_text(pen, &small, buf_str(&text), MARGIN, list->y, INNER) + 4;
	list->y += pen_text(pen, &small, say(list, "print.list.how"), MARGIN, list->y, INNER) + 8;
}

static void
put_signature(struct list *list)
{
	const struct look look = {.size = 9};

	if (list->y + SIGN_HEIGHT > BOTTOM)
		turn(list);
	pen_text(
		&list->pages.pen, &look, say(list, "print.list.sign"), MARGIN, list->y + 16, INNER);
}

static void
put_rows(struct list *list)
{
	const struct cards_print *print = list->print;

	put_head(list);
	for (size_t i = 0; i < print->count; i++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct str cells[COLUMNS] = {{0}};
		double height;

		cells_of(list, arena, i, cells);
		height = lay_row(list, cells, false);
		if (list->y + height > BOTTOM) {
			turn(list);
			if (print->drawn != NULL)
				print->drawn(print->arg, i);
			put_head(list);
			height = lay_row(list, cells, false); /* the head lay in its slots */
		}
		show_row(list, height, false);
	}
}

static void
list_fini(struct list *list)
{
	print_fini(&list->pages);
}

struct err
cards_list_pdf(const struct cards_print *print, struct buf *out)
{
	struct list list CLEANUP(list_fini) = {.print = print};

	if (print->count == 0)
		return FAIL(ERR_INVALID, "there is no stall to list");
	TRY(print_open(&list.pages, A4_WIDTH, A4_HEIGHT, say(&list, "print.list.title"),
		print->made_ms, out));
	put_title(&list);
	put_rows(&list);
	put_signature(&list);
	turn(&list);
	return print_finish(&list.pages);
}
