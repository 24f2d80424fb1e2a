/* The payments of a history, the whole way: as Casso tells them, booked like anybody's.
 *
 * They are told in the order of time, whatever market they are of: the seconds from the bank to the
 * seller are a figure of the reports (ADOPTION section 3, S1). */
#include <stdlib.h>
#include <string.h>

#include "history_parts.h"

#define MESSAGE_MS (10 * MS_PER_SECOND) /* a bank tells together what it booked in this time */
#define AT_ONCE 250			/* credits of one commit */
#define BANK_REF_FIRST INT64_C(26209000000000) /* as a bank writes them: FT26209000000077 */
#define BEHIND_MS 1500			       /* from the bank's time to ours */
#define BACK_LATER_MS (20 * 60 * MS_PER_SECOND)

/* What a bank books: a transfer, or the one that takes it back. */
struct moment {
	int64_t id, payment_id; /* of transactions, never the same for two; payment_id: of what */
	int64_t at_ms;
	const struct history_market *market;
	int stall;
	struct history_payment payment;
};

struct telling {
	struct history *history;
	struct history_market *markets; /* all of the plan's */
	struct moment *moments;		/* not told yet */
	size_t count, capacity;
	int64_t last_id;
};

/* ---- a commit ---------------------------------------------------------------------------------
 */

struct message {
	struct settle_command settle;
	int64_t arrives_ms;
};

struct booking {
	struct command command; /* first */
	struct message *messages;
	size_t count;
};

/* Many messages in one commit, each at its own time. */
static struct err
booking_apply(struct tx *tx, struct command *self)
{
	struct booking *booking = (struct booking *)self;

	for (size_t i = 0; i < booking->count; i++) {
		tx->now_ms = booking->messages[i].arrives_ms;
		TRY(settle_apply(tx, &booking->messages[i].settle.command));
	}
	return OK;
}

static void
put_moment(struct buf *body, const struct history *history, const struct moment *moment)
{
	struct buf when CLEANUP(buf_fini) = {0}, account CLEANUP(buf_fini) = {0};
	struct buf payer CLEANUP(buf_fini) = {0};
	bool back = moment->id != moment->payment_id;

	time_format_rfc3339(&when, moment->at_ms);
	when.ptr[10] = ' ';
	history_stall_account(&account, moment->stall);
	if (!back)
		history_account(&payer, moment->market, &moment->payment);
	/* The bank takes it back: its reference says of what. */
	buf_addf(body,
		"{\"id\":%lld,\"tid\":\"FT%014lld\",\"when\":\"%.19s\",\"bank_sub_acc_id\":\"%.*s\","
		"\"amount\":%lld,\"description\":\"%s%.*s\",\"corresponsiveAccount\":\"%.*s\"}",
		(long long)moment->id, (long long)(BANK_REF_FIRST + moment->payment_id), when.ptr,
		STR_FMT(buf_str(&account)),
		(long long)(back ? -moment->payment.amount : moment->payment.amount),
		back ? "HOAN TIEN" : "CK ",
		STR_FMT(back ? STR("") : history->places[moment->stall].reference),
		STR_FMT(buf_str(&payer)));
}

static struct err
message_make(struct history *history, struct arena *arena, const struct moment *moments,
	size_t count, struct message *made)
{
	struct feed_message message = {.content_type = STR("application/json")};
	struct buf body CLEANUP(buf_fini) = {0};
	struct feed_events events;

	*made = (struct message){
		.settle = {.command = {.apply = settle_apply, .arena = arena},
			.feed = feed_find(STR("casso_v1")),
			.endpoint_id = STR("history"),
			.content_type = STR("application/json")},
		.arrives_ms = moments[count - 1].at_ms + BEHIND_MS,
	};
	for (size_t i = 0; i < count; i++) {
		buf_adds(&body, i == 0 ? "{\"error\":0,\"data\":[" : ",");
		put_moment(&body, history, &moments[i]);
	}
	buf_adds(&body, "]}");
	message.body = made->settle.raw = arena_copy(arena, buf_str(&body));
	message.now_ms = made->arrives_ms;
	if (made->settle.feed->parse(arena, &message, &events) != FEED_OK)
		return FAIL(ERR_BROKEN, "a message of the history is not what Casso tells");
	made->settle.events = events.items;
	made->settle.event_count = events.count;
	made->settle.bank_bins = banks_of_events(history->banks, arena, events.items, events.count);
	return OK;
}

/* How many of them a bank tells together. */
static size_t
of_one_message(const struct moment *moments, size_t count)
{
	size_t n = 1;

	while (n < count && moments[n].at_ms < moments[0].at_ms + MESSAGE_MS)
		n++;
	return n;
}

static struct err
book(struct history *history, const struct moment *moments, size_t count)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct booking booking = {
		.command = {.apply = booking_apply, .arena = arena},
		.messages = arena_alloc(arena, count * sizeof(*booking.messages)),
	};

	for (size_t at = 0, n; at < count; at += n) {
		struct message *message = &booking.messages[booking.count++];

		n = of_one_message(moments + at, count - at);
		TRY(message_make(history, arena, moments + at, n, message));
		if (message->arrives_ms > history->clock_ms)
			history->clock_ms = message->arrives_ms;
	}
	return books_submit_wait(history->books, &booking.command);
}

/* ---- days -------------------------------------------------------------------------------------
 */

static void
add_moment(struct telling *telling, const struct moment *moment)
{
	telling->moments = mem_room(
		telling->moments, sizeof(*telling->moments), telling->count, &telling->capacity);
	telling->moments[telling->count++] = *moment;
}

static void
add_payment(struct telling *telling, const struct history_market *market, int stall,
	const struct history_payment *payment)
{
	struct moment moment = {
		.id = ++telling->last_id,
		.payment_id = telling->last_id,
		.at_ms = payment->at_ms,
		.market = market,
		.stall = stall,
		.payment = *payment,
	};

	add_moment(telling, &moment);
	telling->history->summary->payments++;
	if (!payment->given_back)
		return;
	moment.id = ++telling->last_id;
	moment.at_ms += BACK_LATER_MS;
	add_moment(telling, &moment);
	telling->history->summary->refunds++;
}

static void
add_market_day(struct telling *telling, const struct history_market *market, int32_t day)
{
	const struct history_plan *plan = &telling->history->plan;
	struct history_payment payments[HISTORY_DAY_MAX];

	for (int i = 0; i < market->stall_count; i++) {
		struct history_stall stall;
		size_t count;

		history_stall(plan, market, i, &stall);
		count = history_stall_day(plan, market, &stall, day, payments);
		for (size_t n = 0; n < count; n++)
			add_payment(telling, market, market->first_stall + i, &payments[n]);
	}
}

static int
by_time(const void *a, const void *b)
{
	const struct moment *one = a, *other = b;

	if (one->at_ms != other->at_ms)
		return one->at_ms < other->at_ms ? -1 : 1;
	return (one->id > other->id) - (one->id < other->id);
}

/* Those before `until_ms`: a night market's day goes on while another market's next begins. */
static struct err
tell_until(struct telling *telling, int64_t until_ms)
{
	size_t told = 0, n;

	qsort(telling->moments, telling->count, sizeof(*telling->moments), by_time);
	for (; told < telling->count && telling->moments[told].at_ms < until_ms; told += n) {
		for (n = 1; n < AT_ONCE && told + n < telling->count &&
			    telling->moments[told + n].at_ms < until_ms;)
			n++;
		TRY(book(telling->history, telling->moments + told, n));
	}
	telling->count -= told;
	memmove(telling->moments, telling->moments + told,
		telling->count * sizeof(*telling->moments));
	return OK;
}

static struct err
tell_day(struct telling *telling, int32_t day)
{
	const struct history_plan *plan = &telling->history->plan;

	history_tick(
		telling->history, "days", day - plan->from_day, plan->to_day - plan->from_day + 1);
	for (int m = 0; m < plan->markets; m++)
		add_market_day(telling, &telling->markets[m], day);
	return telling->count == 0
		       ? OK
		       : tell_until(telling,
				 day == plan->to_day ? INT64_MAX : day_start_ms(day + 1, 0));
}

struct err
history_pay(struct history *history)
{
	const struct history_plan *plan = &history->plan;
	struct telling telling = {
		.history = history,
		.markets = arena_alloc(
			history->arena, (size_t)plan->markets * sizeof(*telling.markets)),
	};
	struct err err = OK;

	for (int m = 0; m < plan->markets; m++)
		history_market(plan, m, &telling.markets[m]);
	for (int32_t day = plan->from_day; day <= plan->to_day && err.code == ERR_OK; day++) {
		err = tell_day(&telling, day);
		if (history_stopped(history))
			break;
	}
	free(telling.moments);
	return err;
}
