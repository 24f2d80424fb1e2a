/* API keys, invites and sessions: only digests of what people hold are kept. */
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
	bool row;

	*count = 0;
	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, (int64_t)max);
	for (;;) {
		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		read_key(stmt, arena, &keys[(*count)++]);
	}
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

struct err
invites_put(struct db *db, struct str hash, int64_t stall_id, int64_t now_ms, int64_t expires_at_ms)
{
	static const char PUT[] =
		"INSERT INTO invite (hash, stall_id, created_at_ms, expires_at_ms)"
		" VALUES ($1, $2, $3, $4)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, stall_id);
	db_bind_int(stmt, 3, now_ms);
	db_bind_int(stmt, 4, expires_at_ms);
	return db_run(stmt);
}

struct err
invites_find(struct db *db, struct str hash, int64_t now_ms, int64_t *stall_id)
{
	static const char FIND[] = "SELECT stall_id FROM invite WHERE hash = $1"
				   " AND used_at_ms IS NULL AND expires_at_ms > $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, now_ms);
	TRY(db_one(stmt, "the invite was used, has expired, or never was"));
	*stall_id = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

struct err
invites_use(struct db *db, struct str hash, int64_t now_ms)
{
	static const char USE[] =
		"UPDATE invite SET used_at_ms = $2 WHERE hash = $1 AND used_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, USE, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, now_ms);
	return db_change_one(stmt, "the invite was used");
}

struct err
sessions_put(
	struct db *db, struct str hash, int64_t stall_id, int64_t now_ms, int64_t expires_at_ms)
{
	static const char PUT[] =
		"INSERT INTO session (hash, stall_id, created_at_ms, expires_at_ms)"
		" VALUES ($1, $2, $3, $4)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, stall_id);
	db_bind_int(stmt, 3, now_ms);
	db_bind_int(stmt, 4, expires_at_ms);
	return db_run(stmt);
}

struct err
sessions_find(struct db *db, struct str hash, int64_t now_ms, int64_t *stall_id)
{
	static const char FIND[] = "SELECT stall_id FROM session WHERE hash = $1"
				   " AND revoked_at_ms IS NULL AND expires_at_ms > $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, now_ms);
	TRY(db_one(stmt, "no such session"));
	*stall_id = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

struct err
sessions_end(struct db *db, struct str hash, int64_t now_ms)
{
	static const char END[] =
		"UPDATE session SET revoked_at_ms = $2 WHERE hash = $1 AND revoked_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, END, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, now_ms);
	return db_run(stmt);
}
