/* What stalls declared to have turned over in a month. */
#include <stdlib.h>

#include "list.h"
#include "sums.h"

struct turnovers {
	struct declared {
		size_t stall;
		month_key month;
		struct vnd amount;
	} * items; /* by stall and month */
	size_t count, capacity;
};

static struct err
take(void *arg, const struct turnover *turnover)
{
	struct sums *sums = arg;
	struct turnovers *turnovers = sums->turnovers;
	size_t stall = world_stall(sums->world, turnover->stall_id);

	if (stall == NOWHERE)
		return OK;
	LIST_ROOM(sums->arena, turnovers->items, turnovers->count, turnovers->capacity);
	turnovers->items[turnovers->count++] = (struct declared){
		stall, turnover->month, turnover->amount};
	return OK;
}

static int
by_stall_and_month(const void *a, const void *b)
{
	const struct declared *left = a, *right = b;

	if (left->stall != right->stall)
		return left->stall < right->stall ? -1 : 1;
	return (left->month > right->month) - (left->month < right->month);
}

struct err
turnovers_load(struct sums *sums)
{
	enum period_calendar calendar = sums->period->calendar;
	struct turnovers *turnovers = arena_alloc(sums->arena, sizeof(*turnovers));

	sums->turnovers = turnovers;
	TRY(turnover_walk(sums->db, month_of(sums->selection->from_day, calendar),
		month_of(sums->selection->to_day, calendar), take, sums));
	if (turnovers->count > 0)
		qsort(turnovers->items, turnovers->count, sizeof(*turnovers->items),
			by_stall_and_month);
	return OK;
}

bool
turnover_of(const struct sums *sums, size_t stall, month_key month, struct vnd *amount)
{
	const struct declared wanted = {.stall = stall, .month = month};
	const struct declared *found = NULL;

	if (sums->turnovers->count > 0)
		found = bsearch(&wanted, sums->turnovers->items, sums->turnovers->count,
			sizeof(wanted), by_stall_and_month);
	if (found != NULL)
		*amount = found->amount;
	return found != NULL;
}
