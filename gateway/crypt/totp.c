/*
 * totp.c - codes of authenticator apps (RFC 6238 over RFC 4226), as every app on the phones makes
 * them: SHA-1, steps of 30 s, six digits.
 */
#include "chopay/crypt.h"

#define DIGITS 6
#define CODES 1000000

int
crypt_totp(const struct crypt *crypt, struct str secret, int64_t step)
{
	unsigned char mac[SHA1_SIZE];
	unsigned char text[8];
	uint32_t number;
	int at;

	for (int i = 0; i < 8; i++)
		text[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	crypt_hmac_sha1(crypt, secret, (struct str){(const char *)text, sizeof(text)}, mac);
	at = mac[SHA1_SIZE - 1] & 0x0f;
	number = (uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 |
		 (uint32_t)mac[at + 2] << 8 | mac[at + 3];
	return (int)(number % CODES);
}

/* -1: not six digits. */
static int
read_code(struct str text)
{
	int value = 0, digits = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == ' ')
			continue;
		if (text.ptr[i] < '0' || text.ptr[i] > '9' || ++digits > DIGITS)
			return -1;
		value = value * 10 + (text.ptr[i] - '0');
	}
	return digits == DIGITS ? value : -1;
}

int64_t
crypt_totp_step(
	const struct crypt *crypt, struct str secret, struct str code, int64_t now_ms, int64_t used)
{
	int64_t now = now_ms / TOTP_STEP_MS;
	int want = read_code(code);

	for (int64_t step = now + 1; want >= 0 && step >= now - 1; step--) {
		if (step > used && crypt_totp(crypt, secret, step) == want)
			return step;
	}
	return 0;
}
