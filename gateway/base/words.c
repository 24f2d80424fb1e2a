/* What pages say to people: a search in the sorted lines of gateway/web/words.tsv. */
#include <string.h>

#include "chopay/asset.h"
#include "chopay/words.h"

#define CATALOGUE "gateway/web/words.tsv"

/* The line around byte `at`, without its end. */
static struct str
line_around(struct str all, size_t at)
{
	size_t from = at, to = at;

	while (from > 0 && all.ptr[from - 1] != '\n')
		from--;
	while (to < all.len && all.ptr[to] != '\n')
		to++;
	return str_cut(all, from, to);
}

static int
compare(struct str a, struct str b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter == 0 ? 0 : memcmp(a.ptr, b.ptr, shorter);

	if (order != 0 || a.len == b.len)
		return order;
	return a.len < b.len ? -1 : 1;
}

/* The catalogue from the first line whose key is `key` or comes after it. */
static struct str
lines_from(struct str key)
{
	const struct str all = asset_find(CATALOGUE);
	size_t low = 0, high = all.len; /* both begin a line */

	while (low < high) {
		struct str line = line_around(all, low + (high - low) / 2), rest = line, name;
		size_t from = (size_t)(line.ptr - all.ptr);

		str_split(&rest, '\t', &name);
		if (compare(name, key) < 0)
			low = from + line.len + 1;
		else
			high = from;
	}
	return str_cut(all, low, all.len);
}

/* Take the next line off `lines`. */
static bool
next_line(struct str *lines, enum language language, struct str *key, struct str *text)
{
	struct str line, vi;

	if (lines->len == 0)
		return false;
	str_split(lines, '\n', &line);
	str_split(&line, '\t', key);
	str_split(&line, '\t', &vi);
	*text = language == ENGLISH ? line : vi;
	return true;
}

struct str
words_find(enum language language, struct str key)
{
	struct str lines = lines_from(key), found, text;

	if (next_line(&lines, language, &found, &text) && str_eq(found, key))
		return text;
	return key;
}

bool
words_list(enum language language, struct str prefix, size_t n, struct str *key, struct str *text)
{
	struct str lines = lines_from(prefix), found;

	do {
		if (!next_line(&lines, language, &found, text) || !str_starts(found, prefix))
			return false;
	} while (n-- > 0);
	*key = str_cut(found, prefix.len, found.len);
	return true;
}

void
words_fill(struct buf *out, struct str text, const struct str *values, size_t count)
{
	size_t done = 0;

	for (size_t i = 0; i + 1 < text.len; i++) {
		size_t which = (size_t)(unsigned char)text.ptr[i + 1] - '1';

		if (text.ptr[i] != '%' || which > 8)
			continue;
		buf_add(out, str_cut(text, done, i));
		if (which < count)
			buf_add(out, values[which]);
		done = ++i + 1;
	}
	buf_add(out, str_cut(text, done, text.len));
}
