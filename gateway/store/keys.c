/* The keys that make a transfer count once: each feed's id of it, and a reference that identifies.
 */
#include "ahead.h"
#include "seals.h"

static void
bind_key(struct db_stmt *stmt, const struct transfer_key *key, struct str merged_by)
{
	db_seal_begin(stmt);
	db_bind_str(stmt, 1, key->account_no);
	db_bind_str(stmt, 2, key->key);
	db_bind_int(stmt, 3, key->transfer_id);
	db_bind_int(stmt, 4, key->amount.dong);
	db_bind_int(stmt, 5, key->outgoing);
	db_bind_int(stmt, 6, key->delivery_id);
	db_bind_str(stmt, 7, merged_by);
	db_bind_str(stmt, 8, key->bank_ref);
}

#define INSERT_KEY                                                                  \
	"INSERT INTO transfer_key (account_no, key, transfer_id, amount, outgoing," \
	" delivery_id, merged_by, bank_ref, seal)"                                  \
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"

static struct err
insert_key(struct db *db, const struct transfer_key *key, bool *fresh)
{
	static const char CLAIM[] = INSERT_KEY " ON CONFLICT DO NOTHING";
	static const char PUT[] = INSERT_KEY; /* nobody had it a moment ago */
	struct db_stmt *stmt;

	ahead_claimed(db, key->account_no, key->key);
	*fresh = ahead_free_key(db, key->account_no, key->key, key->bank_ref);
	TRY(db_prepare(db, *fresh ? PUT : CLAIM, &stmt));
	bind_key(stmt, key, STR(""));
	if (*fresh)
		return db_put_sealed(stmt, 9, SEALED_TRANSFER_KEY);
	return db_run_sealed(stmt, 9, SEALED_TRANSFER_KEY, fresh);
}

/* `claim->first_id` stays 0 when nobody has the key. */
static struct err
find_first(struct db *db, const struct transfer_key *key, struct transfer_claim *claim)
{
	static const char FIRST[] =
		"SELECT k.transfer_id, k.amount, k.outgoing, coalesce(k.delivery_id, t.delivery_id)"
		" FROM transfer_key k LEFT JOIN transfer t ON t.id = k.transfer_id"
		" WHERE k.account_no = $1 AND k.key = $2";
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, FIRST, &stmt));
	db_bind_str(stmt, 1, key->account_no);
	db_bind_str(stmt, 2, key->key);
	TRY(db_step(stmt, &row));
	if (!row)
		return OK;
	claim->first_id = db_int(stmt, 0);
	claim->same = db_int(stmt, 1) == key->amount.dong &&
		      (db_int(stmt, 2) != 0) == key->outgoing;
	claim->told_in = db_int(stmt, 3);
	db_reset(stmt);
	return OK;
}

/* The unique keys on (account, key) and on (account, reference), not a SELECT before them, decide
 * what "seen before" means, so a replay can never post twice. */
struct err
transfers_claim(struct db *db, struct transfer_key *key, struct transfer_claim *claim)
{
	*claim = (struct transfer_claim){.same = true, .first_id = key->transfer_id};
	TRY(insert_key(db, key, &claim->fresh));
	if (claim->fresh)
		return OK;
	claim->first_id = 0;
	TRY(find_first(db, key, claim));
	if (claim->first_id != 0)
		return OK;
	/* Only the reference is somebody else's. */
	TRY(transfers_by_ref(db, key->account_no, key->bank_ref, &claim->ref_id));
	key->bank_ref = STR("");
	TRY(insert_key(db, key, &claim->fresh));
	claim->first_id = key->transfer_id;
	return claim->fresh ? OK : find_first(db, key, claim);
}

struct err
transfers_merge(struct db *db, const struct transfer_key *key, struct str by)
{
	static const char MOVE[] =
		"UPDATE transfer_key SET transfer_id = $3, merged_by = $7, seal = $9"
		" WHERE account_no = $1 AND key = $2 AND amount = $4 AND outgoing = $5"
		" AND delivery_id = $6 AND bank_ref = $8";
	struct db_stmt *stmt;

	TRY(db_prepare(db, MOVE, &stmt));
	bind_key(stmt, key, by);
	return db_run_resealed(stmt, 9, SEALED_TRANSFER_KEY);
}

struct err
transfers_by_ref(struct db *db, struct str account_no, struct str bank_ref, int64_t *transfer_id)
{
	static const char FIND[] = "SELECT transfer_id FROM transfer_key WHERE account_no = $1"
				   " AND bank_ref = $2 AND bank_ref <> ''";
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, account_no);
	db_bind_str(stmt, 2, bank_ref);
	TRY(db_step(stmt, &row));
	*transfer_id = row ? db_int(stmt, 0) : 0;
	db_reset(stmt);
	return OK;
}

/* Keys of an account stand in order, so one feed's are a range with everybody else's around it: two
 * look-ups, however many keys there are.  (The order is that of bytes, in which ';' follows ':';
 * PostgreSQL calls it the collation "C".) */
struct err
transfers_others_tell(
	struct db *db, struct arena *arena, struct str account_no, struct str prefix, bool *others)
{
	static const char OTHERS[] =
		"SELECT EXISTS (SELECT 1 FROM transfer_key WHERE account_no = $1 AND key < $2)"
		" OR EXISTS (SELECT 1 FROM transfer_key WHERE account_no = $1 AND key >= $3)";
	struct str low = arena_join(arena, (const struct str[]){prefix, STR(":")}, 2);
	struct db_stmt *stmt;

	if (ahead_others_tell(db, account_no, low, others))
		return OK;
	TRY(db_prepare(db, OTHERS, &stmt));
	db_bind_str(stmt, 1, account_no);
	db_bind_str(stmt, 2, low);
	db_bind_str(stmt, 3, arena_join(arena, (const struct str[]){prefix, STR(";")}, 2));
	TRY(db_one(stmt, "keys"));
	*others = db_int(stmt, 0) != 0;
	db_reset(stmt);
	return OK;
}

struct err
transfers_names(struct db *db, struct arena *arena, int64_t transfer_id, size_t max,
	struct transfer_name *names, size_t *count)
{
	static const char NAMES[] = "SELECT DISTINCT key, merged_by FROM transfer_key"
				    " WHERE transfer_id = $1 ORDER BY merged_by, key LIMIT $2";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, NAMES, &stmt));
	db_bind_int(stmt, 1, transfer_id);
	db_bind_int(stmt, 2, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++) {
		names[*count].key = arena_copy(arena, db_str(stmt, 0));
		names[*count].merged_by = arena_copy(arena, db_str(stmt, 1));
	}
	return rows.err;
}

struct err
transfers_merged(struct db *db, struct arena *arena, const struct transfer_key *after, size_t max,
	struct transfer_key *keys, size_t *count)
{
	static const char LIST[] =
		"SELECT account_no, key, transfer_id, amount, outgoing, delivery_id, bank_ref"
		" FROM transfer_key WHERE merged_by <> ''"
		" AND (delivery_id, account_no, key) > ($1, $2, $3)"
		" AND NOT EXISTS (SELECT 1 FROM archived_month m WHERE m.table_name = 'delivery'"
		"  AND transfer_key.delivery_id BETWEEN m.first_id AND m.last_id)"
		" ORDER BY delivery_id, account_no, key LIMIT $4";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, after->delivery_id);
	db_bind_str(stmt, 2, after->account_no);
	db_bind_str(stmt, 3, after->key);
	db_bind_int(stmt, 4, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++) {
		struct transfer_key *one = &keys[*count];

		*one = (struct transfer_key){0};
		one->account_no = arena_copy(arena, db_str(stmt, 0));
		one->key = arena_copy(arena, db_str(stmt, 1));
		one->transfer_id = db_int(stmt, 2);
		one->amount.dong = db_int(stmt, 3);
		one->outgoing = db_int(stmt, 4) != 0;
		one->delivery_id = db_int(stmt, 5);
		one->bank_ref = arena_copy(arena, db_str(stmt, 6));
	}
	return rows.err;
}
