/* The CSV of banks: comma, semicolon or tab; quotes where a field begins with one; any line end. */
#include "statement_rows.h"

#define FIELD_MAX 65536 /* bytes */

struct reader {
	struct statement_build *build;
	struct str text;
	size_t at, line;
	char separator;
	struct buf bytes; /* of the row's fields, one after the other */
	size_t ends[STATEMENT_COLUMNS_MAX];
	size_t count;
};

static bool
fault(struct reader *reader, const char *what)
{
	statement_fault(reader->build, reader->line, "", "%s", what);
	return false;
}

static bool
at_line_end(const struct reader *reader)
{
	char c = reader->text.ptr[reader->at];

	return c == '\n' || c == '\r';
}

/* Behind the opening quote; afterwards behind the closing one. */
static bool
quoted_field(struct reader *reader, size_t *line_ends)
{
	size_t from = reader->bytes.len;

	for (; reader->at < reader->text.len; reader->at++) {
		char c = reader->text.ptr[reader->at];

		if (c == '"') {
			if (reader->at + 1 == reader->text.len ||
				reader->text.ptr[reader->at + 1] != '"') {
				reader->at++;
				return true;
			}
			reader->at++; /* "" stands for one quote */
		}
		*line_ends += c == '\n';
		buf_addc(&reader->bytes, c);
		if (reader->bytes.len - from > FIELD_MAX)
			return fault(reader, "a field is too long; is a quote not closed?");
	}
	return fault(reader, "a quote is never closed");
}

static bool
plain_field(struct reader *reader)
{
	size_t from = reader->at;
	struct str field;

	while (reader->at < reader->text.len && !at_line_end(reader) &&
		reader->text.ptr[reader->at] != reader->separator)
		reader->at++;
	field = str_cut(reader->text, from, reader->at);
	if (field.len > FIELD_MAX)
		return fault(reader, "a field is too long");
	/* ="0071000000001": how a CSV tells a spreadsheet to keep the zeros. */
	if (field.len >= 3 && str_starts(field, STR("=\"")) && str_ends(field, STR("\"")))
		field = str_cut(field, 2, field.len - 1);
	buf_add(&reader->bytes, field);
	return true;
}

/* One row; false at the end or after a fault. */
static bool
read_row(struct reader *reader, size_t *line_ends)
{
	buf_clear(&reader->bytes);
	reader->count = 0;
	*line_ends = 0;
	if (reader->at == reader->text.len)
		return false;
	for (;;) {
		bool quoted = reader->at < reader->text.len && reader->text.ptr[reader->at] == '"';

		if (reader->count == STATEMENT_COLUMNS_MAX)
			return fault(reader, "more than 64 columns");
		reader->at += quoted;
		if (quoted ? !quoted_field(reader, line_ends) : !plain_field(reader))
			return false;
		reader->ends[reader->count++] = reader->bytes.len;
		if (reader->at == reader->text.len || at_line_end(reader))
			break;
		if (reader->text.ptr[reader->at++] != reader->separator)
			return fault(reader, "something stands behind a closing quote");
	}
	if (reader->at < reader->text.len) {
		bool both = str_starts(
			str_cut(reader->text, reader->at, reader->at + 2), STR("\r\n"));

		reader->at += both ? 2 : 1;
		(*line_ends)++;
	}
	return true;
}

void
statement_csv_rows(struct statement_build *build, struct str text, char separator,
	statement_row_fn row, void *arg)
{
	struct reader reader = {.build = build, .text = text, .line = 1, .separator = separator};
	struct statement_cell cells[STATEMENT_COLUMNS_MAX];
	size_t line_ends;

	while (read_row(&reader, &line_ends)) {
		struct str bytes = buf_str(&reader.bytes);
		const struct statement_row one = {reader.line, cells, reader.count};
		size_t from = 0;

		for (size_t i = 0; i < reader.count; i++) {
			cells[i] = (struct statement_cell){
				str_cut(bytes, from, reader.ends[i]), false};
			from = reader.ends[i];
		}
		reader.line += line_ends;
		if (!row(arg, &one))
			break;
	}
	buf_fini(&reader.bytes);
}
