/* Commands and questions of a thread that has nothing else to do than to wait for the answer. */
#include <semaphore.h>

#include "books.h"
#include "chopay/adoption_commands.h"

/* A command or query that wakes a thread; the asker's `done` is not used. */
struct waiting_command {
	struct command command;
	struct command *inner;
	sem_t ready;
};

static struct err
waiting_apply(struct tx *tx, struct command *self)
{
	struct command *inner = ((struct waiting_command *)self)->inner;

	return inner->apply(tx, inner);
}

static void
waiting_done(struct command *self)
{
	sem_post(&((struct waiting_command *)self)->ready);
}

bool
is_fold(const struct task *task)
{
	const struct command *command = task->arg;

	if (command->apply == waiting_apply)
		command = ((const struct waiting_command *)command)->inner;
	return command->apply == fold_apply;
}

struct err
books_submit_wait(struct books *books, struct command *command)
{
	struct waiting_command waiting = {
		.command = {.apply = waiting_apply, .done = waiting_done},
		.inner = command,
	};

	sem_init(&waiting.ready, 0, 0);
	TRY(books_submit(books, &waiting.command));
	while (sem_wait(&waiting.ready) != 0)
		;
	sem_destroy(&waiting.ready);
	command->result = waiting.command.result;
	return command->result;
}

struct waiting_query {
	struct query query;
	struct query *inner;
	sem_t ready;
};

static struct err
waiting_run(struct db *db, struct query *self)
{
	struct query *inner = ((struct waiting_query *)self)->inner;

	return inner->run(db, inner);
}

static void
waiting_query_done(struct query *self)
{
	sem_post(&((struct waiting_query *)self)->ready);
}

struct err
books_ask_wait(struct books *books, struct query *query)
{
	struct waiting_query waiting = {
		.query = {.run = waiting_run, .done = waiting_query_done},
		.inner = query,
	};

	sem_init(&waiting.ready, 0, 0);
	TRY(books_ask(books, &waiting.query));
	while (sem_wait(&waiting.ready) != 0)
		;
	sem_destroy(&waiting.ready);
	query->result = waiting.query.result;
	return query->result;
}
