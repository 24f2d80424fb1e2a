/* Lines of a list: booked once, known again, and the alarm for what no webhook brought. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../support/market.h"

#define ACCOUNT "0071000000001" /* A01's own */
#define MINUTE (60 * MS_PER_SECOND)

static const struct feed list = {
	.name = "a_list", .provider = "a_list", .key_prefix = "sepay"}; /* numbers as the webhook */

struct told {
	const char *id;
	int64_t amount, minutes_ago;
	bool outgoing;
};

/* The list tells these lines, as one page. */
static struct lines_command
tell(struct market_fixture *market, const struct told *told, size_t count)
{
	struct feed_event *events = arena_alloc(market->arena, count * sizeof(*events));
	struct str *bins = arena_alloc(market->arena, count * sizeof(*bins));
	struct lines_command lines = {
		.settle = {
			.command = {.apply = lines_apply, .arena = market->arena},
			.feed = &list,
			.endpoint_id = STR("pull1"),
			.content_type = STR("application/json"),
			.raw = arena_printf(
				market->arena, "page %lld %zu", (long long)told->amount, count),
			.events = events,
			.bank_bins = bins,
			.event_count = count,
		}};

	for (size_t i = 0; i < count; i++) {
		bins[i] = STR("");
		events[i] = (struct feed_event){
			.provider_txn_id = str_from(told[i].id),
			.account = STR(ACCOUNT),
			.amount = {told[i].amount},
			.outgoing = told[i].outgoing,
			.content = STR("tien rau"),
			.time_ms = books_now_ms(market->books) - told[i].minutes_ago * MINUTE,
		};
	}
	assert_int_equal(books_submit_wait(market->books, &lines.settle.command).code, ERR_OK);
	return lines;
}

struct alarm_query {
	struct query query;
	int64_t count;
};

static struct err
count_alarms(struct db *db, struct query *query)
{
	return alarms_count(db, &((struct alarm_query *)query)->count);
}

static int64_t
alarms(struct market_fixture *market)
{
	struct alarm_query asked = {.query = {.run = count_alarms, .arena = market->arena}};

	assert_int_equal(books_ask_wait(market->books, &asked.query).code, ERR_OK);
	return asked.count;
}

static void
webhook(struct market_fixture *market, const char *id, int64_t amount)
{
	market_credit(market,
		&(struct credit){.id = id, .account = ACCOUNT, .memo = "x", .amount = amount});
}

static void
later(struct market_fixture *market, int64_t minutes)
{
	market->clock_offset_ms += minutes * MINUTE;
	market_reopen(market);
}

static void
lines_are_booked_once(void **state)
{
	struct market_fixture *market = *state;
	const struct told page[] = {
		{"1", 1000, 5, false}, {"2", 2000, 4, false}, {"3", 500, 3, true}};
	struct lines_command lines;

	webhook(market, "2", 2000);
	lines = tell(market, page, 3);
	assert_int_equal(lines.fresh, 2);
	assert_int_equal(lines.known, 1);
	assert_int_equal(lines.held, 0);
	assert_true(lines.settle.settlements[1].replay);
	assert_true(lines.settle.settlements[2].outgoing);
	assert_int_equal(market_count(market, "payments"), 2);

	lines = tell(market, page, 3);
	assert_int_equal(lines.fresh, 0);
	assert_int_equal(lines.known, 3);
	assert_int_not_equal(lines.settle.settlements[0].transfer_id, 0);
	assert_int_equal(market_count(market, "payments"), 2);
	assert_int_equal(market_count(market, "attributed"), 3000);
}

static void
a_line_that_changes_its_amount_alarms_once(void **state)
{
	struct market_fixture *market = *state;

	tell(market, &(struct told){"1", 1000, 5, false}, 1);
	assert_true(tell(market, &(struct told){"1", 9000, 5, false}, 1)
			    .settle.settlements[0]
			    .conflict);
	assert_int_equal(alarms(market), 1);
	tell(market, &(struct told){"1", 9000, 5, false}, 1);
	assert_int_equal(alarms(market), 1);
	assert_int_equal(market_count(market, "attributed"), 1000);
}

/* Does a webhook tell of the account, when does the list tell, does the webhook come after it? */
static const struct {
	const char *name;
	bool watched;
	int64_t age;	   /* of the credit when the list tells it, minutes */
	int64_t wait;	   /* until the webhook, when not 0 */
	int64_t wait_list; /* then until the list tells again */
	int64_t alarms;
} waits[] = {
	{"late already", true, 11, 0, 0, 1},
	{"late already, and told again", true, 11, 0, 30, 1},
	{"found early, not yet late", true, 5, 0, 4, 0},
	{"found early, late by now", true, 5, 0, 6, 1},
	{"found early, then the webhook", true, 5, 3, 30, 0},
	{"no webhook tells of this account", false, 11, 0, 30, 0},
};

static void
a_credit_that_no_webhook_brought_alarms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		struct market_fixture *market = market_open();
		const struct told credit = {"7", 7000, waits[i].age, false};

		if (waits[i].watched)
			webhook(market, "1", 1000);
		tell(market, &credit, 1);
		if (waits[i].wait > 0) {
			later(market, waits[i].wait);
			webhook(market, "7", 7000);
		}
		if (waits[i].wait_list > 0) {
			later(market, waits[i].wait_list);
			tell(market, &(struct told){"9", 1, 0, true}, 1);
		}
		if (alarms(market) != waits[i].alarms)
			fail_msg("%s: %lld alarms", waits[i].name, (long long)alarms(market));
		market_free(market);
	}
}

/* The list is always faster: that webhooks tell of the account is known from their replays. */
static void
webhooks_behind_the_list_are_noticed(void **state)
{
	struct market_fixture *market = *state;

	tell(market, &(struct told){"1", 1000, 0, false}, 1);
	later(market, 2);
	webhook(market, "1", 1000);
	tell(market, &(struct told){"2", 2000, 0, false}, 1);
	later(market, 11);
	assert_int_equal(tell(market, &(struct told){"3", 3000, 0, false}, 1).missed, 1);
	assert_int_equal(alarms(market), 1);
}

static void
many_missed_credits_are_one_alarm(void **state)
{
	struct market_fixture *market = *state;
	struct told page[50];
	char ids[50][8];

	webhook(market, "999", 1000);
	for (int i = 0; i < 50; i++) {
		snprintf(ids[i], sizeof(ids[i]), "%d", 100 + i);
		page[i] = (struct told){ids[i], 1000 + i, 20, false};
	}
	assert_int_equal(tell(market, page, 50).missed, 50);
	assert_int_equal(alarms(market), 1);
}

int
main(void)
{
#define STORY(f) cmocka_unit_test_setup_teardown(f, market_setup, market_teardown)
	const struct CMUnitTest tests[] = {
		STORY(lines_are_booked_once),
		STORY(a_line_that_changes_its_amount_alarms_once),
		cmocka_unit_test(a_credit_that_no_webhook_brought_alarms),
		STORY(webhooks_behind_the_list_are_noticed),
		STORY(many_missed_credits_are_one_alarm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
