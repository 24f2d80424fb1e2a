/*
 * reconciler.h - daily work: each day of each account is reconciled once it is over, also days that
 * were missed, and again when a bank tells more of it later.
 */
#ifndef CHOPAY_APP_RECONCILER_H
#define CHOPAY_APP_RECONCILER_H

#include "chopay/books.h"

struct event_base;
struct reconciler;

/* On that loop; it looks a moment after the start, then every few minutes. */
struct reconciler *reconciler_start(
	struct event_base *base, struct mailbox *mailbox, struct books *books);
/* Begins nothing any more.  Before the base is freed.  NULL is fine, twice too. */
void reconciler_stop(struct reconciler *reconciler);
/* After the mailbox ran dry. */
void reconciler_free(struct reconciler *reconciler);

#endif
