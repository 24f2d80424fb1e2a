/* How wide the columns of a table are on a page. */
#include "columns.h"

#include "chopay/plain.h"

void
longest_fini(struct longest *longest)
{
	buf_fini(&longest->cell);
	buf_fini(&longest->word);
}

static void
keep_longer(struct buf *longest, struct str text)
{
	if (plain_letters(text) <= plain_letters(buf_str(longest)))
		return;
	buf_clear(longest);
	buf_add(longest, text);
}

void
longest_find(
	const struct table *table, size_t column, enum language language, struct longest *longest)
{
	struct buf text CLEANUP(buf_fini) = {0};
	struct str rest, one;
	bool more;

	for (size_t row = 0; row < table->rows; row++) {
		buf_clear(&text);
		table_cell_text(&text, language, &table->cells[row * table->columns + column]);
		rest = buf_str(&text);
		keep_longer(&longest->cell, rest);
		do {
			more = str_split(&rest, ' ', &one);
			keep_longer(&longest->word, one);
		} while (more);
	}
}

void
columns_share(const struct column_need *needs, size_t columns, double room, double *widths)
{
	double least = 0, lack = 0, left;

	for (size_t i = 0; i < columns; i++) {
		least += needs[i].least;
		lack += needs[i].most - needs[i].least;
	}
	left = room - least;
	for (size_t i = 0; i < columns; i++) {
		if (left < 0) /* even the smallest letters are too wide: words break */
			widths[i] = needs[i].least * room / least;
		else if (lack > left)
			widths[i] = needs[i].least + (needs[i].most - needs[i].least) * left / lack;
		else
			widths[i] = needs[i].most + (left - lack) / (double)columns;
	}
}
