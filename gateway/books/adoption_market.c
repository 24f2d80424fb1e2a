/* A market's day: what its payments count for, and what the rows of its stalls must be. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "adoption.h"
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

static int
order_of(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* ---- what there is ------------------------------------------------------------------------------
 */

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

/* ---- the judgement
 * ------------------------------------------------------------------------------- */

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

static const struct payment_more *
more_of(const struct market_cells *cells, int64_t id)
{
	const struct payment_more key = {.id = id};

	return bsearch(&key, cells->more, cells->count, sizeof(key), more_by_id);
}

static int
hour_of(int64_t at_ms)
{
	int64_t of_day = (at_ms + VIETNAM_OFFSET_MS) % MS_PER_DAY;

	return (int)((of_day < 0 ? of_day + MS_PER_DAY : of_day) / (MS_PER_DAY / HOURS));
}

/* ---- days ---------------------------------------------------------------------------------------
 */

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

static struct err
compare_days(struct market_cells *cells, struct db *db, const struct cell_sink *sink)
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

/* ---- flags --------------------------------------------------------------------------------------
 */

/* Stalls that a campaign's payer paid alike. */
static int
campaign_stalls(const struct market_cells *cells, const struct adoption_payment *payment)
{
	int64_t last = 0;
	int stalls = 0;

	for (size_t i = 0; i < cells->count; i++) { /* by stall */
		const struct adoption_payment *one = &cells->payments[i];

		if (one->rule != RULE_CAMPAIGN || one->payer != payment->payer ||
			one->net.dong != payment->net.dong || one->stall_id == last)
			continue;
		last = one->stall_id;
		stalls++;
	}
	return stalls;
}

static struct str
evidence_of(struct market_cells *cells, const struct adoption_payment *payment)
{
	struct arena *arena = cells->arena;

	switch (payment->rule) {
	case RULE_REFUNDED:
		return arena_printf(arena, "{\"given_back\":%lld}",
			(long long)more_of(cells, payment->id)->given_back.dong);
	case RULE_SELF:
		return arena_printf(
			arena, "{\"merchant\":\"%lld\"}", (long long)payment->merchant_id);
	case RULE_CIRCULAR:
		return arena_printf(arena,
			"{\"other_payment\":\"%lld\",\"other_merchant\":\"%lld\"}",
			(long long)payment->evidence_id, (long long)payment->payer_merchant_id);
	case RULE_MICRO:
		return arena_printf(arena, "{\"net\":%lld}", (long long)payment->net.dong);
	case RULE_CAMPAIGN:
		return arena_printf(arena, "{\"stalls\":%d}", campaign_stalls(cells, payment));
	case RULE_SPLIT:
		return STR("{\"kept\":3,\"minutes\":10}");
	case RULE_NONE:
		break;
	}
	return STR("{}");
}

struct flag_list {
	struct market_cells *cells;
	struct adoption_flag *items;
	size_t count, capacity;
};

static void
free_flags(struct flag_list *list)
{
	free(list->items);
}

static void
add_flag(struct flag_list *list, const struct adoption_flag *flag)
{
	list->items = mem_room(list->items, sizeof(*list->items), list->count, &list->capacity);
	list->items[list->count++] = *flag;
}

static void
add_flag_of(struct flag_list *list, const struct adoption_payment *payment, enum adoption_rule rule,
	struct str evidence)
{
	add_flag(list, &(struct adoption_flag){
			       .stall_id = payment->stall_id,
			       .subject = payment->id,
			       .rule = str_from(adoption_rule_code(rule)),
			       .day = list->cells->of.day,
			       .amount = {payment->net.dong > 0 ? payment->net.dong : 0},
			       .evidence = evidence,
			       .version = ADOPTION_RULES_VERSION,
		       });
}

/* A flag that two persons let go stays to be seen. */
static void
want_flags(struct market_cells *cells, struct flag_list *wanted)
{
	for (size_t i = 0; i < cells->count; i++) {
		const struct adoption_payment *payment = &cells->payments[i];

		if (payment->rule != RULE_NONE)
			add_flag_of(wanted, payment, payment->rule, evidence_of(cells, payment));
		for (int rule = RULE_SELF; rule < ADOPTION_RULES; rule++) {
			if ((payment->released >> rule & 1) != 0)
				add_flag_of(wanted, payment, (enum adoption_rule)rule,
					STR("{\"released\":true}"));
		}
	}
}

static bool
is_of_month(struct str rule)
{
	return str_eq(rule, STR("R5")) || str_eq(rule, STR("R6")) || str_eq(rule, STR("R8"));
}

static struct err
keep_flag(void *arg, const struct adoption_flag *flag)
{
	struct flag_list *stored = arg;
	struct arena *arena = stored->cells->arena;
	struct adoption_flag kept = *flag;

	if (is_of_month(flag->rule))
		return OK;
	kept.rule = arena_copy(arena, flag->rule);
	kept.evidence = arena_copy(arena, flag->evidence);
	add_flag(stored, &kept);
	return OK;
}

static int
flag_order(const void *a, const void *b)
{
	const struct adoption_flag *one = a, *other = b;
	int order = order_of(one->stall_id, other->stall_id);

	if (order == 0)
		order = order_of(one->subject, other->subject);
	if (order == 0)
		order = order_of((int64_t)one->rule.len, (int64_t)other->rule.len);
	return order != 0 ? order : memcmp(one->rule.ptr, other->rule.ptr, one->rule.len);
}

static bool
same_flag(const struct adoption_flag *a, const struct adoption_flag *b)
{
	return a->day == b->day && a->amount.dong == b->amount.dong && a->version == b->version &&
	       str_eq(a->evidence, b->evidence);
}

static struct err
compare_flags(struct market_cells *cells, struct db *db, const struct cell_sink *sink)
{
	struct flag_list wanted CLEANUP(free_flags) = {.cells = cells};
	struct flag_list stored CLEANUP(free_flags) = {.cells = cells};
	size_t w = 0, s = 0;

	want_flags(cells, &wanted);
	TRY(flags_of_market(db, &cells->of, keep_flag, &stored));
	if (wanted.count > 0)
		qsort(wanted.items, wanted.count, sizeof(*wanted.items), flag_order);
	if (stored.count > 0)
		qsort(stored.items, stored.count, sizeof(*stored.items), flag_order);
	while (w < wanted.count || s < stored.count) {
		int order = w == wanted.count	? 1
			    : s == stored.count ? -1
						: flag_order(&wanted.items[w], &stored.items[s]);

		if (order > 0) {
			TRY(sink->flag(sink->arg, &stored.items[s++], false));
			continue;
		}
		if (order < 0 || !same_flag(&wanted.items[w], &stored.items[s]))
			TRY(sink->flag(sink->arg, &wanted.items[w], true));
		w++;
		s += order == 0;
	}
	return OK;
}

/* ---- the tally ----------------------------------------------------------------------------------
 */

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

static struct err
compare_tally(struct market_cells *cells, struct db *db, const struct cell_sink *sink)
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

struct err
market_cells_compare(struct market_cells *cells, struct db *db, const struct cell_sink *sink)
{
	judge(cells);
	TRY(compare_days(cells, db, sink));
	TRY(compare_flags(cells, db, sink));
	return compare_tally(cells, db, sink);
}
