/* The days of accounts: the bank's lines against our transfers, and what was found, signed. */
#include "seals.h"

/* ---- what was found -------------------------------------------------------------------------- */

struct err
reconciliations_put(struct db *db, const struct reconciliation *made)
{
	static const char PUT[] =
		"INSERT INTO reconciliation (id, account_no, day, source, state, bank_credits,"
		" bank_credit_sum, bank_debits, bank_debit_sum, our_credits, our_credit_sum,"
		" our_debits, our_debit_sum, gaps, missed, missed_sum, proof, signature,"
		" created_at_ms, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
		" $13, $14, $15, $16, $17, $18, $19, $20)";
	const struct account_sums *const sides[] = {&made->bank, &made->ours};
	struct db_stmt *stmt;
	int at = 6;

	TRY(db_prepare(db, PUT, &stmt));
	db_seal_begin(stmt);
	db_bind_int(stmt, 1, made->id);
	db_bind_str(stmt, 2, made->account_no);
	db_bind_int(stmt, 3, made->day);
	db_bind_str(stmt, 4, made->source);
	db_bind_str(stmt, 5, made->state);
	for (int i = 0; i < 2; i++) {
		db_bind_int(stmt, at++, sides[i]->credits);
		db_bind_int(stmt, at++, sides[i]->credit_sum.dong);
		db_bind_int(stmt, at++, sides[i]->debits);
		db_bind_int(stmt, at++, sides[i]->debit_sum.dong);
	}
	db_bind_int(stmt, 14, made->gaps);
	db_bind_int(stmt, 15, made->missed);
	db_bind_int(stmt, 16, made->missed_sum.dong);
	db_bind_str(stmt, 17, made->proof);
	db_bind_blob(stmt, 18, made->signature);
	db_bind_int(stmt, 19, made->created_at_ms);
	return db_run_sealed(stmt, 20, SEALED_RECONCILIATION, NULL);
}

#define RECONCILIATION_COLUMNS                                                            \
	"id, account_no, day, source, state, bank_credits, bank_credit_sum, bank_debits," \
	" bank_debit_sum, our_credits, our_credit_sum, our_debits, our_debit_sum, gaps,"  \
	" missed, missed_sum, created_at_ms"
#define RECONCILIATION_COLUMN_COUNT 17

static void
read_sums(struct db_stmt *stmt, int at, struct account_sums *sums)
{
	sums->credits = db_int(stmt, at);
	sums->credit_sum.dong = db_int(stmt, at + 1);
	sums->debits = db_int(stmt, at + 2);
	sums->debit_sum.dong = db_int(stmt, at + 3);
}

static void
read_reconciliation(struct db_stmt *stmt, struct arena *arena, struct reconciliation *item)
{
	*item = (struct reconciliation){
		.id = db_int(stmt, 0),
		.account_no = arena_copy(arena, db_str(stmt, 1)),
		.day = (int32_t)db_int(stmt, 2),
		.source = arena_copy(arena, db_str(stmt, 3)),
		.state = arena_copy(arena, db_str(stmt, 4)),
		.gaps = db_int(stmt, 13),
		.missed = db_int(stmt, 14),
		.missed_sum.dong = db_int(stmt, 15),
		.created_at_ms = db_int(stmt, 16),
	};
	read_sums(stmt, 5, &item->bank);
	read_sums(stmt, 9, &item->ours);
}

struct err
reconciliations_list(struct db *db, struct arena *arena, const struct reconciliation_filter *filter,
	size_t max, struct reconciliation *items, size_t *count)
{
	static const char LIST[] =
		"SELECT " RECONCILIATION_COLUMNS " FROM reconciliation"
		" WHERE ($1 = 0 OR id < $1) AND ($2 = '' OR account_no = $2)"
		" AND ($3 = '' OR state = $3) AND day BETWEEN $4 AND $5 ORDER BY id DESC LIMIT $6";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, filter->before);
	db_bind_str(stmt, 2, filter->account_no);
	db_bind_str(stmt, 3, filter->state);
	db_bind_int(stmt, 4, filter->from_day);
	db_bind_int(stmt, 5, filter->to_day);
	db_bind_int(stmt, 6, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_reconciliation(stmt, arena, &items[*count]);
	return rows.err;
}

struct err
reconciliations_get(
	struct db *db, struct arena *arena, int64_t id, struct reconciliation *reconciliation)
{
	static const char GET[] = "SELECT " RECONCILIATION_COLUMNS
				  ", proof, signature FROM reconciliation WHERE id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, id);
	TRY(db_one(stmt, "no such reconciliation"));
	read_reconciliation(stmt, arena, reconciliation);
	reconciliation->proof = arena_copy(arena, db_str(stmt, RECONCILIATION_COLUMN_COUNT));
	reconciliation->signature = arena_copy(
		arena, db_str(stmt, RECONCILIATION_COLUMN_COUNT + 1));
	db_reset(stmt);
	return OK;
}

/* ---- which days -------------------------------------------------------------------------------
 */

/* 5 s: lines that were being committed while the day was looked at. */
struct err
bank_days_list(struct db *db, struct arena *arena, const struct bank_days_filter *filter,
	size_t max, struct bank_day *days, size_t *count)
{
	static const char LIST[] =
		"SELECT l.account_no, l.source, l.day FROM bank_line l WHERE l.day BETWEEN $1 AND $2"
		" AND ($3 = '' OR l.account_no = $3) AND ($4 = '' OR l.source = $4)"
		" GROUP BY l.day, l.account_no, l.source"
		" HAVING $5 = 0 OR max(l.told_at_ms) > coalesce((SELECT max(r.created_at_ms) - 5000"
		" FROM reconciliation r WHERE r.account_no = l.account_no AND r.day = l.day"
		" AND r.source = l.source), -1)"
		" ORDER BY l.day, l.account_no, l.source LIMIT $6";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, filter->from_day);
	db_bind_int(stmt, 2, filter->to_day);
	db_bind_str(stmt, 3, filter->account_no);
	db_bind_str(stmt, 4, filter->source);
	db_bind_int(stmt, 5, filter->due);
	db_bind_int(stmt, 6, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++) {
		struct bank_day *day = &days[*count];

		day->account_no = arena_copy(arena, db_str(stmt, 0));
		day->source = arena_copy(arena, db_str(stmt, 1));
		day->day = (int32_t)db_int(stmt, 2);
	}
	return rows.err;
}

struct err
bank_days_last(struct db *db, const struct bank_day *day, int64_t *created_at_ms)
{
	static const char LAST[] = "SELECT coalesce(max(created_at_ms), 0) FROM reconciliation"
				   " WHERE account_no = $1 AND day = $2 AND source = $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, LAST, &stmt));
	db_bind_str(stmt, 1, day->account_no);
	db_bind_int(stmt, 2, day->day);
	db_bind_str(stmt, 3, day->source);
	TRY(db_one(stmt, "reconciliation"));
	*created_at_ms = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

/* ---- one day ----------------------------------------------------------------------------------
 */

/* Both statements give: key, amount and direction of the line, its time, our transfer, its amount
 * and direction, the feed that told it first, told by a webhook too, perhaps a repetition. */
#define OUR_COLUMNS                                                                       \
	" e.id, e.amount, e.outgoing, e.feed,"                                            \
	" CASE WHEN EXISTS (SELECT 1 FROM awaited_webhook a WHERE a.transfer_id = e.id"   \
	" AND a.told_at_ms IS NOT NULL) THEN 1 ELSE 0 END,"                               \
	" CASE WHEN EXISTS (SELECT 1 FROM suspense s WHERE s.transfer_id = e.id"          \
	" AND s.reason = 'possible_duplicate' AND NOT EXISTS (SELECT 1 FROM resolution x" \
	" WHERE x.transfer_id = s.transfer_id)) THEN 1 ELSE 0 END"

static struct err
each_row(struct db_stmt *stmt, void (*row)(void *arg, const struct day_line *line), void *arg)
{
	bool more;

	for (;;) {
		TRY(db_step(stmt, &more));
		if (!more)
			return OK;
		const struct day_line line = {
			.line_key = db_str(stmt, 0),
			.amount.dong = db_int(stmt, 1),
			.outgoing = db_int(stmt, 2) != 0,
			.booked_at_ms = db_int(stmt, 3),
			.transfer_id = db_int(stmt, 4),
			.our_amount.dong = db_int(stmt, 5),
			.our_outgoing = db_int(stmt, 6) != 0,
			.feed = db_str(stmt, 7),
			.told = db_int(stmt, 8) != 0,
			.maybe_repeats = db_int(stmt, 9) != 0,
		};
		row(arg, &line);
	}
}

struct err
bank_days_lines(struct db *db, const struct bank_day *day,
	void (*row)(void *arg, const struct day_line *line), void *arg)
{
	static const char LINES[] =
		"SELECT l.line_key, l.amount, l.outgoing, l.booked_at_ms," OUR_COLUMNS
		" FROM bank_line l"
		" LEFT JOIN resolution r ON r.transfer_id = l.transfer_id AND r.outcome = 'duplicate'"
		" JOIN transfer e ON e.id = coalesce(r.other_transfer_id, l.transfer_id)"
		" WHERE l.account_no = $1 AND l.day = $2 AND l.source = $3"
		" AND NOT EXISTS (SELECT 1 FROM bank_line n WHERE n.account_no = l.account_no"
		" AND n.source = l.source AND n.line_key = l.line_key"
		" AND n.told_at_ms > l.told_at_ms)"
		" ORDER BY l.line_key, l.amount, l.outgoing";
	struct db_stmt *stmt;

	TRY(db_prepare(db, LINES, &stmt));
	db_bind_str(stmt, 1, day->account_no);
	db_bind_int(stmt, 2, day->day);
	db_bind_str(stmt, 3, day->source);
	return each_row(stmt, row, arg);
}

struct err
bank_days_unlined(struct db *db, const struct bank_day *day, int64_t from_ms, int64_t to_ms,
	void (*row)(void *arg, const struct day_line *line), void *arg)
{
	static const char UNLINED[] =
		"SELECT '', e.amount, e.outgoing, e.booked_at_ms," OUR_COLUMNS " FROM transfer e"
		" WHERE e.account_no = $1 AND e.booked_at_ms >= $2 AND e.booked_at_ms < $3"
		" AND NOT EXISTS (SELECT 1 FROM bank_line l WHERE l.transfer_id = e.id"
		" AND l.source = $4)"
		" AND NOT EXISTS (SELECT 1 FROM resolution r WHERE r.transfer_id = e.id"
		" AND r.outcome = 'duplicate')"
		" AND NOT EXISTS (SELECT 1 FROM resolution r"
		" JOIN bank_line l ON l.transfer_id = r.transfer_id AND l.source = $4"
		" WHERE r.other_transfer_id = e.id AND r.outcome = 'duplicate')"
		" ORDER BY e.booked_at_ms, e.id";
	struct db_stmt *stmt;

	TRY(db_prepare(db, UNLINED, &stmt));
	db_bind_str(stmt, 1, day->account_no);
	db_bind_int(stmt, 2, from_ms);
	db_bind_int(stmt, 3, to_ms);
	db_bind_str(stmt, 4, day->source);
	return each_row(stmt, row, arg);
}
