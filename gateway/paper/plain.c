/* Text that a stranger may have written, as a page can carry it. */
#include "chopay/plain.h"

#include <glib.h>

#define ILL_FORMED UINT32_MAX

/* The letter at `at` and how many bytes it takes; ILL_FORMED and 1 where there is none. */
static uint32_t
letter_at(struct str text, size_t at, size_t *size)
{
	unsigned char first = (unsigned char)text.ptr[at];
	uint32_t letter;

	*size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	if (*size > text.len - at || !str_is_utf8(str_cut(text, at, at + *size))) {
		*size = 1;
		return ILL_FORMED;
	}
	if (*size == 1)
		return first;
	letter = first & (0x7Fu >> *size);
	for (size_t i = 1; i < *size; i++)
		letter = letter << 6 | ((unsigned char)text.ptr[at + i] & 0x3Fu);
	return letter;
}

static bool
is_control(uint32_t letter)
{
	return letter < 0x20 || (letter >= 0x7F && letter < 0xA0) || letter == 0x2028 ||
	       letter == 0x2029;
}

/* Marks of direction, and the byte order mark. */
static bool
is_unseen(uint32_t letter)
{
	return letter == 0x200E || letter == 0x200F || (letter >= 0x202A && letter <= 0x202E) ||
	       (letter >= 0x2066 && letter <= 0x2069) || letter == 0x061C || letter == 0xFEFF;
}

static bool
is_no_character(uint32_t letter)
{
	return letter == ILL_FORMED || (letter & 0xFFFE) == 0xFFFE ||
	       (letter >= 0xFDD0 && letter <= 0xFDEF);
}

static const char *
entity(uint32_t letter)
{
	switch (letter) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	default:
		return NULL;
	}
}

static void
put(struct buf *out, struct str text, bool xml)
{
	size_t size;

	for (size_t at = 0; at < text.len; at += size) {
		uint32_t letter = letter_at(text, at, &size);
		const char *name = xml ? entity(letter) : NULL;

		if (is_no_character(letter))
			buf_adds(out, "\uFFFD");
		else if (is_control(letter))
			buf_addc(out, ' ');
		else if (name != NULL)
			buf_adds(out, name);
		else if (!is_unseen(letter))
			buf_add(out, str_cut(text, at, at + size));
	}
}

void
plain_put(struct buf *out, struct str text)
{
	put(out, text, false);
}

void
plain_put_capitals(struct buf *out, struct str text)
{
	struct buf plain CLEANUP(buf_fini) = {0};
	const char *end;

	plain_put(&plain, text);
	end = plain.ptr + plain.len;
	for (const char *at = plain.ptr; at < end; at = g_utf8_next_char(at)) {
		char bytes[6];
		gint size = g_unichar_to_utf8(g_unichar_toupper(g_utf8_get_char(at)), bytes);

		buf_add(out, (struct str){bytes, (size_t)size});
	}
}

void
plain_put_xml(struct buf *out, struct str text)
{
	put(out, text, true);
}

size_t
plain_letters(struct str text)
{
	size_t letters = 0;

	for (size_t i = 0; i < text.len; i++)
		letters += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
	return letters;
}
