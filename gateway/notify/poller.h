/*
 * poller.h - polls of feeds' lists: each pull of the store at its own pace, its pages to the books.
 */
#ifndef CHOPAY_NOTIFY_POLLER_H
#define CHOPAY_NOTIFY_POLLER_H

#include "notifier.h"

struct poller;

struct poller *poller_new(struct notifier *notifier);
void poller_free(struct poller *poller);
/* The store's pulls may have changed: read them again. */
void poller_wake(struct poller *poller);
void poller_rest(struct poller *poller);
/* Begin what is due; milliseconds until it wants to be called again. */
int poller_tick(struct poller *poller);

#endif
