/* Stalls: who sells where, and under which reference. */
#include "adoption.h"

/* Every reader of stalls selects the same columns; An account's last attachment is the one still
 * open. */
#define STALL_COLUMNS                                                                       \
	"SELECT s.id, s.market_id, s.merchant_id, s.number, s.code, s.reference, s.name,"   \
	" s.kind, s.goods, s.open_day, s.close_day, m.code, m.name, m.day_cut_min,"         \
	" h.name, h.phone, coalesce(a.bank_bin, ''),"                                       \
	" coalesce(b.name, ''), coalesce(b.short_name, ''), coalesce(a.account_no, ''),"    \
	" coalesce(a.holder, ''), coalesce(a.id, 0)"                                        \
	" FROM stall s JOIN market m ON m.id = s.market_id"                                 \
	" JOIN merchant h ON h.id = s.merchant_id"                                          \
	" LEFT JOIN stall_account sa ON sa.stall_id = s.id AND sa.to_ms = 9000000000000000" \
	" LEFT JOIN account a ON a.id = sa.account_id"                                      \
	" LEFT JOIN bank b ON b.bin = a.bank_bin"

static void
read_stall(struct db_stmt *stmt, struct arena *arena, struct stall *stall)
{
	struct str *const texts[] = {
		&stall->code, &stall->reference, &stall->name, &stall->kind, &stall->goods};

	stall->id = db_int(stmt, 0);
	stall->market_id = db_int(stmt, 1);
	stall->merchant_id = db_int(stmt, 2);
	stall->number = (uint32_t)db_int(stmt, 3);
	for (int i = 0; i < 5; i++)
		*texts[i] = arena_copy(arena, db_str(stmt, 4 + i));
	stall->open_day = (int32_t)db_int(stmt, 9);
	stall->close_day = (int32_t)db_int(stmt, 10);
	stall->market_code = arena_copy(arena, db_str(stmt, 11));
	stall->market_name = arena_copy(arena, db_str(stmt, 12));
	stall->day_cut_min = (int32_t)db_int(stmt, 13);
	stall->merchant_name = arena_copy(arena, db_str(stmt, 14));
	stall->phone = arena_copy(arena, db_str(stmt, 15));
	stall->bank_bin = arena_copy(arena, db_str(stmt, 16));
	stall->bank_name = arena_copy(arena, db_str(stmt, 17));
	stall->bank_short_name = arena_copy(arena, db_str(stmt, 18));
	stall->account_no = arena_copy(arena, db_str(stmt, 19));
	stall->account_holder = arena_copy(arena, db_str(stmt, 20));
	stall->account_id = db_int(stmt, 21);
}

static struct err
read_one(struct db_stmt *stmt, struct arena *arena, const char *missing, struct stall *stall)
{
	TRY(db_one(stmt, missing));
	read_stall(stmt, arena, stall);
	db_reset(stmt);
	return OK;
}

static struct err
read_stalls(struct db_stmt *stmt, struct arena *arena, struct stall *stalls, size_t *count)
{
	struct db_rows rows = db_rows(stmt);

	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_stall(stmt, arena, &stalls[*count]);
	return rows.err;
}

struct err
stalls_put(struct db *db, const struct stall *stall)
{
	static const char PUT[] =
		"INSERT INTO stall (id, market_id, code, number, reference, name, kind, goods,"
		" merchant_id, open_day, close_day)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, stall->id);
	db_bind_int(stmt, 2, stall->market_id);
	db_bind_str(stmt, 3, stall->code);
	db_bind_int(stmt, 4, stall->number);
	db_bind_str(stmt, 5, stall->reference);
	db_bind_str(stmt, 6, stall->name);
	db_bind_str(stmt, 7, stall->kind);
	db_bind_str(stmt, 8, stall->goods);
	db_bind_int(stmt, 9, stall->merchant_id);
	db_bind_int(stmt, 10, stall->open_day);
	db_bind_int(stmt, 11, stall->close_day);
	return db_run(stmt);
}

/* A new owner's accounts are others (R1, R2); other dates open and close other days. */
static struct err
mark_changed(struct db *db, const struct stall *stall)
{
	static const char WAS[] =
		"SELECT merchant_id, open_day, close_day FROM stall WHERE id = $1";
	struct db_stmt *stmt;
	int64_t merchant_id;
	bool same_days;

	TRY(db_prepare(db, WAS, &stmt));
	db_bind_int(stmt, 1, stall->id);
	TRY(db_one(stmt, "no such stall"));
	merchant_id = db_int(stmt, 0);
	same_days = db_int(stmt, 1) == stall->open_day && db_int(stmt, 2) == stall->close_day;
	db_reset(stmt);
	if (merchant_id != stall->merchant_id) {
		TRY(due_put_merchant(db, merchant_id));
		TRY(due_put_merchant(db, stall->merchant_id));
	}
	return same_days && merchant_id == stall->merchant_id
		       ? OK
		       : due_put_stall(db, stall->id, DAY_FIRST, DAY_LAST);
}

struct err
stalls_update(struct db *db, const struct stall *stall)
{
	static const char UPDATE[] = "UPDATE stall SET name = $2, kind = $3, goods = $4,"
				     " merchant_id = $5, open_day = $6, close_day = $7"
				     " WHERE id = $1";
	struct db_stmt *stmt;

	TRY(mark_changed(db, stall));
	TRY(db_prepare(db, UPDATE, &stmt));
	db_bind_int(stmt, 1, stall->id);
	db_bind_str(stmt, 2, stall->name);
	db_bind_str(stmt, 3, stall->kind);
	db_bind_str(stmt, 4, stall->goods);
	db_bind_int(stmt, 5, stall->merchant_id);
	db_bind_int(stmt, 6, stall->open_day);
	db_bind_int(stmt, 7, stall->close_day);
	return db_run(stmt);
}

struct err
stalls_move(struct db *db, int64_t stall_id, int64_t market_id, struct str code)
{
	static const char MOVE[] = "UPDATE stall SET market_id = $2, code = $3 WHERE id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, MOVE, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, market_id);
	db_bind_str(stmt, 3, code);
	return db_run(stmt);
}

struct err
stalls_get(struct db *db, struct arena *arena, int64_t stall_id, struct stall *stall)
{
	static const char GET[] = STALL_COLUMNS " WHERE s.id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, stall_id);
	return read_one(stmt, arena, "no such stall", stall);
}

struct err
stalls_find_in_market(
	struct db *db, struct arena *arena, int64_t market_id, struct str code, struct stall *stall)
{
	static const char FIND[] = STALL_COLUMNS " WHERE s.market_id = $1 AND s.code = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_int(stmt, 1, market_id);
	db_bind_str(stmt, 2, code);
	return read_one(stmt, arena, "no such stall", stall);
}

struct err
stalls_moved_from(
	struct db *db, struct arena *arena, int64_t market_id, struct str code, struct stall *stall)
{
	static const char FIND[] = STALL_COLUMNS
		" JOIN stall_place p ON p.stall_id = s.id"
		" WHERE p.market_id = $1 AND p.code = $2 AND s.market_id <> $1"
		" ORDER BY p.id DESC LIMIT 1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_int(stmt, 1, market_id);
	db_bind_str(stmt, 2, code);
	return read_one(stmt, arena, "no stall was moved from there", stall);
}

static struct err
find_by_reference(struct db *db, struct arena *arena, struct str word, struct stall *stall)
{
	static const char FIND[] = STALL_COLUMNS " WHERE s.reference = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, word);
	return read_one(stmt, arena, "no such stall", stall);
}

struct err
stalls_find(struct db *db, struct arena *arena, struct str word, struct stall *stall)
{
	static const char FIND[] = STALL_COLUMNS " WHERE s.code = $1 LIMIT 2";
	struct str market_code, code = word;
	struct market market;
	struct db_stmt *stmt;
	struct err err;
	bool row;

	err = find_by_reference(db, arena, word, stall);
	if (err.code != ERR_NOT_FOUND)
		return err;
	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, word);
	TRY(db_step(stmt, &row));
	if (row) {
		read_stall(stmt, arena, stall);
		TRY(db_step(stmt, &row));
		db_reset(stmt);
		if (row)
			return FAIL(ERR_CONFLICT,
				"two markets have a stall of that code; write MARKET.CODE");
		return OK;
	}
	if (!str_split(&code, '.', &market_code))
		return FAIL(ERR_NOT_FOUND, "no such stall");
	TRY(markets_find(db, arena, market_code, &market));
	return stalls_find_in_market(db, arena, market.id, code, stall);
}

struct err
stalls_list(struct db *db, struct arena *arena, int64_t after, size_t max, struct stall *stalls,
	size_t *count)
{
	static const char LIST[] = STALL_COLUMNS " WHERE s.id > $1 ORDER BY s.id LIMIT $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, after);
	db_bind_int(stmt, 2, (int64_t)max);
	return read_stalls(stmt, arena, stalls, count);
}

struct err
stalls_search(struct db *db, struct arena *arena, int64_t market_id, struct str word, int64_t after,
	size_t max, struct stall *stalls, size_t *count)
{
	static const char SEARCH[] = STALL_COLUMNS
		" WHERE s.id > $1 AND ($2 = 0 OR s.market_id = $2) AND ($3 = '' OR s.code = $3"
		" OR s.reference = $3 OR replace(s.name, $3, '') <> s.name"
		" OR replace(h.name, $3, '') <> h.name) ORDER BY s.id LIMIT $4";
	struct db_stmt *stmt;

	TRY(db_prepare(db, SEARCH, &stmt));
	db_bind_int(stmt, 1, after);
	db_bind_int(stmt, 2, market_id);
	db_bind_str(stmt, 3, word);
	db_bind_int(stmt, 4, (int64_t)max);
	return read_stalls(stmt, arena, stalls, count);
}

static struct err
count_of_market(struct db *db, int64_t market_id, size_t *count)
{
	static const char COUNT[] = "SELECT count(*) FROM stall WHERE market_id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, COUNT, &stmt));
	db_bind_int(stmt, 1, market_id);
	TRY(db_one(stmt, "no count"));
	*count = (size_t)db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

struct err
stalls_of_market(struct db *db, struct arena *arena, int64_t market_id, size_t max,
	struct stall **stalls, size_t *count)
{
	static const char LIST[] = STALL_COLUMNS " WHERE s.market_id = $1 ORDER BY s.code LIMIT $2";
	struct db_stmt *stmt;
	size_t there;

	TRY(count_of_market(db, market_id, &there));
	if (there > max)
		return FAIL(ERR_INVALID, "the market has too many stalls for one answer");
	*stalls = arena_alloc(arena, (there + 1) * sizeof(**stalls));
	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, market_id);
	db_bind_int(stmt, 2, (int64_t)there);
	return read_stalls(stmt, arena, *stalls, count);
}

struct err
stalls_number_taken(struct db *db, uint32_t number, bool *taken)
{
	static const char FIND[] = "SELECT 1 FROM stall WHERE number = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_int(stmt, 1, number);
	TRY(db_step(stmt, taken));
	db_reset(stmt);
	return OK;
}

struct err
stalls_next_charge(struct db *db, int64_t stall_id, uint32_t *counter)
{
	static const char NEXT[] =
		"INSERT INTO charge_counter (stall_id, next_charge) VALUES ($1, 1)"
		" ON CONFLICT (stall_id) DO UPDATE SET next_charge = charge_counter.next_charge + 1"
		" RETURNING next_charge - 1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, NEXT, &stmt));
	db_bind_int(stmt, 1, stall_id);
	TRY(db_one(stmt, "the charge's number"));
	*counter = (uint32_t)db_int(stmt, 0);
	return db_run(stmt);
}
