/* Each stall in each reporting month, in each piece of what a report is about. */
#include "cells.h"

#include <stdlib.h>
#include <string.h>

#include "chopay/tally.h"

#define DAYS_MAX 31 /* of a month */

/* What a stall's month came to; zeros where nothing was paid. */
struct month_row {
	uint64_t paid;
	int64_t payments, payers;
	struct vnd value;
	uint32_t hours;
};

/* A day's row, kept while the stall's others are read. */
struct day_row {
	int32_t day;
	int64_t payments, unknown;
	struct vnd value;
	size_t payers, payer_count; /* a part of struct days_read.payers */
};
struct days_read {
	int64_t stall_id;
	struct day_row rows[DAYS_MAX];
	size_t count;
	struct payer_count *payers; /* of all these days, day after day */
	size_t payer_count, payer_capacity;
	struct payer_count *all; /* work space of the same capacity */
};

struct running {
	struct cells_run *run;
	struct month_days month;
	struct month_row *rows; /* of each stall */
	bool *was_active;	/* of each stall: its cell of the full month before */
	bool counts;		/* false: the month before the first, only for was_active */
	struct stall_range range;
	size_t first, end; /* stalls with a piece are among these */
	size_t at;	   /* the next one, while days are read */
	bool by_days;	   /* days of all stalls are read along */
	struct days_read days;
};

/* ---- rows -------------------------------------------------------------------------------------
 */

static struct err
take_month(void *arg, const struct adoption_month_row *row)
{
	struct running *running = arg;
	size_t stall = world_stall(running->run->world, row->stall_id);

	if (stall != NOWHERE)
		running->rows[stall] = (struct month_row){
			row->active_days, row->payments, row->payers, row->value, row->hours};
	return OK;
}

static void
make_room(struct days_read *days, size_t more)
{
	if (days->payer_count + more <= days->payer_capacity)
		return;
	days->payer_capacity = 2 * (days->payer_count + more);
	days->payers = mem_resize(days->payers, days->payer_capacity * sizeof(*days->payers));
	days->all = mem_resize(days->all, days->payer_capacity * sizeof(*days->all));
}

static void
days_read_fini(struct days_read *days)
{
	free(days->payers);
	free(days->all);
}

static struct err
keep_day(struct days_read *days, const struct adoption_day_row *row)
{
	struct day_row *kept = &days->rows[days->count];

	if (days->count == DAYS_MAX)
		return FAIL(ERR_BROKEN, "a stall has more days than its month");
	*kept = (struct day_row){.day = row->day,
		.payments = row->payments,
		.unknown = row->unknown,
		.value = row->value,
		.payers = days->payer_count};
	make_room(days, payers_size(row->payers));
	if (row->payers.len > 0)
		TRY(payers_decode(
			row->payers, days->payers + days->payer_count, &kept->payer_count));
	days->payer_count += kept->payer_count;
	days->count++;
	return OK;
}

static void
forget_days(struct days_read *days)
{
	days->count = days->payer_count = 0;
}

static struct err
take_day(void *arg, const struct adoption_day_row *row)
{
	return keep_day(arg, row);
}

/* ---- a cell -----------------------------------------------------------------------------------
 */

/* Payments, value and payers of the days in the mask. */
static void
sum_days(struct days_read *days, const struct month_days *month, uint64_t mask, struct cell *cell)
{
	size_t named = 0;

	cell->payments = cell->cai.payers = 0;
	cell->value = (struct vnd){0};
	for (size_t i = 0; i < days->count; i++) {
		const struct day_row *row = &days->rows[i];

		if ((month_mask(month, row->day, row->day) & mask) == 0)
			continue;
		cell->payments += row->payments;
		cell->value.dong += row->value.dong;
		cell->cai.payers += row->unknown;
		named = payers_join(days->all, named, days->payers + row->payers, row->payer_count);
	}
	cell->cai.payers += (int64_t)named;
}

/* Is this all of the stall's month?  Days after the cut-off are not there yet: nothing was paid on
 * them, so they do not make it a part. */
static bool
is_whole(const struct running *running, const struct month_row *row, const struct cell *cell)
{
	uint64_t all = month_mask(&running->month, DAY_FIRST, DAY_LAST);
	uint64_t over = month_mask(
		&running->month, DAY_FIRST, running->run->selection->subject->today - 1);

	return ((all & over) & ~cell->days) == 0 && (row->paid & ~cell->days) == 0;
}

static struct err
fill_amounts(struct running *running, size_t stall, struct cell *cell)
{
	const struct month_row *row = &running->rows[stall];
	const struct month_days *month = &running->month;

	cell->payments = row->payments;
	cell->value = row->value;
	cell->cai.payers = row->payers;
	if ((row->payments == 0 && row->value.dong == 0) || is_whole(running, row, cell))
		return OK;
	if (!running->by_days && running->days.stall_id != running->run->world->stalls[stall].id) {
		forget_days(&running->days);
		running->days.stall_id = running->run->world->stalls[stall].id;
		TRY(adoption_days_walk(running->run->db, running->days.stall_id, month->first,
			month->first + month->count - 1, take_day, &running->days));
	}
	sum_days(&running->days, month, cell->days, cell);
	return OK;
}

static struct err
run_cell(struct running *running, size_t stall, size_t at, const struct stall_month *stall_month,
	const struct stall_place *place)
{
	const struct piece *piece = &running->run->selection->pieces[at];
	const struct month_row *row = &running->rows[stall];
	uint64_t within = month_mask(&running->month, piece->from_day, piece->to_day);
	struct cell cell = {
		.stall = stall,
		.piece = at,
		.month = &running->month,
		.days = within & place->stands,
		.hours = row->hours,
	};

	if (cell.days == 0)
		return OK;
	cell.open = place->open & within;
	cell.live = cell.open & stall_month->live;
	cell.paid = row->paid & cell.days;
	cell.removed = stall_month->removed & cell.days;
	cell.full = cell.days == month_mask(&running->month, DAY_FIRST, DAY_LAST);
	cell.cai = (struct cai_cell){
		.market_days = days_in(running->month.open[piece->market] & within),
		.open_days = days_in(cell.open),
		.qr_days = days_in(cell.live),
		.active_days = days_in(cell.open & cell.paid),
		.was_active = running->was_active[stall],
	};
	TRY(fill_amounts(running, stall, &cell));
	if (cell.open == 0 && cell.removed == 0 && cell.payments == 0 && cell.value.dong == 0)
		return OK;
	return running->run->each(running->run->arg, &cell);
}

static bool
full_month_active(const struct running *running, size_t stall, const struct stall_month *month)
{
	const struct month_row *row = &running->rows[stall];
	const struct cai_cell cell = {
		.market_days = days_in(month->market_open),
		.open_days = days_in(month->open),
		.active_days = days_in(month->open & row->paid),
		.payers = row->payers,
	};

	return cai_active(&cell);
}

static struct err
run_stall(struct running *running, size_t stall)
{
	const struct selection *selection = running->run->selection;
	struct stall_month month;

	stall_month_make(running->run->world, &running->month, stall, &month);
	for (size_t i = 0; running->counts && i < month.count; i++) {
		size_t first = selection->of_market[month.places[i].market].first;
		size_t count = selection->of_market[month.places[i].market].count;

		for (size_t at = first; at < first + count; at++)
			TRY(run_cell(running, stall, at, &month, &month.places[i]));
	}
	running->was_active[stall] = full_month_active(running, stall, &month);
	return OK;
}

/* ---- a month ----------------------------------------------------------------------------------
 */

/* Does the month have a part that is read day by day for more than a few stalls? */
static bool
needs_days(const struct running *running)
{
	const struct selection *selection = running->run->selection;
	int32_t first = running->month.first, last = first + running->month.count - 1;
	int32_t end = selection->to_day < selection->subject->today ? selection->to_day : last;

	if (selection->from_day > first || end < last)
		return true;
	for (size_t i = 0; i + 1 < selection->piece_count; i++) {
		const struct piece *piece = &selection->pieces[i];

		if (piece->market == piece[1].market && piece->to_day >= first &&
			piece->to_day < last)
			return true;
	}
	return false;
}

/* Stalls up to the one before `stall` have all their days. */
static struct err
run_until(struct running *running, size_t stall)
{
	for (; running->at < stall; running->at++) {
		TRY(run_stall(running, running->at));
		forget_days(&running->days);
	}
	return OK;
}

static struct err
run_day(void *arg, const struct adoption_day_row *row)
{
	struct running *running = arg;
	size_t stall = world_stall(running->run->world, row->stall_id);

	if (stall == NOWHERE || stall < running->at)
		return OK;
	TRY(run_until(running, stall));
	return keep_day(&running->days, row);
}

static struct err
run_month(struct running *running)
{
	const struct month_days *month = &running->month;
	struct cells_run *run = running->run;

	forget_days(&running->days);
	running->days.stall_id = 0;
	running->at = running->first;
	running->by_days = running->counts && needs_days(running);
	if (running->by_days)
		TRY(adoption_days_walk_some(run->db, &running->range, month->first,
			month->first + month->count - 1, run_day, running));
	for (; running->at < running->end; running->at++) {
		TRY(run_stall(running, running->at));
		if (running->by_days)
			forget_days(&running->days);
	}
	if (running->counts && run->month_over != NULL)
		TRY(run->month_over(run->arg, month));
	return OK;
}

/* ---- all of it ---------------------------------------------------------------------------------
 */

static bool
has_piece(const struct running *running, size_t stall)
{
	const struct selection *selection = running->run->selection;
	const struct world_stall *of = &running->run->world->stalls[stall];
	bool has = selection->of_market[of->market].count > 0;

	for (size_t i = 0; !has && i < of->places.count; i++)
		has = selection->of_market[of->places.rows[i].value].count > 0;
	return has;
}

static void
find_range(struct running *running)
{
	const struct world *world = running->run->world;

	running->end = world->stall_count;
	while (running->first < running->end && !has_piece(running, running->first))
		running->first++;
	while (running->end > running->first && !has_piece(running, running->end - 1))
		running->end--;
	if (running->first < running->end)
		running->range = (struct stall_range){
			world->stalls[running->first].id, world->stalls[running->end - 1].id};
}

static struct err
run_months(struct running *running, month_key from, month_key to)
{
	struct cells_run *run = running->run;
	size_t rows_size = run->world->stall_count * sizeof(*running->rows);

	for (month_key month = from - 1; month <= to; month++) {
		struct arena *work CLEANUP(arena_cleanup) = arena_new();

		if (run->watch != NULL && !run->watch->go_on(run->watch->arg, run->progress->done,
						  run->progress->total))
			return FAIL(ERR_BUSY, "the report was stopped");
		memset(running->rows, 0, rows_size);
		running->counts = month >= from;
		month_days_make(run->world, work, run->calendar, month, &running->month);
		TRY(adoption_months_walk_some(
			run->db, run->calendar, month, &running->range, take_month, running));
		TRY(run_month(running));
		if (run->progress != NULL)
			run->progress->done++;
	}
	return OK;
}

struct err
cells_run(struct arena *arena, struct cells_run *run)
{
	const struct selection *selection = run->selection;
	struct running running = {
		.run = run,
		.rows = arena_alloc(arena, run->world->stall_count * sizeof(*running.rows) + 1),
		.was_active = arena_alloc(arena, run->world->stall_count + 1),
	};
	struct err err;

	if (selection->piece_count == 0)
		return OK;
	find_range(&running);
	err = run_months(&running, month_of(selection->from_day, run->calendar),
		month_of(selection->to_day < selection->subject->today ? selection->to_day
								       : selection->subject->today,
			run->calendar));
	days_read_fini(&running.days);
	return err;
}
