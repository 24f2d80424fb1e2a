/*
 * cells.h - what a transaction adds to cells waits until somebody looks, or the transaction ends.
 *
 * For db.c, which begins and ends transactions.  (cells_add and the readers: chopay/store.h.)
 */
#ifndef STORE_CELLS_H
#define STORE_CELLS_H

#include "db.h"

/* What waits is written. */
MUST_CHECK struct err cells_flush(struct db *db);
/* What waits is undone with its transaction. */
void cells_forget(struct db *db);

#endif
