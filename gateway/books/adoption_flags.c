/* What the flags of a market's day must be: a row for each payment that a rule took, with its
 * evidence. */
#include <stdlib.h>
#include <string.h>

#include "adoption_market.h"

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

struct err
market_cells_compare_flags(struct market_cells *cells, struct db *db, const struct cell_sink *sink)
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
