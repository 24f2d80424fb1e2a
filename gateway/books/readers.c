/* Readers: read-only connections that answer questions for the loops. */
#include "books.h"

static void
finish_task(void *arg)
{
	struct query *query = arg;

	query->done(query);
}

/* A question whose connection was lost is asked once more. */
static struct err
answer(struct reader *reader, struct query *query)
{
	struct err err = store_revive(reader->db);

	if (err.code == ERR_OK)
		err = query->run(reader->db, query);
	if (err.code == ERR_OK || !store_may_retry(reader->db) || reader->answers_long)
		return err;
	TRY(store_revive(reader->db));
	return query->run(reader->db, query);
}

void *
reader_run(void *arg)
{
	struct reader *reader = arg;
	struct task task;

	while (queue_take(reader->queue, &task, 1) == 1) {
		struct query *query = task.arg;

		query->result = answer(reader, query);
		if (query->mailbox == NULL)
			query->done(query);
		else
			mailbox_push(query->mailbox, (struct task){finish_task, query});
	}
	return NULL;
}
