/* The first sheet of a report's spreadsheet: its header, its tiles and its narrative. */
#include "sentence.h"
#include "tiles.h"
#include "words.h"
#include "xlsx.h"

#define SUMMARY_LABEL 30
#define SUMMARY_TEXT 70
#define HEADING_LINE 19.0 /* points */

struct summary {
	struct book *book;
	lxw_worksheet *sheet;
	lxw_row_t row;
};

static void
write_pair(struct summary *to, struct str label, struct str text)
{
	xlsx_text(to->book, to->sheet, to->row, 0, label, to->book->label);
	xlsx_text(to->book, to->sheet, to->row, 1, text, to->book->body);
	xlsx_height(to->sheet, to->row, xlsx_lines(text, SUMMARY_TEXT));
	to->row++;
}

static void
write_tiles(struct summary *to)
{
	struct arena *arena = to->book->arena;
	struct tile tiles[TILES];

	report_tiles(
		arena, to->book->report, &to->book->report->year_before, to->book->language, tiles);
	for (int i = 0; i < TILES; i++) {
		struct str text = tiles[i].value;

		if (tiles[i].note.len > 0)
			text = arena_printf(
				arena, "%.*s (%.*s)", STR_FMT(text), STR_FMT(tiles[i].note));
		if (tiles[i].change.len > 0)
			text = arena_printf(
				arena, "%.*s, %.*s", STR_FMT(text), STR_FMT(tiles[i].change));
		write_pair(to, tiles[i].label, text);
	}
	to->row++;
}

static void
write_part(struct summary *to, enum narrative_part part, enum word head)
{
	struct narrative narrative;
	struct book *book = to->book;

	report_narrative(book->arena, book->report, part, book->language, &narrative);
	for (size_t i = 0; i < narrative.count; i++)
		write_pair(to, i == 0 ? str_from(word(head, book->language)) : STR(""),
			narrative.paragraphs[i].text);
	to->row++;
}

struct err
xlsx_summary(struct book *book)
{
	struct header_line lines[HEADER_LINES];
	struct buf title CLEANUP(buf_fini) = {0};
	struct summary to = {.book = book, .row = HEAD_ROW};
	size_t count = report_header(book->arena, book->report, book->language, lines);

	report_title(&title, book->report, book->language);
	to.sheet = xlsx_sheet(
		book, str_from(word(W_SHEET_SUMMARY, book->language)), buf_str(&title));
	if (to.sheet == NULL)
		return FAIL(ERR_BROKEN, "a sheet of a spreadsheet could not be made");
	/* The title is long: over both columns, in two lines. */
	worksheet_merge_range(
		to.sheet, 0, 0, 0, 1, arena_cstr(book->arena, buf_str(&title)), book->heading);
	worksheet_set_row(to.sheet, 0, 2 * HEADING_LINE, NULL);
	worksheet_set_column(to.sheet, 0, 0, SUMMARY_LABEL, NULL);
	worksheet_set_column(to.sheet, 1, 1, SUMMARY_TEXT, NULL);
	for (size_t i = 0; i < count; i++)
		write_pair(&to, lines[i].label, lines[i].value);
	to.row++;
	write_tiles(&to);
	write_part(&to, PART_RESULTS, W_PART_RESULTS);
	write_part(&to, PART_SHORTCOMINGS, W_PART_SHORTCOMINGS);
	write_part(&to, PART_TASKS, W_PART_TASKS);
	xlsx_page(book, to.sheet, false);
	worksheet_print_area(to.sheet, 0, 0, to.row, 1);
	return OK;
}
