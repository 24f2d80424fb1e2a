/*
 * registry.h - the register of markets, merchants, stalls and accounts, and the registers of the
 * index (registers.h, public_service.h), as CSV in and out.
 *
 * All rows or none: an import with one bad row changes nothing and names every bad row.
 * Which register a file is for, its first line says.
 * Columns: DESIGN section 7 (`chopay registry import`); rules: ADOPTION sections 1, 4 (R9), 5, 6.
 */
#ifndef CHOPAY_REGISTRY_H
#define CHOPAY_REGISTRY_H

#include "chopay/banks.h"
#include "chopay/store.h"

#define REGISTRY_PROBLEMS_MAX 100 /* reported; the rest are counted */

extern const char REGISTRY_HEADER[]; /* "market_code,market_name,..." without a line end */

/* The register of stalls, and those of the index. */
struct registry_register {
	const char *name;    /* "stalls", "calendar", ... */
	const char *example; /* a row */
	struct str header;   /* its columns, without a line end; in the arena given */
};
#define REGISTRY_REGISTERS_MAX 20
void registry_registers(struct arena *arena,
	struct registry_register registers[REGISTRY_REGISTERS_MAX], size_t *count);

struct registry_problem {
	size_t line;	    /* of the file, from 1; 0: about all of it */
	const char *column; /* its name in the header, or "" for the whole row */
	struct str reason;
};

/* What a file makes or changes in the register of stalls: a market, a stall, a field of one. */
enum registry_change_kind { CHANGE_MARKET, CHANGE_STALL, CHANGE_FIELD, CHANGE_ACCOUNT };
struct registry_change {
	enum registry_change_kind kind;
	size_t line;
	int64_t stall_id;	  /* 0: of a market */
	struct str market, stall; /* their codes */
	const char *column;	  /* of a field: its name in the header */
	struct str before, after; /* as they stand in a file; of an account "BIN NUMBER", of a
				     new stall "NAME · BIN NUMBER HOLDER" */
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
	/* Who enters it, and for days that are over why, and who approves: another person (R9). */
	struct str person, why, approver;
	struct str only; /* the register it must be for; empty: any */
	/* Told each change of the stalls' register, in the order of the file; NULL: nobody asks. */
	void (*changed)(void *changed_arg, const struct registry_change *change);
	void *changed_arg;
	/* Another account is told as a change and left as it is, for two persons to make: otherwise
	 * its row is refused. */
	bool leave_accounts;
	/* out */
	const char *name; /* of the register that the file is for */
	struct registry_problem *problems;
	size_t problem_count; /* all of them; the first REGISTRY_PROBLEMS_MAX are in `problems` */
	size_t rows, added;   /* of the file; of the register, when it is not the stalls' */
	size_t stalls_new, stalls_changed, markets_new;
};
/* ERR_INVALID: see `problems`. */
MUST_CHECK struct err registry_import(struct db *db, struct registry_import *import);

/* The units and banks of merchants/data, for a store that does not hold them yet. */
MUST_CHECK struct err registry_seed(struct db *db, struct arena *arena, const struct banks *banks);

/* The same columns and `reference`, header first, in the order of ids; units as of `today`. */
MUST_CHECK struct err registry_export(struct db *db, int32_t today, struct buf *csv);
/* Of any register: its columns, and who entered a row, which an import leaves out: there it is who
 * imports it.  A store with the same stalls takes it and says the same.  Inside a transaction.
 * ERR_NOT_FOUND: no register has that name. */
MUST_CHECK struct err registry_export_of(
	struct db *db, struct arena *arena, struct str name, int32_t today, struct buf *csv);

#endif
