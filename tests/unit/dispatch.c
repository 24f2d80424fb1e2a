/* Receivers in the books: a notice and its way to each receiver are one commit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../support/market.h"
#include "chopay/json.h"
#include "chopay/receiver_commands.h"

#define LINE_MAX_HERE 64

/* ---- words of these tests ----------------------------------------------------------------- */

static struct err
submit(struct market_fixture *market, struct command *command,
	struct err (*apply)(struct tx *tx, struct command *self))
{
	command->apply = apply;
	command->arena = market->arena;
	return books_submit_wait(market->books, command);
}

static void
add_receiver(struct market_fixture *market, int64_t id, const char *stall)
{
	struct receiver_add_command add = {
		.receiver = {.id = id, .url = STR("https://a.vn/"), .secret = STR("sealed")},
		.stall = str_from(stall),
	};

	assert_int_equal(submit(market, &add.command, receiver_add_apply).code, ERR_OK);
	assert_int_equal(add.receiver.stall_id, stall == NULL ? 0 : market_stall(market, stall).id);
	assert_true(str_eq(add.receiver.stall_code, str_from(stall)));
}

static struct err
change(struct market_fixture *market, int64_t id,
	struct err (*apply)(struct tx *tx, struct command *self))
{
	struct receiver_change_command command = {.id = id, .why = STR("a test")};

	return submit(market, &command.command, apply);
}

struct line_query {
	struct query query; /* first */
	int64_t receiver_id;
	struct dispatch line[LINE_MAX_HERE];
	size_t count;
	struct dispatch_counts counts;
	struct dispatch_attempt attempts[LINE_MAX_HERE];
	size_t attempt_count;
};

static struct err
read_line(struct db *db, struct query *self)
{
	struct line_query *query = (struct line_query *)self;

	TRY(dispatches_waiting(
		db, self->arena, query->receiver_id, LINE_MAX_HERE, query->line, &query->count));
	TRY(attempts_list(db, self->arena, query->receiver_id, 0, LINE_MAX_HERE, query->attempts,
		&query->attempt_count));
	return dispatches_count(db, query->receiver_id, &query->counts);
}

static struct line_query
line_of(struct market_fixture *market, int64_t receiver_id)
{
	struct line_query query = {
		.query = {.run = read_line, .arena = market->arena},
		.receiver_id = receiver_id,
	};

	assert_int_equal(books_ask_wait(market->books, &query.query).code, ERR_OK);
	return query;
}

static void
tried(struct market_fixture *market, struct dispatch dispatch, const char *state, int status)
{
	struct dispatch_tried_command command = {
		.dispatch = dispatch,
		.attempt = {.notice_id = dispatch.notice_id,
			.attempt = dispatch.attempts + 1,
			.at_ms = 1000,
			.took_ms = 5,
			.status = status,
			.error = str_from(status / 100 == 2 ? "" : "refused")},
		.disable = status == 410 ? STR("gone") : STR(""),
	};

	command.dispatch.attempts++;
	command.dispatch.tries++;
	command.dispatch.first_try_ms = 1000;
	command.dispatch.next_try_ms = 3000;
	command.dispatch.state = str_from(state);
	command.dispatch.done_at_ms = strcmp(state, "waiting") == 0 ? 0 : 2000;
	assert_int_equal(submit(market, &command.command, dispatch_tried_apply).code, ERR_OK);
}

static struct str
type_of(const struct dispatch *dispatch)
{
	struct str type = dispatch->body;
	ptrdiff_t end;

	assert_true(str_starts(type, STR("{\"type\":\"")));
	type = str_cut(type, 9, type.len);
	end = str_find(type, STR("\""));
	return str_cut(type, 0, (size_t)end);
}

static void
assert_types(const struct line_query *line, const char *want)
{
	struct buf types CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < line->count; i++)
		buf_addf(&types, "%s%.*s", i == 0 ? "" : " ", STR_FMT(type_of(&line->line[i])));
	assert_string_equal(types.len == 0 ? "" : types.ptr, want);
}

/* ---- who is told what --------------------------------------------------------------------- */

static void
a_receiver_hears_its_stall_and_no_other(void **state)
{
	struct market_fixture *market = *state;

	market_charge(market, "A01", 1000); /* before there is anybody */
	add_receiver(market, 1, "A01");
	add_receiver(market, 2, "A02");
	add_receiver(market, 3, NULL);
	market_charge(market, "A01", 2000);
	market_charge(market, "A02", 3000);
	market_charge(market, "A04", 4000);
	assert_int_equal(line_of(market, 1).count, 1);
	assert_int_equal(line_of(market, 2).count, 1);
	assert_int_equal(line_of(market, 3).count, 3);
	/* Removed: no more; disabled: it waits; again after a restart. */
	assert_int_equal(change(market, 2, receiver_remove_apply).code, ERR_OK);
	assert_int_equal(change(market, 1, receiver_disable_apply).code, ERR_OK);
	market_reopen(market);
	market_charge(market, "A01", 5000);
	market_charge(market, "A02", 6000);
	assert_int_equal(line_of(market, 1).count, 2);
	assert_int_equal(line_of(market, 2).count, 1);
	assert_int_equal(line_of(market, 3).count, 5);
}

static void
every_state_has_its_event(void **state)
{
	struct market_fixture *market = *state;
	struct charge charge;

	add_receiver(market, 1, "A01");
	charge = market_charge(market, "A01", 50000);
	market_credit(market, &(struct credit){.id = "1",
				      .account = "0071000000001",
				      .memo = charge.reference.ptr,
				      .amount = 20000});
	market_credit(market, &(struct credit){.id = "2",
				      .account = "0071000000001",
				      .memo = charge.reference.ptr,
				      .amount = 30000});
	market_credit(market, &(struct credit){.id = "3",
				      .account = "0071000000001",
				      .memo = charge.reference.ptr,
				      .amount = 7000});
	market_credit(market,
		&(struct credit){
			.id = "4", .account = "0071000000001", .memo = "rau", .amount = 9000});
	struct line_query line = line_of(market, 1);

	assert_types(&line,
		"charge.open charge.short payment.confirmed charge.paid payment.confirmed"
		" charge.over payment.confirmed payment.confirmed");
}

/* The members of the fixture, in its order, and then more. */
static void
a_body_begins_as_the_fixture_says(void **state)
{
	struct market_fixture *market = *state;
	json_t *fixture CLEANUP(json_cleanup) = json_load_file(
		"tests/fixtures/webhooks/outgoing_v1.json", 0, NULL);
	json_t *want CLEANUP(json_cleanup) = NULL, *got CLEANUP(json_cleanup) = NULL;
	const json_t *data;
	struct str body;
	void *one, *other;

	add_receiver(market, 1, "A01");
	market_credit(market,
		&(struct credit){
			.id = "1", .account = "0071000000001", .memo = "rau", .amount = 45000});
	struct line_query line = line_of(market, 1);

	assert_int_equal(json_member_str(fixture, "body_raw", &body).code, ERR_OK);
	assert_int_equal(json_parse_strict(body, &want, NULL).code, ERR_OK);
	assert_int_equal(json_parse_strict(line.line[0].body, &got, NULL).code, ERR_OK);
	one = json_object_iter(want);
	other = json_object_iter(got);
	for (; one != NULL; one = json_object_iter_next(want, one)) {
		assert_string_equal(json_object_iter_key(one), json_object_iter_key(other));
		other = json_object_iter_next(got, other);
	}
	assert_null(other);
	assert_true(json_equal(json_object_get(want, "type"), json_object_get(got, "type")));
	data = json_object_get(got, "data");
	other = json_object_iter(json_object_get(got, "data"));
	for (one = json_object_iter(json_object_get(want, "data")); one != NULL;
		one = json_object_iter_next(json_object_get(want, "data"), one)) {
		assert_string_equal(json_object_iter_key(one), json_object_iter_key(other));
		assert_int_equal(json_typeof(json_object_iter_value(one)),
			json_typeof(json_object_iter_value(other)));
		other = json_object_iter_next(json_object_get(got, "data"), other);
	}
	assert_int_equal(json_integer_value(json_object_get(data, "amount")), 45000);
	assert_int_equal(json_integer_value(json_object_get(data, "version")), 1);
	assert_true(str_eq(json_str(json_object_get(data, "stall")), STR("A01")));
	assert_true(str_eq(
		json_str(json_object_get(data, "code")), market_stall(market, "A01").reference));
}

static struct err
notice_of_a_refund(struct tx *tx, struct command *self)
{
	struct stall stall;

	TRY(stalls_find(tx->db, self->arena, STR("A01"), &stall));
	return tx_notice(tx, stall.id, "refund", STR(""),
		STR("{\"id\":\"8\",\"payment\":\"7\",\"amount\":500,\"kind\":\"refund\"}"));
}

static void
a_refund_names_its_payment(void **state)
{
	struct market_fixture *market = *state;
	struct command command = {0};
	struct line_query line;
	struct buf want CLEANUP(buf_fini) = {0};

	add_receiver(market, 1, "A01");
	assert_int_equal(submit(market, &command, notice_of_a_refund).code, ERR_OK);
	line = line_of(market, 1);
	assert_types(&line, "payment.refunded");
	buf_addf(&want,
		"\"data\":{\"payment_id\":\"7\",\"code\":\"%.*s\",\"amount\":500,"
		"\"currency\":\"VND\",\"stall\":\"A01\",\"version\":1,\"market\":\"MALAM\","
		"\"stall_reference\":\"%.*s\",\"kind\":\"refund\"}}",
		STR_FMT(market_stall(market, "A01").reference),
		STR_FMT(market_stall(market, "A01").reference));
	assert_true(str_ends(line.line[0].body, buf_str(&want)));
}

static struct err
notice_then_fail(struct tx *tx, struct command *self)
{
	(void)self;
	TRY(tx_notice(tx, 1, "charge", STR(""), STR("{\"state\":\"open\"}")));
	return FAIL(ERR_INVALID, "undone");
}

static void
what_is_undone_is_not_told(void **state)
{
	struct market_fixture *market = *state;
	struct command command = {0};

	add_receiver(market, 1, NULL);
	assert_int_not_equal(submit(market, &command, notice_then_fail).code, ERR_OK);
	assert_int_equal(line_of(market, 1).count, 0);
}

/* ---- what came of it
 * ------------------------------------------------------------------------------ */

static void
results_are_kept(void **state)
{
	struct market_fixture *market = *state;
	struct line_query line;

	add_receiver(market, 1, "A01");
	for (int i = 0; i < 4; i++)
		market_charge(market, "A01", 1000 + i);
	line = line_of(market, 1);
	tried(market, line.line[0], "waiting", 500);
	tried(market, line_of(market, 1).line[0], "delivered", 200);
	tried(market, line.line[1], "dead", 500);
	line = line_of(market, 1);
	assert_int_equal(line.count, 2);
	assert_int_equal(line.counts.dead, 1);
	assert_int_equal(line.attempt_count, 3); /* newest first */
	assert_true(str_eq(line.attempts[0].state, STR("dead")));
	assert_int_equal(line.attempts[2].status, 500);
	assert_int_equal(line.attempts[1].attempt, 2);
	assert_int_equal(line.attempts[1].id, 2);
	/* 410: the receiver is disabled, its notice waits; two alarms by now. */
	tried(market, line.line[0], "waiting", 410);
	assert_int_equal(change(market, 1, receiver_disable_apply).code, ERR_CONFLICT);
	assert_int_equal(line_of(market, 1).line[0].tries, 1);
	/* A person puts it in use again: as if nothing had been tried. */
	assert_int_equal(change(market, 1, receiver_enable_apply).code, ERR_OK);
	line = line_of(market, 1);
	assert_int_equal(line.count, 2);
	assert_int_equal(line.line[0].tries, 0);
	assert_int_equal(line.line[0].first_try_ms, 0);
	assert_int_equal(line.line[0].next_try_ms, 0);
	assert_int_equal(line.line[0].attempts, 1);
	assert_int_equal(change(market, 1, receiver_enable_apply).code, ERR_CONFLICT);
	assert_int_equal(change(market, 9, receiver_enable_apply).code, ERR_NOT_FOUND);
}

static void
some_are_sent_again(void **state)
{
	struct market_fixture *market = *state;
	struct dispatch_repeat_command repeat = {.receiver_id = 1};
	int64_t now = books_now_ms(market->books);
	struct line_query line;

	add_receiver(market, 1, "A01");
	for (int i = 0; i < 3; i++)
		market_charge(market, "A01", 1000 + i);
	line = line_of(market, 1);
	tried(market, line.line[0], "delivered", 200);
	tried(market, line.line[1], "delivered", 200);
	tried(market, line.line[2], "dead", 500);
	assert_int_equal(line_of(market, 1).count, 0);
	repeat.notice_id = line.line[1].notice_id;
	assert_int_equal(submit(market, &repeat.command, dispatch_repeat_apply).code, ERR_OK);
	assert_int_equal(repeat.count, 1);
	assert_int_equal(line_of(market, 1).line[0].notice_id, line.line[1].notice_id);
	assert_true(str_eq(line_of(market, 1).line[0].body, line.line[1].body));
	repeat = (struct dispatch_repeat_command){
		.receiver_id = 1, .from_ms = now - 1000, .to_ms = now + 60000};
	assert_int_equal(submit(market, &repeat.command, dispatch_repeat_apply).code, ERR_OK);
	assert_int_equal(repeat.count, 3);
	assert_int_equal(line_of(market, 1).counts.dead, 0);
	repeat.from_ms = now + 3600000;
	repeat.to_ms = INT64_C(253402300799000); /* the year 9999 */
	assert_int_equal(submit(market, &repeat.command, dispatch_repeat_apply).code, ERR_OK);
	assert_int_equal(repeat.count, 0);
	repeat.notice_id = 17;
	assert_int_equal(
		submit(market, &repeat.command, dispatch_repeat_apply).code, ERR_NOT_FOUND);
	repeat.receiver_id = 9;
	assert_int_equal(
		submit(market, &repeat.command, dispatch_repeat_apply).code, ERR_NOT_FOUND);
}

static void
the_same_key_adds_one(void **state)
{
	struct market_fixture *market = *state;
	struct receiver_add_command first = {
		.receiver = {.id = 1, .url = STR("https://a.vn/"), .secret = STR("s")},
		.principal = STR("local"),
		.key = STR("k"),
		.fingerprint = STR("one"),
	};
	struct receiver_add_command again = first, other = first;

	again.receiver.id = 2;
	other.receiver.id = 3;
	other.fingerprint = STR("another");
	assert_int_equal(submit(market, &first.command, receiver_add_apply).code, ERR_OK);
	assert_false(first.repeated);
	assert_int_equal(submit(market, &again.command, receiver_add_apply).code, ERR_OK);
	assert_true(again.repeated);
	assert_int_equal(again.receiver.id, 1);
	assert_int_equal(submit(market, &other.command, receiver_add_apply).code, ERR_CONFLICT);
	other.key = STR("another");
	other.stall = STR("nowhere");
	assert_int_equal(submit(market, &other.command, receiver_add_apply).code, ERR_NOT_FOUND);
}

static void
old_deliveries_are_forgotten(void **state)
{
	struct market_fixture *market = *state;
	struct dispatches_prune_command prune = {0};
	struct line_query line;

	add_receiver(market, 1, "A01");
	for (int i = 0; i < 3; i++)
		market_charge(market, "A01", 1000 + i);
	line = line_of(market, 1);
	tried(market, line.line[0], "delivered", 200); /* at 2000 ms, in 1970 */
	tried(market, line.line[1], "dead", 500);
	assert_int_equal(submit(market, &prune.command, dispatches_prune_apply).code, ERR_OK);
	assert_int_equal(prune.gone, 1);
	line = line_of(market, 1);
	assert_int_equal(line.count, 1);
	assert_int_equal(line.counts.dead, 1);
	assert_int_equal(line.attempt_count, 1);
	assert_true(str_eq(line.attempts[0].state, STR("dead")));
	assert_int_equal(submit(market, &prune.command, dispatches_prune_apply).code, ERR_OK);
	assert_int_equal(prune.gone, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_receiver_hears_its_stall_and_no_other, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			every_state_has_its_event, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			a_body_begins_as_the_fixture_says, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			a_refund_names_its_payment, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_undone_is_not_told, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(results_are_kept, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(some_are_sent_again, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			the_same_key_adds_one, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			old_deliveries_are_forgotten, market_setup, market_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
