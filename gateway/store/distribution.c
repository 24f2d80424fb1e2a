/* How each table's rows are spread over nodes; the reasons are printed beside the statements. */
#include <string.h>

#include "chopay/distribution.h"

#define WHOLE(table, why)                            \
	{                                            \
		table, SPREAD_WHOLE, NULL, NULL, why \
	}
#define ROWS(table, column, beside, why)                \
	{                                               \
		table, SPREAD_ROWS, column, beside, why \
	}
#define NOT(table, why)                            \
	{                                          \
		table, SPREAD_NOT, NULL, NULL, why \
	}

const struct distribution distributions[] = {
	NOT("schema_step", "one row for each step"),
	NOT("writer", "256 rows at most; each commit of a writer checks its own"),
	NOT("lease", "one row for each background job"),
	NOT("change", "one row for each table that nodes keep in memory"),
	NOT("node_keys", "one row"),
	NOT("store_note", "one row, or none: what the store is told about itself"),
	NOT("shared_secret", "a row or two"),
	NOT("seal_total", "one row for each writer and table"),
	NOT("archived_month", "one row for each month that was taken out"),

	/* The register: read by each booking, changed by hand. */
	WHOLE("unit", "the State's list"),
	WHOLE("bank", "the interbank network's list"),
	WHOLE("market", "the register"),
	WHOLE("market_unit", "the register"),
	WHOLE("merchant", "the register: its key is the name and the phone"),
	WHOLE("stall", "the register: found by number, reference, code or market"),
	WHOLE("account", "the register: found by its number at a bank"),
	WHOLE("stall_account", "the register: joins two of its tables"),
	WHOLE("endpoint", "who may call us; all nodes ask"),
	WHOLE("api_key", "who may call us; all nodes ask"),
	WHOLE("staff", "who signs in; all nodes ask"),
	WHOLE("pull", "lists that we ask for, a few for each bank"),
	WHOLE("statement_mapping", "one row for each bank"),
	WHOLE("market_attachment", "the register: to which units a market belongs"),
	WHOLE("market_calendar", "the register: on which days a market is open"),
	WHOLE("own_account", "the register: from which a stall's people pay"),
	WHOLE("unit_lineage", "the State's list"),
	WHOLE("target", "a few for each unit and year"),
	WHOLE("dossier_month", "one row for each unit and month"),
	WHOLE("payout", "one row for each unit and month"),
	WHOLE("service_score", "seven rows for each unit and year"),
	WHOLE("market_tally", "one row for each market and day, written by one node at a time"),
	WHOLE("stall_place", "the register: where a stall stood"),
	WHOLE("snapshot", "what officials signed"),
	WHOLE("watched", "what has raised an alarm and goes on: a few"),
	WHOLE("endpoint_day", "a row for each endpoint and day, written by one node at a time"),
	WHOLE("register_file", "files for a register: a few a week"),
	WHOLE("export", "a few at a time"),
	WHOLE("account_change", "the register: which account a stall will have"),
	WHOLE("receiver", "who is told, a few for each point of sale"),

	/* A stall's own: its day is read and written on one node. */
	ROWS("charge", "stall_id", NULL, "a charge is one stall's"),
	ROWS("charge_counter", "stall_id", "charge", "counts a stall's charges"),
	ROWS("counter_block", "stall_id", "charge", "counters of a stall's charges"),
	ROWS("minted_charge", "stall_id", "charge", "a charge is one stall's"),
	ROWS("payment", "stall_id", "charge", "a payment is one stall's"),
	ROWS("adjustment", "stall_id", "charge", "points at a payment of its stall"),
	ROWS("cell", "stall_id", "charge", "sums a stall's payments"),
	ROWS("charge_dossier", "stall_id", "charge", "what a counter's charge is for"),
	ROWS("stall_leave", "stall_id", "charge", "a stall's own days"),
	ROWS("stall_code", "stall_id", "charge", "a stall's own days"),
	ROWS("stall_life", "stall_id", "charge", "a stall's own days"),
	ROWS("turnover", "stall_id", "charge", "declared by a stall"),
	ROWS("market_fee", "stall_id", "charge", "paid by a stall"),
	ROWS("adoption_due", "stall_id", "charge", "put in by each booking, beside its cell"),
	ROWS("adoption_owner", "stall_id", "charge", "about a stall's payment"),
	ROWS("adoption_day", "stall_id", "charge", "what a stall's day counts for"),
	ROWS("adoption_month", "stall_id", "charge", "what a stall's month counts for"),
	ROWS("adoption_flag", "stall_id", "charge", "about a stall's payment or month"),
	ROWS("flag_release", "stall_id", "charge", "about a stall's flag"),
	ROWS("notice", "stall_id", "charge", "what a stall is told"),
	ROWS("stall_claim", "stall_id", "charge", "what a stall says"),
	ROWS("inspection", "stall_id", "charge", "what hung at a stall"),

	/* An account's: which transfers are the same is asked of one account. */
	ROWS("transfer_key", "account_no", NULL,
		"decides whether a transfer was told before: by account, never by time"),
	ROWS("transfer", "account_no", "transfer_key", "compared with the account's others"),
	ROWS("bank_line", "account_no", "transfer_key", "the bank's lines of an account"),
	ROWS("statement_file", "account_no", "transfer_key", "which days of an account were told"),
	ROWS("reconciliation", "account_no", "transfer_key", "a day of an account"),

	/* What becomes of a credit that named nobody: by the transfer, whose stall is not known. */
	ROWS("suspense", "transfer_id", NULL, "a credit is held once"),
	ROWS("resolution", "transfer_id", "suspense", "a credit is resolved once"),
	ROWS("resolution_proposal", "transfer_id", "suspense", "is about one credit"),
	ROWS("sent_back", "transfer_id", "suspense", "money out sends one credit back"),
	ROWS("awaited_webhook", "transfer_id", "suspense", "is about one transfer"),

	/* By keys of their own. */
	ROWS("delivery", "raw_sha256", NULL, "the same bytes are kept once"),
	ROWS("idempotency", "key", NULL, "one principal may ask for all stalls: not by principal"),
	ROWS("invite", "hash", NULL, "found by its secret alone"),
	ROWS("receipt", "hash", NULL, "found by its secret alone"),
	ROWS("session", "hash", "invite", "found by its secret alone"),
	ROWS("staff_invite", "hash", "invite", "found by its secret alone"),
	ROWS("staff_session", "hash", "invite", "found by its secret alone"),
	ROWS("sign_in_try", "subject", NULL, "counted for each login and address"),
	ROWS("audit", "id", NULL, "about anything"),
	ROWS("alarm", "id", NULL, "about anything"),
	ROWS("alarm_closing", "alarm_id", "alarm", "who closed an alarm"),
	ROWS("dispatch", "receiver_id", NULL, "a receiver's line is in order"),
	ROWS("dispatch_attempt", "receiver_id", "dispatch", "a receiver's log"),
};
const size_t distribution_count = sizeof(distributions) / sizeof(distributions[0]);

const struct distribution *
distribution_of(const char *table)
{
	for (size_t i = 0; i < distribution_count; i++) {
		if (strcmp(distributions[i].table, table) == 0)
			return &distributions[i];
	}
	return NULL;
}
