/* Settle: each credit once, to the right stall or to suspense with the right reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../support/market.h"
#include "chopay/suspense_commands.h"

#define VCB "0071000000001" /* A01's own */
#define SHARED "19990002"   /* of A02 and A03 */

/* Where a note and an account lead: {S01} {S02} {S05} stand for stalls' references. */
static const struct {
	const char *name, *memo, *account, *virtual_account, *bank;
	const char *stall; /* or NULL: suspense */
} rows[] = {
	{"a stall's reference", "CK {S01} cam on", VCB, NULL, "970436", "A01"},
	{"one of two stalls of an account", "{S02}", SHARED, NULL, "970422", "A02"},
	{"the other", "{S03}", SHARED, NULL, "970422", "A03"},
	{"no reference, sole stall", "tien rau", VCB, NULL, "970436", "A01"},
	{"no reference, two stalls", "tien ca", SHARED, NULL, "970422", NULL},
	{"two references", "{S02} {S03}", SHARED, NULL, "970422", NULL},
	{"another stall's reference", "{S02}", VCB, NULL, "970436", NULL},
	{"an account nobody has", "{S01}", "999", NULL, "970436", NULL},
	{"a virtual account", "khong ghi gi", "555", "VQRQ0004", "970422", "A04"},
	{"the bank is named otherwise", "{S01}", VCB, NULL, "963388", "A01"},
	{"no bank told", "{S01}", VCB, NULL, NULL, "A01"},
	{"a closed stall", "{S05}", "1005", NULL, "970415", NULL},
	{"a reference never issued", "CHC0000000000Z", SHARED, NULL, "970422", NULL},
};

static struct str
fill(struct market_fixture *market, const char *memo)
{
	struct buf out CLEANUP(buf_fini) = {0};

	for (const char *at = memo; *at != '\0'; at++) {
		char code[4] = "A00";

		if (strncmp(at, "{S", 2) != 0) {
			buf_addc(&out, *at);
			continue;
		}
		memcpy(code + 1, at + 2, 2);
		buf_add(&out, market_stall(market, code).reference);
		at += 4;
	}
	return arena_copy(market->arena, buf_str(&out));
}

static void
each_credit_finds_its_stall(void **state)
{
	struct market_fixture *market = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str id = arena_printf(market->arena, "%zu", 100 + i);
		struct settlement settled = market_credit(
			market, &(struct credit){.id = id.ptr,
					.account = rows[i].account,
					.memo = fill(market, rows[i].memo).ptr,
					.amount = 1000,
					.virtual_account = rows[i].virtual_account,
					.bank = rows[i].bank});
		int64_t want = rows[i].stall == NULL ? 0 : market_stall(market, rows[i].stall).id;

		if (settled.stall_id != want || (settled.payment_id != 0) != (want != 0))
			fail_msg("%s: stall %lld, wanted %lld", rows[i].name,
				(long long)settled.stall_id, (long long)want);
	}
	assert_int_equal(market_count(market, "transfers"), sizeof(rows) / sizeof(rows[0]));
	market_assert_verified(market);
}

static void
the_same_credit_counts_once(void **state)
{
	struct market_fixture *market = *state;
	struct credit credit = {.id = "7", .account = VCB, .memo = "x", .amount = 50000};
	struct settlement first = market_credit(market, &credit), again;

	assert_false(first.replay);
	again = market_credit(market, &credit);
	assert_true(again.replay);
	assert_false(again.conflict);
	assert_int_equal(again.transfer_id, first.transfer_id);
	market_reopen(market);
	assert_true(market_credit(market, &credit).replay);
	assert_int_equal(market_count(market, "payments"), 1);
	assert_int_equal(market_count(market, "attributed"), 50000);
	market_assert_verified(market);
}

static void
another_amount_under_the_same_id_stays_out(void **state)
{
	struct market_fixture *market = *state;
	struct settlement settled;

	market_credit(
		market, &(struct credit){.id = "7", .account = VCB, .memo = "x", .amount = 50000});
	settled = market_credit(
		market, &(struct credit){.id = "7", .account = VCB, .memo = "x", .amount = 95000});
	assert_true(settled.replay);
	assert_true(settled.conflict);
	assert_int_equal(market_count(market, "attributed"), 50000);
	market_assert_verified(market);
}

/* payOS names the order: its reference again with another order is no replay. */
struct order {
	const char *reference, *code;
	int64_t amount;
};

static struct settlement
paid_order(struct market_fixture *market, const struct order *order)
{
	const struct feed_message message = {
		.body = arena_printf(market->arena,
			"{\"data\":{\"code\":\"00\",\"orderCode\":%s,\"amount\":%lld,\"description\":"
			"\"x\",\"accountNumber\":\"" VCB "\",\"reference\":\"%s\","
			"\"transactionDateTime\":\"2026-07-28 14:30:45\"}}",
			order->code, (long long)order->amount, order->reference)};
	struct settle_command settle = {
		.command = {.apply = settle_apply, .arena = market->arena},
		.feed = feed_find(STR("payos")),
		.endpoint_id = STR("e2"),
		.content_type = STR("application/json"),
		.raw = message.body,
		.bank_bins = &STR(""),
		.event_count = 1,
	};
	struct feed_events events;

	assert_int_equal(settle.feed->parse(market->arena, &message, &events), FEED_OK);
	settle.events = events.items;
	assert_int_equal(books_submit_wait(market->books, &settle.command).code, ERR_OK);
	return settle.settlements[0];
}

static const struct {
	const char *name;
	struct order first, again;
	bool replay, conflict;
} orders[] = {
	{"told again", {"FT26209000000101", "7", 1000}, {"FT26209000000101", "7", 1000}, true,
		false},
	{"the code as text", {"FT26209000000102", "7", 1000}, {"FT26209000000102", "\"7\"", 1000},
		true, false},
	{"another order", {"FT26209000000103", "7", 1000}, {"FT26209000000103", "8", 1000}, true,
		true},
	{"another amount", {"FT26209000000104", "7", 1000}, {"FT26209000000104", "7", 2000}, true,
		true},
	{"both", {"FT26209000000105", "7", 1000}, {"FT26209000000105", "8", 2000}, true, true},
	{"no order the first time", {"FT26209000000106", "null", 1000},
		{"FT26209000000106", "8", 1000}, true, false},
	{"no order the second time", {"FT26209000000107", "7", 1000},
		{"FT26209000000107", "null", 1000}, true, false},
	{"a running number", {"3516", "7", 1000}, {"3516", "8", 1000}, false, false},
};

static void
a_reference_again_for_another_order_stays_out(void **state)
{
	struct market_fixture *market = *state;
	int64_t attributed = 0;

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct settlement first = paid_order(market, &orders[i].first), again;

		assert_true(first.payment_id != 0);
		again = paid_order(market, &orders[i].again);
		if (again.replay != orders[i].replay || again.conflict != orders[i].conflict ||
			(again.transfer_id == first.transfer_id) != orders[i].replay)
			fail_msg("%s: replay %d, conflict %d", orders[i].name, again.replay,
				again.conflict);
		again = paid_order(market, &orders[i].first); /* the first is still the first */
		assert_true(again.replay && !again.conflict);
		attributed += orders[i].first.amount +
			      (orders[i].replay ? 0 : orders[i].again.amount);
	}
	assert_int_equal(market_count(market, "attributed"), attributed);
	market_assert_verified(market);
}

/* Where a list by the bank's time begins: early, late, told or not, whatever our clock did. */
static const struct {
	const char *name;
	int64_t clock_min;  /* of ours, from the first on */
	int64_t booked_min; /* the bank's time, from our clock on */
	bool believed;
} times[] = {
	{"at once", 0, 0, true},
	{"a year late", 0, -365 * 24 * 60, true},
	{"almost too early to be believed", 0, 4, true},
	{"too early to be believed", 0, 6, false},
	{"a month later", 30 * 24 * 60, 0, true},
	{"a month later, early", 30 * 24 * 60, 4, true},
	{"the clock went back", 24 * 60, 0, true},
	{"the clock went back, early", 24 * 60, 4, true},
	{"the clock fell before all ids", -40 * 365 * 24 * 60, 0, true},
};

static void
an_id_lies_above_its_time(void **state)
{
	struct market_fixture *market = *state;
	int64_t start_ms = books_now_ms(market->books), first_id = 0;

	assert_int_equal(books_before(INT64_MIN), 0);
	assert_int_equal(books_before(0), 0);
	assert_true(books_before(INT64_MAX) >= books_before(start_ms));
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct str id = arena_printf(market->arena, "%zu", i);
		struct settlement settled;
		int64_t now_ms, booked_ms;

		market->clock_offset_ms = times[i].clock_min * 60 * MS_PER_SECOND;
		market_reopen(market);
		now_ms = books_now_ms(market->books);
		booked_ms = now_ms + times[i].booked_min * 60 * MS_PER_SECOND;
		settled = market_credit(market, &(struct credit){.id = id.ptr,
							.account = VCB,
							.memo = "x",
							.amount = 1000 + (int64_t)i,
							.booked_at_ms = booked_ms});
		booked_ms = times[i].believed ? booked_ms : now_ms;
		if (settled.transfer_id <= books_before(booked_ms) ||
			settled.payment_id <= books_before(booked_ms))
			fail_msg("%s: a list from its time on would miss it", times[i].name);
		first_id = i == 0 ? settled.payment_id : first_id;
	}
	assert_true(
		first_id <= books_before(start_ms + 24 * 60 * 60 * MS_PER_SECOND)); /* skipped */
}

static void
twice_in_one_message_counts_once(void **state)
{
	struct market_fixture *market = *state;
	const struct credit both[] = {
		{.id = "8", .account = VCB, .memo = "x", .amount = 1000},
		{.id = "8", .account = VCB, .memo = "x", .amount = 1000},
		{.id = "9", .account = VCB, .memo = "y", .amount = 2000},
	};
	struct settlement settled[3];

	assert_int_equal(market_credits(market, both, 3, settled).code, ERR_OK);
	assert_false(settled[0].replay);
	assert_true(settled[1].replay);
	assert_int_equal(market_count(market, "payments"), 2);
	assert_int_equal(market_count(market, "attributed"), 3000);
}

static void
money_out_is_kept_and_never_a_payment(void **state)
{
	struct market_fixture *market = *state;
	struct settlement settled = market_credit(
		market, &(struct credit){.id = "7",
				.account = VCB,
				.memo = fill(market, "{S01} hoan tien").ptr,
				.amount = 1000,
				.outgoing = true});

	assert_true(settled.outgoing);
	assert_int_equal(market_count(market, "transfers"), 1);
	assert_int_equal(market_count(market, "payments"), 0);
	assert_int_equal(market_count(market, "suspense"), 0);
	market_assert_verified(market);
}

/* A charge of 50.000 and what comes in for it: amounts, minutes from its birth, and the state. */
static const struct {
	const char *name;
	struct {
		int64_t amount, minute;
	} money[3];
	const char *state;
	int64_t paid;
} charges[] = {
	{"exact", {{50000, 1}}, "paid", 50000},
	{"short", {{30000, 1}}, "short", 30000},
	{"short, then the rest", {{30000, 1}, {20000, 2}}, "paid", 50000},
	{"over", {{60000, 1}}, "over", 60000},
	{"paid twice", {{50000, 1}, {50000, 2}}, "over", 100000},
	{"after its time", {{50000, 16}}, "paid_late", 50000},
	{"in the last minute", {{50000, 15}}, "paid", 50000},
};

#define CHARGES (sizeof(charges) / sizeof(charges[0]))

static void
charges_move_by_what_comes_in(void **state)
{
	struct market_fixture *market = *state;
	struct charge made[CHARGES], now;

	for (size_t i = 0; i < CHARGES; i++)
		made[i] = market_charge(market, "A01", 50000);
	/* Bank times in the future are not believed: half an hour passes first. */
	market->clock_offset_ms = 30 * 60 * MS_PER_SECOND;
	market_reopen(market);
	for (size_t i = 0; i < CHARGES; i++) {
		for (size_t n = 0; n < 3 && charges[i].money[n].amount > 0; n++) {
			struct str id = arena_printf(market->arena, "%zu-%zu", i, n);

			market_credit(market,
				&(struct credit){.id = id.ptr,
					.account = VCB,
					.memo = made[i].reference.ptr,
					.amount = charges[i].money[n].amount,
					.booked_at_ms = made[i].created_at_ms +
							charges[i].money[n].minute * 60000});
		}
		now = market_charge_now(market, made[i].reference);
		if (!str_eq(now.state, str_from(charges[i].state)) ||
			now.paid.dong != charges[i].paid)
			fail_msg("%s: %.*s with %lld", charges[i].name, STR_FMT(now.state),
				(long long)now.paid.dong);
	}
	market_assert_verified(market);
}

static void
a_stall_hears_of_its_money(void **state)
{
	struct market_fixture *market = *state;
	struct charge charge = market_charge(market, "A01", 1000);

	market_credit(market,
		&(struct credit){
			.id = "7", .account = VCB, .memo = charge.reference.ptr, .amount = 1000});
	books_close(market->books); /* news is published after the completion: wait for it */
	market->books = NULL;
	assert_string_equal(market->heard.ptr, "charge\ncharge\npayment\n");
}

static void
a_person_resolves_suspense_once(void **state)
{
	struct market_fixture *market = *state;
	struct settlement settled = market_credit(market,
		&(struct credit){.id = "7", .account = SHARED, .memo = "?", .amount = 7000});
	struct suspense_resolve_command resolve = {
		.command = {.apply = suspense_resolve_apply, .arena = market->arena},
		.transfer_id = settled.transfer_id,
		.stall = STR("A03"),
		.person = STR("Lan"),
		.why = STR("khách gọi điện"),
	};

	assert_int_equal(market_count(market, "held"), 7000);
	assert_int_equal(books_submit_wait(market->books, &resolve.command).code, ERR_OK);
	assert_int_equal(market_count(market, "held"), 0);
	assert_int_equal(market_count(market, "attributed"), 7000);
	assert_int_equal(books_submit_wait(market->books, &resolve.command).code, ERR_CONFLICT);
	market_assert_verified(market);
}

/* Many threads' worth of the same credit: one payment. */
#define TWINS 200
struct twin {
	struct settle_command settle;
	struct feed_event event;
	struct str bin;
};

static void
twin_done(struct command *self)
{
	(void)self;
}

static void
the_same_credit_at_the_same_time_counts_once(void **state)
{
	struct market_fixture *market = *state;
	struct twin *twins = mem_alloc_zero(TWINS, sizeof(*twins));
	int64_t now = books_now_ms(market->books) / MS_PER_SECOND * MS_PER_SECOND;
	const struct credit credit = {
		.id = "77", .account = VCB, .memo = "x", .amount = 1000, .booked_at_ms = now};

	for (int i = 0; i < TWINS; i++) {
		twins[i].event = (struct feed_event){.provider_txn_id = STR("77"),
			.account = STR(VCB),
			.amount = {1000},
			.content = STR("x"),
			.bank_txn_id = STR("FT1"),
			.time_ms = now};
		twins[i].bin = STR("");
		twins[i].settle = (struct settle_command){
			.command = {.apply = settle_apply, .done = twin_done, .arena = arena_new()},
			.feed = feed_find(STR("sepay")),
			.endpoint_id = STR("e1"),
			.raw = market_raw(market, &credit),
			.content_type = STR("application/json"),
			.events = &twins[i].event,
			.bank_bins = &twins[i].bin,
			.event_count = 1,
		};
		assert_int_equal(
			books_submit(market->books, &twins[i].settle.command).code, ERR_OK);
	}
	market_reopen(market); /* closing finishes what is queued */
	assert_int_equal(market_count(market, "payments"), 1);
	for (int i = 0; i < TWINS; i++)
		arena_free(twins[i].settle.command.arena);
	free(twins);
	market_assert_verified(market);
}

int
main(void)
{
#define STORY(f) cmocka_unit_test_setup_teardown(f, market_setup, market_teardown)
	const struct CMUnitTest tests[] = {
		STORY(each_credit_finds_its_stall),
		STORY(the_same_credit_counts_once),
		STORY(another_amount_under_the_same_id_stays_out),
		STORY(a_reference_again_for_another_order_stays_out),
		STORY(an_id_lies_above_its_time),
		STORY(twice_in_one_message_counts_once),
		STORY(money_out_is_kept_and_never_a_payment),
		STORY(charges_move_by_what_comes_in),
		STORY(a_stall_hears_of_its_money),
		STORY(a_person_resolves_suspense_once),
		STORY(the_same_credit_at_the_same_time_counts_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
