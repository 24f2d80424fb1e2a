/* Daily reconciliation on the main loop: what is due, at most RECONCILE_DAYS_MAX days at a time. */
#include "reconciler.h"

#include <event2/event.h>
#include <stdlib.h>

#include "chopay/log.h"

#define FIRST_LOOK_S 2 /* a start has other things to do */
#define LOOK_EVERY_S 600
#define WORK_EVERY_S 5 /* while another node does the work */

struct reconciler {
	struct books *books;
	struct mailbox *mailbox;
	struct event *timer;
	struct reconcile reconcile;
};

static void
look_in(struct reconciler *reconciler, int seconds)
{
	struct timeval later = {seconds, 0};

	if (reconciler->timer != NULL)
		evtimer_add(reconciler->timer, &later);
}

static void
reconciled(struct reconcile *reconcile)
{
	struct reconciler *reconciler = reconcile->arg;

	if (reconcile->result.code != ERR_OK)
		log_warn("reconcile", "not done: %s", reconcile->result.what);
	else if (reconcile->count > 0)
		log_info("reconcile", "days=%zu", reconcile->count);
	look_in(reconciler, reconcile->result.code == ERR_OK && reconcile->more ? 0 : LOOK_EVERY_S);
	arena_free(reconcile->arena);
}

static void
look(evutil_socket_t fd, short what, void *arg)
{
	struct reconciler *reconciler = arg;
	int64_t lease;

	(void)fd;
	(void)what;
	if (!books_works(reconciler->books, 0, &lease)) {
		look_in(reconciler, WORK_EVERY_S);
		return;
	}
	reconciler->reconcile = (struct reconcile){
		.due = true,
		.lease = lease,
		.mailbox = reconciler->mailbox,
		.arena = arena_new(),
		.done = reconciled,
		.arg = reconciler,
	};
	if (books_reconcile(reconciler->books, &reconciler->reconcile).code == ERR_OK)
		return;
	arena_free(reconciler->reconcile.arena);
	look_in(reconciler, LOOK_EVERY_S);
}

struct reconciler *
reconciler_start(struct event_base *base, struct mailbox *mailbox, struct books *books)
{
	struct reconciler *made = mem_alloc_zero(1, sizeof(*made));

	made->books = books;
	made->mailbox = mailbox;
	made->timer = evtimer_new(base, look, made);
	look_in(made, FIRST_LOOK_S);
	return made;
}

void
reconciler_stop(struct reconciler *reconciler)
{
	if (reconciler == NULL || reconciler->timer == NULL)
		return;
	event_free(reconciler->timer);
	reconciler->timer = NULL;
}

void
reconciler_free(struct reconciler *reconciler)
{
	reconciler_stop(reconciler);
	free(reconciler);
}
