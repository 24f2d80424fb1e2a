/* The tree of today's units over all markets, and who was paid in each half-month. */
#include "atoms.h"

#include <stdlib.h>

#include "list.h"

#define ROOT 0
#define DAY_HALF 14

/* ---- the tree
 * ------------------------------------------------------------------------------------ */

struct tree {
	struct build *build;
	struct suppress_node *nodes; /* markets last */
	size_t count, capacity;
	size_t *of_unit; /* the node of a unit's newest row */
};

static size_t
add_node(struct tree *tree, int parent)
{
	LIST_ROOM(tree->build->arena, tree->nodes, tree->count, tree->capacity);
	tree->nodes[tree->count] = (struct suppress_node){.parent = parent};
	return tree->count++;
}

/* The unit's node, below those of the units above it. */
static size_t
unit_node(struct tree *tree, const size_t *chain, size_t count)
{
	const struct world *world = tree->build->world;
	size_t node = ROOT;

	while (count-- > 0) {
		size_t unit = world_same_unit(world, chain[count]);

		if (tree->of_unit[unit] == NOWHERE)
			tree->of_unit[unit] = add_node(tree, (int)node);
		node = tree->of_unit[unit];
	}
	return node;
}

static void
grow_tree(struct tree *tree, size_t *leaf_of)
{
	const struct world *world = tree->build->world;
	int32_t today = tree->build->subject.today;
	size_t *above = arena_alloc(tree->build->arena, world->market_count * sizeof(*above) + 1);

	tree->of_unit = arena_alloc(
		tree->build->arena, world->unit_count * sizeof(*tree->of_unit) + 1);
	for (size_t i = 0; i < world->unit_count; i++)
		tree->of_unit[i] = NOWHERE;
	(void)add_node(tree, -1);
	for (size_t i = 0; i < world->market_count; i++) {
		size_t chain[CHAIN_MAX], count;
		int32_t until = DAY_LAST;

		count = world_chain(
			world, world_attached(&world->markets[i], today), today, chain, &until);
		above[i] = unit_node(tree, chain, count);
	}
	for (size_t i = 0; i < world->market_count; i++)
		leaf_of[i] = add_node(tree, (int)above[i]);
}

/* ---- who was paid
 * -------------------------------------------------------------------------------- */

struct paying {
	struct build *build;
	struct atoms *atoms;
	size_t first_block; /* of the month */
	int32_t first_day;
};

/* A stall counts once in each market in which it was paid within the half-month. */
static void
count_block(const struct paying *paying, size_t block, const struct world_stall *stall,
	uint64_t active_days)
{
	const struct atom_days *days = &paying->atoms->days[block];
	size_t last = NOWHERE;

	for (int32_t day = days->from; day <= days->to; day++) {
		size_t market;

		if ((active_days >> (day - paying->first_day) & 1) == 0)
			continue;
		market = world_place(stall, day);
		if (market != last)
			paying->atoms->nodes[block][paying->atoms->leaf_of[market]].contributors++;
		last = market;
	}
}

static struct err
count_month(void *arg, const struct adoption_month_row *row)
{
	const struct paying *paying = arg;
	const struct world *world = paying->build->world;
	size_t stall = world_stall(world, row->stall_id);

	for (size_t half = 0; stall != NOWHERE && half < MONTH_BLOCKS; half++)
		count_block(paying, paying->first_block + half, &world->stalls[stall],
			row->active_days);
	return OK;
}

/* Days 1 to 14 come first in a solar month, last in one of nd09. */
static void
set_days(struct atoms *atoms, size_t block, enum period_calendar calendar, month_key month,
	int32_t today)
{
	int32_t first = month_first_day(month, calendar), last = month_last_day(month, calendar);
	int32_t until = calendar == CALENDAR_SOLAR ? first + DAY_HALF - 1 : last - DAY_HALF;

	atoms->days[block] = (struct atom_days){first, until};
	atoms->days[block + 1] = (struct atom_days){until + 1, last};
	for (size_t i = block; i < block + MONTH_BLOCKS; i++) {
		if (atoms->days[i].to > today)
			atoms->days[i].to = today;
	}
}

static struct err
fill_month(struct build *build, struct atoms *atoms, size_t block, enum period_calendar calendar,
	month_key month)
{
	struct paying paying = {
		.build = build,
		.atoms = atoms,
		.first_block = block,
		.first_day = month_first_day(month, calendar),
	};

	set_days(atoms, block, calendar, month, build->subject.today);
	TRY(adoption_months_walk(build->db, calendar, month, count_month, &paying));
	for (size_t half = 0; half < MONTH_BLOCKS; half++)
		suppress(atoms->nodes[block + half], atoms->count, CONTRIBUTORS_MIN);
	return OK;
}

struct err
atoms_make(struct build *build, const struct view *view, struct atoms *atoms)
{
	struct arena *arena = build->arena;
	struct tree tree = {.build = build};
	month_key first = month_of(view->period.from_day, view->period.calendar);

	*atoms = (struct atoms){.blocks = view->sums.blocks};
	atoms->leaf_of = arena_alloc(
		arena, build->world->market_count * sizeof(*atoms->leaf_of) + 1);
	grow_tree(&tree, atoms->leaf_of);
	atoms->count = tree.count;
	atoms->days = arena_alloc(arena, atoms->blocks * sizeof(*atoms->days) + 1);
	atoms->nodes = arena_alloc(arena, atoms->blocks * sizeof(*atoms->nodes) + 1);
	for (size_t b = 0; b < atoms->blocks; b++) {
		atoms->nodes[b] = arena_alloc(arena, tree.count * sizeof(**atoms->nodes));
		memcpy(atoms->nodes[b], tree.nodes, tree.count * sizeof(**atoms->nodes));
	}
	for (size_t b = 0; b < atoms->blocks; b += MONTH_BLOCKS)
		TRY(fill_month(build, atoms, b, view->period.calendar,
			first + (month_key)(b / MONTH_BLOCKS)));
	return OK;
}

/* ---- groups
 * -------------------------------------------------------------------------------------- */

bool
piece_belongs(const struct piece *piece, size_t child)
{
	return piece->inside && (child == NOWHERE || piece->child == child);
}

/* Which leaves the group is made of; false: of one it has only some days, and these have money. */
static bool
choose(const struct atoms *atoms, const struct view *view, size_t child, size_t block, bool *chosen)
{
	const struct atom_days *days = &atoms->days[block];

	memset(chosen, 0, atoms->count);
	for (size_t i = 0; i < view->selection.piece_count; i++) {
		const struct piece *piece = &view->selection.pieces[i];
		size_t leaf = atoms->leaf_of[piece->market];

		if (!piece_belongs(piece, child) || piece->to_day < days->from ||
			piece->from_day > days->to)
			continue;
		if (piece->from_day <= days->from && piece->to_day >= days->to)
			chosen[leaf] = true;
		else if (atoms->nodes[block][leaf].contributors > 0)
			return false;
	}
	return true;
}

bool
atoms_show(const struct atoms *atoms, const struct view *view, size_t child)
{
	bool *chosen = mem_alloc(atoms->count);
	bool show = true;

	for (size_t b = 0; show && b < atoms->blocks; b++)
		show = choose(atoms, view, child, b, chosen) &&
		       suppress_may_show(atoms->nodes[b], atoms->count, chosen);
	free(chosen);
	return show;
}

static bool
too_few(int64_t stalls)
{
	return stalls > 0 && stalls < CONTRIBUTORS_MIN;
}

static bool
declared_enough(const struct atoms *atoms, const struct view *view, size_t child, size_t block,
	struct total_month *sums)
{
	bool enough = true;

	memset(sums, 0, atoms->count * sizeof(*sums));
	for (size_t i = 0; i < view->selection.piece_count; i++) {
		const struct piece *piece = &view->selection.pieces[i];
		const struct suppress_node *leaf =
			&atoms->nodes[block][atoms->leaf_of[piece->market]];
		const struct total_month *month =
			&view->sums.pieces[i].months[block / MONTH_BLOCKS];

		if (!piece_belongs(piece, child) || leaf->contributors == 0 || leaf->atom < 0)
			continue;
		sums[leaf->atom].declared += month->declared;
		sums[leaf->atom].undeclared += month->undeclared;
	}
	for (size_t i = 0; i < atoms->count; i++)
		enough = enough && !too_few(sums[i].declared) && !too_few(sums[i].undeclared);
	return enough;
}

bool
atoms_show_turnover(const struct atoms *atoms, const struct view *view, size_t child)
{
	struct total_month *sums = mem_alloc(atoms->count * sizeof(*sums));
	bool show = true;

	for (size_t b = 0; show && b < atoms->blocks; b++)
		show = declared_enough(atoms, view, child, b, sums);
	free(sums);
	return show;
}
