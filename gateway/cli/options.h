/* Options as every command takes them: --name value, --name=value, --flag, then plain words. */
#ifndef CHOPAY_CLI_OPTIONS_H
#define CHOPAY_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "where.h"

struct option_spec {
	const char *name;  /* "data" for --data */
	const char **text; /* an option with a value; NULL: a flag */
	bool *flag;
};

/*
 * Where there is an option "o", -o FILE is the same.
 * Read argv[1..] for `command` ("endpoint add").  Plain words go to words[0..*word_count).
 * Returns -1 to go on, or an exit status: 64 after complaining, 0 after printing `help`.
 */
int options_read(const char *command, const char *help, int argc, char **argv,
	const struct option_spec *specs, size_t spec_count, const char **words, size_t words_max,
	size_t *word_count);

/* "endpoint: choose add, list, rotate or revoke"; 64, or 0 for --help. */
int subcommand_missing(const char *command, const char *help, int argc, char **argv);

/* A whole file, or "-" for standard input; complains and returns 74 when it cannot. */
struct buf;
int read_file(const char *command, const char *file, size_t max, struct buf *bytes);
/* A secret alone in a file, without the line end that an editor leaves; complains too when empty.
 */
int read_secret_file(const char *command, const char *file, struct buf *secret);

#endif
