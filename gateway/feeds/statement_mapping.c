/* "date=Ngày GD,credit=Ghi có,debit=#5,dates=dmy": read, checked, written in one spelling. */
#include <string.h>

#include "statement_build.h"
#include "statement_mapping.h"

static const char *const fields[STATEMENT_FIELDS] = {
	[FIELD_DATE] = "date",
	[FIELD_TIME] = "time",
	[FIELD_AMOUNT] = "amount",
	[FIELD_SIGN] = "sign",
	[FIELD_CREDIT] = "credit",
	[FIELD_DEBIT] = "debit",
	[FIELD_REF] = "ref",
	[FIELD_NOTE] = "note",
	[FIELD_BALANCE] = "balance",
	[FIELD_CURRENCY] = "currency",
	[FIELD_ACCOUNT] = "account",
};

const char *
statement_field_name(enum statement_field field)
{
	return fields[field];
}

/* ---- options: a word out of a few ----------------------------------------------------------- */

static bool
set_dates(struct statement_mapping *mapping, struct str value)
{
	static const char *const words[] = {"dmy", "mdy", "ymd"};

	for (int i = 0; i < 3; i++) {
		if (str_eq(value, str_from(words[i]))) {
			mapping->dates = (enum statement_dates)i;
			return true;
		}
	}
	return false;
}

static bool
set_direction(struct statement_mapping *mapping, struct str value)
{
	mapping->has_direction = true;
	mapping->outgoing = str_eq(value, STR("out"));
	return mapping->outgoing || str_eq(value, STR("in"));
}

static const struct {
	const char *word;
	char separator;
} separators[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}};

static bool
set_separator(struct statement_mapping *mapping, struct str value)
{
	for (size_t i = 0; i < 3; i++) {
		if (str_eq(value, str_from(separators[i].word))) {
			mapping->separator = separators[i].separator;
			return true;
		}
	}
	return false;
}

static bool
set_charset(struct statement_mapping *mapping, struct str value)
{
	mapping->windows_1258 = str_eq(value, STR("windows-1258"));
	return mapping->windows_1258 || str_eq(value, STR("utf-8"));
}

static bool
set_balances(struct statement_mapping *mapping, struct str value)
{
	mapping->ignore_balances = str_eq(value, STR("ignore"));
	return mapping->ignore_balances;
}

static const struct {
	const char *name;
	bool (*set)(struct statement_mapping *mapping, struct str value);
	const char *values;
} options[] = {
	{"dates", set_dates, "dmy, mdy or ymd"},
	{"direction", set_direction, "in or out"},
	{"sep", set_separator, "comma, semicolon or tab"},
	{"charset", set_charset, "utf-8 or windows-1258"},
	{"balances", set_balances, "ignore"},
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

/* ---- reading -------------------------------------------------------------------------------- */

/* The next name=value; a value in quotes may hold commas, and "" for a quote. */
static const char *
next_item(
	struct arena *arena, struct str *rest, struct str *name, struct str *value, bool *is_quoted)
{
	struct buf quoted CLEANUP(buf_fini) = {0};
	size_t at = 0;

	if (!str_split(rest, '=', name))
		return "each part is name=column";
	*name = statement_trim(*name);
	*rest = statement_trim(*rest);
	*is_quoted = str_starts(*rest, STR("\""));
	if (!*is_quoted) {
		str_split(rest, ',', value);
		*value = statement_trim(*value);
		return NULL;
	}
	for (at = 1; at < rest->len; at++) {
		if (rest->ptr[at] == '"') {
			if (at + 1 == rest->len || rest->ptr[at + 1] != '"')
				break;
			at++;
		}
		buf_addc(&quoted, rest->ptr[at]);
	}
	if (at == rest->len)
		return "a quote is never closed";
	*value = arena_copy(arena, buf_str(&quoted));
	*rest = statement_trim(str_cut(*rest, at + 1, rest->len));
	if (rest->len > 0 && !str_starts(*rest, STR(",")))
		return "something stands behind a closing quote";
	*rest = str_cut(*rest, 1, rest->len);
	return NULL;
}

static struct str
set_column(struct arena *arena, struct statement_mapping *mapping, size_t field, struct str value,
	bool is_quoted)
{
	int64_t number;

	if (statement_mapping_has(mapping, (enum statement_field)field))
		return arena_printf(arena, "%s is there twice", fields[field]);
	if (!is_quoted && str_starts(value, STR("#"))) {
		if (str_to_i64(str_cut(value, 1, value.len), &number).code != ERR_OK ||
			number < 1 || number > STATEMENT_COLUMNS_MAX)
			return arena_printf(arena, "%s=%.*s: a column number is #1 to #%d",
				fields[field], STR_FMT(value), STATEMENT_COLUMNS_MAX);
		mapping->columns[field].number = (size_t)number;
		return (struct str){NULL, 0};
	}
	if (statement_words(arena, value).len == 0)
		return arena_printf(arena, "%s= names no column", fields[field]);
	mapping->columns[field].name = arena_copy(arena, value);
	return (struct str){NULL, 0};
}

static struct str
set_item(struct arena *arena, struct statement_mapping *mapping, struct str name, struct str value,
	bool is_quoted)
{
	for (size_t i = 0; i < STATEMENT_FIELDS; i++) {
		if (str_eq(name, str_from(fields[i])))
			return set_column(arena, mapping, i, value, is_quoted);
	}
	for (size_t i = 0; i < OPTIONS; i++) {
		if (!str_eq(name, str_from(options[i].name)))
			continue;
		if (options[i].set(mapping, value))
			return (struct str){NULL, 0};
		return arena_printf(arena, "%s is %s, not \"%.*s\"", options[i].name,
			options[i].values, STR_FMT(value));
	}
	return arena_printf(arena,
		"there is no \"%.*s\"; a mapping has date, time, amount, sign,"
		" credit, debit, ref, note, balance, currency, account and the options dates,"
		" direction, sep, charset, balances",
		STR_FMT(name));
}

/* What a line cannot do without, and what contradicts itself. */
static const char *
whole_fault(const struct statement_mapping *mapping)
{
	bool amount = statement_mapping_has(mapping, FIELD_AMOUNT);
	bool sides = statement_mapping_has(mapping, FIELD_CREDIT) ||
		     statement_mapping_has(mapping, FIELD_DEBIT);

	if (!statement_mapping_has(mapping, FIELD_DATE))
		return "it does not say which column is the date";
	if (!amount && !sides)
		return "it does not say which columns are the amounts: credit and debit, or amount";
	if (amount && sides)
		return "it has both amount and credit or debit";
	if (!amount && (statement_mapping_has(mapping, FIELD_SIGN) || mapping->has_direction))
		return "sign and direction go with amount";
	if (statement_mapping_has(mapping, FIELD_SIGN) && mapping->has_direction)
		return "it has both sign and direction";
	return NULL;
}

struct str
statement_mapping_parse(struct arena *arena, struct str text, struct statement_mapping *mapping)
{
	struct str rest = statement_trim(text), name, value, fault;
	const char *wrong;
	bool is_quoted;

	*mapping = (struct statement_mapping){0};
	if (text.len > STATEMENT_MAPPING_MAX)
		return STR("a mapping has at most 1000 bytes");
	if (!str_is_utf8(text))
		return STR("a mapping is UTF-8");
	while (rest.len > 0) {
		wrong = next_item(arena, &rest, &name, &value, &is_quoted);
		if (wrong != NULL)
			return str_from(wrong);
		fault = set_item(arena, mapping, name, value, is_quoted);
		if (fault.len > 0)
			return fault;
	}
	return str_from(whole_fault(mapping));
}

/* ---- writing -------------------------------------------------------------------------------- */

static void
put_value(struct buf *out, struct str value)
{
	bool quote = str_starts(value, STR("\"")) || str_starts(value, STR("#"));

	for (size_t i = 0; i < value.len && !quote; i++)
		quote = value.ptr[i] == ',';
	if (!quote) {
		buf_add(out, value);
		return;
	}
	buf_addc(out, '"');
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, value.ptr[i]);
	}
	buf_addc(out, '"');
}

struct str
statement_mapping_text(struct arena *arena, const struct statement_mapping *mapping)
{
	static const char *const dates[] = {"", ",dates=mdy", ",dates=ymd"};
	struct buf out CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < STATEMENT_FIELDS; i++) {
		if (!statement_mapping_has(mapping, (enum statement_field)i))
			continue;
		buf_addf(&out, "%s%s=", out.len == 0 ? "" : ",", fields[i]);
		if (mapping->columns[i].number > 0)
			buf_addf(&out, "#%zu", mapping->columns[i].number);
		else
			put_value(&out,
				statement_plain(arena, statement_trim(mapping->columns[i].name)));
	}
	buf_adds(&out, dates[mapping->dates]);
	if (mapping->has_direction)
		buf_adds(&out, mapping->outgoing ? ",direction=out" : ",direction=in");
	for (size_t i = 0; i < 3; i++) {
		if (mapping->separator == separators[i].separator)
			buf_addf(&out, ",sep=%s", separators[i].word);
	}
	if (mapping->windows_1258)
		buf_adds(&out, ",charset=windows-1258");
	if (mapping->ignore_balances)
		buf_adds(&out, ",balances=ignore");
	return arena_copy(arena, buf_str(&out));
}

struct err
statement_mapping_check(
	struct arena *arena, struct str text, struct str *canonical, struct str *fault)
{
	struct statement_mapping mapping;

	*fault = statement_mapping_parse(arena, text, &mapping);
	if (fault->len > 0)
		return FAIL(ERR_INVALID, "the mapping cannot be used");
	*canonical = statement_mapping_text(arena, &mapping);
	return OK;
}

struct str
statement_columns(struct arena *arena, struct str mapping)
{
	struct statement_mapping columns;

	if (statement_mapping_parse(arena, mapping, &columns).len > 0)
		return STR("");
	columns.columns[FIELD_BALANCE].name = (struct str){NULL, 0};
	columns.columns[FIELD_BALANCE].number = 0;
	columns.separator = '\0';
	columns.windows_1258 = columns.ignore_balances = false;
	return statement_mapping_text(arena, &columns);
}
