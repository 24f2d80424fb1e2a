/*
 * outbox.h - the part of the notifier that tells receivers: each its notices, in their order.
 *
 * A receiver has at most one notice under way, and the next one only when that was taken or given
 * up; what waits stands in the table of dispatches, so a restart goes on where it was.  Receivers
 * do not wait for each other.  Threads: the notifier's.  Source: FEEDS section 6.
 */
#ifndef CHOPAY_NOTIFY_OUTBOX_H
#define CHOPAY_NOTIFY_OUTBOX_H

#include "notifier.h"

struct outbox;

struct outbox *outbox_new(struct notifier *notifier);
/* Starts what is due; in how many milliseconds it wants to be called again at the latest. */
int outbox_tick(struct outbox *outbox);
/* A notice of this stall was put in line. */
void outbox_news(struct outbox *outbox, int64_t stall_id);
/* Receivers have changed, or what waits for them was put in line again. */
void outbox_reload(struct outbox *outbox);
void outbox_rest(struct outbox *outbox);
/* What is under way from now on counts as not tried. */
void outbox_stop(struct outbox *outbox);
void outbox_free(struct outbox *outbox); /* after the last answers of the books */

#endif
