/*
 * algorithms.c - fetch the algorithms once, when the process starts.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "chopay/crypt.h"

#include "algorithms.h"

void
crypt_die(const char *what)
{
	fprintf(stderr, "chopay: OpenSSL failed: %s\n", what);
	abort();
}

/* A context that knows its digest.  OpenSSL 3.0 duplicates only a keyed one, hence the dummy key.
 */
static EVP_MAC_CTX *
hmac_template(EVP_MAC *hmac, char *digest)
{
	static const unsigned char dummy_key[1] = {0};
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC_CTX *ctx;

	if (hmac == NULL)
		return NULL;
	ctx = EVP_MAC_CTX_new(hmac);
	if (ctx == NULL || EVP_MAC_init(ctx, dummy_key, sizeof(dummy_key), params) != 1) {
		EVP_MAC_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

struct err
crypt_new(struct crypt **crypt)
{
	struct crypt *c = mem_alloc_zero(1, sizeof(*c));
	char sha256[] = "SHA2-256", sha512[] = "SHA2-512", sha1[] = "SHA1";

	c->sha256 = EVP_MD_fetch(NULL, sha256, NULL);
	c->md5 = EVP_MD_fetch(NULL, "MD5", NULL);
	c->sha512 = EVP_MD_fetch(NULL, sha512, NULL);
	c->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	c->hmac_sha256 = hmac_template(c->hmac, sha256);
	c->hmac_sha512 = hmac_template(c->hmac, sha512);
	c->hmac_sha1 = hmac_template(c->hmac, sha1);
	c->aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	if (c->sha256 == NULL || c->sha512 == NULL || c->hmac_sha256 == NULL ||
		c->hmac_sha512 == NULL || c->hmac_sha1 == NULL || c->aes_256_gcm == NULL) {
		crypt_free(c);
		return FAIL(ERR_BROKEN, "this OpenSSL lacks SHA-1, SHA-2, HMAC or AES-256-GCM");
	}
	*crypt = c;
	return OK;
}

void
crypt_free(struct crypt *crypt)
{
	if (crypt == NULL)
		return;
	EVP_CIPHER_free(crypt->aes_256_gcm);
	EVP_MAC_CTX_free(crypt->hmac_sha1);
	EVP_MAC_CTX_free(crypt->hmac_sha512);
	EVP_MAC_CTX_free(crypt->hmac_sha256);
	EVP_MAC_free(crypt->hmac);
	EVP_MD_free(crypt->md5);
	EVP_MD_free(crypt->sha512);
	EVP_MD_free(crypt->sha256);
	free(crypt);
}

void
crypt_cleanup(struct crypt **crypt)
{
	crypt_free(*crypt);
}
