/* A market's day: its stalls and payments, and what each payment counts for. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "adoption_market.h"
#include "chopay/market_days.h"

void
market_cells_fini(struct market_cells *cells)
{
	free(cells->stalls);
	free(cells->payments);
	free(cells->more);
	free(cells->owners);
	*cells = (struct market_cells){0};
}

static struct err
keep_stall(void *arg, const struct standing_stall *stall)
{
	struct market_cells *cells = arg;

	cells->stalls = mem_room(
		cells->stalls, sizeof(*cells->stalls), cells->stall_count, &cells->stall_capacity);
	cells->stalls[cells->stall_count++] = *stall;
	return OK;
}

/* Indicator G: a code of ours that a bank asks about before it pays; a transfer code made for one
 * sum; the one that hangs at the stall. */
static enum code_kind
kind_of(const struct booked_payment *payment)
{
	const struct feed *feed = feed_find(payment->feed);

	if (feed != NULL && feed->check_bill != NULL)
		return CODE_MERCHANT;
	return payment->for_charge ? CODE_DYNAMIC : CODE_STATIC;
}

static int64_t
delay_of(const struct booked_payment *payment)
{
	int64_t delay_s = (payment->arrived_at_ms - payment->booked_at_ms) / MS_PER_SECOND;

	if (!payment->booked_told)
		return -1;
	return delay_s < 0 ? 0 : delay_s > DELAY_MAX_S ? DELAY_MAX_S : delay_s;
}

static struct err
keep_payment(void *arg, const struct booked_payment *payment)
{
	struct market_cells *cells = arg;

	cells->payments = mem_room(
		cells->payments, sizeof(*cells->payments), cells->count, &cells->capacity);
	cells->more = mem_room(
		cells->more, sizeof(*cells->more), cells->count, &cells->more_capacity);
	cells->payments[cells->count] = (struct adoption_payment){
		.id = payment->id,
		.stall_id = payment->stall_id,
		.merchant_id = payment->merchant_id,
		.payer = payment->payer,
		.net = {payment->amount.dong - payment->given_back.dong},
		.at_ms = payment->booked_at_ms,
	};
	cells->more[cells->count++] = (struct payment_more){
		payment->id, payment->given_back, delay_of(payment), kind_of(payment)};
	return OK;
}

static struct err
keep_release(void *arg, struct str rule, int64_t subject)
{
	struct market_cells *cells = arg;

	for (size_t i = 0; i < cells->count; i++) {
		if (cells->payments[i].id != subject)
			continue;
		for (int n = RULE_SELF; n < ADOPTION_RULES; n++) {
			if (str_eq(rule, str_from(adoption_rule_code((enum adoption_rule)n))))
				cells->payments[i].released |= 1u << n;
		}
	}
	return OK;
}

static int
more_by_id(const void *a, const void *b)
{
	return order_of(((const struct payment_more *)a)->id, ((const struct payment_more *)b)->id);
}

struct err
market_cells_read(struct market_cells *cells, struct db *db)
{
	struct str calendar;

	TRY(calendars_at(db, cells->arena, cells->of.market_id, cells->of.day, &calendar));
	cells->open = market_days_open(calendar, cells->of.day);
	TRY(adoption_stalls_walk(db, &cells->of, keep_stall, cells));
	TRY(adoption_payments_walk(db, &cells->of, keep_payment, cells));
	TRY(releases_of_market(db, &cells->of, keep_release, cells));
	if (cells->count > 0)
		qsort(cells->more, cells->count, sizeof(*cells->more), more_by_id);
	return OK;
}

struct err
market_cells_own(
	struct market_cells *cells, struct db *db, struct payer_keys *keys, struct owner_map *map)
{
	int from_year = INT_MAX, to_year = INT_MIN;

	for (size_t i = 0; i < cells->count; i++) {
		int year = payer_year(cells->payments[i].at_ms);

		if (cells->payments[i].payer == PAYER_UNKNOWN)
			continue;
		from_year = year < from_year ? year : from_year;
		to_year = year > to_year ? year : to_year;
	}
	if (from_year > to_year)
		return OK; /* nobody is named */
	TRY(owner_map_load(map, db, keys, from_year, to_year));
	for (size_t i = 0; i < cells->count; i++) {
		struct adoption_payment *payment = &cells->payments[i];

		payment->payer_merchant_id = owner_map_find(
			map, payment->payer, payment->merchant_id, cells->of.day);
	}
	return OK;
}

struct owner_pair
owners_against(const struct adoption_payment *payment)
{
	return (struct owner_pair){
		.payer_merchant_id = payment->merchant_id,
		.merchant_id = payment->payer_merchant_id,
		.from_ms = payment->at_ms - MS_PER_DAY,
		.to_ms = payment->at_ms + MS_PER_DAY,
	};
}

bool
is_among_owners(const struct adoption_payment *payment)
{
	return payment->payer_merchant_id != 0 &&
	       payment->payer_merchant_id != payment->merchant_id;
}

void
market_cells_add_owner(struct market_cells *cells, const struct owner_payment *payment)
{
	cells->owners = mem_room(
		cells->owners, sizeof(*cells->owners), cells->owner_count, &cells->owner_capacity);
	cells->owners[cells->owner_count++] = (struct adoption_payment){
		.id = payment->id,
		.stall_id = payment->stall_id,
		.merchant_id = payment->merchant_id,
		.payer_merchant_id = payment->payer_merchant_id,
		.net = payment->net,
		.at_ms = payment->at_ms,
	};
}

void
days_around(int64_t at_ms, int32_t *from_day, int32_t *to_day)
{
	*from_day = day_of(at_ms - MS_PER_DAY, 0) - 1;
	*to_day = day_of(at_ms + MS_PER_DAY, 0);
}

/* ---- the judgement -------------------------------------------------------------------------- */

static int
by_time(const void *a, const void *b)
{
	const struct adoption_payment *one = a, *other = b;
	int order = order_of(one->at_ms, other->at_ms);

	return order != 0 ? order : order_of(one->id, other->id);
}

static int
by_stall(const void *a, const void *b)
{
	const struct adoption_payment *one = a, *other = b;
	int order = order_of(one->stall_id, other->stall_id);

	return order != 0 ? order : by_time(a, b);
}

/* Which one is named as evidence does not hang on the order in which they were found. */
static void
judge(struct market_cells *cells)
{
	if (cells->owner_count > 0)
		qsort(cells->owners, cells->owner_count, sizeof(*cells->owners), by_time);
	adoption_judge(cells->payments, cells->count, cells->owners, cells->owner_count);
	if (cells->count > 0)
		qsort(cells->payments, cells->count, sizeof(*cells->payments), by_stall);
}

const struct payment_more *
more_of(const struct market_cells *cells, int64_t id)
{
	const struct payment_more key = {.id = id};

	return bsearch(&key, cells->more, cells->count, sizeof(key), more_by_id);
}

int
hour_of(int64_t at_ms)
{
	int64_t of_day = (at_ms + VIETNAM_OFFSET_MS) % MS_PER_DAY;

	return (int)((of_day < 0 ? of_day + MS_PER_DAY : of_day) / (MS_PER_DAY / HOURS));
}

struct err
market_cells_compare(struct market_cells *cells, struct db *db, const struct cell_sink *sink)
{
	judge(cells);
	TRY(market_cells_compare_days(cells, db, sink));
	TRY(market_cells_compare_flags(cells, db, sink));
	return market_cells_compare_tally(cells, db, sink);
}
