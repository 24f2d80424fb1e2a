/* Charges expire, on the main loop: one command at a time, asked for every second. */
#include "expirer.h"

#include <event2/event.h>
#include <stdlib.h>

#include "chopay/charge_commands.h"

#define EXPIRE_EVERY_S 1

struct expirer {
	struct charges_expire_command expire; /* first */
	struct books *books;
	struct mailbox *mailbox;
	struct event *timer;
	bool expiring;
};

static void
expired(struct command *command)
{
	struct expirer *expirer = (struct expirer *)command;

	arena_free(command->arena);
	expirer->expiring = false;
}

static void
tick(evutil_socket_t fd, short what, void *arg)
{
	struct expirer *expirer = arg;
	int64_t lease;

	(void)fd;
	(void)what;
	if (expirer->expiring || !books_works(expirer->books, 0, &lease))
		return;
	expirer->expire = (struct charges_expire_command){
		.command = {charges_expire_apply, expired, expirer->mailbox, arena_new(), OK},
		.lease = lease};
	expirer->expiring = books_submit(expirer->books, &expirer->expire.command).code == ERR_OK;
	if (!expirer->expiring)
		arena_free(expirer->expire.command.arena);
}

struct expirer *
expirer_start(struct event_base *base, struct mailbox *mailbox, struct books *books)
{
	struct expirer *made = mem_alloc_zero(1, sizeof(*made));
	struct timeval every = {EXPIRE_EVERY_S, 0};

	made->books = books;
	made->mailbox = mailbox;
	made->timer = event_new(base, -1, EV_PERSIST, tick, made);
	evtimer_add(made->timer, &every);
	return made;
}

void
expirer_stop(struct expirer *expirer)
{
	if (expirer == NULL || expirer->timer == NULL)
		return;
	event_free(expirer->timer);
	expirer->timer = NULL;
}

void
expirer_free(struct expirer *expirer)
{
	expirer_stop(expirer);
	free(expirer);
}
