/* What the fields of registers must be, and how they are written. */
#include <string.h>

#include "chopay/csv.h"
#include "register.h"
#include "row.h"

#define YEAR_MIN 2000
#define YEAR_MAX 2100
#define NUMBER_DIGITS_MAX 15 /* a million times the country's yearly product, in dong */
#define COUNT_MAX INT64_C(1000000000)

/* ---- in ------------------------------------------------------------------------------------- */

const char *
field_read_market(struct reading *reading, struct register_row *row, int column)
{
	row->market = names_market(&reading->names, row->fields[column]);
	return row->market == NULL ? "is no market of the register" : NULL;
}

const char *
field_read_to_market(struct reading *reading, struct register_row *row, int column)
{
	row->to_market = names_market(&reading->names, row->fields[column]);
	return row->to_market == NULL ? "is no market of the register" : NULL;
}

const char *
field_read_stall(struct reading *reading, struct register_row *row, int column)
{
	if (row->market == NULL)
		return NULL; /* the market's column says so */
	row->stall = names_stall(&reading->names, row->market->id, row->fields[column]);
	return row->stall == NULL ? "is no stall of that market" : NULL;
}

const char *
field_read_code(struct reading *reading, struct register_row *row, int column)
{
	(void)reading;
	return row->fields[column].len == 0 ? NULL : code_fault(row->fields[column]);
}

const char *
field_read_unit(struct reading *reading, struct register_row *row, int column)
{
	return names_unit(&reading->names, row->fields[column])
		       ? NULL
		       : "is the code of no administrative unit (`chopay registry units` lists"
			 " them)";
}

const char *
field_read_bank(struct reading *reading, struct register_row *row, int column)
{
	return banks_by_bin(reading->import->banks, row->fields[column]) == NULL
		       ? "is not the BIN of a bank we know (6 digits; `chopay registry banks`"
			 " lists them)"
		       : NULL;
}

const char *
field_read_account(struct reading *reading, struct register_row *row, int column)
{
	(void)reading;
	return account_fault(row->fields[column]);
}

const char *
field_read_text(struct reading *reading, struct register_row *row, int column)
{
	(void)reading;
	return name_fault(row->fields[column]);
}

const char *
field_read_day(struct reading *reading, struct register_row *row, int column)
{
	int year, month, mday;
	struct err err;
	int32_t day;

	(void)reading;
	if (row->fields[column].len == 0)
		return "is empty: a date (YYYY-MM-DD)";
	err = day_parse(row->fields[column], &day);
	if (err.code != ERR_OK)
		return strcmp(err.what, "no such day in that month") == 0
			       ? "is no day of the calendar"
			       : "is not a date (YYYY-MM-DD)";
	day_civil(day, &year, &month, &mday);
	if (year < YEAR_MIN || year > YEAR_MAX)
		return "is not in the years 2000 to 2100";
	row->values[column] = day;
	return NULL;
}

const char *
field_read_past_day(struct reading *reading, struct register_row *row, int column)
{
	const char *reason = field_read_day(reading, row, column);

	if (reason == NULL && row->values[column] > reading->today)
		return "is in the future: only what has been can be declared";
	return reason;
}

const char *
field_read_from(struct reading *reading, struct register_row *row, int column)
{
	row->values[column] = DAY_FIRST;
	return row->fields[column].len == 0 ? NULL : field_read_day(reading, row, column);
}

const char *
field_read_to(struct reading *reading, struct register_row *row, int column)
{
	const char *reason;

	row->values[column] = DAY_LAST;
	if (row->fields[column].len == 0)
		return NULL;
	reason = field_read_day(reading, row, column);
	if (reason == NULL && row->values[column] < row->values[column - 1])
		return "is before the first day";
	return reason;
}

static bool
all_digits(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	}
	return text.len > 0;
}

static bool
read_number(struct str text, int64_t *number)
{
	return all_digits(text) && text.len <= NUMBER_DIGITS_MAX &&
	       str_to_i64(text, number).code == ERR_OK;
}

const char *
field_read_year(struct reading *reading, struct register_row *row, int column)
{
	(void)reading;
	if (row->fields[column].len != 4 ||
		!read_number(row->fields[column], &row->values[column]) ||
		row->values[column] < YEAR_MIN || row->values[column] > YEAR_MAX)
		return "is not a year, 2000 to 2100";
	return NULL;
}

const char *
field_read_past_month(struct reading *reading, struct register_row *row, int column)
{
	struct period period;

	if (period_parse(row->fields[column], CALENDAR_SOLAR, &period).code != ERR_OK ||
		period.kind != PERIOD_MONTH)
		return "is not a month (YYYY-MM, years 2000 to 2100)";
	if (period.from_day > reading->today)
		return "is in the future: only what has been can be declared";
	row->values[column] = month_of(period.from_day, CALENDAR_SOLAR);
	return NULL;
}

const char *
field_read_flag(struct reading *reading, struct register_row *row, int column)
{
	static const char *const yes[] = {"1", "yes", "có"}, *const no[] = {"0", "no", "không"};

	(void)reading;
	for (int i = 0; i < 3; i++) {
		if (str_eq(row->fields[column], str_from(yes[i])) ||
			str_eq(row->fields[column], str_from(no[i]))) {
			row->values[column] = str_eq(row->fields[column], str_from(yes[i]));
			return NULL;
		}
	}
	return "register.no_flag";
}

/* What begins with a minus deserves its own words. */
static const char *
read_whole(struct register_row *row, int column, const char *otherwise)
{
	struct str text = row->fields[column];

	if (text.len > 1 && text.ptr[0] == '-')
		return "is negative";
	return read_number(text, &row->values[column]) ? NULL : otherwise;
}

const char *
field_read_count(struct reading *reading, struct register_row *row, int column)
{
	const char *reason = read_whole(row, column, "is not a count: digits alone");

	(void)reading;
	if (reason == NULL && row->values[column] > COUNT_MAX)
		return "is more than 1000000000";
	return reason;
}

const char *
field_read_amount(struct reading *reading, struct register_row *row, int column)
{
	(void)reading;
	return read_whole(
		row, column, "is not an amount in dong: digits alone, without points, at most 15");
}

const char *
field_read_hundredths(struct reading *reading, struct register_row *row, int column)
{
	struct str whole = row->fields[column], text = whole, part;
	int64_t units, hundredths = 0;

	(void)reading;
	if (text.len > 1 && text.ptr[0] == '-')
		return "is negative";
	part = str_cut(text, text.len, text.len);
	for (size_t i = 0; i < text.len && part.len == 0; i++) {
		if (text.ptr[i] != '.' && text.ptr[i] != ',')
			continue;
		whole = str_cut(text, 0, i);
		part = str_cut(text, i + 1, text.len);
		if (part.len < 1 || part.len > 2 || !read_number(part, &hundredths))
			return "is not a number with at most two decimals";
	}
	if (!read_number(whole, &units) || units > COUNT_MAX)
		return "is not a number with at most two decimals";
	row->values[column] = units * 100 + hundredths * (part.len == 1 ? 10 : 1);
	return NULL;
}

/* ---- out ------------------------------------------------------------------------------------ */

void
field_put_text(struct writing *writing, struct str text)
{
	csv_put_text(writing->csv, text, false);
}

void
field_put_market(struct writing *writing, int64_t market_id)
{
	const struct market *market = names_market_of(writing->names, market_id);

	field_put_text(writing, market == NULL ? STR("") : market->code);
}

void
field_put_stall(struct writing *writing, int64_t stall_id)
{
	const struct stall *stall = names_stall_of(writing->names, stall_id);

	field_put_market(writing, stall == NULL ? 0 : stall->market_id);
	field_put_text(writing, stall == NULL ? STR("") : stall->code);
}

void
field_put_day(struct writing *writing, int32_t day)
{
	struct buf text CLEANUP(buf_fini) = {0};

	if (day != DAY_FIRST && day != DAY_LAST)
		day_format(&text, day);
	csv_put(writing->csv, buf_str(&text), false);
}

void
field_put_month(struct writing *writing, month_key month)
{
	buf_addf(writing->csv, "%04d-%02d,", month / 12, month % 12 + 1);
}

void
field_put_number(struct writing *writing, int64_t number)
{
	buf_addf(writing->csv, "%lld,", (long long)number);
}

void
field_put_hundredths(struct writing *writing, int64_t hundredths)
{
	buf_addf(
		writing->csv, "%lld.%02d,", (long long)(hundredths / 100), (int)(hundredths % 100));
}

void
field_put_entry(struct writing *writing, const struct entry *entry, bool whole)
{
	struct buf at CLEANUP(buf_fini) = {0};

	if (entry->at_ms != 0)
		time_format_rfc3339(&at, entry->at_ms);
	csv_put(writing->csv, buf_str(&at), false);
	csv_put_text(writing->csv, entry->person, !whole);
	if (!whole)
		return;
	csv_put_text(writing->csv, entry->why, false);
	csv_put_text(writing->csv, entry->approver, true);
}
