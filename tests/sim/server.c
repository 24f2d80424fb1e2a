/* The simulation's machine on PostgreSQL. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libpq-fe.h>

#include "server.h"

/* libpq is reached through the linker: one network for the program. */
static struct {
	pthread_mutex_t lock;
	long calls_left; /* 0: nothing is planned */
	bool dead;
	unsigned cuts;
} network = {.lock = PTHREAD_MUTEX_INITIALIZER};

int __real_PQpipelineSync(PGconn *conn);
int __wrap_PQpipelineSync(PGconn *conn);

const char *
server_uri(void)
{
	return getenv("CHOPAY_TEST_STORE");
}

/* ---- databases ---------------------------------------------------------------------------------
 */

void
server_database(const char *name, struct buf *uri)
{
	const char *given = server_uri(), *end = strchr(given, '?');
	size_t at;

	if (end == NULL)
		end = given + strlen(given);
	for (at = (size_t)(end - given); at > 0 && given[at - 1] != '/';)
		at--;
	buf_addf(uri, "%.*s%s%s", (int)at, given, name, end);
}

static void
ask(const char *sql)
{
	PGconn *conn = PQconnectdb(server_uri());
	PGresult *result;

	PQclear(PQexec(conn, "SET client_min_messages = error")); /* "does not exist, skipping" */
	result = PQexec(conn, sql);
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		fprintf(stderr, "sim: %s: %s", sql, PQerrorMessage(conn));
		abort();
	}
	PQclear(result);
	PQfinish(conn);
}

void
server_make(const char *name, const char *like)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE %s", name,
		like == NULL ? "template0" : like);
	ask(sql);
}

void
server_drop(const char *name)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
	ask(sql);
}

/* ---- the network ------------------------------------------------------------------------------
 */

void
server_plan(long calls)
{
	pthread_mutex_lock(&network.lock);
	network.calls_left = calls;
	pthread_mutex_unlock(&network.lock);
}

void
server_die(void)
{
	pthread_mutex_lock(&network.lock);
	network.dead = true;
	pthread_mutex_unlock(&network.lock);
}

void
server_heal(void)
{
	pthread_mutex_lock(&network.lock);
	network.calls_left = 0;
	network.dead = false;
	pthread_mutex_unlock(&network.lock);
}

static bool
strikes(bool *sent)
{
	bool cut;

	pthread_mutex_lock(&network.lock);
	cut = network.dead || (network.calls_left > 0 && --network.calls_left == 0);
	*sent = cut && !network.dead && network.cuts++ % 2 == 1;
	pthread_mutex_unlock(&network.lock);
	return cut;
}

/* The driver ends each round trip with it. */
int
__wrap_PQpipelineSync(PGconn *conn)
{
	bool sent;
	int done;

	if (!strikes(&sent))
		return __real_PQpipelineSync(conn);
	done = sent ? __real_PQpipelineSync(conn) : 1;
	while (sent && PQflush(conn) > 0)
		;
	shutdown(PQsocket(conn), SHUT_RDWR);
	return done;
}
