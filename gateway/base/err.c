/* The words and exit statuses of errors. */
#include <sysexits.h>

#include "chopay/err.h"

static const struct {
	const char *name;
	int exit_status;
} codes[] = {
	[ERR_OK] = {"ok", EX_OK},
	[ERR_INVALID] = {"invalid", EX_DATAERR},
	[ERR_DENIED] = {"denied", EX_NOPERM},
	[ERR_NOT_FOUND] = {"not_found", EX_DATAERR},
	[ERR_CONFLICT] = {"conflict", EX_DATAERR},
	[ERR_SETUP] = {"setup", EX_CONFIG},
	[ERR_BUSY] = {"busy", EX_UNAVAILABLE},
	[ERR_BROKEN] = {"broken", EX_IOERR},
};

const char *
err_code_name(enum err_code code)
{
	return codes[code].name;
}

int
err_exit_status(enum err_code code)
{
	return codes[code].exit_status;
}
