/* chopay key add|list|revoke. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli.h"
#include "control.h"
#include "options.h"

static const char KEY_HELP[] =
	"usage: chopay key add [--name NAME] [--role ROLE] --data DIR\n"
	"       chopay key list --data DIR\n"
	"       chopay key revoke ID --data DIR\n\n"
	"A key for /v1 (Authorization: Bearer KEY).  add prints it once and never again.\n"
	"NAME is the person who decides with it (default \"key\"): two persons need two names.\n"
	"ROLE says what it may do (default operator):\n"
	"  operator          everything but a stall's own book\n"
	"  auditor           reads all that an operator reads, changes nothing\n"
	"  official:UNIT     adoption reports of that unit and those below it; freezes them\n"
	"  manager:MARKET    the market board: reports of its market, small cells too; its stalls\n"
	"                    and their phones; never a stall's turnover\n"
	"  reader            stalls, and adoption reports of every unit\n";

static int
key_add(const struct where *where, const char *name, const char *role)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	int status;

	json_set_str(body, "name", str_from(name == NULL ? "key" : name));
	json_set_str(body, "role", str_from(role == NULL ? "operator" : role));
	status = control_create("key add", where, &control);
	if (status == 0)
		status = control_json(control, "POST", "/control/keys", body, &answer);
	if (status == 0)
		printf("%.*s\n", STR_FMT(json_str(json_object_get(answer, "key"))));
	return status;
}

static int
key_list(const struct where *where)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int status = control_open("key list", where, &control);

	if (status == 0)
		status = control_json(control, "GET", "/control/keys", NULL, &answer);
	return status == 0 ? control_print_lines(answer, "keys") : status;
}

int
cli_key(int argc, char **argv)
{
	struct where where = {0};
	const char *name = NULL, *role = NULL, *words[1] = {NULL};
	const struct option_spec specs[] = {
		WHERE_OPTIONS(where), {"name", &name, NULL}, {"role", &role, NULL}};
	bool adding = argc > 1 && strcmp(argv[1], "add") == 0;
	bool listing = argc > 1 && strcmp(argv[1], "list") == 0;
	size_t count;
	int status;

	if (!adding && !listing && (argc < 2 || strcmp(argv[1], "revoke") != 0))
		return subcommand_missing("key", KEY_HELP, argc, argv);
	status = options_read("key", KEY_HELP, argc - 1, argv + 1, specs, 5, words,
		adding || listing ? 0 : 1, &count);
	if (status != -1)
		return status;
	if (adding)
		return key_add(&where, name, role);
	if (listing)
		return key_list(&where);
	return control_revoke("key revoke", &where, "/control/keys/", words[0]);
}
