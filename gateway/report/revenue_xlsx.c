/* The stall's own book as a spreadsheet: numbers as numbers, a sheet for each form. */
#include <string.h>

#include <xlsxwriter.h>

#include "chopay/clock.h"
#include "chopay/revenue.h"
#include "memory_file.h"
#include "revenue_form.h"

#define MONEY_FORMAT "#,##0"
#define DATE_FORMAT "dd/mm/yyyy"
#define EXCEL_EPOCH 25569 /* days from its day 0 to 1970-01-01 */

struct formats {
	lxw_format *bold, *italic, *title, *centre, *head, *text, *date, *money, *total_text,
		*total;
};

static lxw_format *
format_of(lxw_workbook *workbook, bool bold, bool italic, int align, const char *number, bool box)
{
	lxw_format *format = workbook_add_format(workbook);

	format_set_font_name(format, "Times New Roman");
	format_set_font_size(format, 12);
	if (bold)
		format_set_bold(format);
	if (italic)
		format_set_italic(format);
	format_set_align(format, (uint8_t)align);
	if (number != NULL)
		format_set_num_format(format, number);
	if (box) {
		format_set_border(format, LXW_BORDER_THIN);
		format_set_text_wrap(format);
	}
	return format;
}

static struct formats
formats_of(lxw_workbook *workbook)
{
	struct formats formats = {
		.bold = format_of(workbook, true, false, LXW_ALIGN_LEFT, NULL, false),
		.italic = format_of(workbook, false, true, LXW_ALIGN_LEFT, NULL, false),
		.title = format_of(workbook, true, false, LXW_ALIGN_CENTER, NULL, false),
		.centre = format_of(workbook, false, false, LXW_ALIGN_CENTER, NULL, false),
		.head = format_of(workbook, true, false, LXW_ALIGN_CENTER, NULL, true),
		.text = format_of(workbook, false, false, LXW_ALIGN_LEFT, NULL, true),
		.date = format_of(workbook, false, false, LXW_ALIGN_CENTER, DATE_FORMAT, true),
		.money = format_of(workbook, false, false, LXW_ALIGN_RIGHT, MONEY_FORMAT, true),
		.total_text = format_of(workbook, true, false, LXW_ALIGN_LEFT, NULL, true),
		.total = format_of(workbook, true, false, LXW_ALIGN_RIGHT, MONEY_FORMAT, true),
	};

	format_set_font_size(formats.title, 14);
	return formats;
}

/* A sheet being written: its own row counter, its last column. */
struct page {
	lxw_worksheet *sheet;
	const struct formats *formats;
	struct arena *arena;
	lxw_row_t row;
	lxw_col_t last;
};

static void
cell_text(struct page *page, lxw_col_t column, struct str text, lxw_format *format)
{
	worksheet_write_string(
		page->sheet, page->row, column, arena_cstr(page->arena, text), format);
}

static void
cell_day(struct page *page, lxw_col_t column, int32_t day)
{
	if (day == DAY_FIRST || day == DAY_LAST)
		cell_text(page, column, STR(""), page->formats->date);
	else
		worksheet_write_number(
			page->sheet, page->row, column, day + EXCEL_EPOCH, page->formats->date);
}

/* A number is exact up to 2^53 dong. */
static void
cell_money(struct page *page, lxw_col_t column, struct vnd amount, lxw_format *format)
{
	worksheet_write_number(page->sheet, page->row, column, (double)amount.dong, format);
}

static void
line(struct page *page, struct str text, lxw_format *format)
{
	worksheet_merge_range(page->sheet, page->row, 0, page->row, page->last,
		arena_cstr(page->arena, text), format);
	page->row++;
}

static void
heads(struct page *page, const char *const *words)
{
	for (lxw_col_t i = 0; i <= page->last; i++)
		cell_text(page, i, str_from(words[i]), page->formats->head);
	page->row++;
	worksheet_freeze_panes(page->sheet, page->row, 0);
	worksheet_repeat_rows(page->sheet, page->row - 1, page->row - 1);
}

static struct page
page_of(lxw_workbook *workbook, const struct formats *formats, struct arena *arena,
	const char *name, lxw_col_t last, const double *widths)
{
	struct page page = {workbook_add_worksheet(workbook, name), formats, arena, 0, last};

	worksheet_set_paper(page.sheet, 9); /* A4 */
	worksheet_fit_to_pages(page.sheet, 1, 0);
	for (lxw_col_t i = 0; i <= last; i++)
		worksheet_set_column(page.sheet, i, i, widths[i], NULL);
	return page;
}

/* ---- the sheets --------------------------------------------------------------------------------
 */

static void
write_signature(struct page *page)
{
	const struct formats *formats = page->formats;

	page->row++;
	line(page, STR(FORM_NOTE), formats->italic);
	page->row++;
	line(page, STR(FORM_DATE), formats->centre);
	line(page, STR(FORM_SIGNER_LINE), formats->title);
	line(page, STR(FORM_SIGN_HINT), formats->centre);
	worksheet_print_area(page->sheet, 0, 0, page->row + 4, page->last);
}

static void
write_book(lxw_workbook *workbook, const struct formats *formats, struct arena *arena,
	const struct revenue_book *book)
{
	static const double widths[] = {14, 52, 20};
	struct page page = page_of(workbook, formats, arena, "S1a-HKD", BOOK_COLUMNS - 1, widths);
	struct str head[HEADS];

	book_head(book, head, arena);
	line(&page, STR(FORM_BOOK " " FORM_BOOK_BASIS), formats->italic);
	line(&page, head[HEAD_NAME], formats->bold);
	line(&page, head[HEAD_ADDRESS], formats->bold);
	line(&page, head[HEAD_TAX_CODE], formats->bold);
	line(&page, STR(FORM_BOOK_TITLE), formats->title);
	line(&page, head[HEAD_PLACE], formats->centre);
	line(&page, head[HEAD_PERIOD], formats->centre);
	line(&page, STR(FORM_UNIT), formats->italic);
	heads(&page, book_heads);
	for (size_t i = 0; i < book->line_count; i++, page.row++) {
		cell_day(&page, 0, book->lines[i].day);
		cell_text(&page, 1, book->lines[i].text, formats->text);
		cell_money(&page, 2, book->lines[i].amount, formats->money);
	}
	if (book->line_count == 0) {
		cell_text(&page, 0, STR(""), formats->text);
		cell_text(&page, 1, STR(FORM_NOTHING), formats->text);
		cell_money(&page, 2, book->total, formats->money);
		page.row++;
	}
	cell_text(&page, 0, STR(""), formats->total_text);
	cell_text(&page, 1, STR(FORM_TOTAL), formats->total_text);
	cell_money(&page, 2, book->total, formats->total);
	page.row++;
	write_signature(&page);
}

static void
write_accounts(lxw_workbook *workbook, const struct formats *formats, struct arena *arena,
	const struct revenue_book *book)
{
	static const double widths[] = {40, 22, 28, 18, 14, 14};
	struct page page = page_of(
		workbook, formats, arena, FORM_ACCOUNTS_SHEET, ACCOUNT_COLUMNS - 1, widths);

	line(&page, STR(FORM_ACCOUNTS), formats->title);
	line(&page, STR(FORM_ACCOUNTS_FOR), formats->centre);
	heads(&page, account_heads);
	for (size_t i = 0; i < book->account_count; i++, page.row++) {
		const struct revenue_account *account = &book->accounts[i];

		cell_text(&page, 0, account->bank_name, formats->text);
		cell_text(&page, 1, account->account_no, formats->text); /* keeps its zeros */
		cell_text(&page, 2, account->holder, formats->text);
		cell_day(&page, 3, account->from_day);
		cell_day(&page, 4, account->to_day);
		cell_text(&page, 5, account_state(account), formats->text);
	}
	worksheet_print_area(page.sheet, 0, 0, page.row, page.last);
}

static void
write_year(lxw_workbook *workbook, const struct formats *formats, struct arena *arena,
	const struct revenue_book *book)
{
	static const double widths[] = {80, 22};
	struct page page = page_of(workbook, formats, arena, FORM_YEAR_SHEET, 1, widths);
	struct year_row rows[YEAR_ROWS];
	size_t count = year_rows(book, rows, arena);

	line(&page, STR(FORM_YEAR), formats->title);
	for (size_t i = 0; i < count; i++, page.row++) {
		cell_text(&page, 0, rows[i].text, formats->text);
		cell_money(&page, 1, rows[i].amount, formats->money);
	}
	line(&page, year_note(book, arena), formats->italic);
	worksheet_print_area(page.sheet, 0, 0, page.row, page.last);
}

/* ---- the file ----------------------------------------------------------------------------------
 */

/* The only date in it is the book's. */
static void
set_properties(lxw_workbook *workbook, const struct revenue_book *book)
{
	lxw_doc_properties properties = {
		.title = "S1a-HKD",
		.company = "chopay",
		.created = (time_t)(day_start_ms(book->to_day, 0) / MS_PER_SECOND),
	};

	workbook_set_properties(workbook, &properties);
}

static struct err
write_file(void *arg, const char *path)
{
	const struct revenue_book *book = arg;
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	lxw_workbook *workbook = workbook_new(path);
	struct formats formats;

	if (workbook == NULL)
		return FAIL(ERR_BROKEN, "no memory for a spreadsheet");
	formats = formats_of(workbook);
	set_properties(workbook, book);
	write_book(workbook, &formats, arena, book);
	write_accounts(workbook, &formats, arena, book);
	write_year(workbook, &formats, arena, book);
	return workbook_close(workbook) == LXW_NO_ERROR
		       ? OK
		       : FAIL(ERR_BROKEN, "a spreadsheet could not be written (is /tmp full?)");
}

struct err
revenue_xlsx(const struct revenue_book *book, struct buf *out)
{
	struct revenue_book copy = *book; /* what is passed through is not const */

	return memory_file(write_file, &copy, out);
}
