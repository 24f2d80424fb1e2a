/* bank.c - the queue of deliveries, and what their answers mean. */
#include "bank.h"

#include <stdlib.h>

#include "chopay/clock.h"
#include "courier.h"

#define TRIES_MAX 8
#define OVERTIME_MAX_MS 1000 /* a slow gateway holds up the next buyer for so long */
#define IDLE_WAIT_MS 1000

struct bank {
	const struct simulate_options *options;
	struct ledger *ledger;
	struct simulate_summary *summary;
	struct crypt *crypt;
	struct courier *courier;
	struct delivery **pending; /* in the order they were told */
	size_t count, cap;
	bool closing, unreachable;
};

struct err
bank_new(const struct simulate_options *options, struct ledger *ledger,
	struct simulate_summary *summary, struct bank **bank)
{
	struct bank *made = mem_alloc_zero(1, sizeof(*made));
	struct err err = crypt_new(&made->crypt);

	if (err.code == ERR_OK)
		err = courier_new(options, &made->courier);
	if (err.code != ERR_OK) {
		bank_free(made);
		return err;
	}
	made->options = options;
	made->ledger = ledger;
	made->summary = summary;
	*bank = made;
	return OK;
}

static void
delivery_free(struct delivery *delivery)
{
	buf_fini(&delivery->body);
	free(delivery);
}

void
bank_free(struct bank *bank)
{
	if (bank == NULL)
		return;
	courier_free(bank->courier); /* first: it lends the bodies */
	for (size_t i = 0; i < bank->count; i++)
		delivery_free(bank->pending[i]);
	free(bank->pending);
	crypt_free(bank->crypt);
	free(bank);
}

void
bank_tell(struct bank *bank, const struct delivery *delivery)
{
	struct delivery *kept = mem_alloc(sizeof(*kept));

	if (bank->count == bank->cap) {
		bank->cap = bank->cap == 0 ? 64 : 2 * bank->cap;
		bank->pending = mem_resize(bank->pending, bank->cap * sizeof(*bank->pending));
	}
	*kept = *delivery;
	bank->pending[bank->count++] = kept;
}

size_t
bank_pending(const struct bank *bank)
{
	return bank->count;
}

bool
bank_unreachable(const struct bank *bank)
{
	return bank->unreachable;
}

void
bank_close(struct bank *bank, bool hurry)
{
	bank->closing = true;
	for (size_t i = 0; i < bank->count; i++) {
		bank->pending[i]->release_at = 0;
		if (hurry && bank->pending[i]->tries == 0)
			bank->pending[i]->due_ms = 0;
	}
}

/* ---- sending ------------------------------------------------------------------------------- */

static bool
is_due(const struct bank *bank, const struct delivery *delivery, int64_t now_ms)
{
	return !delivery->under_way && delivery->due_ms <= now_ms &&
	       delivery->release_at <= bank->summary->purchases;
}

/* Signed anew for each try, as SePay does. */
static struct err
dispatch(struct bank *bank, struct delivery *delivery)
{
	const struct sepay_caller caller = {
		bank->crypt, bank->options->mode, bank->options->secret};
	const struct clock clock = {0};
	struct buf lines[SEPAY_HEADERS_MAX] = {0};
	size_t count = sepay_headers(
		&caller, delivery->proof, clock_now_ms(&clock), buf_str(&delivery->body), lines);
	struct err err = courier_send(
		bank->courier, lines, count, buf_str(&delivery->body), delivery);

	for (size_t i = 0; i < SEPAY_HEADERS_MAX; i++)
		buf_fini(&lines[i]);
	TRY(err);
	if (delivery->kind == DELIVERY_CREDIT && delivery->tries == 0) {
		bank->summary->sent++;
		bank->summary->sent_dong += delivery->amount_dong;
	}
	bank->summary->duplicates += delivery->kind == DELIVERY_DUPLICATE && delivery->tries == 0;
	bank->summary->forged += delivery->kind == DELIVERY_FORGED && delivery->tries == 0;
	bank->summary->retries += delivery->tries > 0;
	delivery->tries++;
	delivery->under_way = true;
	return OK;
}

static struct err
send_due(struct bank *bank)
{
	int64_t now_ms = clock_monotonic_ms();

	for (size_t i = 0; i < bank->count; i++) {
		if (courier_under_way(bank->courier) == COURIER_HANDS)
			break;
		if (is_due(bank, bank->pending[i], now_ms))
			TRY(dispatch(bank, bank->pending[i]));
	}
	return OK;
}

/* ---- answers ------------------------------------------------------------------------------- */

static bool
may_pass(const struct courier_answer *answer)
{
	return answer->status == 0 || answer->status == 429 || answer->status >= 500;
}

static void
try_again(struct delivery *delivery)
{
	unsigned wait_s = delivery->tries < 3 ? 1u << (delivery->tries - 1) : 4;

	delivery->due_ms = clock_monotonic_ms() + (int64_t)wait_s * MS_PER_SECOND;
}

static void
give_up(struct bank *bank, const struct delivery *delivery, const struct courier_answer *answer)
{
	bank->summary->undelivered += delivery->kind == DELIVERY_CREDIT;
	bank->unreachable = may_pass(answer);
	if (answer->status == 0)
		summary_fault(bank->summary, "%s: %s", bank->options->endpoint, answer->fault);
	else
		summary_fault(bank->summary, "%s: a %s was answered %ld %.*s",
			bank->options->endpoint,
			delivery->kind == DELIVERY_FORGED ? "forged delivery" : "genuine delivery",
			answer->status, (int)(answer->body.len < 120 ? answer->body.len : 120),
			answer->body.len == 0 ? "" : answer->body.ptr);
}

static void
sold(struct bank *bank, const struct delivery *delivery)
{
	const struct simulate_sale sale = {
		.stall_code = delivery->stall_code,
		.amount_dong = delivery->amount_dong,
		.took_ms = clock_monotonic_ms() - delivery->started_ms,
	};

	bank->summary->delivered++;
	if (bank->options->sold != NULL)
		bank->options->sold(bank->options->arg, &sale);
}

static void
acknowledged(struct bank *bank, const struct delivery *delivery)
{
	if (delivery->entry != LEDGER_NONE)
		bank->ledger->entries[delivery->entry].acknowledged = true;
	switch (delivery->kind) {
	case DELIVERY_CREDIT:
		sold(bank, delivery);
		break;
	case DELIVERY_DUPLICATE:
		bank->summary->duplicates_answered++;
		break;
	case DELIVERY_OUTGOING:
		bank->summary->outgoing++;
		break;
	case DELIVERY_FORGED:
		break;
	}
}

/* False: it stays in the queue, to be tried again. */
static bool
judge(struct bank *bank, struct delivery *delivery, const struct courier_answer *answer)
{
	bool last = delivery->tries == TRIES_MAX;

	if (delivery->kind == DELIVERY_FORGED && !may_pass(answer)) {
		bool refused = answer->status == 401 || answer->status == 403;

		bank->summary->forgeries_refused += refused;
		bank->summary->forgeries_accepted += !refused;
		if (!refused)
			give_up(bank, delivery, answer);
		return true;
	}
	if (delivery->kind != DELIVERY_FORGED && sepay_acknowledged(answer->status, answer->body)) {
		acknowledged(bank, delivery);
		return true;
	}
	if (last)
		give_up(bank, delivery, answer);
	else
		try_again(delivery);
	return last;
}

static void
take_answers(struct bank *bank)
{
	struct courier_answer answer;

	while (courier_take(bank->courier, &answer)) {
		struct delivery *delivery = answer.parcel;
		size_t left = 0;

		delivery->under_way = false;
		if (answer.status != 0) {
			bank->summary->answers++;
			bank->summary->answer_ms_sum += answer.took_ms;
			if (answer.took_ms > bank->summary->answer_ms_max)
				bank->summary->answer_ms_max = answer.took_ms;
		}
		if (!judge(bank, delivery, &answer))
			continue;
		for (size_t i = 0; i < bank->count; i++) {
			if (bank->pending[i] != delivery)
				bank->pending[left++] = bank->pending[i];
		}
		bank->count = left;
		delivery_free(delivery);
	}
}

/* ---- work ---------------------------------------------------------------------------------- */

static bool
is_done(const struct bank *bank, int64_t until_ms, int64_t now_ms)
{
	if (bank->closing)
		return bank->count == 0 || now_ms >= until_ms;
	return now_ms >= until_ms && bank->count < BANK_PENDING_MAX &&
	       (courier_under_way(bank->courier) == 0 || now_ms >= until_ms + OVERTIME_MAX_MS);
}

/* Until the next delivery falls due, or the buyers go on. */
static int64_t
wait_ms(const struct bank *bank, int64_t until_ms, int64_t now_ms)
{
	int64_t wait = IDLE_WAIT_MS;

	if (until_ms > now_ms && until_ms - now_ms < wait)
		wait = until_ms - now_ms;
	if (courier_under_way(bank->courier) == COURIER_HANDS)
		return wait;
	for (size_t i = 0; i < bank->count; i++) {
		const struct delivery *delivery = bank->pending[i];
		int64_t left = delivery->due_ms - now_ms;

		if (!delivery->under_way && delivery->release_at <= bank->summary->purchases &&
			left < wait)
			wait = left;
	}
	return wait < 0 ? 0 : wait;
}

struct err
bank_work(struct bank *bank, int64_t until_ms, bool *stopped)
{
	*stopped = false;
	for (;;) {
		int64_t now_ms;

		take_answers(bank);
		TRY(send_due(bank));
		now_ms = clock_monotonic_ms();
		if (*stopped || is_done(bank, until_ms, now_ms))
			return OK;
		*stopped = courier_wait(bank->courier, (int)wait_ms(bank, until_ms, now_ms),
			bank->options->stop_fd);
	}
}
