/* LISTEN and NOTIFY: processes on one database tell each other that there is something to see. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "postgres.h"

#define CHANNEL "chopay"

/* A pooler makes up the process number that a client is told; and behind it the connection that
 * listens is handed to others. */
struct err
pg_listen(struct db *db, bool *hears)
{
	static const char WHO[] = "SELECT pg_backend_pid()";
	struct db_stmt *stmt;

	TRY(db_prepare(db, WHO, &stmt));
	TRY(db_one(stmt, "pg_backend_pid"));
	*hears = db_int(stmt, 0) == PQbackendPID(pg_of(db)->conn);
	db_reset(stmt);
	return *hears ? db_exec(db, "SET application_name = 'chopay listener'; LISTEN " CHANNEL)
		      : OK;
}

/* What others told; our own words come back to us, too. */
static bool
take_notifications(PGconn *conn)
{
	bool heard = false;
	PGnotify *told;

	while ((told = PQnotifies(conn)) != NULL) {
		heard = heard || told->be_pid != PQbackendPID(conn);
		PQfreemem(told);
	}
	return heard;
}

struct err
pg_wait(struct db *db, int fd, int for_ms, bool *heard)
{
	struct pg_db *pg = pg_of(db);
	struct pollfd fds[] = {{fd, POLLIN, 0}, {PQsocket(pg->conn), POLLIN, 0}};

	if (db->lost)
		return pg_lose(pg, "the database cannot be reached");
	*heard = take_notifications(pg->conn); /* came with earlier answers */
	if (*heard)
		return OK;
	if (poll(fds, 2, for_ms) < 0 && errno != EINTR)
		return FAIL(ERR_BROKEN, "cannot wait");
	if (fds[1].revents != 0 && !PQconsumeInput(pg->conn))
		return pg_lose(pg, "the database cannot be reached");
	*heard = take_notifications(pg->conn);
	return OK;
}

/* Inside a transaction it is heard when that commits.  By itself nobody waits for it to be durable:
 * who does not hear it looks after a while. */
struct err
pg_tell(struct db *db)
{
	static const char WITH[] = "SELECT pg_notify('" CHANNEL "', '')";
	static const char ALONE[] = "SELECT set_config('synchronous_commit', 'off', true),"
				    " pg_notify('" CHANNEL "', '')";
	struct db_stmt *stmt;

	TRY(db_prepare(db, db->depth > 0 ? WITH : ALONE, &stmt));
	return db_run(stmt);
}

struct err
pg_clock(struct db *db, int64_t *now_ms)
{
	static const char NOW[] = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
	struct db_stmt *stmt;

	TRY(db_prepare(db, NOW, &stmt));
	TRY(db_one(stmt, "now"));
	*now_ms = db_int(stmt, 0);
	db_reset(stmt);
	return OK;
}
