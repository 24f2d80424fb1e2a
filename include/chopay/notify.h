/*
 * notify.h - what the gateway does over the network by itself: polls of feeds, outgoing webhooks.
 *
 * One thread with one loop; it asks the books as everybody does and waits for nothing but its
 * sockets.  Source: DESIGN section 4, FEEDS sections 6 and 8, SAFETY section 5.
 */
#ifndef CHOPAY_NOTIFY_H
#define CHOPAY_NOTIFY_H

#include "chopay/books.h"

struct notify;

struct notify_config {
	struct books *books;
	const struct crypt *crypt;
	bool allow_loopback; /* development: http, and hosts on this machine's loopback */
};

/* Starts the thread; it looks at once what there is to do. */
MUST_CHECK struct err notify_start(const struct notify_config *config, struct notify **notify);
/* Something was committed (a notice, a receiver, a pull): look again.  Any thread, never waits. */
void notify_wake(struct notify *notify);
/* Ends the thread; calls under way are cut off.  Before books_stop.  NULL is fine. */
void notify_stop(struct notify *notify);
/* After books_stop: takes the last answers of the books and frees all. */
void notify_free(struct notify *notify);

#endif
