/* /operator/people: who signs in, their links and devices, keys of programs; and a stall's phones.
 */
#include "operator.h"

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

#define LINK_PAGE "gateway/web/operator/link.html" /* a link works once, and is told once */

void
operator_person_add(struct request *req)
{
	static const struct operator_act act = {
		.action = CHANGE_PEOPLE,
		.handler = users_post,
		.back = "/operator/people",
		.done = "added",
		.shown = LINK_PAGE,
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
		.shown = LINK_PAGE,
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
		.shown = LINK_PAGE,
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
