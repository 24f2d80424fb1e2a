/*
 * A large store, made quickly: so many stalls, each with an account, an open charge and a payment.
 *
 * usage: big_store DIR COUNT    (DIR holds a store with the sample market)
 *
 * Rows are written past the gateway, so they bear no seals: for measuring only.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "chopay/clock.h"
#include "chopay/reference.h"

#define FIRST_NUMBER 1000000
#define FIRST_ID INT64_C(1000)

static sqlite3 *db;

static void
must(int rc, const char *what)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return;
	fprintf(stderr, "big_store: %s: %s\n", what, sqlite3_errmsg(db));
	exit(1);
}

static sqlite3_stmt *
prepare(const char *sql)
{
	sqlite3_stmt *stmt;

	must(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), sql);
	return stmt;
}

/* ?1 the n-th id, ?2 and ?3 the references of stall and charge, ?4 the stall's number, ?5 now. */
static const char *const rows[] = {
	"INSERT INTO stall (id, market_id, code, number, reference, name, kind, goods, merchant_id,"
	" open_day, close_day) SELECT ?1, m.id, 'Z' || ?1, ?4, ?2, 'Z', 'stall', '',"
	" (SELECT min(id) FROM merchant), 0, 1000000 FROM market m LIMIT 1",
	"INSERT INTO charge_counter (stall_id, next_charge) VALUES (?1, 1)",
	"INSERT INTO account (id, bank_bin, account_no, holder)"
	" VALUES (?1, '970436', '9' || (1000000000 + ?1), 'Z')",
	"INSERT INTO stall_account (stall_id, account_id, from_ms, to_ms)"
	" VALUES (?1, ?1, 0, 9000000000000000)",
	"INSERT INTO charge (stall_id, id, reference, account_id, amount, paid, state,"
	" created_at_ms, expires_at_ms) VALUES (?1, ?1, ?3, ?1, 45000, 0, 'open', ?5, ?5 + 86400000)",
	"INSERT INTO delivery (id, endpoint_id, feed, received_at_ms, content_type, raw,"
	" raw_sha256) VALUES (?1, 'e', 'sepay', ?5, '', x'7b7d', CAST(?1 AS BLOB))",
	"INSERT INTO transfer (id, delivery_id, feed, provider_txn_id, bank_ref, bank, account_no,"
	" virtual_account, amount, outgoing, note, booked_at_ms, booked_told, arrived_at_ms)"
	" VALUES (?1, ?1, 'sepay', ?1, 'FT' || ?1, '', '9' || (1000000000 + ?1), '', 20000, 0,"
	" CAST(?2 AS BLOB), ?5, 1, ?5)",
	"INSERT INTO transfer_key (account_no, key, transfer_id, amount, outgoing)"
	" VALUES ('9' || (1000000000 + ?1), 'sepay:' || ?1, ?1, 20000, 0)",
	"INSERT INTO payment (stall_id, id, transfer_id, amount, day, booked_at_ms, arrived_at_ms,"
	" matched_by, rule_version) VALUES (?1, ?1, ?1, 20000, (?5 + 25200000) / 86400000, ?5, ?5,"
	" 'stall_reference', 1)",
	"INSERT INTO cell (stall_id, day, writer, payments, value)"
	" VALUES (?1, (?5 + 25200000) / 86400000, 0, 1, 20000)",
	"INSERT INTO notice (stall_id, id, kind, reference, body, created_at_ms)"
	" VALUES (?1, ?1, 'payment', '', '{}', ?5)",
};
#define KINDS (sizeof(rows) / sizeof(rows[0]))

static void
put(sqlite3_stmt *stmt, int64_t id, const struct reference *stall, const struct reference *charge,
	int64_t number, int64_t now_ms)
{
	int parameters = sqlite3_bind_parameter_count(stmt);

	sqlite3_bind_int64(stmt, 1, id);
	if (parameters >= 2)
		sqlite3_bind_text(stmt, 2, stall->text, -1, SQLITE_STATIC);
	if (parameters >= 3)
		sqlite3_bind_text(stmt, 3, charge->text, -1, SQLITE_STATIC);
	if (parameters >= 4)
		sqlite3_bind_int64(stmt, 4, number);
	if (parameters >= 5)
		sqlite3_bind_int64(stmt, 5, now_ms);
	must(sqlite3_step(stmt), "a row");
	sqlite3_reset(stmt);
}

/* The sample market's stalls have numbers by chance. */
static bool
taken(sqlite3_stmt *stmt, int64_t number)
{
	bool found;

	sqlite3_bind_int64(stmt, 1, number);
	found = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_reset(stmt);
	return found;
}

int
main(int argc, char **argv)
{
	sqlite3_stmt *stmts[KINDS], *same;
	long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	int64_t now_ms = clock_now_ms(&(struct clock){0}), number = FIRST_NUMBER;
	char file[512];

	if (count <= 0) {
		fprintf(stderr, "usage: big_store DIR COUNT\n");
		return 64;
	}
	snprintf(file, sizeof(file), "%s/chopay.db", argv[1]);
	must(sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL), file);
	must(sqlite3_exec(db, "PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; BEGIN", NULL,
		     NULL, NULL),
		"begin");
	for (size_t k = 0; k < KINDS; k++)
		stmts[k] = prepare(rows[k]);
	same = prepare("SELECT 1 FROM stall WHERE number = ?1");
	for (int64_t n = 0; n < count; number++) {
		struct reference stall, charge;

		/* Some numbers have no reference: their check characters would be look-alikes. */
		if (taken(same, number) ||
			reference_stall(STR("CH"), (uint32_t)number, &stall).code != ERR_OK ||
			reference_charge(STR("CH"), (uint32_t)number, 0, &charge).code != ERR_OK)
			continue;
		for (size_t k = 0; k < KINDS; k++)
			put(stmts[k], FIRST_ID + n, &stall, &charge, number, now_ms);
		n++;
	}
	sqlite3_finalize(same);
	for (size_t k = 0; k < KINDS; k++)
		sqlite3_finalize(stmts[k]);
	must(sqlite3_exec(db, "COMMIT; ANALYZE", NULL, NULL, NULL), "commit");
	must(sqlite3_close(db), "close");
	return 0;
}
