/* Dated registers: market days, leave of stalls, live codes. */
#include <stdlib.h>

#include "chopay/market_days.h"
#include "register.h"

/* A market that is closed for longer is no market: its stalls are on leave, closed or moved. */
#define CLOSED_DAYS_MAX 60
/* How far behind an open-ended row it is looked for: a pattern comes round within a month. */
#define LOOK_DAYS_MAX 366

#define CLOSED_TOO_LONG                                                                   \
	"leaves the market closed for more than 60 days in a row; a market that does not" \
	" trade has stalls on leave, closed, or moved to another market"

struct err
register_put_dated(struct reading *reading, enum dated_register which, const struct dated *row)
{
	struct dated made = *row;

	made.id = register_next_id(reading);
	made.entry = entry_of(reading->import, row->from_day);
	return dated_put(reading->db, which, &made);
}

static bool
check_reach(struct reading *reading, const struct register_row *row, int column)
{
	return entry_may_reach_back(reading->import, row->line,
		reading->which->columns[column].name, row->fields[column],
		(int32_t)row->values[column]);
}

/* ---- calendar ------------------------------------------------------------------------------- */

enum { CALENDAR_MARKET, CALENDAR_FROM, CALENDAR_TO, CALENDAR_DAYS };

static const char *
read_days(struct reading *reading, struct register_row *row, int column)
{
	(void)reading;
	return market_days_check(row->fields[column]).code == ERR_OK
		       ? NULL
		       : "is not a pattern of market days: all, none, week:1,3,7 (Monday is 1) or"
			 " lunar:2,7,12 (days of the lunar month, 1 to 30), each day once";
}

static bool
calendar_check(struct reading *reading, const struct register_row *row)
{
	if (str_eq(row->fields[CALENDAR_DAYS], STR("none")) &&
		row->values[CALENDAR_TO] - row->values[CALENDAR_FROM] >= CLOSED_DAYS_MAX)
		return register_refuse(reading, row, CALENDAR_DAYS, CLOSED_TOO_LONG);
	return check_reach(reading, row, CALENDAR_FROM);
}

static struct err
calendar_put(struct reading *reading, const struct register_row *row)
{
	const struct dated dated = {
		.of = row->market->id,
		.from_day = (int32_t)row->values[CALENDAR_FROM],
		.to_day = (int32_t)row->values[CALENDAR_TO],
		.text = row->fields[CALENDAR_DAYS],
	};

	return register_put_dated(reading, DATED_CALENDAR, &dated);
}

/* A market's calendar as it now is; the last row that covers a day holds. */
struct calendar {
	struct arena *arena;
	struct dated *rows;
	size_t count, capacity;
};

static struct err
keep_calendar(void *arg, const struct dated *row)
{
	struct calendar *calendar = arg;

	if (calendar->count == calendar->capacity) {
		calendar->capacity = calendar->capacity == 0 ? 32 : calendar->capacity * 2;
		calendar->rows = mem_resize(
			calendar->rows, calendar->capacity * sizeof(*calendar->rows));
	}
	calendar->rows[calendar->count] = *row;
	calendar->rows[calendar->count++].text = arena_copy(calendar->arena, row->text);
	return OK;
}

static bool
is_open(const struct calendar *calendar, int32_t day)
{
	for (size_t i = calendar->count; i > 0; i--) {
		const struct dated *row = &calendar->rows[i - 1];

		if (row->from_day <= day && row->to_day >= day)
			return market_days_open(row->text, day);
	}
	return true;
}

static bool
closed_too_long(const struct calendar *calendar, int32_t from_day, int32_t to_day)
{
	int closed = 0;

	if (to_day > from_day + LOOK_DAYS_MAX)
		to_day = from_day + LOOK_DAYS_MAX;
	for (int32_t day = from_day - CLOSED_DAYS_MAX; day <= to_day + CLOSED_DAYS_MAX; day++) {
		closed = is_open(calendar, day) ? 0 : closed + 1;
		if (closed > CLOSED_DAYS_MAX)
			return true;
	}
	return false;
}

/* Short rows one after the other close it as one long row would. */
static struct err
calendar_finish(struct reading *reading)
{
	struct calendar calendar = {.arena = reading->import->arena};
	const struct market *of = NULL;
	struct err err = OK;

	for (size_t i = 0; i < reading->count && err.code == ERR_OK; i++) {
		const struct register_row *row = &reading->rows[i];

		if (row->market != of) {
			of = row->market;
			calendar.count = 0;
			err = dated_walk(
				reading->db, DATED_CALENDAR, of->id, keep_calendar, &calendar);
		}
		if (err.code == ERR_OK &&
			closed_too_long(&calendar, (int32_t)row->values[CALENDAR_FROM],
				(int32_t)row->values[CALENDAR_TO]))
			(void)register_refuse(reading, row, CALENDAR_DAYS, CLOSED_TOO_LONG);
	}
	free(calendar.rows);
	return err;
}

static struct err
write_calendar(void *arg, const struct dated *row)
{
	struct writing *writing = arg;

	field_put_market(writing, row->of);
	field_put_day(writing, row->from_day);
	field_put_day(writing, row->to_day);
	field_put_text(writing, row->text);
	field_put_entry(writing, &row->entry, true);
	return OK;
}

static struct err
calendar_export(struct db *db, struct writing *writing)
{
	return dated_walk(db, DATED_CALENDAR, 0, write_calendar, writing);
}

const struct csv_register register_calendar = {
	.name = "calendar",
	.example = "MALAM,2026-02-16,2026-02-20,none",
	.columns = {{"market_code", field_read_market}, {"from", field_read_day},
		{"to", field_read_to}, {"days", read_days}},
	.shows_entry = true,
	.check = calendar_check,
	.put = calendar_put,
	.finish = calendar_finish,
	.export = calendar_export,
};

/* ---- leave, codes --------------------------------------------------------------------------- */

enum { SPAN_MARKET, SPAN_STALL, SPAN_FROM, SPAN_TO, SPAN_VALUE };

static struct dated
span_of(const struct register_row *row)
{
	return (struct dated){
		.of = row->stall->id,
		.from_day = (int32_t)row->values[SPAN_FROM],
		.to_day = (int32_t)row->values[SPAN_TO],
		.value = row->values[SPAN_VALUE],
	};
}

static struct err
write_span(void *arg, const struct dated *row)
{
	struct writing *writing = arg;

	field_put_stall(writing, row->of);
	field_put_day(writing, row->from_day);
	field_put_day(writing, row->to_day);
	field_put_number(writing, row->value);
	field_put_entry(writing, &row->entry, true);
	return OK;
}

static bool
leave_check(struct reading *reading, const struct register_row *row)
{
	return check_reach(reading, row, SPAN_FROM);
}

static struct err
leave_put(struct reading *reading, const struct register_row *row)
{
	const struct dated span = span_of(row);

	return register_put_dated(reading, DATED_LEAVE, &span);
}

static struct err
leave_export(struct db *db, struct writing *writing)
{
	return dated_walk(db, DATED_LEAVE, 0, write_span, writing);
}

const struct csv_register register_leave = {
	.name = "leave",
	.example = "MALAM,A01,2026-08-03,2026-08-09,1",
	.columns = {{"market_code", field_read_market}, {"stall_code", field_read_stall},
		{"from", field_read_day}, {"to", field_read_to}, {"on_leave", field_read_flag}},
	.key = 3,
	.shows_entry = true,
	.check = leave_check,
	.put = leave_put,
	.export = leave_export,
};

static struct err
codes_put(struct reading *reading, const struct register_row *row)
{
	const struct dated span = span_of(row);

	return register_put_dated(reading, DATED_CODE, &span);
}

static struct err
codes_export(struct db *db, struct writing *writing)
{
	return dated_walk(db, DATED_CODE, 0, write_span, writing);
}

const struct csv_register register_codes = {
	.name = "codes",
	.example = "MALAM,A01,2026-06-19,,1",
	.columns = {{"market_code", field_read_market}, {"stall_code", field_read_stall},
		{"from", field_read_day}, {"to", field_read_to}, {"live", field_read_flag}},
	.key = 3,
	.shows_entry = true,
	.put = codes_put,
	.export = codes_export,
};
