/*
 * vietinbank.c - VietinBank's notify-trans: signed with their RSA key over six joined fields, and
 * answered with a signature of ours.
 *
 * Source: FEEDS.md section 5; VietinBank openAPI, NotifyRequest.
 */
#include "chopay/clock.h"

#include "fields.h"
#include "payer.h"
#include "reply.h"
#include "rows.h"

#define SIGNED_BODY_MAX (16 * 1024) /* one transaction; parsed before it is believed */
#define TRANS_ID_MAX 50
#define CUST_CODE_MAX 30
#define REMARK_MAX 200	  /* characters */
#define REFERENCE_SIZE 16 /* "164T24200GKAJ7BY": branch, kind, year, running part */
#define TRACE_SIZE 12	  /* of a NAPAS transfer: digits */
#define YEAR_MIN_MS INT64_C(1577836800000) /* 2020-01-01: times before it are shifted digits */

/* ---- the signature -------------------------------------------------------------------------- */

enum signed_field { TRANS_ID, TRANS_TIME, CUST_CODE, AMOUNT, BANK_TRANS_ID, REMARK, SIGNED_COUNT };

static const char *const signed_names[SIGNED_COUNT] = {
	"transId", "transTime", "custCode", "amount", "bankTransId", "remark"};

/* The six fields as told; an empty one adds nothing to the text. */
static struct err
read_signed(struct arena *arena, const struct fields *fields, struct str values[SIGNED_COUNT])
{
	for (size_t i = 0; i < REMARK; i++)
		TRY(fields_token(arena, fields, signed_names[i], &values[i]));
	return fields_text(fields, signed_names[REMARK], &values[REMARK]);
}

static enum feed_reason
verify(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf text CLEANUP(buf_fini) = {0};
	struct buf signature CLEANUP(buf_fini) = {0};
	struct str values[SIGNED_COUNT], encoded;
	struct fields fields;
	bool match = false;

	if (secret->mode != FEED_MODE_RSA_PUBLIC_KEY)
		return FEED_BAD_AUTH;
	if (message->body.len > SIGNED_BODY_MAX ||
		fields_read(arena, STR("application/json"), message->body, &fields).code !=
			ERR_OK ||
		read_signed(arena, &fields, values).code != ERR_OK ||
		fields_text(&fields, "signature", &encoded).code != ERR_OK ||
		base64_get(encoded, &signature).code != ERR_OK)
		return FEED_BAD_SIGNATURE;
	for (size_t i = 0; i < SIGNED_COUNT; i++)
		buf_add(&text, values[i]);
	for (size_t i = 0; i < 2; i++)
		match |= secret->values[i].len > 0 && crypt_rsa_verify(crypt, secret->values[i],
							      buf_str(&text), buf_str(&signature));
	return match ? FEED_OK : FEED_BAD_SIGNATURE;
}

/* ---- did characters move from one signed field to the next? ----------------------------------
 *
 * Nothing separates the fields in the signed text: with the amount "45000" and the reference
 * "164T...", the amount "45000164" and the reference "T..." have the same signature.  So each field
 * must have exactly its own form.  What no form can tell (digits of custCode before the amount) is
 * left to TLS and to the amount of the charge.
 */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_upper_or_digit(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z');
}

static bool
all_are(struct str text, bool (*is)(char c))
{
	for (size_t i = 0; i < text.len; i++) {
		if (!is(text.ptr[i]))
			return false;
	}
	return true;
}

static bool
is_trans_id(struct str id)
{
	for (size_t i = 0; i < id.len; i++) {
		char c = id.ptr[i];

		if (!is_upper_or_digit(c) && !(c >= 'a' && c <= 'z') && c != '-' && c != '_' &&
			c != '.')
			return false;
	}
	return id.len > 0 && id.len <= TRANS_ID_MAX;
}

/* "45000": no sign, no leading zero, unless it is 0. */
static bool
is_amount(struct str amount)
{
	return amount.len > 0 && all_are(amount, is_digit) &&
	       (amount.len == 1 || amount.ptr[0] != '0');
}

/* "164T" and what follows it. */
static bool
begins_like_reference(struct str text)
{
	return text.len >= 4 && all_are(str_cut(text, 0, 3), is_digit) && text.ptr[3] >= 'A' &&
	       text.ptr[3] <= 'Z';
}

static bool
is_reference(struct str reference)
{
	if (reference.len == TRACE_SIZE)
		return all_are(reference, is_digit);
	return reference.len == REFERENCE_SIZE && begins_like_reference(reference) &&
	       all_are(reference, is_upper_or_digit);
}

/* Without a reference: is it there nevertheless, its first digits behind the amount and the rest
 * before the remark?  Its year, that of the transfer, tells it from a word. */
static bool
hides_reference(struct str amount, struct str remark, struct str year)
{
	for (size_t taken = 1; taken <= 3 && taken < amount.len; taken++) {
		struct buf joined CLEANUP(buf_fini) = {0};

		buf_add(&joined, str_cut(amount, amount.len - taken, amount.len));
		buf_add(&joined, str_cut(remark, 0, REFERENCE_SIZE - taken));
		if (joined.len == REFERENCE_SIZE && is_reference(buf_str(&joined)) &&
			str_eq(str_cut(buf_str(&joined), 4, 6), year))
			return true;
	}
	return false;
}

static size_t
count_characters(struct str text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	return count;
}

static bool
is_well_cut(const struct str values[SIGNED_COUNT], int64_t time_ms, int64_t now_ms)
{
	if (!is_trans_id(values[TRANS_ID]) || !is_amount(values[AMOUNT]) ||
		values[CUST_CODE].len > CUST_CODE_MAX ||
		count_characters(values[REMARK]) > REMARK_MAX)
		return false;
	if (time_ms < YEAR_MIN_MS || time_ms > now_ms + MS_PER_DAY)
		return false;
	if (values[BANK_TRANS_ID].len > 0)
		return is_reference(values[BANK_TRANS_ID]);
	return !hides_reference(values[AMOUNT], values[REMARK], str_cut(values[TRANS_TIME], 2, 4));
}

/* ---- what it says --------------------------------------------------------------------------- */

/* O is in their list of types, but nobody says which way its money goes: refused, and looked at. */
static struct err
read_direction(const struct fields *fields, bool *outgoing)
{
	static const struct {
		const char *type;
		bool outgoing;
	} types[] = {
		{"C", false},
		{"D", true},
		{"1", false},
		{"2", false},
		{"3", false}, /* to a virtual account */
		{"COLLECTION", false},
	};
	struct str type;

	TRY(fields_text(fields, "transType", &type));
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (str_eq(type, str_from(types[i].type))) {
			*outgoing = types[i].outgoing;
			return OK;
		}
	}
	return FAIL(ERR_INVALID, "a transType whose direction is not known");
}

/* The account is ours: the sender's when money went out. */
static struct err
read_account(struct arena *arena, const struct fields *fields, struct feed_event *event)
{
	TRY(fields_token(arena, fields, "recvVirtualAcctId", &event->virtual_account));
	if (event->outgoing)
		TRY(fields_token(arena, fields, "sendAcctId", &event->account));
	else
		payer_read(arena, fields, "sendAcctId", "sendBankId", event);
	if (event->account.len == 0)
		TRY(fields_token(arena, fields, "recvAcctId", &event->account));
	if (event->account.len == 0)
		event->account = event->virtual_account;
	if (event->account.len == 0)
		return FAIL(ERR_INVALID, "the transaction names no account");
	return OK;
}

static struct err
read_event(struct arena *arena, const struct fields *fields, struct feed_event *event)
{
	struct str currency;

	TRY(fields_text(fields, "currencyCode", &currency));
	if (!str_eq(currency, STR("VND")))
		return FAIL(ERR_INVALID, "not in dong");
	TRY(read_direction(fields, &event->outgoing));
	TRY(read_account(arena, fields, event));
	TRY(fields_token(arena, fields, "transId", &event->provider_txn_id));
	TRY(fields_token(arena, fields, "bankTransId", &event->bank_txn_id));
	TRY(fields_text(fields, "remark", &event->content));
	TRY(fields_amount(fields, "amount", &event->amount));
	if (event->provider_txn_id.len == 0)
		return FAIL(ERR_INVALID, "the transaction has no id");
	event->bank = STR("VietinBank");
	return OK;
}

static enum feed_reason
parse(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	struct feed_event *event = arena_alloc(arena, sizeof(*event));
	struct str values[SIGNED_COUNT];
	struct fields fields;

	*events = (struct feed_events){0};
	if (fields_read(arena, STR("application/json"), message->body, &fields).code != ERR_OK ||
		read_signed(arena, &fields, values).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	if (values[TRANS_ID].len == 0 || values[TRANS_TIME].len == 0 || values[AMOUNT].len == 0)
		return FEED_BAD_PAYLOAD;
	if (fields_compact_time(&fields, signed_names[TRANS_TIME], &event->time_ms).code !=
			ERR_OK ||
		!is_well_cut(values, event->time_ms, message->now_ms))
		return FEED_WEAK_SIGNATURE;
	if (read_event(arena, &fields, event).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	if (event->amount.dong == 0)
		return FEED_ZERO_AMOUNT;
	*events = (struct feed_events){.items = event, .count = 1};
	return FEED_OK;
}

/* ---- the answer ----------------------------------------------------------------------------- */

static const char *
error_code(enum feed_reason reason)
{
	if (feed_accepts(reason))
		return "00";
	return reason == FEED_BAD_PAYLOAD ? "99" : "01"; /* 01: the signature */
}

/* Over transId + errorCode + errorDesc; only what was authentic is worth the time of a signature.
 */
static struct str
sign(struct arena *arena, const struct feed_answer *answer, struct str trans_id, const char *code,
	const char *description)
{
	struct buf text CLEANUP(buf_fini) = {0};
	struct buf signature CLEANUP(buf_fini) = {0};
	struct buf encoded CLEANUP(buf_fini) = {0};

	if (answer->signing_key == NULL || !feed_accepts(answer->reason))
		return STR("");
	buf_add(&text, trans_id);
	buf_adds(&text, code);
	buf_adds(&text, description);
	signing_key_sign(answer->crypt, answer->signing_key, buf_str(&text), &signature);
	base64_put(&encoded, buf_str(&signature));
	return arena_copy(arena, buf_str(&encoded));
}

/* The ids as the sender told them; "" when they cannot be read. */
static void
read_ids(struct arena *arena, const struct feed_message *message, struct str *provider_id,
	struct str *trans_id)
{
	struct fields fields;

	*provider_id = *trans_id = (struct str){NULL, 0};
	if (message == NULL ||
		fields_read(arena, STR("application/json"), message->body, &fields).code != ERR_OK)
		return;
	if (fields_token(arena, &fields, "providerId", provider_id).code != ERR_OK ||
		fields_token(arena, &fields, "transId", trans_id).code != ERR_OK)
		*provider_id = *trans_id = (struct str){NULL, 0};
}

static int
reply(struct arena *arena, const struct feed_answer *answer, struct str *body)
{
	const char *code = error_code(answer->reason);
	const char *description = feed_accepts(answer->reason) ? "Success"
							       : feed_reason_name(answer->reason);
	struct str provider_id, trans_id;
	json_t *object = json_object();

	read_ids(arena, answer->message, &provider_id, &trans_id);
	json_set_str(object, "providerId", provider_id);
	json_set_str(object, "transId", trans_id);
	json_set_str(object, "errorCode", str_from(code));
	json_set_str(object, "errorDesc", str_from(description));
	json_set_str(object, "signature", sign(arena, answer, trans_id, code, description));
	*body = reply_text(arena, object);
	return feed_status(answer->reason);
}

static const enum feed_mode modes[] = {FEED_MODE_RSA_PUBLIC_KEY};

const struct feed feed_vietinbank = {
	.name = "vietinbank",
	.provider = "vietinbank",
	.key_prefix = "vietinbank",
	.modes = modes,
	.mode_count = sizeof(modes) / sizeof(*modes),
	.account_unproved = true,
	.verify = verify,
	.parse = parse,
	.reply = reply,
};
