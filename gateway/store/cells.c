/* Cells: (stall, day) sums, from which every report is made.  Each writer adds to rows of its own;
 * readers sum them. */
#include <stdlib.h>

#include "adoption.h"
#include "cells.h"

#define SUMS_MAX 64 /* cells whose additions wait */
#define RANK 100    /* other rows name no cell */

/* A transaction adds many payments to a cell: one statement each is enough. */
struct cell_sums {
	struct cell_sum {
		int64_t stall_id;
		int32_t day;
		int64_t payments;
		struct vnd value;
	} items[SUMS_MAX];
	size_t count;
};

static struct err
add(struct db *db, const struct cell_sum *sum)
{
	static const char ADD[] =
		"INSERT INTO cell (stall_id, day, payments, value, writer)"
		" VALUES ($1, $2, $3, $4, $5) ON CONFLICT (stall_id, day, writer) DO UPDATE SET"
		" payments = cell.payments + excluded.payments,"
		" value = cell.value + excluded.value";
	struct db_stmt *stmt;

	TRY(db_prepare(db, ADD, &stmt));
	db_bind_int(stmt, 1, sum->stall_id);
	db_bind_int(stmt, 2, sum->day);
	db_bind_int(stmt, 3, sum->payments);
	db_bind_int(stmt, 4, sum->value.dong);
	db_bind_int(stmt, 5, db->writer);
	TRY(db_put(stmt, RANK));
	return due_mark(db, sum->stall_id, sum->day, RANK);
}

struct err
cells_flush(struct db *db)
{
	struct cell_sums *sums = db->sums;

	if (sums == NULL || sums->count == 0)
		return OK;
	for (size_t i = 0; i < sums->count; i++)
		TRY(add(db, &sums->items[i]));
	sums->count = 0;
	return db->driver->send == NULL ? OK : db->driver->send(db); /* each cell once in it */
}

void
cells_forget(struct db *db)
{
	if (db->sums != NULL)
		db->sums->count = 0;
}

struct err
cells_add(struct db *db, int64_t stall_id, int32_t day, int64_t payments, struct vnd value)
{
	const struct cell_sum one = {stall_id, day, payments, value};
	struct cell_sums *sums = db->sums;

	if (db->depth == 0 || db->driver->put == NULL)
		return add(db, &one);
	if (sums == NULL)
		sums = db->sums = mem_alloc_zero(1, sizeof(*sums));
	for (size_t i = 0; i < sums->count; i++) {
		struct cell_sum *sum = &sums->items[i];

		if (sum->stall_id != stall_id || sum->day != day)
			continue;
		sum->payments += payments;
		return vnd_add(sum->value, value, &sum->value);
	}
	if (sums->count == SUMS_MAX)
		TRY(cells_flush(db));
	sums->items[sums->count++] = one;
	return OK;
}

struct err
cells_of_stall(struct db *db, int64_t stall_id, int32_t day, int64_t *payments, struct vnd *value)
{
	static const char GET[] =
		"SELECT coalesce(sum(payments), 0), coalesce(sum(value), 0) FROM cell"
		" WHERE stall_id = $1 AND day = $2";
	struct db_stmt *stmt;

	TRY(cells_flush(db));
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
	/* Fee desks are of no market: their dossiers are counted elsewhere (dossiers.h). */
	static const char SUM[] =
		"SELECT m.code, m.name, coalesce(mu.unit_code, ''),"
		" coalesce((SELECT u.name FROM unit u WHERE u.code = mu.unit_code"
		"  AND u.from_day <= $2 AND u.to_day >= $2), ''),"
		" (SELECT count(*) FROM stall s WHERE s.market_id = m.id AND s.open_day <= $2"
		"  AND s.close_day > $2 AND s.kind <> 'fee_desk'),"
		" coalesce(f.active, 0), coalesce(f.payments, 0), coalesce(f.value, 0)"
		" FROM market m"
		" LEFT JOIN market_unit mu ON mu.market_id = m.id AND mu.from_day <= $2"
		"  AND mu.to_day >= $2"
		" LEFT JOIN (SELECT s.market_id, count(DISTINCT c.stall_id) AS active,"
		"  sum(c.payments) AS payments, sum(c.value) AS value"
		"  FROM (SELECT stall_id, day, sum(payments) AS payments, sum(value) AS value"
		"   FROM cell WHERE day >= $1 AND day <= $2 GROUP BY stall_id, day) c"
		"  JOIN stall s ON s.id = c.stall_id AND s.kind <> 'fee_desk'"
		"  WHERE c.payments > 0 GROUP BY s.market_id) f ON f.market_id = m.id"
		" WHERE EXISTS (SELECT 1 FROM stall s WHERE s.market_id = m.id"
		"  AND s.kind <> 'fee_desk') OR NOT EXISTS (SELECT 1 FROM stall s"
		"  WHERE s.market_id = m.id)"
		" ORDER BY m.code LIMIT $3";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(cells_flush(db));
	TRY(db_prepare(db, SUM, &stmt));
	db_bind_int(stmt, 1, from_day);
	db_bind_int(stmt, 2, to_day);
	db_bind_int(stmt, 3, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++) {
		struct market_figures *f = &figures[*count];

		f->market_code = arena_copy(arena, db_str(stmt, 0));
		f->market_name = arena_copy(arena, db_str(stmt, 1));
		f->unit_code = arena_copy(arena, db_str(stmt, 2));
		f->unit_name = arena_copy(arena, db_str(stmt, 3));
		f->stalls = db_int(stmt, 4);
		f->active = db_int(stmt, 5);
		f->payments = db_int(stmt, 6);
		f->value.dong = db_int(stmt, 7);
	}
	return rows.err;
}
