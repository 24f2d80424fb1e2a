/* The cells that a history comes to, by the rules of the index, without its payments. */
#include <stdlib.h>
#include <string.h>

#include "history_parts.h"

#include "chopay/adoption_rows.h"
#include "chopay/tally.h"

#define BEHIND_S 2
#define CALENDARS 2
#define MARKET_DAY_MAX 60000 /* payments */

/* What one stall's month has come to, in one calendar. */
struct month_sum {
	month_key month;
	uint64_t active_days;
	int64_t payments;
	struct vnd value;
	int64_t unknown;
	payer_id *payers; /* owned; rising once `payers_merge` has seen them */
	size_t payer_count, capacity;
};

/* One market's work: the writer puts down what is in it. */
struct market_work {
	struct command command; /* first */
	struct history *history;
	struct history_market market;
	struct adoption_payment *payments; /* of a day */
	payer_id *payers;		   /* of a stall's day */
	struct history_payment *told;
	struct month_sum (*sums)[CALENDARS]; /* by stall */
	struct arena *arena;		     /* of the rows below */
	struct adoption_month_row *months;
	size_t month_count, month_capacity;
	struct adoption_day_row *days;
	size_t day_count, day_capacity;
	struct tally_row {
		int32_t day;
		struct str bytes;
	} * tallies;
	size_t tally_count, tally_capacity;
};

#define GROW(items, count, capacity)                                                  \
	do {                                                                          \
		if ((count) == (capacity)) {                                          \
			(capacity) = (capacity) == 0 ? 256 : (capacity)*2;            \
			(items) = mem_resize((items), (capacity) * sizeof(*(items))); \
		}                                                                     \
	} while (0)

/* ---- one day ------------------------------------------------------------------------------------
 */

static payer_id
payer_of(const struct history_market *market, const struct history_payment *payment)
{
	uint64_t x;

	if (payment->who == WHO_UNKNOWN)
		return PAYER_UNKNOWN;
	x = ((uint64_t)market->index << 32 | (uint64_t)payment->who << 28 |
		    (uint64_t)(uint32_t)payment->number) +
	    1;
	x = (x ^ (x >> 31)) * UINT64_C(0x9E3779B97F4A7C15); /* one to one, and spread */
	return x ^ (x >> 29);
}

static size_t
gather_day(struct market_work *work, int32_t day)
{
	const struct history *history = work->history;
	size_t all = 0;

	for (int i = 0; i < work->market.stall_count; i++) {
		const struct history_place *place = &history->places[work->market.first_stall + i];
		struct history_stall stall;
		size_t count;

		history_stall(&history->plan, &work->market, i, &stall);
		count = history_stall_day(&history->plan, &work->market, &stall, day, work->told);
		for (size_t n = 0; n < count && all < MARKET_DAY_MAX; n++, all++) {
			const struct history_payment *told = &work->told[n];
			bool owner = told->who == WHO_OWNER;

			work->payments[all] = (struct adoption_payment){
				.id = (int64_t)all + 1,
				.stall_id = place->stall_id,
				.merchant_id = place->merchant_id,
				.payer = payer_of(&work->market, told),
				.payer_merchant_id =
					owner ? history->places[work->market.first_stall +
								told->number]
							.merchant_id
					      : 0,
				.net = {told->given_back ? 0 : told->amount},
				.at_ms = told->at_ms,
			};
			history->summary->payments++;
			history->summary->refunds += told->given_back;
		}
	}
	return all;
}

static void
put_tally(struct market_work *work, int32_t day, size_t count)
{
	struct tally tally CLEANUP(tally_fini) = {0};
	struct buf bytes CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < count; i++) {
		const struct adoption_payment *payment = &work->payments[i];

		if (payment->rule != RULE_NONE) {
			tally.removed[payment->rule].payments++;
			tally.removed[payment->rule].value.dong += payment->net.dong;
			continue;
		}
		histogram_add(&tally.amounts, payment->net.dong, 1);
		histogram_add(&tally.delays, BEHIND_S, 1);
		tally.hours[(payment->at_ms + VIETNAM_OFFSET_MS) / (MS_PER_DAY / HOURS) % HOURS]++;
		tally.kinds[CODE_STATIC]++;
		work->history->summary->valid++;
	}
	tally_encode(&tally, &bytes);
	GROW(work->tallies, work->tally_count, work->tally_capacity);
	work->tallies[work->tally_count++] = (struct tally_row){
		day, arena_copy(work->arena, buf_str(&bytes))};
}

/* ---- months -------------------------------------------------------------------------------------
 */

static void
end_month(struct market_work *work, int stall, int calendar)
{
	struct month_sum *sum = &work->sums[stall][calendar];

	if (sum->payments > 0 || sum->value.dong > 0) {
		GROW(work->months, work->month_count, work->month_capacity);
		work->months[work->month_count++] = (struct adoption_month_row){
			.stall_id =
				work->history->places[work->market.first_stall + stall].stall_id,
			.calendar = (enum period_calendar)calendar,
			.month = sum->month,
			.active_days = sum->active_days,
			.payments = sum->payments,
			.value = sum->value,
			.payers = (int64_t)sum->payer_count + sum->unknown,
		};
	}
	*sum = (struct month_sum){.payers = sum->payers, .capacity = sum->capacity};
}

static void
add_day(struct market_work *work, int stall, int32_t day, const struct adoption_day *what)
{
	for (int c = 0; c < CALENDARS; c++) {
		struct month_sum *sum = &work->sums[stall][c];
		month_key month = month_of(day, (enum period_calendar)c);

		if (sum->month != month)
			end_month(work, stall, c);
		sum->month = month;
		if (what->active)
			sum->active_days |= UINT64_C(1) << (day - month_first_day(month,
									  (enum period_calendar)c));
		sum->payments += what->payments;
		sum->value.dong += what->value.dong;
		sum->unknown += what->unknown;
		if (sum->payer_count + what->payer_count > sum->capacity) {
			sum->capacity = 2 * (sum->payer_count + what->payer_count);
			sum->payers = mem_resize(sum->payers, sum->capacity * sizeof(payer_id));
		}
		sum->payer_count = payers_merge(
			sum->payers, sum->payer_count, what->payers, what->payer_count);
	}
}

static int
by_stall(const void *a, const void *b)
{
	const struct adoption_payment *one = a, *other = b;

	return (one->stall_id > other->stall_id) - (one->stall_id < other->stall_id);
}

static int
by_payer(const void *a, const void *b)
{
	payer_id one = *(const payer_id *)a, other = *(const payer_id *)b;

	return (one > other) - (one < other);
}

/* With how many of the day's valid payments each payer has. */
static struct str
day_payers(struct market_work *work, const struct adoption_payment *payments, size_t count)
{
	struct payer_count *counts = mem_alloc((count + 1) * sizeof(*counts));
	struct buf bytes CLEANUP(buf_fini) = {0};
	size_t named = 0, each = 0;
	struct str copy;

	for (size_t i = 0; i < count; i++) {
		if (payments[i].rule == RULE_NONE && payments[i].payer != PAYER_UNKNOWN)
			work->payers[named++] = payments[i].payer;
	}
	qsort(work->payers, named, sizeof(payer_id), by_payer);
	for (size_t i = 0; i < named; i++) {
		if (each == 0 || counts[each - 1].payer != work->payers[i])
			counts[each++] = (struct payer_count){work->payers[i], 0};
		counts[each - 1].payments++;
	}
	payers_encode(counts, each, &bytes);
	free(counts);
	copy = arena_copy(work->arena, buf_str(&bytes));
	return copy;
}

static void
put_day(struct market_work *work, const struct adoption_payment *payments, size_t count,
	int32_t day, const struct adoption_day *what)
{
	if (!work->history->options->days || (what->payments == 0 && what->value.dong == 0))
		return;
	GROW(work->days, work->day_count, work->day_capacity);
	work->days[work->day_count++] = (struct adoption_day_row){
		.stall_id = payments[0].stall_id,
		.day = day,
		.payments = what->payments,
		.value = what->value,
		.unknown = what->unknown,
		.payers = day_payers(work, payments, count),
	};
}

static void
sum_day(struct market_work *work, int32_t day)
{
	const struct history_place *places = &work->history->places[work->market.first_stall];
	size_t count = gather_day(work, day), from = 0;

	if (count == 0)
		return;
	adoption_judge(work->payments, count, work->payments, count);
	put_tally(work, day, count);
	qsort(work->payments, count, sizeof(*work->payments), by_stall);
	for (int i = 0; i < work->market.stall_count; i++) {
		struct adoption_day what;
		size_t end = from;

		while (end < count && work->payments[end].stall_id == places[i].stall_id)
			end++;
		if (end == from)
			continue;
		adoption_sum(
			&work->payments[from], end - from, places[i].stall_id, work->payers, &what);
		add_day(work, i, day, &what);
		put_day(work, &work->payments[from], end - from, day, &what);
		from = end;
	}
}

/* ---- rows
 * ---------------------------------------------------------------------------------------- */

static struct err
put_rows(struct tx *tx, struct command *self)
{
	const struct market_work *work = (const struct market_work *)self;
	int64_t market_id = work->history->places[work->market.first_stall].market_id;

	for (size_t i = 0; i < work->month_count; i++)
		TRY(adoption_months_put(tx->db, &work->months[i]));
	for (size_t i = 0; i < work->day_count; i++)
		TRY(adoption_days_put(tx->db, &work->days[i]));
	for (size_t i = 0; i < work->tally_count; i++) {
		const struct market_day day = {market_id, work->tallies[i].day};

		TRY(tallies_put(tx->db, &day, work->tallies[i].bytes));
	}
	return OK;
}

static void
work_fini(struct market_work *work)
{
	for (int i = 0; work->sums != NULL && i < work->market.stall_count; i++) {
		for (int c = 0; c < CALENDARS; c++)
			free(work->sums[i][c].payers);
	}
	free(work->sums);
	free(work->payments);
	free(work->payers);
	free(work->told);
	free(work->months);
	free(work->days);
	free(work->tallies);
	arena_free(work->arena);
}

static struct err
market_cells(struct history *history, int index)
{
	struct market_work work CLEANUP(work_fini) = {.history = history, .arena = arena_new()};

	history_market(&history->plan, index, &work.market);
	if (work.market.stall_count == 0)
		return OK;
	work.payments = mem_alloc(MARKET_DAY_MAX * sizeof(*work.payments));
	work.payers = mem_alloc((HISTORY_DAY_MAX + 1) * sizeof(*work.payers));
	work.told = mem_alloc(HISTORY_DAY_MAX * sizeof(*work.told));
	work.sums = mem_alloc_zero((size_t)work.market.stall_count, sizeof(*work.sums));
	for (int32_t day = history->plan.from_day; day <= history->plan.to_day; day++)
		sum_day(&work, day);
	for (int i = 0; i < work.market.stall_count; i++) {
		for (int c = 0; c < CALENDARS; c++)
			end_month(&work, i, c);
	}
	work.command = (struct command){.apply = put_rows, .arena = work.arena};
	return books_submit_wait(history->books, &work.command);
}

struct err
history_cells(struct history *history)
{
	for (int m = 0; m < history->plan.markets && !history_stopped(history); m++) {
		TRY(market_cells(history, m));
		history_tick(history, "markets", m + 1, history->plan.markets);
	}
	return OK;
}
