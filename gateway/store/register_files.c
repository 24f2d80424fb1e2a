/* Files on their way into a register. */
#include "chopay/register_files.h"

#include "db.h"

static void
bind_state(struct db_stmt *stmt, int at, const struct register_file *file)
{
	db_bind_str(stmt, at, file->state);
	db_bind_str(stmt, at + 1, file->outcome);
	db_bind_str(stmt, at + 2, file->person);
	db_bind_str(stmt, at + 3, file->why);
	db_bind_str(stmt, at + 4, file->approver);
	db_bind_int(stmt, at + 5, file->entered_at_ms);
	db_bind_int(stmt, at + 6, file->undone_at_ms);
	db_bind_str(stmt, at + 7, file->undone_by);
	db_bind_str(stmt, at + 8, file->undone_why);
	db_bind_str(stmt, at + 9, file->undo);
}

struct err
register_files_put(struct db *db, const struct register_file *file)
{
	static const char PUT[] =
		"INSERT INTO register_file (id, name, register, csv, made_at_ms, state, outcome,"
		" person, why, approver, entered_at_ms, undone_at_ms, undone_by, undone_why, undo)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, file->id);
	db_bind_str(stmt, 2, file->name);
	db_bind_str(stmt, 3, file->register_name);
	db_bind_blob(stmt, 4, file->csv);
	db_bind_int(stmt, 5, file->made_at_ms);
	bind_state(stmt, 6, file);
	return db_run(stmt);
}

struct err
register_files_set(struct db *db, const struct register_file *file)
{
	static const char SET[] =
		"UPDATE register_file SET state = $2, outcome = $3, person = $4, why = $5,"
		" approver = $6, entered_at_ms = $7, undone_at_ms = $8, undone_by = $9,"
		" undone_why = $10, undo = $11 WHERE id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, SET, &stmt));
	db_bind_int(stmt, 1, file->id);
	bind_state(stmt, 2, file);
	return db_change_one(stmt, "no file has that id");
}

#define FILE_COLUMNS                                                                          \
	"SELECT id, name, register, state, person, why, approver, made_at_ms, entered_at_ms," \
	" undone_at_ms, undone_by, undone_why"

static void
read_file(struct db_stmt *stmt, struct arena *arena, struct register_file *file)
{
	*file = (struct register_file){
		.id = db_int(stmt, 0),
		.name = arena_copy(arena, db_str(stmt, 1)),
		.register_name = arena_copy(arena, db_str(stmt, 2)),
		.state = arena_copy(arena, db_str(stmt, 3)),
		.person = arena_copy(arena, db_str(stmt, 4)),
		.why = arena_copy(arena, db_str(stmt, 5)),
		.approver = arena_copy(arena, db_str(stmt, 6)),
		.made_at_ms = db_int(stmt, 7),
		.entered_at_ms = db_int(stmt, 8),
		.undone_at_ms = db_int(stmt, 9),
		.undone_by = arena_copy(arena, db_str(stmt, 10)),
		.undone_why = arena_copy(arena, db_str(stmt, 11)),
	};
}

struct err
register_files_get(struct db *db, struct arena *arena, int64_t id, struct register_file *file)
{
	static const char GET[] = FILE_COLUMNS ", csv, outcome, undo FROM register_file"
					       " WHERE id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, id);
	TRY(db_one(stmt, "no file has that id"));
	read_file(stmt, arena, file);
	file->csv = arena_copy(arena, db_str(stmt, 12));
	file->outcome = arena_copy(arena, db_str(stmt, 13));
	file->undo = arena_copy(arena, db_str(stmt, 14));
	db_reset(stmt);
	return OK;
}

struct err
register_files_list(struct db *db, struct arena *arena, int64_t before, size_t max,
	struct register_file *files, size_t *count)
{
	static const char LIST[] = FILE_COLUMNS " FROM register_file WHERE ($1 = 0 OR id < $1)"
						" ORDER BY id DESC LIMIT $2";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, before);
	db_bind_int(stmt, 2, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_file(stmt, arena, &files[*count]);
	return rows.err;
}
