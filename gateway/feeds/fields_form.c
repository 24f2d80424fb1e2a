/*
 * fields_form.c - application/x-www-form-urlencoded (WHATWG URL, section 5.1), but strict: a
 * percent sign that two hexadecimal digits do not follow is refused, and so is a name used twice.
 */
#include "chopay/crypt.h"
#include "fields.h"

/* "+" is a blank, "%2F" a slash; the result is never longer than `raw`. */
static struct err
decode(struct arena *arena, struct str raw, struct str *text)
{
	char *out = arena_alloc(arena, raw.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.ptr[i];

		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < raw.len ? hex_digit(raw.ptr[i + 1]) : -1;
			int low = i + 2 < raw.len ? hex_digit(raw.ptr[i + 2]) : -1;

			if (high < 0 || low < 0)
				return FAIL(ERR_INVALID, "a form with a broken percent escape");
			c = (char)(high << 4 | low);
			i += 2;
		}
		out[len++] = c;
	}
	*text = (struct str){out, len};
	return OK;
}

struct err
fields_from_form(struct arena *arena, struct str body, struct fields *fields)
{
	*fields = (struct fields){0};
	while (body.len > 0) {
		struct str pair, raw_name, name, text;

		str_split(&body, '&', &pair);
		if (pair.len == 0) /* "a=1&&b=2" */
			continue;
		str_split(&pair, '=', &raw_name);
		TRY(decode(arena, raw_name, &name));
		TRY(decode(arena, pair, &text));
		TRY(fields_add(arena, fields, name, text));
	}
	return OK;
}
