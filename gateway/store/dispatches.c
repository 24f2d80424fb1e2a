/* Dispatches: each notice on its way to each receiver, and the log of the attempts. */
#include "db.h"

struct err
dispatches_put(struct db *db, const struct dispatch *dispatch)
{
	static const char PUT[] =
		"INSERT INTO dispatch (receiver_id, notice_id, body, state, attempts, tries,"
		" first_try_ms, next_try_ms) VALUES ($1, $2, $3, 'waiting', 0, 0, 0, 0)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, dispatch->receiver_id);
	db_bind_int(stmt, 2, dispatch->notice_id);
	db_bind_str(stmt, 3, dispatch->body);
	return db_run(stmt);
}

struct err
dispatches_set(struct db *db, const struct dispatch *dispatch)
{
	static const char SET[] =
		"UPDATE dispatch SET state = $3, attempts = $4, tries = $5, first_try_ms = $6,"
		" next_try_ms = $7, done_at_ms = $8 WHERE receiver_id = $1 AND notice_id = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, SET, &stmt));
	db_bind_int(stmt, 1, dispatch->receiver_id);
	db_bind_int(stmt, 2, dispatch->notice_id);
	db_bind_str(stmt, 3, dispatch->state);
	db_bind_int(stmt, 4, dispatch->attempts);
	db_bind_int(stmt, 5, dispatch->tries);
	db_bind_int(stmt, 6, dispatch->first_try_ms);
	db_bind_int(stmt, 7, dispatch->next_try_ms);
	if (dispatch->done_at_ms == 0)
		db_bind_null(stmt, 8);
	else
		db_bind_int(stmt, 8, dispatch->done_at_ms);
	return db_change_one(stmt, "no such dispatch");
}

#define DISPATCH_COLUMNS                                               \
	"SELECT receiver_id, notice_id, body, state, attempts, tries," \
	" first_try_ms, next_try_ms, coalesce(done_at_ms, 0) FROM dispatch"

static void
read_dispatch(struct db_stmt *stmt, struct arena *arena, struct dispatch *dispatch)
{
	*dispatch = (struct dispatch){
		.receiver_id = db_int(stmt, 0),
		.notice_id = db_int(stmt, 1),
		.body = arena_copy(arena, db_str(stmt, 2)),
		.state = arena_copy(arena, db_str(stmt, 3)),
		.attempts = db_int(stmt, 4),
		.tries = db_int(stmt, 5),
		.first_try_ms = db_int(stmt, 6),
		.next_try_ms = db_int(stmt, 7),
		.done_at_ms = db_int(stmt, 8),
	};
}

struct err
dispatches_waiting(struct db *db, struct arena *arena, int64_t receiver_id, size_t max,
	struct dispatch *dispatches, size_t *count)
{
	static const char WAITING[] = DISPATCH_COLUMNS
		" WHERE receiver_id = $1 AND state = 'waiting' ORDER BY notice_id LIMIT $2";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WAITING, &stmt));
	db_bind_int(stmt, 1, receiver_id);
	db_bind_int(stmt, 2, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_dispatch(stmt, arena, &dispatches[*count]);
	return rows.err;
}

struct err
dispatches_repeat(struct db *db, int64_t receiver_id, int64_t from, int64_t to, int64_t *count)
{
	static const char REPEAT[] =
		"UPDATE dispatch SET state = 'waiting', tries = 0, first_try_ms = 0,"
		" next_try_ms = 0, done_at_ms = NULL"
		" WHERE receiver_id = $1 AND notice_id BETWEEN $2 AND $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, REPEAT, &stmt));
	db_bind_int(stmt, 1, receiver_id);
	db_bind_int(stmt, 2, from);
	db_bind_int(stmt, 3, to);
	return db_run_counted(stmt, count);
}

struct err
dispatches_restart(struct db *db, int64_t receiver_id)
{
	static const char RESTART[] =
		"UPDATE dispatch SET tries = 0, first_try_ms = 0, next_try_ms = 0"
		" WHERE receiver_id = $1 AND state = 'waiting' AND tries > 0";
	struct db_stmt *stmt;

	TRY(db_prepare(db, RESTART, &stmt));
	db_bind_int(stmt, 1, receiver_id);
	return db_run(stmt);
}

struct err
dispatches_count(struct db *db, int64_t receiver_id, struct dispatch_counts *counts)
{
	static const char COUNT[] =
		"SELECT (SELECT count(*) FROM dispatch"
		" WHERE receiver_id = $1 AND state = 'waiting'),"
		" (SELECT count(*) FROM dispatch WHERE receiver_id = $1 AND state = 'dead')";
	struct db_stmt *stmt;

	TRY(db_prepare(db, COUNT, &stmt));
	db_bind_int(stmt, 1, receiver_id);
	TRY(db_one(stmt, "dispatch"));
	*counts = (struct dispatch_counts){db_int(stmt, 0), db_int(stmt, 1)};
	db_reset(stmt);
	return OK;
}

/* The log first, while its notices can still be found. */
struct err
dispatches_prune(struct db *db, int64_t before_ms, size_t max, size_t *gone)
{
#define OLD                                              \
	" (SELECT receiver_id, notice_id FROM dispatch"  \
	" WHERE state = 'delivered' AND done_at_ms < $1" \
	" ORDER BY done_at_ms, receiver_id, notice_id LIMIT $2)"
	static const char LOG[] =
		"DELETE FROM dispatch_attempt WHERE (receiver_id, notice_id) IN" OLD;
	static const char ROWS[] = "DELETE FROM dispatch WHERE (receiver_id, notice_id) IN" OLD;
#undef OLD
	static const char *const both[] = {LOG, ROWS};
	struct db_stmt *stmt;
	int64_t count = 0;

	for (int i = 0; i < 2; i++) {
		TRY(db_prepare(db, both[i], &stmt));
		db_bind_int(stmt, 1, before_ms);
		db_bind_int(stmt, 2, (int64_t)max);
		TRY(db_run_counted(stmt, &count));
	}
	*gone = (size_t)count;
	return OK;
}

/* ---- the log ------------------------------------------------------------------------------ */

struct err
attempts_put(struct db *db, int64_t receiver_id, const struct dispatch_attempt *attempt)
{
	static const char PUT[] =
		"INSERT INTO dispatch_attempt (receiver_id, id, notice_id, attempt, at_ms,"
		" took_ms, status, error) SELECT $1, coalesce(max(id), 0) + 1, $2, $3, $4, $5,"
		" $6, $7 FROM dispatch_attempt WHERE receiver_id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, receiver_id);
	db_bind_int(stmt, 2, attempt->notice_id);
	db_bind_int(stmt, 3, attempt->attempt);
	db_bind_int(stmt, 4, attempt->at_ms);
	db_bind_int(stmt, 5, attempt->took_ms);
	db_bind_int(stmt, 6, attempt->status);
	db_bind_str(stmt, 7, attempt->error);
	return db_run(stmt);
}

struct err
attempts_list(struct db *db, struct arena *arena, int64_t receiver_id, int64_t before, size_t max,
	struct dispatch_attempt *attempts, size_t *count)
{
	static const char LIST[] =
		"SELECT a.id, a.notice_id, a.attempt, a.at_ms, a.took_ms, a.status, a.error,"
		" d.state FROM dispatch_attempt a JOIN dispatch d"
		" ON d.receiver_id = a.receiver_id AND d.notice_id = a.notice_id"
		" WHERE a.receiver_id = $1 AND a.id < $2 ORDER BY a.id DESC LIMIT $3";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, receiver_id);
	db_bind_int(stmt, 2, before == 0 ? INT64_MAX : before);
	db_bind_int(stmt, 3, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++) {
		struct dispatch_attempt *a = &attempts[*count];

		*a = (struct dispatch_attempt){
			.id = db_int(stmt, 0),
			.notice_id = db_int(stmt, 1),
			.attempt = db_int(stmt, 2),
			.at_ms = db_int(stmt, 3),
			.took_ms = db_int(stmt, 4),
			.status = db_int(stmt, 5),
			.error = arena_copy(arena, db_str(stmt, 6)),
			.state = arena_copy(arena, db_str(stmt, 7)),
		};
	}
	return rows.err;
}
