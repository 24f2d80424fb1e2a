/* What nodes on one store learn of each other from its rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../gateway/store/db.h"
#include "chopay/books.h"
#include "chopay/crypt.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define STALL 7

/* The id of an instant, in milliseconds, by a writer. */
#define ID(ms, writer) ((ms)*ID_PER_MS + (writer))

static int
set_up(void **state)
{
	struct db *db;

	assert_int_equal(store_open_sqlite(":memory:", STORE_WRITE, &db).code, ERR_OK);
	assert_int_equal(store_migrate(db, 1).code, ERR_OK);
	*state = db;
	return 0;
}

static int
tear_down(void **state)
{
	store_close(*state);
	return 0;
}

static void
put_notice(struct db *db, int64_t id, int64_t stall_id)
{
	const struct notice notice = {.id = id,
		.stall_id = stall_id,
		.kind = STR("payment"),
		.reference = STR(""),
		.body = STR("{}")};

	assert_int_equal(notices_put(db, &notice).code, ERR_OK);
}

static void
one_writer_s_notices_are_read_in_their_order(void **state)
{
	struct db *db = *state;
	static const struct {
		const char *name;
		int writer;
		int64_t after, upto, want[3]; /* 0: no more */
	} cases[] = {
		{"all of it", 1, 0, INT64_MAX, {ID(10, 1), ID(20, 1), ID(30, 1)}},
		{"after one", 1, ID(10, 1), INT64_MAX, {ID(20, 1), ID(30, 1)}},
		{"up to one", 1, ID(10, 1), ID(20, 1), {ID(20, 1)}},
		{"none", 1, ID(30, 1), INT64_MAX, {0}},
		{"another's, between them", 2, 0, INT64_MAX, {ID(15, 2)}},
		{"the last writer's", 255, 0, INT64_MAX, {ID(20, 255)}},
		{"nobody's", 3, 0, INT64_MAX, {0}},
	};

	put_notice(db, ID(30, 1), STALL);
	put_notice(db, ID(10, 1), STALL);
	put_notice(db, ID(20, 1), STALL + 1);
	put_notice(db, ID(15, 2), STALL);
	put_notice(db, ID(20, 255), STALL);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct notice found[3];
		size_t count;

		assert_int_equal(notices_by_writer(db, arena, cases[i].writer, cases[i].after,
					 cases[i].upto, COUNT(found), found, &count)
					 .code,
			ERR_OK);
		for (size_t n = 0; n < COUNT(found); n++) {
			if ((n < count ? found[n].id : 0) != cases[i].want[n])
				fail_msg("%s: the notice %zu", cases[i].name, n);
		}
	}
}

static void
the_newest_of_each_writer(void **state)
{
	struct db *db = *state;
	int64_t ids[3];
	size_t count;

	assert_int_equal(notices_newest(db, STALL, ID(100, 0), 3, ids, &count).code, ERR_OK);
	assert_int_equal(count, 0);
	put_notice(db, ID(1000, 1), STALL);
	put_notice(db, ID(990, 1), STALL);
	put_notice(db, ID(950, 2), STALL);
	put_notice(db, ID(899, 3), STALL); /* too long ago */
	put_notice(db, ID(2000, 4), STALL + 1);
	assert_int_equal(notices_newest(db, STALL, ID(100, 0), 3, ids, &count).code, ERR_OK);
	assert_int_equal(count, 2);
	assert_int_equal(ids[0], ID(1000, 1));
	assert_int_equal(ids[1], ID(950, 2));
	assert_int_equal(notices_newest(db, STALL, ID(100, 0), 1, ids, &count).code, ERR_OK);
	assert_int_equal(count, 1);
}

static void
changes_are_counted_apart(void **state)
{
	struct db *db = *state;
	int64_t before[STORE_CHANGES], after[STORE_CHANGES];

	assert_int_equal(changes_get(db, before).code, ERR_OK);
	assert_int_equal(changes_put(db, CHANGED_PULLS).code, ERR_OK);
	assert_int_equal(endpoints_revoke(db, STR("none"), 1).code, ERR_NOT_FOUND);
	assert_int_equal(endpoints_put(db, &(struct endpoint){.id = STR("e")}).code, ERR_OK);
	assert_int_equal(endpoints_revoke(db, STR("e"), 1).code, ERR_OK);
	assert_int_equal(changes_get(db, after).code, ERR_OK);
	assert_int_equal(after[CHANGED_ENDPOINTS] - before[CHANGED_ENDPOINTS], 2);
	assert_int_equal(after[CHANGED_PULLS] - before[CHANGED_PULLS], 1);
	assert_int_equal(after[CHANGED_RECEIVERS] - before[CHANGED_RECEIVERS], 0);
}

static void
who_wrote_and_who_lives(void **state)
{
	struct db *db = *state;
	struct writer_lease a = {.node = STR("a")}, b = {.node = STR("b")};
	struct writer_mark marks[WRITERS_MAX];
	size_t count;

	assert_int_equal(writers_take(db, &a, 1000, 100).code, ERR_OK);
	assert_int_equal(writers_take(db, &b, 1000, 300).code, ERR_OK);
	assert_int_equal(store_mark_id(db, b.number, b.token, ID(5, 0) + b.number).code, ERR_OK);
	assert_int_equal(writers_list(db, STR("a"), 1200, marks, &count).code, ERR_OK);
	assert_int_equal(count, 2);
	assert_true(marks[a.number].ours && !marks[a.number].alive);
	assert_true(!marks[b.number].ours && marks[b.number].alive);
	assert_int_equal(marks[a.number].last_id, 0);
	assert_int_equal(marks[b.number].last_id, ID(5, 0) + b.number);
}

static void
one_process_hears_nobody(void **state)
{
	struct db *db = *state;
	bool hears = true;
	int64_t now_ms = 0;

	assert_int_equal(store_listen(db, &hears).code, ERR_OK);
	assert_false(hears);
	assert_int_equal(store_tell(db).code, ERR_OK);
	assert_int_equal(store_clock_ms(db, &now_ms).code, ERR_OK);
	assert_true(now_ms > INT64_C(1704067200000));
}

static void
the_first_secret_stays(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct db *db = *state;
	struct str sealed;

	assert_int_equal(shared_secrets_get(db, arena, STR("key"), &sealed).code, ERR_NOT_FOUND);
	assert_int_equal(shared_secrets_put(db, STR("key"), STR("one")).code, ERR_OK);
	assert_int_equal(shared_secrets_put(db, STR("key"), STR("two")).code, ERR_OK);
	assert_int_equal(shared_secrets_get(db, arena, STR("key"), &sealed).code, ERR_OK);
	assert_true(str_eq(sealed, STR("one")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			one_writer_s_notices_are_read_in_their_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_newest_of_each_writer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(changes_are_counted_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_wrote_and_who_lives, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_process_hears_nobody, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_first_secret_stays, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
