/* What cells refer to: the strings they share, and whether a number is shown as a date. */
#include <string.h>

#include "statement_xlsx.h"

#define FORMATS_MAX 1000 /* number formats of a file's own */
#define STRING_BYTES_MAX (128u * 1024 * 1024)

/* ---- strings -------------------------------------------------------------------------------- */

struct strings {
	struct statement_xlsx *xlsx;
	struct buf text; /* of this item, whose runs are joined */
	size_t bytes;
	bool phonetic; /* how it is pronounced: not part of it */
};

static void
string_starts(struct statement_xml *xml, struct str name, const char **attributes)
{
	struct strings *strings = xml->arg;

	(void)attributes;
	if (str_eq(name, STR("si")))
		buf_clear(&strings->text);
	else if (str_eq(name, STR("rPh")))
		strings->phonetic = true;
}

static void
string_ends(struct statement_xml *xml, struct str name, struct str text)
{
	struct strings *strings = xml->arg;
	struct statement_xlsx *xlsx = strings->xlsx;

	if (str_eq(name, STR("t")) && !strings->phonetic) {
		buf_add(&strings->text, text);
		strings->bytes += text.len;
		if (strings->bytes > STRING_BYTES_MAX)
			statement_xml_stop(xml, "too much text");
	} else if (str_eq(name, STR("rPh"))) {
		strings->phonetic = false;
	} else if (str_eq(name, STR("si"))) {
		if (xlsx->string_count == XLSX_STRINGS_MAX) {
			statement_xml_stop(xml, "too many texts");
			return;
		}
		if (xlsx->string_count == xlsx->string_capacity) {
			xlsx->string_capacity = xlsx->string_capacity == 0
							? 256
							: xlsx->string_capacity * 2;
			xlsx->strings = mem_resize(
				xlsx->strings, xlsx->string_capacity * sizeof(*xlsx->strings));
		}
		xlsx->strings[xlsx->string_count++] = arena_copy(
			xlsx->build->arena, buf_str(&strings->text));
	}
}

bool
xlsx_read_strings(struct statement_xlsx *xlsx)
{
	struct strings strings = {.xlsx = xlsx};
	struct statement_xml xml = {.start = string_starts, .end = string_ends, .arg = &strings};
	bool read = xlsx_read_part(xlsx, "xl/sharedStrings.xml", true, &xml);

	buf_fini(&strings.text);
	return read;
}

/* ---- styles --------------------------------------------------------------------------------- */

struct styles {
	struct statement_xlsx *xlsx;
	bool in_cell_styles;
	struct {
		int64_t id;
		bool date;
	} formats[FORMATS_MAX];
	size_t format_count;
};

/* Does a format code ("dd/mm/yyyy hh:mm", "#,##0 "đ"") show a day or a time?  Quoted, escaped and
 * bracketed text does not count. */
static bool
shows_date(struct str code)
{
	for (size_t i = 0; i < code.len; i++) {
		char c = code.ptr[i];

		if (c == '"' || c == '[') {
			char end = c == '"' ? '"' : ']';

			for (i++; i < code.len && code.ptr[i] != end; i++)
				;
		} else if (c == '\\' || c == '_' || c == '*') {
			i++;
		} else if (c != '\0' && strchr("dmyhsDMYHS", c) != NULL) {
			return true;
		}
	}
	return false;
}

/* Formats that every spreadsheet knows by number (ECMA-376 part 1, 18.8.30). */
static bool
is_date_format(const struct styles *styles, int64_t id)
{
	for (size_t i = 0; i < styles->format_count; i++) {
		if (styles->formats[i].id == id)
			return styles->formats[i].date;
	}
	return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
	       (id >= 50 && id <= 58);
}

static void
style_starts(struct statement_xml *xml, struct str name, const char **attributes)
{
	struct styles *styles = xml->arg;
	struct statement_xlsx *xlsx = styles->xlsx;
	int64_t id;

	if (str_eq(name, STR("cellXfs")))
		styles->in_cell_styles = true;
	if (!str_eq(name, STR("numFmt")) && !(str_eq(name, STR("xf")) && styles->in_cell_styles))
		return;
	if (str_to_i64(statement_xml_attribute(attributes, "numFmtId"), &id).code != ERR_OK)
		id = 0;
	if (str_eq(name, STR("numFmt"))) {
		if (styles->format_count == FORMATS_MAX) {
			statement_xml_stop(xml, "too many number formats");
			return;
		}
		styles->formats[styles->format_count].id = id;
		styles->formats[styles->format_count++].date = shows_date(
			statement_xml_attribute(attributes, "formatCode"));
		return;
	}
	if (xlsx->style_count == XLSX_STYLES_MAX) {
		statement_xml_stop(xml, "too many cell styles");
		return;
	}
	xlsx->date_styles[xlsx->style_count++] = is_date_format(styles, id);
}

static void
style_ends(struct statement_xml *xml, struct str name, struct str text)
{
	(void)text;
	if (str_eq(name, STR("cellXfs")))
		((struct styles *)xml->arg)->in_cell_styles = false;
}

bool
xlsx_read_styles(struct statement_xlsx *xlsx)
{
	struct styles *styles = mem_alloc_zero(1, sizeof(*styles));
	struct statement_xml xml = {.start = style_starts, .end = style_ends, .arg = styles};
	bool read;

	styles->xlsx = xlsx;
	read = xlsx_read_part(xlsx, "xl/styles.xml", true, &xml);
	mem_free(&styles);
	return read;
}
