/* All rows of a store into another one: a walk along both in the order of each table's key, adding
 * what is missing, changing what differs, removing what is gone. */
#include <stdlib.h>
#include <string.h>

#include "copy_rows.h"

#define PROGRESS_ROWS 4096

/* ---- two rows ----------------------------------------------------------------------------------
 */

static int
order_of_keys(const struct table *table, struct db_stmt *row, struct db_stmt *there)
{
	for (int i = 0; i < table->key_count; i++) {
		int column = table->key[i];
		struct db_value a = copy_value(row, column, table->columns[column].kind);
		struct db_value b = copy_value(there, i, table->columns[column].kind);
		int order = copy_order(&a, &b);

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
		struct db_value a = copy_value(row, column, kind);
		struct db_value b = copy_value(there, plan->table->key_count + i, kind);

		if (copy_order(&a, &b) != 0)
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
		TRY(copy_begin_batch(copy));
		copy->rows_open++;
	}
	if (order < 0 || change)
		TRY(copy_check_seal(copy, plan, walks->row));
	if (order < 0)
		TRY(copy_add_row(copy, plan, walks->row));
	else if (order > 0)
		TRY(copy_erase_row(copy, plan, walks->there));
	else if (change)
		TRY(copy_run_row(copy, plan->update, plan, walks->row));
	copy->counts.changed += change;
	TRY(copy_end_full_batch(copy, plan));
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
			copy_tell(copy);
	}
	return order >= 0 ? db_step(walks->there, &walks->has_there) : OK;
}

static struct err
walk(struct store_copy *copy, const struct copy_plan *plan, struct walks *walks)
{
	db_walk(walks->row);
	db_walk(walks->there);
	TRY(db_step(walks->row, &walks->has_row));
	TRY(db_step(walks->there, &walks->has_there));
	while (walks->has_row || walks->has_there) {
		int order = !walks->has_there ? -1
			    : !walks->has_row
				    ? 1
				    : order_of_keys(plan->table, walks->row, walks->there);

		TRY(step_apart(copy, plan, walks, order));
		TRY(advance(copy, walks, order));
	}
	return copy_end_batch(copy, plan);
}

static struct err
copy_table(struct store_copy *copy, const struct copy_plan *plan)
{
	const struct copy_config *config = &copy->config;
	struct walks walks;
	struct err err;

	copy->progress.table = plan->table->name;
	copy->progress.rows = 0;
	copy->progress.of = plan->rows;
	TRY(db_prepare(config->from, plan->read, &walks.row));
	TRY(db_prepare(config->beside, plan->beside, &walks.there));
	err = walk(copy, plan, &walks);
	db_reset(walks.row); /* one that was broken off would still see what there was */
	db_reset(walks.there);
	copy_tell(copy);
	return err;
}

/* Within a transaction of its own: a server may end one in which nothing is asked for long. */
struct err
copy_walk_table(struct store_copy *copy, const struct copy_plan *plan)
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
struct err
copy_carry_last_id(struct store_copy *copy)
{
	static const char LAST[] = "SELECT coalesce(max(last_id), 0) FROM writer";
	static const char CARRY[] = "UPDATE writer SET last_id = $1 WHERE last_id < $1";
	struct db_stmt *stmt;
	int64_t last_id;

	TRY(number_of(copy->config.from, LAST, &last_id));
	TRY(copy_begin_batch(copy));
	TRY(db_prepare(copy->config.to, CARRY, &stmt));
	db_bind_int(stmt, 1, last_id);
	TRY(db_run(stmt));
	return copy_end_batch(copy, NULL);
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
		TRY(copy_walk_table(copy, &copy->plans.items[i]));
	return copy_carry_last_id(copy);
}

static struct err
explain(struct store_copy *copy, struct err err, const char *doing, struct buf *why)
{
	if (err.code != ERR_OK && why->len == 0)
		buf_addf(why, "%s %.*s: %s", doing, STR_FMT(copy->progress.table), err.what);
	return err;
}

struct err
copy_over(struct store_copy *copy, struct err err, struct buf *why)
{
	store_rollback(copy->config.from);
	if (err.code != ERR_OK)
		store_rollback(copy->config.to);
	copy->open = false;
	buf_clear(&copy->packed);
	return explain(copy, err, "copying", why);
}

struct err
store_copy_pass(struct store_copy *copy, struct copy_counts *counts, struct buf *why)
{
	return store_copy_compared_pass(copy, counts, NULL, NULL, why);
}

struct err
store_copy_compared_pass(struct store_copy *copy, struct copy_counts *counts, copy_found_fn found,
	void *arg, struct buf *why)
{
	struct err err = store_begin(copy->config.from);

	copy->counts = (struct copy_counts){0};
	if (err.code == ERR_OK)
		err = copy_all(copy);
	if (err.code == ERR_OK && found != NULL)
		err = store_copy_compare(copy, found, arg, why);
	*counts = copy->counts;
	return copy_over(copy, err, why);
}

void
store_copy_check_seals(struct store_copy *copy)
{
	copy->checks_seals = true;
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
copy_sums_agree(struct store_copy *copy, const struct copy_plan *plan, bool *same)
{
	int differing;

	TRY(compare_table(copy, plan, &differing));
	*same = differing < 0;
	return OK;
}

struct err
store_copy_compare(struct store_copy *copy, copy_found_fn found, void *arg, struct buf *why)
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
