/* simulate.h - the words of `chopay simulate`, read into what a run or a purchase needs. */
#ifndef CHOPAY_CLI_SIMULATE_H
#define CHOPAY_CLI_SIMULATE_H

#include "chopay/simulate.h"

#define EXIT_USAGE 64

struct settings {
	struct simulate_options run;
	struct simulate_purchase purchase;
	const char *key_file, *secret_file, *picture_file;
	struct buf key, secret, picture;
	const char *run_word; /* the last option that only a run has use for, or NULL */
	bool verbose, json, help;
};

extern const char simulate_usage[];

/* One purchase (--pay, --pay-picture) instead of a run? */
bool settings_buy_one(const struct settings *settings);

/* 0, or 64 after complaining. */
int simulate_read_options(int argc, char **argv, struct settings *settings);

/* Complain, with the way to --help; `word` may be NULL.  64. */
int simulate_refuse(const char *what, const char *word);

/* Interrupts become something to read.  0, or an exit status after complaining. */
int simulate_catch_interrupts(int *fd);

/* simulate_history.c: `chopay simulate --history`; argv[0] is that word. */
int simulate_history(int argc, char **argv);

#endif
