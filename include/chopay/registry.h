/*
 * registry.h - the register of markets, merchants, stalls and accounts, as CSV in and out.
 *
 * All rows or none: an import with one bad row changes nothing and names every bad row.
 * Columns: DESIGN section 7 (`chopay registry import`).
 */
#ifndef CHOPAY_REGISTRY_H
#define CHOPAY_REGISTRY_H

#include "chopay/banks.h"
#include "chopay/store.h"

#define REGISTRY_PROBLEMS_MAX 100 /* reported; the rest are counted */

extern const char REGISTRY_HEADER[]; /* "market_code,market_name,..." without a line end */

struct registry_problem {
	size_t line;	    /* of the file, from 1 */
	const char *column; /* its name in the header, or "" for the whole row */
	struct str reason;
};

/* A file into the register.  The caller owns the transaction and rolls it back on an error. */
struct registry_import {
	struct str csv;
	const struct banks *banks;
	struct str prefix; /* of the references minted for new stalls */
	int64_t now_ms;
	int64_t (*next_id)(void *arg);
	void *arg;
	struct arena *arena;
	/* out */
	struct registry_problem *problems;
	size_t problem_count; /* all of them; the first REGISTRY_PROBLEMS_MAX are in `problems` */
	size_t rows, stalls_new, stalls_changed, markets_new;
};
/* ERR_INVALID: see `problems`. */
MUST_CHECK struct err registry_import(struct db *db, struct registry_import *import);

/* The units and banks of merchants/data, for a store that does not hold them yet. */
MUST_CHECK struct err registry_seed(struct db *db, struct arena *arena, const struct banks *banks);

/* The same columns and `reference`, header first, in the order of ids. */
MUST_CHECK struct err registry_export(struct db *db, struct buf *csv);

#endif
