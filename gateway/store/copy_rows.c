/* One row of a copy: its values from store to store, in batches that are committed. */
#include <string.h>

#include "copy_rows.h"
#include "seals_table.h"

#define BATCH_ROWS 20000
#define BATCH_BYTES (4 * 1024 * 1024) /* of packed rows: what is in memory at once */

/* ---- values ------------------------------------------------------------------------------------
 */

struct db_value
copy_value(struct db_stmt *stmt, int at, enum db_kind kind)
{
	if (db_is_null(stmt, at))
		return (struct db_value){.kind = DB_NULL};
	if (kind == DB_INT)
		return (struct db_value){.kind = kind, .number = db_int(stmt, at)};
	return (struct db_value){.kind = kind, .bytes = db_str(stmt, at)};
}

/* As both engines order them: numbers, and bytes. */
int
copy_order(const struct db_value *a, const struct db_value *b)
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

bool
copy_same_value(struct db_stmt *a, struct db_stmt *b, int column, enum db_kind kind)
{
	struct db_value x = copy_value(a, column, kind), y = copy_value(b, column, kind);

	return copy_order(&x, &y) == 0;
}

/* ---- transactions in the store that is written -------------------------------------------------
 */

/* (What is brought of rows that were told is soon over, and not counted before.) */
void
copy_tell(struct store_copy *copy)
{
	if (copy->config.progress != NULL && copy->progress.all_of > 0)
		copy->config.progress(copy->config.arg, &copy->progress);
}

struct err
copy_begin_batch(struct store_copy *copy)
{
	if (copy->open)
		return OK;
	TRY(store_begin(copy->config.to));
	copy->open = true;
	copy->rows_open = 0;
	return store_note_hold(copy->config.to, copy->config.token);
}

struct err
copy_end_batch(struct store_copy *copy, const struct copy_plan *plan)
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
	copy_tell(copy);
	return OK;
}

struct err
copy_end_full_batch(struct store_copy *copy, const struct copy_plan *plan)
{
	return copy->rows_open >= BATCH_ROWS || copy->packed.len >= BATCH_BYTES
		       ? copy_end_batch(copy, plan)
		       : OK;
}

/* ---- one row -----------------------------------------------------------------------------------
 */

struct err
copy_run_row(
	struct store_copy *copy, const char *sql, const struct copy_plan *plan, struct db_stmt *row)
{
	struct db_stmt *stmt;

	TRY(db_prepare(copy->config.to, sql, &stmt));
	for (int i = 0; i < plan->table->column_count; i++) {
		struct db_value value = copy_value(row, i, plan->table->columns[i].kind);

		bind(stmt, i + 1, &value);
	}
	return db_run(stmt);
}

struct err
copy_add_row(struct store_copy *copy, const struct copy_plan *plan, struct db_stmt *row)
{
	struct db *to = copy->config.to;
	struct db_value values[DB_PARAMETERS_MAX];

	copy->counts.added++;
	if (to->driver->pack == NULL)
		return copy_run_row(copy, plan->insert, plan, row);
	for (int i = 0; i < plan->table->column_count; i++)
		values[i] = copy_value(row, i, plan->table->columns[i].kind);
	to->driver->pack(&copy->packed, values, plan->table->column_count);
	return OK;
}

void
copy_bind_key(struct db_stmt *stmt, const struct copy_plan *plan, struct db_stmt *row)
{
	for (int i = 0; i < plan->table->key_count; i++) {
		int column = plan->table->key[i];
		struct db_value value = copy_value(row, column, plan->table->columns[column].kind);

		bind(stmt, i + 1, &value);
	}
}

struct err
copy_check_seal(struct store_copy *copy, const struct copy_plan *plan, struct db_stmt *row)
{
	struct db *from = copy->config.from;
	struct db_stmt *stmt;
	bool fits, foreign;

	if (!copy->checks_seals || plan->seal_by_key == NULL)
		return OK;
	TRY(db_prepare(from, plan->seal_by_key, &stmt));
	copy_bind_key(stmt, plan, row);
	TRY(db_one(stmt, "a row is gone"));
	fits = seal_fits(from->seals, stmt, (enum sealed)plan->sealed, &foreign);
	db_reset(stmt);
	return fits || foreign ? OK
			       : FAIL(ERR_INVALID, "a row is not as it was written: `chopay ledger"
						   " verify` names it");
}

/* Both, for whichever it is: no key of the table need be named, and neither's answer waited for. */
struct err
copy_put_row(struct store_copy *copy, const struct copy_plan *plan, struct db_stmt *row)
{
	TRY(copy_end_full_batch(copy, plan));
	TRY(copy_begin_batch(copy));
	copy->rows_open++;
	if (plan->update != NULL)
		TRY(copy_run_row(copy, plan->update, plan, row));
	return copy_run_row(copy, plan->put, plan, row);
}

struct err
copy_erase_row(struct store_copy *copy, const struct copy_plan *plan, struct db_stmt *there)
{
	struct db_stmt *stmt;

	copy->counts.removed++;
	TRY(db_prepare(copy->config.to, plan->erase, &stmt));
	for (int i = 0; i < plan->table->key_count; i++) {
		struct db_value value = copy_value(
			there, i, plan->table->columns[plan->table->key[i]].kind);

		bind(stmt, i + 1, &value);
	}
	return db_run(stmt);
}
