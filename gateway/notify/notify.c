/* The notifier's thread: one loop over a client's sockets and a mailbox. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "address.h"
#include "notifier.h"
#include "outbox.h"
#include "poller.h"

struct notify {
	struct notifier notifier; /* first */
	struct outbox *outbox;
	struct poller *poller;
	pthread_t thread;
	bool started;
	atomic_bool waking; /* a wake-up is in the mailbox already */
};

static void
woken(void *arg)
{
	struct notify *notify = arg;

	atomic_store(&notify->waking, false);
	poller_wake(notify->poller);
}

static void
told_to_stop(void *arg)
{
	((struct notify *)arg)->notifier.stopping = true;
}

/* Another lease is another beginning, too: between the two the work may have been another node's.
 */
static void
look_whose_work(struct notify *notify)
{
	struct notifier *notifier = &notify->notifier;
	int64_t lease;
	bool works = books_works(notifier->config.books, 0, &lease);

	if (works == notifier->works && (!works || lease == notifier->lease))
		return;
	notifier->works = works;
	notifier->lease = lease;
	outbox_rest(notify->outbox);
	poller_rest(notify->poller);
}

static void *
run(void *arg)
{
	struct notify *notify = arg;
	struct notifier *notifier = &notify->notifier;
	int wait_ms = 0;

	while (!notifier->stopping) {
		int outbox_ms, poller_ms;

		client_run(notifier->client, mailbox_fd(notifier->mailbox), wait_ms);
		mailbox_run(notifier->mailbox);
		look_whose_work(notify);
		outbox_ms = outbox_tick(notify->outbox);
		poller_ms = poller_tick(notify->poller);
		wait_ms = outbox_ms < poller_ms ? outbox_ms : poller_ms;
	}
	return NULL;
}

static struct err
start_thread(struct notify *notify)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all); /* signals are the main loop's */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&notify->thread, NULL, run, notify);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	notify->started = rc == 0;
	return rc == 0 ? OK : FAIL(ERR_BROKEN, "cannot start a thread");
}

static bool
address_allowed(const struct sockaddr *address, bool allow_loopback)
{
	return address_fault(address, allow_loopback) == NULL;
}

struct err
notify_start(const struct notify_config *config, struct notify **notify)
{
	struct notify *made = mem_alloc_zero(1, sizeof(*made));
	const struct client_config client = {
		.allow_loopback = config->allow_loopback,
		.address_allowed = address_allowed,
		.ca_file = config->ca_file,
	};
	struct err err;

	made->notifier.config = *config;
	made->notifier.mailbox = mailbox_new();
	made->outbox = outbox_new(&made->notifier);
	made->poller = poller_new(&made->notifier);
	*notify = made; /* before anything runs that may ask for it */
	err = client_new(&client, &made->notifier.client);
	if (err.code == ERR_OK)
		err = start_thread(made);
	if (err.code != ERR_OK) {
		*notify = NULL;
		notify_free(made);
	}
	return err;
}

void
notify_wake(struct notify *notify)
{
	if (!atomic_exchange(&notify->waking, true))
		mailbox_push(notify->notifier.mailbox, (struct task){woken, notify});
}

struct outbox_news {
	struct notify *notify;
	int64_t stall_id;
};

static void
tell_outbox(void *arg)
{
	struct outbox_news *told = arg;

	outbox_news(told->notify->outbox, told->stall_id);
	free(told);
}

void
notify_dispatched(struct notify *notify, int64_t stall_id)
{
	struct outbox_news *told = mem_alloc(sizeof(*told));

	*told = (struct outbox_news){notify, stall_id};
	mailbox_push(notify->notifier.mailbox, (struct task){tell_outbox, told});
}

static void
reload_outbox(void *arg)
{
	outbox_reload(((struct notify *)arg)->outbox);
}

void
notify_receivers_changed(struct notify *notify)
{
	mailbox_push(notify->notifier.mailbox, (struct task){reload_outbox, notify});
}

const char *
notify_url_fault(struct str url, bool allow_loopback)
{
	return address_url_fault(url, allow_loopback);
}

void
notify_stop(struct notify *notify)
{
	if (notify == NULL || !notify->started)
		return;
	mailbox_push(notify->notifier.mailbox, (struct task){told_to_stop, notify});
	pthread_join(notify->thread, NULL);
	notify->started = false;
	outbox_stop(notify->outbox);
	client_free(notify->notifier.client);
	notify->notifier.client = NULL;
}

void
notify_free(struct notify *notify)
{
	if (notify == NULL)
		return;
	client_free(notify->notifier.client);
	mailbox_run(notify->notifier.mailbox);
	outbox_free(notify->outbox);
	poller_free(notify->poller);
	mailbox_free(notify->notifier.mailbox);
	free(notify);
}
