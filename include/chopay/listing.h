/*
 * listing.h - a provider's list of transactions, read page by page: which request comes next, and
 * what an answer means.  Pure: no I/O, no clock; who sends and stores is the poller's affair.
 *
 * A list is a feed too (feeds.h, without modes): its parse() reads a kept page again.  A poll reads
 * the windows from 48 hours before the cursor until now, because banks tell late; the cursor is the
 * newest bank time that a whole poll has seen, so a poll that ends half way loses nothing.
 * Source: FEEDS section 8.  Memory: results live in the arena given, unless said otherwise.
 */
#ifndef CHOPAY_LISTING_H
#define CHOPAY_LISTING_H

#include "chopay/feeds.h"

#define LISTING_OVERLAP_MS (48 * 3600 * INT64_C(1000))
#define LISTING_CURSOR_SIZE 64
#define LISTING_WAIT_MAX_MS (3600 * INT64_C(1000)) /* a source may ask for no longer a pause */

/* One account at one source. */
struct listing_pull {
	struct str base_url;   /* without a trailing '/' */
	struct str account_no; /* lines of other accounts are left out */
	struct str token;
};

/* Where a poll stands: plain values, no memory of its own.  For the listing's own use. */
struct listing_walk {
	int64_t now_ms;
	int64_t cursor_ms, cursor_id; /* as the poll began */
	int64_t newest_ms, newest_id; /* seen by this poll */
	int64_t from_ms, to_ms;	      /* the window; to_ms MS_OPEN: until now */
	int64_t high_ms;	      /* of what is left of the window */
	int page, pages;	      /* within the window, from 1; of the whole poll */
	bool by_id;		      /* the step before the windows: what has a newer id */
	/* Lines that are not understood: in the windows, and in the step before them, which shows
	 * some of the same. */
	size_t strange, strange_by_id;
};

struct listing_request {
	struct str url;
	struct str header; /* "Authorization: ..." */
};

struct listing_answer {
	int status;
	struct str body;
	struct str (*header)(void *arg, const char *name); /* {NULL,0} when absent */
	void *header_arg;
};

enum listing_outcome {
	LISTING_PAGE,	/* book `events`, store `cursor` in the same commit, go on unless `last` */
	LISTING_WAIT,	/* asked too often: not before `wait_ms` */
	LISTING_DENIED, /* the token is not taken */
	LISTING_FAULT,	/* not an answer we understand */
};

struct listing_page {
	enum listing_outcome outcome;
	const char *fault; /* static; of WAIT, DENIED and FAULT */
	int64_t wait_ms;
	struct feed_events events; /* of the pull's account only */
	bool last;		   /* the poll is complete */
	size_t strange; /* then: lines of the poll that are not understood and not booked */
	char cursor[LISTING_CURSOR_SIZE]; /* "": leave it as it is */
};

struct listing {
	const struct feed *feed; /* its name is the source's */
	const char *base_url;	 /* the provider's own */
	int gap_ms;		 /* at least, between two requests to the source */

	void (*request)(struct arena *arena, const struct listing_pull *pull,
		const struct listing_walk *walk, struct listing_request *request);
	/* What a good answer says, and where the poll stands after it. */
	void (*read)(struct arena *arena, struct listing_walk *walk, struct str body,
		struct listing_page *page);
};

const struct listing *listing_find(struct str source); /* NULL: no such list */
const struct listing *listing_list(size_t n);	       /* the n-th, NULL past the last */

/* A new poll.  ERR_INVALID: the cursor is none of ours. */
MUST_CHECK struct err listing_start(const struct listing *listing, struct str cursor,
	int64_t now_ms, struct listing_walk *walk);
/* The answer to the request that `walk` asked for.  Moves `walk` on when it is a page. */
void listing_read(struct arena *arena, const struct listing *listing,
	const struct listing_pull *pull, const struct listing_answer *answer,
	struct listing_walk *walk, struct listing_page *page);

#endif
