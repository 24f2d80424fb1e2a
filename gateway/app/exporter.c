/* Long exports: looks for one that waits, has it made, and tells its row how far it is. */
#include "exporter.h"

#include <event2/event.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "chopay/adoption_rows.h"
#include "chopay/log.h"
#include "chopay/report_commands.h"
#include "chopay/report_order.h"

#define LOOK_EVERY_MS 500
#define FORGET_EVERY 1200 /* looks: ten minutes */

/* One question or command at a time about the job; `making` goes on beside. */
struct exporter {
	struct books *books;
	struct mailbox *mailbox;
	struct event *timer;
	bool stopping;
	bool asking; /* a question or a command is under way */
	int looks;
	/* the job; `arena` NULL: none */
	struct arena *arena;
	struct export_job job;
	int64_t lease;
	bool making;
	struct query look, make;
	struct arena *step_arena; /* of the command or question under way */
	struct export_command step;
	struct exports_forget_command forget;
	struct buf why; /* the maker's, until it is done */
	atomic_bool stop;
	atomic_int_fast64_t done, total;
};

/* ---- on the reader ------------------------------------------------------------------------------
 */

static bool
go_on(void *arg, int64_t done, int64_t total)
{
	struct exporter *exporter = arg;

	atomic_store(&exporter->done, done);
	atomic_store(&exporter->total, total);
	return !atomic_load(&exporter->stop);
}

static struct err
make_bytes(struct db *db, struct exporter *exporter, struct buf *bytes)
{
	const struct report_watch watch = {go_on, exporter};
	struct report_order order;
	int64_t due = 0;

	TRY(report_order_parse(exporter->arena, exporter->job.request, &order, &exporter->why));
	if (order.snapshot_id == 0)
		TRY(due_count(db, DAY_FIRST, due_until(order.request.period.to_day), &due));
	if (due > 0)
		return FAIL(ERR_BUSY, "days of the report are still to be folded");
	return report_order_make(db, exporter->arena, &order, &watch, bytes, &exporter->why);
}

static struct err
make(struct db *db, struct query *query)
{
	struct exporter *exporter = (struct exporter *)((char *)query -
							offsetof(struct exporter, make));
	struct buf bytes CLEANUP(buf_fini) = {0};
	struct err err;

	buf_clear(&exporter->why);
	TRY(store_begin(db)); /* one state of the books */
	err = make_bytes(db, exporter, &bytes);
	store_rollback(db);
	TRY(err);
	if (atomic_load(&exporter->stop))
		return FAIL(ERR_BUSY, "the export was broken off");
	return export_file_write(exporter->books, exporter->job.id, buf_str(&bytes));
}

/* ---- its row ------------------------------------------------------------------------------------
 */

static void
let_go(struct exporter *exporter)
{
	arena_free(exporter->arena);
	exporter->arena = NULL;
	buf_fini(&exporter->why);
}

static void
stepped(struct command *command)
{
	struct exporter *exporter = (struct exporter *)((char *)command -
							offsetof(struct exporter, step));
	struct str state = exporter->step.job.state;

	exporter->asking = false;
	/* Cancelled, gone, or another node's by now. */
	if (command->result.code == ERR_NOT_FOUND || command->result.code == ERR_CONFLICT ||
		str_eq(state, STR("cancelled")))
		atomic_store(&exporter->stop, true);
	if (!exporter->making && !str_eq(state, STR("running"))) {
		if (!str_eq(state, STR("done")) && !str_eq(state, STR("waiting")))
			export_file_remove(exporter->books, exporter->job.id);
		let_go(exporter);
	}
	arena_free(exporter->step_arena);
	exporter->step_arena = NULL;
}

/* False: it is to be told later. */
static bool
tell(struct exporter *exporter, struct str state, struct str error)
{
	if (exporter->asking)
		return false;
	exporter->step_arena = arena_new();
	exporter->job.state = state;
	exporter->job.error = error;
	exporter->job.done = atomic_load(&exporter->done);
	exporter->job.total = atomic_load(&exporter->total);
	exporter->step = (struct export_command){
		.command = {export_step_apply, stepped, exporter->mailbox, exporter->step_arena,
			OK},
		.job = exporter->job,
		.lease = exporter->lease,
	};
	exporter->asking = books_submit(exporter->books, &exporter->step.command).code == ERR_OK;
	if (!exporter->asking)
		arena_free(exporter->step_arena);
	return exporter->asking;
}

static void
made(struct query *query)
{
	struct exporter *exporter = (struct exporter *)((char *)query -
							offsetof(struct exporter, make));

	exporter->making = false;
}

/* What came of it.  What was broken off, or has to wait for the fold, waits. */
static void
tell_outcome(struct exporter *exporter)
{
	struct err err = exporter->make.result;

	if (err.code == ERR_OK)
		tell(exporter, STR("done"), STR(""));
	else if (err.code == ERR_BUSY)
		tell(exporter, STR("waiting"), STR(""));
	else
		tell(exporter, STR("failed"),
			exporter->why.len > 0 ? buf_str(&exporter->why) : str_from(err.what));
}

/* ---- the next one -------------------------------------------------------------------------------
 */

static struct err
look(struct db *db, struct query *query)
{
	struct exporter *exporter = (struct exporter *)((char *)query -
							offsetof(struct exporter, look));
	struct export_job *jobs = arena_alloc(query->arena, EXPORTS_KEPT_MAX * sizeof(*jobs));
	size_t count;

	exporter->job = (struct export_job){0};
	TRY(exports_list(db, query->arena, 0, EXPORTS_KEPT_MAX, jobs, &count));
	for (size_t i = 0; i < count; i++) {
		/* The oldest; who ran one of these is dead, for we have the lease. */
		if (str_eq(jobs[i].state, STR("waiting")) || str_eq(jobs[i].state, STR("running")))
			exporter->job = jobs[i];
	}
	return OK;
}

static void
looked(struct query *query)
{
	struct exporter *exporter = (struct exporter *)((char *)query -
							offsetof(struct exporter, look));

	exporter->asking = false;
	exporter->arena = query->arena; /* the job's texts are in it */
	if (query->result.code != ERR_OK || exporter->job.id == 0 || exporter->stopping) {
		let_go(exporter);
		return;
	}
	atomic_store(&exporter->stop, false);
	atomic_store(&exporter->done, 0);
	atomic_store(&exporter->total, 0);
	exporter->make = (struct query){
		.run = make, .done = made, .mailbox = exporter->mailbox, .arena = exporter->arena};
	exporter->making = books_ask_long(exporter->books, &exporter->make).code == ERR_OK;
	if (!exporter->making)
		let_go(exporter);
}

static void
look_for_one(struct exporter *exporter)
{
	exporter->look = (struct query){
		.run = look, .done = looked, .mailbox = exporter->mailbox, .arena = arena_new()};
	exporter->asking = books_ask(exporter->books, &exporter->look).code == ERR_OK;
	if (!exporter->asking)
		arena_free(exporter->look.arena);
}

static void
forgotten(struct command *command)
{
	struct exporter *exporter = (struct exporter *)((char *)command -
							offsetof(struct exporter, forget));

	exporter->asking = false;
	for (size_t i = 0; command->result.code == ERR_OK && i < exporter->forget.count; i++)
		export_file_remove(exporter->books, exporter->forget.ids[i]);
	arena_free(command->arena);
}

static void
forget_old(struct exporter *exporter)
{
	exporter->forget = (struct exports_forget_command){
		.command = {exports_forget_apply, forgotten, exporter->mailbox, arena_new(), OK},
		.lease = exporter->lease};
	exporter->asking = books_submit(exporter->books, &exporter->forget.command).code == ERR_OK;
	if (!exporter->asking)
		arena_free(exporter->forget.command.arena);
}

static void
tick(evutil_socket_t fd, short what, void *arg)
{
	struct exporter *exporter = arg;
	bool works = books_works(exporter->books, 0, &exporter->lease);

	(void)fd;
	(void)what;
	if (exporter->asking || exporter->stopping)
		return;
	if (!works) {
		atomic_store(&exporter->stop, true);
		if (exporter->arena != NULL && !exporter->making)
			let_go(exporter); /* another node begins it again */
	} else if (exporter->arena != NULL && exporter->making) {
		tell(exporter, STR("running"), STR(""));
	} else if (exporter->arena != NULL) {
		tell_outcome(exporter);
	} else if (exporter->looks++ % FORGET_EVERY == 0) {
		forget_old(exporter);
	} else {
		look_for_one(exporter);
	}
}

/* ---- life -------------------------------------------------------------------------------------
 */

struct exporter *
exporter_start(struct event_base *base, struct mailbox *mailbox, struct books *books)
{
	struct exporter *made_one = mem_alloc_zero(1, sizeof(*made_one));
	struct timeval every = {0, LOOK_EVERY_MS * 1000};

	made_one->books = books;
	made_one->mailbox = mailbox;
	made_one->timer = event_new(base, -1, EV_PERSIST, tick, made_one);
	evtimer_add(made_one->timer, &every);
	return made_one;
}

void
exporter_stop(struct exporter *exporter)
{
	if (exporter == NULL || exporter->timer == NULL)
		return;
	exporter->stopping = true;
	atomic_store(&exporter->stop, true);
	event_free(exporter->timer);
	exporter->timer = NULL;
}

void
exporter_free(struct exporter *exporter)
{
	if (exporter == NULL)
		return;
	exporter_stop(exporter);
	let_go(exporter);
	free(exporter);
}
