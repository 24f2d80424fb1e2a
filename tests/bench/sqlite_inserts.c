/*
 * SQLite's own rate for the rows of a payment, from one thread: the same tables, indexes and
 * durability, a transaction per 100 payments.
 *
 * usage: sqlite_inserts DIR SECONDS    (DIR: a fresh store with the sample market)
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chopay/clock.h"

#define PER_COMMIT 100

static sqlite3 *db;

static void
must(int rc)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return;
	fprintf(stderr, "sqlite_inserts: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static const char *const rows[] = {
	"INSERT INTO transfer_key (account_no, key, transfer_id, amount, outgoing, seal)"
	" VALUES (?2, 'casso:' || ?1, ?1, 45000, 0, ?4) ON CONFLICT DO NOTHING",
	"INSERT INTO transfer (id, delivery_id, feed, provider_txn_id, bank_ref, bank, account_no,"
	" virtual_account, amount, outgoing, note, booked_at_ms, booked_told, arrived_at_ms, seal)"
	" VALUES (?1, 1, 'casso_v1', ?1, 'FT' || ?1, '', ?2, '', 45000, 0,"
	" CAST('CK tien hang Ma GD ACSP/ II' || ?1 AS BLOB), ?1, 1, ?1, ?4)",
	"INSERT INTO payment (stall_id, id, transfer_id, amount, day, booked_at_ms, arrived_at_ms,"
	" matched_by, rule_version, seal) VALUES (?3, ?1, ?1, 45000, 1, ?1, ?1, 'sole_stall', 1, ?4)",
	"INSERT INTO cell (stall_id, day, payments, value) VALUES (?3, 1, ?1 > 0, 45000)"
	" ON CONFLICT (stall_id, day) DO UPDATE SET payments = payments + 1, value = value + 45000",
	"INSERT INTO notice (stall_id, id, kind, reference, body, created_at_ms, seal)"
	" VALUES (?3, ?1, 'payment', '', '{\"id\":\"' || ?1 || '\",\"amount\":45000,"
	"\"booked_at\":\"2026-01-05T10:00:00+07:00\",\"matched_by\":\"sole_stall\",\"charge\":null,"
	"\"state\":\"confirmed\"}', ?1, ?4)",
};
#define KINDS (sizeof(rows) / sizeof(rows[0]))

static void
insert_one(sqlite3_stmt **stmts, int64_t id, const char *account, int64_t stall)
{
	static const char seal[20] = "seal";

	for (size_t k = 0; k < KINDS; k++) {
		int parameters = sqlite3_bind_parameter_count(stmts[k]);

		sqlite3_bind_int64(stmts[k], 1, id);
		sqlite3_bind_text(stmts[k], 2, account, -1, SQLITE_STATIC);
		if (parameters >= 3)
			sqlite3_bind_int64(stmts[k], 3, stall);
		if (parameters >= 4)
			sqlite3_bind_blob(stmts[k], 4, seal, sizeof(seal), SQLITE_STATIC);
		must(sqlite3_step(stmts[k]));
		sqlite3_reset(stmts[k]);
	}
}

int
main(int argc, char **argv)
{
	sqlite3_stmt *stmts[KINDS], *first;
	int64_t id = 1, start, end, stall;
	char file[512], account[64];

	if (argc != 3)
		return 64;
	snprintf(file, sizeof(file), "%s/chopay.db", argv[1]);
	must(sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL));
	must(sqlite3_exec(db,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
		"PRAGMA cache_size = -65536;"
		"INSERT INTO delivery (id, endpoint_id, feed, received_at_ms, content_type, raw,"
		" raw_sha256) VALUES (1, 'e', 'casso_v1', 1, '', x'', x'')",
		NULL, NULL, NULL));
	must(sqlite3_prepare_v2(db,
		"SELECT s.id, a.account_no FROM stall s JOIN stall_account x ON x.stall_id = s.id"
		" JOIN account a ON a.id = x.account_id LIMIT 1",
		-1, &first, NULL));
	if (sqlite3_step(first) != SQLITE_ROW)
		return 1;
	stall = sqlite3_column_int64(first, 0);
	snprintf(account, sizeof(account), "%s", (const char *)sqlite3_column_text(first, 1));
	sqlite3_finalize(first);
	for (size_t k = 0; k < KINDS; k++)
		must(sqlite3_prepare_v2(db, rows[k], -1, &stmts[k], NULL));
	start = clock_monotonic_ms();
	end = start + strtol(argv[2], NULL, 10) * 1000;
	while (clock_monotonic_ms() < end) {
		must(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL));
		for (int n = 0; n < PER_COMMIT; n++)
			insert_one(stmts, ++id, account, stall);
		must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
	}
	printf("%.0f\n", (double)(id - 1) * 1000.0 / (double)(clock_monotonic_ms() - start));
	for (size_t k = 0; k < KINDS; k++)
		sqlite3_finalize(stmts[k]);
	sqlite3_close(db);
	return 0;
}
