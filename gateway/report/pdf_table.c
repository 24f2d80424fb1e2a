/* A table on the pages of a PDF. */
#include "pdf_table.h"

#include <assert.h>
#include <math.h>

#include "chart.h"
#include "columns.h"

#define PAD_X 2.5
#define PAD_Y 2.0
#define HAIR 0.4
#define TICK 9.0	/* the side of a box to tick */
#define WORD_LEAST 8	/* a column of text is so many letters' heights wide, if its words are */
#define TICKED_ROW 24.0 /* room to write a word */
#define TITLE_SIZE 12
#define SLOT(column) ((column) + 2)
#define ROW_LINES 1.25 /* the height of a line, of its letters' size */

/* Tried in turn, until all words of the heads and all numbers stand in one piece. */
static const struct {
	bool landscape;
	double size;
} layouts[] = {{false, 10}, {false, 9}, {true, 10}, {true, 9}, {true, 8}, {true, 7}, {true, 6.5}};
#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

/* ---- widths ---------------------------------------------------------------------------------- */

static bool
is_text(const struct table *table, size_t column)
{
	return table->types[column] == CELL_TEXT;
}

static struct column_need
column_need(struct pdf_table *to, size_t column, const struct longest *longest, double size)
{
	const struct look head = {.size = size, .bold = true};
	const struct look cell = {.size = size, .bold = to->table->totals > 0};
	struct pen *pen = &to->pages->pen;
	double most = pen_width(pen, &cell, buf_str(&longest->cell));
	double word = pen_width(pen, &cell, buf_str(&longest->word));
	double least = pen_word_width(pen, &head, to->table->heads[column]);

	if (is_text(to->table, column)) /* longer words may break, long names have room */
		word = fmin(most, WORD_LEAST * size);
	least = fmax(least, word) + 2 * PAD_X;
	return (struct column_need){least, fmax(least, most + 2 * PAD_X)};
}

static bool
stands(struct pdf_table *to, size_t layout, const struct longest *longest,
	struct column_need *needs, double room)
{
	double least = 0;

	for (size_t i = 0; i < to->table->columns; i++) {
		needs[i] = column_need(to, i, &longest[i], layouts[layout].size);
		least += needs[i].least;
	}
	return least <= room;
}

static double
inner_width(bool landscape)
{
	return (landscape ? 297 * MM : 210 * MM) - MARGIN_LEFT - MARGIN_RIGHT;
}

static bool
choose_layout(struct pdf_table *to)
{
	struct longest longest[PDF_COLUMNS_MAX] = {0};
	struct column_need needs[PDF_COLUMNS_MAX];
	size_t layout = 0;

	for (size_t i = 0; i < to->table->columns; i++)
		longest_find(to->table, i, to->language, &longest[i]);
	to->margin = to->ticks ? TICK + 2 * PAD_X : 0;
	while (!stands(to, layout, longest, needs,
		       inner_width(layouts[layout].landscape) - to->margin) &&
		layout + 1 < LAYOUTS)
		layout++;
	to->size = layouts[layout].size;
	columns_share(needs, to->table->columns,
		inner_width(layouts[layout].landscape) - to->margin, to->widths);
	for (size_t i = 0; i < to->table->columns; i++)
		longest_fini(&longest[i]);
	return layouts[layout].landscape;
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* Lines across and between the columns. */
static void
draw_grid(struct pdf_table *to, double height)
{
	struct pen *pen = &to->pages->pen;
	double x = MARGIN_LEFT, y = to->pages->y;

	pen_colour(pen, RULE);
	pen_frame(pen, x, y, to->pages->inner, height, HAIR);
	x += to->margin;
	for (size_t i = 0; i < to->table->columns; i++) {
		if (x > MARGIN_LEFT)
			pen_line(pen, x, y, x, y + height, HAIR);
		x += to->widths[i];
	}
	pen_colour(pen, INK);
}

static void
draw_cells(struct pdf_table *to, double height)
{
	double x = MARGIN_LEFT + to->margin;

	draw_grid(to, height);
	for (size_t i = 0; i < to->table->columns; i++) {
		pen_show(&to->pages->pen, SLOT(i), x + PAD_X, to->pages->y + PAD_Y);
		x += to->widths[i];
	}
	to->pages->y += height;
}

static double
lay(struct pdf_table *to, size_t column, const struct look *look, struct str text)
{
	return pen_lay(&to->pages->pen, SLOT(column), look, text, to->widths[column] - 2 * PAD_X) +
	       2 * PAD_Y;
}

static double
lay_heads(struct pdf_table *to)
{
	const struct look look = {.size = to->size, .bold = true, .align = ALIGN_CENTRE};
	double height = 0;

	for (size_t i = 0; i < to->table->columns; i++)
		height = fmax(height, lay(to, i, &look, to->table->heads[i]));
	return height;
}

static void
draw_heads(struct pdf_table *to)
{
	double height = lay_heads(to);

	pen_colour(&to->pages->pen, TRACK);
	pen_fill(&to->pages->pen, MARGIN_LEFT, to->pages->y, to->pages->inner, height);
	draw_cells(to, height);
}

static void
next_page(struct pdf_table *to)
{
	pages_turn(to->pages, pages_is_landscape(to->pages));
	draw_heads(to);
}

/* More lines than a page has below the heads end in an ellipsis: a row is never split. */
static int
lines_max(const struct pdf_table *to)
{
	double room = to->pages->bottom - MARGIN_TOP - to->heads - 2 * PAD_Y;
	int lines = (int)(room / (to->size * ROW_LINES));

	return lines > 1 ? lines : 1;
}

static double
lay_row(struct pdf_table *to, size_t row)
{
	const struct table *table = to->table;
	struct look look = {.size = to->size, .lines_max = lines_max(to)};
	double height = to->ticks ? TICKED_ROW : 0;
	struct buf text CLEANUP(buf_fini) = {0};

	look.bold = row + table->totals >= table->rows;
	for (size_t i = 0; i < table->columns; i++) {
		buf_clear(&text);
		table_cell_text(&text, to->language, &table->cells[row * table->columns + i]);
		look.align = is_text(table, i) ? ALIGN_START : ALIGN_END;
		height = fmax(height, lay(to, i, &look, buf_str(&text)));
	}
	return height;
}

void
pdf_table_row(struct pdf_table *to, size_t row)
{
	double height = lay_row(to, row);

	if (to->pages->y + height > to->pages->bottom) {
		next_page(to);
		lay_row(to, row); /* the heads were laid where it was */
	}
	if (to->ticks) {
		pen_colour(&to->pages->pen, INK);
		pen_frame(&to->pages->pen, MARGIN_LEFT + PAD_X, to->pages->y + PAD_Y, TICK, TICK,
			2 * HAIR);
	}
	draw_cells(to, height);
}

void
pdf_table_band(struct pdf_table *to, struct str text)
{
	const struct look look = {.size = to->size, .bold = true, .lines_max = 2};
	struct pages *pages = to->pages;
	double height = pen_lay(&pages->pen, 1, &look, text, pages->inner - 2 * PAD_X) + 2 * PAD_Y;

	if (pages->y + 3 * height > pages->bottom)
		next_page(to);
	pen_colour(&pages->pen, RULE);
	pen_frame(&pages->pen, MARGIN_LEFT, pages->y, pages->inner, height, HAIR);
	pen_colour(&pages->pen, INK);
	pen_show(&pages->pen, 1, MARGIN_LEFT + PAD_X, pages->y + PAD_Y);
	pages->y += height;
}

void
pdf_table_plan(struct pdf_table *to, struct pages *pages, const struct table *table,
	enum language language, bool ticks)
{
	assert(table->columns <= PDF_COLUMNS_MAX);
	*to = (struct pdf_table){
		.pages = pages, .table = table, .language = language, .ticks = ticks};
	to->landscape = choose_layout(to);
}

void
pdf_table_open(struct pdf_table *to)
{
	const struct look look = {.size = TITLE_SIZE, .bold = true, .align = ALIGN_CENTRE};
	struct pages *pages = to->pages;
	double title, height;

	if (to->landscape != pages_is_landscape(pages))
		pages_turn(pages, to->landscape);
	title = pen_lay(&pages->pen, 1, &look, to->table->title, pages->inner);
	to->heads = lay_heads(to);
	height = title + TITLE_SIZE + to->heads;
	if (to->table->rows > 0)
		height += lay_row(to, 0);
	pages_need(pages, height);
	pen_colour(&pages->pen, INK);
	if (to->table->title.len > 0) {
		pen_show(&pages->pen, 1, MARGIN_LEFT, pages->y);
		pages->y += title + TITLE_SIZE / 2;
	}
	draw_heads(to);
}

void
pdf_table(struct pages *pages, const struct table *table, enum language language)
{
	struct pdf_table to;

	pdf_table_plan(&to, pages, table, language, false);
	pdf_table_open(&to);
	for (size_t row = 0; row < table->rows; row++)
		pdf_table_row(&to, row);
	pages->y += 2 * TITLE_SIZE;
}
