/* What the rows of a market's stalls must be on one of its days. */
#include <stdlib.h>

#include "adoption_market.h"

static int
payer_order(const void *a, const void *b)
{
	const struct payer_count *one = a, *other = b;

	return (one->payer > other->payer) - (one->payer < other->payer);
}

static struct str
payers_of(struct market_cells *cells, const struct adoption_payment *payments, size_t count)
{
	struct payer_count *payers = arena_alloc(cells->arena, (count + 1) * sizeof(*payers));
	struct buf bytes CLEANUP(buf_fini) = {0};
	size_t named = 0, kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (payments[i].rule == RULE_NONE && payments[i].payer != PAYER_UNKNOWN)
			payers[named++] = (struct payer_count){payments[i].payer, 1};
	}
	if (named > 0)
		qsort(payers, named, sizeof(*payers), payer_order);
	for (size_t i = 0; i < named; i++) {
		if (kept > 0 && payers[kept - 1].payer == payers[i].payer)
			payers[kept - 1].payments++;
		else
			payers[kept++] = payers[i];
	}
	payers_encode(payers, kept, &bytes);
	return arena_copy(cells->arena, buf_str(&bytes));
}

static uint32_t
hours_of(const struct adoption_payment *payments, size_t count)
{
	uint32_t hours = 0;

	for (size_t i = 0; i < count; i++) {
		if (payments[i].rule == RULE_NONE)
			hours |= UINT32_C(1) << hour_of(payments[i].at_ms);
	}
	return hours;
}

/* What the stall's row must be; `*at` moves behind its payments. */
static struct adoption_day_row
row_of(struct market_cells *cells, int64_t stall_id, size_t *at)
{
	const struct adoption_payment *first = &cells->payments[*at];
	struct adoption_day day;
	size_t count = 0;
	payer_id *payers;

	while (*at + count < cells->count && first[count].stall_id == stall_id)
		count++;
	*at += count;
	payers = arena_alloc(cells->arena, (count + 1) * sizeof(*payers));
	adoption_sum(first, count, stall_id, payers, &day);
	return (struct adoption_day_row){
		.stall_id = stall_id,
		.day = cells->of.day,
		.payments = day.payments,
		.value = day.value,
		.unknown = day.unknown,
		.payers = payers_of(cells, first, count),
		.hours = hours_of(first, count),
	};
}

struct stored_days {
	struct market_cells *cells;
	struct adoption_day_row *rows; /* of each stall; stall_id 0: none */
};

static struct err
keep_day(void *arg, const struct adoption_day_row *row)
{
	struct stored_days *stored = arg;
	const struct market_cells *cells = stored->cells;

	for (size_t i = 0; i < cells->stall_count; i++) {
		if (cells->stalls[i].id != row->stall_id)
			continue;
		stored->rows[i] = *row;
		stored->rows[i].payers = arena_copy(cells->arena, row->payers);
	}
	return OK;
}

static bool
same_day(const struct adoption_day_row *a, const struct adoption_day_row *b)
{
	return a->payments == b->payments && a->value.dong == b->value.dong &&
	       a->unknown == b->unknown && a->hours == b->hours && str_eq(a->payers, b->payers);
}

struct err
market_cells_compare_days(struct market_cells *cells, struct db *db, const struct cell_sink *sink)
{
	struct stored_days stored = {
		cells, arena_alloc(cells->arena, (cells->stall_count + 1) * sizeof(*stored.rows))};
	size_t at = 0;

	TRY(adoption_days_of_market(db, &cells->of, keep_day, &stored));
	for (size_t i = 0; i < cells->stall_count; i++) {
		struct adoption_day_row row = row_of(cells, cells->stalls[i].id, &at);
		bool there = stored.rows[i].stall_id != 0;
		bool wanted = row.payments > 0 || row.value.dong > 0;

		if (there != wanted || (wanted && !same_day(&row, &stored.rows[i])))
			TRY(sink->day(sink->arg, &row));
	}
	return OK;
}
