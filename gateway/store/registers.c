/* What stalls declare and pay beside payments, what units aim at, from which accounts a stall's own
 * people pay. */
#include "adoption.h"
#include "entries.h"

/* ---- turnover ------------------------------------------------------------------------------- */

struct err
turnover_put(struct db *db, const struct turnover *turnover)
{
	static const char PUT[] =
		"INSERT INTO turnover (stall_id, month, id, amount, source, entered_at_ms, person)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, turnover->stall_id);
	db_bind_int(stmt, 2, turnover->month);
	db_bind_int(stmt, 3, turnover->id);
	db_bind_int(stmt, 4, turnover->amount.dong);
	db_bind_str(stmt, 5, turnover->source);
	bind_entry(stmt, 6, &turnover->entry);
	return db_run(stmt);
}

struct err
turnover_walk(struct db *db, month_key from, month_key to,
	struct err (*each)(void *arg, const struct turnover *turnover), void *arg)
{
	static const char WALK[] =
		"SELECT stall_id, month, id, amount, source, entered_at_ms, person FROM turnover t"
		" WHERE month BETWEEN $1 AND $2 AND NOT EXISTS (SELECT 1 FROM turnover n"
		" WHERE n.stall_id = t.stall_id AND n.month = t.month AND n.id > t.id)"
		" ORDER BY stall_id, month";
	struct turnover turnover;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	db_bind_int(stmt, 1, from);
	db_bind_int(stmt, 2, to);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		turnover = (struct turnover){
			.stall_id = db_int(stmt, 0),
			.month = (month_key)db_int(stmt, 1),
			.id = db_int(stmt, 2),
			.amount = {db_int(stmt, 3)},
			.source = db_str(stmt, 4),
			.entry = read_entry(stmt, 5),
		};
		rows.err = each(arg, &turnover);
	}
	return rows.err;
}

/* ---- fees ----------------------------------------------------------------------------------- */

struct err
fees_put(struct db *db, const struct market_fee *fee)
{
	static const char PUT[] = "INSERT INTO market_fee (stall_id, day, kind, id, amount,"
				  " cashless, entered_at_ms, person)"
				  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, fee->stall_id);
	db_bind_int(stmt, 2, fee->day);
	db_bind_str(stmt, 3, fee->kind);
	db_bind_int(stmt, 4, fee->id);
	db_bind_int(stmt, 5, fee->amount.dong);
	db_bind_int(stmt, 6, fee->cashless);
	bind_entry(stmt, 7, &fee->entry);
	return db_run(stmt);
}

struct err
fees_walk(struct db *db, int32_t from_day, int32_t to_day,
	struct err (*each)(void *arg, const struct market_fee *fee), void *arg)
{
	static const char WALK[] =
		"SELECT stall_id, day, kind, id, amount, cashless, entered_at_ms, person"
		" FROM market_fee t WHERE day BETWEEN $1 AND $2 AND NOT EXISTS"
		" (SELECT 1 FROM market_fee n WHERE n.stall_id = t.stall_id AND n.day = t.day"
		" AND n.kind = t.kind AND n.id > t.id) AND amount > 0"
		" ORDER BY stall_id, day, kind";
	struct market_fee fee;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	db_bind_int(stmt, 1, from_day);
	db_bind_int(stmt, 2, to_day);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		fee = (struct market_fee){
			.stall_id = db_int(stmt, 0),
			.day = (int32_t)db_int(stmt, 1),
			.kind = db_str(stmt, 2),
			.id = db_int(stmt, 3),
			.amount = {db_int(stmt, 4)},
			.cashless = db_int(stmt, 5) != 0,
			.entry = read_entry(stmt, 6),
		};
		rows.err = each(arg, &fee);
	}
	return rows.err;
}

/* ---- targets -------------------------------------------------------------------------------- */

struct err
targets_put(struct db *db, const struct target *target)
{
	static const char PUT[] = "INSERT INTO target (unit_code, year, indicator, id, value,"
				  " legal_basis, owner, due_day, entered_at_ms, person)"
				  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, target->unit_code);
	db_bind_int(stmt, 2, target->year);
	db_bind_str(stmt, 3, target->indicator);
	db_bind_int(stmt, 4, target->id);
	db_bind_int(stmt, 5, target->value);
	db_bind_str(stmt, 6, target->legal_basis);
	db_bind_str(stmt, 7, target->owner);
	db_bind_int(stmt, 8, target->due_day);
	bind_entry(stmt, 9, &target->entry);
	return db_run(stmt);
}

struct err
targets_walk(struct db *db, struct str unit_code, int year,
	struct err (*each)(void *arg, const struct target *target), void *arg)
{
	static const char WALK[] =
		"SELECT unit_code, year, indicator, id, value, legal_basis, owner, due_day,"
		" entered_at_ms, person FROM target t WHERE ($1 = '' OR unit_code = $1)"
		" AND ($2 = 0 OR year = $2) AND NOT EXISTS (SELECT 1 FROM target n"
		" WHERE n.unit_code = t.unit_code AND n.year = t.year"
		" AND n.indicator = t.indicator AND n.id > t.id)"
		" ORDER BY unit_code, year, indicator";
	struct target target;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	db_bind_str(stmt, 1, unit_code);
	db_bind_int(stmt, 2, year);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		target = (struct target){
			.unit_code = db_str(stmt, 0),
			.year = (int)db_int(stmt, 1),
			.indicator = db_str(stmt, 2),
			.id = db_int(stmt, 3),
			.value = db_int(stmt, 4),
			.legal_basis = db_str(stmt, 5),
			.owner = db_str(stmt, 6),
			.due_day = (int32_t)db_int(stmt, 7),
			.entry = read_entry(stmt, 8),
		};
		rows.err = each(arg, &target);
	}
	return rows.err;
}

/* ---- own accounts --------------------------------------------------------------------------- */

struct err
own_accounts_put(struct db *db, const struct own_account *account)
{
	static const char PUT[] = "INSERT INTO own_account (merchant_id, id, bank_bin, account_no,"
				  " relation, from_day, to_day, entered_at_ms, person)"
				  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, account->merchant_id);
	db_bind_int(stmt, 2, account->id);
	db_bind_str(stmt, 3, account->bank_bin);
	db_bind_str(stmt, 4, account->account_no);
	db_bind_str(stmt, 5, account->relation);
	db_bind_int(stmt, 6, account->from_day);
	db_bind_int(stmt, 7, account->to_day);
	bind_entry(stmt, 8, &account->entry);
	TRY(db_run(stmt));
	return due_put_merchant(db, account->merchant_id);
}

/* An account on which a merchant receives is the merchant's, before and after its QR hung there. */
#define DECLARED                                                                           \
	"SELECT merchant_id, id, bank_bin, account_no, relation, from_day, to_day,"        \
	" entered_at_ms, person FROM own_account t WHERE from_day <= to_day"               \
	" AND NOT EXISTS (SELECT 1 FROM own_account n WHERE n.merchant_id = t.merchant_id" \
	" AND n.bank_bin = t.bank_bin AND n.account_no = t.account_no AND n.id > t.id)"
#define RECEIVING                                                                             \
	" UNION ALL SELECT DISTINCT s.merchant_id, 0, a.bank_bin, a.account_no, 'receiving'," \
	" -1000000, 1000000, 0, '' FROM stall s JOIN stall_account sa ON sa.stall_id = s.id"  \
	" JOIN account a ON a.id = sa.account_id"
#define IN_ORDER " ORDER BY 1, 3, 4, 2"

struct err
own_accounts_walk(struct db *db, int64_t merchant_id,
	struct err (*each)(void *arg, const struct own_account *account), void *arg)
{
	static const char ALL[] = DECLARED RECEIVING IN_ORDER;
	static const char ONE[] = DECLARED " AND merchant_id = $1" RECEIVING
					   " WHERE s.merchant_id = $1" IN_ORDER;
	struct own_account account;
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, merchant_id == 0 ? ALL : ONE, &stmt));
	if (merchant_id != 0)
		db_bind_int(stmt, 1, merchant_id);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		account = (struct own_account){
			.merchant_id = db_int(stmt, 0),
			.id = db_int(stmt, 1),
			.bank_bin = db_str(stmt, 2),
			.account_no = db_str(stmt, 3),
			.relation = db_str(stmt, 4),
			.from_day = (int32_t)db_int(stmt, 5),
			.to_day = (int32_t)db_int(stmt, 6),
			.entry = read_entry(stmt, 7),
		};
		rows.err = each(arg, &account);
	}
	return rows.err;
}
