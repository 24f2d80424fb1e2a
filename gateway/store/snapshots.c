/* Reports that were frozen: never changed, a later one of the same is a revision. */
#include "chopay/snapshots.h"

#include "seals.h"

#define SNAPSHOT_COLUMNS                                                                    \
	"id, scope, period, calendar, boundary, audience, parameter_set, revision, status," \
	" position, cut_at_ms, person, sha256, signature"
#define SNAPSHOT_COLUMN_COUNT 14

struct err
snapshots_put(struct db *db, const struct snapshot *snapshot)
{
	static const char PUT[] =
		"INSERT INTO snapshot (" SNAPSHOT_COLUMNS ", report, seal) VALUES ($1, $2, $3, $4,"
		" $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING";
	struct db_stmt *stmt;
	bool fresh;

	TRY(db_prepare(db, PUT, &stmt));
	db_seal_begin(stmt);
	db_bind_int(stmt, 1, snapshot->id);
	db_bind_str(stmt, 2, snapshot->scope);
	db_bind_str(stmt, 3, snapshot->period);
	db_bind_str(stmt, 4, snapshot->calendar);
	db_bind_str(stmt, 5, snapshot->boundary);
	db_bind_str(stmt, 6, snapshot->audience);
	db_bind_str(stmt, 7, snapshot->parameter_set);
	db_bind_int(stmt, 8, snapshot->revision);
	db_bind_str(stmt, 9, snapshot->status);
	db_bind_int(stmt, 10, snapshot->position);
	db_bind_int(stmt, 11, snapshot->cut_at_ms);
	db_bind_str(stmt, 12, snapshot->person);
	db_bind_blob(stmt, 13, snapshot->sha256);
	db_bind_blob(stmt, 14, snapshot->signature);
	db_bind_blob(stmt, 15, snapshot->report);
	TRY(db_run_sealed(stmt, 16, SEALED_SNAPSHOT, &fresh));
	return fresh ? OK : FAIL(ERR_CONFLICT, "that revision is there already");
}

static void
read_snapshot(struct db_stmt *stmt, struct arena *arena, struct snapshot *snapshot)
{
	*snapshot = (struct snapshot){
		.id = db_int(stmt, 0),
		.scope = arena_copy(arena, db_str(stmt, 1)),
		.period = arena_copy(arena, db_str(stmt, 2)),
		.calendar = arena_copy(arena, db_str(stmt, 3)),
		.boundary = arena_copy(arena, db_str(stmt, 4)),
		.audience = arena_copy(arena, db_str(stmt, 5)),
		.parameter_set = arena_copy(arena, db_str(stmt, 6)),
		.revision = db_int(stmt, 7),
		.status = arena_copy(arena, db_str(stmt, 8)),
		.position = db_int(stmt, 9),
		.cut_at_ms = db_int(stmt, 10),
		.person = arena_copy(arena, db_str(stmt, 11)),
		.sha256 = arena_copy(arena, db_str(stmt, 12)),
		.signature = arena_copy(arena, db_str(stmt, 13)),
	};
}

static struct err
read_one(struct db_stmt *stmt, struct arena *arena, struct snapshot *snapshot, const char *missing)
{
	TRY(db_one(stmt, missing));
	read_snapshot(stmt, arena, snapshot);
	snapshot->report = arena_copy(arena, db_str(stmt, SNAPSHOT_COLUMN_COUNT));
	db_reset(stmt);
	return OK;
}

struct err
snapshots_get(struct db *db, struct arena *arena, int64_t id, struct snapshot *snapshot)
{
	static const char GET[] = "SELECT " SNAPSHOT_COLUMNS ", report FROM snapshot WHERE id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, id);
	return read_one(stmt, arena, snapshot, "no snapshot has that id");
}

struct err
snapshots_before(struct db *db, struct arena *arena, const struct snapshot *same, int64_t revision,
	struct snapshot *snapshot)
{
	static const char LAST[] = "SELECT " SNAPSHOT_COLUMNS
				   ", report FROM snapshot WHERE scope = $1 AND period = $2"
				   " AND calendar = $3 AND boundary = $4 AND audience = $5"
				   " AND revision < $6 ORDER BY revision DESC LIMIT 1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, LAST, &stmt));
	db_bind_str(stmt, 1, same->scope);
	db_bind_str(stmt, 2, same->period);
	db_bind_str(stmt, 3, same->calendar);
	db_bind_str(stmt, 4, same->boundary);
	db_bind_str(stmt, 5, same->audience);
	db_bind_int(stmt, 6, revision);
	return read_one(stmt, arena, snapshot, "there is no snapshot of this yet");
}

struct err
snapshots_last(
	struct db *db, struct arena *arena, const struct snapshot *same, struct snapshot *snapshot)
{
	return snapshots_before(db, arena, same, INT64_MAX, snapshot);
}

struct err
snapshots_newest(
	struct db *db, struct arena *arena, const struct snapshot *same, struct snapshot *snapshot)
{
	static const char NEWEST[] = "SELECT " SNAPSHOT_COLUMNS
				     " FROM snapshot WHERE scope = $1 AND period = $2"
				     " AND calendar = $3 AND boundary = $4 AND audience = $5"
				     " ORDER BY revision DESC LIMIT 1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, NEWEST, &stmt));
	db_bind_str(stmt, 1, same->scope);
	db_bind_str(stmt, 2, same->period);
	db_bind_str(stmt, 3, same->calendar);
	db_bind_str(stmt, 4, same->boundary);
	db_bind_str(stmt, 5, same->audience);
	TRY(db_one(stmt, "there is no snapshot of this yet"));
	read_snapshot(stmt, arena, snapshot);
	db_reset(stmt);
	return OK;
}

struct err
snapshots_list(struct db *db, struct arena *arena, struct str scope, int64_t before, size_t max,
	struct snapshot *snapshots, size_t *count)
{
	static const char LIST[] = "SELECT " SNAPSHOT_COLUMNS " FROM snapshot"
				   " WHERE ($1 = '' OR scope = $1) AND ($2 = 0 OR id < $2)"
				   " ORDER BY id DESC LIMIT $3";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_str(stmt, 1, scope);
	db_bind_int(stmt, 2, before);
	db_bind_int(stmt, 3, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_snapshot(stmt, arena, &snapshots[*count]);
	return rows.err;
}
