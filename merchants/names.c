/* The whole register in memory: what the codes in a file mean, and the codes of ids. */
#include "names.h"

#include <stdlib.h>
#include <string.h>

/* ---- in ------------------------------------------------------------------------------------- */

/* Rows of one kind as they come, moved to the arena at the end. */
struct rows {
	struct arena *arena;
	char *items;
	size_t count, capacity, size;
};

static void *
rows_next(struct rows *rows)
{
	if (rows->count == rows->capacity) {
		rows->capacity = rows->capacity == 0 ? 256 : rows->capacity * 2;
		rows->items = mem_resize(rows->items, rows->capacity * rows->size);
	}
	return rows->items + rows->count++ * rows->size;
}

static void *
rows_end(struct rows *rows, size_t *count)
{
	void *kept = arena_alloc(rows->arena, (rows->count + 1) * rows->size);

	if (rows->count > 0)
		memcpy(kept, rows->items, rows->count * rows->size);
	*count = rows->count;
	free(rows->items);
	rows->items = NULL;
	return kept;
}

static struct err
add_market(void *arg, const struct market *market)
{
	struct rows *rows = arg;
	struct market *kept = rows_next(rows);

	*kept = *market;
	kept->code = arena_copy(rows->arena, market->code);
	kept->name = arena_copy(rows->arena, market->name);
	return OK;
}

static struct err
add_stall(void *arg, const struct stall *stall)
{
	struct rows *rows = arg;
	struct stall *kept = rows_next(rows);

	*kept = (struct stall){
		.id = stall->id,
		.market_id = stall->market_id,
		.merchant_id = stall->merchant_id,
		.open_day = stall->open_day,
		.close_day = stall->close_day,
		.code = arena_copy(rows->arena, stall->code),
	};
	return OK;
}

static struct err
add_unit(void *arg, const struct unit *unit)
{
	struct rows *rows = arg;
	struct unit *kept = rows_next(rows);

	*kept = (struct unit){
		.code = arena_copy(rows->arena, unit->code),
		.from_day = unit->from_day,
		.to_day = unit->to_day,
	};
	return OK;
}

static struct err
load_rows(struct db *db, struct arena *arena, struct names *names)
{
	struct rows markets = {.arena = arena, .size = sizeof(struct market)};
	struct rows stalls = {.arena = arena, .size = sizeof(struct stall)};
	struct rows units = {.arena = arena, .size = sizeof(struct unit)};
	struct err err = markets_walk(db, add_market, &markets);

	if (err.code == ERR_OK)
		err = stalls_walk(db, add_stall, &stalls);
	if (err.code == ERR_OK)
		err = units_walk(db, add_unit, &units);
	names->markets = rows_end(&markets, &names->market_count);
	names->stalls = rows_end(&stalls, &names->stall_count);
	names->units = rows_end(&units, &names->unit_count);
	return err;
}

/* ---- in order of codes ---------------------------------------------------------------------- */

static int
text_compare(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
market_compare(const void *left, const void *right)
{
	const struct market *const *a = left, *const *b = right;

	return text_compare((*a)->code, (*b)->code);
}

static int
stall_compare(const void *left, const void *right)
{
	const struct stall *const *a = left, *const *b = right;

	if ((*a)->market_id != (*b)->market_id)
		return (*a)->market_id < (*b)->market_id ? -1 : 1;
	return text_compare((*a)->code, (*b)->code);
}

static int
unit_compare(const void *left, const void *right)
{
	const struct unit *a = left, *b = right;
	int order = text_compare(a->code, b->code);

	return order != 0 ? order : (a->from_day > b->from_day) - (a->from_day < b->from_day);
}

struct err
names_load(struct db *db, struct arena *arena, struct names *names)
{
	TRY(load_rows(db, arena, names));
	names->markets_by_code = arena_alloc(
		arena, (names->market_count + 1) * sizeof(*names->markets_by_code));
	names->stalls_by_code = arena_alloc(
		arena, (names->stall_count + 1) * sizeof(*names->stalls_by_code));
	for (size_t i = 0; i < names->market_count; i++)
		names->markets_by_code[i] = &names->markets[i];
	for (size_t i = 0; i < names->stall_count; i++)
		names->stalls_by_code[i] = &names->stalls[i];
	qsort(names->markets_by_code, names->market_count, sizeof(*names->markets_by_code),
		market_compare);
	qsort(names->stalls_by_code, names->stall_count, sizeof(*names->stalls_by_code),
		stall_compare);
	/* The store's order of texts is its own. */
	qsort(names->units, names->unit_count, sizeof(*names->units), unit_compare);
	return OK;
}

/* ---- out ------------------------------------------------------------------------------------ */

const struct market *
names_market(const struct names *names, struct str code)
{
	const struct market wanted = {.code = code}, *key = &wanted;
	const struct market **found = bsearch(&key, names->markets_by_code, names->market_count,
		sizeof(*names->markets_by_code), market_compare);

	return found == NULL ? NULL : *found;
}

const struct stall *
names_stall(const struct names *names, int64_t market_id, struct str code)
{
	const struct stall wanted = {.market_id = market_id, .code = code}, *key = &wanted;
	const struct stall **found = bsearch(&key, names->stalls_by_code, names->stall_count,
		sizeof(*names->stalls_by_code), stall_compare);

	return found == NULL ? NULL : *found;
}

static int
market_id_compare(const void *left, const void *right)
{
	const struct market *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

const struct market *
names_market_of(const struct names *names, int64_t id)
{
	const struct market key = {.id = id};

	return bsearch(&key, names->markets, names->market_count, sizeof(key), market_id_compare);
}

static int
stall_id_compare(const void *left, const void *right)
{
	const struct stall *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

const struct stall *
names_stall_of(const struct names *names, int64_t id)
{
	const struct stall key = {.id = id};

	return bsearch(&key, names->stalls, names->stall_count, sizeof(key), stall_id_compare);
}

/* Where the units of that code begin; unit_count: there are none. */
static size_t
first_unit(const struct names *names, struct str code)
{
	size_t low = 0, high = names->unit_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (text_compare(names->units[middle].code, code) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_unit(const struct names *names, size_t at, struct str code)
{
	return at < names->unit_count && str_eq(names->units[at].code, code);
}

bool
names_unit(const struct names *names, struct str code)
{
	return is_unit(names, first_unit(names, code), code);
}

bool
names_unit_touches(const struct names *names, struct str code, int32_t from_day, int32_t to_day)
{
	for (size_t i = first_unit(names, code); is_unit(names, i, code); i++) {
		if (names->units[i].from_day <= to_day && names->units[i].to_day >= from_day)
			return true;
	}
	return false;
}

int32_t
names_unit_since(const struct names *names, struct str code, int32_t from_day, int32_t to_day)
{
	for (size_t i = first_unit(names, code); is_unit(names, i, code); i++) {
		const struct unit *unit = &names->units[i];

		if (unit->to_day >= from_day && unit->from_day <= to_day)
			return unit->from_day > from_day ? unit->from_day : from_day;
	}
	return to_day + 1;
}

bool
names_unit_covers(const struct names *names, struct str code, int32_t from_day, int32_t to_day)
{
	for (size_t i = first_unit(names, code); is_unit(names, i, code); i++) {
		if (names->units[i].from_day > from_day)
			return false;
		if (names->units[i].to_day >= to_day)
			return true;
		if (names->units[i].to_day >= from_day)
			from_day = names->units[i].to_day + 1;
	}
	return false;
}
