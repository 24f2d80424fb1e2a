/* Lists over /v1: stalls, payments. */
#include "operator.h"

/* ---- stalls
 * ----------------------------------------------------------------------------------------- */

static struct err
stalls_answer(struct db *db, struct ask *ask)
{
	struct stall *stalls = arena_alloc(ask->query.arena, ask->max * sizeof(*stalls));
	json_t *items;
	size_t count;

	if (!may(&ask->who, LIST_STALLS, 0))
		return ask_denied(ask);
	TRY(stalls_search(db, ask->query.arena, ask->who.market_id, STR(""), ask->after, ask->max,
		stalls, &count));
	items = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, stall_json(&stalls[i]));
	ask->json = list_json(
		"stalls", items, count, ask->max, count == 0 ? 0 : stalls[count - 1].id);
	return OK;
}

void
stalls_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = stalls_answer;
	if (ask_page(ask))
		ask_send(ask);
}

static struct err
stall_answer(struct db *db, struct ask *ask)
{
	struct err err = stalls_find(db, ask->query.arena, ask->word, &ask->stall);
	json_t *json;
	struct str text;

	if (err.code != ERR_OK)
		ask->stall = (struct stall){0};
	if (!may_at(&ask->who, SEE_STALL, ask->stall.id, ask->stall.market_id))
		return ask_denied(ask);
	TRY(err);
	json = stall_json(&ask->stall);
	if (code_text(ask->query.arena, &ask->stall, 0, ask->stall.reference, &text).code == ERR_OK)
		json_set_str(json, "payload", text);
	else
		json_object_set_new(json, "payload", json_null());
	json_set_str(json, "qr_png",
		arena_printf(ask->query.arena, "/q/%.*s.png", STR_FMT(ask->stall.reference)));
	json_set_str(json, "qr_svg",
		arena_printf(ask->query.arena, "/q/%.*s.svg", STR_FMT(ask->stall.reference)));
	ask->json = json;
	return OK;
}

void
stall_get(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "stall");
	ask->answer = stall_answer;
	ask_send(ask);
}

/* ---- payments
 * --------------------------------------------------------------------------------------- */

static json_t *
payments_list(const struct ask *ask, const struct payment *payments, size_t count)
{
	json_t *items = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, payment_json(&payments[i]));
	return list_json(
		"payments", items, count, ask->max, count == 0 ? 0 : payments[count - 1].id);
}

static struct err
stall_payments_answer(struct db *db, struct ask *ask)
{
	struct payment *payments = arena_alloc(ask->query.arena, ask->max * sizeof(*payments));
	struct err err = stalls_find(db, ask->query.arena, ask->word, &ask->stall);
	size_t count;

	if (!may(&ask->who, SEE_PAYMENTS, err.code == ERR_OK ? ask->stall.id : 0))
		return ask_denied(ask);
	TRY(err);
	TRY(payments_before(
		db, ask->query.arena, ask->stall.id, ask->after, ask->max, payments, &count));
	ask->json = payments_list(ask, payments, count);
	return OK;
}

void
stall_payments(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "stall");
	ask->answer = stall_payments_answer;
	if (ask_page(ask))
		ask_send(ask);
}

static struct err
payments_answer(struct db *db, struct ask *ask)
{
	struct payment *payments = arena_alloc(ask->query.arena, ask->max * sizeof(*payments));
	size_t count;

	if (!may(&ask->who, SEE_ALL_PAYMENTS, 0))
		return ask_denied(ask);
	TRY(payments_after(
		db, ask->query.arena, ask->after, ask->since_ms, ask->max, payments, &count));
	ask->json = payments_list(ask, payments, count);
	return OK;
}

void
payments_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct str text;

	ask->answer = payments_answer;
	ask->since_ms = INT64_MIN;
	if (request_query(req, "since", &text) &&
		time_parse_rfc3339(text, &ask->since_ms).code != ERR_OK &&
		time_parse_local(text, &ask->since_ms).code != ERR_OK)
		ask_refuse(ask, "since is a time: 2026-07-28T14:30:45+07:00 or 2026-07-28");
	else if (ask_page(ask))
		ask_send(ask);
}
