/* What goes over the wire to PostgreSQL, and what its errors mean. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chopay/log.h"
#include "postgres.h"

#define WRITE_TIMEOUT_MS 5000  /* a statement of the writer: a credit waits behind it */
#define READ_TIMEOUT_MS 120000 /* a question may walk years */
#define LOOK_EVERY_MS 500      /* meanwhile: whether the database is known to be away */
#define INT8_OID 20

/* ---- errors --------------------------------------------------------------------------------- */

struct err
pg_lose(struct pg_db *pg, const char *what)
{
	pg->db.transient = true;
	pg->db.lost = true;
	pg->db.faulted = true;
	pg->awaited = false;
	pg->asked_count = pg->sent = 0;
	return FAIL(ERR_BUSY, what);
}

/* Appendix A of the manual: the first two characters are a class. */
static struct err
err_of_state(struct pg_db *pg, const char *state, const char *words)
{
	static const struct {
		const char *state; /* a code, or the beginning of some */
		enum err_code code;
		const char *what;
	} meanings[] = {
		{"40", ERR_BUSY, "another writer changed the same rows"},
		{"55P03", ERR_BUSY, "another writer holds a lock"},
		{"23", ERR_CONFLICT, "the database refused the row (constraint)"},
		{"22021", ERR_INVALID, "the text holds bytes that are no UTF-8"},
		{"08", ERR_BUSY, "the database cannot be reached"},
		{"57014", ERR_BUSY, "the database took too long"},
		{"57P", ERR_BUSY, "the database is stopping"},
		{"25006", ERR_BUSY, "the database is a read-only standby"},
		{"0A000", ERR_BUSY, "the database is a read-only standby"}, /* SERIALIZABLE there */
		{"53", ERR_BUSY, "the database has no room; nothing was lost, free some space"},
		{"58", ERR_BUSY, "the database's disk failed"},
		/* Not DENIED: of a bank that asks the gateway it is not the fault. */
		{"42501", ERR_SETUP, "permission denied: our role must own what it uses"},
		{"26000", ERR_BUSY, "a pooler gave us another server process"},
	};

	pg->db.faulted = true;
	if (state != NULL && strcmp(state, "26000") == 0) {
		pg->unprepared = true;
		if (pg->db.pooled != NULL)
			atomic_store(pg->db.pooled, true);
		pg->db.transient = true;
	}
	/* A key that another writer made since we looked: whoever looks again sees it. */
	if (state != NULL && strcmp(state, "23505") == 0)
		pg->db.transient = true;
	if (state != NULL && (strncmp(state, "40", 2) == 0 || strcmp(state, "55P03") == 0))
		pg->db.transient = true;
	else if ((state == NULL || strncmp(state, "23", 2) != 0) &&
		 log_allows(&pg->told, "postgresql", 1))
		log_error("postgresql", "%s %s", state == NULL ? "-" : state, words);
	if (state == NULL)
		return pg_lose(pg, "the database cannot be reached");
	if (strncmp(state, "57P", 3) == 0 || strcmp(state, "25006") == 0 ||
		strcmp(state, "0A000") == 0 || strncmp(state, "08", 2) == 0)
		(void)pg_lose(pg, "");
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (strncmp(state, meanings[i].state, strlen(meanings[i].state)) == 0)
			return FAIL(meanings[i].code, meanings[i].what);
	}
	return FAIL(ERR_BROKEN, "the database failed; see the log");
}

static bool
is_error(ExecStatusType status)
{
	return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
	       status != PGRES_EMPTY_QUERY && status != PGRES_PIPELINE_ABORTED &&
	       status != PGRES_COPY_IN;
}

struct err
pg_err_of(struct pg_db *pg, const PGresult *result)
{
	const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	if (!is_error(PQresultStatus(result)))
		return OK;
	return err_of_state(pg, PQresultErrorField(result, PG_DIAG_SQLSTATE),
		words == NULL ? "the connection is gone" : words);
}

/* ---- waiting -------------------------------------------------------------------------------- */

int64_t
pg_deadline(const struct pg_db *pg)
{
	return clock_monotonic_ms() + (pg->writer ? WRITE_TIMEOUT_MS : READ_TIMEOUT_MS);
}

/* False: not before somebody found the database to be away, or before the deadline. */
static bool
wait_for_socket(struct pg_db *pg, short events, short *came, int64_t deadline_ms)
{
	const struct db *db = &pg->db;
	struct pollfd fd = {PQsocket(pg->conn), events, 0};
	int64_t left = deadline_ms - clock_monotonic_ms();
	int ready;

	if (left <= 0)
		return false;
	if (db->away != NULL && left > LOOK_EVERY_MS)
		left = LOOK_EVERY_MS;
	ready = poll(&fd, 1, (int)left);
	*came = fd.revents;
	return ready != 0 || db->away == NULL || !db->away(db->away_arg);
}

struct err
pg_await(struct pg_db *pg, int64_t deadline_ms)
{
	int flushed = PQflush(pg->conn);

	while (flushed > 0 || (flushed == 0 && PQisBusy(pg->conn))) {
		short events = (short)(POLLIN | (flushed > 0 ? POLLOUT : 0)), came = 0;

		if (!wait_for_socket(pg, events, &came, deadline_ms))
			return pg_lose(pg, "the database does not answer");
		if ((came & (POLLIN | POLLERR | POLLHUP)) != 0 && !PQconsumeInput(pg->conn))
			break; /* PQgetResult says why */
		flushed = PQflush(pg->conn);
	}
	return OK;
}

/* The server skips what follows a failure: that is prepared when it is used next. */
static void
note_prepared(struct pg_db *pg, bool failed)
{
	for (size_t i = 0; failed && i < pg->preparing_count; i++)
		pg->preparing[i]->generation = 0;
	pg->preparing_count = 0;
}

/* The answer to a statement that was asked ahead is kept for its steps. */
static void
keep_answer(struct pg_db *pg, size_t n, PGresult *answer, PGresult **kept)
{
	for (size_t i = 0; i < pg->asked_count; i++) {
		if (pg->asked[i].at == n && pg->asked[i].stmt != NULL)
			kept = &pg->asked[i].stmt->result;
	}
	PQclear(*kept);
	*kept = answer;
}

static void
end_asked(struct pg_db *pg, bool failed)
{
	for (size_t i = 0; failed && i < pg->asked_count; i++) {
		if (pg->asked[i].stmt == NULL)
			continue;
		PQclear(pg->asked[i].stmt->result);
		pg->asked[i].stmt->result = NULL;
	}
	pg->asked_count = pg->sent = 0;
}

struct err
pg_finish(struct pg_db *pg, PGresult **last)
{
	int64_t deadline_ms = pg_deadline(pg);
	PGresult *kept = NULL, *result;
	struct err err = OK;
	size_t n = 0;

	pg->awaited = false;
	if (pg->db.lost || !PQpipelineSync(pg->conn))
		return pg_lose(pg, "the database cannot be reached");
	for (;;) {
		struct err waited = pg_await(pg, deadline_ms);

		if (waited.code != ERR_OK) {
			PQclear(kept);
			return waited;
		}
		result = PQgetResult(pg->conn);
		if (result == NULL) { /* between the answers of two statements */
			if (PQstatus(pg->conn) != CONNECTION_BAD)
				continue;
			if (err.code == ERR_OK || !pg->db.lost)
				err = pg_lose(pg, "the database cannot be reached");
			break;
		}
		if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
			PQclear(result);
			break;
		}
		if (err.code == ERR_OK)
			err = pg_err_of(pg, result);
		keep_answer(pg, n++, result, &kept);
	}
	note_prepared(pg, err.code != ERR_OK);
	end_asked(pg, err.code != ERR_OK);
	if (err.code == ERR_OK && kept != NULL && last != NULL) {
		*last = kept;
		return OK;
	}
	PQclear(kept);
	return err;
}

struct err
pg_script(struct pg_db *pg, const char *sql)
{
	int64_t deadline_ms = pg_deadline(pg) + READ_TIMEOUT_MS; /* it may rebuild a table */
	struct err err = pg->awaited ? pg_finish(pg, NULL) : OK;
	PGresult *result;

	if (err.code != ERR_OK)
		return err;
	if (pg->db.lost || !PQexitPipelineMode(pg->conn) || !PQsendQuery(pg->conn, sql))
		return pg_lose(pg, "the database cannot be reached");
	do {
		TRY(pg_await(pg, deadline_ms));
		result = PQgetResult(pg->conn);
		if (result != NULL && err.code == ERR_OK)
			err = pg_err_of(pg, result);
		PQclear(result);
	} while (result != NULL);
	if (!PQenterPipelineMode(pg->conn))
		return pg_lose(pg, "the database cannot be reached");
	return err;
}

/* ---- sending -------------------------------------------------------------------------------- */

struct wire_values {
	const char *values[DB_PARAMETERS_MAX];
	int lengths[DB_PARAMETERS_MAX], formats[DB_PARAMETERS_MAX];
	char numbers[DB_PARAMETERS_MAX][24];
};

static void
put_value(const struct pg_value *value, Oid type, int at, struct wire_values *wire)
{
	char *number = wire->numbers[at];

	wire->formats[at] = 1;
	switch (value->kind) {
	case PG_NULL:
		wire->values[at] = NULL;
		break;
	case PG_TEXT:
	case PG_BLOB: /* text and bytea have the same bytes on the wire */
		wire->values[at] = value->bytes.len == 0 ? "" : value->bytes.ptr;
		wire->lengths[at] = (int)value->bytes.len;
		break;
	case PG_INT:
		wire->values[at] = number;
		if (type != INT8_OID) { /* first bound as NULL: the server knows its type */
			wire->formats[at] = 0;
			snprintf(number, sizeof(wire->numbers[at]), "%lld",
				(long long)value->number);
			break;
		}
		for (int i = 0; i < 8; i++)
			number[i] = (char)((uint64_t)value->number >> (56 - 8 * i));
		wire->lengths[at] = 8;
		break;
	}
}

/* Types are those of what is bound first; the server finds out the others. */
static bool
send_prepare(struct pg_db *pg, struct pg_stmt *stmt, const char *sql)
{
	for (int i = 0; i < stmt->count; i++)
		stmt->types[i] = stmt->values[i].kind == PG_INT ? INT8_OID : 0;
	if (pg->unprepared)
		return true;
	snprintf(stmt->name, sizeof(stmt->name), "%s_%llu", pg->name_prefix,
		(unsigned long long)++pg->named);
	stmt->generation = pg->generation;
	if (pg->preparing_count < PG_PREPARING_MAX)
		pg->preparing[pg->preparing_count++] = stmt;
	pg->sent++;
	return PQsendPrepare(pg->conn, stmt->name, sql, stmt->count, stmt->types);
}

struct err
pg_send(struct pg_db *pg, struct pg_stmt *stmt)
{
	struct wire_values wire;
	struct buf declare CLEANUP(buf_fini) = {0};
	const char *sql = stmt->sql;
	bool sent = true, direct;

	if (pg->db.lost)
		return pg_lose(pg, "the database cannot be reached");
	if (pg->db.pooled != NULL && atomic_load(pg->db.pooled))
		pg->unprepared = true;
	if (pg_rows_concern(pg, stmt->sql))
		TRY(pg_rows_send(pg));
	if (stmt->walks) {
		snprintf(stmt->cursor, sizeof(stmt->cursor), "%s_walk_%llu", pg->name_prefix,
			(unsigned long long)++pg->named);
		buf_addf(&declare, "DECLARE %s BINARY NO SCROLL CURSOR%s FOR %s", stmt->cursor,
			pg->db.depth == 0 ? " WITH HOLD" : "", stmt->sql);
		sql = declare.ptr;
	}
	direct = pg->unprepared || stmt->walks;
	if (direct || stmt->generation != pg->generation) {
		bool unprepared = pg->unprepared;

		pg->unprepared = direct;
		sent = send_prepare(pg, stmt, sql);
		pg->unprepared = unprepared;
	}
	for (int i = 0; i < stmt->count; i++)
		put_value(&stmt->values[i], stmt->types[i], i, &wire);
	if (sent && direct)
		sent = PQsendQueryParams(pg->conn, sql, stmt->count, stmt->types, wire.values,
			wire.lengths, wire.formats, 1);
	else if (sent)
		sent = PQsendQueryPrepared(pg->conn, stmt->name, stmt->count, wire.values,
			wire.lengths, wire.formats, 1);
	pg->awaited = true;
	pg->sent++;
	return sent ? OK : pg_lose(pg, "the database cannot be reached");
}
