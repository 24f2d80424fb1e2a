/* chopay stall invite|devices|revoke|signup: a stall's phones, and what a stallholder is handed. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "cli.h"
#include "control.h"
#include "link.h"
#include "options.h"
#include "output.h"

static const char STALL_HELP[] =
	"usage: chopay stall invite --stall CODE [--helper] [LINK] --data DIR\n"
	"       chopay stall devices --stall CODE --data DIR\n"
	"       chopay stall revoke --stall CODE ID --data DIR\n"
	"       chopay stall signup --stall CODE [-o FILE.pdf] --data DIR\n\n"
	"CODE is the stall's reference, code or MARKET.CODE.\n\n"
	"invite   prints an invite link: whoever opens it within 48 hours, once, is signed in to the\n"
	"         stall's page on that phone; with --helper as one who takes payments and sees no totals\n"
	"devices  the phones that are signed in, one JSON line each\n"
	"revoke   signs the phone with that ID out\n"
	"signup   the sheet that the stallholder signs, one page of A4 as PDF: the stall and its\n"
	"         account, what is recorded, what officials see and never see, how to leave\n"
	"LINK:\n";

struct stall_options {
	struct where where;
	struct link_options link;
	const char *stall, *device;
	bool helper;
};

static void
stall_path(struct buf *path, const char *root, const char *stall, const char *what)
{
	buf_addf(path, "%s/stalls/", root);
	path_add(path, str_from(stall));
	buf_adds(path, what);
}

static int
invite(const struct stall_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf path CLEANUP(buf_fini) = {0};
	int status = link_check("stall invite", &options->link);

	if (status != 0)
		return status;
	json_set_str(body, "role", options->helper ? STR("helper") : STR("owner"));
	stall_path(&path, "/v1", options->stall, "/invites");
	status = control_open("stall invite", &options->where, &control);
	if (status == 0)
		status = control_json(control, "POST", path.ptr, body, &answer);
	return status == 0 ? link_print("stall invite", &options->link,
				     json_str(json_object_get(answer, "path")))
			   : status;
}

static int
devices(const struct stall_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0};
	int status = control_open("stall devices", &options->where, &control);

	stall_path(&path, "/v1", options->stall, "/devices");
	if (status == 0)
		status = control_json(control, "GET", path.ptr, NULL, &answer);
	return status == 0 ? control_print_lines(answer, "devices") : status;
}

static int
revoke(const struct stall_options *options)
{
	struct buf path CLEANUP(buf_fini) = {0};

	stall_path(&path, "/v1", options->stall, "/devices/");
	return control_revoke("stall revoke", &options->where, path.ptr, options->device);
}

static int
signup(const struct stall_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct control_answer answer CLEANUP(control_answer_fini) = {0};
	struct buf path CLEANUP(buf_fini) = {0};
	int status;

	stall_path(&path, "/control", options->stall, "/signup");
	status = control_open("stall signup", &options->where, &control);
	if (status == 0)
		status = control_send(
			control, "GET", path.ptr, NULL, (struct str){NULL, 0}, &answer);
	if (status != 0)
		return status;
	if (answer.status != 200)
		return control_complain(control, "", &answer);
	return output_write("stall signup", options->link.file, buf_str(&answer.body));
}

static const struct {
	const char *name;
	int (*run)(const struct stall_options *options);
	bool of_device; /* one more word: its ID */
} subcommands[] = {{"invite", invite, false}, {"devices", devices, false}, {"revoke", revoke, true},
	{"signup", signup, false}};

static int
run(size_t which, int argc, char **argv, const char *help)
{
	struct stall_options options = {0};
	const struct option_spec specs[] = {WHERE_OPTIONS(options.where),
		LINK_OPTIONS(options.link), {"stall", &options.stall, NULL},
		{"helper", NULL, &options.helper}};
	const char *name = subcommands[which].name;
	const char *words[2] = {NULL, NULL};
	size_t count;
	int status = options_read("stall", help, argc, argv, specs,
		sizeof(specs) / sizeof(specs[0]), words, subcommands[which].of_device ? 2 : 1,
		&count);

	if (status != -1)
		return status;
	if (options.stall == NULL && count > 0) {
		options.stall = words[0];
		words[0] = words[1];
	}
	options.device = words[0];
	if (options.stall == NULL || options.stall[0] == '\0') {
		complain("stall %s: which stall? give --stall CODE", name);
		return EX_USAGE;
	}
	return subcommands[which].run(&options);
}

int
cli_stall(int argc, char **argv)
{
	struct buf help CLEANUP(buf_fini) = {0};

	buf_adds(&help, STALL_HELP);
	buf_adds(&help, link_help);
	for (size_t i = 0; argc > 1 && i < sizeof(subcommands) / sizeof(subcommands[0]); i++) {
		if (strcmp(argv[1], subcommands[i].name) == 0)
			return run(i, argc - 1, argv + 1, help.ptr);
	}
	return subcommand_missing("stall", help.ptr, argc, argv);
}
