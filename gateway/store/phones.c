/* A stall's phones: the invites that sign them in, and their sessions. */
#include "chopay/people.h"

#include "db.h"

static struct str
role_name(bool helper)
{
	return helper ? STR("helper") : STR("owner");
}

/* ---- invites -----------------------------------------------------------------------------------
 */

struct err
invites_put(struct db *db, const struct stall_invite *invite)
{
	static const char PUT[] =
		"INSERT INTO invite (hash, stall_id, role, created_at_ms, expires_at_ms)"
		" VALUES ($1, $2, $3, $4, $5)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_blob(stmt, 1, invite->hash);
	db_bind_int(stmt, 2, invite->stall_id);
	db_bind_str(stmt, 3, role_name(invite->helper));
	db_bind_int(stmt, 4, invite->created_at_ms);
	db_bind_int(stmt, 5, invite->expires_at_ms);
	return db_run(stmt);
}

struct err
invites_find(struct db *db, struct str hash, int64_t now_ms, struct stall_invite *invite)
{
	static const char FIND[] =
		"SELECT stall_id, role, created_at_ms, expires_at_ms FROM invite WHERE hash = $1"
		" AND used_at_ms IS NULL AND expires_at_ms > $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, now_ms);
	TRY(db_one(stmt, "the invite was used, has expired, or never was"));
	*invite = (struct stall_invite){
		.hash = hash,
		.stall_id = db_int(stmt, 0),
		.helper = !str_eq(db_str(stmt, 1), role_name(false)),
		.created_at_ms = db_int(stmt, 2),
		.expires_at_ms = db_int(stmt, 3),
	};
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

/* ---- sessions ----------------------------------------------------------------------------------
 */

struct err
sessions_put(struct db *db, const struct stall_session *session)
{
	static const char PUT[] = "INSERT INTO session (hash, id, stall_id, role, device,"
				  " created_at_ms, expires_at_ms, seen_at_ms)"
				  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_blob(stmt, 1, session->hash);
	db_bind_int(stmt, 2, session->id);
	db_bind_int(stmt, 3, session->stall_id);
	db_bind_str(stmt, 4, role_name(session->helper));
	db_bind_str(stmt, 5, session->device);
	db_bind_int(stmt, 6, session->created_at_ms);
	db_bind_int(stmt, 7, session->expires_at_ms);
	db_bind_int(stmt, 8, session->seen_at_ms);
	return db_run(stmt);
}

#define SESSION_COLUMNS "id, stall_id, role, device, created_at_ms, expires_at_ms, seen_at_ms"

static void
read_session(struct db_stmt *stmt, struct arena *arena, struct stall_session *session)
{
	*session = (struct stall_session){
		.id = db_int(stmt, 0),
		.stall_id = db_int(stmt, 1),
		.helper = !str_eq(db_str(stmt, 2), role_name(false)),
		.device = arena_copy(arena, db_str(stmt, 3)),
		.created_at_ms = db_int(stmt, 4),
		.expires_at_ms = db_int(stmt, 5),
		.seen_at_ms = db_int(stmt, 6),
	};
}

struct err
sessions_find(struct db *db, struct arena *arena, struct str hash, int64_t now_ms,
	struct stall_session *session)
{
	static const char FIND[] = "SELECT " SESSION_COLUMNS " FROM session WHERE hash = $1"
				   " AND revoked_at_ms IS NULL AND expires_at_ms > $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, now_ms);
	TRY(db_one(stmt, "no such session"));
	read_session(stmt, arena, session);
	session->hash = hash;
	db_reset(stmt);
	return OK;
}

struct err
sessions_list(struct db *db, struct arena *arena, int64_t stall_id, int64_t now_ms, size_t max,
	struct stall_session *sessions, size_t *count)
{
	static const char LIST[] = "SELECT " SESSION_COLUMNS " FROM session WHERE stall_id = $1"
				   " AND revoked_at_ms IS NULL AND expires_at_ms > $2"
				   " ORDER BY created_at_ms DESC LIMIT $3";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, now_ms);
	db_bind_int(stmt, 3, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_session(stmt, arena, &sessions[*count]);
	return rows.err;
}

struct err
sessions_seen(struct db *db, struct str hash, int64_t now_ms)
{
	static const char SEEN[] = "UPDATE session SET seen_at_ms = $2"
				   " WHERE hash = $1 AND revoked_at_ms IS NULL AND seen_at_ms < $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, SEEN, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, now_ms);
	return db_run(stmt);
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

struct err
sessions_revoke(struct db *db, int64_t stall_id, int64_t id, int64_t now_ms)
{
	static const char REVOKE[] = "UPDATE session SET revoked_at_ms = $3"
				     " WHERE stall_id = $1 AND id = $2 AND revoked_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, REVOKE, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, id);
	db_bind_int(stmt, 3, now_ms);
	return db_change_one(stmt, "the stall has no such device");
}
