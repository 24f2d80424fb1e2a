/* Markets themselves: before their stalls, or without any; and where a night market cuts its days.
 */
#include "register.h"
#include "row.h"

enum { MARKET_CODE_AT, MARKET_NAME_AT, MARKET_UNIT_AT, MARKET_CUT_AT };

#define CUT_MAX 720 /* minutes: noon */

static const char *
read_market(struct reading *reading, struct register_row *row, int column)
{
	row->market = names_market(&reading->names, row->fields[column]);
	return row->market == NULL ? code_fault(row->fields[column]) : NULL;
}

static const char *
read_cut(struct reading *reading, struct register_row *row, int column)
{
	if (field_read_count(reading, row, column) != NULL || row->values[column] > CUT_MAX)
		return "is not the minute after midnight at which a market day ends: 0 to 720";
	return NULL;
}

static bool
market_check(struct reading *reading, const struct register_row *row)
{
	if (!names_unit_covers(
		    &reading->names, row->fields[MARKET_UNIT_AT], reading->today, reading->today))
		return register_refuse(reading, row, MARKET_UNIT_AT,
			"is no administrative unit in force today (`chopay registry units` lists"
			" them)");
	if (row->market != NULL && !str_eq(row->market->name, row->fields[MARKET_NAME_AT]))
		return register_refuse(reading, row, MARKET_NAME_AT,
			"differs from the name this market has in the register");
	return true;
}

static struct err
put_new(struct reading *reading, const struct register_row *row)
{
	const struct market market = {
		.id = register_next_id(reading),
		.code = row->fields[MARKET_CODE_AT],
		.name = row->fields[MARKET_NAME_AT],
		.day_cut_min = (int32_t)row->values[MARKET_CUT_AT],
	};

	reading->import->markets_new++;
	TRY(markets_put(reading->db, &market));
	return markets_attach(
		reading->db, market.id, row->fields[MARKET_UNIT_AT], DAY_FIRST, DAY_LAST);
}

static struct err
put_market(struct reading *reading, const struct register_row *row)
{
	int32_t cut = (int32_t)row->values[MARKET_CUT_AT];
	struct str unit_code;
	bool done;

	if (row->market == NULL)
		return put_new(reading, row);
	TRY(markets_unit(
		reading->db, reading->import->arena, row->market->id, reading->today, &unit_code));
	if (!str_eq(unit_code, row->fields[MARKET_UNIT_AT]))
		(void)register_refuse(reading, row, MARKET_UNIT_AT,
			"differs from the unit this market is attached to today: the register"
			" market_units says from when on it is another one");
	if (row->market->day_cut_min == cut)
		return OK;
	TRY(markets_cut(reading->db, row->market->id, cut, &done));
	reading->import->added += done;
	if (!done)
		(void)register_refuse(reading, row, MARKET_CUT_AT,
			"comes too late: payments of this market are booked on days that were cut"
			" otherwise");
	return OK;
}

static struct err
markets_export(struct db *db, struct writing *writing)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();

	for (size_t i = 0; i < writing->names->market_count; i++) {
		const struct market *market = &writing->names->markets[i];
		struct str unit_code;

		TRY(markets_unit(db, arena, market->id, writing->today, &unit_code));
		field_put_text(writing, market->code);
		field_put_text(writing, market->name);
		field_put_text(writing, unit_code);
		field_put_number(writing, market->day_cut_min);
		field_put_entry(writing, &(struct entry){0}, false);
	}
	return OK;
}

const struct csv_register register_markets = {
	.name = "markets",
	.example = "CHODEM,Chợ đêm Phú Long,23059,360",
	.columns = {{"market_code", read_market}, {"market_name", field_read_text},
		{"unit_code", field_read_unit}, {"day_cut", read_cut}},
	.key = 1,
	.check = market_check,
	.put = put_market,
	.export = markets_export,
};
