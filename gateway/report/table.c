/* The tables of a report, as typed cells: what every form lays out. */
#include "table.h"

#include <assert.h>

#include "sentence.h"
#include "words.h"

static const struct {
	enum word name, title, empty;
	void (*make)(struct tabling *to);
} tables[REPORT_TABLES] = {
	[TABLE_UNITS] = {W_TABLE_UNITS, W_TITLE_UNITS, W_NOTHING, table_units},
	/* Whoever looks for Biểu 02 must not think that it was forgotten. */
	[TABLE_TARGETS] = {W_TABLE_TARGETS, W_TITLE_TARGETS, W_NO_TARGETS, table_targets},
	[TABLE_RANKING] = {W_TABLE_RANKING, W_TITLE_RANKING, W_NOTHING, table_ranking},
	[TABLE_QUALITY] = {W_TABLE_QUALITY, W_TITLE_QUALITY, W_NOTHING, table_quality},
	[TABLE_WORK] = {W_TABLE_WORK, W_TITLE_WORK, W_WORK_NONE, table_work},
	[TABLE_BESIDE] = {W_TABLE_BESIDE, W_TITLE_BESIDE, W_NOTHING, table_beside},
};

void
report_table(struct arena *arena, const struct report *report, enum report_table which,
	enum language language, struct table *table)
{
	struct tabling to = {
		.arena = arena, .report = report, .language = language, .table = table};

	*table = (struct table){
		.name = str_from(word(tables[which].name, language)),
		.title = str_from(word(tables[which].title, language)),
		.empty = str_from(word(tables[which].empty, language)),
	};
	tables[which].make(&to);
	assert(to.used % table->columns == 0); /* else a row lacks a cell */
	table->rows = to.used / table->columns;
	table->cells = to.cells;
}

void
table_begin(struct tabling *to, const struct column *columns, size_t count, size_t rows)
{
	struct str *heads = arena_alloc(to->arena, count * sizeof(*heads));
	enum cell_type *types = arena_alloc(to->arena, count * sizeof(*types));
	int *widths = arena_alloc(to->arena, count * sizeof(*widths));

	for (size_t i = 0; i < count; i++) {
		heads[i] = str_from(word(columns[i].head, to->language));
		types[i] = columns[i].type;
		widths[i] = columns[i].width;
	}
	to->table->heads = heads;
	to->table->types = types;
	to->table->widths = widths;
	to->table->columns = count;
	to->room = rows * count;
	to->cells = arena_alloc(to->arena, (to->room + 1) * sizeof(*to->cells));
}

void
add_cell(struct tabling *to, struct table_cell cell)
{
	assert(to->used < to->room);
	to->cells[to->used++] = cell;
}

void
add_words(struct tabling *to, enum word which)
{
	add_cell(to, cell_text(str_from(word(which, to->language))));
}

/* ---- cells ----------------------------------------------------------------------------------- */

struct table_cell
cell_text(struct str text)
{
	return (struct table_cell){.type = CELL_TEXT, .text = text};
}

struct table_cell
cell_none(void)
{
	return (struct table_cell){.type = CELL_NONE};
}

struct table_cell
cell_of(enum cell_type type, int64_t value)
{
	return (struct table_cell){.type = type, .value = value};
}

struct table_cell
cell_rate(int64_t num, int64_t den)
{
	return den > 0 ? cell_of(CELL_RATE_BP, round_half_up_of(10000, num, den)) : cell_none();
}

struct table_cell
cell_points(bool known, int64_t x100)
{
	return known ? cell_of(CELL_POINTS_X100, x100) : cell_none();
}

struct table_cell
cell_money(const struct tabling *to, bool withheld, struct vnd amount)
{
	return withheld ? cell_text(str_from(word(W_WITHHELD, to->language)))
			: cell_of(CELL_MONEY, amount.dong);
}

struct table_cell
cell_rank(size_t rank)
{
	return rank > 0 ? cell_of(CELL_COUNT, (int64_t)rank) : cell_none();
}

struct str
total_name(const struct tabling *to)
{
	struct buf place CLEANUP(buf_fini) = {0}, name CLEANUP(buf_fini) = {0};

	report_place(&place, to->report, to->language);
	put_words(&name, to->language, W_TOTAL, (struct str[]){buf_str(&place)});
	return kept(to->arena, &name);
}

/* In Vietnamese as the register has it: a table's names begin with a capital. */
struct str
place_name(const struct tabling *to, struct str name)
{
	struct buf place CLEANUP(buf_fini) = {0};

	if (to->language == VIETNAMESE)
		return name;
	report_place_name(&place, name, STR(""), to->language);
	return kept(to->arena, &place);
}

void
table_cell_text(struct buf *out, enum language language, const struct table_cell *cell)
{
	switch (cell->type) {
	case CELL_TEXT:
		buf_add(out, cell->text);
		break;
	case CELL_COUNT:
	case CELL_MONEY:
		figure_count(out, language, cell->value);
		break;
	case CELL_RATE_BP:
		figure_rate(out, language, cell->value);
		break;
	case CELL_POINTS_X100:
		figure_hundredths(out, language, cell->value);
		break;
	case CELL_NONE:
		buf_adds(out, NO_FIGURE);
		break;
	}
}
