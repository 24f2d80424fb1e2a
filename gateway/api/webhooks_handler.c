/* What banks and aggregators call: verify, parse, settle; 2xx only after the commit. */
#include "chopay/log.h"

#include "incoming.h"

#define TOKEN_SECONDS 300	  /* VietQR.vn, MB and BIDV ask for one before each delivery */
#define EMPTY_PER_SECOND 20	  /* deliveries without a transfer that are logged */
#define OAUTH2_TOKEN_SECONDS 3600 /* SePay's advice for expiredIn */

/* ---- transfers ------------------------------------------------------------------------------ */

struct webhook {
	struct settle_command settle; /* first */
	struct incoming *in;
	enum feed_reason reason;
};

static void
count_settlements(struct api_counts *counts, const struct settle_command *settle)
{
	atomic_fetch_add(&counts->deliveries, 1);
	for (size_t i = 0; i < settle->event_count; i++) {
		const struct settlement *one = &settle->settlements[i];

		atomic_fetch_add(one->conflict		      ? &counts->conflicts
				 : one->replay || one->merged ? &counts->replays
							      : &counts->transfers,
			1);
	}
}

static const int64_t *
transfer_ids(struct arena *arena, const struct settle_command *settle)
{
	int64_t *ids = arena_alloc(arena, (settle->event_count + 1) * sizeof(*ids));

	for (size_t i = 0; i < settle->event_count; i++)
		ids[i] = settle->settlements[i].transfer_id;
	return ids;
}

/* Acknowledged and kept, but no money: a test call, or a kind of notice that we do not know.  A
 * sender that calls its credits by another name would else be silent. */
static void
tell_of_nothing(const struct webhook *webhook)
{
	const struct incoming *in = webhook->in;

	if (webhook->settle.event_count > 0 ||
		!log_allows(
			&api_of(in->req)->refused, "webhook_without_transfer", EMPTY_PER_SECOND))
		return;
	log_info("webhook_without_transfer", "feed=%s endpoint=%.*s reason=%s request=%.*s",
		in->feed->name, STR_FMT(in->endpoint_id),
		webhook->reason == FEED_OK ? "no_transfer" : feed_reason_name(webhook->reason),
		STR_FMT(request_id(in->req)));
}

static void
webhook_settled(struct command *command)
{
	struct webhook *webhook = (struct webhook *)command;
	struct incoming *in = webhook->in;

	/* Any other failure undid what the refusal rested on: then the bank asks again. */
	if (command->result.code == ERR_CONFLICT && webhook->settle.refused != FEED_OK) {
		incoming_refuse(in, (int)webhook->settle.refused, NULL);
		return;
	}
	if (command->result.code != ERR_OK) {
		reply_err(in->req, command->result);
		return;
	}
	count_settlements(api_of(in->req)->config.counts, &webhook->settle);
	tell_of_nothing(webhook);
	incoming_answer(in, (struct feed_answer){
				    .reason = webhook->reason,
				    .transfer_ids = transfer_ids(command->arena, &webhook->settle),
			    });
}

static void
settle_transfers(struct incoming *in, enum feed_reason reason)
{
	struct request *req = in->req;
	struct arena *arena = request_arena(req);
	struct webhook *webhook = arena_alloc(arena, sizeof(*webhook));

	*webhook = (struct webhook){
		.settle =
			{
				.command = {settle_apply, webhook_settled,
					api_of(req)->config.mailbox, arena, OK},
				.feed = in->feed,
				.endpoint_id = in->endpoint_id,
				.content_type = in->message.content_type,
				.raw = in->message.body,
				.events = in->events.items,
				.bank_bins = banks_of_events(api_of(req)->config.banks, arena,
					in->events.items, in->events.count),
				.payer_bins = banks_of_payers(api_of(req)->config.banks, arena,
					in->events.items, in->events.count),
				.event_count = in->events.count,
			},
		.in = in,
		.reason = reason,
	};
	submit_command(req, &webhook->settle.command); /* full: the bank tries again */
}

/* ---- what is to be paid on a bill? ---------------------------------------------------------- */

struct bill_question {
	struct query query; /* first */
	struct incoming *in;
	int64_t now_ms;
	struct feed_bill bill;
};

/* A buyer types our reference where the bank asks for a bill or for a customer. */
static struct err
find_bill(struct db *db, struct query *query)
{
	struct bill_question *question = (struct bill_question *)query;
	const struct feed_events *asked = &question->in->events;
	struct str id = asked->bill_id.len > 0 ? asked->bill_id : asked->customer_id;
	struct err err;

	TRY(store_begin(db));
	err = bill_find(db, query->arena, id, question->now_ms, &question->bill);
	store_rollback(db);
	return err;
}

static void
bill_found(struct query *query)
{
	struct bill_question *question = (struct bill_question *)query;

	if (query->result.code != ERR_OK)
		reply_err(question->in->req, query->result);
	else
		incoming_answer(question->in, (struct feed_answer){.bill = &question->bill});
}

static void
ask_bill(struct incoming *in)
{
	const struct api_config *config = &api_of(in->req)->config;
	struct bill_question *question = arena_alloc(request_arena(in->req), sizeof(*question));
	struct err err;

	*question = (struct bill_question){
		.query = {find_bill, bill_found, config->mailbox, request_arena(in->req), OK},
		.in = in,
		.now_ms = in->message.now_ms,
	};
	err = books_ask(config->books, &question->query);
	if (err.code != ERR_OK)
		reply_err(in->req, err);
}

/* ---- receive -------------------------------------------------------------------------------- */

static void
give_token(struct incoming *in)
{
	request_add_header(in->req, "Cache-Control", STR("no-store"));
	incoming_answer(in, (struct feed_answer){
				    .token = incoming_token(in, TOKEN_SECONDS),
				    .token_s = TOKEN_SECONDS,
			    });
}

void
webhook_receive(struct request *req)
{
	struct incoming *in = incoming_admit(req);
	enum feed_reason reason;

	if (in == NULL)
		return;
	reason = in->feed->verify(api_of(req)->config.crypt, &in->secret, &in->message);
	if (reason == FEED_OK)
		reason = in->feed->parse(request_arena(req), &in->message, &in->events);
	if (!feed_accepts(reason)) {
		incoming_refuse(in, (int)reason, NULL);
		return;
	}
	switch (in->events.call) {
	case FEED_CALL_TOKEN:
		give_token(in);
		break;
	case FEED_CALL_BILL:
		ask_bill(in);
		break;
	case FEED_CALL_TRANSFERS:
		settle_transfers(in, reason);
		break;
	}
}

/* ---- SePay's token endpoint (FEEDS section 1) ----------------------------------------------- */

static enum feed_reason
check_client(const struct crypt *crypt, const struct feed_secret *secret, struct str text)
{
	json_t *body CLEANUP(json_cleanup) = NULL;
	struct str client_id, client_secret;
	bool match = false;

	if (json_parse_strict(text, &body, NULL).code != ERR_OK ||
		json_member_str(body, "clientId", &client_id).code != ERR_OK ||
		json_member_str(body, "clientSecret", &client_secret).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	for (size_t i = 0; i < 2; i++)
		match |= crypt_equal(crypt, client_secret, secret->values[i]) &&
			 secret->values[i].len > 0;
	return crypt_equal(crypt, client_id, secret->client_id) && match ? FEED_OK : FEED_BAD_AUTH;
}

static void
give_oauth2_token(struct incoming *in)
{
	enum feed_reason reason = check_client(
		api_of(in->req)->config.crypt, &in->secret, in->message.body);
	json_t *data, *reply;

	if (reason != FEED_OK) {
		incoming_refuse(in, (int)reason,
			reason == FEED_BAD_PAYLOAD
				? "a token is asked for with {clientId, clientSecret} in JSON"
				: NULL);
		return;
	}
	data = json_object();
	json_set_str(data, "accessToken", incoming_token(in, OAUTH2_TOKEN_SECONDS));
	json_set_i64(data, "expiredIn", OAUTH2_TOKEN_SECONDS);
	reply = json_object();
	json_object_set_new(reply, "data", data);
	request_add_header(in->req, "Cache-Control", STR("no-store"));
	reply_json(in->req, 200, reply);
}

/* .../token of an OAuth2 endpoint; any other endpoint's is one more path of its feed. */
void
webhook_token(struct request *req)
{
	const struct open_endpoint *endpoint = endpoint_find(
		api_of(req), request_param(req, "feed"), request_param(req, "endpoint"));
	struct incoming *in;

	if (endpoint == NULL || endpoint->secret.mode != FEED_MODE_OAUTH2) {
		webhook_receive(req);
		return;
	}
	in = incoming_admit(req);
	if (in != NULL)
		give_oauth2_token(in);
}
