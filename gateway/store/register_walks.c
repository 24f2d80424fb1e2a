/* The register as reports need it: all units, markets and stalls, once through. */
#include "chopay/registers.h"
#include "db.h"

struct err
units_walk(struct db *db, struct err (*each)(void *arg, const struct unit *unit), void *arg)
{
	static const char WALK[] = "SELECT code, from_day, to_day, name, level, parent_code"
				   " FROM unit ORDER BY code, from_day";
	struct db_stmt *stmt;
	struct unit unit;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		unit = (struct unit){
			.code = db_str(stmt, 0),
			.from_day = (int32_t)db_int(stmt, 1),
			.to_day = (int32_t)db_int(stmt, 2),
			.name = db_str(stmt, 3),
			.level = db_str(stmt, 4),
			.parent_code = db_str(stmt, 5),
		};
		rows.err = each(arg, &unit);
	}
	return rows.err;
}

struct err
lineage_put(struct db *db, const struct lineage *lineage)
{
	static const char PUT[] = "INSERT INTO unit_lineage (from_code, to_code, day, whole)"
				  " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, lineage->from_code);
	db_bind_str(stmt, 2, lineage->to_code);
	db_bind_int(stmt, 3, lineage->day);
	db_bind_int(stmt, 4, lineage->whole);
	return db_run(stmt);
}

struct err
lineage_walk(struct db *db, struct err (*each)(void *arg, const struct lineage *lineage), void *arg)
{
	static const char WALK[] = "SELECT from_code, to_code, day, whole FROM unit_lineage"
				   " ORDER BY from_code, to_code, day";
	struct lineage lineage;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		lineage = (struct lineage){
			.from_code = db_str(stmt, 0),
			.to_code = db_str(stmt, 1),
			.day = (int32_t)db_int(stmt, 2),
			.whole = db_int(stmt, 3) != 0,
		};
		rows.err = each(arg, &lineage);
	}
	return rows.err;
}

struct err
markets_walk(struct db *db, struct err (*each)(void *arg, const struct market *market), void *arg)
{
	static const char WALK[] = "SELECT id, code, name, day_cut_min FROM market ORDER BY id";
	struct market market;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		market = (struct market){
			.id = db_int(stmt, 0),
			.code = db_str(stmt, 1),
			.name = db_str(stmt, 2),
			.day_cut_min = (int32_t)db_int(stmt, 3),
		};
		rows.err = each(arg, &market);
	}
	return rows.err;
}

struct err
market_units_walk(struct db *db, int64_t market_id,
	struct err (*each)(void *arg, const struct market_unit *row), void *arg)
{
	static const char WALK[] = "SELECT market_id, unit_code, from_day, to_day FROM market_unit"
				   " WHERE $1 = 0 OR market_id = $1 ORDER BY market_id, from_day";
	struct market_unit market_unit;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	db_bind_int(stmt, 1, market_id);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		market_unit = (struct market_unit){
			.market_id = db_int(stmt, 0),
			.unit_code = db_str(stmt, 1),
			.from_day = (int32_t)db_int(stmt, 2),
			.to_day = (int32_t)db_int(stmt, 3),
		};
		rows.err = each(arg, &market_unit);
	}
	return rows.err;
}

struct err
stalls_walk(struct db *db, struct err (*each)(void *arg, const struct stall *stall), void *arg)
{
	static const char WALK[] = "SELECT id, market_id, code, name, kind, goods, merchant_id,"
				   " open_day, close_day FROM stall ORDER BY id";
	struct db_stmt *stmt;
	struct stall stall;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		stall = (struct stall){
			.id = db_int(stmt, 0),
			.market_id = db_int(stmt, 1),
			.code = db_str(stmt, 2),
			.name = db_str(stmt, 3),
			.kind = db_str(stmt, 4),
			.goods = db_str(stmt, 5),
			.merchant_id = db_int(stmt, 6),
			.open_day = (int32_t)db_int(stmt, 7),
			.close_day = (int32_t)db_int(stmt, 8),
		};
		rows.err = each(arg, &stall);
	}
	return rows.err;
}

struct err
attachments_walk(struct db *db, int64_t stall_id,
	struct err (*each)(void *arg, int64_t stall_id, int32_t from_day, int32_t to_day),
	void *arg)
{
	static const char ALL[] = "SELECT stall_id, from_ms, to_ms FROM stall_account"
				  " ORDER BY stall_id, from_ms";
	static const char ONE[] = "SELECT stall_id, from_ms, to_ms FROM stall_account"
				  " WHERE stall_id = $1 ORDER BY from_ms";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, stall_id == 0 ? ALL : ONE, &stmt));
	if (stall_id != 0)
		db_bind_int(stmt, 1, stall_id);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows))
		rows.err = each(arg, db_int(stmt, 0), day_of(db_int(stmt, 1), 0),
			db_int(stmt, 2) == MS_LAST ? DAY_LAST : day_of(db_int(stmt, 2) - 1, 0));
	return rows.err;
}
