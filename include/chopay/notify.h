/*
 * notify.h - what the gateway does over the network by itself: polls of feeds, outgoing webhooks.
 *
 * One thread with one loop; it asks the books as everybody does and waits for nothing but its
 * sockets.  Source: DESIGN section 4, FEEDS sections 6 and 8, SAFETY section 5.
 */
#ifndef CHOPAY_NOTIFY_H
#define CHOPAY_NOTIFY_H

#include "chopay/banks.h"
#include "chopay/books.h"

struct notify;

struct notify_config {
	struct books *books;
	const struct crypt *crypt;
	const struct banks *banks;
	bool allow_loopback; /* development: http, and hosts on this machine's loopback */
	const char *ca_file; /* whom we trust, in PEM; NULL: the system's list */
};

/* Starts the thread; it looks at once what there is to do. */
MUST_CHECK struct err notify_start(const struct notify_config *config, struct notify **notify);
/* Something was committed (a notice, a receiver, a pull): look again.  Any thread, never waits. */
void notify_wake(struct notify *notify);
/* A notice of this stall to receivers was committed.  Any thread, never waits. */
void notify_dispatched(struct notify *notify, int64_t stall_id);
/* Receivers, or what waits for them, have changed.  Any thread, never waits. */
void notify_receivers_changed(struct notify *notify);
/* May notices be sent there?  NULL, or what is wrong with the URL and what to do.  Any thread; its
 * name is not resolved: the address is judged at each connection. */
const char *notify_url_fault(struct str url, bool allow_loopback);
/* Ends the thread; calls under way are cut off.  Before books_stop.  NULL is fine. */
void notify_stop(struct notify *notify);
/* After books_stop: takes the last answers of the books and frees all. */
void notify_free(struct notify *notify);

#endif
