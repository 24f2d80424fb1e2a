/* A connection to PostgreSQL: made, made anew; and why it cannot be, in one sentence. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "postgres.h"

#define SERVER_VERSION_MIN 150000
#define TRY_AGAIN_MS 250 /* between attempts to connect: those who ask meanwhile hear so */
#define SQLSTATE_SIZE 5

/* ---- why it cannot be made
 * ----------------------------------------------------------------------- */

static void
one_line(const char *text, struct buf *out)
{
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len; i++)
		buf_addc(out, text[i] == '\n' ? ' ' : text[i]);
}

static struct err
refuse(struct buf *why, enum err_code code, const char *what, const char *detail)
{
	if (why != NULL) {
		buf_adds(why, what);
		buf_adds(why, ": ");
		one_line(detail, why);
	}
	return FAIL(code, what);
}

/* Defaults first: what the URI says wins. */
static const char *const names[] = {"connect_timeout", "tcp_user_timeout", "keepalives_idle",
	"keepalives_interval", "keepalives_count", "application_name", "target_session_attrs",
	"client_encoding", "dbname", NULL};
#define VALUES(uri)                                                                   \
	{                                                                             \
		"3", "5000", "5", "2", "2", "chopay", "read-write", "UTF8", uri, NULL \
	}

static PGconn *
connect_to(const char *uri)
{
	const char *const values[] = VALUES(uri);

	return PQconnectdbParams(names, values, 1);
}

/* No server was asked: a value or a service that libpq does not know.  (Whoever begins to connect
 * has not failed yet; a socket that is not there fails at once, but was tried.) */
static bool
was_not_tried(const char *uri)
{
	const char *const values[] = VALUES(uri);
	PGconn *conn = PQconnectStartParams(names, values, 1);
	bool failed = PQstatus(conn) == CONNECTION_BAD;

	PQfinish(conn);
	return failed && PQpingParams(names, values, 1) == PQPING_NO_ATTEMPT;
}

/* The SQLSTATE in "FATAL:  28P01: password authentication failed"; "" when there is none. */
static void
find_state(const char *message, char state[SQLSTATE_SIZE + 1])
{
	state[0] = '\0';
	for (const char *at = message; (at = strstr(at, ":  ")) != NULL; at++) {
		const char *word = at + 3;

		if (strspn(word, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= SQLSTATE_SIZE &&
			word[SQLSTATE_SIZE] == ':') {
			memcpy(state, word, SQLSTATE_SIZE);
			state[SQLSTATE_SIZE] = '\0';
		}
	}
}

/* libpq keeps no code of a refused connection, only words in the server's language: so we ask
 * once more, with the code in front. */
static struct err
why_not(const struct pg_db *pg, struct buf *why)
{
	static const struct {
		const char *state; /* a code, or the beginning of some: Appendix A of the manual */
		enum err_code code;
		const char *what;
	} meanings[] = {
		{"28", ERR_DENIED, "the database does not let us in"},
		{"3D000", ERR_SETUP, "there is no such database on the server"},
		{"42501", ERR_DENIED, "the database does not let us in"},
		{"53300", ERR_BUSY, "the database has no connection left for us"},
		{"55000", ERR_SETUP, "the database does not take connections"},
	};
	struct buf words CLEANUP(buf_fini) = {0};
	PGconn *conn = pg->conn;
	char state[SQLSTATE_SIZE + 1];

	if (why == NULL)
		return FAIL(ERR_BUSY, "the database cannot be reached");
	if (was_not_tried(pg->uri))
		return refuse(
			why, ERR_SETUP, "the store's URI cannot be used", PQerrorMessage(conn));
	if (PQconnectionNeedsPassword(conn))
		return refuse(why, ERR_DENIED, "the database does not let us in",
			"it wants a password: postgresql://ROLE:PASSWORD@HOST/DATABASE, or "
			"?passfile=FILE");
	buf_adds(&words, PQerrorMessage(conn));
	PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
	PQreset(conn);
	find_state(PQerrorMessage(conn), state);
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (strncmp(state, meanings[i].state, strlen(meanings[i].state)) == 0)
			return refuse(why, meanings[i].code, meanings[i].what, words.ptr);
	}
	return refuse(why, ERR_BUSY, "the database cannot be reached", words.ptr);
}

static struct err
check_server(PGconn *conn, struct buf *why)
{
	int version = PQserverVersion(conn);
	const char *encoding = PQparameterStatus(conn, "server_encoding");
	char found[64];

	if (version < SERVER_VERSION_MIN) {
		snprintf(found, sizeof(found), "it is %d.%d, 15 or newer is needed",
			version / 10000, version % 10000);
		return refuse(why, ERR_SETUP, "the PostgreSQL server is too old", found);
	}
	if (encoding == NULL || strcmp(encoding, "UTF8") != 0)
		return refuse(why, ERR_SETUP, "the database's encoding is not UTF8",
			encoding == NULL ? "unknown" : encoding);
	return OK;
}

/* ---- the connection ------------------------------------------------------------------------- */

/* Said in a commit, it means one thing: an administrator ended its wait for the standby, and it is
 * answered although one machine alone has it. */
static void
hear(void *arg, const PGresult *notice)
{
	struct pg_db *pg = arg;
	const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);

	if (severity != NULL && strcmp(severity, "WARNING") == 0)
		pg->warned = true;
}

void
pg_disconnect(struct pg_db *pg)
{
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->awaited = false;
}

struct err
pg_connect(struct pg_db *pg, struct buf *why)
{
	struct err err = OK;

	if (clock_monotonic_ms() < pg->try_again_ms)
		return pg_lose(pg, "the database cannot be reached");
	pg_disconnect(pg);
	pg->conn = connect_to(pg->uri);
	if (PQstatus(pg->conn) != CONNECTION_OK)
		err = why_not(pg, why);
	else
		err = check_server(pg->conn, why);
	if (err.code == ERR_OK &&
		(PQsetnonblocking(pg->conn, 1) != 0 || !PQenterPipelineMode(pg->conn)))
		err = FAIL(ERR_BUSY, "the database cannot be reached");
	if (err.code != ERR_OK) {
		pg->try_again_ms = clock_monotonic_ms() + TRY_AGAIN_MS;
		pg_disconnect(pg);
		(void)pg_lose(pg, "");
		return err;
	}
	PQsetNoticeReceiver(pg->conn, hear, pg);
	/* Behind a pooler the names of all its clients meet in one server process. */
	snprintf(pg->name_prefix, sizeof(pg->name_prefix), "c%x_%x", (unsigned)getpid(),
		(unsigned)((uintptr_t)pg >> 4 & 0xffffff));
	pg->generation++;
	pg->preparing_count = 0;
	pg->db.lost = false;
	return OK;
}
