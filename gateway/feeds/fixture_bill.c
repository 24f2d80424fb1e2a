/*
 * fixture_bill.c - find a bill of a fixture.
 */
#include "fixture_bill.h"

static struct err
read_bill(const json_t *json, struct feed_bill *bill)
{
	*bill = (struct feed_bill){.found = true, .open = true};
	TRY(json_member_str(json, "bill_id", &bill->bill_id));
	TRY(json_member_str(json, "customer_id", &bill->customer_id));
	return json_member_i64(json, "amount", &bill->due.dong);
}

struct err
fixture_bill(const json_t *open_bills, struct str bill_id, struct str customer_id,
	struct feed_bill *bill)
{
	for (size_t i = 0; i < json_array_size(open_bills); i++) {
		TRY(read_bill(json_array_get(open_bills, i), bill));
		if (bill_id.len > 0 ? str_eq(bill->bill_id, bill_id)
				    : str_eq(bill->customer_id, customer_id))
			return OK;
	}
	*bill = (struct feed_bill){.found = true, .bill_id = bill_id, .customer_id = customer_id};
	return OK;
}
