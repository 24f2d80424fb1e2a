/* RFC 4180, read strictly: the line and column of every fault. */
#include <string.h>

#include "chopay/csv.h"

void
csv_init(struct csv *csv, struct str text)
{
	*csv = (struct csv){.rest = text, .line = 1, .next_line = 1, .separator = ','};
	if (str_starts(text, STR("\xef\xbb\xbf")))
		csv->rest = str_cut(text, 3, text.len);
}

void
csv_init_sheet(struct csv *csv, struct str text)
{
	csv_init(csv, text);
	for (size_t i = 0; i < csv->rest.len && csv->rest.ptr[i] != '\n'; i++) {
		char c = csv->rest.ptr[i];

		if (c == ',' || c == ';' || c == '\t') {
			csv->separator = c;
			return;
		}
	}
}

static struct err
csv_fail(struct csv *csv, const char *fault, size_t column)
{
	csv->fault = fault;
	csv->fault_column = column;
	return FAIL(ERR_INVALID, fault);
}

/* `at` stands behind the opening quote; afterwards behind the closing one. */
static const char *
quoted_field(struct csv *csv, size_t *at, struct buf *field)
{
	struct str text = csv->rest;

	for (;;) {
		if (*at == text.len)
			return "a quote is never closed";
		if (text.ptr[*at] == '"') {
			if (*at + 1 == text.len || text.ptr[*at + 1] != '"') {
				(*at)++;
				return NULL;
			}
			(*at)++; /* "" stands for one quote */
		}
		if (text.ptr[*at] == '\n')
			csv->next_line++;
		buf_addc(field, text.ptr[(*at)++]);
		if (field->len > CSV_FIELD_SIZE_MAX)
			return "a field is too long";
	}
}

static const char *
plain_field(struct csv *csv, size_t *at, struct buf *field)
{
	struct str text = csv->rest;
	size_t from = *at;

	while (*at < text.len && text.ptr[*at] != csv->separator &&
		strchr("\r\n\"", text.ptr[*at]) == NULL)
		(*at)++;
	if (*at < text.len && text.ptr[*at] == '"')
		return "a quote inside a field that does not begin with one";
	if (*at < text.len && text.ptr[*at] == '\0')
		return "a NUL byte";
	if (*at - from > CSV_FIELD_SIZE_MAX)
		return "a field is too long";
	buf_add(field, str_cut(text, from, *at));
	return NULL;
}

/* What stands behind a field: a separator (more follow), a line end, or the end. */
static const char *
field_end(struct csv *csv, size_t *at, bool *more)
{
	struct str text = csv->rest;

	*more = false;
	if (*at == text.len)
		return NULL;
	if (text.ptr[*at] == csv->separator) {
		*more = true;
		(*at)++;
		return NULL;
	}
	if (text.ptr[*at] == '\r' && *at + 1 < text.len && text.ptr[*at + 1] == '\n')
		(*at)++;
	if (text.ptr[*at] != '\n')
		return "something stands behind a closing quote, or a bare carriage return";
	(*at)++;
	csv->next_line++;
	return NULL;
}

static void
skip_blank_lines(struct csv *csv)
{
	for (;;) {
		if (str_starts(csv->rest, STR("\n")))
			csv->rest = str_cut(csv->rest, 1, csv->rest.len);
		else if (str_starts(csv->rest, STR("\r\n")))
			csv->rest = str_cut(csv->rest, 2, csv->rest.len);
		else
			return;
		csv->next_line++;
	}
}

struct err
csv_next(struct csv *csv, struct arena *arena, struct str fields[CSV_FIELDS_MAX], size_t *count)
{
	struct buf field CLEANUP(buf_fini) = {0};
	const char *fault;
	size_t at = 0, n = 0;
	bool more = true;

	skip_blank_lines(csv);
	csv->line = csv->next_line;
	if (csv->rest.len == 0)
		return FAIL(ERR_NOT_FOUND, "no more rows");
	while (more) {
		bool quoted = at < csv->rest.len && csv->rest.ptr[at] == '"';

		if (n == CSV_FIELDS_MAX)
			return csv_fail(csv, "too many fields", n);
		at += quoted;
		buf_clear(&field);
		fault = quoted ? quoted_field(csv, &at, &field) : plain_field(csv, &at, &field);
		if (fault == NULL && !str_is_utf8(buf_str(&field)))
			fault = "not UTF-8";
		if (fault == NULL)
			fault = field_end(csv, &at, &more);
		if (fault != NULL)
			return csv_fail(csv, fault, n + 1);
		fields[n++] = arena_copy(arena, buf_str(&field));
	}
	csv->rest = str_cut(csv->rest, at, csv->rest.len);
	*count = n;
	return OK;
}

void
csv_put(struct buf *out, struct str field, bool last)
{
	bool quote = false;

	for (size_t i = 0; i < field.len && !quote; i++)
		quote = strchr(",\"\r\n", field.ptr[i]) != NULL;
	if (quote)
		buf_addc(out, '"');
	for (size_t i = 0; i < field.len; i++) {
		if (field.ptr[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, field.ptr[i]);
	}
	if (quote)
		buf_addc(out, '"');
	buf_addc(out, last ? '\n' : ',');
}

/* Behind any number of ': would a spreadsheet compute it, now or with one ' less? */
static bool
is_formula(struct str field)
{
	static const char *const starts[] = {
		"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"};

	while (str_starts(field, STR("'")))
		field = str_cut(field, 1, field.len);
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		if (str_starts(field, str_from(starts[i])))
			return true;
	}
	return false;
}

void
csv_put_text(struct buf *out, struct str field, bool last)
{
	struct buf text CLEANUP(buf_fini) = {0};

	if (is_formula(field))
		buf_addc(&text, '\'');
	buf_add(&text, field);
	csv_put(out, buf_str(&text), last);
}

struct str
csv_text(struct str field)
{
	return str_starts(field, STR("'")) && is_formula(field) ? str_cut(field, 1, field.len)
								: field;
}
