/* charge.c - the table of states, cell by cell, and what no walk through it may do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/charge.h"
#include "chopay/clock.h"

#define NO CHARGE_STATES /* ERR_CONFLICT */

/* clang-format off */
static const unsigned want[CHARGE_STATES][CHARGE_EVENTS] = {
	/* expire, cancel, short, exact, over, late, refund, reversal */
	[CHARGE_OPEN] = {CHARGE_EXPIRED, CHARGE_CANCELLED, CHARGE_SHORT, CHARGE_PAID, CHARGE_OVER, CHARGE_PAID_LATE, NO, NO},
	[CHARGE_PAID] = {CHARGE_PAID, NO, CHARGE_PAID, CHARGE_PAID, CHARGE_OVER, CHARGE_OVER, CHARGE_PAID, CHARGE_PAID},
	[CHARGE_SHORT] = {CHARGE_SHORT, NO, CHARGE_SHORT, CHARGE_PAID, CHARGE_OVER, CHARGE_PAID_LATE, CHARGE_SHORT, CHARGE_SHORT},
	[CHARGE_OVER] = {CHARGE_OVER, NO, CHARGE_OVER, CHARGE_OVER, CHARGE_OVER, CHARGE_OVER, CHARGE_OVER, CHARGE_OVER},
	[CHARGE_EXPIRED] = {CHARGE_EXPIRED, CHARGE_EXPIRED, CHARGE_SHORT, CHARGE_PAID, CHARGE_OVER, CHARGE_PAID_LATE, NO, NO},
	[CHARGE_CANCELLED] = {CHARGE_CANCELLED, CHARGE_CANCELLED, CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE, NO, NO},
	[CHARGE_PAID_LATE] = {CHARGE_PAID_LATE, NO, CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE, CHARGE_PAID_LATE},
};
/* clang-format on */

static void
each_cell(void **state)
{
	(void)state;
	for (unsigned from = 0; from < CHARGE_STATES; from++) {
		for (unsigned event = 0; event < CHARGE_EVENTS; event++) {
			enum charge_state next = (enum charge_state)from;
			struct err e = charge_next(
				(enum charge_state)from, (enum charge_event)event, &next);

			if (want[from][event] == NO) {
				assert_int_equal(e.code, ERR_CONFLICT);
				assert_int_equal(next, from); /* untouched */
				continue;
			}
			assert_int_equal(e.code, ERR_OK);
			assert_int_equal(next, want[from][event]);
		}
	}
}

static void
names_come_back(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CHARGE_STATES; i++) {
		const char *name = charge_state_name((enum charge_state)i);
		enum charge_state read = CHARGE_STATES;

		assert_true(charge_state_parse(str_from(name), &read));
		assert_int_equal(read, i);
	}
	enum charge_state untouched = CHARGE_OVER;
	assert_false(charge_state_parse(STR("Paid"), &untouched));
	assert_false(charge_state_parse(STR(""), &untouched));
	assert_false(charge_state_parse(STR("paid_"), &untouched));
	assert_int_equal(untouched, CHARGE_OVER);
	assert_string_equal(charge_state_name(CHARGE_PAID_LATE), "paid_late");
}

static void
money_events(void **state)
{
	static const struct {
		enum charge_state state;
		int64_t paid, booked_at_ms, expires_at_ms;
		enum charge_event want;
	} cases[] = {
		{CHARGE_OPEN, 49999, 10, 20, CHARGE_EVENT_MONEY_SHORT},
		{CHARGE_OPEN, 50000, 10, 20, CHARGE_EVENT_MONEY_EXACT},
		{CHARGE_OPEN, 50001, 10, 20, CHARGE_EVENT_MONEY_OVER},
		{CHARGE_OPEN, 50000, 20, 20, CHARGE_EVENT_MONEY_EXACT}, /* at the last moment */
		{CHARGE_OPEN, 50000, 21, 20, CHARGE_EVENT_MONEY_LATE},
		{CHARGE_EXPIRED, 50000, 20, 20,
			CHARGE_EVENT_MONEY_EXACT}, /* told late, paid in time */
		{CHARGE_EXPIRED, 50000, 21, 20, CHARGE_EVENT_MONEY_LATE},
		{CHARGE_CANCELLED, 50000, 10, 20, CHARGE_EVENT_MONEY_LATE},
		{CHARGE_SHORT, 50000, 10, 20, CHARGE_EVENT_MONEY_EXACT},
		{CHARGE_SHORT, 60000, 10, 20, CHARGE_EVENT_MONEY_OVER},
		{CHARGE_OPEN, 50000, NO_TIME, 20, CHARGE_EVENT_MONEY_EXACT},
		{CHARGE_OPEN, 50000, 10, NO_TIME, CHARGE_EVENT_MONEY_EXACT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(charge_money_event(cases[i].state, (struct vnd){50000},
					 (struct vnd){cases[i].paid}, cases[i].booked_at_ms,
					 cases[i].expires_at_ms),
			cases[i].want);
}

#define H (3600 * MS_PER_SECOND)
#define FOR_EVER INT64_MAX

static void
shown_until(void **state)
{
	static const struct {
		enum charge_state state;
		int64_t expires_at_ms, last_money_ms, want_ms;
	} cases[] = {
		{CHARGE_OPEN, 20 * H, 0, FOR_EVER}, {CHARGE_PAID, 20 * H, 10 * H, 21 * H},
		{CHARGE_OVER, 20 * H, 10 * H, 21 * H}, {CHARGE_EXPIRED, 20 * H, 0, 21 * H},
		{CHARGE_CANCELLED, 20 * H, 0, 21 * H},
		{CHARGE_PAID, 20 * H, 30 * H, 31 * H}, /* told late, or given back */
		{CHARGE_PAID_LATE, 20 * H, 30 * H, 31 * H},
		{CHARGE_SHORT, 20 * H, 10 * H, (10 + 3 * 24) * H},
		{CHARGE_SHORT, 20 * H, 30 * H, (30 + 3 * 24) * H}, /* more came, or went back */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_true(charge_shown_until(cases[i].state, cases[i].expires_at_ms,
				    cases[i].last_money_ms) == cases[i].want_ms);
}

/* How far along a state is: no event may lead to a lower one. */
static int
rank(enum charge_state state)
{
	static const int ranks[CHARGE_STATES] = {
		[CHARGE_OPEN] = 0,
		[CHARGE_EXPIRED] = 1,
		[CHARGE_CANCELLED] = 1,
		[CHARGE_SHORT] = 2,
		[CHARGE_PAID] = 3,
		[CHARGE_OVER] = 4,
		[CHARGE_PAID_LATE] = 4,
	};

	return ranks[state];
}

struct walk {
	enum charge_state state;
	int64_t now, expires, paid, refunded;
};

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* One step: the timer, the seller's cancel, money back, or money with a bank time of before now. */
static struct err
step(struct walk *walk, uint32_t *seed, struct vnd amount, enum charge_event *event,
	enum charge_state *next)
{
	walk->now += next_random(seed) % 8;
	switch (next_random(seed) % 5) {
	case 0:
		*event = walk->now > walk->expires ? CHARGE_EVENT_EXPIRE : CHARGE_EVENT_CANCEL;
		break;
	case 1:
		*event = CHARGE_EVENT_CANCEL;
		break;
	case 2:
		if (walk->paid > walk->refunded)
			walk->refunded += 1 + next_random(seed) % (walk->paid - walk->refunded);
		*event = next_random(seed) % 2 == 0 ? CHARGE_EVENT_REFUND : CHARGE_EVENT_REVERSAL;
		break;
	default:
		walk->paid += 1 + next_random(seed) % 60;
		*event = charge_money_event(walk->state, amount,
			(struct vnd){walk->paid - walk->refunded},
			walk->now - next_random(seed) % 10, walk->expires);
	}
	return charge_next(walk->state, *event, next);
}

static void
check_sum(const struct walk *walk, int64_t amount)
{
	switch (walk->state) {
	case CHARGE_OPEN:
	case CHARGE_EXPIRED:
	case CHARGE_CANCELLED:
		assert_int_equal(walk->paid, 0);
		break;
	case CHARGE_SHORT:
		assert_true(walk->paid > 0 && walk->paid - walk->refunded < amount);
		break;
	case CHARGE_PAID:
		assert_true(walk->paid >= amount && walk->paid - walk->refunded <= amount);
		break;
	case CHARGE_OVER:
		assert_true(walk->paid > amount);
		break;
	case CHARGE_PAID_LATE:
		assert_true(walk->paid > 0);
		break;
	}
}

static void
walks_go_forward(void **state)
{
	uint32_t seed = 20260728;

	(void)state;
	for (size_t i = 0; i < 100000; i++) {
		const struct vnd amount = {40 + next_random(&seed) % 40};
		struct walk walk = {.state = CHARGE_OPEN, .now = 0, .expires = 30};

		for (size_t k = 0; k < 12; k++) {
			enum charge_state next = walk.state;
			bool held_money = walk.paid > 0;
			enum charge_event event;
			struct err e = step(&walk, &seed, amount, &event, &next);
			bool refund = event == CHARGE_EVENT_REFUND ||
				      event == CHARGE_EVENT_REVERSAL;

			/* A cancel is refused when money came in, a refund when none did. */
			assert_true(e.code == ERR_OK || e.code == ERR_CONFLICT);
			if (e.code != ERR_OK)
				assert_int_equal(refund, !held_money);
			assert_true(rank(next) >= rank(walk.state));
			walk.state = next;
			check_sum(&walk, amount.dong);
		}
	}
}

static void
one_next_action(void **state)
{
	static const struct {
		enum charge_state state;
		int64_t paid, refunded;
		enum charge_action want;
	} cases[] = {
		{CHARGE_OPEN, 0, 0, CHARGE_ACTION_WAIT},
		{CHARGE_SHORT, 20, 0, CHARGE_ACTION_COLLECT},
		{CHARGE_SHORT, 20, 5, CHARGE_ACTION_COLLECT},
		{CHARGE_SHORT, 20, 20, CHARGE_ACTION_NONE},
		{CHARGE_PAID, 50, 0, CHARGE_ACTION_HAND_OVER},
		{CHARGE_PAID, 50, 1, CHARGE_ACTION_NONE},
		{CHARGE_PAID, 100, 50, CHARGE_ACTION_HAND_OVER}, /* given back, and paid again */
		{CHARGE_OVER, 60, 0, CHARGE_ACTION_GIVE_BACK},
		{CHARGE_OVER, 60, 9, CHARGE_ACTION_GIVE_BACK},
		{CHARGE_OVER, 60, 10, CHARGE_ACTION_HAND_OVER},
		{CHARGE_OVER, 60, 60, CHARGE_ACTION_NONE},
		{CHARGE_EXPIRED, 0, 0, CHARGE_ACTION_ASK_AGAIN},
		{CHARGE_CANCELLED, 0, 0, CHARGE_ACTION_ASK_AGAIN},
		{CHARGE_PAID_LATE, 50, 0, CHARGE_ACTION_DECIDE},
		{CHARGE_PAID_LATE, 50, 50, CHARGE_ACTION_NONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
			charge_action_name(charge_next_action(cases[i].state, (struct vnd){50},
				(struct vnd){cases[i].paid}, (struct vnd){cases[i].refunded})),
			charge_action_name(cases[i].want));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cell),
		cmocka_unit_test(one_next_action),
		cmocka_unit_test(names_come_back),
		cmocka_unit_test(money_events),
		cmocka_unit_test(shown_until),
		cmocka_unit_test(walks_go_forward),
	};

	return cmocka_run_group_tests_name("charge", tests, NULL, NULL);
}
