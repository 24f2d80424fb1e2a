/* The header of a table: which row names the columns of the mapping. */
#include "statement_table.h"

struct str
statement_cell_text(const struct statement_row *row, size_t column)
{
	return column == 0 || column > row->count ? (struct str){NULL, 0}
						  : row->cells[column - 1].text;
}

bool
statement_header_has_names(const struct statement_mapping *mapping)
{
	for (size_t i = 0; i < STATEMENT_FIELDS; i++) {
		if (mapping->columns[i].name.len > 0)
			return true;
	}
	return false;
}

size_t
statement_header_find(struct arena *arena, const struct statement_mapping *mapping,
	const struct statement_row *row, size_t columns[STATEMENT_FIELDS], int *twice)
{
	struct str words[STATEMENT_COLUMNS_MAX];
	size_t hits = 0;

	*twice = -1;
	for (size_t n = 0; n < row->count; n++)
		words[n] = statement_words(arena, row->cells[n].text);
	for (int i = 0; i < STATEMENT_FIELDS; i++) {
		struct str want = mapping->columns[i].name.len == 0
					  ? STR("")
					  : statement_words(arena, mapping->columns[i].name);

		columns[i] = mapping->columns[i].number;
		for (size_t n = 0; n < row->count && want.len > 0; n++) {
			if (!str_eq(words[n], want))
				continue;
			if (columns[i] > 0)
				*twice = i;
			columns[i] = n + 1;
		}
		hits += want.len > 0 && columns[i] > 0;
	}
	return hits;
}

bool
statement_header_is_complete(
	const struct statement_mapping *mapping, const size_t columns[STATEMENT_FIELDS])
{
	for (size_t i = 0; i < STATEMENT_FIELDS; i++) {
		if (mapping->columns[i].name.len > 0 && columns[i] == 0)
			return false;
	}
	return true;
}

bool
statement_header_is_line(const struct statement_mapping *mapping, const struct statement_row *row)
{
	struct statement_time time;

	for (size_t i = 0; i < STATEMENT_FIELDS; i++) {
		if (i != FIELD_NOTE && i != FIELD_BALANCE &&
			mapping->columns[i].number > row->count)
			return false;
	}
	return statement_time_text(statement_cell_text(row, mapping->columns[FIELD_DATE].number),
		       mapping->dates, &time) == NULL;
}

bool
statement_search_row(void *arg, const struct statement_row *row)
{
	struct statement_search *search = arg;
	size_t columns[STATEMENT_FIELDS];
	int twice;

	if (statement_header_has_names(search->mapping)) {
		statement_header_find(search->build->arena, search->mapping, row, columns, &twice);
		search->hits += statement_header_is_complete(search->mapping, columns);
		if (search->hits > 0)
			return false;
	} else {
		search->hits += statement_header_is_line(search->mapping, row);
	}
	return ++search->rows < STATEMENT_PREAMBLE_MAX;
}
