/*
 * notifier.h - what the parts on the notifier's thread share, and what each of them offers.
 *
 * A part is made before the thread runs, then lives on it: `tick` is called after every wait, and
 * says in how many milliseconds it wants to be called again at the latest.  `rest` is called when
 * the work went to another node, or came back: what is known of it counts no more, and what is
 * under way ends, refused by the books, before the part begins anew (when `works` says so).
 * Commands and queries of a part end on `mailbox`; after notify_stop they may still end, until
 * `free`.
 */
#ifndef CHOPAY_NOTIFY_NOTIFIER_H
#define CHOPAY_NOTIFY_NOTIFIER_H

#include "chopay/notify.h"
#include "client.h"

#define NOTIFY_IDLE_MS 60000 /* what a part answers that waits for nothing */

struct notifier {
	struct notify_config config;
	struct mailbox *mailbox;
	struct client *client;
	bool stopping; /* nothing is begun any more */
	bool works;    /* the work is this node's: see books_works */
	int64_t lease; /* under which it is done */
};

#endif
