/* A writer: takes what is queued, one transaction, one commit for all.
 * The only place that retries, and only its threads change the store. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "books.h"
#include "chopay/log.h"
#include "listener.h"

#define BATCH_MAX 256	 /* commands in one commit: bounds how long the first of them waits */
#define TRIES_MAX 6	 /* of a batch; one that still loses is cut in two, one command goes on */
#define LOOK_AGAIN_MAX 2 /* of them, for a key that was found taken */
#define BACK_OFF_MS 2	 /* before the second try, doubled for each after it ... */
#define DOUBLED_MAX 5	 /* ... so often, then it stays: 64 ms */
#define IDLE_MS 250	 /* between looks at the lease and the connection */
#define FOLD_AGAIN_MS 50 /* a fold that lost comes again, after what waits meanwhile ... */
#define FOLD_FOR_MS 5000 /* ... for so long; then its asker is told to try again */

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

static void
publish(struct books *books, const struct news_list *news)
{
	for (size_t i = 0; i < news->count && books->config.committed != NULL; i++)
		books->config.committed(books->config.arg, news->items[i]);
}

/* ---- again, where others write too ------------------------------------------------------------
 */

void
writer_turn_begin(struct books *books, bool alone)
{
	if (!books->shared)
		return;
	if (alone)
		pthread_rwlock_wrlock(&books->turn);
	else
		pthread_rwlock_rdlock(&books->turn);
}

void
writer_turn_end(struct books *books)
{
	if (books->shared)
		pthread_rwlock_unlock(&books->turn);
}

/* Between a half and the whole of what the doubling says: nodes that met once do not meet again. */
static void
back_off(struct writer *writer, int tried)
{
	int doubled = tried - 1 < DOUBLED_MAX ? tried - 1 : DOUBLED_MAX;
	int64_t most_us = (int64_t)BACK_OFF_MS * 1000 << doubled;
	struct timespec some;

	writer->chance = writer->chance * UINT64_C(6364136223846793005) + 1442695040888963407;
	some.tv_sec = 0;
	some.tv_nsec = (most_us / 2 + (int64_t)(writer->chance >> 33) % (most_us / 2)) * 1000;
	nanosleep(&some, NULL);
}

static bool
may_retry(const struct writer *writer)
{
	/* Not the database's no, and not a command's: the number was given away, or the list of
	 * receivers is an old one. */
	return store_may_retry(writer->db) || !writer->leased || writer->receivers_heard;
}

/* `tx` says what changes from try to try. */
static struct err
try_once(struct writer *writer, struct tx *tx, const struct task *tasks, size_t count, int tried)
{
	struct err err;

	tx->writer = writer->lease.number;
	tx->writer_token = writer->lease.token;
	tx->now_ms = books_now_ms(writer->books);
	if (is_fold(tasks)) /* in nobody's way, and long: nobody waits for it */
		return batch_apply(writer, tx, tasks, count, tried < LOOK_AGAIN_MAX);
	writer_turn_begin(writer->books, tried > 0);
	err = batch_apply(writer, tx, tasks, count, tried < LOOK_AGAIN_MAX);
	writer_turn_end(writer->books);
	return err;
}

/* A part of a batch meets fewer of the others' rows than the whole; what cannot be cut any more has
 * all the time there is.  But not the fold, which is put off: who pays does not wait behind it. */
static bool
is_worth_a_try(const struct task *tasks, size_t count, int tried, int64_t give_up_ms)
{
	return clock_monotonic_ms() < give_up_ms && (tried < TRIES_MAX || count == 1) &&
	       !is_fold(tasks);
}

static struct err
apply_until(struct writer *writer, struct tx *tx, const struct task *tasks, size_t count,
	int64_t give_up_ms)
{
	struct err err = OK;

	writer->in_doubt = false;
	for (int tried = 0; tried == 0 || is_worth_a_try(tasks, count, tried, give_up_ms);
		tried++) {
		bool done;

		if (tried > 0) {
			atomic_fetch_add(&writer->books->retried, 1);
			back_off(writer, tried);
		}
		TRY(writer_ready(writer, give_up_ms));
		err = try_once(writer, tx, tasks, count, tried);
		if (err.code == ERR_OK)
			return OK;
		if (store_commit_unsure(writer->db)) {
			writer->in_doubt = true;
			TRY(writer_find_out(writer, give_up_ms, &done));
			writer->in_doubt = false;
			if (done)
				return OK;
		} else if (!may_retry(writer)) {
			return err;
		}
	}
	return err;
}

/* ---- a batch ------------------------------------------------------------------------------------
 */

static struct err
apply(struct writer *writer, struct tx *tx, const struct task *tasks, size_t count,
	int64_t give_up_ms)
{
	/* What waited when the disk failed is not tried either. */
	if (atomic_load(&writer->books->failed))
		return FAIL(ERR_BUSY, "the disk failed; the gateway is restarting");
	if (writer->books->shared)
		return apply_until(writer, tx, tasks, count, give_up_ms);
	return try_once(writer, tx, tasks, count, 0);
}

/* Nothing of it is kept: whoever asked may ask again (503), here or after a restart. */
static void
answer_undone(struct writer *writer, const struct task *tasks, size_t count, struct err err)
{
	/* Alone in its transaction, a command is what the database refused. */
	bool its_own = writer->books->shared && count == 1 && err.code != ERR_BUSY;

	if (!its_own && !is_fold(tasks) && log_allows(&writer->undone, "commit", 1))
		log_error("commit", "%zu commands undone: %s", count, err.what);
	for (size_t i = 0; i < count; i++)
		((struct command *)tasks[i].arg)->result = its_own ? err : FAIL(ERR_BUSY, err.what);
}

static void
tell(struct writer *writer, const struct news_list *news)
{
	const struct books_config *config = &writer->books->config;

	publish(writer->books, news);
	if (news->count > 0 && writer->books->listener != NULL)
		listener_tell(writer->books->listener);
	if ((writer->receivers.stale || writer->receivers_heard) &&
		config->receivers_changed != NULL)
		config->receivers_changed(config->arg);
	writer->receivers_heard = false;
}

/* What one of them does to the transaction, or to others' rows, is not the rest's.  But what may
 * have been done is not done again, and a database without room has none for a part either. */
static bool
cut_in_two(const struct writer *writer, struct err err, int64_t give_up_ms)
{
	return writer->books->shared && !writer->in_doubt && !store_lost(writer->db) &&
	       (err.code != ERR_BUSY || may_retry(writer) || store_sound(writer->db)) &&
	       clock_monotonic_ms() < give_up_ms;
}

static struct err
apply_batch(struct writer *writer, const struct task *tasks, size_t count, int64_t give_up_ms,
	struct news_list *news)
{
	struct books *books = writer->books;
	struct tx tx = {
		.db = writer->db,
		.crypt = books->config.crypt,
		.prefix = books->config.prefix,
		.two_person_above = books->config.two_person_above,
		.last_id = &writer->last_id,
		.news = news,
		.receivers = &writer->receivers,
		.payer_keys = writer->payer_keys,
	};

	return apply(writer, &tx, tasks, count, give_up_ms);
}

static void
end_batch(struct writer *writer, const struct task *tasks, size_t count, struct err err,
	struct news_list *news)
{
	struct books *books = writer->books;
	bool failed_now;

	if (err.code != ERR_OK) {
		news_list_cut(news, 0);
		answer_undone(writer, tasks, count, err);
	}
	/* A failed sync is never tried again: what is on disk is known only after a restart. */
	failed_now = err.code == ERR_BROKEN && !books->shared &&
		     !atomic_exchange(&books->failed, true);
	for (size_t i = 0; i < count; i++)
		complete(tasks[i].arg);
	tell(writer, news);
	if (failed_now && books->config.broken != NULL)
		books->config.broken(books->config.arg);
}

static void
run_batch(struct writer *writer, const struct task *tasks, size_t count, int64_t give_up_ms)
{
	struct news_list news CLEANUP(news_list_fini) = {0};
	struct err err = apply_batch(writer, tasks, count, give_up_ms, &news);

	if (err.code != ERR_OK && count > 1 && cut_in_two(writer, err, give_up_ms)) {
		run_batch(writer, tasks, count / 2, give_up_ms);
		run_batch(writer, tasks + count / 2, count - count / 2, give_up_ms);
		return;
	}
	end_batch(writer, tasks, count, err, &news);
}

/* ---- folds -------------------------------------------------------------------------------------
 */

/* It lost to another fold, or to a register's change. */
static bool
put_off(struct writer *writer, const struct task *fold, int64_t until_ms)
{
	int64_t now_ms = clock_monotonic_ms();

	if (!writer->books->shared || !may_retry(writer) || now_ms >= until_ms ||
		writer->put_off_count == PUT_OFF_MAX)
		return false;
	writer->put_off[writer->put_off_count++] = (struct put_off){
		*fold, now_ms + FOLD_AGAIN_MS, until_ms};
	return true;
}

static void
run_fold(struct writer *writer, const struct task *fold, int64_t give_up_ms, int64_t until_ms)
{
	struct news_list news CLEANUP(news_list_fini) = {0};
	struct err err = apply_batch(writer, fold, 1, give_up_ms, &news);

	if (err.code == ERR_OK || !put_off(writer, fold, until_ms))
		end_batch(writer, fold, 1, err, &news);
}

static void
fold_again(struct writer *writer, int64_t give_up_ms)
{
	struct put_off waiting[PUT_OFF_MAX];
	size_t count = writer->put_off_count;
	int64_t now_ms = clock_monotonic_ms();

	memcpy(waiting, writer->put_off, count * sizeof(*waiting));
	writer->put_off_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (hold_refuses(writer->books, waiting[i].task.arg))
			complete(waiting[i].task.arg);
		else if (waiting[i].again_ms > now_ms)
			writer->put_off[writer->put_off_count++] = waiting[i];
		else
			run_fold(writer, &waiting[i].task, give_up_ms, waiting[i].until_ms);
	}
}

/* No writer is left for them. */
static void
drop_put_off(struct writer *writer)
{
	for (size_t i = 0; i < writer->put_off_count; i++) {
		struct command *fold = writer->put_off[i].task.arg;

		fold->result = FAIL(ERR_BUSY, "the gateway stops");
		complete(fold);
	}
	writer->put_off_count = 0;
}

/* ---- a turn ------------------------------------------------------------------------------------
 */

/* While the books are held, all but what moves them is answered at once; how many are left. */
static size_t
refuse_held(struct books *books, struct task *tasks, size_t count)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		if (hold_refuses(books, tasks[i].arg))
			complete(tasks[i].arg);
		else
			tasks[left++] = tasks[i];
	}
	return left;
}

/* A fold has a transaction of its own (adoption_begin), after all others; how many they are. */
static size_t
folds_last(struct task *tasks, size_t count)
{
	struct task folds[BATCH_MAX];
	size_t others = 0, later = 0;

	for (size_t i = 0; i < count; i++) {
		if (is_fold(&tasks[i]))
			folds[later++] = tasks[i];
		else
			tasks[others++] = tasks[i];
	}
	for (size_t i = 0; i < later; i++)
		tasks[others + i] = folds[i];
	return others;
}

static void
work(struct writer *writer, struct task *tasks, size_t count)
{
	size_t others = folds_last(tasks, count);
	int64_t now_ms = clock_monotonic_ms();
	int_fast64_t since_ms = 0;
	int64_t give_up_ms;

	/* Unless it is known to be away. */
	atomic_compare_exchange_strong(&writer->busy_since_ms, &since_ms, now_ms);
	give_up_ms = now_ms + (since_ms == 0 ? writer->books->config.patience_ms : 0);
	if (others > 0)
		run_batch(writer, tasks, others, give_up_ms);
	fold_again(writer, give_up_ms);
	for (size_t i = others; i < count; i++)
		run_fold(writer, &tasks[i], give_up_ms, now_ms + FOLD_FOR_MS);
	store_maintain(writer->db);
	if (!store_lost(writer->db) && (writer->leased || !writer->books->shared))
		atomic_store(&writer->busy_since_ms, 0);
}

void *
writer_run(void *arg)
{
	struct writer *writer = arg;
	struct task tasks[BATCH_MAX];
	bool closed = false;

	while (!closed) {
		size_t count = 0;

		if (writer->books->shared)
			count = queue_take_for(writer->books->commands, tasks, BATCH_MAX,
				writer->put_off_count > 0 ? FOLD_AGAIN_MS : IDLE_MS, &closed);
		else
			closed = (count = queue_take(writer->books->commands, tasks, BATCH_MAX)) ==
				 0;
		if (count > 0 && (count = refuse_held(writer->books, tasks, count)) == 0)
			continue;
		if (count > 0 || (writer->put_off_count > 0 && !closed))
			work(writer, tasks, count);
		else if (!closed)
			writer_keep(writer);
	}
	drop_put_off(writer);
	return NULL;
}

/* Has no writer been free since then? */
static bool
all_busy_since(const struct books *books, int64_t ms)
{
	for (int i = 0; i < books->writer_count; i++) {
		int64_t since_ms = atomic_load(&books->writers[i].busy_since_ms);

		if (since_ms == 0 || since_ms > ms)
			return false;
	}
	return books->shared;
}

bool
books_away(const struct books *books)
{
	return all_busy_since(books, WRITER_AWAY_MS);
}

bool
books_stuck(const struct books *books)
{
	return all_busy_since(books, clock_monotonic_ms() - books->config.patience_ms);
}
