/* The outbox: which receiver is told what, and when. */
#include "outbox.h"

#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "chopay/log.h"
#include "targets.h"

#define FLIGHTS_MAX 128	     /* notices under way, of all receivers */
#define FLIGHTS_RETRY_MAX 64 /* of them to receivers that failed: the others always find room */
#define ASK_MAX 32	     /* lines that one question reads */
#define BUSY_WAIT_MS 1000    /* the books, or the client, have too much to do */
#define PRUNE_EVERY_MS 60000
/* A next try further away than any backoff: the clock was set back. */
#define WAIT_MAX_MS (25 * 3600 * MS_PER_SECOND)

struct outbox {
	struct notifier *notifier;
	struct targets targets;
	bool loading, stale; /* the table of receivers */
	bool asking, pruning, stopping;
	struct target_queue wanted, fresh, failed;
	int flights, failed_flights;
	int64_t next_wake_ms;  /* the earliest of the sleeping ones, or earlier */
	int64_t next_prune_ms; /* monotonic */
	struct dispatches_prune_command prune;
};

static int64_t
now_ms(const struct outbox *outbox)
{
	return books_now_ms(outbox->notifier->config.books);
}

/* ---- from state to state -----------------------------------------------------------------------
 */

static void
want(struct outbox *outbox, struct target *target)
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

/* Its line is done with; what it does next depends on what was found out meanwhile. */
static void
rest(struct outbox *outbox, struct target *target)
{
	drop_line(target);
	if (target->gone)
		target_free(target);
	else if ((target->more || target->again) && !target->disabled)
		want(outbox, target);
	else
		target->state = TARGET_IDLE;
}

static bool
is_due(const struct dispatch *dispatch, int64_t now)
{
	return dispatch->next_try_ms <= now || dispatch->next_try_ms > now + WAIT_MAX_MS;
}

/* The next of its line, or the end of it. */
static void
go_on(struct outbox *outbox, struct target *target)
{
	const struct dispatch *next = target->at < target->count ? &target->line[target->at] : NULL;
	bool over = target->disabled || target->gone;

	if (next != NULL && !over && is_due(next, now_ms(outbox))) {
		target->state = TARGET_READY;
		target_queue_add(next->tries == 0 ? &outbox->fresh : &outbox->failed, target);
	} else if (target->recording > 0) {
		target->state = TARGET_RECORDING;
	} else if (next != NULL && !over && !target->again) {
		sleep_until(outbox, target, next->next_try_ms);
		drop_line(target);
	} else {
		/* A full line may not have been all; and behind any line something may have come.
		 */
		target->more = target->more || target->count > 0;
		rest(outbox, target);
	}
}

/* ---- reading lines ------------------------------------------------------------------------------
 */

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
			sleep_until(outbox, target, now_ms(outbox) + BUSY_WAIT_MS);
			continue;
		}
		memcpy(target->line, question->lines[i], sizeof(target->line));
		target->count = question->counts[i];
		go_on(outbox, target);
	}
	if (query->result.code != ERR_OK)
		log_warn("outbox", "cannot read what waits: %s", query->result.what);
	free(question);
}

static void
ask_for_lines(struct outbox *outbox)
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

/* ---- writing down what came of a try
 * -------------------------------------------------------------
 */

struct record {
	struct dispatch_tried_command tried; /* first */
	struct outbox *outbox;
	struct target *target;
};

static void
recorded(struct command *command)
{
	struct record *record = (struct record *)command;
	struct outbox *outbox = record->outbox;
	struct target *target = record->target;

	if (command->result.code != ERR_OK) { /* at least once: it is sent again */
		log_warn("outbox", "a result was not recorded: %s", command->result.what);
		target->again = true;
		outbox->stale = true;
	}
	arena_free(command->arena);
	target->recording--;
	if (target->state == TARGET_RECORDING)
		go_on(outbox, target);
}

static void
record(struct outbox *outbox, struct target *target, const struct dispatch *dispatch,
	const struct dispatch_attempt *attempt, struct str disable)
{
	struct arena *arena = arena_new();
	struct record *record = arena_alloc(arena, sizeof(*record));
	struct err err;

	*record = (struct record){
		.tried = {.command = {dispatch_tried_apply, recorded, outbox->notifier->mailbox,
				  arena, OK},
			.dispatch = *dispatch,
			.attempt = *attempt,
			.disable = disable},
		.outbox = outbox,
		.target = target,
	};
	record->tried.dispatch.body = STR(""); /* it stays with the line */
	record->tried.attempt.error = arena_copy(arena, attempt->error);
	target->recording++;
	err = books_submit(outbox->notifier->config.books, &record->tried.command);
	if (err.code == ERR_OK)
		return; /* it is the writer's now */
	record->tried.command.result = err;
	recorded(&record->tried.command);
}

/* ---- sending
 * -------------------------------------------------------------------------------------
 */

static uint32_t
random_u32(void)
{
	uint32_t random;

	crypt_random(&random, sizeof(random));
	return random;
}

/* The dispatch as it is after this try. */
static void
settle_try(struct dispatch *dispatch, const struct judgement *judgement, int64_t now)
{
	dispatch->attempts++;
	if (judgement->verdict == TAKEN) {
		dispatch->state = STR("delivered");
		dispatch->done_at_ms = now;
		return;
	}
	dispatch->tries++;
	if (dispatch->first_try_ms == 0)
		dispatch->first_try_ms = now;
	dispatch->next_try_ms = backoff_next_ms(&(struct backoff){
		.tries = dispatch->tries,
		.first_ms = dispatch->first_try_ms,
		.now_ms = now,
		.slow = judgement->slow,
		.retry_after_ms = judgement->retry_after_ms,
		.random = random_u32(),
	});
	dispatch->state = STR("waiting"); /* literals: what is recorded may outlive the line */
	if (dispatch->next_try_ms != NO_TIME)
		return;
	dispatch->next_try_ms = now;
	dispatch->state = STR("dead");
	dispatch->done_at_ms = now;
}

static void
tried(struct outbox *outbox, struct target *target, int status, int64_t took_ms,
	const struct judgement *judgement)
{
	struct dispatch *dispatch = &target->line[target->at];
	int64_t now = now_ms(outbox);
	struct dispatch_attempt attempt = {
		.notice_id = dispatch->notice_id,
		.at_ms = now - took_ms,
		.took_ms = took_ms,
		.status = status,
		.error = str_from(judgement->error),
	};
	bool unwanted = judgement->verdict == NOT_WANTED;

	settle_try(dispatch, judgement, now);
	attempt.attempt = dispatch->attempts;
	target->disabled = target->disabled || unwanted;
	record(outbox, target, dispatch, &attempt,
		unwanted ? STR("it answered 410: no more notices, please") : STR(""));
	if (dispatch->done_at_ms != 0)
		target->at++;
	go_on(outbox, target);
}

static void
flown(void *arg, const struct client_answer *answer)
{
	struct target *target = arg;
	struct outbox *outbox = target->outbox;
	struct judgement judgement = deliver_judge(answer->status, answer->fault,
		client_header(answer, "Retry-After"), now_ms(outbox));

	outbox->flights--;
	if (target->line[target->at].tries > 0)
		outbox->failed_flights--;
	if (outbox->stopping) { /* cut off by us: it is sent again after the start */
		target->at = target->count;
		go_on(outbox, target);
		return;
	}
	tried(outbox, target, answer->status, answer->took_ms, &judgement);
}

/* ERR_BUSY: the client has too much to do. */
static struct err
send_one(struct outbox *outbox, struct target *target)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	const struct dispatch *dispatch = &target->line[target->at];
	int64_t now = now_ms(outbox);
	bool rolling = now < target->previous_until_ms;
	struct client_request request;
	struct sending sending = {
		.id = arena_printf(arena, "ntc_%lld", (long long)dispatch->notice_id),
		.unix_s = now / MS_PER_SECOND,
		.body = dispatch->body,
		.url = str_from(target->url),
		.secrets = {str_from(target->secrets[0]),
			str_from(rolling ? target->secrets[1] : NULL)},
	};

	TRY(deliver_request(outbox->notifier->config.crypt, arena, &sending, &request));
	request.done = flown;
	request.arg = target;
	return client_send(outbox->notifier->client, &request);
}

static void
start(struct outbox *outbox, struct target *target)
{
	bool failed = target->line[target->at].tries > 0;
	struct err err;

	if (target->disabled || target->gone) {
		go_on(outbox, target);
		return;
	}
	target->state = TARGET_FLYING;
	err = send_one(outbox, target);
	if (err.code == ERR_OK) {
		outbox->flights++;
		outbox->failed_flights += failed;
	} else if (err.code == ERR_BUSY) {
		target->line[target->at].next_try_ms = now_ms(outbox) + BUSY_WAIT_MS;
		go_on(outbox, target);
	} else { /* the URL or the secret is of no use (any more): it is a try like others */
		tried(outbox, target, 0, 0,
			&(struct judgement){.verdict = NOT_TAKEN, .error = err.what});
	}
}

static void
start_flights(struct outbox *outbox)
{
	struct target *target;

	while (outbox->flights < FLIGHTS_MAX && (target = target_queue_pop(&outbox->fresh)) != NULL)
		start(outbox, target);
	while (outbox->flights < FLIGHTS_MAX && outbox->failed_flights < FLIGHTS_RETRY_MAX &&
		(target = target_queue_pop(&outbox->failed)) != NULL)
		start(outbox, target);
}

/* ---- who there is
 * ----------------------------------------------------------------------------------
 */

static void
left(void *arg, struct target *target)
{
	target->gone = true;
	if (target->state == TARGET_IDLE || target->state == TARGET_SLEEPING)
		rest(arg, target);
}

static void
loaded(void *arg, struct targets_question *question)
{
	struct outbox *outbox = arg;

	outbox->loading = false;
	if (!targets_take(question, &outbox->targets, left, outbox)) {
		outbox->stale = true;
		return;
	}
	for (size_t i = 0; i < outbox->targets.count; i++) {
		struct target *target = outbox->targets.items[i];

		target->outbox = outbox;
		target->again = true;
		if (!target->disabled &&
			(target->state == TARGET_IDLE || target->state == TARGET_SLEEPING))
			want(outbox, target);
	}
}

static void
load(struct outbox *outbox)
{
	if (!outbox->stale || outbox->loading)
		return;
	outbox->stale = false;
	outbox->loading = true;
	if (targets_load(outbox->notifier, loaded, outbox).code != ERR_OK) {
		outbox->loading = false;
		outbox->stale = true;
	}
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
			want(outbox, target);
	}
}

void
outbox_news(struct outbox *outbox, int64_t stall_id)
{
	tell(outbox, 0);
	tell(outbox, stall_id);
}

/* ---- the part
 * ----------------------------------------------------------------------------------------
 */

static void
wake_sleepers(struct outbox *outbox)
{
	int64_t now = now_ms(outbox), earliest = INT64_MAX;

	if (now < outbox->next_wake_ms)
		return;
	for (size_t i = 0; i < outbox->targets.count; i++) {
		struct target *target = outbox->targets.items[i];

		if (target->state != TARGET_SLEEPING)
			continue;
		if (target->wake_ms <= now || target->wake_ms > now + WAIT_MAX_MS)
			want(outbox, target);
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

	if (outbox->pruning || now < outbox->next_prune_ms)
		return;
	outbox->next_prune_ms = now + PRUNE_EVERY_MS;
	outbox->next_wake_ms = 0; /* a clock that was set back does not keep anybody asleep */
	outbox->prune = (struct dispatches_prune_command){
		.command = {dispatches_prune_apply, pruned, outbox->notifier->mailbox, NULL, OK}};
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
	ask_for_lines(outbox);
	start_flights(outbox);
	wait_ms = outbox->next_wake_ms == INT64_MAX ? NOTIFY_IDLE_MS
						    : outbox->next_wake_ms - now_ms(outbox);
	if (outbox->stale && wait_ms > BUSY_WAIT_MS)
		wait_ms = BUSY_WAIT_MS;
	return wait_ms < 0 ? 0 : wait_ms > NOTIFY_IDLE_MS ? NOTIFY_IDLE_MS : (int)wait_ms;
}

struct outbox *
outbox_new(struct notifier *notifier)
{
	struct outbox *outbox = mem_alloc_zero(1, sizeof(*outbox));

	outbox->notifier = notifier;
	outbox->stale = true;
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
