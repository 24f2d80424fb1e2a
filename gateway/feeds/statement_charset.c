/* A text file as UTF-8: byte order marks, UTF-16, and Windows-1258 when it is said to be that. */
#include <string.h>

#include "statement_rows.h"

static void
put_utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_addc(out, (char)c);
	} else if (c < 0x800) {
		buf_addc(out, (char)(0xc0 | c >> 6));
		buf_addc(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_addc(out, (char)(0xe0 | c >> 12));
		buf_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(out, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_addc(out, (char)(0xf0 | c >> 18));
		buf_addc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(out, (char)(0x80 | (c & 0x3f)));
	}
}

/* ---- UTF-16 --------------------------------------------------------------------------------- */

static uint32_t
unit_at(struct str bytes, size_t at, bool big_endian)
{
	unsigned char a = (unsigned char)bytes.ptr[at], b = (unsigned char)bytes.ptr[at + 1];

	return big_endian ? (uint32_t)a << 8 | b : (uint32_t)b << 8 | a;
}

/* Behind the byte order mark; false: half a character somewhere. */
static bool
utf16_to_utf8(struct str bytes, bool big_endian, struct buf *out)
{
	if (bytes.len % 2 != 0)
		return false;
	for (size_t at = 0; at < bytes.len; at += 2) {
		uint32_t c = unit_at(bytes, at, big_endian), low;

		if (c >= 0xdc00 && c <= 0xdfff)
			return false;
		if (c >= 0xd800 && c <= 0xdbff) {
			at += 2;
			low = at < bytes.len ? unit_at(bytes, at, big_endian) : 0;
			if (low < 0xdc00 || low > 0xdfff)
				return false;
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		}
		put_utf8(out, c);
	}
	return true;
}

/* ---- Windows-1258 --------------------------------------------------------------------------- */

/* 0x80 to 0xff where they differ from Latin-1; 0: not assigned.  Source: unicode.org CP1258.TXT. */
static const uint16_t low_half[32] = {0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0, 0x2039, 0x0152, 0, 0, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x02dc, 0x2122, 0, 0x203a, 0x0153, 0, 0, 0x0178};

static const struct {
	unsigned char byte;
	uint16_t c;
} high_half[] = {
	{0xc3, 0x0102}, /* Ă */
	{0xcc, 0x0300}, /* grave, behind its letter */
	{0xd0, 0x0110}, /* Đ */
	{0xd2, 0x0309}, /* hook */
	{0xd5, 0x01a0}, /* Ơ */
	{0xdd, 0x01af}, /* Ư */
	{0xde, 0x0303}, /* tilde */
	{0xe3, 0x0103}, /* ă */
	{0xec, 0x0301}, /* acute */
	{0xf0, 0x0111}, /* đ */
	{0xf2, 0x0323}, /* dot below */
	{0xf5, 0x01a1}, /* ơ */
	{0xfd, 0x01b0}, /* ư */
	{0xfe, 0x20ab}, /* ₫ */
};

static bool
windows_1258_to_utf8(struct str bytes, struct buf *out)
{
	for (size_t at = 0; at < bytes.len; at++) {
		unsigned char byte = (unsigned char)bytes.ptr[at];
		uint32_t c = byte;

		if (byte >= 0x80 && byte < 0xa0)
			c = low_half[byte - 0x80];
		for (size_t i = 0; byte >= 0xc0 && i < sizeof(high_half) / sizeof(high_half[0]);
			i++) {
			if (high_half[i].byte == byte)
				c = high_half[i].c;
		}
		if (c == 0)
			return false;
		put_utf8(out, c);
	}
	return true;
}

/* ---- which of them -------------------------------------------------------------------------- */

static size_t
line_of_fault(struct str bytes)
{
	size_t line = 1, from = 0;

	for (size_t at = 0; at <= bytes.len; at++) {
		if (at < bytes.len && bytes.ptr[at] != '\n')
			continue;
		if (!str_is_utf8(str_cut(bytes, from, at)))
			return line;
		from = at + 1;
		line++;
	}
	return 0;
}

static bool
is_utf16(struct str bytes)
{
	return str_starts(bytes, STR("\xff\xfe")) || str_starts(bytes, STR("\xfe\xff"));
}

bool
statement_looks_like_1258(struct str bytes)
{
	return !is_utf16(bytes) && !str_is_utf8(bytes);
}

bool
statement_csv_text(struct statement_build *build, bool windows_1258, struct str *text)
{
	struct str bytes = build->source->bytes;
	struct buf out CLEANUP(buf_fini) = {0};

	if (is_utf16(bytes)) {
		bool big = str_starts(bytes, STR("\xfe\xff"));

		if (!utf16_to_utf8(str_cut(bytes, 2, bytes.len), big, &out)) {
			statement_fault(build, 0, "", "the file begins as UTF-16 and is not");
			return false;
		}
	} else if (windows_1258) {
		if (!windows_1258_to_utf8(bytes, &out)) {
			statement_fault(build, 0, "", "it is no text, of UTF-8 or Windows-1258");
			return false;
		}
	} else if (!str_is_utf8(bytes)) {
		statement_fault(build, line_of_fault(bytes), "",
			"not UTF-8; if the file is of an old Vietnamese program, add"
			" charset=windows-1258 to the mapping");
		return false;
	} else if (bytes.len > 0 && memchr(bytes.ptr, '\0', bytes.len) != NULL) {
		statement_fault(build, 0, "", "a NUL byte; save the file as UTF-8");
		return false;
	} else {
		*text = str_starts(bytes, STR("\xef\xbb\xbf")) ? str_cut(bytes, 3, bytes.len)
							       : bytes;
		return true;
	}
	*text = arena_copy(build->arena, buf_str(&out));
	return true;
}
