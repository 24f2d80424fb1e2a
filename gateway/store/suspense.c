/* Credits nobody could be found for, what people propose about them and how they decide. */
#include "seals.h"

#define RECENT_MAX 5000 /* resolutions looked through for earlier ones of an account */

/* Any of these can be joined to a credit once at most. */
#define RESOLUTION_COLUMNS                                                     \
	" r.outcome, coalesce(r.stall_id, 0), coalesce(r.charge_id, 0),"       \
	" coalesce(r.other_transfer_id, 0), r.person, r.why, r.created_at_ms," \
	" coalesce(s.code, ''), coalesce(s.reference, ''), coalesce(c.reference, '')"
#define RESOLUTION_JOINS                          \
	" LEFT JOIN stall s ON s.id = r.stall_id" \
	" LEFT JOIN charge c ON c.stall_id = r.stall_id AND c.id = r.charge_id"

#define SUSPENSE_COLUMNS                                                             \
	"SELECT u.transfer_id, u.reason, u.amount, u.rule_version, u.created_at_ms," \
	" coalesce(u.other_transfer_id, 0), t.feed, t.provider_txn_id, t.bank_ref,"  \
	" t.account_no, t.note, t.booked_at_ms, coalesce(p.id, 0), r.second_person," \
	" r.transfer_id IS NOT NULL, u.payer," RESOLUTION_COLUMNS SUSPENSE_FROM      \
	" LEFT JOIN payment p ON p.transfer_id = u.transfer_id" RESOLUTION_JOINS
#define SUSPENSE_FROM                                              \
	" FROM suspense u JOIN transfer t ON t.id = u.transfer_id" \
	" LEFT JOIN resolution r ON r.transfer_id = u.transfer_id"

/* The filter, as $1 to $4. */
#define SUSPENSE_FITS                                                           \
	" WHERE ($1 = 'all' OR (r.transfer_id IS NULL) = ($1 <> 'resolved'))"   \
	" AND ($1 <> 'proposed' OR EXISTS (SELECT 1 FROM resolution_proposal q" \
	"  WHERE q.transfer_id = u.transfer_id))"                               \
	" AND ($2 = '' OR u.reason = $2)"                                       \
	" AND ($3 = '' OR t.account_no = $3 OR t.virtual_account = $3)"         \
	" AND t.booked_at_ms >= $4"

static void
bind_filter(struct db_stmt *stmt, const struct suspense_filter *filter)
{
	static const char *const states[] = {
		[SUSPENSE_WAITING] = "waiting",
		[SUSPENSE_PROPOSED] = "proposed",
		[SUSPENSE_RESOLVED] = "resolved",
		[SUSPENSE_ALL] = "all",
	};

	db_bind_str(stmt, 1, str_from(states[filter->state]));
	db_bind_str(stmt, 2, filter->reason);
	db_bind_str(stmt, 3, filter->account_no);
	db_bind_int(stmt, 4, filter->since_ms);
}

/* RESOLUTION_COLUMNS from column `at` on. */
static void
read_resolution(struct db_stmt *stmt, int at, struct arena *arena, struct resolution *resolution)
{
	resolution->outcome = arena_copy(arena, db_str(stmt, at));
	resolution->stall_id = db_int(stmt, at + 1);
	resolution->charge_id = db_int(stmt, at + 2);
	resolution->other_transfer_id = db_int(stmt, at + 3);
	resolution->person = arena_copy(arena, db_str(stmt, at + 4));
	resolution->why = arena_copy(arena, db_str(stmt, at + 5));
	resolution->created_at_ms = db_int(stmt, at + 6);
	resolution->stall_code = arena_copy(arena, db_str(stmt, at + 7));
	resolution->stall_reference = arena_copy(arena, db_str(stmt, at + 8));
	resolution->charge_reference = arena_copy(arena, db_str(stmt, at + 9));
}

static void
read_suspense(struct db_stmt *stmt, struct arena *arena, struct suspense *item)
{
	*item = (struct suspense){.transfer_id = db_int(stmt, 0)};
	item->reason = arena_copy(arena, db_str(stmt, 1));
	item->amount.dong = db_int(stmt, 2);
	item->rule_version = db_int(stmt, 3);
	item->created_at_ms = db_int(stmt, 4);
	item->other_transfer_id = db_int(stmt, 5);
	item->feed = arena_copy(arena, db_str(stmt, 6));
	item->provider_txn_id = arena_copy(arena, db_str(stmt, 7));
	item->bank_ref = arena_copy(arena, db_str(stmt, 8));
	item->account_no = arena_copy(arena, db_str(stmt, 9));
	item->note = arena_copy(arena, db_str(stmt, 10));
	item->booked_at_ms = db_int(stmt, 11);
	item->resolved = db_int(stmt, 14) != 0;
	item->payer = (uint64_t)db_int(stmt, 15);
	if (!item->resolved)
		return;
	item->resolution.transfer_id = item->transfer_id;
	item->resolution.payment_id = db_int(stmt, 12);
	item->resolution.second_person = arena_copy(arena, db_str(stmt, 13));
	read_resolution(stmt, 16, arena, &item->resolution);
}

static void
bind_id(struct db_stmt *stmt, int at, int64_t id)
{
	if (id == 0)
		db_bind_null(stmt, at);
	else
		db_bind_int(stmt, at, id);
}

struct err
suspense_put(struct db *db, const struct suspense *suspense)
{
	static const char PUT[] =
		"INSERT INTO suspense (transfer_id, reason, amount, rule_version, created_at_ms,"
		" other_transfer_id, seal, payer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 8, (int64_t)suspense->payer);
	db_seal_begin(stmt);
	db_bind_int(stmt, 1, suspense->transfer_id);
	db_bind_str(stmt, 2, suspense->reason);
	db_bind_int(stmt, 3, suspense->amount.dong);
	db_bind_int(stmt, 4, suspense->rule_version);
	db_bind_int(stmt, 5, suspense->created_at_ms);
	bind_id(stmt, 6, suspense->other_transfer_id);
	return db_run_sealed(stmt, 7, SEALED_SUSPENSE, NULL);
}

struct err
suspense_list(struct db *db, struct arena *arena, const struct suspense_filter *filter,
	int64_t after, size_t max, struct suspense *items, size_t *count)
{
	static const char LIST[] = SUSPENSE_COLUMNS SUSPENSE_FITS
		" AND u.transfer_id > $5 ORDER BY u.transfer_id LIMIT $6";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	bind_filter(stmt, filter);
	db_bind_int(stmt, 5, after);
	db_bind_int(stmt, 6, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_suspense(stmt, arena, &items[*count]);
	return rows.err;
}

struct err
suspense_sum(struct db *db, const struct suspense_filter *filter, int64_t *count, struct vnd *sum)
{
	static const char SUM[] =
		"SELECT count(*), coalesce(sum(u.amount), 0)" SUSPENSE_FROM SUSPENSE_FITS;
	struct db_stmt *stmt;

	TRY(db_prepare(db, SUM, &stmt));
	bind_filter(stmt, filter);
	TRY(db_one(stmt, "sums"));
	*count = db_int(stmt, 0);
	sum->dong = db_int(stmt, 1);
	db_reset(stmt);
	return OK;
}

struct err
suspense_of_amount(struct db *db, struct arena *arena, struct vnd amount, int64_t from_ms,
	int64_t to_ms, int64_t after, size_t max, struct suspense *items, size_t *count)
{
	static const char OF_AMOUNT[] = SUSPENSE_COLUMNS
		" WHERE u.transfer_id > $1 AND u.amount = $2 AND t.booked_at_ms >= $3"
		" AND t.booked_at_ms <= $4 AND r.transfer_id IS NULL"
		" ORDER BY u.transfer_id DESC LIMIT $5";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, OF_AMOUNT, &stmt));
	db_bind_int(stmt, 1, after);
	db_bind_int(stmt, 2, amount.dong);
	db_bind_int(stmt, 3, from_ms);
	db_bind_int(stmt, 4, to_ms);
	db_bind_int(stmt, 5, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_suspense(stmt, arena, &items[*count]);
	return rows.err;
}

struct err
suspense_get(struct db *db, struct arena *arena, int64_t transfer_id, struct suspense *item)
{
	static const char GET[] = SUSPENSE_COLUMNS " WHERE u.transfer_id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, transfer_id);
	TRY(db_one(stmt, "no such credit is in suspense"));
	read_suspense(stmt, arena, item);
	db_reset(stmt);
	return OK;
}

/* ---- what people decided -----------------------------------------------------------------------
 */

/* The columns that a resolution and a proposal share, in the order of their seals. */
static void
bind_decision(struct db_stmt *stmt, const struct resolution *resolution)
{
	db_seal_begin(stmt);
	db_bind_int(stmt, 1, resolution->transfer_id);
	db_bind_str(stmt, 2, resolution->outcome);
	bind_id(stmt, 3, resolution->stall_id);
	bind_id(stmt, 4, resolution->charge_id);
	bind_id(stmt, 5, resolution->other_transfer_id);
	db_bind_str(stmt, 6, resolution->person);
	db_bind_str(stmt, 7, resolution->why);
	db_bind_int(stmt, 8, resolution->created_at_ms);
}

/* Money that went out sends one credit back, not two: its key decides. */
static struct err
put_sent_back(struct db *db, const struct resolution *resolution)
{
	static const char PUT[] = "INSERT INTO sent_back (transfer_id, credit_id) VALUES ($1, $2)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, resolution->other_transfer_id);
	db_bind_int(stmt, 2, resolution->transfer_id);
	return db_run(stmt);
}

struct err
resolutions_put(struct db *db, const struct resolution *resolution)
{
	static const char PUT[] =
		"INSERT INTO resolution (transfer_id, outcome, stall_id, charge_id,"
		" other_transfer_id, person, why, created_at_ms, second_person, seal)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
	struct db_stmt *stmt;

	if (str_eq(resolution->outcome, STR("refunded")) && resolution->other_transfer_id != 0)
		TRY(put_sent_back(db, resolution));
	TRY(db_prepare(db, PUT, &stmt));
	bind_decision(stmt, resolution);
	db_bind_str(stmt, 9, resolution->second_person);
	return db_run_sealed(stmt, 10, SEALED_RESOLUTION, NULL);
}

struct err
resolutions_say(struct db *db, const char *outcome, int64_t transfer_id, bool *yes)
{
	static const char FIND[] =
		"SELECT 1 FROM resolution WHERE transfer_id = $1 AND outcome = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_int(stmt, 1, transfer_id);
	db_bind_str(stmt, 2, str_from(outcome));
	TRY(db_step(stmt, yes));
	db_reset(stmt);
	return OK;
}

struct err
money_out_used(struct db *db, int64_t transfer_id, bool *yes)
{
	static const char FIND[] = "SELECT 1 FROM resolution WHERE other_transfer_id = $1"
				   " AND outcome = 'refunded'"
				   " UNION ALL SELECT 1 FROM adjustment WHERE transfer_id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FIND, &stmt));
	db_bind_int(stmt, 1, transfer_id);
	TRY(db_step(stmt, yes));
	db_reset(stmt);
	return OK;
}

struct err
resolutions_recent(struct db *db, struct arena *arena, struct str account_no, size_t max,
	struct resolved_note *items, size_t *count)
{
	static const char RECENT[] =
		"SELECT r.outcome, coalesce(r.stall_id, 0), t.note FROM (SELECT transfer_id,"
		" outcome, stall_id FROM resolution ORDER BY transfer_id DESC LIMIT $3) r"
		" JOIN transfer t ON t.id = r.transfer_id WHERE t.account_no = $1"
		" ORDER BY r.transfer_id DESC LIMIT $2";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, RECENT, &stmt));
	db_bind_str(stmt, 1, account_no);
	db_bind_int(stmt, 2, (int64_t)max);
	db_bind_int(stmt, 3, RECENT_MAX);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++) {
		struct resolved_note *item = &items[*count];

		item->outcome = arena_copy(arena, db_str(stmt, 0));
		item->stall_id = db_int(stmt, 1);
		item->note = arena_copy(arena, db_str(stmt, 2));
	}
	return rows.err;
}

/* ---- what one person proposed to another -------------------------------------------------------
 */

struct err
proposals_put(struct db *db, int64_t id, const struct resolution *proposal)
{
	static const char PUT[] =
		"INSERT INTO resolution_proposal (transfer_id, outcome, stall_id, charge_id,"
		" other_transfer_id, person, why, created_at_ms, id, seal)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	bind_decision(stmt, proposal);
	db_bind_int(stmt, 9, id);
	return db_run_sealed(stmt, 10, SEALED_RESOLUTION_PROPOSAL, NULL);
}

struct err
proposals_list(struct db *db, struct arena *arena, int64_t transfer_id, size_t max,
	struct resolution *items, size_t *count)
{
	static const char LIST[] =
		"SELECT" RESOLUTION_COLUMNS " FROM resolution_proposal r" RESOLUTION_JOINS
		" WHERE r.transfer_id = $1 AND NOT EXISTS (SELECT 1 FROM resolution_proposal q"
		"  WHERE q.transfer_id = r.transfer_id AND q.person = r.person AND q.id > r.id)"
		" ORDER BY r.id LIMIT $2";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, transfer_id);
	db_bind_int(stmt, 2, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++) {
		items[*count] = (struct resolution){.transfer_id = transfer_id};
		read_resolution(stmt, 0, arena, &items[*count]);
	}
	return rows.err;
}

struct err
proposals_count(struct db *db, int64_t transfer_id, int64_t *count)
{
	static const char COUNT[] =
		"SELECT count(*) FROM resolution_proposal WHERE transfer_id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, COUNT, &stmt));
	db_bind_int(stmt, 1, transfer_id);
	TRY(db_one(stmt, "counts"));
	*count = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}
