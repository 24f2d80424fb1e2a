/*
 * log.h - one line per event on stderr: time, level, event, key=value.
 *
 * Never a secret, a payer's name or number, or a transfer note (DESIGN promise 10).
 * Threads: any; a line is one write().
 */
#ifndef CHOPAY_LOG_H
#define CHOPAY_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "chopay/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_line(enum log_level level, const char *event, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* From now on this process logs nothing: a command that runs a gateway inside itself for a moment
 * tells a person one line, by complain().  Where stderr goes is the process's; so is this. */
void log_quiet(void);

#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)

/*
 * A bound on lines of one kind: a flood (a full disk, a forger) must not fill the log, which lies
 * on a disk too.  Owned by whoever logs; one thread.  Zero-initialised.
 */
struct log_limit {
	int64_t second_ms; /* the second whose lines are counted */
	int logged, dropped;
};
/* May one more line be written in this second?  The first line of a new second is preceded by one
 * that says how many were left out. */
bool log_allows(struct log_limit *limit, const char *event, int per_second);

/* Write straight to stderr, for a person at a terminal: "chopay: ..." */
void complain(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
