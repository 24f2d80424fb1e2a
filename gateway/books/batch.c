/* A batch: one transaction, savepoints, one commit for all of its commands. */
#include "books.h"
#include "chopay/adoption_rows.h"
#include "payers.h"

/* An engine's failure (full disk, I/O) may have undone the whole transaction, not just the
 * savepoint: then no command of the batch may be believed. */
static bool
engine_failed(const struct tx *tx, struct err err)
{
	return (err.code == ERR_BUSY || err.code == ERR_BROKEN) && !store_sound(tx->db);
}

/* All of them or none.  `ahead`: they are credits, and what they will ask is asked at once. */
static struct err
apply_in_savepoint(struct tx *tx, const struct task *tasks, size_t count, bool ahead)
{
	size_t news_before = tx->news->count;
	struct err err = store_begin(tx->db);

	/* Whatever it says, it says it of those before. */
	if (err.code != ERR_OK)
		return FAIL(err.code == ERR_BUSY ? ERR_BUSY : ERR_BROKEN, err.what);
	if (ahead)
		err = settle_ahead(tx, tasks, count);
	for (size_t i = 0; i < count && err.code == ERR_OK; i++) {
		struct command *command = tasks[i].arg;

		err = command->result = command->apply(tx, command);
	}
	ahead_forget(tx->db);
	if (err.code == ERR_OK)
		err = store_commit(tx->db); /* a row that was put may be refused now */
	else
		store_rollback(tx->db);
	if (err.code != ERR_OK) {
		news_list_cut(tx->news, news_before);
		payer_keys_settle(tx->payer_keys, false);
	}
	return err;
}

/* Fails only when the engine did; a command that is refused says so in its `result`. */
static struct err
apply_alone(struct tx *tx, const struct task *task)
{
	struct command *command = task->arg;

	command->result = apply_in_savepoint(tx, task, 1, false);
	return engine_failed(tx, command->result) ? command->result : OK;
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
	if (together > 1 || (together == 1 && ahead_serves(tx->db))) {
		err = apply_in_savepoint(tx, tasks, together, true);
		if (err.code == ERR_OK || engine_failed(tx, err))
			return err;
	}
	for (size_t i = 0; i < *count; i++)
		TRY(apply_alone(tx, &tasks[i]));
	return OK;
}

static struct err
read_receivers(struct writer *writer)
{
	if (!writer->receivers.stale)
		return OK;
	if (writer->books->shared)
		TRY(writers_receivers(writer->db, &writer->lease, &writer->receivers_version));
	return receiver_list_read(&writer->receivers, writer->db);
}

/* Where others write too, the mark also holds the number for us, says whether our list of receivers
 * is theirs, and names this batch: whoever lost the commit's answer looks for it. */
static struct err
mark_shared(struct writer *writer, struct tx *tx, bool last_id_is_new)
{
	bool changed = writer->receivers.stale;
	int64_t version;
	struct err err;

	if (!store_wrote(tx->db))
		return OK;
	if (!last_id_is_new)
		(void)tx_next_id(tx);
	if (changed)
		TRY(writers_tell_receivers(tx->db));
	err = writers_mark(
		tx->db, &writer->lease, *tx->last_id, writer_lease_end(writer), &version);
	if (err.code != ERR_OK && store_sound(tx->db))
		writer->leased = false;
	TRY(err);
	if (changed || version == writer->receivers_version)
		return OK;
	writer->receivers.stale = true;
	writer->receivers_heard = true;
	return FAIL(ERR_BUSY, "another writer changed the receivers");
}

static struct err
mark(struct writer *writer, struct tx *tx, int64_t last_id_before)
{
	bool is_new = *tx->last_id != last_id_before;

	if (writer->books->shared)
		return mark_shared(writer, tx, is_new);
	return is_new ? store_mark_id(tx->db, tx->writer, tx->writer_token, *tx->last_id) : OK;
}

struct err
batch_apply(struct writer *writer, struct tx *tx, const struct task *tasks, size_t count,
	bool look_again)
{
	int64_t last_id = *tx->last_id;
	struct err err;
	size_t some;

	news_list_cut(tx->news, 0);
	err = is_fold(tasks) ? adoption_begin(tx->db) : store_begin(tx->db);
	if (err.code == ERR_OK)
		err = read_receivers(writer);
	for (size_t i = 0; i < count && err.code == ERR_OK; i += some) {
		some = count - i;
		err = apply_some(tx, tasks + i, &some);
	}
	/* A key was taken that nobody had when we looked: a command that looks again sees whose it
	 * is. */
	if (err.code == ERR_OK && store_may_retry(tx->db) && look_again)
		err = FAIL(ERR_BUSY, "another writer was quicker");
	if (err.code == ERR_OK)
		err = mark(writer, tx, last_id);
	if (err.code == ERR_OK)
		err = store_commit(tx->db);
	else
		store_rollback(tx->db);
	payer_keys_settle(tx->payer_keys, err.code == ERR_OK);
	return err;
}
