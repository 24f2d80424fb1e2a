/* A store of an earlier release is brought up to date: nothing is lost, nothing is done twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../gateway/store/catalogue.h"
#include "chopay/asset.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* ---- a store as the second step left it ---------------------------------------------------------
 */

/* As SQLite reads it; steps after the second had other marks. */
static void
run_old_step(struct db *db, const char *file)
{
	static const char *const words[][2] = {
		{"BIGINT", "INTEGER"}, {"BYTEA", "BLOB"}, {"/*STRICT*/", "STRICT"}};
	struct buf sql CLEANUP(buf_fini) = {0};
	struct str text = asset_find(file);

	assert_non_null(text.ptr);
	for (size_t i; text.len > 0;) {
		for (i = 0; i < COUNT(words) && !str_starts(text, str_from(words[i][0])); i++)
			;
		if (i < COUNT(words))
			buf_adds(&sql, words[i][1]);
		else
			buf_addc(&sql, text.ptr[0]);
		text = str_cut(text, i < COUNT(words) ? strlen(words[i][0]) : 1, text.len);
	}
	assert_int_equal(db_exec(db, sql.ptr).code, ERR_OK);
}

/* Two stalls; three credits: to a charge, to a stall, and one that was sent back. */
static const char rows_of_before[] =
	"INSERT INTO schema_step VALUES (1, '0001-initial.sql', 1), (2, '0002-money-path.sql', 1);"
	"INSERT INTO market VALUES (1, 'M', 'M', 0); INSERT INTO merchant VALUES (1, 'Ba', '1');"
	"INSERT INTO account VALUES (1, '970436', '111', 'BA');"
	"INSERT INTO stall VALUES (1, 1, 'A', 1, 'RA', 'A', 'stall', '', 1, 0, 1000000, 7),"
	" (2, 1, 'B', 2, 'RB', 'B', 'stall', '', 1, 0, 1000000, 0);"
	"INSERT INTO delivery (id, endpoint_id, feed, received_at_ms, content_type, raw, raw_sha256)"
	" VALUES (10, 'e', 'sepay', 5, '', x'7b', x'01');"
	"INSERT INTO transfer (id, delivery_id, feed, provider_txn_id, bank_ref, bank, account_no,"
	" virtual_account, amount, outgoing, note, booked_at_ms, booked_told, arrived_at_ms) VALUES"
	" (11, 10, 'sepay', '1', '', '', '111', '', 100, 0, x'', 5, 1, 5),"
	" (12, 10, 'sepay', '2', '', '', '111', '', 20, 0, x'', 5, 1, 5),"
	" (13, 10, 'sepay', '3', '', '', '111', '', 3, 0, x'', 5, 1, 5),"
	" (14, 10, 'sepay', '4', '', '', '111', '', 3, 1, x'', 6, 1, 6);"
	"INSERT INTO transfer_key (account_no, key, transfer_id, amount, outgoing) SELECT account_no,"
	" 'sepay:' || provider_txn_id, id, amount, outgoing FROM transfer;"
	"INSERT INTO charge (stall_id, id, reference, account_id, amount, paid, state, created_at_ms,"
	" expires_at_ms) VALUES (1, 15, 'RAC', 1, 100, 100, 'paid', 1, 9);"
	"INSERT INTO payment (stall_id, id, transfer_id, charge_id, amount, day, booked_at_ms,"
	" arrived_at_ms, matched_by, rule_version) VALUES (1, 16, 11, 15, 100, 0, 5, 5, 'charge', 1),"
	" (2, 17, 12, NULL, 20, 0, 5, 5, 'stall_reference', 1);"
	"INSERT INTO cell VALUES (1, 0, 1, 100), (2, 0, 1, 20);"
	"INSERT INTO suspense (transfer_id, reason, amount, rule_version, created_at_ms)"
	" VALUES (13, 'no_reference', 3, 1, 5);"
	"INSERT INTO resolution (transfer_id, outcome, person, why, created_at_ms, other_transfer_id)"
	" VALUES (13, 'refunded', 'Lan', 'x', 7, 14);"
	"INSERT INTO seal_total VALUES ('payment', x'0102', 2, x'aa', x'bb');";

static struct db *
store_of_before(const char *mark)
{
	struct db *db;

	assert_int_equal(store_open_sqlite(":memory:", STORE_WRITE, &db).code, ERR_OK);
	run_old_step(db, "gateway/store/schema/0001-initial.sql");
	run_old_step(db, "gateway/store/schema/0002-money-path.sql");
	assert_int_equal(db_exec(db, "CREATE TABLE schema_step (number BIGINT NOT NULL PRIMARY KEY,"
				     " name TEXT NOT NULL, applied_at_ms BIGINT NOT NULL)")
				 .code,
		ERR_OK);
	assert_int_equal(db_exec(db, rows_of_before).code, ERR_OK);
	assert_int_equal(db_exec(db, mark).code, ERR_OK);
	return db;
}

/* ---- and as it is now ---------------------------------------------------------------------------
 */

static void
check_rows(struct db *db, const char *sql, const char *want)
{
	struct buf rows CLEANUP(buf_fini) = {0};
	struct db_stmt *stmt;
	bool row;

	buf_adds(&rows, "");
	assert_int_equal(db_prepare(db, sql, &stmt).code, ERR_OK);
	for (;;) {
		assert_int_equal(db_step(stmt, &row).code, ERR_OK);
		if (!row)
			break;
		buf_add(&rows, db_str(stmt, 0));
		buf_addc(&rows, ';');
	}
	assert_string_equal(rows.len == 0 ? "" : rows.ptr, want);
}

static void
found(void *arg, const char *table, struct str key, const char *fault)
{
	(void)arg;
	fail_msg("%s %.*s: %s", table, STR_FMT(key), fault);
}

static void
rows_of_before_are_all_there(void **state)
{
	static const struct {
		const char *sql, *want;
	} cases[] = {
		{"SELECT number FROM schema_step WHERE number <= 3 ORDER BY number", "1;2;3;"},
		{"SELECT stall_id || '/' || day || '/' || writer || '/' || payments || '/' || value"
		 " FROM cell ORDER BY stall_id",
			"1/0/0/1/100;2/0/0/1/20;"},
		{"SELECT number || '/' || last_id || '/' || token FROM writer", "0/99/0;"},
		{"SELECT stall_id || '/' || next_charge FROM charge_counter", "1/7;"},
		{"SELECT transfer_id || '/' || credit_id FROM sent_back", "14/13;"},
		{"SELECT table_name || '/' || hex(key_id) || '/' || writer || '/' || row_count"
		 " || hex(seal_sum) || hex(seal) FROM seal_total",
			"payment/0102/0/2AABB;"},
		{"SELECT name FROM sqlite_master WHERE name LIKE '%before' OR name = 'id_mark'",
			""},
		{"SELECT \"table\" FROM pragma_foreign_key_check()", ""},
		{"SELECT integrity_check FROM pragma_integrity_check()", "ok;"},
	};
	struct db *db = store_of_before("INSERT INTO id_mark VALUES (0, 99)");
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct catalogue catalogue;
	uint32_t counter;

	(void)state;
	assert_int_equal(store_migrate(db, 2).code, ERR_OK);
	for (size_t i = 0; i < COUNT(cases); i++)
		check_rows(db, cases[i].sql, cases[i].want);
	assert_int_equal(store_verify(db, found, NULL).code, ERR_OK);
	/* Charges are counted on, and from nothing where there were none. */
	assert_int_equal(stalls_next_charge(db, 1, &counter).code, ERR_OK);
	assert_int_equal(counter, 7);
	assert_int_equal(stalls_next_charge(db, 2, &counter).code, ERR_OK);
	assert_int_equal(counter, 0);
	assert_int_equal(catalogue_read(db, arena, &catalogue).code, ERR_OK); /* for store copy */
	assert_int_equal(store_migrate(db, 3).code, ERR_OK);		      /* done is done */
	check_rows(db, cases[1].sql, cases[1].want);
	store_close(db);
}

static void
ids_go_on_without_a_mark(void **state)
{
	struct db *db = store_of_before("");
	int64_t id;

	(void)state;
	assert_int_equal(store_migrate(db, 2).code, ERR_OK);
	assert_int_equal(store_last_id(db, 0, &id).code, ERR_OK);
	assert_int_equal(id, 17);
	store_close(db);
}

/* A step that fails leaves the store as it was, for the version that made it. */
static void
nothing_is_half_migrated(void **state)
{
	struct db *db = store_of_before("CREATE TABLE lease (x INTEGER)");

	(void)state;
	assert_int_not_equal(store_migrate(db, 2).code, ERR_OK);
	check_rows(db, "SELECT max(number) FROM schema_step", "2;");
	check_rows(db, "SELECT count(*) FROM id_mark", "0;");
	check_rows(
		db, "SELECT name FROM sqlite_master WHERE name IN ('writer', 'cell_before')", "");
	store_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_before_are_all_there),
		cmocka_unit_test(ids_go_on_without_a_mark),
		cmocka_unit_test(nothing_is_half_migrated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
