/* Settle, when the same transfer is told under several names, and when a bank asks first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../support/market.h"

#define MAIN_ACCOUNT "555" /* behind A04's virtual one */
#define VIRTUAL "VQRQ0004"
#define SOLE_ACCOUNT "0071000000001" /* of A01 */
#define EVENTS_MAX 4

static enum feed_reason
check_bill(const struct feed_event *event, const struct feed_bill *bill)
{
	if (!bill->found)
		return FEED_BAD_PAYLOAD;
	if (!bill->open)
		return FEED_NOT_SUCCESSFUL;
	return event->amount.dong == bill->due.dong ? FEED_OK : FEED_AMOUNT_MISMATCH;
}

static const enum feed_mode modes[] = {FEED_MODE_NONE};
static const struct feed one = {
	.name = "one", .key_prefix = "one", .modes = modes, .mode_count = 1};
static const struct feed two = {
	.name = "two", .key_prefix = "two", .modes = modes, .mode_count = 1};
static const struct feed unproved = {.name = "unproved",
	.key_prefix = "unproved",
	.modes = modes,
	.mode_count = 1,
	.account_unproved = true};
static const struct feed three = {
	.name = "three", .key_prefix = "three", .modes = modes, .mode_count = 1};
static const struct feed bills = {.name = "bills",
	.key_prefix = "bills",
	.modes = modes,
	.mode_count = 1,
	.check_bill = check_bill};

static struct feed_event
event_of(const char *id, const char *account, const char *virtual_account, const char *ref)
{
	return (struct feed_event){
		.provider_txn_id = str_from(id),
		.bank_txn_id = str_from(ref),
		.account = str_from(account),
		.virtual_account = str_from(virtual_account),
		.amount = {1000},
		.content = STR("hoa"),
		.time_ms = INT64_C(1785214800000),
	};
}

static struct settle_command
tell(struct market_fixture *market, const struct feed *feed, const struct feed_event *events,
	size_t count)
{
	static const struct str no_bins[EVENTS_MAX] = {{"", 0}, {"", 0}, {"", 0}, {"", 0}};
	struct settle_command settle = {
		.command = {.apply = settle_apply, .arena = market->arena},
		.feed = feed,
		.endpoint_id = STR("e1"),
		.content_type = STR("text/plain"),
		.raw = arena_printf(market->arena, "%s %.*s %lld %zu", feed->name,
			STR_FMT(events->provider_txn_id), (long long)events->amount.dong, count),
		.events = events,
		.bank_bins = no_bins,
		.event_count = count,
	};
	struct err ignored UNUSED = books_submit_wait(market->books, &settle.command);

	return settle;
}

static struct settlement
tell_one(struct market_fixture *market, const struct feed *feed, struct feed_event event)
{
	struct settle_command settle = tell(market, feed, &event, 1);

	assert_int_equal(settle.command.result.code, ERR_OK);
	return settle.settlements[0];
}

struct key_query {
	struct query query;
	size_t count;
};

/* Keys that lead to no transfer, or to one of another amount. */
static void
count_fault(void *arg, const char *table, struct str key, const char *fault)
{
	(void)key;
	(void)fault;
	*(size_t *)arg += strcmp(table, "transfer_key") == 0;
}

static struct err
count_key_faults(struct db *db, struct query *query)
{
	return store_verify(db, count_fault, &((struct key_query *)query)->count);
}

static size_t
key_faults(struct market_fixture *market)
{
	struct key_query asked = {.query = {.run = count_key_faults, .arena = market->arena}};

	assert_int_equal(books_ask_wait(market->books, &asked.query).code, ERR_OK);
	return asked.count;
}

/* ---- names of an account -------------------------------------------------------------------- */

static void
one_id_under_either_name_is_a_replay(void **state)
{
	struct market_fixture *market = *state;
	struct settlement first = tell_one(
		market, &one, event_of("1", MAIN_ACCOUNT, VIRTUAL, NULL));
	struct settlement again;

	assert_int_not_equal(first.payment_id, 0);
	again = tell_one(market, &one, event_of("1", VIRTUAL, VIRTUAL, NULL));
	assert_true(again.replay);
	again = tell_one(market, &one, event_of("1", MAIN_ACCOUNT, NULL, NULL));
	assert_true(again.replay);
	again = tell_one(market, &one, event_of("1", "", VIRTUAL, NULL));
	assert_true(again.replay);
	assert_int_equal(again.transfer_id, first.transfer_id);

	/* Known under the virtual name only, then told with both. */
	first = tell_one(market, &one, event_of("2", "", VIRTUAL, NULL));
	assert_false(first.replay);
	again = tell_one(market, &one, event_of("2", MAIN_ACCOUNT, VIRTUAL, NULL));
	assert_true(again.replay);
	assert_true(tell_one(market, &one, event_of("2", MAIN_ACCOUNT, NULL, NULL)).replay);
	assert_int_equal(market_count(market, "transfers"), 2);
	assert_int_equal(key_faults(market), 0);
}

static void
a_conflict_under_another_name_leaves_no_key(void **state)
{
	struct market_fixture *market = *state;
	struct feed_event other = event_of("1", MAIN_ACCOUNT, VIRTUAL, NULL);
	struct settlement settled;

	tell_one(market, &one, event_of("1", VIRTUAL, NULL, NULL));
	other.amount.dong = 9000;
	settled = tell_one(market, &one, other);
	assert_true(settled.conflict);
	assert_int_equal(key_faults(market), 0);
	assert_int_equal(market_count(market, "attributed"), 1000);
}

/* The account is not signed: a recorded message comes again with a thief's. */
static void
one_id_with_two_accounts_waits(void **state)
{
	struct market_fixture *market = *state;
	struct feed_event other = event_of("1", SOLE_ACCOUNT, NULL, "FT26209000000077");
	struct settlement first = tell_one(market, &unproved, event_of("1", VIRTUAL, NULL, NULL));

	assert_int_not_equal(first.payment_id, 0);
	assert_true(tell_one(market, &unproved, other).held);
	assert_true(tell_one(market, &unproved, other).replay);
	assert_true(tell_one(market, &unproved, event_of("1", VIRTUAL, NULL, NULL)).replay);
	other.account = STR("19990003");
	other.amount.dong = 9000;
	assert_true(tell_one(market, &unproved, other).held);
	assert_int_equal(market_count(market, "attributed"), 1000);
	assert_int_equal(market_count(market, "suspense"), 2);
	assert_int_equal(key_faults(market), 0);
}

static void
one_id_with_two_accounts_waits_when_another_feed_told_it(void **state)
{
	struct market_fixture *market = *state;

	tell_one(market, &two, event_of("9", VIRTUAL, NULL, "FT26209000000088"));
	assert_true(tell_one(market, &unproved, event_of("2", VIRTUAL, NULL, "FT26209000000088"))
			    .merged);
	assert_true(tell_one(market, &unproved, event_of("2", SOLE_ACCOUNT, NULL, NULL)).held);
	assert_int_equal(market_count(market, "attributed"), 1000);
	assert_int_equal(key_faults(market), 0);
}

static void
two_proved_accounts_are_two_transfers(void **state)
{
	struct market_fixture *market = *state;

	tell_one(market, &one, event_of("1", VIRTUAL, NULL, NULL));
	tell_one(market, &one, event_of("1", SOLE_ACCOUNT, NULL, NULL));
	assert_int_equal(market_count(market, "attributed"), 2000);
}

static void
two_feeds_by_different_names_are_one(void **state)
{
	struct market_fixture *market = *state;
	struct settlement first = tell_one(
		market, &one, event_of("1", "", VIRTUAL, "FT26209000000077"));
	struct settlement merged = tell_one(
		market, &two, event_of("9", MAIN_ACCOUNT, VIRTUAL, "FT26209000000077"));

	assert_true(merged.merged);
	assert_int_equal(merged.transfer_id, first.transfer_id);
	assert_int_equal(merged.payment_id, 0);
	/* What was merged is known by either name from then on. */
	assert_true(tell_one(market, &two, event_of("9", MAIN_ACCOUNT, NULL, NULL)).replay);
	assert_int_equal(market_count(market, "payments"), 1);
	assert_int_equal(key_faults(market), 0);
}

/* Nothing but the reference leads there: the times are days apart, or the amount differs. */
static void
a_reference_is_found_days_later(void **state)
{
	struct market_fixture *market = *state;
	struct feed_event event = event_of("1", VIRTUAL, NULL, "FT26209000000077");
	struct settlement first = tell_one(market, &one, event), settled;

	event.provider_txn_id = STR("9");
	event.time_ms -= 2 * MS_PER_DAY;
	settled = tell_one(market, &two, event);
	assert_true(settled.merged);
	assert_int_equal(settled.transfer_id, first.transfer_id);
	event.amount.dong = 7000;
	settled = tell_one(market, &three, event);
	assert_true(settled.held);
	assert_int_equal(market_count(market, "attributed"), 1000);
	assert_int_equal(key_faults(market), 0);
}

/* ---- batches -------------------------------------------------------------------------------- */

static void
one_message_with_all_of_it(void **state)
{
	struct market_fixture *market = *state;
	struct feed_event batch[EVENTS_MAX] = {
		event_of("1", VIRTUAL, NULL, "FT26209000000077"), /* told by the other feed */
		event_of("1", VIRTUAL, NULL, "FT26209000000077"), /* twice in one message */
		event_of("2", VIRTUAL, NULL, "FT26209000000077"), /* its own two ids are two */
		event_of("3", VIRTUAL, NULL, "FT26209000000078"), /* another one */
	};
	struct settlement *settled;

	tell_one(market, &two, event_of("9", VIRTUAL, NULL, "FT26209000000077"));
	batch[2].amount.dong = 5000;
	settled = tell(market, &one, batch, EVENTS_MAX).settlements;
	assert_true(settled[0].merged);
	assert_true(settled[1].replay);
	assert_int_not_equal(settled[2].payment_id, 0);
	assert_int_not_equal(settled[3].payment_id, 0);
	assert_int_equal(market_count(market, "transfers"), 3);
	assert_int_equal(key_faults(market), 0);
}

static void
money_out_by_two_feeds_is_one(void **state)
{
	struct market_fixture *market = *state;
	struct feed_event out = event_of("1", VIRTUAL, NULL, "FT26209000000077");

	out.outgoing = true;
	assert_true(tell_one(market, &one, out).outgoing);
	out.provider_txn_id = STR("9");
	assert_true(tell_one(market, &two, out).merged);
	/* Not sure: kept with an alarm, but no credit to wait for. */
	out.provider_txn_id = STR("10");
	out.bank_txn_id = STR("");
	assert_false(tell_one(market, &two, out).merged);
	assert_int_equal(market_count(market, "suspense"), 0);
}

/* ---- what the feed says it is --------------------------------------------------------------- */

static void
a_hint_counts_where_the_note_says_nothing(void **state)
{
	struct market_fixture *market = *state;
	struct charge charge = market_charge(market, "A02", 1000);
	struct feed_event event = event_of("1", "19990002", NULL, NULL);
	struct str cut = str_cut(charge.reference, 0, 12);

	event.code_hint = charge.reference;
	assert_int_equal(tell_one(market, &one, event).stall_id, charge.stall_id);
	assert_string_equal(market_charge_now(market, charge.reference).state.ptr, "paid");

	event.provider_txn_id = STR("2");
	event.code_hint = cut; /* a prefix of it is none (FEEDS section 8) */
	assert_true(tell_one(market, &one, event).held);

	event.provider_txn_id = STR("3");
	event.code_hint = charge.reference;
	event.content = market_stall(market, "A03").reference; /* the note wins */
	assert_int_equal(tell_one(market, &one, event).stall_id, market_stall(market, "A03").id);
}

/* ---- a bank that asks first ----------------------------------------------------------------- */

static void
assert_refused(struct market_fixture *market, struct feed_event event, enum feed_reason why)
{
	int64_t before = market_count(market, "transfers");
	struct settle_command settle = tell(market, &bills, &event, 1);

	assert_int_equal(settle.refused, why);
	assert_int_equal(settle.command.result.code, ERR_CONFLICT);
	assert_int_equal(market_count(market, "transfers"), before);
	assert_int_equal(key_faults(market), 0);
}

static void
a_bill_is_asked_once(void **state)
{
	struct market_fixture *market = *state;
	struct charge charge = market_charge(market, "A02", 1000);
	struct feed_event event = event_of("1", "", "TCW000012", NULL); /* nobody's account here */
	struct settlement settled;

	event.content = STR("");
	event.code_hint = STR("CHC0000000000Z");
	assert_refused(market, event, FEED_BAD_PAYLOAD);
	event.code_hint = charge.reference;
	event.amount.dong = 999;
	assert_refused(market, event, FEED_AMOUNT_MISMATCH);
	event.amount.dong = 1000;
	settled = tell_one(market, &bills, event);
	assert_int_equal(settled.stall_id, charge.stall_id);
	assert_true(tell_one(market, &bills, event).replay); /* paid by now, and not asked */
	event.provider_txn_id = STR("2");
	assert_refused(market, event, FEED_NOT_SUCCESSFUL);
	assert_int_equal(market_charge_now(market, charge.reference).paid.dong, 1000);
}

/* ---- a flood -------------------------------------------------------------------------------- */

#define FLOOD 1024 /* LOOKED_AT_MAX of told.c */

/* Each of them may be what the other feed will tell: past the bound nobody looks through them. */
static void
equal_amounts_without_end_are_for_a_person(void **state)
{
	struct market_fixture *market = *state;
	struct feed_event event = event_of("first", SOLE_ACCOUNT, NULL, NULL);

	event.amount.dong = 2000;
	tell_one(market, &one, event); /* the account is told by two */
	event.amount.dong = 1000;
	for (int i = 0; i < FLOOD; i++) {
		event.provider_txn_id = arena_printf(market->arena, "%d", i);
		event.bank_txn_id = arena_printf(market->arena, "FT2620900%07d", i);
		assert_false(tell_one(market, &two, event).held);
	}
	event.provider_txn_id = STR("one more");
	event.bank_txn_id = STR("FT26209009999999");
	assert_true(tell_one(market, &two, event).held);
	event.time_ms += 3 * 60 * MS_PER_SECOND; /* of other minutes: known at once */
	event.provider_txn_id = STR("later");
	event.bank_txn_id = STR("FT26209009999998");
	assert_false(tell_one(market, &two, event).held);
}

int
main(void)
{
#define STORY(f) cmocka_unit_test_setup_teardown(f, market_setup, market_teardown)
	const struct CMUnitTest tests[] = {
		STORY(one_id_under_either_name_is_a_replay),
		STORY(a_conflict_under_another_name_leaves_no_key),
		STORY(one_id_with_two_accounts_waits),
		STORY(one_id_with_two_accounts_waits_when_another_feed_told_it),
		STORY(two_proved_accounts_are_two_transfers),
		STORY(two_feeds_by_different_names_are_one),
		STORY(a_reference_is_found_days_later),
		STORY(one_message_with_all_of_it),
		STORY(money_out_by_two_feeds_is_one),
		STORY(a_hint_counts_where_the_note_says_nothing),
		STORY(a_bill_is_asked_once),
		STORY(equal_amounts_without_end_are_for_a_person),
	};

	return cmocka_run_group_tests_name("told", tests, NULL, NULL);
}
