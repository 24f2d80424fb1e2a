/* The tables of a report on a page: those of the annex as they are, and the ranking, whose figures
 * open and whose columns sort. */
#include <stdlib.h>
#include <string.h>

#include "screen.h"
#include "sentence.h"
#include "table.h"
#include "words.h"

/* ---- tables of the annex --------------------------------------------------------------------- */

static json_t *
heads_of(const struct table *table)
{
	json_t *heads = json_array();

	for (size_t i = 0; i < table->columns; i++) {
		json_t *head = json_object();

		json_set_str(head, "text", table->heads[i]);
		json_object_set_new(head, "number", json_boolean(table->types[i] != CELL_TEXT));
		json_array_append_new(heads, head);
	}
	return heads;
}

static json_t *
cell_json(const struct screen *screen, const struct table *table, size_t column,
	const struct table_cell *cell)
{
	struct buf text CLEANUP(buf_fini) = {0};
	json_t *json = json_object();

	table_cell_text(&text, screen->language, cell);
	json_set_str(json, "label", table->heads[column]);
	json_set_str(json, "text", screen_name(screen, buf_str(&text)));
	json_object_set_new(json, "number", json_boolean(table->types[column] != CELL_TEXT));
	return json;
}

/* Rows `from` to before `until`. */
static json_t *
rows_of(const struct screen *screen, const struct table *table, size_t from, size_t until)
{
	json_t *rows = json_array();

	for (size_t i = from; i < until; i++) {
		json_t *row = json_object(), *cells = json_array();

		for (size_t j = 0; j < table->columns; j++)
			json_array_append_new(cells,
				cell_json(screen, table, j, &table->cells[i * table->columns + j]));
		json_object_set_new(row, "cells", cells);
		json_object_set_new(row, "total", json_boolean(i + table->totals >= table->rows));
		json_array_append_new(rows, row);
	}
	return rows;
}

json_t *
screen_table_part(const struct screen *screen, const struct table *table, size_t from, size_t until)
{
	json_t *json = json_object();

	json_set_str(json, "title", table->title);
	json_set_str(json, "empty", table->empty);
	json_object_set_new(json, "any", json_boolean(table->rows > 0));
	json_object_set_new(json, "heads", heads_of(table));
	json_object_set_new(json, "rows", rows_of(screen, table, from, until));
	return json;
}

json_t *
screen_table(const struct screen *screen, enum report_table which)
{
	struct table table;

	report_table(screen->arena, screen->report, which, screen->language, &table);
	return screen_table_part(screen, &table, 0, table.rows);
}

/* ---- the ranking ----------------------------------------------------------------------------- */

/* What a row is ordered by; `known` false: it stands at the end either way. */
struct sort_key {
	bool known;
	int64_t number;
	struct str text;
};

struct sorted_row {
	const struct report_row *row;
	struct sort_key key;
	bool backwards;
};

enum sort_column {
	SORT_RANK,
	SORT_UNIT,
	SORT_CAI,
	SORT_P,
	SORT_H,
	SORT_N,
	SORT_D,
	SORT_V1,
	SORT_V2
};
#define SORT_COLUMNS 9
static const struct {
	const char *name;
	enum word head;
	bool best_is_most; /* the first click shows the largest on top */
} sort_columns[SORT_COLUMNS] = {
	[SORT_RANK] = {"rank", W_RANK, false},
	[SORT_UNIT] = {"unit", W_UNIT, false},
	[SORT_CAI] = {"cai", W_CAI, true},
	[SORT_P] = {"p", W_P_POINTS, true},
	[SORT_H] = {"h", W_H_POINTS, true},
	[SORT_N] = {"n", W_N_POINTS, true},
	[SORT_D] = {"d", W_D_POINTS, true},
	[SORT_V1] = {"v1", W_V1, true},
	[SORT_V2] = {"v2", W_V2, true},
};

static struct sort_key
number_key(bool known, int64_t number)
{
	return (struct sort_key){known, number, STR("")};
}

static struct sort_key
key_of(const struct report_row *row, enum sort_column column)
{
	const struct report_figures *figures = &row->figures;
	const struct cai *cai = &figures->cai;

	switch (column) {
	case SORT_RANK:
		return number_key(row->rank > 0, (int64_t)row->rank);
	case SORT_UNIT:
		return (struct sort_key){true, 0, row->name};
	case SORT_CAI:
		return number_key(cai->known, cai->cai_x100);
	case SORT_V1:
		return number_key(true, figures->payments);
	case SORT_V2: /* withheld money is 0, and tells nothing by its place */
		return number_key(!figures->withheld, figures->value.dong);
	default:
		break;
	}
	const struct cai_figure *figure = &cai->figures[column - SORT_P];

	return number_key(figure->known, figure->pts_x100);
}

static int
compare_texts(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
compare_rows(const void *left, const void *right)
{
	const struct sorted_row *a = left, *b = right;
	int order;

	if (a->key.known != b->key.known)
		return a->key.known ? -1 : 1;
	order = (a->key.number > b->key.number) - (a->key.number < b->key.number);
	if (order == 0)
		order = compare_texts(a->key.text, b->key.text);
	if (a->backwards)
		order = -order;
	/* Those that are the same stay as the report has them. */
	return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

/* False: no column of ours: the order of ranks. */
static bool
read_sort(struct str sort, enum sort_column *column, bool *backwards)
{
	*backwards = str_starts(sort, STR("-"));
	if (*backwards)
		sort = str_cut(sort, 1, sort.len);
	for (int i = 0; i < SORT_COLUMNS; i++) {
		if (str_eq(sort, str_from(sort_columns[i].name))) {
			*column = (enum sort_column)i;
			/* "p" is the best first, "-p" the other way round. */
			*backwards = *backwards != sort_columns[i].best_is_most;
			return true;
		}
	}
	*column = SORT_RANK;
	*backwards = false;
	return false;
}

static struct sorted_row *
sort_rows(const struct screen *screen)
{
	const struct report *report = screen->report;
	struct sorted_row *rows = arena_alloc(
		screen->arena, (report->row_count + 1) * sizeof(*rows));
	enum sort_column column;
	bool backwards, asked = read_sort(screen->order->sort, &column, &backwards);

	for (size_t i = 0; i < report->row_count; i++)
		rows[i] = (struct sorted_row){
			&report->rows[i], key_of(&report->rows[i], column), backwards};
	if (asked && report->row_count > 1)
		qsort(rows, report->row_count, sizeof(*rows), compare_rows);
	return rows;
}

/* The columns that sort, each with the order that a click gives next. */
static json_t *
ranking_heads(const struct screen *screen)
{
	enum sort_column sorted;
	bool backwards;
	json_t *heads = json_object();

	(void)read_sort(screen->order->sort, &sorted, &backwards);
	for (int i = 0; i < SORT_COLUMNS; i++) {
		bool now = sorted == (enum sort_column)i;
		bool best_first = now && backwards == sort_columns[i].best_is_most;
		json_t *head = json_object();
		enum word text = i == SORT_UNIT && screen->report->rows_are_markets
					 ? W_MARKET
					 : sort_columns[i].head;

		json_set_str(head, "text", str_from(word(text, screen->language)));
		json_set_str(head, "href",
			arena_printf(screen->arena, "?%.*s&sort=%s%s#ranking",
				STR_FMT(screen->order->self), best_first ? "-" : "",
				sort_columns[i].name));
		if (now)
			json_set_str(
				head, "sorted", backwards ? STR("descending") : STR("ascending"));
		json_object_set_new(heads, sort_columns[i].name, head);
	}
	json_set_str(heads, "previous", str_from(word(W_RANK_BEFORE, screen->language)));
	json_set_str(heads, "note", str_from(word(W_NOTE, screen->language)));
	return heads;
}

/* The points of a component, and what they are made of: in few bytes, for a province has many. */
static json_t *
opening(const struct screen *screen, const struct cai_figure *figure)
{
	json_t *json = json_object();

	json_set_str(json, "text",
		figure->known ? screen_hundredths(screen, figure->pts_x100) : STR(NO_FIGURE));
	json_set_str(json, "part", screen_part(screen, (struct share){figure->num, figure->den}));
	return json;
}

static void
set_ranks(const struct screen *screen, json_t *json, const struct report_row *row)
{
	struct buf change CLEANUP(buf_fini) = {0};

	json_set_str(json, "rank",
		row->rank > 0 ? screen_count(screen, (int64_t)row->rank) : STR(NO_FIGURE));
	json_set_str(json, "previous",
		row->previous_rank > 0 ? screen_count(screen, (int64_t)row->previous_rank)
				       : STR(NO_FIGURE));
	if (row->rank == 0 || row->previous_rank == 0)
		return;
	figure_put_rank_change(
		&change, screen->language, (int64_t)row->rank, (int64_t)row->previous_rank);
	json_set_str(json, "change", buf_str(&change));
	json_object_set_new(json, "up", json_boolean(row->rank < row->previous_rank));
	json_object_set_new(json, "down", json_boolean(row->rank > row->previous_rank));
}

static struct str
row_href(const struct screen *screen, const struct report_row *row)
{
	struct buf href CLEANUP(buf_fini) = {0};

	buf_adds(&href, screen->report->rows_are_markets ? "/reports?market=" : "/reports?unit=");
	buf_add_percent(&href, row->code);
	if (screen->order->query.len > 0)
		buf_addc(&href, '&');
	buf_add(&href, screen->order->query);
	return kept(screen->arena, &href);
}

static json_t *
ranking_row(const struct screen *screen, const struct report_row *row)
{
	static const char *const names[CAI_COMPONENTS] = {"p", "h", "n", "d"};
	const struct report_figures *figures = &row->figures;
	const struct cai *cai = &figures->cai;
	json_t *json = json_object();

	set_ranks(screen, json, row);
	json_set_str(json, "code", row->code);
	json_set_str(json, "name", screen_name(screen, row->name));
	json_set_str(json, "href", row_href(screen, row));
	json_set_str(json, "cai",
		cai->known ? screen_hundredths(screen, cai->cai_x100) : STR(NO_FIGURE));
	for (int i = 0; i < CAI_COMPONENTS; i++)
		json_object_set_new(json, names[i], opening(screen, &cai->figures[i]));
	json_set_str(json, "v1", screen_count(screen, figures->payments));
	json_set_str(json, "v2",
		figures->withheld ? str_from(word(W_WITHHELD, screen->language))
				  : screen_count(screen, figures->value.dong));
	json_set_str(json, "note",
		unranked_reason(
			figures, row->rank == 0 ? row->unranked : STR(""), screen->language));
	return json;
}

json_t *
screen_ranking(const struct screen *screen)
{
	const struct sorted_row *rows = sort_rows(screen);
	json_t *json = json_object(), *list = json_array();

	for (size_t i = 0; i < screen->report->row_count; i++)
		json_array_append_new(list, ranking_row(screen, rows[i].row));
	json_set_str(json, "title", str_from(word(W_TITLE_RANKING, screen->language)));
	json_object_set_new(json, "heads", ranking_heads(screen));
	json_object_set_new(json, "rows", list);
	return json;
}
