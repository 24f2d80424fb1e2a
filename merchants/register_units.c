/* Which units a market belongs to, and which unit went into which. */
#include <stdlib.h>

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
		"is not in force on all days of the row: see the days of the code in"
		" merchants/data/units.csv, and give a row for each unit");
}

/* What the register said of the file's markets: the audit log keeps it. */
struct former {
	struct reading *reading;
	struct buf text;
};

/* The rows are sorted: the market's first days; NULL: not in the file. */
static const struct register_row *
first_of(const struct reading *reading, int64_t market_id)
{
	for (size_t i = 0; i < reading->count; i++) {
		if (reading->rows[i].market->id == market_id)
			return &reading->rows[i];
	}
	return NULL;
}

/* One row for a move to come would take the market out of its unit today, and all its history. */
static void
refuse_loss(
	struct reading *reading, const struct register_row *first, const struct market_unit *was)
{
	if (first->values[AT_FROM] > was->from_day &&
		names_unit_touches(&reading->names, was->unit_code, was->from_day,
			(int32_t)first->values[AT_FROM] - 1))
		(void)register_refuse(reading, first, AT_FROM,
			"leaves out days on which the register has the market in a unit: a file"
			" says all about its markets, so give the earlier rows, too");
}

static void
add_day(struct buf *text, int32_t day)
{
	if (day != DAY_FIRST && day != DAY_LAST)
		day_format(text, day);
}

static struct err
keep_former(void *arg, const struct market_unit *row)
{
	struct former *former = arg;
	const struct market *market = names_market_of(&former->reading->names, row->market_id);
	const struct register_row *first = first_of(former->reading, row->market_id);

	if (market == NULL || first == NULL)
		return OK;
	refuse_loss(former->reading, first, row);
	buf_addf(&former->text, "%s%.*s %.*s ",
		former->text.len > 0 ? ", " : "before: ", STR_FMT(market->code),
		STR_FMT(row->unit_code));
	add_day(&former->text, row->from_day);
	buf_adds(&former->text, "..");
	add_day(&former->text, row->to_day);
	return OK;
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
check_rows(struct reading *reading)
{
	for (size_t i = 0; i < reading->count; i++) {
		const struct register_row *row = &reading->rows[i];
		bool first = i == 0 || row[-1].market != row->market;
		bool last = i + 1 == reading->count || row[1].market != row->market;

		if (!first && row->values[AT_FROM] <= row[-1].values[AT_TO])
			refuse_overlap(reading, row, &row[-1]);
		else if (!first && row->values[AT_FROM] != row[-1].values[AT_TO] + 1)
			(void)register_refuse(reading, row, AT_FROM,
				"leaves days without a unit after the row before it: a market"
				" belongs to one on each day");
		if (last && row->values[AT_TO] != DAY_LAST)
			(void)register_refuse(reading, row, AT_TO,
				"ends the market's last row: a market belongs to a unit today;"
				" leave it empty, or give the row that follows");
	}
}

/* The rows of a file are all there is to say about its markets: they are looked at together, and
 * take the place of what there was. */
static struct err
at_finish(struct reading *reading)
{
	struct former former = {.reading = reading};
	struct err err;

	qsort(reading->rows, reading->count, sizeof(*reading->rows), at_compare);
	check_rows(reading);
	if (reading->import->problem_count > 0)
		return OK;
	err = market_units_walk(reading->db, keep_former, &former);
	if (reading->import->problem_count > 0) {
		buf_fini(&former.text);
		return err;
	}
	for (size_t i = 0; i < reading->count && err.code == ERR_OK; i++) {
		if (i == 0 || reading->rows[i].market != reading->rows[i - 1].market)
			err = markets_detach(reading->db, reading->rows[i].market->id);
	}
	for (size_t i = 0; i < reading->count && err.code == ERR_OK; i++) {
		const struct register_row *row = &reading->rows[i];

		reading->import->added++;
		err = markets_attach(reading->db, row->market->id, row->fields[AT_UNIT],
			(int32_t)row->values[AT_FROM], (int32_t)row->values[AT_TO]);
	}
	if (former.text.len > 0)
		reading->also = arena_copy(reading->import->arena, buf_str(&former.text));
	buf_fini(&former.text);
	return err;
}

static struct err
write_at(void *arg, const struct market_unit *row)
{
	struct writing *writing = arg;

	field_put_market(writing, row->market_id);
	field_put_text(writing, row->unit_code);
	field_put_day(writing, row->from_day);
	field_put_day(writing, row->to_day);
	field_put_entry(writing, &(struct entry){0}, false);
	return OK;
}

static struct err
market_units_export(struct db *db, struct writing *writing)
{
	return market_units_walk(db, write_at, writing);
}

const struct csv_register register_market_units = {
	.name = "market_units",
	.example = "HAMDUC,23092,,2025-06-30",
	.columns = {{"market_code", field_read_market}, {"unit_code", field_read_unit},
		{"from", field_read_from}, {"to", field_read_to}},
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

/* What is there stays: a row of the file that says something else is refused. */
static struct err
lineage_same(void *arg, const struct lineage *lineage)
{
	struct reading *reading = arg;

	for (size_t i = 0; i < reading->count; i++) {
		const struct register_row *row = &reading->rows[i];

		if (row->values[LINEAGE_DAY] == lineage->day &&
			(row->values[LINEAGE_EXTENT] != 0) != lineage->whole &&
			str_eq(row->fields[LINEAGE_FROM], lineage->from_code) &&
			str_eq(row->fields[LINEAGE_TO], lineage->to_code))
			(void)register_refuse(reading, row, LINEAGE_EXTENT,
				"differs from what the register says of these units");
	}
	return OK;
}

static struct err
lineage_finish(struct reading *reading)
{
	return lineage_walk(reading->db, lineage_same, reading);
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
