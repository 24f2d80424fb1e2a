/* chopay reconcile: days of accounts, the bank's lines against our transfers; signed proofs. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "chopay/money.h"
#include "cli.h"
#include "control.h"
#include "list.h"
#include "options.h"
#include "proof.h"

#define MISSED_SHOWN_MAX 20 /* in lines for people; --json and the proof have all */

static const char RECONCILE_HELP[] =
	"usage: chopay reconcile [--account N] [--day D | --from D --to D] [--source S] [--json] --data DIR\n"
	"       chopay reconcile list [--account N] [--state equal|gap] [--from D] [--to D] [--json] --data DIR\n"
	"       chopay reconcile show ID --data DIR\n"
	"       chopay reconcile verify-proof FILE [--public-key KEY | --data DIR]\n"
	"       chopay reconcile key --data DIR\n\n"
	"Compares what the bank's lines of a day say (pulled lists, imported statements) with our\n"
	"transfers, for each account and source; yesterday and today unless told otherwise.  A running\n"
	"gateway does it by itself for each day that is over.  Exit 0: all equal; 65: there is a gap.\n\n"
	"  missed          no webhook told it: booked when the list or statement told it\n"
	"  extra           we have it, the bank's lines have not\n"
	"  amount_differs  the bank's line and our transfer do not say the same\n"
	"  same_transfer   two lines of the bank are one transfer of ours\n"
	"  ambiguous       it may repeat another one: see `chopay suspense list`\n\n"
	"show prints one with its signed proof, for verify-proof; key prints the public key that proofs\n"
	"are verified with.  Days are 2026-07-28, in Vietnam.\n";

struct reconcile_options {
	struct where where;
	const char *account, *day, *from, *to, *source, *state, *public_key;
	bool json;
	const char *word;
};

/* ---- for people ---------------------------------------------------------------------------------
 */

static int64_t
number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void
print_sums(const char *whose, const json_t *sums)
{
	struct buf in CLEANUP(buf_fini) = {0}, out CLEANUP(buf_fini) = {0};

	vnd_format(&in, (struct vnd){number(sums, "credit_sum")});
	vnd_format(&out, (struct vnd){number(sums, "debit_sum")});
	printf("  %s %6lld in %16s đ %6lld out %16s đ\n", whose, (long long)number(sums, "credits"),
		in.ptr, (long long)number(sums, "debits"), out.ptr);
}

static void
print_head(const json_t *item)
{
	printf("%.*s  %-16.*s %-14.*s %.*s\n", STR_FMT(list_text(item, "day")),
		STR_FMT(list_text(item, "account")), STR_FMT(list_text(item, "source")),
		STR_FMT(list_text(item, "state")));
	print_sums("bank", json_object_get(item, "bank"));
	print_sums("ours", json_object_get(item, "ours"));
}

static void
print_row(const json_t *row)
{
	struct buf amount CLEANUP(buf_fini) = {0}, ours CLEANUP(buf_fini) = {0};

	vnd_format(&amount, (struct vnd){number(row, "amount")});
	printf("  %-14.*s %16s đ %-3.*s %.*s  transfer %.*s  %.*s", STR_FMT(list_text(row, "kind")),
		amount.ptr, STR_FMT(list_text(row, "direction")),
		STR_FMT(list_text(row, "booked_at")), STR_FMT(list_text(row, "transfer")),
		STR_FMT(list_text(row, "line")));
	if (json_object_get(row, "our_amount") != NULL) {
		vnd_format(&ours, (struct vnd){number(row, "our_amount")});
		printf("  ours: %s đ %.*s", ours.ptr, STR_FMT(list_text(row, "our_direction")));
	}
	putchar('\n');
}

static void
print_item(const json_t *item)
{
	const json_t *rows = json_object_get(item, "rows");
	size_t shown = 0, missed = 0;

	print_head(item);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		bool is_missed = str_eq(list_text(row, "kind"), STR("missed"));

		missed += is_missed;
		if (is_missed && shown == MISSED_SHOWN_MAX)
			continue;
		shown += is_missed;
		print_row(row);
	}
	if (missed > shown)
		printf("  ... %zu more were missed\n", missed - shown);
}

/* ---- now ----------------------------------------------------------------------------------------
 */

static int
set_days(const struct reconcile_options *options, json_t *body)
{
	if (options->day != NULL && (options->from != NULL || options->to != NULL)) {
		complain("reconcile: --day, or --from and --to, not both");
		return EX_USAGE;
	}
	if ((options->from == NULL) != (options->to == NULL)) {
		complain("reconcile: --from and --to go together");
		return EX_USAGE;
	}
	if (options->day != NULL || options->from != NULL) {
		json_set_str(body, "from",
			str_from(options->day != NULL ? options->day : options->from));
		json_set_str(
			body, "to", str_from(options->day != NULL ? options->day : options->to));
	}
	return 0;
}

static int
report(const json_t *answer, bool json)
{
	const json_t *items = json_object_get(answer, "reconciliations");
	bool gap = false;

	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *item = json_array_get(items, i);

		gap = gap || !str_eq(list_text(item, "state"), STR("equal"));
		(json ? list_print_json : print_item)(item);
	}
	if (json_array_size(items) == 0) {
		complain("reconcile: no lines of a bank for these days: pull a list (`chopay pull"
			 " --help`) or import a statement first");
		return EX_DATAERR;
	}
	if (json_is_true(json_object_get(answer, "more"))) {
		complain("reconcile: these were not all; ask for fewer days, or for one account");
		return EX_UNAVAILABLE;
	}
	return gap ? EX_DATAERR : EX_OK;
}

static int
reconcile_now(const struct reconcile_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	int status = set_days(options, body);

	if (options->account != NULL)
		json_set_str(body, "account", str_from(options->account));
	if (options->source != NULL)
		json_set_str(body, "source", str_from(options->source));
	if (status == 0)
		status = control_open("reconcile", &options->where, &control);
	if (status == 0)
		status = control_json(control, "POST", "/control/reconcile", body, &answer);
	return status == 0 ? report(answer, options->json) : status;
}

/* ---- what was found before ----------------------------------------------------------------------
 */

static void
add_query(struct buf *query, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_addf(query, "&%s=", name);
	path_add(query, str_from(value));
}

static int
reconcile_list(const struct reconcile_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct buf query CLEANUP(buf_fini) = {0};
	int status = control_open("reconcile list", &options->where, &control);

	add_query(&query, "account", options->account);
	add_query(&query, "state", options->state);
	add_query(&query, "from", options->day != NULL ? options->day : options->from);
	add_query(&query, "to", options->day != NULL ? options->day : options->to);
	if (status != 0)
		return status;
	return list_print(control, "/v1/reconciliations", query.ptr == NULL ? "" : query.ptr,
		"reconciliations", options->json ? list_print_json : print_head, NULL);
}

static int
reconcile_show(const struct reconcile_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0};
	int status;

	if (options->word == NULL) {
		complain("reconcile show: which one? give its ID (`chopay reconcile list`)");
		return EX_USAGE;
	}
	buf_adds(&path, "/v1/reconciliations/");
	path_add(&path, str_from(options->word));
	status = control_open("reconcile show", &options->where, &control);
	if (status == 0)
		status = control_json(control, "GET", path.ptr, NULL, &answer);
	if (status == 0)
		list_print_json(answer);
	return status;
}

/* ---- proofs -------------------------------------------------------------------------------------
 */

static int
ledger_key(const char *command, const struct where *where, struct buf *key)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int status = control_open(command, where, &control);

	if (status == 0)
		status = control_json(control, "GET", "/control/ledger-key", NULL, &answer);
	if (status == 0)
		buf_add(key, list_text(answer, "public_key"));
	return status;
}

static int
reconcile_key(const struct reconcile_options *options)
{
	struct buf key CLEANUP(buf_fini) = {0};
	int status = ledger_key("reconcile key", &options->where, &key);

	if (status == 0)
		puts(key.ptr);
	return status;
}

static int
reconcile_verify(const struct reconcile_options *options)
{
	struct buf key CLEANUP(buf_fini) = {0};
	int status = 0;

	if (options->word == NULL) {
		complain(
			"reconcile verify-proof: which file? (`chopay reconcile show ID` makes one)");
		return EX_USAGE;
	}
	if (options->public_key != NULL)
		buf_adds(&key, options->public_key);
	else if (where_given(&options->where))
		status = ledger_key("reconcile verify-proof", &options->where, &key);
	return status == 0 ? proof_verify("reconcile verify-proof", options->word, buf_str(&key))
			   : status;
}

int
cli_reconcile(int argc, char **argv)
{
	struct reconcile_options options = {0};
	const struct option_spec specs[] = {
		WHERE_OPTIONS(options.where),
		{"account", &options.account, NULL},
		{"day", &options.day, NULL},
		{"from", &options.from, NULL},
		{"to", &options.to, NULL},
		{"source", &options.source, NULL},
		{"state", &options.state, NULL},
		{"public-key", &options.public_key, NULL},
		{"json", NULL, &options.json},
	};
	static const struct {
		const char *name;
		int (*run)(const struct reconcile_options *options);
		size_t words;
	} actions[] = {
		{"list", reconcile_list, 0},
		{"show", reconcile_show, 1},
		{"verify-proof", reconcile_verify, 1},
		{"key", reconcile_key, 0},
	};
	const size_t action_count = sizeof(actions) / sizeof(actions[0]);
	const char *words[1] = {NULL};
	size_t count, which = 0;
	int status;

	while (which < action_count && (argc < 2 || strcmp(argv[1], actions[which].name) != 0))
		which++;
	if (which < action_count) {
		argc--;
		argv++;
	}
	status = options_read("reconcile", RECONCILE_HELP, argc, argv, specs,
		sizeof(specs) / sizeof(specs[0]), words,
		which < action_count ? actions[which].words : 0, &count);
	if (status != -1)
		return status;
	options.word = words[0];
	return which < action_count ? actions[which].run(&options) : reconcile_now(&options);
}
