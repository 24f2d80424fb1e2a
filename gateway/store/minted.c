/* Blocks of counters that devices lease, and the charges they mint from them. */
#include "chopay/minted.h"

#include "chopay/reference.h"
#include "db.h"

static struct err
next_counters(struct db *db, int64_t stall_id, int64_t *first)
{
	static const char NEXT[] =
		"INSERT INTO charge_counter (stall_id, next_charge) VALUES ($1, $2)"
		" ON CONFLICT (stall_id) DO UPDATE SET next_charge = charge_counter.next_charge + $2"
		" RETURNING next_charge - $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, NEXT, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, COUNTER_BLOCK_SIZE);
	TRY(db_one(stmt, "the block's first counter"));
	*first = db_int(stmt, 0);
	return db_run(stmt);
}

struct err
blocks_lease(struct db *db, struct counter_block *block)
{
	static const char PUT[] = "INSERT INTO counter_block (stall_id, first, size, account_id,"
				  " holder, leased_at_ms) VALUES ($1, $2, $3, $4, $5, $6)";
	struct db_stmt *stmt;
	int64_t first;

	TRY(next_counters(db, block->stall_id, &first));
	/* A reference's counter has 20 bits; from there on they would be those of old charges. */
	if (first + COUNTER_BLOCK_SIZE > (int64_t)REFERENCE_CHARGE_COUNTERS)
		return FAIL(ERR_CONFLICT, "the stall's counters for charges are used up");
	block->first = (uint32_t)first;
	block->size = COUNTER_BLOCK_SIZE;
	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, block->stall_id);
	db_bind_int(stmt, 2, first);
	db_bind_int(stmt, 3, COUNTER_BLOCK_SIZE);
	db_bind_int(stmt, 4, block->account_id);
	db_bind_str(stmt, 5, block->holder);
	db_bind_int(stmt, 6, block->leased_at_ms);
	return db_run(stmt);
}

struct err
blocks_find(struct db *db, struct arena *arena, int64_t stall_id, uint32_t counter,
	struct counter_block *block)
{
	static const char FIND[] =
		"SELECT first, size, account_id, holder, leased_at_ms FROM counter_block"
		" WHERE stall_id = $1 AND first <= $2 AND first + size > $2"
		" ORDER BY first DESC LIMIT 1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, counter);
	TRY(db_one(stmt, "no device was leased that counter"));
	*block = (struct counter_block){
		.stall_id = stall_id,
		.first = (uint32_t)db_int(stmt, 0),
		.size = (uint32_t)db_int(stmt, 1),
		.account_id = db_int(stmt, 2),
		.holder = arena_copy(arena, db_str(stmt, 3)),
		.leased_at_ms = db_int(stmt, 4),
	};
	db_reset(stmt);
	return OK;
}

struct err
blocks_since(struct db *db, int64_t stall_id, int64_t since_ms, int64_t *count)
{
	static const char COUNT[] = "SELECT count(*) FROM counter_block"
				    " WHERE stall_id = $1 AND leased_at_ms >= $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, COUNT, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, since_ms);
	TRY(db_one(stmt, "blocks of a stall"));
	*count = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

struct err
minted_id(struct db *db, int64_t stall_id, struct str reference, int64_t new_id, int64_t now_ms,
	int64_t *charge_id)
{
	static const char PUT[] =
		"INSERT INTO minted_charge (stall_id, charge_id, reference, heard_at_ms)"
		" VALUES ($1, $2, $3, $4) ON CONFLICT (reference, stall_id) DO NOTHING";
	static const char GET[] = "SELECT charge_id FROM minted_charge"
				  " WHERE reference = $1 AND stall_id = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, new_id);
	db_bind_str(stmt, 3, reference);
	db_bind_int(stmt, 4, now_ms);
	TRY(db_run(stmt));
	TRY(db_prepare(db, GET, &stmt));
	db_bind_str(stmt, 1, reference);
	db_bind_int(stmt, 2, stall_id);
	TRY(db_one(stmt, "a minted charge"));
	*charge_id = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

struct err
minted_reference(struct db *db, struct arena *arena, int64_t stall_id, int64_t charge_id,
	struct str *reference)
{
	static const char GET[] = "SELECT reference FROM minted_charge"
				  " WHERE stall_id = $1 AND charge_id = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, charge_id);
	TRY(db_one(stmt, "no charge minted elsewhere"));
	*reference = arena_copy(arena, db_str(stmt, 0));
	db_reset(stmt);
	return OK;
}
