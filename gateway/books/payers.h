/*
 * payers.h - who paid, as a number that only this store can make (payers.c).
 *
 * Threads: one at a time.  Memory: payer_keys_free.
 */
#ifndef BOOKS_PAYERS_H
#define BOOKS_PAYERS_H

#include "books.h"
#include "chopay/adoption.h"

struct payer_account {
	struct str bank_bin; /* empty: not known */
	struct str account_no;
	int year; /* payer_year of the bank's time */
};

/* `crypt` and `sealing` outlive it. */
struct payer_keys *payer_keys_new(const struct crypt *crypt, const struct sealing_key *sealing);
void payer_keys_free(struct payer_keys *keys);
void payer_keys_cleanup(struct payer_keys **keys); /* for CLEANUP */
/* The transaction, or the savepoint, in which they were used has ended. */
void payer_keys_settle(struct payer_keys *keys, bool committed);

/* Whose numbers are whose, made with these keys and kept with them (adoption.h). */
struct owner_map;
struct owner_map *payer_keys_owners(struct payer_keys *keys);

/* In Vietnam. */
int payer_year(int64_t booked_at_ms);
/* PAYER_UNKNOWN without keys or an account.  `_make` makes the year's key when there is none, in
 * the caller's transaction; `_find`: ERR_NOT_FOUND. */
MUST_CHECK struct err payer_make(struct payer_keys *keys, struct db *db,
	const struct payer_account *account, payer_id *payer);
MUST_CHECK struct err payer_find(struct payer_keys *keys, struct db *db,
	const struct payer_account *account, payer_id *payer);

#endif
