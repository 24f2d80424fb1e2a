/* chopay charge create, payments list. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "chopay/money.h"
#include "cli.h"
#include "control.h"
#include "list.h"
#include "options.h"

static const char CHARGE_HELP[] =
	"usage: chopay charge create --stall CODE --amount N [--expires-in SECONDS] --data DIR\n\n"
	"Asks N đồng of one buyer; prints the charge as a JSON line (its reference, VietQR payload,\n"
	"addresses).  CODE is the stall's reference, code or MARKET.CODE.\n";

static int
charge_body(const char *amount_text, const char *seconds_text, json_t *body)
{
	struct vnd amount;
	int64_t seconds;
	struct err err = vnd_parse(str_from(amount_text), &amount);

	if (err.code == ERR_OK && amount.dong > VND_TRANSFER_MAX)
		err = FAIL(ERR_INVALID, "one transfer carries less than 500.000.000 đồng");
	if (err.code != ERR_OK) {
		complain("charge create: --amount %s: %s", amount_text, err.what);
		return EX_DATAERR;
	}
	json_set_i64(body, "amount", amount.dong);
	if (seconds_text == NULL)
		return 0;
	if (str_to_i64(str_from(seconds_text), &seconds).code != ERR_OK) {
		complain("charge create: --expires-in is a number of seconds");
		return EX_USAGE;
	}
	json_set_i64(body, "expires_in", seconds);
	return 0;
}

int
cli_charge(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf path CLEANUP(buf_fini) = {0};
	const char *data = NULL, *stall = NULL, *amount = NULL, *seconds = NULL, *words[1];
	const struct option_spec specs[] = {{"data", &data, NULL}, {"stall", &stall, NULL},
		{"amount", &amount, NULL}, {"expires-in", &seconds, NULL}};
	size_t count;
	int status;

	if (argc < 2 || strcmp(argv[1], "create") != 0)
		return subcommand_missing("charge", CHARGE_HELP, argc, argv);
	status = options_read(
		"charge create", CHARGE_HELP, argc - 1, argv + 1, specs, 4, words, 0, &count);
	if (status != -1)
		return status;
	if (stall == NULL || stall[0] == '\0' || amount == NULL) {
		complain("charge create: --stall and --amount are needed");
		return EX_USAGE;
	}
	status = charge_body(amount, seconds, body);
	if (status != 0)
		return status;
	buf_adds(&path, "/v1/stalls/");
	path_add(&path, str_from(stall));
	buf_adds(&path, "/charges");
	status = control_open("charge create", data, &control);
	if (status == 0)
		status = control_json(control, "POST", path.ptr, body, &answer);
	if (status == 0)
		list_print_json(answer);
	return status;
}

/* ---- payments --------------------------------------------------------------------------------
 */

static void
print_payment(const json_t *item)
{
	struct buf amount CLEANUP(buf_fini) = {0};

	vnd_format(&amount, (struct vnd){json_integer_value(json_object_get(item, "amount"))});
	printf("%.*s  %-8.*s %12s đ  %-16.*s %.*s\n", STR_FMT(list_text(item, "booked_at")),
		STR_FMT(list_text(item, "stall")), amount.ptr,
		STR_FMT(list_text(item, "matched_by")), STR_FMT(list_text(item, "charge")));
}

static const char PAYMENTS_HELP[] =
	"usage: chopay payments list [--json] [--since TIME] --data DIR\n\n"
	"Payments in the order they were booked, one per line.\n"
	"  --json        {id, bank_ref, provider_txn_id, feed, account, stall, charge, amount,\n"
	"                booked_at, matched_by, state} per line\n"
	"  --since TIME  by the bank's time: 2026-07-28 or 2026-07-28T14:30:45+07:00\n";

int
cli_payments(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct buf query CLEANUP(buf_fini) = {0};
	const char *data = NULL, *since = NULL, *words[1];
	bool json = false;
	const struct option_spec specs[] = {
		{"data", &data, NULL}, {"since", &since, NULL}, {"json", NULL, &json}};
	size_t count;
	int status;

	if (argc < 2 || strcmp(argv[1], "list") != 0)
		return subcommand_missing("payments", PAYMENTS_HELP, argc, argv);
	status = options_read(
		"payments list", PAYMENTS_HELP, argc - 1, argv + 1, specs, 3, words, 0, &count);
	if (status != -1)
		return status;
	if (since != NULL) {
		buf_adds(&query, "&since=");
		path_add(&query, str_from(since));
	}
	status = control_open("payments list", data, &control);
	if (status != 0)
		return status;
	return list_print(control, "/v1/payments", query.ptr == NULL ? "" : query.ptr, "payments",
		json ? list_print_json : print_payment, NULL);
}
