/* candidate.c - which answer is shown first, and what each piece of evidence is worth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/candidate.h"

#define E(kind_)                         \
	{                                \
		.kind = EVIDENCE_##kind_ \
	}
#define N(kind_, number_)                                   \
	{                                                   \
		.kind = EVIDENCE_##kind_, .number = number_ \
	}
#define STALL(...)                  \
	{                           \
		CANDIDATE_STALL,    \
		{                   \
			__VA_ARGS__ \
		}                   \
	}
#define CHARGE(...)                 \
	{                           \
		CANDIDATE_CHARGE,   \
		{                   \
			__VA_ARGS__ \
		}                   \
	}
#define DUPLICATE(...)               \
	{                            \
		CANDIDATE_DUPLICATE, \
		{                    \
			__VA_ARGS__  \
		}                    \
	}
#define REFUNDED(...)               \
	{                           \
		CANDIDATE_REFUNDED, \
		{                   \
			__VA_ARGS__ \
		}                   \
	}
#define NOT_OURS(...)               \
	{                           \
		CANDIDATE_NOT_OURS, \
		{                   \
			__VA_ARGS__ \
		}                   \
	}

struct said {
	enum candidate_kind kind;
	struct evidence evidence[EVIDENCE_MAX];
};

/* The first is better than the second. */
static const struct {
	const char *name;
	struct said better, worse;
} rows[] = {
	{"a reference in the note, before the account", STALL(E(NAMED)), STALL(N(ACCOUNT, 1))},
	{"a whole reference, before one that was mistyped", STALL(E(NAMED)), STALL(E(NEAR))},
	{"one mistyped, before one that was cut", STALL(E(NEAR)), STALL(E(BEGUN))},
	{"a mistyped one of the account, before any other of it", STALL(E(NEAR), N(ACCOUNT, 2)),
		STALL(N(ACCOUNT, 2))},
	{"a named stall of another account, before the account's other stalls",
		STALL(E(NAMED), E(OTHER_ACCOUNT)), STALL(N(ACCOUNT, 2))},
	{"few stalls on the account say more than many", STALL(N(ACCOUNT, 3)),
		STALL(N(ACCOUNT, 4))},
	{"a virtual account, before an account", STALL(E(VIRTUAL_ACCOUNT)), STALL(N(ACCOUNT, 1))},
	{"the amount in time, before the stall alone",
		CHARGE(E(AMOUNT), N(IN_TIME, 3), N(ACCOUNT, 2)), STALL(N(ACCOUNT, 2))},
	{"a charge just asked, before an old one", CHARGE(E(AMOUNT), N(IN_TIME, 15)),
		CHARGE(E(AMOUNT), N(IN_TIME, 16))},
	{"in time, before late", CHARGE(E(AMOUNT), N(IN_TIME, 1000)),
		CHARGE(E(AMOUNT), N(AFTER, 61))},
	{"just expired, before long expired", CHARGE(E(AMOUNT), N(AFTER, 60)),
		CHARGE(E(AMOUNT), N(AFTER, 61))},
	{"the rest of a short one, before the same amount", CHARGE(E(REST)), CHARGE(E(AMOUNT))},
	{"one that still waits, before one paid already", CHARGE(E(AMOUNT), N(IN_TIME, 1)),
		CHARGE(E(AMOUNT), N(IN_TIME, 1), E(PAID))},
	{"... or cancelled", CHARGE(E(AMOUNT), N(IN_TIME, 1)),
		CHARGE(E(AMOUNT), N(IN_TIME, 1), E(CANCELLED))},
	{"what people said of these words twice, before once", STALL(N(SAME_WORDS, 2)),
		STALL(N(SAME_WORDS, 1))},
	{"a stall that was open, before a closed one", STALL(N(ACCOUNT, 2)),
		STALL(N(ACCOUNT, 2), E(CLOSED))},
	{"a charge, before its stall at the same weight", CHARGE(E(NAMED)), STALL(E(NAMED))},
	{"the closest in time at the same weight", CHARGE(E(AMOUNT), N(IN_TIME, 2)),
		CHARGE(E(AMOUNT), N(IN_TIME, 3))},
	{"a repetition with the bank's reference, before one without",
		DUPLICATE(E(REPEATS), E(SAME_REF)), DUPLICATE(E(REPEATS), E(OTHER_REF))},
	{"a repetition within the minute", DUPLICATE(E(REPEATS), N(CLOSE, 60)),
		DUPLICATE(E(REPEATS), N(CLOSE, 61))},
	{"the same amount, before another", DUPLICATE(E(REPEATS), E(SAME_AMOUNT)),
		DUPLICATE(E(REPEATS), E(OTHER_AMOUNT))},
	{"sent back within a day, before later", REFUNDED(N(SENT, 1440)), REFUNDED(N(SENT, 1441))},
	{"not ours twice, before a stall once", NOT_OURS(N(SAME_WORDS, 2)),
		STALL(N(SAME_WORDS, 1))},
};

static struct candidate
made(const struct said *said, int64_t id)
{
	struct candidate candidate = {.kind = said->kind, .stall_id = id};

	for (size_t i = 0; i < EVIDENCE_MAX; i++) {
		/* The first kind is NAMED with the number 0: an empty place looks like it. */
		if (i == 0 || said->evidence[i].kind != EVIDENCE_NAMED)
			candidate_add(&candidate, said->evidence[i]);
	}
	return candidate;
}

static void
the_better_is_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct candidate both[2] = {made(&rows[i].worse, 1), made(&rows[i].better, 2)};
		size_t count = 2;

		candidates_rank(both, &count, 2);
		if (count != 2 || both[0].stall_id != 2)
			fail_msg("%s: %zu, %d and %d", rows[i].name, count, both[0].score,
				both[1].score);
	}
}

static void
what_nothing_speaks_for_is_left_out(void **state)
{
	const struct said none = STALL(E(OTHER_ACCOUNT), E(CLOSED)), some = STALL(E(NAMED));
	struct candidate items[3] = {made(&none, 1), made(&some, 2), made(&some, 3)};
	size_t count = 3;

	(void)state;
	candidates_rank(items, &count, 3);
	assert_int_equal(count, 2);
	assert_int_equal(items[0].stall_id, 2);
	candidates_rank(items, &count, 1);
	assert_int_equal(count, 1);
	count = 0;
	candidates_rank(NULL, &count, 1);
	assert_int_equal(count, 0);
}

static void
evidence_is_said_once(void **state)
{
	struct candidate one = {0};

	(void)state;
	candidate_add(&one, (struct evidence)N(IN_TIME, 3));
	candidate_add(&one, (struct evidence)N(IN_TIME, 9));
	assert_int_equal(one.evidence_count, 1);
	assert_int_equal(one.evidence[0].number, 3);
	for (int i = 0; i < 3; i++)
		candidate_count(&one, EVIDENCE_SAME_WORDS);
	assert_int_equal(one.evidence[1].number, 3);
	for (int kind = 0; kind < EVIDENCE_KINDS; kind++)
		candidate_add(&one, (struct evidence){.kind = (enum evidence_kind)kind});
	assert_int_equal(one.evidence_count, EVIDENCE_MAX);
	for (int kind = 0; kind < EVIDENCE_KINDS; kind++)
		assert_non_null(evidence_kind_name((enum evidence_kind)kind));
	for (int kind = 0; kind < CANDIDATE_KINDS; kind++)
		assert_non_null(candidate_kind_name((enum candidate_kind)kind));
}

/* Asked at minute 100, expired at minute 115. */
static const struct {
	int64_t minute;
	bool means;
	enum evidence_kind kind;
	int64_t number;
} times[] = {
	{94, false, 0, 0},
	{95, true, EVIDENCE_BEFORE, 5},
	{99, true, EVIDENCE_BEFORE, 1},
	{100, true, EVIDENCE_IN_TIME, 0},
	{115, true, EVIDENCE_IN_TIME, 15},
	{116, true, EVIDENCE_AFTER, 1},
	{115 + 24 * 60, true, EVIDENCE_AFTER, 24 * 60},
	{116 + 24 * 60, false, 0, 0},
};

static void
how_the_time_lies_to_a_charge(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct evidence got = {0};
		bool means = evidence_of_time(
			times[i].minute * 60000, 100 * 60000, 115 * 60000, &got);

		if (means != times[i].means ||
			(means && (got.kind != times[i].kind || got.number != times[i].number)))
			fail_msg("minute %lld: %d, %s %lld", (long long)times[i].minute, means,
				evidence_kind_name(got.kind), (long long)got.number);
	}
}

static const struct {
	const char *a, *b;
	bool agree;
} notes[] = {
	{"MBVCB.123456.tien rau co Ba.CT tu 0071", "MBVCB.998877.TIEN RAU CO BA.CT tu 0071", true},
	{"tien rau", "tien rau cu", false},
	{"tien rau", "tien ca", false},
	{"tiền rau", "tiền rau 2", true},
	{"tiền rau", "tien rau", false},
	{"", "", false},
	{"123", "456", false},
	{"ck", "CK", false},
	{"ckx", "C.K.X", true},
};

static void
notes_that_say_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		if (notes_agree(str_from(notes[i].a), str_from(notes[i].b)) != notes[i].agree)
			fail_msg("\"%s\" and \"%s\"", notes[i].a, notes[i].b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_better_is_first),
		cmocka_unit_test(what_nothing_speaks_for_is_left_out),
		cmocka_unit_test(evidence_is_said_once),
		cmocka_unit_test(how_the_time_lies_to_a_charge),
		cmocka_unit_test(notes_that_say_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
