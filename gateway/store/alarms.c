/* Alarms that a person must look at, who closed them, and what is watched in the background. */
#include "chopay/alarms.h"

#include "seals.h"

/* ---- alarms -------------------------------------------------------------------------------- */

struct err
alarms_put(struct db *db, int64_t id, struct str kind, struct str subject, struct str detail,
	int64_t now_ms)
{
	static const char PUT[] =
		"INSERT INTO alarm (id, kind, subject, detail, created_at_ms, seal)"
		" VALUES ($1, $2, $3, $4, $5, $6)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_seal_begin(stmt);
	db_bind_int(stmt, 1, id);
	db_bind_str(stmt, 2, kind);
	db_bind_str(stmt, 3, subject);
	db_bind_str(stmt, 4, detail);
	db_bind_int(stmt, 5, now_ms);
	return db_run_sealed(stmt, 6, SEALED_ALARM, NULL);
}

#define ALARM_ROWS                                                                                \
	"SELECT a.id, a.kind, a.subject, a.detail, a.created_at_ms, coalesce(c.closed_at_ms, 0)," \
	" coalesce(c.person, ''), coalesce(c.why, '')"                                            \
	" FROM alarm a LEFT JOIN alarm_closing c ON c.alarm_id = a.id"

static void
read_alarm(struct db_stmt *stmt, struct arena *arena, struct alarm *alarm)
{
	*alarm = (struct alarm){
		.id = db_int(stmt, 0),
		.kind = arena_copy(arena, db_str(stmt, 1)),
		.subject = arena_copy(arena, db_str(stmt, 2)),
		.detail = arena_copy(arena, db_str(stmt, 3)),
		.created_at_ms = db_int(stmt, 4),
		.closed_at_ms = db_int(stmt, 5),
		.closed_by = arena_copy(arena, db_str(stmt, 6)),
		.why = arena_copy(arena, db_str(stmt, 7)),
	};
}

struct err
alarms_list(struct db *db, struct arena *arena, const struct alarm_filter *filter, int64_t before,
	size_t max, struct alarm *alarms, size_t *count)
{
	static const char LIST[] = ALARM_ROWS " WHERE ($1 = 0 OR a.id < $1)"
					      " AND ($2 = '' OR a.kind = $2)"
					      " AND ($3 = 0 OR ($3 = 1) = (c.alarm_id IS NULL))"
					      " ORDER BY a.id DESC LIMIT $4";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, before);
	db_bind_str(stmt, 2, filter->kind);
	db_bind_int(stmt, 3, (int64_t)filter->state);
	db_bind_int(stmt, 4, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		read_alarm(stmt, arena, &alarms[*count]);
	return rows.err;
}

struct err
alarms_get(struct db *db, struct arena *arena, int64_t id, struct alarm *alarm)
{
	static const char GET[] = ALARM_ROWS " WHERE a.id = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, id);
	TRY(db_one(stmt, "no alarm has that id"));
	read_alarm(stmt, arena, alarm);
	db_reset(stmt);
	return OK;
}

static struct err
count_rows(struct db *db, const char *sql, int64_t *count)
{
	struct db_stmt *stmt;

	TRY(db_prepare(db, sql, &stmt));
	TRY(db_one(stmt, "alarm"));
	*count = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

struct err
alarms_count(struct db *db, int64_t *count)
{
	return count_rows(db, "SELECT count(*) FROM alarm", count);
}

struct err
alarms_count_open(struct db *db, int64_t *count)
{
	return count_rows(db,
		"SELECT count(*) FROM alarm a WHERE NOT EXISTS"
		" (SELECT 1 FROM alarm_closing c WHERE c.alarm_id = a.id)",
		count);
}

struct err
alarms_close(struct db *db, int64_t id, struct str person, struct str why, int64_t now_ms)
{
	static const char CLOSE[] =
		"INSERT INTO alarm_closing (alarm_id, person, why, closed_at_ms)"
		" VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
	struct db_stmt *stmt;
	bool closed;

	TRY(db_prepare(db, CLOSE, &stmt));
	db_bind_int(stmt, 1, id);
	db_bind_str(stmt, 2, person);
	db_bind_str(stmt, 3, why);
	db_bind_int(stmt, 4, now_ms);
	TRY(db_run_changed(stmt, &closed));
	return closed ? OK : FAIL(ERR_CONFLICT, "somebody closed that alarm already");
}

/* ---- what is watched ------------------------------------------------------------------------ */

struct err
watched_list(struct db *db, struct arena *arena, struct str kind, size_t max,
	struct watched *watched, size_t *count)
{
	static const char LIST[] = "SELECT kind, subject FROM watched WHERE kind = $1"
				   " ORDER BY subject LIMIT $2";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_str(stmt, 1, kind);
	db_bind_int(stmt, 2, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		watched[*count] = (struct watched){arena_copy(arena, db_str(stmt, 0)),
			arena_copy(arena, db_str(stmt, 1)), STR("")};
	return rows.err;
}

struct err
watched_put(struct db *db, const struct watched *watched, int64_t alarm_id, int64_t now_ms)
{
	static const char PUT[] = "INSERT INTO watched (kind, subject, alarm_id, since_ms)"
				  " VALUES ($1, $2, $3, $4)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, watched->kind);
	db_bind_str(stmt, 2, watched->subject);
	db_bind_int(stmt, 3, alarm_id);
	db_bind_int(stmt, 4, now_ms);
	return db_run(stmt);
}

struct err
watched_drop(struct db *db, struct str kind, struct str subject)
{
	static const char DROP[] = "DELETE FROM watched WHERE kind = $1 AND subject = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, DROP, &stmt));
	db_bind_str(stmt, 1, kind);
	db_bind_str(stmt, 2, subject);
	return db_run(stmt);
}

/* ---- when endpoints were called -------------------------------------------------------------
 */

static struct err
forget_days(struct db *db, int32_t from_day)
{
	static const char FORGET[] = "DELETE FROM endpoint_day WHERE day >= $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FORGET, &stmt));
	db_bind_int(stmt, 1, from_day);
	return db_run(stmt);
}

/* A sum of different powers of two is their bits together, on both engines. */
struct err
endpoint_days_count(struct db *db, int32_t from_day, int64_t after)
{
	static const char COUNT[] =
		"INSERT INTO endpoint_day (endpoint_id, day, deliveries, hours, last_ms)"
		" SELECT endpoint_id, day, count(*), CAST(sum(DISTINCT bit) AS BIGINT), max(at)"
		" FROM (SELECT endpoint_id, received_at_ms AS at,"
		"  (received_at_ms + 25200000) / 86400000 AS day,"
		"  CAST(1 AS BIGINT) << CAST((received_at_ms + 25200000) / 3600000 % 24 AS INTEGER)"
		"   AS bit"
		"  FROM delivery WHERE id > $1) AS came"
		" WHERE day >= $2 GROUP BY endpoint_id, day";
	struct db_stmt *stmt;

	TRY(forget_days(db, from_day));
	TRY(db_prepare(db, COUNT, &stmt));
	db_bind_int(stmt, 1, after);
	db_bind_int(stmt, 2, from_day);
	return db_run(stmt);
}

struct err
endpoint_days_last(struct db *db, int32_t *day)
{
	static const char LAST[] = "SELECT coalesce(max(day), $1) FROM endpoint_day";
	struct db_stmt *stmt;

	TRY(db_prepare(db, LAST, &stmt));
	db_bind_int(stmt, 1, DAY_FIRST);
	TRY(db_one(stmt, "endpoint_day"));
	*day = (int32_t)db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

struct err
endpoint_days_walk(struct db *db, int32_t from_day,
	struct err (*each)(void *arg, const struct endpoint_day *day), void *arg)
{
	static const char WALK[] = "SELECT endpoint_id, day, deliveries, hours, last_ms"
				   " FROM endpoint_day WHERE day >= $1 ORDER BY endpoint_id, day";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, WALK, &stmt));
	db_bind_int(stmt, 1, from_day);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		const struct endpoint_day day = {db_str(stmt, 0), (int32_t)db_int(stmt, 1),
			db_int(stmt, 2), (uint32_t)db_int(stmt, 3), db_int(stmt, 4)};

		rows.err = each(arg, &day);
	}
	return rows.err;
}

struct err
endpoint_calls_list(struct db *db, struct arena *arena, int64_t after, int64_t from_ms, size_t max,
	struct endpoint_day *calls, size_t *count)
{
	static const char CALLS[] = "SELECT endpoint_id, count(*), max(received_at_ms)"
				    " FROM delivery WHERE id > $1 AND received_at_ms >= $2"
				    " GROUP BY endpoint_id LIMIT $3";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, CALLS, &stmt));
	db_bind_int(stmt, 1, after);
	db_bind_int(stmt, 2, from_ms);
	db_bind_int(stmt, 3, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		calls[*count] = (struct endpoint_day){
			.endpoint_id = arena_copy(arena, db_str(stmt, 0)),
			.deliveries = db_int(stmt, 1),
			.last_ms = db_int(stmt, 2),
		};
	return rows.err;
}
