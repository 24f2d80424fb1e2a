/* Staff: who they are, their invites and sessions. */
#include "chopay/people.h"

#include "db.h"

#define STAFF_COLUMNS                                                                      \
	"s.id, s.login, s.name, s.role, s.password, s.totp, s.totp_step, s.created_at_ms," \
	" coalesce(s.revoked_at_ms, 0)"

static struct str
blob_at(struct db_stmt *stmt, struct arena *arena, int column)
{
	return db_is_null(stmt, column) ? STR("") : arena_copy(arena, db_str(stmt, column));
}

static void
bind_secret(struct db_stmt *stmt, int at, struct str secret)
{
	if (secret.len == 0)
		db_bind_null(stmt, at);
	else
		db_bind_blob(stmt, at, secret);
}

static void
read_staff(struct db_stmt *stmt, struct arena *arena, struct staff *staff)
{
	*staff = (struct staff){
		.id = db_int(stmt, 0),
		.login = arena_copy(arena, db_str(stmt, 1)),
		.name = arena_copy(arena, db_str(stmt, 2)),
		.role = arena_copy(arena, db_str(stmt, 3)),
		.password = blob_at(stmt, arena, 4),
		.totp = blob_at(stmt, arena, 5),
		.totp_step = db_int(stmt, 6),
		.created_at_ms = db_int(stmt, 7),
		.revoked_at_ms = db_int(stmt, 8),
	};
}

struct err
staff_put(struct db *db, const struct staff *staff)
{
	static const char PUT[] = "INSERT INTO staff (id, login, name, role, created_at_ms)"
				  " VALUES ($1, $2, $3, $4, $5)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, staff->id);
	db_bind_str(stmt, 2, staff->login);
	db_bind_str(stmt, 3, staff->name);
	db_bind_str(stmt, 4, staff->role);
	db_bind_int(stmt, 5, staff->created_at_ms);
	return db_run(stmt);
}

static struct err
one_staff(struct db_stmt *stmt, struct arena *arena, struct staff *staff)
{
	TRY(db_one(stmt, "nobody signs in by that login; `chopay user list` names all"));
	read_staff(stmt, arena, staff);
	db_reset(stmt);
	return OK;
}

struct err
staff_find(struct db *db, struct arena *arena, struct str login, struct staff *staff)
{
	static const char FIND[] = "SELECT " STAFF_COLUMNS " FROM staff s WHERE s.login = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, login);
	return one_staff(stmt, arena, staff);
}

struct err
staff_get(struct db *db, struct arena *arena, int64_t id, struct staff *staff)
{
	static const char GET[] = "SELECT " STAFF_COLUMNS " FROM staff s WHERE s.id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, id);
	return one_staff(stmt, arena, staff);
}

struct err
staff_name_taken(struct db *db, struct str name, bool *taken)
{
	static const char FIND[] =
		"SELECT 1 FROM staff WHERE name = $1 AND revoked_at_ms IS NULL LIMIT 1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, name);
	TRY(db_step(stmt, taken));
	db_reset(stmt);
	return OK;
}

struct err
staff_list(struct db *db, struct arena *arena, size_t max, struct staff *staff, size_t *count)
{
	static const char LIST[] = "SELECT " STAFF_COLUMNS
				   " FROM staff s ORDER BY s.login LIMIT $1";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_staff(stmt, arena, &staff[*count]);
	return rows.err;
}

struct err
staff_enrol(struct db *db, int64_t id, struct str password, struct str totp, int64_t totp_step)
{
	static const char ENROL[] = "UPDATE staff SET password = $2, totp = $3, totp_step = $4"
				    " WHERE id = $1 AND revoked_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, ENROL, &stmt));
	db_bind_int(stmt, 1, id);
	bind_secret(stmt, 2, password);
	bind_secret(stmt, 3, totp);
	db_bind_int(stmt, 4, totp_step);
	return db_change_one(stmt, "nobody who may still sign in");
}

struct err
staff_use_step(struct db *db, int64_t id, int64_t totp_step)
{
	static const char USE[] =
		"UPDATE staff SET totp_step = $2 WHERE id = $1 AND totp_step < $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, USE, &stmt));
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, totp_step);
	return db_change_one(stmt, "that code was used");
}

struct err
staff_revoke(struct db *db, int64_t id, int64_t now_ms)
{
	static const char REVOKE[] =
		"UPDATE staff SET revoked_at_ms = $2 WHERE id = $1 AND revoked_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, REVOKE, &stmt));
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, now_ms);
	TRY(db_change_one(stmt, "was revoked before"));
	return staff_sessions_end_all(db, id, now_ms);
}

/* ---- invites -----------------------------------------------------------------------------------
 */

struct err
staff_invites_put(struct db *db, const struct staff_invite *invite)
{
	static const char END[] = "UPDATE staff_invite SET used_at_ms = $3"
				  " WHERE staff_id = $1 AND purpose = $2 AND used_at_ms IS NULL";
	static const char PUT[] = "INSERT INTO staff_invite (hash, staff_id, purpose, totp,"
				  " created_at_ms, expires_at_ms) VALUES ($1, $2, $3, $4, $5, $6)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, END, &stmt));
	db_bind_int(stmt, 1, invite->staff_id);
	db_bind_str(stmt, 2, invite->purpose);
	db_bind_int(stmt, 3, invite->created_at_ms);
	TRY(db_run(stmt));
	TRY(db_prepare(db, PUT, &stmt));
	db_bind_blob(stmt, 1, invite->hash);
	db_bind_int(stmt, 2, invite->staff_id);
	db_bind_str(stmt, 3, invite->purpose);
	bind_secret(stmt, 4, invite->totp);
	db_bind_int(stmt, 5, invite->created_at_ms);
	db_bind_int(stmt, 6, invite->expires_at_ms);
	return db_run(stmt);
}

struct err
staff_invites_find(struct db *db, struct arena *arena, struct str hash, int64_t now_ms,
	struct staff_invite *invite)
{
	static const char FIND[] =
		"SELECT i.staff_id, i.purpose, i.totp, i.created_at_ms, i.expires_at_ms"
		" FROM staff_invite i JOIN staff s ON s.id = i.staff_id WHERE i.hash = $1"
		" AND i.used_at_ms IS NULL AND i.expires_at_ms > $2 AND s.revoked_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, now_ms);
	TRY(db_one(stmt, "the link was used, has expired, or never was"));
	*invite = (struct staff_invite){
		.hash = hash,
		.staff_id = db_int(stmt, 0),
		.purpose = arena_copy(arena, db_str(stmt, 1)),
		.totp = blob_at(stmt, arena, 2),
		.created_at_ms = db_int(stmt, 3),
		.expires_at_ms = db_int(stmt, 4),
	};
	db_reset(stmt);
	return OK;
}

struct err
staff_invites_use(struct db *db, struct str hash, int64_t now_ms)
{
	static const char USE[] =
		"UPDATE staff_invite SET used_at_ms = $2 WHERE hash = $1 AND used_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, USE, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, now_ms);
	return db_change_one(stmt, "the link was used");
}

/* ---- sessions ----------------------------------------------------------------------------------
 */

#define GOOD "x.ended_at_ms IS NULL AND x.seen_at_ms > $2 AND x.created_at_ms > $3"

static void
bind_good(struct db_stmt *stmt, int64_t now_ms)
{
	db_bind_int(stmt, 2, now_ms - STAFF_IDLE_MS);
	db_bind_int(stmt, 3, now_ms - STAFF_SESSION_MS);
}

#define SESSION_COLUMNS "x.id, x.staff_id, x.device, x.created_at_ms, x.seen_at_ms"

struct err
staff_sessions_put(struct db *db, const struct staff_session *session)
{
	static const char PUT[] = "INSERT INTO staff_session (hash, id, staff_id, device,"
				  " created_at_ms, seen_at_ms) VALUES ($1, $2, $3, $4, $5, $6)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_blob(stmt, 1, session->hash);
	db_bind_int(stmt, 2, session->id);
	db_bind_int(stmt, 3, session->staff_id);
	db_bind_str(stmt, 4, session->device);
	db_bind_int(stmt, 5, session->created_at_ms);
	db_bind_int(stmt, 6, session->seen_at_ms);
	return db_run(stmt);
}

static void
read_session(struct db_stmt *stmt, struct arena *arena, int at, struct staff_session *session)
{
	session->id = db_int(stmt, at);
	session->staff_id = db_int(stmt, at + 1);
	session->device = arena_copy(arena, db_str(stmt, at + 2));
	session->created_at_ms = db_int(stmt, at + 3);
	session->seen_at_ms = db_int(stmt, at + 4);
}

struct err
staff_sessions_find(struct db *db, struct arena *arena, struct str hash, int64_t now_ms,
	struct staff_session *session, struct staff *staff)
{
	static const char FIND[] = "SELECT " STAFF_COLUMNS ", " SESSION_COLUMNS
				   " FROM staff_session x JOIN staff s ON s.id = x.staff_id"
				   " WHERE x.hash = $1 AND s.revoked_at_ms IS NULL AND " GOOD;
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_blob(stmt, 1, hash);
	bind_good(stmt, now_ms);
	TRY(db_one(stmt, "no such session"));
	read_staff(stmt, arena, staff);
	*session = (struct staff_session){.hash = hash};
	read_session(stmt, arena, 9, session); /* after the columns of its person */
	db_reset(stmt);
	return OK;
}

struct err
staff_sessions_known(struct db *db, struct str hash, struct str login, bool *known)
{
	static const char COUNT[] =
		"SELECT count(*) FROM staff_session x JOIN staff s ON s.id = x.staff_id"
		" WHERE x.hash = $1 AND s.login = $2 AND s.revoked_at_ms IS NULL"
		" AND x.ended_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, COUNT, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_str(stmt, 2, login);
	TRY(db_one(stmt, "a count has a row"));
	*known = db_int(stmt, 0) > 0;
	db_reset(stmt);
	return OK;
}

struct err
staff_sessions_list(struct db *db, struct arena *arena, int64_t staff_id, int64_t now_ms,
	size_t max, struct staff_session *sessions, size_t *count)
{
	static const char LIST[] = "SELECT " SESSION_COLUMNS
				   " FROM staff_session x WHERE x.staff_id = $1 AND " GOOD
				   " ORDER BY x.created_at_ms DESC LIMIT $4";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, staff_id);
	bind_good(stmt, now_ms);
	db_bind_int(stmt, 4, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++) {
		sessions[*count] = (struct staff_session){0};
		read_session(stmt, arena, 0, &sessions[*count]);
	}
	return rows.err;
}

struct err
staff_sessions_seen(struct db *db, struct str hash, int64_t now_ms)
{
	static const char SEEN[] = "UPDATE staff_session SET seen_at_ms = $2"
				   " WHERE hash = $1 AND ended_at_ms IS NULL AND seen_at_ms < $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, SEEN, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, now_ms);
	return db_run(stmt);
}

struct err
staff_sessions_end(struct db *db, struct str hash, int64_t now_ms)
{
	static const char END[] =
		"UPDATE staff_session SET ended_at_ms = $2 WHERE hash = $1 AND ended_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, END, &stmt));
	db_bind_blob(stmt, 1, hash);
	db_bind_int(stmt, 2, now_ms);
	return db_run(stmt);
}

struct err
staff_sessions_revoke(struct db *db, int64_t staff_id, int64_t id, int64_t now_ms)
{
	static const char REVOKE[] = "UPDATE staff_session SET ended_at_ms = $3"
				     " WHERE staff_id = $1 AND id = $2 AND ended_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, REVOKE, &stmt));
	db_bind_int(stmt, 1, staff_id);
	db_bind_int(stmt, 2, id);
	db_bind_int(stmt, 3, now_ms);
	return db_change_one(stmt, "no such device is signed in");
}

struct err
staff_sessions_end_all(struct db *db, int64_t staff_id, int64_t now_ms)
{
	static const char END[] = "UPDATE staff_session SET ended_at_ms = $2"
				  " WHERE staff_id = $1 AND ended_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, END, &stmt));
	db_bind_int(stmt, 1, staff_id);
	db_bind_int(stmt, 2, now_ms);
	return db_run(stmt);
}
