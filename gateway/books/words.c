/* Who decided, and why: a person's words as the books keep them. */
#include "books.h"
#include "chopay/person.h"

struct err
words_check(struct str *person, struct str *why)
{
	int64_t length;

	*person = str_trim(*person);
	*why = str_trim(*why);
	if (!person_is_name(*person))
		return FAIL(ERR_INVALID, "say who resolves it: \"person\" is a name of 1 to 100"
					 " characters, without control characters");
	length = line_length(*why);
	if (length < 1 || length > WHY_CHARS_MAX)
		return FAIL(ERR_INVALID, "say why: \"why\" is 1 to 500 characters, without control"
					 " characters");
	return OK;
}
