/*
 * where.h - which store a command means: --data DIR, --store URI, --config FILE.
 *
 * Every command that touches a store takes the three; an option wins over the file's setting.
 */
#ifndef CHOPAY_CLI_WHERE_H
#define CHOPAY_CLI_WHERE_H

#include <stdbool.h>

struct where {
	const char *data, *store, *config; /* NULL: not given */
};

/* The rows of a command's option table. */
#define WHERE_OPTIONS(where)                                            \
	{"data", &(where).data, NULL}, {"store", &(where).store, NULL}, \
	{                                                               \
		"config", &(where).config, NULL                         \
	}
#define WHERE_OPTION_COUNT 3

/* What --help says of them. */
extern const char where_help[];

bool where_given(const struct where *where);

/* The settings of a gateway that serves nobody but this command.  0, or the exit status after
 * complaining; `config` is to be config_fini'ed either way. */
struct app_config;
int where_config(const char *command, const struct where *where, struct app_config *config);
/* No store where one was said to be, or one whose books moved away: which store it is, is a
 * setting, and it is wrong.  (Not EX_IOERR: the disk is well; not EX_UNAVAILABLE, at which whoever
 * watches a service starts it again; nor EX_DATAERR: no data is bad.) */
#define EX_NO_STORE EX_CONFIG

/* Is there a store?  0; or complains and returns the exit status. */
int where_check(const char *command, const struct app_config *config);

#endif
