/* Who may come in, over /v1: staff, their links and devices; a stall's invites and phones. */
#include "people.h"

#include "operator.h"
#include "sign_in.h"

/* ---- changes
 * --------------------------------------------------------------------------------------- */

static void
reply_changed(struct people_task *task, json_t *json)
{
	if (task->command.result.code != ERR_OK) {
		json_decref(json);
		reply_refusal(task->req, &task->who, task->command.result);
		return;
	}
	request_add_header(task->req, "Cache-Control", STR("no-store"));
	reply_json(task->req, 200, json);
}

static void
reply_person(struct people_task *task)
{
	reply_changed(task, task->command.result.code == ERR_OK ? staff_json(&task->staff) : NULL);
}

static void
reply_device(struct people_task *task)
{
	json_t *json = json_object();

	json_set_id(json, "id", task->device);
	reply_changed(task, json);
}

static json_t *
link_json(const struct people_task *task, const char *folder, int hours)
{
	json_t *json = json_object();

	json_set_str(json, "path",
		arena_printf(task->command.arena, "%s%.*s", folder, STR_FMT(task->token)));
	json_set_i64(json, "hours", hours);
	json_set_time(json, "expires_at", task->expires_at_ms);
	return json;
}

static void
reply_link(struct people_task *task)
{
	json_t *json;

	if (task->command.result.code != ERR_OK) {
		reply_refusal(task->req, &task->who, task->command.result);
		return;
	}
	request_add_header(task->req, "Cache-Control", STR("no-store"));
	json = link_json(task, "/signin/invite/", STAFF_INVITE_HOURS);
	json_set_str(json, "login", task->staff.login);
	json_set_str(json, "name", task->staff.name);
	json_set_str(json, "role", task->staff.role);
	reply_json(task->req, 201, json);
}

static void
reply_stall_link(struct people_task *task)
{
	json_t *json;

	if (task->command.result.code != ERR_OK) {
		reply_refusal(task->req, &task->who, task->command.result);
		return;
	}
	request_add_header(task->req, "Cache-Control", STR("no-store"));
	json = link_json(task, "/stall/invite/", INVITE_HOURS);
	json_set_str(json, "stall",
		arena_printf(task->command.arena, "%.*s.%.*s", STR_FMT(task->of.market_code),
			STR_FMT(task->of.code)));
	json_set_str(json, "name", task->of.name);
	json_set_str(json, "role", task->helper ? STR("helper") : STR("owner"));
	reply_json(task->req, 201, json);
}

static bool
member(const json_t *body, const char *name, struct arena *arena, struct str *text)
{
	if (json_member_str(body, name, text).code != ERR_OK)
		return false;
	*text = arena_copy(arena, str_trim(*text));
	return true;
}

void
users_post(struct request *req)
{
	struct people_task *task = people_task_new(req, user_add, reply_link);
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct arena *arena = request_arena(req);

	if (body == NULL)
		return;
	if (!member(body, "login", arena, &task->login) ||
		!member(body, "name", arena, &task->name) ||
		!member(body, "role", arena, &task->role)) {
		reply_problem(req, 400, "invalid-body", "The person cannot be added",
			"a person has a \"login\", a \"name\" and a \"role\": operator, auditor,"
			" official:UNIT or manager:MARKET");
		return;
	}
	people_task_send(task);
}

void
user_link_post(struct request *req)
{
	struct people_task *task = people_task_new(req, user_link, reply_link);
	json_t *body CLEANUP(json_cleanup) = body_object(req);

	if (body == NULL)
		return;
	task->login = request_param(req, "login");
	task->sign_in = json_is_true(json_object_get(body, "sign_in"));
	people_task_send(task);
}

void
user_delete(struct request *req)
{
	struct people_task *task = people_task_new(req, user_revoke, reply_person);

	task->login = request_param(req, "login");
	people_task_send(task);
}

/* The id in the path; false after replying 404. */
static bool
read_device(struct people_task *task)
{
	if (str_to_i64(request_param(task->req, "device"), &task->device).code == ERR_OK)
		return true;
	reply_problem(task->req, 404, "not-found", "No such device",
		"the id is a number that the list of devices shows");
	return false;
}

void
user_device_delete(struct request *req)
{
	struct people_task *task = people_task_new(req, user_device_revoke, reply_device);

	task->login = request_param(req, "login");
	if (read_device(task))
		people_task_send(task);
}

void
stall_invite_post(struct request *req)
{
	struct people_task *task = people_task_new(req, stall_invite, reply_stall_link);
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct str role = STR("owner");

	if (body == NULL)
		return;
	task->stall = request_param(req, "stall");
	if (json_member_str_opt(body, "role", &role).code != ERR_OK ||
		(role.len > 0 && !str_eq(role, STR("owner")) && !str_eq(role, STR("helper")))) {
		reply_problem(req, 400, "invalid-body", "The invite cannot be made",
			"\"role\" is owner or helper");
		return;
	}
	task->helper = str_eq(role, STR("helper"));
	people_task_send(task);
}

void
stall_device_delete(struct request *req)
{
	struct people_task *task = people_task_new(req, stall_device_revoke, reply_device);

	task->stall = request_param(req, "stall");
	if (read_device(task))
		people_task_send(task);
}

/* ---- lists
 * ----------------------------------------------------------------------------------------- */

struct err
users_answer(struct db *db, struct ask *ask)
{
	struct staff *staff = arena_alloc(ask->query.arena, STAFF_MAX * sizeof(*staff));
	json_t *items;
	size_t count;

	if (!may(&ask->who, SEE_PEOPLE, 0))
		return ask_denied(ask);
	TRY(staff_list(db, ask->query.arena, STAFF_MAX, staff, &count));
	ask->json = json_object();
	items = json_array();
	json_object_set_new(ask->json, "users", items);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, staff_json(&staff[i]));
	return OK;
}

void
users_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = users_answer;
	ask_send(ask);
}

struct err
user_devices_answer(struct db *db, struct ask *ask)
{
	struct staff_session *sessions = arena_alloc(
		ask->query.arena, DEVICES_SHOWN * sizeof(*sessions));
	struct staff staff;
	json_t *items;
	size_t count;

	if (!may(&ask->who, SEE_PEOPLE, 0))
		return ask_denied(ask);
	TRY(staff_find(db, ask->query.arena, ask->word, &staff));
	TRY(staff_sessions_list(
		db, ask->query.arena, staff.id, ask->now_ms, DEVICES_SHOWN, sessions, &count));
	ask->json = json_object();
	items = json_array();
	json_object_set_new(ask->json, "devices", items);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, staff_device_json(&sessions[i]));
	return OK;
}

void
user_devices_get(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "login");
	ask->answer = user_devices_answer;
	ask_send(ask);
}

struct err
stall_devices_answer(struct db *db, struct ask *ask)
{
	struct stall_session *sessions = arena_alloc(
		ask->query.arena, DEVICES_SHOWN * sizeof(*sessions));
	struct err err = stalls_find(db, ask->query.arena, ask->word, &ask->stall);
	json_t *items;
	size_t count;

	if (err.code != ERR_OK)
		ask->stall = (struct stall){0};
	if (!may_at(&ask->who, SEE_DEVICES, ask->stall.id, ask->stall.market_id))
		return ask_denied(ask);
	TRY(err);
	TRY(sessions_list(
		db, ask->query.arena, ask->stall.id, ask->now_ms, DEVICES_SHOWN, sessions, &count));
	ask->json = json_object();
	items = json_array();
	json_object_set_new(ask->json, "devices", items);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(items, phone_json(&sessions[i]));
	return OK;
}

void
stall_devices_get(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "stall");
	ask->answer = stall_devices_answer;
	ask_send(ask);
}
