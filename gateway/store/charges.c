/* Charges, and the keys that make asking for one repeatable. */
#include "seals.h"

#define CHARGE_COLUMNS                                                                    \
	"SELECT id, stall_id, account_id, reference, state, amount, paid, created_at_ms," \
	" expires_at_ms, refunded FROM charge"

struct vnd
charge_missing(const struct charge *charge)
{
	int64_t dong = charge->amount.dong - charge->paid.dong + charge->refunded.dong;

	return (struct vnd){dong > 0 ? dong : 0};
}

static void
read_charge(struct db_stmt *stmt, struct arena *arena, struct charge *charge)
{
	charge->id = db_int(stmt, 0);
	charge->stall_id = db_int(stmt, 1);
	charge->account_id = db_int(stmt, 2);
	charge->reference = arena_copy(arena, db_str(stmt, 3));
	charge->state = arena_copy(arena, db_str(stmt, 4));
	charge->amount.dong = db_int(stmt, 5);
	charge->paid.dong = db_int(stmt, 6);
	charge->created_at_ms = db_int(stmt, 7);
	charge->expires_at_ms = db_int(stmt, 8);
	charge->refunded.dong = db_int(stmt, 9);
}

/* All of it, so that all of it is under the seal. */
static void
bind_charge(struct db_stmt *stmt, const struct charge *charge)
{
	db_seal_begin(stmt);
	db_bind_int(stmt, 1, charge->id);
	db_bind_int(stmt, 2, charge->stall_id);
	db_bind_int(stmt, 3, charge->account_id);
	db_bind_str(stmt, 4, charge->reference);
	db_bind_str(stmt, 5, charge->state);
	db_bind_int(stmt, 6, charge->amount.dong);
	db_bind_int(stmt, 7, charge->paid.dong);
	db_bind_int(stmt, 8, charge->created_at_ms);
	db_bind_int(stmt, 9, charge->expires_at_ms);
	db_bind_int(stmt, 10, charge->refunded.dong);
}

struct err
charges_put(struct db *db, const struct charge *charge)
{
	static const char PUT[] =
		"INSERT INTO charge (id, stall_id, account_id, reference, state, amount, paid,"
		" created_at_ms, expires_at_ms, refunded, seal)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	bind_charge(stmt, charge);
	return db_run_sealed(stmt, 11, SEALED_CHARGE, NULL);
}

struct err
charges_find(struct db *db, struct arena *arena, struct str reference, struct charge *charge)
{
	static const char FIND[] = CHARGE_COLUMNS " WHERE reference = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, reference);
	TRY(db_one(stmt, "no such charge"));
	read_charge(stmt, arena, charge);
	db_reset(stmt);
	return OK;
}

struct err
charges_get(struct db *db, struct arena *arena, int64_t stall_id, int64_t charge_id,
	struct charge *charge)
{
	static const char GET[] = CHARGE_COLUMNS " WHERE stall_id = $1 AND id = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, charge_id);
	TRY(db_one(stmt, "no such charge"));
	read_charge(stmt, arena, charge);
	db_reset(stmt);
	return OK;
}

struct err
charges_last_money(struct db *db, const struct charge *charge, int64_t *at_ms)
{
	static const char LAST[] =
		"SELECT coalesce(max(m.at_ms), 0) FROM (SELECT p.arrived_at_ms AS at_ms"
		"  FROM payment p"
		"  WHERE p.stall_id = $1 AND p.charge_id = $2 AND p.charge_id IS NOT NULL"
		" UNION ALL SELECT a.created_at_ms FROM adjustment a WHERE a.stall_id = $1"
		"  AND a.payment_id IN (SELECT p.id FROM payment p"
		"   WHERE p.stall_id = $1 AND p.charge_id = $2 AND p.charge_id IS NOT NULL)) m";
	struct db_stmt *stmt;

	TRY(db_prepare(db, LAST, &stmt));
	db_bind_int(stmt, 1, charge->stall_id);
	db_bind_int(stmt, 2, charge->id);
	TRY(db_one(stmt, "no answer"));
	*at_ms = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

struct err
charges_set(struct db *db, const struct charge *charge)
{
	/* What never changes is asked for: a charge that is not as it was read is not overwritten.
	 */
	static const char SET[] =
		"UPDATE charge SET state = $5, paid = $7, refunded = $10, seal = $11"
		" WHERE stall_id = $2 AND id = $1 AND account_id = $3 AND reference = $4"
		" AND amount = $6 AND created_at_ms = $8 AND expires_at_ms = $9";
	struct db_stmt *stmt;

	TRY(db_prepare(db, SET, &stmt));
	bind_charge(stmt, charge);
	return db_run_resealed(stmt, 11, SEALED_CHARGE);
}

struct err
charges_overdue(struct db *db, struct arena *arena, int64_t now_ms, size_t max,
	struct charge *charges, size_t *count)
{
	static const char FIND[] = CHARGE_COLUMNS " WHERE state = 'open' AND expires_at_ms < $1"
						  " ORDER BY expires_at_ms LIMIT $2";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_int(stmt, 1, now_ms);
	db_bind_int(stmt, 2, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_charge(stmt, arena, &charges[*count]);
	return rows.err;
}

struct err
charges_of_amount(struct db *db, struct arena *arena, struct str account_no, struct vnd amount,
	int64_t from_ms, int64_t to_ms, size_t max, struct charge *charges, size_t *count)
{
	/* Two lookups, each in an index of its own. */
	static const char FIND[] = CHARGE_COLUMNS
		" WHERE account_id IN (SELECT id FROM account WHERE account_no = $1)"
		" AND amount = $2 AND created_at_ms BETWEEN $3 AND $4 AND state <> 'short'"
		" UNION ALL " CHARGE_COLUMNS
		" WHERE account_id IN (SELECT id FROM account WHERE account_no = $1)"
		" AND amount - paid + refunded = $2 AND created_at_ms BETWEEN $3 AND $4"
		" AND state = 'short' ORDER BY 8 DESC, 1 DESC LIMIT $5";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, account_no);
	db_bind_int(stmt, 2, amount.dong);
	db_bind_int(stmt, 3, from_ms);
	db_bind_int(stmt, 4, to_ms);
	db_bind_int(stmt, 5, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_charge(stmt, arena, &charges[*count]);
	return rows.err;
}

struct err
idempotency_find(struct db *db, struct arena *arena, struct str principal, struct str key,
	struct str fingerprint, struct str *reference)
{
	static const char FIND[] = "SELECT reference, fingerprint FROM idempotency"
				   " WHERE principal = $1 AND key = $2";
	struct db_stmt *stmt;
	bool same;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, principal);
	db_bind_str(stmt, 2, key);
	TRY(db_one(stmt, "a new key"));
	*reference = arena_copy(arena, db_str(stmt, 0));
	same = str_eq(db_str(stmt, 1), fingerprint);
	db_reset(stmt);
	return same ? OK
		    : FAIL(ERR_CONFLICT,
			      "this Idempotency-Key was used for a different request; use a new one");
}

struct err
idempotency_put(struct db *db, struct str principal, struct str key, struct str fingerprint,
	struct str reference, int64_t now_ms)
{
	static const char PUT[] =
		"INSERT INTO idempotency (principal, key, fingerprint, reference, created_at_ms)"
		" VALUES ($1, $2, $3, $4, $5)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, principal);
	db_bind_str(stmt, 2, key);
	db_bind_blob(stmt, 3, fingerprint);
	db_bind_str(stmt, 4, reference);
	db_bind_int(stmt, 5, now_ms);
	return db_run(stmt);
}

struct err
idempotency_forget(struct db *db, int64_t before_ms, size_t max)
{
	static const char FORGET[] =
		"DELETE FROM idempotency WHERE (principal, key) IN (SELECT principal, key"
		" FROM idempotency WHERE created_at_ms < $1 ORDER BY created_at_ms LIMIT $2)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FORGET, &stmt));
	db_bind_int(stmt, 1, before_ms);
	db_bind_int(stmt, 2, (int64_t)max);
	return db_run(stmt);
}
