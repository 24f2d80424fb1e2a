/* The numbered schema steps: run those that are missing, refuse a store from the future. */
#include <stdlib.h>
#include <string.h>

#include "chopay/asset.h"
#include "chopay/log.h"
#include "seals.h"

#define SCHEMA_FOLDER "gateway/store/schema/"
#define STEPS_MAX 1000
#define SEALS_STEP 2 /* seals the rows of before */
#define VERSIONS_STEP                                                               \
	6 /* from it on nodes tell what they know, and steps who can live with them \
	   */

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

/* ---- versions side by side --------------------------------------------------------------------
 */

/* A line of the step's head: "-- WORD", or "-- WORD: 6" with its number. */
static bool
head_says(struct str sql, struct str word, int64_t *number)
{
	while (str_starts(sql, STR("--"))) {
		ptrdiff_t end = str_find(sql, STR("\n"));
		struct str line = str_cut(sql, 0, end < 0 ? sql.len : (size_t)end);
		struct str rest = str_trim(str_cut(line, 2, line.len));

		if (str_starts(rest, word)) {
			rest = str_cut(rest, word.len, rest.len);
			if (rest.len == 0 && number == NULL)
				return true;
			if (number != NULL && str_starts(rest, STR(":")) &&
				str_to_i64(str_trim(str_cut(rest, 1, rest.len)), number).code ==
					ERR_OK)
				return true;
		}
		sql = str_cut(sql, line.len + 1, sql.len);
	}
	return false;
}

/* The newest step of the oldest program that can live with it. */
static int64_t
oldest_for(int64_t number, struct str sql)
{
	int64_t oldest = number;

	return head_says(sql, STR("oldest"), &oldest) ? oldest : number;
}

int64_t
store_newest_step(void)
{
	const char *path;
	struct str sql;
	int64_t number = 0;

	while (number < STEPS_MAX && find_step(number + 1, &path, &sql))
		number++;
	return number;
}

/* Is a node alive whose program does not know step `oldest`? */
static struct err
older_lives(struct db *db, int64_t oldest, int64_t now_ms, bool *lives)
{
	static const char OLDER[] =
		"SELECT count(*) FROM writer WHERE until_ms > $1 AND knows < $2";
	struct db_stmt *stmt;

	TRY(db_prepare(db, OLDER, &stmt));
	db_bind_int(stmt, 1, now_ms);
	db_bind_int(stmt, 2, oldest);
	TRY(db_one(stmt, "writer"));
	*lives = db_int(stmt, 0) > 0;
	db_reset(stmt);
	return OK;
}

/* False: it can wait, and does. */
static struct err
may_run(struct db *db, int64_t number, struct str sql, int64_t now_ms, bool *may)
{
	bool lives = false;

	if (number > VERSIONS_STEP)
		TRY(older_lives(db, oldest_for(number, sql), now_ms, &lives));
	*may = !lives;
	if (!lives)
		return OK;
	if (!head_says(sql, STR("contract"), NULL))
		return FAIL(ERR_CONFLICT,
			"nodes of an older chopay are running, which cannot live with this one's"
			" schema; stop them first");
	log_info("schema",
		"step %lld waits for nodes of an older chopay to end; the next start"
		" looks again",
		(long long)number);
	return OK;
}

/* ---- steps ------------------------------------------------------------------------------------
 */

static struct err
run_step(struct db *db, int64_t number, const char *path, struct str sql, int64_t now_ms)
{
	static const char DONE[] =
		"INSERT INTO schema_step (number, name, applied_at_ms) VALUES ($1, $2, $3)";
	static const char OLDEST[] = "UPDATE schema_step SET oldest = $2 WHERE number = $1";
	struct buf translated CLEANUP(buf_fini) = {0};
	struct db_stmt *stmt;

	translate(db, sql, &translated);
	TRY(db_exec(db, translated.ptr));
	TRY(db_prepare(db, DONE, &stmt));
	db_bind_int(stmt, 1, number);
	db_bind_str(stmt, 2, str_from(path + strlen(SCHEMA_FOLDER)));
	db_bind_int(stmt, 3, now_ms);
	TRY(db_run(stmt));
	if (number < VERSIONS_STEP)
		return OK;
	TRY(db_prepare(db, OLDEST, &stmt));
	db_bind_int(stmt, 1, number);
	db_bind_int(stmt, 2, oldest_for(number, sql));
	return db_run(stmt);
}

/* A newer program has been here: can this one live with all that it did? */
static struct err
refuse_newer(struct db *db, int64_t reached)
{
	static const char OLDEST[] =
		"SELECT coalesce(max(coalesce(oldest, number)), 0) FROM schema_step";
	struct db_stmt *stmt;
	int64_t newest = store_newest_step(), oldest;

	if (reached <= newest)
		return OK;
	TRY(db_prepare(db, OLDEST, &stmt));
	TRY(db_one(stmt, "schema_step"));
	oldest = db_int(stmt, 0);
	db_reset(stmt);
	return oldest <= newest ? OK
				: FAIL(ERR_INVALID, "the data was written by a newer chopay;"
						    " install that version or newer");
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
	bool may = true;

	if (db->driver->lock_schema != NULL)
		TRY(db->driver->lock_schema(db));
	TRY(make_step_table(db));
	TRY(step_reached(db, &reached));
	TRY(refuse_newer(db, reached));
	for (number = reached + 1; number <= STEPS_MAX && find_step(number, &path, &sql);
		number++) {
		TRY(may_run(db, number, sql, now_ms, &may));
		if (!may)
			break;
		TRY(run_step(db, number, path, sql, now_ms));
	}
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
	TRY(refuse_newer(db, reached));
	if (find_step(reached + 1, &path, &sql) && !head_says(sql, STR("contract"), NULL))
		return FAIL(ERR_CONFLICT, "the data is from an older chopay; start `chopay serve` "
					  "once to bring it up to date");
	return OK;
}
