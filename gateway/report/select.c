/* Which days of which markets go to what is asked for, and to which of its groups. */
#include "select.h"

#include "list.h"

struct selecting {
	const struct world *world;
	struct arena *arena;
	struct selection *out;
	size_t piece_capacity, peer_capacity, child_capacity;
	bool peers;
};

/* ---- groups ---------------------------------------------------------------------------------- */

static size_t
group_of(struct arena *arena, struct group **groups, size_t *count, size_t *capacity,
	const struct group *wanted)
{
	for (size_t i = *count; i-- > 0;) {
		if ((*groups)[i].key == wanted->key)
			return i;
	}
	LIST_ROOM(arena, *groups, *count, *capacity);
	(*groups)[*count] = *wanted;
	return (*count)++;
}

static struct group
group_of_market(const struct world *world, size_t market)
{
	return (struct group){market, world->markets[market].code, world->markets[market].name};
}

static struct group
group_of_unit(const struct world *world, size_t unit)
{
	return (struct group){
		world_same_unit(world, unit), world->units[unit].code, world->units[unit].name};
}

static size_t
peer_group(struct selecting *s, const struct group *group)
{
	return group_of(s->arena, &s->out->peers, &s->out->peer_count, &s->peer_capacity, group);
}

static size_t
child_group(struct selecting *s, const struct group *group)
{
	return group_of(
		s->arena, &s->out->children, &s->out->child_count, &s->child_capacity, group);
}

/* ---- a day of a market ------------------------------------------------------------------------
 */

/* A market's units on a day, from its own upwards. */
struct chain {
	size_t units[CHAIN_MAX];
	size_t count;
};

static size_t
place_in_chain(const struct world *world, const struct chain *chain, size_t unit)
{
	for (size_t i = 0; unit != NOWHERE && i < chain->count; i++) {
		if (world_same_unit(world, chain->units[i]) == world_same_unit(world, unit))
			return i;
	}
	return NOWHERE;
}

static size_t
of_level(const struct world *world, const struct chain *chain, struct str level)
{
	for (size_t i = 0; i < chain->count; i++) {
		if (str_eq(world->units[chain->units[i]].level, level))
			return chain->units[i];
	}
	return NOWHERE;
}

static bool
is_inside(const struct selecting *s, size_t market, const struct chain *chain)
{
	const struct subject *subject = s->out->subject;

	switch (subject->scope) {
	case SCOPE_MARKET:
		return market == subject->market;
	case SCOPE_FORMER:
		return subject->former[market];
	case SCOPE_UNIT:
		break;
	}
	return subject->unit == NOWHERE ||
	       place_in_chain(s->world, chain, subject->unit) != NOWHERE;
}

static size_t
peer_of(struct selecting *s, size_t market, const struct chain *chain, bool inside)
{
	const struct subject *subject = s->out->subject;
	struct group group;
	size_t unit;

	if (!s->peers || subject->scope == SCOPE_FORMER || subject->parent == NOWHERE)
		return NOWHERE;
	if (inside) {
		/* All that is reported of it is ranked, and no cell of it is cut in two where a
		 * market changes its unit. */
		group = subject->scope == SCOPE_MARKET ? group_of_market(s->world, market)
						       : group_of_unit(s->world, subject->unit);
		return peer_group(s, &group);
	}
	if (subject->scope == SCOPE_MARKET) {
		if (place_in_chain(s->world, chain, subject->parent) != 0)
			return NOWHERE;
		group = group_of_market(s->world, market);
		return peer_group(s, &group);
	}
	unit = of_level(s->world, chain, subject->peer_level);
	if (unit == NOWHERE || place_in_chain(s->world, chain, subject->parent) == NOWHERE)
		return NOWHERE;
	group = group_of_unit(s->world, unit);
	return peer_group(s, &group);
}

static size_t
child_of(struct selecting *s, size_t market, const struct chain *chain)
{
	struct str level = s->out->subject->child_level;
	struct group group = group_of_market(s->world, market);
	size_t unit;

	if (level.len == 0)
		return NOWHERE;
	if (str_eq(level, STR("market")))
		return child_group(s, &group);
	unit = of_level(s->world, chain, level);
	if (unit == NOWHERE && chain->count > 0)
		unit = chain->units[0];
	if (unit == NOWHERE)
		return NOWHERE;
	group = group_of_unit(s->world, unit);
	return child_group(s, &group);
}

/* ---- pieces -----------------------------------------------------------------------------------
 */

static void
add_piece(struct selecting *s, const struct piece *piece)
{
	struct selection *out = s->out;
	struct piece *last = out->of_market[piece->market].count == 0
				     ? NULL
				     : &out->pieces[out->piece_count - 1];

	if (!piece->inside && piece->peer == NOWHERE)
		return;
	if (last != NULL && last->to_day + 1 == piece->from_day && last->peer == piece->peer &&
		last->child == piece->child && last->inside == piece->inside) {
		last->to_day = piece->to_day;
		return;
	}
	LIST_ROOM(s->arena, out->pieces, out->piece_count, s->piece_capacity);
	if (out->of_market[piece->market].count++ == 0)
		out->of_market[piece->market].first = out->piece_count;
	out->pieces[out->piece_count++] = *piece;
}

static void
add_days(struct selecting *s, size_t market, const struct chain *chain, int32_t from_day,
	int32_t to_day)
{
	struct piece piece = {.market = market, .from_day = from_day, .to_day = to_day};

	piece.inside = is_inside(s, market, chain);
	piece.peer = peer_of(s, market, chain, piece.inside);
	piece.child = piece.inside ? child_of(s, market, chain) : NOWHERE;
	add_piece(s, &piece);
}

/* The unit of a market on a day; where none is, the one before. */
static struct str
attached_today(const struct world_market *market, int32_t today)
{
	struct str code = STR("");

	for (size_t i = 0; i < market->unit_count; i++) {
		if (market->units[i].from_day <= today || code.len == 0)
			code = market->units[i].unit_code;
	}
	return code;
}

/* `*until` is lowered to the last day of the answer. */
static struct str
attached_then(const struct world_market *market, int32_t day, int32_t *until)
{
	for (size_t i = 0; i < market->unit_count; i++) {
		const struct market_unit *row = &market->units[i];

		if (day < row->from_day) {
			*until = row->from_day - 1 < *until ? row->from_day - 1 : *until;
			return STR("");
		}
		if (day <= row->to_day) {
			*until = row->to_day < *until ? row->to_day : *until;
			return row->unit_code;
		}
	}
	return STR("");
}

static void
select_then(struct selecting *s, size_t at, int32_t from_day, int32_t to_day)
{
	const struct world_market *market = &s->world->markets[at];

	for (int32_t day = from_day, until; day <= to_day; day = until + 1) {
		struct chain chain = {.count = 0};
		struct str code;

		until = to_day;
		code = attached_then(market, day, &until);
		chain.count = world_chain(s->world, code, day, chain.units, &until);
		add_days(s, at, &chain, day, until);
	}
}

static void
select_today(struct selecting *s, size_t at, int32_t from_day, int32_t to_day)
{
	int32_t today = s->out->subject->today, until = DAY_LAST;
	struct chain chain = {.count = 0};

	chain.count = world_chain(s->world, attached_today(&s->world->markets[at], today), today,
		chain.units, &until);
	if (from_day <= to_day)
		add_days(s, at, &chain, from_day, to_day);
}

/* The group of the subject itself among its peers. */
static size_t
self_of(const struct selection *out)
{
	const struct subject *subject = out->subject;
	size_t key = subject->scope == SCOPE_MARKET ? subject->market : subject->unit;

	for (size_t i = 0; i < out->peer_count; i++) {
		if (out->peers[i].key == key)
			return i;
	}
	return NOWHERE;
}

void
select_pieces(const struct world *world, struct arena *arena, const struct subject *subject,
	int32_t from_day, int32_t to_day, bool peers, struct selection *selection)
{
	struct selecting selecting = {
		.world = world, .arena = arena, .out = selection, .peers = peers};

	*selection = (struct selection){
		.subject = subject,
		.from_day = from_day,
		.to_day = to_day,
		.of_market = arena_alloc(
			arena, world->market_count * sizeof(*selection->of_market) + 1),
	};
	for (size_t i = 0; i < world->market_count; i++) {
		int32_t last = day_of(subject->now_ms, world->markets[i].day_cut_min);

		if (world_is_counter(&world->markets[i]))
			continue;
		if (last > to_day)
			last = to_day;
		if (subject->boundary == BOUNDARY_TODAY)
			select_today(&selecting, i, from_day, last);
		else
			select_then(&selecting, i, from_day, last);
	}
	selection->self = self_of(selection);
}
