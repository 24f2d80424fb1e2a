/* The schema against the rules of a database whose rows are spread over nodes (distribution.h).
 * On PostgreSQL too when CHOPAY_TEST_STORE has a URI. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../gateway/store/db.h"
#include "../support/market.h"
#include "chopay/distribution.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* ---- what a catalog tells -----------------------------------------------------------------------
 */

/* "table(a,b)" for each unique key, "table(a,b) -> other(c,d)" for each foreign one; and the names
 * of tables. */
struct catalog {
	const char *tables, *unique, *foreign;
};

static const struct catalog sqlite_catalog = {
	"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
	" ORDER BY name",
	"SELECT t || '(' || group_concat(c) || ')' FROM (SELECT m.name AS t, l.name AS i,"
	" ' ' || n.name AS c FROM sqlite_master m JOIN pragma_index_list(m.name) l"
	" JOIN pragma_index_info(l.name) n WHERE m.type = 'table' AND l.\"unique\" = 1"
	" UNION ALL SELECT m.name, '', ' ' || p.name FROM sqlite_master m"
	" JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND p.pk > 0 AND NOT EXISTS"
	"  (SELECT 1 FROM pragma_index_list(m.name) l WHERE l.origin = 'pk'))"
	" GROUP BY t, i ORDER BY 1",
	"SELECT t || '(' || group_concat(a) || ') -> ' || o || '(' || group_concat(b) || ')'"
	" FROM (SELECT m.name AS t, f.id AS i, f.\"table\" AS o, ' ' || f.\"from\" AS a,"
	" ' ' || f.\"to\" AS b FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f"
	" WHERE m.type = 'table') GROUP BY t, i, o ORDER BY 1",
};

#define PG_COLUMNS(relation, keys)                                \
	"(SELECT string_agg(' ' || a.attname, ',' ORDER BY k.n)"  \
	" FROM unnest(" keys ") WITH ORDINALITY AS k (attnum, n)" \
	" JOIN pg_attribute a ON a.attrelid = " relation " AND a.attnum = k.attnum)"
#define PG_TABLES                                                              \
	" JOIN pg_class c ON c.relkind IN ('r', 'p') AND NOT c.relispartition" \
	" AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND c.oid = "

static const struct catalog postgres_catalog = {
	"SELECT c.relname::text FROM (SELECT 1) AS one" PG_TABLES "c.oid ORDER BY 1",
	"SELECT c.relname || '(' || " PG_COLUMNS(
		"c.oid", "x.indkey::int2[]") " || ')' FROM pg_index x" PG_TABLES
					     "x.indrelid WHERE x.indisunique ORDER BY 1",
	"SELECT c.relname || '(' || " PG_COLUMNS("c.oid",
		"f.conkey") " || ') -> ' || o.relname"
			    " || '(' || " PG_COLUMNS("o.oid",
				    "f.confkey") " || ')' FROM pg_constraint f" PG_TABLES
						 "f.conrelid JOIN pg_class o ON o.oid = f.confrelid WHERE f.contype = 'f' ORDER BY 1",
};

/* ---- the rules ----------------------------------------------------------------------------------
 */

#define TEXT_MAX 200
#define COLUMNS_MAX 8

struct key {
	char table[TEXT_MAX];
	char columns[COLUMNS_MAX][64];
	int count;
};

/* "table( a, b)"; where it ended. */
static const char *
read_key(const char *text, struct key *key)
{
	int at = 0;

	memset(key, 0, sizeof(*key));
	assert_int_equal(sscanf(text, "%199[^(](%n", key->table, &at), 1);
	for (text += at; *text != ')'; key->count++) {
		assert_true(key->count < COLUMNS_MAX);
		assert_int_equal(sscanf(text, " %63[a-z0-9_]%n", key->columns[key->count], &at), 1);
		text += at;
		text += *text == ',';
	}
	return text + 1;
}

static int
place_of(const struct key *key, const char *column)
{
	for (int i = 0; i < key->count; i++) {
		if (strcmp(key->columns[i], column) == 0)
			return i;
	}
	return -1;
}

static const char *
group_of(const struct distribution *table)
{
	return table->beside == NULL ? table->table : table->beside;
}

static bool
unique_holds(const char *text)
{
	const struct distribution *table;
	struct key key;

	read_key(text, &key);
	table = distribution_of(key.table);
	return table != NULL &&
	       (table->spread != SPREAD_ROWS || place_of(&key, table->column) >= 0);
}

static bool
foreign_holds(const char *text)
{
	const struct distribution *from, *to;
	struct key key, other;
	int at;

	text = read_key(text, &key);
	assert_int_equal(strncmp(text, " -> ", 4), 0);
	read_key(text + 4, &other);
	from = distribution_of(key.table);
	to = distribution_of(other.table);
	if (from == NULL || to == NULL)
		return false;
	if (to->spread == SPREAD_WHOLE)
		return true;
	if (from->spread != SPREAD_ROWS || to->spread != SPREAD_ROWS)
		return from->spread == SPREAD_NOT && to->spread == SPREAD_NOT;
	at = place_of(&key, from->column);
	return strcmp(group_of(from), group_of(to)) == 0 && at >= 0 &&
	       at == place_of(&other, to->column);
}

static bool
has_row(const char *text)
{
	return distribution_of(text) != NULL;
}

/* Those of a catalog's list that break a rule, a line each. */
static void
broken(struct db *db, const char *sql, bool (*holds)(const char *text), struct buf *found)
{
	struct db_stmt *stmt;
	bool row;
	size_t count = 0;

	assert_int_equal(db_prepare(db, sql, &stmt).code, ERR_OK);
	for (;; count++) {
		char text[TEXT_MAX];

		assert_int_equal(db_step(stmt, &row).code, ERR_OK);
		if (!row)
			break;
		snprintf(text, sizeof(text), "%.*s", STR_FMT(db_str(stmt, 0)));
		if (!holds(text))
			buf_addf(found, "%s\n", text);
	}
	assert_true(count > 15); /* the catalog was read */
}

static void
check(struct db *db, const struct catalog *catalog, const char *want)
{
	struct buf found CLEANUP(buf_fini) = {0};

	buf_adds(&found, "");
	broken(db, catalog->tables, has_row, &found);
	broken(db, catalog->unique, unique_holds, &found);
	broken(db, catalog->foreign, foreign_holds, &found);
	assert_string_equal(found.len == 0 ? "" : found.ptr, want);
}

/* ---- tests ------------------------------------------------------------------------------------
 */

/* A store that is one file keeps keys that are stricter: to drop one, SQLite would copy the table.
 */
static const char kept_by_sqlite[] = "adjustment( transfer_id, payment_id)\n"
				     "charge( reference)\n"
				     "delivery( id)\n"
				     "payment( transfer_id)\n"
				     "reconciliation( id)\n"
				     "transfer( id)\n"
				     "adjustment( transfer_id) -> transfer( id)\n"
				     "awaited_webhook( transfer_id) -> transfer( id)\n"
				     "bank_line( transfer_id) -> transfer( id)\n"
				     "payment( transfer_id) -> transfer( id)\n"
				     "suspense( transfer_id) -> transfer( id)\n"
				     "transfer( delivery_id) -> delivery( id)\n";

static void
keys_on_sqlite(void **state)
{
	struct db *db;

	(void)state;
	assert_int_equal(store_open_sqlite(":memory:", STORE_WRITE, &db).code, ERR_OK);
	assert_int_equal(store_migrate(db, 1).code, ERR_OK);
	check(db, &sqlite_catalog, kept_by_sqlite);
	store_close(db);
}

static void
every_key_holds_when_rows_are_spread(void **state)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct market_fixture *market;
	struct db *db;

	(void)state;
	if (getenv("CHOPAY_TEST_STORE") == NULL)
		return; /* `make unit STORE=postgresql` asks */
	market = market_open();
	assert_int_equal(store_open(market->store.ptr, STORE_WRITE, &db, &why).code, ERR_OK);
	check(db, &postgres_catalog, "");
	store_close(db);
	market_free(market);
}

static void
a_rule_that_is_broken_is_seen(void **state)
{
	static const struct {
		bool (*holds)(const char *text);
		const char *text;
		bool want;
	} cases[] = {
		{has_row, "payment", true},
		{has_row, "payment_2", false},
		{unique_holds, "payment( stall_id, id)", true},
		{unique_holds, "payment( id, stall_id)", true},
		{unique_holds, "payment( id)", false},
		{unique_holds, "payment( transfer_id, id)", false},
		{unique_holds, "stall( reference)", true},
		{unique_holds, "nothing( id)", false},
		{foreign_holds, "payment( stall_id) -> stall( id)", true},
		{foreign_holds, "payment( stall_id, charge_id) -> charge( stall_id, id)", true},
		{foreign_holds, "payment( charge_id, stall_id) -> charge( stall_id, id)", false},
		{foreign_holds, "payment( charge_id) -> charge( id)", false},
		{foreign_holds, "payment( transfer_id) -> transfer( id)", false},
		{foreign_holds, "stall( id) -> payment( stall_id)", false},
		{foreign_holds, "payment( stall_id) -> lease( name)", false},
		{foreign_holds, "market_unit( market_id) -> market( id)", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (cases[i].holds(cases[i].text) != cases[i].want)
			fail_msg("%s", cases[i].text);
	}
}

static void
what_lies_together_comes_after_its_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < distribution_count; i++) {
		const struct distribution *table = &distributions[i], *first;

		assert_ptr_equal(distribution_of(table->table), table); /* once */
		assert_true(strlen(table->why) > 0);
		assert_true((table->spread == SPREAD_ROWS) == (table->column != NULL));
		if (table->beside == NULL)
			continue;
		first = distribution_of(table->beside);
		assert_true(first != NULL && first < table && first->beside == NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_that_is_broken_is_seen),
		cmocka_unit_test(what_lies_together_comes_after_its_first),
		cmocka_unit_test(keys_on_sqlite),
		cmocka_unit_test(every_key_holds_when_rows_are_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
