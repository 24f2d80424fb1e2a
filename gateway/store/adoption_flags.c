/* Payments that a rule took out of the index, and who let them in again. */
#include "adoption.h"

struct err
flags_put(struct db *db, const struct adoption_flag *flag)
{
	static const char PUT[] =
		"INSERT INTO adoption_flag (stall_id, rule, subject, day, amount, evidence,"
		" version) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		" ON CONFLICT (stall_id, rule, subject) DO UPDATE SET day = excluded.day,"
		" amount = excluded.amount, evidence = excluded.evidence,"
		" version = excluded.version";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, flag->stall_id);
	db_bind_str(stmt, 2, flag->rule);
	db_bind_int(stmt, 3, flag->subject);
	db_bind_int(stmt, 4, flag->day);
	db_bind_int(stmt, 5, flag->amount.dong);
	db_bind_str(stmt, 6, flag->evidence);
	db_bind_int(stmt, 7, flag->version);
	return db_run(stmt);
}

struct err
flags_drop(struct db *db, int64_t stall_id, struct str rule, int64_t subject)
{
	static const char DROP[] = "DELETE FROM adoption_flag"
				   " WHERE stall_id = $1 AND rule = $2 AND subject = $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, DROP, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_str(stmt, 2, rule);
	db_bind_int(stmt, 3, subject);
	return db_run(stmt);
}

#define FLAGS                                                                           \
	"SELECT f.stall_id, f.rule, f.subject, f.day, f.amount, f.evidence, f.version," \
	" CASE WHEN r.confirmed_at_ms IS NULL THEN 0 ELSE 1 END FROM adoption_flag f"   \
	" LEFT JOIN flag_release r ON r.stall_id = f.stall_id AND r.rule = f.rule"      \
	" AND r.subject = f.subject"

static struct err
walk_flags(struct db_stmt *stmt, struct err (*each)(void *arg, const struct adoption_flag *flag),
	void *arg)
{
	struct adoption_flag flag;
	struct db_rows rows;

	rows = db_rows(stmt);
	while (db_rows_next(&rows)) {
		flag = (struct adoption_flag){
			.stall_id = db_int(stmt, 0),
			.rule = db_str(stmt, 1),
			.subject = db_int(stmt, 2),
			.day = (int32_t)db_int(stmt, 3),
			.amount = {db_int(stmt, 4)},
			.evidence = db_str(stmt, 5),
			.version = db_int(stmt, 6),
			.released = db_int(stmt, 7) != 0,
		};
		rows.err = each(arg, &flag);
	}
	return rows.err;
}

struct copied_flag {
	struct arena *arena;
	struct adoption_flag *flag;
	bool there;
};

static struct err
copy_flag(void *arg, const struct adoption_flag *flag)
{
	struct copied_flag *copied = arg;

	*copied->flag = *flag;
	copied->flag->rule = arena_copy(copied->arena, flag->rule);
	copied->flag->evidence = arena_copy(copied->arena, flag->evidence);
	copied->there = true;
	return OK;
}

struct err
flags_get(struct db *db, struct arena *arena, int64_t stall_id, struct str rule, int64_t subject,
	struct adoption_flag *flag)
{
	static const char GET[] = FLAGS " WHERE f.stall_id = $1 AND f.rule = $2 AND f.subject = $3";
	struct copied_flag copied = {arena, flag, false};
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_str(stmt, 2, rule);
	db_bind_int(stmt, 3, subject);
	TRY(walk_flags(stmt, copy_flag, &copied));
	return copied.there ? OK : FAIL(ERR_NOT_FOUND, "the stall has no such flag");
}

struct err
flags_walk(struct db *db, int64_t stall_id, int32_t from_day, int32_t to_day,
	struct err (*each)(void *arg, const struct adoption_flag *flag), void *arg)
{
#define WITHIN " WHERE f.day >= $1 AND f.day <= $2"
#define IN_ORDER " ORDER BY f.day, f.stall_id, f.rule, f.subject"
	static const char OF_STALL[] = FLAGS WITHIN " AND f.stall_id = $3" IN_ORDER;
	static const char OF_ALL[] = FLAGS WITHIN IN_ORDER;
#undef WITHIN
#undef IN_ORDER
	struct db_stmt *stmt;

	TRY(db_prepare(db, stall_id == 0 ? OF_ALL : OF_STALL, &stmt));
	db_bind_int(stmt, 1, from_day);
	db_bind_int(stmt, 2, to_day);
	if (stall_id != 0)
		db_bind_int(stmt, 3, stall_id);
	db_walk(stmt);
	return walk_flags(stmt, each, arg);
}

struct err
flags_of_market(struct db *db, const struct market_day *market_day,
	struct err (*each)(void *arg, const struct adoption_flag *flag), void *arg)
{
	static const char OF_MARKET[] = FLAGS
		" JOIN stall s ON s.id = f.stall_id WHERE f.day = $1 AND " STANDING("$1", "$2");
	struct db_stmt *stmt;

	TRY(db_prepare(db, OF_MARKET, &stmt));
	db_bind_int(stmt, 1, market_day->day);
	db_bind_int(stmt, 2, market_day->market_id);
	return walk_flags(stmt, each, arg);
}

/* ---- releases ---------------------------------------------------------------------------------
 */

#define RELEASE_COLUMNS                                                               \
	"SELECT stall_id, rule, subject, person, why, proposed_at_ms, second_person," \
	" coalesce(confirmed_at_ms, 0) FROM flag_release"

static void
read_release(struct db_stmt *stmt, struct arena *arena, struct flag_release *release)
{
	*release = (struct flag_release){
		.stall_id = db_int(stmt, 0),
		.rule = arena_copy(arena, db_str(stmt, 1)),
		.subject = db_int(stmt, 2),
		.person = arena_copy(arena, db_str(stmt, 3)),
		.why = arena_copy(arena, db_str(stmt, 4)),
		.proposed_at_ms = db_int(stmt, 5),
		.second_person = arena_copy(arena, db_str(stmt, 6)),
		.confirmed_at_ms = db_int(stmt, 7),
	};
}

struct err
releases_get(struct db *db, struct arena *arena, int64_t stall_id, struct str rule, int64_t subject,
	struct flag_release *release)
{
	static const char GET[] = RELEASE_COLUMNS
		" WHERE stall_id = $1 AND rule = $2 AND subject = $3";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, stall_id);
	db_bind_str(stmt, 2, rule);
	db_bind_int(stmt, 3, subject);
	TRY(db_one(stmt, "nobody proposed to release that flag"));
	read_release(stmt, arena, release);
	db_reset(stmt);
	return OK;
}

struct err
releases_put(struct db *db, const struct flag_release *release)
{
	static const char PUT[] =
		"INSERT INTO flag_release (stall_id, rule, subject, person, why, proposed_at_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
	struct db_stmt *stmt;
	bool fresh;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, release->stall_id);
	db_bind_str(stmt, 2, release->rule);
	db_bind_int(stmt, 3, release->subject);
	db_bind_str(stmt, 4, release->person);
	db_bind_str(stmt, 5, release->why);
	db_bind_int(stmt, 6, release->proposed_at_ms);
	TRY(db_run_changed(stmt, &fresh));
	return fresh ? OK : FAIL(ERR_CONFLICT, "the release of that flag is proposed already");
}

struct err
releases_confirm(struct db *db, const struct flag_release *release)
{
	static const char CONFIRM[] =
		"UPDATE flag_release SET second_person = $4, confirmed_at_ms = $5"
		" WHERE stall_id = $1 AND rule = $2 AND subject = $3 AND confirmed_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, CONFIRM, &stmt));
	db_bind_int(stmt, 1, release->stall_id);
	db_bind_str(stmt, 2, release->rule);
	db_bind_int(stmt, 3, release->subject);
	db_bind_str(stmt, 4, release->second_person);
	db_bind_int(stmt, 5, release->confirmed_at_ms);
	return db_change_one(stmt, "nobody proposed to release that flag");
}
