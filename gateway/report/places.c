/* What a report can be asked of: units with markets, the markets of one, districts that were. */
#include "chopay/report_places.h"

#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "world.h"

#define DISTRICT 2	   /* its place among the levels */
#define FORMER_DAYS_MAX 16 /* days on which districts ended */

struct looking {
	struct arena *arena;
	const struct places_request *request;
	const struct world *world;
	size_t *markets; /* of each unit, how many stand in it or below it today */
	size_t market_total;
	struct places *places;
};

/* The units over a market on a day, from the nearest. */
static size_t
chain_of(const struct looking *looking, size_t market, int32_t day, size_t chain[CHAIN_MAX])
{
	int32_t until = DAY_LAST;

	return world_chain(looking->world, world_attached(&looking->world->markets[market], day),
		day, chain, &until);
}

/* May one be told of the units of this chain?  Those up to the root: how many, or none. */
static size_t
below_root(const struct looking *looking, const size_t *chain, size_t count)
{
	struct str root = looking->request->root;

	if (root.len == 0)
		return count;
	for (size_t i = 0; i < count; i++) {
		if (str_eq(looking->world->units[chain[i]].code, root))
			return i + 1;
	}
	return 0;
}

/* Is it one of those that may be told of? */
static bool
is_open(const struct looking *looking, size_t market)
{
	struct str only = looking->request->market;
	size_t chain[CHAIN_MAX];

	if (only.len > 0)
		return str_eq(looking->world->markets[market].code, only);
	return below_root(looking, chain,
		       chain_of(looking, market, looking->request->today, chain)) > 0;
}

static struct place
place_of_unit(const struct looking *looking, size_t unit, enum report_scope scope)
{
	return (struct place){
		scope, looking->world->units[unit].code, looking->world->units[unit].name};
}

static struct place
place_of_market(const struct looking *looking, size_t market)
{
	return (struct place){SCOPE_MARKET, looking->world->markets[market].code,
		looking->world->markets[market].name};
}

/* ---- units ----------------------------------------------------------------------------------- */

static void
count_markets(struct looking *looking)
{
	size_t chain[CHAIN_MAX];

	looking->markets = arena_alloc(
		looking->arena, (looking->world->unit_count + 1) * sizeof(*looking->markets));
	for (size_t i = 0; i < looking->world->market_count; i++) {
		size_t count = below_root(
			looking, chain, chain_of(looking, i, looking->request->today, chain));

		looking->market_total += count > 0;
		for (size_t j = 0; j < count; j++)
			looking->markets[chain[j]]++;
	}
}

static int
level_of(const struct unit *unit)
{
	static const char *const levels[] = {"country", "province", "district", "commune"};
	int level = 0;

	while (level < 4 && !str_eq(unit->level, str_from(levels[level])))
		level++;
	return level;
}

struct listed_unit {
	const struct unit *unit;
	size_t at;
};

static int
by_level_and_name(const void *left, const void *right)
{
	const struct unit *a = ((const struct listed_unit *)left)->unit;
	const struct unit *b = ((const struct listed_unit *)right)->unit;
	size_t len = a->name.len < b->name.len ? a->name.len : b->name.len;
	int order = level_of(a) - level_of(b);

	if (order == 0)
		order = len == 0 ? 0 : memcmp(a->name.ptr, b->name.ptr, len);
	return order != 0 ? order : (a->name.len > b->name.len) - (a->name.len < b->name.len);
}

static void
list_units(struct looking *looking)
{
	const struct world *world = looking->world;
	struct places *places = looking->places;
	struct listed_unit *listed = arena_alloc(
		looking->arena, (world->unit_count + 1) * sizeof(*listed));

	places->units = arena_alloc(
		looking->arena, (world->unit_count + 1) * sizeof(*places->units));
	for (size_t i = 0; i < world->unit_count; i++) {
		if (looking->markets[i] > 0)
			listed[places->unit_count++] = (struct listed_unit){&world->units[i], i};
	}
	if (places->unit_count > 1)
		qsort(listed, places->unit_count, sizeof(*listed), by_level_and_name);
	for (size_t i = 0; i < places->unit_count; i++)
		places->units[i] = place_of_unit(looking, listed[i].at, SCOPE_UNIT);
}

/* The narrowest unit that has them all; one market alone is its own. */
static void
find_home(struct looking *looking)
{
	struct places *places = looking->places;
	const struct unit *home = NULL;

	if (looking->request->market.len > 0) {
		size_t market = world_market_named(looking->world, looking->request->market);

		if (market != NOWHERE)
			places->home = place_of_market(looking, market);
		return;
	}
	if (looking->request->root.len > 0) {
		places->home.code = looking->request->root; /* also when it has no market yet */
		return;
	}
	for (size_t i = 0; i < looking->world->unit_count; i++) {
		const struct unit *unit = &looking->world->units[i];

		if (looking->markets[i] == 0 || looking->markets[i] < looking->market_total)
			continue;
		if (home == NULL || level_of(unit) > level_of(home)) {
			home = unit;
			places->home = place_of_unit(looking, i, SCOPE_UNIT);
		}
	}
}

/* ---- where one is ---------------------------------------------------------------------------- */

/* From the root down to it; a former unit stands alone. */
static void
walk_down(struct looking *looking)
{
	const struct places_request *request = looking->request;
	const struct world *world = looking->world;
	struct places *places = looking->places;
	size_t chain[CHAIN_MAX], count = 0;
	int32_t until = DAY_LAST;
	size_t market = request->scope == SCOPE_MARKET ? world_market_named(world, request->code)
						       : NOWHERE;

	places->crumbs = arena_alloc(looking->arena, (CHAIN_MAX + 1) * sizeof(*places->crumbs));
	if (market != NOWHERE)
		count = chain_of(looking, market, request->today, chain);
	else if (request->scope == SCOPE_UNIT && request->code.len > 0)
		count = world_chain(world, request->code, request->today, chain, &until);
	count = request->market.len > 0 ? 0 : below_root(looking, chain, count);
	while (count > 0)
		places->crumbs[places->crumb_count++] = place_of_unit(
			looking, chain[--count], SCOPE_UNIT);
	if (market != NOWHERE && is_open(looking, market))
		places->crumbs[places->crumb_count++] = place_of_market(looking, market);
}

/* Of the commune where one is, or of that of the market. */
static void
list_markets(struct looking *looking)
{
	const struct world *world = looking->world;
	struct places *places = looking->places;
	const struct place *in = NULL;

	for (size_t i = 0; i < places->crumb_count; i++) {
		if (places->crumbs[i].scope == SCOPE_UNIT)
			in = &places->crumbs[i];
	}
	places->markets = arena_alloc(
		looking->arena, (world->market_count + 1) * sizeof(*places->markets));
	for (size_t i = 0; i < world->market_count; i++) {
		struct str unit = world_attached(&world->markets[i], looking->request->today);
		bool here = in != NULL && str_eq(unit, in->code);

		if (is_open(looking, i) && (here || looking->request->market.len > 0))
			places->markets[places->market_count++] = place_of_market(looking, i);
	}
}

/* ---- districts that were --------------------------------------------------------------------- */

/* Marks the units that had a market on the last day they were in force. */
static void
mark_former(const struct looking *looking, int32_t last, bool *had)
{
	const struct unit *units = looking->world->units;
	size_t chain[CHAIN_MAX];

	for (size_t i = 0; i < looking->world->market_count; i++) {
		size_t count = chain_of(looking, i, last, chain);

		for (size_t j = 0; j < count; j++)
			had[chain[j]] = had[chain[j]] || units[chain[j]].to_day == last;
	}
}

static bool
is_former_district(const struct looking *looking, size_t unit)
{
	return level_of(&looking->world->units[unit]) == DISTRICT &&
	       looking->world->units[unit].to_day < looking->request->today;
}

static bool
is_among(const int32_t *days, size_t count, int32_t day)
{
	for (size_t i = 0; i < count; i++) {
		if (days[i] == day)
			return true;
	}
	return false;
}

/* Below a root those that lie in it as a whole. */
static struct err
add_former(struct db *db, struct looking *looking, size_t unit)
{
	const struct places_request *request = looking->request;
	struct place place = place_of_unit(looking, unit, SCOPE_FORMER);
	bool inside = request->root.len == 0;

	if (!inside)
		TRY(report_former_lies_in(
			db, looking->arena, place.code, request->today, request->root, &inside));
	if (inside)
		looking->places->former[looking->places->former_count++] = place;
	return OK;
}

static struct err
list_former(struct db *db, struct looking *looking)
{
	const struct world *world = looking->world;
	struct places *places = looking->places;
	bool *had = arena_alloc(looking->arena, world->unit_count + 1);
	int32_t days[FORMER_DAYS_MAX];
	size_t day_count = 0;

	places->former = arena_alloc(
		looking->arena, (world->unit_count + 1) * sizeof(*places->former));
	for (size_t i = 0; i < world->unit_count && day_count < FORMER_DAYS_MAX; i++) {
		if (!is_former_district(looking, i) ||
			is_among(days, day_count, world->units[i].to_day))
			continue;
		days[day_count++] = world->units[i].to_day;
		mark_former(looking, world->units[i].to_day, had);
	}
	for (size_t i = 0; i < world->unit_count; i++) {
		if (had[i] && is_former_district(looking, i))
			TRY(add_former(db, looking, i));
	}
	return OK;
}

struct err
report_places(struct db *db, struct arena *arena, const struct places_request *request,
	struct places *places)
{
	struct looking looking = {.arena = arena, .request = request, .places = places};
	struct world *world;

	*places = (struct places){0};
	TRY(world_load_units(db, arena, &world));
	looking.world = world;
	count_markets(&looking);
	find_home(&looking);
	walk_down(&looking);
	if (request->market.len == 0)
		list_units(&looking);
	list_markets(&looking);
	return request->market.len > 0 ? OK : list_former(db, &looking);
}
