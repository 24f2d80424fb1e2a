/*
 * pay2s.c - Pay2S: a batch of transactions behind a fixed bearer token.
 *
 * Source: FEEDS.md section 5.  Each row's checksum is not checked: its rule is not published.
 */
#include "chopay/clock.h"
#include "chopay/json.h"

#include "batch.h"
#include "fields.h"
#include "proof.h"
#include "reply.h"
#include "rows.h"

static enum feed_reason
verify(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	struct str header = message->header(message->header_arg, "Authorization");
	struct str token;

	if (secret->mode != FEED_MODE_BEARER || !proof_credentials(header, STR("Bearer"), &token) ||
		!proof_is_secret(crypt, secret, token))
		return FEED_BAD_AUTH;
	return FEED_OK;
}

static struct err
read_direction(const struct fields *row, bool *outgoing)
{
	struct str type;

	TRY(fields_text(row, "transferType", &type));
	*outgoing = str_eq_nocase(type, STR("OUT"));
	if (!*outgoing && !str_eq_nocase(type, STR("IN")))
		return FAIL(ERR_INVALID, "transferType is neither IN nor OUT");
	return OK;
}

static struct err
read_event(struct arena *arena, const struct fields *row, struct feed_event *event)
{
	struct str date;

	TRY(fields_id(arena, row, "id", &event->provider_txn_id));
	TRY(fields_token(arena, row, "transactionNumber", &event->bank_txn_id));
	TRY(fields_token(arena, row, "gateway", &event->bank));
	TRY(fields_token(arena, row, "accountNumber", &event->account));
	TRY(fields_text(row, "content", &event->content));
	TRY(read_direction(row, &event->outgoing));
	TRY(fields_amount(row, "transferAmount", &event->amount));
	if (event->account.len == 0)
		return FAIL(ERR_INVALID, "the transaction names no account");
	TRY(fields_text(row, "transactionDate", &date));
	return time_parse_local(date, &event->time_ms);
}

static enum feed_reason
read_row(struct arena *arena, const struct fields *row, struct feed_event *event)
{
	if (read_event(arena, row, event).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	return event->amount.dong == 0 ? FEED_ZERO_AMOUNT : FEED_OK;
}

static enum feed_reason
parse(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	json_t *body CLEANUP(json_cleanup) = NULL;

	*events = (struct feed_events){0};
	if (fields_parse_json(message->body, &body).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	return batch_read(arena, json_object_get(body, "transactions"), read_row, events);
}

static const enum feed_mode modes[] = {FEED_MODE_BEARER};

const struct feed feed_pay2s = {
	.name = "pay2s",
	.provider = "pay2s",
	.key_prefix = "pay2s",
	.modes = modes,
	.mode_count = sizeof(modes) / sizeof(*modes),
	.verify = verify,
	.parse = parse,
	.reply = reply_success,
};
