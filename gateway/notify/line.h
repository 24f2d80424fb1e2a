/*
 * line.h - what the files of the outbox share: its state, and each receiver's way through its line.
 *
 * Idle -> wanted -> asked -> ready -> flying -> ready (the next one) ... -> recording -> wanted ...
 * until nothing waits: idle; or until the next try is due: sleeping.
 */
#ifndef CHOPAY_NOTIFY_LINE_H
#define CHOPAY_NOTIFY_LINE_H

#include "chopay/receiver_commands.h"
#include "outbox.h"
#include "targets.h"

#define BUSY_WAIT_MS 1000 /* the books, or the client, have too much to do */
/* A next try further away than any backoff: the clock was set back. */
#define WAIT_MAX_MS (25 * 3600 * MS_PER_SECOND)

struct outbox {
	struct notifier *notifier;
	struct targets targets;
	bool loading, stale; /* the table of receivers */
	bool asking, pruning, stopping;
	bool resting;	/* until those that are leaving have left */
	size_t leaving; /* targets that are gone, but something of them is under way */
	struct target_queue wanted, fresh, failed; /* the last two: ready */
	int flights, failed_flights;
	int64_t next_wake_ms;  /* the earliest of the sleeping ones, or earlier */
	int64_t next_prune_ms; /* monotonic */
	struct dispatches_prune_command prune;
};

int64_t outbox_now_ms(const struct outbox *outbox);

/* Its line is to be read. */
void line_want(struct outbox *outbox, struct target *target);
/* The next of its line, or the end of it. */
void line_go_on(struct outbox *outbox, struct target *target);
/* Its line is done with; what it does next depends on what was found out meanwhile.  Frees a
 * target that is gone. */
void line_rest(struct outbox *outbox, struct target *target);
/* Reads the lines of those that wait for it. */
void lines_ask(struct outbox *outbox);

/* flights.c: sends what is ready, as far as there is room, and records what came of it. */
void flights_start(struct outbox *outbox);

#endif
