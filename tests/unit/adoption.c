/* What a market day's payments count for: each rule as stories of a few payments, and what holds
 * for any day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/adoption.h"

#define MINUTE INT64_C(60000)
#define NOON INT64_C(1780030800000)
#define PAYMENTS_MAX 12

/* A payment as a story tells it: who (1..9 buyers, 101 and on the merchants' own accounts), where,
 * how much, how many minutes after noon; and the rule that takes it. */
struct told {
	payer_id payer;
	int64_t stall, net, minute;
	enum adoption_rule want;
};

/* Stall n belongs to merchant n; payer 100 + n is of merchant n's people. */
static struct adoption_payment
payment_of(const struct told *told, int64_t id)
{
	return (struct adoption_payment){
		.id = id,
		.stall_id = told->stall,
		.merchant_id = told->stall,
		.payer = told->payer,
		.payer_merchant_id = told->payer > 100 ? (int64_t)told->payer - 100 : 0,
		.net = {told->net},
		.at_ms = NOON + told->minute * MINUTE,
	};
}

/* clang-format off */
static const struct {
	const char *name;
	struct told told[PAYMENTS_MAX];
} stories[] = {
	{"a buyer pays", {{1, 1, 20000, 0, RULE_NONE}}},
	{"nothing is left", {{1, 1, 0, 0, RULE_REFUNDED}, {1, 1, -5, 1, RULE_REFUNDED}}},
	{"too little", {{1, 1, 999, 0, RULE_MICRO}, {1, 1, 1000, 1, RULE_NONE}}},
	{"the stall's own people", {{101, 1, 50000, 0, RULE_SELF}, {102, 1, 50000, 1, RULE_NONE}}},
	{"refunded before it is anything else", {{101, 1, 0, 0, RULE_REFUNDED}}},
	{"two owners, the same sum", {{102, 1, 100000, 0, RULE_CIRCULAR}, {101, 2, 100000, 9, RULE_CIRCULAR}}},
	{"within five per cent", {{102, 1, 100000, 0, RULE_CIRCULAR}, {101, 2, 95000, 9, RULE_CIRCULAR}}},
	{"five per cent of no round sum", {{102, 1, 1060, 0, RULE_CIRCULAR}, {101, 2, 1007, 9, RULE_CIRCULAR}}},
	{"a dong more than that", {{102, 1, 1060, 0, RULE_NONE}, {101, 2, 1006, 9, RULE_NONE}}},
	{"more than five per cent", {{102, 1, 100000, 0, RULE_NONE}, {101, 2, 94999, 9, RULE_NONE}}},
	{"a day apart", {{102, 1, 100000, 0, RULE_CIRCULAR}, {101, 2, 100000, 1440, RULE_CIRCULAR}}},
	{"more than a day apart", {{102, 1, 100000, 0, RULE_NONE}, {101, 2, 100000, 1441, RULE_NONE}}},
	{"one way only", {{102, 1, 100000, 0, RULE_NONE}, {102, 1, 100000, 9, RULE_NONE}}},
	{"in pieces", {{1, 1, 9000, 0, RULE_NONE}, {1, 1, 9000, 1, RULE_NONE}, {1, 1, 9000, 2, RULE_NONE},
		{1, 1, 9000, 3, RULE_SPLIT}, {1, 1, 9000, 10, RULE_SPLIT}, {1, 1, 9000, 11, RULE_NONE}}},
	{"pieces of two buyers", {{1, 1, 9000, 0, RULE_NONE}, {1, 1, 9000, 1, RULE_NONE}, {2, 1, 9000, 2, RULE_NONE},
		{2, 1, 9000, 3, RULE_NONE}}},
	{"pieces at two stalls", {{1, 1, 9000, 0, RULE_NONE}, {1, 1, 9000, 1, RULE_NONE}, {1, 2, 9000, 2, RULE_NONE},
		{1, 2, 9000, 3, RULE_NONE}}},
	{"nobody knows who", {{0, 1, 9000, 0, RULE_NONE}, {0, 1, 9000, 1, RULE_NONE}, {0, 1, 9000, 2, RULE_NONE},
		{0, 1, 9000, 3, RULE_NONE}}},
	{"a campaign of ten stalls", {{1, 1, 5000, 0, RULE_CAMPAIGN}, {1, 2, 5000, 1, RULE_CAMPAIGN}, {1, 3, 5000, 2, RULE_CAMPAIGN},
		{1, 4, 5000, 3, RULE_CAMPAIGN}, {1, 5, 5000, 4, RULE_CAMPAIGN}, {1, 6, 5000, 5, RULE_CAMPAIGN}, {1, 7, 5000, 6, RULE_CAMPAIGN},
		{1, 8, 5000, 7, RULE_CAMPAIGN}, {1, 9, 5000, 8, RULE_CAMPAIGN}, {1, 10, 5000, 9, RULE_CAMPAIGN}, {1, 10, 6000, 9, RULE_NONE}}},
	{"nine stalls, one twice", {{1, 1, 5000, 0, RULE_NONE}, {1, 2, 5000, 1, RULE_NONE}, {1, 3, 5000, 2, RULE_NONE},
		{1, 4, 5000, 3, RULE_NONE}, {1, 5, 5000, 4, RULE_NONE}, {1, 6, 5000, 5, RULE_NONE}, {1, 7, 5000, 6, RULE_NONE},
		{1, 8, 5000, 7, RULE_NONE}, {1, 9, 5000, 8, RULE_NONE}, {1, 9, 5000, 9, RULE_NONE}}},
	{"ten stalls, his own among them", {{101, 1, 5000, 0, RULE_SELF}, {101, 2, 5000, 1, RULE_NONE}, {101, 3, 5000, 2, RULE_NONE},
		{101, 4, 5000, 3, RULE_NONE}, {101, 5, 5000, 4, RULE_NONE}, {101, 6, 5000, 5, RULE_NONE}, {101, 7, 5000, 6, RULE_NONE},
		{101, 8, 5000, 7, RULE_NONE}, {101, 9, 5000, 8, RULE_NONE}, {101, 10, 5000, 9, RULE_NONE}}},
};
/* clang-format on */

static size_t
told_count(const struct told *told)
{
	size_t count = 0;

	while (count < PAYMENTS_MAX && told[count].stall != 0)
		count++;
	return count;
}

static void
each_rule_takes_its_own(void **state)
{
	(void)state;
	for (size_t s = 0; s < sizeof(stories) / sizeof(stories[0]); s++) {
		struct adoption_payment payments[PAYMENTS_MAX] = {{0}}, owners[PAYMENTS_MAX];
		size_t count = told_count(stories[s].told);

		for (size_t i = 0; i < count; i++)
			payments[i] = payment_of(&stories[s].told[i], (int64_t)i + 1);
		memcpy(owners, payments, sizeof(owners));
		adoption_judge(payments, count, owners, count);
		for (size_t i = 0; i < count; i++) {
			enum adoption_rule want = stories[s].told[payments[i].id - 1].want;

			if (payments[i].rule != want)
				fail_msg("%s: payment %d: \"%s\", not \"%s\"", stories[s].name,
					(int)payments[i].id, adoption_rule_code(payments[i].rule),
					adoption_rule_code(want));
		}
	}
}

static void
a_circle_names_its_other_half(void **state)
{
	const struct told told[] = {
		{102, 1, 70000, 0, RULE_CIRCULAR}, {101, 2, 70000, 30, RULE_CIRCULAR}};
	struct adoption_payment here = payment_of(&told[0], 7), there = payment_of(&told[1], 8);

	(void)state;
	/* The other one was paid at another market, or after midnight. */
	adoption_judge(&here, 1, &there, 1);
	assert_int_equal(here.rule, RULE_CIRCULAR);
	assert_int_equal(here.evidence_id, 8);
}

/* ---- sums ----------------------------------------------------------------------------------- */

static void
a_day_is_summed(void **state)
{
	const struct told told[] = {
		{1, 1, 9000, 0, RULE_NONE},
		{1, 1, 9000, 1, RULE_NONE},
		{1, 1, 9000, 2, RULE_NONE},
		{1, 1, 9000, 3, RULE_SPLIT},
		{2, 1, 500, 4, RULE_MICRO},
		{101, 1, 90000, 5, RULE_SELF},
		{0, 1, 2000, 6, RULE_NONE},
		{0, 1, 2000, 7, RULE_NONE},
		{0, 1, 2000, 8, RULE_NONE},
		{0, 1, 2000, 9, RULE_NONE},
		{3, 2, 7000, 9, RULE_NONE},
	};
	struct adoption_payment payments[11];
	payer_id payers[11];
	struct adoption_day day;

	(void)state;
	for (size_t i = 0; i < 11; i++)
		payments[i] = payment_of(&told[i], (int64_t)i + 1);
	adoption_judge(payments, 11, NULL, 0);
	adoption_sum(payments, 11, 1, payers, &day);
	assert_int_equal(day.payments, 7);
	assert_int_equal(day.value.dong, 4 * 9000 + 4 * 2000);
	assert_int_equal(day.unknown, 3);
	assert_int_equal(day.payer_count, 1);
	assert_true(day.active);
	adoption_sum(payments, 11, 3, payers, &day);
	assert_false(day.active);
	assert_int_equal(day.value.dong, 0);
}

static void
payers_of_days_count_once(void **state)
{
	payer_id all[8] = {2, 5, 9};
	const payer_id more[] = {1, 5, 9, 11};

	(void)state;
	assert_int_equal(payers_merge(all, 3, more, 4), 5);
	assert_memory_equal(all, ((payer_id[]){1, 2, 5, 9, 11}), 5 * sizeof(payer_id));
	assert_int_equal(payers_merge(all, 0, NULL, 0), 0);
}

/* ---- any day -------------------------------------------------------------------------------- */

#define CROWD 60

static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static int
by_payment_id(const void *a, const void *b)
{
	const struct adoption_payment *one = a, *other = b;

	return (one->id > other->id) - (one->id < other->id);
}

/* However the day's payments come in, the same ones count; what rules left in value is the sum. */
static void
the_order_does_not_matter(void **state)
{
	uint64_t seed = 26;

	(void)state;
	for (int round = 0; round < 500; round++) {
		struct adoption_payment first[CROWD], second[CROWD], owners[CROWD];
		int64_t kept = 0, summed = 0;

		for (size_t i = 0; i < CROWD; i++) {
			uint64_t who = next_random(&seed) % 8;
			struct told told = {who < 5 ? who : 96 + who,
				(int64_t)(next_random(&seed) % 12) + 1,
				(int64_t)(next_random(&seed) % 5) * 900,
				(int64_t)(next_random(&seed) % 40), RULE_NONE};

			first[i] = payment_of(&told, (int64_t)i + 1);
		}
		memcpy(second, first, sizeof(first));
		memcpy(owners, first, sizeof(first));
		for (size_t i = CROWD - 1; i > 0; i--) {
			size_t j = next_random(&seed) % (i + 1);
			struct adoption_payment swap = second[i];

			second[i] = second[j];
			second[j] = swap;
		}
		adoption_judge(first, CROWD, owners, CROWD);
		adoption_judge(second, CROWD, owners, CROWD);
		qsort(first, CROWD, sizeof(first[0]), by_payment_id);
		qsort(second, CROWD, sizeof(second[0]), by_payment_id);
		for (size_t i = 0; i < CROWD; i++) {
			assert_int_equal(first[i].rule, second[i].rule);
			if (adoption_rule_keeps_value(first[i].rule))
				kept += first[i].net.dong;
		}
		for (int64_t stall = 1; stall <= 12; stall++) {
			payer_id payers[CROWD];
			struct adoption_day day;

			adoption_sum(first, CROWD, stall, payers, &day);
			assert_true(day.payer_count <= (size_t)day.payments);
			summed += day.value.dong;
		}
		assert_int_equal(kept, summed);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_takes_its_own),
		cmocka_unit_test(a_circle_names_its_other_half),
		cmocka_unit_test(a_day_is_summed),
		cmocka_unit_test(payers_of_days_count_once),
		cmocka_unit_test(the_order_does_not_matter),
	};

	return cmocka_run_group_tests_name("adoption", tests, NULL, NULL);
}
