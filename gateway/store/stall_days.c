/* Stalls as booking needs them, by id, by reference and by account. */
#include "ahead.h"

#define DAYS_COLUMNS "SELECT s.id, s.reference, s.close_day, m.day_cut_min"

static void
read_days(struct db_stmt *stmt, struct arena *arena, struct stall_days *stall)
{
	stall->stall_id = db_int(stmt, 0);
	stall->reference = arena_copy(arena, db_str(stmt, 1));
	stall->close_day = (int32_t)db_int(stmt, 2);
	stall->day_cut_min = (int32_t)db_int(stmt, 3);
}

struct err
stalls_days(struct db *db, struct arena *arena, int64_t stall_id, struct stall_days *stall)
{
	static const char GET[] = DAYS_COLUMNS
		" FROM stall s JOIN market m ON m.id = s.market_id WHERE s.id = $1";
	struct db_stmt *stmt;

	if (ahead_stall(db, arena, stall_id, stall))
		return OK;
	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, stall_id);
	TRY(db_one(stmt, "no such stall"));
	read_days(stmt, arena, stall);
	db_reset(stmt);
	return OK;
}

struct err
stalls_days_named(
	struct db *db, struct arena *arena, struct str reference, struct stall_days *stall)
{
	static const char FIND[] = DAYS_COLUMNS
		" FROM stall s JOIN market m ON m.id = s.market_id WHERE s.reference = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, reference);
	TRY(db_one(stmt, "no such stall"));
	read_days(stmt, arena, stall);
	db_reset(stmt);
	return OK;
}

bool
stall_days_have(const struct stall_days *stalls, size_t count, int64_t stall_id)
{
	for (size_t i = 0; i < count; i++) {
		if (stalls[i].stall_id == stall_id)
			return true;
	}
	return false;
}

struct err
accounts_stalls(struct db *db, struct arena *arena, struct str account_no, struct str bank_bin,
	size_t max, struct stall_days *stalls, size_t *count)
{
	/* An account may have been attached to a stall more than once: counted here, because
	 * DISTINCT would build a table for each question. */
	static const char FIND[] = DAYS_COLUMNS
		" FROM account a JOIN stall_account sa ON sa.account_id = a.id"
		" JOIN stall s ON s.id = sa.stall_id JOIN market m ON m.id = s.market_id"
		" WHERE a.account_no = $1 AND ($2 = '' OR a.bank_bin = $2)";
	struct db_stmt *stmt;
	bool row;

	if (ahead_stalls(db, arena, account_no, bank_bin, max, stalls, count))
		return OK;
	*count = 0;
	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, account_no);
	db_bind_str(stmt, 2, bank_bin);
	while (*count < max) {
		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		if (!stall_days_have(stalls, *count, db_int(stmt, 0)))
			read_days(stmt, arena, &stalls[(*count)++]);
	}
	db_reset(stmt);
	return OK;
}
