/* chars.c - UTF-8 by the byte: what is well formed, and where a count of characters ends. */
#include "chars.h"

static bool
continued(const unsigned char *bytes, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if ((bytes[i] & 0xC0) != 0x80)
			return false;
	return true;
}

size_t
vq_char_size(const char *text, size_t left)
{
	const unsigned char *b = (const unsigned char *)text;

	if (left >= 1 && b[0] < 0x80)
		return 1;
	if (left >= 2 && b[0] >= 0xC2 && b[0] <= 0xDF && continued(b, 1, 2))
		return 2;
	/* The second byte's bounds keep out overlong forms, surrogates and what is past U+10FFFF.
	 */
	if (left >= 3 && b[0] >= 0xE0 && b[0] <= 0xEF && continued(b, 1, 3))
		return (b[0] == 0xE0 && b[1] < 0xA0) || (b[0] == 0xED && b[1] > 0x9F) ? 0 : 3;
	if (left >= 4 && b[0] >= 0xF0 && b[0] <= 0xF4 && continued(b, 1, 4))
		return (b[0] == 0xF0 && b[1] < 0x90) || (b[0] == 0xF4 && b[1] > 0x8F) ? 0 : 4;
	return 0;
}

size_t
vq_chars_skip(const char *text, size_t at, size_t end, size_t count)
{
	while (count > 0 && at < end) {
		at++;
		while (at < end && is_continuation(text[at]))
			at++;
		count--;
	}
	return count == 0 ? at : end + 1;
}

bool
vq_equal(const char *value, size_t length, const char *want)
{
	for (size_t i = 0; i < length; i++)
		if (want[i] == '\0' || value[i] != want[i])
			return false;
	return want[length] == '\0';
}
