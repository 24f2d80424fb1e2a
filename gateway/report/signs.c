/* R8: a stall that the register says is open, without a payment or a fee for 60 days. */
#include "parts.h"

#define SILENT_DAYS 60

struct signs {
	const struct world *world;
	int32_t from_day, to_day;
	month_key month;
	bool *seen; /* of each stall */
};

static struct err
see_month(void *arg, const struct adoption_month_row *row)
{
	struct signs *signs = arg;
	size_t stall = world_stall(signs->world, row->stall_id);
	int32_t first = month_first_day(signs->month, CALENDAR_SOLAR);

	for (int day = 0; stall != NOWHERE && day < 64 && row->active_days >> day != 0; day++) {
		if ((row->active_days >> day & 1) != 0 && first + day >= signs->from_day &&
			first + day <= signs->to_day)
			signs->seen[stall] = true;
	}
	return OK;
}

static struct err
see_fee(void *arg, const struct market_fee *fee)
{
	struct signs *signs = arg;
	size_t stall = world_stall(signs->world, fee->stall_id);

	if (stall != NOWHERE && fee->amount.dong > 0)
		signs->seen[stall] = true;
	return OK;
}

/* Stalls that sold in the last month are among these. */
static struct stall_range
range_of(const struct world *world, const bool *sold)
{
	struct stall_range range = {INT64_MAX, INT64_MIN};

	for (size_t i = 0; i < world->stall_count; i++) {
		if (!sold[i])
			continue;
		if (range.first > world->stalls[i].id)
			range.first = world->stalls[i].id;
		range.last = world->stalls[i].id;
	}
	return range;
}

struct err
signs_look(struct build *build, const struct work_list *list, struct view *view)
{
	const struct world *world = build->world;
	int32_t end = view->period.to_day < build->subject.today ? view->period.to_day
								 : build->subject.today;
	const struct stall_range range = range_of(world, list->sold);
	struct signs signs = {
		.world = world,
		.from_day = end - SILENT_DAYS + 1,
		.to_day = end,
		.seen = arena_alloc(build->arena, world->stall_count + 1),
	};

	for (signs.month = month_of(signs.from_day, CALENDAR_SOLAR);
		signs.month <= month_of(end, CALENDAR_SOLAR); signs.month++)
		TRY(adoption_months_walk_some(
			build->db, CALENDAR_SOLAR, signs.month, &range, see_month, &signs));
	TRY(fees_walk(build->db, signs.from_day, end, see_fee, &signs));
	for (size_t i = 0; i < world->stall_count; i++) {
		size_t piece;

		if (signs.seen[i] || !list->sold[i] || world->stalls[i].open_day > signs.from_day)
			continue;
		piece = piece_of(world, &view->selection, i, end);
		if (piece == NOWHERE || !view->selection.pieces[piece].inside)
			continue;
		view->sums.flags[i][8] = 1;
		view->sums.pieces[piece].figures.flags[8]++;
	}
	return OK;
}
