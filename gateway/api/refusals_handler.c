/* GET /v1/refusals: the deliveries that were refused last, newest first. */
#include "operator.h"
#include "refusals.h"

static json_t *
refusal_json(const struct refusal *refusal)
{
	json_t *json = json_object();

	json_set_id(json, "id", refusal->number);
	json_set_time(json, "at", refusal->at_ms);
	if (refusal->feed == NULL)
		json_object_set_new(json, "feed", json_null());
	else
		json_set_str(json, "feed", str_from(refusal->feed->name));
	json_set_str(json, "endpoint", str_from(refusal->endpoint));
	json_set_str(json, "reason", str_from(refused_name(refusal->reason)));
	json_set_str(json, "what", str_from(refusal->what));
	json_set_str(json, "peer", str_from(refusal->peer));
	json_set_str(json, "request_id", str_from(refusal->request));
	return json;
}

struct err
refusals_answer(struct db *db, struct ask *ask)
{
	struct refusal *found = arena_alloc(ask->query.arena, ask->max * sizeof(*found));
	json_t *items;
	size_t count;

	(void)db;
	if (!may(&ask->who, SEE_REFUSALS, 0))
		return ask_denied(ask);
	count = refusals_before(ask->api->config.counts->refusals, ask->after, ask->max, found);
	items = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, refusal_json(&found[i]));
	ask->json = list_json(
		"refusals", items, count, ask->max, count == 0 ? 0 : found[count - 1].number);
	return OK;
}

void
refusals_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = refusals_answer;
	if (ask_page(ask))
		ask_send(ask);
}
