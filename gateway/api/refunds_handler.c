/* Refunds over /v1: a person says what was given back of a payment. */
#include "api.h"

#define IDEMPOTENCY_KEY_MAX 255

struct refunding {
	struct payment_refund_command refund; /* first */
	struct request *req;
	struct proof proof;
	struct principal who;
	struct str key; /* Idempotency-Key, or empty */
};

/* The same key again: the first answer, and nothing given back a second time. */
static struct err
find_first(struct tx *tx, struct refunding *asked, struct str fingerprint, bool *known)
{
	struct payment_refund_command *refund = &asked->refund;
	struct arena *arena = refund->command.arena;
	struct str first;
	int64_t id;
	struct err err;

	*known = false;
	err = idempotency_find(tx->db, arena, asked->who.name, asked->key, fingerprint, &first);
	if (err.code == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	*known = true;
	TRY(str_to_i64(first, &id));
	TRY(adjustments_get(tx->db, arena, id, &refund->adjustment));
	return payments_get(tx->db, arena, refund->adjustment.payment_id, &refund->payment);
}

static struct err
refund_once(struct tx *tx, struct refunding *asked)
{
	struct payment_refund_command *refund = &asked->refund;
	struct arena *arena = refund->command.arena;
	unsigned char digest[SHA256_SIZE];
	struct str fingerprint = {(const char *)digest, sizeof(digest)};
	bool known;

	if (asked->key.len == 0)
		return payment_refund_apply(tx, &refund->command);
	crypt_sha256(tx->crypt,
		arena_printf(arena, "refund %lld %lld %lld", (long long)refund->payment_id,
			(long long)refund->amount.dong, (long long)refund->transfer_id),
		digest);
	TRY(find_first(tx, asked, fingerprint, &known));
	if (known)
		return OK;
	TRY(payment_refund_apply(tx, &refund->command));
	return idempotency_put(tx->db, asked->who.name, asked->key, fingerprint,
		arena_printf(arena, "%lld", (long long)refund->adjustment.id), tx->now_ms);
}

static struct err
refunding_apply(struct tx *tx, struct command *self)
{
	struct refunding *asked = (struct refunding *)self;

	TRY(principal_find(tx->db, self->arena, &asked->proof, tx->now_ms, &asked->who));
	if (!may(&asked->who, REFUND_PAYMENT, 0))
		return principal_denied(&asked->who, "this key or session may not record a refund");
	TRY(principal_person(&asked->who, &asked->refund.person));
	return refund_once(tx, asked);
}

static void
refunded(struct command *self)
{
	struct refunding *asked = (struct refunding *)self;
	json_t *json;

	if (self->result.code != ERR_OK) {
		reply_refusal(asked->req, &asked->who, self->result);
		return;
	}
	json = json_object();
	json_object_set_new(json, "refund", adjustment_json(&asked->refund.adjustment));
	json_object_set_new(json, "payment", payment_json(&asked->refund.payment));
	reply_json(asked->req, 201, json);
}

/* NULL, or the sentence that says which member is wrong. */
static const char *
read_refund(struct arena *arena, const json_t *body, struct payment_refund_command *refund)
{
	const json_t *amount = json_object_get(body, "amount");
	struct str transfer = {NULL, 0};
	const struct {
		const char *name;
		struct str *text;
	} members[] = {{"transfer", &transfer}, {"person", &refund->person}, {"why", &refund->why}};
	size_t known = 1;

	if (!json_is_integer(amount))
		return "\"amount\" is missing, or not a whole number of đồng";
	refund->amount.dong = json_integer_value(amount);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (json_member_str_opt(body, members[i].name, members[i].text).code != ERR_OK)
			return "a member is not a text";
		known += json_object_get(body, members[i].name) != NULL;
		*members[i].text = arena_copy(arena, *members[i].text);
	}
	if (json_object_size(body) != known)
		return "there is a member that a refund does not have";
	if (json_is_string(json_object_get(body, "transfer")) &&
		(str_to_i64(transfer, &refund->transfer_id).code != ERR_OK ||
			refund->transfer_id <= 0))
		return "\"transfer\" is not the id of a transfer";
	return json_is_string(json_object_get(body, "why")) ? NULL : "\"why\" is missing";
}

/* False after replying. */
static bool
read_request(struct request *req, struct refunding *asked)
{
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	const char *wrong;

	if (body == NULL)
		return false;
	if (str_to_i64(request_param(req, "payment"), &asked->refund.payment_id).code != ERR_OK) {
		reply_problem(req, 404, "not-found", "No such payment",
			"the id is a number that GET /v1/payments shows");
		return false;
	}
	if (asked->key.len > IDEMPOTENCY_KEY_MAX) {
		reply_problem(req, 400, "invalid-header", "A header has a wrong value",
			"Idempotency-Key is at most %d bytes", IDEMPOTENCY_KEY_MAX);
		return false;
	}
	wrong = read_refund(request_arena(req), body, &asked->refund);
	if (wrong == NULL)
		return true;
	reply_problem(req, 400, "invalid-body", "The refund cannot be read",
		"%s: send {\"amount\": whole đồng, \"why\": text, \"transfer\": the id of the money"
		" out or null, \"person\": text}",
		wrong);
	return false;
}

void
payment_post_refund(struct request *req)
{
	struct refunding *asked = arena_alloc(request_arena(req), sizeof(*asked));

	asked->req = req;
	asked->proof = proof_of(req);
	asked->key = request_header(req, "Idempotency-Key");
	asked->refund.command = (struct command){
		refunding_apply, refunded, api_of(req)->config.mailbox, request_arena(req), OK};
	if (read_request(req, asked))
		submit_command(req, &asked->refund.command);
}
