/* A receiver's line: read from the store some notices ahead, and gone through one by one. */
#include "line.h"

#include <stdlib.h>
#include <string.h>

#include "chopay/log.h"

#define ASK_MAX 32 /* lines that one question reads */

int64_t
outbox_now_ms(const struct outbox *outbox)
{
	return books_now_ms(outbox->notifier->config.books);
}

/* ---- from state to state ------------------------------------------------------------------ */

void
line_want(struct outbox *outbox, struct target *target)
{
	target->state = TARGET_WANTED;
	target->more = target->again = false;
	target_queue_add(&outbox->wanted, target);
}

static void
sleep_until(struct outbox *outbox, struct target *target, int64_t wake_ms)
{
	target->state = TARGET_SLEEPING;
	target->wake_ms = wake_ms;
	if (wake_ms < outbox->next_wake_ms)
		outbox->next_wake_ms = wake_ms;
}

static void
drop_line(struct target *target)
{
	arena_free(target->arena);
	target->arena = NULL;
	target->at = target->count = 0;
}

void
line_rest(struct outbox *outbox, struct target *target)
{
	drop_line(target);
	if (target->gone) {
		outbox->leaving--;
		target_free(target);
	} else if ((target->more || target->again) && !target->disabled) {
		line_want(outbox, target);
	} else {
		target->state = TARGET_IDLE;
	}
}

static bool
is_due(const struct dispatch *dispatch, int64_t now)
{
	return dispatch->next_try_ms <= now || dispatch->next_try_ms > now + WAIT_MAX_MS;
}

void
line_go_on(struct outbox *outbox, struct target *target)
{
	const struct dispatch *next = target->at < target->count ? &target->line[target->at] : NULL;
	bool over = target->disabled || target->gone;

	if (next != NULL && !over && !target->again && is_due(next, outbox_now_ms(outbox))) {
		target->state = TARGET_READY;
		target_queue_add(next->tries == 0 ? &outbox->fresh : &outbox->failed, target);
	} else if (target->recording > 0) {
		target->state = TARGET_RECORDING;
	} else if (target->lost && !over) {
		target->lost = false;
		sleep_until(outbox, target, outbox_now_ms(outbox) + BUSY_WAIT_MS);
		drop_line(target);
	} else if (next != NULL && !over && !target->again) {
		sleep_until(outbox, target, next->next_try_ms);
		drop_line(target);
	} else {
		/* A full line may not have been all; and behind any line something may have come.
		 */
		target->more = target->more || target->count > 0;
		line_rest(outbox, target);
	}
}

/* ---- reading ------------------------------------------------------------------------------ */

struct lines_question {
	struct query query; /* first */
	struct outbox *outbox;
	struct target *targets[ASK_MAX];
	int64_t ids[ASK_MAX]; /* a reader does not look into targets */
	size_t count;
	struct dispatch lines[ASK_MAX][TARGET_LINE_MAX];
	size_t counts[ASK_MAX];
	struct arena *arenas[ASK_MAX];
};

static struct err
read_lines(struct db *db, struct query *query)
{
	struct lines_question *question = (struct lines_question *)query;

	for (size_t i = 0; i < question->count; i++)
		TRY(dispatches_waiting(db, question->arenas[i], question->ids[i], TARGET_LINE_MAX,
			question->lines[i], &question->counts[i]));
	return OK;
}

static void
lines_read(struct query *query)
{
	struct lines_question *question = (struct lines_question *)query;
	struct outbox *outbox = question->outbox;

	outbox->asking = false;
	for (size_t i = 0; i < question->count; i++) {
		struct target *target = question->targets[i];

		target->arena = question->arenas[i];
		if (query->result.code != ERR_OK && !target->gone) {
			drop_line(target);
			sleep_until(outbox, target, outbox_now_ms(outbox) + BUSY_WAIT_MS);
			continue;
		}
		memcpy(target->line, question->lines[i], sizeof(target->line));
		target->count = question->counts[i];
		line_go_on(outbox, target);
	}
	if (query->result.code != ERR_OK)
		log_warn("outbox", "cannot read what waits: %s", query->result.what);
	free(question);
}

void
lines_ask(struct outbox *outbox)
{
	struct lines_question *question;
	struct target *target;
	struct err err;

	if (outbox->asking || outbox->wanted.first == NULL)
		return;
	question = mem_alloc_zero(1, sizeof(*question));
	question->query = (struct query){
		read_lines, lines_read, outbox->notifier->mailbox, NULL, OK};
	question->outbox = outbox;
	while (question->count < ASK_MAX && (target = target_queue_pop(&outbox->wanted)) != NULL) {
		target->state = TARGET_ASKED;
		question->ids[question->count] = target->id;
		question->arenas[question->count] = arena_new();
		question->targets[question->count++] = target;
	}
	outbox->asking = true;
	err = books_ask(outbox->notifier->config.books, &question->query);
	if (err.code == ERR_OK)
		return; /* it is the reader's now */
	question->query.result = err;
	lines_read(&question->query);
}
