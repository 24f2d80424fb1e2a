/* The report as a PDF: one page to look at, then its paragraphs and tables. */
#include <math.h>

#include "chart.h"
#include "pdf_table.h"
#include "sentence.h"
#include "table.h"
#include "tiles.h"
#include "words.h"

#define TITLE_SIZE 15
#define HEADING_SIZE 12.5
#define BODY_SIZE 12
#define SMALL_SIZE 9
#define CHART_SIZE 8
#define GAP 8.0 /* between things that stand apart */
#define TILES_ACROSS 3
#define TILE_HEIGHT 66.0
#define TILE_PAD 6.0
#define COMPONENTS_HEIGHT 96.0
#define MONTHS_HEIGHT 150.0
#define HOURS_HEIGHT 92.0
#define INDENT (10 * MM)
#define WORK_MAX 100 /* rows of the work list; more are printed apart (pdf_work.c) */

/* A document under way. */
struct paper {
	struct pages *pages;
	struct arena *arena;
	const struct report *report;
	enum language language;
};

/* ---- the first page -------------------------------------------------------------------------- */

static void
draw_title(struct paper *paper)
{
	const struct look kind = {.size = TITLE_SIZE, .bold = true, .align = ALIGN_CENTRE};
	const struct look look = {.size = HEADING_SIZE, .bold = true, .align = ALIGN_CENTRE};
	struct buf title CLEANUP(buf_fini) = {0};

	report_title(&title, paper->report, paper->language);
	pages_text(paper->pages, &kind, str_from(word(W_REPORT, paper->language)), 0);
	pages_text(paper->pages, &look, buf_str(&title), GAP);
}

/* What the figures are of, in two columns of small letters. */
static void
draw_header(struct paper *paper)
{
	const struct look look = {.size = SMALL_SIZE};
	struct pages *pages = paper->pages;
	struct header_line lines[HEADER_LINES];
	size_t count = report_header(paper->arena, paper->report, paper->language, lines);
	double column = (pages->inner - GAP) / 2;

	pen_colour(&pages->pen, FAINT);
	for (size_t i = 0; i < count; i += 2) {
		double height = 0;

		for (size_t j = i; j < i + 2 && j < count; j++) {
			struct str text = arena_printf(paper->arena, "%.*s: %.*s",
				STR_FMT(lines[j].label), STR_FMT(lines[j].value));

			height = fmax(height, pen_lay(&pages->pen, j - i + 2, &look, text, column));
		}
		for (size_t j = i; j < i + 2 && j < count; j++)
			pen_show(&pages->pen, j - i + 2,
				MARGIN_LEFT + (double)(j - i) * (column + GAP), pages->y);
		pages->y += height;
	}
	pen_colour(&pages->pen, INK);
	pages->y += GAP;
}

/* A heading, kept together with what is drawn below it. */
static void
draw_heading(struct paper *paper, enum word heading, double below)
{
	const struct look look = {.size = HEADING_SIZE, .bold = true};

	pages_need(paper->pages, 2 * HEADING_SIZE + below);
	pen_colour(&paper->pages->pen, INK);
	pages_text(paper->pages, &look, str_from(word(heading, paper->language)), GAP / 2);
}

static void
draw_tile(struct pen *pen, const struct tile *tile, double x, double y, double width)
{
	const struct look label = {.size = SMALL_SIZE}, value = {.size = 18, .bold = true};
	const struct look note = {.size = SMALL_SIZE, .bold = true};

	pen_colour(pen, RULE);
	pen_frame(pen, x, y, width, TILE_HEIGHT, 0.8);
	x += TILE_PAD;
	width -= 2 * TILE_PAD;
	pen_colour(pen, FAINT);
	pen_fit(pen, &label, tile->label, x, y + 4, width);
	pen_colour(pen, ACCENT);
	pen_fit(pen, &value, tile->value, x, y + 14, width);
	pen_colour(pen, INK);
	pen_fit(pen, &note, tile->note, x, y + 37, width);
	pen_fit(pen, &label, tile->change, x, y + 50, width);
}

static void
draw_tiles(struct paper *paper)
{
	struct pages *pages = paper->pages;
	struct tile tiles[TILES];
	double width = (pages->inner - (TILES_ACROSS - 1) * GAP) / TILES_ACROSS;

	report_tiles(
		paper->arena, paper->report, &paper->report->year_before, paper->language, tiles);
	draw_heading(paper, W_INDEX, 2 * TILE_HEIGHT + GAP);
	for (int i = 0; i < TILES; i++)
		draw_tile(&pages->pen, &tiles[i], MARGIN_LEFT + i % TILES_ACROSS * (width + GAP),
			pages->y + i / TILES_ACROSS * (TILE_HEIGHT + GAP), width);
	pages->y += 2 * TILE_HEIGHT + 2 * GAP;
}

static struct chart_box
chart_box(struct paper *paper, enum word heading, double height)
{
	struct pages *pages = paper->pages;
	struct chart_box box = {
		.x = MARGIN_LEFT, .width = pages->inner, .height = height, .size = CHART_SIZE};

	draw_heading(paper, heading, height);
	box.y = pages->y;
	pages->y += height + GAP;
	return box;
}

static void
draw_charts(struct paper *paper)
{
	struct pen *pen = &paper->pages->pen;
	struct chart_box box;

	box = chart_box(paper, W_CHART_COMPONENTS, COMPONENTS_HEIGHT);
	chart_components(pen, &box, &paper->report->figures, paper->language);
	box = chart_box(paper, W_CHART_MONTHS, MONTHS_HEIGHT);
	chart_months(pen, &box, paper->report->months, paper->language);
	box = chart_box(paper, W_CHART_HOURS, HOURS_HEIGHT);
	chart_hours(pen, &box, paper->report->figures.hours, paper->language);
}

/* ---- paragraphs and tables ------------------------------------------------------------------- */

static void
draw_part(struct paper *paper, enum narrative_part part, enum word heading)
{
	const struct look look = {.size = BODY_SIZE, .align = ALIGN_BOTH, .indent = INDENT};
	struct narrative narrative;

	report_narrative(paper->arena, paper->report, part, paper->language, &narrative);
	draw_heading(paper, heading, 2 * BODY_SIZE);
	if (narrative.count == 0)
		pages_text(paper->pages, &look, str_from(word(W_NO_DATA, paper->language)), GAP);
	for (size_t i = 0; i < narrative.count; i++)
		pages_text(paper->pages, &look, narrative.paragraphs[i].text, GAP / 2);
	paper->pages->y += GAP;
}

static void
draw_empty(struct paper *paper, const struct table *table)
{
	const struct look title = {.size = BODY_SIZE, .bold = true, .align = ALIGN_CENTRE};
	const struct look look = {.size = BODY_SIZE};

	if (table->empty.len == 0)
		return;
	pages_need(paper->pages, 4 * BODY_SIZE);
	pages_text(paper->pages, &title, table->title, GAP / 2);
	pages_text(paper->pages, &look, table->empty, GAP);
}

/* The last column of the work list is written in by hand. */
static void
leave_room(struct paper *paper, struct table *table)
{
	size_t count = table->rows * table->columns;
	struct table_cell *cells = arena_alloc(paper->arena, count * sizeof(*cells));

	for (size_t i = 0; i < count; i++)
		cells[i] = (i + 1) % table->columns == 0 ? cell_text(STR(WRITING_ROOM))
							 : table->cells[i];
	table->cells = cells;
}

static void
draw_table(struct paper *paper, enum report_table which)
{
	const struct look look = {.size = SMALL_SIZE, .italic = true};
	struct buf rest CLEANUP(buf_fini) = {0};
	struct table table;
	size_t left = 0;

	report_table(paper->arena, paper->report, which, paper->language, &table);
	if (table.rows == 0) {
		draw_empty(paper, &table);
		return;
	}
	if (which == TABLE_WORK && table.rows > WORK_MAX) {
		left = table.rows - WORK_MAX;
		table.rows = WORK_MAX;
	}
	if (which == TABLE_WORK)
		leave_room(paper, &table);
	pdf_table(paper->pages, &table, paper->language);
	if (left == 0)
		return;
	figure_count(&rest, paper->language, (int64_t)left);
	put_words(&rest, paper->language, W_WORK_REST, (struct str[]){kept(paper->arena, &rest)});
	pages_text(paper->pages, &look, buf_str(&rest), GAP);
}

static void
draw(struct paper *paper)
{
	static const enum report_table tables[] = {
		TABLE_UNITS, TABLE_TARGETS, TABLE_RANKING, TABLE_QUALITY, TABLE_BESIDE, TABLE_WORK};

	draw_title(paper);
	draw_header(paper);
	draw_tiles(paper);
	draw_charts(paper);
	draw_part(paper, PART_RESULTS, W_PART_RESULTS);
	draw_part(paper, PART_SHORTCOMINGS, W_PART_SHORTCOMINGS);
	draw_part(paper, PART_TASKS, W_PART_TASKS);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		draw_table(paper, tables[i]);
}

struct err
report_pdf(const struct report *report, enum language language, struct buf *out)
{
	struct typeface *typeface CLEANUP(typeface_cleanup) = NULL;
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf title CLEANUP(buf_fini) = {0}, foot CLEANUP(buf_fini) = {0};
	struct buf made CLEANUP(buf_fini) = {0};
	struct pages pages CLEANUP(pages_cleanup) = {0};
	struct paper paper = {&pages, arena, report, language};

	TRY(typeface_new(TYPEFACE_SERIF, &typeface));
	report_title(&title, report, language);
	put_last_line(&foot, report, language);
	TRY(pages_open(&pages, typeface, buf_str(&title), report->cut_at_ms, &made));
	pages.foot = buf_str(&foot);
	draw(&paper);
	TRY(pages_close(&pages));
	buf_add(out, buf_str(&made));
	return OK;
}
