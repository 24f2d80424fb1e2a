/*
 * list_rows.h - the rows of a provider's list as events, and how far a poll has walked.
 */
#ifndef FEEDS_LIST_ROWS_H
#define FEEDS_LIST_ROWS_H

#include <jansson.h>

#include "chopay/listing.h"

#include "fields.h"

#define LIST_AMOUNT_MAX INT64_C(1000000000000000) /* as vnd_parse */
#define WALK_OPEN INT64_MAX			  /* the end of a window that reaches until now */
#define WALK_PAGES_MAX 10000 /* of one poll: a source that never ends is no list */

/* One row; an amount of 0 (a bank's text, no money) is left out by the caller. */
typedef struct err list_row(
	struct arena *arena, const struct fields *fields, struct feed_event *event);

struct list_rows {
	struct feed_event *items;
	size_t count;	/* events */
	size_t rows;	/* of the page, events or not */
	size_t strange; /* not understood: left out, counted */
	int64_t oldest_ms, newest_ms;
	bool descending; /* the first event is not older than the last */
};
/* ERR_INVALID: not an array, or longer than FEED_EVENTS_MAX. */
MUST_CHECK struct err list_rows_read(
	struct arena *arena, const json_t *array, list_row *read, struct list_rows *rows);
/* The answer of feed->parse for them. */
enum feed_reason list_rows_events(const struct list_rows *rows, struct feed_events *events);

/* "in" or "out" of two columns, of which one is 0. */
MUST_CHECK struct err list_in_out(
	struct arena *arena, const struct fields *fields, struct feed_event *event);

/* ---- building a URL and walking -------------------------------------------------------------- */

void url_add(struct buf *url, const char *name, struct str value); /* &name=value, encoded */
void url_add_time(struct buf *url, const char *name, int64_t ms);  /* "YYYY-MM-DD HH:MM:SS" */

void walk_saw(struct listing_walk *walk, const struct list_rows *rows);
/* This window is read: the next one, or the end of the poll. */
void walk_window_done(struct listing_walk *walk, struct listing_page *page);
/* The whole poll is: `page` is its last, with the cursor. */
void walk_done(const struct listing_walk *walk, struct listing_page *page);
void page_fault(struct listing_page *page, enum listing_outcome outcome, const char *fault);

extern const struct listing listing_sepay_v1, listing_sepay_v2, listing_casso;

#endif
