/* Alarms over /v1: what a person must look at, newest first; and closed by one, with a word why. */
#include "chopay/watching.h"
#include "operator.h"

json_t *
alarm_json(const struct alarm *alarm)
{
	json_t *json = json_object();

	json_set_id(json, "id", alarm->id);
	json_set_str(json, "kind", alarm->kind);
	json_set_str(json, "subject", alarm->subject);
	json_set_str(json, "detail", alarm->detail);
	json_set_time(json, "at", alarm->created_at_ms);
	json_set_time_or_null(json, "closed_at", alarm->closed_at_ms);
	json_object_set_new(json, "closed_by",
		alarm->closed_at_ms == 0 ? json_null() : json_from_str(alarm->closed_by));
	json_object_set_new(
		json, "why", alarm->closed_at_ms == 0 ? json_null() : json_from_str(alarm->why));
	return json;
}

struct err
alarms_answer(struct db *db, struct ask *ask)
{
	struct alarm *alarms = arena_alloc(ask->query.arena, ask->max * sizeof(*alarms));
	json_t *items;
	size_t count;

	if (!may(&ask->who, SEE_ALARMS, 0))
		return ask_denied(ask);
	TRY(alarms_list(db, ask->query.arena, ask->more, ask->after, ask->max, alarms, &count));
	items = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, alarm_json(&alarms[i]));
	ask->json = list_json(
		"alarms", items, count, ask->max, count == 0 ? 0 : alarms[count - 1].id);
	return OK;
}

/* Fills in `more`; NULL, or what is wrong with the query. */
static const char *
alarms_read_filter(struct ask *ask)
{
	static const char *const states[] = {
		[ALARMS_ALL] = "all", [ALARMS_OPEN] = "open", [ALARMS_CLOSED] = "closed"};
	struct alarm_filter *filter = arena_alloc(ask->query.arena, sizeof(*filter));
	struct str text;

	ask->more = filter;
	if (!request_query(ask->req, "kind", &filter->kind))
		filter->kind = STR("");
	if (!request_query(ask->req, "state", &text))
		return NULL;
	for (int i = ALARMS_ALL; i <= ALARMS_CLOSED; i++) {
		filter->state = (enum alarm_state)i;
		if (str_eq(text, str_from(states[i])))
			return NULL;
	}
	return "state is open, closed or all";
}

void
alarms_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);
	const char *wrong = alarms_read_filter(ask);

	ask->answer = alarms_answer;
	if (wrong != NULL)
		ask_refuse(ask, wrong);
	else if (ask_page(ask))
		ask_send(ask);
}

/* ---- closing -------------------------------------------------------------------------------- */

struct closing {
	struct alarm_close_command close; /* first */
	struct request *req;
	struct proof proof;
	struct principal who;
};

static struct err
closing_apply(struct tx *tx, struct command *self)
{
	struct closing *asked = (struct closing *)self;

	TRY(principal_find(tx->db, self->arena, &asked->proof, tx->now_ms, &asked->who));
	if (!may(&asked->who, CLOSE_ALARMS, 0))
		return principal_denied(&asked->who, "this key or session may not close alarms");
	TRY(principal_person(&asked->who, &asked->close.person));
	return alarm_close_apply(tx, self);
}

static void
closed(struct command *self)
{
	struct closing *asked = (struct closing *)self;

	if (self->result.code != ERR_OK)
		reply_refusal(asked->req, &asked->who, self->result);
	else
		reply_json(asked->req, 200, alarm_json(&asked->close.alarm));
}

void
alarm_post_closing(struct request *req)
{
	struct arena *arena = request_arena(req);
	struct closing *asked = arena_alloc(arena, sizeof(*asked));
	json_t *body CLEANUP(json_cleanup) = NULL;

	if (str_to_i64(request_param(req, "alarm"), &asked->close.id).code != ERR_OK) {
		reply_problem(req, 404, "not-found", "No such alarm",
			"the id is a number that GET /v1/alarms shows");
		return;
	}
	body = body_object(req);
	if (body == NULL)
		return;
	if (json_member_str(body, "why", &asked->close.why).code != ERR_OK ||
		json_member_str_opt(body, "person", &asked->close.person).code != ERR_OK ||
		json_object_size(body) > 1 + (json_object_get(body, "person") != NULL)) {
		reply_problem(req, 400, "invalid-body", "A member is missing or wrong",
			"send {\"why\": what was found, \"person\": who says so}");
		return;
	}
	asked->close.why = arena_copy(arena, asked->close.why);
	asked->close.person = arena_copy(arena, asked->close.person);
	asked->req = req;
	asked->proof = proof_of(req);
	asked->close.command = (struct command){
		closing_apply, closed, api_of(req)->config.mailbox, arena, OK};
	submit_command(req, &asked->close.command);
}
