/*
 * bvbank.c - BVBank (Ban Viet), which also keeps the accounts of Timo and MoMo: one transaction, or
 * a batch that tells again what was told one by one; signed with their RSA key over the raw body.
 *
 * Source: FEEDS.md section 5.
 */
#include "chopay/clock.h"
#include "chopay/json.h"

#include "batch.h"
#include "fields.h"
#include "payer.h"
#include "rows.h"

static enum feed_reason
verify(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	struct str encoded = message->header(message->header_arg, "signature");
	struct buf signature CLEANUP(buf_fini) = {0};
	bool match = false;

	if (secret->mode != FEED_MODE_RSA_PUBLIC_KEY)
		return FEED_BAD_AUTH;
	if (base64_get(encoded, &signature).code != ERR_OK)
		return FEED_BAD_SIGNATURE;
	for (size_t i = 0; i < 2; i++)
		match |= secret->values[i].len > 0 && crypt_rsa_verify(crypt, secret->values[i],
							      message->body, buf_str(&signature));
	return match ? FEED_OK : FEED_BAD_SIGNATURE;
}

/* "dd-MM-yyyy HH:mm:ss" and the milliseconds that they put behind ":" or ".", which are dropped. */
static struct err
parse_day_first(struct str text, int64_t *time_ms)
{
	struct buf local CLEANUP(buf_fini) = {0};

	if (text.len < 19 || text.ptr[2] != '-' || text.ptr[5] != '-')
		return FAIL(ERR_INVALID, "not a time that BVBank writes");
	if (text.len > 19) {
		struct str fraction = str_cut(text, 20, text.len);
		int64_t ms;

		if ((text.ptr[19] != ':' && text.ptr[19] != '.') || fraction.len != 3)
			return FAIL(ERR_INVALID, "not a time that BVBank writes");
		TRY(str_to_i64(fraction, &ms));
	}
	buf_add(&local, str_cut(text, 6, 10));
	buf_addc(&local, '-');
	buf_add(&local, str_cut(text, 3, 5));
	buf_addc(&local, '-');
	buf_add(&local, str_cut(text, 0, 2));
	buf_add(&local, str_cut(text, 10, 19));
	return time_parse_local(buf_str(&local), time_ms);
}

static struct err
read_time(const struct fields *fields, const char *name, int64_t *time_ms)
{
	struct str text;

	*time_ms = NO_TIME;
	TRY(fields_text(fields, name, &text));
	if (text.len == 0 || time_parse_local(text, time_ms).code == ERR_OK)
		return OK;
	return parse_day_first(text, time_ms);
}

static struct err
read_direction(const struct fields *fields, bool *outgoing)
{
	struct str type;

	TRY(fields_text(fields, "drcr", &type));
	*outgoing = str_eq(type, STR("D"));
	if (!*outgoing && !str_eq(type, STR("C")))
		return FAIL(ERR_INVALID, "drcr is neither C nor D");
	return OK;
}

/* One by one they write accNo, relatedAccount and lcyAmount; in a batch creditAccount (or crAcc),
 * relatedAccount (or relatedAcc) and amount. */
static struct err
read_accounts(struct arena *arena, const struct fields *fields, struct feed_event *event)
{
	TRY(fields_token_either(
		arena, fields, "relatedAccount", "relatedAcc", &event->virtual_account));
	TRY(fields_token(arena, fields, "accNo", &event->account));
	if (event->account.len == 0)
		TRY(fields_token(arena, fields, "creditAccount", &event->account));
	if (event->account.len == 0)
		TRY(fields_token(arena, fields, "crAcc", &event->account));
	if (event->account.len == 0)
		event->account = event->virtual_account;
	if (event->account.len == 0)
		return FAIL(ERR_INVALID, "the transaction names no account");
	payer_read(arena, fields, "fromAccNo", "fromBankCode", event);
	return OK;
}

static struct err
read_event(struct arena *arena, const struct fields *fields, struct feed_event *event)
{
	struct str currency, amount;

	TRY(fields_text(fields, "ccy", &currency));
	if (currency.len > 0 && !str_eq(currency, STR("VND")))
		return FAIL(ERR_INVALID, "not in dong");
	TRY(read_direction(fields, &event->outgoing));
	TRY(read_accounts(arena, fields, event));
	TRY(fields_id(arena, fields, "externalRefNo", &event->provider_txn_id));
	TRY(fields_text(fields, "narrative", &event->content));
	TRY(fields_token(arena, fields, "lcyAmount", &amount));
	TRY(fields_amount(fields, amount.len > 0 ? "lcyAmount" : "amount", &event->amount));
	event->bank_txn_id = event->provider_txn_id;
	event->bank = STR("BVBank");
	return read_time(fields, "txnInitDt", &event->time_ms);
}

static enum feed_reason
read_row(struct arena *arena, const struct fields *fields, struct feed_event *event)
{
	if (read_event(arena, fields, event).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	return event->amount.dong > 0 ? FEED_OK : FEED_ZERO_AMOUNT;
}

/* One by one; when the payer's bank does not tell its time, BVBank's own is beside the data. */
static enum feed_reason
read_one(struct arena *arena, const json_t *notice, struct feed_events *events)
{
	enum feed_reason reason = batch_read_one(
		arena, json_object_get(notice, "data"), read_row, events);
	struct fields fields;

	if (reason != FEED_OK || events->items->time_ms != NO_TIME)
		return reason;
	if (fields_from_object(arena, notice, &fields).code == ERR_OK &&
		read_time(&fields, "bankTime", &events->items->time_ms).code == ERR_OK)
		return FEED_OK;
	*events = (struct feed_events){0};
	return FEED_BAD_PAYLOAD;
}

static enum feed_reason
parse(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	json_t *notice CLEANUP(json_cleanup) = NULL;
	const json_t *batch;

	*events = (struct feed_events){0};
	if (fields_parse_json(message->body, &notice).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	batch = json_object_get(notice, "content");
	return json_is_array(batch) ? batch_read(arena, batch, read_row, events)
				    : read_one(arena, notice, events);
}

static int
reply(struct arena *arena, const struct feed_answer *answer, struct str *body)
{
	const char *code = feed_accepts(answer->reason)		  ? "00"
			   : answer->reason == FEED_BAD_SIGNATURE ? "52"
								  : "01";

	*body = arena_printf(arena, "{\"connectorCode\":\"%s\",\"message\":\"%s\"}", code,
		feed_accepts(answer->reason) ? "Success" : feed_reason_name(answer->reason));
	return feed_status(answer->reason);
}

static const enum feed_mode modes[] = {FEED_MODE_RSA_PUBLIC_KEY};

const struct feed feed_bvbank = {
	.name = "bvbank",
	.provider = "bvbank",
	.key_prefix = "bvbank",
	.modes = modes,
	.mode_count = sizeof(modes) / sizeof(*modes),
	.verify = verify,
	.parse = parse,
	.reply = reply,
};
