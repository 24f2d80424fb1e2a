/* The rows of one sheet: cells by their column, numbers and dates as text. */
#include <string.h>

#include "statement_xlsx.h"

#define CELL_BYTES_MAX 65536
#define ROW_BYTES_MAX (1024u * 1024)
#define FRACTION_DIGITS 10
#define DAYS_TO_1970 25569 /* from the last day of 1899 but one */
#define DAYS_TO_1904 1462
#define SERIAL_MIN 30000 /* in 1982: what is less is no date of a statement */
#define SERIAL_MAX 80000 /* in 2119 */
#define SECONDS_PER_DAY 86400

enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_TEXT };

struct sheet {
	struct statement_xlsx *xlsx;
	statement_row_fn row;
	void *arg;
	/* of this row */
	size_t line, column; /* column: of the cell that came last, from 1 */
	struct buf bytes;
	struct {
		size_t from, to;
		bool number;
	} places[STATEMENT_COLUMNS_MAX];
	size_t count;
	/* of this cell */
	enum cell_type type;
	bool date, phonetic;
	struct buf value;
};

/* ---- numbers -------------------------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "-12.5E+3": sign, digits without the point, and how many of them stand before it. */
struct number {
	bool negative;
	char digits[40];
	size_t count;
	int64_t whole;
};

static bool
read_number(struct str text, struct number *number)
{
	size_t at = 0;
	int64_t exponent = 0;
	bool point = false;

	*number = (struct number){.negative = str_starts(text, STR("-"))};
	at = number->negative;
	for (; at < text.len && (is_digit(text.ptr[at]) || (text.ptr[at] == '.' && !point)); at++) {
		if (text.ptr[at] == '.') {
			point = true;
			continue;
		}
		if (number->count == sizeof(number->digits))
			return false;
		number->digits[number->count++] = text.ptr[at];
		number->whole += !point;
	}
	if (at < text.len && (text.ptr[at] == 'E' || text.ptr[at] == 'e')) {
		bool plus = at + 1 < text.len && text.ptr[at + 1] == '+';

		if (str_to_i64(str_cut(text, at + 1 + plus, text.len), &exponent).code != ERR_OK ||
			exponent < -30 || exponent > 30)
			return false;
		at = text.len;
	}
	number->whole += exponent;
	return at == text.len && number->count > 0;
}

static bool
is_whole(const struct number *number)
{
	for (size_t i = 0; i < number->count; i++) {
		if ((int64_t)i >= number->whole && number->digits[i] != '0')
			return false;
	}
	return true;
}

void
xlsx_number(struct buf *out, struct str text)
{
	struct number number;
	size_t start = 0;

	if (!read_number(text, &number) || !is_whole(&number)) {
		buf_add(out, text); /* as it stands: no amount, and nobody rounds it */
		return;
	}
	while (start < number.count && number.digits[start] == '0')
		start++;
	if (start == number.count || number.whole <= (int64_t)start) {
		buf_addc(out, '0');
		return;
	}
	if (number.negative)
		buf_addc(out, '-');
	for (size_t i = start; (int64_t)i < number.whole; i++)
		buf_addc(out, i < number.count ? number.digits[i] : '0');
}

/* A day count and the part of the day that has gone by, to the second. */
bool
xlsx_date(struct buf *out, struct str text, bool from_1904)
{
	struct number number;
	int64_t days = 0, fraction = 0, unit = 1, seconds;

	if (!read_number(text, &number) || number.negative || number.whole > 9)
		return false;
	for (int64_t i = 0; i < number.whole; i++)
		days = days * 10 + ((size_t)i < number.count ? number.digits[i] - '0' : 0);
	for (int64_t i = 0; i < FRACTION_DIGITS; i++) {
		int64_t at = number.whole + i;

		unit *= 10;
		fraction = fraction * 10 +
			   (at >= 0 && at < (int64_t)number.count ? number.digits[at] - '0' : 0);
	}
	seconds = (fraction * SECONDS_PER_DAY + unit / 2) / unit;
	if (from_1904 && days > 0)
		days += DAYS_TO_1904;
	days += seconds / SECONDS_PER_DAY;
	seconds %= SECONDS_PER_DAY;
	if (days > 0 && (days < SERIAL_MIN || days > SERIAL_MAX))
		return false;
	if (days > 0)
		day_format(out, (int32_t)(days - DAYS_TO_1970));
	if (days == 0 || seconds > 0)
		buf_addf(out, "%s%02d:%02d:%02d", days > 0 ? " " : "", (int)(seconds / 3600),
			(int)(seconds / 60 % 60), (int)(seconds % 60));
	return true;
}

/* ---- cells ---------------------------------------------------------------------------------- */

/* "BC12" -> 55; 0: no reference. */
static size_t
column_of(struct str reference)
{
	size_t column = 0;

	for (size_t i = 0; i < reference.len && i < 4; i++) {
		char c = reference.ptr[i];

		if (c < 'A' || c > 'Z')
			return column;
		column = column * 26 + (size_t)(c - 'A' + 1);
	}
	return column;
}

static void
cell_starts(struct sheet *sheet, const char **attributes)
{
	struct str type = statement_xml_attribute(attributes, "t");
	size_t column = column_of(statement_xml_attribute(attributes, "r"));
	int64_t style = 0;

	sheet->column = column > 0 ? column : sheet->column + 1;
	sheet->type = type.len == 0 || str_eq(type, STR("n")) ? CELL_NUMBER
		      : str_eq(type, STR("s"))		      ? CELL_SHARED
							      : CELL_TEXT;
	if (str_to_i64(statement_xml_attribute(attributes, "s"), &style).code != ERR_OK)
		style = 0;
	sheet->date = style >= 0 && style < (int64_t)sheet->xlsx->style_count &&
		      sheet->xlsx->date_styles[style];
	buf_clear(&sheet->value);
}

static bool
put_shared(struct sheet *sheet, struct str text)
{
	int64_t index;

	if (str_to_i64(text, &index).code != ERR_OK || index < 0 ||
		index >= (int64_t)sheet->xlsx->string_count)
		return false;
	buf_add(&sheet->bytes, sheet->xlsx->strings[index]);
	return true;
}

static void
cell_ends(struct sheet *sheet, struct statement_xml *xml)
{
	struct str value = statement_trim(buf_str(&sheet->value));
	size_t from = sheet->bytes.len, column = sheet->column;
	bool number = false;

	if (value.len == 0 || column > STATEMENT_COLUMNS_MAX)
		return; /* no mapping reaches that far */
	if (sheet->type == CELL_SHARED) {
		if (!put_shared(sheet, value)) {
			statement_xml_stop(xml, "a cell names a text that is not there");
			return;
		}
	} else if (sheet->type == CELL_TEXT) {
		buf_add(&sheet->bytes, value);
	} else if (!sheet->date || !xlsx_date(&sheet->bytes, value, sheet->xlsx->from_1904)) {
		xlsx_number(&sheet->bytes, value);
		number = true;
	}
	if (sheet->bytes.len - from > CELL_BYTES_MAX || sheet->bytes.len > ROW_BYTES_MAX) {
		statement_xml_stop(xml, "a row holds too much text");
		return;
	}
	for (size_t i = sheet->count; i < column; i++) { /* cells that were skipped are empty */
		sheet->places[i].from = sheet->places[i].to = 0;
		sheet->places[i].number = false;
	}
	sheet->count = column > sheet->count ? column : sheet->count;
	sheet->places[column - 1].from = from;
	sheet->places[column - 1].to = sheet->bytes.len;
	sheet->places[column - 1].number = number;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void
row_starts(struct sheet *sheet, const char **attributes)
{
	int64_t line;

	if (str_to_i64(statement_xml_attribute(attributes, "r"), &line).code == ERR_OK && line > 0)
		sheet->line = (size_t)line;
	else
		sheet->line++;
	sheet->column = sheet->count = 0;
	buf_clear(&sheet->bytes);
}

static void
row_ends(struct sheet *sheet, struct statement_xml *xml)
{
	struct statement_cell cells[STATEMENT_COLUMNS_MAX];
	const struct statement_row row = {sheet->line, cells, sheet->count};
	struct str bytes = buf_str(&sheet->bytes);

	for (size_t i = 0; i < sheet->count; i++)
		cells[i] = (struct statement_cell){
			str_cut(bytes, sheet->places[i].from, sheet->places[i].to),
			sheet->places[i].number};
	if (!sheet->row(sheet->arg, &row))
		statement_xml_stop(xml, ""); /* enough: no fault */
}

static void
element_starts(struct statement_xml *xml, struct str name, const char **attributes)
{
	struct sheet *sheet = xml->arg;

	if (str_eq(name, STR("row")))
		row_starts(sheet, attributes);
	else if (str_eq(name, STR("c")))
		cell_starts(sheet, attributes);
	else if (str_eq(name, STR("rPh")))
		sheet->phonetic = true;
}

/* <v>: the value; <is><t>: text of the cell's own, whose runs are joined. */
static void
element_ends(struct statement_xml *xml, struct str name, struct str text)
{
	struct sheet *sheet = xml->arg;

	if (str_eq(name, STR("v")) || (str_eq(name, STR("t")) && !sheet->phonetic)) {
		if (sheet->value.len + text.len > CELL_BYTES_MAX)
			statement_xml_stop(xml, "a cell holds too much text");
		else
			buf_add(&sheet->value, text);
	} else if (str_eq(name, STR("rPh"))) {
		sheet->phonetic = false;
	} else if (str_eq(name, STR("c"))) {
		cell_ends(sheet, xml);
	} else if (str_eq(name, STR("row"))) {
		row_ends(sheet, xml);
	}
}

void
statement_xlsx_rows(struct statement_xlsx *xlsx, size_t n, statement_row_fn row, void *arg)
{
	struct sheet sheet = {.xlsx = xlsx, .row = row, .arg = arg};
	struct statement_xml xml = {.start = element_starts, .end = element_ends, .arg = &sheet};

	(void)xlsx_read_part(
		xlsx, arena_cstr(xlsx->build->arena, xlsx->sheets[n].path), false, &xml);
	buf_fini(&sheet.bytes);
	buf_fini(&sheet.value);
}
