/*
 * queue.h - the only thing threads share: bounded queues of (function, argument).
 *
 * A full queue refuses at once (ERR_BUSY): the caller answers 503, the bank retries.
 * Order is kept.  Threads: any number may push and take.
 */
#ifndef CHOPAY_QUEUE_H
#define CHOPAY_QUEUE_H

#include "chopay/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct task {
	void (*run)(void *arg);
	void *arg;
};

struct queue;

struct queue *queue_new(size_t capacity);
void queue_free(struct queue *queue); /* what is still in it is forgotten, not run */

MUST_CHECK struct err queue_push(struct queue *queue, struct task task);

/* Up to `max` tasks into `tasks`; waits while empty.  0: the queue was closed and is empty. */
size_t queue_take(struct queue *queue, struct task *tasks, size_t max);

/* The same, but waits no longer than `for_ms`: then 0 and not `*closed`. */
size_t queue_take_for(
	struct queue *queue, struct task *tasks, size_t max, int64_t for_ms, bool *closed);

/* No more pushes (they get ERR_BUSY); the taker drains what is left. */
void queue_close(struct queue *queue);

/*
 * A mailbox is a queue whose taker is an event loop: an eventfd becomes readable instead of a
 * thread waking.  A push never fails: its length is bounded by what may be under way elsewhere
 * (each request sends at most one command), so it grows rather than loses a completion.
 */
struct mailbox;

struct mailbox *mailbox_new(void);
void mailbox_free(struct mailbox *mailbox);
int mailbox_fd(const struct mailbox *mailbox);
void mailbox_push(struct mailbox *mailbox, struct task task);
void mailbox_run(struct mailbox *mailbox); /* on the loop: runs all that is there */

#endif
