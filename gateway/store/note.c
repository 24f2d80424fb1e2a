/* What a store is told about itself: that it is half a copy, or that its books are elsewhere. */
#include "db.h"

struct err
store_note_get(struct db *db, struct arena *arena, struct store_note *note)
{
	static const char GET[] = "SELECT kind, place, token, at_ms FROM store_note";
	struct db_stmt *stmt;
	bool row;

	*note = (struct store_note){0};
	TRY(db_prepare(db, GET, &stmt));
	TRY(db_step(stmt, &row));
	if (!row)
		return OK;
	*note = (struct store_note){arena_copy(arena, db_str(stmt, 0)),
		arena_copy(arena, db_str(stmt, 1)), db_int(stmt, 2), db_int(stmt, 3)};
	db_reset(stmt);
	return OK;
}

struct err
store_note_put(struct db *db, const struct store_note *note)
{
	static const char PUT[] =
		"INSERT INTO store_note (id, kind, place, token, at_ms) VALUES (1, $1, $2, $3, $4)"
		" ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, place = excluded.place,"
		" token = excluded.token, at_ms = excluded.at_ms";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, note->kind);
	db_bind_str(stmt, 2, note->place);
	db_bind_int(stmt, 3, note->token);
	db_bind_int(stmt, 4, note->at_ms);
	return db_run(stmt);
}

struct err
store_note_clear(struct db *db, int64_t token)
{
	static const char CLEAR[] = "DELETE FROM store_note WHERE token = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, CLEAR, &stmt));
	db_bind_int(stmt, 1, token);
	return db_change_one(stmt, "another copy into this store has begun");
}

struct err
store_note_hold(struct db *db, int64_t token)
{
	/* A write, so that the row is ours until we commit. */
	static const char HOLD[] =
		"UPDATE store_note SET at_ms = at_ms WHERE kind = 'copying' AND token = $1";
	struct db_stmt *stmt;
	bool held;

	TRY(db_prepare(db, HOLD, &stmt));
	db_bind_int(stmt, 1, token);
	TRY(db_run_changed(stmt, &held));
	return held ? OK : FAIL(ERR_CONFLICT, "another copy into this store has begun");
}

struct err
store_fit(struct db *db, struct buf *why)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct store_note note;

	TRY(store_note_get(db, arena, &note));
	if (str_eq(note.kind, STR("copying"))) {
		buf_addf(why,
			"the copy from %.*s into this store is not whole; run the same `chopay "
			"store copy` again, and it goes on where it was",
			STR_FMT(note.place));
		return FAIL(ERR_INVALID, "a copy into this store is not whole");
	}
	if (str_eq(note.kind, STR("moved"))) {
		buf_addf(why,
			"these books moved to %.*s: serve them from there; if nothing was booked "
			"there yet, `chopay store reopen` takes them back",
			STR_FMT(note.place));
		return FAIL(ERR_SETUP, "these books moved to another store");
	}
	return OK;
}
