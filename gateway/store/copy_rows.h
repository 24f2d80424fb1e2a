/*
 * copy_rows.h - rows of a copy under way, for those who bring them: copy.c all that differ,
 * copy_touched.c those that they are told of.
 */
#ifndef STORE_COPY_ROWS_H
#define STORE_COPY_ROWS_H

#include "copy_plan.h"

/* ---- copy_rows.c; `row` has all columns of its table ------------------------------------------
 */

struct db_value copy_value(struct db_stmt *stmt, int at, enum db_kind kind);
/* As both engines order them: numbers, and bytes. */
int copy_order(const struct db_value *a, const struct db_value *b);
bool copy_same_value(struct db_stmt *a, struct db_stmt *b, int column, enum db_kind kind);
void copy_bind_key(struct db_stmt *stmt, const struct copy_plan *plan, struct db_stmt *row);

void copy_tell(struct store_copy *copy);
MUST_CHECK struct err copy_begin_batch(struct store_copy *copy); /* unless one is open */
MUST_CHECK struct err copy_end_batch(struct store_copy *copy, const struct copy_plan *plan);
MUST_CHECK struct err copy_end_full_batch(struct store_copy *copy, const struct copy_plan *plan);

/* ERR_INVALID: it is money, and not as its seal says.  Asked for by store_copy_check_seals. */
MUST_CHECK struct err copy_check_seal(
	struct store_copy *copy, const struct copy_plan *plan, struct db_stmt *row);
/* Into the batch under way. */
MUST_CHECK struct err copy_add_row(
	struct store_copy *copy, const struct copy_plan *plan, struct db_stmt *row);
MUST_CHECK struct err copy_run_row(struct store_copy *copy, const char *sql,
	const struct copy_plan *plan, struct db_stmt *row);
/* `there`: a row of plan->beside. */
MUST_CHECK struct err copy_erase_row(
	struct store_copy *copy, const struct copy_plan *plan, struct db_stmt *there);
/* Added, or over the one with its key; begins and ends batches itself. */
MUST_CHECK struct err copy_put_row(
	struct store_copy *copy, const struct copy_plan *plan, struct db_stmt *row);

/* ---- copy.c ------------------------------------------------------------------------------------
 */

MUST_CHECK struct err copy_walk_table(struct store_copy *copy, const struct copy_plan *plan);
MUST_CHECK struct err copy_sums_agree(
	struct store_copy *copy, const struct copy_plan *plan, bool *same);
MUST_CHECK struct err copy_carry_last_id(struct store_copy *copy);
/* Ends the transactions of a pass; `err`, and a sentence for it. */
struct err copy_over(struct store_copy *copy, struct err err, struct buf *why);

#endif
