/* Why there is no such report: told in both languages, read in one of them. */
#include "why.h"

#include "chopay/plain.h"

#define PARTS_MAX 3

void
put_why(struct buf *why, enum word which, const struct str *parts, size_t count, const char *option)
{
	struct buf plain[PARTS_MAX] = {0}; /* a name may have a line end */
	struct str values[PARTS_MAX] = {0};

	for (size_t i = 0; i < count; i++) {
		plain_put(&plain[i], parts[i]);
		values[i] = buf_str(&plain[i]);
	}
	put_words(why, VIETNAMESE, which, values);
	buf_addc(why, '\n');
	put_words(why, ENGLISH, which, values);
	if (option != NULL)
		buf_addf(why, "\n%s", option);
	for (size_t i = 0; i < count; i++)
		buf_fini(&plain[i]);
}

struct str
report_why(struct str why, enum language language)
{
	struct str line;

	if (str_find(why, STR("\n")) < 0)
		return STR("");
	str_split(&why, '\n', &line);
	if (language == ENGLISH)
		str_split(&why, '\n', &line);
	return line;
}

void
report_why_put(struct buf *out, struct str why)
{
	struct str line;

	str_split(&why, '\n', &line);
	buf_add(out, line);
	if (why.len == 0)
		return;
	str_split(&why, '\n', &line);
	buf_addf(out, " (%.*s)", STR_FMT(line));
	if (why.len > 0)
		buf_addf(out, ": %.*s", STR_FMT(why));
}
