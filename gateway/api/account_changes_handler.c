/* Changes of a stall's receiving account over /v1: listed, proposed, approved, cancelled. */
#include "operator.h"
#include "people.h"

/* ---- JSON
 * ---------------------------------------------------------------------------------------- */

static json_t *
account_change_json(const struct account_change *change, const struct stall *stall)
{
	json_t *json = json_object();

	json_set_id(json, "id", change->id);
	json_set_str(json, "state", change->state);
	json_set_str(json, "stall", stall->code);
	json_set_str(json, "stall_reference", stall->reference);
	json_set_str(json, "market", stall->market_code);
	json_set_str(json, "bank_bin", change->bank_bin);
	json_set_str(json, "account_no", change->account_no);
	json_set_str(json, "account_holder", change->holder);
	json_set_str(json, "why", change->why);
	json_set_str(json, "person", change->person);
	json_set_time(json, "proposed_at", change->proposed_at_ms);
	json_set_i64(json, "delay_hours", change->delay_ms / MS_PER_SECOND / 3600);
	json_set_str_or_null(json, "second_person", change->second_person);
	json_set_time_or_null(json, "approved_at", change->approved_at_ms);
	json_set_time_or_null(json, "due_at", change->due_at_ms);
	json_set_str_or_null(json, "ended_by", change->ended_by);
	json_set_time_or_null(json, "ended_at", change->ended_at_ms);
	return json;
}

/* ---- the list
 * ------------------------------------------------------------------------------------ */

struct err
account_changes_answer(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct account_change *changes = arena_alloc(arena, ask->max * sizeof(*changes));
	json_t *items;
	size_t count;

	if (!may(&ask->who, SEE_ACCOUNT_CHANGES, 0))
		return ask_denied(ask);
	TRY(account_changes_list(db, arena, ask->after, ask->max, changes, &count));
	items = json_array();
	ask->json = list_json(
		"account_changes", items, count, ask->max, count == 0 ? 0 : changes[count - 1].id);
	for (size_t i = 0; i < count; i++) {
		struct stall stall;

		TRY(stalls_get(db, arena, changes[i].stall_id, &stall));
		json_array_append_new(items, account_change_json(&changes[i], &stall));
	}
	return OK;
}

void
account_changes_get_all(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->answer = account_changes_answer;
	if (ask_page(ask))
		ask_send(ask);
}

/* ---- changes
 * --------------------------------------------------------------------------------------- */

struct asked_change {
	struct account_change_command change; /* first */
	struct request *req;
	struct proof proof;
	struct principal who;
	struct err (*apply)(struct tx *tx, struct command *self);
	int status;
};

static struct err
checked_apply(struct tx *tx, struct command *self)
{
	struct asked_change *asked = (struct asked_change *)self;

	TRY(principal_find(tx->db, self->arena, &asked->proof, tx->now_ms, &asked->who));
	if (!may(&asked->who, CHANGE_ACCOUNTS, 0))
		return asked->who.role == ROLE_ANYONE
			       ? FAIL(ERR_DENIED, "sign in, or show an API key")
			       : FAIL(ERR_DENIED, "this key or session may not do that");
	TRY(principal_person(&asked->who, &asked->change.person));
	asked->change.who = asked->who.name;
	return asked->apply(tx, self);
}

static void
changed(struct command *self)
{
	struct asked_change *asked = (struct asked_change *)self;

	if (self->result.code != ERR_OK) {
		reply_refusal(asked->req, &asked->who, self->result);
		return;
	}
	request_add_header(asked->req, "Cache-Control", STR("no-store"));
	reply_json(asked->req, asked->status,
		account_change_json(&asked->change.change, &asked->change.of));
}

/* A text member, or empty.  False after replying. */
static bool
take(struct request *req, const json_t *body, const char *name, struct str *text)
{
	*text = (struct str){NULL, 0};
	if (json_member_str_opt(body, name, text).code != ERR_OK) {
		reply_problem(req, 400, "invalid-body", "The body is not well formed",
			"\"%s\" is a text", name);
		return false;
	}
	*text = arena_copy(request_arena(req), str_trim(*text));
	return true;
}

static struct asked_change *
change_new(
	struct request *req, struct err (*apply)(struct tx *tx, struct command *self), int status)
{
	struct asked_change *asked = arena_alloc(request_arena(req), sizeof(*asked));

	*asked = (struct asked_change){
		.change.command = {checked_apply, changed, api_of(req)->config.mailbox,
			request_arena(req), OK},
		.req = req,
		.proof = proof_of(req),
		.apply = apply,
		.status = status,
	};
	return asked;
}

/* False after replying. */
static bool
take_bank(struct asked_change *asked, const json_t *body)
{
	char bin[7] = "";
	struct str word;

	if (!take(asked->req, body, "bank", &word))
		return false;
	if (banks_bin_of(api_of(asked->req)->config.banks, word, bin).code != ERR_OK) {
		reply_problem(asked->req, 400, "invalid-body", "No such bank",
			"\"bank\" is a bank's name or its BIN: `chopay registry banks` lists them");
		return false;
	}
	asked->change.bank_bin = arena_copy(request_arena(asked->req), str_from(bin));
	return true;
}

void
account_changes_post(struct request *req)
{
	struct asked_change *asked = change_new(req, account_propose_apply, 201);
	struct account_change_command *change = &asked->change;
	json_t *body CLEANUP(json_cleanup) = body_object(req);

	if (body == NULL)
		return;
	if (!take(req, body, "stall", &change->stall) || !take_bank(asked, body) ||
		!take(req, body, "account_no", &change->account_no) ||
		!take(req, body, "account_holder", &change->holder) ||
		!take(req, body, "person", &change->person) ||
		!take(req, body, "why", &change->why))
		return;
	if (json_object_get(body, "delay_hours") != NULL &&
		json_member_i64(body, "delay_hours", &change->delay_hours).code != ERR_OK) {
		reply_problem(req, 400, "invalid-body", "The body is not well formed",
			"\"delay_hours\" is a number from 1 to 720");
		return;
	}
	submit_command(req, &change->command);
}

/* Of the change in the path, with a person and a word why. */
static void
decide(struct request *req, struct err (*apply)(struct tx *tx, struct command *self))
{
	struct asked_change *asked = change_new(req, apply, 200);
	json_t *body CLEANUP(json_cleanup) = body_object(req);

	if (body == NULL || !take(req, body, "person", &asked->change.person) ||
		!take(req, body, "why", &asked->change.why))
		return;
	if (str_to_i64(request_param(req, "change"), &asked->change.id).code != ERR_OK) {
		reply_problem(req, 404, "not-found", "No such change",
			"the id is a number that GET /v1/account-changes shows");
		return;
	}
	submit_command(req, &asked->change.command);
}

void
account_change_approve(struct request *req)
{
	decide(req, account_approve_apply);
}

void
account_change_cancel(struct request *req)
{
	decide(req, account_cancel_apply);
}
