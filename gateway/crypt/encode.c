/*
 * encode.c - bytes as text: hexadecimal and base64 (RFC 4648), read back strictly.
 */
#include "chopay/crypt.h"

static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char BASE64URL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
hex_put(struct buf *out, struct str bytes)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char byte = (unsigned char)bytes.ptr[i];

		buf_addc(out, digits[byte >> 4]);
		buf_addc(out, digits[byte & 15]);
	}
}

int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

struct err
hex_get(struct str text, struct buf *bytes)
{
	if (text.len % 2 != 0)
		return FAIL(ERR_INVALID, "hexadecimal of an odd length");
	for (size_t i = 0; i < text.len; i++) {
		if (hex_digit(text.ptr[i]) < 0)
			return FAIL(ERR_INVALID, "not hexadecimal");
	}
	for (size_t i = 0; i < text.len; i += 2)
		buf_addc(bytes, (char)(hex_digit(text.ptr[i]) << 4 | hex_digit(text.ptr[i + 1])));
	return OK;
}

/* Three bytes make four letters; one or two left over make two or three. */
static void
put_letters(struct buf *out, struct str bytes, const char *alphabet, bool pad)
{
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t have = bytes.len - i < 3 ? bytes.len - i : 3;
		uint32_t group = 0;

		for (size_t k = 0; k < 3; k++)
			group = group << 8 | (k < have ? (unsigned char)bytes.ptr[i + k] : 0);
		for (size_t k = 0; k < 4; k++) {
			if (k <= have)
				buf_addc(out, alphabet[group >> (18 - 6 * k) & 63]);
			else if (pad)
				buf_addc(out, '=');
		}
	}
}

void
base64_put(struct buf *out, struct str bytes)
{
	put_letters(out, bytes, BASE64, true);
}

void
base32_put(struct buf *out, struct str bytes)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t group = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		group = (group << 8 | (unsigned char)bytes.ptr[i]) & 0xfff;
		for (bits += 8; bits >= 5; bits -= 5)
			buf_addc(out, letters[group >> (bits - 5) & 31]);
	}
	if (bits > 0)
		buf_addc(out, letters[group << (5 - bits) & 31]);
}

void
base64url_put(struct buf *out, struct str bytes)
{
	put_letters(out, bytes, BASE64URL, false);
}

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

struct err
base64_get(struct str text, struct buf *bytes)
{
	size_t letters = text.len;
	uint32_t group = 0;

	if (text.len % 4 != 0)
		return FAIL(ERR_INVALID, "base64 of a wrong length");
	while (letters > 0 && text.len - letters < 2 && text.ptr[letters - 1] == '=')
		letters--;
	for (size_t i = 0; i < letters; i++) {
		if (base64_value(text.ptr[i]) < 0)
			return FAIL(ERR_INVALID, "not base64");
	}
	/* The bits that the padding leaves unused must be 0: one spelling for each value. */
	if (letters % 4 != 0 &&
		(base64_value(text.ptr[letters - 1]) & (letters % 4 == 2 ? 15 : 3)) != 0)
		return FAIL(ERR_INVALID, "base64 with stray bits at the end");

	for (size_t i = 0; i < letters; i++) {
		group = group << 6 | (uint32_t)base64_value(text.ptr[i]);
		if (i % 4 > 0) /* the letter completes a byte: 2, 4 or 6 bits of it are left over */
			buf_addc(bytes, (char)(group >> (6 - 2 * (i % 4)) & 255));
	}
	return OK;
}
