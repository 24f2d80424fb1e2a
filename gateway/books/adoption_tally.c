/* What the tally of a market's day must be: its amounts, delays, hours and kinds of codes. */
#include "adoption_market.h"

static bool
is_open(const struct market_cells *cells, int64_t stall_id)
{
	size_t from = 0, to = cells->stall_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (cells->stalls[middle].id < stall_id)
			from = middle + 1;
		else
			to = middle;
	}
	return cells->open && from < cells->stall_count && cells->stalls[from].id == stall_id &&
	       cells->stalls[from].open;
}

static void
tally_payment(const struct market_cells *cells, const struct adoption_payment *payment,
	struct tally *tally)
{
	const struct payment_more *more = more_of(cells, payment->id);
	struct tally_removed *removed = &tally->removed[payment->rule];

	if (more->delay_s >= 0)
		histogram_add(&tally->delays, more->delay_s, 1);
	if (payment->rule != RULE_NONE) {
		removed->payments++;
		removed->value.dong += payment->rule == RULE_REFUNDED ? more->given_back.dong
								      : payment->net.dong;
		return;
	}
	histogram_add(&tally->amounts, payment->net.dong, 1);
	tally->hours[hour_of(payment->at_ms)]++;
	tally->kinds[more->kind]++;
	tally->unplaced += !is_open(cells, payment->stall_id);
}

struct stored_tally {
	struct arena *arena;
	struct str bytes;
};

static struct err
keep_tally(void *arg, const struct market_day *market_day, struct str tally)
{
	struct stored_tally *stored = arg;

	(void)market_day;
	stored->bytes = arena_copy(stored->arena, tally);
	return OK;
}

struct err
market_cells_compare_tally(struct market_cells *cells, struct db *db, const struct cell_sink *sink)
{
	struct stored_tally stored = {cells->arena, STR("")};
	struct tally tally CLEANUP(tally_fini) = {0};
	struct buf bytes CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < cells->count; i++)
		tally_payment(cells, &cells->payments[i], &tally);
	if (cells->count > 0)
		tally_encode(&tally, &bytes);
	TRY(tallies_walk(
		db, cells->of.market_id, cells->of.day, cells->of.day, keep_tally, &stored));
	return str_eq(stored.bytes, buf_str(&bytes))
		       ? OK
		       : sink->tally(sink->arg, &cells->of, buf_str(&bytes));
}
