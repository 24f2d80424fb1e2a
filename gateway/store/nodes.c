/* What nodes on one store learn of each other: that there is something to see, and what. */
#include "db.h"

/* ---- that there is something ---------------------------------------------------------------- */

struct err
store_listen(struct db *db, bool *hears)
{
	*hears = false;
	return db->driver->listen == NULL ? OK : db->driver->listen(db, hears);
}

struct err
store_wait(struct db *db, int fd, int for_ms, bool *heard)
{
	if (db->driver->wait == NULL)
		return FAIL(ERR_BROKEN, "this store has nobody to wait for");
	return db->driver->wait(db, fd, for_ms, heard);
}

struct err
store_tell(struct db *db)
{
	return db->driver->tell == NULL ? OK : db->driver->tell(db);
}

struct err
store_clock_ms(struct db *db, int64_t *now_ms)
{
	if (db->driver->clock != NULL)
		return db->driver->clock(db, now_ms);
	*now_ms = clock_now_ms(&(struct clock){0});
	return OK;
}

/* ---- what was changed -------------------------------------------------------------------------
 */

struct err
changes_put(struct db *db, enum store_change what)
{
	static const char PUT[] = "UPDATE change SET number = number + 1 WHERE what = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_int(stmt, 1, what);
	TRY(db_run(stmt));
	return store_tell(db);
}

struct err
changes_get(struct db *db, int64_t numbers[STORE_CHANGES])
{
	static const char GET[] = "SELECT what, number FROM change";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, GET, &stmt));
	rows = db_rows(stmt);
	while (db_rows_next(&rows)) {
		int64_t what = db_int(stmt, 0);

		if (what >= 0 && what < STORE_CHANGES) /* else a newer chopay's */
			numbers[what] = db_int(stmt, 1);
	}
	return rows.err;
}

/* ---- who wrote, and how far -------------------------------------------------------------------
 */

struct err
writers_list(struct db *db, struct str node, int64_t now_ms, struct writer_mark marks[WRITERS_MAX],
	size_t *count)
{
	static const char LIST[] =
		"SELECT number, last_id, CASE WHEN node = $1 THEN 1 ELSE 0 END,"
		" CASE WHEN until_ms > $2 THEN 1 ELSE 0 END FROM writer ORDER BY number LIMIT $3";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_str(stmt, 1, node);
	db_bind_int(stmt, 2, now_ms);
	db_bind_int(stmt, 3, WRITERS_MAX);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++)
		marks[*count] = (struct writer_mark){
			.number = (int)db_int(stmt, 0),
			.last_id = db_int(stmt, 1),
			.ours = db_int(stmt, 2) != 0,
			.alive = db_int(stmt, 3) != 0,
		};
	return rows.err;
}
