/* What is wrong with a line of a register's file, in the language of who reads the page. */
#include "chopay/words.h"
#include "operator.h"

#define KEYS STR("register.")
#define VALUES_MAX 9 /* %1 .. %9 */

/* A place for a value, %1 .. %9, at or behind `at`; the text's end where there is none. */
static size_t
place_from(struct str pattern, size_t at)
{
	for (; at + 1 < pattern.len; at++) {
		if (pattern.ptr[at] == '%' && pattern.ptr[at + 1] >= '1' &&
			pattern.ptr[at + 1] <= '9')
			return at;
	}
	return pattern.len;
}

/* Is `text` the pattern with values in its places?  Each value is as short as it can be. */
static bool
is_filled(struct str text, struct str pattern, struct str values[VALUES_MAX])
{
	size_t at = place_from(pattern, 0);

	if (!str_starts(text, str_cut(pattern, 0, at)))
		return false;
	text = str_cut(text, at, text.len);
	while (at < pattern.len) {
		size_t from = at + 2, to = place_from(pattern, from);
		struct str piece = str_cut(pattern, from, to);
		ptrdiff_t found = str_find(text, piece);

		if (to == pattern.len) /* the last piece ends the text */
			found = str_ends(text, piece) ? (ptrdiff_t)(text.len - piece.len) : -1;
		if (found < 0)
			return false;
		values[pattern.ptr[at + 1] - '1'] = str_cut(text, 0, (size_t)found);
		text = str_cut(text, (size_t)found + piece.len, text.len);
		at = to;
	}
	return text.len == 0;
}

/* Where the end of `reason` begins that is the pattern; its length: nowhere. */
static size_t
found_at(struct str reason, struct str pattern, struct str values[VALUES_MAX])
{
	for (size_t at = 0; at < reason.len; at++) {
		if (is_filled(str_cut(reason, at, reason.len), pattern, values))
			return at;
	}
	return reason.len;
}

static struct str
filled(struct arena *arena, struct str head, struct str text, const struct str *values)
{
	struct buf out CLEANUP(buf_fini) = {0};

	buf_add(&out, head);
	words_fill(&out, text, values, VALUES_MAX);
	return arena_copy(arena, buf_str(&out));
}

/* A reason ends with a text of the catalogue: in English, or in "English (Vietnamese)"; the longest
 * such text is the one that was meant. */
struct str
operator_reason_text(struct arena *arena, enum language language, struct str reason, bool *found)
{
	struct str key, en, vi, said = reason;
	size_t most = reason.len;

	for (size_t n = 0; words_list(ENGLISH, KEYS, n, &key, &en); n++) {
		words_list(VIETNAMESE, KEYS, n, &key, &vi);
		const struct str patterns[] = {
			en, arena_printf(arena, "%.*s (%.*s)", STR_FMT(en), STR_FMT(vi))};

		for (size_t i = 0; i < 2; i++) {
			struct str values[VALUES_MAX] = {0};
			size_t at = found_at(reason, patterns[i], values);

			if (at >= most)
				continue;
			most = at;
			said = filled(arena, str_cut(reason, 0, at), language == ENGLISH ? en : vi,
				values);
		}
	}
	*found = most < reason.len;
	return said;
}
