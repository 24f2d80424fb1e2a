/* chopay serve, chopay config check. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/app.h"
#include "chopay/log.h"
#include "cli.h"
#include "options.h"

static const char SERVE_HELP[] =
	"usage: chopay serve --data DIR --listen ADDRESS:PORT [options]\n"
	"       chopay serve --config FILE\n\n"
	"Runs the gateway.  The first line on stdout is \"ready URL\"; SIGTERM ends it,\n"
	"SIGHUP reads the certificates again.\n\n"
	"  --data DIR            made when missing, as is the store\n"
	"  --listen A:P          127.0.0.1:0 chooses a port; plain HTTP is served on loopback only\n"
	"  --tls-cert FILE       certificate chain (PEM); with --tls-key: HTTPS\n"
	"  --tls-key FILE        its key (PEM)\n"
	"  --tls-client-ca FILE  ask callers for certificates of this CA\n"
	"  --tls-outgoing-ca FILE  trust these CAs when calling others (default: the system's)\n"
	"  --config FILE         the same settings as name = value lines; options win over it\n"
	"  --workers N           event loops (default: processors, at most 4)\n"
	"  --writers N           threads that write, on PostgreSQL (1 to 8, default 1)\n"
	"  --prefix XX           two letters or digits that begin every reference (default CH)\n"
	"  --two-person-above N  a credit in suspense above N đồng is resolved by two persons\n"
	"                        (default 10000000)\n"
	"  --disk-alarm-percent N  an alarm when less of the disk is free (default 10)\n"
	"  --image on|off        pictures for quick links, /image/... (default on)\n"
	"  --log-requests        a line per request on stderr\n"
	"  --allow-http-loopback development: pulls and receivers may be on this machine, over http\n"
	"  --clock-at SECONDS    development: start the clock at this Unix time\n";

/* It can be used, so it is no fault; but nobody should find that out from somebody else. */
static void
warn_of_password(const char *command, const char *file, const struct app_config *config)
{
	if (config_tells_password(file, config))
		complain("%s: warning: every user of this machine can read the store's password in "
			 "%s: chmod o-r it, or name a ?passfile=FILE in the URI",
			command, file);
}

/* Options override the file.  -1 to go on. */
static int
set_option(struct app_config *config, const char *name, const char *value)
{
	struct buf why CLEANUP(buf_fini) = {0};

	if (value == NULL ||
		config_set(config, str_from(name), str_from(value), &why).code == ERR_OK)
		return -1;
	complain("serve: %s: %s", name, why.ptr);
	return EX_USAGE;
}

struct serve_options {
	struct where where;
	const char *listen, *cert, *key, *client_ca, *outgoing_ca, *workers, *writers, *prefix,
		*two_person_above, *disk_alarm, *image, *clock_at;
	bool log_requests, allow_http_loopback;
};

static int
read_serve(int argc, char **argv, struct serve_options *options)
{
	const struct option_spec specs[] = {
		WHERE_OPTIONS(options->where),
		{"listen", &options->listen, NULL},
		{"tls-cert", &options->cert, NULL},
		{"tls-key", &options->key, NULL},
		{"tls-client-ca", &options->client_ca, NULL},
		{"tls-outgoing-ca", &options->outgoing_ca, NULL},
		{"workers", &options->workers, NULL},
		{"writers", &options->writers, NULL},
		{"prefix", &options->prefix, NULL},
		{"two-person-above", &options->two_person_above, NULL},
		{"disk-alarm-percent", &options->disk_alarm, NULL},
		{"image", &options->image, NULL},
		{"clock-at", &options->clock_at, NULL},
		{"log-requests", NULL, &options->log_requests},
		{"allow-http-loopback", NULL, &options->allow_http_loopback},
	};
	const char *words[1];
	size_t count;

	return options_read("serve", SERVE_HELP, argc, argv, specs,
		sizeof(specs) / sizeof(specs[0]), words, 0, &count);
}

static int
make_config(const struct serve_options *options, struct app_config *config)
{
	const struct {
		const char *name, *value;
	} settings[] = {
		{"data", options->where.data},
		{"store", options->where.store},
		{"listen", options->listen},
		{"tls_cert", options->cert},
		{"tls_key", options->key},
		{"tls_client_ca", options->client_ca},
		{"tls_outgoing_ca", options->outgoing_ca},
		{"workers", options->workers},
		{"writers", options->writers},
		{"prefix", options->prefix},
		{"two_person_above", options->two_person_above},
		{"disk_alarm_percent", options->disk_alarm},
		{"image", options->image},
	};
	struct buf why CLEANUP(buf_fini) = {0};
	int64_t seconds;

	if (options->where.config != NULL &&
		config_load(options->where.config, config, &why).code != ERR_OK) {
		complain("serve: %s", why.ptr);
		return EX_CONFIG;
	}
	if (options->where.config != NULL)
		warn_of_password("serve", options->where.config, config);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		int status = set_option(config, settings[i].name, settings[i].value);

		if (status != -1)
			return status;
	}
	config->log_requests = config->log_requests || options->log_requests;
	config->allow_http_loopback = config->allow_http_loopback || options->allow_http_loopback;
	if (options->clock_at != NULL) {
		if (str_to_i64(str_from(options->clock_at), &seconds).code != ERR_OK ||
			seconds < 1 || seconds > INT64_C(100000000000)) {
			complain("serve: --clock-at is a Unix time in seconds");
			return EX_USAGE;
		}
		config->clock_at_ms = seconds * MS_PER_SECOND;
	}
	if (config_complete(config, &why).code != ERR_OK ||
		config_check(config, &why).code != ERR_OK) {
		complain("serve: %s", why.ptr);
		return options->where.config != NULL ? EX_CONFIG : EX_USAGE;
	}
	if (config->listen == NULL) {
		complain("serve: no address: give --listen 127.0.0.1:8080");
		return EX_USAGE;
	}
	return -1;
}

int
cli_serve(int argc, char **argv)
{
	struct serve_options options = {0};
	struct app_config config CLEANUP(config_fini) = {0};
	struct buf url CLEANUP(buf_fini) = {0}, why CLEANUP(buf_fini) = {0};
	struct app *app;
	struct err err;
	int status = read_serve(argc, argv, &options);

	if (status == -1)
		status = make_config(&options, &config);
	if (status != -1)
		return status;
	err = app_start(&config, &app, &url, &why);
	if (err.code != ERR_OK) {
		complain("serve: %s", why.ptr);
		if (err.code == ERR_CONFLICT) /* the port is taken */
			return EX_UNAVAILABLE;
		return err_exit_status(err.code);
	}
	printf("ready %s\n", url.ptr);
	fflush(stdout);
	status = app_run(app);
	app_free(app);
	return status;
}

/* ---- config check
 * --------------------------------------------------------------------------------- */

static const char CONFIG_HELP[] =
	"usage: chopay config check FILE\n\n"
	"Reads a configuration and says what is wrong with it.  Exit 0 when `chopay serve\n"
	"--config FILE` can use it, 78 when not.  Warns of a file in which everybody can read the\n"
	"store's password.\n\n"
	"Settings, one `name = value` per line: data, store, listen, tls_cert, tls_key, tls_client_ca,\n"
	"tls_outgoing_ca, prefix, workers, readers, writers, two_person_above,\n"
	"disk_alarm_percent, image, log_requests, allow_http_loopback.  Relative paths start at the file.\n"
	"image = off: no pictures for quick links (/image/...), with which anybody can have a code of\n"
	"any account drawn here; on by default.\n";

int
cli_config(int argc, char **argv)
{
	struct app_config config CLEANUP(config_fini) = {0};
	struct buf why CLEANUP(buf_fini) = {0};
	const char *words[1];
	size_t count;
	int status;

	if (argc < 2 || strcmp(argv[1], "check") != 0)
		return subcommand_missing("config", CONFIG_HELP, argc, argv);
	status = options_read(
		"config check", CONFIG_HELP, argc - 1, argv + 1, NULL, 0, words, 1, &count);
	if (status != -1)
		return status;
	if (count == 0) {
		complain("config check: which file?");
		return EX_USAGE;
	}
	if (config_load(words[0], &config, &why).code == ERR_OK &&
		config_complete(&config, &why).code == ERR_OK &&
		config_check(&config, &why).code == ERR_OK && config.listen == NULL)
		buf_adds(&why, "no address: add a line listen = 127.0.0.1:8080");
	if (why.len == 0 && config.store != NULL &&
		store_check_uri(config.store, &why).code == ERR_OK)
		warn_of_password("config check", words[0], &config);
	if (why.len > 0) {
		complain("config check: %s", why.ptr);
		return EX_CONFIG;
	}
	puts("ok");
	return EX_OK;
}
