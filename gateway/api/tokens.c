/* Bearer tokens without a table: hex(expiry), hex(MAC). */
#include <assert.h>

#include "tokens.h"

#define EXPIRY_DIGITS 12
#define MAC_BYTES 24

struct str
token_issue(
	const struct token_maker *maker, struct arena *arena, struct str secret, int64_t expires_ms)
{
	const struct str expiry = arena_printf(
		arena, "%0*llx", EXPIRY_DIGITS, (unsigned long long)expires_ms);
	/* The id and the expiry have fixed lengths: nothing can move into the secret. */
	const struct str parts[] = {STR("bearer "), maker->endpoint_id, STR(" "), expiry, secret};
	struct buf text CLEANUP(buf_fini) = {0};
	unsigned char mac[SHA256_SIZE];

	assert(expires_ms >= 0 && expires_ms <= TOKEN_MS_MAX);
	crypt_hmac_sha256(maker->crypt,
		(struct str){(const char *)maker->key->key, sizeof(maker->key->key)}, parts, 5,
		mac);
	buf_add(&text, expiry);
	hex_put(&text, (struct str){(const char *)mac, MAC_BYTES});
	return arena_copy(arena, buf_str(&text));
}

static bool
read_expiry(struct str token, int64_t *expires_ms)
{
	struct buf bytes CLEANUP(buf_fini) = {0};

	if (token.len != EXPIRY_DIGITS + 2 * MAC_BYTES ||
		hex_get(str_cut(token, 0, EXPIRY_DIGITS), &bytes).code != ERR_OK)
		return false;
	*expires_ms = 0;
	for (size_t i = 0; i < bytes.len; i++)
		*expires_ms = *expires_ms * 256 + (unsigned char)bytes.ptr[i];
	return true;
}

bool
token_check(const struct token_maker *maker, struct arena *arena, const struct feed_secret *secret,
	struct str token, int64_t *expires_ms)
{
	bool match = false;

	if (!read_expiry(token, expires_ms))
		return false;
	for (size_t i = 0; i < 2; i++) {
		struct str right = token_issue(maker, arena, secret->values[i], *expires_ms);

		match |= crypt_equal(maker->crypt, right, token) && secret->values[i].len > 0;
	}
	return match;
}
