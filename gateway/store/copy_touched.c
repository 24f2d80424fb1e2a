/* The last of a copy: the rows that were written since its last pass began, which the source's
 * gateway told by number, and those alone; each is held against its seal, and read back. */
#include "copy_rows.h"
#include "watch.h"

/* One by its number; one that is not there was undone (or removed, and then its table is walked).
 */
static struct err
find_row(struct store_copy *copy, const struct copy_plan *plan, int64_t number,
	struct db_stmt **row, bool *found)
{
	TRY(db_prepare(copy->config.from, plan->by_number, row));
	db_bind_int(*row, 1, number);
	return db_step(*row, found);
}

static struct err
bring_row(struct store_copy *copy, const struct copy_plan *plan, int64_t number)
{
	struct db_stmt *row;
	struct err err;
	bool found;

	TRY(find_row(copy, plan, number, &row, &found));
	if (!found)
		return OK;
	copy->counts.rows++;
	copy->counts.changed++;
	err = copy_check_seal(copy, plan, row);
	if (err.code == ERR_OK)
		err = copy_put_row(copy, plan, row);
	db_reset(row);
	return err;
}

static struct err
bring_table(
	struct store_copy *copy, const struct copy_plan *plan, const struct touched_table *touched)
{
	copy->progress.table = plan->table->name;
	if (touched->gone)
		return copy_walk_table(copy, plan);
	for (size_t i = 0; i < touched->row_count; i++)
		TRY(bring_row(copy, plan, touched->rows[i]));
	return copy_end_batch(copy, plan);
}

/* ---- read back ---------------------------------------------------------------------------------
 */

static struct err
compare_row(struct store_copy *copy, const struct copy_plan *plan, int64_t number, bool *same)
{
	struct db_stmt *row, *there;
	bool found;

	*same = true;
	TRY(find_row(copy, plan, number, &row, &found));
	if (!found)
		return OK;
	TRY(db_prepare(copy->config.beside, plan->by_key, &there));
	copy_bind_key(there, plan, row);
	TRY(db_step(there, same));
	for (int i = 0; i < plan->table->column_count && *same; i++)
		*same = copy_same_value(row, there, i, plan->table->columns[i].kind);
	db_reset(row);
	db_reset(there);
	return OK;
}

static struct err
compare_table(struct store_copy *copy, const struct copy_plan *plan,
	const struct touched_table *touched, bool *same)
{
	copy->progress.table = plan->table->name;
	if (touched->gone)
		return copy_sums_agree(copy, plan, same);
	*same = true;
	for (size_t i = 0; i < touched->row_count && *same; i++)
		TRY(compare_row(copy, plan, touched->rows[i], same));
	return OK;
}

/* ---- all ---------------------------------------------------------------------------------------
 */

static const struct touched_table *
touched_of(const struct touched *touched, const struct copy_plan *plan)
{
	for (size_t i = 0; i < touched->count; i++) {
		if (str_eq(touched->items[i].table, plan->table->name))
			return &touched->items[i];
	}
	return NULL;
}

static struct err
bring_all(struct store_copy *copy, const struct touched *touched)
{
	for (size_t i = 0; i < copy->plans.count; i++) {
		const struct copy_plan *plan = &copy->plans.items[i];
		const struct touched_table *table = touched_of(touched, plan);

		if (table != NULL)
			TRY(bring_table(copy, plan, table));
	}
	return copy_carry_last_id(copy);
}

static struct err
compare_all(struct store_copy *copy, const struct touched *touched, copy_found_fn found, void *arg)
{
	for (size_t i = 0; i < copy->plans.count; i++) {
		const struct copy_plan *plan = &copy->plans.items[i];
		const struct touched_table *table = touched_of(touched, plan);
		bool same = true;

		if (table != NULL)
			TRY(compare_table(copy, plan, table, &same));
		if (!same)
			found(arg, plan->table->name, "a row is another one there");
	}
	return OK;
}

static struct err
read_back(struct store_copy *copy, const struct touched *touched, copy_found_fn found, void *arg)
{
	struct err err;

	TRY(store_begin(copy->config.beside));
	err = compare_all(copy, touched, found, arg);
	store_rollback(copy->config.beside);
	return err;
}

struct err
store_copy_touched(struct store_copy *copy, const struct touched *touched,
	struct copy_counts *counts, copy_found_fn found, void *arg, struct buf *why)
{
	struct err err;

	copy->progress = (struct copy_progress){0};
	copy->counts = (struct copy_counts){0};
	err = store_begin(copy->config.from);
	if (err.code == ERR_OK)
		err = bring_all(copy, touched);
	if (err.code == ERR_OK)
		err = read_back(copy, touched, found, arg);
	*counts = copy->counts;
	return copy_over(copy, err, why);
}
