/* Secrets that all nodes of a store share, sealed. */
#include "db.h"

struct err
shared_secrets_put(struct db *db, struct str name, struct str sealed)
{
	static const char PUT[] = "INSERT INTO shared_secret (name, sealed) VALUES ($1, $2)"
				  " ON CONFLICT DO NOTHING";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, name);
	db_bind_blob(stmt, 2, sealed);
	return db_run(stmt);
}

struct err
shared_secrets_get(struct db *db, struct arena *arena, struct str name, struct str *sealed)
{
	static const char GET[] = "SELECT sealed FROM shared_secret WHERE name = $1";
	struct db_stmt *stmt;

	TRY(db_prepare(db, GET, &stmt));
	db_bind_str(stmt, 1, name);
	TRY(db_one(stmt, "no such secret"));
	*sealed = arena_copy(arena, db_str(stmt, 0));
	db_reset(stmt);
	return OK;
}
