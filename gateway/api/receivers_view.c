/* Receivers over /v1, looked at: each with what waits for it, and the log of the attempts. */
#include "operator.h"

static void
set_or_null(json_t *json, const char *name, struct str text)
{
	if (text.len > 0)
		json_set_str(json, name, text);
	else
		json_object_set_new(json, name, json_null());
}

json_t *
receiver_json(const struct receiver *receiver)
{
	json_t *json = json_object();

	json_set_id(json, "id", receiver->id);
	json_set_str(json, "url", receiver->url);
	set_or_null(json, "stall", receiver->stall_code);
	set_or_null(json, "stall_reference", receiver->stall_reference);
	json_set_time(json, "created_at", receiver->created_at_ms);
	json_set_time_or_null(json, "previous_until", receiver->previous_until_ms);
	json_set_time_or_null(json, "disabled_at", receiver->disabled_at_ms);
	set_or_null(json, "disabled_why", receiver->disabled_why);
	return json;
}

static struct err
counted_json(struct db *db, const struct receiver *receiver, json_t **json)
{
	struct dispatch_counts counts;

	TRY(dispatches_count(db, receiver->id, &counts));
	*json = receiver_json(receiver);
	json_set_i64(*json, "waiting", counts.waiting);
	json_set_i64(*json, "dead", counts.dead);
	return OK;
}

struct err
receivers_answer(struct db *db, struct ask *ask)
{
	struct receiver *rows = arena_alloc(ask->query.arena, ask->max * sizeof(*rows));
	json_t *items CLEANUP(json_cleanup) = json_array(), *item;
	size_t count;

	if (!may(&ask->who, SEE_RECEIVERS, 0))
		return ask_denied(ask);
	TRY(receivers_list(db, ask->query.arena, ask->after, ask->max, rows, &count));
	for (size_t i = 0; i < count; i++) {
		TRY(counted_json(db, &rows[i], &item));
		json_array_append_new(items, item);
	}
	ask->json = list_json("receivers", json_incref(items), count, ask->max,
		count == 0 ? 0 : rows[count - 1].id);
	return OK;
}

void
receivers_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = receivers_answer;
	if (ask_page(ask))
		ask_send_long(ask); /* it counts what waits */
}

/* The receiver of the path; whoever may not see it does not learn whether it exists. */
static struct err
find(struct db *db, struct ask *ask, struct receiver *receiver)
{
	int64_t id;

	if (!may(&ask->who, SEE_RECEIVERS, 0))
		return ask_denied(ask);
	if (str_to_i64(ask->word, &id).code != ERR_OK)
		return FAIL(ERR_NOT_FOUND, "no such receiver");
	return receivers_get(db, ask->query.arena, id, receiver);
}

struct err
receiver_answer(struct db *db, struct ask *ask)
{
	struct receiver receiver;

	TRY(find(db, ask, &receiver));
	return counted_json(db, &receiver, &ask->json);
}

void
receiver_get(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "receiver");
	ask->answer = receiver_answer;
	ask_send_long(ask);
}

/* ---- the log ------------------------------------------------------------------------------ */

static json_t *
attempt_json(const struct dispatch_attempt *attempt)
{
	json_t *json = json_object();

	json_set_id(json, "notice", attempt->notice_id);
	json_set_i64(json, "attempt", attempt->attempt);
	json_set_time(json, "at", attempt->at_ms);
	json_set_i64(json, "took_ms", attempt->took_ms);
	json_object_set_new(
		json, "status", attempt->status == 0 ? json_null() : json_integer(attempt->status));
	set_or_null(json, "error", attempt->error);
	json_set_str(json, "state", attempt->state);
	return json;
}

struct err
attempts_answer(struct db *db, struct ask *ask)
{
	struct dispatch_attempt *rows = arena_alloc(ask->query.arena, ask->max * sizeof(*rows));
	struct receiver receiver;
	json_t *items;
	size_t count;

	TRY(find(db, ask, &receiver));
	TRY(attempts_list(db, ask->query.arena, receiver.id, ask->after, ask->max, rows, &count));
	items = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, attempt_json(&rows[i]));
	ask->json = list_json(
		"attempts", items, count, ask->max, count == 0 ? 0 : rows[count - 1].id);
	return OK;
}

void
receiver_log(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "receiver");
	ask->answer = attempts_answer;
	if (ask_page(ask))
		ask_send(ask);
}
