/* Charges of fee desks and the dossiers they are for. */
#include "chopay/dossiers.h"

#include "db.h"

struct err
dossiers_put(struct db *db, const struct charge_dossier *dossier)
{
	static const char PUT[] =
		"INSERT INTO charge_dossier (stall_id, charge_id, dossier, procedure_code, online)"
		" VALUES ($1, $2, $3, $4, $5)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, dossier->stall_id);
	db_bind_int(stmt, 2, dossier->charge_id);
	db_bind_str(stmt, 3, dossier->dossier);
	db_bind_str(stmt, 4, dossier->procedure);
	db_bind_int(stmt, 5, dossier->online);
	return db_run(stmt);
}

static struct charge_dossier
read_dossier(struct db_stmt *stmt, struct arena *arena)
{
	return (struct charge_dossier){
		.stall_id = db_int(stmt, 0),
		.charge_id = db_int(stmt, 1),
		.dossier = arena_copy(arena, db_str(stmt, 2)),
		.procedure = arena_copy(arena, db_str(stmt, 3)),
		.online = db_int(stmt, 4) != 0,
	};
}

struct err
dossiers_get(struct db *db, struct arena *arena, int64_t stall_id, int64_t charge_id,
	struct charge_dossier *dossier)
{
	static const char GET[] = "SELECT stall_id, charge_id, dossier, procedure_code, online"
				  " FROM charge_dossier WHERE stall_id = $1 AND charge_id = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, charge_id);
	TRY(db_one(stmt, "the charge carries no dossier"));
	*dossier = read_dossier(stmt, arena);
	db_reset(stmt);
	return OK;
}

struct err
dossiers_list(struct db *db, struct arena *arena, struct str dossier, int64_t stall_id,
	int64_t after, size_t max, struct dossier_charge *items, size_t *count)
{
#define LIST                                                          \
	"SELECT stall_id, charge_id, dossier, procedure_code, online" \
	" FROM charge_dossier WHERE ($1 = 0 OR stall_id = $1) AND charge_id > $2"
#define IN_ORDER " ORDER BY charge_id LIMIT $3"
	static const char ALL[] = LIST IN_ORDER;
	static const char OF_NUMBER[] = LIST " AND dossier = $4" IN_ORDER;
	struct db_stmt *stmt;
	bool row;

	*count = 0;
	TRY(db_prepare(db, dossier.len == 0 ? ALL : OF_NUMBER, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_int(stmt, 2, after);
	db_bind_int(stmt, 3, (int64_t)max);
	if (dossier.len > 0)
		db_bind_str(stmt, 4, dossier);
	for (;;) {
		TRY(db_step(stmt, &row));
		if (!row)
			break;
		items[(*count)++].of = read_dossier(stmt, arena);
	}
	for (size_t i = 0; i < *count; i++)
		TRY(charges_get(
			db, arena, items[i].of.stall_id, items[i].of.charge_id, &items[i].charge));
	return OK;
}

struct err
dossiers_paid_walk(struct db *db, int32_t from_day, int32_t to_day,
	struct err (*each)(void *arg, const struct paid_dossier *paid), void *arg)
{
	/* What was given back since is not paid. */
	static const char PAID[] =
		"SELECT market_id, day, dossier, procedure_code FROM ("
		" SELECT s.market_id, d.dossier, d.procedure_code, (SELECT max(p.day)"
		"  FROM payment p WHERE p.stall_id = d.stall_id AND p.charge_id = d.charge_id"
		"  AND p.charge_id IS NOT NULL) AS day"
		" FROM charge_dossier d JOIN stall s ON s.id = d.stall_id JOIN charge c"
		" ON c.stall_id = d.stall_id AND c.id = d.charge_id"
		" WHERE d.online = 1 AND c.paid - c.refunded >= c.amount) f"
		" WHERE day BETWEEN $1 AND $2";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, PAID, &stmt));
	db_bind_int(stmt, 1, from_day);
	db_bind_int(stmt, 2, to_day);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		rows.err = each(
			arg, &(struct paid_dossier){db_int(stmt, 0), (int32_t)db_int(stmt, 1),
				     db_str(stmt, 2), db_str(stmt, 3)});
	}
	return rows.err;
}
