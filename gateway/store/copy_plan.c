/* The statements that copy each table, made from the catalogue. */
#include <string.h>

#include "copy_plan.h"
#include "seals_table.h"

#define SUM_MODULUS "2147483647" /* keeps the sum of any column within 64 bits */

static const struct {
	const char *table, *why;
} left_out[] = {
	{"schema_step", "each store has taken its own steps"},
	{"store_note", "what a store is told about itself"},
	{"writer", "numbers are leased to the nodes of one store; the last id is carried over"},
	{"change", "counts what the nodes of one store keep in memory"},
	{"node_keys", "the first node that opens a shared store writes down which keys it has"},
	{"lease", "jobs are leased to the nodes of one store"},
};

const char *
copy_left_out(struct str table)
{
	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++) {
		if (str_eq(table, str_from(left_out[i].table)))
			return left_out[i].why;
	}
	return NULL;
}

/* ---- texts -------------------------------------------------------------------------------------
 */

static bool
is_key(const struct table *table, int column)
{
	for (int i = 0; i < table->key_count; i++) {
		if (table->key[i] == column)
			return true;
	}
	return false;
}

static void
put_name(struct buf *sql, const struct table *table, int column, const char *before)
{
	buf_addf(sql, "%s\"%.*s\"", before, STR_FMT(table->columns[column].name));
}

static void
put_key(struct buf *sql, const struct table *table)
{
	for (int i = 0; i < table->key_count; i++)
		put_name(sql, table, table->key[i], i == 0 ? "" : ", ");
}

static void
put_where(struct buf *sql, const struct table *table)
{
	for (int i = 0; i < table->key_count; i++) {
		put_name(sql, table, table->key[i], i == 0 ? " WHERE " : " AND ");
		buf_addf(sql, " = $%d", table->key[i] + 1);
	}
}

static const char *
keep(struct arena *arena, struct buf *sql)
{
	const char *text = arena_cstr(arena, buf_str(sql));

	buf_clear(sql);
	return text;
}

static void
put_all(struct buf *sql, const struct table *table)
{
	for (int i = 0; i < table->column_count; i++)
		put_name(sql, table, i, i == 0 ? "SELECT " : ", ");
	buf_addf(sql, " FROM %.*s", STR_FMT(table->name));
}

static const char *
read_text(struct arena *arena, const struct table *table, struct buf *sql)
{
	put_all(sql, table);
	buf_adds(sql, " ORDER BY ");
	put_key(sql, table);
	return keep(arena, sql);
}

static const char *
beside_text(struct arena *arena, const struct copy_plan *plan, struct buf *sql)
{
	const struct table *table = plan->table;

	buf_adds(sql, "SELECT ");
	put_key(sql, table);
	for (int i = 0; i < plan->watched_count; i++)
		put_name(sql, table, plan->watched[i], ", ");
	buf_addf(sql, " FROM %.*s ORDER BY ", STR_FMT(table->name));
	put_key(sql, table);
	return keep(arena, sql);
}

static const char *
into_text(struct arena *arena, const struct table *table, struct buf *sql)
{
	buf_addf(sql, "%.*s (", STR_FMT(table->name));
	for (int i = 0; i < table->column_count; i++)
		put_name(sql, table, i, i == 0 ? "" : ", ");
	buf_addc(sql, ')');
	return keep(arena, sql);
}

static const char *
insert_text(struct arena *arena, const struct copy_plan *plan, struct buf *sql)
{
	buf_addf(sql, "INSERT INTO %s VALUES (", plan->into);
	for (int i = 0; i < plan->table->column_count; i++)
		buf_addf(sql, "%s$%d", i == 0 ? "" : ", ", i + 1);
	buf_addc(sql, ')');
	return keep(arena, sql);
}

static const char *
update_text(struct arena *arena, const struct table *table, struct buf *sql)
{
	const char *before = " SET ";

	if (table->key_count == table->column_count)
		return NULL;
	buf_addf(sql, "UPDATE %.*s", STR_FMT(table->name));
	for (int i = 0; i < table->column_count; i++) {
		if (is_key(table, i))
			continue;
		put_name(sql, table, i, before);
		buf_addf(sql, " = $%d", i + 1);
		before = ", ";
	}
	put_where(sql, table);
	return keep(arena, sql);
}

/* Its own numbering: a parameter that a statement does not name has no type. */
static const char *
of_key(struct arena *arena, const struct table *table, struct buf *sql)
{
	for (int i = 0; i < table->key_count; i++) {
		put_name(sql, table, table->key[i], i == 0 ? " WHERE " : " AND ");
		buf_addf(sql, " = $%d", i + 1);
	}
	return keep(arena, sql);
}

static const char *
erase_text(struct arena *arena, const struct table *table, struct buf *sql)
{
	buf_addf(sql, "DELETE FROM %.*s", STR_FMT(table->name));
	return of_key(arena, table, sql);
}

/* The statements that find one row. */
static void
find_one(struct arena *arena, struct copy_plan *plan, struct buf *sql)
{
	put_all(sql, plan->table);
	buf_adds(sql, " WHERE rowid = $1");
	plan->by_number = keep(arena, sql);
	put_all(sql, plan->table);
	plan->by_key = of_key(arena, plan->table, sql);
	for (int i = 0; i < SEALED_TABLES; i++) {
		if (!str_eq(plan->table->name, str_from(sealed_tables[i].name)))
			continue;
		buf_adds(sql, sealed_tables[i].all);
		plan->sealed = i;
		plan->seal_by_key = of_key(arena, plan->table, sql);
	}
}

static const char *
sums_text(struct arena *arena, const struct table *table, struct buf *sql)
{
	buf_adds(sql, "SELECT count(*)");
	for (int i = 0; i < table->column_count; i++) {
		bool number = table->columns[i].kind == DB_INT;

		put_name(sql, table, i, number ? ", coalesce(sum(" : ", coalesce(sum(length(");
		buf_adds(sql, number ? " % " SUM_MODULUS "), 0)" : ")), 0)");
	}
	buf_addf(sql, " FROM %.*s", STR_FMT(table->name));
	return keep(arena, sql);
}

/* ---- plans -------------------------------------------------------------------------------------
 */

static void
watch(struct copy_plan *plan)
{
	const struct table *table = plan->table;
	int seal = table_column(table, STR("seal"));

	for (int i = 0; i < table->column_count; i++) {
		if (seal >= 0 ? i == seal : !is_key(table, i))
			plan->watched[plan->watched_count++] = i;
	}
}

static struct copy_plan
make_plan(struct arena *arena, const struct table *table)
{
	struct copy_plan plan = {.table = table};
	struct buf sql CLEANUP(buf_fini) = {0};

	watch(&plan);
	buf_addf(&sql, "SELECT count(*) FROM %.*s", STR_FMT(table->name));
	plan.count = keep(arena, &sql);
	buf_addf(&sql, "SELECT 1 FROM %.*s LIMIT 1", STR_FMT(table->name));
	plan.any = keep(arena, &sql);
	plan.sums = sums_text(arena, table, &sql);
	plan.read = read_text(arena, table, &sql);
	plan.beside = beside_text(arena, &plan, &sql);
	plan.into = into_text(arena, table, &sql);
	plan.insert = insert_text(arena, &plan, &sql);
	buf_addf(&sql, "%s ON CONFLICT DO NOTHING", plan.insert);
	plan.put = keep(arena, &sql);
	plan.update = update_text(arena, table, &sql);
	plan.erase = erase_text(arena, table, &sql);
	find_one(arena, &plan, &sql);
	return plan;
}

static bool
same_columns(const struct table *a, const struct table *b)
{
	if (b == NULL || a->column_count != b->column_count)
		return false;
	for (int i = 0; i < a->column_count; i++) {
		int at = table_column(b, a->columns[i].name);

		if (at < 0 || b->columns[at].kind != a->columns[i].kind)
			return false;
	}
	return true;
}

/* Both were brought to the newest schema: what differs was put there by somebody else. */
static struct err
check_same(const struct catalogue *from, const struct catalogue *to, struct buf *why)
{
	for (size_t i = 0; i < from->count; i++) {
		struct str name = from->tables[i].name;

		if (same_columns(&from->tables[i], catalogue_find(to, name)))
			continue;
		buf_addf(why, "the table \"%.*s\" is not the same in both stores", STR_FMT(name));
		return FAIL(ERR_INVALID, "the stores' tables differ");
	}
	return OK;
}

struct err
copy_plans_make(struct arena *arena, const struct catalogue *from, const struct catalogue *to,
	struct copy_plans *plans, struct buf *why)
{
	TRY(check_same(from, to, why));
	*plans = (struct copy_plans){
		arena_alloc(arena, (to->count + 1) * sizeof(struct copy_plan)), 0};
	for (size_t i = 0; i < to->count; i++) {
		const struct table *table = catalogue_find(from, to->tables[i].name);

		if (table != NULL && copy_left_out(table->name) == NULL)
			plans->items[plans->count++] = make_plan(arena, table);
	}
	return OK;
}
