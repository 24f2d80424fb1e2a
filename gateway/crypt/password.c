/*
 * password.c - passwords as they are kept: so slow to try that a stolen table tells few of them.
 *
 * "s1" | salt (16) | scrypt (32).  The version names the cost, for the day when it must rise.
 */
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "chopay/crypt.h"

#include "algorithms.h"

#define VERSION "s1"
#define VERSION_SIZE 2
#define SALT_SIZE 16
#define HASH_SIZE 32
#define COST (UINT64_C(1) << 17)		 /* N */
#define BLOCK 8					 /* r */
#define MEMORY_MAX (160 * UINT64_C(1024) * 1024) /* it needs 128 MiB and a little */

_Static_assert(VERSION_SIZE + SALT_SIZE + HASH_SIZE == PASSWORD_KEPT_SIZE, "what is kept");

static void
hash(struct str password, const unsigned char salt[SALT_SIZE], unsigned char out[HASH_SIZE])
{
	const char *text = password.len > 0 ? password.ptr : "";

	if (EVP_PBE_scrypt(text, password.len, salt, SALT_SIZE, COST, BLOCK, 1, MEMORY_MAX, out,
		    HASH_SIZE) != 1)
		crypt_die("scrypt (is there memory for it?)");
}

void
crypt_password_keep(struct str password, unsigned char kept[PASSWORD_KEPT_SIZE])
{
	memcpy(kept, VERSION, VERSION_SIZE);
	crypt_random(kept + VERSION_SIZE, SALT_SIZE);
	hash(password, kept + VERSION_SIZE, kept + VERSION_SIZE + SALT_SIZE);
}

bool
crypt_password_check(const struct crypt *crypt, struct str password, struct str kept)
{
	unsigned char salt[SALT_SIZE] = {0}, got[HASH_SIZE], want[HASH_SIZE] = {0};
	bool known = kept.len == PASSWORD_KEPT_SIZE && memcmp(kept.ptr, VERSION, VERSION_SIZE) == 0;
	bool same;

	if (known) {
		memcpy(salt, kept.ptr + VERSION_SIZE, SALT_SIZE);
		memcpy(want, kept.ptr + VERSION_SIZE + SALT_SIZE, HASH_SIZE);
	}
	hash(password, salt, got);
	same = crypt_equal(crypt, (struct str){(const char *)got, HASH_SIZE},
		(struct str){(const char *)want, HASH_SIZE});
	OPENSSL_cleanse(got, sizeof(got));
	return known && same;
}
