/* Fee counters' months, social assistance, the scores of Decision 766. */
#include "chopay/public_service.h"

#include "entries.h"

/* What was entered last for each unit and month; of all units where none is named. */
#define NEWEST_OF(table)                                                                  \
	" FROM " table " t WHERE ($1 = '' OR unit_code = $1) AND month BETWEEN $2 AND $3" \
	" AND NOT EXISTS (SELECT 1 FROM " table " n WHERE n.unit_code = t.unit_code"      \
	" AND n.month = t.month AND n.id > t.id) ORDER BY unit_code, month"

/* ---- counters ------------------------------------------------------------------------------- */

struct err
dossier_months_put(struct db *db, const struct dossier_month *month)
{
	static const char PUT[] =
		"INSERT INTO dossier_month (unit_code, month, id, procedures, procedures_online,"
		" dossiers, entered_at_ms, person) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, month->unit_code);
	db_bind_int(stmt, 2, month->month);
	db_bind_int(stmt, 3, month->id);
	db_bind_int(stmt, 4, month->procedures);
	db_bind_int(stmt, 5, month->procedures_online);
	db_bind_int(stmt, 6, month->dossiers);
	bind_entry(stmt, 7, &month->entry);
	return db_run(stmt);
}

struct err
dossier_months_walk(struct db *db, struct str unit_code, month_key from, month_key to,
	struct err (*each)(void *arg, const struct dossier_month *month), void *arg)
{
	static const char WALK[] =
		"SELECT unit_code, month, id, procedures, procedures_online, dossiers,"
		" entered_at_ms, person" NEWEST_OF("dossier_month");
	struct dossier_month month;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	db_bind_str(stmt, 1, unit_code);
	db_bind_int(stmt, 2, from);
	db_bind_int(stmt, 3, to);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		month = (struct dossier_month){
			.unit_code = db_str(stmt, 0),
			.month = (month_key)db_int(stmt, 1),
			.id = db_int(stmt, 2),
			.procedures = db_int(stmt, 3),
			.procedures_online = db_int(stmt, 4),
			.dossiers = db_int(stmt, 5),
			.entry = read_entry(stmt, 6),
		};
		rows.err = each(arg, &month);
	}
	return rows.err;
}

/* ---- social assistance ---------------------------------------------------------------------- */

struct err
payouts_put(struct db *db, const struct payout *payout)
{
	static const char PUT[] =
		"INSERT INTO payout (unit_code, month, id, recipients, by_account, value,"
		" value_by_account, entered_at_ms, person)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, payout->unit_code);
	db_bind_int(stmt, 2, payout->month);
	db_bind_int(stmt, 3, payout->id);
	db_bind_int(stmt, 4, payout->recipients);
	db_bind_int(stmt, 5, payout->by_account);
	db_bind_int(stmt, 6, payout->value.dong);
	db_bind_int(stmt, 7, payout->value_by_account.dong);
	bind_entry(stmt, 8, &payout->entry);
	return db_run(stmt);
}

struct err
payouts_walk(struct db *db, struct str unit_code, month_key from, month_key to,
	struct err (*each)(void *arg, const struct payout *payout), void *arg)
{
	static const char WALK[] =
		"SELECT unit_code, month, id, recipients, by_account, value, value_by_account,"
		" entered_at_ms, person" NEWEST_OF("payout");
	struct payout payout;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	db_bind_str(stmt, 1, unit_code);
	db_bind_int(stmt, 2, from);
	db_bind_int(stmt, 3, to);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		payout = (struct payout){
			.unit_code = db_str(stmt, 0),
			.month = (month_key)db_int(stmt, 1),
			.id = db_int(stmt, 2),
			.recipients = db_int(stmt, 3),
			.by_account = db_int(stmt, 4),
			.value = {db_int(stmt, 5)},
			.value_by_account = {db_int(stmt, 6)},
			.entry = read_entry(stmt, 7),
		};
		rows.err = each(arg, &payout);
	}
	return rows.err;
}

/* ---- the scores of Decision 766 ------------------------------------------------------------- */

struct err
service_scores_put(struct db *db, const struct service_score *score)
{
	static const char PUT[] = "INSERT INTO service_score (unit_code, year, group_no, id, max,"
				  " target, actual, entered_at_ms, person, rank, units)"
				  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, score->unit_code);
	db_bind_int(stmt, 2, score->year);
	db_bind_int(stmt, 3, score->group_no);
	db_bind_int(stmt, 4, score->id);
	db_bind_int(stmt, 5, score->max);
	db_bind_int(stmt, 6, score->target);
	db_bind_int(stmt, 7, score->actual);
	bind_entry(stmt, 8, &score->entry);
	db_bind_int(stmt, 10, score->rank);
	db_bind_int(stmt, 11, score->units);
	return db_run(stmt);
}

struct err
service_scores_walk(struct db *db, struct str unit_code, int year,
	struct err (*each)(void *arg, const struct service_score *score), void *arg)
{
	static const char WALK[] =
		"SELECT unit_code, year, group_no, id, max, target, actual, entered_at_ms, person,"
		" rank, units"
		" FROM service_score t WHERE ($1 = '' OR unit_code = $1)"
		" AND ($2 = 0 OR year = $2) AND NOT EXISTS (SELECT 1 FROM service_score n"
		" WHERE n.unit_code = t.unit_code AND n.year = t.year"
		" AND n.group_no = t.group_no AND n.id > t.id)"
		" ORDER BY unit_code, year, group_no";
	struct service_score score;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	db_bind_str(stmt, 1, unit_code);
	db_bind_int(stmt, 2, year);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		score = (struct service_score){
			.unit_code = db_str(stmt, 0),
			.year = (int)db_int(stmt, 1),
			.group_no = (int)db_int(stmt, 2),
			.id = db_int(stmt, 3),
			.max = db_int(stmt, 4),
			.target = db_int(stmt, 5),
			.actual = db_int(stmt, 6),
			.entry = read_entry(stmt, 7),
			.rank = db_int(stmt, 9),
			.units = db_int(stmt, 10),
		};
		rows.err = each(arg, &score);
	}
	return rows.err;
}
