/* Statement files: how a bank's columns are read, and which days have been read so. */
#include "db.h"

struct err
statement_mappings_find(struct db *db, struct arena *arena, struct str bank, struct str *mapping)
{
	static const char FIND[] = "SELECT mapping FROM statement_mapping WHERE bank = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, bank);
	TRY(db_one(stmt, "no mapping is known for that bank"));
	*mapping = arena_copy(arena, db_str(stmt, 0));
	db_reset(stmt);
	return OK;
}

struct err
statement_mappings_put(struct db *db, struct str bank, struct str mapping, int64_t now_ms)
{
	static const char PUT[] =
		"INSERT INTO statement_mapping (bank, mapping, updated_at_ms) VALUES ($1, $2, $3)"
		" ON CONFLICT (bank) DO UPDATE SET mapping = $2, updated_at_ms = $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, bank);
	db_bind_str(stmt, 2, mapping);
	db_bind_int(stmt, 3, now_ms);
	return db_run(stmt);
}

struct err
statement_files_put(struct db *db, const struct statement_file *file, int64_t now_ms)
{
	static const char PUT[] =
		"INSERT INTO statement_file (account_no, from_day, to_day, columns, imported_at_ms)"
		" VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, file->account_no);
	db_bind_int(stmt, 2, file->from_day);
	db_bind_int(stmt, 3, file->to_day);
	db_bind_str(stmt, 4, file->columns);
	db_bind_int(stmt, 5, now_ms);
	return db_run(stmt);
}

struct err
statement_files_other(struct db *db, struct arena *arena, const struct statement_file *file,
	struct statement_file *other)
{
	static const char OTHER[] =
		"SELECT from_day, to_day, columns FROM statement_file WHERE account_no = $1"
		" AND from_day <= $2 AND to_day >= $3 AND columns <> $4 ORDER BY from_day LIMIT 1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, OTHER, &stmt));
	db_bind_str(stmt, 1, file->account_no);
	db_bind_int(stmt, 2, file->to_day);
	db_bind_int(stmt, 3, file->from_day);
	db_bind_str(stmt, 4, file->columns);
	TRY(db_one(stmt, "no file of other columns tells of those days"));
	*other = (struct statement_file){
		.account_no = file->account_no,
		.from_day = (int32_t)db_int(stmt, 0),
		.to_day = (int32_t)db_int(stmt, 1),
		.columns = arena_copy(arena, db_str(stmt, 2)),
	};
	db_reset(stmt);
	return OK;
}
