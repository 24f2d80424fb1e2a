/* Receivers: who is told over the network.  Secrets are sealed before they come here. */
#include "db.h"

struct err
receivers_put(struct db *db, const struct receiver *receiver)
{
	static const char PUT[] =
		"INSERT INTO receiver (id, stall_id, url, secret, previous, previous_until_ms,"
		" created_at_ms) VALUES ($1, $2, $3, $4, $5, 0, $6)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, receiver->id);
	db_bind_int(stmt, 2, receiver->stall_id);
	db_bind_str(stmt, 3, receiver->url);
	db_bind_blob(stmt, 4, receiver->secret);
	db_bind_blob(stmt, 5, STR(""));
	db_bind_int(stmt, 6, receiver->created_at_ms);
	return db_run(stmt);
}

static const char UNKNOWN[] = "no such receiver";

struct err
receivers_roll(struct db *db, int64_t id, struct str secret, int64_t previous_until_ms)
{
	static const char ROLL[] =
		"UPDATE receiver SET previous = secret, secret = $2, previous_until_ms = $3"
		" WHERE id = $1 AND removed_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, ROLL, &stmt));
	db_bind_int(stmt, 1, id);
	db_bind_blob(stmt, 2, secret);
	db_bind_int(stmt, 3, previous_until_ms);
	return db_change_one(stmt, UNKNOWN);
}

/* Nothing was changed: is it gone, or as it was asked to be? */
static struct err
unchanged(struct db *db, int64_t id, const char *already)
{
	static const char EXISTS[] =
		"SELECT 1 FROM receiver WHERE id = $1 AND removed_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, EXISTS, &stmt));
	db_bind_int(stmt, 1, id);
	TRY(db_one(stmt, UNKNOWN));
	db_reset(stmt);
	return FAIL(ERR_CONFLICT, already);
}

struct err
receivers_disable(struct db *db, int64_t id, struct str why, int64_t now_ms)
{
	static const char DISABLE[] =
		"UPDATE receiver SET disabled_at_ms = $2, disabled_why = $3"
		" WHERE id = $1 AND removed_at_ms IS NULL AND disabled_at_ms IS NULL";
	struct db_stmt *stmt;
	bool changed;

	TRY(db_prepare(db, DISABLE, &stmt));
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, now_ms);
	db_bind_str(stmt, 3, why);
	TRY(db_run_changed(stmt, &changed));
	return changed ? OK : unchanged(db, id, "the receiver is disabled already");
}

struct err
receivers_enable(struct db *db, int64_t id)
{
	static const char ENABLE[] =
		"UPDATE receiver SET disabled_at_ms = NULL, disabled_why = ''"
		" WHERE id = $1 AND removed_at_ms IS NULL AND disabled_at_ms IS NOT NULL";
	struct db_stmt *stmt;
	bool changed;

	TRY(db_prepare(db, ENABLE, &stmt));
	db_bind_int(stmt, 1, id);
	TRY(db_run_changed(stmt, &changed));
	return changed ? OK : unchanged(db, id, "the receiver is in use already");
}

struct err
receivers_remove(struct db *db, int64_t id, int64_t now_ms)
{
	/* The secrets go at once; the row stays for what points at it. */
	static const char REMOVE[] =
		"UPDATE receiver SET removed_at_ms = $2, secret = $3, previous = $3"
		" WHERE id = $1 AND removed_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, REMOVE, &stmt));
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, now_ms);
	db_bind_blob(stmt, 3, STR(""));
	return db_change_one(stmt, UNKNOWN);
}

#define RECEIVER_COLUMNS                                                                         \
	"SELECT r.id, r.stall_id, r.url, r.secret, r.previous, r.previous_until_ms,"             \
	" r.created_at_ms, coalesce(r.disabled_at_ms, 0), r.disabled_why, coalesce(s.code, '')," \
	" coalesce(s.reference, '') FROM receiver r LEFT JOIN stall s ON s.id = r.stall_id"      \
	" WHERE r.removed_at_ms IS NULL"

static void
read_receiver(struct db_stmt *stmt, struct arena *arena, struct receiver *receiver)
{
	*receiver = (struct receiver){
		.id = db_int(stmt, 0),
		.stall_id = db_int(stmt, 1),
		.url = arena_copy(arena, db_str(stmt, 2)),
		.secret = arena_copy(arena, db_str(stmt, 3)),
		.previous = arena_copy(arena, db_str(stmt, 4)),
		.previous_until_ms = db_int(stmt, 5),
		.created_at_ms = db_int(stmt, 6),
		.disabled_at_ms = db_int(stmt, 7),
		.disabled_why = arena_copy(arena, db_str(stmt, 8)),
		.stall_code = arena_copy(arena, db_str(stmt, 9)),
		.stall_reference = arena_copy(arena, db_str(stmt, 10)),
	};
}

struct err
receivers_get(struct db *db, struct arena *arena, int64_t id, struct receiver *receiver)
{
	static const char GET[] = RECEIVER_COLUMNS " AND r.id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, id);
	TRY(db_one(stmt, UNKNOWN));
	read_receiver(stmt, arena, receiver);
	db_reset(stmt);
	return OK;
}

struct err
receivers_list(struct db *db, struct arena *arena, int64_t after, size_t max,
	struct receiver *receivers, size_t *count)
{
	static const char LIST[] = RECEIVER_COLUMNS " AND r.id > $1 ORDER BY r.id LIMIT $2";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, after);
	db_bind_int(stmt, 2, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_receiver(stmt, arena, &receivers[*count]);
	return rows.err;
}

struct err
receivers_count(struct db *db, int64_t *count)
{
	static const char COUNT[] = "SELECT count(*) FROM receiver WHERE removed_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, COUNT, &stmt));
	TRY(db_one(stmt, "receiver"));
	*count = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}
