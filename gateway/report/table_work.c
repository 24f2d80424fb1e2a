/* The work list, in the order of a walk: market by market, stall by stall. */
#include <stdlib.h>

#include "table.h"
#include "words.h"

static const struct column work[] = {
	{W_NO, CELL_COUNT, 7},
	{W_MARKET, CELL_TEXT, 24},
	{W_STALL_CODE, CELL_TEXT, 11},
	{W_STALL_NAME, CELL_TEXT, 30},
	{W_GOODS, CELL_TEXT, 16},
	{W_REASON, CELL_TEXT, 28},
	{W_DETAIL, CELL_TEXT, 28},
	{W_DONE, CELL_TEXT, 22},
};

static const enum word reasons[WORK_REASONS] = {
	[WORK_NO_CODE] = W_WORK_NO_CODE,
	[WORK_INACTIVE] = W_WORK_INACTIVE,
	[WORK_DROPPED] = W_WORK_DROPPED,
	[WORK_SILENT_HOURS] = W_WORK_SILENT,
	[WORK_FLAGGED] = W_WORK_FLAGGED,
};

static bool
is_digit(struct str text, size_t at)
{
	return at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9';
}

/* The digits at `at`, without zeros in front; `at` moves behind them. */
static struct str
number_at(struct str text, size_t *at)
{
	size_t from;

	while (text.ptr[*at] == '0' && is_digit(text, *at + 1))
		(*at)++;
	for (from = *at; is_digit(text, *at);)
		(*at)++;
	return str_cut(text, from, *at);
}

/* A2 stands before A10, as the stalls do. */
static int
compare_codes(struct str a, struct str b)
{
	size_t i = 0, j = 0;

	while (i < a.len && j < b.len) {
		if (is_digit(a, i) && is_digit(b, j)) {
			struct str m = number_at(a, &i), n = number_at(b, &j);

			if (m.len != n.len)
				return m.len < n.len ? -1 : 1;
			for (size_t k = 0; k < m.len; k++)
				if (m.ptr[k] != n.ptr[k])
					return m.ptr[k] < n.ptr[k] ? -1 : 1;
		} else if (a.ptr[i] != b.ptr[j]) {
			return (unsigned char)a.ptr[i] < (unsigned char)b.ptr[j] ? -1 : 1;
		} else {
			i++;
			j++;
		}
	}
	return (i < a.len) - (j < b.len);
}

/* Of two that are the same in all of it the one that the report has first. */
static int
compare_items(const void *left, const void *right)
{
	const struct work_item *a = *(const struct work_item *const *)left;
	const struct work_item *b = *(const struct work_item *const *)right;
	int order = compare_codes(a->market_code, b->market_code);

	if (order == 0)
		order = compare_codes(a->stall_code, b->stall_code);
	if (order == 0)
		order = (a->reason > b->reason) - (a->reason < b->reason);
	return order != 0 ? order : (a > b) - (a < b);
}

const struct work_item **
work_in_order(struct arena *arena, const struct report *report)
{
	size_t count = report->work_count;
	const struct work_item **items = arena_alloc(
		arena, (count + 1) * sizeof(struct work_item *));

	for (size_t i = 0; i < count; i++)
		items[i] = &report->work[i];
	qsort(items, count, sizeof(struct work_item *), compare_items);
	return items;
}

enum word
work_reason_word(enum work_reason reason)
{
	return reasons[reason];
}

struct table_cell
cell_detail(const struct tabling *to, const struct work_item *item)
{
	struct buf text CLEANUP(buf_fini) = {0};

	report_work_detail(&text, item, to->language);
	return cell_text(kept(to->arena, &text));
}

void
table_work(struct tabling *to)
{
	size_t count = to->report->work_count;
	const struct work_item **items = work_in_order(to->arena, to->report);

	table_begin(to, work, sizeof(work) / sizeof(work[0]), count);
	for (size_t i = 0; i < count; i++) {
		add_cell(to, cell_of(CELL_COUNT, (int64_t)i + 1));
		add_cell(to, cell_text(items[i]->market_name));
		add_cell(to, cell_text(items[i]->stall_code));
		add_cell(to, cell_text(items[i]->stall_name));
		add_cell(to, cell_text(items[i]->goods));
		add_words(to, reasons[items[i]->reason]);
		add_cell(to, cell_detail(to, items[i]));
		add_cell(to, cell_text(STR(""))); /* to be written in by hand */
	}
}
