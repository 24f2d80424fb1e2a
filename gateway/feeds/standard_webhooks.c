/*
 * standard_webhooks.c - Standard Webhooks 1.0.0: any bank or aggregator that signs its notices
 * this way, with a shared secret (v1) or an Ed25519 key (v1a).
 *
 * Source: FEEDS.md section 6.  Our body: {type, timestamp, data: {txn_id, account, amount,
 * currency, direction, content, time}}, and in data also bank, virtual_account, code.
 */
#include "chopay/clock.h"
#include "chopay/json.h"

#include "fields.h"
#include "proof.h"
#include "rows.h"
#include "standard_webhooks.h"

#define SIGNATURES_MAX 16 /* of one message; a sender in a key roll sends two */

struct proof {
	struct str id, timestamp, body; /* signed, joined by "." */
	struct str signatures;
};

static bool
mac_matches(const struct crypt *crypt, struct str key, const struct proof *proof, struct str given)
{
	unsigned char mac[SHA256_SIZE];

	standard_webhooks_mac(crypt, key, proof->id, proof->timestamp, proof->body, mac);
	return crypt_equal(crypt, given, (struct str){(const char *)mac, sizeof(mac)});
}

static bool
ed25519_matches(
	const struct crypt *crypt, struct str key, const struct proof *proof, struct str given)
{
	struct buf text CLEANUP(buf_fini) = {0};

	buf_add(&text, proof->id);
	buf_addc(&text, '.');
	buf_add(&text, proof->timestamp);
	buf_addc(&text, '.');
	buf_add(&text, proof->body);
	return crypt_ed25519_verify(crypt, key, buf_str(&text), given);
}

/* Does one of the listed signatures fit this key?  Versions we do not know are skipped. */
static bool
any_matches(
	const struct crypt *crypt, enum feed_mode mode, struct str key, const struct proof *proof)
{
	const struct str version = mode == FEED_MODE_WHSEC ? STR("v1") : STR("v1a");
	struct str rest = proof->signatures;
	bool match = false;

	for (size_t n = 0; rest.len > 0 && n < SIGNATURES_MAX; n++) {
		struct buf given CLEANUP(buf_fini) = {0};
		struct str word, head;

		str_split(&rest, ' ', &word);
		if (!str_split(&word, ',', &head) || !str_eq(head, version) ||
			base64_get(word, &given).code != ERR_OK)
			continue;
		match |= mode == FEED_MODE_WHSEC
				 ? mac_matches(crypt, key, proof, buf_str(&given))
				 : ed25519_matches(crypt, key, proof, buf_str(&given));
	}
	return match;
}

static enum feed_reason
verify(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	const struct str prefix = secret->mode == FEED_MODE_WHSEC ? STR("whsec_") : STR("whpk_");
	const struct proof proof = {
		.id = message->header(message->header_arg, "webhook-id"),
		.timestamp = message->header(message->header_arg, "webhook-timestamp"),
		.body = message->body,
		.signatures = message->header(message->header_arg, "webhook-signature"),
	};
	int64_t seconds;
	bool match = false;

	if (secret->mode != FEED_MODE_WHSEC && secret->mode != FEED_MODE_WHPK)
		return FEED_BAD_AUTH;
	if (!standard_webhooks_is_id(proof.id) || !proof_timestamp(proof.timestamp, &seconds))
		return FEED_BAD_SIGNATURE;
	for (size_t i = 0; i < 2; i++) {
		struct buf key CLEANUP(buf_fini) = {0};

		if (standard_webhooks_key(secret->values[i], prefix, &key))
			match |= any_matches(crypt, secret->mode, buf_str(&key), &proof);
	}
	if (!match)
		return FEED_BAD_SIGNATURE;
	return proof_is_fresh(message->now_ms, seconds) ? FEED_OK : FEED_STALE_TIMESTAMP;
}

/* "bank.credit": dotted words of letters, digits and underscores. */
static bool
is_type(struct str type)
{
	bool word = false; /* at least one character since the last dot */

	for (size_t i = 0; i < type.len; i++) {
		char c = type.ptr[i];

		if (c == '.' && !word)
			return false;
		if (c != '.' && c != '_' && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
			!(c >= 'a' && c <= 'z'))
			return false;
		word = c != '.';
	}
	return word;
}

/* The type and the direction may each say it; if both do, they agree. */
static struct err
read_direction(struct str type, struct str direction, bool *outgoing)
{
	bool credit = str_eq(type, STR("bank.credit")), debit = str_eq(type, STR("bank.debit"));
	bool in = str_eq(direction, STR("in")), out = str_eq(direction, STR("out"));

	if (direction.len > 0 && !in && !out)
		return FAIL(ERR_INVALID, "direction is neither in nor out");
	if ((credit && out) || (debit && in))
		return FAIL(ERR_INVALID, "type and direction contradict each other");
	*outgoing = debit || out;
	return OK;
}

static struct err
read_event(struct arena *arena, const struct fields *data, struct feed_event *event)
{
	struct str currency, time;

	TRY(fields_text(data, "currency", &currency));
	if (currency.len > 0 && !str_eq(currency, STR("VND")))
		return FAIL(ERR_INVALID, "not in dong");
	TRY(fields_amount(data, "amount", &event->amount));
	TRY(fields_token(arena, data, "txn_id", &event->bank_txn_id));
	TRY(fields_token(arena, data, "account", &event->account));
	TRY(fields_token(arena, data, "virtual_account", &event->virtual_account));
	TRY(fields_token(arena, data, "bank", &event->bank));
	TRY(fields_token(arena, data, "code", &event->code_hint));
	TRY(fields_text(data, "content", &event->content));
	if (event->account.len == 0)
		return FAIL(ERR_INVALID, "the transaction names no account");
	TRY(fields_text(data, "time", &time));
	event->time_ms = NO_TIME;
	return time.len == 0 ? OK : time_parse_rfc3339(time, &event->time_ms);
}

/* `*count` is 0 for a notice of something else than money: theirs to send, not ours to refuse. */
static struct err
read_notice(struct arena *arena, struct str body, struct feed_event *event, size_t *count)
{
	json_t *notice CLEANUP(json_cleanup) = NULL;
	struct fields data = {0};
	struct str type, direction;

	TRY(fields_parse_json(body, &notice));
	TRY(json_member_str(notice, "type", &type));
	if (!is_type(type))
		return FAIL(ERR_INVALID, "type is not made of dotted words");
	*count = 0;
	if (!str_starts(type, STR("bank.")))
		return OK;
	TRY(fields_from_object(arena, json_object_get(notice, "data"), &data));
	TRY(fields_text(&data, "direction", &direction));
	if (direction.len == 0 && !str_eq(type, STR("bank.credit")) &&
		!str_eq(type, STR("bank.debit")))
		return OK;
	TRY(read_direction(type, direction, &event->outgoing));
	TRY(read_event(arena, &data, event));
	*count = 1;
	return OK;
}

static enum feed_reason
parse(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	struct feed_event *event = arena_alloc(arena, sizeof(*event));
	size_t count;

	*events = (struct feed_events){0};
	if (read_notice(arena, message->body, event, &count).code != ERR_OK)
		return FEED_BAD_PAYLOAD;
	if (count == 0)
		return FEED_OK;
	if (event->amount.dong == 0)
		return FEED_ZERO_AMOUNT;
	/* The message's id, not the bank's: it is what stays the same over retries (section 6). */
	event->provider_txn_id = arena_copy(
		arena, message->header(message->header_arg, "webhook-id"));
	*events = (struct feed_events){.items = event, .count = count};
	return FEED_OK;
}

/* Senders look at the status alone. */
static int
reply(struct arena *arena, const struct feed_answer *answer, struct str *body)
{
	(void)arena;
	*body = STR("");
	return feed_status(answer->reason);
}

static const enum feed_mode modes[] = {FEED_MODE_WHSEC, FEED_MODE_WHPK};

const struct feed feed_standard_webhooks = {
	.name = "standard_webhooks",
	.provider = "standard_webhooks",
	.key_prefix = "std",
	.modes = modes,
	.mode_count = sizeof(modes) / sizeof(*modes),
	.verify = verify,
	.parse = parse,
	.reply = reply,
};
