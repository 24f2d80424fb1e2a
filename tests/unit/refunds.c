/* Money that goes back: which payments it reduces, on which day, and that no walk of events breaks
 * a sum or takes a state back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../support/market.h"
#include "chopay/charge.h"
#include "chopay/charge_commands.h"

#define VCB "0071000000001" /* A01's own */
#define SHARED "19990002"   /* of A02 and A03 */

/* ---- looking at rows ------------------------------------------------------------------------ */

struct look {
	struct query query;
	int64_t payment_id;
	struct payment payment;
	int64_t cell_count;
	struct vnd cell_value;
};

static struct err
look_at(struct db *db, struct query *query)
{
	struct look *look = (struct look *)query;

	TRY(payments_get(db, query->arena, look->payment_id, &look->payment));
	return cells_of_stall(db, look->payment.stall_id, look->payment.day, &look->cell_count,
		&look->cell_value);
}

static struct look
look(struct market_fixture *market, int64_t payment_id)
{
	struct look asked = {
		.query = {.run = look_at, .arena = market->arena}, .payment_id = payment_id};

	assert_int_equal(books_ask_wait(market->books, &asked.query).code, ERR_OK);
	return asked;
}

static struct payment_refund_command
by_hand(struct market_fixture *market, int64_t payment_id, int64_t amount, int64_t transfer_id)
{
	struct payment_refund_command refund = {
		.command = {.apply = payment_refund_apply, .arena = market->arena},
		.payment_id = payment_id,
		.amount = {amount},
		.transfer_id = transfer_id,
		.person = STR("Lan"),
		.why = STR("khách trả hàng"),
	};
	struct err ignored UNUSED = books_submit_wait(market->books, &refund.command);

	return refund;
}

/* A number that the bank has not used. */
static const char *
new_id(struct arena *arena)
{
	static int last = 100;

	return arena_printf(arena, "%d", ++last).ptr;
}

static struct settlement
money(struct market_fixture *market, const char *account, struct str memo, int64_t amount, bool out)
{
	return market_credit(market, &(struct credit){.id = new_id(market->arena),
					     .account = account,
					     .memo = arena_cstr(market->arena, memo),
					     .amount = amount,
					     .outgoing = out});
}

/* ---- told by the bank ----------------------------------------------------------------------- */

/* In for a charge of 50.000 of A02, then one transfer out with its reference. */
static const struct {
	const char *name;
	int64_t in[2], out;
	const char *states[2]; /* of the payments; NULL: untouched */
	int64_t refunded;
} rows[] = {
	{"all of it", {50000, 0}, 50000, {"refunded"}, 50000},
	{"some of it", {50000, 0}, 20000, {"partly_refunded"}, 20000},
	{"what is too much", {60000, 0}, 10000, {"partly_refunded"}, 10000},
	{"more than came in", {50000, 0}, 50001, {"confirmed"}, 0},
	{"of two, the newest first", {30000, 20000}, 20000, {"confirmed", "refunded"}, 20000},
	{"... and some of the other", {30000, 20000}, 25000, {"partly_refunded", "refunded"},
		25000},
	{"... and all", {30000, 20000}, 50000, {"refunded", "refunded"}, 50000},
	{"... and no more", {30000, 20000}, 50001, {"confirmed", "confirmed"}, 0},
};

static void
a_charge_in_the_note_is_refunded(void **state)
{
	struct market_fixture *market = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct charge charge = market_charge(market, "A02", 50000), now;
		struct settlement in[2] = {0}, out;

		for (size_t n = 0; n < 2 && rows[i].in[n] > 0; n++)
			in[n] = money(market, SHARED, charge.reference, rows[i].in[n], false);
		now = market_charge_now(market, charge.reference);
		out = money(market, SHARED,
			arena_printf(market->arena, "HOAN TIEN %.*s", STR_FMT(charge.reference)),
			rows[i].out, true);
		assert_true(out.outgoing);
		assert_int_equal(out.adjustment_id != 0, rows[i].refunded != 0);
		for (size_t n = 0; n < 2 && rows[i].in[n] > 0; n++) {
			struct look after = look(market, in[n].payment_id);

			if (strcmp(payment_state(&after.payment), rows[i].states[n]) != 0)
				fail_msg("%s: payment %zu is %s", rows[i].name, n,
					payment_state(&after.payment));
		}
		assert_string_equal(
			market_charge_now(market, charge.reference).state.ptr, now.state.ptr);
		assert_int_equal(market_charge_now(market, charge.reference).refunded.dong,
			rows[i].refunded);
	}
	market_assert_verified(market);
}

static void
what_does_not_name_one_payment_stays_unlinked(void **state)
{
	struct market_fixture *market = *state;
	struct charge one = market_charge(market, "A02", 1000);
	struct charge two = market_charge(market, "A02", 1000);
	struct str stall = market_stall(market, "A02").reference;

	money(market, SHARED, one.reference, 1000, false);
	money(market, SHARED, two.reference, 1000, false);
	/* two charges; another account; a stall with two such payments; nobody */
	assert_int_equal(money(market, SHARED,
				 arena_printf(market->arena, "%.*s %.*s", STR_FMT(one.reference),
					 STR_FMT(two.reference)),
				 1000, true)
				 .adjustment_id,
		0);
	assert_int_equal(money(market, VCB, one.reference, 1000, true).adjustment_id, 0);
	assert_int_equal(money(market, SHARED, stall, 1000, true).adjustment_id, 0);
	assert_int_equal(money(market, SHARED, STR("tien dien"), 1000, true).adjustment_id, 0);
	/* one of them is given back: now the stall's reference names the other */
	assert_int_not_equal(money(market, SHARED, two.reference, 1000, true).adjustment_id, 0);
	assert_int_not_equal(money(market, SHARED, stall, 1000, true).adjustment_id, 0);
	assert_int_equal(market_charge_now(market, one.reference).refunded.dong, 1000);
	market_assert_verified(market);
}

static void
the_bank_takes_back_what_has_its_reference(void **state)
{
	struct market_fixture *market = *state;
	struct credit credit = {.id = "1",
		.account = VCB,
		.memo = "rau",
		.amount = 7000,
		.bank_ref = "FT26209000000077"};
	struct settlement in = market_credit(market, &credit), out;
	struct look after;

	credit.id = "2";
	credit.outgoing = true;
	credit.memo = "REV";
	credit.amount = 6999;
	assert_int_equal(market_credit(market, &credit).adjustment_id, 0);
	credit.id = "3";
	credit.amount = 7000;
	out = market_credit(market, &credit);
	assert_int_not_equal(out.adjustment_id, 0);
	assert_int_equal(out.stall_id, in.stall_id);
	after = look(market, in.payment_id);
	assert_string_equal(payment_state(&after.payment), "reversed");
	assert_int_equal(after.cell_count, 0);
	assert_int_equal(after.cell_value.dong, 0);
	assert_true(market_credit(market, &credit).replay);
	market_assert_verified(market);
}

static void
the_day_of_the_payment_is_reduced(void **state)
{
	struct market_fixture *market = *state;
	int64_t yesterday = books_now_ms(market->books) - MS_PER_DAY;
	struct settlement in = market_credit(market, &(struct credit){.id = "1",
							     .account = VCB,
							     .memo = "x",
							     .amount = 9000,
							     .booked_at_ms = yesterday});
	struct settlement today = money(market, VCB, STR("y"), 500, false);
	struct look after;

	assert_int_equal(by_hand(market, in.payment_id, 4000, 0).command.result.code, ERR_OK);
	after = look(market, in.payment_id);
	assert_int_equal(after.cell_count, 1);
	assert_int_equal(after.cell_value.dong, 5000);
	assert_int_equal(by_hand(market, in.payment_id, 5000, 0).command.result.code, ERR_OK);
	after = look(market, in.payment_id);
	assert_int_equal(after.cell_count, 0);
	assert_int_equal(after.cell_value.dong, 0);
	after = look(market, today.payment_id);
	assert_int_equal(after.cell_value.dong, 500);
	market_assert_verified(market);
}

/* ---- said by a person ----------------------------------------------------------------------- */

static void
a_person_gives_back_what_is_left_and_no_more(void **state)
{
	struct market_fixture *market = *state;
	struct settlement in = money(market, VCB, STR("rau"), 1000, false);
	struct payment_refund_command refund = by_hand(market, in.payment_id, 600, 0);

	assert_int_equal(refund.command.result.code, ERR_OK);
	assert_string_equal(payment_state(&refund.payment), "partly_refunded");
	assert_int_equal(by_hand(market, in.payment_id, 401, 0).command.result.code, ERR_CONFLICT);
	assert_int_equal(by_hand(market, in.payment_id, 0, 0).command.result.code, ERR_INVALID);
	assert_int_equal(by_hand(market, 1, 1, 0).command.result.code, ERR_NOT_FOUND);
	assert_int_equal(by_hand(market, in.payment_id, 400, 0).command.result.code, ERR_OK);
	assert_int_equal(by_hand(market, in.payment_id, 1, 0).command.result.code, ERR_CONFLICT);
	market_assert_verified(market);
}

static void
money_out_serves_its_own_stall_and_its_own_amount(void **state)
{
	struct market_fixture *market = *state;
	struct settlement in = money(market, VCB, STR("rau"), 1000, false);
	int64_t out = money(market, VCB, STR("tra khach"), 700, true).transfer_id;
	int64_t foreign = money(market, SHARED, STR("tra khach"), 700, true).transfer_id;

	assert_int_equal(
		by_hand(market, in.payment_id, 700, foreign).command.result.code, ERR_CONFLICT);
	assert_int_equal(by_hand(market, in.payment_id, 700, in.transfer_id).command.result.code,
		ERR_INVALID);
	assert_int_equal(
		by_hand(market, in.payment_id, 701, out).command.result.code, ERR_CONFLICT);
	assert_int_equal(by_hand(market, in.payment_id, 700, out).command.result.code, ERR_OK);
	in = money(market, VCB, STR("ca"), 1000, false);
	assert_int_equal(by_hand(market, in.payment_id, 1, out).command.result.code, ERR_CONFLICT);
	market_assert_verified(market);
}

static void
what_a_person_recorded_the_bank_tells_later(void **state)
{
	struct market_fixture *market = *state;
	struct charge charge = market_charge(market, "A02", 1000);
	struct settlement in = money(market, SHARED, charge.reference, 1000, false);
	struct payment_refund_command refund = by_hand(market, in.payment_id, 300, 0);
	struct settlement out = money(market, SHARED, charge.reference, 300, true);

	assert_int_equal(out.adjustment_id, refund.adjustment.id);
	assert_int_equal(market_charge_now(market, charge.reference).refunded.dong, 300);
	/* Another one of the same amount is another refund. */
	out = money(market, SHARED, charge.reference, 300, true);
	assert_int_not_equal(out.adjustment_id, refund.adjustment.id);
	assert_int_equal(market_charge_now(market, charge.reference).refunded.dong, 600);
	market_assert_verified(market);
}

static void
given_back_and_paid_again_is_paid(void **state)
{
	struct market_fixture *market = *state;
	struct charge charge = market_charge(market, "A02", 1000);

	money(market, SHARED, charge.reference, 600, false);
	money(market, SHARED, charge.reference, 600, true);
	money(market, SHARED, charge.reference, 1000, false);
	assert_string_equal(market_charge_now(market, charge.reference).state.ptr, "paid");
	money(market, SHARED, charge.reference, 1000, true);
	money(market, SHARED, charge.reference, 1000, false);
	assert_string_equal(market_charge_now(market, charge.reference).state.ptr, "paid");
	money(market, SHARED, charge.reference, 1, false);
	assert_string_equal(market_charge_now(market, charge.reference).state.ptr, "over");
	market_assert_verified(market);
}

/* ---- walks ---------------------------------------------------------------------------------- */

#define CHARGES 4
#define STEPS 60
#define WALKS 12

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* How far along a state is: no event may lead to a lower one. */
static int
rank(struct str name)
{
	static const int ranks[CHARGE_STATES] = {
		[CHARGE_EXPIRED] = 1,
		[CHARGE_CANCELLED] = 1,
		[CHARGE_SHORT] = 2,
		[CHARGE_PAID] = 3,
		[CHARGE_OVER] = 4,
		[CHARGE_PAID_LATE] = 4,
	};
	enum charge_state state;

	assert_true(charge_state_parse(name, &state));
	return ranks[state];
}

struct walk {
	struct market_fixture *market;
	uint32_t seed;
	struct charge charges[CHARGES];
	int64_t payments[STEPS], payment_count;
	struct credit told[STEPS];
	size_t told_count;
};

static int64_t
some(struct walk *walk, int64_t limit)
{
	return 1 + (int64_t)(next_random(&walk->seed) % (uint32_t)limit);
}

/* Money in or out for a charge, told now or, as it was told before, once more. */
static void
tell(struct walk *walk, const struct charge *charge, bool out)
{
	struct credit *credit = &walk->told[walk->told_count];
	struct settlement settled;

	if (walk->told_count > 0 && some(walk, 5) == 1)
		credit = &walk->told[next_random(&walk->seed) % walk->told_count];
	else
		*credit = (struct credit){
			.id = new_id(walk->market->arena),
			.account = SHARED,
			.memo = charge->reference.ptr,
			.amount = some(walk, 60) * 1000,
			.outgoing = out,
			.booked_at_ms = charge->expires_at_ms +
					(some(walk, 10) - 8) * 60 * MS_PER_SECOND,
		};
	walk->told_count += credit == &walk->told[walk->told_count];
	settled = market_credit(walk->market, credit);
	if (settled.payment_id != 0)
		walk->payments[walk->payment_count++] = settled.payment_id;
}

static void
press_cancel(struct walk *walk, const struct charge *charge)
{
	struct charge_cancel_command cancel = {
		.command = {.apply = charge_cancel_apply, .arena = walk->market->arena},
		.reference = charge->reference,
	};
	struct err err = books_submit_wait(walk->market->books, &cancel.command);

	assert_true(err.code == ERR_OK || err.code == ERR_CONFLICT);
}

static void
expire_all(struct walk *walk)
{
	struct charges_expire_command expire = {
		.command = {.apply = charges_expire_apply, .arena = walk->market->arena}};

	assert_int_equal(books_submit_wait(walk->market->books, &expire.command).code, ERR_OK);
}

static void
step(struct walk *walk)
{
	const struct charge *charge = &walk->charges[next_random(&walk->seed) % CHARGES];

	switch (next_random(&walk->seed) % 10) {
	case 0:
		press_cancel(walk, charge);
		break;
	case 1:
		expire_all(walk);
		break;
	case 2:
		if (walk->payment_count > 0)
			by_hand(walk->market,
				walk->payments[next_random(&walk->seed) %
					       (uint32_t)walk->payment_count],
				some(walk, 30) * 1000, 0);
		break;
	case 3:
	case 4:
	case 5:
		tell(walk, charge, true);
		break;
	default:
		tell(walk, charge, false);
	}
}

static void
check(struct walk *walk, uint32_t seed, int at)
{
	for (size_t i = 0; i < CHARGES; i++) {
		struct charge now = market_charge_now(walk->market, walk->charges[i].reference);

		if (rank(now.state) < rank(walk->charges[i].state) ||
			now.paid.dong < walk->charges[i].paid.dong ||
			now.refunded.dong < walk->charges[i].refunded.dong ||
			now.refunded.dong > now.paid.dong)
			fail_msg("seed %u step %d: %.*s after %.*s", seed, at, STR_FMT(now.state),
				STR_FMT(walk->charges[i].state));
		walk->charges[i] = now;
	}
}

static void
no_walk_goes_backwards(void **state)
{
	struct market_fixture *market = *state;
	int64_t received = 0;

	market->clock_offset_ms = -30 * 60 * MS_PER_SECOND;
	market_reopen(market);
	for (uint32_t seed = 1; seed <= WALKS; seed++) {
		struct walk walk = {.market = market, .seed = seed};

		for (size_t i = 0; i < CHARGES; i++)
			walk.charges[i] = market_charge(market, "A02", some(&walk, 60) * 1000);
		market->clock_offset_ms += 30 * 60 * MS_PER_SECOND;
		market_reopen(market);
		for (int at = 0; at < STEPS; at++) {
			step(&walk);
			check(&walk, seed, at);
		}
		for (size_t i = 0; i < walk.told_count; i++)
			received += walk.told[i].outgoing ? 0 : walk.told[i].amount;
		market_assert_verified(market);
		assert_int_equal(market_count(market, "attributed"), received);
	}
}

int
main(void)
{
#define STORY(f) cmocka_unit_test_setup_teardown(f, market_setup, market_teardown)
	const struct CMUnitTest tests[] = {
		STORY(a_charge_in_the_note_is_refunded),
		STORY(what_does_not_name_one_payment_stays_unlinked),
		STORY(the_bank_takes_back_what_has_its_reference),
		STORY(the_day_of_the_payment_is_reduced),
		STORY(a_person_gives_back_what_is_left_and_no_more),
		STORY(money_out_serves_its_own_stall_and_its_own_amount),
		STORY(what_a_person_recorded_the_bank_tells_later),
		STORY(given_back_and_paid_again_is_paid),
		STORY(no_walk_goes_backwards),
	};

	return cmocka_run_group_tests_name("refunds", tests, NULL, NULL);
}
