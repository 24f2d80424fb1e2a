/* chopay user: who signs in at /signin. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "cli.h"
#include "control.h"
#include "link.h"
#include "options.h"

static const char USER_HELP[] =
	"usage: chopay user add --login LOGIN --name NAME --role ROLE [LINK] --data DIR\n"
	"       chopay user link LOGIN [--sign-in] [LINK] --data DIR\n"
	"       chopay user list --data DIR\n"
	"       chopay user devices LOGIN [--revoke ID] --data DIR\n"
	"       chopay user revoke LOGIN --data DIR\n\n"
	"Who signs in at /signin, with a password and a code from a phone.\n\n"
	"add      prints a link that works once, within 48 hours: its person sets a password there and\n"
	"         adds an authenticator app.  LOGIN is of a-z 0-9 . _ -; NAME is the person who decides:\n"
	"         two persons need two names.\n"
	"link     a new one, for a lost password or phone; with --sign-in one that signs in at once\n"
	"list     everybody, one JSON line each\n"
	"devices  where somebody is signed in; --revoke ID signs that one out\n"
	"revoke   may no longer sign in, and is signed out everywhere\n\n"
	"ROLE:\n"
	"  operator        everything but a stall's own book\n"
	"  auditor         reads all that an operator reads, changes nothing\n"
	"  official:UNIT   reports of that unit and those below it: sums, never a stall's\n"
	"  manager:MARKET  a market's board: reports of its market, its stalls and their phones\n"
	"LINK:\n";

struct user_options {
	struct where where;
	struct link_options link;
	const char *login, *name, *role, *revoke;
	bool sign_in;
};

static int
print_link(const char *command, const struct user_options *options, const char *path, json_t *body)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int status = control_create(command, &options->where, &control);

	if (status == 0)
		status = control_json(control, "POST", path, body, &answer);
	return status == 0 ? link_print(command, &options->link,
				     json_str(json_object_get(answer, "path")))
			   : status;
}

static int
user_add(const struct user_options *options)
{
	json_t *body CLEANUP(json_cleanup) = json_object();

	if (options->name == NULL || options->role == NULL) {
		complain("user add: give --login LOGIN, --name NAME and --role ROLE");
		return EX_USAGE;
	}
	json_set_str(body, "login", str_from(options->login));
	json_set_str(body, "name", str_from(options->name));
	json_set_str(body, "role", str_from(options->role));
	return print_link("user add", options, "/v1/users", body);
}

static void
user_path(struct buf *path, const struct user_options *options, const char *below)
{
	buf_adds(path, "/v1/users/");
	path_add(path, str_from(options->login));
	buf_adds(path, below);
}

static int
user_link(const struct user_options *options)
{
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf path CLEANUP(buf_fini) = {0};

	json_object_set_new(body, "sign_in", json_boolean(options->sign_in));
	user_path(&path, options, "/links");
	return print_link("user link", options, path.ptr, body);
}

static int
print_list(const char *command, const struct where *where, const char *path, const char *name)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int status = control_open(command, where, &control);

	if (status == 0)
		status = control_json(control, "GET", path, NULL, &answer);
	return status == 0 ? control_print_lines(answer, name) : status;
}

static int
user_list(const struct user_options *options)
{
	return print_list("user list", &options->where, "/v1/users", "users");
}

static int
user_devices(const struct user_options *options)
{
	struct buf path CLEANUP(buf_fini) = {0};

	user_path(&path, options, options->revoke == NULL ? "/devices" : "/devices/");
	if (options->revoke == NULL)
		return print_list("user devices", &options->where, path.ptr, "devices");
	return control_revoke("user devices", &options->where, path.ptr, options->revoke);
}

static int
user_revoke(const struct user_options *options)
{
	return control_revoke("user revoke", &options->where, "/v1/users/", options->login);
}

static const struct {
	const char *name;
	int (*run)(const struct user_options *options);
	bool of_one; /* needs a login */
} subcommands[] = {{"add", user_add, true}, {"link", user_link, true}, {"list", user_list, false},
	{"devices", user_devices, true}, {"revoke", user_revoke, true}};

static int
run(size_t which, int argc, char **argv, const char *help)
{
	struct user_options options = {0};
	const struct option_spec specs[] = {WHERE_OPTIONS(options.where),
		LINK_OPTIONS(options.link), {"login", &options.login, NULL},
		{"name", &options.name, NULL}, {"role", &options.role, NULL},
		{"revoke", &options.revoke, NULL}, {"sign-in", NULL, &options.sign_in}};
	const char *words[1] = {NULL};
	size_t count;
	int status = options_read("user", help, argc, argv, specs, sizeof(specs) / sizeof(specs[0]),
		words, subcommands[which].of_one ? 1 : 0, &count);

	if (status != -1)
		return status;
	if (options.login == NULL && count == 1)
		options.login = words[0];
	if (subcommands[which].of_one && (options.login == NULL || options.login[0] == '\0')) {
		complain("user %s: who? give LOGIN", subcommands[which].name);
		return EX_USAGE;
	}
	status = link_check("user", &options.link);
	return status != 0 ? status : subcommands[which].run(&options);
}

int
cli_user(int argc, char **argv)
{
	struct buf help CLEANUP(buf_fini) = {0};

	buf_adds(&help, USER_HELP);
	buf_adds(&help, link_help);
	for (size_t i = 0; argc > 1 && i < sizeof(subcommands) / sizeof(subcommands[0]); i++) {
		if (strcmp(argv[1], subcommands[i].name) == 0)
			return run(i, argc - 1, argv + 1, help.ptr);
	}
	return subcommand_missing("user", help.ptr, argc, argv);
}
