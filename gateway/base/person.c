/* The names of people who answer for something, and their words, as they may be kept. */
#include "chopay/person.h"
#include "chopay/fold.h"

int64_t
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
		count += (c & 0xC0) != 0x80;
	}
	return count;
}

bool
person_is_name(struct str name)
{
	struct buf folded CLEANUP(buf_fini) = {0};
	int64_t length = line_length(name);

	/* Nothing but zero-width characters names nobody. */
	return length >= 1 && length <= PERSON_CHARS_MAX &&
	       fold_name(&folded, name).code == ERR_OK && folded.len > 0;
}

bool
person_same(struct str a, struct str b)
{
	struct buf one CLEANUP(buf_fini) = {0}, other CLEANUP(buf_fini) = {0};

	return fold_name(&one, a).code != ERR_OK || fold_name(&other, b).code != ERR_OK ||
	       str_eq(buf_str(&one), buf_str(&other));
}
