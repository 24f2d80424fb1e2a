/* Charges over /v1: ask, look, cancel. */
#include "chopay/dossiers.h"
#include "form_once.h"
#include "stall_pages.h"

#define IDEMPOTENCY_KEY_MAX 255
#define PAYMENTS_SHOWN_MAX 100 /* of one charge, the newest; and as many refunds */

/* A change a request asks for: who may is decided where the change is made. */
struct charge_request {
	union {
		struct command command;
		struct charge_create_command create;
		struct charge_cancel_command cancel;
	};
	struct request *req;
	struct proof proof;
	struct principal who;
	bool as_page; /* a form of the stall's page: answer with a redirect */
	struct stall stall;
};

static struct err
refused(const struct principal *who)
{
	return who->role == ROLE_ANYONE
		       ? FAIL(ERR_DENIED,
				 "an API key (Authorization: Bearer) or a stall's session is needed")
		       : FAIL(ERR_DENIED, "this key or session may not do that");
}

static void
fail_page(struct request *req, struct err err)
{
	if (err.code == ERR_DENIED)
		reply_redirect(
			req, STR("/stall")); /* the session is over: the page says what to do */
	else if (err.code == ERR_NOT_FOUND)
		reply_message_page(req, 404, "error.no_charge");
	else if (err.code == ERR_CONFLICT)
		reply_message_page(req, 409, "error.charge_state");
	else
		reply_failure_page(req, err);
}

static void
fail(struct charge_request *asked)
{
	struct request *req = asked->req;
	struct err err = asked->command.result;

	if (asked->as_page) {
		fail_page(req, err);
		return;
	}
	reply_refusal(req, &asked->who, err);
}

static void
submit(struct charge_request *asked)
{
	struct err err = books_submit(api_of(asked->req)->config.books, &asked->command);

	if (err.code != ERR_OK) {
		asked->command.result = err;
		fail(asked);
	}
}

static struct charge_request *
charge_request_new(struct request *req, struct err (*apply)(struct tx *tx, struct command *self),
	void (*done)(struct command *self))
{
	struct charge_request *asked = arena_alloc(request_arena(req), sizeof(*asked));

	asked->req = req;
	asked->proof = proof_of(req);
	asked->command = (struct command){
		apply, done, api_of(req)->config.mailbox, request_arena(req), OK};
	return asked;
}

/* ---- create
 * --------------------------------------------------------------------------------------- */

static struct err
create_apply(struct tx *tx, struct command *self)
{
	struct charge_request *asked = (struct charge_request *)self;
	struct stall stall;
	struct err err;

	TRY(principal_find(tx->db, self->arena, &asked->proof, tx->now_ms, &asked->who));
	if (asked->create.stall.len == 0) { /* the session's own */
		asked->create.stall_id = asked->who.stall_id;
	} else {
		err = stalls_find(tx->db, self->arena, asked->create.stall, &stall);
		if (err.code == ERR_OK)
			asked->create.stall_id = stall.id;
		else if (err.code != ERR_NOT_FOUND || may(&asked->who, CREATE_CHARGE, 0))
			return err;
	}
	if (!may(&asked->who, CREATE_CHARGE, asked->create.stall_id))
		return refused(&asked->who);
	asked->create.principal = asked->who.name;
	return charge_create_apply(tx, self);
}

/* An old page that a browser kept may ask again after days.  What was paid then is never shown as
 * the answer to a buyer who stands here now. */
static void
reply_asked(struct charge_request *asked)
{
	const struct charge *charge = &asked->create.charge;

	if (asked->create.repeated && !charge_takes_money(charge))
		reply_redirect(asked->req, STR("/stall?error=over"));
	else
		reply_redirect(
			asked->req, arena_printf(request_arena(asked->req), "/stall?charge=%.*s",
					    STR_FMT(charge->reference)));
}

static void
created(struct command *self)
{
	struct charge_request *asked = (struct charge_request *)self;
	struct request *req = asked->req;
	json_t *json;

	if (self->result.code != ERR_OK) {
		fail(asked);
		return;
	}
	atomic_fetch_add(&api_of(req)->config.counts->charges, !asked->create.repeated);
	if (asked->as_page) {
		reply_asked(asked);
		return;
	}
	request_add_header(req, "Location",
		arena_printf(request_arena(req), "/v1/charges/%.*s",
			STR_FMT(asked->create.charge.reference)));
	request_add_header(req, "Cache-Control", STR("no-store"));
	json = charge_json(&asked->create.charge, &asked->create.of, request_arena(req));
	if (asked->create.dossier.len > 0)
		dossier_json(json, &(struct charge_dossier){.dossier = asked->create.dossier,
					   .procedure = asked->create.procedure,
					   .online = asked->create.online});
	reply_json(req, 201, json);
}

/* What an office says of a charge; false: it is none of these members, or after replying. */
static bool
read_dossier(struct request *req, const char *name, const json_t *member,
	struct charge_create_command *create, bool *replied)
{
	struct str *text = str_eq(str_from(name), STR("dossier"))     ? &create->dossier
			   : str_eq(str_from(name), STR("procedure")) ? &create->procedure
								      : NULL;

	if (str_eq(str_from(name), STR("online")) && json_is_boolean(member)) {
		create->online = json_is_true(member);
		return true;
	}
	if (text != NULL && json_is_string(member)) {
		*text = arena_copy(request_arena(req), str_trim(json_str(member)));
		return true;
	}
	*replied = text != NULL || str_eq(str_from(name), STR("online"));
	if (*replied)
		reply_problem(req, 400, "invalid-body", "A member has a wrong value",
			"\"dossier\" and \"procedure\" are texts, \"online\" is true or false");
	return false;
}

/* What a phone says of a charge that it minted without a network; as read_dossier. */
static bool
read_minted(struct request *req, const char *name, const json_t *member,
	struct charge_create_command *create, bool *replied)
{
	bool is_time = str_eq(str_from(name), STR("minted_at"));

	if (str_eq(str_from(name), STR("reference")) && json_is_string(member) &&
		json_string_length(member) > 0) {
		create->minted = arena_copy(request_arena(req), json_str(member));
		return true;
	}
	if (is_time && json_is_string(member) &&
		time_parse_rfc3339(json_str(member), &create->minted_at_ms).code == ERR_OK)
		return true;
	*replied = is_time || str_eq(str_from(name), STR("reference"));
	if (*replied)
		reply_problem(req, 400, "invalid-body", "A member has a wrong value",
			"\"reference\" is a charge's reference, \"minted_at\" a time:"
			" 2026-07-28T14:30:45+07:00");
	return false;
}

/* False after replying. */
static bool
read_member(struct request *req, const char *name, const json_t *member,
	struct charge_create_command *create)
{
	int64_t *number = str_eq(str_from(name), STR("amount"))	      ? &create->amount.dong
			  : str_eq(str_from(name), STR("expires_in")) ? &create->ttl_s
								      : NULL;
	bool replied = false;

	if (number != NULL && json_is_integer(member)) {
		*number = json_integer_value(member);
		return true;
	}
	if (number != NULL) {
		reply_problem(req, 400, "invalid-body", "A member has a wrong value",
			"\"%s\" must be a whole number, without a fraction or quotes",
			number == &create->ttl_s ? "expires_in" : "amount");
		return false;
	}
	if (read_dossier(req, name, member, create, &replied))
		return true;
	if (!replied && read_minted(req, name, member, create, &replied))
		return true;
	if (!replied)
		reply_problem(req, 400, "invalid-body", "An unknown member",
			"a charge has \"amount\" (whole đồng) and \"expires_in\" (seconds); one"
			" that a phone minted also \"reference\" and \"minted_at\", a fee desk's"
			" also \"dossier\", \"procedure\" and \"online\"");
	return false;
}

/* The members of the body; false after replying. */
static bool
read_body(struct request *req, struct charge_create_command *create)
{
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	const char *name;
	json_t *member;

	if (body == NULL)
		return false;
	json_object_foreach(body, name, member)
	{
		if (!read_member(req, name, member, create))
			return false;
	}
	if (create->minted_at_ms != 0 && create->minted.len == 0) {
		reply_problem(req, 400, "invalid-body", "A member is missing",
			"\"minted_at\" goes with \"reference\"");
		return false;
	}
	if (json_object_get(body, "expires_in") != NULL &&
		(create->ttl_s < CHARGE_TTL_MIN_S || create->ttl_s > CHARGE_TTL_MAX_S)) {
		reply_problem(req, 400, "invalid-expiry", "The expiry is out of range",
			"\"expires_in\" is %d to %d seconds", CHARGE_TTL_MIN_S, CHARGE_TTL_MAX_S);
		return false;
	}
	if (create->amount.dong <= 0 || create->amount.dong > VND_TRANSFER_MAX) {
		reply_problem(req, 400, "invalid-amount", "The amount cannot be asked for",
			"\"amount\" is whole đồng, from 1 to %d", VND_TRANSFER_MAX);
		return false;
	}
	return true;
}

void
charge_create(struct request *req)
{
	struct charge_request *asked = charge_request_new(req, create_apply, created);
	struct str key = request_header(req, "Idempotency-Key");

	if (!same_origin(req)) {
		reply_problem(req, 403, "cross-site", "Not from our page",
			"another site may not ask for a charge");
		return;
	}
	if (key.len > IDEMPOTENCY_KEY_MAX) {
		reply_problem(req, 400, "invalid-header", "A header has a wrong value",
			"Idempotency-Key is at most %d bytes", IDEMPOTENCY_KEY_MAX);
		return;
	}
	asked->create.stall = request_param(req, "stall");
	asked->create.key = key;
	if (read_body(req, &asked->create))
		submit(asked);
}

void
stall_post_charge(struct request *req)
{
	struct charge_request *asked = charge_request_new(req, create_apply, created);
	struct str text;

	asked->as_page = true;
	if (!same_origin(req)) {
		reply_message_page(req, 403, "error.other_site");
		return;
	}
	if (!request_form(req, "amount", &text) || !read_amount(text, &asked->create.amount)) {
		reply_redirect(req, STR("/stall?error=amount"));
		return;
	}
	asked->create.key = form_once_key(req, arena_printf(request_arena(req), "charge %lld",
						       (long long)asked->create.amount.dong));
	submit(asked);
}

/* ---- cancel
 * ---------------------------------------------------------------------------------------- */

static struct err
cancel_apply(struct tx *tx, struct command *self)
{
	struct charge_request *asked = (struct charge_request *)self;
	struct charge charge;
	struct err err;

	TRY(principal_find(tx->db, self->arena, &asked->proof, tx->now_ms, &asked->who));
	err = charges_find(tx->db, self->arena, asked->cancel.reference, &charge);
	if (err.code != ERR_OK && err.code != ERR_NOT_FOUND)
		return err;
	/* Whoever may not cancel it does not learn whether it exists. */
	if (!may(&asked->who, CANCEL_CHARGE, err.code == ERR_OK ? charge.stall_id : 0))
		return asked->who.stall_id != 0 ? FAIL(ERR_NOT_FOUND, "no such charge")
						: refused(&asked->who);
	TRY(err);
	TRY(stalls_get(tx->db, self->arena, charge.stall_id, &asked->stall));
	return charge_cancel_apply(tx, self);
}

static void
cancelled(struct command *self)
{
	struct charge_request *asked = (struct charge_request *)self;

	if (self->result.code != ERR_OK)
		fail(asked);
	else if (asked->as_page)
		reply_redirect(asked->req, STR("/stall"));
	else
		reply_json(asked->req, 200,
			charge_json(
				&asked->cancel.charge, &asked->stall, request_arena(asked->req)));
}

static void
cancel(struct request *req, bool as_page)
{
	struct charge_request *asked = charge_request_new(req, cancel_apply, cancelled);

	asked->as_page = as_page;
	asked->cancel.reference = request_param(req, "reference");
	if (same_origin(req))
		submit(asked);
	else if (as_page)
		reply_message_page(req, 403, "error.other_site");
	else
		reply_problem(req, 403, "cross-site", "Not from our page",
			"another site may not cancel a charge");
}

void
charge_cancel(struct request *req)
{
	cancel(req, false);
}

void
stall_post_cancel(struct request *req)
{
	cancel(req, true);
}

/* ---- look
 * -------------------------------------------------------------------------------------------- */

/* What came in for it and what went back, so that its sums explain themselves. */
static struct err
add_money(struct db *db, struct ask *ask)
{
	struct arena *arena = ask->query.arena;
	struct payment *payments = arena_alloc(arena, PAYMENTS_SHOWN_MAX * sizeof(*payments));
	struct adjustment *adjustments = arena_alloc(
		arena, PAYMENTS_SHOWN_MAX * sizeof(*adjustments));
	const struct charge *charge = &ask->charge;
	json_t *in = json_array(), *back = json_array();
	size_t count;

	json_object_set_new(ask->json, "payments", in);
	json_object_set_new(ask->json, "adjustments", back);
	TRY(payments_of_charge(
		db, arena, charge->stall_id, charge->id, PAYMENTS_SHOWN_MAX, payments, &count));
	for (size_t i = count; i > 0; i--)
		json_array_append_new(in, payment_json(&payments[i - 1]));
	TRY(adjustments_of_charge(
		db, arena, charge->stall_id, charge->id, PAYMENTS_SHOWN_MAX, adjustments, &count));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(back, adjustment_json(&adjustments[i]));
	return OK;
}

static struct err
get_answer(struct db *db, struct ask *ask)
{
	struct err err = charges_find(db, ask->query.arena, ask->word, &ask->charge);

	if (err.code != ERR_OK && err.code != ERR_NOT_FOUND)
		return err;
	if (!may(&ask->who, SEE_CHARGE, err.code == ERR_OK ? ask->charge.stall_id : 0))
		return ask->who.stall_id != 0 ? FAIL(ERR_NOT_FOUND, "no such charge")
					      : refused(&ask->who);
	TRY(err);
	TRY(stalls_get(db, ask->query.arena, ask->charge.stall_id, &ask->stall));
	ask->json = charge_json(&ask->charge, &ask->stall, ask->query.arena);
	TRY(dossier_of_charge(db, ask->query.arena, &ask->charge, ask->json));
	return add_money(db, ask);
}

void
charge_get(struct request *req)
{
	struct ask *ask = ask_new(req);

	ask->word = request_param(req, "reference");
	ask->answer = get_answer;
	ask_send(ask);
}
