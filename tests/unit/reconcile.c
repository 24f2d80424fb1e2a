/* Reconciliation: a day's lines against our transfers, by rows put into the books directly. */
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../support/market.h"
#include "chopay/json.h"

#define ACCOUNT "0071000000001"
#define DAY 20660 /* 2026-07-26 */
#define MINUTE (60 * MS_PER_SECOND)
#define ROWS_MAX 6

/* What the books hold: `told` by the feed, perhaps held as a possible duplicate, perhaps found to
 * be one of transfer `duplicate_of`. */
struct our_row {
	int id;
	int64_t amount; /* negative: out */
	int minute;	/* of the day; below 0: of the day before */
	const char *feed;
	bool held;
	int duplicate_of;
	bool told_late; /* by a webhook too, later */
};

/* What the list tells; `told` orders tellings of the same key. */
struct their_row {
	const char *key;
	int transfer;
	int64_t amount;
	int minute, told;
};

#define HOOK "sepay"
#define LIST "sepay_list_v1"
#define OURS(id, amount, minute, feed)                    \
	{                                                 \
		id, amount, minute, feed, false, 0, false \
	}
#define LINE(key, transfer, amount, minute)      \
	{                                        \
		key, transfer, amount, minute, 0 \
	}

static const struct {
	const char *name;
	struct our_row ours[ROWS_MAX];
	struct their_row theirs[ROWS_MAX];
	const char *state;
	int64_t bank_credits, our_credits;
	const char *kinds; /* of the rows, in order */
} days[] = {
	{"all told by webhooks", {OURS(1, 1000, 60, HOOK), OURS(2, 2000, 61, HOOK)},
		{LINE("a", 1, 1000, 60), LINE("b", 2, 2000, 61)}, "equal", 2, 2, ""},
	{"money out, too", {OURS(1, 1000, 60, HOOK), OURS(2, -2000, 61, HOOK)},
		{LINE("a", 1, 1000, 60), LINE("b", 2, -2000, 61)}, "equal", 1, 1, ""},
	{"one that only the list told", {OURS(1, 1000, 60, HOOK), OURS(2, 2000, 61, LIST)},
		{LINE("a", 1, 1000, 60), LINE("b", 2, 2000, 61)}, "equal", 2, 2, "missed "},
	{"money out is no webhook's to tell", {OURS(1, 1000, 60, HOOK), OURS(2, -2000, 61, LIST)},
		{LINE("a", 1, 1000, 60), LINE("b", 2, -2000, 61)}, "equal", 1, 1, ""},
	{"told by the list first, by a webhook later",
		{OURS(1, 1000, 60, HOOK), {2, 2000, 61, LIST, false, 0, true}},
		{LINE("a", 1, 1000, 60), LINE("b", 2, 2000, 61)}, "equal", 2, 2, ""},
	{"no webhook tells of this account", {OURS(1, 1000, 60, LIST)}, {LINE("a", 1, 1000, 60)},
		"equal", 1, 1, ""},
	{"only we have it", {OURS(1, 1000, 60, HOOK), OURS(2, 2000, 61, HOOK)},
		{LINE("a", 1, 1000, 60)}, "gap", 1, 2, "extra "},
	{"only we have money out", {OURS(1, 1000, 60, HOOK), OURS(2, -7, 61, HOOK)},
		{LINE("a", 1, 1000, 60)}, "gap", 1, 1, "extra "},
	{"another amount", {OURS(1, 1000, 60, HOOK)}, {LINE("a", 1, 1500, 60)}, "gap", 1, 1,
		"amount_differs "},
	{"another direction", {OURS(1, 1000, 60, HOOK)}, {LINE("a", 1, -1000, 60)}, "gap", 0, 1,
		"amount_differs "},
	{"sums that hide two faults", {OURS(1, 1000, 60, HOOK), OURS(2, 2000, 61, HOOK)},
		{LINE("a", 1, 2000, 60), LINE("b", 2, 1000, 61)}, "gap", 2, 2,
		"amount_differs amount_differs "},
	{"two lines taken for one transfer", {OURS(1, 1000, 60, HOOK)},
		{LINE("a", 1, 1000, 60), LINE("b", 1, 1000, 61)}, "gap", 2, 1, "same_transfer "},
	{"the line that fits is the transfer", {OURS(1, 1000, 60, HOOK)},
		{LINE("a", 1, 9, 60), LINE("b", 1, 1000, 61)}, "gap", 2, 1, "same_transfer "},
	{"a possible duplicate", {OURS(1, 1000, 60, HOOK), {2, 1000, 60, LIST, true, 0, false}},
		{LINE("a", 2, 1000, 60)}, "gap", 1, 2, "ambiguous missed extra "},
	{"found to be one", {OURS(1, 1000, 60, HOOK), {2, 1000, 60, LIST, true, 1, false}},
		{LINE("a", 2, 1000, 60)}, "equal", 1, 1, ""},
	{"a line that changed counts as it is told last", {OURS(1, 1000, 60, HOOK)},
		{{"a", 1, 9000, 60, 1}, {"a", 1, 1000, 60, 2}}, "equal", 1, 1, ""},
	{"the bank dates it to this day", {OURS(1, 1000, -1, HOOK)}, {LINE("a", 1, 1000, 1)},
		"equal", 1, 1, ""},
	{"the bank dates it to the day before", {OURS(1, 1000, 1, HOOK), OURS(2, 5, 60, HOOK)},
		{LINE("a", 1, 1000, -1), LINE("b", 2, 5, 60)}, "equal", 1, 1, ""},
	{"the last second of the day", {OURS(1, 1000, 1439, HOOK)}, {LINE("a", 1, 1000, 1439)},
		"equal", 1, 1, ""},
	{"the first second of the next", {OURS(1, 1000, 60, HOOK), OURS(2, 1000, 1440, HOOK)},
		{LINE("a", 1, 1000, 60)}, "equal", 1, 1, ""},
};

struct filling {
	struct command command;
	size_t row;
};

static int64_t
at(int minute)
{
	return day_start_ms(DAY, 0) + minute * MINUTE;
}

static struct err
put_ours(struct tx *tx, struct arena *arena, int64_t delivery, const struct our_row *row)
{
	struct str id = arena_printf(arena, "%d", row->id);

	TRY(transfers_put(tx->db, &(struct transfer){
					  .id = row->id,
					  .delivery_id = delivery,
					  .feed = str_from(row->feed),
					  .provider_txn_id = id,
					  .bank_ref = STR(""),
					  .bank = STR(""),
					  .account_no = STR(ACCOUNT),
					  .virtual_account = STR(""),
					  .note = STR("x"),
					  .amount = {llabs(row->amount)},
					  .outgoing = row->amount < 0,
					  .booked_at_ms = at(row->minute),
					  .booked_told = true,
					  .arrived_at_ms = at(row->minute),
				  }));
	if (row->told_late) {
		TRY(awaited_put(tx->db, &(struct awaited_webhook){.transfer_id = row->id,
						.due_at_ms = at(row->minute),
						.account_no = STR(ACCOUNT),
						.source = STR(LIST)}));
		TRY(awaited_told(tx->db, row->id, at(1440)));
	}
	if (row->held)
		TRY(suspense_put(tx->db, &(struct suspense){.transfer_id = row->id,
						 .reason = STR("possible_duplicate"),
						 .amount = {row->amount},
						 .rule_version = 1,
						 .created_at_ms = at(row->minute),
						 .other_transfer_id = 1}));
	if (row->duplicate_of != 0)
		TRY(resolutions_put(tx->db, &(struct resolution){.transfer_id = row->id,
						    .outcome = STR("duplicate"),
						    .other_transfer_id = row->duplicate_of,
						    .person = STR("Lan"),
						    .why = STR("sao ke"),
						    .second_person = STR(""),
						    .created_at_ms = at(1440)}));
	return OK;
}

static struct err
fill(struct tx *tx, struct command *self)
{
	size_t row = ((struct filling *)self)->row;
	struct delivery delivery = {.id = tx_next_id(tx),
		.endpoint_id = STR("e"),
		.feed = STR(HOOK),
		.content_type = STR(""),
		.raw = STR("x"),
		.raw_sha256 = STR("x"),
		.received_at_ms = at(0)};

	TRY(deliveries_put(tx->db, &delivery));
	for (size_t i = 0; i < ROWS_MAX && days[row].ours[i].id != 0; i++)
		TRY(put_ours(tx, self->arena, delivery.id, &days[row].ours[i]));
	for (size_t i = 0; i < ROWS_MAX && days[row].theirs[i].key != NULL; i++) {
		const struct their_row *line = &days[row].theirs[i];

		TRY(lines_put(tx->db, &(struct bank_line){
					      .account_no = STR(ACCOUNT),
					      .source = STR(LIST),
					      .line_key = str_from(line->key),
					      .day = day_of(at(line->minute), 0),
					      .transfer_id = line->transfer,
					      .amount = {llabs(line->amount)},
					      .outgoing = line->amount < 0,
					      .booked_at_ms = at(line->minute),
					      .told_at_ms = at(1440) + line->told,
				      }));
	}
	return OK;
}

static void
reconciled(struct reconcile *self)
{
	sem_post(self->arg);
}

static struct reconcile
reconcile(struct market_fixture *market, bool due)
{
	struct reconcile asked = {
		.account_no = STR(ACCOUNT),
		.source = STR(""),
		.from_day = DAY,
		.to_day = DAY,
		.due = due,
		.arena = market->arena,
		.done = reconciled,
	};
	sem_t done;

	sem_init(&done, 0, 0);
	asked.arg = &done;
	assert_int_equal(books_reconcile(market->books, &asked).code, ERR_OK);
	while (sem_wait(&done) != 0)
		;
	sem_destroy(&done);
	assert_int_equal(asked.result.code, ERR_OK);
	return asked;
}

static struct market_fixture *
market_of(size_t row)
{
	struct market_fixture *market = market_open();
	struct filling filling = {{.apply = fill, .arena = market->arena}, row};

	assert_int_equal(books_submit_wait(market->books, &filling.command).code, ERR_OK);
	return market;
}

static struct str
kinds_of(struct market_fixture *market, const struct reconciliation *made)
{
	json_t *proof CLEANUP(json_cleanup) = NULL;
	struct buf kinds CLEANUP(buf_fini) = {0};
	const json_t *rows;

	assert_int_equal(json_parse_strict(made->proof, &proof, NULL).code, ERR_OK);
	rows = json_object_get(proof, "rows");
	for (size_t i = 0; i < json_array_size(rows); i++)
		buf_addf(&kinds, "%s ",
			json_string_value(json_object_get(json_array_get(rows, i), "kind")));
	return arena_copy(market->arena, buf_str(&kinds));
}

static void
each_day_is_as_its_row_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		struct market_fixture *market = market_of(i);
		struct reconcile asked = reconcile(market, false);
		const struct reconciliation *made = &asked.items[0];
		struct str kinds;

		assert_int_equal(asked.count, 1);
		kinds = kinds_of(market, made);
		if (!str_eq(made->state, str_from(days[i].state)) ||
			!str_eq(kinds, str_from(days[i].kinds)) ||
			made->bank.credits != days[i].bank_credits ||
			made->ours.credits != days[i].our_credits)
			fail_msg("%s: %.*s, %lld and %lld credits, rows \"%.*s\"", days[i].name,
				STR_FMT(made->state), (long long)made->bank.credits,
				(long long)made->ours.credits, STR_FMT(kinds));
		assert_true(crypt_ed25519_verify(market->crypt, books_ledger_key(market->books),
			made->proof, made->signature));
		market_free(market);
	}
}

/* The digest is of the lines: who knows them can compute it. */
static void
the_digest_is_of_the_lines(void **state)
{
	struct market_fixture *market = market_of(1);
	struct reconcile asked = reconcile(market, false);
	json_t *proof CLEANUP(json_cleanup) = NULL;
	struct buf want CLEANUP(buf_fini) = {0};
	unsigned char digest[SHA256_SIZE];

	(void)state;
	crypt_sha256(market->crypt, STR("a 1000 in\nb 2000 out\n"), digest);
	hex_put(&want, (struct str){(const char *)digest, sizeof(digest)});
	assert_int_equal(json_parse_strict(asked.items[0].proof, &proof, NULL).code, ERR_OK);
	assert_string_equal(json_string_value(json_object_get(proof, "lines_sha256")), want.ptr);
	market_free(market);
}

struct looking {
	struct query query;
	int64_t alarms;
};

static struct err
look(struct db *db, struct query *query)
{
	return alarms_count(db, &((struct looking *)query)->alarms);
}

/* A statement's day (this source is not pulled here): of a pulled one see scenario 17. */
static struct err
fill_statement(struct tx *tx, struct command *self)
{
	struct delivery delivery = {.id = tx_next_id(tx),
		.endpoint_id = STR("e"),
		.feed = STR(HOOK),
		.content_type = STR(""),
		.raw = STR("x"),
		.raw_sha256 = STR("x"),
		.received_at_ms = at(0)};
	const struct our_row ours = {1, 1000, 60, HOOK, false, 0, false};

	TRY(deliveries_put(tx->db, &delivery));
	TRY(put_ours(tx, self->arena, delivery.id, &ours));
	return lines_put(tx->db, &(struct bank_line){
					 .account_no = STR(ACCOUNT),
					 .source = STR("statement_csv"),
					 .line_key = STR("s:1"),
					 .day = DAY,
					 .transfer_id = 1,
					 .amount = {1500},
					 .booked_at_ms = at(60),
					 .told_at_ms = tx->now_ms,
				 });
}

static void
daily_work_does_a_day_once_and_tells_of_its_gap(void **state)
{
	struct market_fixture *market = market_open();
	struct command filling = {.apply = fill_statement, .arena = market->arena};
	struct looking looking = {.query = {.run = look, .arena = market->arena}};

	(void)state;
	/* The clock goes on: however slow this machine is, it is well before, and well after. */
	market->clock_offset_ms = at(1440) + RECONCILE_GRACE_MS - 60 * MINUTE -
				  clock_now_ms(&(struct clock){0});
	market_reopen(market);
	assert_int_equal(books_submit_wait(market->books, &filling).code, ERR_OK);
	assert_int_equal(reconcile(market, true).count, 0); /* the bank may still tell */

	market->clock_offset_ms += 61 * MINUTE;
	market_reopen(market);
	assert_int_equal(reconcile(market, true).count, 1);
	assert_int_equal(books_ask_wait(market->books, &looking.query).code, ERR_OK);
	assert_int_equal(looking.alarms, 1);
	assert_int_equal(reconcile(market, true).count, 0); /* done */
	market_free(market);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_day_is_as_its_row_says),
		cmocka_unit_test(the_digest_is_of_the_lines),
		cmocka_unit_test(daily_work_does_a_day_once_and_tells_of_its_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
