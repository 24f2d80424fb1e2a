/*
 * algorithms.h - what `struct crypt` holds: the algorithms, fetched once, never changed after.
 */
#ifndef CRYPT_ALGORITHMS_H
#define CRYPT_ALGORITHMS_H

#include <openssl/evp.h>

#include "chopay/crypt.h"

struct crypt {
	EVP_MD *sha256, *sha512;
	EVP_MD *md5; /* NULL where OpenSSL has none (FIPS) */
	EVP_MAC *hmac;
	EVP_MAC_CTX *hmac_sha256; /* keyed with nothing of value: only duplicated, never fed */
	EVP_MAC_CTX *hmac_sha512;
	EVP_MAC_CTX *hmac_sha1; /* of codes from authenticator apps alone */
	EVP_CIPHER *aes_256_gcm;
};

/* A digest that fails has run out of memory or lost its library: end the process, as str.h does. */
_Noreturn void crypt_die(const char *what);

#endif
