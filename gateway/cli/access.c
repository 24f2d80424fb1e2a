/* chopay endpoint add|list|rotate|revoke, chopay key add|list|revoke. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "cli.h"
#include "control.h"
#include "options.h"

static const char ENDPOINT_HELP[] =
	"usage: chopay endpoint add --feed FEED --mode MODE --secret-file F --data DIR\n"
	"       chopay endpoint list --data DIR\n"
	"       chopay endpoint rotate ID --secret-file F [--hours N] --data DIR\n"
	"       chopay endpoint revoke ID --data DIR\n\n"
	"An endpoint is an address that a bank or aggregator calls: /webhooks/FEED/ID.\n"
	"  --feed FEED          sepay, standard_webhooks\n"
	"  --mode MODE          sepay: apikey, hmac, oauth2, none; standard_webhooks: whsec, whpk\n"
	"  --secret-file F      the secret, alone in a file (- for standard input); kept sealed\n"
	"  --client-id ID       oauth2: the client id the sender was given\n"
	"  --hours N            rotate: how long the old secret stays valid (default 24)\n"
	"add prints the path; list prints one JSON line per endpoint, without secrets.\n";

struct endpoint_options {
	const char *data, *feed, *mode, *secret_file, *client_id, *hours;
	const char *id;
};

static int
endpoint_add(const struct endpoint_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf secret CLEANUP(buf_fini) = {0};
	int status = 0;

	if (options->feed == NULL || options->mode == NULL) {
		complain(
			"endpoint add: --feed and --mode are needed; see `chopay endpoint --help`");
		return EX_USAGE;
	}
	if (options->secret_file == NULL && strcmp(options->mode, "none") != 0) {
		complain(
			"endpoint add: --secret-file is needed; a secret is never given as an argument");
		return EX_USAGE;
	}
	if (options->secret_file != NULL)
		status = read_secret_file("endpoint add", options->secret_file, &secret);
	if (status != 0)
		return status;
	json_set_str(body, "feed", str_from(options->feed));
	json_set_str(body, "mode", str_from(options->mode));
	if (options->secret_file != NULL)
		json_set_str(body, "secret", buf_str(&secret));
	if (options->client_id != NULL)
		json_set_str(body, "client_id", str_from(options->client_id));
	status = control_create("endpoint add", options->data, &control);
	if (status == 0)
		status = control_json(control, "POST", "/control/endpoints", body, &answer);
	if (status == 0)
		printf("%.*s\n", STR_FMT(json_str(json_object_get(answer, "path"))));
	return status;
}

static int
endpoint_list(const struct endpoint_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int status = control_open("endpoint list", options->data, &control);

	if (status == 0)
		status = control_json(control, "GET", "/control/endpoints", NULL, &answer);
	return status == 0 ? control_print_lines(answer, "endpoints") : status;
}

static int
endpoint_rotate(const struct endpoint_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf secret CLEANUP(buf_fini) = {0}, path CLEANUP(buf_fini) = {0};
	int64_t hours;
	int status;

	if (options->id == NULL || options->secret_file == NULL) {
		complain("endpoint rotate: give the endpoint's ID and --secret-file");
		return EX_USAGE;
	}
	if (options->hours != NULL) {
		if (str_to_i64(str_from(options->hours), &hours).code != ERR_OK) {
			complain("endpoint rotate: --hours is a number");
			return EX_USAGE;
		}
		json_set_i64(body, "hours", hours);
	}
	status = read_secret_file("endpoint rotate", options->secret_file, &secret);
	if (status != 0)
		return status;
	json_set_str(body, "secret", buf_str(&secret));
	buf_adds(&path, "/control/endpoints/");
	path_add(&path, str_from(options->id));
	buf_adds(&path, "/rotate");
	status = control_open("endpoint rotate", options->data, &control);
	if (status == 0)
		status = control_json(control, "POST", path.ptr, body, &answer);
	if (status == 0)
		printf("the old secret stays valid until %.*s\n",
			STR_FMT(json_str(json_object_get(answer, "previous_until"))));
	return status;
}

/* DELETE folder/id, for endpoints and keys alike. */
static int
revoke(const char *command, const char *data, const char *folder, const char *id)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0};
	int status;

	if (id == NULL) {
		complain("%s: which one? give its ID", command);
		return EX_USAGE;
	}
	buf_adds(&path, folder);
	path_add(&path, str_from(id));
	status = control_open(command, data, &control);
	if (status == 0)
		status = control_json(control, "DELETE", path.ptr, NULL, &answer);
	if (status == 0)
		puts("revoked");
	return status;
}

int
cli_endpoint(int argc, char **argv)
{
	struct endpoint_options options = {0};
	const struct option_spec specs[] = {
		{"data", &options.data, NULL},
		{"feed", &options.feed, NULL},
		{"mode", &options.mode, NULL},
		{"secret-file", &options.secret_file, NULL},
		{"client-id", &options.client_id, NULL},
		{"hours", &options.hours, NULL},
	};
	static const char *const names[] = {"add", "list", "rotate", "revoke"};
	int (*const run[])(const struct endpoint_options *options) = {
		endpoint_add, endpoint_list, endpoint_rotate};
	const char *words[1] = {NULL};
	size_t count, which = 0;
	int status;

	while (which < 4 && (argc < 2 || strcmp(argv[1], names[which]) != 0))
		which++;
	if (which == 4)
		return subcommand_missing("endpoint", ENDPOINT_HELP, argc, argv);
	status = options_read("endpoint", ENDPOINT_HELP, argc - 1, argv + 1, specs,
		sizeof(specs) / sizeof(specs[0]), words, which >= 2 ? 1 : 0, &count);
	if (status != -1)
		return status;
	options.id = words[0];
	if (which == 3)
		return revoke("endpoint revoke", options.data, "/control/endpoints/", options.id);
	return run[which](&options);
}

/* ---- keys --------------------------------------------------------------------------------------
 */

static const char KEY_HELP[] =
	"usage: chopay key add --name NAME [--role operator|reader] --data DIR\n"
	"       chopay key list --data DIR\n"
	"       chopay key revoke ID --data DIR\n\n"
	"A key for /v1 (Authorization: Bearer KEY).  add prints it once and never again.\n"
	"  operator  charges, payments, suspense      reader  stalls and adoption figures\n";

static int
key_add(const char *data, const char *name, const char *role)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	int status;

	json_set_str(body, "name", str_from(name == NULL ? "key" : name));
	json_set_str(body, "role", str_from(role == NULL ? "operator" : role));
	status = control_create("key add", data, &control);
	if (status == 0)
		status = control_json(control, "POST", "/control/keys", body, &answer);
	if (status == 0)
		printf("%.*s\n", STR_FMT(json_str(json_object_get(answer, "key"))));
	return status;
}

static int
key_list(const char *data)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	int status = control_open("key list", data, &control);

	if (status == 0)
		status = control_json(control, "GET", "/control/keys", NULL, &answer);
	return status == 0 ? control_print_lines(answer, "keys") : status;
}

int
cli_key(int argc, char **argv)
{
	const char *data = NULL, *name = NULL, *role = NULL, *words[1] = {NULL};
	const struct option_spec specs[] = {
		{"data", &data, NULL}, {"name", &name, NULL}, {"role", &role, NULL}};
	bool adding = argc > 1 && strcmp(argv[1], "add") == 0;
	bool listing = argc > 1 && strcmp(argv[1], "list") == 0;
	size_t count;
	int status;

	if (!adding && !listing && (argc < 2 || strcmp(argv[1], "revoke") != 0))
		return subcommand_missing("key", KEY_HELP, argc, argv);
	status = options_read("key", KEY_HELP, argc - 1, argv + 1, specs, 3, words,
		adding || listing ? 0 : 1, &count);
	if (status != -1)
		return status;
	if (adding)
		return key_add(data, name, role);
	if (listing)
		return key_list(data);
	return revoke("key revoke", data, "/control/keys/", words[0]);
}
