/*
 * receipts.h - the links that buyers keep to the receipts of their charges.
 *
 * A link is a secret of 128 bits and more, of which only the SHA-256 is kept; it opens one receipt
 * until it expires.  SAFETY 5.  Threads: as of `db`.
 */
#ifndef CHOPAY_RECEIPTS_H
#define CHOPAY_RECEIPTS_H

#include "chopay/store.h"

MUST_CHECK struct err receipts_put(struct db *db, struct str hash, const struct charge *charge,
	int64_t now_ms, int64_t expires_at_ms);
/* How many links a charge has that have not expired. */
MUST_CHECK struct err receipts_count(
	struct db *db, const struct charge *charge, int64_t now_ms, int64_t *count);
/* ERR_NOT_FOUND: expired, or never was. */
MUST_CHECK struct err receipts_find(
	struct db *db, struct str hash, int64_t now_ms, int64_t *stall_id, int64_t *charge_id);

#endif
