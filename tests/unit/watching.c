/* What is watched raises its alarm once while it goes on, again when it comes back, and is closed
 * by a person once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/market.h"
#include "chopay/watching.h"

#define ALARMS_SHOWN 20

/* ---- looking -------------------------------------------------------------------------------- */

struct look {
	struct query query;
	struct alarm_filter filter;
	struct alarm alarms[ALARMS_SHOWN];
	size_t count;
};

static struct err
look_at(struct db *db, struct query *query)
{
	struct look *look = (struct look *)query;

	return alarms_list(
		db, query->arena, &look->filter, 0, ALARMS_SHOWN, look->alarms, &look->count);
}

static struct look
alarms(struct market_fixture *market, enum alarm_state state)
{
	struct look look = {
		.query = {.run = look_at, .arena = market->arena}, .filter = {STR(""), state}};

	assert_int_equal(books_ask_wait(market->books, &look.query).code, ERR_OK);
	return look;
}

/* These subjects are silent; everything of the kind was looked at. */
static bool
watch(struct market_fixture *market, const char *kind, const char *const *subjects, size_t count)
{
	const char *kinds[] = {kind};
	struct watched holds[8];
	struct watch_command command = {
		.command = {.apply = watch_apply, .arena = market->arena},
		.kinds = kinds,
		.kind_count = 1,
		.holds = holds,
		.count = count,
	};

	for (size_t i = 0; i < count; i++)
		holds[i] = (struct watched){str_from(kind), str_from(subjects[i]), STR("why")};
	assert_int_equal(books_submit_wait(market->books, &command.command).code, ERR_OK);
	return command.raised;
}

static struct err
close_alarm(struct market_fixture *market, int64_t id, const char *person, const char *why)
{
	struct alarm_close_command command = {
		.command = {.apply = alarm_close_apply, .arena = market->arena},
		.id = id,
		.person = str_from(person),
		.why = str_from(why),
	};

	return books_submit_wait(market->books, &command.command);
}

/* ---- what must hold ------------------------------------------------------------------------- */

static void
raised_when_it_begins(void **state)
{
	struct market_fixture *market = *state;
	const char *one[] = {"A01"}, *two[] = {"A01", "A02"};

	assert_true(watch(market, ALARM_SILENT_STALL, one, 1));
	assert_false(watch(market, ALARM_SILENT_STALL, one, 1));
	assert_int_equal(alarms(market, ALARMS_ALL).count, 1);
	assert_true(watch(market, ALARM_SILENT_STALL, two, 2));
	assert_int_equal(alarms(market, ALARMS_ALL).count, 2);
	/* Over, and back: that is news. */
	assert_false(watch(market, ALARM_SILENT_STALL, NULL, 0));
	assert_true(watch(market, ALARM_SILENT_STALL, one, 1));
	assert_int_equal(alarms(market, ALARMS_ALL).count, 3);
	market_reopen(market);
	assert_false(watch(market, ALARM_SILENT_STALL, one, 1));
}

static void
a_kind_that_was_not_looked_at_goes_on(void **state)
{
	struct market_fixture *market = *state;
	const char *one[] = {"A01"};

	assert_true(watch(market, ALARM_SILENT_STALL, one, 1));
	assert_true(watch(market, ALARM_DISK, one, 1));
	assert_false(watch(market, ALARM_DISK, NULL, 0));
	assert_false(watch(market, ALARM_SILENT_STALL, one, 1));
}

static void
closed_once_with_a_word_why(void **state)
{
	struct market_fixture *market = *state;
	const char *one[] = {"A01"};
	struct look look;
	int64_t id;

	assert_true(watch(market, ALARM_STICKER_SWAP, one, 1));
	id = alarms(market, ALARMS_OPEN).alarms[0].id;
	assert_int_equal(close_alarm(market, id, "Lan", " ").code, ERR_INVALID);
	assert_int_equal(close_alarm(market, id, "", "đã xem").code, ERR_INVALID);
	assert_int_equal(close_alarm(market, id + 1, "Lan", "đã xem").code, ERR_NOT_FOUND);
	assert_int_equal(close_alarm(market, id, "Lan", "đã xem").code, ERR_OK);
	assert_int_equal(close_alarm(market, id, "Ba", "nữa").code, ERR_CONFLICT);
	assert_int_equal(alarms(market, ALARMS_OPEN).count, 0);
	look = alarms(market, ALARMS_CLOSED);
	assert_int_equal(look.count, 1);
	assert_true(str_eq(look.alarms[0].closed_by, STR("Lan")));
	assert_true(str_eq(look.alarms[0].why, STR("đã xem")));
	/* It goes on: closed stays closed. */
	assert_false(watch(market, ALARM_STICKER_SWAP, one, 1));
	assert_int_equal(alarms(market, ALARMS_OPEN).count, 0);
	market_assert_verified(market);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			raised_when_it_begins, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			a_kind_that_was_not_looked_at_goes_on, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			closed_once_with_a_word_why, market_setup, market_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
