/* Counted text: views that own nothing, and buffers that grow. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chopay/str.h"

#define ROOM_FIRST 64 /* items */

struct str
str_from(const char *text)
{
	return (struct str){text, text == NULL ? 0 : strlen(text)};
}

bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	}
	return true;
}

bool
str_starts(struct str text, struct str head)
{
	return text.len >= head.len && str_eq(str_cut(text, 0, head.len), head);
}

bool
str_ends(struct str text, struct str tail)
{
	return text.len >= tail.len && str_eq(str_cut(text, text.len - tail.len, text.len), tail);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str text)
{
	while (text.len > 0 && is_blank(text.ptr[0])) {
		text.ptr++;
		text.len--;
	}
	while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

struct str
str_cut(struct str text, size_t from, size_t to)
{
	if (to > text.len)
		to = text.len;
	if (from >= to)
		return (struct str){NULL, 0};
	return (struct str){text.ptr + from, to - from};
}

bool
str_split(struct str *text, char sep, struct str *head)
{
	const char *at = text->len == 0 ? NULL : memchr(text->ptr, sep, text->len);

	if (at == NULL) {
		*head = *text;
		*text = (struct str){NULL, 0};
		return false;
	}
	*head = str_cut(*text, 0, (size_t)(at - text->ptr));
	*text = str_cut(*text, head->len + 1, text->len);
	return true;
}

ptrdiff_t
str_find(struct str text, struct str needle)
{
	const char *at;

	if (needle.len == 0)
		return 0;
	if (text.len == 0)
		return -1;
	at = memmem(text.ptr, text.len, needle.ptr, needle.len);
	return at == NULL ? -1 : at - text.ptr;
}

struct err
str_to_i64(struct str text, int64_t *value)
{
	int64_t sum = 0;
	bool negative = text.len > 0 && text.ptr[0] == '-';
	size_t i = negative ? 1 : 0;

	if (i == text.len)
		return FAIL(ERR_INVALID, "not a whole number");
	for (; i < text.len; i++) {
		int digit = text.ptr[i] - '0';

		if (digit < 0 || digit > 9)
			return FAIL(ERR_INVALID, "not a whole number");
		/* Collected as a negative number, so that INT64_MIN fits. */
		if (__builtin_mul_overflow(sum, 10, &sum) ||
			__builtin_sub_overflow(sum, digit, &sum))
			return FAIL(ERR_INVALID, "number too large");
	}
	if (!negative && __builtin_sub_overflow((int64_t)0, sum, &sum))
		return FAIL(ERR_INVALID, "number too large");
	*value = sum;
	return OK;
}

/* Bytes that must follow a first byte, and the least code point a sequence of that length may
 * carry (shorter ones are overlong). */
static int
utf8_tail(unsigned char first, uint32_t *value, uint32_t *least)
{
	if (first < 0x80) {
		*value = first;
		*least = 0;
		return 0;
	}
	if (first >= 0xc2 && first < 0xe0) {
		*value = first & 0x1f;
		*least = 0x80;
		return 1;
	}
	if (first >= 0xe0 && first < 0xf0) {
		*value = first & 0x0f;
		*least = 0x800;
		return 2;
	}
	if (first >= 0xf0 && first < 0xf5) {
		*value = first & 0x07;
		*least = 0x10000;
		return 3;
	}
	return -1;
}

bool
str_is_utf8(struct str text)
{
	size_t i = 0;

	while (i < text.len) {
		uint32_t value, least;
		int tail = utf8_tail((unsigned char)text.ptr[i++], &value, &least);

		if (tail < 0)
			return false;
		for (; tail > 0; tail--, i++) {
			if (i == text.len || ((unsigned char)text.ptr[i] & 0xc0) != 0x80)
				return false;
			value = value << 6 | ((unsigned char)text.ptr[i] & 0x3f);
		}
		if (value < least || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
			return false;
	}
	return true;
}

/* ---- buffers ------------------------------------------------------------------------------ */

void
buf_fini(struct buf *buf)
{
	free(buf->ptr);
	*buf = (struct buf){0};
}

void
buf_clear(struct buf *buf)
{
	buf->len = 0;
	if (buf->ptr != NULL)
		buf->ptr[0] = '\0';
}

/* Room for `more` bytes and the NUL. */
static void
buf_reserve(struct buf *buf, size_t more)
{
	size_t need = buf->len + more + 1;
	size_t cap = buf->cap < 64 ? 64 : buf->cap;

	if (need <= buf->cap)
		return;
	while (cap < need)
		cap *= 2;
	buf->ptr = mem_resize(buf->ptr, cap);
	buf->cap = cap;
}

void
buf_add(struct buf *buf, struct str text)
{
	buf_reserve(buf, text.len);
	if (text.len > 0)
		memcpy(buf->ptr + buf->len, text.ptr, text.len);
	buf->len += text.len;
	buf->ptr[buf->len] = '\0';
}

void
buf_adds(struct buf *buf, const char *text)
{
	buf_add(buf, str_from(text));
}

void
buf_addc(struct buf *buf, char c)
{
	buf_add(buf, (struct str){&c, 1});
}

void
buf_vaddf(struct buf *buf, const char *fmt, va_list args)
{
	va_list again;
	int need;

	va_copy(again, args);
	need = vsnprintf(NULL, 0, fmt, args);
	if (need > 0) {
		buf_reserve(buf, (size_t)need);
		vsnprintf(buf->ptr + buf->len, (size_t)need + 1, fmt, again);
		buf->len += (size_t)need;
	}
	va_end(again);
}

void
buf_add_percent(struct buf *buf, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_' || c == '~';

		if (plain)
			buf_addc(buf, c);
		else
			buf_addf(buf, "%%%02X", (unsigned)(unsigned char)c);
	}
}

void
buf_addf(struct buf *buf, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	buf_vaddf(buf, fmt, args);
	va_end(args);
}

struct str
buf_str(const struct buf *buf)
{
	return (struct str){buf->ptr, buf->len};
}

/* ---- memory ------------------------------------------------------------------------------- */

static void *
need(void *ptr)
{
	if (ptr == NULL) {
		static const char last_words[] = "chopay: out of memory\n";

		fputs(last_words, stderr);
		abort();
	}
	return ptr;
}

void *
mem_alloc(size_t size)
{
	return need(malloc(size == 0 ? 1 : size));
}

void *
mem_alloc_zero(size_t count, size_t size)
{
	return need(calloc(count == 0 ? 1 : count, size == 0 ? 1 : size));
}

void *
mem_resize(void *ptr, size_t size)
{
	return need(realloc(ptr, size == 0 ? 1 : size));
}

void *
mem_room(void *items, size_t size, size_t count, size_t *capacity)
{
	if (count < *capacity)
		return items;
	*capacity = *capacity == 0 ? ROOM_FIRST : 2 * *capacity;
	return mem_resize(items, *capacity * size);
}

char *
mem_copy_str(struct str text)
{
	char *copy = mem_alloc(text.len + 1);

	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return copy;
}

void
mem_free(void *ptr_to_ptr)
{
	void *ptr;

	memcpy(&ptr, ptr_to_ptr, sizeof(ptr));
	free(ptr);
}
