/* Which store a command means. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "chopay/app.h"
#include "chopay/log.h"
#include "where.h"

const char where_help[] =
	"\nThe store:\n"
	"  --data DIR      SQLite, in DIR/chopay.db; the keys are in DIR/keys\n"
	"  --store URI     PostgreSQL, postgresql://...; DIR holds the keys, which are every node's.\n"
	"                  Without --data DIR is $XDG_STATE_HOME/chopay (~/.local/state/chopay).\n"
	"                  All users of the machine see a command's words: a password belongs into\n"
	"                  FILE, or into a file that the URI names with ?passfile= (see libpq)\n"
	"  --config FILE   the `data` and `store` of a configuration (`chopay serve --help`)\n";

bool
where_given(const struct where *where)
{
	return where->data != NULL || where->store != NULL || where->config != NULL;
}

static void
forget(char **setting)
{
	free(*setting);
	*setting = NULL;
}

/* An option over the file's setting. */
static void
prefer(char **setting, const char *option)
{
	if (option == NULL)
		return;
	free(*setting);
	*setting = mem_copy_str(str_from(option));
}

int
where_config(const char *command, const struct where *where, struct app_config *config)
{
	struct buf why CLEANUP(buf_fini) = {0};

	if (!where_given(where)) {
		complain("%s: --data DIR or --store URI says which store; see `chopay %s --help`",
			command, command);
		return EX_USAGE;
	}
	if (where->config != NULL && config_load(where->config, config, &why).code != ERR_OK) {
		complain("%s: %s", command, why.ptr);
		return EX_CONFIG;
	}
	prefer(&config->data, where->data);
	prefer(&config->store, where->store);
	/* Nobody is served: a certificate that we may not read is not missed. */
	forget(&config->listen);
	forget(&config->tls_cert);
	forget(&config->tls_key);
	forget(&config->tls_client_ca);
	if (config_complete(config, &why).code == ERR_OK &&
		config_check(config, &why).code == ERR_OK)
		return 0;
	complain("%s: %s", command, why.ptr);
	return where->config != NULL ? EX_CONFIG : EX_USAGE;
}

int
where_check(const char *command, const struct app_config *config)
{
	struct buf file CLEANUP(buf_fini) = {0}, why CLEANUP(buf_fini) = {0};
	bool found = false;
	struct err err;

	if (config->store == NULL) {
		buf_addf(&file, "%s/chopay.db", config->data);
		if (access(file.ptr, F_OK) == 0)
			return 0;
		complain("%s: there is no store in %s; `chopay registry import` or `chopay serve` "
			 "makes one",
			command, config->data);
		return EX_NO_STORE;
	}
	err = store_exists_postgres(config->store, &found, &why);
	if (err.code != ERR_OK) {
		complain("%s: %s", command, why.len > 0 ? why.ptr : err.what);
		return err_exit_status(err.code);
	}
	if (found)
		return 0;
	complain("%s: there is no store in that database; `chopay registry import` or `chopay "
		 "serve` makes one",
		command);
	return EX_NO_STORE;
}
