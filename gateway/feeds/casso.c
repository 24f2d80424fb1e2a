/*
 * casso.c - Casso: a batch behind a token in a header (v1), or one transaction whose whole body is
 * signed (v2).
 *
 * Source: FEEDS.md section 2.
 */
#include <limits.h>

#include "chopay/clock.h"
#include "chopay/json.h"

#include "batch.h"
#include "fields.h"
#include "javascript.h"
#include "payer.h"
#include "proof.h"
#include "reply.h"
#include "rows.h"
#include "t_v1.h"

#define SIGNED_BODY_MAX (16 * 1024) /* of v2: one transaction; parsed before it is believed */

/* ---- who sent it -------------------------------------------------------------------------- */

static enum feed_reason
verify_v1(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	struct str token = message->header(message->header_arg, "Secure-Token");

	if (secret->mode != FEED_MODE_SECURE_TOKEN || !proof_is_secret(crypt, secret, token))
		return FEED_BAD_AUTH;
	return FEED_OK;
}

/*
 * v2 signs "t." and the whole body with its keys sorted at every level, as JavaScript writes it; so
 * this is a verify that must parse, strictly and bounded.  Null stays null.  Arrays: the official
 * JavaScript sample writes them as objects, all other samples keep them; no transaction has one,
 * so either is taken.
 */
static bool
is_signed(const struct crypt *crypt, const struct feed_secret *secret, const struct t_v1 *given,
	const json_t *body, bool arrays_as_objects)
{
	const struct js_style style = {INT_MAX, arrays_as_objects};
	struct buf text CLEANUP(buf_fini) = {0};
	bool match = false;

	if (!js_put_json(&text, body, style))
		return false;
	for (size_t i = 0; i < 2; i++) {
		const struct str parts[] = {given->time, STR("."), buf_str(&text)};
		unsigned char mac[SHA512_SIZE];

		if (secret->values[i].len == 0)
			continue;
		crypt_hmac_sha512(crypt, secret->values[i], parts, 3, mac);
		match |= t_v1_holds(crypt, given, (struct str){(const char *)mac, sizeof(mac)});
	}
	return match;
}

static enum feed_reason
verify_v2(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	struct str header = message->header(message->header_arg, "X-Casso-Signature");
	json_t *body CLEANUP(json_cleanup) = NULL;
	struct t_v1 given;

	if (secret->mode != FEED_MODE_HMAC512)
		return FEED_BAD_AUTH;
	if (!t_v1_read(header, &given) || message->body.len > SIGNED_BODY_MAX ||
		fields_parse_json(message->body, &body).code != ERR_OK)
		return FEED_BAD_SIGNATURE;
	if (!is_signed(crypt, secret, &given, body, true) &&
		!is_signed(crypt, secret, &given, body, false))
		return FEED_BAD_SIGNATURE;
	return proof_is_fresh_ms(message->now_ms, given.time_value) ? FEED_OK
								    : FEED_STALE_TIMESTAMP;
}

/* ---- what it says ------------------------------------------------------------------------- */

/* What a transaction's members are called: v1, v2. */
struct names {
	const char *reference, *account, *other_account, *virtual_account, *time;
	const char *payer_account, *payer_bank;
};

static const struct names names_v1 = {"tid", "bank_sub_acc_id", "subAccId", "virtualAccount",
	"when", "corresponsiveAccount", "corresponsiveBankId"};
static const struct names names_v2 = {"reference", "accountNumber", NULL, "virtualAccountNumber",
	"transactionDateTime", "counterAccountNumber", "counterAccountBankId"};

static struct err
read_account(struct arena *arena, const struct fields *row, const struct names *names,
	struct feed_event *event)
{
	TRY(fields_token(arena, row, names->virtual_account, &event->virtual_account));
	TRY(fields_token(arena, row, names->account, &event->account));
	if (event->account.len == 0 && names->other_account != NULL)
		TRY(fields_token(arena, row, names->other_account, &event->account));
	if (event->account.len == 0)
		event->account = event->virtual_account;
	return event->account.len > 0 ? OK : FAIL(ERR_INVALID, "the transaction names no account");
}

static struct err
read_event(struct arena *arena, const struct fields *row, const struct names *names,
	struct feed_event *event)
{
	struct str time;

	TRY(fields_id(arena, row, "id", &event->provider_txn_id));
	TRY(fields_token(arena, row, names->reference, &event->bank_txn_id));
	TRY(fields_token(arena, row, "bankName", &event->bank));
	TRY(read_account(arena, row, names, event));
	TRY(fields_text(row, "description", &event->content));
	TRY(fields_signed_amount(row, "amount", &event->amount, &event->outgoing));
	payer_read(arena, row, names->payer_account, names->payer_bank, event);
	TRY(fields_text(row, names->time, &time));
	return time_parse_local(time, &event->time_ms); /* sometimes a date only: midnight */
}

static enum feed_reason
read_row(struct arena *arena, const struct fields *row, const struct names *names,
	struct feed_event *event)
{
	struct str id;

	/* The dashboard's test button: id 0, which no transaction has. */
	if (fields_token(arena, row, "id", &id).code == ERR_OK && str_eq(id, STR("0")))
		return FEED_TEST_CALL;
	if (read_event(arena, row, names, event).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	return event->amount.dong == 0 ? FEED_ZERO_AMOUNT : FEED_OK;
}

static enum feed_reason
read_row_v1(struct arena *arena, const struct fields *row, struct feed_event *event)
{
	return read_row(arena, row, &names_v1, event);
}

static enum feed_reason
read_row_v2(struct arena *arena, const struct fields *row, struct feed_event *event)
{
	return read_row(arena, row, &names_v2, event);
}

/* {"error":0,"data":...}: `*data` is borrowed from `*body`. */
static struct err
read_envelope(const struct feed_message *message, json_t **body, const json_t **data)
{
	int64_t error;

	TRY(fields_parse_json(message->body, body));
	TRY(json_member_i64(*body, "error", &error));
	if (error != 0)
		return FAIL(ERR_INVALID, "Casso tells of an error of its own");
	*data = json_object_get(*body, "data");
	return OK;
}

static enum feed_reason
parse_v1(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	json_t *body CLEANUP(json_cleanup) = NULL;
	const json_t *data;

	*events = (struct feed_events){0};
	if (read_envelope(message, &body, &data).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	return batch_read(arena, data, read_row_v1, events);
}

static enum feed_reason
parse_v2(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	json_t *body CLEANUP(json_cleanup) = NULL;
	const json_t *data;

	*events = (struct feed_events){0};
	if (read_envelope(message, &body, &data).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	return batch_read_one(arena, data, read_row_v2, events);
}

static const enum feed_mode modes_v1[] = {FEED_MODE_SECURE_TOKEN};
static const enum feed_mode modes_v2[] = {FEED_MODE_HMAC512};

/* Both number transactions together: one that both tell is one. */
const struct feed feed_casso_v1 = {
	.name = "casso_v1",
	.provider = "casso_v1",
	.key_prefix = "casso",
	.modes = modes_v1,
	.mode_count = sizeof(modes_v1) / sizeof(*modes_v1),
	.verify = verify_v1,
	.parse = parse_v1,
	.reply = reply_success,
};

const struct feed feed_casso_v2 = {
	.name = "casso_v2",
	.provider = "casso_v2",
	.key_prefix = "casso",
	.modes = modes_v2,
	.mode_count = sizeof(modes_v2) / sizeof(*modes_v2),
	.verify = verify_v2,
	.parse = parse_v2,
	.reply = reply_success,
};
