/* /operator/people: who signs in, their links and devices, keys of programs; and a stall's phones.
 */
#include "chopay/picture.h"
#include "operator.h"

static void
name_role(struct ask *ask, json_t *json)
{
	json_set_str(json, "role_text",
		operator_role_text(ask, json_str(json_object_get(json, "role"))));
}

static void
name_roles(struct ask *ask, json_t *list)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item) name_role(ask, item);
}

/* ---- staff ---------------------------------------------------------------------------------- */

static struct err
people_answer(struct db *db, struct ask *ask)
{
	json_t *keys CLEANUP(json_cleanup) = NULL;

	TRY(keys_answer(db, ask));
	keys = ask->json;
	ask->json = NULL;
	TRY(users_answer(db, ask));
	json_object_set(ask->json, "keys", json_object_get(keys, "keys"));
	name_roles(ask, json_object_get(ask->json, "users"));
	name_roles(ask, json_object_get(ask->json, "keys"));
	return OK;
}

static const struct operator_page people_page = {
	.action = SEE_PEOPLE,
	.template_path = "gateway/web/operator/people.html",
	.answer = people_answer,
};

void
operator_people(struct request *req)
{
	operator_page_send(ask_new(req), &people_page);
}

static struct err
devices_answer(struct db *db, struct ask *ask)
{
	TRY(user_devices_answer(db, ask));
	json_set_str(ask->json, "login", ask->word);
	return OK;
}

static const struct operator_page devices_page = {
	.action = SEE_PEOPLE,
	.template_path = "gateway/web/operator/devices.html",
	.answer = devices_answer,
};

void
operator_devices(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "login");
	operator_page_send(ask, &devices_page);
}

/* ---- links: each works once, and is told once ----------------------------------------------- */

#define INVITE_PAGE "gateway/web/operator/invite.html"

/* The code stands in the page itself: a picture of its own would need an address, and those are
 * written down by browsers and proxies. */
static void
add_code(struct ask *ask, json_t *data)
{
	struct picture *picture CLEANUP(picture_cleanup) = NULL;
	struct buf path CLEANUP(buf_fini) = {0};
	struct str link = arena_printf(ask->query.arena, "%.*s%.*s",
		STR_FMT(json_str(json_object_get(data, "origin"))),
		STR_FMT(json_str(json_object_get(data, "path"))));
	struct err err = picture_new(link, &picture);

	json_set_str(data, "link", link);
	if (err.code != ERR_OK)
		return; /* too long for one: the link itself is there */
	picture_path(picture, &path);
	json_set_i64(data, "side", picture_side(picture));
	json_set_str(data, "modules", buf_str(&path));
}

static void
add_invite(struct ask *ask, json_t *data)
{
	name_role(ask, data);
	add_code(ask, data);
}

void
operator_person_add(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_PEOPLE,
		.handler = users_post,
		.back = "/operator/people",
		.done = "added",
		.shown = INVITE_PAGE,
		.add = add_invite,
	};

	operator_act(req, &act);
}

void
operator_person_link(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_PEOPLE,
		.handler = user_link_post,
		.back = "/operator/people",
		.param = "login",
		.done = "added",
		.shown = INVITE_PAGE,
		.add = add_invite,
	};

	operator_act(req, &act);
}

void
operator_person_revoke(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_PEOPLE,
		.handler = user_delete,
		.back = "/operator/people",
		.param = "login",
		.done = "revoked",
	};

	operator_act(req, &act);
}

void
operator_device_revoke(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_PEOPLE,
		.handler = user_device_delete,
		.back = "/operator/people/%",
		.param = "login",
		.done = "signed_out",
	};

	operator_act(req, &act);
}

void
operator_key_revoke(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_PEOPLE,
		.handler = control_key_revoke,
		.back = "/operator/people",
		.param = "id",
		.done = "revoked",
		.audit = "key",
	};

	operator_act(req, &act);
}

/* ---- a stall's phones ----------------------------------------------------------------------- */

static struct err
phones_answer(struct db *db, struct ask *ask)
{
	bool changes = may_at(&ask->who, CHANGE_DEVICES, ask->stall.id, ask->stall.market_id);
	bool invites = may_at(&ask->who, INVITE_STALL, ask->stall.id, ask->stall.market_id);

	TRY(stall_devices_answer(db, ask));
	json_object_set_new(ask->json, "stall", stall_json(&ask->stall));
	json_object_set_new(ask->json, "changes", json_boolean(changes));
	json_object_set_new(ask->json, "invites", json_boolean(invites));
	return OK;
}

static const struct operator_page phones_page = {
	.action = SEE_DEVICES,
	.template_path = "gateway/web/operator/phones.html",
	.answer = phones_answer,
	.words = {{"role", "operator.phone.", NULL}},
	.of_stall = true,
};

void
operator_phones(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "stall");
	operator_page_send(ask, &phones_page);
}

void
operator_phone_invite(struct request *req)
{
	static const struct operator_act act = {
		.action = INVITE_STALL,
		.handler = stall_invite_post,
		.back = "/operator/stalls/%",
		.param = "stall",
		.done = "added",
		.of_stall = true,
		.shown = INVITE_PAGE,
		.add = add_invite,
	};

	operator_act(req, &act);
}

void
operator_phone_revoke(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_DEVICES,
		.handler = stall_device_delete,
		.back = "/operator/stalls/%",
		.param = "stall",
		.done = "signed_out",
		.of_stall = true,
	};

	operator_act(req, &act);
}
