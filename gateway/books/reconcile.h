/*
 * reconcile.h - one day of one account: what the bank's lines of a source and our transfers say.
 */
#ifndef CHOPAY_BOOKS_RECONCILE_H
#define CHOPAY_BOOKS_RECONCILE_H

#include "books.h"

/* `made` but for its id.  `now_ms`: when the books were looked at. */
MUST_CHECK struct err reconcile_day(struct db *db, struct arena *arena, const struct books *books,
	const struct bank_day *day, int64_t now_ms, struct reconciliation *made);

#endif
