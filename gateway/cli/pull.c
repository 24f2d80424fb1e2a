/* chopay pull add|list|rotate|now|remove: lists of transactions that we ask a provider for. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "chopay/log.h"
#include "cli.h"
#include "control.h"
#include "options.h"

#define NOW_WAIT_S 120 /* for the poll that `now` asks for */
#define NOW_LOOK_US 200000

static const char PULL_HELP[] =
	"usage: chopay pull add --source SOURCE --account N --token-file F [--every S] [--url BASE] --data DIR\n"
	"       chopay pull list --data DIR\n"
	"       chopay pull now ID --data DIR\n"
	"       chopay pull rotate ID --token-file F --data DIR\n"
	"       chopay pull remove ID --data DIR\n\n"
	"A pull asks a provider for its list of transactions of one account, so that what no webhook\n"
	"brought is found: at start, then every 5 minutes, each time the last 48 hours.\n"
	"  --source SOURCE      sepay_list_v1, sepay_list_v2, casso_list\n"
	"  --account N          the receiving account; lines of other accounts are left out\n"
	"  --token-file F       the provider's API token, alone in a file (- for standard input); kept sealed\n"
	"  --every S            seconds between two polls, 60 to 3600 (default 300)\n"
	"  --url BASE           instead of the provider's own address; https (http only to this machine,\n"
	"                       when the gateway runs with --allow-http-loopback)\n"
	"add prints the id; list prints one JSON line per pull, without tokens; now waits for the poll.\n";

struct pull_options {
	struct where where;
	const char *source, *account, *token_file, *every, *url;
	const char *id;
};

static int
pull_add(const struct pull_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf token CLEANUP(buf_fini) = {0};
	int64_t every;
	int status;

	if (options->source == NULL || options->account == NULL || options->token_file == NULL) {
		complain(
			"pull add: --source, --account and --token-file are needed; see `chopay pull"
			" --help`");
		return EX_USAGE;
	}
	if (options->every != NULL) {
		if (str_to_i64(str_from(options->every), &every).code != ERR_OK) {
			complain("pull add: --every is a number of seconds");
			return EX_USAGE;
		}
		json_set_i64(body, "every", every);
	}
	status = read_secret_file("pull add", options->token_file, &token);
	if (status != 0)
		return status;
	json_set_str(body, "source", str_from(options->source));
	json_set_str(body, "account", str_from(options->account));
	json_set_str(body, "token", buf_str(&token));
	if (options->url != NULL)
		json_set_str(body, "url", str_from(options->url));
	status = control_create("pull add", &options->where, &control);
	if (status == 0)
		status = control_json(control, "POST", "/control/pulls", body, &answer);
	if (status == 0)
		printf("%.*s\n", STR_FMT(json_str(json_object_get(answer, "id"))));
	return status;
}

static int
pull_list(const struct pull_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int status = control_open("pull list", &options->where, &control);

	if (status == 0)
		status = control_json(control, "GET", "/control/pulls", NULL, &answer);
	return status == 0 ? control_print_lines(answer, "pulls") : status;
}

static void
path_of(struct buf *path, const char *id, const char *tail)
{
	buf_adds(path, "/control/pulls/");
	path_add(path, str_from(id));
	buf_adds(path, tail);
}

static int
pull_rotate(const struct pull_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf token CLEANUP(buf_fini) = {0}, path CLEANUP(buf_fini) = {0};
	int status;

	if (options->token_file == NULL) {
		complain("pull rotate: --token-file is needed");
		return EX_USAGE;
	}
	status = read_secret_file("pull rotate", options->token_file, &token);
	if (status != 0)
		return status;
	json_set_str(body, "token", buf_str(&token));
	path_of(&path, options->id, "/rotate");
	status = control_open("pull rotate", &options->where, &control);
	if (status == 0)
		status = control_json(control, "POST", path.ptr, body, &answer);
	if (status == 0)
		puts("rotated");
	return status;
}

static int
pull_remove(const struct pull_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0};
	int status;

	path_of(&path, options->id, "");
	status = control_open("pull remove", &options->where, &control);
	if (status == 0)
		status = control_json(control, "DELETE", path.ptr, NULL, &answer);
	if (status == 0)
		puts("removed");
	return status;
}

/* ---- now
 * ------------------------------------------------------------------------------------------ */

static const json_t *
find_pull(const json_t *answer, const char *id)
{
	const json_t *items = json_object_get(answer, "pulls");

	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *item = json_array_get(items, i);

		if (str_eq(json_str(json_object_get(item, "id")), str_from(id)))
			return item;
	}
	return NULL;
}

/* How the poll that was asked for went. */
static int
tell_outcome(const json_t *pull)
{
	struct str error = json_str(json_object_get(pull, "last_error"));

	if (json_is_null(json_object_get(pull, "failing_since"))) {
		printf("polled at %.*s\n", STR_FMT(json_str(json_object_get(pull, "tried_at"))));
		if (error.len > 0)
			complain("pull now: %.*s", STR_FMT(error));
		return error.len > 0 ? EX_DATAERR : EX_OK;
	}
	complain("pull now: %.*s", STR_FMT(error));
	return EX_UNAVAILABLE;
}

static int
pull_now(const struct pull_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *asked CLEANUP(json_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0};
	int status;

	path_of(&path, options->id, "/now");
	status = control_open("pull now", &options->where, &control);
	if (status == 0)
		status = control_json(control, "POST", path.ptr, NULL, &asked);
	for (int i = 0; i < NOW_WAIT_S * (1000000 / NOW_LOOK_US) && status == 0; i++) {
		json_t *answer CLEANUP(json_cleanup) = NULL;
		const json_t *pull;

		usleep(NOW_LOOK_US);
		status = control_json(control, "GET", "/control/pulls", NULL, &answer);
		if (status != 0)
			return status;
		pull = find_pull(answer, options->id);
		if (pull == NULL) {
			complain("pull now: the pull was removed meanwhile");
			return EX_DATAERR;
		}
		if (!json_is_true(json_object_get(pull, "waiting")))
			return tell_outcome(pull);
	}
	if (status == 0) {
		complain("pull now: no end of the poll yet; `chopay pull list` tells how it goes");
		status = EX_UNAVAILABLE;
	}
	return status;
}

int
cli_pull(int argc, char **argv)
{
	struct pull_options options = {0};
	const struct option_spec specs[] = {
		WHERE_OPTIONS(options.where),
		{"source", &options.source, NULL},
		{"account", &options.account, NULL},
		{"token-file", &options.token_file, NULL},
		{"every", &options.every, NULL},
		{"url", &options.url, NULL},
	};
	static const struct {
		const char *name;
		int (*run)(const struct pull_options *options);
		bool of_one; /* takes an ID */
	} actions[] = {
		{"add", pull_add, false},
		{"list", pull_list, false},
		{"now", pull_now, true},
		{"rotate", pull_rotate, true},
		{"remove", pull_remove, true},
	};
	const size_t action_count = sizeof(actions) / sizeof(actions[0]);
	const char *words[1] = {NULL};
	size_t count, which = 0;
	int status;

	while (which < action_count && (argc < 2 || strcmp(argv[1], actions[which].name) != 0))
		which++;
	if (which == action_count)
		return subcommand_missing("pull", PULL_HELP, argc, argv);
	status = options_read("pull", PULL_HELP, argc - 1, argv + 1, specs,
		sizeof(specs) / sizeof(specs[0]), words, actions[which].of_one ? 1 : 0, &count);
	if (status != -1)
		return status;
	options.id = words[0];
	if (actions[which].of_one && options.id == NULL) {
		complain(
			"pull %s: which one? give its ID (`chopay pull list` shows them)", argv[1]);
		return EX_USAGE;
	}
	return actions[which].run(&options);
}
