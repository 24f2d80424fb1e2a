/* Flights: notices under way, and what came of them written down. */
#include "backoff.h"
#include "chopay/log.h"
#include "chopay/receiver_commands.h"
#include "line.h"

#define FLIGHTS_MAX 128	     /* notices under way, of all receivers */
#define FLIGHTS_RETRY_MAX 64 /* of them to receivers that failed: the others always find room */
/* The work must be ours until a notice that leaves now is taken or given up, and written down. */
#define FLIGHT_MS (DELIVER_TIMEOUT_MS + 1000)

/* ---- writing down ------------------------------------------------------------------------- */

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
		target->again = target->lost = true;
		if (record->tried.disable.len > 0)
			target->disabled = false; /* nor is it in the store: it may say so again */
	}
	arena_free(command->arena);
	target->recording--;
	if (target->state == TARGET_RECORDING)
		line_go_on(outbox, target);
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
			.disable = disable,
			.lease = target->lease},
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

/* ---- what came of it ---------------------------------------------------------------------- */

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
	int64_t now = outbox_now_ms(outbox);
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
	line_go_on(outbox, target);
}

static void
flown(void *arg, const struct client_answer *answer)
{
	struct target *target = arg;
	struct outbox *outbox = target->outbox;
	struct judgement judgement = deliver_judge(answer->status, answer->fault,
		client_header(answer, "Retry-After"), outbox_now_ms(outbox));

	outbox->flights--;
	if (target->line[target->at].tries > 0)
		outbox->failed_flights--;
	if (outbox->stopping) { /* cut off by us: it is sent again after the start */
		target->at = target->count;
		line_go_on(outbox, target);
		return;
	}
	tried(outbox, target, answer->status, answer->took_ms, &judgement);
}

/* ---- sending ------------------------------------------------------------------------------ */

/* ERR_BUSY: the client has too much to do, or it is not ours to do. */
static struct err
send_one(struct outbox *outbox, struct target *target)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	const struct dispatch *dispatch = &target->line[target->at];
	int64_t now = outbox_now_ms(outbox);
	bool rolling = now < target->previous_until_ms;
	struct client_request request;
	int64_t lease;
	struct sending sending = {
		.id = arena_printf(arena, "ntc_%lld", (long long)dispatch->notice_id),
		.unix_s = now / MS_PER_SECOND,
		.body = dispatch->body,
		.url = str_from(target->url),
		.secrets = {str_from(target->secrets[0]),
			str_from(rolling ? target->secrets[1] : NULL)},
	};

	if (!books_works(outbox->notifier->config.books, FLIGHT_MS, &lease) ||
		lease != target->lease)
		return FAIL(ERR_BUSY, "another node may be about to tell it");
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

	if (target->disabled || target->gone || target->again) { /* since it was queued */
		line_go_on(outbox, target);
		return;
	}
	target->state = TARGET_FLYING;
	err = send_one(outbox, target);
	if (err.code == ERR_OK) {
		outbox->flights++;
		outbox->failed_flights += failed;
	} else if (err.code == ERR_BUSY) {
		target->line[target->at].next_try_ms = outbox_now_ms(outbox) + BUSY_WAIT_MS;
		line_go_on(outbox, target);
	} else { /* the URL or the secret is of no use (any more): it is a try like others */
		tried(outbox, target, 0, 0,
			&(struct judgement){.verdict = NOT_TAKEN, .error = err.what});
	}
}

void
flights_start(struct outbox *outbox)
{
	struct target *target;

	while (outbox->flights < FLIGHTS_MAX && (target = target_queue_pop(&outbox->fresh)) != NULL)
		start(outbox, target);
	while (outbox->flights < FLIGHTS_MAX && outbox->failed_flights < FLIGHTS_RETRY_MAX &&
		(target = target_queue_pop(&outbox->failed)) != NULL)
		start(outbox, target);
}
