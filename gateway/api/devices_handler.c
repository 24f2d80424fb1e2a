/* Pages of devices: where a person is signed in, and which phones a stall has. */
#include "people.h"

#include "sign_in.h"

static json_t *
device_data(const struct ask *ask, int64_t id, struct str device, int64_t since_ms, int64_t seen_ms,
	const char *folder)
{
	struct arena *arena = ask->query.arena;
	json_t *item = json_object();

	json_set_str(item, "device", device);
	json_set_str(item, "since", date_time_text(arena, since_ms));
	json_set_str(item, "seen", date_time_text(arena, seen_ms));
	json_object_set_new(item, "this", json_boolean(id == ask->who.session_id));
	json_set_str(item, "revoke",
		arena_printf(arena, "%s/devices/%lld/revoke", folder, (long long)id));
	return item;
}

/* ---- one's own
 * ------------------------------------------------------------------------------------- */

static struct err
own_answer(struct db *db, struct ask *ask)
{
	struct staff_session *sessions = arena_alloc(
		ask->query.arena, DEVICES_SHOWN * sizeof(*sessions));
	json_t *items;
	size_t count;

	if (ask->who.staff_id == 0)
		return ask_denied(ask);
	TRY(staff_sessions_list(db, ask->query.arena, ask->who.staff_id, ask->now_ms, DEVICES_SHOWN,
		sessions, &count));
	ask->json = page_data(ask->req);
	staff_head(ask, ask->json);
	items = json_array();
	json_object_set_new(ask->json, "devices", items);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(items,
			device_data(ask, sessions[i].id, sessions[i].device,
				sessions[i].created_at_ms, sessions[i].seen_at_ms, "/signin"));
	return page_render(&ask->bytes, "gateway/web/signin/devices.html", ask->json);
}

void
own_devices_page(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = own_answer;
	ask->reply = ask_reply_page;
	ask_send(ask);
}

/* ---- a stall's
 * ------------------------------------------------------------------------------------- */

static struct err
phones_answer(struct db *db, struct ask *ask)
{
	struct stall_session *sessions = arena_alloc(
		ask->query.arena, DEVICES_SHOWN * sizeof(*sessions));
	json_t *items, *item;
	size_t count;

	if (ask->who.stall_id == 0 || !may(&ask->who, SEE_DEVICES, ask->who.stall_id))
		return ask_denied(ask);
	TRY(stalls_get(db, ask->query.arena, ask->who.stall_id, &ask->stall));
	TRY(sessions_list(
		db, ask->query.arena, ask->stall.id, ask->now_ms, DEVICES_SHOWN, sessions, &count));
	ask->json = page_data(ask->req);
	json_set_str(ask->json, "stall_name", ask->stall.name);
	items = json_array();
	json_object_set_new(ask->json, "devices", items);
	for (size_t i = 0; i < count; i++) {
		item = device_data(ask, sessions[i].id, sessions[i].device,
			sessions[i].created_at_ms, sessions[i].seen_at_ms, "/stall");
		json_object_set_new(item, "helper", json_boolean(sessions[i].helper));
		json_array_append_new(items, item);
	}
	return page_render(&ask->bytes, "gateway/web/stall/devices.html", ask->json);
}

/* A phone that is nobody's is shown how a stall opens, not how staff sign in. */
static void
phones_answered(struct ask *ask)
{
	if (ask->query.result.code == ERR_DENIED && ask->who.role == ROLE_ANYONE)
		reply_redirect(ask->req, STR("/stall"));
	else
		ask_reply_page(ask);
}

void
stall_devices_page(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = phones_answer;
	ask->reply = phones_answered;
	ask_send(ask);
}

/* ---- revoked
 * --------------------------------------------------------------------------------------- */

/* `way_in`: the page that lets in whoever is nobody here any more. */
static void
reply_list(struct people_task *task, const char *page, const char *way_in)
{
	switch (task->command.result.code) {
	case ERR_OK:
	case ERR_NOT_FOUND: /* pressed twice: it is gone */
		page_headers(task->req);
		reply_redirect(task->req, str_from(page));
		return;
	case ERR_DENIED:
		if (task->who.role == ROLE_ANYONE)
			reply_redirect(task->req, str_from(way_in));
		else
			reply_message_page(task->req, 403, "error.denied");
		return;
	default:
		reply_failure_page(task->req, task->command.result);
	}
}

static void
reply_own(struct people_task *task)
{
	reply_list(task, "/signin/devices", "/signin");
}

static void
reply_phones(struct people_task *task)
{
	reply_list(task, "/stall/devices", "/stall");
}

static void
revoke(struct request *req, struct err (*change)(struct tx *tx, struct people_task *task),
	void (*reply)(struct people_task *task))
{
	struct people_task *task;

	if (!same_origin(req)) {
		reply_message_page(req, 403, "error.other_site");
		return;
	}
	task = people_task_new(req, change, reply);
	if (str_to_i64(request_param(req, "device"), &task->device).code != ERR_OK)
		reply_message_page(req, 404, "error.not_found");
	else
		people_task_send(task);
}

void
own_device_post(struct request *req)
{
	revoke(req, own_device_revoke, reply_own);
}

void
stall_device_post(struct request *req)
{
	revoke(req, stall_device_revoke, reply_phones);
}
