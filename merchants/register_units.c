/* Which units a market belongs to, and which unit went into which. */
#include <stdlib.h>

#include "attachments.h"
#include "register.h"

/* ---- markets -------------------------------------------------------------------------------- */

enum { AT_MARKET, AT_UNIT, AT_FROM, AT_TO };

static bool
at_check(struct reading *reading, const struct register_row *row)
{
	if (names_unit_covers(&reading->names, row->fields[AT_UNIT], (int32_t)row->values[AT_FROM],
		    (int32_t)row->values[AT_TO]))
		return true;
	return register_refuse(reading, row, AT_UNIT,
		"is not in force on all days of the row (`chopay registry units` tells from when"
		" to when it is): give a row for each unit");
}

static int
at_compare(const void *left, const void *right)
{
	const struct register_row *a = left, *b = right;

	if (a->market->id != b->market->id)
		return a->market->id < b->market->id ? -1 : 1;
	if (a->values[AT_FROM] != b->values[AT_FROM])
		return a->values[AT_FROM] < b->values[AT_FROM] ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

static void
refuse_overlap(
	struct reading *reading, const struct register_row *row, const struct register_row *before)
{
	problem_add(reading->import, row->line, reading->which->columns[AT_FROM].name,
		arena_printf(reading->import->arena,
			"the days overlap with those on line %zu: a market is attached to one unit"
			" at a time",
			before->line));
}

/* Sorted: by market and first day. */
static void
refuse_overlaps(struct reading *reading)
{
	for (size_t i = 1; i < reading->count; i++) {
		const struct register_row *row = &reading->rows[i];

		if (row[-1].market == row->market && row->values[AT_FROM] <= row[-1].values[AT_TO])
			refuse_overlap(reading, row, &row[-1]);
	}
}

static struct err
say(struct reading *reading, int64_t market_id, const struct attachment *row)
{
	return dated_put(reading->db, DATED_UNIT,
		&(struct dated){.of = market_id,
			.id = reading->import->next_id(reading->import->arg),
			.from_day = row->from_day,
			.to_day = row->to_day,
			.text = row->unit_code,
			.entry = row->entry});
}

/* What was known of the market before anything was said of it is its first rows. */
static struct err
say_what_holds(struct reading *reading, int64_t market_id, struct attachments *known)
{
	for (size_t i = 0; i < known->count && !known->said; i++) {
		known->items[i].entry.person = reading->import->person;
		TRY(say(reading, market_id, &known->items[i]));
	}
	known->said = true;
	return OK;
}

/* A row that says what the register says changes nothing: a file may say all of a market again.
 * Days that are over take two persons (R9). */
static struct err
at_add(struct reading *reading, const struct register_row *row, struct attachments *known)
{
	struct attachment one = {
		.unit_code = row->fields[AT_UNIT],
		.from_day = (int32_t)row->values[AT_FROM],
		.to_day = (int32_t)row->values[AT_TO],
	};
	int32_t first_day;

	if (!attachments_differ(known, &one, &first_day) ||
		!entry_may_reach_back(reading->import, row->line,
			reading->which->columns[AT_FROM].name, row->fields[AT_FROM], first_day))
		return OK;
	one.entry = entry_of(reading->import, first_day);
	TRY(say_what_holds(reading, row->market->id, known));
	attachments_lay(reading->import->arena, known, &one);
	reading->import->added++;
	return say(reading, row->market->id, &one);
}

/* The rows of one market from `at` on; `*at` is then behind them. */
static struct err
at_add_market(struct reading *reading, size_t *at)
{
	const struct market *market = reading->rows[*at].market;
	size_t added = reading->import->added;
	struct attachments known;

	TRY(attachments_load(reading->db, reading->import->arena, market->id, &known));
	for (; *at < reading->count && reading->rows[*at].market == market; ++*at)
		TRY(at_add(reading, &reading->rows[*at], &known));
	if (reading->import->added == added)
		return OK;
	TRY(markets_detach(reading->db, market->id));
	for (size_t i = 0; i < known.count; i++)
		TRY(markets_attach(reading->db, market->id, known.items[i].unit_code,
			known.items[i].from_day, known.items[i].to_day));
	return OK;
}

static struct err
at_finish(struct reading *reading)
{
	size_t at = 0;

	qsort(reading->rows, reading->count, sizeof(*reading->rows), at_compare);
	refuse_overlaps(reading);
	if (reading->import->problem_count > 0)
		return OK;
	while (at < reading->count)
		TRY(at_add_market(reading, &at));
	return OK;
}

/* A market that was entered with a unit begun later has it from its first day on, for a file to say
 * so is to use the code before its time. */
static void
write_at(struct writing *writing, const struct market *market, const struct attachment *one)
{
	int32_t from_day = names_unit_since(
		writing->names, one->unit_code, one->from_day, one->to_day);

	if (from_day > one->to_day)
		return;
	field_put_market(writing, market->id);
	field_put_text(writing, one->unit_code);
	field_put_day(writing, from_day);
	field_put_day(writing, one->to_day);
	field_put_entry(writing, &one->entry, true);
}

static struct err
market_units_export(struct db *db, struct writing *writing)
{
	for (size_t i = 0; i < writing->names->market_count; i++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		const struct market *market = &writing->names->markets[i];
		struct attachments known;

		TRY(attachments_load(db, arena, market->id, &known));
		for (size_t n = 0; n < known.count; n++)
			write_at(writing, market, &known.items[n]);
	}
	return OK;
}

const struct csv_register register_market_units = {
	.name = "market_units",
	.example = "HAMDUC,23092,,2025-06-30",
	.columns = {{"market_code", field_read_market}, {"unit_code", field_read_unit},
		{"from", field_read_from}, {"to", field_read_to}},
	.shows_entry = true,
	.check = at_check,
	.finish = at_finish,
	.export = market_units_export,
};

/* ---- lineage -------------------------------------------------------------------------------- */

enum { LINEAGE_FROM, LINEAGE_TO, LINEAGE_DAY, LINEAGE_EXTENT };

static const char *
read_extent(struct reading *reading, struct register_row *row, int column)
{
	(void)reading;
	row->values[column] = str_eq(row->fields[column], STR("whole"));
	return row->values[column] != 0 || str_eq(row->fields[column], STR("part"))
		       ? NULL
		       : "is neither whole nor part";
}

static bool
lineage_check(struct reading *reading, const struct register_row *row)
{
	int32_t day = (int32_t)row->values[LINEAGE_DAY];

	if (!names_unit_touches(&reading->names, row->fields[LINEAGE_FROM], day - 1, day - 1))
		return register_refuse(reading, row, LINEAGE_FROM,
			"is the code of no unit in force on the day before");
	if (!names_unit_touches(&reading->names, row->fields[LINEAGE_TO], day, day))
		return register_refuse(
			reading, row, LINEAGE_TO, "is the code of no unit in force on that day");
	return true;
}

static struct err
lineage_add(struct reading *reading, const struct register_row *row)
{
	const struct lineage lineage = {
		.from_code = row->fields[LINEAGE_FROM],
		.to_code = row->fields[LINEAGE_TO],
		.day = (int32_t)row->values[LINEAGE_DAY],
		.whole = row->values[LINEAGE_EXTENT] != 0,
	};

	reading->import->added++;
	return lineage_put(reading->db, &lineage);
}

/* Is it a row of this file that comes after `row`?  Then that one is refused, not this. */
static bool
is_told_later(const struct reading *reading, const struct register_row *row,
	const struct lineage *lineage)
{
	for (size_t i = 0; i < reading->count; i++) {
		const struct register_row *other = &reading->rows[i];

		if (other->line > row->line && other->values[LINEAGE_DAY] == lineage->day &&
			str_eq(other->fields[LINEAGE_FROM], lineage->from_code) &&
			str_eq(other->fields[LINEAGE_TO], lineage->to_code))
			return true;
	}
	return false;
}

static void
refuse_second(
	struct reading *reading, const struct register_row *row, const struct lineage *lineage)
{
	problem_add(reading->import, row->line, reading->which->columns[LINEAGE_TO].name,
		arena_printf(reading->import->arena,
			"%.*s goes %s into %.*s on that day: what goes whole into one unit does"
			" not go into two",
			STR_FMT(lineage->from_code), lineage->whole ? "whole" : "in part",
			STR_FMT(lineage->to_code)));
}

/* What is there stays: a row of the file that says something else of the same unit is refused, and
 * one that takes what is gone: a unit that goes whole into another leaves nothing for a third. */
static struct err
lineage_agrees(void *arg, const struct lineage *lineage)
{
	struct reading *reading = arg;

	for (size_t i = 0; i < reading->count; i++) {
		const struct register_row *row = &reading->rows[i];
		bool whole = row->values[LINEAGE_EXTENT] != 0;

		if (row->values[LINEAGE_DAY] != lineage->day ||
			!str_eq(row->fields[LINEAGE_FROM], lineage->from_code))
			continue;
		if (!str_eq(row->fields[LINEAGE_TO], lineage->to_code)) {
			if ((whole || lineage->whole) && !is_told_later(reading, row, lineage))
				refuse_second(reading, row, lineage);
		} else if (whole != lineage->whole) {
			(void)register_refuse(reading, row, LINEAGE_EXTENT,
				"differs from what the register says of these units");
		}
	}
	return OK;
}

static struct err
lineage_finish(struct reading *reading)
{
	return lineage_walk(reading->db, lineage_agrees, reading);
}

static struct err
write_lineage(void *arg, const struct lineage *lineage)
{
	struct writing *writing = arg;

	field_put_text(writing, lineage->from_code);
	field_put_text(writing, lineage->to_code);
	field_put_day(writing, lineage->day);
	field_put_text(writing, lineage->whole ? STR("whole") : STR("part"));
	field_put_entry(writing, &(struct entry){0}, false);
	return OK;
}

static struct err
lineage_export(struct db *db, struct writing *writing)
{
	return lineage_walk(db, write_lineage, writing);
}

const struct csv_register register_lineage = {
	.name = "lineage",
	.example = "23083,23059,2025-07-01,whole",
	.columns = {{"from_code", field_read_unit}, {"to_code", field_read_unit},
		{"day", field_read_day}, {"extent", read_extent}},
	.key = 3,
	.check = lineage_check,
	.put = lineage_add,
	.finish = lineage_finish,
	.export = lineage_export,
};
