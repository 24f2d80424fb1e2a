/* What was frozen, who looked at it, and exports: their rows, on both engines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../gateway/store/db.h"
#include "../support/market.h"
#include "chopay/report_commands.h"
#include "chopay/snapshots.h"

#define MAX 8

/* Runs on the writer. */
struct story {
	struct command command;
	struct err (*tell)(struct tx *tx, struct story *self);
	const char *sql;
	int64_t ids[MAX];
	size_t count;
};

static struct err
apply(struct tx *tx, struct command *self)
{
	struct story *story = (struct story *)self;

	return story->tell(tx, story);
}

static struct err
tell(struct market_fixture *market, struct story *story)
{
	story->command = (struct command){.apply = apply, .arena = market->arena};
	return books_submit_wait(market->books, &story->command);
}

static struct err
run_sql(struct tx *tx, struct story *self)
{
	return db_exec(tx->db, self->sql);
}

static struct err
change(struct market_fixture *market, const char *sql)
{
	return tell(market, &(struct story){.tell = run_sql, .sql = sql});
}

/* ---- snapshots ---------------------------------------------------------------------------------
 */

static struct snapshot
snapshot_of(int64_t id, int64_t revision, struct str period)
{
	return (struct snapshot){.id = id,
		.scope = STR("unit:23059"),
		.period = period,
		.calendar = STR("duong_lich"),
		.boundary = STR("hien_hanh"),
		.audience = STR("official"),
		.parameter_set = STR("CAI-1"),
		.revision = revision,
		.status = STR("provisional"),
		.position = 7,
		.cut_at_ms = 8,
		.person = STR("Nguyễn Thị Huệ"),
		.report = STR("{\"n\":\"chợ\"}"),
		.sha256 = STR("\0\1\2"),
		.signature = STR("\377\376")};
}

static struct err
three_snapshots(struct tx *tx, struct story *self)
{
	const struct {
		int64_t revision;
		struct str period;
	} rows[] = {{0, STR("2026-06")}, {1, STR("2026-06")}, {0, STR("2026-Q2")}};

	for (size_t i = 0; i < 3; i++) {
		struct snapshot one;

		self->ids[i] = tx_next_id(tx);
		one = snapshot_of(self->ids[i], rows[i].revision, rows[i].period);
		TRY(snapshots_put(tx->db, &one));
	}
	return OK;
}

static struct err
one_snapshot_again(struct tx *tx, struct story *self)
{
	struct snapshot one = snapshot_of(tx_next_id(tx), 1, STR("2026-06"));

	(void)self;
	return snapshots_put(tx->db, &one);
}

struct looked {
	struct query query;
	int64_t id;
	struct snapshot one, last, list[MAX];
	size_t count, of_another, below;
	struct err missing;
};

static struct err
look(struct db *db, struct query *query)
{
	struct looked *looked = (struct looked *)query;
	struct snapshot same = snapshot_of(0, 0, STR("2026-06")), none[MAX];

	TRY(snapshots_get(db, query->arena, looked->id, &looked->one));
	TRY(snapshots_last(db, query->arena, &same, &looked->last));
	TRY(snapshots_list(db, query->arena, STR(""), 0, MAX, looked->list, &looked->count));
	TRY(snapshots_list(db, query->arena, STR("market:X"), 0, MAX, none, &looked->of_another));
	TRY(snapshots_list(db, query->arena, same.scope, looked->id, MAX, none, &looked->below));
	same.audience = STR("board");
	looked->missing = snapshots_last(db, query->arena, &same, &none[0]);
	return OK;
}

static void
a_revision_does_not_take_the_place_of_one_before(void **state)
{
	struct market_fixture *market = *state;
	struct story story = {.tell = three_snapshots};
	struct looked looked = {.query = {.run = look, .arena = market->arena}};
	struct snapshot want;

	assert_int_equal(tell(market, &story).code, ERR_OK);
	assert_int_equal(
		tell(market, &(struct story){.tell = one_snapshot_again}).code, ERR_CONFLICT);
	looked.id = story.ids[1];
	assert_int_equal(books_ask_wait(market->books, &looked.query).code, ERR_OK);
	want = snapshot_of(story.ids[1], 1, STR("2026-06"));
	assert_true(str_eq(looked.one.report, want.report));
	assert_true(str_eq(looked.one.sha256, want.sha256));
	assert_true(str_eq(looked.one.signature, want.signature));
	assert_true(str_eq(looked.one.person, want.person));
	assert_int_equal(looked.one.position, 7);
	assert_int_equal(looked.one.cut_at_ms, 8);
	assert_int_equal(looked.last.id, story.ids[1]);
	assert_int_equal(looked.count, 3);
	assert_int_equal(looked.list[0].id, story.ids[2]);
	assert_int_equal(looked.list[0].report.len, 0);
	assert_int_equal(looked.of_another, 0);
	assert_int_equal(looked.below, 1);
	assert_int_equal(looked.missing.code, ERR_NOT_FOUND);
	market_assert_verified(market);
}

static void
a_snapshot_changed_by_hand_is_named(void **state)
{
	struct market_fixture *market = *state;
	struct story story = {.tell = three_snapshots};

	assert_int_equal(tell(market, &story).code, ERR_OK);
	assert_int_equal(
		change(market, "UPDATE snapshot SET status = 'official' WHERE revision = 1").code,
		ERR_OK);
	assert_string_equal(market_verify(market).ptr,
		arena_printf(market->arena,
			"snapshot %lld: it is not as it was written: somebody changed the row\n",
			(long long)story.ids[1])
			.ptr);
	assert_int_equal(change(market, "DELETE FROM snapshot").code, ERR_OK);
	assert_string_equal(market_verify(market).ptr, "snapshot *: rows were taken away\n");
}

/* ---- audit -------------------------------------------------------------------------------------
 */

static struct err
five_lines(struct tx *tx, struct story *self)
{
	for (size_t i = 0; i < 5; i++) {
		self->ids[i] = tx_next_id(tx);
		TRY(audit_put(tx->db, &(struct audit_line){self->ids[i], tx->now_ms, STR("Huệ"),
					      STR("view"), STR("unit:23059"), STR("2026-06")}));
	}
	return OK;
}

static struct err
line_of_before(struct tx *tx, struct story *self)
{
	return audit_put(tx->db, &(struct audit_line){.id = self->ids[0], .at_ms = tx->now_ms});
}

struct checked {
	struct query query;
	struct buf faults;
	struct audit_line lines[MAX];
	size_t count;
};

static void
found(void *arg, int64_t id, const char *fault)
{
	struct checked *checked = arg;

	(void)fault;
	buf_addf(&checked->faults, "%lld ", (long long)id);
}

static struct err
check(struct db *db, struct query *query)
{
	struct checked *checked = (struct checked *)query;

	TRY(audit_list(db, query->arena, &(struct audit_filter){0}, 0, MAX, checked->lines,
		&checked->count));
	return audit_verify(db, found, checked);
}

static void
check_chain(struct market_fixture *market, int64_t fault)
{
	struct checked checked = {.query = {.run = check, .arena = market->arena}};
	struct buf want CLEANUP(buf_fini) = {0};

	assert_int_equal(books_ask_wait(market->books, &checked.query).code, ERR_OK);
	if (fault != 0)
		buf_addf(&want, "%lld ", (long long)fault);
	assert_true(str_eq(buf_str(&checked.faults), buf_str(&want)));
	buf_fini(&checked.faults);
}

static void
a_line_is_neither_changed_nor_taken_out(void **state)
{
	struct market_fixture *market = *state;
	struct story story = {.tell = five_lines}, again = {.tell = five_lines};
	struct checked checked = {.query = {.run = check, .arena = market->arena}};
	struct buf sql CLEANUP(buf_fini) = {0};

	check_chain(market, 0);
	assert_int_equal(tell(market, &story).code, ERR_OK);
	market_reopen(market);
	assert_int_equal(tell(market, &again).code, ERR_OK); /* the chain goes on */
	assert_int_equal(books_ask_wait(market->books, &checked.query).code, ERR_OK);
	assert_int_equal(checked.count, MAX);
	assert_int_equal(checked.lines[0].id, again.ids[4]);
	assert_true(str_eq(checked.lines[0].who, STR("Huệ")));
	check_chain(market, 0);
	market_assert_verified(market);

	buf_addf(&sql, "UPDATE audit SET who = 'Lan' WHERE id = %lld", (long long)story.ids[2]);
	assert_int_equal(change(market, sql.ptr).code, ERR_OK);
	check_chain(market, story.ids[2]);
	assert_true(market_verify(market).len > 0);
	buf_clear(&sql);
	buf_addf(&sql, "UPDATE audit SET who = 'Huệ' WHERE id = %lld", (long long)story.ids[2]);
	assert_int_equal(change(market, sql.ptr).code, ERR_OK);
	check_chain(market, 0);
	buf_clear(&sql);
	buf_addf(&sql, "DELETE FROM audit WHERE id = %lld", (long long)again.ids[0]);
	assert_int_equal(change(market, sql.ptr).code, ERR_OK);
	check_chain(market, again.ids[1]);
	/* The chain does not miss its end; the seals do. */
	buf_clear(&sql);
	buf_addf(&sql, "DELETE FROM audit WHERE id > %lld", (long long)story.ids[4]);
	assert_int_equal(change(market, sql.ptr).code, ERR_OK);
	check_chain(market, 0);
	assert_string_equal(market_verify(market).ptr, "audit *: rows were taken away\n");
	assert_int_equal(
		tell(market, &(struct story){.tell = line_of_before, .ids = {story.ids[1]}}).code,
		ERR_INVALID);
}

/* ---- exports -----------------------------------------------------------------------------------
 */

static struct err
exports_story(struct tx *tx, struct story *self)
{
	struct export_job job = {.who = STR("Huệ"),
		.request = STR("{}"),
		.state = STR("waiting"),
		.created_at_ms = 10,
		.updated_at_ms = 10};
	struct export_job jobs[MAX];

	for (size_t i = 0; i < 3; i++, job.created_at_ms++) {
		job.id = self->ids[i] = tx_next_id(tx);
		TRY(exports_put(tx->db, &job));
	}
	job.state = STR("failed");
	job.error = STR("đĩa đầy");
	job.done = 3;
	job.total = 4;
	job.updated_at_ms = 20;
	TRY(exports_set(tx->db, &job));
	TRY(exports_get(tx->db, self->command.arena, self->ids[2], &jobs[0]));
	assert_true(str_eq(jobs[0].error, job.error) && str_eq(jobs[0].state, job.state));
	assert_int_equal(jobs[0].created_at_ms, 12);
	assert_int_equal(jobs[0].updated_at_ms, 20);
	assert_int_equal(jobs[0].done * 10 + jobs[0].total, 34);
	TRY(exports_forget(tx->db, 12, 1, self->ids + 3, &self->count));
	assert_int_equal(self->count, 1);
	assert_int_equal(self->ids[3], self->ids[0]);
	assert_int_equal(
		exports_set(tx->db, &(struct export_job){.id = self->ids[0]}).code, ERR_NOT_FOUND);
	return exports_list(tx->db, self->command.arena, self->ids[2], MAX, jobs, &self->count);
}

static void
an_export_is_kept_while_it_is_young(void **state)
{
	struct story story = {.tell = exports_story};

	assert_int_equal(tell(*state, &story).code, ERR_OK);
	assert_int_equal(story.count, 1);
}

static struct err
ask_export(struct market_fixture *market, int64_t *id, bool *full)
{
	struct export_command ask = {
		.command = {.apply = export_ask_apply, .arena = market->arena},
		.job = {.who = STR("Huệ"), .request = STR("{}"), .error = STR("")},
		.subject = STR("unit:23059 2026-06"),
	};
	struct err err = books_submit_wait(market->books, &ask.command);

	*id = ask.job.id;
	*full = ask.full;
	return err;
}

static struct err
step(struct market_fixture *market, int64_t id, struct str *state)
{
	struct export_command step = {
		.command = {.apply = export_step_apply, .arena = market->arena},
		.job = {.id = id, .state = *state, .error = STR("")},
	};
	struct err err = books_submit_wait(market->books, &step.command);

	*state = step.job.state;
	return err;
}

static void
so_many_exports_wait_and_what_is_cancelled_stays_so(void **state)
{
	struct market_fixture *market = *state;
	struct export_command cancel = {
		.command = {.apply = export_cancel_apply, .arena = market->arena}};
	struct str told = STR("running"), again = STR("done");
	int64_t id, first;
	bool full;

	assert_int_equal(ask_export(market, &first, &full).code, ERR_OK);
	for (size_t i = 1; i < EXPORTS_OPEN_MAX; i++)
		assert_int_equal(ask_export(market, &id, &full).code, ERR_OK);
	assert_false(full);
	assert_int_equal(ask_export(market, &id, &full).code, ERR_OK);
	assert_true(full);
	assert_int_equal(step(market, first, &told).code, ERR_OK);
	assert_true(str_eq(told, STR("running")));
	cancel.job.id = first;
	assert_int_equal(books_submit_wait(market->books, &cancel.command).code, ERR_OK);
	assert_int_equal(books_submit_wait(market->books, &cancel.command).code, ERR_CONFLICT);
	assert_int_equal(step(market, first, &again).code, ERR_OK);
	assert_true(str_eq(again, STR("cancelled")));
	assert_int_equal(ask_export(market, &id, &full).code, ERR_OK);
	assert_false(full);
}

static void
a_file_is_there_whole_or_not(void **state)
{
	struct market_fixture *market = *state;
	struct buf bytes CLEANUP(buf_fini) = {0};

	assert_int_equal(export_file_read(market->books, 7, &bytes).code, ERR_NOT_FOUND);
	assert_int_equal(export_file_write(market->books, 7, STR("một\0hai")).code, ERR_OK);
	assert_int_equal(export_file_write(market->books, 7, STR("ba")).code, ERR_OK);
	assert_int_equal(export_file_read(market->books, 7, &bytes).code, ERR_OK);
	assert_true(str_eq(buf_str(&bytes), STR("ba")));
	export_file_remove(market->books, 7);
	assert_int_equal(export_file_read(market->books, 7, &bytes).code, ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_revision_does_not_take_the_place_of_one_before,
			market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			a_snapshot_changed_by_hand_is_named, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			a_line_is_neither_changed_nor_taken_out, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			an_export_is_kept_while_it_is_young, market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(so_many_exports_wait_and_what_is_cancelled_stays_so,
			market_setup, market_teardown),
		cmocka_unit_test_setup_teardown(
			a_file_is_there_whole_or_not, market_setup, market_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
