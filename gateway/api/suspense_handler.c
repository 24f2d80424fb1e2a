/* Suspense over /v1: the credits that wait for a person, and what the person decides. */
#include "api.h"

static json_t *
suspense_json(const struct suspense *item)
{
	json_t *json = json_object();

	json_set_id(json, "id", item->transfer_id);
	json_set_str(json, "reason", item->reason);
	json_set_i64(json, "amount", item->amount.dong);
	json_set_str(json, "feed", item->feed);
	json_set_str(json, "provider_txn_id", item->provider_txn_id);
	json_set_str(json, "bank_ref", item->bank_ref);
	json_set_str(json, "account", item->account_no);
	json_set_str(json, "note", str_is_utf8(item->note) ? item->note : STR(""));
	json_set_time(json, "booked_at", item->booked_at_ms);
	json_set_time(json, "arrived_at", item->created_at_ms);
	return json;
}

static struct err
suspense_answer(struct db *db, struct ask *ask)
{
	struct suspense *items = arena_alloc(ask->query.arena, ask->max * sizeof(*items));
	json_t *array;
	size_t count;

	if (!may(&ask->who, SEE_SUSPENSE, 0))
		return ask_denied(ask);
	TRY(suspense_list(db, ask->query.arena, ask->after, ask->max, items, &count));
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, suspense_json(&items[i]));
	ask->json = list_json(
		"suspense", array, count, ask->max, count == 0 ? 0 : items[count - 1].transfer_id);
	return OK;
}

void
suspense_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = suspense_answer;
	if (ask_page(ask))
		ask_send(ask);
}

struct resolution {
	struct suspense_resolve_command resolve; /* first */
	struct request *req;
	struct proof proof;
	struct principal who;
};

static struct err
resolution_apply(struct tx *tx, struct command *self)
{
	struct resolution *asked = (struct resolution *)self;

	TRY(principal_find(tx->db, self->arena, &asked->proof, tx->now_ms, &asked->who));
	if (!may(&asked->who, RESOLVE_SUSPENSE, 0))
		return FAIL(ERR_DENIED, "this key or session may not resolve suspense");
	return suspense_resolve_apply(tx, self);
}

static void
resolved(struct command *self)
{
	struct resolution *asked = (struct resolution *)self;
	json_t *json;

	if (self->result.code == ERR_DENIED && asked->who.role == ROLE_ANYONE) {
		request_add_header(asked->req, "WWW-Authenticate", STR("Bearer"));
		reply_problem(asked->req, 401, "unauthenticated", "Sign in first", "%s",
			"an API key (Authorization: Bearer) is needed");
		return;
	}
	if (self->result.code != ERR_OK) {
		reply_err(asked->req, self->result);
		return;
	}
	json = json_object();
	json_set_str(json, "outcome",
		asked->resolve.payment_id == 0 ? STR("not_ours") : STR("attributed"));
	if (asked->resolve.payment_id == 0)
		json_object_set_new(json, "payment", json_null());
	else
		json_set_id(json, "payment", asked->resolve.payment_id);
	reply_json(asked->req, 201, json);
}

void
suspense_post_resolution(struct request *req)
{
	struct arena *arena = request_arena(req);
	struct resolution *asked = arena_alloc(arena, sizeof(*asked));
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	struct str stall, person, why;

	if (body == NULL)
		return;
	if (str_to_i64(request_param(req, "transfer"), &asked->resolve.transfer_id).code !=
		ERR_OK) {
		reply_problem(req, 404, "not-found", "No such credit",
			"the id is a number that GET /v1/suspense shows");
		return;
	}
	if (json_object_size(body) > 2 + (json_object_get(body, "stall") != NULL) ||
		json_member_str_opt(body, "stall", &stall).code != ERR_OK ||
		json_member_str(body, "person", &person).code != ERR_OK ||
		json_member_str(body, "why", &why).code != ERR_OK) {
		reply_problem(req, 400, "invalid-body",
			"A member is missing, unknown or not a text",
			"send {\"stall\": its reference or null, \"person\": who, \"why\": why}");
		return;
	}
	asked->req = req;
	asked->proof = proof_of(req);
	asked->resolve.command = (struct command){
		resolution_apply, resolved, api_of(req)->config.mailbox, arena, OK};
	asked->resolve.stall = arena_copy(arena, stall);
	asked->resolve.person = arena_copy(arena, person);
	asked->resolve.why = arena_copy(arena, why);
	submit_command(req, &asked->resolve.command);
}
