/*
 * expirer.h - background work: charges that ran out, and what else time does (charge_commands.h).
 */
#ifndef CHOPAY_APP_EXPIRER_H
#define CHOPAY_APP_EXPIRER_H

#include "chopay/books.h"

struct event_base;
struct expirer;

/* On that loop, every second. */
struct expirer *expirer_start(
	struct event_base *base, struct mailbox *mailbox, struct books *books);
/* Begins nothing any more.  Before the base is freed.  NULL is fine, twice too. */
void expirer_stop(struct expirer *expirer);
/* After the mailbox ran dry. */
void expirer_free(struct expirer *expirer);

#endif
