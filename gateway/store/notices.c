/* The outbox of notices to stalls. */
#include "seals.h"

struct err
notices_put(struct db *db, const struct notice *notice)
{
	static const char PUT[] =
		"INSERT INTO notice (id, stall_id, kind, reference, body, created_at_ms, seal)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_seal_begin(stmt);
	db_bind_int(stmt, 1, notice->id);
	db_bind_int(stmt, 2, notice->stall_id);
	db_bind_str(stmt, 3, notice->kind);
	db_bind_str(stmt, 4, notice->reference);
	db_bind_str(stmt, 5, notice->body);
	db_bind_int(stmt, 6, notice->created_at_ms);
	return db_put_sealed(stmt, 7, SEALED_NOTICE);
}

#define NOTICE_COLUMNS "SELECT id, stall_id, kind, reference, body, created_at_ms FROM notice"

static struct err
read_notices(struct db_stmt *stmt, struct arena *arena, struct notice *notices, size_t *count)
{
	struct db_rows rows = db_rows(stmt);

	for (*count = 0; db_rows_next(&rows); (*count)++) {
		struct notice *n = &notices[*count];

		n->id = db_int(stmt, 0);
		n->stall_id = db_int(stmt, 1);
		n->kind = arena_copy(arena, db_str(stmt, 2));
		n->reference = arena_copy(arena, db_str(stmt, 3));
		n->body = arena_copy(arena, db_str(stmt, 4));
		n->created_at_ms = db_int(stmt, 5);
	}
	return rows.err;
}

struct err
notices_after(struct db *db, struct arena *arena, int64_t stall_id, int64_t after, size_t max,
	struct notice *notices, size_t *count)
{
	static const char AFTER[] = NOTICE_COLUMNS " WHERE stall_id = $1 AND id > $2"
						   " ORDER BY id LIMIT $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, AFTER, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, after);
	db_bind_int(stmt, 3, (int64_t)max);
	return read_notices(stmt, arena, notices, count);
}

struct err
notices_by_writer(struct db *db, struct arena *arena, int writer, int64_t after, int64_t upto,
	size_t max, struct notice *notices, size_t *count)
{
	static const char BY_WRITER[] = NOTICE_COLUMNS
		" WHERE (id & 255) = $1 AND id > $2 AND id <= $3 ORDER BY id LIMIT $4";
	struct db_stmt *stmt;

	TRY(db_prepare(db, BY_WRITER, &stmt));
	db_bind_int(stmt, 1, writer);
	db_bind_int(stmt, 2, after);
	db_bind_int(stmt, 3, upto);
	db_bind_int(stmt, 4, (int64_t)max);
	return read_notices(stmt, arena, notices, count);
}

struct err
notices_newest(
	struct db *db, int64_t stall_id, int64_t span, size_t max, int64_t *ids, size_t *count)
{
	/* 255: the low 8 bits are the writer's number. */
	static const char NEWEST[] =
		"SELECT max(id) FROM notice WHERE stall_id = $1 AND id >"
		" (SELECT coalesce(max(id), 0) FROM notice WHERE stall_id = $1) - $2"
		" GROUP BY id & 255 ORDER BY 1 DESC LIMIT $3";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, NEWEST, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, span);
	db_bind_int(stmt, 3, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		ids[*count] = db_int(stmt, 0);
	return rows.err;
}
