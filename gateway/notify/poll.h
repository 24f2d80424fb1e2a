/*
 * poll.h - one pull's polls: a request at a time, a page is booked before the next is asked for.
 */
#ifndef CHOPAY_NOTIFY_POLL_H
#define CHOPAY_NOTIFY_POLL_H

#include "chopay/listing.h"
#include "notifier.h"

#define LISTINGS_MAX 16

/* What all polls share. */
struct polling {
	struct notifier *notifier;
	int64_t source_free_ms[LISTINGS_MAX]; /* monotonic: when a source may be asked again */
	int asking;			      /* requests under way */
	bool stale;			      /* the store's pulls are to be read again */
};

enum poll_state { POLL_IDLE, POLL_ASKING, POLL_BOOKING };

struct poll {
	struct polling *polling;
	const struct listing *listing;
	int source; /* place of its listing */
	struct buf id, base_url, account_no, token, cursor;
	int64_t every_ms, asked_ms;
	int64_t next_ms; /* monotonic: when it is due */
	enum poll_state state;
	bool walking;  /* a poll is under way, `walk` says where */
	bool again;    /* somebody asked for a poll while one was under way */
	bool seen;     /* by the reading of the table that goes on */
	bool outdated; /* its row was read while a page was under way */
	bool removed;  /* free it when it is idle */
	int failures, waits;
	size_t fresh, missed; /* of the poll under way */
	struct listing_walk walk;
	int64_t lease;	     /* under which it is done */
	struct arena *arena; /* of the page under way */
	struct pull_page_command page;
};

void poll_free(struct poll *poll); /* of an idle one, or when the notifier has stopped */
/* When it wants to go on, monotonic; of an idle one. */
int64_t poll_due_ms(const struct poll *poll);
/* The next page, of a new poll if none is under way.  When it is due, and idle. */
void poll_go_on(struct poll *poll, int64_t now_ms);

#endif
