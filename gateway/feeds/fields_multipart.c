/*
 * fields_multipart.c - multipart/form-data (RFC 7578): fields only, no files.
 *
 * Strict: the body begins with its first boundary and ends with its last; lines end in CRLF; each
 * part has one Content-Disposition with one name; nothing is transfer-encoded.
 */
#include "fields.h"

#define BOUNDARY_MAX 70	   /* RFC 2046, 5.1.1 */
#define PART_HEAD_MAX 2048 /* bytes of one part's headers */
#define PART_HEADERS_MAX 8

static const struct str CRLF = {"\r\n", 2};

/*
 * The next of a header's parameters: "; name=token" or "; name="text"".  `rest` starts at the
 * semicolon and moves on.  ERR_NOT_FOUND at the end.
 */
static struct err
next_parameter(struct str *rest, struct str *name, struct str *value)
{
	size_t end;

	*rest = str_trim(*rest);
	if (rest->len == 0)
		return FAIL(ERR_NOT_FOUND, "no further parameter");
	if (rest->ptr[0] != ';')
		return FAIL(ERR_INVALID, "text behind a header's value");
	*rest = str_trim(str_cut(*rest, 1, rest->len));
	if (rest->len == 0) /* "form-data; name=x;" */
		return FAIL(ERR_NOT_FOUND, "no further parameter");
	if (!str_split(rest, '=', name) || name->len == 0)
		return FAIL(ERR_INVALID, "a header's parameter without a value");
	*name = str_trim(*name);

	if (str_starts(*rest, STR("\""))) {
		*rest = str_cut(*rest, 1, rest->len);
		if (!str_split(rest, '"', value) || str_find(*value, STR("\\")) >= 0)
			return FAIL(ERR_INVALID, "a header's quotes do not match");
		return OK;
	}
	for (end = 0; end < rest->len && rest->ptr[end] != ';' && rest->ptr[end] != ' '; end++)
		;
	*value = str_cut(*rest, 0, end);
	*rest = str_cut(*rest, end, rest->len);
	return OK;
}

/* The parameter of that name in a header such as "multipart/form-data; boundary=x"; exactly one.
 * None may begin with `forbidden`, if that is not empty ("filename", "filename*"). */
static struct err
parameter(struct str header, struct str wanted, struct str forbidden, struct str *value)
{
	struct str rest, name, text;
	ptrdiff_t semicolon = str_find(header, STR(";"));
	bool found = false;

	if (semicolon < 0)
		return FAIL(ERR_INVALID, "a header lacks a parameter");
	rest = str_cut(header, (size_t)semicolon, header.len);
	for (;;) {
		struct err e = next_parameter(&rest, &name, &text);

		if (e.code == ERR_NOT_FOUND)
			break;
		TRY(e);
		if (forbidden.len > 0 && str_eq_nocase(str_cut(name, 0, forbidden.len), forbidden))
			return FAIL(ERR_INVALID, "a form with a file in it");
		if (!str_eq_nocase(name, wanted))
			continue;
		if (found)
			return FAIL(ERR_INVALID, "a header's parameter given twice");
		found = true;
		*value = text;
	}
	return found && value->len > 0 ? OK : FAIL(ERR_INVALID, "a header lacks a parameter");
}

static struct err
read_boundary(struct str content_type, struct str *boundary)
{
	TRY(parameter(content_type, STR("boundary"), STR(""), boundary));
	if (boundary->len > BOUNDARY_MAX || str_ends(*boundary, STR(" ")))
		return FAIL(ERR_INVALID, "a multipart boundary of a wrong form");
	for (size_t i = 0; i < boundary->len; i++) {
		if (boundary->ptr[i] < 0x20 || boundary->ptr[i] > 0x7e)
			return FAIL(ERR_INVALID, "a multipart boundary of a wrong form");
	}
	return OK;
}

/* Take the text up to the separator off the front of `rest`, and the separator with it. */
static bool
take_until(struct str *rest, struct str separator, struct str *head)
{
	ptrdiff_t at = str_find(*rest, separator);

	if (at < 0)
		return false;
	*head = str_cut(*rest, 0, (size_t)at);
	*rest = str_cut(*rest, (size_t)at + separator.len, rest->len);
	return true;
}

static bool
is_plain_encoding(struct str value)
{
	return str_eq_nocase(value, STR("7bit")) || str_eq_nocase(value, STR("8bit")) ||
	       str_eq_nocase(value, STR("binary"));
}

/* The headers of a part, each ended by CRLF, up to the blank line; what stays in `part` is text. */
static struct err
read_part_head(struct str *part, struct str *name)
{
	const size_t before = part->len;
	struct str line, key;

	*name = (struct str){NULL, 0};
	for (size_t n = 0; n <= PART_HEADERS_MAX; n++) {
		if (!take_until(part, CRLF, &line) || before - part->len > PART_HEAD_MAX)
			break;
		if (line.len == 0) /* the blank line: the text follows */
			return name->len > 0 ? OK : FAIL(ERR_INVALID, "a form part has no name");
		if (!str_split(&line, ':', &key))
			return FAIL(ERR_INVALID, "a form part's header has no colon");
		line = str_trim(line);
		if (str_eq_nocase(key, STR("content-disposition"))) {
			struct str head = line, kind;

			if (name->len > 0)
				return FAIL(ERR_INVALID, "a form part is named twice");
			str_split(&head, ';', &kind);
			if (!str_eq_nocase(str_trim(kind), STR("form-data")))
				return FAIL(ERR_INVALID, "a form part of another kind");
			TRY(parameter(line, STR("name"), STR("filename"), name));
		} else if (str_eq_nocase(key, STR("content-transfer-encoding")) &&
			   !is_plain_encoding(line)) {
			return FAIL(ERR_INVALID, "a form part is encoded");
		}
	}
	return FAIL(ERR_INVALID, "a form part's headers have no end");
}

struct err
fields_from_multipart(
	struct arena *arena, struct str content_type, struct str body, struct fields *fields)
{
	struct str boundary, first, separator, part, name;

	*fields = (struct fields){0};
	TRY(read_boundary(content_type, &boundary));
	first = arena_printf(arena, "--%.*s", STR_FMT(boundary));
	separator = arena_printf(arena, "\r\n--%.*s", STR_FMT(boundary));
	if (!str_starts(body, first))
		return FAIL(ERR_INVALID, "a form does not begin with its boundary");
	body = str_cut(body, first.len, body.len);

	/* Here `body` stands behind a boundary: "--" ends the form, CRLF starts a part. */
	while (!str_starts(body, STR("--"))) {
		if (!str_starts(body, CRLF))
			return FAIL(ERR_INVALID, "text behind a form's boundary");
		body = str_cut(body, CRLF.len, body.len);
		if (!take_until(&body, separator, &part))
			return FAIL(ERR_INVALID, "a form without its last boundary");
		TRY(read_part_head(&part, &name));
		TRY(fields_add(arena, fields, name, part));
	}
	body = str_cut(body, 2, body.len);
	if (body.len > 0 && !str_eq(body, CRLF))
		return FAIL(ERR_INVALID, "text behind a form's last boundary");
	return OK;
}
