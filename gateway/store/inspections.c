/* What inspectors found hanging at stalls. */
#include "chopay/inspections.h"
#include "db.h"

struct err
inspections_put(struct db *db, const struct inspection *one)
{
	static const char PUT[] =
		"INSERT INTO inspection (stall_id, id, result, bank_bin, account_no, reference,"
		" payload, person, note, created_at_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, one->stall_id);
	db_bind_int(stmt, 2, one->id);
	db_bind_str(stmt, 3, one->result);
	db_bind_str(stmt, 4, one->bank_bin);
	db_bind_str(stmt, 5, one->account_no);
	db_bind_str(stmt, 6, one->reference);
	db_bind_str(stmt, 7, one->payload);
	db_bind_str(stmt, 8, one->person);
	db_bind_str(stmt, 9, one->note);
	db_bind_int(stmt, 10, one->created_at_ms);
	return db_run(stmt);
}

struct err
inspections_last(
	struct db *db, struct arena *arena, int64_t stall_id, struct inspection *inspection)
{
	static const char LAST[] =
		"SELECT id, result, bank_bin, account_no, reference, payload, person, note,"
		" created_at_ms FROM inspection WHERE stall_id = $1 ORDER BY id DESC LIMIT 1";
	struct db_stmt *stmt;
	bool row;

	*inspection = (struct inspection){0};
	TRY(db_prepare(db, LAST, &stmt));
	db_bind_int(stmt, 1, stall_id);
	TRY(db_step(stmt, &row));
	if (!row)
		return OK;
	*inspection = (struct inspection){
		.id = db_int(stmt, 0),
		.stall_id = stall_id,
		.result = arena_copy(arena, db_str(stmt, 1)),
		.bank_bin = arena_copy(arena, db_str(stmt, 2)),
		.account_no = arena_copy(arena, db_str(stmt, 3)),
		.reference = arena_copy(arena, db_str(stmt, 4)),
		.payload = arena_copy(arena, db_str(stmt, 5)),
		.person = arena_copy(arena, db_str(stmt, 6)),
		.note = arena_copy(arena, db_str(stmt, 7)),
		.created_at_ms = db_int(stmt, 8),
	};
	db_reset(stmt);
	return OK;
}

struct err
inspections_of_market(struct db *db, struct arena *arena, int64_t market_id, int32_t day,
	struct str after, size_t max, struct inspected_stall *stalls, size_t *count)
{
	static const char WALK[] =
		"SELECT s.code, s.name, s.goods, s.reference,"
		" EXISTS (SELECT 1 FROM stall_account a WHERE a.stall_id = s.id),"
		" coalesce(i.id, 0), coalesce(i.result, ''), coalesce(i.person, ''),"
		" coalesce(i.note, ''), coalesce(i.created_at_ms, 0)"
		" FROM stall s LEFT JOIN inspection i ON i.stall_id = s.id AND i.id ="
		"  (SELECT max(n.id) FROM inspection n WHERE n.stall_id = s.id)"
		" WHERE s.market_id = $1 AND s.open_day <= $2 AND s.close_day > $2 AND s.code > $3"
		" ORDER BY s.code LIMIT $4";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	db_bind_int(stmt, 1, market_id);
	db_bind_int(stmt, 2, day);
	db_bind_str(stmt, 3, after);
	db_bind_int(stmt, 4, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		stalls[*count] = (struct inspected_stall){
			.code = arena_copy(arena, db_str(stmt, 0)),
			.name = arena_copy(arena, db_str(stmt, 1)),
			.goods = arena_copy(arena, db_str(stmt, 2)),
			.reference = arena_copy(arena, db_str(stmt, 3)),
			.has_account = db_int(stmt, 4) != 0,
			.last = {.id = db_int(stmt, 5),
				.result = arena_copy(arena, db_str(stmt, 6)),
				.person = arena_copy(arena, db_str(stmt, 7)),
				.note = arena_copy(arena, db_str(stmt, 8)),
				.created_at_ms = db_int(stmt, 9)},
		};
	return rows.err;
}
