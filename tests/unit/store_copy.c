/* All rows of a store into another one: every table, every value, again and again, broken off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../gateway/store/copy_plan.h"
#include "chopay/crypt.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define NOW_MS INT64_C(1790000000000)
#define ROWS 3

/* Two stores, the first with rows in every table; references and checks do not stand in the way. */
struct stores {
	char folder[64];
	struct arena *arena;
	struct db *from_write, *from, *to, *beside;
	struct store_copy *copy;
	int64_t token;
	int batches_left; /* then another copy begins */
};

static void
must(struct err err)
{
	if (err.code != ERR_OK)
		fail_msg("%s", err.what);
}

static struct db *
open_file(struct stores *stores, const char *name, enum store_mode mode)
{
	char file[128];
	struct db *db;

	snprintf(file, sizeof(file), "%s/%s", stores->folder, name);
	must(store_open_sqlite(file, mode, &db));
	if (mode == STORE_READ)
		return db;
	must(store_migrate(db, NOW_MS));
	must(db_exec(db, "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON"));
	return db;
}

static void
note_copying(struct stores *stores)
{
	must(store_note_put(stores->to,
		&(struct store_note){STR("copying"), STR("elsewhere"), ++stores->token, NOW_MS}));
}

static void
progress(void *arg, const struct copy_progress *told)
{
	struct stores *stores = arg;

	assert_true(told->rows <= told->of && told->all_rows <= told->all_of);
	if (stores->to->depth == 0 && stores->batches_left > 0 && --stores->batches_left == 0)
		note_copying(stores);
}

static void
begin_copy(struct stores *stores)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct copy_config config = {
		stores->from, stores->to, stores->beside, stores->token, progress, stores};
	struct err err = store_copy_new(&config, &stores->copy, &why);

	if (err.code != ERR_OK)
		fail_msg("%s", why.ptr);
}

/* ---- rows of every table ------------------------------------------------------------------------
 */

/* What a value may be: the ends of each kind, and nothing. */
static struct db_value
sample(const struct table *table, int column, int row)
{
	static const char *const texts[] = {"", "Chợ Ma Lâm", "'\"\\ \t"};
	const struct str blobs[] = {STR(""), STR("a\0b"), STR("\377\376")};
	static const int64_t numbers[] = {INT64_MIN, 0, INT64_MAX};
	enum db_kind kind = table->columns[column].kind;

	if (kind == DB_INT)
		return (struct db_value){.kind = kind, .number = numbers[row % ROWS]};
	return (struct db_value){.kind = kind,
		.bytes = kind == DB_TEXT ? str_from(texts[row % ROWS]) : blobs[row % ROWS]};
}

static bool
may_be_null(struct db *db, const struct table *table, int column)
{
	static const char MAY[] = "SELECT \"notnull\" = 0 AND pk = 0"
				  " FROM pragma_table_info($1) WHERE name = $2";
	struct db_stmt *stmt;
	bool may;

	must(db_prepare(db, MAY, &stmt));
	db_bind_str(stmt, 1, table->name);
	db_bind_str(stmt, 2, table->columns[column].name);
	must(db_one(stmt, "the column"));
	may = db_int(stmt, 0) != 0;
	db_reset(stmt);
	return may;
}

static void
put_row(struct db *db, const struct copy_plan *plan, int row)
{
	struct db_stmt *stmt;

	must(db_prepare(db, plan->insert, &stmt));
	for (int i = 0; i < plan->table->column_count; i++) {
		struct db_value value = sample(plan->table, i, row);

		if (row == 1 && may_be_null(db, plan->table, i))
			db_bind_null(stmt, i + 1);
		else if (value.kind == DB_INT)
			db_bind_int(stmt, i + 1, value.number);
		else if (value.kind == DB_TEXT)
			db_bind_str(stmt, i + 1, value.bytes);
		else
			db_bind_blob(stmt, i + 1, value.bytes);
	}
	must(db_run(stmt));
}

static void
fill(struct stores *stores)
{
	for (size_t i = 0; i < stores->copy->plans.count; i++) {
		for (int row = 0; row < ROWS; row++)
			put_row(stores->from_write, &stores->copy->plans.items[i], row);
	}
	must(db_exec(stores->from_write, "UPDATE writer SET last_id = 4711"));
}

static int
set_up(void **state)
{
	struct stores *stores = mem_alloc_zero(1, sizeof(*stores));

	snprintf(stores->folder, sizeof(stores->folder), "/tmp/chopay_unit_XXXXXX");
	assert_non_null(mkdtemp(stores->folder));
	stores->arena = arena_new();
	stores->from_write = open_file(stores, "from", STORE_WRITE);
	stores->to = open_file(stores, "to", STORE_LOAD);
	stores->from = open_file(stores, "from", STORE_READ);
	stores->beside = open_file(stores, "to", STORE_READ);
	note_copying(stores);
	begin_copy(stores);
	fill(stores);
	*state = stores;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const files[] = {
		"from", "from-wal", "from-shm", "to", "to-wal", "to-shm"};
	struct stores *stores = *state;
	char path[128];

	store_close(stores->from);
	store_close(stores->beside);
	store_close(stores->from_write);
	store_close(stores->to);
	store_copy_free(stores->copy);
	for (size_t i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", stores->folder, files[i]);
		remove(path);
	}
	remove(stores->folder);
	arena_free(stores->arena);
	free(stores);
	return 0;
}

/* Every value of every table that is copied. */
static struct str
dump(struct stores *stores, struct db *db)
{
	struct buf text CLEANUP(buf_fini) = {0};
	struct db_stmt *stmt;
	bool row = true;

	for (size_t i = 0; i < stores->copy->plans.count; i++) {
		const struct copy_plan *plan = &stores->copy->plans.items[i];

		buf_addf(&text, "%.*s\n", STR_FMT(plan->table->name));
		must(db_prepare(db, plan->read, &stmt));
		for (must(db_step(stmt, &row)); row; must(db_step(stmt, &row))) {
			for (int c = 0; c < plan->table->column_count; c++) {
				struct str bytes = db_str(stmt, c);

				buf_addf(&text, "%s%zu:", db_is_null(stmt, c) ? "null" : "",
					bytes.len);
				buf_add(&text, bytes);
			}
			buf_addc(&text, '\n');
		}
	}
	return arena_copy(stores->arena, buf_str(&text));
}

static void
assert_same(struct stores *stores)
{
	struct str from = dump(stores, stores->from), to = dump(stores, stores->beside);

	if (!str_eq(from, to))
		fail_msg("not the same:\n%.*s\n%.*s", STR_FMT(from), STR_FMT(to));
}

static struct copy_counts
pass(struct stores *stores)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct copy_counts counts;

	if (store_copy_pass(stores->copy, &counts, &why).code != ERR_OK)
		fail_msg("%s", why.ptr);
	return counts;
}

static void
count_difference(void *arg, struct str table, const char *fault)
{
	(void)fault;
	buf_addf(arg, "%.*s ", STR_FMT(table));
}

static struct str
differences(struct stores *stores)
{
	struct buf found CLEANUP(buf_fini) = {0}, why CLEANUP(buf_fini) = {0};

	must(store_copy_compare(stores->copy, count_difference, &found, &why));
	return arena_copy(stores->arena, buf_str(&found));
}

/* ---- rules --------------------------------------------------------------------------------------
 */

static void
each_table_is_copied_or_left_out_for_a_reason(void **state)
{
	static const char *const left[] = {
		"schema_step", "store_note", "writer", "change", "node_keys", "lease"};
	struct stores *stores = *state;
	struct catalogue catalogue;

	must(catalogue_read(stores->from, stores->arena, &catalogue));
	for (size_t i = 0; i < COUNT(left); i++) {
		assert_non_null(catalogue_find(&catalogue, str_from(left[i])));
		assert_non_null(copy_left_out(str_from(left[i])));
	}
	assert_int_equal(stores->copy->plans.count + COUNT(left), catalogue.count);
	assert_true(catalogue.count > 30);
}

static void
tables_come_after_those_they_refer_to(void **state)
{
	static const char *const orders[][2] = {{"market", "stall"}, {"stall", "payment"},
		{"transfer", "payment"}, {"delivery", "transfer"}, {"suspense", "resolution"},
		{"receiver", "dispatch"}};
	struct stores *stores = *state;
	struct catalogue catalogue;

	must(catalogue_read(stores->from, stores->arena, &catalogue));
	for (size_t i = 0; i < COUNT(orders); i++)
		assert_true(catalogue_find(&catalogue, str_from(orders[i][0])) <
			    catalogue_find(&catalogue, str_from(orders[i][1])));
}

static void
every_value_is_the_same_there(void **state)
{
	struct stores *stores = *state;
	struct copy_counts counts = pass(stores);

	assert_int_equal(counts.added, ROWS * stores->copy->plans.count);
	assert_int_equal(counts.rows, counts.added);
	assert_same(stores);
	assert_int_equal(differences(stores).len, 0);
}

static void
ids_go_on_above_the_old_ones(void **state)
{
	struct stores *stores = *state;
	int64_t last_id;

	pass(stores);
	must(store_last_id(stores->to, 0, &last_id));
	assert_int_equal(last_id, 4711);
	must(db_exec(stores->to, "UPDATE writer SET last_id = 5000"));
	pass(stores);
	must(store_last_id(stores->to, 0, &last_id));
	assert_int_equal(last_id, 5000);
}

static void
a_second_pass_brings_what_changed(void **state)
{
	static const struct {
		const char *name, *sql;
		struct copy_counts want; /* added, changed, removed */
	} cases[] = {
		{"nothing", "SELECT 1", {0, 0, 0, 0}},
		{"a row more", "INSERT INTO bank VALUES ('970000', 'X', 'X', 'X')", {0, 1, 0, 0}},
		{"a row in the midst", "INSERT INTO market VALUES (5, 'c', 'n', 0)", {0, 1, 0, 0}},
		{"a changed value", "UPDATE endpoint SET secret = x'00' WHERE id = ''",
			{0, 0, 1, 0}},
		{"a value that was none",
			"UPDATE session SET revoked_at_ms = NULL WHERE hash = x''", {0, 0, 1, 0}},
		{"a sealed row", "UPDATE charge SET paid = 5, seal = x'01' WHERE id = 0",
			{0, 0, 1, 0}},
		{"rows that are gone", "DELETE FROM dispatch", {0, 0, 0, ROWS}},
		{"the first and the last",
			"DELETE FROM unit WHERE from_day = -9223372036854775808;"
			" INSERT INTO unit VALUES ('zzz', 0, 0, '', '', '')",
			{0, 1, 0, 1}},
	};
	struct stores *stores = *state;

	pass(stores);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct copy_counts counts;

		must(db_exec(stores->from_write, cases[i].sql));
		if (i > 0)
			assert_true(differences(stores).len > 0 || cases[i].want.changed > 0);
		counts = pass(stores);
		if (counts.added != cases[i].want.added ||
			counts.changed != cases[i].want.changed ||
			counts.removed != cases[i].want.removed)
			fail_msg("%s: +%lld ~%lld -%lld", cases[i].name, (long long)counts.added,
				(long long)counts.changed, (long long)counts.removed);
		assert_same(stores);
	}
}

/* ---- rows that are told ------------------------------------------------------------------------
 */

static struct copy_counts
bring(struct stores *stores, struct touched *touched)
{
	struct buf found CLEANUP(buf_fini) = {0}, why CLEANUP(buf_fini) = {0};
	struct copy_counts counts;

	store_watched(stores->from_write, stores->arena, touched);
	assert_true(touched->known);
	if (store_copy_touched(stores->copy, touched, &counts, count_difference, &found, &why)
			.code != ERR_OK)
		fail_msg("%s", why.ptr);
	assert_int_equal(found.len, 0);
	return counts;
}

static void
rows_that_were_written_are_brought_and_no_others(void **state)
{
	static const struct {
		const char *name, *sql;
		int64_t looked_at;
	} cases[] = {
		{"nothing", "SELECT 1", 0},
		{"a row more", "INSERT INTO bank VALUES ('970000', 'X', 'X', 'X')", 1},
		{"a changed value", "UPDATE endpoint SET secret = x'00' WHERE id = ''", 1},
		{"the same one often",
			"UPDATE charge SET paid = 5 WHERE id = 0; UPDATE charge SET paid = 6, state ="
			" 'x', seal = x'02' WHERE id = 0",
			1},
		{"by a key of two columns", "UPDATE payment SET charge_id = 9 WHERE id = 0", 1},
		{"undone",
			"BEGIN; UPDATE charge SET paid = 7 WHERE id = 0; INSERT INTO bank VALUES"
			" ('970001', 'X', 'X', 'X'); ROLLBACK",
			1},
		{"put in and removed",
			"INSERT INTO bank VALUES ('970002', 'X', 'X', 'X');"
			" DELETE FROM bank WHERE bin = '970002'",
			ROWS + 1},
		{"removed, in a table that is walked then",
			"DELETE FROM dispatch WHERE receiver_id = 0", ROWS - 1},
		{"what is each store's own", "UPDATE writer SET last_id = 5000", 0},
	};
	struct stores *stores = *state;
	struct touched touched;

	pass(stores);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct copy_counts counts;

		must(store_watch(stores->from_write));
		must(db_exec(stores->from_write, cases[i].sql));
		counts = bring(stores, &touched);
		if (counts.rows != cases[i].looked_at)
			fail_msg("%s: %lld rows", cases[i].name, (long long)counts.rows);
		assert_same(stores);
	}
	must(db_exec(stores->from_write, "DELETE FROM bank"));
	store_watched(stores->from_write, stores->arena, &touched);
	assert_false(touched.known); /* nobody watched */
}

static void
too_many_rows_are_not_told(void **state)
{
	static const char MANY[] =
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 140000)"
		" INSERT INTO bank SELECT 'x' || i, i, 'X', 'X' FROM n";
	static const char OFTEN[] =
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 140000)"
		" INSERT INTO bank SELECT 'y' || (i % 9), 'y' || (i % 9), i, i FROM n WHERE true"
		" ON CONFLICT (bin) DO UPDATE SET name = excluded.name";
	struct stores *stores = *state;
	struct touched touched;

	must(store_watch(stores->from_write));
	must(db_exec(stores->from_write, OFTEN));
	store_watched(stores->from_write, stores->arena, &touched);
	assert_true(touched.known);
	assert_int_equal(touched.count, 1);
	assert_int_equal(touched.items[0].row_count, 9);
	must(store_watch(stores->from_write));
	must(db_exec(stores->from_write, MANY));
	store_watched(stores->from_write, stores->arena, &touched);
	assert_false(touched.known);
}

/* SQLite does not tell of rows without numbers. */
static void
each_table_numbers_its_rows(void **state)
{
	struct stores *stores = *state;

	for (size_t i = 0; i < stores->copy->plans.count; i++) {
		struct db_stmt *stmt;

		must(db_prepare(stores->from, stores->copy->plans.items[i].by_number, &stmt));
		db_reset(stmt);
	}
}

static void
a_row_that_comes_out_another_is_found(void **state)
{
	struct buf found CLEANUP(buf_fini) = {0}, why CLEANUP(buf_fini) = {0};
	struct stores *stores = *state;
	struct copy_counts counts;
	struct touched touched;

	pass(stores);
	must(db_exec(stores->to, "CREATE TRIGGER t AFTER UPDATE ON bank BEGIN"
				 " UPDATE bank SET name = 'else' WHERE bin = NEW.bin; END"));
	must(store_watch(stores->from_write));
	must(db_exec(stores->from_write, "UPDATE bank SET name = 'new' WHERE bin = ''"));
	store_watched(stores->from_write, stores->arena, &touched);
	must(store_copy_touched(stores->copy, &touched, &counts, count_difference, &found, &why));
	assert_string_equal(found.ptr, "bank ");
}

static void
money_goes_over_only_as_it_was_sealed(void **state)
{
	static const struct {
		const char *sql, *why;
	} cases[] = {
		{"UPDATE payment SET amount = 1, seal = x'03' WHERE id = 0",
			"copying payment: a row is not as it was written"},
		{"UPDATE bank SET name = 'new' WHERE bin = ''", NULL},
	};
	struct crypt *crypt;
	struct stores *stores = *state;

	must(crypt_new(&crypt));
	pass(stores);
	store_seal_with(stores->from, crypt, &(struct sealing_key){.key = {1}});
	store_copy_check_seals(stores->copy);
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		struct buf found CLEANUP(buf_fini) = {0}, why CLEANUP(buf_fini) = {0};
		struct copy_counts counts;
		struct touched touched;
		struct err err;

		must(store_watch(stores->from_write));
		must(db_exec(stores->from_write, cases[i / 2].sql));
		store_watched(stores->from_write, stores->arena, &touched);
		err = i % 2 == 0 ? store_copy_touched(stores->copy, &touched, &counts,
					   count_difference, &found, &why)
				 : store_copy_pass(stores->copy, &counts, &why);
		if (err.code != (cases[i / 2].why == NULL ? ERR_OK : ERR_INVALID))
			fail_msg("%zu: %s", i, why.ptr);
		if (cases[i / 2].why != NULL)
			assert_non_null(strstr(why.ptr, cases[i / 2].why));
		if (i % 2 == 1) /* it is mended */
			must(db_exec(stores->from_write, "DELETE FROM payment WHERE id = 0"));
	}
	store_close(stores->from); /* before its keys go */
	stores->from = open_file(stores, "from", STORE_READ);
	crypt_free(crypt);
}

static void
a_copy_that_was_broken_off_goes_on(void **state)
{
	struct stores *stores = *state;
	struct buf why CLEANUP(buf_fini) = {0};
	struct copy_counts first, second;

	stores->batches_left = 20;
	assert_int_equal(store_copy_pass(stores->copy, &first, &why).code, ERR_CONFLICT);
	assert_non_null(strstr(why.ptr, "another copy into this store has begun"));
	store_copy_free(stores->copy);
	stores->copy = NULL;
	/* The statements lived in it: so new connections, as after a crash. */
	store_close(stores->from);
	store_close(stores->to);
	store_close(stores->beside);
	stores->to = open_file(stores, "to", STORE_LOAD);
	stores->from = open_file(stores, "from", STORE_READ);
	stores->beside = open_file(stores, "to", STORE_READ);
	begin_copy(stores);
	second = pass(stores);
	assert_true(second.added > 0 && second.added < second.rows);
	assert_same(stores);
}

static void
what_differs_is_found(void **state)
{
	static const struct {
		const char *sql, *want;
	} cases[] = {
		{"DELETE FROM alarm WHERE id = 0", "alarm "},
		{"UPDATE cell SET value = value - 1 WHERE day = 0", "cell "},
		{"UPDATE market SET name = 'x'", "market "},
		{"UPDATE payment SET charge_id = 7 WHERE id = 0", "payment "},
		{"UPDATE delivery SET raw = x'0000' WHERE id = 0", "delivery "},
	};
	struct stores *stores = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		must(db_exec(stores->to, "DELETE FROM alarm; DELETE FROM cell; DELETE FROM market;"
					 " DELETE FROM payment; DELETE FROM delivery"));
		pass(stores);
		assert_int_equal(differences(stores).len, 0);
		must(db_exec(stores->to, cases[i].sql));
		assert_string_equal(differences(stores).ptr, cases[i].want);
	}
}

static void
a_store_that_holds_something_is_told(void **state)
{
	struct stores *stores = *state;
	struct buf why CLEANUP(buf_fini) = {0};
	struct str table;

	must(store_copy_found(stores->copy, &table, &why));
	assert_int_equal(table.len, 0);
	must(db_exec(stores->to, "INSERT INTO bank VALUES ('970000', 'X', 'X', 'X')"));
	must(store_copy_found(stores->copy, &table, &why));
	assert_true(str_eq(table, STR("bank")));
}

static void
other_tables_are_refused(void **state)
{
	static const char *const changes[] = {"CREATE TABLE ours (id INTEGER PRIMARY KEY) STRICT",
		"ALTER TABLE bank ADD COLUMN colour TEXT"};
	struct stores *stores = *state;

	for (size_t i = 0; i < COUNT(changes); i++) {
		struct buf why CLEANUP(buf_fini) = {0};
		struct copy_config config = {
			stores->from, stores->to, stores->beside, 1, NULL, NULL};
		struct store_copy *copy;

		must(db_exec(stores->from_write, changes[i]));
		assert_int_equal(store_copy_new(&config, &copy, &why).code, ERR_INVALID);
		assert_non_null(strstr(why.ptr, i == 0 ? "ours" : "bank"));
	}
}

static void
half_a_copy_and_left_books_are_not_served(void **state)
{
	const struct {
		struct store_note note;
		enum err_code want;
		const char *why;
	} cases[] = {
		{{STR("copying"), STR("/data/chopay.db"), 1, NOW_MS}, ERR_INVALID,
			"from /data/chopay.db into"},
		{{STR("moved"), STR("postgresql:///a"), 1, NOW_MS}, ERR_SETUP,
			"moved to postgresql:///a"},
	};
	struct stores *stores = *state;
	struct buf why CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_clear(&why);
		must(store_note_put(stores->to, &cases[i].note));
		assert_int_equal(store_fit(stores->beside, &why).code, cases[i].want);
		assert_non_null(strstr(why.ptr, cases[i].why));
	}
	assert_int_equal(store_note_clear(stores->to, 2).code, ERR_NOT_FOUND);
	must(store_note_clear(stores->to, 1));
	must(store_fit(stores->beside, &why));
}

static void
a_place_has_no_password(void **state)
{
	static const struct {
		const char *where, *want;
	} cases[] = {
		{"/data/chopay.db", "/data/chopay.db"},
		{"postgresql://u:secret@db.example:5433/books?sslmode=verify-full",
			"postgresql:///books?host=db.example&port=5433&user=u"},
		{"postgres:///a%20b?host=/run/pg&password=secret",
			"postgresql:///a%20b?host=/run/pg"},
		{"postgresql:///b?options=-csearch_path%3Dx",
			"postgresql:///b?options=-csearch_path%3Dx"},
		{"postgresql://u:se%cret@h/b", "postgresql://..."},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf place CLEANUP(buf_fini) = {0};

		store_place(cases[i].where, &place);
		assert_string_equal(place.ptr, cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_STORES(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
		WITH_STORES(each_table_is_copied_or_left_out_for_a_reason),
		WITH_STORES(tables_come_after_those_they_refer_to),
		WITH_STORES(every_value_is_the_same_there),
		WITH_STORES(ids_go_on_above_the_old_ones),
		WITH_STORES(a_second_pass_brings_what_changed),
		WITH_STORES(rows_that_were_written_are_brought_and_no_others),
		WITH_STORES(too_many_rows_are_not_told),
		WITH_STORES(each_table_numbers_its_rows),
		WITH_STORES(a_row_that_comes_out_another_is_found),
		WITH_STORES(money_goes_over_only_as_it_was_sealed),
		WITH_STORES(a_copy_that_was_broken_off_goes_on),
		WITH_STORES(what_differs_is_found),
		WITH_STORES(a_store_that_holds_something_is_told),
		WITH_STORES(other_tables_are_refused),
		WITH_STORES(half_a_copy_and_left_books_are_not_served),
		cmocka_unit_test(a_place_has_no_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
