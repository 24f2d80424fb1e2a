/*
 * statement_camt053.h - inside the camt.053 reader: what has been read of a statement so far, and
 * what is made of it when its elements end.
 */
#ifndef FEEDS_STATEMENT_CAMT053_H
#define FEEDS_STATEMENT_CAMT053_H

#include "statement_build.h"
#include "statement_values.h"
#include "statement_xml.h"

/* What the elements of an entry, or of one transaction in it, say. */
struct said {
	struct str amount, currency, mark, ref, entry_ref, tx_id, end_to_end, structured, extra;
	struct str status, booked_day, booked_time, value_day, value_time;
	struct buf note; /* Ustrd, joined */
	size_t last_piece;
};

struct balance {
	struct str kind, amount, currency, mark;
};

struct figure {
	bool told;
	int64_t dong;
};

/* One of an entry's, kept until the entry ends and its time is known. */
struct transaction {
	struct statement_line line;
	struct str end_to_end;
	bool told; /* its own amount */
};

struct camt {
	struct statement_build *build;
	struct statement_xml xml;
	struct buf path; /* from the statement down: "Ntry/NtryDtls/TxDtls" */
	bool in_statement, seen_document, seen_statement;
	/* of this statement */
	size_t line;
	struct str iban, account, currency;
	struct balance balance;
	struct figure opening, previous, closing, interim_first, interim_last;
	int64_t moved;
	/* of this entry */
	size_t entry_line;
	struct said entry, detail;
	struct transaction *batch;
	size_t batch_count, batch_capacity;
	size_t faults_before;
};

void camt_said_fini(struct said *said);
void camt_fault(
	struct camt *camt, size_t line, const char *element, const char *reason, struct str text);

void camt_balance_ends(struct camt *camt);
void camt_detail_ends(struct camt *camt); /* one transaction of an entry */
void camt_entry_ends(struct camt *camt);
void camt_statement_ends(struct camt *camt); /* do its balances agree? */

#endif
