/* Which tables are sealed, and which of their columns, in the order in which they are bound. */
#include "seals_table.h"

#define SEALED(name_, key_, columns_, where_)                                                      \
	.name = name_, .all = SEALED_ROWS(name_, key_, columns_),                                  \
	.unsealed = "SELECT '', seal, " columns_ " FROM " name_ " WHERE seal IS NULL LIMIT 20000", \
	.seal = "UPDATE " name_ " SET seal = $1 WHERE " where_

const struct sealed_table sealed_tables[SEALED_TABLES] = {
	[SEALED_DELIVERY] = {SEALED("delivery", "id || ''", SEALED_DELIVERY_COLUMNS, "id = $2"),
		{0, -1}, false},
	[SEALED_TRANSFER] = {SEALED("transfer", "id || ''",
				     "id, delivery_id, feed, provider_txn_id, bank_ref, bank,"
				     " account_no, virtual_account, amount, outgoing, note,"
				     " booked_at_ms, booked_told, arrived_at_ms, code_hint",
				     "id = $2"),
		{0, -1}, false},
	[SEALED_TRANSFER_KEY] = {SEALED("transfer_key", "account_no || ' ' || key",
					 "account_no, key, transfer_id, amount, outgoing,"
					 " delivery_id, merged_by, bank_ref",
					 "account_no = $2 AND key = $3"),
		{0, 1}, true},
	[SEALED_PAYMENT] = {SEALED("payment", "id || ''",
				    "id, stall_id, transfer_id, charge_id, amount, day,"
				    " booked_at_ms, arrived_at_ms, matched_by, rule_version",
				    "id = $2 AND stall_id = $3"),
		{0, 1}, false},
	[SEALED_SUSPENSE] = {SEALED("suspense", "transfer_id || ''",
				     "transfer_id, reason, amount, rule_version, created_at_ms,"
				     " other_transfer_id",
				     "transfer_id = $2"),
		{0, -1}, false},
	[SEALED_RESOLUTION] = {SEALED("resolution", "transfer_id || ''",
				       "transfer_id, outcome, stall_id, charge_id,"
				       " other_transfer_id, person, why, created_at_ms,"
				       " second_person",
				       "transfer_id = $2"),
		{0, -1}, false},
	[SEALED_RESOLUTION_PROPOSAL] =
		{SEALED("resolution_proposal", "transfer_id || '/' || id",
			 "transfer_id, outcome, stall_id, charge_id, other_transfer_id, person, why,"
			 " created_at_ms, id",
			 "transfer_id = $2 AND id = $3"),
			{0, 8}, false},
	[SEALED_CHARGE] = {SEALED("charge", "reference",
				   "id, stall_id, account_id, reference, state, amount, paid,"
				   " created_at_ms, expires_at_ms, refunded",
				   "id = $2 AND stall_id = $3"),
		{0, 1}, true},
	[SEALED_NOTICE] = {SEALED("notice", "id || ''",
				   "id, stall_id, kind, reference, body, created_at_ms",
				   "id = $2 AND stall_id = $3"),
		{0, 1}, false},
	[SEALED_ALARM] = {SEALED("alarm", "id || ''", "id, kind, subject, detail, created_at_ms",
				  "id = $2"),
		{0, -1}, false},
	[SEALED_BANK_LINE] = {SEALED("bank_line", "source || ' ' || line_key",
				      "account_no, day, source, line_key, transfer_id, amount,"
				      " outgoing, booked_at_ms, told_at_ms",
				      "account_no = $2 AND line_key = $3"),
		{0, 3}, false},
	[SEALED_RECONCILIATION] =
		{SEALED("reconciliation", "id || ''",
			 "id, account_no, day, source, state, bank_credits, bank_credit_sum,"
			 " bank_debits, bank_debit_sum, our_credits, our_credit_sum, our_debits,"
			 " our_debit_sum, gaps, missed, missed_sum, proof, signature, created_at_ms",
			 "id = $2"),
			{0, -1}, false},
	[SEALED_ADJUSTMENT] = {SEALED("adjustment", "id || ''",
				       "id, stall_id, payment_id, kind, amount, day, transfer_id,"
				       " matched_by, person, why, created_at_ms",
				       "id = $2 AND stall_id = $3"),
		{0, 1}, true},
	[SEALED_SNAPSHOT] = {SEALED("snapshot", "id || ''",
				     "id, scope, period, calendar, boundary, audience,"
				     " parameter_set, revision, status, position, cut_at_ms,"
				     " person, sha256, signature, report",
				     "id = $2"),
		{0, -1}, false},
	[SEALED_AUDIT] = {SEALED("audit", "id || ''",
				  "writer, id, at_ms, who, what, subject, detail, hash", "id = $2"),
		{1, -1}, false},
};
