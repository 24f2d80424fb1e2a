/*
 * listener.h - one thread of a node that shares its store: it hears what other nodes committed,
 * tells them of what we did, and keeps the lease of the background work.
 *
 * A connection of its own.  What is told is only that there is something to see: then, and every
 * now and then, it looks who wrote how far.  The ids of one writer are committed in their order, so
 * what lies between two looks is told whole and once, whatever was not heard.
 * Threads: start and stop one; the others any.
 */
#ifndef CHOPAY_BOOKS_LISTENER_H
#define CHOPAY_BOOKS_LISTENER_H

#include "books.h"

struct listener;

#define WORK_LEASE "background" /* its name */

/* Begins with what is committed from now on. */
MUST_CHECK struct err listener_open(
	struct books *books, struct listener **listener, struct buf *why);
MUST_CHECK struct err listener_start(struct listener *listener); /* the thread */
/* Something was committed here.  Never waits. */
void listener_tell(struct listener *listener);
/* As books_works. */
bool listener_works(const struct listener *listener, int64_t for_ms, int64_t *token);
/* The last words are told, and the lease is given back.  NULL is fine. */
void listener_stop(struct listener *listener);
void listener_free(struct listener *listener);

#endif
