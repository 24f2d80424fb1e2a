/* The stall's own book on paper. */
#include "chopay/clock.h"
#include "chopay/period.h"
#include "chopay/revenue.h"
#include "revenue_form.h"
#include "sheet.h"

#define SIGN_HEIGHT 150.0 /* date, words, room for a name: not torn from its table's end */

static const struct sheet_style plain = {.size = 12}, small = {.size = 11, .italic = true},
				note = {.size = 11, .italic = true},
				title = {.size = 15, .bold = true, .align = ALIGN_CENTRE},
				centre = {.size = 12, .align = ALIGN_CENTRE};
static const struct sheet_column halves[] = {{270, ALIGN_LEFT}, {200, ALIGN_CENTRE}};
static const struct sheet_column book_columns[BOOK_COLUMNS] = {
	{90, ALIGN_CENTRE}, {260, ALIGN_LEFT}, {120, ALIGN_RIGHT}};
static const struct sheet_column account_columns[ACCOUNT_COLUMNS] = {{120, ALIGN_LEFT},
	{95, ALIGN_LEFT}, {95, ALIGN_LEFT}, {60, ALIGN_CENTRE}, {50, ALIGN_CENTRE},
	{50, ALIGN_CENTRE}};
static const struct sheet_column year_columns[] = {{350, ALIGN_LEFT}, {120, ALIGN_RIGHT}};

static struct str
money(struct arena *arena, struct vnd amount)
{
	struct buf text CLEANUP(buf_fini) = {0};

	vnd_format(&text, amount);
	return arena_copy(arena, buf_str(&text));
}

static struct str
day_text(struct arena *arena, int32_t day)
{
	struct buf text CLEANUP(buf_fini) = {0};

	account_day(&text, day);
	return arena_copy(arena, buf_str(&text));
}

static void
put_head(struct sheet *sheet, const struct str head[HEADS])
{
	struct sheet_style bold = plain;

	bold.bold = true;
	sheet_beside(sheet, bold, halves, (struct str[]){head[HEAD_NAME], STR(FORM_BOOK)}, 2);
	sheet_beside(
		sheet, small, halves, (struct str[]){head[HEAD_ADDRESS], STR(FORM_BOOK_BASIS)}, 2);
	sheet_text(sheet, plain, head[HEAD_TAX_CODE]);
	sheet_space(sheet, 14);
	sheet_text(sheet, title, STR(FORM_BOOK_TITLE));
	sheet_text(sheet, centre, head[HEAD_PLACE]);
	sheet_text(sheet, centre, head[HEAD_PERIOD]);
	sheet_space(sheet, 6);
	sheet_text(sheet, (struct sheet_style){.size = 11, .italic = true, .align = ALIGN_RIGHT},
		STR(FORM_UNIT));
	sheet_space(sheet, 4);
}

static void
put_lines(struct sheet *sheet, const struct revenue_book *book, struct arena *arena)
{
	struct str heads[BOOK_COLUMNS];

	for (size_t i = 0; i < BOOK_COLUMNS; i++)
		heads[i] = str_from(book_heads[i]);
	sheet_row(sheet, book_columns, heads, BOOK_COLUMNS, true, NULL);
	sheet_row(sheet, book_columns, (struct str[]){STR("A"), STR("B"), STR("1")}, BOOK_COLUMNS,
		false, heads);
	for (size_t i = 0; i < book->line_count; i++) {
		const struct revenue_line *line = &book->lines[i];

		sheet_row(sheet, book_columns,
			(struct str[]){
				day_text(arena, line->day), line->text, money(arena, line->amount)},
			BOOK_COLUMNS, false, heads);
	}
	if (book->line_count == 0)
		sheet_row(sheet, book_columns, (struct str[]){STR(""), STR(FORM_NOTHING), STR("0")},
			BOOK_COLUMNS, false, heads);
	sheet_row(sheet, book_columns,
		(struct str[]){STR(""), STR(FORM_TOTAL), money(arena, book->total)}, BOOK_COLUMNS,
		true, heads);
}

static void
put_signature(struct sheet *sheet)
{
	const struct str nothing = STR("");
	struct sheet_style bold = plain;

	bold.bold = true;
	if (!sheet_fits(sheet, SIGN_HEIGHT))
		sheet_page(sheet);
	sheet_space(sheet, 6);
	sheet_text(sheet, note, STR(FORM_NOTE));
	sheet_space(sheet, 12);
	sheet_beside(sheet, small, halves, (struct str[]){nothing, STR(FORM_DATE)}, 2);
	sheet_beside(sheet, bold, halves, (struct str[]){nothing, STR(FORM_SIGNER)}, 2);
	sheet_beside(sheet, small, halves, (struct str[]){nothing, STR(FORM_SIGN_HINT)}, 2);
}

static void
put_accounts(struct sheet *sheet, const struct revenue_book *book, struct arena *arena)
{
	struct str heads[ACCOUNT_COLUMNS];

	for (size_t i = 0; i < ACCOUNT_COLUMNS; i++)
		heads[i] = str_from(account_heads[i]);
	sheet_text(sheet, title, STR(FORM_ACCOUNTS));
	sheet_text(sheet, centre, STR(FORM_ACCOUNTS_FOR));
	sheet_space(sheet, 8);
	sheet_row(sheet, account_columns, heads, ACCOUNT_COLUMNS, true, NULL);
	for (size_t i = 0; i < book->account_count; i++) {
		const struct revenue_account *account = &book->accounts[i];

		sheet_row(sheet, account_columns,
			(struct str[]){account->bank_name, account->account_no, account->holder,
				day_text(arena, account->from_day),
				day_text(arena, account->to_day), account_state(account)},
			ACCOUNT_COLUMNS, false, heads);
	}
}

static void
put_year(struct sheet *sheet, const struct revenue_book *book, struct arena *arena)
{
	struct year_row rows[YEAR_ROWS];
	size_t count = year_rows(book, rows, arena);

	sheet_space(sheet, 18);
	sheet_text(sheet, title, STR(FORM_YEAR));
	sheet_space(sheet, 8);
	for (size_t i = 0; i < count; i++)
		sheet_row(sheet, year_columns,
			(struct str[]){rows[i].text, money(arena, rows[i].amount)}, 2,
			i == YEAR_TOTAL, NULL);
	sheet_space(sheet, 6);
	sheet_text(sheet, note, year_note(book, arena));
}

struct err
revenue_pdf(const struct revenue_book *book, struct buf *out)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct sheet *sheet CLEANUP(sheet_cleanup) = NULL;
	struct str head[HEADS];

	TRY(sheet_new(STR(FORM_BOOK_TITLE), book->to_day, &sheet));
	book_head(book, head, arena);
	put_head(sheet, head);
	put_lines(sheet, book, arena);
	put_signature(sheet);
	sheet_page(sheet);
	put_accounts(sheet, book, arena);
	put_year(sheet, book, arena);
	return sheet_finish(sheet, out);
}
