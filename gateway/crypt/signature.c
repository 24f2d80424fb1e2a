/*
 * signature.c - public-key signatures of those who call us: Ed25519 (RFC 8032).
 */
#include "chopay/crypt.h"

#include "algorithms.h"

#define ED25519_KEY_SIZE 32
#define ED25519_SIGNATURE_SIZE 64

bool
crypt_ed25519_verify(
	const struct crypt *crypt, struct str public_key, struct str message, struct str signature)
{
	EVP_PKEY *key;
	EVP_MD_CTX *ctx;
	bool good;

	(void)crypt; /* OpenSSL caches this one itself */
	if (public_key.len != ED25519_KEY_SIZE || signature.len != ED25519_SIGNATURE_SIZE)
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
