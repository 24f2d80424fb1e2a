/* The outbox: who there is, what they are told of, and when somebody sleeps no longer. */
#include "outbox.h"
#include "chopay/receiver_commands.h"

#include <stdlib.h>

#include "line.h"

#define PRUNE_EVERY_MS 60000

/* ---- who there is ------------------------------------------------------------------------- */

static void
left(void *arg, struct target *target)
{
	struct outbox *outbox = arg;

	target->gone = true;
	outbox->leaving++;
	if (target->state == TARGET_IDLE || target->state == TARGET_SLEEPING)
		line_rest(outbox, target);
}

static void
loaded(void *arg, struct targets_question *question)
{
	struct outbox *outbox = arg;

	outbox->loading = false;
	if (outbox->resting)
		return;
	if (!targets_take(question, &outbox->targets, left, outbox)) {
		outbox->stale = true;
		return;
	}
	for (size_t i = 0; i < outbox->targets.count; i++) {
		struct target *target = outbox->targets.items[i];

		target->outbox = outbox;
		target->lease = outbox->notifier->lease;
		target->again = true;
		if (!target->disabled &&
			(target->state == TARGET_IDLE || target->state == TARGET_SLEEPING))
			line_want(outbox, target);
	}
}

static void
load(struct outbox *outbox)
{
	if (outbox->resting && outbox->leaving == 0 && outbox->notifier->works)
		outbox->resting = false;
	if (!outbox->stale || outbox->loading || outbox->resting)
		return;
	outbox->stale = false;
	outbox->loading = true;
	if (targets_load(outbox->notifier, loaded, outbox).code != ERR_OK) {
		outbox->loading = false;
		outbox->stale = true;
	}
}

void
outbox_rest(struct outbox *outbox)
{
	struct targets targets = outbox->targets;

	outbox->targets = (struct targets){0};
	outbox->resting = outbox->stale = true;
	for (size_t i = 0; i < targets.count; i++)
		left(outbox, targets.items[i]);
	free(targets.items);
}

void
outbox_reload(struct outbox *outbox)
{
	outbox->stale = true;
}

static void
tell(struct outbox *outbox, int64_t stall_id)
{
	const struct targets *targets = &outbox->targets;

	for (size_t n = targets_of(targets, stall_id);
		n < targets->count && targets->items[n]->stall_id == stall_id; n++) {
		struct target *target = targets->items[n];

		target->more = true;
		if (target->state == TARGET_IDLE && !target->disabled)
			line_want(outbox, target);
	}
}

void
outbox_news(struct outbox *outbox, int64_t stall_id)
{
	tell(outbox, 0);
	tell(outbox, stall_id);
}

/* ---- the part ----------------------------------------------------------------------------- */

static void
wake_sleepers(struct outbox *outbox)
{
	int64_t now = outbox_now_ms(outbox), earliest = INT64_MAX;

	if (now < outbox->next_wake_ms)
		return;
	for (size_t i = 0; i < outbox->targets.count; i++) {
		struct target *target = outbox->targets.items[i];

		if (target->state != TARGET_SLEEPING)
			continue;
		if (target->wake_ms <= now || target->wake_ms > now + WAIT_MAX_MS)
			line_want(outbox, target);
		else if (target->wake_ms < earliest)
			earliest = target->wake_ms;
	}
	outbox->next_wake_ms = earliest;
}

static void
pruned(struct command *command)
{
	struct outbox *outbox = (struct outbox *)((char *)command - offsetof(struct outbox, prune));

	outbox->pruning = false;
	if (outbox->prune.gone == DISPATCHES_PRUNE_MAX)
		outbox->next_prune_ms = clock_monotonic_ms() + BUSY_WAIT_MS;
}

static void
prune(struct outbox *outbox)
{
	int64_t now = clock_monotonic_ms();

	if (outbox->pruning || outbox->resting || now < outbox->next_prune_ms)
		return;
	outbox->next_prune_ms = now + PRUNE_EVERY_MS;
	outbox->next_wake_ms = 0; /* a clock that was set back does not keep anybody asleep */
	outbox->prune = (struct dispatches_prune_command){
		.command = {dispatches_prune_apply, pruned, outbox->notifier->mailbox, NULL, OK},
		.lease = outbox->notifier->lease};
	outbox->pruning =
		books_submit(outbox->notifier->config.books, &outbox->prune.command).code == ERR_OK;
}

int
outbox_tick(struct outbox *outbox)
{
	int64_t wait_ms;

	load(outbox);
	prune(outbox);
	wake_sleepers(outbox);
	lines_ask(outbox);
	flights_start(outbox);
	wait_ms = outbox->next_wake_ms == INT64_MAX ? NOTIFY_IDLE_MS
						    : outbox->next_wake_ms - outbox_now_ms(outbox);
	if (outbox->stale && outbox->notifier->works && wait_ms > BUSY_WAIT_MS)
		wait_ms = BUSY_WAIT_MS;
	return wait_ms < 0 ? 0 : wait_ms > NOTIFY_IDLE_MS ? NOTIFY_IDLE_MS : (int)wait_ms;
}

struct outbox *
outbox_new(struct notifier *notifier)
{
	struct outbox *outbox = mem_alloc_zero(1, sizeof(*outbox));

	outbox->notifier = notifier;
	outbox->stale = outbox->resting = true;
	outbox->next_wake_ms = INT64_MAX;
	outbox->next_prune_ms = clock_monotonic_ms() + PRUNE_EVERY_MS;
	target_queue_init(&outbox->wanted);
	target_queue_init(&outbox->fresh);
	target_queue_init(&outbox->failed);
	return outbox;
}

void
outbox_stop(struct outbox *outbox)
{
	outbox->stopping = true;
}

void
outbox_free(struct outbox *outbox)
{
	struct target_queue *const queues[] = {&outbox->wanted, &outbox->fresh, &outbox->failed};
	struct target *target;

	for (int i = 0; i < 3; i++) { /* those removed are in no table any more */
		while ((target = target_queue_pop(queues[i])) != NULL) {
			if (target->gone)
				target_free(target);
		}
	}
	targets_free(&outbox->targets);
	free(outbox);
}
