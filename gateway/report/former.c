/* Units that have ended: the markets that stood there, and where it all lies today. */
#include "former.h"

#include "chopay/report.h"
#include "list.h"

#define SUCCESSIONS_MAX 8 /* that a unit may have gone into another since */

size_t
former_unit(const struct world *world, struct str code, int32_t today)
{
	size_t found = NOWHERE;

	for (size_t i = 0; i < world->unit_count; i++) {
		if (str_eq(world->units[i].code, code) &&
			world->units[world_same_unit(world, i)].to_day < today)
			found = world_same_unit(world, i);
	}
	return found;
}

static bool
was_below(const struct world *world, struct str code, size_t unit)
{
	size_t chain[CHAIN_MAX];
	int32_t until = DAY_LAST;
	size_t count = world_chain(world, code, world->units[unit].to_day, chain, &until);

	for (size_t i = 0; i < count; i++) {
		if (world_same_unit(world, chain[i]) == unit)
			return true;
	}
	return false;
}

bool
former_held(const struct world *world, size_t unit, size_t market)
{
	return was_below(
		world, world_attached(&world->markets[market], world->units[unit].to_day), unit);
}

/* ---- where it lies today ----------------------------------------------------------------------
 */

struct heirs {
	const struct world *world;
	struct str root;
	int32_t today;
	struct lineage *lineages;
	size_t count, capacity;
	bool known, outside; /* was any found; one that lies elsewhere? */
};

static struct err
load_lineage(void *arg, const struct lineage *lineage)
{
	struct heirs *heirs = arg;
	struct arena *arena = heirs->world->arena;

	LIST_ROOM(arena, heirs->lineages, heirs->count, heirs->capacity);
	heirs->lineages[heirs->count++] = (struct lineage){
		.from_code = arena_copy(arena, lineage->from_code),
		.to_code = arena_copy(arena, lineage->to_code),
		.day = lineage->day,
		.whole = lineage->whole,
	};
	return OK;
}

static void
look_at(struct heirs *heirs, struct str code)
{
	size_t chain[CHAIN_MAX];
	int32_t until = DAY_LAST;
	size_t count = world_chain(heirs->world, code, heirs->today, chain, &until);

	heirs->known = true;
	for (size_t i = 0; i < count; i++) {
		if (str_eq(heirs->world->units[chain[i]].code, heirs->root))
			return;
	}
	heirs->outside = true;
}

/* All that the unit, in force on `day`, has gone into since; itself, if it is still there. */
static void
look_at_heirs(struct heirs *heirs, struct str code, int32_t day, int depth)
{
	int32_t until = DAY_LAST;
	size_t unit = world_unit(heirs->world, code, day, &until);

	if (unit == NOWHERE || depth == SUCCESSIONS_MAX)
		return; /* the lists do not say: its markets do */
	unit = world_same_unit(heirs->world, unit);
	if (heirs->world->units[unit].to_day >= heirs->today)
		look_at(heirs, code);
	for (size_t i = 0; i < heirs->count; i++) {
		const struct lineage *lineage = &heirs->lineages[i];

		if (str_eq(lineage->from_code, code) && lineage->day > day &&
			lineage->day <= heirs->today &&
			lineage->day <= heirs->world->units[unit].to_day + 1)
			look_at_heirs(heirs, lineage->to_code, lineage->day, depth + 1);
	}
}

struct err
report_former_lies_in(struct db *db, struct arena *arena, struct str code, int32_t today,
	struct str root, bool *yes)
{
	struct heirs heirs = {.root = root, .today = today};
	struct world *world;
	size_t former;

	*yes = false;
	TRY(world_load_units(db, arena, &world));
	heirs.world = world;
	former = former_unit(world, code, today);
	if (former == NOWHERE)
		return OK;
	TRY(lineage_walk(db, load_lineage, &heirs));
	for (size_t i = 0; i < world->unit_count; i++) {
		const struct unit *unit = &world->units[i];
		int32_t last = world->units[former].to_day;

		if (unit->from_day <= last && unit->to_day >= last &&
			was_below(world, unit->code, former))
			look_at_heirs(&heirs, unit->code, last, 0);
	}
	for (size_t i = 0; i < world->market_count; i++) {
		if (former_held(world, former, i))
			look_at(&heirs, world_attached(&world->markets[i], today));
	}
	*yes = heirs.known && !heirs.outside;
	return OK;
}
