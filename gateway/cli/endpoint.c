/* chopay endpoint: the addresses that banks and aggregators call. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/feeds.h"
#include "chopay/log.h"
#include "cli.h"
#include "list.h"
#include "options.h"

#define CERTIFICATE_SIZE_MAX 16384

struct endpoint_options {
	struct where where;
	const char *id;
	const char *feed, *mode, *secret_file, *hours, *header, *allow_from, *client_cert, *limit;
	const char *client_id, *username, *key_id, *service_id;
	bool json;
};

/* ---- help ----------------------------------------------------------------------------------- */

static const char HELP_HEAD[] =
	"usage: chopay endpoint add --feed FEED --mode MODE --secret-file F [options] --data DIR\n"
	"       chopay endpoint list --data DIR\n"
	"       chopay endpoint rotate ID --secret-file F [--hours N] --data DIR\n"
	"       chopay endpoint set ID [--allow-from LIST] [--client-cert F] --data DIR\n"
	"       chopay endpoint revoke ID --data DIR\n"
	"       chopay endpoint refusals [--json] [--limit N] --data DIR\n"
	"       chopay endpoint public-key --data DIR\n\n"
	"An endpoint is an address that a bank or aggregator calls: /webhooks/FEED/ID, and paths\n"
	"below it.  add prints it; list prints one JSON line per endpoint, without secrets.\n"
	"  --feed FEED          see below\n"
	"  --mode MODE          how the sender proves itself\n"
	"  --secret-file F      the secret or the sender's public key (PEM), alone in a file (- for\n"
	"                       standard input); kept sealed.  Not for the mode none\n"
	"  --client-id ID       mode oauth2: the client id the sender was given\n"
	"  --username NAME      mode vietqr: the user whose password the secret is\n"
	"  --service-id ID      mode bidv: the service's number, also the user of its token call\n"
	"  --key-id ID          mode rfc9421_hmac: the key's name in its signatures\n"
	"  --header NAME        mode t_v1_hmac_sha256_hex: another header than Stripe-Signature\n"
	"  --allow-from LIST    only from these addresses: 192.0.2.7,10.0.0.0/8,2001:db8::/32;\n"
	"                       set: `any` ends the list\n"
	"  --client-cert F      only with this TLS client certificate (PEM; the gateway must run\n"
	"                       with --tls-client-ca); set: `none` asks for none any more\n"
	"  --hours N            rotate: how long the old secret stays valid (default 24)\n"
	"  --limit N            refusals: the newest N, up to 500 (default: all that are kept)\n"
	"refusals lists the deliveries that the running gateway refused, newest first, of the last\n"
	"1,000.  public-key prints the key (PEM) by which a bank checks our signed answers.\n"
	"vietinbank and vietqr_signature do not sign the account that is told: bind them to the\n"
	"sender with --allow-from or --client-cert.\n\n"
	"feeds and their modes:\n";

static void
compose_help(struct buf *help)
{
	buf_adds(help, HELP_HEAD);
	for (size_t i = 0; feed_list(i) != NULL; i++) {
		const struct feed *feed = feed_list(i);

		if (feed->mode_count == 0)
			continue; /* a list that we pull, a statement */
		buf_addf(help, "  %-20s", feed->name);
		for (size_t n = 0; n < feed->mode_count; n++)
			buf_addf(help, "%s%s", n == 0 ? " " : ", ", feed_mode_name(feed->modes[n]));
		buf_addc(help, '\n');
	}
}

/* ---- what a command sends ------------------------------------------------------------------- */

static int
read_secret(const char *command, const char *file, struct buf *secret)
{
	int status = read_secret_file(command, file, secret);

	if (status == 0 && !str_is_utf8(buf_str(secret))) {
		complain("%s: %s is no text", command, file);
		return EX_DATAERR;
	}
	return status;
}

static void
set_word(json_t *body, const char *member, const char *text)
{
	if (text != NULL)
		json_set_str(body, member, str_from(text));
}

/* --allow-from and --client-cert; `any` and `none` become empty. */
static int
set_callers(const char *command, const struct endpoint_options *options, json_t *body)
{
	struct buf pem CLEANUP(buf_fini) = {0};
	int status;

	if (options->allow_from != NULL)
		set_word(body, "allow_from",
			strcmp(options->allow_from, "any") == 0 ? "" : options->allow_from);
	if (options->client_cert == NULL)
		return 0;
	if (strcmp(options->client_cert, "none") != 0) {
		status = read_file(command, options->client_cert, CERTIFICATE_SIZE_MAX, &pem);
		if (status != 0)
			return status;
		if (pem.len == 0 || !str_is_utf8(buf_str(&pem))) {
			complain("%s: %s is no certificate in PEM", command, options->client_cert);
			return EX_DATAERR;
		}
	}
	json_set_str(body, "client_cert", buf_str(&pem));
	return 0;
}

/* Our arguments are UTF-8 or nothing: JSON has no other text. */
static int
check_words(const char *command, const struct endpoint_options *options)
{
	const char *const words[] = {options->feed, options->mode, options->header,
		options->allow_from, options->client_id, options->username, options->key_id,
		options->service_id};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (words[i] != NULL && !str_is_utf8(str_from(words[i]))) {
			complain("%s: an option's value is not UTF-8", command);
			return EX_USAGE;
		}
	}
	return 0;
}

static void
wipe_secret(struct buf *secret)
{
	if (secret->ptr != NULL)
		explicit_bzero(secret->ptr, secret->cap);
	buf_fini(secret);
}

/* ---- add, list ------------------------------------------------------------------------------ */

static int
endpoint_add(const struct endpoint_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf secret CLEANUP(wipe_secret) = {0};
	int status = check_words("endpoint add", options);

	if (status != 0)
		return status;
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
		status = read_secret("endpoint add", options->secret_file, &secret);
	if (status == 0)
		status = set_callers("endpoint add", options, body);
	if (status != 0)
		return status;
	set_word(body, "feed", options->feed);
	set_word(body, "mode", options->mode);
	if (options->secret_file != NULL)
		json_set_str(body, "secret", buf_str(&secret));
	set_word(body, "client_id", options->client_id);
	set_word(body, "username", options->username);
	set_word(body, "key_id", options->key_id);
	set_word(body, "service_id", options->service_id);
	set_word(body, "header", options->header);
	status = control_create("endpoint add", &options->where, &control);
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
	int status = control_open("endpoint list", &options->where, &control);

	if (status == 0)
		status = control_json(control, "GET", "/control/endpoints", NULL, &answer);
	return status == 0 ? control_print_lines(answer, "endpoints") : status;
}

/* ---- rotate, set, revoke -------------------------------------------------------------------- */

static int
endpoint_rotate(const struct endpoint_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf secret CLEANUP(wipe_secret) = {0}, path CLEANUP(buf_fini) = {0};
	int64_t hours = -1; /* not said: the gateway's own */
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
	status = read_secret("endpoint rotate", options->secret_file, &secret);
	if (status != 0)
		return status;
	json_set_str(body, "secret", buf_str(&secret));
	buf_adds(&path, "/control/endpoints/");
	path_add(&path, str_from(options->id));
	buf_adds(&path, "/rotate");
	status = control_open("endpoint rotate", &options->where, &control);
	if (status == 0)
		status = control_json(control, "POST", path.ptr, body, &answer);
	if (status == 0 && hours == 0)
		puts("the old secret is not valid any more");
	else if (status == 0)
		printf("the old secret stays valid until %.*s\n",
			STR_FMT(json_str(json_object_get(answer, "previous_until"))));
	return status;
}

static int
endpoint_set(const struct endpoint_options *options)
{
	struct control *control CLEANUP(control_cleanup) = NULL;
	json_t *answer CLEANUP(json_cleanup) = NULL;
	json_t *body CLEANUP(json_cleanup) = json_object();
	struct buf path CLEANUP(buf_fini) = {0};
	int status = check_words("endpoint set", options);

	if (status != 0)
		return status;
	if (options->id == NULL || (options->allow_from == NULL && options->client_cert == NULL)) {
		complain("endpoint set: give the endpoint's ID, and --allow-from or --client-cert");
		return EX_USAGE;
	}
	status = set_callers("endpoint set", options, body);
	if (status != 0)
		return status;
	buf_adds(&path, "/control/endpoints/");
	path_add(&path, str_from(options->id));
	status = control_open("endpoint set", &options->where, &control);
	if (status == 0)
		status = control_json(control, "PATCH", path.ptr, body, &answer);
	if (status == 0)
		puts("set");
	return status;
}

static int
endpoint_revoke(const struct endpoint_options *options)
{
	return control_revoke(
		"endpoint revoke", &options->where, "/control/endpoints/", options->id);
}

/* ---- refusals, public-key ------------------------------------------------------------------- */

static void
print_refusal(const json_t *item)
{
	printf("%.*s  %-18.*s %-19.*s %.*s  from %.*s  %.*s\n", STR_FMT(list_text(item, "at")),
		STR_FMT(list_text(item, "feed")), STR_FMT(list_text(item, "reason")),
		STR_FMT(list_text(item, "endpoint")), STR_FMT(list_text(item, "peer")),
		STR_FMT(list_text(item, "what")));
}

static int
print_newest(struct control *control, const char *limit, print_fn print)
{
	json_t *answer CLEANUP(json_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0};
	const json_t *items;
	int status;

	buf_adds(&path, "/v1/refusals?limit=");
	path_add(&path, str_from(limit));
	status = control_json(control, "GET", path.ptr, NULL, &answer);
	if (status != 0)
		return status;
	items = json_object_get(answer, "refusals");
	for (size_t i = 0; i < json_array_size(items); i++)
		print(json_array_get(items, i));
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

static int
endpoint_refusals(const struct endpoint_options *options)
{
	print_fn print = options->json ? list_print_json : print_refusal;
	struct control *control CLEANUP(control_cleanup) = NULL;
	int status = control_open("endpoint refusals", &options->where, &control);

	if (status != 0)
		return status;
	return options->limit != NULL
		       ? print_newest(control, options->limit, print)
		       : list_print(control, "/v1/refusals", "", "refusals", print, NULL);
}

static int
endpoint_public_key(const struct endpoint_options *options)
{
	struct control_answer answer CLEANUP(control_answer_fini) = {0};
	struct control *control CLEANUP(control_cleanup) = NULL;
	int status = control_open("endpoint public-key", &options->where, &control);

	if (status == 0)
		status = control_send(
			control, "GET", "/control/public-key", NULL, STR(""), &answer);
	if (status != 0)
		return status;
	if (answer.status != 200)
		return control_complain(control, "", &answer);
	fwrite(answer.body.ptr, 1, answer.body.len, stdout);
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

/* ---- the command ---------------------------------------------------------------------------- */

static const struct {
	const char *name;
	int (*run)(const struct endpoint_options *options);
	bool takes_id;
} verbs[] = {
	{"add", endpoint_add, false},
	{"list", endpoint_list, false},
	{"rotate", endpoint_rotate, true},
	{"set", endpoint_set, true},
	{"revoke", endpoint_revoke, true},
	{"refusals", endpoint_refusals, false},
	{"public-key", endpoint_public_key, false},
};
#define VERBS (sizeof(verbs) / sizeof(*verbs))

int
cli_endpoint(int argc, char **argv)
{
	struct endpoint_options options = {0};
	const struct option_spec specs[] = {
		WHERE_OPTIONS(options.where),
		{"feed", &options.feed, NULL},
		{"mode", &options.mode, NULL},
		{"secret-file", &options.secret_file, NULL},
		{"client-id", &options.client_id, NULL},
		{"username", &options.username, NULL},
		{"key-id", &options.key_id, NULL},
		{"service-id", &options.service_id, NULL},
		{"header", &options.header, NULL},
		{"allow-from", &options.allow_from, NULL},
		{"client-cert", &options.client_cert, NULL},
		{"hours", &options.hours, NULL},
		{"limit", &options.limit, NULL},
		{"json", NULL, &options.json},
	};
	struct buf help CLEANUP(buf_fini) = {0};
	const char *words[1] = {NULL};
	size_t count, which = 0;
	int status;

	compose_help(&help);
	while (which < VERBS && (argc < 2 || strcmp(argv[1], verbs[which].name) != 0))
		which++;
	if (which == VERBS)
		return subcommand_missing("endpoint", help.ptr, argc, argv);
	status = options_read("endpoint", help.ptr, argc - 1, argv + 1, specs,
		sizeof(specs) / sizeof(specs[0]), words, verbs[which].takes_id ? 1 : 0, &count);
	if (status != -1)
		return status;
	options.id = words[0];
	return verbs[which].run(&options);
}
