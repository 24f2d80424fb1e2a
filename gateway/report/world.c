/* Units, markets, stalls and their dated registers, loaded once for a report. */
#include <stdlib.h>

#include "chopay/dossiers.h"

#include "list.h"
#include "world.h"

struct loading {
	struct arena *arena;
	struct world *world;
	struct market_unit *market_units;
	size_t market_unit_count;
	struct world_row *rows;
	size_t row_count;
	size_t capacity;
	bool places; /* values are ids of markets */
};

/* ---- looking up ------------------------------------------------------------------------------ */

size_t
world_market(const struct world *world, int64_t id)
{
	size_t from = 0, to = world->market_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (world->markets[middle].id < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from < world->market_count && world->markets[from].id == id ? from : NOWHERE;
}

size_t
world_market_named(const struct world *world, struct str code)
{
	for (size_t i = 0; i < world->market_count; i++) {
		if (str_eq(world->markets[i].code, code))
			return i;
	}
	return NOWHERE;
}

size_t
world_stall(const struct world *world, int64_t id)
{
	size_t from = 0, to = world->stall_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (world->stalls[middle].id < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from < world->stall_count && world->stalls[from].id == id ? from : NOWHERE;
}

/* ---- units ----------------------------------------------------------------------------------- */

static int
compare_codes(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
by_code_and_day(const void *a, const void *b)
{
	const struct unit *left = a, *right = b;
	int order = compare_codes(left->code, right->code);

	return order != 0 ? order
			  : (left->from_day > right->from_day) - (left->from_day < right->from_day);
}

/* The first unit with that code or one behind it. */
static size_t
first_of_code(const struct world *world, struct str code)
{
	size_t from = 0, to = world->unit_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare_codes(world->units[middle].code, code) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void
lower(int32_t *until, int32_t day)
{
	if (*until > day)
		*until = day;
}

size_t
world_unit(const struct world *world, struct str code, int32_t day, int32_t *until)
{
	for (size_t i = first_of_code(world, code);
		i < world->unit_count && str_eq(world->units[i].code, code); i++) {
		const struct unit *unit = &world->units[i];

		if (day < unit->from_day) {
			lower(until, unit->from_day - 1);
			return NOWHERE;
		}
		if (day <= unit->to_day) {
			lower(until, unit->to_day);
			return i;
		}
	}
	return NOWHERE;
}

/* "Đồng Nai" of "Tỉnh Đồng Nai" and of "Thành phố Đồng Nai". */
static struct str
proper_name(struct str name)
{
	static const char *const kinds[] = {"Tỉnh ", "Thành phố ", "Thị xã ", "Thị trấn ", "Huyện ",
		"Quận ", "Xã ", "Phường ", "Đặc khu "};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (str_starts(name, str_from(kinds[i])))
			return str_cut(name, strlen(kinds[i]), name.len);
	}
	return name;
}

size_t
world_same_unit(const struct world *world, size_t unit)
{
	while (unit + 1 < world->unit_count) {
		const struct unit *now = &world->units[unit], *next = now + 1;

		if (!str_eq(now->code, next->code) || now->to_day + 1 != next->from_day ||
			!str_eq(proper_name(now->name), proper_name(next->name)))
			break;
		unit++;
	}
	return unit;
}

size_t
world_chain(const struct world *world, struct str code, int32_t day, size_t chain[CHAIN_MAX],
	int32_t *until)
{
	size_t count = 0;

	while (count < CHAIN_MAX && code.len > 0) {
		size_t unit = world_unit(world, code, day, until);

		if (unit == NOWHERE)
			break;
		chain[count++] = unit;
		code = world->units[unit].parent_code;
	}
	return count;
}

/* ---- loading --------------------------------------------------------------------------------- */

static struct err
load_unit(void *arg, const struct unit *unit)
{
	struct loading *loading = arg;
	struct world *world = loading->world;

	LIST_ROOM(loading->arena, world->units, world->unit_count, loading->capacity);
	world->units[world->unit_count++] = (struct unit){
		.code = arena_copy(loading->arena, unit->code),
		.name = arena_copy(loading->arena, unit->name),
		.level = arena_copy(loading->arena, unit->level),
		.parent_code = arena_copy(loading->arena, unit->parent_code),
		.from_day = unit->from_day,
		.to_day = unit->to_day,
	};
	return OK;
}

static struct err
load_market(void *arg, const struct market *market)
{
	struct loading *loading = arg;
	struct world *world = loading->world;

	LIST_ROOM(loading->arena, world->markets, world->market_count, loading->capacity);
	world->markets[world->market_count++] = (struct world_market){
		.id = market->id,
		.code = arena_copy(loading->arena, market->code),
		.name = arena_copy(loading->arena, market->name),
		.day_cut_min = market->day_cut_min,
	};
	return OK;
}

static struct err
load_market_unit(void *arg, const struct market_unit *row)
{
	struct loading *loading = arg;

	LIST_ROOM(loading->arena, loading->market_units, loading->market_unit_count,
		loading->capacity);
	loading->market_units[loading->market_unit_count] = *row;
	loading->market_units[loading->market_unit_count++].unit_code = arena_copy(
		loading->arena, row->unit_code);
	return OK;
}

static struct err
load_stall(void *arg, const struct stall *stall)
{
	struct loading *loading = arg;
	struct world *world = loading->world;
	size_t market = world_market(world, stall->market_id);

	if (market == NOWHERE)
		return FAIL(ERR_BROKEN, "a stall stands in no market");
	if (str_eq(stall->kind, STR(FEE_DESK))) {
		/* Kept apart from the market: in no figure, list or ranking of it. */
		world->markets[market].has_desks = true;
		return OK;
	}
	world->markets[market].has_stalls = true;
	LIST_ROOM(loading->arena, world->stalls, world->stall_count, loading->capacity);
	world->stalls[world->stall_count++] = (struct world_stall){
		.id = stall->id,
		.market = market,
		.code = arena_copy(loading->arena, stall->code),
		.name = arena_copy(loading->arena, stall->name),
		.goods = arena_copy(loading->arena, stall->goods),
		.open_day = stall->open_day,
		.close_day = stall->close_day,
	};
	return OK;
}

static void
load_row(struct loading *loading, const struct world_row *row)
{
	LIST_ROOM(loading->arena, loading->rows, loading->row_count, loading->capacity);
	loading->rows[loading->row_count++] = *row;
}

static struct err
load_dated(void *arg, const struct dated *dated)
{
	struct loading *loading = arg;
	struct world_row row = {
		.of = dated->of,
		.from_day = dated->from_day,
		.to_day = dated->to_day,
		.entered_day = day_of(dated->entry.at_ms, 0),
		.value = dated->value,
	};

	if (dated->text.len > 0)
		row.text = arena_copy(loading->arena, dated->text);
	if (loading->places) {
		size_t market = world_market(loading->world, dated->value);

		if (market == NOWHERE)
			return FAIL(ERR_BROKEN, "a stall was moved to no market");
		row.value = (int64_t)market;
	}
	load_row(loading, &row);
	return OK;
}

static struct err
load_attachment(void *arg, int64_t stall_id, int32_t from_day, int32_t to_day)
{
	const struct world_row row = {.of = stall_id, .from_day = from_day, .to_day = to_day};

	load_row(arg, &row);
	return OK;
}

/* The rows of `of` among all, which are in the order of their owners; `*at` walks along. */
static struct world_rows
rows_of(const struct loading *loading, size_t *at, int64_t of)
{
	size_t first;

	while (*at < loading->row_count && loading->rows[*at].of < of)
		++*at;
	first = *at;
	while (*at < loading->row_count && loading->rows[*at].of == of)
		++*at;
	return (struct world_rows){loading->rows + first, *at - first};
}

static void
begin(struct loading *loading)
{
	loading->rows = NULL;
	loading->row_count = loading->capacity = 0;
	loading->places = false;
}

static struct err
load_calendars(struct db *db, struct loading *loading)
{
	size_t at = 0;

	begin(loading);
	TRY(dated_walk(db, DATED_CALENDAR, 0, load_dated, loading));
	for (size_t i = 0; i < loading->world->market_count; i++)
		loading->world->markets[i].calendar = rows_of(
			loading, &at, loading->world->markets[i].id);
	return OK;
}

/* A register of stalls; `member` is where it goes in struct world_stall. */
static struct err
load_register(struct db *db, struct loading *loading, enum dated_register which, size_t member)
{
	size_t at = 0;

	begin(loading);
	loading->places = which == DATED_PLACE;
	TRY(dated_walk(db, which, 0, load_dated, loading));
	for (size_t i = 0; i < loading->world->stall_count; i++) {
		struct world_stall *stall = &loading->world->stalls[i];

		*(struct world_rows *)((char *)stall + member) = rows_of(loading, &at, stall->id);
	}
	return OK;
}

static struct err
load_attachments(struct db *db, struct loading *loading)
{
	size_t at = 0;

	begin(loading);
	TRY(attachments_walk(db, 0, load_attachment, loading));
	for (size_t i = 0; i < loading->world->stall_count; i++)
		loading->world->stalls[i].attached = rows_of(
			loading, &at, loading->world->stalls[i].id);
	return OK;
}

static struct err
load_market_units(struct db *db, struct loading *loading)
{
	struct world *world = loading->world;
	size_t at = 0;

	loading->capacity = 0;
	TRY(market_units_walk(db, 0, load_market_unit, loading));
	for (size_t i = 0; i < world->market_count; i++) {
		struct world_market *market = &world->markets[i];

		while (at < loading->market_unit_count &&
			loading->market_units[at].market_id < market->id)
			at++;
		market->units = loading->market_units + at;
		while (at < loading->market_unit_count &&
			loading->market_units[at].market_id == market->id)
			at++, market->unit_count++;
	}
	return OK;
}

size_t
world_place(const struct world_stall *stall, int32_t day)
{
	size_t market = stall->market;

	for (size_t i = 0; i < stall->places.count; i++) {
		const struct world_row *row = &stall->places.rows[i];

		if (row->from_day <= day && day <= row->to_day)
			market = (size_t)row->value;
	}
	return market;
}

struct str
world_attached(const struct world_market *market, int32_t day)
{
	for (size_t i = 0; i < market->unit_count; i++) {
		if (market->units[i].from_day <= day && day <= market->units[i].to_day)
			return market->units[i].unit_code;
	}
	return STR("");
}

struct err
world_load_units(struct db *db, struct arena *arena, struct world **made)
{
	struct world *world = arena_alloc(arena, sizeof(*world));
	struct loading loading = {.arena = arena, .world = world};

	world->arena = arena;
	TRY(units_walk(db, load_unit, &loading));
	if (world->unit_count > 0)
		qsort(world->units, world->unit_count, sizeof(*world->units), by_code_and_day);
	loading.capacity = 0;
	TRY(markets_walk(db, load_market, &loading));
	TRY(load_market_units(db, &loading));
	*made = world;
	return OK;
}

struct err
world_load(struct db *db, struct arena *arena, struct world **made)
{
	struct loading loading = {.arena = arena};

	TRY(world_load_units(db, arena, &loading.world));
	TRY(stalls_walk(db, load_stall, &loading));
	TRY(load_calendars(db, &loading));
	TRY(load_register(db, &loading, DATED_LIFE, offsetof(struct world_stall, life)));
	TRY(load_register(db, &loading, DATED_LEAVE, offsetof(struct world_stall, leave)));
	TRY(load_register(db, &loading, DATED_CODE, offsetof(struct world_stall, codes)));
	TRY(load_register(db, &loading, DATED_PLACE, offsetof(struct world_stall, places)));
	TRY(load_attachments(db, &loading));
	*made = loading.world;
	return OK;
}
