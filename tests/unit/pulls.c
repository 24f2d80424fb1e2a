/* How polls go, as the books note it: the cursor with its page, and the alarm after half an hour.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../support/market.h"

#define MINUTE (60 * MS_PER_SECOND)

static struct err
put_pull(struct tx *tx, struct command *self)
{
	(void)self;
	return pulls_put(tx->db, &(struct pull){.id = STR("p1"),
					 .source = STR("sepay_list_v1"),
					 .account_no = STR("0071000000001"),
					 .base_url = STR("https://x"),
					 .token = STR("sealed"),
					 .every_s = 300,
					 .cursor = STR(""),
					 .created_at_ms = tx->now_ms});
}

static int
set_up(void **state)
{
	struct market_fixture *market = market_open();
	struct command put = {.apply = put_pull, .arena = market->arena};

	*state = market;
	return books_submit_wait(market->books, &put).code;
}

struct asked {
	struct query query;
	struct pull pull;
	int64_t alarms;
};

static struct err
look(struct db *db, struct query *query)
{
	struct asked *asked = (struct asked *)query;

	TRY(alarms_count(db, &asked->alarms));
	return pulls_get(db, query->arena, STR("p1"), &asked->pull);
}

static struct asked
now(struct market_fixture *market)
{
	struct asked asked = {.query = {.run = look, .arena = market->arena}};

	assert_int_equal(books_ask_wait(market->books, &asked.query).code, ERR_OK);
	return asked;
}

static void
poll_fails(struct market_fixture *market, int64_t minutes_later)
{
	struct pull_failed_command failed = {
		.command = {.apply = pull_failed_apply, .arena = market->arena},
		.pull_id = STR("p1"),
		.why = STR("the source fails (5xx)"),
	};

	market->clock_offset_ms += minutes_later * MINUTE;
	market_reopen(market);
	assert_int_equal(books_submit_wait(market->books, &failed.command).code, ERR_OK);
}

/* A page of one line; `id` NULL: of none. */
static struct err
page(struct market_fixture *market, const char *id, const char *cursor, bool last, size_t strange)
{
	struct feed_event event = {.provider_txn_id = str_from(id),
		.account = STR("0071000000001"),
		.amount = {1000},
		.content = STR("x"),
		.time_ms = books_now_ms(market->books)};
	struct str bin = STR("");
	struct pull_page_command command = {
		.lines.settle =
			{
				.command = {.apply = pull_page_apply, .arena = market->arena},
				.feed = feed_find(STR("sepay_list_v1")),
				.endpoint_id = STR("p1"),
				.content_type = STR("application/json"),
				.raw = str_from(cursor),
				.events = &event,
				.bank_bins = &bin,
				.event_count = id == NULL ? 0 : 1,
			},
		.pull_id = STR("p1"),
		.cursor = str_from(cursor),
		.last = last,
		.strange = strange,
	};

	return books_submit_wait(market->books, &command.lines.settle.command);
}

static void
half_an_hour_of_failing_is_one_alarm(void **state)
{
	struct market_fixture *market = *state;

	poll_fails(market, 0);
	assert_true(str_eq(now(market).pull.last_error, STR("the source fails (5xx)")));
	poll_fails(market, 29);
	assert_int_equal(now(market).alarms, 0);
	poll_fails(market, 1);
	assert_int_equal(now(market).alarms, 1);
	poll_fails(market, 60);
	assert_int_equal(now(market).alarms, 1);

	/* It works again, then fails anew: half an hour from then. */
	assert_int_equal(page(market, NULL, "c1", true, 0).code, ERR_OK);
	assert_int_equal(now(market).pull.failing_since_ms, 0);
	assert_true(str_eq(now(market).pull.last_error, STR("")));
	poll_fails(market, 5);
	poll_fails(market, 29);
	assert_int_equal(now(market).alarms, 1);
	poll_fails(market, 1);
	assert_int_equal(now(market).alarms, 2);
}

static void
the_cursor_moves_with_its_page(void **state)
{
	struct market_fixture *market = *state;

	assert_int_equal(page(market, "1", "", false, 0).code, ERR_OK);
	assert_true(str_eq(now(market).pull.cursor, STR("")));
	assert_int_equal(now(market).pull.last_ok_ms, 0);
	assert_int_equal(page(market, "2", "c2", true, 0).code, ERR_OK);
	assert_true(str_eq(now(market).pull.cursor, STR("c2")));
	assert_int_not_equal(now(market).pull.last_ok_ms, 0);
	assert_int_equal(market_count(market, "transfers"), 2);
}

static struct err
remove_pull(struct tx *tx, struct command *self)
{
	(void)self;
	return pulls_remove(tx->db, STR("p1"), tx->now_ms);
}

static void
a_page_of_a_removed_pull_is_undone(void **state)
{
	struct market_fixture *market = *state;
	struct command removal = {.apply = remove_pull, .arena = market->arena};

	assert_int_equal(books_submit_wait(market->books, &removal).code, ERR_OK);
	assert_int_equal(page(market, "1", "c1", true, 0).code, ERR_NOT_FOUND);
	assert_int_equal(market_count(market, "transfers"), 0);
}

static void
more_lines_that_are_not_understood_alarm_again(void **state)
{
	static const struct {
		size_t strange;
		int64_t alarms;
	} rows[] = {{0, 0}, {2, 1}, {2, 1}, {1, 1}, {3, 2}, {0, 2}, {1, 3}};
	struct market_fixture *market = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(page(market, NULL, "c", true, rows[i].strange).code, ERR_OK);
		assert_int_equal(now(market).alarms, rows[i].alarms);
		assert_int_equal(now(market).pull.last_error.len > 0, rows[i].strange > 0);
	}
}

int
main(void)
{
#define STORY(f) cmocka_unit_test_setup_teardown(f, set_up, market_teardown)
	const struct CMUnitTest tests[] = {
		STORY(half_an_hour_of_failing_is_one_alarm),
		STORY(the_cursor_moves_with_its_page),
		STORY(a_page_of_a_removed_pull_is_undone),
		STORY(more_lines_that_are_not_understood_alarm_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
