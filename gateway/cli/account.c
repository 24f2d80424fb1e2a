/* chopay account: which account a stall has; changed by two persons, after a delay. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "cli.h"
#include "control.h"
#include "list.h"
#include "options.h"

static const char ACCOUNT_HELP[] =
	"usage: chopay account propose --stall CODE --bank BANK --account N --holder NAME\n"
	"           --person P --why TEXT [--delay HOURS] --data DIR\n"
	"       chopay account approve ID --person P --data DIR\n"
	"       chopay account cancel ID --person P --why TEXT --data DIR\n"
	"       chopay account list [--json] --data DIR\n\n"
	"Where a stall's money goes is changed by two persons, and not at once: one proposes, another\n"
	"one approves, and it takes effect HOURS later (default 24; 1 to 720).  The stall's phones show\n"
	"it at each step, and until it took effect anybody may cancel it.\n"
	"A stall's first account comes with `chopay registry import`.\n\n"
	"BANK is a name or a BIN; NAME is the holder as the bank writes it: TRAN THI BA.\n";

struct account_options {
	struct where where;
	const char *stall, *bank, *account, *holder, *person, *why, *delay, *id;
	bool json;
};

static void
set(json_t *body, const char *name, const char *text)
{
	if (text != NULL)
		json_set_str(body, name, str_from(text));
}

static void
print_change(const json_t *item)
{
	printf("%.*s  %-9.*s %.*s  %.*s %.*s %.*s  due %.*s  by %.*s, %.*s  (%.*s)\n",
		STR_FMT(list_text(item, "id")), STR_FMT(list_text(item, "state")),
		STR_FMT(list_text(item, "stall_reference")), STR_FMT(list_text(item, "bank_bin")),
		STR_FMT(list_text(item, "account_no")), STR_FMT(list_text(item, "account_holder")),
		STR_FMT(list_text(item, "due_at")), STR_FMT(list_text(item, "person")),
		STR_FMT(list_text(item, "second_person")), STR_FMT(list_text(item, "why")));
}

static int
post(const char *command, const struct account_options *options, const char *path, json_t *body)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int status = control_open(command, &options->where, &control);

	set(body, "person", options->person);
	set(body, "why", options->why);
	if (status == 0)
		status = control_json(control, "POST", path, body, &answer);
	if (status == 0)
		print_change(answer);
	return status;
}

static int
propose(const struct account_options *options)
{
	json_t *body CLEANUP(json_cleanup) = json_object();

	if (options->stall == NULL || options->bank == NULL || options->account == NULL ||
		options->holder == NULL) {
		complain("account propose: give --stall, --bank, --account and --holder");
		return EX_USAGE;
	}
	set(body, "stall", options->stall);
	set(body, "bank", options->bank);
	set(body, "account_no", options->account);
	set(body, "account_holder", options->holder);
	if (options->delay != NULL) {
		int64_t hours;

		if (str_to_i64(str_from(options->delay), &hours).code != ERR_OK || hours < 1) {
			complain("account propose: --delay is a number of hours, 1 to 720");
			return EX_USAGE;
		}
		json_set_i64(body, "delay_hours", hours);
	}
	return post("account propose", options, "/v1/account-changes", body);
}

static int
decide(const char *command, const struct account_options *options, const char *what)
{
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf path CLEANUP(buf_fini) = {0};

	if (options->id == NULL) {
		complain("%s: which one? give its ID; `chopay account list` shows it", command);
		return EX_USAGE;
	}
	buf_adds(&path, "/v1/account-changes/");
	path_add(&path, str_from(options->id));
	buf_adds(&path, what);
	return post(command, options, path.ptr, body);
}

static int
approve(const struct account_options *options)
{
	return decide("account approve", options, "/approval");
}

static int
cancel(const struct account_options *options)
{
	return decide("account cancel", options, "/cancellation");
}

static int
list(const struct account_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	int status = control_open("account list", &options->where, &control);

	return status != 0 ? status
			   : list_print(control, "/v1/account-changes", "", "account_changes",
				     options->json ? list_print_json : print_change, NULL);
}

static const struct {
	const char *name;
	int (*run)(const struct account_options *options);
} subcommands[] = {{"propose", propose}, {"approve", approve}, {"cancel", cancel}, {"list", list}};

static int
run(size_t which, int argc, char **argv)
{
	struct account_options options = {0};
	const struct option_spec specs[] = {WHERE_OPTIONS(options.where),
		{"stall", &options.stall, NULL}, {"bank", &options.bank, NULL},
		{"account", &options.account, NULL}, {"holder", &options.holder, NULL},
		{"person", &options.person, NULL}, {"why", &options.why, NULL},
		{"delay", &options.delay, NULL}, {"json", NULL, &options.json}};
	const char *words[1] = {NULL};
	size_t count;
	int status = options_read("account", ACCOUNT_HELP, argc, argv, specs,
		sizeof(specs) / sizeof(specs[0]), words, 1, &count);

	options.id = words[0];
	return status != -1 ? status : subcommands[which].run(&options);
}

int
cli_account(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(subcommands) / sizeof(subcommands[0]); i++) {
		if (strcmp(argv[1], subcommands[i].name) == 0)
			return run(i, argc - 1, argv + 1);
	}
	return subcommand_missing("account", ACCOUNT_HELP, argc, argv);
}
