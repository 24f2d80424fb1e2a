/* chopay receiver add|list|rotate|disable|enable|remove|redeliver|log. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "cli.h"
#include "control.h"
#include "options.h"

static const char HELP[] =
	"usage: chopay receiver add --url URL [--stall CODE] [--secret-file F] --data DIR\n"
	"       chopay receiver list --data DIR\n"
	"       chopay receiver rotate ID [--secret-file F] [--hours N] --data DIR\n"
	"       chopay receiver disable ID [--why TEXT] --data DIR\n"
	"       chopay receiver enable|remove ID --data DIR\n"
	"       chopay receiver redeliver ID NOTICE --data DIR\n"
	"       chopay receiver redeliver ID --from TIME [--to TIME] --data DIR\n"
	"       chopay receiver log ID [--json] --data DIR\n\n"
	"A receiver is a point of sale, or an operator's system, that is told of every payment and\n"
	"charge: signed as Standard Webhooks (https://www.standardwebhooks.com), each notice at least\n"
	"once, in their order, tried again for 72 hours.  webhook-id stays the same.\n"
	"  --url URL            https, on the Internet\n"
	"  --stall CODE         only this stall's (reference, code or MARKET.CODE); else all\n"
	"  --secret-file F      the secret (whsec_ and base64) in a file; else one is made\n"
	"  --hours N            rotate: how long the old secret signs too (default 24)\n"
	"  --from, --to TIME    2026-07-28T14:30:45+07:00, 2026-07-28 14:30:45 or 2026-07-28\n"
	"add prints the receiver's ID; add and rotate print a secret that they made, once.\n"
	"list and log --json print one JSON line each; log is newest first.\n"
	"What comes while a receiver is disabled waits for it.\n";

struct receiver_options {
	struct where where;
	const char *url, *stall, *secret_file, *hours, *why, *from, *to;
	bool json;
	const char *id, *notice;
};

/* "receiver add", for what is said to a person. */
struct receiver_command {
	const char *name, *full_name;
	size_t words; /* at most */
	int (*run)(const struct receiver_command *command, const struct receiver_options *options);
};

/* ---- asking ------------------------------------------------------------------------------- */

/* Behind /v1/receivers the receiver's ID, if any, and `tail`. */
static int
send(struct control *control, const struct receiver_options *options, const char *method,
	const char *tail, json_t *body, json_t **answer)
{
	struct buf path CLEANUP(buf_fini) = {0};

	buf_adds(&path, "/v1/receivers");
	if (options->id != NULL) {
		buf_addc(&path, '/');
		path_add(&path, str_from(options->id));
	}
	buf_adds(&path, tail);
	return control_json(control, method, path.ptr, body, answer);
}

static int
ask(const struct receiver_command *command, const struct receiver_options *options,
	const char *method, const char *tail, json_t *body, json_t **answer)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	int status = control_open(command->full_name, &options->where, &control);

	return status != 0 ? status : send(control, options, method, tail, body, answer);
}

static int
needs_id(const struct receiver_command *command, const struct receiver_options *options)
{
	if (options->id != NULL)
		return 0;
	complain("%s: which receiver? give its ID; `chopay receiver list` shows them",
		command->full_name);
	return EX_USAGE;
}

static int
put_secret(const struct receiver_command *command, const struct receiver_options *options,
	json_t *body)
{
	struct buf secret CLEANUP(buf_fini) = {0};
	int status;

	if (options->secret_file == NULL)
		return 0;
	status = read_secret_file(command->full_name, options->secret_file, &secret);
	if (status != 0)
		return status;
	json_set_str(body, "secret", buf_str(&secret));
	explicit_bzero(secret.ptr, secret.len);
	return 0;
}

/* To stdout, alone on a line; what it is to stderr. */
static void
print_secret(const json_t *answer)
{
	struct str secret = json_str(json_object_get(answer, "secret"));

	if (secret.len == 0)
		return;
	printf("%.*s\n", STR_FMT(secret));
	complain("this secret is shown once; the receiver checks our signatures with it");
}

/* ---- commands ----------------------------------------------------------------------------- */

static int
receiver_add(const struct receiver_command *command, const struct receiver_options *options)
{
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	int status;

	if (options->url == NULL) {
		complain("receiver add: --url is needed; see `chopay receiver --help`");
		return EX_USAGE;
	}
	json_set_str(body, "url", str_from(options->url));
	if (options->stall != NULL)
		json_set_str(body, "stall", str_from(options->stall));
	status = put_secret(command, options, body);
	if (status == 0)
		status = ask(command, options, "POST", "", body, &answer);
	if (status != 0)
		return status;
	printf("%.*s\n", STR_FMT(json_str(json_object_get(answer, "id"))));
	print_secret(answer);
	return EX_OK;
}

static int
receiver_rotate(const struct receiver_command *command, const struct receiver_options *options)
{
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	int64_t hours;
	int status = needs_id(command, options);

	if (status == 0 && options->hours != NULL) {
		if (str_to_i64(str_from(options->hours), &hours).code != ERR_OK) {
			complain("receiver rotate: --hours is a number");
			return EX_USAGE;
		}
		json_set_i64(body, "hours", hours);
	}
	if (status == 0)
		status = put_secret(command, options, body);
	if (status == 0)
		status = ask(command, options, "POST", "/rotate", body, &answer);
	if (status != 0)
		return status;
	print_secret(answer);
	complain("the old secret signs too until %.*s",
		STR_FMT(json_str(json_object_get(answer, "previous_until"))));
	return EX_OK;
}

static int
receiver_disable(const struct receiver_command *command, const struct receiver_options *options)
{
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	int status = needs_id(command, options);

	if (options->why != NULL)
		json_set_str(body, "why", str_from(options->why));
	if (status == 0)
		status = ask(command, options, "POST", "/disable", body, &answer);
	if (status == 0)
		puts("disabled");
	return status;
}

static int
receiver_enable(const struct receiver_command *command, const struct receiver_options *options)
{
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int status = needs_id(command, options);

	if (status == 0)
		status = ask(command, options, "POST", "/enable", NULL, &answer);
	if (status == 0)
		puts("enabled");
	return status;
}

static int
receiver_remove(const struct receiver_command *command, const struct receiver_options *options)
{
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int status = needs_id(command, options);

	if (status == 0)
		status = ask(command, options, "DELETE", "", NULL, &answer);
	if (status == 0)
		puts("removed");
	return status;
}

static int
receiver_redeliver(const struct receiver_command *command, const struct receiver_options *options)
{
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	int status = needs_id(command, options);

	if (status == 0 && (options->notice == NULL) == (options->from == NULL)) {
		complain("receiver redeliver: give a NOTICE, or --from TIME");
		return EX_USAGE;
	}
	if (options->notice != NULL)
		json_set_str(body, "notice", str_from(options->notice));
	if (options->from != NULL)
		json_set_str(body, "from", str_from(options->from));
	if (options->to != NULL)
		json_set_str(body, "to", str_from(options->to));
	if (status == 0)
		status = ask(command, options, "POST", "/redeliver", body, &answer);
	if (status == 0)
		printf("%lld\n", (long long)json_integer_value(json_object_get(answer, "count")));
	return status;
}

/* ---- lists -------------------------------------------------------------------------------- */

static void
print_json(const json_t *item)
{
	struct buf line CLEANUP(buf_fini) = {0};

	json_write(&line, item);
	puts(line.ptr);
}

static struct str
text_of(const json_t *item, const char *name)
{
	const json_t *member = json_object_get(item, name);

	return json_is_string(member) ? json_str(member) : STR("-");
}

static void
print_attempt(const json_t *item)
{
	const json_t *status = json_object_get(item, "status");

	printf("%.*s  ntc_%.*s  try %lld  %-9.*s ", STR_FMT(text_of(item, "at")),
		STR_FMT(text_of(item, "notice")),
		(long long)json_integer_value(json_object_get(item, "attempt")),
		STR_FMT(text_of(item, "state")));
	if (json_is_integer(status))
		printf("%lld ", (long long)json_integer_value(status));
	printf("%lld ms  %.*s\n", (long long)json_integer_value(json_object_get(item, "took_ms")),
		STR_FMT(text_of(item, "error")));
}

/* Every page of a list. */
static int
print_pages(const struct receiver_command *command, const struct receiver_options *options,
	const char *tail, const char *name, void (*print)(const json_t *item))
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	struct buf query CLEANUP(buf_fini) = {0};
	int status = control_open(command->full_name, &options->where, &control);

	buf_addf(&query, "%s?limit=500", tail);
	for (;;) {
		json_t *answer CLEANUP(json_cleanup) = NULL;
		const json_t *items, *next;

		if (status == 0)
			status = send(control, options, "GET", query.ptr, NULL, &answer);
		if (status != 0)
			return status;
		items = json_object_get(answer, name);
		for (size_t i = 0; i < json_array_size(items); i++)
			print(json_array_get(items, i));
		next = json_object_get(answer, "next_cursor");
		if (!json_is_string(next))
			return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
		buf_clear(&query);
		buf_addf(&query, "%s?limit=500&cursor=%.*s", tail, STR_FMT(json_str(next)));
	}
}

static int
receiver_list(const struct receiver_command *command, const struct receiver_options *options)
{
	return print_pages(command, options, "", "receivers", print_json);
}

static int
receiver_log(const struct receiver_command *command, const struct receiver_options *options)
{
	int status = needs_id(command, options);

	return status != 0 ? status
			   : print_pages(command, options, "/attempts", "attempts",
				     options->json ? print_json : print_attempt);
}

static const struct receiver_command commands[] = {
	{"add", "receiver add", 0, receiver_add},
	{"list", "receiver list", 0, receiver_list},
	{"rotate", "receiver rotate", 1, receiver_rotate},
	{"disable", "receiver disable", 1, receiver_disable},
	{"enable", "receiver enable", 1, receiver_enable},
	{"remove", "receiver remove", 1, receiver_remove},
	{"redeliver", "receiver redeliver", 2, receiver_redeliver},
	{"log", "receiver log", 1, receiver_log},
};

int
cli_receiver(int argc, char **argv)
{
	struct receiver_options options = {0};
	const struct option_spec specs[] = {
		WHERE_OPTIONS(options.where),
		{"url", &options.url, NULL},
		{"stall", &options.stall, NULL},
		{"secret-file", &options.secret_file, NULL},
		{"hours", &options.hours, NULL},
		{"why", &options.why, NULL},
		{"from", &options.from, NULL},
		{"to", &options.to, NULL},
		{"json", NULL, &options.json},
	};
	const struct receiver_command *command = NULL;
	const char *words[2] = {NULL, NULL};
	size_t count;
	int status;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && argc > 1; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			command = &commands[i];
	}
	if (command == NULL)
		return subcommand_missing("receiver", HELP, argc, argv);
	status = options_read("receiver", HELP, argc - 1, argv + 1, specs,
		sizeof(specs) / sizeof(specs[0]), words, command->words, &count);
	if (status != -1)
		return status;
	options.id = words[0];
	options.notice = words[1];
	return command->run(command, &options);
}
