/*
 * world.h - units, markets, stalls and their dated registers, in memory: loaded once for a report.
 *
 * Private to this folder.  Markets and stalls are named by their place in the arrays, which are in
 * the order of ids.  Memory: the arena that loaded it.
 */
#ifndef CHOPAY_REPORT_WORLD_H
#define CHOPAY_REPORT_WORLD_H

#include "chopay/registers.h"

#define NOWHERE SIZE_MAX /* no unit, market, stall or group */

/* Rows of one market or stall, in the order of ids: the last one that covers a day holds. */
struct world_rows {
	const struct world_row {
		int64_t of;
		int32_t from_day, to_day, entered_day;
		int64_t value;	 /* a place: the market, as its place in the array */
		struct str text; /* of a calendar */
	} * rows;
	size_t count;
};

struct world_market {
	int64_t id;
	struct str code, name;
	int32_t day_cut_min;
	const struct market_unit *units; /* by from_day */
	size_t unit_count;
	struct world_rows calendar;
	bool has_stalls, has_desks;
};
/* Fee desks alone: a counter of the administration, no market. */
static inline bool
world_is_counter(const struct world_market *market)
{
	return market->has_desks && !market->has_stalls;
}

struct world_stall {
	int64_t id;
	size_t market; /* where the register says that it stands */
	struct str code, name, goods;
	int32_t open_day, close_day; /* close_day: the first on which it no longer sells */
	struct world_rows life, leave, codes, places, attached;
};

struct world {
	struct arena *arena;
	struct unit *units; /* by code and from_day */
	struct world_market *markets;
	struct world_stall *stalls; /* of the markets: fee desks are left out */
	size_t unit_count, market_count, stall_count;
};

MUST_CHECK struct err world_load(struct db *db, struct arena *arena, struct world **world);
/* Units, markets and to which units these belong; no stalls. */
MUST_CHECK struct err world_load_units(struct db *db, struct arena *arena, struct world **world);
/* NOWHERE: there is none. */
size_t world_market(const struct world *world, int64_t id);
size_t world_market_named(const struct world *world, struct str code);
size_t world_stall(const struct world *world, int64_t id);
/* The market in which it stands on that day. */
size_t world_place(const struct world_stall *stall, int32_t day);
/* The code of the unit that it is attached to on that day; empty: to none. */
struct str world_attached(const struct world_market *market, int32_t day);

/* The unit in force on that day, or NOWHERE; `*until` is lowered to the last day of this answer. */
size_t world_unit(const struct world *world, struct str code, int32_t day, int32_t *until);
/* The newest of the rows that are the same unit: code and name stay (a change of its kind, as from
 * Tỉnh to Thành phố, makes no other unit); a code that is used again is another one. */
size_t world_same_unit(const struct world *world, size_t unit);
/* The unit that a market is attached to and those above it; none: 0. */
#define CHAIN_MAX 6
size_t world_chain(const struct world *world, struct str code, int32_t day, size_t chain[CHAIN_MAX],
	int32_t *until);

#endif
