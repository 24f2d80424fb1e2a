/*
 * fixture_bill.h - the bills of a fixture, which stand in for the books' charges.
 */
#ifndef FEEDS_FIXTURE_BILL_H
#define FEEDS_FIXTURE_BILL_H

#include "chopay/feeds.h"
#include "chopay/json.h"

/*
 * The bill with that id, or (id empty) of that customer, among {bill_id, customer_id, amount} of
 * secret.open_bills.  They are those that can still be paid: one that is not listed was paid.
 * The texts are borrowed.  ERR_INVALID: a bill is malformed.
 */
MUST_CHECK struct err fixture_bill(const json_t *open_bills, struct str bill_id,
	struct str customer_id, struct feed_bill *bill);

#endif
