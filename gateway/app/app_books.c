/* The books of the gateway: opened, filled in, and their news brought to the loops. */
#include <event2/event.h>
#include <sysexits.h>
#include <unistd.h>

#include "app_parts.h"
#include "chopay/log.h"
#include "chopay/notify.h"
#include "chopay/registry.h"

#define READERS_DEFAULT 3
#define BROKEN_GRACE_MS 500 /* for the 503s of the failed group to leave */

/* ---- news from the writer to every loop ---------------------------------------------------------
 */

static void
committed(void *arg, struct news *news)
{
	struct app *app = arg;

	for (int i = 0; i < app->loop_count; i++)
		loop_news(&app->loops[i], news);
	if (news->dispatched && app->notify != NULL)
		notify_dispatched(app->notify, news->stall_id);
}

static void
work_changed(void *arg)
{
	struct app *app = arg;

	if (app->notify != NULL)
		notify_wake(app->notify);
}

static void
receivers_changed(void *arg)
{
	struct app *app = arg;

	if (app->notify != NULL)
		notify_receivers_changed(app->notify);
}

/* By another node, or by this one. */
static void
changed(void *arg, enum store_change what)
{
	struct app *app = arg;

	switch (what) {
	case CHANGED_ENDPOINTS:
		for (int i = 0; i < app->loop_count; i++)
			loop_endpoints_changed(&app->loops[i]);
		break;
	case CHANGED_PULLS:
		work_changed(arg);
		break;
	case CHANGED_RECEIVERS:
		receivers_changed(arg);
		break;
	case STORE_CHANGES:
		break;
	}
}

static void
stop_soon(void *arg)
{
	struct app *app = arg;
	struct timeval grace = {0, BROKEN_GRACE_MS * 1000};

	app->exit_status = EX_IOERR;
	evtimer_add(app->broken_timer, &grace);
}

static void
broken(void *arg)
{
	struct app *app = arg;

	log_error("disk", "a commit failed; ending, a restart reads the truth from disk");
	loop_run_soon(&app->loops[0], stop_soon, app);
}

/* ---- opening ------------------------------------------------------------------------------------
 */

struct seed_command {
	struct command command; /* first */
	const struct banks *banks;
};

static struct err
seed_apply(struct tx *tx, struct command *self)
{
	return registry_seed(tx->db, self->arena, ((struct seed_command *)self)->banks);
}

static struct err
seed(struct app *app)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct seed_command seed = {{.apply = seed_apply, .arena = arena}, app->banks};

	return books_submit_wait(app->books, &seed.command);
}

/* A folder may hold both, after a copy: which of the two is served must not be guessed. */
static void
warn_of_file(const struct app_config *config)
{
	struct buf file CLEANUP(buf_fini) = {0};

	buf_addf(&file, "%s/chopay.db", config->data);
	if (config->store != NULL && access(file.ptr, F_OK) == 0)
		log_warn("store", "the books are in PostgreSQL; %s is not used", file.ptr);
}

struct err
app_open_books(struct app *app, struct buf *why)
{
	struct books_config config = {
		.folder = app->config.data,
		.store = app->config.store,
		.crypt = app->crypt,
		.prefix = str_from(app->config.prefix),
		.two_person_above = app->config.two_person_above,
		.readers = app->config.readers == 0 ? READERS_DEFAULT : app->config.readers,
		/* A command's own gateway has one thing to write. */
		.writers = app->config.listen == NULL ? 1 : app->config.writers,
		.committed = committed,
		.receivers_changed = receivers_changed,
		.changed = changed,
		.works = app->config.listen != NULL,
		.work_changed = work_changed,
		.broken = broken,
		.arg = app,
	};
	struct err err;

	if (app->config.clock_at_ms != 0)
		config.clock.offset_ms = app->config.clock_at_ms - clock_now_ms(&(struct clock){0});
	TRY(books_open(&config, &app->books, why));
	warn_of_file(&app->config);
	err = seed(app);
	if (err.code != ERR_OK)
		buf_addf(why, "cannot fill in units and banks: %s", err.what);
	return err;
}
