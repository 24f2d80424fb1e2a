/* How often a login and an address were tried in vain, and until when no other try is looked at. */
#include "chopay/people.h"

#include "db.h"

struct err
sign_in_tries_find(struct db *db, struct str subject, struct sign_in_try *found)
{
	static const char FIND[] =
		"SELECT tries, last_at_ms, until_ms FROM sign_in_try WHERE subject = $1";
	struct db_stmt *stmt;
	bool row;

	*found = (struct sign_in_try){.subject = subject};
	TRY(db_prepare(db, FIND, &stmt));
	db_bind_blob(stmt, 1, subject);
	TRY(db_step(stmt, &row));
	if (!row)
		return OK;
	found->tries = db_int(stmt, 0);
	found->last_at_ms = db_int(stmt, 1);
	found->until_ms = db_int(stmt, 2);
	db_reset(stmt);
	return OK;
}

struct err
sign_in_tries_put(struct db *db, const struct sign_in_try *one)
{
	static const char PUT[] = "INSERT INTO sign_in_try (subject, tries, last_at_ms, until_ms)"
				  " VALUES ($1, $2, $3, $4) ON CONFLICT (subject) DO UPDATE SET"
				  " tries = excluded.tries, last_at_ms = excluded.last_at_ms,"
				  " until_ms = excluded.until_ms";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_blob(stmt, 1, one->subject);
	db_bind_int(stmt, 2, one->tries);
	db_bind_int(stmt, 3, one->last_at_ms);
	db_bind_int(stmt, 4, one->until_ms);
	return db_run(stmt);
}

struct err
sign_in_tries_forget(struct db *db, struct str subject)
{
	static const char FORGET[] = "DELETE FROM sign_in_try WHERE subject = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, FORGET, &stmt));
	db_bind_blob(stmt, 1, subject);
	return db_run(stmt);
}

struct err
sign_in_tries_prune(struct db *db, int64_t before_ms)
{
	static const char PRUNE[] = "DELETE FROM sign_in_try WHERE last_at_ms < $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PRUNE, &stmt));
	db_bind_int(stmt, 1, before_ms);
	return db_run(stmt);
}
