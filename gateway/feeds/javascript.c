/*
 * javascript.c - numbers, strings and the order of keys, as JavaScript has them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chopay/json.h"

#include "javascript.h"

#define DIGITS_MAX 17 /* of any double */
#define INDEX_MAX STR("4294967294")

/* ---- the order of keys -------------------------------------------------------------------- */

static int
compare_bytes(struct str a, struct str b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;

	for (size_t i = 0; i < shorter; i++) {
		unsigned char x = (unsigned char)a.ptr[i], y = (unsigned char)b.ptr[i];

		if (x == y)
			continue;
		/* UTF-8 sorts by code point.  In UTF-16 one past U+FFFF (0xf0 and up) is a pair of
		 * surrogates, and comes before U+E000 .. U+FFFF (0xee, 0xef). */
		if (x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0))
			return x >= 0xf0 ? -1 : 1;
		return x < y ? -1 : 1;
	}
	return a.len < b.len ? -1 : a.len > b.len;
}

static bool
is_index(struct str key)
{
	if (key.len == 0 || key.len > INDEX_MAX.len || (key.len > 1 && key.ptr[0] == '0'))
		return false;
	for (size_t i = 0; i < key.len; i++) {
		if (key.ptr[i] < '0' || key.ptr[i] > '9')
			return false;
	}
	return key.len < INDEX_MAX.len || compare_bytes(key, INDEX_MAX) <= 0;
}

/* -1, 1: an index comes first, the smaller one of two; 0: neither is one. */
static int
compare_indexes(const struct js_member *a, const struct js_member *b)
{
	bool first = is_index(a->key), second = is_index(b->key);

	if (!first || !second)
		return second - first;
	if (a->key.len != b->key.len)
		return a->key.len < b->key.len ? -1 : 1;
	return compare_bytes(a->key, b->key);
}

static int
compare_places(const void *a, const void *b)
{
	const struct js_member *x = a, *y = b;
	int order = compare_indexes(x, y);

	return order != 0 ? order : x->place < y->place ? -1 : 1;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct js_member *x = a, *y = b;
	int order = compare_indexes(x, y);

	return order != 0 ? order : compare_bytes(x->key, y->key);
}

bool
js_members(const json_t *object, bool sorted, struct js_member members[JS_KEYS_MAX], size_t *count)
{
	/* jansson's iterator does not change the object; its signature says it may. */
	json_t *iterated = (json_t *)(uintptr_t)object;
	const char *key;
	json_t *value;
	size_t n = 0;

	if (json_object_size(object) > JS_KEYS_MAX)
		return false;
	json_object_foreach(iterated, key, value)
	{
		members[n] = (struct js_member){str_from(key), value, n};
		n++;
	}
	qsort(members, n, sizeof(*members), sorted ? compare_keys : compare_places);
	*count = n;
	return true;
}

/* ---- numbers ------------------------------------------------------------------------------ */

/* One more in the last place: "129" -> "130"; "99" stays, it would grow a digit. */
static bool
digits_up(char *digits)
{
	size_t i = strlen(digits);

	while (i > 0 && digits[i - 1] == '9')
		i--;
	if (i == 0)
		return false;
	digits[i - 1]++;
	memset(digits + i, '0', strlen(digits) - i);
	return true;
}

static bool
digits_are(const char *digits, int exponent, double value)
{
	char text[DIGITS_MAX + 16];

	snprintf(text, sizeof(text), "%c.%se%d", digits[0], digits + 1, exponent);
	return strtod(text, NULL) == value;
}

/* The fewest digits d.ddd * 10^exponent that are read as this positive value.  The nearest ones of
 * a length are tried, and those above: below a power of two doubles lie closer together, and there
 * the nearest may be another double's while those above are not. */
static void
shortest_digits(double value, char digits[DIGITS_MAX + 1], int *exponent)
{
	char text[DIGITS_MAX + 16];

	for (int count = 1; count <= DIGITS_MAX; count++) {
		snprintf(text, sizeof(text), "%.*e", count - 1, value);
		digits[0] = text[0];
		memcpy(digits + 1, text + 2, (size_t)count - 1);
		digits[count] = '\0';
		*exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
		if (digits_are(digits, *exponent, value) ||
			(digits_up(digits) && digits_are(digits, *exponent, value)))
			return;
	}
}

static void
put_zeros(struct buf *out, int count)
{
	while (count-- > 0)
		buf_addc(out, '0');
}

/* ECMA-262, Number::toString: 0.ddd * 10^point, plain from 1e-6 to below 1e21. */
static void
put_digits(struct buf *out, struct str digits, int point)
{
	int count = (int)digits.len;

	if (point > 21 || point <= -6) {
		buf_addc(out, digits.ptr[0]);
		if (count > 1)
			buf_addf(out, ".%s", digits.ptr + 1);
		buf_addf(out, "e%+d", point - 1);
	} else if (point <= 0) {
		buf_adds(out, "0.");
		put_zeros(out, -point);
		buf_add(out, digits);
	} else if (point < count) {
		buf_addf(out, "%.*s.%s", point, digits.ptr, digits.ptr + point);
	} else {
		buf_add(out, digits);
		put_zeros(out, point - count);
	}
}

void
js_put_number(struct buf *out, const json_t *number)
{
	char digits[DIGITS_MAX + 1];
	double value = json_number_value(number);
	int exponent;

	if (value == 0) { /* -0 too */
		buf_addc(out, '0');
		return;
	}
	if (value < 0)
		buf_addc(out, '-');
	shortest_digits(value < 0 ? -value : value, digits, &exponent);
	put_digits(out, str_from(digits), exponent + 1);
}

/* ---- JSON.stringify ----------------------------------------------------------------------- */

static void
js_put_string(struct buf *out, struct str text)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";

	buf_addc(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		const char *short_one = c == '\0' ? NULL : strchr(plain, c);

		if (short_one != NULL)
			buf_addf(out, "\\%c", letters[short_one - plain]);
		else if ((unsigned char)c < 0x20)
			buf_addf(out, "\\u%04x", (unsigned)c);
		else
			buf_addc(out, c);
	}
	buf_addc(out, '"');
}

static bool
put_object(struct buf *out, const json_t *object, struct js_style style)
{
	struct js_member members[JS_KEYS_MAX];
	size_t count;

	if (!js_members(object, style.sorted_levels > 0, members, &count))
		return false;
	style.sorted_levels--;
	buf_addc(out, '{');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_addc(out, ',');
		js_put_string(out, members[i].key);
		buf_addc(out, ':');
		if (!js_put_json(out, members[i].value, style))
			return false;
	}
	buf_addc(out, '}');
	return true;
}

static bool
put_array(struct buf *out, const json_t *array, struct js_style style)
{
	buf_addc(out, style.arrays_as_objects ? '{' : '[');
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (i > 0)
			buf_addc(out, ',');
		if (style.arrays_as_objects)
			buf_addf(out, "\"%zu\":", i);
		if (!js_put_json(out, json_array_get(array, i), style))
			return false;
	}
	buf_addc(out, style.arrays_as_objects ? '}' : ']');
	return true;
}

bool
js_put_json(struct buf *out, const json_t *value, struct js_style style)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return put_object(out, value, style);
	case JSON_ARRAY:
		return put_array(out, value, style);
	case JSON_STRING:
		js_put_string(out, json_str(value));
		return true;
	case JSON_INTEGER:
	case JSON_REAL:
		js_put_number(out, value);
		return true;
	case JSON_TRUE:
		buf_adds(out, "true");
		return true;
	case JSON_FALSE:
		buf_adds(out, "false");
		return true;
	case JSON_NULL:
		buf_adds(out, "null");
		return true;
	}
	return false;
}

/* Beyond U+FFFF a text has two code units, which are no characters alone: JSON.stringify escapes
 * them. */
static void
put_surrogates(struct buf *out, struct str character, size_t unit)
{
	uint32_t c = 0;

	for (size_t i = 0; i < 4; i++)
		c = c << 6 | ((unsigned char)character.ptr[i] & (i == 0 ? 0x07 : 0x3f));
	c -= 0x10000;
	buf_addf(out, "\"%zu\":\"\\u%04x\",\"%zu\":\"\\u%04x\"", unit, 0xd800 + (c >> 10), unit + 1,
		0xdc00 + (c & 0x3ff));
}

static void
put_text_as_object(struct buf *out, struct str text)
{
	size_t unit = 0;

	buf_addc(out, '{');
	while (text.len > 0) {
		unsigned char first = (unsigned char)text.ptr[0];
		size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

		if (unit > 0)
			buf_addc(out, ',');
		if (size == 4) {
			put_surrogates(out, text, unit);
			unit += 2;
		} else {
			buf_addf(out, "\"%zu\":", unit++);
			js_put_string(out, str_cut(text, 0, size));
		}
		text = str_cut(text, size, text.len);
	}
	buf_addc(out, '}');
}

static bool
put_array_as_object(struct buf *out, const json_t *array)
{
	buf_addc(out, '{');
	for (size_t i = 0; i < json_array_size(array); i++) {
		buf_addf(out, "%s\"%zu\":", i > 0 ? "," : "", i);
		if (!js_put_json(out, json_array_get(array, i), (struct js_style){0}))
			return false;
	}
	buf_addc(out, '}');
	return true;
}

bool
js_put_key_copy(struct buf *out, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return put_object(out, value, (struct js_style){.sorted_levels = 1});
	case JSON_ARRAY:
		return put_array_as_object(out, value);
	case JSON_STRING:
		put_text_as_object(out, json_str(value));
		return true;
	case JSON_NULL:
		return false;
	default:
		buf_adds(out, "{}");
		return true;
	}
}
