/*
 * targets.h - the receivers in memory, their secrets opened, each with what it is doing.
 *
 * Threads: the notifier's, but for targets_load's question to a reader.
 */
#ifndef CHOPAY_NOTIFY_TARGETS_H
#define CHOPAY_NOTIFY_TARGETS_H

#include "deliver.h"
#include "notifier.h"

#define TARGET_LINE_MAX 16 /* notices of a receiver that are read ahead */

enum target_state {
	TARGET_IDLE,	  /* nothing waits for it, as far as we know */
	TARGET_WANTED,	  /* in the queue of those whose line is to be read */
	TARGET_ASKED,	  /* its line is being read */
	TARGET_READY,	  /* in the queue of those with a notice to be sent now */
	TARGET_FLYING,	  /* a notice is under way */
	TARGET_RECORDING, /* the results of its line are being committed */
	TARGET_SLEEPING,  /* until wake_ms */
};

struct target {
	int64_t id, stall_id;
	char *url;
	char *secrets[DELIVER_SECRETS_MAX]; /* the second one NULL: no roll */
	int64_t previous_until_ms;
	bool disabled;
	bool gone; /* removed; freed when nothing of it is under way */
	struct outbox *outbox;
	int64_t lease; /* under which it is told */

	enum target_state state;
	struct target *next; /* in the queue of its state */
	bool more;	     /* notices came while it was busy: behind those it has */
	bool again;	     /* its line may have become another */
	bool lost;	     /* a result was not recorded: it is sent again, after a while */
	int64_t wake_ms;
	int recording;	     /* results on their way into the books */
	struct arena *arena; /* of the line */
	struct dispatch line[TARGET_LINE_MAX];
	size_t at, count;
};

struct target_queue {
	struct target *first, **last;
};
void target_queue_init(struct target_queue *queue);
void target_queue_add(struct target_queue *queue, struct target *target);
struct target *target_queue_pop(struct target_queue *queue); /* NULL: empty */

/* Sorted by stall, then id. */
struct targets {
	struct target **items;
	size_t count;
};
void targets_free(struct targets *targets);
/* The first of a stall's (stall 0: those that hear of all). */
size_t targets_of(const struct targets *targets, int64_t stall_id);

/* Asks a reader for the table; `done` on the notifier's loop, once, unless ERR_BUSY. */
struct targets_question;
MUST_CHECK struct err targets_load(struct notifier *notifier,
	void (*done)(void *arg, struct targets_question *question), void *arg);
/* In `done`: the table as it now is; known targets keep what they are doing, others of `targets`
 * become `gone` and are handed to `left`.  False: it could not be read. */
bool targets_take(struct targets_question *question, struct targets *targets,
	void (*left)(void *arg, struct target *target), void *arg);
void target_free(struct target *target);

#endif
