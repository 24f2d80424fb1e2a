/* The index's cells kept up to date on the main loop: a market's days at a time, so that credits
 * that wait for the writer wait for no more than that. */
#include "indexer.h"

#include <event2/event.h>
#include <stdlib.h>

#include "chopay/log.h"

#define FIRST_LOOK_MS 1000
#define NEXT_MS 200 /* while there is more of days that are over */
#define LOOK_EVERY_MS 5000
#define TODAY_EVERY_MS (10 * 60 * 1000) /* who reports on today folds it by asking */
#define SWEEP_DAYS 3			/* nodes of an older version booked on these, perhaps */

struct indexer {
	struct books *books;
	struct mailbox *mailbox;
	struct event *timer;
	struct fold_command fold;
	int64_t today_at_ms; /* monotonic: when today's turn comes */
	bool today;	     /* it is today's turn */
};

static void
look_in(struct indexer *indexer, int ms)
{
	struct timeval later = {ms / 1000, ms % 1000 * 1000};

	if (indexer->timer != NULL)
		evtimer_add(indexer->timer, &later);
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
	look_in(indexer, more ? NEXT_MS : LOOK_EVERY_MS);
}

static void
look(evutil_socket_t fd, short what, void *arg)
{
	struct indexer *indexer = arg;
	int32_t today = day_of(books_now_ms(indexer->books), 0);
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
	};
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
