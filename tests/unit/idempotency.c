/* Idempotency keys: one charge for each, for as long as they are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/market.h"
#include "chopay/charge_commands.h"

#define HOUR_MS (60 * 60 * MS_PER_SECOND)
#define FLOOD 1500 /* more than one tick forgets, and less than two */

/* Was the key known? */
static bool
ask_again(struct market_fixture *market, const char *principal, struct str key)
{
	struct charge_create_command create = {
		.command = {.apply = charge_create_apply, .arena = market->arena},
		.stall = STR("A01"),
		.amount = {1000},
		.principal = str_from(principal),
		.key = key,
	};

	assert_int_equal(books_submit_wait(market->books, &create.command).code, ERR_OK);
	return create.repeated;
}

struct key_query {
	struct query query;
	struct str key;
	bool known;
};

static struct err
look_up(struct db *db, struct query *query)
{
	struct key_query *asked = (struct key_query *)query;
	struct str reference;
	struct err err = idempotency_find(
		db, query->arena, STR("key:1"), asked->key, STR("x"), &reference);

	asked->known = err.code == ERR_OK;
	return err.code == ERR_NOT_FOUND ? OK : err;
}

static bool
is_known(struct market_fixture *market, struct str key)
{
	struct key_query asked = {.query = {.run = look_up, .arena = market->arena}, .key = key};

	assert_int_equal(books_ask_wait(market->books, &asked.query).code, ERR_OK);
	return asked.known;
}

static void
tick(struct market_fixture *market)
{
	struct charges_expire_command expire = {
		.command = {.apply = charges_expire_apply, .arena = market->arena}};

	assert_int_equal(books_submit_wait(market->books, &expire.command).code, ERR_OK);
}

static void
later(struct market_fixture *market, int64_t ms)
{
	market->clock_offset_ms += ms;
	market_reopen(market);
	tick(market);
}

static void
a_key_is_kept_for_its_time(void **state)
{
	struct market_fixture *market = *state;

	assert_false(ask_again(market, "key:1", STR("a")));
	assert_false(ask_again(market, "key:2", STR("a")));
	tick(market);
	assert_true(ask_again(market, "key:1", STR("a")));
	later(market, IDEMPOTENCY_KEPT_MS - HOUR_MS);
	assert_true(ask_again(market, "key:1", STR("a"))); /* which makes it no younger */
	assert_false(ask_again(market, "key:1", STR("b")));
	later(market, 2 * HOUR_MS);
	assert_false(ask_again(market, "key:1", STR("a")));
	assert_false(ask_again(market, "key:2", STR("a")));
	assert_true(ask_again(market, "key:1", STR("b")));
	assert_true(ask_again(market, "key:1", STR("a"))); /* the new one is kept as well */
	market_assert_verified(market);
}

static struct err
put_flood(struct tx *tx, struct command *self)
{
	for (int i = 0; i < FLOOD; i++)
		TRY(idempotency_put(tx->db, STR("key:1"), arena_printf(self->arena, "%d", i),
			STR("x"), STR("y"), tx->now_ms + i));
	return OK;
}

static void
many_are_forgotten_in_turns_the_oldest_first(void **state)
{
	struct market_fixture *market = *state;
	struct command flood = {.apply = put_flood, .arena = market->arena};
	struct str last = arena_printf(market->arena, "%d", FLOOD - 1);

	assert_int_equal(books_submit_wait(market->books, &flood).code, ERR_OK);
	later(market, IDEMPOTENCY_KEPT_MS + HOUR_MS);
	assert_false(is_known(market, STR("0")));
	assert_true(is_known(market, last));
	tick(market);
	assert_false(is_known(market, last));
}

int
main(void)
{
#define STORY(f) cmocka_unit_test_setup_teardown(f, market_setup, market_teardown)
	const struct CMUnitTest tests[] = {
		STORY(a_key_is_kept_for_its_time),
		STORY(many_are_forgotten_in_turns_the_oldest_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
