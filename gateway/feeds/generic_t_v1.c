/*
 * generic_t_v1.c - a Stripe-type signature: "t=<unix seconds>,v1=<hex>" in a header of any name,
 * HMAC-SHA256 over "t.body", with the secret as it is written (its "whsec_" too).
 *
 * Source: FEEDS.md section 6.  The body: notice.h.
 */
#include "notice.h"
#include "proof.h"
#include "reply.h"
#include "rows.h"
#include "t_v1.h"

static struct str
signature_header(const struct feed_secret *secret, const struct feed_message *message)
{
	struct buf name CLEANUP(buf_fini) = {0};

	buf_add(&name, secret->header.len > 0 ? secret->header : STR("Stripe-Signature"));
	return message->header(message->header_arg, name.ptr);
}

static enum feed_reason
verify(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	struct t_v1 given;
	bool match = false;

	if (secret->mode != FEED_MODE_T_V1)
		return FEED_BAD_AUTH;
	if (!t_v1_read(signature_header(secret, message), &given))
		return FEED_BAD_SIGNATURE;
	for (size_t i = 0; i < 2; i++) {
		const struct str parts[] = {given.time, STR("."), message->body};
		unsigned char mac[SHA256_SIZE];

		if (secret->values[i].len == 0)
			continue;
		crypt_hmac_sha256(crypt, secret->values[i], parts, 3, mac);
		match |= t_v1_holds(crypt, &given, (struct str){(const char *)mac, sizeof(mac)});
	}
	if (!match)
		return FEED_BAD_SIGNATURE;
	return proof_is_fresh(message->now_ms, given.time_value) ? FEED_OK : FEED_STALE_TIMESTAMP;
}

static const enum feed_mode modes[] = {FEED_MODE_T_V1};

/* The header holds no id, so the txn_id makes a transfer count once; a prefix of its own, because a
 * webhook-id of Standard Webhooks is another kind of number. */
const struct feed feed_generic_t_v1 = {
	.name = "generic_t_v1",
	.provider = "generic_t_v1",
	.key_prefix = "tv1",
	.modes = modes,
	.mode_count = sizeof(modes) / sizeof(*modes),
	.verify = verify,
	.parse = notice_parse_txn,
	.reply = reply_status,
};
