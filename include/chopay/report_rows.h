/*
 * report_rows.h - what reports ask of the books beside cells and registers: accounts, credits that
 * wait, how days of accounts agree with the bank.
 *
 * *_walk: as in registers.h.  Source: ADOPTION section 3 (S3, S4).
 */
#ifndef CHOPAY_REPORT_ROWS_H
#define CHOPAY_REPORT_ROWS_H

#include "chopay/store.h"

/* Accounts, the stalls that receive, or received, on them, and since when; by account. */
MUST_CHECK struct err account_stalls_walk(struct db *db,
	struct err (*each)(void *arg, struct str account_no, int64_t stall_id, int64_t from_ms),
	void *arg);
/* Credits of from..to (by the bank's time, exclusive) that wait in suspense. */
MUST_CHECK struct err unmatched_walk(struct db *db, int64_t from_ms, int64_t to_ms,
	struct err (*each)(
		void *arg, struct str account_no, int64_t booked_at_ms, struct vnd amount),
	void *arg);
/* Days of accounts that were reconciled, each source's newest; `difference`: of credits and of
 * debits, both as they are without a sign. */
MUST_CHECK struct err reconciled_walk(struct db *db, int32_t from_day, int32_t to_day,
	struct err (*each)(void *arg, struct str account_no, int32_t day, struct vnd difference),
	void *arg);

#endif
