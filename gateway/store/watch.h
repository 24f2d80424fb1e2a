/*
 * watch.h - which rows are written on a connection, while somebody wants to know.
 */
#ifndef STORE_WATCH_H
#define STORE_WATCH_H

#include "db.h"

struct watch;

/* For the driver: a row was put in or changed; `gone`: or removed.  One that is undone later may be
 * told too. */
void watch_row(struct watch *watch, const char *table, int64_t row, bool gone);
void watch_free(struct watch *watch);

#endif
