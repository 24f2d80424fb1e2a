/*
 * sepay.c - SePay: one transaction per call, in JSON or as a form, proved in one of four ways.
 *
 * Source: FEEDS.md section 1.
 */
#include <string.h>

#include "chopay/clock.h"

#include "fields.h"
#include "proof.h"
#include "reply.h"
#include "rows.h"

static enum feed_reason
verify_apikey(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	struct str header = message->header(message->header_arg, "Authorization");
	struct str key;

	if (!proof_credentials(header, STR("Apikey"), &key) || !proof_is_secret(crypt, secret, key))
		return FEED_BAD_AUTH;
	return FEED_OK;
}

/* X-SePay-Signature: sha256=hex(HMAC(secret, X-SePay-Timestamp "." body)) */
static bool
signed_with(const struct crypt *crypt, struct str key, struct str timestamp,
	const struct feed_message *message, struct str signature)
{
	const struct str parts[] = {timestamp, STR("."), message->body};
	struct buf want CLEANUP(buf_fini) = {0};
	unsigned char mac[SHA256_SIZE];

	crypt_hmac_sha256(crypt, key, parts, 3, mac);
	buf_adds(&want, "sha256=");
	hex_put(&want, (struct str){(const char *)mac, sizeof(mac)});
	return crypt_equal(crypt, signature, buf_str(&want));
}

static enum feed_reason
verify_hmac(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	struct str timestamp = message->header(message->header_arg, "X-SePay-Timestamp");
	struct str signature = message->header(message->header_arg, "X-SePay-Signature");
	int64_t seconds;
	bool match = false;

	/* Digits only, or "1.2" + "." + "3" could also be read as "1" + "." + "2.3". */
	if (!proof_timestamp(timestamp, &seconds))
		return FEED_BAD_SIGNATURE;
	for (size_t i = 0; i < 2; i++) {
		struct str key = secret->values[i];

		match |= key.len > 0 && signed_with(crypt, key, timestamp, message, signature);
	}
	if (!match)
		return FEED_BAD_SIGNATURE;
	return proof_is_fresh(message->now_ms, seconds) ? FEED_OK : FEED_STALE_TIMESTAMP;
}

static enum feed_reason
verify(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	switch (secret->mode) {
	case FEED_MODE_NONE:
		return FEED_OK;
	case FEED_MODE_APIKEY:
		return verify_apikey(crypt, secret, message);
	case FEED_MODE_OAUTH2:
		return proof_is_issued(crypt, secret, message) ? FEED_OK : FEED_BAD_AUTH;
	case FEED_MODE_HMAC:
		return verify_hmac(crypt, secret, message);
	default:
		break; /* another feed's */
	}
	return FEED_BAD_AUTH;
}

static struct err
read_direction(const struct fields *fields, bool *outgoing)
{
	struct str type;

	TRY(fields_text(fields, "transferType", &type));
	*outgoing = str_eq(type, STR("out"));
	if (!*outgoing && !str_eq(type, STR("in")))
		return FAIL(ERR_INVALID, "transferType is neither in nor out");
	return OK;
}

static struct err
read_event(struct arena *arena, const struct fields *fields, struct feed_event *event)
{
	struct str date;

	TRY(fields_id(arena, fields, "id", &event->provider_txn_id));
	TRY(fields_token(arena, fields, "gateway", &event->bank));
	TRY(fields_token(arena, fields, "accountNumber", &event->account));
	TRY(fields_token(arena, fields, "subAccount", &event->virtual_account));
	TRY(fields_token(arena, fields, "code", &event->code_hint));
	TRY(fields_token(arena, fields, "referenceCode", &event->bank_txn_id));
	TRY(fields_text(fields, "content", &event->content));
	TRY(read_direction(fields, &event->outgoing));
	TRY(fields_amount(fields, "transferAmount", &event->amount));

	/* At BIDV, MSB and KienLongBank often only the virtual account is told. */
	if (event->account.len == 0)
		event->account = event->virtual_account;
	if (event->account.len == 0)
		return FAIL(ERR_INVALID, "the transaction names no account");

	TRY(fields_text(fields, "transactionDate", &date));
	return time_parse_local(date, &event->time_ms);
}

static enum feed_reason
parse(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	struct feed_event *event = arena_alloc(arena, sizeof(*event));
	struct fields fields;

	*events = (struct feed_events){0};
	if (fields_read(arena, message->content_type, message->body, &fields).code != ERR_OK ||
		read_event(arena, &fields, event).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	if (event->amount.dong ==
		0) /* a bank's text, no money: acknowledged, or it comes for ever */
		return FEED_ZERO_AMOUNT;
	*events = (struct feed_events){.items = event, .count = 1};
	return FEED_OK;
}

static const enum feed_mode modes[] = {
	FEED_MODE_APIKEY, FEED_MODE_HMAC, FEED_MODE_OAUTH2, FEED_MODE_NONE};

const struct feed feed_sepay = {
	.name = "sepay",
	.provider = "sepay",
	.key_prefix = "sepay",
	.modes = modes,
	.mode_count = sizeof(modes) / sizeof(*modes),
	.verify = verify,
	.parse = parse,
	.reply = reply_success,
};
