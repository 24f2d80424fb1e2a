/* The configuration: a small INI file, or the same names as options. */
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chopay/app.h"
#include "chopay/http.h"

void
config_fini(struct app_config *config)
{
	free(config->data);
	if (config->store != NULL)
		explicit_bzero(config->store, strlen(config->store)); /* a password may be in it */
	free(config->store);
	free(config->listen);
	free(config->tls_cert);
	free(config->tls_key);
	free(config->tls_client_ca);
	free(config->tls_outgoing_ca);
	free(config->dev_ca);
	free(config->prefix);
	*config = (struct app_config){0};
}

static struct err
set_text(char **field, struct str value)
{
	free(*field);
	*field = mem_copy_str(value);
	return OK;
}

static struct err
set_number(int *field, struct str value, int least, int most, struct buf *why)
{
	int64_t number;

	if (str_to_i64(value, &number).code != ERR_OK || number < least || number > most) {
		buf_addf(
			why, "\"%.*s\" is not a number from %d to %d", STR_FMT(value), least, most);
		return FAIL(ERR_INVALID, "a setting is out of range");
	}
	*field = (int)number;
	return OK;
}

static struct err
set_switch(bool *field, struct str value, struct buf *why)
{
	*field = str_eq(value, STR("yes"));
	if (*field || str_eq(value, STR("no")))
		return OK;
	buf_addf(why, "\"%.*s\" is neither yes nor no", STR_FMT(value));
	return FAIL(ERR_INVALID, "a setting is neither yes nor no");
}

static struct err
set_image(bool *off, struct str value, struct buf *why)
{
	*off = str_eq(value, STR("off"));
	if (*off || str_eq(value, STR("on")))
		return OK;
	buf_addf(why, "\"%.*s\" is neither on nor off", STR_FMT(value));
	return FAIL(ERR_INVALID, "a setting is neither on nor off");
}

static struct err
set_amount(struct vnd *field, struct str value, struct buf *why)
{
	struct err err = vnd_parse(value, field);

	if (err.code != ERR_OK)
		buf_addf(why, "\"%.*s\" is no amount: %s", STR_FMT(value), err.what);
	return err;
}

struct err
config_set(struct app_config *config, struct str name, struct str value, struct buf *why)
{
	const struct {
		const char *name;
		char **field;
	} texts[] = {
		{"data", &config->data},
		{"store", &config->store},
		{"listen", &config->listen},
		{"tls_cert", &config->tls_cert},
		{"tls_key", &config->tls_key},
		{"tls_client_ca", &config->tls_client_ca},
		{"tls_outgoing_ca", &config->tls_outgoing_ca},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (str_eq(name, str_from(texts[i].name)))
			return set_text(texts[i].field, value);
	}
	if (str_eq(name, STR("workers")))
		return set_number(&config->workers, value, 1, APP_WORKERS_MAX, why);
	if (str_eq(name, STR("readers")))
		return set_number(&config->readers, value, 2, 8, why);
	if (str_eq(name, STR("writers")))
		return set_number(&config->writers, value, 1, BOOKS_WRITERS_MAX, why);
	if (str_eq(name, STR("disk_alarm_percent")))
		return set_number(&config->disk_alarm_percent, value, 1, 100, why);
	if (str_eq(name, STR("two_person_above")))
		return set_amount(&config->two_person_above, value, why);
	if (str_eq(name, STR("prefix"))) {
		if (!reference_prefix_ok(value)) {
			buf_addf(why, "\"%.*s\" is not a prefix: two of A-Z 0-9 without I O L U",
				STR_FMT(value));
			return FAIL(ERR_INVALID, "a bad prefix");
		}
		return set_text(&config->prefix, value);
	}
	if (str_eq(name, STR("log_requests")))
		return set_switch(&config->log_requests, value, why);
	if (str_eq(name, STR("image")))
		return set_image(&config->images_off, value, why);
	if (str_eq(name, STR("allow_http_loopback")))
		return set_switch(&config->allow_http_loopback, value, why);
	buf_addf(why,
		"there is no setting \"%.*s\" (data, store, listen, tls_cert, tls_key, tls_client_ca,"
		" tls_outgoing_ca, prefix, workers, readers, writers, two_person_above,"
		" disk_alarm_percent, image, log_requests,"
		" allow_http_loopback)",
		STR_FMT(name));
	return FAIL(ERR_INVALID, "an unknown setting");
}

/* ---- the file
 * -------------------------------------------------------------------------------------- */

struct reading {
	struct app_config *config;
	const char *file;
	struct buf fault;
};

static bool
is_path(const char *name)
{
	return strcmp(name, "data") == 0 || strncmp(name, "tls_", 4) == 0;
}

static int
setting_read(void *arg, const char *section, const char *name, const char *value)
{
	struct reading *reading = arg;
	struct buf text CLEANUP(buf_fini) = {0};
	const char *slash = strrchr(reading->file, '/');

	(void)section;
	if (is_path(name) && value[0] != '/' && slash != NULL)
		buf_add(&text, (struct str){reading->file, (size_t)(slash - reading->file) + 1});
	buf_adds(&text, value);
	/* The first fault is the one that is told, with the line that ini_parse returns. */
	if (reading->fault.len > 0)
		return 0;
	return config_set(reading->config, str_from(name), buf_str(&text), &reading->fault).code ==
	       ERR_OK;
}

struct err
config_load(const char *file, struct app_config *config, struct buf *why)
{
	struct reading reading = {config, file, {0}};
	int line = ini_parse(file, setting_read, &reading);

	if (line < 0)
		buf_addf(why, "cannot read %s", file);
	else if (line > 0)
		buf_addf(why, "%s line %d: %s", file, line,
			reading.fault.len > 0 ? reading.fault.ptr : "not a \"name = value\" line");
	buf_fini(&reading.fault);
	if (line < 0)
		return FAIL(ERR_NOT_FOUND, "cannot read the configuration");
	return line == 0 ? OK : FAIL(ERR_INVALID, "the configuration is wrong");
}

/* (Its group may: a service's own is the usual way to let it read what root writes.) */
bool
config_tells_password(const char *file, const struct app_config *config)
{
	struct stat st;

	return config->store != NULL && store_uri_has_password(config->store) &&
	       stat(file, &st) == 0 && (st.st_mode & S_IROTH) != 0;
}

static struct err
check_file(const char *file, const char *name, struct buf *why)
{
	if (file == NULL || access(file, R_OK) == 0)
		return OK;
	buf_addf(why, "%s: cannot read %s", name, file);
	return FAIL(ERR_INVALID, "a file of the configuration cannot be read");
}

static struct err
make_folders(char *path, struct buf *why)
{
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST) {
			buf_addf(why, "cannot make %s: %s; give --data DIR", path, strerror(errno));
			return FAIL(ERR_SETUP, "cannot make the folder of the keys");
		}
		*slash = '/';
	}
	return OK;
}

/* The XDG base directory specification: a relative path there is no path. */
struct err
config_complete(struct app_config *config, struct buf *why)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct buf path CLEANUP(buf_fini) = {0};

	if (config->data != NULL || config->store == NULL)
		return OK;
	if (state != NULL && state[0] == '/')
		buf_adds(&path, state);
	else if (home != NULL && home[0] == '/')
		buf_addf(&path, "%s/.local/state", home);
	else
		return OK; /* config_check asks for a folder */
	buf_adds(&path, "/chopay");
	TRY(make_folders(path.ptr, why));
	config->data = mem_copy_str(buf_str(&path));
	return OK;
}

struct err
config_check(const struct app_config *config, struct buf *why)
{
	if (config->data == NULL) {
		buf_adds(
			why, "no data folder: give --data DIR, or data = DIR in the configuration");
		return FAIL(ERR_INVALID, "no data folder");
	}
	if (config->store != NULL && !store_is_uri(config->store)) {
		buf_adds(why,
			"store: give a URI like postgresql://chopay@db.example/chopay, or leave"
			" it out for SQLite in the data folder");
		return FAIL(ERR_INVALID, "the store is no URI");
	}
	if ((config->tls_cert == NULL) != (config->tls_key == NULL)) {
		buf_adds(why, "tls_cert and tls_key go together");
		return FAIL(ERR_INVALID, "half of a TLS setting");
	}
	if (config->listen != NULL) {
		struct err err = http_address_check(
			str_from(config->listen), config->tls_cert != NULL);

		if (err.code != ERR_OK) {
			buf_addf(why, "listen %s: %s", config->listen, err.what);
			return err;
		}
	}
	TRY(check_file(config->tls_cert, "tls_cert", why));
	TRY(check_file(config->tls_key, "tls_key", why));
	TRY(check_file(config->tls_client_ca, "tls_client_ca", why));
	return check_file(config->tls_outgoing_ca, "tls_outgoing_ca", why);
}
