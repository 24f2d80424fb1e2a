/*
 * exporter.h - long exports, one after the other, each into a file of the data folder.
 *
 * One node makes them (it has the lease of the background work) on its reader for long questions.
 * How far one is, and that it was cancelled, stands in its row; what ran when its process died is
 * begun again.
 */
#ifndef CHOPAY_APP_EXPORTER_H
#define CHOPAY_APP_EXPORTER_H

#include "chopay/books.h"

struct event_base;
struct exporter;

/* On that loop. */
struct exporter *exporter_start(
	struct event_base *base, struct mailbox *mailbox, struct books *books);
/* Begins nothing any more, and breaks off what runs.  Before the base is freed.  NULL is fine,
 * twice too. */
void exporter_stop(struct exporter *exporter);
/* After the mailbox ran dry. */
void exporter_free(struct exporter *exporter);

#endif
