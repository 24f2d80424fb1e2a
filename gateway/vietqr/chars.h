/*
 * chars.h - characters and their classes, without a locale.
 *
 * A code's lengths count characters (Unicode code points), its CRC counts bytes.
 */
#ifndef VIETQR_CHARS_H
#define VIETQR_CHARS_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden) /* not of the shared library */

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static inline bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

/* EMV Book 4's common character set, "ans". */
static inline bool
is_printable(char c)
{
	return c >= ' ' && c <= '~';
}

static inline bool
is_ascii(char c)
{
	return ((unsigned char)c & 0x80) == 0;
}

/* A byte inside a character of several bytes: 10xxxxxx. */
static inline bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

static inline char
to_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Bytes of the character that starts at `text`, 0 when it is not well-formed (RFC 3629). */
size_t vq_char_size(const char *text, size_t left);

/* Where `count` characters from `at` end; `end + 1` when there are not that many.
 * The text must be well-formed. */
size_t vq_chars_skip(const char *text, size_t at, size_t end, size_t count);

/* Is the value the C string `want`? */
bool vq_equal(const char *value, size_t length, const char *want);

#pragma GCC visibility pop

#endif
