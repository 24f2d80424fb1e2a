/* Leases: which node runs a background job, and which one gives ids with a writer's number.
 *
 * A token rises each time another one gets the lease.  Whoever writes under a lease looks for its
 * row in the same transaction, by its token: had it been given away, nothing matches, and until we
 * commit nobody can give it away. */
#include "db.h"

/* ---- jobs ---------------------------------------------------------------------------------------
 */

struct err
lease_take(struct db *db, const struct lease *lease, int64_t now_ms, int64_t *token)
{
	static const char TAKE[] =
		"INSERT INTO lease (name, node, token, until_ms) VALUES ($1, $2, 1, $3)"
		" ON CONFLICT (name) DO UPDATE SET node = excluded.node,"
		" until_ms = excluded.until_ms, token = lease.token"
		" + CASE WHEN lease.node = excluded.node THEN 0 ELSE 1 END"
		" WHERE lease.node = excluded.node OR lease.until_ms <= $4 RETURNING token";
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, TAKE, &stmt));
	db_bind_str(stmt, 1, lease->name);
	db_bind_str(stmt, 2, lease->node);
	db_bind_int(stmt, 3, now_ms + lease->for_ms);
	db_bind_int(stmt, 4, now_ms);
	TRY(db_step(stmt, &row));
	if (!row)
		return FAIL(ERR_CONFLICT, "another node has the lease");
	*token = db_int(stmt, 0);
	return db_run(stmt);
}

struct err
lease_check(struct db *db, struct str name, int64_t token)
{
#define HELD "SELECT token FROM lease WHERE name = $1 AND token = $2 AND node <> ''"
	static const char LOOK[] = HELD;
	/* Until we commit nobody gets it; several that hold it do not wait for each other. */
	static const char HOLD[] = HELD " FOR SHARE";
#undef HELD
	struct db_stmt *stmt;
	struct err err;

	TRY(db_prepare(db, db->driver->shared ? HOLD : LOOK, &stmt));
	db_bind_str(stmt, 1, name);
	db_bind_int(stmt, 2, token);
	err = db_one(stmt, "lease");
	db_reset(stmt);
	return err.code == ERR_NOT_FOUND ? FAIL(ERR_CONFLICT, "the lease was given to another node")
					 : err;
}

struct err
lease_release(struct db *db, struct str name, int64_t token)
{
	static const char RELEASE[] =
		"UPDATE lease SET node = '', until_ms = 0 WHERE name = $1 AND token = $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, RELEASE, &stmt));
	db_bind_str(stmt, 1, name);
	db_bind_int(stmt, 2, token);
	return db_run(stmt);
}

/* ---- writers ------------------------------------------------------------------------------------
 */

static struct err
take_free_number(struct db *db, struct writer_lease *lease, int64_t now_ms, int64_t until_ms)
{
	static const char TAKE[] =
		"UPDATE writer SET node = $1, token = token + 1, until_ms = $2, knows = $4"
		" WHERE until_ms <= $3"
		" AND number = (SELECT min(number) FROM writer WHERE until_ms <= $3)"
		" RETURNING number, token";
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, TAKE, &stmt));
	db_bind_str(stmt, 1, lease->node);
	db_bind_int(stmt, 2, until_ms);
	db_bind_int(stmt, 3, now_ms);
	db_bind_int(stmt, 4, store_newest_step());
	TRY(db_step(stmt, &row));
	lease->token = 0;
	if (!row)
		return OK;
	lease->number = (int)db_int(stmt, 0);
	lease->token = db_int(stmt, 1);
	return db_run(stmt);
}

static struct err
make_number(struct db *db, struct writer_lease *lease, int64_t until_ms)
{
	static const char MAKE[] =
		"INSERT INTO writer (number, last_id, node, token, until_ms, knows)"
		" SELECT max(number) + 1, max(last_id), $1, 1, $2, $4 FROM writer HAVING max(number) < $3"
		" ON CONFLICT DO NOTHING RETURNING number, token";
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, MAKE, &stmt));
	db_bind_str(stmt, 1, lease->node);
	db_bind_int(stmt, 2, until_ms);
	db_bind_int(stmt, 3, WRITERS_MAX - 1);
	db_bind_int(stmt, 4, store_newest_step());
	TRY(db_step(stmt, &row));
	if (!row)
		return FAIL(ERR_BUSY, "every number of a writer is taken");
	lease->number = (int)db_int(stmt, 0);
	lease->token = db_int(stmt, 1);
	return db_run(stmt);
}

struct err
writers_take(struct db *db, struct writer_lease *lease, int64_t now_ms, int64_t for_ms)
{
	TRY(take_free_number(db, lease, now_ms, now_ms + for_ms));
	return lease->token != 0 ? OK : make_number(db, lease, now_ms + for_ms);
}

struct err
writers_renew(struct db *db, const struct writer_lease *lease, int64_t until_ms)
{
	static const char RENEW[] =
		"UPDATE writer SET until_ms = $3 WHERE number = $1 AND token = $2";
	struct db_stmt *stmt;
	bool held;

	TRY(db_prepare(db, RENEW, &stmt));
	db_bind_int(stmt, 1, lease->number);
	db_bind_int(stmt, 2, lease->token);
	db_bind_int(stmt, 3, until_ms);
	TRY(db_run_changed(stmt, &held));
	return held ? OK : FAIL(ERR_BUSY, "this writer's number was given to another node");
}

struct err
writers_release(struct db *db, const struct writer_lease *lease)
{
	return writers_renew(db, lease, 0);
}

struct err
writers_mark(struct db *db, const struct writer_lease *lease, int64_t last_id, int64_t until_ms,
	int64_t *receivers)
{
	static const char MARK[] = "UPDATE writer SET last_id = $3, until_ms = $4"
				   " WHERE number = $1 AND token = $2 RETURNING receivers";
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, MARK, &stmt));
	db_bind_int(stmt, 1, lease->number);
	db_bind_int(stmt, 2, lease->token);
	db_bind_int(stmt, 3, last_id);
	db_bind_int(stmt, 4, until_ms);
	TRY(db_step(stmt, &row));
	if (!row)
		return FAIL(ERR_BUSY, "this writer's number was given to another node");
	*receivers = db_int(stmt, 0);
	return db_run(stmt);
}

struct err
writers_receivers(struct db *db, const struct writer_lease *lease, int64_t *receivers)
{
	static const char GET[] = "SELECT receivers FROM writer WHERE number = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_int(stmt, 1, lease->number);
	TRY(db_one(stmt, "no writer has that number"));
	*receivers = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

/* The row of each: whoever commits with the old list meanwhile has to begin anew. */
struct err
writers_tell_receivers(struct db *db)
{
	static const char TELL[] = "UPDATE writer SET receivers = receivers + 1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, TELL, &stmt));
	return db_run(stmt);
}

struct err
writers_at_work(struct db *db, int64_t now_ms, int64_t *writers, int64_t *last_id)
{
	static const char WORK[] =
		"SELECT coalesce(sum(CASE WHEN until_ms > $1 THEN 1 ELSE 0 END), 0),"
		" coalesce(max(last_id), 0) FROM writer";
	struct db_stmt *stmt;

	TRY(db_prepare(db, WORK, &stmt));
	db_bind_int(stmt, 1, now_ms);
	TRY(db_one(stmt, "writer"));
	*writers = db_int(stmt, 0);
	*last_id = db_int(stmt, 1);
	db_reset(stmt);
	return OK;
}

struct err
store_last_id(struct db *db, int writer, int64_t *id)
{
	static const char LAST[] = "SELECT last_id FROM writer WHERE number = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, LAST, &stmt));
	db_bind_int(stmt, 1, writer);
	TRY(db_one(stmt, "no writer has that number"));
	*id = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

struct err
store_mark_id(struct db *db, int writer, int64_t token, int64_t id)
{
	static const char MARK[] =
		"UPDATE writer SET last_id = $3 WHERE number = $1 AND token = $2";
	struct db_stmt *stmt;
	bool held;

	TRY(db_prepare(db, MARK, &stmt));
	db_bind_int(stmt, 1, writer);
	db_bind_int(stmt, 2, token);
	db_bind_int(stmt, 3, id);
	TRY(db_run_changed(stmt, &held));
	return held ? OK : FAIL(ERR_BUSY, "this writer's number was given to another node");
}
