/*
 * crypt.h - the few cryptographic words the gateway uses, over OpenSSL 3.
 *
 * Algorithms are fetched once (OpenSSL 3.0's fetch is slow): `struct crypt` holds them and is
 * immutable after crypt_new, so any thread may use it.  A digest that cannot be computed (no
 * memory) ends the process, as str.h does.
 */
#ifndef CHOPAY_CRYPT_H
#define CHOPAY_CRYPT_H

#include "chopay/str.h"

#define SHA256_SIZE 32
#define SHA512_SIZE 64
#define MD5_SIZE 16
#define SHA1_SIZE 20
#define SECRET_KEY_SIZE 32

struct crypt;

MUST_CHECK struct err crypt_new(struct crypt **crypt);
void crypt_free(struct crypt *crypt);
void crypt_cleanup(struct crypt **crypt); /* for CLEANUP */

void crypt_sha256(const struct crypt *crypt, struct str data, unsigned char out[SHA256_SIZE]);
void crypt_sha512(const struct crypt *crypt, struct str data, unsigned char out[SHA512_SIZE]);
/* Over the parts as if joined: no copy of a body is needed to sign "timestamp.body". */
void crypt_hmac_sha256(const struct crypt *crypt, struct str key, const struct str *parts,
	size_t part_count, unsigned char out[SHA256_SIZE]);
void crypt_hmac_sha512(const struct crypt *crypt, struct str key, const struct str *parts,
	size_t part_count, unsigned char out[SHA512_SIZE]);
/* The same for one key and many texts: the key is worked in once.  One thread at a time. */
struct keyed_hmac;
struct keyed_hmac *keyed_hmac_new(const struct crypt *crypt, struct str key);
void keyed_hmac_free(struct keyed_hmac *keyed);
void keyed_hmac_sha256(struct keyed_hmac *keyed, const struct str *parts, size_t part_count,
	unsigned char out[SHA256_SIZE]);
/* With the 32 bytes of a private key; RFC 8032: the same message gives the same signature. */
#define ED25519_SEED_SIZE 32
#define ED25519_PUBLIC_SIZE 32
#define ED25519_SIGNATURE_SIZE 64
void crypt_ed25519_sign(const struct crypt *crypt, const unsigned char seed[ED25519_SEED_SIZE],
	struct str message, unsigned char signature[ED25519_SIGNATURE_SIZE]);
void crypt_ed25519_public(const struct crypt *crypt, const unsigned char seed[ED25519_SEED_SIZE],
	unsigned char public_key[ED25519_PUBLIC_SIZE]);
bool crypt_ed25519_verify(
	const struct crypt *crypt, struct str public_key, struct str message, struct str signature);

/* MD5 of the parts as if joined: a checksum that a bank asks for, never a proof.  ERR_BROKEN where
 * OpenSSL has none (a FIPS build). */
MUST_CHECK struct err crypt_md5(const struct crypt *crypt, const struct str *parts,
	size_t part_count, unsigned char out[MD5_SIZE]);

/* RSA with PKCS#1 v1.5 and SHA-256.  `public_pem`: one "PUBLIC KEY" block of 2048 to 8192 bits;
 * any other key verifies nothing. */
bool crypt_rsa_verify(
	const struct crypt *crypt, struct str public_pem, struct str message, struct str signature);
/* Is that a public key we would verify with?  NULL, or what is wrong with it.  Slow (3 ms). */
const char *crypt_rsa_fault(struct str public_pem);

/* SHA-256 of a certificate in PEM (of the first, when a chain follows it), as `openssl x509
 * -fingerprint -sha256` shows it.  ERR_INVALID: no certificate. */
MUST_CHECK struct err crypt_certificate_digest(struct str pem, unsigned char digest[SHA256_SIZE]);
/* When the first of the certificates in `pem` ends: ms since 1970.  ERR_INVALID: there is none. */
MUST_CHECK struct err crypt_certificates_until(struct str pem, int64_t *until_ms);

/* Our own RSA key, for answers that a bank wants signed.  Immutable: any thread may sign. */
struct signing_key;
MUST_CHECK struct err signing_key_new(struct signing_key **key); /* 2048 bits; 0.2 s */
/* From unencrypted PEM (PKCS#8 or PKCS#1), 2048 to 8192 bits.  ERR_INVALID: not that. */
MUST_CHECK struct err signing_key_load(struct str pem, struct signing_key **key);
void signing_key_free(struct signing_key *key);
void signing_key_cleanup(struct signing_key **key);			 /* for CLEANUP */
void signing_key_write(const struct signing_key *key, struct buf *pem);	 /* PKCS#8, secret */
void signing_key_public(const struct signing_key *key, struct buf *pem); /* to give away */
void signing_key_sign(const struct crypt *crypt, const struct signing_key *key, struct str message,
	struct buf *signature);

/* Equal?  Digests are compared, in constant time: neither content nor length leaks. */
bool crypt_equal(const struct crypt *crypt, struct str a, struct str b);

/* For codes from authenticator apps, which know no other. */
void crypt_hmac_sha1(
	const struct crypt *crypt, struct str key, struct str text, unsigned char out[SHA1_SIZE]);

/* A password as it is kept: a version, a salt, and scrypt (RFC 7914; N = 2^17, r = 8, p = 1) of
 * both. Takes 0.3 s and 128 MiB: never on a loop, and one at a time in a process. */
#define PASSWORD_KEPT_SIZE 50
void crypt_password_keep(struct str password, unsigned char kept[PASSWORD_KEPT_SIZE]);
/* False also for what is not a kept password, empty say: after as long. */
bool crypt_password_check(const struct crypt *crypt, struct str password, struct str kept);

/* The code of an authenticator app for a step of 30 s since 1970: RFC 6238, SHA-1, six digits. */
#define TOTP_SECRET_SIZE 20
#define TOTP_STEP_MS 30000
int crypt_totp(const struct crypt *crypt, struct str secret, int64_t step);
/* Which of the step of `now_ms` and its two neighbours has that code (six digits, blanks between
 * them allowed), if it is after `used`; 0: none. */
int64_t crypt_totp_step(const struct crypt *crypt, struct str secret, struct str code,
	int64_t now_ms, int64_t used);

/* From the system's generator; ends the process if that fails. */
void crypt_random(void *out, size_t size);

/* A secret at rest: AES-256-GCM, "v1" || key id || nonce || text || tag, bound to `context`
 * (what it belongs to: a blob moved to another row does not open). */
struct sealing_key {
	unsigned char id[4];
	unsigned char key[SECRET_KEY_SIZE];
};
void crypt_seal(const struct crypt *crypt, const struct sealing_key *key, struct str context,
	struct str text, struct buf *sealed);
/* Appends to `text`.  ERR_NOT_FOUND: sealed with another key; ERR_INVALID: changed, or not ours. */
MUST_CHECK struct err crypt_open(const struct crypt *crypt, const struct sealing_key *key,
	struct str context, struct str sealed, struct buf *text);

void base32_put(struct buf *out, struct str bytes); /* RFC 4648, no padding */
int hex_digit(char c);				    /* 0..15, of either case; -1: it is none */
void hex_put(struct buf *out, struct str bytes);    /* lower case */
/* The readers append, and leave `bytes` alone when they fail. */
MUST_CHECK struct err hex_get(struct str text, struct buf *bytes);    /* either case */
void base64_put(struct buf *out, struct str bytes);		      /* with padding */
void base64url_put(struct buf *out, struct str bytes);		      /* no padding */
MUST_CHECK struct err base64_get(struct str text, struct buf *bytes); /* strict, padded */

#endif
