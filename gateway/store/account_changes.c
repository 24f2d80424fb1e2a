/* Changes of a stall's receiving account: proposed, approved by another person, done when due. */
#include "chopay/people.h"

#include "db.h"

#define COLUMNS                                                                                    \
	"c.id, c.stall_id, c.bank_bin, c.account_no, c.holder, c.from_account_id, c.state, c.why," \
	" c.person, c.proposed_at_ms, c.delay_ms, c.second_person, coalesce(c.approved_at_ms, 0)," \
	" coalesce(c.due_at_ms, 0), c.ended_by, coalesce(c.ended_at_ms, 0)"

static void
read_change(struct db_stmt *stmt, struct arena *arena, struct account_change *change)
{
	*change = (struct account_change){
		.id = db_int(stmt, 0),
		.stall_id = db_int(stmt, 1),
		.bank_bin = arena_copy(arena, db_str(stmt, 2)),
		.account_no = arena_copy(arena, db_str(stmt, 3)),
		.holder = arena_copy(arena, db_str(stmt, 4)),
		.from_account_id = db_int(stmt, 5),
		.state = arena_copy(arena, db_str(stmt, 6)),
		.why = arena_copy(arena, db_str(stmt, 7)),
		.person = arena_copy(arena, db_str(stmt, 8)),
		.proposed_at_ms = db_int(stmt, 9),
		.delay_ms = db_int(stmt, 10),
		.second_person = arena_copy(arena, db_str(stmt, 11)),
		.approved_at_ms = db_int(stmt, 12),
		.due_at_ms = db_int(stmt, 13),
		.ended_by = arena_copy(arena, db_str(stmt, 14)),
		.ended_at_ms = db_int(stmt, 15),
	};
}

struct err
account_changes_put(struct db *db, const struct account_change *change)
{
	static const char PUT[] =
		"INSERT INTO account_change (id, stall_id, bank_bin, account_no, holder,"
		" from_account_id, state, why, person, proposed_at_ms, delay_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, change->id);
	db_bind_int(stmt, 2, change->stall_id);
	db_bind_str(stmt, 3, change->bank_bin);
	db_bind_str(stmt, 4, change->account_no);
	db_bind_str(stmt, 5, change->holder);
	db_bind_int(stmt, 6, change->from_account_id);
	db_bind_str(stmt, 7, change->state);
	db_bind_str(stmt, 8, change->why);
	db_bind_str(stmt, 9, change->person);
	db_bind_int(stmt, 10, change->proposed_at_ms);
	db_bind_int(stmt, 11, change->delay_ms);
	return db_run(stmt);
}

static void
bind_time(struct db_stmt *stmt, int at, int64_t ms)
{
	if (ms == 0)
		db_bind_null(stmt, at);
	else
		db_bind_int(stmt, at, ms);
}

struct err
account_changes_move(struct db *db, const struct account_change *change, struct str from)
{
	static const char MOVE[] =
		"UPDATE account_change SET state = $3, second_person = $4, approved_at_ms = $5,"
		" due_at_ms = $6, ended_by = $7, ended_at_ms = $8 WHERE id = $1 AND state = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, MOVE, &stmt));
	db_bind_int(stmt, 1, change->id);
	db_bind_str(stmt, 2, from);
	db_bind_str(stmt, 3, change->state);
	db_bind_str(stmt, 4, change->second_person);
	bind_time(stmt, 5, change->approved_at_ms);
	bind_time(stmt, 6, change->due_at_ms);
	db_bind_str(stmt, 7, change->ended_by);
	bind_time(stmt, 8, change->ended_at_ms);
	return db_change_one(stmt, "the change of account is no longer what it was");
}

struct err
account_changes_get(struct db *db, struct arena *arena, int64_t id, struct account_change *change)
{
	static const char GET[] = "SELECT " COLUMNS " FROM account_change c WHERE c.id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, id);
	TRY(db_one(stmt, "no change of account has that id; `chopay account list` shows all"));
	read_change(stmt, arena, change);
	db_reset(stmt);
	return OK;
}

struct err
account_changes_open(
	struct db *db, struct arena *arena, int64_t stall_id, struct account_change *change)
{
	static const char OPEN[] = "SELECT " COLUMNS " FROM account_change c WHERE c.stall_id = $1"
				   " AND c.state IN ('proposed', 'approved')"
				   " ORDER BY c.id DESC LIMIT 1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, OPEN, &stmt));
	db_bind_int(stmt, 1, stall_id);
	TRY(db_one(stmt, "no change of account is under way"));
	read_change(stmt, arena, change);
	db_reset(stmt);
	return OK;
}

static struct err
read_all(struct db_stmt *stmt, struct arena *arena, struct account_change *changes, size_t *count)
{
	struct db_rows rows = db_rows(stmt);

	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_change(stmt, arena, &changes[*count]);
	return rows.err;
}

struct err
account_changes_list(struct db *db, struct arena *arena, int64_t before, size_t max,
	struct account_change *changes, size_t *count)
{
	static const char LIST[] = "SELECT " COLUMNS " FROM account_change c"
				   " WHERE ($1 = 0 OR c.id < $1) ORDER BY c.id DESC LIMIT $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, before);
	db_bind_int(stmt, 2, (int64_t)max);
	return read_all(stmt, arena, changes, count);
}

struct err
account_changes_due(struct db *db, struct arena *arena, int64_t now_ms, size_t max,
	struct account_change *changes, size_t *count)
{
	static const char DUE[] = "SELECT " COLUMNS " FROM account_change c"
				  " WHERE c.state = 'approved' AND c.due_at_ms <= $1"
				  " ORDER BY c.due_at_ms LIMIT $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, DUE, &stmt));
	db_bind_int(stmt, 1, now_ms);
	db_bind_int(stmt, 2, (int64_t)max);
	return read_all(stmt, arena, changes, count);
}
