/*
 * app_parts.h - what a running gateway is made of; app.c wires it, app_books.c opens its books.
 */
#ifndef CHOPAY_APP_PARTS_H
#define CHOPAY_APP_PARTS_H

#include "chopay/api.h"
#include "chopay/app.h"
#include "expirer.h"
#include "exporter.h"
#include "facts.h"
#include "indexer.h"
#include "loop.h"
#include "reconciler.h"
#include "watcher.h"

struct event;

struct app {
	struct app_config config; /* borrowed texts */
	struct crypt *crypt;
	struct banks *banks;
	struct books *books;
	struct api_counts *counts;
	struct tls *tls;
	/* NULL while nothing is served: a command's own gateway begins nothing by itself. */
	struct notify *notify;
	struct reconciler *reconciler;
	struct indexer *indexer;
	struct exporter *exporter;
	struct watcher *watcher;
	struct expirer *expirer; /* of every gateway */
	struct facts facts;
	struct loop *loops; /* the first is the main thread's: signals, timers, control socket */
	int loop_count;
	int exit_status;
	struct event *hold_timer, *broken_timer;
	struct event *signals[3];
	bool stopping;
};

/* The loops are there, which its news goes to.  `why` gets a sentence for a person. */
MUST_CHECK struct err app_open_books(struct app *app, struct buf *why);

#endif
