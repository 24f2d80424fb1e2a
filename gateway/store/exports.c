/* Long exports: what was asked for, and how far it is. */
#include "chopay/snapshots.h"

#include "db.h"

#define EXPORT_COLUMNS "id, who, request, state, done, total, error, created_at_ms, updated_at_ms"

struct err
exports_put(struct db *db, const struct export_job *job)
{
	static const char PUT[] = "INSERT INTO export (" EXPORT_COLUMNS
				  ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, job->id);
	db_bind_str(stmt, 2, job->who);
	db_bind_str(stmt, 3, job->request);
	db_bind_str(stmt, 4, job->state);
	db_bind_int(stmt, 5, job->done);
	db_bind_int(stmt, 6, job->total);
	db_bind_str(stmt, 7, job->error);
	db_bind_int(stmt, 8, job->created_at_ms);
	db_bind_int(stmt, 9, job->updated_at_ms);
	return db_run(stmt);
}

struct err
exports_set(struct db *db, const struct export_job *job)
{
	static const char SET[] = "UPDATE export SET state = $2, done = $3, total = $4, error = $5,"
				  " updated_at_ms = $6 WHERE id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, SET, &stmt));
	db_bind_int(stmt, 1, job->id);
	db_bind_str(stmt, 2, job->state);
	db_bind_int(stmt, 3, job->done);
	db_bind_int(stmt, 4, job->total);
	db_bind_str(stmt, 5, job->error);
	db_bind_int(stmt, 6, job->updated_at_ms);
	return db_change_one(stmt, "no export has that id");
}

static void
read_job(struct db_stmt *stmt, struct arena *arena, struct export_job *job)
{
	*job = (struct export_job){
		.id = db_int(stmt, 0),
		.who = arena_copy(arena, db_str(stmt, 1)),
		.request = arena_copy(arena, db_str(stmt, 2)),
		.state = arena_copy(arena, db_str(stmt, 3)),
		.done = db_int(stmt, 4),
		.total = db_int(stmt, 5),
		.error = arena_copy(arena, db_str(stmt, 6)),
		.created_at_ms = db_int(stmt, 7),
		.updated_at_ms = db_int(stmt, 8),
	};
}

struct err
exports_get(struct db *db, struct arena *arena, int64_t id, struct export_job *job)
{
	static const char GET[] = "SELECT " EXPORT_COLUMNS " FROM export WHERE id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, id);
	TRY(db_one(stmt, "no export has that id"));
	read_job(stmt, arena, job);
	db_reset(stmt);
	return OK;
}

struct err
exports_list(struct db *db, struct arena *arena, int64_t before, size_t max,
	struct export_job *jobs, size_t *count)
{
	static const char LIST[] = "SELECT " EXPORT_COLUMNS " FROM export"
				   " WHERE ($1 = 0 OR id < $1) ORDER BY id DESC LIMIT $2";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, before);
	db_bind_int(stmt, 2, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_job(stmt, arena, &jobs[*count]);
	return rows.err;
}

struct err
exports_forget(struct db *db, int64_t before_ms, size_t max, int64_t *ids, size_t *count)
{
	static const char OLD[] =
		"DELETE FROM export WHERE id IN (SELECT id FROM export WHERE created_at_ms < $1"
		" ORDER BY id LIMIT $2) RETURNING id";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, OLD, &stmt));
	db_bind_int(stmt, 1, before_ms);
	db_bind_int(stmt, 2, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		ids[*count] = db_int(stmt, 0);
	return rows.err;
}
