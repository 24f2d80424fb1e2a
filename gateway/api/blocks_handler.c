/* Blocks of counters over /v1: what a device needs to mint charges where there is no network. */
#include "api.h"
#include "chopay/minted.h"

struct block_request {
	union {
		struct command command; /* first */
		struct block_lease_command lease;
	};
	struct request *req;
	struct proof proof;
	struct principal who;
	struct str stall;
};

/* Whoever may not ask learns not whether the stall exists. */
static struct err
lease_apply(struct tx *tx, struct command *self)
{
	struct block_request *asked = (struct block_request *)self;
	struct stall stall;
	struct err err;

	TRY(principal_find(tx->db, self->arena, &asked->proof, tx->now_ms, &asked->who));
	err = stalls_find(tx->db, self->arena, asked->stall, &stall);
	if (err.code != ERR_OK && err.code != ERR_NOT_FOUND)
		return err;
	if (!may(&asked->who, CREATE_CHARGE, err.code == ERR_OK ? stall.id : 0))
		return FAIL(ERR_DENIED, "an operator's key or the stall's own session is needed");
	TRY(err);
	asked->lease.stall_id = stall.id;
	asked->lease.principal = asked->who.name;
	return block_lease_apply(tx, self);
}

static json_t *
block_json(const struct block_lease_command *lease)
{
	const struct stall *stall = &lease->of;
	json_t *json = json_object(), *of = json_object();

	json_set_i64(json, "first", lease->first);
	json_set_i64(json, "left", lease->left);
	json_set_i64(json, "size", COUNTER_BLOCK_SIZE);
	json_set_time(json, "now", lease->now_ms);
	json_object_set_new(json, "stall", of);
	json_set_str(of, "reference", stall->reference);
	json_set_str(of, "name", stall->name);
	json_set_str(of, "code", stall->code);
	json_set_str(of, "bank_bin", stall->bank_bin);
	json_set_str(of, "bank", stall->bank_short_name);
	json_set_str(of, "account", stall->account_no);
	json_set_str(of, "holder", stall->account_holder);
	return json;
}

static void
leased(struct command *self)
{
	struct block_request *asked = (struct block_request *)self;

	if (self->result.code != ERR_OK) {
		reply_refusal(asked->req, &asked->who, self->result);
		return;
	}
	request_add_header(asked->req, "Cache-Control", STR("no-store"));
	reply_json(asked->req, asked->lease.fresh ? 201 : 200, block_json(&asked->lease));
}

/* "first" and "left": the block that the device has.  False after replying. */
static bool
read_block(struct request *req, struct block_lease_command *lease)
{
	json_t *body CLEANUP(json_cleanup) = body_object(req);
	const char *name;
	json_t *member;

	if (body == NULL)
		return false;
	json_object_foreach(body, name, member)
	{
		uint32_t *number = str_eq(str_from(name), STR("first"))	 ? &lease->first
				   : str_eq(str_from(name), STR("left")) ? &lease->left
									 : NULL;
		int64_t value = json_is_integer(member) ? json_integer_value(member) : -1;

		if (number == NULL || value < 0 || value >= REFERENCE_CHARGE_COUNTERS) {
			reply_problem(req, 400, "invalid-body", "A member has a wrong value",
				"a device's block is \"first\" and \"left\": whole numbers below"
				" %u; one without a block sends {}",
				REFERENCE_CHARGE_COUNTERS);
			return false;
		}
		*number = (uint32_t)value;
	}
	return true;
}

void
stall_post_block(struct request *req)
{
	struct block_request *asked = arena_alloc(request_arena(req), sizeof(*asked));

	if (!same_origin(req)) {
		reply_problem(req, 403, "cross-site", "Not from our page",
			"another site may not ask for a stall's counters");
		return;
	}
	asked->req = req;
	asked->proof = proof_of(req);
	asked->stall = request_param(req, "stall");
	asked->command = (struct command){
		lease_apply, leased, api_of(req)->config.mailbox, request_arena(req), OK};
	if (read_block(req, &asked->lease))
		submit_command(req, &asked->command);
}
