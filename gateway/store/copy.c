/* All rows of a store into another one: a walk along both in the order of each table's key, adding
 * what is missing, changing what differs, removing what is gone. */
#include <stdlib.h>
#include <string.h>

#include "copy_plan.h"

#define BATCH_ROWS 20000
#define BATCH_BYTES (4 * 1024 * 1024) /* of packed rows: what is in memory at once */
#define PROGRESS_ROWS 4096

/* ---- values ------------------------------------------------------------------------------------
 */

static struct db_value
value_at(struct db_stmt *stmt, int at, enum db_kind kind)
{
	if (db_is_null(stmt, at))
		return (struct db_value){.kind = DB_NULL};
	if (kind == DB_INT)
		return (struct db_value){.kind = kind, .number = db_int(stmt, at)};
	return (struct db_value){.kind = kind, .bytes = db_str(stmt, at)};
}

/* As both engines order them: numbers, and bytes. */
static int
order_of(const struct db_value *a, const struct db_value *b)
{
	size_t shared = a->bytes.len < b->bytes.len ? a->bytes.len : b->bytes.len;
	int bytes = shared == 0 ? 0 : memcmp(a->bytes.ptr, b->bytes.ptr, shared);

	if (a->kind != b->kind)
		return a->kind == DB_NULL ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	if (bytes != 0)
		return bytes;
	return a->bytes.len == b->bytes.len ? 0 : a->bytes.len < b->bytes.len ? -1 : 1;
}

static void
bind(struct db_stmt *stmt, int at, const struct db_value *value)
{
	switch (value->kind) {
	case DB_NULL:
		db_bind_null(stmt, at);
		break;
	case DB_INT:
		db_bind_int(stmt, at, value->number);
		break;
	case DB_TEXT:
		db_bind_str(stmt, at, value->bytes);
		break;
	case DB_BLOB:
		db_bind_blob(stmt, at, value->bytes);
		break;
	}
}

/* ---- transactions in the store that is written -------------------------------------------------
 */

static void
tell(struct store_copy *copy)
{
	if (copy->config.progress != NULL)
		copy->config.progress(copy->config.arg, &copy->progress);
}

static struct err
batch_open(struct store_copy *copy)
{
	if (copy->open)
		return OK;
	TRY(store_begin(copy->config.to));
	copy->open = true;
	copy->rows_open = 0;
	return store_note_hold(copy->config.to, copy->config.token);
}

static struct err
batch_close(struct store_copy *copy, const struct copy_plan *plan)
{
	struct db *to = copy->config.to;

	if (!copy->open)
		return OK;
	if (copy->packed.len > 0)
		TRY(to->driver->load(to, plan->into, buf_str(&copy->packed)));
	buf_clear(&copy->packed);
	TRY(store_commit(to));
	copy->open = false;
	store_maintain(to);
	tell(copy);
	return OK;
}

/* ---- one row -----------------------------------------------------------------------------------
 */

static struct err
run_with_row(
	struct store_copy *copy, const char *sql, const struct copy_plan *plan, struct db_stmt *row)
{
	struct db_stmt *stmt;

	TRY(db_prepare(copy->config.to, sql, &stmt));
	for (int i = 0; i < plan->table->column_count; i++) {
		struct db_value value = value_at(row, i, plan->table->columns[i].kind);

		bind(stmt, i + 1, &value);
	}
	return db_run(stmt);
}

static struct err
add_row(struct store_copy *copy, const struct copy_plan *plan, struct db_stmt *row)
{
	struct db *to = copy->config.to;
	struct db_value values[DB_PARAMETERS_MAX];

	copy->counts.added++;
	if (to->driver->pack == NULL)
		return run_with_row(copy, plan->insert, plan, row);
	for (int i = 0; i < plan->table->column_count; i++)
		values[i] = value_at(row, i, plan->table->columns[i].kind);
	to->driver->pack(&copy->packed, values, plan->table->column_count);
	return OK;
}

static struct err
erase_row(struct store_copy *copy, const struct copy_plan *plan, struct db_stmt *there)
{
	struct db_stmt *stmt;

	copy->counts.removed++;
	TRY(db_prepare(copy->config.to, plan->erase, &stmt));
	for (int i = 0; i < plan->table->key_count; i++) {
		struct db_value value = value_at(
			there, i, plan->table->columns[plan->table->key[i]].kind);

		bind(stmt, i + 1, &value);
	}
	return db_run(stmt);
}

/* ---- two rows ----------------------------------------------------------------------------------
 */

static int
order_of_keys(const struct table *table, struct db_stmt *row, struct db_stmt *there)
{
	for (int i = 0; i < table->key_count; i++) {
		int column = table->key[i];
		struct db_value a = value_at(row, column, table->columns[column].kind);
		struct db_value b = value_at(there, i, table->columns[column].kind);
		int order = order_of(&a, &b);

		if (order != 0)
			return order;
	}
	return 0;
}

static bool
differs(const struct copy_plan *plan, struct db_stmt *row, struct db_stmt *there)
{
	for (int i = 0; i < plan->watched_count; i++) {
		int column = plan->watched[i];
		enum db_kind kind = plan->table->columns[column].kind;
		struct db_value a = value_at(row, column, kind);
		struct db_value b = value_at(there, plan->table->key_count + i, kind);

		if (order_of(&a, &b) != 0)
			return true;
	}
	return false;
}

/* Both walks stand on a row, or at their end. */
struct walks {
	struct db_stmt *row, *there;
	bool has_row, has_there;
};

static struct err
step_apart(struct store_copy *copy, const struct copy_plan *plan, struct walks *walks, int order)
{
	bool change = order == 0 && differs(plan, walks->row, walks->there);

	if (order != 0 || change) {
		TRY(batch_open(copy));
		copy->rows_open++;
	}
	if (order < 0)
		TRY(add_row(copy, plan, walks->row));
	else if (order > 0)
		TRY(erase_row(copy, plan, walks->there));
	else if (change)
		TRY(run_with_row(copy, plan->update, plan, walks->row));
	copy->counts.changed += change;
	if (copy->rows_open >= BATCH_ROWS || copy->packed.len >= BATCH_BYTES)
		TRY(batch_close(copy, plan));
	return OK;
}

static struct err
advance(struct store_copy *copy, struct walks *walks, int order)
{
	if (order <= 0) {
		TRY(db_step(walks->row, &walks->has_row));
		copy->counts.rows++;
		copy->progress.rows++;
		if (++copy->progress.all_rows % PROGRESS_ROWS == 0)
			tell(copy);
	}
	return order >= 0 ? db_step(walks->there, &walks->has_there) : OK;
}

static struct err
copy_table(struct store_copy *copy, const struct copy_plan *plan)
{
	const struct copy_config *config = &copy->config;
	struct walks walks;

	copy->progress.table = plan->table->name;
	copy->progress.rows = 0;
	copy->progress.of = plan->rows;
	TRY(db_prepare(config->from, plan->read, &walks.row));
	TRY(db_prepare(config->beside, plan->beside, &walks.there));
	db_walk(walks.row);
	db_walk(walks.there);
	TRY(db_step(walks.row, &walks.has_row));
	TRY(db_step(walks.there, &walks.has_there));
	while (walks.has_row || walks.has_there) {
		int order = !walks.has_there ? -1
			    : !walks.has_row ? 1
					     : order_of_keys(plan->table, walks.row, walks.there);

		TRY(step_apart(copy, plan, &walks, order));
		TRY(advance(copy, &walks, order));
	}
	TRY(batch_close(copy, plan));
	tell(copy);
	return OK;
}

/* Within a transaction of its own: a server may end one in which nothing is asked for long. */
static struct err
copy_table_beside(struct store_copy *copy, const struct copy_plan *plan)
{
	struct err err;

	TRY(store_begin(copy->config.beside));
	err = copy_table(copy, plan);
	store_rollback(copy->config.beside);
	return err;
}

/* ---- all tables --------------------------------------------------------------------------------
 */

static struct err
number_of(struct db *db, const char *sql, int64_t *number)
{
	struct db_stmt *stmt;

	TRY(db_prepare(db, sql, &stmt));
	TRY(db_one(stmt, "no row"));
	*number = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

/* Ids go on above those that were given, whoever gave them. */
static struct err
carry_last_id(struct store_copy *copy)
{
	static const char LAST[] = "SELECT coalesce(max(last_id), 0) FROM writer";
	static const char CARRY[] = "UPDATE writer SET last_id = $1 WHERE last_id < $1";
	struct db_stmt *stmt;
	int64_t last_id;

	TRY(number_of(copy->config.from, LAST, &last_id));
	TRY(batch_open(copy));
	TRY(db_prepare(copy->config.to, CARRY, &stmt));
	db_bind_int(stmt, 1, last_id);
	TRY(db_run(stmt));
	return batch_close(copy, NULL);
}

static struct err
copy_all(struct store_copy *copy)
{
	copy->progress = (struct copy_progress){0};
	for (size_t i = 0; i < copy->plans.count; i++) {
		struct copy_plan *plan = &copy->plans.items[i];

		copy->progress.table = plan->table->name;
		TRY(number_of(copy->config.from, plan->count, &plan->rows));
		copy->progress.all_of += plan->rows;
	}
	for (size_t i = 0; i < copy->plans.count; i++)
		TRY(copy_table_beside(copy, &copy->plans.items[i]));
	return carry_last_id(copy);
}

static struct err
explain(struct store_copy *copy, struct err err, const char *doing, struct buf *why)
{
	if (err.code != ERR_OK && why->len == 0)
		buf_addf(why, "%s %.*s: %s", doing, STR_FMT(copy->progress.table), err.what);
	return err;
}

struct err
store_copy_pass(struct store_copy *copy, struct copy_counts *counts, struct buf *why)
{
	struct err err = store_begin(copy->config.from);

	copy->counts = (struct copy_counts){0};
	if (err.code == ERR_OK)
		err = copy_all(copy);
	store_rollback(copy->config.from);
	if (err.code != ERR_OK)
		store_rollback(copy->config.to);
	copy->open = false;
	buf_clear(&copy->packed);
	*counts = copy->counts;
	return explain(copy, err, "copying", why);
}

struct err
store_copy_found(struct store_copy *copy, struct str *table, struct buf *why)
{
	*table = (struct str){NULL, 0};
	for (size_t i = 0; i < copy->plans.count; i++) {
		const struct copy_plan *plan = &copy->plans.items[i];
		struct db_stmt *stmt;
		bool row = false;
		struct err err;

		copy->progress.table = plan->table->name;
		err = db_prepare(copy->config.beside, plan->any, &stmt);
		if (err.code == ERR_OK)
			err = db_step(stmt, &row);
		TRY(explain(copy, err, "looking into", why));
		db_reset(stmt);
		if (row) {
			*table = plan->table->name;
			return OK;
		}
	}
	return OK;
}

/* ---- what is equal -----------------------------------------------------------------------------
 */

static struct err
compare_table(struct store_copy *copy, const struct copy_plan *plan, int *differing)
{
	struct db_stmt *here, *there;

	*differing = -1;
	TRY(db_prepare(copy->config.from, plan->sums, &here));
	TRY(db_prepare(copy->config.beside, plan->sums, &there));
	TRY(db_one(here, "sums"));
	TRY(db_one(there, "sums"));
	for (int i = 0; i <= plan->table->column_count && *differing < 0; i++) {
		if (db_int(here, i) != db_int(there, i))
			*differing = i;
	}
	db_reset(here);
	db_reset(there);
	return OK;
}

struct err
store_copy_compare(struct store_copy *copy,
	void (*found)(void *arg, struct str table, const char *fault), void *arg, struct buf *why)
{
	for (size_t i = 0; i < copy->plans.count; i++) {
		const struct copy_plan *plan = &copy->plans.items[i];
		int differing;

		copy->progress.table = plan->table->name;
		TRY(explain(copy, compare_table(copy, plan, &differing), "comparing", why));
		if (differing >= 0)
			found(arg, plan->table->name,
				differing == 0 ? "it has another number of rows there"
					       : "its sums are others there");
	}
	return OK;
}

/* ---- life --------------------------------------------------------------------------------------
 */

static struct err
make_plans(struct store_copy *copy, struct buf *why)
{
	struct catalogue from, to;

	TRY(catalogue_read(copy->config.from, copy->arena, &from));
	TRY(catalogue_read(copy->config.beside, copy->arena, &to));
	return copy_plans_make(copy->arena, &from, &to, &copy->plans, why);
}

struct err
store_copy_new(const struct copy_config *config, struct store_copy **copy, struct buf *why)
{
	struct store_copy *made = mem_alloc_zero(1, sizeof(*made));
	struct err err;

	made->config = *config;
	made->arena = arena_new();
	err = make_plans(made, why);
	if (err.code != ERR_OK) {
		if (why->len == 0)
			buf_adds(why, err.what);
		store_copy_free(made);
		return err;
	}
	*copy = made;
	return OK;
}

void
store_copy_free(struct store_copy *copy)
{
	if (copy == NULL)
		return;
	buf_fini(&copy->packed);
	arena_free(copy->arena);
	free(copy);
}
