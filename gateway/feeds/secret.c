/*
 * secret.c - what a secret must look like before an endpoint is made with it.
 */
#include "chopay/feeds.h"

#define SECRET_MIN 8 /* the sender's dashboard makes or takes them; shorter ones can be guessed */
#define SECRET_MAX 512
#define WHSEC_MIN 24 /* Standard Webhooks: 24 to 64 random bytes */
#define WHSEC_MAX 64
#define WHPK_SIZE 32
#define SHARED_KEY_MIN 16 /* RFC 9421 names no size; shorter ones can be guessed */
#define SHARED_KEY_MAX 512

static const char *
plain_fault(struct str value)
{
	if (value.len < SECRET_MIN)
		return "the secret is shorter than 8 characters";
	if (value.len > SECRET_MAX)
		return "the secret is longer than 512 characters";
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] <= ' ' || value.ptr[i] > '~')
			return "the secret holds a blank or a character outside ASCII";
	}
	return NULL;
}

static size_t
key_size(struct str value, struct str prefix)
{
	struct buf key CLEANUP(buf_fini) = {0};

	if (str_starts(value, prefix))
		value = str_cut(value, prefix.len, value.len);
	return base64_get(value, &key).code == ERR_OK ? key.len : 0;
}

const char *
feed_secret_fault(enum feed_mode mode, struct str value)
{
	size_t size;

	switch (mode) {
	case FEED_MODE_NONE:
		return value.len == 0 ? NULL : "this mode has no secret";
	case FEED_MODE_APIKEY:
	case FEED_MODE_HMAC:
	case FEED_MODE_OAUTH2:
	case FEED_MODE_SECURE_TOKEN:
	case FEED_MODE_HMAC512:
	case FEED_MODE_CHECKSUM_KEY:
	case FEED_MODE_VIETQR:
	case FEED_MODE_VIETQR_SIGNATURE:
	case FEED_MODE_BIDV:
	case FEED_MODE_BEARER:
	case FEED_MODE_T_V1:
		return plain_fault(value);
	case FEED_MODE_RSA_PUBLIC_KEY:
		return crypt_rsa_fault(value);
	case FEED_MODE_RFC9421_HMAC:
		size = key_size(value, STR(""));
		if (size < SHARED_KEY_MIN || size > SHARED_KEY_MAX)
			return "the secret is not base64 of 16 to 512 bytes";
		return NULL;
	case FEED_MODE_WHSEC:
		size = key_size(value, STR("whsec_"));
		if (size < WHSEC_MIN || size > WHSEC_MAX)
			return "the secret is not whsec_ and base64 of 24 to 64 bytes";
		return NULL;
	case FEED_MODE_WHPK:
		if (key_size(value, STR("whpk_")) != WHPK_SIZE)
			return "the key is not whpk_ and base64 of 32 bytes";
		return NULL;
	}
	return "an unknown mode";
}
