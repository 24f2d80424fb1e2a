/*
 * seals.h - a MAC on each row of money, so that a row changed by hand is named.
 *
 * A statement that writes a sealed row binds the columns of seals_table.c in that order between
 * db_seal_begin and db_run_sealed; the seal is bound last.  Without a key (a tool that only reads)
 * nothing is sealed.  Beside the seals, each table's row count and the sum of its seals are kept
 * (seal_total): a row taken away is missed.
 */
#ifndef STORE_SEALS_H
#define STORE_SEALS_H

#include "db.h"

/* A row that another one names stands before it. */
enum sealed {
	SEALED_DELIVERY,
	SEALED_TRANSFER,
	SEALED_TRANSFER_KEY,
	SEALED_PAYMENT,
	SEALED_SUSPENSE,
	SEALED_RESOLUTION,
	SEALED_RESOLUTION_PROPOSAL,
	SEALED_CHARGE,
	SEALED_NOTICE,
	SEALED_ALARM,
	SEALED_BANK_LINE,
	SEALED_RECONCILIATION,
	SEALED_ADJUSTMENT,
	SEALED_SNAPSHOT,
	SEALED_AUDIT,
};
#define SEALED_TABLES 15

struct seals;

void seals_free(struct seals *seals);
/* The totals of db->writer, after the schema is there. */
MUST_CHECK struct err seals_load(struct db *db);

/* What is bound to `stmt` from now on is part of the row's seal. */
void db_seal_begin(struct db_stmt *stmt);
/* Binds the seal at `at`, runs once, and counts the row if one was written; `fresh` (may be NULL)
 * says whether it was. */
MUST_CHECK struct err db_run_sealed(struct db_stmt *stmt, int at, enum sealed table, bool *fresh);
/* The same for a row that is written or fails (db_put, which see). */
MUST_CHECK struct err db_put_sealed(struct db_stmt *stmt, int at, enum sealed table);
/* The same for a row that was there and is written anew. */
MUST_CHECK struct err db_run_resealed(struct db_stmt *stmt, int at, enum sealed table);

/* For db.c: bound values, and the transactions that counts follow. */
void seals_record_int(struct seals *seals, const struct db_stmt *stmt, int64_t value);
void seals_record_bytes(struct seals *seals, const struct db_stmt *stmt, struct str value);
void seals_record_null(struct seals *seals, const struct db_stmt *stmt);
void seals_begun(struct seals *seals, int depth);
void seals_rolled_back(struct seals *seals, int depth);
/* Before the outermost commit: the totals of the tables that changed. */
MUST_CHECK struct err seals_put_totals(struct db *db);

/* The step that brings seals: rows of before get theirs. */
MUST_CHECK struct err seals_begin_store(struct db *db);

#endif
