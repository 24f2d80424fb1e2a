/*
 * indexer.h - background work: payments are folded into the cells of the index, days that are over
 * at once, today's every few minutes.
 */
#ifndef CHOPAY_APP_INDEXER_H
#define CHOPAY_APP_INDEXER_H

#include "chopay/books.h"

struct event_base;
struct indexer;

/* On that loop. */
struct indexer *indexer_start(
	struct event_base *base, struct mailbox *mailbox, struct books *books);
/* Begins nothing any more.  Before the base is freed.  NULL is fine, twice too. */
void indexer_stop(struct indexer *indexer);
/* After the mailbox ran dry. */
void indexer_free(struct indexer *indexer);

#endif
