/*
 * payos.c - payOS: one paid order per call, signed inside its own body.
 *
 * Only `data` is signed, so only `data` is read.  Source: FEEDS.md section 3; the signed text is
 * that of createSignatureFromObj in npm @payos/node 2.0.5, quirks included.
 */
#include "chopay/clock.h"
#include "chopay/json.h"

#include "batch.h"
#include "fields.h"
#include "javascript.h"
#include "payer.h"
#include "proof.h"
#include "reply.h"
#include "rows.h"

#define SIGNED_BODY_MAX (16 * 1024) /* one order; parsed before it is believed */
#define RUNNING_NUMBER_DIGITS_MAX 8

/* ---- who sent it -------------------------------------------------------------------------- */

/* An array: each element sorted one level, as JSON. */
static bool
put_array(struct buf *out, const json_t *array)
{
	buf_addc(out, '[');
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (i > 0)
			buf_addc(out, ',');
		if (!js_put_key_copy(out, json_array_get(array, i)))
			return false;
	}
	buf_addc(out, ']');
	return true;
}

/* What a template literal makes of a value; null and the texts that say so are empty. */
static bool
put_value(struct buf *out, const json_t *value)
{
	struct str text = json_is_string(value) ? json_str(value) : STR("");

	if (json_is_array(value))
		return put_array(out, value);
	if (json_is_object(value))
		buf_adds(out, "[object Object]");
	else if (json_is_number(value))
		js_put_number(out, value);
	else if (json_is_boolean(value))
		buf_adds(out, json_is_true(value) ? "true" : "false");
	else if (!str_eq(text, STR("null")) && !str_eq(text, STR("undefined")))
		buf_add(out, text);
	return true;
}

/* "amount=3000&code=00&...": no escaping of any kind. */
static bool
put_signed_text(struct buf *out, const json_t *data)
{
	struct js_member members[JS_KEYS_MAX];
	size_t count;

	if (!js_members(data, true, members, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_addc(out, '&');
		buf_add(out, members[i].key);
		buf_addc(out, '=');
		if (!put_value(out, members[i].value))
			return false;
	}
	return true;
}

static bool
signed_with(const struct crypt *crypt, struct str key, struct str text, struct str signature)
{
	struct buf want CLEANUP(buf_fini) = {0};
	unsigned char mac[SHA256_SIZE];

	crypt_hmac_sha256(crypt, key, &text, 1, mac);
	hex_put(&want, (struct str){(const char *)mac, sizeof(mac)});
	return crypt_equal(crypt, signature, buf_str(&want));
}

/* The signature is over parsed JSON and inside it; so this is a verify that must parse, strictly
 * and bounded.  It names no time: an old message that comes again is a reference seen before. */
static enum feed_reason
verify(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	json_t *body CLEANUP(json_cleanup) = NULL;
	struct buf text CLEANUP(buf_fini) = {0};
	const json_t *data;
	struct str signature;
	bool match = false;

	if (secret->mode != FEED_MODE_CHECKSUM_KEY)
		return FEED_BAD_AUTH;
	if (message->body.len > SIGNED_BODY_MAX ||
		fields_parse_json(message->body, &body).code != ERR_OK)
		return FEED_BAD_SIGNATURE;
	data = json_object_get(body, "data");
	if (!json_is_object(data) ||
		json_member_str(body, "signature", &signature).code != ERR_OK ||
		!put_signed_text(&text, data))
		return FEED_BAD_SIGNATURE;
	for (size_t i = 0; i < 2; i++) {
		struct str key = secret->values[i];

		match |= key.len > 0 && signed_with(crypt, key, buf_str(&text), signature);
	}
	return match ? FEED_OK : FEED_BAD_SIGNATURE;
}

/* ---- what it says ------------------------------------------------------------------------- */

/* payOS sends this, signed, when a webhook is registered; anything but 2xx fails the registration.
 */
static bool
is_confirm_call(const struct feed_event *event)
{
	return str_eq(event->order_code, STR("123")) && event->amount.dong == 3000 &&
	       str_eq(event->content, STR("VQRIO123"));
}

static bool
is_running_number(struct str reference)
{
	for (size_t i = 0; i < reference.len; i++) {
		if (reference.ptr[i] < '0' || reference.ptr[i] > '9')
			return false;
	}
	return reference.len <= RUNNING_NUMBER_DIGITS_MAX;
}

/* The reference makes a transfer count once.  Where a bank gives running numbers that come round
 * again (ACB: 3516), the order's code must stand beside it, or a later order's money would pass for
 * the earlier one's. */
static struct err
read_id(struct arena *arena, const struct fields *data, struct feed_event *event)
{
	TRY(fields_token(arena, data, "reference", &event->bank_txn_id));
	if (event->bank_txn_id.len == 0)
		return FAIL(ERR_INVALID, "the transaction has no reference");
	TRY(fields_token(arena, data, "orderCode", &event->order_code));
	event->provider_txn_id = event->bank_txn_id;
	if (is_running_number(event->bank_txn_id) && event->order_code.len > 0)
		event->provider_txn_id = arena_printf(arena, "%.*s/%.*s",
			STR_FMT(event->bank_txn_id), STR_FMT(event->order_code));
	return OK;
}

static struct err
read_event(struct arena *arena, const struct fields *data, struct feed_event *event)
{
	struct str currency, time;

	TRY(fields_text(data, "currency", &currency));
	if (currency.len > 0 && !str_eq(currency, STR("VND")))
		return FAIL(ERR_INVALID, "not in dong");
	TRY(read_id(arena, data, event));
	TRY(fields_amount(data, "amount", &event->amount));
	TRY(fields_token(arena, data, "accountNumber", &event->account));
	TRY(fields_token(arena, data, "virtualAccountNumber", &event->virtual_account));
	TRY(fields_text(data, "description", &event->content));
	payer_read(arena, data, "counterAccountNumber", "counterAccountBankId", event);
	if (event->account.len == 0)
		event->account = event->virtual_account;
	if (event->account.len == 0)
		return FAIL(ERR_INVALID, "the transaction names no account");
	TRY(fields_text(data, "transactionDateTime", &time));
	return time_parse_local(time, &event->time_ms);
}

static enum feed_reason
read_data(struct arena *arena, const struct fields *data, struct feed_event *event)
{
	struct str code;

	if (fields_text(data, "code", &code).code != ERR_OK || code.len == 0)
		return FEED_BAD_PAYLOAD;
	if (!str_eq(code, STR("00"))) /* the code outside of data is not signed */
		return FEED_NOT_SUCCESSFUL;
	if (read_event(arena, data, event).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	if (is_confirm_call(event))
		return FEED_TEST_CALL;
	return event->amount.dong == 0 ? FEED_ZERO_AMOUNT : FEED_OK;
}

static enum feed_reason
parse(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	json_t *body CLEANUP(json_cleanup) = NULL;

	*events = (struct feed_events){0};
	if (fields_parse_json(message->body, &body).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	return batch_read_one(arena, json_object_get(body, "data"), read_data, events);
}

static const enum feed_mode modes[] = {FEED_MODE_CHECKSUM_KEY};

const struct feed feed_payos = {
	.name = "payos",
	.provider = "payos",
	.key_prefix = "payos",
	.modes = modes,
	.mode_count = sizeof(modes) / sizeof(*modes),
	.verify = verify,
	.parse = parse,
	.reply = reply_success,
};
