/* The running gateway: books, loops and signals wired together. */
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "app_parts.h"
#include "chopay/log.h"
#include "chopay/notify.h"

#define WORKERS_DEFAULT_MAX 4
#define HOLD_LOOK_EVERY_S 1
#define STOP_GRACE_MS 3000

/* ---- the end ------------------------------------------------------------------------------------
 */

static void
stop_work(struct app *app)
{
	reconciler_stop(app->reconciler);
	indexer_stop(app->indexer);
	exporter_stop(app->exporter);
	watcher_stop(app->watcher);
	expirer_stop(app->expirer);
}

static void
stop_all(void *arg)
{
	struct app *app = arg;

	if (app->stopping)
		return;
	app->stopping = true;
	stop_work(app);
	for (int i = 0; i < app->loop_count; i++)
		loop_stop_soon(&app->loops[i], STOP_GRACE_MS);
}

/* ---- the books moved
 * ------------------------------------------------------------------------------ */

/* Whoever starts us again should do so with the new store. */
static void
leave_moved(struct app *app)
{
	log_info("moved", "the books are in another store now; ending, to be started with it");
	app->exit_status = EX_TEMPFAIL;
	stop_all(app);
}

static void
hold_tick(evutil_socket_t fd, short what, void *arg)
{
	struct app *app = arg;

	(void)fd;
	(void)what;
	if (!app->stopping && books_hold_over(app->books))
		leave_moved(app);
}

/* ---- signals
 * ----------------------------------------------------------------------------------------- */

static void
reload_tls(struct app *app)
{
	struct buf why CLEANUP(buf_fini) = {0};
	struct tls *fresh;

	if (app->tls == NULL)
		return;
	if (tls_load(app->config.tls_cert, app->config.tls_key, app->config.tls_client_ca, &fresh,
		    &why)
			.code != ERR_OK) {
		log_error("tls_reload", "kept the old certificate: %s", why.ptr);
		return;
	}
	for (int i = 1; i < app->loop_count; i++)
		loop_set_tls(&app->loops[i], fresh);
	tls_unref(app->tls);
	app->tls = fresh;
	facts_load(&app->facts, &app->config);
	log_info("tls_reload", "new connections use the new certificate");
}

static void
signalled(evutil_socket_t number, short what, void *arg)
{
	(void)what;
	if (number == SIGHUP)
		reload_tls(arg);
	else
		stop_all(arg);
}

static void
broken_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	stop_all(arg);
}

static void
start_timers(struct app *app)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct event_base *base = loop_base(&app->loops[0]);
	struct timeval every = {HOLD_LOOK_EVERY_S, 0};

	app->hold_timer = event_new(base, -1, EV_PERSIST, hold_tick, app);
	evtimer_add(app->hold_timer, &every);
	app->expirer = expirer_start(base, loop_mailbox(&app->loops[0]), app->books);
	app->broken_timer = evtimer_new(base, broken_tick, app);
	for (size_t i = 0; i < 3; i++) {
		/* libevent puts back what it found: a second Ctrl-C (or `timeout`, which signals
		 * twice) must not kill us while we close the books and tidy up. */
		signal(numbers[i], SIG_IGN);
		app->signals[i] = evsignal_new(base, numbers[i], signalled, app);
		evsignal_add(app->signals[i], NULL);
	}
}

/* ---- start
 * ------------------------------------------------------------------------------------------- */

static int
worker_count(const struct app_config *config)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (config->workers > 0)
		return config->workers;
	return processors < 1			  ? 1
	       : processors > WORKERS_DEFAULT_MAX ? WORKERS_DEFAULT_MAX
						  : (int)processors;
}

/* The workers share one port: the first chooses it, the others join. */
static struct err
listen_all(struct app *app, struct buf *url, struct buf *why)
{
	struct buf bound CLEANUP(buf_fini) = {0};
	struct str address = str_from(app->config.listen);
	struct err err = OK;

	if (app->config.listen == NULL)
		return OK;
	/* With SO_REUSEPORT a second gateway would take half the traffic without an error. */
	err = http_address_free(address);
	for (int i = 1; i < app->loop_count && err.code == ERR_OK; i++) {
		struct buf ignored CLEANUP(buf_fini) = {0};

		err = loop_listen(&app->loops[i], address, app->tls, i == 1 ? &bound : &ignored);
		address = buf_str(&bound);
	}
	if (err.code != ERR_OK) {
		buf_addf(why, "cannot listen on %s: %s", app->config.listen, err.what);
		/* A wrong address is a wrong setting, not wrong data. */
		return err.code == ERR_INVALID || err.code == ERR_DENIED ? FAIL(ERR_SETUP, err.what)
									 : err;
	}
	buf_addf(url, "%s://%.*s", app->tls == NULL ? "http" : "https", STR_FMT(buf_str(&bound)));
	return OK;
}

/* A market's phones each hold a line open: as many descriptors as the system allows us. */
static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static struct err
listen_control(struct app *app, struct buf *why)
{
	struct buf path CLEANUP(buf_fini) = {0};
	struct err err;

	buf_addf(&path, "%s/%s", app->config.data, APP_CONTROL_SOCKET);
	err = loop_listen_control(&app->loops[0], path.ptr);
	if (err.code != ERR_OK)
		buf_addf(why, "cannot open the control socket %s: %s", path.ptr, err.what);
	return err;
}

/* After the books and the loops, which run when it does: what it commits is news for them. */
static struct err
start_notifier(struct app *app)
{
	const struct notify_config config = {
		.books = app->books,
		.crypt = app->crypt,
		.banks = app->banks,
		.allow_loopback = app->config.allow_http_loopback,
		.ca_file = app->config.tls_outgoing_ca,
	};

	if (app->config.listen == NULL)
		return OK;
	return notify_start(&config, &app->notify);
}

static void
start_work(struct app *app)
{
	struct event_base *base = loop_base(&app->loops[0]);
	struct mailbox *mailbox = loop_mailbox(&app->loops[0]);

	if (app->config.listen == NULL)
		return;
	app->reconciler = reconciler_start(base, mailbox, app->books);
	app->indexer = indexer_start(base, mailbox, app->books);
	app->exporter = exporter_start(base, mailbox, app->books);
	app->watcher = watcher_start(base, mailbox, app->books, &app->facts);
}

static void
wake_notifier(void *arg)
{
	struct app *app = arg;

	notify_wake(app->notify);
}

static const char *
outgoing_url_fault(void *arg, struct str url)
{
	const struct app *app = arg;

	return notify_url_fault(url, app->config.allow_http_loopback);
}

static void
introduce(struct app *app)
{
	struct api *apis[1 + APP_WORKERS_MAX];

	for (int i = 0; i < app->loop_count; i++)
		apis[i] = app->loops[i].api;
	api_meet(apis, app->loop_count);
}

static struct err
serve_api(struct app *app)
{
	for (int i = 0; i < app->loop_count; i++) {
		const struct api_config config = {
			.books = app->books,
			.banks = app->banks,
			.crypt = app->crypt,
			.dev_ca = str_from(app->config.dev_ca),
			.images_off = app->config.images_off,
			.prefix = str_from(app->config.prefix),
			.store = app->config.store,
			.counts = app->counts,
			.mailbox = loop_mailbox(&app->loops[i]),
			.outgoing_url_fault = outgoing_url_fault,
			.outgoing_arg = app,
			.facts = facts_read,
			.facts_arg = &app->facts,
			.wake_notifier = {app->config.listen == NULL ? NULL : wake_notifier, app},
		};

		TRY(loop_serve(&app->loops[i], &config, app->config.log_requests));
	}
	return OK;
}

static struct err
start(struct app *app, struct buf *url, struct buf *why)
{
	signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write, not our end */
	TRY(crypt_new(&app->crypt));
	TRY(banks_load(&app->banks));
	app->counts = api_counts_new();
	if (app->config.tls_cert != NULL)
		if (tls_load(app->config.tls_cert, app->config.tls_key, app->config.tls_client_ca,
			    &app->tls, why)
				.code != ERR_OK)
			return FAIL(ERR_SETUP, "the certificate cannot be used");
	facts_load(&app->facts, &app->config);
	/* Loops exist before the books, which send them news; they run after. */
	app->loop_count = 1 + (app->config.listen == NULL ? 0 : worker_count(&app->config));
	app->loops = loops_new(app->loop_count);
	TRY(app_open_books(app, why));
	TRY(serve_api(app));
	raise_descriptors();
	introduce(app);
	TRY(start_notifier(app));
	start_work(app);
	TRY(books_join_others(app->books));
	TRY(listen_all(app, url, why));
	TRY(listen_control(app, why));
	for (int i = 1; i < app->loop_count; i++)
		TRY(loop_start_thread(&app->loops[i]));
	start_timers(app);
	return OK;
}

struct err
app_start(const struct app_config *config, struct app **app, struct buf *url, struct buf *why)
{
	struct app *made = mem_alloc_zero(1, sizeof(*made));
	struct err err;

	made->config = *config;
	if (made->config.prefix == NULL)
		made->config.prefix = APP_PREFIX_DEFAULT;
	err = start(made, url, why);
	if (err.code != ERR_OK) {
		if (why->len == 0)
			buf_adds(why, err.what);
		app_free(made);
		return err;
	}
	*app = made;
	return OK;
}

int
app_run(struct app *app)
{
	loop_run(&app->loops[0]);
	for (int i = 1; i < app->loop_count; i++)
		loop_join(&app->loops[i]);
	return app->exit_status;
}

void
app_stop(struct app *app)
{
	loop_run_soon(&app->loops[0], stop_all, app);
}

void
app_free(struct app *app)
{
	if (app == NULL)
		return;
	for (size_t i = 0; i < 3; i++) {
		if (app->signals[i] != NULL)
			event_free(app->signals[i]);
	}
	if (app->hold_timer != NULL)
		event_free(app->hold_timer);
	if (app->broken_timer != NULL)
		event_free(app->broken_timer);
	/* The servers and the notifier first (no new questions), then the books' threads (they
	 * finish what is queued and post it), then the mailboxes run dry (what they ask is
	 * refused), then the rest. */
	for (int i = 0; i < app->loop_count; i++)
		loop_close_server(&app->loops[i]);
	stop_work(app);
	notify_stop(app->notify);
	if (app->books != NULL)
		books_stop(app->books);
	notify_free(app->notify);
	loops_free(app->loops, app->loop_count);
	reconciler_free(app->reconciler);
	indexer_free(app->indexer);
	exporter_free(app->exporter);
	watcher_free(app->watcher);
	expirer_free(app->expirer);
	books_close(app->books);
	tls_unref(app->tls);
	api_counts_free(app->counts);
	banks_free(app->banks);
	crypt_free(app->crypt);
	free(app);
}
