/* match.c - every row of the decision table, and one step outside each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/match.h"

/* References: what each points at.  Stalls are A=1, B=2, Z=9; charges are 11, 12 of A, 21 of B. */
#define NEVER_ISSUED          \
	{                     \
		.stall_id = 0 \
	}
#define STALL_A                                       \
	{                                             \
		.stall_id = 1, .serves_account = true \
	}
#define STALL_B                                       \
	{                                             \
		.stall_id = 2, .serves_account = true \
	}
#define CHARGE_A                                                       \
	{                                                              \
		.stall_id = 1, .charge_id = 11, .serves_account = true \
	}
#define CHARGE_A2                                                      \
	{                                                              \
		.stall_id = 1, .charge_id = 12, .serves_account = true \
	}
#define CHARGE_B                                                       \
	{                                                              \
		.stall_id = 2, .charge_id = 21, .serves_account = true \
	}
#define OTHER_Z               \
	{                     \
		.stall_id = 9 \
	}
#define OTHER_B               \
	{                     \
		.stall_id = 2 \
	}
#define CLOSED_A                                                            \
	{                                                                   \
		.stall_id = 1, .stall_closed = true, .serves_account = true \
	}
#define CLOSED_CHARGE_A                                                                      \
	{                                                                                    \
		.stall_id = 1, .charge_id = 11, .stall_closed = true, .serves_account = true \
	}
#define CLOSED_CHARGE_A2                                                                     \
	{                                                                                    \
		.stall_id = 1, .charge_id = 12, .stall_closed = true, .serves_account = true \
	}

/* The stalls of the receiving account. */
#define SOLE_A .stall_count = 1, .stalls = {{.id = 1}}
#define SOLE_A_CLOSED .stall_count = 1, .stalls = {{.id = 1, .closed = true}}
#define VIRTUAL_A .stall_count = 1, .stalls = {{.id = 1, .virtual_account = true}}
#define VIRTUAL_A_CLOSED \
	.stall_count = 1, .stalls = {{.id = 1, .closed = true, .virtual_account = true}}
#define A_AND_B .stall_count = 2, .stalls = {{.id = 1}, {.id = 2}}
#define A_CLOSED_AND_B .stall_count = 2, .stalls = {{.id = 1, .closed = true}, {.id = 2}}
#define B_AND_VIRTUAL_A .stall_count = 2, .stalls = {{.id = 2}, {.id = 1, .virtual_account = true}}
#define TWO_VIRTUAL       \
	.stall_count = 2, \
	.stalls = {{.id = 1, .virtual_account = true}, {.id = 2, .virtual_account = true}}
#define NO_STALL .stall_count = 0
#define TWENTY .stall_count = 20, .stalls = {{.id = 1}, {.id = 2}}

/* clang-format off */
#define ROW(name, stalls, count, refs, want) {name, {.account_known = true, stalls, .reference_count = count, .references = refs}, want}
#define REFS(...) {__VA_ARGS__}
#define BY(by_, stall, charge) {.by = MATCHED_##by_, .stall_id = stall, .charge_id = charge}
#define WAITS(reason_) {.by = MATCHED_NONE, .reason = SUSPENSE_##reason_}
static const struct {
	const char *name;
	struct match_evidence evidence;
	struct match want;
} rows[] = {
	{"unknown account", {.reference_count = 1, .references = {STALL_A}}, WAITS(UNKNOWN_ACCOUNT)},
	{"unknown account, no reference", {SOLE_A}, WAITS(UNKNOWN_ACCOUNT)},

	{"none, sole", {.account_known = true, SOLE_A}, BY(SOLE_STALL, 1, 0)},
	{"none, virtual", {.account_known = true, VIRTUAL_A}, BY(VIRTUAL_ACCOUNT, 1, 0)},
	{"none, virtual among others", {.account_known = true, B_AND_VIRTUAL_A}, BY(VIRTUAL_ACCOUNT, 1, 0)},
	{"none, two virtual", {.account_known = true, TWO_VIRTUAL}, WAITS(NO_REFERENCE)},
	{"none, sole closed", {.account_known = true, SOLE_A_CLOSED}, WAITS(CLOSED_STALL)},
	{"none, virtual closed", {.account_known = true, VIRTUAL_A_CLOSED}, WAITS(CLOSED_STALL)},
	{"none, two stalls", {.account_known = true, A_AND_B}, WAITS(NO_REFERENCE)},
	{"none, two stalls, one closed: no guess", {.account_known = true, A_CLOSED_AND_B}, WAITS(NO_REFERENCE)},
	{"none, no stall", {.account_known = true, NO_STALL}, WAITS(NO_REFERENCE)},
	{"none, more stalls than are given", {.account_known = true, TWENTY}, WAITS(NO_REFERENCE)},

	ROW("never issued, sole", SOLE_A, 1, REFS(NEVER_ISSUED), BY(SOLE_STALL, 1, 0)),
	ROW("never issued, virtual", VIRTUAL_A, 1, REFS(NEVER_ISSUED), BY(VIRTUAL_ACCOUNT, 1, 0)),
	ROW("never issued, two stalls", A_AND_B, 1, REFS(NEVER_ISSUED), WAITS(UNKNOWN_REFERENCE)),
	ROW("two never issued", A_AND_B, 2, REFS(NEVER_ISSUED, NEVER_ISSUED), WAITS(UNKNOWN_REFERENCE)),
	ROW("never issued, sole closed", SOLE_A_CLOSED, 1, REFS(NEVER_ISSUED), WAITS(CLOSED_STALL)),

	ROW("stall", A_AND_B, 1, REFS(STALL_A), BY(STALL_REFERENCE, 1, 0)),
	ROW("stall, the other of two", A_AND_B, 1, REFS(STALL_B), BY(STALL_REFERENCE, 2, 0)),
	ROW("stall, sole", SOLE_A, 1, REFS(STALL_A), BY(STALL_REFERENCE, 1, 0)),
	ROW("stall that had the account before", SOLE_A, 1, REFS(STALL_B), BY(STALL_REFERENCE, 2, 0)),
	ROW("mismatch, a virtual account has one stall", VIRTUAL_A, 1, REFS(STALL_B), WAITS(ACCOUNT_MISMATCH)),
	ROW("mismatch, virtual among others", B_AND_VIRTUAL_A, 1, REFS(CHARGE_B), WAITS(ACCOUNT_MISMATCH)),
	ROW("two virtual contradict nothing", TWO_VIRTUAL, 1, REFS(CHARGE_B), BY(CHARGE, 2, 21)),
	ROW("charge", A_AND_B, 1, REFS(CHARGE_A), BY(CHARGE, 1, 11)),
	ROW("charge, virtual", VIRTUAL_A, 1, REFS(CHARGE_A), BY(CHARGE, 1, 11)),
	ROW("charge and one never issued", A_AND_B, 2, REFS(NEVER_ISSUED, CHARGE_A), BY(CHARGE, 1, 11)),
	ROW("stall and its charge", A_AND_B, 2, REFS(STALL_A, CHARGE_A), BY(CHARGE, 1, 11)),
	ROW("charge and its stall", A_AND_B, 2, REFS(CHARGE_A, STALL_A), BY(CHARGE, 1, 11)),
	ROW("the stall twice", A_AND_B, 2, REFS(STALL_A, STALL_A), BY(STALL_REFERENCE, 1, 0)),

	ROW("mismatch", A_AND_B, 1, REFS(OTHER_Z), WAITS(ACCOUNT_MISMATCH)),
	ROW("mismatch, sole does not overrule", SOLE_A, 1, REFS(OTHER_Z), WAITS(ACCOUNT_MISMATCH)),
	ROW("mismatch, virtual does not overrule", VIRTUAL_A, 1, REFS(OTHER_B), WAITS(ACCOUNT_MISMATCH)),
	ROW("mismatch, account of no stall", NO_STALL, 1, REFS(OTHER_Z), WAITS(ACCOUNT_MISMATCH)),

	ROW("closed, its reference", A_CLOSED_AND_B, 1, REFS(CLOSED_A), WAITS(CLOSED_STALL)),
	ROW("closed, its charge", SOLE_A_CLOSED, 1, REFS(CLOSED_CHARGE_A), WAITS(CLOSED_STALL)),
	ROW("closed, two of its charges", A_CLOSED_AND_B, 2, REFS(CLOSED_CHARGE_A, CLOSED_CHARGE_A2), WAITS(CLOSED_STALL)),

	ROW("two charges of one stall", A_AND_B, 2, REFS(CHARGE_A, CHARGE_A2), WAITS(TWO_REFERENCES)),
	ROW("two charges of one stall, sole", SOLE_A, 2, REFS(CHARGE_A, CHARGE_A2), BY(SOLE_STALL, 1, 0)),
	ROW("two charges of one stall, virtual", VIRTUAL_A, 2, REFS(CHARGE_A, CHARGE_A2), BY(VIRTUAL_ACCOUNT, 1, 0)),
	ROW("two charges and the stall, sole", SOLE_A, 3, REFS(STALL_A, CHARGE_A, CHARGE_A2), BY(SOLE_STALL, 1, 0)),
	ROW("two charges, virtual of another", B_AND_VIRTUAL_A, 2, REFS(CHARGE_B, {.stall_id = 2, .charge_id = 22, .serves_account = true}), WAITS(ACCOUNT_MISMATCH)),

	ROW("two stalls", A_AND_B, 2, REFS(STALL_A, STALL_B), WAITS(TWO_REFERENCES)),
	ROW("two stalls, one not of the account", A_AND_B, 2, REFS(STALL_A, OTHER_Z), WAITS(TWO_REFERENCES)),
	ROW("two stalls, sole is one", SOLE_A, 2, REFS(STALL_A, OTHER_B), BY(SOLE_STALL, 1, 0)),
	ROW("two stalls, sole is the second", SOLE_A, 2, REFS(OTHER_B, CHARGE_A), BY(SOLE_STALL, 1, 0)),
	ROW("two stalls, virtual is one", B_AND_VIRTUAL_A, 2, REFS(STALL_A, STALL_B), BY(VIRTUAL_ACCOUNT, 1, 0)),
	ROW("two stalls, sole is one, closed", SOLE_A_CLOSED, 2, REFS(CLOSED_A, OTHER_B), WAITS(CLOSED_STALL)),
	ROW("two stalls, sole is neither", SOLE_A, 2, REFS(OTHER_B, OTHER_Z), WAITS(ACCOUNT_MISMATCH)),
	ROW("two stalls, virtual is neither", VIRTUAL_A, 2, REFS(OTHER_B, OTHER_Z), WAITS(ACCOUNT_MISMATCH)),
	ROW("two stalls, sole is neither, one had it before", SOLE_A, 2, REFS(STALL_B, OTHER_Z), WAITS(TWO_REFERENCES)),
	ROW("two stalls, none of the account's", A_AND_B, 2, REFS({.stall_id = 8}, OTHER_Z), WAITS(ACCOUNT_MISMATCH)),
	ROW("two stalls and one never issued", A_AND_B, 3, REFS(NEVER_ISSUED, CHARGE_A, STALL_B), WAITS(TWO_REFERENCES)),
};
/* clang-format on */

static void
each_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct match got = match(&rows[i].evidence);

		if (got.by != rows[i].want.by || got.reason != rows[i].want.reason ||
			got.stall_id != rows[i].want.stall_id ||
			got.charge_id != rows[i].want.charge_id)
			fail_msg("%s: got %s, %s, stall %d, charge %d", rows[i].name,
				matched_by_name(got.by), suspense_reason_name(got.reason),
				(int)got.stall_id, (int)got.charge_id);
	}
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static struct match_evidence
random_evidence(uint32_t *seed)
{
	struct match_evidence evidence = {.account_known = next_random(seed) % 8 != 0};

	evidence.stall_count = next_random(seed) % 4;
	for (size_t i = 0; i < evidence.stall_count; i++)
		evidence.stalls[i] = (struct match_stall){
			.id = (int64_t)i + 1,
			.closed = next_random(seed) % 4 == 0,
			.virtual_account = next_random(seed) % 4 == 0,
		};
	evidence.reference_count = next_random(seed) % 4;
	for (size_t i = 0; i < evidence.reference_count; i++) {
		int64_t stall = next_random(seed) % 5;
		bool served = stall > 0 && stall <= (int64_t)evidence.stall_count;

		evidence.references[i] = (struct match_reference){
			.stall_id = stall,
			.charge_id = stall > 0 ? stall * 10 + next_random(seed) % 3 - 1 : 0,
			.stall_closed = served && evidence.stalls[stall - 1].closed,
			.serves_account = served,
		};
		if (evidence.references[i].charge_id % 10 == 9) /* -1: the stall's own */
			evidence.references[i].charge_id = 0;
	}
	return evidence;
}

static bool
names_stall(const struct match_evidence *evidence, int64_t stall, bool *any)
{
	bool named = false;

	for (size_t i = 0; i < evidence->reference_count; i++) {
		*any = *any || evidence->references[i].stall_id != 0;
		named = named || evidence->references[i].stall_id == stall;
	}
	return named;
}

/* Whatever the evidence: a decision has a stall or a reason, never both; money goes to no closed
 * stall, to no stall that the account does not serve, and against no reference. */
static void
no_evidence_makes_it_guess(void **state)
{
	uint32_t seed = 20260728;

	(void)state;
	for (size_t i = 0; i < 200000; i++) {
		struct match_evidence evidence = random_evidence(&seed), turned = evidence;
		struct match got = match(&evidence), again;
		bool any_named = false;

		assert_int_equal(got.by == MATCHED_NONE, got.reason != SUSPENSE_NONE);
		assert_int_equal(got.by == MATCHED_NONE, got.stall_id == 0);
		assert_int_equal(got.by == MATCHED_CHARGE, got.charge_id != 0);
		if (got.by != MATCHED_NONE) {
			assert_true(evidence.account_known);
			assert_in_range(got.stall_id, 1, evidence.stall_count);
			assert_false(evidence.stalls[got.stall_id - 1].closed);
			assert_true(names_stall(&evidence, got.stall_id, &any_named) || !any_named);
		}
		/* The order in which the note names them decides nothing. */
		for (size_t k = 0; k < evidence.reference_count; k++)
			turned.references[k] =
				evidence.references[evidence.reference_count - 1 - k];
		again = match(&turned);
		assert_memory_equal(&got, &again, sizeof got);
	}
}

static void
names(void **state)
{
	(void)state;
	assert_string_equal(matched_by_name(MATCHED_CHARGE), "charge");
	assert_string_equal(matched_by_name(MATCHED_STALL_REFERENCE), "stall_reference");
	assert_string_equal(matched_by_name(MATCHED_VIRTUAL_ACCOUNT), "virtual_account");
	assert_string_equal(matched_by_name(MATCHED_SOLE_STALL), "sole_stall");
	assert_string_equal(matched_by_name(MATCHED_BY_HAND), "by_hand");
	assert_string_equal(suspense_reason_name(SUSPENSE_TWO_REFERENCES), "two_references");
	assert_string_equal(suspense_reason_name(SUSPENSE_CLOSED_STALL), "closed_stall");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row),
		cmocka_unit_test(no_evidence_makes_it_guess),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
