/* Charges that a phone minted without a network: whose counters are whose, and what a charge is by
 * the money that came before it was told of. */
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
#include "chopay/minted.h"

#define PREFIX "CH"
#define SHARED "19990002" /* of A02 and A03 */
#define BLOCKS_MAX (REFERENCE_CHARGE_COUNTERS / COUNTER_BLOCK_SIZE)

static struct block_lease_command
lease(struct market_fixture *market, const char *stall, uint32_t first, uint32_t left)
{
	struct block_lease_command asked = {
		.command = {.apply = block_lease_apply, .arena = market->arena},
		.stall_id = market_stall(market, stall).id,
		.principal = STR("stall:1"),
		.first = first,
		.left = left,
	};

	assert_int_equal(books_submit_wait(market->books, &asked.command).code, ERR_OK);
	return asked;
}

/* The next reference of the block. */
static struct reference
mint(struct block_lease_command *block)
{
	struct reference made;
	struct err err;

	do {
		assert_true(block->left > 0);
		err = reference_charge(STR(PREFIX), block->of.number,
			block->first + COUNTER_BLOCK_SIZE - block->left--, &made);
	} while (err.code == ERR_CONFLICT);
	assert_int_equal(err.code, ERR_OK);
	return made;
}

static struct charge_create_command
tell(struct market_fixture *market, const char *stall, struct str reference, int64_t amount,
	int64_t minted_at_ms)
{
	struct charge_create_command create = {
		.command = {.apply = charge_create_apply, .arena = market->arena},
		.stall = str_from(stall),
		.amount = {amount},
		.minted = reference,
		.minted_at_ms = minted_at_ms,
	};
	struct err ignored UNUSED = books_submit_wait(market->books, &create.command);

	return create;
}

static struct settlement
money(struct market_fixture *market, const char *memo, int64_t amount, bool out)
{
	static int last = 100;

	return market_credit(
		market, &(struct credit){.id = arena_printf(market->arena, "%d", ++last).ptr,
				.account = SHARED,
				.memo = memo,
				.amount = amount,
				.outgoing = out});
}

/* ---- blocks --------------------------------------------------------------------------------- */

static void
nobody_mints_anothers_counters(void **state)
{
	struct market_fixture *market = *state;
	struct block_lease_command a = lease(market, "A02", 0, 0), b = lease(market, "A02", 0, 0);
	struct reference made[4 * COUNTER_BLOCK_SIZE];
	size_t count = 0;

	assert_true(a.fresh && b.fresh);
	assert_true(a.first + COUNTER_BLOCK_SIZE <= b.first);
	while (a.left > 30)
		made[count++] = mint(&a);
	while (b.left > 30)
		made[count++] = mint(&b);
	for (int i = 0; i < 20; i++) {
		struct str minted = market_charge(market, "A02", 1000).reference;

		assert_true(reference_is(STR(PREFIX), minted, &made[count++]));
	}
	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; n < i; n++)
			assert_string_not_equal(made[i].text, made[n].text);
}

static void
a_device_keeps_its_block_while_half_of_it_is_left(void **state)
{
	struct market_fixture *market = *state;
	struct block_lease_command first = lease(market, "A01", 0, 0);

	assert_false(lease(market, "A01", first.first, COUNTER_BLOCK_SIZE).fresh);
	assert_false(lease(market, "A01", first.first, COUNTER_BLOCK_SIZE / 2).fresh);
	assert_true(lease(market, "A01", first.first, COUNTER_BLOCK_SIZE / 2 - 1).fresh);
	assert_true(lease(market, "A01", first.first, COUNTER_BLOCK_SIZE + 1).fresh);
	assert_true(lease(market, "A01", first.first + 1, COUNTER_BLOCK_SIZE).fresh);
	assert_true(lease(market, "A02", first.first, COUNTER_BLOCK_SIZE).fresh);
}

struct all_blocks {
	struct command command;
	int64_t stall_id;
	uint32_t leased;
	struct err end;
};

static struct err
lease_all(struct tx *tx, struct command *self)
{
	struct all_blocks *all = (struct all_blocks *)self;

	for (all->leased = 0; all->leased <= BLOCKS_MAX; all->leased++) {
		struct counter_block block = {.stall_id = all->stall_id, .holder = STR("key:1")};

		all->end = blocks_lease(tx->db, &block);
		if (all->end.code != ERR_OK)
			return OK;
		assert_int_equal(block.first, all->leased * COUNTER_BLOCK_SIZE);
	}
	return OK;
}

static void
counters_end_and_do_not_begin_anew(void **state)
{
	struct market_fixture *market = *state;
	struct all_blocks all = {.command = {.apply = lease_all, .arena = market->arena},
		.stall_id = market_stall(market, "A01").id};

	assert_int_equal(books_submit_wait(market->books, &all.command).code, ERR_OK);
	assert_int_equal(all.leased, BLOCKS_MAX);
	assert_int_equal(all.end.code, ERR_CONFLICT);
}

/* ---- money first ---------------------------------------------------------------------------- */

static const struct {
	const char *name;
	int64_t in[2], out;
	int64_t amount;
	const char *state;
} rows[] = {
	{"nothing", {0, 0}, 0, 50000, "open"},
	{"all of it", {50000, 0}, 0, 50000, "paid"},
	{"too little", {20000, 0}, 0, 50000, "short"},
	{"in two", {20000, 30000}, 0, 50000, "paid"},
	{"too much", {50001, 0}, 0, 50000, "over"},
	{"too much in two", {50000, 1}, 0, 50000, "over"},
	{"all of it, and given back", {50000, 0}, 50000, 50000, "paid"},
	{"too little, some of it given back", {20000, 0}, 5000, 50000, "short"},
};

static void
a_charge_is_what_came_before_it(void **state)
{
	struct market_fixture *market = *state;
	struct block_lease_command block = lease(market, "A02", 0, 0);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct reference reference = mint(&block);
		struct charge_create_command told, again;
		int64_t paid = rows[i].in[0] + rows[i].in[1];

		print_message("%s\n", rows[i].name);
		for (size_t n = 0; n < 2 && rows[i].in[n] > 0; n++)
			assert_int_equal(
				money(market, reference.text, rows[i].in[n], false).stall_id,
				block.of.id);
		if (rows[i].out > 0)
			money(market, reference.text, rows[i].out, true);
		market_assert_verified(market);
		told = tell(market, "A02", str_from(reference.text), rows[i].amount, block.now_ms);
		assert_int_equal(told.command.result.code, ERR_OK);
		assert_string_equal(told.charge.state.ptr, rows[i].state);
		assert_int_equal(told.charge.paid.dong, paid);
		assert_int_equal(told.charge.refunded.dong, rows[i].out);
		again = tell(market, "A02", str_from(reference.text), rows[i].amount, 0);
		assert_int_equal(again.command.result.code, ERR_OK);
		assert_true(again.repeated);
		assert_int_equal(again.charge.id, told.charge.id);
		market_assert_verified(market);
	}
}

static void
what_is_not_the_stalls_own_is_refused(void **state)
{
	struct market_fixture *market = *state;
	struct block_lease_command own = lease(market, "A02", 0, 0);
	struct block_lease_command other = lease(market, "A03", 0, 0);
	struct block_lease_command beyond = own;
	struct reference good = mint(&own), theirs = mint(&other), unleased;
	const struct {
		const char *name;
		struct str reference;
		int64_t amount;
		enum err_code code;
	} refused[] = {
		{"another stall's", str_from(theirs.text), 1000, ERR_INVALID},
		{"of no block", str_from(unleased.text), 1000, ERR_INVALID},
		{"the stall's own reference", own.of.reference, 1000, ERR_INVALID},
		{"no reference", STR("CHC0"), 1000, ERR_INVALID},
		{"nothing to pay", str_from(good.text), 0, ERR_INVALID},
	};

	beyond.first += 8 * COUNTER_BLOCK_SIZE;
	beyond.left = COUNTER_BLOCK_SIZE;
	unleased = mint(&beyond);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct str reference = i == 1 ? str_from(unleased.text) : refused[i].reference;

		print_message("%s\n", refused[i].name);
		assert_int_equal(
			tell(market, "A02", reference, refused[i].amount, 0).command.result.code,
			refused[i].code);
	}
	assert_int_equal(
		tell(market, "A02", str_from(good.text), 1000, 0).command.result.code, ERR_OK);
	assert_int_equal(tell(market, "A02", str_from(good.text), 1001, 0).command.result.code,
		ERR_CONFLICT);
	/* One that the gateway minted itself is told of as well, to the same end. */
	assert_true(
		tell(market, "A02", market_charge(market, "A02", 700).reference, 700, 0).repeated);
	/* What no block holds was never issued: a shared account's credit waits for a person. */
	assert_true(money(market, unleased.text, 1000, false).held);
}

static void
a_phones_clock_is_believed_between_the_lease_and_now(void **state)
{
	struct market_fixture *market = *state;
	struct block_lease_command block = lease(market, "A02", 0, 0);
	const int64_t hour = 3600 * MS_PER_SECOND;
	struct charge early =
		tell(market, "A02", str_from(mint(&block).text), 1000, block.now_ms - hour).charge;
	struct charge late =
		tell(market, "A02", str_from(mint(&block).text), 1000, block.now_ms + hour).charge;

	assert_int_equal(early.created_at_ms, block.now_ms);
	assert_true(late.created_at_ms >= block.now_ms && late.created_at_ms < block.now_ms + hour);
	assert_int_equal(
		early.expires_at_ms - early.created_at_ms, CHARGE_TTL_DEFAULT_S * MS_PER_SECOND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			nobody_mints_anothers_counters, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(a_device_keeps_its_block_while_half_of_it_is_left,
			market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			counters_end_and_do_not_begin_anew, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			a_charge_is_what_came_before_it, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_not_the_stalls_own_is_refused, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			a_phones_clock_is_believed_between_the_lease_and_now, market_setup,
			market_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
