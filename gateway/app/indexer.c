/* The index's cells kept up to date on the main loop: some market days at a time, so that credits
 * that wait for the writer wait for no more than that. */
#include "indexer.h"

#include <event2/event.h>
#include <stdlib.h>

#include "chopay/adoption_commands.h"
#include "chopay/log.h"

#define FIRST_LOOK_MS 1000
#define SHARE 100	  /* one part of the time of who writes: 99 of 100 credits meet no fold */
#define NEXT_MS 200	  /* while there is more: at least so long after, */
#define NEXT_MAX_MS 60000 /* and at most */
#define LOOK_EVERY_MS 5000
#define TODAY_EVERY_MS (10 * 60 * 1000) /* who reports on today folds it by asking */
#define SWEEP_DAYS 3			/* nodes of an older version booked on these, perhaps */

struct indexer {
	struct books *books;
	struct mailbox *mailbox;
	struct event *timer;
	struct fold_command fold;
	int64_t begun_ms;    /* monotonic, as are all: when the fold was asked for */
	int64_t today_at_ms; /* when today's turn comes */
	bool today;	     /* it is today's turn */
	bool amid;	     /* of what was due: `fold` goes on */
};

static void
look_in(struct indexer *indexer, int ms)
{
	struct timeval later = {ms / 1000, ms % 1000 * 1000};

	if (indexer->timer != NULL)
		evtimer_add(indexer->timer, &later);
}

/* A day's payments are all read again, however few are new: the more there are, the more seldom. */
static int
next_ms(const struct indexer *indexer)
{
	int64_t ms = (clock_monotonic_ms() - indexer->begun_ms) * SHARE;

	return (int)(ms < NEXT_MS ? NEXT_MS : ms > NEXT_MAX_MS ? NEXT_MAX_MS : ms);
}

static void
folded(struct command *command)
{
	struct indexer *indexer = (struct indexer *)((char *)command -
						     offsetof(struct indexer, fold.command));
	bool more = command->result.code == ERR_OK && indexer->fold.more;

	if (command->result.code != ERR_OK && command->result.code != ERR_BUSY)
		log_warn("index", "not folded: %s", command->result.what);
	if (indexer->today && !more) {
		indexer->today = false;
		indexer->today_at_ms = clock_monotonic_ms() + TODAY_EVERY_MS;
	}
	indexer->amid = more;
	look_in(indexer, more ? next_ms(indexer) : LOOK_EVERY_MS);
}

static void
look(evutil_socket_t fd, short what, void *arg)
{
	struct indexer *indexer = arg;
	int32_t today = day_of(books_now_ms(indexer->books), 0);
	const struct fold_place at = indexer->fold.left, beginning = {0};
	bool begins = !indexer->today && clock_monotonic_ms() >= indexer->today_at_ms;
	int64_t lease;

	(void)fd;
	(void)what;
	if (!books_works(indexer->books, 0, &lease)) {
		look_in(indexer, LOOK_EVERY_MS);
		return;
	}
	indexer->today = indexer->today || begins;
	indexer->fold = (struct fold_command){
		.command = {fold_apply, folded, indexer->mailbox, NULL, OK},
		.from_day = DAY_FIRST,
		.to_day = indexer->today ? DAY_LAST : today - 1,
		.unmarked_from = begins ? today - SWEEP_DAYS : 0,
		.lease = lease,
		.at = indexer->amid && !begins ? at : beginning,
	};
	indexer->begun_ms = clock_monotonic_ms();
	if (books_submit(indexer->books, &indexer->fold.command).code != ERR_OK)
		look_in(indexer, LOOK_EVERY_MS);
}

struct indexer *
indexer_start(struct event_base *base, struct mailbox *mailbox, struct books *books)
{
	struct indexer *made = mem_alloc_zero(1, sizeof(*made));

	made->books = books;
	made->mailbox = mailbox;
	made->timer = evtimer_new(base, look, made);
	look_in(made, FIRST_LOOK_MS);
	return made;
}

void
indexer_stop(struct indexer *indexer)
{
	if (indexer == NULL || indexer->timer == NULL)
		return;
	event_free(indexer->timer);
	indexer->timer = NULL;
}

void
indexer_free(struct indexer *indexer)
{
	indexer_stop(indexer);
	free(indexer);
}
