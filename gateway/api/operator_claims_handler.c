/* /operator/claims: what stalls say was sent and no bank has told, and what each might be: a
 * payment that came since, a credit in suspense, a delivery that was refused at that time. */
#include "chopay/alarms.h"
#include "chopay/books.h"
#include "chopay/claims.h"
#include "chopay/suspense.h"
#include "operator.h"
#include "refusals.h"
#include "suspense.h"

#define LIKELY_MAX 5 /* of each kind, shown of one claim */

/* The last refused deliveries, copied once for all claims of the page. */
struct refused_last {
	struct refusal *at;
	size_t count;
};

static struct err
add_payments(struct db *db, struct arena *arena, const struct claim *claim, json_t *item)
{
	struct payment payments[LIKELY_MAX];
	json_t *list = json_array();
	size_t count;

	json_object_set_new(item, "payments", list);
	TRY(payments_like(db, arena, claim->stall_id, claim->amount, claim->at_ms - CLAIM_BEFORE_MS,
		claim->at_ms + CLAIM_AFTER_MS, LIKELY_MAX, payments, &count));
	for (size_t i = 0; i < count; i++) {
		json_t *payment;

		/* What was there when the stall asked was shown to it then: it is not this one. */
		if (payments[i].arrived_at_ms <= claim->created_at_ms)
			continue;
		payment = json_object();
		json_set_time(payment, "booked_at", payments[i].booked_at_ms);
		json_set_time(payment, "arrived_at", payments[i].arrived_at_ms);
		json_set_str(payment, "charge", payments[i].charge_reference);
		json_array_append_new(list, payment);
	}
	return OK;
}

/* On whichever account: a transfer that was mistyped lies on another's. */
static struct err
add_credits(struct db *db, struct ask *ask, const struct claim *claim, json_t *item)
{
	struct arena *arena = ask->query.arena;
	struct suspense credits[LIKELY_MAX];
	json_t *list = json_array(), *credit;
	size_t count;

	json_object_set_new(item, "credits", list);
	TRY(suspense_of_amount(db, arena, claim->amount, claim->at_ms - CLAIM_BEFORE_MS,
		claim->at_ms + CLAIM_AFTER_MS, books_before(claim->at_ms - CLAIM_BEFORE_MS),
		LIKELY_MAX, credits, &count));
	for (size_t i = 0; i < count; i++) {
		TRY(suspense_json(db, arena, &credits[i], &credit));
		json_object_set_new(credit, "own",
			json_boolean(str_eq(credits[i].account_no, ask->stall.account_no)));
		json_array_append_new(list, credit);
	}
	return OK;
}

static void
add_refusals(const struct refused_last *last, const struct claim *claim, json_t *item)
{
	json_t *list = json_array();

	json_object_set_new(item, "refusals", list);
	for (size_t i = 0; i < last->count && json_array_size(list) < LIKELY_MAX; i++) {
		const struct refusal *refusal = &last->at[i];
		json_t *one;

		/* A path that is no endpoint was called by anybody: it held no credit of ours. */
		if (refusal->feed == NULL || refusal->at_ms < claim->at_ms - CLAIM_BEFORE_MS ||
			refusal->at_ms > claim->at_ms + CLAIM_AFTER_MS)
			continue;
		one = json_object();
		json_set_time(one, "at", refusal->at_ms);
		json_set_str(one, "feed", str_from(refusal->feed->name));
		json_set_str(one, "reason", str_from(refused_name(refusal->reason)));
		json_array_append_new(list, one);
	}
}

/* What the stall said, beside the alarm that told of it. */
static struct err
add_claim(struct db *db, struct ask *ask, const struct alarm *alarm,
	const struct refused_last *last, json_t *item)
{
	struct arena *arena = ask->query.arena;
	struct claim claim;
	struct err err = stalls_find(db, arena, alarm->subject, &ask->stall);

	if (err.code == ERR_OK)
		err = claims_not_arrived(db, arena, ask->stall.id, alarm->created_at_ms, &claim);
	if (err.code == ERR_NOT_FOUND)
		return OK; /* the alarm's own words say what there is to say */
	TRY(err);
	json_object_set_new(item, "stall", stall_json(&ask->stall));
	json_set_i64(item, "amount", claim.amount.dong);
	json_set_time(item, "sent_at", claim.at_ms);
	TRY(add_payments(db, arena, &claim, item));
	TRY(add_credits(db, ask, &claim, item));
	add_refusals(last, &claim, item);
	json_object_set_new(item, "any",
		json_boolean(json_array_size(json_object_get(item, "payments")) > 0 ||
			     json_array_size(json_object_get(item, "credits")) > 0 ||
			     json_array_size(json_object_get(item, "refusals")) > 0));
	return OK;
}

static struct refused_last
last_refused(struct ask *ask)
{
	struct refused_last last = {
		.at = arena_alloc(ask->query.arena, REFUSALS_KEPT * sizeof(*last.at))};

	last.count = refusals_before(ask->api->config.counts->refusals, 0, REFUSALS_KEPT, last.at);
	return last;
}

static struct err
claims_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	const struct alarm_filter *filter = ask->more;
	struct alarm *alarms = arena_alloc(arena, ask->max * sizeof(*alarms));
	struct refused_last last = last_refused(ask);
	json_t *items = json_array(), *item;
	size_t count = 0;
	struct err err = alarms_list(db, arena, filter, ask->after, ask->max, alarms, &count);

	ask->json = list_json(
		"claims", items, count, ask->max, count == 0 ? 0 : alarms[count - 1].id);
	json_object_set_new(ask->json, "all", json_boolean(filter->state == ALARMS_ALL));
	for (size_t i = 0; i < count && err.code == ERR_OK; i++) {
		item = alarm_json(&alarms[i]);
		json_array_append_new(items, item);
		err = add_claim(db, ask, &alarms[i], &last, item);
	}
	return err;
}

static const struct operator_page claims_page = {
	.action = SEE_SUSPENSE,
	.template_path = "gateway/web/operator/claims.html",
	.answer = claims_answer,
	/* A credit's reason and a refusal's stand in two families of words. */
	.words = {{"reason", "operator.suspense.", NULL},
		{"reason", "operator.refused.", "refused"}},
};

void
operator_claims(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct alarm_filter *filter = arena_alloc(request_arena(req), sizeof(*filter));
	struct str state;

	*filter = (struct alarm_filter){.kind = STR("buyer_says_paid"), .state = ALARMS_OPEN};
	if (request_query(req, "state", &state) && str_eq(state, STR("all")))
		filter->state = ALARMS_ALL;
	ask->more = filter;
	operator_page_at(ask);
	operator_page_send(ask, &claims_page);
}

void
operator_claim_close(struct request *req)
{
	static const struct operator_act act = {
		.action = CLOSE_ALARMS,
		.handler = alarm_post_closing,
		.back = "/operator/claims",
		.done = "closed",
	};

	operator_act(req, &act);
}
