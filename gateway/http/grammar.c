/* The bytes of HTTP/1.1 requests: a strict machine for the head, another for the body. */
#include <string.h>

#include "bytes.h"
#include "head.h"

#define CHUNK_DIGITS_MAX 8

enum head_state {
	AT_START,
	AT_BLANK_LF, /* one empty line before a request is forgiven (RFC 9112, 2.2) */
	IN_METHOD,
	AT_TARGET,
	IN_TARGET,
	IN_VERSION,
	AT_LINE_LF,
	AT_HEADER,
	IN_NAME,
	AT_VALUE,
	IN_VALUE,
	AT_HEADER_LF,
	AT_END_LF,
};

enum body_state {
	IN_FIXED,
	IN_CHUNK_SIZE,
	AT_CHUNK_SIZE_LF,
	IN_CHUNK,
	AT_CHUNK_CR,
	AT_CHUNK_LF,
	AT_TRAILER,
	IN_TRAILER_NAME,
	IN_TRAILER_VALUE,
	AT_TRAILER_LF,
	AT_BODY_LF,
};

/* ---- the head machine --------------------------------------------------------------------- */

static struct span
span_to(const struct http_parser *p, size_t end)
{
	return (struct span){(uint16_t)p->mark, (uint16_t)(end - p->mark)};
}

static void
begin(struct http_parser *p, int state, size_t mark)
{
	p->state = state;
	p->mark = mark;
}

/* "HTTP/1.1", a byte at a time; `at` counts from the H. */
static bool
version_byte(struct http_parser *p, size_t at, unsigned char c)
{
	static const char form[] = "HTTP/1.1";

	if (at == 5 || at == 7) {
		if (!byte_is(c, BYTE_DIGIT))
			return http_refuse(p, 400, "version is not HTTP/digit.digit");
		if (at == 5 && c != '1')
			p->minor_version = -1;
		else if (at == 7 && p->minor_version != -1)
			p->minor_version = c - '0';
		return true;
	}
	if (at < sizeof(form) - 1)
		return c == (unsigned char)form[at] || http_refuse(p, 400, "version is not HTTP/");
	if (c != '\r')
		return http_refuse(p, 400, "bytes behind the version");
	if (p->minor_version != 0 && p->minor_version != 1)
		return http_refuse(p, 505, "only HTTP/1.1 and HTTP/1.0 are spoken");
	p->state = AT_LINE_LF;
	return true;
}

/* The byte that ends a run, or that may begin one. */
static bool
line_byte(struct http_parser *p, size_t at, unsigned char c)
{
	switch (p->state) {
	case AT_START:
		if (c == '\r' && !p->blank_seen) {
			p->blank_seen = true;
			p->state = AT_BLANK_LF;
			return true;
		}
		begin(p, IN_METHOD, at);
		return byte_is(c, BYTE_TOKEN) || http_refuse(p, 400, "method is not a token");
	case AT_BLANK_LF:
		p->state = AT_START;
		p->line_at = at + 1;
		return c == '\n' || http_refuse(p, 400, "bare CR");
	case IN_METHOD:
		p->method_text = span_to(p, at);
		p->state = AT_TARGET;
		return c == ' ' || http_refuse(p, 400, "method is not a token");
	case AT_TARGET:
		begin(p, IN_TARGET, at);
		return c == '/' || http_refuse(p, 400, "target does not begin with /");
	case IN_TARGET:
		p->target = span_to(p, at);
		begin(p, IN_VERSION, at + 1);
		return c == ' ' || http_refuse(p, 400, "byte not allowed in a target");
	case IN_VERSION:
		return version_byte(p, at - p->mark, c);
	default:
		p->state = AT_HEADER; /* AT_LINE_LF, AT_HEADER_LF */
		p->line_at = at + 1;
		return c == '\n' || http_refuse(p, 400, "bare CR");
	}
}

static bool
end_value(struct http_parser *p, size_t at, unsigned char c)
{
	p->headers[p->header_count++].value = span_to(p, at);
	p->state = AT_HEADER_LF;
	return c == '\r' || http_refuse(p, 400, "control character in a header");
}

static bool
header_byte(struct http_parser *p, size_t at, unsigned char c)
{
	switch (p->state) {
	case AT_HEADER:
		if (c == '\r') {
			p->state = AT_END_LF;
			return true;
		}
		if (p->header_count == HEADERS_MAX)
			return http_refuse(p, 431, "more than 64 headers");
		begin(p, IN_NAME, at);
		return byte_is(c, BYTE_TOKEN) ||
		       http_refuse(p, 400, "line does not begin with a header name");
	case IN_NAME:
		p->headers[p->header_count].name = span_to(p, at);
		p->state = AT_VALUE;
		return c == ':' || http_refuse(p, 400, "header name is not a token before a colon");
	case AT_VALUE:
		if (c == ' ' || c == '\t')
			return true;
		begin(p, IN_VALUE, at);
		return byte_is(c, BYTE_VALUE) || end_value(p, at, c);
	case IN_VALUE:
		return end_value(p, at, c);
	default: /* AT_END_LF */
		return c == '\n' || http_refuse(p, 400, "bare CR");
	}
}

static enum byte_class
run_class(int state)
{
	switch (state) {
	case IN_METHOD:
	case IN_NAME:
		return BYTE_TOKEN;
	case IN_TARGET:
		return BYTE_TARGET;
	case IN_VALUE:
		return BYTE_VALUE;
	default:
		return 0;
	}
}

/* Take the run of bytes that the state lets pass, or the one byte that changes the state. */
static size_t
head_step(struct http_parser *p, struct str bytes, size_t i)
{
	size_t at = p->head.len + i;
	size_t column = at - p->line_at;
	unsigned char c = (unsigned char)bytes.ptr[i];
	enum byte_class class = run_class(p->state);
	size_t room, n;

	if (at >= HEAD_BYTES_MAX) {
		http_refuse(p, 431, "head over 16 KiB");
		return 0;
	}
	if (column >= LINE_BYTES_MAX && c != '\r' && c != '\n') {
		http_refuse(p, p->state < AT_HEADER ? 414 : 431, "line over 8 KiB");
		return 0;
	}
	if (class != 0 && column < LINE_BYTES_MAX) {
		room = HEAD_BYTES_MAX - at;
		if (room > LINE_BYTES_MAX - column)
			room = LINE_BYTES_MAX - column;
		if (room > bytes.len - i)
			room = bytes.len - i;
		n = byte_run(bytes, i, i + room, class);
		if (n > 0)
			return n;
	}
	return p->state < AT_HEADER || p->state == AT_HEADER_LF ? line_byte(p, at, c)
								: header_byte(p, at, c);
}

static size_t
feed_head(struct http_parser *p, struct str bytes)
{
	size_t i = 0;
	bool ended = false;

	while (i < bytes.len && !ended && p->phase == PARSE_HEAD) {
		bool last = p->state == AT_END_LF;

		i += head_step(p, bytes, i);
		ended = last && p->phase == PARSE_HEAD;
	}
	buf_add(&p->head, str_cut(bytes, 0, i));
	if (ended)
		http_read_head(p);
	return i;
}

/* ---- the body machine --------------------------------------------------------------------- */

void
http_parser_take_body(struct http_parser *p, size_t body_max)
{
	p->body_max = body_max;
	p->phase = PARSE_BODY;
	if (p->chunked) {
		p->state = IN_CHUNK_SIZE;
		if (body_max == 0)
			http_refuse(p, 413, "no body is taken here");
	} else if (p->content_length > body_max) {
		http_refuse(p, 413, "body over the limit");
	} else if (p->content_length == 0) {
		p->phase = PARSE_DONE;
	} else {
		p->state = IN_FIXED;
		p->left = p->content_length;
	}
}

static bool
chunk_size_byte(struct http_parser *p, unsigned char c)
{
	int digit = hex_value(c);

	if (digit >= 0) {
		if (++p->size_digits > CHUNK_DIGITS_MAX)
			return http_refuse(p, 400, "chunk size has more than 8 digits");
		p->left = p->left * 16 + (size_t)digit;
		return true;
	}
	if (p->size_digits == 0 || c != '\r')
		return http_refuse(p, 400, "chunk size is not hexadecimal digits alone");
	if (p->left > p->body_max - p->body_len)
		return http_refuse(p, 413, "body over the limit");
	if (p->left > 0 && ++p->chunks > CHUNKS_MAX)
		return http_refuse(p, 413, "more than 4096 chunks");
	p->state = AT_CHUNK_SIZE_LF;
	return true;
}

static bool
chunk_byte(struct http_parser *p, unsigned char c)
{
	switch (p->state) {
	case IN_CHUNK_SIZE:
		return chunk_size_byte(p, c);
	case AT_CHUNK_SIZE_LF:
		p->state = p->left > 0 ? IN_CHUNK : AT_TRAILER;
		p->size_digits = 0;
		return c == '\n' || http_refuse(p, 400, "bare CR");
	case AT_CHUNK_CR:
		p->state = AT_CHUNK_LF;
		return c == '\r' || http_refuse(p, 400, "chunk longer than its size");
	default: /* AT_CHUNK_LF */
		p->state = IN_CHUNK_SIZE;
		return c == '\n' || http_refuse(p, 400, "bare CR");
	}
}

static bool
trailer_byte(struct http_parser *p, unsigned char c)
{
	if (++p->trailer_bytes > TRAILER_BYTES_MAX)
		return http_refuse(p, 431, "trailers over 4 KiB");
	switch (p->state) {
	case AT_TRAILER:
		p->state = c == '\r' ? AT_BODY_LF : IN_TRAILER_NAME;
		return c == '\r' || byte_is(c, BYTE_TOKEN) ||
		       http_refuse(p, 400, "trailer does not begin with a name");
	case IN_TRAILER_NAME:
		if (c == ':')
			p->state = IN_TRAILER_VALUE;
		return c == ':' || byte_is(c, BYTE_TOKEN) ||
		       http_refuse(p, 400, "trailer name is not a token before a colon");
	case IN_TRAILER_VALUE:
		if (c == '\r')
			p->state = AT_TRAILER_LF;
		return c == '\r' || byte_is(c, BYTE_VALUE) ||
		       http_refuse(p, 400, "control character in a trailer");
	case AT_TRAILER_LF:
		p->state = AT_TRAILER;
		return c == '\n' || http_refuse(p, 400, "bare CR");
	default: /* AT_BODY_LF */
		if (c != '\n')
			return http_refuse(p, 400, "bare CR");
		p->phase = PARSE_DONE;
		return true;
	}
}

static size_t
take_bytes(struct http_parser *p, struct str bytes, struct buf *body)
{
	size_t n = bytes.len < p->left ? bytes.len : p->left;

	buf_add(body, str_cut(bytes, 0, n));
	p->left -= n;
	p->body_len += n;
	if (p->left == 0 && p->state == IN_FIXED)
		p->phase = PARSE_DONE;
	else if (p->left == 0)
		p->state = AT_CHUNK_CR;
	return n;
}

static size_t
feed_body(struct http_parser *p, struct str bytes, struct buf *body)
{
	size_t i = 0;

	while (i < bytes.len && p->phase == PARSE_BODY) {
		unsigned char c = (unsigned char)bytes.ptr[i];

		if (p->state == IN_FIXED || p->state == IN_CHUNK)
			i += take_bytes(p, str_cut(bytes, i, bytes.len), body);
		else if (p->state < AT_TRAILER)
			i += chunk_byte(p, c);
		else
			i += trailer_byte(p, c);
	}
	return i;
}

/* ---- whole ---------------------------------------------------------------------------------- */

size_t
http_parser_feed(struct http_parser *p, struct str bytes, struct buf *body)
{
	switch (p->phase) {
	case PARSE_HEAD:
		return feed_head(p, bytes);
	case PARSE_BODY:
		return feed_body(p, bytes, body);
	default:
		return 0;
	}
}

void
http_parser_init(struct http_parser *p)
{
	struct buf head = p->head;

	buf_clear(&head);
	/* The header table is as long as header_count says: no need to clear it. */
	memset(p, 0, offsetof(struct http_parser, headers));
	memset(&p->header_count, 0, sizeof(*p) - offsetof(struct http_parser, header_count));
	p->head = head;
}

void
http_parser_fini(struct http_parser *p)
{
	buf_fini(&p->head);
}
