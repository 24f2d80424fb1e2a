/*
 * revenue_rows.h - what a stall took in and gave back, by the day of the bank.
 *
 * All payments: no rule of the index takes any out.  *_walk: as in registers.h.
 * Source: ADOPTION section 4 ("ledger and revenue book stay untouched") and 8.
 */
#ifndef CHOPAY_REVENUE_ROWS_H
#define CHOPAY_REVENUE_ROWS_H

#include "chopay/store.h"

enum revenue_kind { REVENUE_SALES, REVENUE_REFUNDS, REVENUE_REVERSALS };
struct revenue_day {
	int32_t day; /* of the bank's time, Vietnam */
	enum revenue_kind kind;
	int64_t count;
	struct vnd amount; /* above 0, of money given back too */
};
/* By day and kind; money given back on the day it went back, not on its payment's. */
MUST_CHECK struct err revenue_days_walk(struct db *db, int64_t stall_id, int32_t from_day,
	int32_t to_day, struct err (*each)(void *arg, const struct revenue_day *day), void *arg);
/* Of all the merchant's stalls, fee desks left out; what was given back is taken off. */
MUST_CHECK struct err revenue_total(
	struct db *db, int64_t merchant_id, int32_t from_day, int32_t to_day, struct vnd *total);

struct revenue_account_row {
	struct str bank_bin, bank_name, account_no, holder;
	int64_t from_ms, to_ms; /* MS_LAST: still in use */
};
/* Accounts on which a stall of the merchant receives or received, each once, the oldest first. */
MUST_CHECK struct err revenue_accounts_walk(struct db *db, int64_t merchant_id,
	struct err (*each)(void *arg, const struct revenue_account_row *account), void *arg);

#endif
