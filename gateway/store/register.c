/* Units, banks, markets and merchants. */
#include "db.h"

struct err
units_put(struct db *db, const struct unit *unit)
{
	static const char PUT[] =
		"INSERT INTO unit (code, from_day, to_day, name, level, parent_code)"
		" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, unit->code);
	db_bind_int(stmt, 2, unit->from_day);
	db_bind_int(stmt, 3, unit->to_day);
	db_bind_str(stmt, 4, unit->name);
	db_bind_str(stmt, 5, unit->level);
	db_bind_str(stmt, 6, unit->parent_code);
	return db_run(stmt);
}

struct err
units_find(struct db *db, struct arena *arena, struct str code, int32_t day, struct unit *unit)
{
	static const char FIND[] = "SELECT code, from_day, to_day, name, level, parent_code"
				   " FROM unit WHERE code = $1 AND from_day <= $2 AND to_day >= $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, code);
	db_bind_int(stmt, 2, day);
	TRY(db_one(stmt, "no unit with that code is in force"));
	unit->code = arena_copy(arena, db_str(stmt, 0));
	unit->from_day = (int32_t)db_int(stmt, 1);
	unit->to_day = (int32_t)db_int(stmt, 2);
	unit->name = arena_copy(arena, db_str(stmt, 3));
	unit->level = arena_copy(arena, db_str(stmt, 4));
	unit->parent_code = arena_copy(arena, db_str(stmt, 5));
	db_reset(stmt);
	return OK;
}

struct err
banks_put(struct db *db, struct str bin, struct str code, struct str short_name, struct str name)
{
	static const char PUT[] =
		"INSERT INTO bank (bin, code, short_name, name) VALUES ($1, $2, $3, $4)"
		" ON CONFLICT (bin) DO UPDATE SET code = $2, short_name = $3, name = $4";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, bin);
	db_bind_str(stmt, 2, code);
	db_bind_str(stmt, 3, short_name);
	db_bind_str(stmt, 4, name);
	return db_run(stmt);
}

struct err
markets_put(struct db *db, const struct market *market)
{
	static const char PUT[] =
		"INSERT INTO market (id, code, name, day_cut_min) VALUES ($1, $2, $3, $4)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, market->id);
	db_bind_str(stmt, 2, market->code);
	db_bind_str(stmt, 3, market->name);
	db_bind_int(stmt, 4, market->day_cut_min);
	return db_run(stmt);
}

struct err
markets_attach(
	struct db *db, int64_t market_id, struct str unit_code, int32_t from_day, int32_t to_day)
{
	static const char PUT[] =
		"INSERT INTO market_unit (market_id, unit_code, from_day, to_day)"
		" VALUES ($1, $2, $3, $4)"
		" ON CONFLICT (market_id, from_day) DO UPDATE SET unit_code = $2, to_day = $4";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, market_id);
	db_bind_str(stmt, 2, unit_code);
	db_bind_int(stmt, 3, from_day);
	db_bind_int(stmt, 4, to_day);
	return db_run(stmt);
}

struct err
markets_detach(struct db *db, int64_t market_id)
{
	static const char DROP[] = "DELETE FROM market_unit WHERE market_id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, DROP, &stmt));
	db_bind_int(stmt, 1, market_id);
	return db_run(stmt);
}

struct err
markets_find(struct db *db, struct arena *arena, struct str code, struct market *market)
{
	static const char FIND[] = "SELECT id, code, name, day_cut_min FROM market WHERE code = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, code);
	TRY(db_one(stmt, "no such market"));
	market->id = db_int(stmt, 0);
	market->code = arena_copy(arena, db_str(stmt, 1));
	market->name = arena_copy(arena, db_str(stmt, 2));
	market->day_cut_min = (int32_t)db_int(stmt, 3);
	db_reset(stmt);
	return OK;
}

struct err
markets_cut(struct db *db, int64_t market_id, int32_t day_cut_min, bool *done)
{
	static const char CUT[] =
		"UPDATE market SET day_cut_min = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM"
		" stall s JOIN payment p ON p.stall_id = s.id WHERE s.market_id = $1)"
		" AND NOT EXISTS (SELECT 1 FROM market_tally WHERE market_id = $1)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, CUT, &stmt));
	db_bind_int(stmt, 1, market_id);
	db_bind_int(stmt, 2, day_cut_min);
	return db_run_changed(stmt, done);
}

struct err
markets_unit(
	struct db *db, struct arena *arena, int64_t market_id, int32_t day, struct str *unit_code)
{
	static const char FIND[] = "SELECT unit_code FROM market_unit WHERE market_id = $1"
				   " AND from_day <= $2 AND to_day >= $2";
	struct db_stmt *stmt;
	bool row;

	*unit_code = STR("");
	TRY(db_prepare(db, FIND, &stmt));
	db_bind_int(stmt, 1, market_id);
	db_bind_int(stmt, 2, day);
	TRY(db_step(stmt, &row));
	if (row)
		*unit_code = arena_copy(arena, db_str(stmt, 0));
	db_reset(stmt);
	return OK;
}

struct err
merchants_ensure(struct db *db, int64_t new_id, struct str name, struct str phone, int64_t *id)
{
	static const char PUT[] =
		"INSERT INTO merchant (id, name, phone) VALUES ($1, $2, $3)"
		" ON CONFLICT (name, phone) DO UPDATE SET phone = $3 RETURNING id";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, new_id);
	db_bind_str(stmt, 2, name);
	db_bind_str(stmt, 3, phone);
	TRY(db_one(stmt, "merchant"));
	*id = db_int(stmt, 0);
	return db_run(stmt);
}
