/* application/x-www-form-urlencoded: query strings and the bodies of plain HTML forms. */
#include "bytes.h"
#include "chopay/http.h"

/* The byte at `*i`, decoded; moves on behind it.  A '%' without two hex digits is itself. */
static char
next_byte(struct str text, size_t *i)
{
	char c = text.ptr[(*i)++];
	int value;

	if (c == '+')
		return ' ';
	if (c != '%')
		return c;
	value = percent_value(text, *i - 1);
	if (value < 0)
		return c;
	*i += 2;
	return (char)value;
}

static bool
is_named(struct str encoded, struct str name)
{
	size_t i = 0, n = 0;

	while (i < encoded.len) {
		if (n == name.len || next_byte(encoded, &i) != name.ptr[n])
			return false;
		n++;
	}
	return n == name.len;
}

static struct str
decode(struct arena *arena, struct str encoded)
{
	char *text = arena_alloc(arena, encoded.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < encoded.len;)
		text[len++] = next_byte(encoded, &i);
	return (struct str){text, len};
}

bool
form_value(struct arena *arena, struct str form, const char *name, struct str *value)
{
	struct str want = str_from(name), pair, key;
	bool more = true;

	while (more) {
		more = str_split(&form, '&', &pair);
		str_split(&pair, '=', &key);
		if (key.len > 0 && is_named(key, want)) {
			*value = decode(arena, pair);
			return true;
		}
	}
	return false;
}

bool
form_next(struct arena *arena, struct str *form, struct str *name, struct str *value)
{
	struct str pair, key;

	if (form->len == 0)
		return false;
	str_split(form, '&', &pair);
	str_split(&pair, '=', &key);
	*name = decode(arena, key);
	*value = decode(arena, pair);
	return true;
}

bool
request_form(struct request *req, const char *name, struct str *value)
{
	struct str rest = request_header(req, "Content-Type"), type;

	str_split(&rest, ';', &type); /* "; charset=utf-8" */
	if (!str_eq_nocase(str_trim(type), STR("application/x-www-form-urlencoded")))
		return false;
	return form_value(request_arena(req), request_body(req), name, value);
}
