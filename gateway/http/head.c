/* What a head means: method, target, host, and where its message ends. */
#include <string.h>

#include "bytes.h"
#include "head.h"

#define LENGTH_DIGITS_MAX 9
#define PORT_DIGITS_MAX 5

static const char *const methods[] = {
	[METHOD_GET] = "GET",
	[METHOD_HEAD] = "HEAD",
	[METHOD_POST] = "POST",
	[METHOD_PUT] = "PUT",
	[METHOD_PATCH] = "PATCH",
	[METHOD_DELETE] = "DELETE",
};

bool
http_refuse(struct http_parser *p, int status, const char *why)
{
	p->phase = PARSE_REFUSED;
	p->refused_status = status;
	p->refused_why = why;
	return false;
}

struct str
http_parser_text(const struct http_parser *p, struct span span)
{
	return str_cut(buf_str(&p->head), span.at, (size_t)span.at + span.len);
}

struct str
http_parser_header(const struct http_parser *p, struct str name)
{
	for (size_t i = 0; i < p->header_count; i++) {
		const struct header *header = &p->headers[i];

		/* An empty value is still there: not {NULL, 0}. */
		if (header->name.len == name.len &&
			str_eq_nocase(http_parser_text(p, header->name), name))
			return (struct str){p->head.ptr + header->value.at, header->value.len};
	}
	return (struct str){NULL, 0};
}

static bool
read_method(struct http_parser *p)
{
	struct str text = http_parser_text(p, p->method_text);

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (str_eq(text, str_from(methods[i]))) {
			p->method = (enum http_method)i;
			return true;
		}
	}
	return http_refuse(p, 501, "method not implemented");
}

/* No dot segment, no hidden slash or control character: what is checked by the router is what
 * every file system, proxy and log behind it would understand, too. */
static bool
path_is_plain(struct str path)
{
	size_t dots = 0, others = 0;

	for (size_t i = 1;; i++) {
		int c = i < path.len ? (unsigned char)path.ptr[i] : '/';

		if (c == '/') {
			if (others == 0 && (dots == 1 || dots == 2))
				return false;
			if (i >= path.len)
				return true;
			dots = others = 0;
			continue;
		}
		if (c == '%') {
			c = percent_value(path, i);
			if (c < 0x20 || c == 0x7f || c == '/')
				return false;
			i += 2;
		}
		if (c == '\\')
			return false;
		if (c == '.')
			dots++;
		else
			others++;
	}
}

static void
split_target(struct http_parser *p)
{
	struct str target = http_parser_text(p, p->target);
	const char *mark = memchr(target.ptr, '?', target.len);

	p->path = p->target;
	p->query = (struct span){0, 0};
	if (mark != NULL) {
		p->path.len = (uint16_t)(mark - target.ptr);
		p->query.at = (uint16_t)(p->path.at + p->path.len + 1);
		p->query.len = (uint16_t)(p->target.len - p->path.len - 1);
	}
}

static bool
check_path(struct http_parser *p)
{
	return path_is_plain(http_parser_text(p, p->path)) ||
	       http_refuse(p, 400, "path with dot segments, hidden slashes or bad escapes");
}

/* name, IPv4 address or [IPv6 address], then an optional port. */
static bool
host_is_plain(struct str host)
{
	size_t end;

	if (host.len == 0 || host.len > HOST_BYTES_MAX)
		return false;
	if (host.ptr[0] == '[') {
		const char *close = memchr(host.ptr, ']', host.len);

		if (close == NULL || close == host.ptr + 1)
			return false;
		end = (size_t)(close - host.ptr);
		for (size_t i = 1; i < end; i++) {
			if (!byte_is((unsigned char)host.ptr[i], BYTE_HEX) && host.ptr[i] != ':' &&
				host.ptr[i] != '.')
				return false;
		}
		end++;
	} else {
		end = byte_run(host, 0, host.len, BYTE_HOST);
		if (end == 0)
			return false;
	}
	if (end == host.len)
		return true;
	return host.ptr[end] == ':' &&
	       byte_run(host, end + 1, host.len, BYTE_DIGIT) == host.len - end - 1 &&
	       host.len - end - 1 <= PORT_DIGITS_MAX;
}

static bool
read_content_length(struct http_parser *p, struct str value)
{
	if (p->length_seen)
		return http_refuse(p, 400, "more than one Content-Length");
	p->length_seen = true;
	if (!byte_all(value, BYTE_DIGIT))
		return http_refuse(p, 400, "Content-Length is not a number");
	if (value.len > LENGTH_DIGITS_MAX)
		return http_refuse(p, 413, "Content-Length has more than 9 digits");
	for (size_t i = 0; i < value.len; i++)
		p->content_length = p->content_length * 10 + (size_t)(value.ptr[i] - '0');
	return true;
}

static bool
read_transfer_coding(struct http_parser *p, struct str value)
{
	if (p->coding_seen)
		return http_refuse(p, 400, "more than one Transfer-Encoding");
	p->coding_seen = true;
	if (p->minor_version == 0)
		return http_refuse(p, 400, "Transfer-Encoding in HTTP/1.0");
	if (value.len == 0)
		return http_refuse(p, 400, "Transfer-Encoding is empty");
	p->chunked = str_eq_nocase(value, STR("chunked"));
	return p->chunked || http_refuse(p, 501, "Transfer-Encoding other than chunked");
}

static bool
read_connection(struct http_parser *p, struct str value)
{
	struct str option;
	bool more = true;

	while (more) {
		more = str_split(&value, ',', &option);
		option = str_trim(option);
		if (str_eq_nocase(option, STR("close")))
			p->close_seen = true;
		else if (str_eq_nocase(option, STR("keep-alive")))
			p->keep_alive_seen = true;
	}
	return true;
}

static bool
read_header(struct http_parser *p, struct header *header)
{
	struct str name = http_parser_text(p, header->name);
	struct str value = str_trim(http_parser_text(p, header->value));

	header->value.len = (uint16_t)value.len;
	switch (name.len) { /* so that most headers cost one comparison of a number */
	case 4:
		if (!str_eq_nocase(name, STR("Host")))
			return true;
		if (p->host_seen)
			return http_refuse(p, 400, "more than one Host");
		p->host_seen = true;
		return host_is_plain(value) || http_refuse(p, 400, "Host is not a host");
	case 6:
		if (!str_eq_nocase(name, STR("Expect")) || p->minor_version == 0)
			return true;
		p->expect_continue = str_eq_nocase(value, STR("100-continue"));
		return p->expect_continue || http_refuse(p, 417, "Expect other than 100-continue");
	case 10:
		return !str_eq_nocase(name, STR("Connection")) || read_connection(p, value);
	case 14:
		return !str_eq_nocase(name, STR("Content-Length")) || read_content_length(p, value);
	case 17:
		return !str_eq_nocase(name, STR("Transfer-Encoding")) ||
		       read_transfer_coding(p, value);
	default:
		return true;
	}
}

bool
http_read_head(struct http_parser *p)
{
	split_target(p); /* first: who answers a refusal asks where it was sent */
	if (!read_method(p) || !check_path(p))
		return false;
	for (size_t i = 0; i < p->header_count; i++) {
		if (!read_header(p, &p->headers[i]))
			return false;
	}
	if (!p->host_seen && p->minor_version == 1)
		return http_refuse(p, 400, "Host is missing");
	if (p->length_seen && p->coding_seen)
		return http_refuse(p, 400, "Content-Length and Transfer-Encoding together");
	p->keep_alive = !p->close_seen && (p->minor_version == 1 || p->keep_alive_seen);
	p->phase = PARSE_HEAD_DONE;
	return true;
}
