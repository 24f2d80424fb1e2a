/* Where feeds knock: one row per endpoint, secrets sealed by the books before they come here. */
#include "db.h"

struct err
endpoints_put(struct db *db, const struct endpoint *endpoint)
{
	static const char PUT[] =
		"INSERT INTO endpoint (id, feed, mode, client_id, secret, previous,"
		" previous_until_ms, created_at_ms, header, addresses, client_cert)"
		" VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10)";
	struct db_stmt *stmt;

	TRY(db_prepare(db, PUT, &stmt));
	db_bind_str(stmt, 1, endpoint->id);
	db_bind_str(stmt, 2, endpoint->feed);
	db_bind_str(stmt, 3, endpoint->mode);
	db_bind_str(stmt, 4, endpoint->client_id);
	db_bind_blob(stmt, 5, endpoint->secret);
	db_bind_blob(stmt, 6, endpoint->previous);
	db_bind_int(stmt, 7, endpoint->created_at_ms);
	db_bind_str(stmt, 8, endpoint->header);
	db_bind_str(stmt, 9, endpoint->addresses);
	db_bind_str(stmt, 10, endpoint->client_cert);
	TRY(db_run(stmt));
	return changes_put(db, CHANGED_ENDPOINTS);
}

static void
bind_change(struct db_stmt *stmt, int at, const struct str *value)
{
	if (value == NULL)
		db_bind_null(stmt, at);
	else
		db_bind_str(stmt, at, *value);
}

struct err
endpoints_set_callers(
	struct db *db, struct str id, const struct str *addresses, const struct str *client_cert)
{
	static const char SET[] =
		"UPDATE endpoint SET addresses = coalesce($2, addresses),"
		" client_cert = coalesce($3, client_cert) WHERE id = $1 AND revoked_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, SET, &stmt));
	db_bind_str(stmt, 1, id);
	bind_change(stmt, 2, addresses);
	bind_change(stmt, 3, client_cert);
	TRY(db_change_one(stmt, "no endpoint with that id is in use"));
	return changes_put(db, CHANGED_ENDPOINTS);
}

struct err
endpoints_roll(struct db *db, struct str id, struct str secret, int64_t previous_until_ms)
{
	static const char ROLL[] =
		"UPDATE endpoint SET previous = secret, secret = $2, previous_until_ms = $3"
		" WHERE id = $1 AND revoked_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, ROLL, &stmt));
	db_bind_str(stmt, 1, id);
	db_bind_blob(stmt, 2, secret);
	db_bind_int(stmt, 3, previous_until_ms);
	TRY(db_change_one(stmt, "no endpoint with that id is in use"));
	return changes_put(db, CHANGED_ENDPOINTS);
}

struct err
endpoints_revoke(struct db *db, struct str id, int64_t now_ms)
{
	static const char REVOKE[] =
		"UPDATE endpoint SET revoked_at_ms = $2 WHERE id = $1 AND revoked_at_ms IS NULL";
	struct db_stmt *stmt;

	TRY(db_prepare(db, REVOKE, &stmt));
	db_bind_str(stmt, 1, id);
	db_bind_int(stmt, 2, now_ms);
	TRY(db_change_one(stmt, "no endpoint with that id is in use"));
	return changes_put(db, CHANGED_ENDPOINTS);
}

struct err
endpoints_list(
	struct db *db, struct arena *arena, size_t max, struct endpoint *endpoints, size_t *count)
{
	static const char LIST[] =
		"SELECT id, feed, mode, client_id, secret, previous, previous_until_ms,"
		" created_at_ms, coalesce(revoked_at_ms, 0), header, addresses, client_cert"
		" FROM endpoint"
		" ORDER BY created_at_ms, id LIMIT $1";
	struct db_stmt *stmt;
	struct db_rows rows;

	TRY(db_prepare(db, LIST, &stmt));
	db_bind_int(stmt, 1, (int64_t)max);
	rows = db_rows(stmt);
	for (*count = 0; db_rows_next(&rows); (*count)++) {
		struct endpoint *e = &endpoints[*count];
		const struct {
			int column;
			struct str *text;
		} texts[] = {{0, &e->id}, {1, &e->feed}, {2, &e->mode}, {3, &e->client_id},
			{4, &e->secret}, {5, &e->previous}, {9, &e->header}, {10, &e->addresses},
			{11, &e->client_cert}};

		for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
			*texts[i].text = arena_copy(arena, db_str(stmt, texts[i].column));
		e->previous_until_ms = db_int(stmt, 6);
		e->created_at_ms = db_int(stmt, 7);
		e->revoked_at_ms = db_int(stmt, 8);
	}
	return rows.err;
}
