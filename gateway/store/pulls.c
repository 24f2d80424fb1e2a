/* Lists that we ask for: whose, with which token (sealed), how far, and how it goes. */
#include "db.h"

struct err
pulls_put(struct db *db, const struct pull *pull)
{
	static const char PUT[] = "INSERT INTO pull (id, source, account_no, base_url, token,"
				  " every_s, cursor, created_at_ms)"
				  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, pull->id);
	db_bind_str(stmt, 2, pull->source);
	db_bind_str(stmt, 3, pull->account_no);
	db_bind_str(stmt, 4, pull->base_url);
	db_bind_blob(stmt, 5, pull->token);
	db_bind_int(stmt, 6, pull->every_s);
	db_bind_str(stmt, 7, pull->cursor);
	db_bind_int(stmt, 8, pull->created_at_ms);
	TRY(db_run(stmt));
	return changes_put(db, CHANGED_PULLS);
}

#define PULL_COLUMNS                                                             \
	"SELECT id, source, account_no, base_url, token, every_s, cursor,"       \
	" created_at_ms, asked_at_ms, last_ok_ms, last_error, failing_since_ms," \
	" alarmed_at_ms, tried_at_ms, strange FROM pull WHERE removed_at_ms IS NULL"

static void
read_pull(struct db_stmt *stmt, struct arena *arena, struct pull *pull)
{
	*pull = (struct pull){
		.id = arena_copy(arena, db_str(stmt, 0)),
		.source = arena_copy(arena, db_str(stmt, 1)),
		.account_no = arena_copy(arena, db_str(stmt, 2)),
		.base_url = arena_copy(arena, db_str(stmt, 3)),
		.token = arena_copy(arena, db_str(stmt, 4)),
		.every_s = db_int(stmt, 5),
		.cursor = arena_copy(arena, db_str(stmt, 6)),
		.created_at_ms = db_int(stmt, 7),
		.asked_at_ms = db_int(stmt, 8),
		.last_ok_ms = db_int(stmt, 9),
		.last_error = arena_copy(arena, db_str(stmt, 10)),
		.failing_since_ms = db_int(stmt, 11),
		.alarmed_at_ms = db_int(stmt, 12),
		.tried_at_ms = db_int(stmt, 13),
		.strange = db_int(stmt, 14),
	};
}

struct err
pulls_list(struct db *db, struct arena *arena, size_t max, struct pull *pulls, size_t *count)
{
	static const char LIST[] = PULL_COLUMNS " ORDER BY created_at_ms, id LIMIT $1";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_pull(stmt, arena, &pulls[*count]);
	return rows.err;
}

#define NO_PULL "no pull with that id is in use"

struct err
pulls_get(struct db *db, struct arena *arena, struct str id, struct pull *pull)
{
	static const char GET[] = PULL_COLUMNS " AND id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_str(stmt, 1, id);
	TRY(db_one(stmt, NO_PULL));
	read_pull(stmt, arena, pull);
	db_reset(stmt);
	return OK;
}

struct err
pulls_remove(struct db *db, struct str id, int64_t now_ms)
{
	/* The token is of no use to us any more, so it does not stay. */
	static const char REMOVE[] = "UPDATE pull SET removed_at_ms = $2, token = $3"
				     " WHERE id = $1 AND removed_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, REMOVE, &stmt));
	db_bind_str(stmt, 1, id);
	db_bind_int(stmt, 2, now_ms);
	db_bind_blob(stmt, 3, STR(""));
	TRY(db_change_one(stmt, NO_PULL));
	return changes_put(db, CHANGED_PULLS);
}

struct err
pulls_rotate(struct db *db, struct str id, struct str token)
{
	static const char ROTATE[] =
		"UPDATE pull SET token = $2 WHERE id = $1 AND removed_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, ROTATE, &stmt));
	db_bind_str(stmt, 1, id);
	db_bind_blob(stmt, 2, token);
	TRY(db_change_one(stmt, NO_PULL));
	return changes_put(db, CHANGED_PULLS);
}

struct err
pulls_ask(struct db *db, struct str id, int64_t now_ms)
{
	static const char ASK[] =
		"UPDATE pull SET asked_at_ms = $2 WHERE id = $1 AND removed_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, ASK, &stmt));
	db_bind_str(stmt, 1, id);
	db_bind_int(stmt, 2, now_ms);
	TRY(db_change_one(stmt, NO_PULL));
	return changes_put(db, CHANGED_PULLS);
}

struct err
pulls_set(struct db *db, const struct pull *pull)
{
	static const char SET[] = "UPDATE pull SET cursor = $2, last_ok_ms = $3, last_error = $4,"
				  " failing_since_ms = $5, alarmed_at_ms = $6, tried_at_ms = $7,"
				  " strange = $8 WHERE id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, SET, &stmt));
	db_bind_str(stmt, 1, pull->id);
	db_bind_str(stmt, 2, pull->cursor);
	db_bind_int(stmt, 3, pull->last_ok_ms);
	db_bind_str(stmt, 4, pull->last_error);
	db_bind_int(stmt, 5, pull->failing_since_ms);
	db_bind_int(stmt, 6, pull->alarmed_at_ms);
	db_bind_int(stmt, 7, pull->tried_at_ms);
	db_bind_int(stmt, 8, pull->strange);
	return db_change_one(stmt, NO_PULL);
}
