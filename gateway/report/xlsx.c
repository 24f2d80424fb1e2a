/*
 * A report as a spreadsheet: a summary, then a sheet for each Biểu and for the work list; or the
 * work list alone.
 *
 * Numbers are numbers with a format, so that the reader's own program writes them its own way
 * (1.497 or 1,497) and can sum them; words of people are strings, never formulas.  The same report
 * gives the same bytes: the only date in the file is the cut-off.
 */
#include "xlsx.h"

#include "chopay/clock.h"
#include "chopay/plain.h"
#include "memory_file.h"
#include "sentence.h"
#include "words.h"

#define A4 9
#define FONT "Times New Roman"
#define PORTRAIT_WIDTH 100 /* characters that an upright page takes */
#define LINE_HEIGHT 15.0   /* points */
#define LINES_MAX 27	   /* 409 points is the most that a row may have */
#define NAME_COLUMNS 3	   /* of TABLE_UNITS: number, code, name */
#define INDENT 2	   /* of text from the line of its cell, in characters, roughly */
#define FILL_HEAD 0xE7EEF7
#define FOOTER_MAX 255 /* bytes: what a sheet's footer may hold */
#define TEXT_MAX 32767 /* bytes: what a cell may hold, if all letters are ASCII */

/* ---- looks ----------------------------------------------------------------------------------- */

static lxw_format *
new_format(struct book *book, double size, bool bold)
{
	lxw_format *format = workbook_add_format(book->workbook);

	format_set_font_name(format, FONT);
	format_set_font_size(format, size);
	format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
	if (bold)
		format_set_bold(format);
	return format;
}

static lxw_format *
new_cell_format(struct book *book, enum look look, bool total)
{
	static const struct {
		const char *number;
		uint8_t align;
	} looks[LOOKS] = {
		[LOOK_TEXT] = {NULL, LXW_ALIGN_LEFT},
		[LOOK_COUNT] = {"#,##0", LXW_ALIGN_RIGHT},
		[LOOK_RATE] = {"0.00%", LXW_ALIGN_RIGHT},
		[LOOK_POINTS] = {"#,##0.00", LXW_ALIGN_RIGHT},
		[LOOK_NONE] = {NULL, LXW_ALIGN_CENTER},
	};
	lxw_format *format = new_format(book, 11, total);

	format_set_border(format, LXW_BORDER_THIN);
	format_set_align(format, looks[look].align);
	if (look == LOOK_TEXT)
		format_set_indent(format, 1);
	if (looks[look].number != NULL)
		format_set_num_format(format, looks[look].number);
	else
		format_set_text_wrap(format);
	return format;
}

static void
make_formats(struct book *book)
{
	book->title = new_format(book, 14, true);
	book->heading = new_format(book, 14, true);
	format_set_text_wrap(book->heading);
	book->plain = new_format(book, 11, false);
	format_set_italic(book->plain);
	book->label = new_format(book, 11, true);
	format_set_text_wrap(book->label);
	book->body = new_format(book, 11, false);
	format_set_text_wrap(book->body);
	book->head = new_format(book, 11, true);
	format_set_text_wrap(book->head);
	format_set_border(book->head, LXW_BORDER_THIN);
	format_set_align(book->head, LXW_ALIGN_CENTER);
	format_set_align(book->head, LXW_ALIGN_VERTICAL_CENTER);
	format_set_bg_color(book->head, FILL_HEAD);
	for (int total = 0; total < 2; total++)
		for (int look = 0; look < LOOKS; look++)
			book->cells[total][look] = new_cell_format(
				book, (enum look)look, total == 1);
}

/* ---- what each sheet has -----------------------------------------------------------------------
 */

/* "xã Hàm Thuận, tháng 6 năm 2026. Số liệu chính thức." */
static void
make_line(struct book *book)
{
	struct buf place CLEANUP(buf_fini) = {0}, period CLEANUP(buf_fini) = {0};
	struct buf line CLEANUP(buf_fini) = {0};

	report_place(&place, book->report, book->language);
	put_period(&period, &book->report->period, book->language);
	put_words(&line, book->language, W_SHEET_LINE,
		(struct str[]){buf_str(&place), buf_str(&period),
			str_from(
				report_status_word(book->report->figures.status, book->language))});
	book->line = arena_cstr(book->arena, buf_str(&line));
}

/* The first bytes, and no half of a letter. */
static struct str
clipped(struct str text, size_t most)
{
	size_t len = text.len < most ? text.len : most;

	while (len < text.len && len > 0 && ((unsigned char)text.ptr[len] & 0xC0) == 0x80)
		len--;
	return str_cut(text, 0, len);
}

/* The version left, the page right.  Neither has an "&", which would be an order to the printer. */
static void
make_footer(struct book *book)
{
	struct buf version CLEANUP(buf_fini) = {0}, text CLEANUP(buf_fini) = {0};

	put_last_line(&version, book->report, book->language);
	book->version = arena_cstr(book->arena, buf_str(&version));
	buf_addf(&text, "&L&8%s&R&8", book->version);
	put_words(&text, book->language, W_PAGE_OF, (struct str[]){STR("&P"), STR("&N")});
	book->footer = arena_cstr(book->arena, clipped(buf_str(&text), FOOTER_MAX));
}

void
xlsx_page(struct book *book, lxw_worksheet *sheet, bool wide)
{
	worksheet_set_paper(sheet, A4);
	if (wide)
		worksheet_set_landscape(sheet);
	worksheet_fit_to_pages(sheet, 1, 0);
	worksheet_set_margins(sheet, 0.5, 0.4, 0.6, 0.7); /* inches */
	worksheet_set_footer(sheet, book->footer);
	worksheet_gridlines(sheet, LXW_HIDE_ALL_GRIDLINES);
}

void
xlsx_text(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, struct str text,
	lxw_format *format)
{
	struct buf plain CLEANUP(buf_fini) = {0};

	plain_put(&plain, text);
	text = clipped(buf_str(&plain), TEXT_MAX);
	if (text.len == 0)
		worksheet_write_blank(sheet, row, column, format);
	else
		worksheet_write_string(sheet, row, column, arena_cstr(book->arena, text), format);
}

/*
 * A program that opens the file does not always make room for text that wraps, so the rows say how
 * high they are.  Letters are narrower than the digits that widths count; words leave gaps.
 */
int
xlsx_lines(struct str text, int width)
{
	int letters = 0, line = width * 6 / 5, lines;

	for (size_t i = 0; i < text.len; i++)
		letters += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
	lines = (letters + line - 1) / line;
	return lines < 1 ? 1 : lines > LINES_MAX ? LINES_MAX : lines;
}

void
xlsx_height(lxw_worksheet *sheet, lxw_row_t row, int lines)
{
	if (lines > 1)
		worksheet_set_row(sheet, row, lines * LINE_HEIGHT, NULL);
}

/* ---- a table --------------------------------------------------------------------------------- */

static void
write_cell(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
	const struct table_cell *cell, enum cell_type usual, bool total)
{
	lxw_format **cells = book->cells[total];
	double value = (double)cell->value;

	switch (cell->type) {
	case CELL_TEXT: /* "không công bố" among numbers stands in the middle */
		xlsx_text(book, sheet, row, column, cell->text,
			cells[usual == CELL_TEXT ? LOOK_TEXT : LOOK_NONE]);
		break;
	case CELL_COUNT:
	case CELL_MONEY:
		worksheet_write_number(sheet, row, column, value, cells[LOOK_COUNT]);
		break;
	case CELL_RATE_BP:
		worksheet_write_number(sheet, row, column, value / 10000, cells[LOOK_RATE]);
		break;
	case CELL_POINTS_X100:
		worksheet_write_number(sheet, row, column, value / 100, cells[LOOK_POINTS]);
		break;
	case CELL_NONE:
		worksheet_write_string(sheet, row, column, NO_FIGURE, cells[LOOK_NONE]);
		break;
	}
}

static void
write_heads(struct book *book, lxw_worksheet *sheet, const struct table *table)
{
	int lines = 1;

	for (size_t i = 0; i < table->columns; i++) {
		/* Bold letters, and a little air. */
		int own = xlsx_lines(table->heads[i], table->widths[i] * 4 / 5);

		lines = own > lines ? own : lines;
		worksheet_set_column(
			sheet, (lxw_col_t)i, (lxw_col_t)i, (double)table->widths[i], NULL);
		xlsx_text(book, sheet, HEAD_ROW, (lxw_col_t)i, table->heads[i], book->head);
	}
	worksheet_set_row(sheet, HEAD_ROW, (lines + 1) * LINE_HEIGHT, NULL);
}

static void
write_row(struct book *book, lxw_worksheet *sheet, const struct table *table, size_t i)
{
	lxw_row_t row = (lxw_row_t)(HEAD_ROW + 1 + i);
	bool total = i + table->totals >= table->rows;
	int lines = 1;

	for (size_t j = 0; j < table->columns; j++) {
		const struct table_cell *cell = &table->cells[i * table->columns + j];
		int own = xlsx_lines(cell->text, table->widths[j] - INDENT);

		lines = own > lines ? own : lines;
		write_cell(book, sheet, row, (lxw_col_t)j, cell, table->types[j], total);
	}
	xlsx_height(sheet, row, lines);
}

static void
write_rows(struct book *book, lxw_worksheet *sheet, const struct table *table)
{
	for (size_t i = 0; i < table->rows; i++)
		write_row(book, sheet, table, i);
	if (table->rows == 0)
		worksheet_write_string(sheet, HEAD_ROW + 1, 0,
			table->empty.len > 0 ? arena_cstr(book->arena, table->empty)
					     : word(W_NO_DATA, book->language),
			book->plain);
}

lxw_worksheet *
xlsx_sheet(struct book *book, struct str name, struct str title)
{
	lxw_worksheet *sheet = workbook_add_worksheet(
		book->workbook, arena_cstr(book->arena, name));

	if (sheet == NULL)
		return NULL;
	xlsx_text(book, sheet, 0, 0, title, book->title);
	worksheet_write_string(sheet, 1, 0, book->line, book->plain);
	return sheet;
}

static struct err
write_table(struct book *book, enum report_table which)
{
	lxw_worksheet *sheet;
	struct table table;
	lxw_row_t last;
	int width = 0;

	report_table(book->arena, book->report, which, book->language, &table);
	if (which == TABLE_BESIDE && table.rows == 0)
		return OK;
	sheet = xlsx_sheet(book, table.name, table.title);
	if (sheet == NULL)
		return FAIL(ERR_BROKEN, "a sheet of a spreadsheet could not be made");
	write_heads(book, sheet, &table);
	write_rows(book, sheet, &table);
	for (size_t i = 0; i < table.columns; i++)
		width += table.widths[i];
	xlsx_page(book, sheet, width > PORTRAIT_WIDTH);
	last = (lxw_row_t)(HEAD_ROW + (table.rows > 0 ? table.rows : 1));
	/* The widest table keeps its names in sight. */
	worksheet_freeze_panes(sheet, HEAD_ROW + 1, which == TABLE_UNITS ? NAME_COLUMNS : 0);
	worksheet_repeat_rows(sheet, HEAD_ROW, HEAD_ROW);
	worksheet_print_area(sheet, 0, 0, last, (lxw_col_t)(table.columns - 1));
	if (which == TABLE_WORK && table.rows > 0)
		worksheet_autofilter(sheet, HEAD_ROW, 0, last, (lxw_col_t)(table.columns - 1));
	return OK;
}

/* ---- the file -------------------------------------------------------------------------------- */

static void
set_properties(struct book *book)
{
	struct buf title CLEANUP(buf_fini) = {0};
	lxw_doc_properties properties = {
		.company = "chopay",
		.comments = book->version,
		.created = (time_t)(book->report->cut_at_ms / MS_PER_SECOND),
	};

	report_title(&title, book->report, book->language);
	properties.title = title.ptr;
	workbook_set_properties(book->workbook, &properties);
}

static struct err
write_sheets(struct book *book)
{
	static const enum report_table order[] = {
		TABLE_UNITS, TABLE_TARGETS, TABLE_RANKING, TABLE_QUALITY, TABLE_BESIDE, TABLE_WORK};

	make_formats(book);
	make_line(book);
	make_footer(book);
	set_properties(book);
	if (book->work_alone)
		return write_table(book, TABLE_WORK);
	TRY(xlsx_summary(book));
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		TRY(write_table(book, order[i]));
	return OK;
}

static struct err
write_book(void *arg, const char *path)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct book *book = arg;
	struct err err;

	book->arena = arena;
	book->workbook = workbook_new(path);
	if (book->workbook == NULL)
		return FAIL(ERR_BROKEN, "no memory for a spreadsheet");
	err = write_sheets(book);
	if (workbook_close(book->workbook) != LXW_NO_ERROR && err.code == ERR_OK)
		err = FAIL(ERR_BROKEN, "a spreadsheet could not be written (is /tmp full?)");
	return err;
}

struct err
report_xlsx(const struct report *report, enum language language, struct buf *out)
{
	struct book book = {.report = report, .language = language};

	return memory_file(write_book, &book, out);
}

struct err
report_work_xlsx(const struct report *report, enum language language, struct buf *out)
{
	struct book book = {.report = report, .language = language, .work_alone = true};

	return memory_file(write_book, &book, out);
}
