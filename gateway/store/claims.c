/* What stalls say that no bank has told, and where the money that they miss may be. */
#include "chopay/claims.h"

#include "db.h"

#define CLAIM_COLUMNS                                                                          \
	"SELECT stall_id, id, kind, amount, at_ms, answer, payment_id, transfer_id, why, who," \
	" created_at_ms FROM stall_claim"

struct err
claims_put(struct db *db, const struct claim *claim)
{
	static const char PUT[] =
		"INSERT INTO stall_claim (stall_id, id, kind, amount, at_ms, answer, payment_id,"
		" transfer_id, why, who, created_at_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, claim->stall_id);
	db_bind_int(stmt, 2, claim->id);
	db_bind_str(stmt, 3, claim->kind);
	db_bind_int(stmt, 4, claim->amount.dong);
	db_bind_int(stmt, 5, claim->at_ms);
	db_bind_str(stmt, 6, claim->answer);
	db_bind_int(stmt, 7, claim->payment_id);
	db_bind_int(stmt, 8, claim->transfer_id);
	db_bind_str(stmt, 9, claim->why);
	db_bind_str(stmt, 10, claim->who);
	db_bind_int(stmt, 11, claim->created_at_ms);
	return db_run(stmt);
}

static struct claim
read_claim(struct db_stmt *stmt, struct arena *arena)
{
	return (struct claim){
		.stall_id = db_int(stmt, 0),
		.id = db_int(stmt, 1),
		.kind = arena_copy(arena, db_str(stmt, 2)),
		.amount.dong = db_int(stmt, 3),
		.at_ms = db_int(stmt, 4),
		.answer = arena_copy(arena, db_str(stmt, 5)),
		.payment_id = db_int(stmt, 6),
		.transfer_id = db_int(stmt, 7),
		.why = arena_copy(arena, db_str(stmt, 8)),
		.who = arena_copy(arena, db_str(stmt, 9)),
		.created_at_ms = db_int(stmt, 10),
	};
}

static struct err
read_claims(struct db_stmt *stmt, struct arena *arena, struct claim *claims, size_t *count)
{
	struct db_rows rows = db_rows(stmt);

	for (*count = 0; db_rows_next(&rows); (*count)++)
		claims[*count] = read_claim(stmt, arena);
	return rows.err;
}

struct err
claims_get(struct db *db, struct arena *arena, int64_t stall_id, int64_t id, struct claim *claim)
{
	static const char GET[] = CLAIM_COLUMNS " WHERE stall_id = $1 AND id = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, id);
	TRY(db_one(stmt, "the stall said no such thing"));
	*claim = read_claim(stmt, arena);
	db_reset(stmt);
	return OK;
}

struct err
claims_not_arrived(struct db *db, struct arena *arena, int64_t stall_id, int64_t created_at_ms,
	struct claim *claim)
{
	static const char SAID[] = CLAIM_COLUMNS
		" WHERE stall_id = $1 AND created_at_ms = $2 AND kind = 'not_arrived'"
		" AND answer <> 'found' ORDER BY id LIMIT 1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, SAID, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, created_at_ms);
	TRY(db_one(stmt, "the stall said no such thing"));
	*claim = read_claim(stmt, arena);
	db_reset(stmt);
	return OK;
}

struct err
claims_of_payment(struct db *db, struct arena *arena, int64_t stall_id, int64_t payment_id,
	size_t max, struct claim *claims, size_t *count)
{
	static const char OF_PAYMENT[] = CLAIM_COLUMNS
		" WHERE stall_id = $1 AND payment_id = $2 AND payment_id <> 0"
		" AND kind = 'given_back' ORDER BY id LIMIT $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, OF_PAYMENT, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, payment_id);
	db_bind_int(stmt, 3, (int64_t)max);
	return read_claims(stmt, arena, claims, count);
}

struct err
claims_recent(struct db *db, struct arena *arena, int64_t stall_id, int64_t after, size_t max,
	struct claim *claims, size_t *count)
{
	static const char RECENT[] = CLAIM_COLUMNS
		" WHERE stall_id = $1 AND id > $2 ORDER BY id DESC LIMIT $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, RECENT, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, after);
	db_bind_int(stmt, 3, (int64_t)max);
	return read_claims(stmt, arena, claims, count);
}

struct err
suspense_like(struct db *db, struct str account_no, struct vnd amount, int64_t from_ms,
	int64_t to_ms, size_t max, int64_t *transfer_ids, size_t *count)
{
	/* Two searches, each along an index of its own. */
#define WAITS                                                                                  \
	" AND t.amount = $2 AND t.booked_at_ms >= $3 AND t.booked_at_ms <= $4"                 \
	" AND t.outgoing = 0 AND EXISTS (SELECT 1 FROM suspense u WHERE u.transfer_id = t.id)" \
	" AND NOT EXISTS (SELECT 1 FROM resolution r WHERE r.transfer_id = t.id)"
	static const char LIKE[] = "SELECT t.id FROM transfer t WHERE t.account_no = $1" WAITS
				   " UNION SELECT t.id FROM transfer t WHERE t.virtual_account = $1"
				   " AND t.virtual_account <> ''" WAITS " ORDER BY 1 DESC LIMIT $5";
#undef WAITS
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIKE, &stmt));
	db_bind_str(stmt, 1, account_no);
	db_bind_int(stmt, 2, amount.dong);
	db_bind_int(stmt, 3, from_ms);
	db_bind_int(stmt, 4, to_ms);
	db_bind_int(stmt, 5, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		transfer_ids[*count] = db_int(stmt, 0);
	return rows.err;
}
