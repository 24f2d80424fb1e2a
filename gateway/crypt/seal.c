/*
 * seal.c - secrets at rest: AES-256-GCM, bound to what they belong to.
 *
 * "v1" | key id (4) | nonce (12) | text, encrypted | tag (16).  Everything before the nonce and
 * the context are authenticated too.  Random 96-bit nonces are safe up to 2^32 seals per key
 * (NIST SP 800-38D, 8.3); a gateway seals thousands.
 */
#include <assert.h>
#include <limits.h>
#include <string.h>

#include <openssl/crypto.h>

#include "chopay/crypt.h"

#include "algorithms.h"

#define VERSION "v1"
#define VERSION_SIZE 2
#define HEAD_SIZE (VERSION_SIZE + 4)
#define NONCE_SIZE 12
#define TAG_SIZE 16
#define OVERHEAD (HEAD_SIZE + NONCE_SIZE + TAG_SIZE)

static const unsigned char *
bytes(struct str text)
{
	return (const unsigned char *)(text.ptr != NULL ? text.ptr : "");
}

static void
put_head(const struct sealing_key *key, char head[HEAD_SIZE])
{
	memcpy(head, VERSION, VERSION_SIZE);
	memcpy(head + VERSION_SIZE, key->id, sizeof(key->id));
}

/* The context of one call, with the key, the nonce, and what is authenticated but not secret. */
static EVP_CIPHER_CTX *
start(const struct crypt *crypt, const struct sealing_key *key, struct str context,
	const unsigned char nonce[NONCE_SIZE], int encrypt)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	char head[HEAD_SIZE];
	int n;

	assert(context.len <= INT_MAX);
	put_head(key, head);
	if (ctx == NULL ||
		EVP_CipherInit_ex2(ctx, crypt->aes_256_gcm, key->key, nonce, encrypt, NULL) != 1 ||
		EVP_CipherUpdate(ctx, NULL, &n, (const unsigned char *)head, HEAD_SIZE) != 1 ||
		(context.len > 0 &&
			EVP_CipherUpdate(ctx, NULL, &n, bytes(context), (int)context.len) != 1))
		crypt_die("AES-256-GCM");
	return ctx;
}

void
crypt_seal(const struct crypt *crypt, const struct sealing_key *key, struct str context,
	struct str text, struct buf *sealed)
{
	unsigned char nonce[NONCE_SIZE], tag[TAG_SIZE];
	unsigned char *secret CLEANUP(mem_free) = mem_alloc(text.len + 1);
	char head[HEAD_SIZE];
	EVP_CIPHER_CTX *ctx;
	int n = 0, rest = 0;

	assert(text.len <= INT_MAX);
	crypt_random(nonce, sizeof(nonce));
	ctx = start(crypt, key, context, nonce, 1);
	if ((text.len > 0 && EVP_CipherUpdate(ctx, secret, &n, bytes(text), (int)text.len) != 1) ||
		EVP_CipherFinal_ex(ctx, secret + n, &rest) != 1 ||
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, tag) != 1)
		crypt_die("AES-256-GCM");
	EVP_CIPHER_CTX_free(ctx);

	put_head(key, head);
	buf_add(sealed, (struct str){head, HEAD_SIZE});
	buf_add(sealed, (struct str){(const char *)nonce, NONCE_SIZE});
	buf_add(sealed, (struct str){(const char *)secret, (size_t)(n + rest)});
	buf_add(sealed, (struct str){(const char *)tag, TAG_SIZE});
}

struct err
crypt_open(const struct crypt *crypt, const struct sealing_key *key, struct str context,
	struct str sealed, struct buf *text)
{
	unsigned char nonce[NONCE_SIZE], tag[TAG_SIZE];
	char head[HEAD_SIZE];
	struct str secret;
	EVP_CIPHER_CTX *ctx;
	int n = 0, rest = 0;
	bool good;

	if (sealed.len < OVERHEAD || sealed.len > INT_MAX ||
		memcmp(sealed.ptr, VERSION, VERSION_SIZE) != 0)
		return FAIL(ERR_INVALID, "not a sealed secret");
	put_head(key, head);
	if (memcmp(sealed.ptr, head, HEAD_SIZE) != 0)
		return FAIL(ERR_NOT_FOUND, "sealed with another key");
	memcpy(nonce, sealed.ptr + HEAD_SIZE, NONCE_SIZE);
	memcpy(tag, sealed.ptr + sealed.len - TAG_SIZE, TAG_SIZE);
	secret = str_cut(sealed, HEAD_SIZE + NONCE_SIZE, sealed.len - TAG_SIZE);

	/* Into memory of its own: nothing leaves before the tag has been checked. */
	unsigned char *plain CLEANUP(mem_free) = mem_alloc(secret.len + 1);
	ctx = start(crypt, key, context, nonce, 0);
	good = (secret.len == 0 ||
		       EVP_CipherUpdate(ctx, plain, &n, bytes(secret), (int)secret.len) == 1) &&
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) == 1 &&
	       EVP_CipherFinal_ex(ctx, plain + n, &rest) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (good)
		buf_add(text, (struct str){(const char *)plain, (size_t)(n + rest)});
	OPENSSL_cleanse(plain, secret.len);
	return good ? OK : FAIL(ERR_INVALID, "a sealed secret was changed or belongs elsewhere");
}
