/* The work list to take along: a sheet for each market, stalls by their rows, boxes to tick. */
#include "pdf_table.h"
#include "sentence.h"
#include "table.h"
#include "words.h"

#define TITLE_SIZE 13
#define SMALL_SIZE 9
#define GAP 8.0

static const struct column columns[] = {
	{W_STALL_CODE, CELL_TEXT, 11},
	{W_STALL_NAME, CELL_TEXT, 30},
	{W_GOODS, CELL_TEXT, 16},
	{W_REASON, CELL_TEXT, 28},
	{W_DETAIL, CELL_TEXT, 28},
	{W_NOTE, CELL_TEXT, 28},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* What stands before the number of a stall's code, "A" of "A01": its row in the market.  Empty when
 * the code does not say. */
static struct str
row_of(const struct work_item *item)
{
	struct str code = item->stall_code;
	size_t i = 0;

	while (i < code.len && (code.ptr[i] < '0' || code.ptr[i] > '9'))
		i++;
	while (i > 0 && i < code.len &&
		(code.ptr[i - 1] == '-' || code.ptr[i - 1] == ' ' || code.ptr[i - 1] == '.'))
		i--;
	return i < code.len ? str_cut(code, 0, i) : STR("");
}

static void
fill_table(struct tabling *to, const struct work_item **items)
{
	size_t count = to->report->work_count;

	table_begin(to, columns, COLUMNS, count);
	for (size_t i = 0; i < count; i++) {
		add_cell(to, cell_text(items[i]->stall_code));
		add_cell(to, cell_text(items[i]->stall_name));
		add_cell(to, cell_text(items[i]->goods));
		add_words(to, work_reason_word(items[i]->reason));
		add_cell(to, cell_detail(to, items[i]));
		add_cell(to, cell_text(STR(WRITING_ROOM)));
	}
	to->table->rows = count;
	to->table->cells = to->cells;
}

/* A document under way. */
struct work_sheets {
	struct pages *pages;
	struct pdf_table table;
	const struct report *report;
	enum language language;
	const struct work_item **items;
};

static bool
same_market(const struct work_item *a, const struct work_item *b)
{
	return str_eq(a->market_code, b->market_code);
}

/* How many items from `first` are of one market. */
static size_t
count_of_market(const struct work_sheets *to, size_t first)
{
	size_t end = first;

	while (end < to->report->work_count && same_market(to->items[first], to->items[end]))
		end++;
	return end - first;
}

/* Each market begins a page: its sheets go to another team. */
static void
draw_market_title(struct work_sheets *to, size_t first, size_t count)
{
	const struct look small = {.size = SMALL_SIZE, .align = ALIGN_CENTRE};
	const struct look look = {.size = TITLE_SIZE, .bold = true, .align = ALIGN_CENTRE};
	struct buf text CLEANUP(buf_fini) = {0}, number CLEANUP(buf_fini) = {0};

	pages_turn(to->pages, to->table.landscape);
	figure_count(&number, to->language, (int64_t)count);
	put_words(&text, to->language, W_WORK_MARKET,
		(struct str[]){to->items[first]->market_name, buf_str(&number)});
	pages_text(to->pages, &look, buf_str(&text), 0);
	buf_clear(&text);
	report_title(&text, to->report, to->language);
	pages_text(to->pages, &small, buf_str(&text), GAP);
}

static void
draw_market(struct work_sheets *to, size_t first, size_t count)
{
	struct str row = STR("");
	struct buf text CLEANUP(buf_fini) = {0};

	draw_market_title(to, first, count);
	pdf_table_open(&to->table);
	for (size_t i = first; i < first + count; i++) {
		struct str now = row_of(to->items[i]);

		if (!str_eq(now, row)) {
			buf_clear(&text);
			put_words(&text, to->language, W_WORK_ROW, (struct str[]){now});
			pdf_table_band(&to->table, now.len > 0 ? buf_str(&text) : STR(NO_FIGURE));
			row = now;
		}
		pdf_table_row(&to->table, i);
	}
}

static void
draw(struct work_sheets *to)
{
	const struct look look = {.size = TITLE_SIZE};
	size_t count;

	for (size_t i = 0; i < to->report->work_count; i += count) {
		count = count_of_market(to, i);
		draw_market(to, i, count);
	}
	if (to->report->work_count == 0)
		pages_text(to->pages, &look, str_from(word(W_WORK_NONE, to->language)), 0);
}

struct err
report_work_pdf(const struct report *report, enum language language, struct buf *out)
{
	struct typeface *typeface CLEANUP(typeface_cleanup) = NULL;
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf foot CLEANUP(buf_fini) = {0}, made CLEANUP(buf_fini) = {0};
	struct pages pages CLEANUP(pages_cleanup) = {0};
	struct table table = {0};
	struct tabling tabling = {
		.arena = arena, .report = report, .language = language, .table = &table};
	struct work_sheets to = {.pages = &pages, .report = report, .language = language};

	TRY(typeface_new(TYPEFACE_SERIF, &typeface));
	put_last_line(&foot, report, language);
	TRY(pages_open(&pages, typeface, str_from(word(W_TITLE_WORK, language)), report->cut_at_ms,
		&made));
	pages.foot = buf_str(&foot);
	to.items = work_in_order(arena, report);
	fill_table(&tabling, to.items);
	pdf_table_plan(&to.table, &pages, &table, language, true);
	draw(&to);
	TRY(pages_close(&pages));
	buf_add(out, buf_str(&made));
	return OK;
}
