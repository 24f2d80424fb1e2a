/*
 * bidv.c - BIDV bill payment: the bank asks what a bill costs (getbill) and tells that it was paid
 * (paybill), with a bearer token of ours and an MD5 checksum over a shared secret.
 *
 * The checksum is no MAC and its fields have no separators; that a payment must fit an open bill to
 * the dong (check_bill) is what keeps digits from moving between the bill's number and the amount.
 *
 * Source: FEEDS.md section 5; duchieupham/vietqr_server for the codes that it does not list.
 */
#include "fields.h"
#include "proof.h"
#include "reply.h"
#include "rows.h"

/* ---- which call ----------------------------------------------------------------------------- */

static bool
is_token_call(const struct feed_message *message)
{
	return message != NULL && (str_ends(message->path, STR("/token")) ||
					  str_ends(message->path, STR("/token_generate")));
}

static bool
is_getbill(const struct feed_message *message)
{
	return str_ends(message->path, STR("/getbill"));
}

/* ---- the fields ----------------------------------------------------------------------------- */

struct call { /* as told: the checksum covers the spelling */
	struct str trans_id, trans_date, customer_id, service_id, bill_id, amount, checksum;
};

/* Each member of the call is there; getbill has three of them. */
static struct err
read_call(struct arena *arena, const struct feed_message *message, struct call *call)
{
	const bool getbill = is_getbill(message);
	const struct {
		const char *name;
		struct str *value;
		bool needed;
	} members[] = {
		{"customer_id", &call->customer_id, true},
		{"service_id", &call->service_id, true},
		{"checksum", &call->checksum, true},
		{"bill_id", &call->bill_id, !getbill},
		{"trans_id", &call->trans_id, !getbill},
		{"trans_date", &call->trans_date, !getbill},
		{"amount", &call->amount, !getbill},
	};
	struct fields fields;

	TRY(fields_read(arena, STR("application/json"), message->body, &fields));
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		TRY(fields_token(arena, &fields, members[i].name, members[i].value));
		if (members[i].needed && members[i].value->len == 0)
			return FAIL(ERR_INVALID, "a member of the call is missing");
	}
	return OK;
}

/* ---- the proof ------------------------------------------------------------------------------ */

static bool
fits_checksum(const struct crypt *crypt, struct str key, const struct call *call, bool getbill)
{
	const struct str paybill_parts[] = {key, call->trans_id, call->bill_id, call->amount};
	const struct str getbill_parts[] = {key, call->service_id, call->customer_id};
	struct buf given CLEANUP(buf_fini) = {0};
	unsigned char want[MD5_SIZE];

	return hex_get(call->checksum, &given).code == ERR_OK &&
	       crypt_md5(crypt, getbill ? getbill_parts : paybill_parts, getbill ? 3 : 4, want)
			       .code == ERR_OK &&
	       crypt_equal(crypt, buf_str(&given), (struct str){(const char *)want, sizeof(want)});
}

static enum feed_reason
verify(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct call call;
	bool match = false;

	if (secret->mode != FEED_MODE_BIDV)
		return FEED_BAD_AUTH;
	if (is_token_call(message))
		return proof_is_user(crypt, secret, message) ? FEED_OK : FEED_BAD_AUTH;
	if (!proof_is_issued(crypt, secret, message))
		return FEED_BAD_AUTH;
	if (read_call(arena, message, &call).code != ERR_OK ||
		!crypt_equal(crypt, call.service_id, secret->client_id))
		return FEED_BAD_PAYLOAD;
	for (size_t i = 0; i < 2; i++)
		match |= secret->values[i].len > 0 &&
			 fits_checksum(crypt, secret->values[i], &call, is_getbill(message));
	return match ? FEED_OK : FEED_BAD_SIGNATURE;
}

/* ---- what it says --------------------------------------------------------------------------- */

/* The account is not told: the money comes in behind a customer's number. */
static struct err
read_payment(
	struct arena *arena, struct str body, const struct call *call, struct feed_event *event)
{
	struct fields fields;

	TRY(fields_read(arena, STR("application/json"), body, &fields));
	TRY(fields_amount(&fields, "amount", &event->amount));
	if (event->amount.dong == 0)
		return FAIL(ERR_INVALID, "a bill is not paid with nothing");
	event->provider_txn_id = event->bank_txn_id = call->trans_id;
	event->bank = STR("BIDV");
	event->account = STR("");
	event->virtual_account = call->customer_id;
	event->code_hint = call->bill_id;
	event->content = STR("");
	return fields_compact_time(&fields, "trans_date", &event->time_ms);
}

static enum feed_reason
parse(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	struct feed_event *event = arena_alloc(arena, sizeof(*event));
	struct call call;

	*events = (struct feed_events){0};
	if (is_token_call(message)) {
		events->call = FEED_CALL_TOKEN;
		return FEED_OK;
	}
	if (read_call(arena, message, &call).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	if (is_getbill(message)) {
		events->call = FEED_CALL_BILL;
		events->bill_id = call.bill_id;
		events->customer_id = call.customer_id;
		return FEED_OK;
	}
	if (read_payment(arena, message->body, &call, event).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	*events = (struct feed_events){.items = event, .count = 1};
	return FEED_OK;
}

static enum feed_reason
check_bill(const struct feed_event *event, const struct feed_bill *bill)
{
	if (!bill->found)
		return FEED_BAD_PAYLOAD;
	if (bill->customer_id.len > 0 && !str_eq(bill->customer_id, event->virtual_account))
		return FEED_BAD_PAYLOAD;
	if (!bill->open)
		return FEED_NOT_SUCCESSFUL;
	return bill->due.dong == event->amount.dong ? FEED_OK : FEED_AMOUNT_MISMATCH;
}

/* ---- the answer ----------------------------------------------------------------------------- */

struct result {
	int status;
	const char *code, *text;
};

/* A payload that is refused has three codes: it cannot be read, or it was read (it has events) and
 * the bill does not fit, or it could be read but the service is not ours. */
static struct result
payload_result(struct arena *arena, const struct feed_answer *answer)
{
	struct feed_events events;

	if (answer->events != NULL && answer->events->count > 0)
		return (struct result){400, "021", "no such bill"};
	if (answer->message != NULL && parse(arena, answer->message, &events) == FEED_OK)
		return (struct result){400, "006", "no such service"};
	return (struct result){400, "001", "a parameter is missing or malformed"};
}

/* BIDV wants 400 for what others answer with 401. */
static struct result
result_of(struct arena *arena, const struct feed_answer *answer)
{
	switch (answer->reason) {
	case FEED_BAD_AUTH:
		return (struct result){400, "003", "wrong credentials"};
	case FEED_BAD_SIGNATURE:
		return (struct result){400, "004", "wrong checksum"};
	case FEED_BAD_PAYLOAD:
		return payload_result(arena, answer);
	case FEED_AMOUNT_MISMATCH:
		return (struct result){400, "022", "the amount is not that of the bill"};
	case FEED_NOT_SUCCESSFUL:
		return (struct result){200, "023", "the bill is paid already"};
	default:
		return feed_accepts(answer->reason) ? (struct result){200, "000", "success"}
						    : (struct result){400, "031", "system error"};
	}
}

static void
put_bill(json_t *object, const struct feed_bill *bill, struct str customer_id)
{
	json_t *list = json_array(), *item = json_object();

	json_set_str(object, "customer_id", customer_id);
	json_set_str(object, "customer_name", customer_id);
	json_set_str(object, "customer_addr", STR(""));
	json_set_i64(item, "type", 0); /* the amount is fixed */
	json_set_i64(item, "amount", bill->due.dong);
	json_set_str(item, "bill_id", bill->bill_id);
	json_array_append_new(list, item);
	json_object_set_new(object, "data", list);
}

static int
reply(struct arena *arena, const struct feed_answer *answer, struct str *body)
{
	struct result result = result_of(arena, answer);
	const struct feed_bill *bill = answer->bill;
	const bool good = answer->reason == FEED_OK;
	json_t *object;

	if (good && is_token_call(answer->message)) {
		*body = reply_token(arena, answer);
		return result.status;
	}
	object = json_object();
	if (good && answer->events != NULL && answer->events->call == FEED_CALL_BILL) {
		if (bill != NULL && bill->found && bill->open)
			put_bill(object, bill, answer->events->customer_id);
		else
			result = (struct result){200, "012", "the customer has no bill"};
	}
	json_set_str(object, "result_code", str_from(result.code));
	json_set_str(object, "result_desc", str_from(result.text));
	*body = reply_text(arena, object);
	return result.status;
}

static const enum feed_mode modes[] = {FEED_MODE_BIDV};

const struct feed feed_bidv = {
	.name = "bidv",
	.provider = "bidv_paybill",
	.key_prefix = "bidv",
	.modes = modes,
	.mode_count = sizeof(modes) / sizeof(*modes),
	.verify = verify,
	.parse = parse,
	.reply = reply,
	.check_bill = check_bill,
};
