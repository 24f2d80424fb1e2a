/* Alarms over /v1: what a person must look at, newest first. */
#include "api.h"

static json_t *
alarm_json(const struct alarm *alarm)
{
	json_t *json = json_object();

	json_set_id(json, "id", alarm->id);
	json_set_str(json, "kind", alarm->kind);
	json_set_str(json, "subject", alarm->subject);
	json_set_str(json, "detail", alarm->detail);
	json_set_time(json, "at", alarm->created_at_ms);
	return json;
}

static struct err
alarms_answer(struct db *db, struct ask *ask)
{
	struct alarm *alarms = arena_alloc(ask->query.arena, ask->max * sizeof(*alarms));
	json_t *items;
	size_t count;

	if (!may(&ask->who, SEE_ALARMS, 0))
		return ask_denied(ask);
	TRY(alarms_list(db, ask->query.arena, ask->word, ask->after, ask->max, alarms, &count));
	items = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, alarm_json(&alarms[i]));
	ask->json = list_json(
		"alarms", items, count, ask->max, count == 0 ? 0 : alarms[count - 1].id);
	return OK;
}

void
alarms_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = alarms_answer;
	if (!request_query(req, "kind", &ask->word))
		ask->word = STR("");
	if (ask_page(ask))
		ask_send(ask);
}
