/* A stall's payments of a day, and one of them with what went back of it. */
#include "stall_pages.h"

#define PAYMENTS_A_PAGE 50
#define BACK_SHOWN_MAX 50 /* refunds, and notes, of one payment */

/* ---- a day ------------------------------------------------------------------------------------
 */

/* The owner alone sees sums, and other days. */
static struct err
set_day(struct db *db, struct ask *ask, int32_t day, int32_t today)
{
	struct arena *arena = ask->query.arena;
	int64_t count;
	struct vnd value;

	json_set_str(ask->json, "date_text", date_text(arena, day));
	json_object_set_new(ask->json, "is_today", json_boolean(day == today));
	if (!may(&ask->who, SEE_PAYMENTS, ask->stall.id))
		return OK;
	TRY(cells_of_stall(db, ask->stall.id, day, &count, &value));
	json_set_str(ask->json, "count_text", amount_text(arena, count));
	json_set_str(ask->json, "value_text", amount_text(arena, value.dong));
	json_set_str(ask->json, "day", day_text(arena, day));
	json_set_str(ask->json, "today", day_text(arena, today));
	json_set_str(ask->json, "day_before", day_text(arena, day - 1));
	if (day < today)
		json_set_str(ask->json, "day_after", day_text(arena, day + 1));
	return OK;
}

/* The day that is asked for.  What is no day, or has not come, is said above today's. */
static void
read_day(struct ask *ask, int32_t today, int32_t *day)
{
	*day = today;
	if (ask->word.len == 0)
		return;
	if (day_parse(ask->word, day).code != ERR_OK)
		ask->word2 = STR("stall.history.no_day");
	else if (*day > today)
		ask->word2 = STR("stall.history.ahead");
	if (ask->word2.len == 0)
		return;
	*day = today;
	ask->after = 0; /* a place in another day's list */
	json_set_str(ask->json, "message", words_find(ask->lang, ask->word2));
}

static struct err
history_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct payment *payments = arena_alloc(arena, (PAYMENTS_A_PAGE + 1) * sizeof(*payments));
	json_t *items = json_array();
	int32_t today, day;
	size_t count;

	TRY(stall_page_begin(db, ask));
	json_object_set_new(ask->json, "payments", items);
	today = day_of(ask->now_ms, ask->stall.day_cut_min);
	read_day(ask, today, &day);
	if (day != today && !may(&ask->who, SEE_PAYMENTS, ask->stall.id))
		return FAIL(ERR_DENIED, "other days are the owner's to see");
	TRY(set_day(db, ask, day, today));
	TRY(payments_of_day(
		db, arena, ask->stall.id, day, ask->after, PAYMENTS_A_PAGE + 1, payments, &count));
	for (size_t i = 0; i < count && i < PAYMENTS_A_PAGE; i++)
		json_array_append_new(items, payment_data(arena, &payments[i], ask->lang));
	if (count > PAYMENTS_A_PAGE)
		json_set_str(ask->json, "older_href",
			arena_printf(arena, "/stall/history?day=%.*s&before=%lld",
				STR_FMT(day_text(arena, day)),
				(long long)payments[PAYMENTS_A_PAGE - 1].id));
	json_object_set_new(ask->json, "is_further", json_boolean(ask->after > 0));
	return page_render(&ask->bytes, "gateway/web/stall/history.html", ask->json);
}

static void
history_reply(struct ask *ask)
{
	if (ask->query.result.code == ERR_OK && ask->word2.len > 0)
		reply_page(ask->req, 400, buf_str(&ask->bytes));
	else
		stall_page_reply(ask);
}

void
stall_history(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct str before;

	request_query(req, "day", &ask->word);
	if (request_query(req, "before", &before) &&
		(str_to_i64(before, &ask->after).code != ERR_OK || ask->after < 0))
		ask->after = 0;
	ask->answer = history_answer;
	ask->reply = history_reply;
	ask_send(ask);
}

/* ---- one payment ------------------------------------------------------------------------------
 */

static json_t *
back_data(struct ask *ask, struct vnd amount, int64_t at_ms, struct str why)
{
	json_t *item = json_object();

	json_set_str(item, "amount_text", amount_text(ask->query.arena, amount.dong));
	json_set_str(item, "time_text", moment_text(ask->query.arena, at_ms, ask->now_ms));
	json_set_str(item, "why", why);
	return item;
}

/* What the books say went back, and what the stall says. */
static struct err
set_back(struct db *db, struct ask *ask, const struct payment *payment)
{
	struct arena *arena = ask->query.arena;
	struct adjustment *made = arena_alloc(arena, BACK_SHOWN_MAX * sizeof(*made));
	struct claim *said = arena_alloc(arena, BACK_SHOWN_MAX * sizeof(*said));
	json_t *refunds = json_array(), *claims = json_array();
	size_t count;

	json_object_set_new(ask->json, "refunds", refunds);
	json_object_set_new(ask->json, "claims", claims);
	TRY(adjustments_of_payment(
		db, arena, payment->stall_id, payment->id, BACK_SHOWN_MAX, made, &count));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(refunds,
			back_data(ask, made[i].amount, made[i].created_at_ms, made[i].why));
	TRY(claims_of_payment(
		db, arena, payment->stall_id, payment->id, BACK_SHOWN_MAX, said, &count));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(
			claims, back_data(ask, said[i].amount, said[i].created_at_ms, said[i].why));
	json_object_set_new(ask->json, "is_any_refund", json_boolean(json_array_size(refunds) > 0));
	json_object_set_new(ask->json, "is_any_claim", json_boolean(json_array_size(claims) > 0));
	return OK;
}

static void
set_payment(struct ask *ask, const struct payment *payment)
{
	struct arena *arena = ask->query.arena;
	json_t *item = payment_data(arena, payment, ask->lang);
	int32_t day = payment->day;

	json_set_str(item, "booked_text", moment_text(arena, payment->booked_at_ms, 0));
	json_set_str(item, "arrived_text", moment_text(arena, payment->arrived_at_ms, 0));
	json_set_str(item, "bank_ref", payment->bank_ref);
	json_object_set_new(
		item, "is_left", json_boolean(payment->refunded.dong < payment->amount.dong));
	json_object_set_new(ask->json, "payment", item);
	json_set_str(ask->json, "day", day_text(arena, day));
	json_set_str(ask->json, "date_text", date_text(arena, day));
}

static struct err
payment_answer(struct db *db, struct ask *ask)
{
	struct payment payment;

	TRY(stall_page_begin(db, ask));
	TRY(payments_get(db, ask->query.arena, ask->after, &payment));
	if (payment.stall_id != ask->stall.id)
		return FAIL(ERR_NOT_FOUND, "no such payment");
	if (payment.day != day_of(ask->now_ms, ask->stall.day_cut_min) &&
		!may(&ask->who, SEE_PAYMENTS, ask->stall.id))
		return FAIL(ERR_DENIED, "other days are the owner's to see");
	set_payment(ask, &payment);
	TRY(set_back(db, ask, &payment));
	if (str_eq(ask->word, STR("amount")) || str_eq(ask->word, STR("left")) ||
		str_eq(ask->word, STR("why")))
		json_set_str(ask->json, "message",
			words_find(ask->lang, arena_printf(ask->query.arena, "stall.back.bad_%.*s",
						      STR_FMT(ask->word))));
	return page_render(&ask->bytes, "gateway/web/stall/detail.html", ask->json);
}

void
stall_payment(struct request *req)
{
	struct ask *ask = ask_new(req);

	if (str_to_i64(request_param(req, "payment"), &ask->after).code != ERR_OK) {
		reply_message_page(req, 404, "error.not_found");
		return;
	}
	request_query(req, "error", &ask->word);
	ask->answer = payment_answer;
	ask->reply = stall_page_reply;
	ask_send(ask);
}
