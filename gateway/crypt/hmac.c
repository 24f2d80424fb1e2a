/*
 * hmac.c - digests, keyed digests, and equality that takes the same time for every answer.
 */
#include <stdlib.h>

#include <openssl/crypto.h>

#include "chopay/crypt.h"

#include "algorithms.h"

void
crypt_sha256(const struct crypt *crypt, struct str data, unsigned char out[SHA256_SIZE])
{
	if (EVP_Digest(data.ptr, data.len, out, NULL, crypt->sha256, NULL) != 1)
		crypt_die("SHA-256");
}

void
crypt_sha512(const struct crypt *crypt, struct str data, unsigned char out[SHA512_SIZE])
{
	if (EVP_Digest(data.ptr, data.len, out, NULL, crypt->sha512, NULL) != 1)
		crypt_die("SHA-512");
}

struct err
crypt_md5(const struct crypt *crypt, const struct str *parts, size_t part_count,
	unsigned char out[MD5_SIZE])
{
	EVP_MD_CTX *ctx;
	bool good;

	if (crypt->md5 == NULL)
		return FAIL(ERR_BROKEN, "this OpenSSL has no MD5");
	ctx = EVP_MD_CTX_new();
	good = ctx != NULL && EVP_DigestInit_ex2(ctx, crypt->md5, NULL) == 1;
	for (size_t i = 0; good && i < part_count; i++)
		good = parts[i].len == 0 || EVP_DigestUpdate(ctx, parts[i].ptr, parts[i].len) == 1;
	if (!good || EVP_DigestFinal_ex(ctx, out, NULL) != 1)
		crypt_die("MD5");
	EVP_MD_CTX_free(ctx);
	return OK;
}

static EVP_MAC_CTX *
with_key(const EVP_MAC_CTX *template, struct str key)
{
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_dup(template);
	/* A NULL key would mean "keep the template's": an empty one must be an empty one. */
	const char *key_ptr = key.ptr != NULL ? key.ptr : "";

	if (ctx == NULL || EVP_MAC_init(ctx, (const unsigned char *)key_ptr, key.len, NULL) != 1)
		crypt_die("HMAC key");
	return ctx;
}

static void
hmac(EVP_MAC_CTX *ctx, const struct str *parts, size_t part_count, unsigned char *out, size_t size)
{
	size_t written = 0;

	for (size_t i = 0; i < part_count; i++) {
		if (parts[i].len > 0 &&
			EVP_MAC_update(ctx, (const unsigned char *)parts[i].ptr, parts[i].len) != 1)
			crypt_die("HMAC text");
	}
	if (EVP_MAC_final(ctx, out, &written, size) != 1 || written != size)
		crypt_die("HMAC");
}

void
crypt_hmac_sha256(const struct crypt *crypt, struct str key, const struct str *parts,
	size_t part_count, unsigned char out[SHA256_SIZE])
{
	EVP_MAC_CTX *ctx = with_key(crypt->hmac_sha256, key);

	hmac(ctx, parts, part_count, out, SHA256_SIZE);
	EVP_MAC_CTX_free(ctx);
}

void
crypt_hmac_sha1(
	const struct crypt *crypt, struct str key, struct str text, unsigned char out[SHA1_SIZE])
{
	EVP_MAC_CTX *ctx = with_key(crypt->hmac_sha1, key);

	hmac(ctx, &text, 1, out, SHA1_SIZE);
	EVP_MAC_CTX_free(ctx);
}

void
crypt_hmac_sha512(const struct crypt *crypt, struct str key, const struct str *parts,
	size_t part_count, unsigned char out[SHA512_SIZE])
{
	EVP_MAC_CTX *ctx = with_key(crypt->hmac_sha512, key);

	hmac(ctx, parts, part_count, out, SHA512_SIZE);
	EVP_MAC_CTX_free(ctx);
}

struct keyed_hmac {
	EVP_MAC_CTX *ctx;
};

struct keyed_hmac *
keyed_hmac_new(const struct crypt *crypt, struct str key)
{
	struct keyed_hmac *keyed = mem_alloc(sizeof(*keyed));

	keyed->ctx = with_key(crypt->hmac_sha256, key);
	return keyed;
}

void
keyed_hmac_free(struct keyed_hmac *keyed)
{
	if (keyed == NULL)
		return;
	EVP_MAC_CTX_free(keyed->ctx); /* wipes the key */
	free(keyed);
}

void
keyed_hmac_sha256(struct keyed_hmac *keyed, const struct str *parts, size_t part_count,
	unsigned char out[SHA256_SIZE])
{
	/* A NULL key: start again with the one that is there. */
	if (EVP_MAC_init(keyed->ctx, NULL, 0, NULL) != 1)
		crypt_die("HMAC again");
	hmac(keyed->ctx, parts, part_count, out, SHA256_SIZE);
}

bool
crypt_equal(const struct crypt *crypt, struct str a, struct str b)
{
	unsigned char digest_a[SHA256_SIZE], digest_b[SHA256_SIZE];

	crypt_sha256(crypt, a, digest_a);
	crypt_sha256(crypt, b, digest_b);
	return CRYPTO_memcmp(digest_a, digest_b, SHA256_SIZE) == 0;
}
