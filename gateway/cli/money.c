/* chopay charge create|list, payments list|refund. */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "chopay/log.h"
#include "chopay/money.h"
#include "cli.h"
#include "control.h"
#include "list.h"
#include "options.h"

static const char CHARGE_HELP[] =
	"usage: chopay charge create --stall CODE --amount N [--expires-in SECONDS] --data DIR\n"
	"       chopay charge create --stall DESK --amount N --dossier NUMBER [--procedure CODE]\n"
	"                            [--online] ... --data DIR\n"
	"       chopay charge list [--dossier NUMBER] [--json] --data DIR\n\n"
	"Asks N đồng of one buyer; prints the charge as a JSON line (its reference, VietQR payload,\n"
	"addresses).  CODE is the stall's reference, code or MARKET.CODE.\n"
	"  --dossier NUMBER  what a fee desk's charge is for (stalls of the kind fee_desk alone)\n"
	"  --procedure CODE  of the dossier\n"
	"  --online          it is paid from afar, not at the counter\n\n"
	"list: fee desks' charges, or those of one dossier, in the order they were asked.\n";

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

static void
print_charge(const json_t *item)
{
	struct buf amount CLEANUP(buf_fini) = {0};

	vnd_format(&amount, (struct vnd){json_integer_value(json_object_get(item, "amount"))});
	printf("%.*s  %.*s  %12s đ  %-9.*s %-7s %-28.*s %.*s\n",
		STR_FMT(list_text(item, "created_at")), STR_FMT(list_text(item, "reference")),
		amount.ptr, STR_FMT(list_text(item, "state")),
		json_is_true(json_object_get(item, "online")) ? "online" : "counter",
		STR_FMT(list_text(item, "dossier")), STR_FMT(list_text(item, "procedure")));
}

static int
charge_list(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct buf query CLEANUP(buf_fini) = {0};
	struct where where = {0};
	const char *dossier = NULL, *words[1];
	bool json = false;
	const struct option_spec specs[] = {
		WHERE_OPTIONS(where), {"dossier", &dossier, NULL}, {"json", NULL, &json}};
	size_t count;
	int status = options_read(
		"charge list", CHARGE_HELP, argc, argv, specs, 5, words, 0, &count);

	if (status != -1)
		return status;
	if (dossier != NULL) {
		buf_adds(&query, "&dossier=");
		path_add(&query, str_from(dossier));
	}
	status = control_open("charge list", &where, &control);
	if (status != 0)
		return status;
	return list_print(control, "/v1/charges", query.ptr == NULL ? "" : query.ptr, "charges",
		json ? list_print_json : print_charge, NULL);
}

int
cli_charge(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf path CLEANUP(buf_fini) = {0};
	struct where where = {0};
	const char *stall = NULL, *amount = NULL, *seconds = NULL, *words[1];
	const char *dossier = NULL, *procedure = NULL;
	bool online = false;
	const struct option_spec specs[] = {WHERE_OPTIONS(where), {"stall", &stall, NULL},
		{"amount", &amount, NULL}, {"expires-in", &seconds, NULL},
		{"dossier", &dossier, NULL}, {"procedure", &procedure, NULL},
		{"online", NULL, &online}};
	size_t count;
	int status;

	if (argc > 1 && strcmp(argv[1], "list") == 0)
		return charge_list(argc - 1, argv + 1);
	if (argc < 2 || strcmp(argv[1], "create") != 0)
		return subcommand_missing("charge", CHARGE_HELP, argc, argv);
	status = options_read(
		"charge create", CHARGE_HELP, argc - 1, argv + 1, specs, 9, words, 0, &count);
	if (status != -1)
		return status;
	if (stall == NULL || stall[0] == '\0' || amount == NULL) {
		complain("charge create: --stall and --amount are needed");
		return EX_USAGE;
	}
	status = charge_body(amount, seconds, body);
	if (status != 0)
		return status;
	if (dossier != NULL)
		json_set_str(body, "dossier", str_from(dossier));
	if (procedure != NULL)
		json_set_str(body, "procedure", str_from(procedure));
	if (online)
		json_object_set_new(body, "online", json_true());
	buf_adds(&path, "/v1/stalls/");
	path_add(&path, str_from(stall));
	buf_adds(&path, "/charges");
	status = control_open("charge create", &where, &control);
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
	"usage: chopay payments list [--json] [--since TIME] --data DIR\n"
	"       chopay payments refund ID --amount N --why TEXT [--transfer ID] [--person NAME]\n"
	"                              --data DIR\n\n"
	"list: payments in the order they were booked, one per line.\n"
	"  --json        {id, bank_ref, provider_txn_id, feed, account, stall, charge, amount,\n"
	"                booked_at, matched_by, state, refunded, ...} per line; state is confirmed,\n"
	"                partly_refunded, refunded or reversed\n"
	"  --since TIME  by the bank's time: 2026-07-28 or 2026-07-28T14:30:45+07:00\n\n"
	"refund: N đồng of payment ID were given back; prints the refund and the payment as a JSON\n"
	"line.  It moves no money: it records what was done.  The day of the payment is reduced.\n"
	"  --transfer ID the money out that did it, when a feed has told it; one that a feed tells\n"
	"                later is recognised by itself\n"
	"  --person NAME who says so (default: the user of this command)\n";

static int
payments_list(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct buf query CLEANUP(buf_fini) = {0};
	struct where where = {0};
	const char *since = NULL, *words[1];
	bool json = false;
	const struct option_spec specs[] = {
		WHERE_OPTIONS(where), {"since", &since, NULL}, {"json", NULL, &json}};
	size_t count;
	int status;

	status = options_read(
		"payments list", PAYMENTS_HELP, argc, argv, specs, 5, words, 0, &count);
	if (status != -1)
		return status;
	if (since != NULL) {
		buf_adds(&query, "&since=");
		path_add(&query, str_from(since));
	}
	status = control_open("payments list", &where, &control);
	if (status != 0)
		return status;
	return list_print(control, "/v1/payments", query.ptr == NULL ? "" : query.ptr, "payments",
		json ? list_print_json : print_payment, NULL);
}

struct refund_options {
	struct where where;
	const char *id, *amount, *why, *transfer, *person;
};

/* Whoever is at this machine's keyboard, unless they say who they are. */
static const char *
user_name(void)
{
	const struct passwd *user = getpwuid(getuid());

	return user == NULL ? "" : user->pw_name;
}

static int
refund_body(const struct refund_options *options, json_t *body)
{
	struct vnd amount;
	struct err err;

	if (options->id == NULL || options->amount == NULL || options->why == NULL) {
		complain("payments refund: give ID (`chopay payments list --json` shows it),"
			 " --amount N and --why TEXT");
		return EX_USAGE;
	}
	err = vnd_parse(str_from(options->amount), &amount);
	if (err.code != ERR_OK) {
		complain("payments refund: --amount %s: %s", options->amount, err.what);
		return EX_DATAERR;
	}
	json_set_i64(body, "amount", amount.dong);
	json_set_str(body, "why", str_from(options->why));
	json_set_str(
		body, "person", str_from(options->person == NULL ? user_name() : options->person));
	if (options->transfer != NULL)
		json_set_str(body, "transfer", str_from(options->transfer));
	return 0;
}

static int
payments_refund(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf path CLEANUP(buf_fini) = {0};
	struct refund_options options = {0};
	const struct option_spec specs[] = {WHERE_OPTIONS(options.where),
		{"amount", &options.amount, NULL}, {"why", &options.why, NULL},
		{"transfer", &options.transfer, NULL}, {"person", &options.person, NULL}};
	size_t count;
	int status = options_read(
		"payments refund", PAYMENTS_HELP, argc, argv, specs, 7, &options.id, 1, &count);

	if (status != -1)
		return status;
	status = refund_body(&options, body);
	if (status != 0)
		return status;
	buf_adds(&path, "/v1/payments/");
	path_add(&path, str_from(options.id));
	buf_adds(&path, "/refunds");
	status = control_open("payments refund", &options.where, &control);
	if (status == 0)
		status = control_json(control, "POST", path.ptr, body, &answer);
	if (status == 0)
		list_print_json(answer);
	return status;
}

int
cli_payments(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "list") == 0)
		return payments_list(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "refund") == 0)
		return payments_refund(argc - 1, argv + 1);
	return subcommand_missing("payments", PAYMENTS_HELP, argc, argv);
}
