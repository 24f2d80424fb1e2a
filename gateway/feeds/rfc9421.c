/*
 * rfc9421.c - HTTP Message Signatures (RFC 9421, hmac-sha256) over method, path and Content-Digest
 * (RFC 9530), which is over the body.
 *
 * Source: FEEDS.md section 6.  The body: notice.h.  A header sent in several lines is its first
 * line.
 */
#include "chopay/clock.h"

#include "notice.h"
#include "proof.h"
#include "reply.h"
#include "rfc9421.h"
#include "rows.h"
#include "structured_fields.h"

#define HEADER_NAME_MAX 64

static struct str
header_of(const struct feed_message *message, const char *name)
{
	return message->header(message->header_arg, name);
}

/* ---- the signature base ------------------------------------------------------------------- */

/* Host in lower case; the port only if it is not the usual one of https. */
static bool
put_authority(struct buf *base, const struct feed_message *message)
{
	struct str host = header_of(message, "Host");

	if (str_ends(host, STR(":443")))
		host.len -= 4;
	for (size_t i = 0; i < host.len; i++) {
		char c = host.ptr[i];

		buf_addc(base, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
	}
	return host.len > 0;
}

/* A field's name is in lower case; anything else is not one. */
static bool
put_field(struct buf *base, const struct feed_message *message, struct str name)
{
	char text[HEADER_NAME_MAX + 1];
	struct str value;

	if (name.len > HEADER_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
		text[i] = c;
	}
	text[name.len] = '\0';
	value = header_of(message, text);
	buf_add(base, str_trim(value));
	return value.ptr != NULL;
}

static bool
put_component(struct buf *base, const struct feed_message *message, struct str name)
{
	if (str_eq(name, STR("@method"))) {
		buf_add(base, message->method);
		return true;
	}
	if (str_eq(name, STR("@path"))) {
		buf_add(base, message->path);
		return true;
	}
	if (str_eq(name, STR("@authority")))
		return put_authority(base, message);
	return put_field(base, message, name); /* another @ of the RFC is no name of a field */
}

static bool
covers(const struct sf_member *input, struct str name, size_t before)
{
	for (size_t i = 0; i < before; i++) {
		if (str_eq(input->items[i].text, name))
			return true;
	}
	return false;
}

/* One line for each component, each once and without parameters, and the parameters as they were
 * sent: sf_read_dictionary lets one spelling of them through. */
static bool
put_base(struct buf *base, const struct feed_message *message, const struct sf_member *input)
{
	if (!input->is_list)
		return false;
	for (size_t i = 0; i < input->item_count; i++) {
		const struct sf_item *item = &input->items[i];

		if (item->kind != SF_STRING || item->with_params || covers(input, item->text, i))
			return false;
		buf_addf(base, "\"%.*s\": ", STR_FMT(item->text));
		if (!put_component(base, message, item->text))
			return false;
		buf_addc(base, '\n');
	}
	buf_addf(base, "\"@signature-params\": %.*s", STR_FMT(input->text));
	return true;
}

bool
rfc9421_signature_base(const struct feed_message *message, struct buf *base)
{
	struct sf_dictionary inputs;
	struct buf text CLEANUP(buf_fini) = {0};

	if (!sf_read_dictionary(header_of(message, "Signature-Input"), &inputs) ||
		!put_base(&text, message, &inputs.members[0]))
		return false;
	buf_add(base, buf_str(&text));
	return true;
}

/* ---- who sent it -------------------------------------------------------------------------- */

/* What we ask of a signature before we look whether it holds. */
static bool
is_sufficient(const struct sf_member *input, const struct feed_secret *secret)
{
	static const char *const must_cover[] = {"@method", "@path", "content-digest"};
	const struct sf_item *created = sf_param(input, "created");
	const struct sf_item *expires = sf_param(input, "expires");
	const struct sf_item *key_id = sf_param(input, "keyid");
	const struct sf_item *algorithm = sf_param(input, "alg");

	for (size_t i = 0; i < sizeof(must_cover) / sizeof(*must_cover); i++) {
		if (!covers(input, str_from(must_cover[i]), input->item_count))
			return false;
	}
	if (created == NULL || created->kind != SF_INTEGER ||
		(expires != NULL && expires->kind != SF_INTEGER))
		return false;
	if (algorithm != NULL &&
		(algorithm->kind != SF_STRING || !str_eq(algorithm->text, STR("hmac-sha256"))))
		return false;
	return key_id != NULL && key_id->kind == SF_STRING && key_id->text.len > 0 &&
	       str_eq(key_id->text, secret->client_id);
}

static bool
holds(const struct crypt *crypt, const struct feed_secret *secret, struct str base,
	const struct sf_member *signature)
{
	struct buf given CLEANUP(buf_fini) = {0};
	bool match = false;

	if (signature == NULL || signature->is_list || signature->items[0].kind != SF_BYTES ||
		base64_get(signature->items[0].text, &given).code != ERR_OK)
		return false;
	for (size_t i = 0; i < 2; i++) {
		struct buf key CLEANUP(buf_fini) = {0};
		unsigned char mac[SHA256_SIZE];

		if (base64_get(secret->values[i], &key).code != ERR_OK || key.len == 0)
			continue;
		crypt_hmac_sha256(crypt, buf_str(&key), &base, 1, mac);
		match |= crypt_equal(
			crypt, buf_str(&given), (struct str){(const char *)mac, sizeof(mac)});
	}
	return match;
}

/* Every digest of a kind we know must be the body's, and there must be one. */
static bool
body_is_digested(const struct crypt *crypt, const struct feed_message *message)
{
	struct sf_dictionary digests;
	size_t known = 0;

	if (!sf_read_dictionary(header_of(message, "Content-Digest"), &digests))
		return false;
	for (size_t i = 0; i < digests.count; i++) {
		const struct sf_member *digest = &digests.members[i];
		struct buf given CLEANUP(buf_fini) = {0};
		unsigned char want[SHA512_SIZE];
		size_t size;

		if (str_eq(digest->key, STR("sha-256"))) {
			crypt_sha256(crypt, message->body, want);
			size = SHA256_SIZE;
		} else if (str_eq(digest->key, STR("sha-512"))) {
			crypt_sha512(crypt, message->body, want);
			size = SHA512_SIZE;
		} else {
			continue;
		}
		known++;
		if (digest->is_list || digest->items[0].kind != SF_BYTES ||
			base64_get(digest->items[0].text, &given).code != ERR_OK ||
			!crypt_equal(
				crypt, buf_str(&given), (struct str){(const char *)want, size}))
			return false;
	}
	return known > 0;
}

static bool
is_fresh(const struct sf_member *input, int64_t now_ms)
{
	const struct sf_item *expires = sf_param(input, "expires");

	if (expires != NULL && now_ms / MS_PER_SECOND > expires->integer)
		return false;
	return proof_is_fresh(now_ms, sf_param(input, "created")->integer);
}

static enum feed_reason
verify_one(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message, const struct sf_member *input,
	const struct sf_member *signature)
{
	struct buf base CLEANUP(buf_fini) = {0};

	if (!is_sufficient(input, secret) || !put_base(&base, message, input) ||
		!holds(crypt, secret, buf_str(&base), signature))
		return FEED_BAD_SIGNATURE;
	return is_fresh(input, message->now_ms) ? FEED_OK : FEED_STALE_TIMESTAMP;
}

/* One good signature is enough: proxies add theirs, and in a key roll there are two. */
static enum feed_reason
verify(const struct crypt *crypt, const struct feed_secret *secret,
	const struct feed_message *message)
{
	struct sf_dictionary inputs, signatures;
	enum feed_reason best = FEED_BAD_SIGNATURE;

	if (secret->mode != FEED_MODE_RFC9421_HMAC)
		return FEED_BAD_AUTH;
	if (!sf_read_dictionary(header_of(message, "Signature-Input"), &inputs) ||
		!sf_read_dictionary(header_of(message, "Signature"), &signatures) ||
		!body_is_digested(crypt, message))
		return FEED_BAD_SIGNATURE;
	for (size_t i = 0; i < inputs.count && best != FEED_OK; i++) {
		const struct sf_member *input = &inputs.members[i];
		enum feed_reason reason = verify_one(
			crypt, secret, message, input, sf_find(&signatures, input->key));

		if (reason != FEED_BAD_SIGNATURE)
			best = reason;
	}
	return best;
}

static const enum feed_mode modes[] = {FEED_MODE_RFC9421_HMAC};

/* The headers hold no id that a retry repeats (its nonce, if any, is new), so the txn_id makes a
 * transfer count once; a prefix of its own, because a webhook-id of Standard Webhooks is another
 * kind of number. */
const struct feed feed_rfc9421 = {
	.name = "rfc9421",
	.provider = "rfc9421",
	.key_prefix = "rfc9421",
	.modes = modes,
	.mode_count = sizeof(modes) / sizeof(*modes),
	.verify = verify,
	.parse = notice_parse_txn,
	.reply = reply_status,
};
