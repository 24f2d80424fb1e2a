/* Suspense resolved by people: who may decide what alone, what needs a second, and what cannot be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../support/market.h"
#include "chopay/suspense_commands.h"

#define SHARED "19990002" /* of A02 and A03 */
#define LARGE (TWO_PERSON_ABOVE_DEFAULT + 1)
#define CALLS_MAX 5

enum answer { BOOKED, PROPOSED, REFUSED };

/* One credit each, and what people say of it one after the other. */
static const struct {
	const char *name;
	int64_t amount;
	struct call {
		const char *person, *outcome, *stall;
		enum answer want;
	} calls[CALLS_MAX];
} rows[] = {
	{"one is enough up to the limit", TWO_PERSON_ABOVE_DEFAULT,
		{{"Lan", "attributed", "A02", BOOKED}, {"Huệ", "attributed", "A02", REFUSED}}},
	{"two above it", LARGE,
		{{"Lan", "attributed", "A02", PROPOSED}, {"Huệ", "attributed", "A02", BOOKED},
			{"Mai", "attributed", "A02", REFUSED}}},
	{"nobody confirms their own", LARGE,
		{{"Lan", "not_ours", NULL, PROPOSED}, {"Lan", "not_ours", NULL, REFUSED},
			{" lan ", "not_ours", NULL, REFUSED}, {"Huệ", "not_ours", NULL, BOOKED}}},
	{"another stall is another proposal", LARGE,
		{{"Lan", "attributed", "A02", PROPOSED}, {"Huệ", "attributed", "A03", PROPOSED},
			{"Mai", "refunded", NULL, PROPOSED}, {"Lan", "attributed", "A03", BOOKED}}},
	{"a new word takes the old one back", LARGE,
		{{"Lan", "attributed", "A02", PROPOSED}, {"Lan", "attributed", "A03", PROPOSED},
			{"Huệ", "attributed", "A02", PROPOSED},
			{"Lan", "attributed", "A03", REFUSED},
			{"Mai", "attributed", "A03", BOOKED}}},
	{"nor in capitals, decomposed, or with what nobody sees in it", LARGE,
		{{"Trần Thị Huệ", "not_ours", NULL, PROPOSED},
			{"TRẦN THỊ HUỆ", "not_ours", NULL, REFUSED},
			{"Tra\xcc\x82\xcc\x80n Thi\xcc\xa3 Hue\xcc\x82\xcc\xa3", "not_ours", NULL,
				REFUSED},
			{"\xe2\x80\x8bTrần\xc2\xa0 Thị Hu\xc2\xadệ ", "not_ours", NULL, REFUSED},
			{"Trần Thị Huế", "not_ours", NULL, BOOKED}}},
	{"a new word, however the name is spelt", LARGE,
		{{"Huệ", "attributed", "A02", PROPOSED}, {"HUỆ", "attributed", "A03", PROPOSED},
			{"Lan", "attributed", "A02", PROPOSED},
			{"Lân", "attributed", "A03", BOOKED}}},
	{"and may be given again", LARGE,
		{{"Lan", "refunded", NULL, PROPOSED}, {"Lan", "not_ours", NULL, PROPOSED},
			{"Lan", "refunded", NULL, PROPOSED}, {"Huệ", "refunded", NULL, BOOKED}}},
};

static enum answer
say(struct market_fixture *market, int64_t transfer_id, const struct call *call)
{
	struct suspense_resolve_command resolve = {
		.command = {.apply = suspense_resolve_apply, .arena = market->arena},
		.transfer_id = transfer_id,
		.outcome = str_from(call->outcome),
		.stall = str_from(call->stall),
		.person = str_from(call->person),
		.why = STR("khách gọi điện"),
	};
	struct err err = books_submit_wait(market->books, &resolve.command);

	if (err.code == ERR_CONFLICT)
		return REFUSED;
	assert_int_equal(err.code, ERR_OK);
	assert_int_equal(resolve.payment_id != 0, !resolve.proposed && call->stall != NULL);
	return resolve.proposed ? PROPOSED : BOOKED;
}

static void
who_may_decide(void **state)
{
	struct market_fixture *market = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct credit credit = {
			.id = arena_printf(market->arena, "%zu", 100 + i).ptr,
			.account = SHARED,
			.memo = "?",
			.amount = rows[i].amount,
			.booked_at_ms = books_now_ms(market->books) - (int64_t)i * MS_PER_DAY,
		};
		int64_t id = market_credit(market, &credit).transfer_id;

		for (size_t n = 0; n < CALLS_MAX && rows[i].calls[n].person != NULL; n++) {
			enum answer got = say(market, id, &rows[i].calls[n]);

			if (got != rows[i].calls[n].want)
				fail_msg("%s: call %zu gave %d", rows[i].name, n + 1, (int)got);
		}
	}
	assert_int_equal(market_count(market, "suspense"), 0);
	market_assert_verified(market);
}

static void
proposals_have_an_end(void **state)
{
	struct market_fixture *market = *state;
	const struct credit credit = {.id = "7", .account = SHARED, .memo = "?", .amount = LARGE};
	int64_t id = market_credit(market, &credit).transfer_id;
	struct call call = {"Lan", "attributed", NULL, PROPOSED};

	for (int i = 0; i < PROPOSALS_MAX; i++) {
		call.stall = i % 2 == 0 ? "A02" : "A03";
		assert_int_equal(say(market, id, &call), PROPOSED);
	}
	call.stall = "A02";
	assert_int_equal(say(market, id, &call), REFUSED);
	call.person = "Huệ";
	call.stall = "A03";
	assert_int_equal(say(market, id, &call), BOOKED);
	market_assert_verified(market);
}

/* A repeats B repeats C: one of them is left, whoever is asked first. */
static void
repetitions_never_close_a_circle(void **state)
{
	struct market_fixture *market = *state;
	int64_t ids[3];

	for (int i = 0; i < 3; i++) {
		const struct credit credit = {.id = arena_printf(market->arena, "%d", i + 1).ptr,
			.account = SHARED,
			.memo = "?",
			.amount = 5000,
			.booked_at_ms = books_now_ms(market->books) - i * MS_PER_DAY};

		ids[i] = market_credit(market, &credit).transfer_id;
	}
	for (int i = 0; i < 3; i++) {
		struct suspense_resolve_command resolve = {
			.command = {.apply = suspense_resolve_apply, .arena = market->arena},
			.transfer_id = ids[i],
			.outcome = STR("duplicate"),
			.other_transfer_id = ids[(i + 1) % 3],
			.person = STR("Lan"),
			.why = STR("sao kê"),
		};

		assert_int_equal(books_submit_wait(market->books, &resolve.command).code,
			i < 2 ? ERR_OK : ERR_CONFLICT);
	}
	assert_int_equal(market_count(market, "suspense"), 1);
	assert_int_equal(market_count(market, "held"), 5000);
	market_assert_verified(market);
}

int
main(void)
{
#define STORY(f) cmocka_unit_test_setup_teardown(f, market_setup, market_teardown)
	const struct CMUnitTest tests[] = {
		STORY(who_may_decide),
		STORY(proposals_have_an_end),
		STORY(repetitions_never_close_a_circle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
