/*
 * verify.h - what verify.c and verify_told.c share: checks that name each fault and change nothing.
 */
#ifndef BOOKS_VERIFY_H
#define BOOKS_VERIFY_H

#include "chopay/books.h"

#define ROWS_AT_ONCE 256

void found_id(found_fn found, void *arg, const char *table, int64_t id, const char *fault);

/* The kept bytes against their digests. */
MUST_CHECK struct err verify_deliveries(
	struct db *db, const struct crypt *crypt, found_fn found, void *arg);
/* Each transfer, and each key that leads to another feed's, against what its bytes say when they
 * are read again. */
MUST_CHECK struct err verify_transfers(struct db *db, found_fn found, void *arg);
MUST_CHECK struct err verify_merged(struct db *db, found_fn found, void *arg);

#endif
