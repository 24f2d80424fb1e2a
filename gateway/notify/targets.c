/* The table of receivers, read from the store and merged into what is running. */
#include <stdlib.h>
#include <string.h>

#include "chopay/log.h"
#include "chopay/receiver_commands.h"
#include "targets.h"

#define PAGE 500

/* ---- queues ------------------------------------------------------------------------------- */

void
target_queue_init(struct target_queue *queue)
{
	*queue = (struct target_queue){NULL, &queue->first};
}

void
target_queue_add(struct target_queue *queue, struct target *target)
{
	target->next = NULL;
	*queue->last = target;
	queue->last = &target->next;
}

struct target *
target_queue_pop(struct target_queue *queue)
{
	struct target *target = queue->first;

	if (target == NULL)
		return NULL;
	queue->first = target->next;
	if (queue->first == NULL)
		queue->last = &queue->first;
	return target;
}

/* ---- one ---------------------------------------------------------------------------------- */

static void
forget_secrets(struct target *target)
{
	for (size_t i = 0; i < DELIVER_SECRETS_MAX; i++) {
		if (target->secrets[i] != NULL)
			explicit_bzero(target->secrets[i], strlen(target->secrets[i]));
		free(target->secrets[i]);
		target->secrets[i] = NULL;
	}
}

void
target_free(struct target *target)
{
	if (target == NULL)
		return;
	forget_secrets(target);
	arena_free(target->arena);
	free(target->url);
	free(target);
}

static struct err
open_secret(struct notifier *notifier, int64_t id, struct str sealed, char **secret)
{
	struct buf context CLEANUP(buf_fini) = {0}, text CLEANUP(buf_fini) = {0};

	if (sealed.len == 0)
		return OK;
	buf_addf(&context, RECEIVER_SEAL_CONTEXT, (long long)id);
	TRY(crypt_open(notifier->config.crypt, books_sealing_key(notifier->config.books),
		buf_str(&context), sealed, &text));
	*secret = mem_copy_str(buf_str(&text));
	explicit_bzero(text.ptr, text.len);
	return OK;
}

/* One that cannot be opened must not stop the others. */
static struct target *
target_new(struct notifier *notifier, const struct receiver *row)
{
	struct target *made = mem_alloc_zero(1, sizeof(*made));
	struct err err = open_secret(notifier, row->id, row->secret, &made->secrets[0]);

	if (err.code == ERR_OK)
		err = open_secret(notifier, row->id, row->previous, &made->secrets[1]);
	if (err.code != ERR_OK)
		log_error("receiver", "id=%lld not in use: %s", (long long)row->id, err.what);
	made->id = row->id;
	made->stall_id = row->stall_id;
	made->url = mem_copy_str(row->url);
	made->previous_until_ms = row->previous_until_ms;
	made->disabled = row->disabled_at_ms != 0 || err.code != ERR_OK;
	return made;
}

/* ---- all of them -------------------------------------------------------------------------- */

static int
compare(const struct target *a, const struct target *b)
{
	if (a->stall_id != b->stall_id)
		return a->stall_id < b->stall_id ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static int
compare_items(const void *a, const void *b)
{
	return compare(*(struct target *const *)a, *(struct target *const *)b);
}

void
targets_free(struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		target_free(targets->items[i]);
	free(targets->items);
	*targets = (struct targets){0};
}

size_t
targets_of(const struct targets *targets, int64_t stall_id)
{
	size_t from = 0, to = targets->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (targets->items[middle]->stall_id < stall_id)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

struct targets_question {
	struct query query; /* first */
	struct notifier *notifier;
	void (*done)(void *arg, struct targets_question *question);
	void *arg;
	struct targets found;
};

static struct err
read_targets(struct db *db, struct query *query)
{
	struct targets_question *question = (struct targets_question *)query;
	struct targets *found = &question->found;
	struct receiver *page = arena_alloc(query->arena, PAGE * sizeof(*page));
	int64_t after = 0;
	size_t count;

	targets_free(found); /* of a run that lost its connection */
	do {
		TRY(receivers_list(db, query->arena, after, PAGE, page, &count));
		found->items = mem_resize(
			found->items, (found->count + count + 1) * sizeof(*found->items));
		for (size_t i = 0; i < count; i++) {
			found->items[found->count++] = target_new(question->notifier, &page[i]);
			after = page[i].id;
		}
	} while (count == PAGE);
	qsort(found->items, found->count, sizeof(*found->items), compare_items);
	return OK;
}

static void
question_free(struct targets_question *question)
{
	targets_free(&question->found);
	arena_free(question->query.arena);
	free(question);
}

static void
answered(struct query *query)
{
	struct targets_question *question = (struct targets_question *)query;

	question->done(question->arg, question);
	question_free(question);
}

struct err
targets_load(struct notifier *notifier, void (*done)(void *arg, struct targets_question *question),
	void *arg)
{
	struct targets_question *question = mem_alloc_zero(1, sizeof(*question));
	struct err err;

	question->query = (struct query){
		read_targets, answered, notifier->mailbox, arena_new(), OK};
	question->notifier = notifier;
	question->done = done;
	question->arg = arg;
	err = books_ask(notifier->config.books, &question->query);
	if (err.code != ERR_OK)
		question_free(question);
	return err;
}

/* What a person may have changed, from `fresh`, which is left with the old. */
static void
renew(struct target *target, struct target *fresh)
{
	char *url = target->url;
	char *secrets[DELIVER_SECRETS_MAX];

	memcpy(secrets, target->secrets, sizeof(secrets));
	memcpy(target->secrets, fresh->secrets, sizeof(secrets));
	memcpy(fresh->secrets, secrets, sizeof(secrets));
	target->url = fresh->url;
	fresh->url = url;
	target->previous_until_ms = fresh->previous_until_ms;
	target->disabled = fresh->disabled;
}

bool
targets_take(struct targets_question *question, struct targets *targets,
	void (*left)(void *arg, struct target *target), void *arg)
{
	struct targets *found = &question->found;
	struct targets old = *targets;
	size_t n = 0;

	if (question->query.result.code != ERR_OK) {
		log_error("receiver", "cannot read them: %s", question->query.result.what);
		return false;
	}
	for (size_t i = 0; i < found->count; i++) {
		while (n < old.count && compare(old.items[n], found->items[i]) < 0)
			left(arg, old.items[n++]);
		if (n == old.count || compare(old.items[n], found->items[i]) != 0)
			continue;
		renew(old.items[n], found->items[i]);
		target_free(found->items[i]);
		found->items[i] = old.items[n++];
	}
	while (n < old.count)
		left(arg, old.items[n++]);
	free(old.items);
	*targets = *found;
	*found = (struct targets){0};
	return true;
}
