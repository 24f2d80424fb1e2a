/* The writer: takes what is queued, one transaction, savepoints, one commit for all.
 * The only place that retries and the only thread that changes the store. */
#include <stdlib.h>

#include "books.h"
#include "chopay/log.h"

#define BATCH_MAX 256 /* commands in one commit: bounds how long the first of them waits */

static void
finish(struct command *command)
{
	command->done(command);
}

static void
finish_task(void *arg)
{
	finish(arg);
}

static void
complete(struct command *command)
{
	if (command->mailbox == NULL)
		finish(command);
	else
		mailbox_push(command->mailbox, (struct task){finish_task, command});
}

/* An engine's failure (full disk, I/O) may have undone the whole transaction, not just the
 * savepoint: then no command of the batch may be believed. */
static bool
engine_failed(struct err err)
{
	return err.code == ERR_BUSY || err.code == ERR_BROKEN;
}

/* All of them or none. */
static struct err
apply_in_savepoint(struct tx *tx, const struct task *tasks, size_t count)
{
	size_t news_before = tx->news->count;
	struct err err = OK;

	TRY(store_begin(tx->db));
	for (size_t i = 0; i < count && err.code == ERR_OK; i++) {
		struct command *command = tasks[i].arg;

		err = command->result = command->apply(tx, command);
	}
	if (err.code == ERR_OK)
		return store_commit(tx->db);
	store_rollback(tx->db);
	news_list_cut(tx->news, news_before);
	return err;
}

/* Fails only when the engine did; a command that is refused says so in its `result`. */
static struct err
apply_alone(struct tx *tx, const struct task *task)
{
	struct command *command = task->arg;

	command->result = apply_in_savepoint(tx, task, 1);
	return engine_failed(command->result) ? command->result : OK;
}

/* Credits: seldom refused, and settle_apply begins anew when it runs again.  (A bank that asks
 * before it takes the money is refused often.) */
static bool
shares_savepoint(const struct task *task)
{
	const struct command *command = task->arg;

	return command->apply == settle_apply &&
	       ((const struct settle_command *)command)->feed->check_bill == NULL;
}

/* A savepoint costs a copy of each page that changes under it, and the pages that one credit
 * changes are mostly those of the next: all that stand together share one.  If one of them is
 * refused, all are undone, and each is applied again in its own.
 * `count`: in, how many wait; out, how many were applied: at least the first. */
static struct err
apply_some(struct tx *tx, const struct task *tasks, size_t *count)
{
	size_t together = 0;
	struct err err;

	while (together < *count && shares_savepoint(&tasks[together]))
		together++;
	*count = together > 1 ? together : 1;
	if (together > 1) {
		err = apply_in_savepoint(tx, tasks, together);
		if (err.code == ERR_OK || engine_failed(err))
			return err;
	}
	for (size_t i = 0; i < *count; i++)
		TRY(apply_alone(tx, &tasks[i]));
	return OK;
}

static struct err
apply_all(struct tx *tx, const struct task *tasks, size_t count)
{
	int64_t last_id = *tx->last_id;
	struct err err = OK;
	size_t some;

	if (tx->receivers->stale)
		TRY(receiver_list_read(tx->receivers, tx->db));
	TRY(store_begin(tx->db));
	for (size_t i = 0; i < count && err.code == ERR_OK; i += some) {
		some = count - i;
		err = apply_some(tx, tasks + i, &some);
	}
	/* A number that may be taken from us is looked at in each commit. */
	if (err.code == ERR_OK && (*tx->last_id != last_id || tx->writer_token != 0))
		err = store_mark_id(tx->db, tx->writer, tx->writer_token, *tx->last_id);
	if (err.code == ERR_OK)
		return store_commit(tx->db);
	store_rollback(tx->db);
	return err;
}

static void
publish(struct books *books, struct news_list *news)
{
	for (size_t i = 0; i < news->count && books->config.committed != NULL; i++)
		books->config.committed(books->config.arg, news->items[i]);
}

static void
run_batch(struct books *books, const struct task *tasks, size_t count)
{
	struct news_list news CLEANUP(news_list_fini) = {0};
	struct tx tx = {
		.db = books->write_db,
		.crypt = books->config.crypt,
		.prefix = books->config.prefix,
		.two_person_above = books->config.two_person_above,
		.now_ms = books_now_ms(books),
		.writer = books->writer_number,
		.writer_token = books->writer_token,
		.last_id = &books->last_id,
		.news = &news,
		.receivers = &books->receivers,
	};
	/* What waited when the disk failed is not tried either. */
	struct err err = atomic_load(&books->failed)
				 ? FAIL(ERR_BUSY, "the disk failed; the gateway is restarting")
				 : apply_all(&tx, tasks, count);
	bool failed_now;

	if (err.code != ERR_OK) {
		if (log_allows(&books->undone, "commit", 1))
			log_error("commit", "%zu commands undone: %s", count, err.what);
		news_list_cut(&news, 0);
		/* Nothing of it is kept: whoever asked may ask again (503), here or after the
		 * restart. */
		for (size_t i = 0; i < count; i++)
			((struct command *)tasks[i].arg)->result = FAIL(ERR_BUSY, err.what);
	}
	/* A failed sync is never tried again: what is on disk is known only after a restart. */
	failed_now = err.code == ERR_BROKEN && !atomic_exchange(&books->failed, true);
	for (size_t i = 0; i < count; i++)
		complete(tasks[i].arg);
	publish(books, &news);
	if (books->receivers.stale && books->config.receivers_changed != NULL)
		books->config.receivers_changed(books->config.arg);
	if (failed_now && books->config.broken != NULL)
		books->config.broken(books->config.arg);
}

void *
writer_run(void *arg)
{
	struct books *books = arg;
	struct task tasks[BATCH_MAX];
	size_t count;

	while ((count = queue_take(books->commands, tasks, BATCH_MAX)) > 0) {
		run_batch(books, tasks, count);
		store_maintain(books->write_db);
	}
	return NULL;
}
