/* Rows read back for their seals: those of before the seals get theirs, all are checked. */
#include <string.h>

#include "months.h"

#define FIRST_COLUMN 2 /* behind the key and the seal */

/* ---- rows of before
 * -------------------------------------------------------------------------------
 */

struct unsealed_row {
	unsigned char seal[SEAL_SIZE];
	struct str text[2]; /* what finds the row: a text, or a number */
	int64_t number[2];
	bool is_number[2];
};

static struct err
read_unsealed(struct db *db, enum sealed table, struct arena *arena, struct unsealed_row *rows,
	size_t *count)
{
	struct db_stmt *stmt;
	bool row;

	*count = 0;
	TRY(db_prepare(db, sealed_tables[table].unsealed, &stmt));
	for (;;) {
		struct unsealed_row *one = &rows[*count];

		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		seal_of_row(db->seals, stmt, table, FIRST_COLUMN, one->seal);
		for (int i = 0; i < 2; i++) {
			int column = FIRST_COLUMN + sealed_tables[table].where[i];

			if (sealed_tables[table].where[i] < 0)
				continue;
			one->is_number[i] = db->driver->is_int(stmt, column);
			if (one->is_number[i])
				one->number[i] = db_int(stmt, column);
			else
				one->text[i] = arena_copy(arena, db_str(stmt, column));
		}
		(*count)++;
	}
}

static struct err
seal_rows(struct db *db, enum sealed table, const struct unsealed_row *rows, size_t count)
{
	struct db_stmt *stmt;

	for (size_t n = 0; n < count; n++) {
		TRY(db_prepare(db, sealed_tables[table].seal, &stmt));
		db_bind_blob(stmt, 1, (struct str){(const char *)rows[n].seal, SEAL_SIZE});
		for (int i = 0; i < 2 && sealed_tables[table].where[i] >= 0; i++) {
			if (rows[n].is_number[i])
				db_bind_int(stmt, 2 + i, rows[n].number[i]);
			else
				db_bind_str(stmt, 2 + i, rows[n].text[i]);
		}
		TRY(db_change_one(stmt, "the row to seal is not there"));
		seal_count(db->seals, table, rows[n].seal);
	}
	return OK;
}

struct err
seals_begin_store(struct db *db)
{
	size_t count;

	if (db->seals == NULL)
		return OK;
	for (int table = 0; table < SEALED_TABLES; table++) {
		do {
			struct arena *arena CLEANUP(arena_cleanup) = arena_new();
			struct unsealed_row *rows = arena_alloc(
				arena, UNSEALED_AT_ONCE * sizeof(*rows));

			TRY(read_unsealed(db, (enum sealed)table, arena, rows, &count));
			TRY(seal_rows(db, (enum sealed)table, rows, count));
		} while (count > 0);
	}
	return seals_put_totals(db);
}

/* ---- verify -------------------------------------------------------------------------------------
 */

bool
seal_fits(struct seals *seals, struct db_stmt *stmt, enum sealed table, bool *foreign)
{
	unsigned char want[SEAL_SIZE];
	struct str have;

	seal_of_row(seals, stmt, table, FIRST_COLUMN, want);
	have = db_str(stmt, 1);
	*foreign = have.len == SEAL_SIZE && memcmp(have.ptr, want, SEAL_KEY_ID_SIZE) != 0;
	return !*foreign && seals_equal(seals, have, (struct str){(const char *)want, SEAL_SIZE});
}

/* Rows whose seal was made with our key, and with another one that we do not hold. */
struct checked {
	struct seal_sum ours;
	int64_t foreign;
};

static struct err
check_rows(struct db *db, enum sealed table, struct checked *checked, found_fn found, void *arg)
{
	struct db_stmt *stmt;
	struct str have;
	bool row, fits, foreign;

	*checked = (struct checked){0};
	TRY(db_prepare(db, sealed_tables[table].all, &stmt));
	db_walk(stmt);
	for (;;) {
		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		fits = seal_fits(db->seals, stmt, table, &foreign);
		if (foreign) {
			checked->foreign++;
			continue;
		}
		checked->ours.rows++;
		have = db_str(stmt, 1);
		if (!sealed_tables[table].rewritten && have.len == SEAL_SIZE)
			seal_sum_add(&checked->ours, (const unsigned char *)have.ptr);
		if (!fits)
			found(arg, sealed_tables[table].name, db_str(stmt, 0),
				"it is not as it was written: somebody changed the row");
	}
}

/* How many rows were sealed with other keys, by what the store remembers of them. */
static struct err
foreign_rows(struct db *db, enum sealed table, int64_t *rows)
{
	static const char SUM[] = "SELECT coalesce(sum(row_count), 0) FROM seal_total"
				  " WHERE table_name = $1 AND key_id <> $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, SUM, &stmt));
	db_bind_str(stmt, 1, str_from(sealed_tables[table].name));
	db_bind_blob(stmt, 2, seals_key_id(db->seals));
	TRY(db_one(stmt, "seal_total"));
	*rows = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

static struct err
check_total(struct db *db, enum sealed table, struct checked *checked, found_fn found, void *arg)
{
	struct str name = str_from(sealed_tables[table].name);
	struct seal_sum kept, months;
	int64_t foreign, foreign_months;

	TRY(seal_totals_read(db, table, &kept));
	TRY(foreign_rows(db, table, &foreign));
	TRY(sealed_months_sum(db, table, &months, &foreign_months));
	checked->ours.rows += months.rows;
	checked->foreign += foreign_months;
	seal_sum_join(&checked->ours, &months);
	if (months.changed)
		found(arg, "archived_month", name,
			"it is not as it was written: somebody changed the row");
	if (kept.changed)
		found(arg, "seal_total", name,
			"it is not as it was written: somebody changed the row");
	else if (checked->ours.rows + checked->foreign < kept.rows + foreign)
		found(arg, sealed_tables[table].name, STR("*"), "rows were taken away");
	else if (checked->ours.rows + checked->foreign > kept.rows + foreign ||
		 checked->foreign != foreign)
		found(arg, sealed_tables[table].name, STR("*"),
			"rows were put in by somebody else");
	else if (memcmp(checked->ours.sum, kept.sum, SEAL_SUM_SIZE) != 0)
		found(arg, sealed_tables[table].name, STR("*"), "rows were exchanged for others");
	return OK;
}

struct counted_faults {
	found_fn found;
	void *arg;
	int64_t count;
};

static void
count_fault(void *arg, const char *table, struct str key, const char *fault)
{
	struct counted_faults *faults = arg;

	faults->count++;
	faults->found(faults->arg, table, key, fault);
}

struct err
store_verify_seals(struct db *db, found_fn found, void *arg, int64_t *foreign)
{
	struct counted_faults faults = {found, arg, 0};
	struct checked checked;

	*foreign = 0;
	if (db->seals == NULL)
		return OK;
	for (int table = 0; table < SEALED_TABLES; table++) {
		int64_t before = faults.count;

		TRY(check_rows(db, (enum sealed)table, &checked, count_fault, &faults));
		*foreign += checked.foreign;
		/* A changed row is named; its table's sum then says nothing more. */
		if (faults.count == before)
			TRY(check_total(db, (enum sealed)table, &checked, found, arg));
	}
	return OK;
}
