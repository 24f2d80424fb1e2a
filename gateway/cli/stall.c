/* chopay stall invite|signup: what a stallholder is handed. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "cli.h"
#include "control.h"
#include "options.h"
#include "output.h"

static const char STALL_HELP[] =
	"usage: chopay stall invite --stall CODE --data DIR\n"
	"       chopay stall signup --stall CODE [-o FILE.pdf] --data DIR\n\n"
	"CODE is the stall's reference, code or MARKET.CODE.\n\n"
	"invite: prints the path of an invite link: whoever opens it within 48 hours, once, is signed\n"
	"in to the stall's page on that phone.\n"
	"signup: the sheet that the stallholder signs, one page of A4 as PDF: the stall and its\n"
	"account, what is recorded, what officials see and never see, how to leave.\n";

struct stall_options {
	struct where where;
	const char *stall, *file;
};

/* -1 to go on. */
static int
read_options(const char *command, int argc, char **argv, bool file, struct stall_options *options)
{
	const struct option_spec specs[] = {WHERE_OPTIONS(options->where),
		{"stall", &options->stall, NULL}, {"o", &options->file, NULL}};
	const char *words[1];
	size_t count;
	int status = options_read(
		command, STALL_HELP, argc, argv, specs, file ? 5 : 4, words, 1, &count);

	if (status != -1)
		return status;
	if (options->stall == NULL && count == 1)
		options->stall = words[0];
	if (options->stall == NULL || options->stall[0] == '\0') {
		complain("%s: which stall? give --stall CODE", command);
		return EX_USAGE;
	}
	return -1;
}

static void
stall_path(struct buf *path, const char *stall, const char *what)
{
	buf_adds(path, "/control/stalls/");
	path_add(path, str_from(stall));
	buf_adds(path, what);
}

static int
invite(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *nothing CLEANUP(json_cleanup) = json_object();
	struct buf path CLEANUP(buf_fini) = {0};
	struct stall_options options = {0};
	int status = read_options("stall invite", argc, argv, false, &options);

	if (status != -1)
		return status;
	stall_path(&path, options.stall, "/invites");
	status = control_open("stall invite", &options.where, &control);
	if (status == 0)
		status = control_json(control, "POST", path.ptr, nothing, &answer);
	if (status == 0)
		printf("%.*s\n", STR_FMT(json_str(json_object_get(answer, "path"))));
	return status;
}

static int
signup(int argc, char **argv)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct control_answer answer CLEANUP(control_answer_fini) = {0};
	struct buf path CLEANUP(buf_fini) = {0};
	struct stall_options options = {0};
	int status = read_options("stall signup", argc, argv, true, &options);

	if (status != -1)
		return status;
	stall_path(&path, options.stall, "/signup");
	status = control_open("stall signup", &options.where, &control);
	if (status == 0)
		status = control_send(
			control, "GET", path.ptr, NULL, (struct str){NULL, 0}, &answer);
	if (status != 0)
		return status;
	if (answer.status != 200)
		return control_complain(control, "", &answer);
	return output_write("stall signup", options.file, buf_str(&answer.body));
}

int
cli_stall(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "invite") == 0)
		return invite(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "signup") == 0)
		return signup(argc - 1, argv + 1);
	return subcommand_missing("stall", STALL_HELP, argc, argv);
}
