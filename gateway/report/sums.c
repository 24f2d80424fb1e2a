/* What cells, tallies and registers come to, for each piece and for groups of them. */
#include "sums.h"

#include "list.h"

#define DAYS_TO_14 INT64_C(0x3fff)
#define QUICK_S 10 /* S2: shown within */

/* ---- where a day goes ------------------------------------------------------------------------ */

static size_t
piece_of_market(const struct selection *selection, size_t market, int32_t day)
{
	size_t first = selection->of_market[market].first;

	for (size_t i = first; i < first + selection->of_market[market].count; i++) {
		if (selection->pieces[i].from_day <= day && day <= selection->pieces[i].to_day)
			return i;
	}
	return NOWHERE;
}

size_t
piece_of(const struct world *world, const struct selection *selection, size_t stall, int32_t day)
{
	return piece_of_market(selection, world_place(&world->stalls[stall], day), day);
}

/* ---- cells ------------------------------------------------------------------------------------
 */

static struct total_month *
month_total(struct sums *sums, const struct cell *cell)
{
	month_key first = month_of(sums->selection->from_day, sums->period->calendar);

	return &sums->pieces[cell->piece].months[cell->month->month - first];
}

/* T and K: the stall's declared turnover is a month's, so only a whole month is held against it. */
static void
add_turnover(struct sums *sums, const struct cell *cell, struct report_figures *figures)
{
	struct total_month *month = month_total(sums, cell);
	struct vnd declared;

	month->undeclared += cell->value.dong > 0;
	if (cell->open == 0)
		return;
	figures->declared.den++;
	if (!cell->full || !turnover_of(sums, cell->stall, cell->month->month, &declared))
		return;
	figures->declared.num++;
	if (cell->value.dong > declared.dong) {
		figures->above_declared++;
		sums->above[cell->stall] = true;
		return;
	}
	figures->turnover.num += cell->value.dong;
	figures->turnover.den += declared.dong;
	month->undeclared -= cell->value.dong > 0;
	month->declared++;
}

/* The halves of a reporting month: days 1 to 14 come first in a solar one, last in one of nd09. */
static uint64_t
half_of(const struct month_days *month, int half)
{
	uint64_t early = DAYS_TO_14;

	if (month->calendar == CALENDAR_ND09)
		early <<= month->count - 14;
	return (half == 0) == (month->calendar == CALENDAR_SOLAR) ? early : ~early;
}

static void
add_contributor(struct sums *sums, const struct cell *cell)
{
	month_key first = month_of(sums->selection->from_day, sums->period->calendar);
	size_t month = (size_t)(cell->month->month - first);

	for (int half = 0; half < MONTH_BLOCKS; half++) {
		if (cell->paid & half_of(cell->month, half))
			sums->pieces[cell->piece]
				.blocks[MONTH_BLOCKS * month + (size_t)half]
				.contributors++;
	}
}

/* Once for each piece, in whichever months: a stall may move away and come back. */
static void
add_seller(struct sums *sums, const struct cell *cell)
{
	size_t *last = &sums->sold_last[cell->stall];

	for (size_t i = *last; i != NOWHERE; i = sums->sold[i].before) {
		if (sums->sold[i].piece == cell->piece)
			return;
	}
	LIST_ROOM(sums->arena, sums->sold, sums->sold_count, sums->sold_capacity);
	sums->sold[sums->sold_count] = (struct sold_in){cell->piece, *last};
	*last = sums->sold_count++;
}

static struct err
add_cell(void *arg, const struct cell *cell)
{
	struct sums *sums = arg;
	struct report_figures *figures = &sums->pieces[cell->piece].figures;

	cai_add(&figures->sums, &cell->cai);
	if (cell->open != 0)
		add_seller(sums, cell);
	figures->payments += cell->payments;
	figures->value.dong += cell->value.dong;
	add_turnover(sums, cell, figures);
	add_contributor(sums, cell);
	if (cell->removed != 0) {
		figures->removed_days += days_in(cell->removed);
		figures->flags[9]++;
		sums->flags[cell->stall][9]++;
	}
	accounts_see(sums, cell);
	if (sums->look != NULL && sums->selection->pieces[cell->piece].inside)
		return sums->look(sums->arg, cell);
	return OK;
}

static struct err
month_over(void *arg, const struct month_days *month)
{
	struct sums *sums = arg;

	for (size_t i = 0; i < sums->selection->piece_count; i++) {
		const struct piece *piece = &sums->selection->pieces[i];

		sums->pieces[i].figures.market_days += days_in(
			month->open[piece->market] &
			month_mask(month, piece->from_day, piece->to_day));
	}
	accounts_month_over(sums, month);
	return OK;
}

/* ---- tallies, fees, flags ---------------------------------------------------------------------
 */

/* The half-month of a day, and whether the stall is new to it: `what` is a rule, or its fees. */
static struct total_block *
block_of(struct sums *sums, size_t piece, size_t stall, int32_t day, int what, bool *fresh)
{
	enum period_calendar calendar = sums->period->calendar;
	size_t month = (size_t)(month_of(day, calendar) -
				month_of(sums->selection->from_day, calendar));
	int year, number, mday;
	size_t block, key;

	day_civil(day, &year, &number, &mday);
	block = MONTH_BLOCKS * month + (size_t)((mday > 14) == (calendar == CALENDAR_SOLAR));
	key = block * sums->selection->piece_count + piece + 1;
	*fresh = sums->seen[stall][what] != key;
	sums->seen[stall][what] = key;
	return &sums->pieces[piece].blocks[block];
}

struct of_market {
	struct sums *sums;
	size_t market;
};

static struct err
add_tally(void *arg, const struct market_day *market_day, struct str tally)
{
	const struct of_market *of = arg;
	size_t piece = piece_of_market(of->sums->selection, of->market, market_day->day);

	if (piece == NOWHERE || !of->sums->selection->pieces[piece].inside)
		return OK;
	return tally_decode(tally, &of->sums->pieces[piece].tally);
}

/* Only of what the report is about: those it is ranked among show none. */
static struct err
add_tallies(struct sums *sums)
{
	for (size_t i = 0; i < sums->selection->piece_count; i++) {
		const struct piece *piece = &sums->selection->pieces[i];
		struct of_market of = {sums, piece->market};

		if (piece->inside)
			TRY(tallies_walk(sums->db, sums->world->markets[piece->market].id,
				piece->from_day, piece->to_day, add_tally, &of));
	}
	return OK;
}

static struct err
add_fee(void *arg, const struct market_fee *fee)
{
	struct sums *sums = arg;
	size_t stall = world_stall(sums->world, fee->stall_id);
	size_t piece = stall == NOWHERE ? NOWHERE
					: piece_of(sums->world, sums->selection, stall, fee->day);
	struct total_block *block;
	struct share *fees;
	bool fresh;

	if (piece == NOWHERE)
		return OK;
	fees = &sums->pieces[piece].figures.fees;
	fees->den += fee->amount.dong;
	fees->num += fee->cashless ? fee->amount.dong : 0;
	block = block_of(sums, piece, stall, fee->day, FLAG_RULES + fee->cashless, &fresh);
	block->fees[fee->cashless] += fresh && fee->amount.dong > 0;
	return OK;
}

static int
flag_number(struct str rule)
{
	return rule.len == 2 && rule.ptr[0] == 'R' && rule.ptr[1] >= '1' && rule.ptr[1] <= '9'
		       ? rule.ptr[1] - '0'
		       : 0;
}

static struct err
add_flag(void *arg, const struct adoption_flag *flag)
{
	struct sums *sums = arg;
	size_t stall = world_stall(sums->world, flag->stall_id);
	size_t piece = stall == NOWHERE ? NOWHERE
					: piece_of(sums->world, sums->selection, stall, flag->day);
	int rule = flag_number(flag->rule);
	struct total_block *block;
	bool fresh;

	if (piece == NOWHERE || flag->released)
		return OK;
	block = block_of(sums, piece, stall, flag->day, rule, &fresh);
	block->flagged[rule] += fresh;
	if (sums->flags[stall][rule] < UINT16_MAX)
		sums->flags[stall][rule]++;
	sums->pieces[piece].figures.flags[rule] += rule > 0;
	return OK;
}

/* ---- all of a period --------------------------------------------------------------------------
 */

static void
make_room(struct sums *sums)
{
	const struct selection *selection = sums->selection;
	enum period_calendar calendar = sums->period->calendar;
	size_t months = (size_t)(month_of(selection->to_day, calendar) -
				 month_of(selection->from_day, calendar) + 1);

	sums->blocks = MONTH_BLOCKS * months;
	sums->pieces = arena_alloc(sums->arena, selection->piece_count * sizeof(*sums->pieces) + 1);
	for (size_t i = 0; i < selection->piece_count; i++)
		sums->pieces[i] = total_new(sums);
	sums->flags = arena_alloc(sums->arena, sums->world->stall_count * sizeof(*sums->flags) + 1);
	sums->above = arena_alloc(sums->arena, sums->world->stall_count + 1);
	sums->sold_last = arena_alloc(
		sums->arena, sums->world->stall_count * sizeof(*sums->sold_last) + 1);
	for (size_t i = 0; i < sums->world->stall_count; i++)
		sums->sold_last[i] = NOWHERE;
	sums->seen = arena_alloc(sums->arena, sums->world->stall_count * sizeof(*sums->seen) + 1);
}

struct err
sums_make(struct sums *sums)
{
	const struct selection *selection = sums->selection;
	struct cells_run run = {
		.db = sums->db,
		.world = sums->world,
		.selection = selection,
		.calendar = sums->period->calendar,
		.watch = sums->watch,
		.progress = sums->progress,
		.each = add_cell,
		.month_over = month_over,
		.arg = sums,
	};

	make_room(sums);
	TRY(turnovers_load(sums));
	TRY(accounts_load(sums));
	TRY(cells_run(sums->arena, &run));
	TRY(add_tallies(sums));
	TRY(fees_walk(sums->db, selection->from_day, selection->to_day, add_fee, sums));
	TRY(flags_walk(sums->db, 0, selection->from_day, selection->to_day, add_flag, sums));
	return accounts_finish(sums);
}

void
sums_fini(struct sums *sums)
{
	for (size_t i = 0; sums->pieces != NULL && i < sums->selection->piece_count; i++)
		total_fini(&sums->pieces[i]);
	sums->pieces = NULL;
}

/* ---- totals -----------------------------------------------------------------------------------
 */

struct total
total_new(const struct sums *sums)
{
	return (struct total){
		.blocks = arena_alloc(sums->arena, sums->blocks * sizeof(struct total_block) + 1),
		.months = arena_alloc(
			sums->arena, sums->blocks / MONTH_BLOCKS * sizeof(struct total_month) + 1)};
}

void
total_fini(struct total *total)
{
	tally_fini(&total->tally);
}

static void
add_share(struct share *share, const struct share *more)
{
	share->num += more->num;
	share->den += more->den;
}

static void
add_service(struct report_service *service, const struct report_service *more)
{
	service->unmatched += more->unmatched;
	service->unmatched_value.dong += more->unmatched_value.dong;
	service->difference.dong += more->difference.dong;
	service->reconciled_days += more->reconciled_days;
	service->account_days += more->account_days;
}

static void
add_figures(struct report_figures *figures, const struct report_figures *more)
{
	struct cai_sums *sums = &figures->sums;

	sums->open_days += more->sums.open_days;
	sums->qr_days += more->sums.qr_days;
	sums->active_days += more->sums.active_days;
	sums->cells += more->sums.cells;
	sums->active += more->sums.active;
	sums->base += more->sums.base;
	sums->kept += more->sums.kept;
	figures->market_days += more->market_days;
	figures->payments += more->payments;
	figures->value.dong += more->value.dong;
	add_share(&figures->turnover, &more->turnover);
	add_share(&figures->declared, &more->declared);
	figures->above_declared += more->above_declared;
	add_share(&figures->fees, &more->fees);
	for (int i = 0; i < FLAG_RULES; i++)
		figures->flags[i] += more->flags[i];
	figures->removed_days += more->removed_days;
	add_service(&figures->service, &more->service);
}

void
total_add(struct total *total, const struct total *more)
{
	add_figures(&total->figures, &more->figures);
}

/* Provisional until every day of an account with payments was held against the bank's statement;
 * then official, if no more than 0,10% of the value waits and nothing differs. */
static enum report_status
status_of(const struct report_figures *figures, bool over)
{
	const struct report_service *service = &figures->service;

	if (!over || service->account_days == 0 || service->reconciled_days < service->account_days)
		return STATUS_PROVISIONAL;
	if (service->difference.dong != 0 ||
		service->unmatched_value.dong > figures->value.dong / 1000)
		return STATUS_UNMATCHED;
	return STATUS_OFFICIAL;
}

static void
finish_service(const struct tally *tally, struct report_service *service)
{
	service->known = tally->delays.total > 0;
	if (!service->known)
		return;
	(void)histogram_percentile(&tally->delays, 50, &service->p50_s);
	(void)histogram_percentile(&tally->delays, 95, &service->p95_s);
	service->within_10_s = (struct share){.den = tally->delays.total};
	for (size_t i = 0; i < tally->delays.count; i++) {
		if (tally->delays.bins[i].value <= QUICK_S)
			service->within_10_s.num += tally->delays.bins[i].count;
	}
}

void
total_finish(struct total *total, bool over)
{
	struct report_figures *figures = &total->figures;

	cai_compute(&figures->sums, &figures->cai);
	figures->dropped = figures->sums.base - figures->sums.kept;
	figures->median_known = histogram_median(&total->tally.amounts, &figures->median.dong);
	for (int i = 0; i < CODE_KINDS; i++)
		figures->kinds[i] = total->tally.kinds[i];
	for (int i = 0; i < ADOPTION_RULES; i++)
		figures->removed[i] = total->tally.removed[i];
	for (int i = 0; i < HOURS; i++)
		figures->hours[i] = total->tally.hours[i];
	figures->unplaced = total->tally.unplaced;
	finish_service(&total->tally, &figures->service);
	figures->status = status_of(figures, over);
}
