/*
 * rsa.c - RSA signatures with PKCS#1 v1.5 and SHA-256 (RFC 8017): the banks' and our own.
 *
 * A bank's key is read from its PEM text at each call: 0.1 ms, beside 0.02 ms to verify.  That is
 * thousands of messages a second for each thread, and no table of keys that could go stale.
 */
#include <limits.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "chopay/crypt.h"

#include "algorithms.h"

#define BITS_MIN 2048
#define BITS_MAX 8192 /* larger ones only cost time: a verification grows with the square */
#define OUR_BITS 2048
#define PEM_MAX 16384 /* a private key of BITS_MAX is 6.4 kB */

struct signing_key {
	EVP_PKEY *key;
};

/* Plain RSA of a sensible size; not RSA-PSS, whose keys forbid PKCS#1 v1.5. */
static bool
is_usable(const EVP_PKEY *key)
{
	return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= BITS_MIN &&
	       EVP_PKEY_get_bits(key) <= BITS_MAX;
}

static BIO *
open_text(struct str pem)
{
	BIO *bio = pem.len <= PEM_MAX
			   ? BIO_new_mem_buf(pem.ptr != NULL ? pem.ptr : "", (int)pem.len)
			   : NULL;

	if (bio == NULL && pem.len <= PEM_MAX)
		crypt_die("no memory for a key");
	return bio;
}

/* The first block of the text, which must be a PUBLIC KEY; NULL: it is not.  Through PEM_read_bio,
 * because PEM_read_bio_PUBKEY tries every decoder there is: four times as slow. */
static EVP_PKEY *
read_public(struct str pem)
{
	BIO *bio = open_text(pem);
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	long size = 0;
	EVP_PKEY *key = NULL;

	if (bio != NULL && PEM_read_bio(bio, &name, &header, &der, &size) == 1 &&
		str_eq(str_from(name), STR(PEM_STRING_PUBLIC))) {
		const unsigned char *at = der;

		key = d2i_PUBKEY(NULL, &at, size);
		if (key != NULL && (at != der + size || !is_usable(key))) {
			EVP_PKEY_free(key);
			key = NULL;
		}
	}
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	BIO_free(bio);
	ERR_clear_error();
	return key;
}

bool
crypt_rsa_verify(
	const struct crypt *crypt, struct str public_pem, struct str message, struct str signature)
{
	EVP_PKEY *key = read_public(public_pem);
	EVP_MD_CTX *ctx;
	bool good;

	if (key == NULL)
		return false;
	ctx = EVP_MD_CTX_new();
	if (ctx == NULL)
		crypt_die("RSA");
	/* A signature of another length than the key's fails, too. */
	good = EVP_DigestVerifyInit(ctx, NULL, crypt->sha256, NULL, key) == 1 &&
	       EVP_DigestVerify(ctx, (const unsigned char *)signature.ptr, signature.len,
		       (const unsigned char *)(message.ptr != NULL ? message.ptr : ""),
		       message.len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return good;
}

const char *
crypt_rsa_fault(struct str public_pem)
{
	struct str behind = str_cut(public_pem, 1, public_pem.len);
	EVP_PKEY *key;
	EVP_PKEY_CTX *ctx;
	bool good;

	if (str_find(behind, STR("-----BEGIN")) >= 0)
		return "more than one PEM block: a second key is added by a roll";
	key = read_public(public_pem);
	if (key == NULL)
		return "not one PEM block \"PUBLIC KEY\" with an RSA key of 2048 to 8192 bits";
	ctx = EVP_PKEY_CTX_new(key, NULL);
	if (ctx == NULL)
		crypt_die("RSA");
	good = EVP_PKEY_public_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return good ? NULL : "the RSA key's numbers are not those of a key";
}

/* ---- our own key --------------------------------------------------------------------------- */

static struct signing_key *
own(EVP_PKEY *key)
{
	struct signing_key *made = mem_alloc(sizeof(*made));

	made->key = key;
	return made;
}

struct err
signing_key_new(struct signing_key **key)
{
	EVP_PKEY *made = EVP_RSA_gen(OUR_BITS);

	if (made == NULL)
		return FAIL(ERR_BROKEN, "this OpenSSL makes no RSA key");
	*key = own(made);
	return OK;
}

/* Asked for a password, which would be read from the terminal: there is none. */
static int
no_password(char *text, int size, int writing, void *arg)
{
	(void)text;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

struct err
signing_key_load(struct str pem, struct signing_key **key)
{
	BIO *bio = open_text(pem);
	EVP_PKEY *read = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);

	BIO_free(bio);
	ERR_clear_error();
	if (read == NULL || !is_usable(read)) {
		EVP_PKEY_free(read);
		return FAIL(ERR_INVALID,
			"not an unencrypted PEM private key, RSA of 2048 to 8192 bits");
	}
	*key = own(read);
	return OK;
}

void
signing_key_free(struct signing_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->key);
	free(key);
}

void
signing_key_cleanup(struct signing_key **key)
{
	signing_key_free(*key);
}

/* A BIO's text is copied, and wiped where it was. */
static void
take_text(BIO *bio, int written, struct buf *text)
{
	char *ptr = NULL;
	long size;

	if (written != 1)
		crypt_die("a key cannot be written");
	size = BIO_get_mem_data(bio, &ptr);
	buf_add(text, (struct str){ptr, (size_t)size});
	OPENSSL_cleanse(ptr, (size_t)size);
	BIO_free(bio);
}

void
signing_key_write(const struct signing_key *key, struct buf *pem)
{
	BIO *bio = BIO_new(BIO_s_secmem());

	take_text(bio,
		bio != NULL &&
			PEM_write_bio_PKCS8PrivateKey(bio, key->key, NULL, NULL, 0, NULL, NULL),
		pem);
}

void
signing_key_public(const struct signing_key *key, struct buf *pem)
{
	BIO *bio = BIO_new(BIO_s_mem());

	take_text(bio, bio != NULL && PEM_write_bio_PUBKEY(bio, key->key), pem);
}

void
signing_key_sign(const struct crypt *crypt, const struct signing_key *key, struct str message,
	struct buf *signature)
{
	unsigned char bytes[BITS_MAX / CHAR_BIT];
	size_t size = sizeof(bytes);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, crypt->sha256, NULL, key->key) != 1 ||
		EVP_DigestSign(ctx, bytes, &size,
			(const unsigned char *)(message.ptr != NULL ? message.ptr : ""),
			message.len) != 1)
		crypt_die("RSA signature");
	EVP_MD_CTX_free(ctx);
	buf_add(signature, (struct str){(const char *)bytes, size});
}
