/* Credits nobody could be found for, and how a person resolved them. */
#include "seals.h"

#define SUSPENSE_COLUMNS                                                                                                       \
	"SELECT u.transfer_id, u.reason, u.amount, u.rule_version, u.created_at_ms, t.feed,"                                   \
	" t.provider_txn_id, t.bank_ref, t.account_no, t.note, t.booked_at_ms,"                                                \
	" r.transfer_id IS NOT NULL, coalesce(u.other_transfer_id, 0) FROM suspense u JOIN transfer t ON t.id = u.transfer_id" \
	" LEFT JOIN resolution r ON r.transfer_id = u.transfer_id"

static void
read_suspense(struct db_stmt *stmt, struct arena *arena, struct suspense *item)
{
	item->transfer_id = db_int(stmt, 0);
	item->reason = arena_copy(arena, db_str(stmt, 1));
	item->amount.dong = db_int(stmt, 2);
	item->rule_version = db_int(stmt, 3);
	item->created_at_ms = db_int(stmt, 4);
	item->feed = arena_copy(arena, db_str(stmt, 5));
	item->provider_txn_id = arena_copy(arena, db_str(stmt, 6));
	item->bank_ref = arena_copy(arena, db_str(stmt, 7));
	item->account_no = arena_copy(arena, db_str(stmt, 8));
	item->note = arena_copy(arena, db_str(stmt, 9));
	item->booked_at_ms = db_int(stmt, 10);
	item->resolved = db_int(stmt, 11) != 0;
	item->other_transfer_id = db_int(stmt, 12);
}

struct err
suspense_put(struct db *db, const struct suspense *suspense)
{
	static const char PUT[] =
		"INSERT INTO suspense (transfer_id, reason, amount, rule_version, created_at_ms,"
		" other_transfer_id, seal) VALUES ($1, $2, $3, $4, $5, $6, $7)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_seal_begin(stmt);
	db_bind_int(stmt, 1, suspense->transfer_id);
	db_bind_str(stmt, 2, suspense->reason);
	db_bind_int(stmt, 3, suspense->amount.dong);
	db_bind_int(stmt, 4, suspense->rule_version);
	db_bind_int(stmt, 5, suspense->created_at_ms);
	if (suspense->other_transfer_id == 0)
		db_bind_null(stmt, 6);
	else
		db_bind_int(stmt, 6, suspense->other_transfer_id);
	return db_run_sealed(stmt, 7, SEALED_SUSPENSE, NULL);
}

struct err
suspense_list(struct db *db, struct arena *arena, int64_t after, size_t max, struct suspense *items,
	size_t *count)
{
	static const char LIST[] = SUSPENSE_COLUMNS
		" WHERE r.transfer_id IS NULL AND u.transfer_id > $1 ORDER BY u.transfer_id LIMIT $2";
	struct db_stmt *stmt;
	bool row;

	*count = 0;
	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, after);
	db_bind_int(stmt, 2, (int64_t)max);
	for (;;) {
		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		read_suspense(stmt, arena, &items[(*count)++]);
	}
}

struct err
suspense_get(struct db *db, struct arena *arena, int64_t transfer_id, struct suspense *item)
{
	static const char GET[] = SUSPENSE_COLUMNS " WHERE u.transfer_id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, transfer_id);
	TRY(db_one(stmt, "no such credit is in suspense"));
	read_suspense(stmt, arena, item);
	db_reset(stmt);
	return item->resolved ? FAIL(ERR_CONFLICT, "somebody resolved this credit already") : OK;
}

struct err
suspense_resolve(struct db *db, int64_t transfer_id, struct str outcome, int64_t stall_id,
	struct str person, struct str why, int64_t now_ms)
{
	static const char PUT[] =
		"INSERT INTO resolution (transfer_id, outcome, stall_id, person, why,"
		" created_at_ms, charge_id, second_person, seal)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_seal_begin(stmt);
	db_bind_int(stmt, 1, transfer_id);
	db_bind_str(stmt, 2, outcome);
	if (stall_id == 0)
		db_bind_null(stmt, 3);
	else
		db_bind_int(stmt, 3, stall_id);
	db_bind_str(stmt, 4, person);
	db_bind_str(stmt, 5, why);
	db_bind_int(stmt, 6, now_ms);
	db_bind_null(stmt, 7);
	db_bind_str(stmt, 8, STR(""));
	return db_run_sealed(stmt, 9, SEALED_RESOLUTION, NULL);
}
