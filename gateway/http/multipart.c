/*
 * multipart/form-data (RFC 7578): the bodies of forms that carry a file.
 *
 * Strict: the body begins with its first boundary and ends with its last; lines end in CRLF; each
 * part has one Content-Disposition.  Names stand in quotes, as browsers write them, and hold none.
 */
#include "chopay/http.h"

#define BOUNDARY_MAX 70	   /* RFC 2046, 5.1.1 */
#define PART_HEAD_MAX 2048 /* bytes of one part's headers */
#define PARTS_MAX 32

static const struct str CRLF = {"\r\n", 2};

/* `name="value"` among parameters; false: there is none. */
static bool
quoted(struct str header, const char *name, struct str *value)
{
	struct str part;
	bool more = true;

	while (more) {
		struct str key;

		more = str_split(&header, ';', &part);
		part = str_trim(part);
		if (!str_split(&part, '=', &key) || !str_eq(key, str_from(name)))
			continue;
		if (part.len < 2 || part.ptr[0] != '"' || part.ptr[part.len - 1] != '"')
			return false;
		*value = str_cut(part, 1, part.len - 1);
		return str_find(*value, STR("\"")) < 0;
	}
	return false;
}

static bool
boundary_of(struct str content_type, struct str *boundary)
{
	struct str type;

	str_split(&content_type, ';', &type);
	if (!str_eq_nocase(str_trim(type), STR("multipart/form-data")))
		return false;
	if (!quoted(content_type, "boundary", boundary)) {
		ptrdiff_t at = str_find(content_type, STR("boundary="));

		if (at < 0)
			return false;
		*boundary = str_trim(str_cut(content_type, (size_t)at + 9, content_type.len));
	}
	return boundary->len > 0 && boundary->len <= BOUNDARY_MAX &&
	       str_find(*boundary, STR(";")) < 0;
}

/* The bytes up to the next delimiter, CRLF "--" boundary; `rest` goes on behind it. */
static bool
next_part(struct str *rest, struct str boundary, struct str *part)
{
	struct str left = *rest;
	size_t from = 0;

	for (;;) {
		ptrdiff_t at = str_find(str_cut(left, from, left.len), STR("\r\n--"));
		size_t end;

		if (at < 0)
			return false;
		end = from + (size_t)at;
		if (str_starts(str_cut(left, end + 4, left.len), boundary)) {
			*part = str_cut(left, 0, end);
			*rest = str_cut(left, end + 4 + boundary.len, left.len);
			return true;
		}
		from = end + 2;
	}
}

/* Its one Content-Disposition; false: the part has none. */
static bool
disposition_of(struct str head, struct str *disposition)
{
	static const struct str name = {"content-disposition:", 20};

	while (head.len > 0) {
		ptrdiff_t end = str_find(head, CRLF);
		struct str line = end < 0 ? head : str_cut(head, 0, (size_t)end);

		if (line.len >= name.len && str_eq_nocase(str_cut(line, 0, name.len), name)) {
			*disposition = str_cut(line, name.len, line.len);
			return true;
		}
		head = str_cut(head, line.len + CRLF.len, head.len);
	}
	return false;
}

static bool
read_part(struct str whole, struct str *name, struct form_part *part)
{
	ptrdiff_t end = str_find(whole, STR("\r\n\r\n"));
	struct str disposition;

	if (end < 0 || end > PART_HEAD_MAX ||
		!disposition_of(str_cut(whole, 0, (size_t)end), &disposition) ||
		!quoted(disposition, "name", name))
		return false;
	part->bytes = str_cut(whole, (size_t)end + 4, whole.len);
	if (!quoted(disposition, "filename", &part->file))
		part->file = STR("");
	return true;
}

bool
form_part(struct str content_type, struct str body, const char *name, struct form_part *part)
{
	struct str boundary, whole, found;
	struct form_part one;

	if (!boundary_of(content_type, &boundary) || !str_starts(body, STR("--")) ||
		!str_starts(str_cut(body, 2, body.len), boundary))
		return false;
	body = str_cut(body, 2 + boundary.len, body.len);
	for (int i = 0; i < PARTS_MAX && str_starts(body, CRLF); i++) {
		body = str_cut(body, CRLF.len, body.len);
		if (!next_part(&body, boundary, &whole) || !read_part(whole, &found, &one))
			return false;
		if (str_eq(found, str_from(name))) {
			*part = one;
			return true;
		}
	}
	return false;
}

bool
request_part(struct request *req, const char *name, struct form_part *part)
{
	return form_part(request_header(req, "Content-Type"), request_body(req), name, part);
}
