/* Who decided, and why: a person's words as the books keep them. */
#include "books.h"
#include "chopay/fold.h"

/* Characters of a text that may be shown in a line: UTF-8 without control characters.  -1: it may
 * not. */
static int64_t
line_length(struct str text)
{
	int64_t count = 0;

	if (!str_is_utf8(text))
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		bool c1 = c == 0xC2 && (unsigned char)text.ptr[i + 1] < 0xA0; /* U+0080..9F */

		if (c < 0x20 || c == 0x7F || c1)
			return -1;
		if ((c & 0xC0) != 0x80)
			count++;
	}
	return count;
}

/* A name of nothing but zero-width characters names nobody. */
static bool
is_seen(struct str person)
{
	struct buf folded CLEANUP(buf_fini) = {0};

	return fold_name(&folded, person).code == ERR_OK && folded.len > 0;
}

struct err
same_person(struct str a, struct str b, bool *same)
{
	struct buf one CLEANUP(buf_fini) = {0}, other CLEANUP(buf_fini) = {0};

	TRY(fold_name(&one, a));
	TRY(fold_name(&other, b));
	*same = str_eq(buf_str(&one), buf_str(&other));
	return OK;
}

struct err
words_check(struct str *person, struct str *why)
{
	int64_t length;

	*person = str_trim(*person);
	*why = str_trim(*why);
	length = line_length(*person);
	if (length < 1 || length > PERSON_CHARS_MAX || !is_seen(*person))
		return FAIL(ERR_INVALID, "say who resolves it: \"person\" is a name of 1 to 100"
					 " characters, without control characters");
	length = line_length(*why);
	if (length < 1 || length > WHY_CHARS_MAX)
		return FAIL(ERR_INVALID, "say why: \"why\" is 1 to 500 characters, without control"
					 " characters");
	return OK;
}
