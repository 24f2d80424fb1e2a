/*
 * vietqr_vn.c - VietQR.vn calls two endpoints of ours: one for a bearer token, one with a
 * transaction behind that token.  Its signed variant has no token.  MB Bank pushes the same calls.
 *
 * Source: FEEDS.md section 4.
 */
#include "chopay/clock.h"

#include "fields.h"
#include "payer.h"
#include "proof.h"
#include "reply.h"
#include "rows.h"

#define SIGNED_BODY_MAX (16 * 1024)	      /* one transaction; parsed before it is believed */
#define SIGNED_AMOUNT_MAX INT64_C(9999999999) /* the signed text has room for 10 digits */
#define SIGNED_TIME_MIN_MS INT64_C(1577836800000) /* 2020-01-01: before VietQR.vn existed */
#define TIME_DIGITS 13				  /* of epoch milliseconds, from 2001 to 2286 */

/* ---- which call ----------------------------------------------------------------------------- */

static bool
is_token_call(const struct feed_message *message)
{
	return message != NULL && str_ends(message->path, STR("/api/token_generate"));
}

/* ---- the signed variant --------------------------------------------------------------------- */

struct signed_text {
	struct str id, time, order; /* as told */
	struct vnd amount;
	struct str signature;
};

static struct err
read_signed(struct arena *arena, struct str body, struct signed_text *text)
{
	struct fields fields;

	TRY(fields_read(arena, STR("application/json"), body, &fields));
	TRY(fields_token_either(arena, &fields, "transactionid", "transactionId", &text->id));
	TRY(fields_amount(&fields, "amount", &text->amount));
	TRY(fields_token_either(arena, &fields, "transactiontime", "transactionTime", &text->time));
	TRY(fields_token(arena, &fields, "orderId", &text->order));
	return fields_text(&fields, "signature", &text->signature);
}

static bool
is_signed_with(const struct crypt *crypt, struct str key, const struct signed_text *text)
{
	struct buf amount CLEANUP(buf_fini) = {0};
	struct buf want CLEANUP(buf_fini) = {0};
	unsigned char mac[SHA256_SIZE];

	buf_addf(&amount, "%010lld", (long long)text->amount.dong);
	const struct str parts[] = {text->id, buf_str(&amount), text->time, text->order};

	crypt_hmac_sha256(crypt, key, parts, 4, mac);
	hex_put(&want, (struct str){(const char *)mac, sizeof(mac)});
	return crypt_equal(crypt, text->signature, buf_str(&want));
}

static bool
consists_of(struct str text, const char *allowed)
{
	for (size_t i = 0; i < text.len; i++) {
		if (str_find(str_from(allowed), str_cut(text, i, i + 1)) < 0)
			return false;
	}
	return true;
}

/* What begins like a UUID is one: a piece of it could be the head of what follows. */
static bool
is_whole_id(struct str id)
{
	static const char hex[] = "0123456789abcdefABCDEF";

	if (id.len <= 8 || id.ptr[8] != '-')
		return id.len > 0;
	return id.len == 36 && id.ptr[13] == '-' && id.ptr[18] == '-' && id.ptr[23] == '-' &&
	       consists_of(str_cut(id, 0, 8), hex) && consists_of(str_cut(id, 9, 13), hex) &&
	       consists_of(str_cut(id, 14, 18), hex) && consists_of(str_cut(id, 19, 23), hex) &&
	       consists_of(str_cut(id, 24, 36), hex);
}

/* Epoch milliseconds, or a date and whatever clock behind it (seen: "2024-05-1701:53"). */
static bool
is_whole_time(struct str time, int64_t now_ms)
{
	int64_t ms;
	int32_t day;

	if (day_parse(str_cut(time, 0, 10), &day).code == ERR_OK)
		return consists_of(str_cut(time, 10, time.len), "0123456789:. TZ");
	return time.len == TIME_DIGITS && str_to_i64(time, &ms).code == ERR_OK &&
	       ms >= SIGNED_TIME_MIN_MS && ms <= now_ms + MS_PER_DAY;
}

/* The signed text has no separators: characters could have moved from one field to the next with
 * the signature still right.  Each field must look whole, or the signature says too little.  What
 * remains (the account, the memo and the direction are not signed at all) only TLS can hold. */
static bool
is_well_cut(const struct signed_text *text, int64_t now_ms)
{
	return text->amount.dong <= SIGNED_AMOUNT_MAX && is_whole_id(text->id) &&
	       is_whole_time(text->time, now_ms);
}

static enum feed_reason
verify_signature(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct signed_text text;
	bool match = false;

	if (message->body.len > SIGNED_BODY_MAX ||
		read_signed(arena, message->body, &text).code != ERR_OK)
		return FEED_BAD_SIGNATURE;
	for (size_t i = 0; i < 2; i++)
		match |= secret->values[i].len > 0 &&
			 is_signed_with(crypt, secret->values[i], &text);
	if (!match)
		return FEED_BAD_SIGNATURE;
	return is_well_cut(&text, message->now_ms) ? FEED_OK : FEED_WEAK_SIGNATURE;
}

static enum feed_reason
verify(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	bool good = false;

	if (secret->mode == FEED_MODE_VIETQR_SIGNATURE && !is_token_call(message))
		return verify_signature(crypt, secret, message);
	if (secret->mode == FEED_MODE_VIETQR)
		good = is_token_call(message) ? proof_is_user(crypt, secret, message)
					      : proof_is_issued(crypt, secret, message);
	return good ? FEED_OK : FEED_BAD_AUTH;
}

/* ---- what it says --------------------------------------------------------------------------- */

/* Epoch milliseconds or a local time; another spelling is a time not told: the money is told. */
static struct err
read_time(struct arena *arena, const struct fields *fields, int64_t *time_ms)
{
	struct str text;

	*time_ms = NO_TIME;
	TRY(fields_token_either(arena, fields, "transactiontime", "transactionTime", &text));
	if (text.len == TIME_DIGITS && text.ptr[0] != '-' &&
		str_to_i64(text, time_ms).code == ERR_OK)
		return OK;
	if (time_parse_local(text, time_ms).code != ERR_OK)
		*time_ms = NO_TIME;
	return OK;
}

/* VietQR's id of the transaction; a sender that has none gives the bank's. */
static struct err
read_ids(struct arena *arena, const struct fields *fields, struct feed_event *event)
{
	TRY(fields_token_either(
		arena, fields, "transactionid", "transactionId", &event->provider_txn_id));
	TRY(fields_token_either(
		arena, fields, "referencenumber", "referenceNumber", &event->bank_txn_id));
	if (event->provider_txn_id.len == 0)
		event->provider_txn_id = event->bank_txn_id;
	if (event->provider_txn_id.len == 0)
		return FAIL(ERR_INVALID, "the transaction has no id");
	return OK;
}

static bool
read_direction(const struct fields *fields, bool *outgoing)
{
	struct str type;

	if (fields_text(fields, "transType", &type).code != ERR_OK)
		return false;
	*outgoing = str_eq(type, STR("D"));
	return *outgoing || str_eq(type, STR("C"));
}

static struct err
read_event(struct arena *arena, const struct fields *fields, struct feed_event *event)
{
	TRY(read_ids(arena, fields, event));
	TRY(fields_token_either(arena, fields, "bankaccount", "bankAccount", &event->account));
	TRY(fields_token(arena, fields, "va", &event->virtual_account));
	TRY(fields_token(arena, fields, "orderId", &event->code_hint));
	TRY(fields_token(arena, fields, "terminalCode", &event->terminal));
	TRY(fields_text(fields, "content", &event->content));
	payer_read(arena, fields, "reciprocalAccount", "reciprocalBankCode", event); /* MB's push */
	TRY(fields_amount(fields, "amount", &event->amount));
	if (event->account.len == 0)
		return FAIL(ERR_INVALID, "the transaction names no account");
	if (!read_direction(fields, &event->outgoing))
		return FAIL(ERR_INVALID, "transType is neither C nor D");
	return read_time(arena, fields, &event->time_ms);
}

static enum feed_reason
parse(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	struct feed_event *event = arena_alloc(arena, sizeof(*event));
	struct fields fields;

	*events = (struct feed_events){0};
	if (is_token_call(message)) {
		events->call = FEED_CALL_TOKEN;
		return FEED_OK;
	}
	if (fields_read(arena, STR("application/json"), message->body, &fields).code != ERR_OK ||
		read_event(arena, &fields, event).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	if (event->amount.dong == 0)
		return FEED_ZERO_AMOUNT;
	*events = (struct feed_events){.items = event, .count = 1};
	return FEED_OK;
}

/* ---- the answer ----------------------------------------------------------------------------- */

static const char *
error_code(struct arena *arena, const struct feed_answer *answer)
{
	struct fields fields;
	bool outgoing;

	if (answer->reason == FEED_BAD_SIGNATURE || answer->reason == FEED_WEAK_SIGNATURE)
		return "002"; /* of the signed variant: 001 is an agency that they do not know */
	if (answer->reason != FEED_BAD_PAYLOAD)
		return "005";
	if (answer->message != NULL &&
		fields_read(arena, STR("application/json"), answer->message->body, &fields).code ==
			ERR_OK &&
		!read_direction(&fields, &outgoing))
		return "003";
	return "001";
}

/* Our id of the transfer: VietQR marks the transaction as told only when it gets one. */
static struct str
our_id(struct arena *arena, const struct feed_answer *answer)
{
	if (answer->events == NULL || answer->events->count == 0)
		return STR("0");
	if (answer->transfer_ids == NULL)
		return answer->events->items[0].provider_txn_id;
	return arena_printf(arena, "%lld", (long long)answer->transfer_ids[0]);
}

static struct str
sync_answer(struct arena *arena, const struct feed_answer *answer)
{
	bool good = feed_accepts(answer->reason);
	json_t *object = json_null(), *answered = json_object();

	if (good) {
		object = json_object();
		json_set_str(object, "reftransactionid", our_id(arena, answer));
	}
	json_object_set_new(answered, "error", json_boolean(!good));
	json_set_str(answered, "errorReason", str_from(good ? "000" : error_code(arena, answer)));
	json_set_str(
		answered, "toastMessage", str_from(good ? "" : feed_reason_name(answer->reason)));
	json_object_set_new(answered, "object", object);
	return reply_text(arena, answered);
}

static int
reply(struct arena *arena, const struct feed_answer *answer, struct str *body)
{
	if (!is_token_call(answer->message))
		*body = sync_answer(arena, answer);
	else if (feed_accepts(answer->reason))
		*body = reply_token(arena, answer);
	else
		*body = arena_printf(arena, "{\"status\":\"FAILED\",\"message\":\"%s\"}",
			feed_reason_name(answer->reason));
	return feed_status(answer->reason);
}

static const enum feed_mode modes[] = {FEED_MODE_VIETQR, FEED_MODE_VIETQR_SIGNATURE};

const struct feed feed_vietqr_vn = {
	.name = "vietqr_vn",
	.provider = "vietqr_vn",
	.key_prefix = "vietqr",
	.modes = modes,
	.mode_count = sizeof(modes) / sizeof(*modes),
	.account_unproved = true,
	.verify = verify,
	.parse = parse,
	.reply = reply,
};

/* MB Bank numbers its transactions by itself, and signs nothing. */
const struct feed feed_mb = {
	.name = "mb",
	.provider = "mb",
	.key_prefix = "mb",
	.modes = modes,
	.mode_count = 1,
	.verify = verify,
	.parse = parse,
	.reply = reply,
};
