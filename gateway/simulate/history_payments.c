/* The payments of a history, the whole way: batches as Casso tells them, booked like anybody's. */
#include <stdlib.h>

#include "history_parts.h"

#define BATCH 250			       /* credits of a message */
#define BANK_REF_FIRST INT64_C(26209000000000) /* as a bank writes them: FT26209000000077 */
#define BEHIND_MS 1500			       /* from the bank's time to ours */
#define BACK_LATER_MS (20 * 60 * MS_PER_SECOND)

struct batch {
	struct history *history;
	struct buf body;
	size_t count;
	int64_t next_id; /* of transactions; never the same for two */
};

static void
put_row(struct batch *batch, int64_t id, int64_t bank_ref, int64_t at_ms, struct str account,
	int64_t amount, struct str note, struct str payer)
{
	struct buf when CLEANUP(buf_fini) = {0};

	time_format_rfc3339(&when, at_ms);
	when.ptr[10] = ' ';
	buf_addf(&batch->body,
		"%s{\"id\":%lld,\"tid\":\"FT%014lld\",\"when\":\"%.19s\",\"bank_sub_acc_id\":\"%.*s\","
		"\"amount\":%lld,\"description\":\"%.*s\",\"corresponsiveAccount\":\"%.*s\"}",
		batch->count == 0 ? "{\"error\":0,\"data\":[" : ",", (long long)id,
		(long long)(BANK_REF_FIRST + bank_ref), when.ptr, STR_FMT(account),
		(long long)amount, STR_FMT(note), STR_FMT(payer));
	batch->count++;
}

static struct err
send_batch(struct batch *batch)
{
	struct history *history = batch->history;
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct feed_message message = {.content_type = STR("application/json")};
	struct settle_command settle = {
		.command = {.apply = settle_apply, .arena = arena},
		.feed = feed_find(STR("casso_v1")),
		.endpoint_id = STR("history"),
		.content_type = STR("application/json"),
	};
	struct feed_events events;

	if (batch->count == 0)
		return OK;
	buf_adds(&batch->body, "]}");
	message.body = settle.raw = buf_str(&batch->body);
	message.now_ms = history->clock_ms;
	if (settle.feed->parse(arena, &message, &events) != FEED_OK)
		return FAIL(ERR_BROKEN, "a batch of the history is not what Casso tells");
	settle.events = events.items;
	settle.event_count = events.count;
	settle.bank_bins = banks_of_events(history->banks, arena, events.items, events.count);
	TRY(books_submit_wait(history->books, &settle.command));
	buf_clear(&batch->body);
	batch->count = 0;
	return OK;
}

/* The transfer, and the one that gives it back. */
static struct err
tell(struct batch *batch, const struct history_market *market, int stall,
	const struct history_payment *payment)
{
	struct history *history = batch->history;
	struct buf account CLEANUP(buf_fini) = {0}, payer CLEANUP(buf_fini) = {0};
	struct buf note CLEANUP(buf_fini) = {0};
	int64_t id = batch->next_id++;

	history_stall_account(&account, stall);
	history_account(&payer, market, payment);
	buf_addf(&note, "CK %.*s", STR_FMT(history->places[stall].reference));
	put_row(batch, id, id, payment->at_ms, buf_str(&account), payment->amount, buf_str(&note),
		buf_str(&payer));
	if (payment->at_ms + BEHIND_MS > history->clock_ms)
		history->clock_ms = payment->at_ms + BEHIND_MS;
	history->summary->payments++;
	if (payment->given_back) {
		/* The bank takes it back: its reference says of what. */
		put_row(batch, batch->next_id++, id, payment->at_ms + BACK_LATER_MS,
			buf_str(&account), -payment->amount, STR("HOAN TIEN"), STR(""));
		history->summary->refunds++;
	}
	return batch->count < BATCH ? OK : send_batch(batch);
}

static int
by_time(const void *a, const void *b)
{
	const struct history_payment *one = a, *other = b;

	return (one->at_ms > other->at_ms) - (one->at_ms < other->at_ms);
}

static struct err
pay_market_day(struct batch *batch, const struct history_market *market, int32_t day)
{
	const struct history_plan *plan = &batch->history->plan;
	struct history_payment payments[HISTORY_DAY_MAX];

	for (int i = 0; i < market->stall_count; i++) {
		struct history_stall stall;
		size_t count;

		history_stall(plan, market, i, &stall);
		count = history_stall_day(plan, market, &stall, day, payments);
		qsort(payments, count, sizeof(*payments), by_time);
		for (size_t n = 0; n < count; n++)
			TRY(tell(batch, market, market->first_stall + i, &payments[n]));
	}
	return OK;
}

struct err
history_pay(struct history *history)
{
	const struct history_plan *plan = &history->plan;
	struct batch batch = {.history = history, .next_id = 1};
	struct err err = OK;

	for (int32_t day = plan->from_day; day <= plan->to_day && err.code == ERR_OK; day++) {
		history_tick(
			history, "days", day - plan->from_day, plan->to_day - plan->from_day + 1);
		for (int m = 0; m < plan->markets && err.code == ERR_OK; m++) {
			struct history_market market;

			history_market(plan, m, &market);
			err = pay_market_day(&batch, &market, day);
		}
		if (err.code == ERR_OK)
			err = send_batch(&batch);
		if (history_stopped(history))
			break;
	}
	buf_fini(&batch.body);
	return err;
}
