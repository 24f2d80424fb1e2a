/*
 * work.c - whom the community digital team should visit, and why: never a stall's money, never a
 * payer.
 *
 * Of the period's last month: stalls without a code, with one but inactive, dropped out, paid but
 * never in the three hours in which their market is busiest.  Of all the period: flagged ones.
 */
#include <stdlib.h>

#include "list.h"
#include "parts.h"

#define BUSY_HOURS 3

struct filling {
	const struct work_list *list;
	const struct view *view;
	struct report *report;
	size_t capacity;
	uint32_t *busy; /* of each market: bits of its busiest hours; 0: it has too few */
};

void
work_begin(struct build *build, struct work_list *list)
{
	const struct period *period = &build->request->period;
	int32_t end = period->to_day < build->subject.today ? period->to_day : build->subject.today;

	*list = (struct work_list){
		.build = build,
		.last = month_of(end, period->calendar),
		.sold = arena_alloc(build->arena, build->world->stall_count + 1),
	};
}

struct err
work_look(void *arg, const struct cell *cell)
{
	struct work_list *list = arg;

	if (cell->month->month != list->last || cell->open == 0)
		return OK;
	LIST_ROOM(list->build->arena, list->cells, list->count, list->capacity);
	list->cells[list->count++] = *cell;
	list->sold[cell->stall] = true;
	return OK;
}

/* ---- busy hours -------------------------------------------------------------------------------
 */

static void
add_hours(struct filling *filling, int64_t (*hours)[HOURS])
{
	const struct selection *selection = &filling->view->selection;

	for (size_t i = 0; i < selection->piece_count; i++) {
		for (int hour = 0; selection->pieces[i].inside && hour < HOURS; hour++)
			hours[selection->pieces[i].market][hour] +=
				filling->view->sums.pieces[i].tally.hours[hour];
	}
}

static uint32_t
busiest(const int64_t hours[HOURS])
{
	uint32_t busy = 0;

	for (int n = 0; n < BUSY_HOURS; n++) {
		int best = -1;

		for (int hour = 0; hour < HOURS; hour++) {
			if ((busy >> hour & 1) == 0 && hours[hour] > 0 &&
				(best < 0 || hours[hour] > hours[best]))
				best = hour;
		}
		if (best < 0)
			return 0;
		busy |= UINT32_C(1) << best;
	}
	return busy;
}

static void
find_busy(struct filling *filling)
{
	struct arena *arena = filling->list->build->arena;
	size_t count = filling->list->build->world->market_count;
	int64_t(*hours)[HOURS] = arena_alloc(arena, count * sizeof(*hours) + 1);

	add_hours(filling, hours);
	filling->busy = arena_alloc(arena, count * sizeof(*filling->busy) + 1);
	for (size_t i = 0; i < count; i++)
		filling->busy[i] = busiest(hours[i]);
}

/* ---- items ------------------------------------------------------------------------------------
 */

static void
add(struct filling *filling, size_t stall, size_t market, enum work_reason reason,
	const struct work_facts *facts)
{
	struct arena *arena = filling->list->build->arena;
	const struct world *world = filling->list->build->world;
	const struct world_stall *of = &world->stalls[stall];
	struct report *report = filling->report;
	struct buf detail CLEANUP(buf_fini) = {0};
	struct work_item *item;

	LIST_ROOM(arena, report->work, report->work_count, filling->capacity);
	item = &report->work[report->work_count++];
	*item = (struct work_item){
		.market_code = world->markets[market].code,
		.market_name = world->markets[market].name,
		.stall_code = of->code,
		.stall_name = of->name,
		.goods = of->goods,
		.reason = reason,
		.facts = *facts,
	};
	report_work_detail(&detail, item, VIETNAMESE);
	item->detail = arena_copy(arena, buf_str(&detail));
}

static void
add_cell(struct filling *filling, const struct cell *cell)
{
	size_t market = filling->view->selection.pieces[cell->piece].market;
	const struct cai_cell *cai = &cell->cai;
	uint32_t busy = filling->busy[market];
	const struct work_facts facts = {.known = true,
		.open_days = cai->open_days,
		.active_days = cai->active_days,
		.payers = cai->payers,
		.hours = busy};

	if (cell->live == 0)
		add(filling, cell->stall, market, WORK_NO_CODE, &facts);
	if (cai_eligible(cai) && !cai_active(cai) && cai->was_active)
		add(filling, cell->stall, market, WORK_DROPPED, &facts);
	else if (cai_eligible(cai) && !cai_active(cai) && cell->live != 0)
		add(filling, cell->stall, market, WORK_INACTIVE, &facts);
	else if (cell->hours != 0 && busy != 0 && (cell->hours & busy) == 0)
		add(filling, cell->stall, market, WORK_SILENT_HOURS, &facts);
}

static void
add_flags(struct filling *filling, size_t stall)
{
	const struct build *build = filling->list->build;
	const struct sums *sums = &filling->view->sums;
	size_t piece = piece_of(build->world, &filling->view->selection, stall,
		filling->view->period.to_day < build->subject.today ? filling->view->period.to_day
								    : build->subject.today);
	struct work_facts facts = {.known = true};
	bool flagged = false;

	if (piece == NOWHERE || !filling->view->selection.pieces[piece].inside)
		return;
	for (int rule = 1; rule < FLAG_RULES; rule++) {
		facts.flags[rule] = sums->flags[stall][rule];
		flagged = flagged || facts.flags[rule] > 0;
	}
	/* How a stall's money compares with what it declared is for the market board alone. */
	facts.above_declared = sums->above[stall] && build->request->audience == AUDIENCE_BOARD;
	if (flagged || facts.above_declared)
		add(filling, stall, filling->view->selection.pieces[piece].market, WORK_FLAGGED,
			&facts);
}

/* By market, stall and reason: as it is printed, market row by market row. */
static int
compare_text(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
by_place(const void *a, const void *b)
{
	const struct work_item *left = a, *right = b;
	int order = compare_text(left->market_code, right->market_code);

	if (order == 0)
		order = compare_text(left->stall_code, right->stall_code);
	return order != 0 ? order : (int)left->reason - (int)right->reason;
}

void
work_fill(const struct work_list *list, const struct view *now, struct report *report)
{
	struct filling filling = {.list = list, .view = now, .report = report};

	find_busy(&filling);
	for (size_t i = 0; i < list->count; i++)
		add_cell(&filling, &list->cells[i]);
	for (size_t i = 0; i < list->build->world->stall_count; i++)
		add_flags(&filling, i);
	if (report->work_count > 0)
		qsort(report->work, report->work_count, sizeof(*report->work), by_place);
}
