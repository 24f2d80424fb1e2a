/*
 * bvbank.c - BVBank (Ban Viet), which also keeps the accounts of Timo and MoMo: one transaction, or
 * a batch that tells again what was told one by one; signed with their RSA key over the raw body.
 *
 * Source: FEEDS.md section 5.
 */
#include "chopay/clock.h"

#include "answer.h"
#include "fields.h"
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

/* When the payer's bank began it, else when BVBank told it. */
static struct err
read_time(const struct fields *fields, struct str bank_time, int64_t *time_ms)
{
	struct str text;

	*time_ms = NO_TIME;
	TRY(fields_text(fields, "txnInitDt", &text));
	if (text.len == 0)
		text = bank_time;
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
	return OK;
}

static struct err
read_event(
	struct arena *arena, const json_t *object, struct str bank_time, struct feed_event *event)
{
	struct fields fields;
	struct str currency;

	TRY(fields_from_object(arena, object, &fields));
	TRY(fields_text(&fields, "ccy", &currency));
	if (currency.len > 0 && !str_eq(currency, STR("VND")))
		return FAIL(ERR_INVALID, "not in dong");
	TRY(read_direction(&fields, &event->outgoing));
	TRY(read_accounts(arena, &fields, event));
	TRY(fields_id(arena, &fields, "externalRefNo", &event->provider_txn_id));
	event->bank_txn_id = event->provider_txn_id;
	TRY(fields_text(&fields, "narrative", &event->content));
	TRY(fields_amount(&fields,
		json_object_get(object, "lcyAmount") != NULL ? "lcyAmount" : "amount",
		&event->amount));
	event->bank = STR("BVBank");
	return read_time(&fields, bank_time, &event->time_ms);
}

/* A batch: what moves no money is left out. */
static struct err
read_batch(struct arena *arena, const json_t *list, struct feed_events *events)
{
	size_t size = json_array_size(list);

	if (size > FEED_EVENTS_MAX)
		return FAIL(ERR_INVALID, "a batch with too many transactions");
	events->items = arena_alloc(arena, (size + 1) * sizeof(*events->items));
	for (size_t i = 0; i < size; i++) {
		struct feed_event *event = &events->items[events->count];

		*event = (struct feed_event){0};
		TRY(read_event(arena, json_array_get(list, i), (struct str){NULL, 0}, event));
		if (event->amount.dong > 0)
			events->count++;
	}
	return OK;
}

static struct err
read_notice(struct arena *arena, struct str body, struct feed_events *events)
{
	json_t *notice CLEANUP(json_cleanup) = NULL;
	const json_t *batch;
	struct str bank_time;

	TRY(fields_parse_json(body, &notice));
	batch = json_object_get(notice, "content");
	if (json_is_array(batch))
		return read_batch(arena, batch, events);
	TRY(json_member_str_opt(notice, "bankTime", &bank_time));
	events->items = arena_alloc(arena, sizeof(*events->items));
	TRY(read_event(arena, json_object_get(notice, "data"), arena_copy(arena, bank_time),
		events->items));
	events->count = events->items->amount.dong > 0;
	return OK;
}

static enum feed_reason
parse(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	*events = (struct feed_events){0};
	if (read_notice(arena, message->body, events).code != ERR_OK) {
		*events = (struct feed_events){0};
		return FEED_BAD_PAYLOAD;
	}
	return events->count > 0 ? FEED_OK : FEED_ZERO_AMOUNT;
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
