/*
 * signature.c - Ed25519 (RFC 8032): signatures of those who call us, and our own on proofs.
 */
#include "chopay/crypt.h"

#include "algorithms.h"

static EVP_PKEY *
private_key(const unsigned char seed[ED25519_SEED_SIZE])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(
		EVP_PKEY_ED25519, NULL, seed, ED25519_SEED_SIZE);

	if (key == NULL)
		crypt_die("Ed25519");
	return key;
}

void
crypt_ed25519_sign(const struct crypt *crypt, const unsigned char seed[ED25519_SEED_SIZE],
	struct str message, unsigned char signature[ED25519_SIGNATURE_SIZE])
{
	EVP_PKEY *key = private_key(seed);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t size = ED25519_SIGNATURE_SIZE;

	(void)crypt;
	if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) != 1 ||
		EVP_DigestSign(ctx, signature, &size,
			(const unsigned char *)(message.ptr != NULL ? message.ptr : ""),
			message.len) != 1)
		crypt_die("Ed25519");
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}

void
crypt_ed25519_public(const struct crypt *crypt, const unsigned char seed[ED25519_SEED_SIZE],
	unsigned char public_key[ED25519_PUBLIC_SIZE])
{
	EVP_PKEY *key = private_key(seed);
	size_t size = ED25519_PUBLIC_SIZE;

	(void)crypt;
	if (EVP_PKEY_get_raw_public_key(key, public_key, &size) != 1)
		crypt_die("Ed25519");
	EVP_PKEY_free(key);
}

bool
crypt_ed25519_verify(
	const struct crypt *crypt, struct str public_key, struct str message, struct str signature)
{
	EVP_PKEY *key;
	EVP_MD_CTX *ctx;
	bool good;

	(void)crypt; /* OpenSSL caches this one itself */
	if (public_key.len != ED25519_PUBLIC_SIZE || signature.len != ED25519_SIGNATURE_SIZE)
		return false;
	key = EVP_PKEY_new_raw_public_key(
		EVP_PKEY_ED25519, NULL, (const unsigned char *)public_key.ptr, public_key.len);
	ctx = EVP_MD_CTX_new();
	if (ctx == NULL)
		crypt_die("Ed25519");
	good = key != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
	       EVP_DigestVerify(ctx, (const unsigned char *)signature.ptr, signature.len,
		       (const unsigned char *)(message.ptr != NULL ? message.ptr : ""),
		       message.len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return good;
}
