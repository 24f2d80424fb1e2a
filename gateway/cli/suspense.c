/* chopay suspense list, resolve. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "chopay/money.h"
#include "cli.h"
#include "list.h"
#include "options.h"

static const char SUSPENSE_HELP[] =
	"usage: chopay suspense list [--json] --data DIR\n"
	"       chopay suspense resolve ID --stall CODE --by PERSON --why TEXT --data DIR\n"
	"       chopay suspense resolve ID --not-ours --by PERSON --why TEXT --data DIR\n\n"
	"Credits nobody could be found for, with the reason; resolving one is a row that says\n"
	"who and why.\n";

static void
print_suspense(const json_t *item)
{
	struct buf amount CLEANUP(buf_fini) = {0};

	vnd_format(&amount, (struct vnd){json_integer_value(json_object_get(item, "amount"))});
	printf("%.*s  %.*s  %12s đ  %-18.*s %.*s\n", STR_FMT(list_text(item, "id")),
		STR_FMT(list_text(item, "booked_at")), amount.ptr,
		STR_FMT(list_text(item, "reason")), STR_FMT(list_text(item, "account")));
}

struct suspense_options {
	const char *data, *stall, *person, *why, *id;
	bool json, not_ours;
};

static int
resolve(const struct suspense_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf path CLEANUP(buf_fini) = {0};
	int status;

	if (options->id == NULL || options->person == NULL || options->why == NULL ||
		(options->stall == NULL) != options->not_ours) {
		complain(
			"suspense resolve: give ID, --by PERSON, --why TEXT, and either --stall CODE "
			"or --not-ours");
		return EX_USAGE;
	}
	if (options->stall != NULL)
		json_set_str(body, "stall", str_from(options->stall));
	json_set_str(body, "person", str_from(options->person));
	json_set_str(body, "why", str_from(options->why));
	buf_adds(&path, "/v1/suspense/");
	path_add(&path, str_from(options->id));
	buf_adds(&path, "/resolution");
	status = control_open("suspense resolve", options->data, &control);
	if (status == 0)
		status = control_json(control, "POST", path.ptr, body, &answer);
	if (status == 0)
		list_print_json(answer);
	return status;
}

int
cli_suspense(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct suspense_options options = {0};
	const struct option_spec specs[] = {
		{"data", &options.data, NULL},
		{"stall", &options.stall, NULL},
		{"by", &options.person, NULL},
		{"why", &options.why, NULL},
		{"json", NULL, &options.json},
		{"not-ours", NULL, &options.not_ours},
	};
	bool listing = argc > 1 && strcmp(argv[1], "list") == 0;
	const char *words[1] = {NULL};
	size_t count;
	int status;

	if (!listing && (argc < 2 || strcmp(argv[1], "resolve") != 0))
		return subcommand_missing("suspense", SUSPENSE_HELP, argc, argv);
	status = options_read("suspense", SUSPENSE_HELP, argc - 1, argv + 1, specs,
		sizeof(specs) / sizeof(specs[0]), words, listing ? 0 : 1, &count);
	if (status != -1)
		return status;
	options.id = words[0];
	if (!listing)
		return resolve(&options);
	status = control_open("suspense list", options.data, &control);
	if (status != 0)
		return status;
	return list_print(control, "/v1/suspense", "", "suspense",
		options.json ? list_print_json : print_suspense, NULL);
}
