/* Questions that hash a password: one at a time. */
#include <pthread.h>
#include <stdlib.h>

#include "hashing.h"

struct hashing_line {
	pthread_mutex_t lock;
	bool busy;
	struct hashing *first, *last;
	int waiting;
};

struct hashing_line *
hashing_line_new(void)
{
	struct hashing_line *line = mem_alloc_zero(1, sizeof(*line));

	pthread_mutex_init(&line->lock, NULL);
	return line;
}

void
hashing_line_free(struct hashing_line *line)
{
	if (line == NULL)
		return;
	pthread_mutex_destroy(&line->lock);
	free(line);
}

static void
not_asked(void *arg)
{
	struct hashing *hashing = arg;

	hashing->ask.query.done(&hashing->ask.query);
}

/* On any loop: the next in line may be another one's, which then hears of a failure itself. */
static void
start(struct hashing *hashing)
{
	struct query *query = &hashing->ask.query;
	struct err err = books_ask_long(hashing->ask.api->config.books, query);

	if (err.code == ERR_OK)
		return;
	query->result = err;
	mailbox_push(query->mailbox, (struct task){not_asked, hashing});
}

static struct hashing *
take_next(struct hashing_line *line)
{
	struct hashing *next;

	pthread_mutex_lock(&line->lock);
	next = line->first;
	line->busy = next != NULL;
	if (next != NULL) {
		line->first = next->next;
		line->waiting--;
	}
	pthread_mutex_unlock(&line->lock);
	return next;
}

static void
over(struct ask *ask)
{
	struct hashing *hashing = (struct hashing *)ask;
	struct hashing *next = take_next(ask->api->config.counts->hashing);

	if (next != NULL)
		start(next);
	hashing->hashed(ask);
}

bool
hashing_send(struct hashing *hashing)
{
	struct hashing_line *line = hashing->ask.api->config.counts->hashing;
	bool now = false, taken;

	hashing->ask.reply = over;
	hashing->next = NULL;
	pthread_mutex_lock(&line->lock);
	taken = !line->busy || line->waiting < HASHING_WAITING_MAX;
	if (!line->busy) {
		line->busy = now = true;
	} else if (taken) {
		if (line->first == NULL)
			line->first = hashing;
		else
			line->last->next = hashing;
		line->last = hashing;
		line->waiting++;
	}
	pthread_mutex_unlock(&line->lock);
	if (now)
		start(hashing);
	return taken;
}
