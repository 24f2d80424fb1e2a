/* The listener of a node: what others committed becomes news here. */
#include "listener.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LOOK_HEARING_MS 5000 /* between looks when we are told: for what was not */
#define LOOK_DEAF_MS 500     /* ... when we are not: behind a pooler */
#define RETRY_MS 250	     /* a lost connection */
#define PAGE 500	     /* notices read at once */
#define STRANGERS_MS \
	(60 * 60 * MS_PER_SECOND) /* of a writer first seen now, older ids are no news */
/* The lease, renewed well before its end.  Longer than any call under way (books_works is asked for
 * that time), so that a call of ours has ended when another node begins. */
#define WORK_LEASE_MS 15000
#define WORK_RENEW_MS 2000

struct listener {
	struct books *books;
	struct str node;
	struct db *db;
	int wake; /* eventfd */
	pthread_t thread;
	bool started;
	atomic_bool stopping, told;
	bool hears;		       /* a look every LOOK_HEARING_MS is enough */
	bool connected;		       /* listening, on this connection */
	atomic_bool others;	       /* some other node is there to be told */
	int64_t look_ms;	       /* monotonic: the next one */
	int64_t heard_to[WRITERS_MAX]; /* 0: never seen */
	bool ours[WRITERS_MAX];	       /* at the last look */
	int64_t changes[STORE_CHANGES];
	/* The background work. */
	int64_t lease_ms; /* monotonic: to be taken or renewed */
	atomic_int_fast64_t work_token;
	atomic_int_fast64_t work_until_ms; /* monotonic */
	bool working;
	struct log_limit lost;
};

/* ---- what others committed --------------------------------------------------------------------
 */

static void
publish(struct listener *listener, const struct notice *notice)
{
	const struct books_config *config = &listener->books->config;
	/* Nobody told us whether there are receivers: the outbox knows. */
	struct news *news = news_new(&(struct news){
		notice->id, notice->stall_id, notice->kind, notice->reference, notice->body, true});

	if (config->committed != NULL)
		config->committed(config->arg, news);
	news_unref(news);
}

static struct err
hear_writer(struct listener *listener, const struct writer_mark *mark)
{
	int64_t *heard_to = &listener->heard_to[mark->number];
	size_t count = PAGE;

	while (count == PAGE) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct notice *notices = arena_alloc(arena, PAGE * sizeof(*notices));

		TRY(notices_by_writer(listener->db, arena, mark->number, *heard_to, mark->last_id,
			PAGE, notices, &count));
		for (size_t i = 0; i < count; i++)
			publish(listener, &notices[i]);
		if (count > 0)
			*heard_to = notices[count - 1].id;
	}
	*heard_to = mark->last_id;
	return OK;
}

static struct err
look_at_writers(struct listener *listener, bool first)
{
	int64_t now_ms = books_now_ms(listener->books);
	struct writer_mark marks[WRITERS_MAX];
	bool others = false;
	size_t count;

	TRY(writers_list(listener->db, listener->node, now_ms, marks, &count));
	for (size_t i = 0; i < count; i++) {
		const struct writer_mark *mark = &marks[i];
		int64_t *heard_to = &listener->heard_to[mark->number];

		others = others || (mark->alive && !mark->ours);
		/* What our own writers commit, they publish; a number that is new to us, another
		 * node may have used until now. */
		if (first || (mark->ours && listener->ours[mark->number]))
			*heard_to = mark->last_id;
		else if (*heard_to == 0)
			*heard_to = id_at(now_ms - STRANGERS_MS);
		if (mark->last_id > *heard_to)
			TRY(hear_writer(listener, mark));
		listener->ours[mark->number] = mark->ours;
	}
	atomic_store(&listener->others, others);
	return OK;
}

static struct err
look_at_changes(struct listener *listener, bool first)
{
	const struct books_config *config = &listener->books->config;
	int64_t changes[STORE_CHANGES] = {0};

	TRY(changes_get(listener->db, changes));
	for (int what = 0; what < STORE_CHANGES; what++) {
		bool changed = changes[what] != listener->changes[what];

		listener->changes[what] = changes[what];
		if (changed && !first && config->changed != NULL)
			config->changed(config->arg, (enum store_change)what);
	}
	return OK;
}

static struct err
look(struct listener *listener, bool first)
{
	TRY(look_at_changes(listener, first));
	TRY(look_at_writers(listener, first));
	listener->look_ms = clock_monotonic_ms() +
			    (listener->hears ? LOOK_HEARING_MS : LOOK_DEAF_MS);
	return OK;
}

/* ---- the background work ----------------------------------------------------------------------
 */

bool
listener_works(const struct listener *listener, int64_t for_ms, int64_t *token)
{
	*token = atomic_load(&listener->work_token);
	return clock_monotonic_ms() + for_ms < atomic_load(&listener->work_until_ms);
}

/* Begun or ended: whoever does the work looks. */
static void
tell_work(struct listener *listener)
{
	const struct books_config *config = &listener->books->config;
	int64_t token;
	bool works = listener_works(listener, 0, &token);

	if (works == listener->working)
		return;
	listener->working = works;
	log_info("background", works ? "is done here" : "is left to other nodes");
	if (config->work_changed != NULL)
		config->work_changed(config->arg);
}

static struct err
keep_lease(struct listener *listener)
{
	const struct lease lease = {STR(WORK_LEASE), listener->node, WORK_LEASE_MS};
	int64_t asked_ms = clock_monotonic_ms(), now_ms, token;
	struct err err;

	listener->lease_ms = asked_ms + WORK_RENEW_MS;
	TRY(store_clock_ms(listener->db, &now_ms));
	err = lease_take(listener->db, &lease, now_ms, &token);
	if (err.code == ERR_OK) {
		/* The token first: it is looked at with the time. */
		atomic_store(&listener->work_token, token);
		atomic_store(&listener->work_until_ms, asked_ms + WORK_LEASE_MS);
	} else if (err.code == ERR_CONFLICT) {
		atomic_store(&listener->work_until_ms, 0);
		err = OK;
	}
	return err;
}

/* ---- the thread -------------------------------------------------------------------------------
 */

static struct err
connect(struct listener *listener)
{
	listener->connected = false;
	TRY(store_revive(listener->db));
	TRY(store_listen(listener->db, &listener->hears));
	listener->connected = true;
	listener->look_ms = 0; /* for what was told meanwhile */
	return OK;
}

static int
wait_ms(const struct listener *listener)
{
	int64_t now_ms = clock_monotonic_ms(), next_ms = listener->look_ms;

	if (listener->books->config.works && listener->lease_ms < next_ms)
		next_ms = listener->lease_ms;
	return next_ms <= now_ms ? 0 : (int)(next_ms - now_ms);
}

static struct err
round_once(struct listener *listener)
{
	bool heard;

	if (!listener->connected)
		TRY(connect(listener));
	if (atomic_exchange(&listener->told, false))
		TRY(store_tell(listener->db));
	if (clock_monotonic_ms() >= listener->look_ms)
		TRY(look(listener, false));
	if (listener->books->config.works && clock_monotonic_ms() >= listener->lease_ms)
		TRY(keep_lease(listener));
	tell_work(listener);
	TRY(store_wait(listener->db, listener->wake, wait_ms(listener), &heard));
	if (heard)
		listener->look_ms = 0;
	return OK;
}

static void
say_goodbye(struct listener *listener)
{
	struct err ignored UNUSED = OK;

	if (listener->working)
		ignored = lease_release(
			listener->db, STR(WORK_LEASE), atomic_load(&listener->work_token));
	if (atomic_load(&listener->told))
		ignored = store_tell(listener->db);
}

static void *
run(void *arg)
{
	struct listener *listener = arg;
	uint64_t ignored UNUSED;

	while (!atomic_load(&listener->stopping)) {
		struct err err = round_once(listener);

		if (err.code != ERR_OK) {
			struct pollfd fd = {listener->wake, POLLIN, 0};

			if (log_allows(&listener->lost, "listener", 1))
				log_warn("listener", "other nodes are not heard: %s", err.what);
			listener->connected = false;
			tell_work(listener); /* its time may be over */
			(void)poll(&fd, 1, RETRY_MS);
		}
		(void)!read(listener->wake, &ignored, sizeof(ignored));
	}
	say_goodbye(listener);
	return NULL;
}

static void
wake(struct listener *listener)
{
	const uint64_t one = 1;

	(void)!write(listener->wake, &one, sizeof(one));
}

void
listener_tell(struct listener *listener)
{
	if (atomic_load(&listener->others) && !atomic_exchange(&listener->told, true))
		wake(listener);
}

struct err
listener_open(struct books *books, struct listener **listener, struct buf *why)
{
	struct listener *made = mem_alloc_zero(1, sizeof(*made));

	*listener = made;
	made->books = books;
	made->node = str_from(books->node);
	made->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (made->wake < 0)
		return FAIL(ERR_BROKEN, "cannot make an eventfd");
	/* To write, for the deadlines: nobody may wait long for it. */
	TRY(store_open(books->config.store, STORE_WRITE, &made->db, why));
	TRY(connect(made));
	return look(made, true);
}

struct err
listener_start(struct listener *listener)
{
	/* Others do not know us yet; who is alone tells nobody. */
	atomic_store(&listener->others, true);
	listener_tell(listener);
	if (pthread_create(&listener->thread, NULL, run, listener) != 0)
		return FAIL(ERR_BROKEN, "cannot start a thread");
	listener->started = true;
	return OK;
}

void
listener_stop(struct listener *listener)
{
	if (listener == NULL || !listener->started)
		return;
	atomic_store(&listener->stopping, true);
	wake(listener);
	pthread_join(listener->thread, NULL);
	listener->started = false;
}

void
listener_free(struct listener *listener)
{
	if (listener == NULL)
		return;
	listener_stop(listener);
	store_close(listener->db);
	if (listener->wake >= 0)
		close(listener->wake);
	free(listener);
}
