/* Moves of stalls between markets. */
#include <stdlib.h>

#include "register.h"

enum { MOVE_MARKET, MOVE_STALL, MOVE_TO_MARKET, MOVE_FROM, MOVE_TO, MOVE_NEW_CODE };

static struct str
new_code(const struct register_row *row)
{
	return row->fields[MOVE_NEW_CODE].len > 0 ? row->fields[MOVE_NEW_CODE]
						  : row->fields[MOVE_STALL];
}

/* Did it come back, so that it stands where the register says? */
static bool
came_back(const struct register_row *row)
{
	return row->values[MOVE_TO] != DAY_LAST;
}

/* Two stalls of the file that would have one code: before the store would refuse it without words.
 */
static bool
code_is_wanted(const struct reading *reading, const struct register_row *row)
{
	for (size_t i = 0; i < reading->count; i++) {
		const struct register_row *other = &reading->rows[i];

		if (other->line < row->line && other->stall != row->stall && !came_back(other) &&
			other->to_market == row->to_market &&
			str_eq(new_code(other), new_code(row)))
			return true;
	}
	return false;
}

static bool
move_check(struct reading *reading, const struct register_row *row)
{
	if (row->fields[MOVE_FROM].len == 0)
		return register_refuse(reading, row, MOVE_FROM, "is empty: a date (YYYY-MM-DD)");
	if (row->to_market == row->market)
		return register_refuse(
			reading, row, MOVE_TO_MARKET, "is the market in which the stall stands");
	if (row->values[MOVE_FROM] > reading->today)
		return register_refuse(reading, row, MOVE_FROM,
			"is in the future: a move is entered on its day or later");
	if (came_back(row) && row->values[MOVE_TO] >= reading->today)
		return register_refuse(reading, row, MOVE_TO,
			"is not over yet: leave it empty, and enter the move back on its day");
	if (!came_back(row) &&
		(names_stall(&reading->names, row->to_market->id, new_code(row)) != NULL ||
			code_is_wanted(reading, row)))
		return register_refuse(reading, row,
			row->fields[MOVE_NEW_CODE].len > 0 ? MOVE_NEW_CODE : MOVE_STALL,
			"is the code of another stall in that market: give a new one in"
			" to_stall_code");
	return true;
}

/* Several rows of one stall are all that an export says of it: they end where it stands. */
static bool
history_check(struct reading *reading, const struct register_row *rows, size_t count)
{
	const struct register_row *now = NULL;

	for (size_t i = 0; i < count; i++) {
		if (rows[i].values[MOVE_FROM] <= reading->today &&
			rows[i].values[MOVE_TO] >= reading->today)
			now = &rows[i];
	}
	if (now != NULL && now->to_market == now->market &&
		str_eq(new_code(now), now->fields[MOVE_STALL]))
		return true;
	return register_refuse(reading, now == NULL ? &rows[count - 1] : now, MOVE_TO_MARKET,
		"is where these rows leave the stall, but the register has it elsewhere: import"
		" the stalls of the same export before");
}

static struct err
seen_one(void *arg, const struct dated *row)
{
	(void)row;
	*(bool *)arg = true;
	return OK;
}

/* Where a stall stood on days that no move is about: with its first move that is written down, as
 * known for ever, because the register is about to say something else. */
static struct err
put_first_place(struct reading *reading, const struct stall *stall)
{
	const struct dated first = {
		.of = stall->id,
		.id = reading->import->next_id(reading->import->arg),
		.from_day = DAY_FIRST,
		.to_day = DAY_LAST,
		.value = stall->market_id,
		.text = stall->code,
		.entry.person = entry_of(reading->import, reading->today).person,
	};
	bool any = false;

	TRY(dated_walk(reading->db, DATED_PLACE, stall->id, seen_one, &any));
	return any ? OK : dated_put(reading->db, DATED_PLACE, &first);
}

static struct err
put_place(struct reading *reading, const struct register_row *row)
{
	return register_put_dated(reading, DATED_PLACE,
		&(struct dated){.of = row->stall->id,
			.from_day = (int32_t)row->values[MOVE_FROM],
			.to_day = (int32_t)row->values[MOVE_TO],
			.value = row->to_market->id,
			.text = new_code(row)});
}

static struct err
move_put(struct reading *reading, const struct register_row *row)
{
	TRY(put_first_place(reading, row->stall));
	TRY(put_place(reading, row));
	if (came_back(row))
		return OK;
	return stalls_move(reading->db, row->stall->id, row->to_market->id, new_code(row));
}

static int
move_compare(const void *left, const void *right)
{
	const struct register_row *a = left, *b = right;

	if (a->stall->id != b->stall->id)
		return a->stall->id < b->stall->id ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

/* How many rows from `at` on are of one stall. */
static size_t
of_one_stall(const struct reading *reading, size_t at)
{
	size_t count = 1;

	while (at + count < reading->count &&
		reading->rows[at + count].stall == reading->rows[at].stall)
		count++;
	return count;
}

static struct err
moves_finish(struct reading *reading)
{
	size_t count;

	qsort(reading->rows, reading->count, sizeof(*reading->rows), move_compare);
	for (size_t at = 0; at < reading->count; at += count) {
		const struct register_row *rows = &reading->rows[at];

		count = of_one_stall(reading, at);
		if (count == 1)
			(void)move_check(reading, rows);
		else
			(void)history_check(reading, rows, count);
	}
	if (reading->import->problem_count > 0)
		return OK;
	for (size_t at = 0; at < reading->count; at += count) {
		count = of_one_stall(reading, at);
		if (count == 1)
			TRY(move_put(reading, &reading->rows[at]));
		for (size_t i = 0; i < count && count > 1; i++)
			TRY(put_place(reading, &reading->rows[at + i]));
	}
	return OK;
}

static struct err
write_move(void *arg, const struct dated *row)
{
	struct writing *writing = arg;

	field_put_stall(writing, row->of);
	field_put_market(writing, row->value);
	field_put_day(writing, row->from_day);
	field_put_day(writing, row->to_day);
	field_put_text(writing, row->text);
	field_put_entry(writing, &row->entry, true);
	return OK;
}

static struct err
moves_export(struct db *db, struct writing *writing)
{
	return dated_walk(db, DATED_PLACE, 0, write_move, writing);
}

const struct csv_register register_moves = {
	.name = "moves",
	.example = "MALAM,A01,HAMDUC,2026-07-01,,B12",
	.columns = {{"market_code", field_read_market}, {"stall_code", field_read_stall},
		{"to_market_code", field_read_to_market}, {"from", field_read_from},
		{"to", field_read_to}, {"to_stall_code", field_read_code}},
	.optional = 2,
	.key = 2,
	.shows_entry = true,
	.finish = moves_finish,
	.export = moves_export,
};
