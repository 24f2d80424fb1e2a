/* Tallies of market days and payers of stall days: what they hold, in any order, as bytes and back;
 * bytes that are none are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/tally.h"

#define DAYS 12
#define PAYMENTS 400
#define ROUNDS 200
#define PAYERS_MAX 64

/* The same numbers each time: xorshift. */
static uint64_t
next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static int64_t
below(uint64_t *state, int64_t limit)
{
	return (int64_t)(next(state) % (uint64_t)limit);
}

static void
fill(struct tally *tally, uint64_t *state, int payments)
{
	for (int i = 0; i < payments; i++) {
		histogram_add(&tally->amounts, 1000 * (1 + below(state, 90)), 1);
		histogram_add(&tally->delays, below(state, 40), 1 + below(state, 3));
		tally->hours[below(state, HOURS)]++;
		tally->kinds[below(state, CODE_KINDS)]++;
		tally->removed[1 + below(state, ADOPTION_RULES - 1)].payments++;
		tally->removed[1 + below(state, ADOPTION_RULES - 1)].value.dong += below(
			state, 500000000);
		tally->unplaced += below(state, 2);
	}
}

static void
assert_same(const struct tally *a, const struct tally *b)
{
	struct buf one CLEANUP(buf_fini) = {0}, other CLEANUP(buf_fini) = {0};

	tally_encode(a, &one);
	tally_encode(b, &other);
	assert_true(str_eq(buf_str(&one), buf_str(&other)));
}

static void
the_order_does_not_matter(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct tally forth CLEANUP(tally_fini) = {0}, back CLEANUP(tally_fini) = {0};
		struct tally at_once CLEANUP(tally_fini) = {0};
		struct tally days[DAYS] = {0};
		uint64_t random = seed * 77, again = random;

		for (int i = 0; i < DAYS; i++)
			fill(&days[i], &random, 1 + (int)below(&random, PAYMENTS));
		for (int i = 0; i < DAYS; i++) {
			int payments = 1 + (int)below(&again, PAYMENTS);

			fill(&at_once, &again, payments);
			tally_merge(&forth, &days[i]);
			tally_merge(&back, &days[DAYS - 1 - i]);
		}
		assert_same(&forth, &back);
		assert_same(&forth, &at_once);
		for (int i = 0; i < DAYS; i++)
			tally_fini(&days[i]);
	}
}

static void
as_bytes_and_back(void **state)
{
	uint64_t random = 5;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct tally tally CLEANUP(tally_fini) = {0}, read CLEANUP(tally_fini) = {0};
		struct buf bytes CLEANUP(buf_fini) = {0};

		fill(&tally, &random, (int)below(&random, 50));
		tally_encode(&tally, &bytes);
		assert_int_equal(tally_decode(buf_str(&bytes), &read).code, ERR_OK);
		assert_same(&tally, &read);
		/* A part of it is none, nor is more than it. */
		for (size_t i = 0; i < bytes.len; i++)
			assert_int_equal(tally_decode(str_cut(buf_str(&bytes), 0, i), &read).code,
				ERR_INVALID);
		buf_addc(&bytes, 0);
		assert_int_equal(tally_decode(buf_str(&bytes), &read).code, ERR_INVALID);
		assert_same(&tally, &read);
	}
}

/* ---- histograms -------------------------------------------------------------------------------
 */

/* clang-format off */
static const struct {
	int64_t values[6];
	int count, percent;
	int64_t percentile, median;
} ranks[] = {
	{{7}, 1, 50, 7, 7},
	{{7}, 1, 95, 7, 7},
	{{7}, 1, 0, 7, 7},
	{{1, 4}, 2, 50, 1, 3},       /* (1 + 4) / 2 = 2,5: half up */
	{{1, 4}, 2, 51, 4, 3},
	{{4, 1, 1}, 3, 50, 1, 1},
	{{9, 1, 4, 2}, 4, 75, 4, 3},
	{{9, 1, 4, 2}, 4, 76, 9, 3},
	{{2, 2, 2, 2, 2, 9}, 6, 100, 9, 2},
	{{-3, -2}, 2, 50, -3, -2},   /* -2,5: up is -2 */
};
/* clang-format on */

static void
ranks_of_values(void **state)
{
	struct histogram empty = {0};
	int64_t value;

	(void)state;
	assert_false(histogram_median(&empty, &value));
	assert_false(histogram_percentile(&empty, 50, &value));
	for (size_t i = 0; i < sizeof(ranks) / sizeof(*ranks); i++) {
		struct histogram histogram CLEANUP(histogram_fini) = {0};

		for (int n = 0; n < ranks[i].count; n++)
			histogram_add(&histogram, ranks[i].values[n], 1);
		assert_true(histogram_percentile(&histogram, ranks[i].percent, &value));
		assert_int_equal(value, ranks[i].percentile);
		assert_true(histogram_median(&histogram, &value));
		assert_int_equal(value, ranks[i].median);
	}
}

/* ---- hostile bytes -----------------------------------------------------------------------------
 */

/* 24 hours, 3 kinds, 7 rules of two numbers, and what was unplaced. */
#define ZEROES_6 "\0\0\0\0\0\0"
#define BYTES(text) text, sizeof(text) - 1
#define ZEROES_42 ZEROES_6 ZEROES_6 ZEROES_6 ZEROES_6 ZEROES_6 ZEROES_6 ZEROES_6

/* clang-format off */
static const struct {
	const char *name;
	const char *bytes;
	size_t size;
	bool is_tally;
} hostile[] = {
	{"nothing in it", BYTES("\1\0\0" ZEROES_42), true},
	{"one amount", BYTES("\1\1\x07\1\0" ZEROES_42), true},
	{"another version", BYTES("\2\0\0" ZEROES_42), false},
	{"no version", BYTES("\0\0\0" ZEROES_42), false},
	{"a number longer than it need be", BYTES("\1\x80\0\0" ZEROES_42), false},
	{"more bins than bytes", BYTES("\1\xff\xff\xff\x07\0" ZEROES_42), false},
	{"a value that occurs never", BYTES("\1\1\x07\0\0" ZEROES_42), false},
	{"the same value twice", BYTES("\1\2\x07\1\0\1\0" ZEROES_42), false},
	{"a number without end", BYTES("\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), false},
	{"a number too large", BYTES("\1\1\xff\xff\xff\xff\xff\xff\xff\x7f\1\0" ZEROES_42), false},
	{"one byte too few", BYTES("\1\0" ZEROES_42), false},
	{"", BYTES(""), false},
};
/* clang-format on */

static void
hostile_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
		struct tally tally CLEANUP(tally_fini) = {0};
		struct err err = tally_decode(
			(struct str){hostile[i].bytes, hostile[i].size}, &tally);

		if ((err.code == ERR_OK) != hostile[i].is_tally)
			fail_msg("%s", hostile[i].name);
	}
}

/* ---- payers ------------------------------------------------------------------------------------
 */

static size_t
some_payers(uint64_t *random, struct payer_count *payers)
{
	size_t count = (size_t)below(random, PAYERS_MAX);
	payer_id last = 0;

	for (size_t i = 0; i < count; i++) {
		last += (payer_id)(1 + below(random, 3)); /* close together: many are in both */
		payers[i] = (struct payer_count){last, 1 + below(random, 200)};
	}
	return count;
}

static int64_t
payments_of(const struct payer_count *payers, size_t count, payer_id payer)
{
	for (size_t i = 0; i < count; i++) {
		if (payers[i].payer == payer)
			return payers[i].payments;
	}
	return 0;
}

static void
payers_of_days(void **state)
{
	uint64_t random = 11;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct payer_count one[PAYERS_MAX], other[PAYERS_MAX], all[2 * PAYERS_MAX];
		size_t ones = some_payers(&random, one), others = some_payers(&random, other),
		       count;

		memcpy(all, one, ones * sizeof(*one));
		count = payers_join(all, ones, other, others);
		for (payer_id payer = 1; payer <= 3 * PAYERS_MAX; payer++)
			assert_int_equal(payments_of(all, count, payer),
				payments_of(one, ones, payer) + payments_of(other, others, payer));
		for (size_t i = 1; i < count; i++)
			assert_true(all[i - 1].payer < all[i].payer);
	}
}

static void
payers_as_bytes(void **state)
{
	const struct payer_count payers[] = {{1, 1}, {UINT64_C(1) << 63, 200}, {UINT64_MAX, 3}};
	struct payer_count read[4];
	struct buf bytes CLEANUP(buf_fini) = {0};
	size_t count;

	(void)state;
	payers_encode(payers, 3, &bytes);
	assert_true(payers_size(buf_str(&bytes)) >= 3 && payers_size(buf_str(&bytes)) <= 4);
	assert_int_equal(payers_decode(buf_str(&bytes), read, &count).code, ERR_OK);
	assert_int_equal(count, 3);
	assert_memory_equal(read, payers, sizeof(payers));
	assert_int_equal(payers_decode(STR(""), read, &count).code, ERR_OK);
	assert_int_equal(count, 0);

	assert_int_equal(payers_decode(STR("\0\0\0\0\0\0\0\1"), read, &count).code, ERR_INVALID);
	assert_int_equal(payers_decode(STR("\0\0\0\0\0\0\0\1\0"), read, &count).code, ERR_INVALID);
	assert_int_equal(payers_decode(STR("\0\0\0\0\0\0\0\0\1"), read, &count).code, ERR_INVALID);
	assert_int_equal(
		payers_decode(STR("\0\0\0\0\0\0\0\2\1\0\0\0\0\0\0\0\2\1"), read, &count).code,
		ERR_INVALID);
}

/* ---- flags -------------------------------------------------------------------------------------
 */

static void
looks_at_months(void **state)
{
	static const struct {
		struct month_look look;
		bool burst, one_payer;
	} looks[] = {
		{{10, 7, 0}, true, false},   /* 70% */
		{{10, 6, 0}, false, false},  /* 60% is not more than 60% */
		{{9, 9, 0}, false, false},   /* too few */
		{{20, 0, 11}, false, true},  /* 55% */
		{{20, 0, 10}, false, false}, /* half is not more than half */
		{{19, 19, 19}, true, false}, /* too few for R6 */
		{{1000, 601, 501}, true, true},
		{{0, 0, 0}, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(looks) / sizeof(*looks); i++) {
		assert_int_equal(burst_flag(&looks[i].look), looks[i].burst);
		assert_int_equal(one_payer_flag(&looks[i].look), looks[i].one_payer);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_does_not_matter),
		cmocka_unit_test(as_bytes_and_back),
		cmocka_unit_test(ranks_of_values),
		cmocka_unit_test(hostile_bytes),
		cmocka_unit_test(payers_of_days),
		cmocka_unit_test(payers_as_bytes),
		cmocka_unit_test(looks_at_months),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
