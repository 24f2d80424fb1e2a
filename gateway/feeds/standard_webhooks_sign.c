/*
 * standard_webhooks_sign.c - the signature of our own notices; the reader checks with the same MAC.
 */
#include "chopay/feeds.h"

#include "fields.h"
#include "standard_webhooks.h"

bool
standard_webhooks_is_id(struct str id)
{
	for (size_t i = 0; i < id.len; i++) {
		if (id.ptr[i] <= ' ' || id.ptr[i] > '~' || id.ptr[i] == '.')
			return false;
	}
	return id.len > 0 && id.len <= FIELD_TOKEN_MAX;
}

bool
standard_webhooks_key(struct str secret, struct str prefix, struct buf *key)
{
	if (str_starts(secret, prefix))
		secret = str_cut(secret, prefix.len, secret.len);
	return base64_get(secret, key).code == ERR_OK && key->len > 0;
}

void
standard_webhooks_mac(const struct crypt *crypt, struct str key, struct str id,
	struct str timestamp, struct str body, unsigned char mac[SHA256_SIZE])
{
	const struct str parts[] = {id, STR("."), timestamp, STR("."), body};

	crypt_hmac_sha256(crypt, key, parts, 5, mac);
}

struct err
feed_sign_standard_webhook(const struct crypt *crypt, struct str secret, struct str id,
	int64_t unix_s, struct str body, struct buf *signature)
{
	struct buf key CLEANUP(buf_fini) = {0};
	struct buf timestamp CLEANUP(buf_fini) = {0};
	unsigned char mac[SHA256_SIZE];

	if (!standard_webhooks_is_id(id))
		return FAIL(ERR_INVALID, "a webhook-id with a dot or an unprintable character");
	if (unix_s < 0)
		return FAIL(ERR_INVALID, "a webhook-timestamp before 1970");
	if (!standard_webhooks_key(secret, STR("whsec_"), &key))
		return FAIL(ERR_INVALID, "the secret is not whsec_ and base64");
	buf_addf(&timestamp, "%lld", (long long)unix_s);
	standard_webhooks_mac(crypt, buf_str(&key), id, buf_str(&timestamp), body, mac);
	buf_adds(signature, "v1,");
	base64_put(signature, (struct str){(const char *)mac, sizeof(mac)});
	return OK;
}
