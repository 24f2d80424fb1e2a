/* API keys: only digests of what people hold are kept. */
#include "db.h"

struct err
api_keys_put(struct db *db, const struct api_key *key)
{
	static const char PUT[] = "INSERT INTO api_key (id, name, role, hash, created_at_ms)"
				  " VALUES ($1, $2, $3, $4, $5)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, key->id);
	db_bind_str(stmt, 2, key->name);
	db_bind_str(stmt, 3, key->role);
	db_bind_blob(stmt, 4, key->hash);
	db_bind_int(stmt, 5, key->created_at_ms);
	return db_run(stmt);
}

struct err
api_keys_revoke(struct db *db, struct str id, int64_t now_ms)
{
	static const char REVOKE[] =
		"UPDATE api_key SET revoked_at_ms = $2 WHERE id = $1 AND revoked_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, REVOKE, &stmt));
	db_bind_str(stmt, 1, id);
	db_bind_int(stmt, 2, now_ms);
	return db_change_one(stmt, "no key with that id is in use");
}

static void
read_key(struct db_stmt *stmt, struct arena *arena, struct api_key *key)
{
	key->id = arena_copy(arena, db_str(stmt, 0));
	key->name = arena_copy(arena, db_str(stmt, 1));
	key->role = arena_copy(arena, db_str(stmt, 2));
	key->created_at_ms = db_int(stmt, 3);
	key->revoked_at_ms = db_int(stmt, 4);
}

struct err
api_keys_list(struct db *db, struct arena *arena, size_t max, struct api_key *keys, size_t *count)
{
	static const char LIST[] =
		"SELECT id, name, role, created_at_ms, coalesce(revoked_at_ms, 0) FROM api_key"
		" ORDER BY created_at_ms, id LIMIT $1";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_key(stmt, arena, &keys[*count]);
	return rows.err;
}

struct err
api_keys_find(struct db *db, struct arena *arena, struct str hash, struct api_key *key)
{
	static const char FIND[] =
		"SELECT id, name, role, created_at_ms, coalesce(revoked_at_ms, 0) FROM api_key"
		" WHERE hash = $1 AND revoked_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_blob(stmt, 1, hash);
	TRY(db_one(stmt, "no such key"));
	read_key(stmt, arena, key);
	db_reset(stmt);
	return OK;
}
