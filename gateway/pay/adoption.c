/*
 * adoption.c - the rules that take payments out of the index, one after the other.
 *
 *   rule      takes                                                         count  value
 *   refunded  net <= 0                                                      out    out
 *   R1        payer of the merchant who was paid                            out    out
 *   R2        owner A to B and B to A, <= 24 h, amounts within 5%           out    out
 *   R4        net < 1.000 đ                                                 out    out
 *   R7        one payer, >= 10 stalls of the market, one day, one amount    out    kept
 *   R3        more than 3 of one payer to one stall within 10 minutes       out    kept
 *
 * What an earlier rule took does not count for a later one: a payer's own stall is not among the
 * ten of a campaign.
 */
#include "chopay/adoption.h"

#include <stdlib.h>
#include <string.h>

#define MICRO_DONG 1000
#define CIRCLE_MS MS_PER_DAY
#define CIRCLE_PERCENT 5
#define CAMPAIGN_STALLS 10
#define SPLIT_KEPT 3
#define SPLIT_MS (10 * 60 * MS_PER_SECOND)

static const struct {
	const char *code;
	bool keeps_value;
} rules[ADOPTION_RULES] = {
	[RULE_NONE] = {"", true},
	[RULE_REFUNDED] = {"refunded", false},
	[RULE_SELF] = {"R1", false},
	[RULE_CIRCULAR] = {"R2", false},
	[RULE_MICRO] = {"R4", false},
	[RULE_CAMPAIGN] = {"R7", true},
	[RULE_SPLIT] = {"R3", true},
};

const char *
adoption_rule_code(enum adoption_rule rule)
{
	return rules[rule].code;
}

bool
adoption_rule_keeps_value(enum adoption_rule rule)
{
	return rules[rule].keeps_value;
}

static int
order_of(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
by_time(const void *a, const void *b)
{
	const struct adoption_payment *one = a, *other = b;
	int order = order_of(one->at_ms, other->at_ms);

	return order != 0 ? order : order_of(one->id, other->id);
}

/* ---- one payment alone ---------------------------------------------------------------------- */

static bool
may_take(enum adoption_rule rule, const struct adoption_payment *payment)
{
	return (payment->released >> rule & 1) == 0;
}

static bool
is_self(const struct adoption_payment *payment)
{
	return payment->payer_merchant_id != 0 &&
	       payment->payer_merchant_id == payment->merchant_id;
}

/* Within 5% of the larger one. */
static bool
alike(struct vnd a, struct vnd b)
{
	int64_t larger = a.dong > b.dong ? a.dong : b.dong;
	int64_t smaller = a.dong > b.dong ? b.dong : a.dong;

	return smaller > 0 && larger - smaller <= larger / 100 * CIRCLE_PERCENT +
							  larger % 100 * CIRCLE_PERCENT / 100;
}

static bool
comes_back(const struct adoption_payment *there, const struct adoption_payment *back)
{
	int64_t apart = there->at_ms < back->at_ms ? back->at_ms - there->at_ms
						   : there->at_ms - back->at_ms;

	return back->payer_merchant_id == there->merchant_id &&
	       back->merchant_id == there->payer_merchant_id && back->id != there->id &&
	       apart <= CIRCLE_MS && alike(there->net, back->net);
}

/* Few payments are among merchants. */
static int64_t
circle_of(
	const struct adoption_payment *payment, const struct adoption_payment *owners, size_t count)
{
	if (payment->payer_merchant_id == 0)
		return 0;
	for (size_t i = 0; i < count; i++) {
		if (comes_back(payment, &owners[i]))
			return owners[i].id;
	}
	return 0;
}

static enum adoption_rule
judge_alone(struct adoption_payment *payment, const struct adoption_payment *owners, size_t count)
{
	if (payment->net.dong <= 0)
		return RULE_REFUNDED;
	if (is_self(payment) && may_take(RULE_SELF, payment))
		return RULE_SELF;
	if (may_take(RULE_CIRCULAR, payment))
		payment->evidence_id = circle_of(payment, owners, count);
	if (payment->evidence_id != 0)
		return RULE_CIRCULAR;
	return payment->net.dong < MICRO_DONG && may_take(RULE_MICRO, payment) ? RULE_MICRO
									       : RULE_NONE;
}

/* ---- payments of one payer ------------------------------------------------------------------- */

static int
by_payer_amount_stall(const void *a, const void *b)
{
	const struct adoption_payment *one = *(struct adoption_payment *const *)a;
	const struct adoption_payment *other = *(struct adoption_payment *const *)b;

	if (one->payer != other->payer)
		return one->payer < other->payer ? -1 : 1;
	if (one->net.dong != other->net.dong)
		return order_of(one->net.dong, other->net.dong);
	return order_of(one->stall_id, other->stall_id);
}

static int
by_payer_stall_time(const void *a, const void *b)
{
	const struct adoption_payment *one = *(struct adoption_payment *const *)a;
	const struct adoption_payment *other = *(struct adoption_payment *const *)b;

	if (one->payer != other->payer)
		return one->payer < other->payer ? -1 : 1;
	if (one->stall_id != other->stall_id)
		return order_of(one->stall_id, other->stall_id);
	return by_time(one, other);
}

/* Valid so far, of a payer somebody named. */
static size_t
named_ones(struct adoption_payment *payments, size_t count, struct adoption_payment **named)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		if (payments[i].rule == RULE_NONE && payments[i].payer != PAYER_UNKNOWN)
			named[found++] = &payments[i];
	}
	return found;
}

static void
take_campaigns(struct adoption_payment **named, size_t count)
{
	size_t end;

	qsort(named, count, sizeof(*named), by_payer_amount_stall);
	for (size_t i = 0; i < count; i = end) {
		size_t stalls = 1;

		for (end = i + 1; end < count && named[end]->payer == named[i]->payer &&
				  named[end]->net.dong == named[i]->net.dong;
			end++)
			stalls += named[end]->stall_id != named[end - 1]->stall_id;
		for (size_t n = i; stalls >= CAMPAIGN_STALLS && n < end; n++) {
			if (may_take(RULE_CAMPAIGN, named[n]))
				named[n]->rule = RULE_CAMPAIGN;
		}
	}
}

static bool
same_pair(const struct adoption_payment *a, const struct adoption_payment *b)
{
	return a->payer == b->payer && a->stall_id == b->stall_id;
}

/* A payment is one too many when three that count lie in the ten minutes before it. */
static void
take_splits(struct adoption_payment **named, size_t count)
{
	const struct adoption_payment *kept[SPLIT_KEPT] = {NULL};
	size_t next = 0; /* the place of the oldest kept one */

	qsort(named, count, sizeof(*named), by_payer_stall_time);
	for (size_t i = 0; i < count; i++) {
		const struct adoption_payment *third;

		if (i > 0 && !same_pair(named[i - 1], named[i]))
			memset(kept, 0, sizeof(kept));
		third = kept[next];
		if (third != NULL && named[i]->at_ms - third->at_ms <= SPLIT_MS &&
			may_take(RULE_SPLIT, named[i])) {
			named[i]->rule = RULE_SPLIT;
			continue;
		}
		kept[next] = named[i];
		next = (next + 1) % SPLIT_KEPT;
	}
}

void
adoption_judge(struct adoption_payment *payments, size_t count,
	const struct adoption_payment *owners, size_t owner_count)
{
	struct adoption_payment **named = mem_alloc((count + 1) * sizeof(*named));

	if (count > 0)
		qsort(payments, count, sizeof(*payments), by_time);
	for (size_t i = 0; i < count; i++) {
		payments[i].evidence_id = 0;
		payments[i].rule = judge_alone(&payments[i], owners, owner_count);
	}
	take_campaigns(named, named_ones(payments, count, named));
	take_splits(named, named_ones(payments, count, named));
	free(named);
}

/* ---- sums ----------------------------------------------------------------------------------- */

static int
by_id(const void *a, const void *b)
{
	payer_id one = *(const payer_id *)a, other = *(const payer_id *)b;

	return (one > other) - (one < other);
}

static size_t
each_once(payer_id *payers, size_t count)
{
	size_t kept = 0;

	if (count > 0)
		qsort(payers, count, sizeof(*payers), by_id);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || payers[kept - 1] != payers[i])
			payers[kept++] = payers[i];
	}
	return kept;
}

void
adoption_sum(const struct adoption_payment *payments, size_t count, int64_t stall_id,
	payer_id *payers, struct adoption_day *day)
{
	*day = (struct adoption_day){.payers = payers};
	for (size_t i = 0; i < count; i++) {
		const struct adoption_payment *payment = &payments[i];

		if (payment->stall_id != stall_id)
			continue;
		if (rules[payment->rule].keeps_value)
			day->value.dong += payment->net.dong;
		if (payment->rule != RULE_NONE)
			continue;
		day->payments++;
		if (payment->payer != PAYER_UNKNOWN)
			payers[day->payer_count++] = payment->payer;
		else if (day->unknown < UNKNOWN_PAYERS_MAX)
			day->unknown++;
	}
	day->active = day->payments > 0;
	day->payer_count = each_once(payers, day->payer_count);
}

size_t
payers_merge(payer_id *all, size_t count, const payer_id *payers, size_t more)
{
	if (more > 0)
		memcpy(all + count, payers, more * sizeof(*payers));
	return each_once(all, count + more);
}
