/* Readers: read-only connections that answer questions for the loops. */
#include "books.h"

static void
finish_task(void *arg)
{
	struct query *query = arg;

	query->done(query);
}

void *
reader_run(void *arg)
{
	struct reader *reader = arg;
	struct task task;

	while (queue_take(reader->queue, &task, 1) == 1) {
		struct query *query = task.arg;

		query->result = query->run(reader->db, query);
		if (query->mailbox == NULL)
			query->done(query);
		else
			mailbox_push(query->mailbox, (struct task){finish_task, query});
	}
	return NULL;
}
