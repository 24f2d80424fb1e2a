/* Many writers on one store: their ids, their leases, and the rows that they share by summing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../gateway/store/db.h"
#include "chopay/books.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define ID_EPOCH_MS INT64_C(1704067200000) /* 2024-01-01 */
#define PER_MS 4096			   /* ids of one writer in a millisecond */

/* ---- ids --------------------------------------------------------------------------------------
 */

static int64_t
first_id(int64_t ms, int writer)
{
	return (ms - ID_EPOCH_MS) << 20 | writer;
}

static void
ids_rise_whatever_the_clock_does(void **state)
{
	const int64_t now = ID_EPOCH_MS + 1000;
	const struct {
		const char *name;
		int writer;
		int64_t now_ms, last_id, want;
	} cases[] = {
		{"the first of a millisecond", 0, now, 0, first_id(now, 0)},
		{"another writer's", 7, now, 0, first_id(now, 7)},
		{"the last writer's", 255, now, 0, first_id(now, 255)},
		{"the second", 7, now, first_id(now, 7), first_id(now, 7) + 256},
		{"the clock stands still", 0, now, first_id(now, 0) + 256, first_id(now, 0) + 512},
		{"it went back", 3, now - 500, first_id(now, 3), first_id(now, 3) + 256},
		{"it goes on", 3, now + 1, first_id(now, 3) + 512, first_id(now + 1, 3)},
		{"a full millisecond runs over", 9, now, first_id(now + 1, 9) - 256,
			first_id(now + 1, 9)},
		/* Before there were writers, all 20 bits were the sequence. */
		{"after an id of before", 0, now, first_id(now, 0) + 1, first_id(now, 0) + 256},
		{"after one that looks like a higher writer's", 0, now, first_id(now, 0) + 255,
			first_id(now, 0) + 256},
		{"by another writer", 5, now, first_id(now, 0) + 300, first_id(now, 0) + 512 + 5},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t last_id = cases[i].last_id;
		struct tx tx = {
			.now_ms = cases[i].now_ms, .writer = cases[i].writer, .last_id = &last_id};

		if (tx_next_id(&tx) != cases[i].want || last_id != cases[i].want)
			fail_msg("%s: %lld, not %lld", cases[i].name, (long long)last_id,
				(long long)cases[i].want);
		assert_true(last_id > cases[i].last_id);
	}
}

static void
a_millisecond_may_hold_more_than_its_sequence(void **state)
{
	int64_t last[] = {0, 0}, before[] = {0, 0};
	struct tx tx = {.now_ms = ID_EPOCH_MS + 5};

	(void)state;
	for (int i = 0; i < 3 * PER_MS; i++) {
		for (int w = 0; w < 2; w++) {
			tx.writer = w;
			tx.last_id = &last[w];
			assert_true(tx_next_id(&tx) > before[w]);
			assert_int_equal(last[w] & 255, w);
			before[w] = last[w];
		}
		assert_int_not_equal(last[0], last[1]);
	}
	assert_int_equal(last[1], first_id(tx.now_ms + 3, 1) - 256); /* none was left out */
	tx.now_ms += 2; /* a clock that goes on is behind them still */
	assert_int_equal(tx_next_id(&tx), first_id(tx.now_ms + 1, 1));
}

/* ---- a store ------------------------------------------------------------------------------------
 */

struct fixture {
	struct db *db;
	struct crypt *crypt;
};

static int
set_up(void **state)
{
	struct fixture *fixture = mem_alloc_zero(1, sizeof(*fixture));
	static const struct sealing_key key = {{1, 2, 3, 4}, {5}};

	assert_int_equal(crypt_new(&fixture->crypt).code, ERR_OK);
	assert_int_equal(store_open_sqlite(":memory:", STORE_WRITE, &fixture->db).code, ERR_OK);
	store_seal_with(fixture->db, fixture->crypt, &key);
	assert_int_equal(store_migrate(fixture->db, 1).code, ERR_OK);
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	store_close(fixture->db);
	crypt_free(fixture->crypt);
	free(fixture);
	return 0;
}

/* ---- leases -------------------------------------------------------------------------------------
 */

static void
one_node_at_a_time_has_a_lease(void **state)
{
	struct db *db = ((struct fixture *)*state)->db;
	static const struct {
		const char *name, *node;
		int64_t now_ms;
		enum err_code want;
		int64_t token;
	} cases[] = {
		{"free", "a", 1000, ERR_OK, 1},
		{"another's", "b", 1050, ERR_CONFLICT, 0},
		{"ours, renewed", "a", 1090, ERR_OK, 1},
		{"renewed, so it lasts", "b", 1189, ERR_CONFLICT, 0},
		{"run out", "b", 1190, ERR_OK, 2},
		{"late", "a", 1200, ERR_CONFLICT, 0},
		{"run out again", "a", 5000, ERR_OK, 3},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct lease lease = {STR("job"), str_from(cases[i].node), 100};
		int64_t token = 0;
		struct err err = lease_take(db, &lease, cases[i].now_ms, &token);

		if (err.code != cases[i].want || token != cases[i].token)
			fail_msg("%s: code %d, token %lld", cases[i].name, (int)err.code,
				(long long)token);
	}
}

static void
a_token_of_before_fences(void **state)
{
	struct db *db = ((struct fixture *)*state)->db;
	const struct lease a = {STR("job"), STR("a"), 100}, b = {STR("job"), STR("b"), 100};
	int64_t token, next;

	assert_int_equal(lease_check(db, a.name, 1).code, ERR_CONFLICT); /* nobody ever had it */
	assert_int_equal(lease_take(db, &a, 0, &token).code, ERR_OK);
	assert_int_equal(lease_check(db, a.name, token).code, ERR_OK);
	/* It has run out, and nobody wanted it: what we do is still done by us alone. */
	assert_int_equal(lease_check(db, a.name, token).code, ERR_OK);
	assert_int_equal(lease_take(db, &b, 100, &next).code, ERR_OK);
	assert_int_equal(lease_check(db, a.name, token).code, ERR_CONFLICT);
	assert_int_equal(lease_release(db, a.name, token).code, ERR_OK); /* not ours: stays */
	assert_int_equal(lease_check(db, a.name, next).code, ERR_OK);
	assert_int_equal(lease_release(db, b.name, next).code, ERR_OK);
	assert_int_equal(lease_check(db, b.name, next).code, ERR_CONFLICT);
	assert_int_equal(lease_take(db, &b, 0, &token).code, ERR_OK);
	assert_int_equal(token, next + 1); /* what it began before is not what it does now */
}

static struct writer_lease
take_number(struct db *db, const char *node, int64_t now_ms, enum err_code want)
{
	struct writer_lease lease = {.node = str_from(node)};

	assert_int_equal(writers_take(db, &lease, now_ms, 100).code, want);
	return lease;
}

static void
each_writer_has_a_number(void **state)
{
	struct db *db = ((struct fixture *)*state)->db;
	struct writer_lease first = take_number(db, "a", 0, ERR_OK);
	struct writer_lease second = take_number(db, "b", 0, ERR_OK), again;
	int64_t id;

	assert_int_equal(first.number, 0);
	assert_int_equal(second.number, 1);
	assert_int_equal(store_mark_id(db, 1, second.token, 77).code, ERR_OK);
	assert_int_equal(store_mark_id(db, 1, second.token + 1, 78).code, ERR_BUSY);
	assert_int_equal(store_mark_id(db, 9, 1, 78).code, ERR_BUSY); /* nobody has it */
	assert_int_equal(writers_renew(db, &first, 1000).code, ERR_OK);
	again = take_number(db, "c", 100, ERR_OK); /* the second has run out, the first has not */
	assert_int_equal(again.number, 1);
	assert_true(again.token > second.token);
	assert_int_equal(store_mark_id(db, 1, second.token, 79).code, ERR_BUSY);
	assert_int_equal(writers_renew(db, &second, 1000).code, ERR_BUSY);
	assert_int_equal(store_last_id(db, 1, &id).code, ERR_OK);
	assert_int_equal(id, 77); /* where it goes on */
	assert_int_equal(writers_release(db, &first).code, ERR_OK);
	assert_int_equal(take_number(db, "d", 100, ERR_OK).number, 0);
}

static void
numbers_are_bounded(void **state)
{
	struct db *db = ((struct fixture *)*state)->db;

	for (int i = 0; i < WRITERS_MAX; i++)
		assert_int_equal(take_number(db, "n", 0, ERR_OK).number, i);
	take_number(db, "n", 0, ERR_BUSY);
	assert_int_equal(take_number(db, "n", 100, ERR_OK).number, 0);
}

/* The one writer of a file needs no lease. */
static void
the_only_writer_marks_without_a_token(void **state)
{
	struct db *db = ((struct fixture *)*state)->db;
	int64_t id;

	assert_int_equal(store_mark_id(db, 0, 0, 5).code, ERR_OK);
	assert_int_equal(store_last_id(db, 0, &id).code, ERR_OK);
	assert_int_equal(id, 5);
}

/* ---- rows that writers share ------------------------------------------------------------------
 */

static void
put_stall(struct db *db)
{
	int64_t merchant_id;

	assert_int_equal(merchants_ensure(db, 1, STR("Ba"), STR("1"), &merchant_id).code, ERR_OK);
	assert_int_equal(
		markets_put(db, &(struct market){.id = 1, .code = STR("M"), .name = STR("M")}).code,
		ERR_OK);
	assert_int_equal(stalls_put(db, &(struct stall){.id = 1,
						.market_id = 1,
						.code = STR("S"),
						.reference = STR("R"),
						.name = STR("S"),
						.kind = STR("stall"),
						.merchant_id = merchant_id,
						.close_day = DAY_LAST})
				 .code,
		ERR_OK);
}

static void
cells_are_the_sum_of_their_writers(void **state)
{
	struct db *db = ((struct fixture *)*state)->db;
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	static const struct {
		int writer;
		int64_t payments, value;
	} adds[] = {{0, 1, 500}, {3, 2, 700}, {3, 1, 50}, {9, -1, -500}};
	struct market_figures figures;
	int64_t payments;
	struct vnd value;
	size_t count;

	put_stall(db);
	for (size_t i = 0; i < COUNT(adds); i++) {
		assert_int_equal(store_write_as(db, adds[i].writer).code, ERR_OK);
		assert_int_equal(
			cells_add(db, 1, 10, adds[i].payments, (struct vnd){adds[i].value}).code,
			ERR_OK);
	}
	assert_int_equal(cells_of_stall(db, 1, 10, &payments, &value).code, ERR_OK);
	assert_int_equal(payments, 3);
	assert_int_equal(value.dong, 750);
	assert_int_equal(cells_by_market(db, arena, 0, 20, 1, &figures, &count).code, ERR_OK);
	assert_int_equal(figures.active, 1);
	assert_int_equal(figures.payments, 3);
	assert_int_equal(figures.value.dong, 750);
	/* What one booked another one gave back: nothing was sold. */
	assert_int_equal(cells_add(db, 1, 10, -3, (struct vnd){-750}).code, ERR_OK);
	assert_int_equal(cells_by_market(db, arena, 0, 20, 1, &figures, &count).code, ERR_OK);
	assert_int_equal(figures.active, 0);
	assert_int_equal(cells_of_stall(db, 1, 11, &payments, &value).code, ERR_OK);
	assert_int_equal(payments, 0);
}

static void
alarm_by(struct db *db, int writer, int64_t id)
{
	assert_int_equal(store_write_as(db, writer).code, ERR_OK);
	assert_int_equal(store_begin(db).code, ERR_OK);
	assert_int_equal(alarms_put(db, id, STR("k"), STR("s"), STR("d"), 1).code, ERR_OK);
	assert_int_equal(store_commit(db).code, ERR_OK);
}

static void
note(void *arg, const char *table, struct str key, const char *fault)
{
	struct buf *found = arg;

	buf_addf(found, "%s %.*s: %s\n", table, STR_FMT(key), fault);
}

static void
check_seals(struct db *db, const char *want)
{
	struct buf found CLEANUP(buf_fini) = {0};
	int64_t foreign;

	buf_adds(&found, "");
	assert_int_equal(store_verify_seals(db, note, &found, &foreign).code, ERR_OK);
	assert_int_equal(foreign, 0);
	assert_string_equal(found.len == 0 ? "" : found.ptr, want);
}

static void
totals_are_the_sum_of_their_writers(void **state)
{
	struct db *db = ((struct fixture *)*state)->db;

	alarm_by(db, 0, 1);
	alarm_by(db, 2, 2);
	alarm_by(db, 2, 3);
	alarm_by(db, 0, 4); /* it goes on from its own total */
	check_seals(db, "");
}

static void
a_writer_s_total_is_sealed_as_its_own(void **state)
{
	static const struct {
		const char *name, *sql, *want;
	} cases[] = {
		{"a number", "UPDATE seal_total SET row_count = 5 WHERE writer = 2",
			"seal_total alarm: it is not as it was written: somebody changed the row\n"},
		{"whose it is", "UPDATE seal_total SET writer = 4 WHERE writer = 2",
			"seal_total alarm: it is not as it was written: somebody changed the row\n"},
		{"one is gone", "DELETE FROM seal_total WHERE writer = 2",
			"alarm *: rows were put in by somebody else\n"},
		{"rows are gone", "DELETE FROM alarm WHERE id = 2",
			"alarm *: rows were taken away\n"},
	};
	struct db *db = ((struct fixture *)*state)->db;

	alarm_by(db, 0, 1);
	alarm_by(db, 2, 2);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(store_begin(db).code, ERR_OK);
		assert_int_equal(db_exec(db, cases[i].sql).code, ERR_OK);
		check_seals(db, cases[i].want);
		store_rollback(db);
		check_seals(db, "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_rise_whatever_the_clock_does),
		cmocka_unit_test(a_millisecond_may_hold_more_than_its_sequence),
		cmocka_unit_test_setup_teardown(one_node_at_a_time_has_a_lease, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_token_of_before_fences, set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_writer_has_a_number, set_up, tear_down),
		cmocka_unit_test_setup_teardown(numbers_are_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_only_writer_marks_without_a_token, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			cells_are_the_sum_of_their_writers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			totals_are_the_sum_of_their_writers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_writer_s_total_is_sealed_as_its_own, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
