/* Adjustments: what was given back of payments.  Rows, so that no payment is ever edited. */
#include "seals.h"

#define ADJUSTMENT_COLUMNS                                                            \
	"SELECT a.id, a.stall_id, a.payment_id, a.kind, a.amount, a.day,"             \
	" coalesce(a.transfer_id, 0), a.matched_by, a.person, a.why, a.created_at_ms" \
	" FROM adjustment a"

static void
bind_adjustment(struct db_stmt *stmt, const struct adjustment *adjustment)
{
	db_seal_begin(stmt);
	db_bind_int(stmt, 1, adjustment->id);
	db_bind_int(stmt, 2, adjustment->stall_id);
	db_bind_int(stmt, 3, adjustment->payment_id);
	db_bind_str(stmt, 4, adjustment->kind);
	db_bind_int(stmt, 5, adjustment->amount.dong);
	db_bind_int(stmt, 6, adjustment->day);
	if (adjustment->transfer_id == 0)
		db_bind_null(stmt, 7);
	else
		db_bind_int(stmt, 7, adjustment->transfer_id);
	db_bind_str(stmt, 8, adjustment->matched_by);
	db_bind_str(stmt, 9, adjustment->person);
	db_bind_str(stmt, 10, adjustment->why);
	db_bind_int(stmt, 11, adjustment->created_at_ms);
}

struct err
adjustments_put(struct db *db, const struct adjustment *adjustment)
{
	static const char PUT[] =
		"INSERT INTO adjustment (id, stall_id, payment_id, kind, amount, day, transfer_id,"
		" matched_by, person, why, created_at_ms, seal)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	bind_adjustment(stmt, adjustment);
	return db_run_sealed(stmt, 12, SEALED_ADJUSTMENT, NULL);
}

struct err
adjustments_seen(struct db *db, const struct adjustment *adjustment)
{
	static const char SEEN[] =
		"UPDATE adjustment SET transfer_id = $7, seal = $12 WHERE id = $1 AND stall_id = $2"
		" AND payment_id = $3 AND kind = $4 AND amount = $5 AND day = $6"
		" AND transfer_id IS NULL AND matched_by = $8 AND person = $9 AND why = $10"
		" AND created_at_ms = $11";
	struct db_stmt *stmt;

	TRY(db_prepare(db, SEEN, &stmt));
	bind_adjustment(stmt, adjustment);
	return db_run_resealed(stmt, 12, SEALED_ADJUSTMENT);
}

static void
read_adjustment(struct db_stmt *stmt, struct arena *arena, struct adjustment *adjustment)
{
	adjustment->id = db_int(stmt, 0);
	adjustment->stall_id = db_int(stmt, 1);
	adjustment->payment_id = db_int(stmt, 2);
	adjustment->kind = arena_copy(arena, db_str(stmt, 3));
	adjustment->amount.dong = db_int(stmt, 4);
	adjustment->day = (int32_t)db_int(stmt, 5);
	adjustment->transfer_id = db_int(stmt, 6);
	adjustment->matched_by = arena_copy(arena, db_str(stmt, 7));
	adjustment->person = arena_copy(arena, db_str(stmt, 8));
	adjustment->why = arena_copy(arena, db_str(stmt, 9));
	adjustment->created_at_ms = db_int(stmt, 10);
}

static struct err
read_adjustments(
	struct db_stmt *stmt, struct arena *arena, struct adjustment *adjustments, size_t *count)
{
	struct db_rows rows = db_rows(stmt);

	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_adjustment(stmt, arena, &adjustments[*count]);
	return rows.err;
}

static struct err
read_one(struct db_stmt *stmt, struct arena *arena, struct adjustment *adjustment)
{
	TRY(db_one(stmt, "no such adjustment"));
	read_adjustment(stmt, arena, adjustment);
	db_reset(stmt);
	return OK;
}

struct err
adjustments_get(struct db *db, struct arena *arena, int64_t id, struct adjustment *adjustment)
{
	static const char GET[] = ADJUSTMENT_COLUMNS " WHERE a.id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, id);
	return read_one(stmt, arena, adjustment);
}

struct err
adjustments_of_charge(struct db *db, struct arena *arena, int64_t stall_id, int64_t charge_id,
	size_t max, struct adjustment *adjustments, size_t *count)
{
	static const char OF_CHARGE[] = ADJUSTMENT_COLUMNS
		" WHERE a.stall_id = $1 AND a.payment_id IN (SELECT p.id FROM payment p"
		"  WHERE p.stall_id = $1 AND p.charge_id = $2 AND p.charge_id IS NOT NULL)"
		" ORDER BY a.id LIMIT $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, OF_CHARGE, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, charge_id);
	db_bind_int(stmt, 3, (int64_t)max);
	return read_adjustments(stmt, arena, adjustments, count);
}

struct err
adjustments_of_payment(struct db *db, struct arena *arena, int64_t stall_id, int64_t payment_id,
	size_t max, struct adjustment *adjustments, size_t *count)
{
	static const char OF_PAYMENT[] = ADJUSTMENT_COLUMNS
		" WHERE a.stall_id = $1 AND a.payment_id = $2 ORDER BY a.id LIMIT $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, OF_PAYMENT, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, payment_id);
	db_bind_int(stmt, 3, (int64_t)max);
	return read_adjustments(stmt, arena, adjustments, count);
}

struct err
adjustments_list(struct db *db, struct arena *arena, int64_t after, size_t max,
	struct adjustment *adjustments, size_t *count)
{
	static const char LIST[] = ADJUSTMENT_COLUMNS " WHERE a.id > $1 ORDER BY a.id LIMIT $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, after);
	db_bind_int(stmt, 2, (int64_t)max);
	return read_adjustments(stmt, arena, adjustments, count);
}

struct err
adjustments_unseen(struct db *db, struct arena *arena, int64_t stall_id, int64_t payment_id,
	struct vnd amount, struct adjustment *adjustment)
{
	static const char UNSEEN[] = ADJUSTMENT_COLUMNS
		" WHERE a.stall_id = $1 AND a.payment_id = $2 AND a.amount = $3"
		" AND a.transfer_id IS NULL ORDER BY a.id LIMIT 1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, UNSEEN, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, payment_id);
	db_bind_int(stmt, 3, amount.dong);
	return read_one(stmt, arena, adjustment);
}

struct err
adjustments_sum(struct db *db, int64_t transfer_id, struct vnd *sum)
{
	static const char SUM[] =
		"SELECT coalesce(sum(amount), 0) FROM adjustment WHERE transfer_id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, SUM, &stmt));
	db_bind_int(stmt, 1, transfer_id);
	TRY(db_one(stmt, "sum"));
	sum->dong = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}
