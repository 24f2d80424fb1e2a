/*
 * http_grammar.c - the request grammar on bytes that nobody should send.
 *
 * Input: a byte that seeds the split, then the bytes of one connection.  Whatever they are, reading
 * them whole and reading them in pieces must give the same requests and the same refusal.
 */
#include <string.h>

#include "../../gateway/http/bytes.h"
#include "../../gateway/http/grammar.h"
#include "../support/fuzz.h"

#define BODY_MAX 2000

struct reader {
	struct http_parser parser;
	struct buf body;
	struct buf told; /* all that was read, in an unambiguous form */
};

static void
tell(struct buf *out, struct str text)
{
	buf_addf(out, "%zu:", text.len);
	buf_add(out, text);
}

/* What must hold of every request that is let through. */
static void
check_request(const struct http_parser *p, const struct buf *body)
{
	struct str path = http_parser_text(p, p->path), target = http_parser_text(p, p->target);

	must(path.len > 0 && path.ptr[0] == '/' && byte_all(target, BYTE_TARGET));
	must(memmem(path.ptr, path.len, "/../", 4) == NULL && !str_ends(path, STR("/..")));
	must(p->minor_version == 0 || p->minor_version == 1);
	must(p->minor_version == 0 || http_parser_header(p, STR("host")).len > 0);
	must(p->header_count <= HEADERS_MAX && p->head.len <= HEAD_BYTES_MAX);
	must(p->chunked || body->len == p->content_length);
	must(!p->chunked || http_parser_header(p, STR("content-length")).ptr == NULL);
	for (size_t i = 0; i < p->header_count; i++) {
		struct str value = http_parser_text(p, p->headers[i].value);

		must(byte_all(http_parser_text(p, p->headers[i].name), BYTE_TOKEN));
		must(byte_run(value, 0, value.len, BYTE_VALUE) == value.len);
		must(str_eq(str_trim(value), value));
	}
}

static void
tell_request(struct reader *reader)
{
	struct http_parser *p = &reader->parser;

	check_request(p, &reader->body);
	buf_addf(&reader->told, "request %d 1.%d keep=%d expect=%d ", (int)p->method,
		p->minor_version, p->keep_alive, p->expect_continue);
	tell(&reader->told, http_parser_text(p, p->path));
	tell(&reader->told, http_parser_text(p, p->query));
	for (size_t i = 0; i < p->header_count; i++) {
		tell(&reader->told, http_parser_text(p, p->headers[i].name));
		tell(&reader->told, http_parser_text(p, p->headers[i].value));
	}
	tell(&reader->told, buf_str(&reader->body));
	http_parser_init(p);
	buf_clear(&reader->body);
}

static void
feed(struct reader *reader, struct str bytes)
{
	struct http_parser *p = &reader->parser;

	while (bytes.len > 0 && p->phase != PARSE_REFUSED) {
		size_t taken = http_parser_feed(p, bytes, &reader->body);

		must(taken <= bytes.len);
		must(taken == bytes.len || (p->phase != PARSE_HEAD && p->phase != PARSE_BODY));
		bytes = str_cut(bytes, taken, bytes.len);
		if (p->phase == PARSE_HEAD_DONE)
			http_parser_take_body(p, BODY_MAX);
		if (p->phase == PARSE_DONE)
			tell_request(reader);
		must(p->head.len <= HEAD_BYTES_MAX && reader->body.len <= BODY_MAX);
	}
}

static void
end(struct reader *reader)
{
	struct http_parser *p = &reader->parser;

	buf_addf(&reader->told, "end %d %d %s %zu", (int)p->phase, p->refused_status,
		p->refused_why == NULL ? "" : p->refused_why, reader->body.len);
	if (p->phase == PARSE_REFUSED)
		must(http_parser_feed(p, STR("GET / HTTP/1.1\r\n"), &reader->body) == 0);
}

static void
reader_fini(struct reader *reader)
{
	http_parser_fini(&reader->parser);
	buf_fini(&reader->body);
	buf_fini(&reader->told);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader whole = {0}, pieces = {0};
	struct str bytes;
	uint32_t seed;

	if (size == 0)
		return 0;
	bytes = (struct str){(const char *)data + 1, size - 1};
	seed = data[0];
	feed(&whole, bytes);
	end(&whole);
	while (bytes.len > 0) {
		size_t n;

		seed = seed * 1664525 + 1013904223;
		n = seed < 0x40000000 ? 1 : 1 + (seed >> 16) % 60;
		feed(&pieces, str_cut(bytes, 0, n));
		bytes = str_cut(bytes, n, bytes.len);
	}
	end(&pieces);
	must(str_eq(buf_str(&whole.told), buf_str(&pieces.told)));
	reader_fini(&whole);
	reader_fini(&pieces);
	return 0;
}
