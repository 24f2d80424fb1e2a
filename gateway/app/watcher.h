/* Alarms of what goes on in the background: silence, a disk, certificates. */
#ifndef APP_WATCHER_H
#define APP_WATCHER_H

#include "chopay/books.h"

struct event_base;
struct facts;
struct watcher;

/* On the loop of `base`, whose mailbox it is.  `facts` outlives it. */
struct watcher *watcher_start(
	struct event_base *base, struct mailbox *mailbox, struct books *books, struct facts *facts);
void watcher_stop(struct watcher *watcher); /* no new look; on its loop */
void watcher_free(struct watcher *watcher); /* after the mailbox has run dry */

#endif
