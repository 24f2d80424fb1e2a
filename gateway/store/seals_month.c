/* Archived months: their rows are away, what they held is still counted. */
#include <string.h>

#include "months.h"

#define SEAL_COLUMN 1
#define FIRST_COLUMN 2 /* the id, as sealed */

static void
seal_of_month(
	const struct seals *seals, const struct sealed_month *month, unsigned char seal[SEAL_SIZE])
{
	struct buf row CLEANUP(buf_fini) = {0};

	buf_addf(&row, "%s %d %lld %lld %lld %lld ", sealed_tables[month->table].name, month->month,
		(long long)month->total.rows, (long long)month->first_id, (long long)month->last_id,
		(long long)month->archived_at_ms);
	buf_add(&row, (struct str){(const char *)month->total.sum, SEAL_SUM_SIZE});
	seal_make(seals, "archived_month", buf_str(&row), seal);
}

struct err
sealed_month_read(struct db *db, struct sealed_month *month)
{
	static const char ROWS[] = SEALED_DELIVERY_ROWS " WHERE month = $1";
	unsigned char want[SEAL_SIZE];
	struct db_stmt *stmt;
	bool row;

	month->total = (struct seal_sum){0};
	month->first_id = INT64_MAX;
	month->last_id = 0;
	TRY(db_prepare(db, ROWS, &stmt));
	db_bind_int(stmt, 1, month->month);
	db_walk(stmt);
	for (;;) {
		struct str have;
		int64_t id;

		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		seal_of_row(db->seals, stmt, month->table, FIRST_COLUMN, want);
		have = db_str(stmt, SEAL_COLUMN);
		if (!seals_equal(db->seals, have, (struct str){(const char *)want, SEAL_SIZE})) {
			db_reset(stmt);
			return FAIL(ERR_CONFLICT, "a row of that month is not as our key sealed it;"
						  " `chopay ledger verify` names it");
		}
		id = db_int(stmt, FIRST_COLUMN);
		month->first_id = id < month->first_id ? id : month->first_id;
		month->last_id = id > month->last_id ? id : month->last_id;
		month->total.rows++;
		seal_sum_add(&month->total, (const unsigned char *)have.ptr);
	}
}

struct err
sealed_month_put(struct db *db, const struct sealed_month *month)
{
	static const char PUT[] =
		"INSERT INTO archived_month (table_name, month, key_id, row_count, seal_sum,"
		" first_id, last_id, archived_at_ms, seal)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
	unsigned char seal[SEAL_SIZE];
	struct db_stmt *stmt;

	seal_of_month(db->seals, month, seal);
	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, str_from(sealed_tables[month->table].name));
	db_bind_int(stmt, 2, month->month);
	db_bind_blob(stmt, 3, seals_key_id(db->seals));
	db_bind_int(stmt, 4, month->total.rows);
	db_bind_blob(stmt, 5, (struct str){(const char *)month->total.sum, SEAL_SUM_SIZE});
	db_bind_int(stmt, 6, month->first_id);
	db_bind_int(stmt, 7, month->last_id);
	db_bind_int(stmt, 8, month->archived_at_ms);
	db_bind_blob(stmt, 9, (struct str){(const char *)seal, SEAL_SIZE});
	return db_run(stmt);
}

struct err
sealed_months_sum(struct db *db, enum sealed table, struct seal_sum *total, int64_t *foreign)
{
	static const char ALL[] = "SELECT month, row_count, seal_sum, first_id, last_id,"
				  " archived_at_ms, seal, key_id FROM archived_month"
				  " WHERE table_name = $1";
	unsigned char want[SEAL_SIZE];
	struct db_stmt *stmt;
	bool row;

	*total = (struct seal_sum){0};
	*foreign = 0;
	TRY(db_prepare(db, ALL, &stmt));
	db_bind_str(stmt, 1, str_from(sealed_tables[table].name));
	for (;;) {
		struct sealed_month one = {.table = table};

		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		one.month = (int32_t)db_int(stmt, 0);
		one.total.rows = db_int(stmt, 1);
		if (!str_eq(db_str(stmt, 7), seals_key_id(db->seals))) {
			*foreign += one.total.rows;
			continue;
		}
		if (db_str(stmt, 2).len == SEAL_SUM_SIZE)
			memcpy(one.total.sum, db_str(stmt, 2).ptr, SEAL_SUM_SIZE);
		one.first_id = db_int(stmt, 3);
		one.last_id = db_int(stmt, 4);
		one.archived_at_ms = db_int(stmt, 5);
		seal_of_month(db->seals, &one, want);
		total->changed = total->changed ||
				 !seals_equal(db->seals, db_str(stmt, 6),
					 (struct str){(const char *)want, SEAL_SIZE});
		total->rows += one.total.rows;
		seal_sum_join(total, &one.total);
	}
}
