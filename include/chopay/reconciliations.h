/*
 * reconciliations.h - the bank's lines, files of statements, and the days they were compared.
 *
 * Threads, memory and the meaning of *_put: as in store.h, which has all of these.
 */
#ifndef CHOPAY_RECONCILIATIONS_H
#define CHOPAY_RECONCILIATIONS_H

#include "chopay/arena.h"
#include "chopay/clock.h"
#include "chopay/money.h"

struct db;

struct bank_line {
	struct str account_no, source, line_key; /* source: the feed's name */
	int32_t day;				 /* of the bank's time, Vietnam */
	int64_t transfer_id;
	struct vnd amount; /* as the line says; the transfer's may differ (id_conflict) */
	bool outgoing;
	int64_t booked_at_ms, told_at_ms;
};
/* The same line again changes nothing; with another amount or day it is one more row. */
MUST_CHECK struct err lines_put(struct db *db, const struct bank_line *line);
/* The transfer that this source's line with that day, key, amount and direction is; 0: never told
 * just so. */
MUST_CHECK struct err lines_find(struct db *db, const struct bank_line *line, int64_t *transfer_id);

/* ---- statement files ------------------------------------------------------------------------- */

/* The mapping of columns that the bank's (by BIN) files were read with; ERR_NOT_FOUND: none yet. */
MUST_CHECK struct err statement_mappings_find(
	struct db *db, struct arena *arena, struct str bank, struct str *mapping);
MUST_CHECK struct err statement_mappings_put(
	struct db *db, struct str bank, struct str mapping, int64_t now_ms);

/* An account's days that a file of columns (CSV, XLSX) has told of. */
struct statement_file {
	struct str account_no, columns;
	int32_t from_day, to_day; /* inclusive */
};
MUST_CHECK struct err statement_files_put(
	struct db *db, const struct statement_file *file, int64_t now_ms);
/* One that tells of some of the same days by other columns; ERR_NOT_FOUND: none. */
MUST_CHECK struct err statement_files_other(struct db *db, struct arena *arena,
	const struct statement_file *file, struct statement_file *other);

/* ---- reconciliation: a day of an account, the bank's lines of one source and our transfers ----
 */

struct account_sums {
	int64_t credits, debits; /* how many */
	struct vnd credit_sum, debit_sum;
};

struct reconciliation {
	int64_t id;
	struct str account_no, source;
	int32_t day;	  /* of the bank: Vietnam's */
	struct str state; /* "equal", "gap" */
	struct account_sums bank, ours;
	int64_t gaps;	/* rows that do not agree */
	int64_t missed; /* credits that no webhook brought, booked from such lines */
	struct vnd missed_sum;
	struct str proof;     /* JSON, as signed */
	struct str signature; /* 64 bytes */
	int64_t created_at_ms;
};
MUST_CHECK struct err reconciliations_put(
	struct db *db, const struct reconciliation *reconciliation);
/* Newest first; `before` 0: from the newest.  Without proofs and signatures. */
struct reconciliation_filter {
	struct str account_no, state; /* empty: any */
	int32_t from_day, to_day;     /* inclusive */
	int64_t before;
};
MUST_CHECK struct err reconciliations_list(struct db *db, struct arena *arena,
	const struct reconciliation_filter *filter, size_t max, struct reconciliation *items,
	size_t *count);
MUST_CHECK struct err reconciliations_get(
	struct db *db, struct arena *arena, int64_t id, struct reconciliation *reconciliation);

/* One account, day and source. */
struct bank_day {
	struct str account_no, source;
	int32_t day;
};
/* Those with lines in from..to (inclusive); `due`: only those with a line that was told after they
 * were last reconciled. */
struct bank_days_filter {
	struct str account_no, source; /* empty: any */
	int32_t from_day, to_day;
	bool due;
};
MUST_CHECK struct err bank_days_list(struct db *db, struct arena *arena,
	const struct bank_days_filter *filter, size_t max, struct bank_day *days, size_t *count);
/* When it was last reconciled; 0: never. */
MUST_CHECK struct err bank_days_last(
	struct db *db, const struct bank_day *day, int64_t *created_at_ms);

/* A line and the transfer it is, or repeats as a person decided. */
struct day_line {
	struct str line_key;
	struct vnd amount;
	bool outgoing;
	int64_t booked_at_ms;
	int64_t transfer_id;
	struct vnd our_amount;
	bool our_outgoing;
	struct str feed;    /* that told the transfer first */
	bool told;	    /* a webhook told it second */
	bool maybe_repeats; /* in suspense as a possible duplicate, not resolved */
};
/* The newest telling of each line of the day, by key.  Texts live until `row` returns. */
MUST_CHECK struct err bank_days_lines(struct db *db, const struct bank_day *day,
	void (*row)(void *arg, const struct day_line *line), void *arg);
/* Our transfers of the account booked in from..to (exclusive), that no line of the source is. */
MUST_CHECK struct err bank_days_unlined(struct db *db, const struct bank_day *day, int64_t from_ms,
	int64_t to_ms, void (*row)(void *arg, const struct day_line *line), void *arg);

#endif
