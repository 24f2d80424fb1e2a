/* On which days of a reporting month a market was open, a stall sold, a code hung there. */
#include "days.h"

#include "chopay/market_days.h"

int
days_in(uint64_t mask)
{
	return __builtin_popcountll(mask);
}

uint64_t
month_mask(const struct month_days *days, int32_t from_day, int32_t to_day)
{
	return days_mask(days->first, days->count, from_day, to_day);
}

/* The days on which this row says something; `known`: those of them on which it had been entered.
 */
static uint64_t
covered(const struct month_days *days, const struct world_row *row, bool known)
{
	uint64_t mask = month_mask(days, row->from_day, row->to_day);

	return known ? mask & month_mask(days, row->entered_day, DAY_LAST) : mask;
}

static uint64_t
market_open(const struct month_days *days, const struct world_rows *calendar, bool known)
{
	uint64_t open = month_mask(days, DAY_FIRST, DAY_LAST); /* without a row, every day */

	for (size_t i = 0; i < calendar->count; i++) {
		const struct world_row *row = &calendar->rows[i];
		uint64_t cover = covered(days, row, known);

		if (cover != 0)
			open = (open & ~cover) |
			       (cover & market_days_mask(row->text, days->first, days->count));
	}
	return open;
}

void
month_days_make(const struct world *world, struct arena *arena, enum period_calendar calendar,
	month_key month, struct month_days *days)
{
	int32_t first = month_first_day(month, calendar);

	*days = (struct month_days){
		.month = month,
		.calendar = calendar,
		.first = first,
		.count = month_last_day(month, calendar) - first + 1,
		.open = arena_alloc(arena, world->market_count * sizeof(*days->open) + 1),
		.known_open = arena_alloc(
			arena, world->market_count * sizeof(*days->known_open) + 1),
	};
	for (size_t i = 0; i < world->market_count; i++) {
		const struct world_rows *rows = &world->markets[i].calendar;

		days->open[i] = market_open(days, rows, false);
		days->known_open[i] = market_open(days, rows, true);
	}
}

/* Of yes-or-no rows: `else_` where none says anything. */
static uint64_t
said(const struct month_days *days, const struct world_rows *rows, uint64_t else_, bool known)
{
	uint64_t yes = else_;

	for (size_t i = 0; i < rows->count; i++) {
		uint64_t cover = covered(days, &rows->rows[i], known);

		yes = rows->rows[i].value != 0 ? yes | cover : yes & ~cover;
	}
	return yes;
}

/* From opening to closing, as the register now says. */
static uint64_t
life(const struct month_days *days, const struct world_stall *stall)
{
	return month_mask(days, stall->open_day,
		stall->close_day >= DAY_LAST ? DAY_LAST : stall->close_day - 1);
}

/* ... and as it said on each day: the newest row of those entered by then.  Before the first one
 * nobody had said that it closes. */
static uint64_t
known_life(const struct month_days *days, const struct world_stall *stall)
{
	const struct world_rows *rows = &stall->life;
	uint64_t open;

	if (rows->count == 0)
		return life(days, stall);
	open = month_mask(days, rows->rows[0].from_day, DAY_LAST);
	for (size_t i = 0; i < rows->count; i++) {
		uint64_t since = month_mask(days, rows->rows[i].entered_day, DAY_LAST);

		open = (open & ~since) |
		       (since & month_mask(days, rows->rows[i].from_day, rows->rows[i].to_day));
	}
	return open;
}

/* Places without a day: there is room again, as those with one have a day of the month each. */
static void
drop_empty(struct stall_month *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < out->count; i++) {
		if (out->places[i].stands != 0)
			out->places[kept++] = out->places[i];
	}
	out->count = kept;
}

/* The place of a market among the stall's, made when it is new. */
static struct stall_place *
place_in(struct stall_month *out, size_t market)
{
	for (size_t i = 0; i < out->count; i++) {
		if (out->places[i].market == market)
			return &out->places[i];
	}
	if (out->count == PLACES_MAX)
		drop_empty(out);
	out->places[out->count] = (struct stall_place){.market = market};
	return &out->places[out->count++];
}

static void
stand(const struct world_stall *stall, const struct month_days *days, bool known,
	struct stall_month *out)
{
	out->count = 1;
	out->places[0] = (struct stall_place){
		.market = stall->market, .stands = month_mask(days, DAY_FIRST, DAY_LAST)};
	for (size_t i = 0; i < stall->places.count; i++) {
		uint64_t cover = covered(days, &stall->places.rows[i], known);

		if (cover == 0)
			continue;
		for (size_t j = 0; j < out->count; j++)
			out->places[j].stands &= ~cover;
		place_in(out, (size_t)stall->places.rows[i].value)->stands |= cover;
	}
}

/* Days on which the market where it stood was open. */
static uint64_t
market_days_of(const struct stall_month *out, const uint64_t *open)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < out->count; i++)
		mask |= out->places[i].stands & open[out->places[i].market];
	return mask;
}

/* Has anything been entered of it or its market that may have taken days away? */
static bool
was_changed(const struct world *world, const struct world_stall *stall)
{
	return stall->life.count + stall->leave.count + stall->places.count +
		       world->markets[stall->market].calendar.count >
	       0;
}

void
stall_month_make(const struct world *world, const struct month_days *days, size_t stall,
	struct stall_month *out)
{
	const struct world_stall *of = &world->stalls[stall];
	uint64_t known = 0, attached = 0, sells;

	out->count = 0;
	if (was_changed(world, of)) {
		stand(of, days, true, out);
		known = market_days_of(out, days->known_open) & known_life(days, of) &
			~said(days, &of->leave, 0, true);
	}
	stand(of, days, false, out);
	sells = life(days, of) & ~said(days, &of->leave, 0, false);
	out->market_open = market_days_of(out, days->open);
	out->open = out->market_open & sells;
	out->removed = known & ~out->open;
	for (size_t i = 0; i < out->count; i++)
		out->places[i].open = out->places[i].stands & out->open;
	for (size_t i = 0; i < of->attached.count; i++)
		attached |= covered(days, &of->attached.rows[i], false);
	out->live = said(days, &of->codes, attached, false);
}
