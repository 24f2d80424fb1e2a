/* The numbered schema steps: run those that are missing, refuse a store from the future. */
#include <stdlib.h>
#include <string.h>

#include "chopay/asset.h"
#include "chopay/log.h"
#include "seals.h"

#define SCHEMA_FOLDER "gateway/store/schema/"
#define STEPS_MAX 1000
#define SEALS_STEP 2 /* seals the rows of before */

/* The one place where the engines' dialects of the schema differ: three type names, a mark on a
 * table, and one on a line that only PostgreSQL runs. */
static void
translate(struct db *db, struct str sql, struct buf *out)
{
	static const char *const words[] = {
		"BIGINT", "BYTEA", "TEXT", "/*STRICT*/", "/*POSTGRES*/"};

	while (sql.len > 0) {
		size_t i;

		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if (str_starts(sql, str_from(words[i])))
				break;
		}
		if (i == sizeof(words) / sizeof(words[0])) {
			buf_addc(out, sql.ptr[0]);
			sql = str_cut(sql, 1, sql.len);
			continue;
		}
		buf_adds(out, db->driver->dialect(words[i]));
		sql = str_cut(sql, strlen(words[i]), sql.len);
	}
}

/* Step `number`'s text ("gateway/store/schema/0001-initial.sql"); false when there is none. */
static bool
find_step(int64_t number, const char **path, struct str *sql)
{
	for (size_t n = 0; asset_list(SCHEMA_FOLDER, n, path, sql); n++) {
		if (strtoll(*path + strlen(SCHEMA_FOLDER), NULL, 10) == number)
			return true;
	}
	return false;
}

static struct err
step_reached(struct db *db, int64_t *number)
{
	static const char LAST[] = "SELECT coalesce(max(number), 0) FROM schema_step";
	struct db_stmt *stmt;

	TRY(db_prepare(db, LAST, &stmt));
	TRY(db_one(stmt, "schema_step"));
	*number = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}

static struct err
run_step(struct db *db, int64_t number, const char *path, struct str sql, int64_t now_ms)
{
	static const char DONE[] =
		"INSERT INTO schema_step (number, name, applied_at_ms) VALUES ($1, $2, $3)";
	struct buf translated CLEANUP(buf_fini) = {0};
	struct db_stmt *stmt;

	translate(db, sql, &translated);
	TRY(db_exec(db, translated.ptr));
	TRY(db_prepare(db, DONE, &stmt));
	db_bind_int(stmt, 1, number);
	db_bind_str(stmt, 2, str_from(path + strlen(SCHEMA_FOLDER)));
	db_bind_int(stmt, 3, now_ms);
	return db_run(stmt);
}

static struct err
refuse_newer(int64_t reached)
{
	const char *path;
	struct str sql;

	if (reached > 0 && !find_step(reached, &path, &sql))
		return FAIL(ERR_INVALID,
			"the data was written by a newer chopay; install that version or newer");
	return OK;
}

static struct err
make_step_table(struct db *db)
{
	struct buf sql CLEANUP(buf_fini) = {0};

	translate(db,
		STR("CREATE TABLE IF NOT EXISTS schema_step (number BIGINT NOT NULL PRIMARY KEY,"
		    " name TEXT NOT NULL, applied_at_ms BIGINT NOT NULL)"),
		&sql);
	return db_exec(db, sql.ptr);
}

/* What a program does for a step it does with the newest schema, the only one it knows. */
static struct err
run_missing(struct db *db, int64_t now_ms)
{
	const char *path;
	struct str sql;
	int64_t reached, number;

	if (db->driver->lock_schema != NULL)
		TRY(db->driver->lock_schema(db));
	TRY(make_step_table(db));
	TRY(step_reached(db, &reached));
	TRY(refuse_newer(reached));
	for (number = reached + 1; number <= STEPS_MAX && find_step(number, &path, &sql); number++)
		TRY(run_step(db, number, path, sql, now_ms));
	return reached < SEALS_STEP ? seals_begin_store(db) : OK;
}

/* All of it or nothing; another process may have been waiting to do the same. */
struct err
store_migrate(struct db *db, int64_t now_ms)
{
	struct err err;

	TRY(store_begin(db));
	err = run_missing(db, now_ms);
	if (err.code != ERR_OK) {
		store_rollback(db);
		return err;
	}
	TRY(store_commit(db));
	return seals_load(db);
}

struct err
store_check_schema(struct db *db)
{
	static const char EXISTS[] = "SELECT 1 FROM schema_step LIMIT 1";
	const char *path;
	struct str sql;
	struct db_stmt *stmt;
	int64_t reached;

	if (db_prepare(db, EXISTS, &stmt).code != ERR_OK)
		return FAIL(ERR_BROKEN, "this is not a chopay store");
	TRY(step_reached(db, &reached));
	TRY(refuse_newer(reached));
	if (find_step(reached + 1, &path, &sql))
		return FAIL(ERR_CONFLICT, "the data is from an older chopay; start `chopay serve` "
					  "once to bring it up to date");
	return OK;
}
