/*
 * standard_webhooks.c - Standard Webhooks 1.0.0: any bank or aggregator that signs its notices
 * this way, with a shared secret (v1) or an Ed25519 key (v1a).
 *
 * Source: FEEDS.md section 6.  The body: notice.h.
 */
#include "standard_webhooks.h"
#include "notice.h"
#include "proof.h"
#include "reply.h"
#include "rows.h"

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

/* The message's id, not the bank's: it is what stays the same over retries (section 6). */
static enum feed_reason
parse(struct arena *arena, const struct feed_message *message, struct feed_events *events)
{
	enum feed_reason reason = notice_parse(arena, message, events);

	for (size_t i = 0; i < events->count; i++)
		events->items[i].provider_txn_id = arena_copy(
			arena, message->header(message->header_arg, "webhook-id"));
	return reason;
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
	.reply = reply_status,
};
