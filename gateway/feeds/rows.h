/*
 * rows.h - one row per feed, each defined in the file of its name; table.c lists them.
 */
#ifndef FEEDS_ROWS_H
#define FEEDS_ROWS_H

#include "chopay/feeds.h"

extern const struct feed feed_sepay;
extern const struct feed feed_standard_webhooks;

#endif
