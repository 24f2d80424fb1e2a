/* Cells: (stall, day) sums, from which every report is made.  Each writer adds to rows of its own;
 * readers sum them. */
#include "db.h"

struct err
cells_add(struct db *db, int64_t stall_id, int32_t day, int64_t payments, struct vnd value)
{
	static const char ADD[] =
		"INSERT INTO cell (stall_id, day, payments, value, writer)"
		" VALUES ($1, $2, $3, $4, $5) ON CONFLICT (stall_id, day, writer)"
		" DO UPDATE SET payments = cell.payments + $3, value = cell.value + $4";
	struct db_stmt *stmt;

	TRY(db_prepare(db, ADD, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, day);
	db_bind_int(stmt, 3, payments);
	db_bind_int(stmt, 4, value.dong);
	db_bind_int(stmt, 5, db->writer);
	return db_run(stmt);
}

struct err
cells_of_stall(struct db *db, int64_t stall_id, int32_t day, int64_t *payments, struct vnd *value)
{
	static const char GET[] =
		"SELECT coalesce(sum(payments), 0), coalesce(sum(value), 0) FROM cell"
		" WHERE stall_id = $1 AND day = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, day);
	TRY(db_one(stmt, "cell"));
	*payments = db_int(stmt, 0);
	value->dong = db_int(stmt, 1);
	db_reset(stmt);
	return OK;
}

struct err
cells_by_market(struct db *db, struct arena *arena, int32_t from_day, int32_t to_day, size_t max,
	struct market_figures *figures, size_t *count)
{
	static const char SUM[] =
		"SELECT m.code, m.name, coalesce(mu.unit_code, ''),"
		" coalesce((SELECT u.name FROM unit u WHERE u.code = mu.unit_code"
		"  AND u.from_day <= $2 AND u.to_day >= $2), ''),"
		" (SELECT count(*) FROM stall s WHERE s.market_id = m.id AND s.open_day <= $2"
		"  AND s.close_day > $2),"
		" coalesce(f.active, 0), coalesce(f.payments, 0), coalesce(f.value, 0)"
		" FROM market m"
		" LEFT JOIN market_unit mu ON mu.market_id = m.id AND mu.from_day <= $2"
		"  AND mu.to_day >= $2"
		" LEFT JOIN (SELECT s.market_id, count(DISTINCT c.stall_id) AS active,"
		"  sum(c.payments) AS payments, sum(c.value) AS value"
		"  FROM (SELECT stall_id, day, sum(payments) AS payments, sum(value) AS value"
		"   FROM cell WHERE day >= $1 AND day <= $2 GROUP BY stall_id, day) c"
		"  JOIN stall s ON s.id = c.stall_id WHERE c.payments > 0 GROUP BY s.market_id) f"
		"  ON f.market_id = m.id"
		" ORDER BY m.code LIMIT $3";
	struct db_stmt *stmt;
	bool row;

	*count = 0;
	TRY(db_prepare(db, SUM, &stmt));
	db_bind_int(stmt, 1, from_day);
	db_bind_int(stmt, 2, to_day);
	db_bind_int(stmt, 3, (int64_t)max);
	for (;; (*count)++) {
		struct market_figures *f = &figures[*count];

		TRY(db_step(stmt, &row));
		if (!row)
			return OK;
		f->market_code = arena_copy(arena, db_str(stmt, 0));
		f->market_name = arena_copy(arena, db_str(stmt, 1));
		f->unit_code = arena_copy(arena, db_str(stmt, 2));
		f->unit_name = arena_copy(arena, db_str(stmt, 3));
		f->stalls = db_int(stmt, 4);
		f->active = db_int(stmt, 5);
		f->payments = db_int(stmt, 6);
		f->value.dong = db_int(stmt, 7);
	}
}
