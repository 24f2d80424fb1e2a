/* Suspense over /v1: the credits that wait for a person, and what the person decides. */
#include "chopay/match.h"
#include "operator.h"
#include "suspense.h"

#define STANDING_MAX 8 /* proposals shown of one credit */

/* ---- rows as JSON ------------------------------------------------------------------------------
 */

static json_t *
resolution_json(const struct resolution *resolution, bool proposed)
{
	json_t *json = json_object();

	json_set_str(json, "state", proposed ? STR("proposed") : STR("resolved"));
	json_set_str(json, "outcome", resolution->outcome);
	json_set_str_or_null(json, "stall", resolution->stall_code);
	json_set_str_or_null(json, "stall_reference", resolution->stall_reference);
	json_set_str_or_null(json, "charge", resolution->charge_reference);
	json_set_id_or_null(json, "transfer", resolution->other_transfer_id);
	json_set_id_or_null(json, "payment", resolution->payment_id);
	json_set_str(json, "person", resolution->person);
	json_set_str_or_null(json, "second_person", resolution->second_person);
	json_set_str(json, "why", resolution->why);
	json_set_time(json, "at", resolution->created_at_ms);
	return json;
}

static struct err
standing_json(struct db *db, struct arena *arena, int64_t transfer_id, json_t **json)
{
	struct resolution *standing = arena_alloc(arena, STANDING_MAX * sizeof(*standing));
	size_t count;

	TRY(proposals_list(db, arena, transfer_id, STANDING_MAX, standing, &count));
	*json = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(*json, resolution_json(&standing[i], true));
	return OK;
}

struct err
suspense_json(struct db *db, struct arena *arena, const struct suspense *item, json_t **out)
{
	json_t *standing, *json;

	if (item->resolved)
		standing = json_array();
	else
		TRY(standing_json(db, arena, item->transfer_id, &standing));
	json = json_object();
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
	json_set_id_or_null(json, "other_transfer", item->other_transfer_id);
	json_object_set_new(json, "proposals", standing);
	json_object_set_new(json, "resolution",
		item->resolved ? resolution_json(&item->resolution, false) : json_null());
	*out = json;
	return OK;
}

/* ---- the list ----------------------------------------------------------------------------------
 */

struct err
suspense_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct suspense *items = arena_alloc(arena, ask->max * sizeof(*items));
	const struct suspense_filter *filter = ask->more;
	json_t *array, *item;
	struct vnd sum;
	int64_t all;
	size_t count;

	if (!may(&ask->who, SEE_SUSPENSE, 0))
		return ask_denied(ask);
	TRY(suspense_sum(db, filter, &all, &sum));
	TRY(suspense_list(db, arena, filter, ask->after, ask->max, items, &count));
	array = json_array();
	ask->json = list_json(
		"suspense", array, count, ask->max, count == 0 ? 0 : items[count - 1].transfer_id);
	json_set_i64(ask->json, "count", all);
	json_set_i64(ask->json, "sum", sum.dong);
	for (size_t i = 0; i < count; i++) {
		TRY(suspense_json(db, arena, &items[i], &item));
		json_array_append_new(array, item);
	}
	return OK;
}

/* NULL, or what is wrong with the query. */
static const char *
read_state(struct request *req, struct suspense_filter *filter)
{
	static const struct {
		const char *name;
		enum suspense_state state;
	} states[] = {
		{"waiting", SUSPENSE_WAITING},
		{"proposed", SUSPENSE_PROPOSED},
		{"resolved", SUSPENSE_RESOLVED},
		{"all", SUSPENSE_ALL},
	};
	struct str text;

	if (!request_query(req, "state", &text))
		return NULL;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		filter->state = states[i].state;
		if (str_eq(text, str_from(states[i].name)))
			return NULL;
	}
	return "state is waiting, proposed, resolved or all";
}

/* The same. */
static const char *
read_filter(struct request *req, struct suspense_filter *filter)
{
	enum suspense_reason reason;
	struct str text;

	*filter = (struct suspense_filter){.since_ms = INT64_MIN};
	if (request_query(req, "reason", &filter->reason) &&
		!suspense_reason_parse(filter->reason, &reason))
		return "reason is one that the list shows: no_reference,"
		       " two_references, unknown_reference, unknown_account,"
		       " account_mismatch, closed_stall, ...";
	if (request_query(req, "account", &filter->account_no) && filter->account_no.len == 0)
		return "account is the number of a receiving account";
	if (request_query(req, "since", &text) &&
		time_parse_rfc3339(text, &filter->since_ms).code != ERR_OK &&
		time_parse_local(text, &filter->since_ms).code != ERR_OK)
		return "since is a time: 2026-07-28T14:30:45+07:00 or 2026-07-28";
	return read_state(req, filter);
}

void
suspense_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);
	struct suspense_filter *filter = arena_alloc(request_arena(req), sizeof(*filter));
	const char *wrong = read_filter(req, filter);

	ask->answer = suspense_answer;
	ask->more = filter;
	ask->since_ms = filter->since_ms;
	if (wrong != NULL)
		ask_refuse(ask, wrong);
	else if (ask_page(ask))
		ask_send(ask);
}

/* ---- resolving ---------------------------------------------------------------------------------
 */

struct resolving {
	struct suspense_resolve_command resolve; /* first */
	struct request *req;
	struct proof proof;
	struct principal who;
};

static struct err
resolving_apply(struct tx *tx, struct command *self)
{
	struct resolving *asked = (struct resolving *)self;

	TRY(principal_find(tx->db, self->arena, &asked->proof, tx->now_ms, &asked->who));
	if (!may(&asked->who, RESOLVE_SUSPENSE, 0))
		return principal_denied(
			&asked->who, "this key or session may not resolve suspense");
	TRY(principal_person(&asked->who, &asked->resolve.person));
	return suspense_resolve_apply(tx, self);
}

static void
resolved(struct command *self)
{
	struct resolving *asked = (struct resolving *)self;
	bool proposed = asked->resolve.proposed;

	if (self->result.code != ERR_OK) {
		reply_refusal(asked->req, &asked->who, self->result);
		return;
	}
	reply_json(asked->req, proposed ? 202 : 201,
		resolution_json(&asked->resolve.resolution, proposed));
}

/* NULL, or the sentence that says which member is wrong. */
static const char *
read_resolution(struct arena *arena, const json_t *body, struct suspense_resolve_command *resolve)
{
	struct str transfer = {NULL, 0};
	const struct {
		const char *name;
		struct str *text;
	} members[] = {
		{"outcome", &resolve->outcome},
		{"stall", &resolve->stall},
		{"charge", &resolve->charge},
		{"transfer", &transfer},
		{"person", &resolve->person},
		{"why", &resolve->why},
	};
	size_t known = 0;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (json_member_str_opt(body, members[i].name, members[i].text).code != ERR_OK)
			return "a member is not a text";
		known += json_object_get(body, members[i].name) != NULL;
		/* An empty stall is a mistake, not a decision that it is nobody's. */
		if (i < 4 && members[i].text->ptr != NULL && members[i].text->len == 0)
			return "a member is empty";
		*members[i].text = arena_copy(arena, *members[i].text);
	}
	if (json_object_size(body) != known)
		return "there is a member that a resolution does not have";
	if (json_object_get(body, "transfer") != NULL &&
		!json_is_null(json_object_get(body, "transfer")) &&
		(str_to_i64(transfer, &resolve->other_transfer_id).code != ERR_OK ||
			resolve->other_transfer_id <= 0))
		return "\"transfer\" is not the id of a transfer";
	return json_is_string(json_object_get(body, "why")) ? NULL : "\"why\" is missing";
}

void
suspense_post_resolution(struct request *req)
{
	struct arena *arena = request_arena(req);
	struct resolving *asked = arena_alloc(arena, sizeof(*asked));
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	const char *wrong;

	if (body == NULL)
		return;
	if (!suspense_id(req, &asked->resolve.transfer_id))
		return;
	wrong = read_resolution(arena, body, &asked->resolve);
	if (wrong != NULL) {
		reply_problem(req, 400, "invalid-body", "The resolution cannot be read",
			"%s: send {\"outcome\": attributed, not_ours, refunded or duplicate,"
			" \"stall\" and \"charge\" (attributed), \"transfer\" (duplicate of which,"
			" refunded by which), \"why\", \"person\"}, all texts",
			wrong);
		return;
	}
	asked->req = req;
	asked->proof = proof_of(req);
	asked->resolve.command = (struct command){
		resolving_apply, resolved, api_of(req)->config.mailbox, arena, OK};
	submit_command(req, &asked->resolve.command);
}

bool
suspense_id(struct request *req, int64_t *transfer_id)
{
	if (str_to_i64(request_param(req, "transfer"), transfer_id).code == ERR_OK)
		return true;
	reply_problem(req, 404, "not-found", "No such credit",
		"the id is a number that GET /v1/suspense shows");
	return false;
}
