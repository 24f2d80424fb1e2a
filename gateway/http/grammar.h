/*
 * grammar.h - the bytes of HTTP/1.1 requests, read strictly: one byte machine, no I/O.
 *
 * Bytes may arrive split anywhere: the result is the same.  After a refusal nothing more is read:
 * bytes behind a message whose end is in doubt must never become a second request.
 * Memory: `head` grows to HEAD_BYTES_MAX at most; the body goes to the caller's buffer, at most
 * the bytes allowed.  Source: RFC 9112, RFC 9110, SAFETY section 1.
 */
#ifndef CHOPAY_HTTP_GRAMMAR_H
#define CHOPAY_HTTP_GRAMMAR_H

#include "chopay/str.h"

#define HEAD_BYTES_MAX 16384 /* request line, headers and the empty line */
#define LINE_BYTES_MAX 8192  /* one line of them, its CRLF not counted */
#define HEADERS_MAX 64
#define CHUNKS_MAX 4096
#define TRAILER_BYTES_MAX 4096 /* read, checked, dropped */
#define HOST_BYTES_MAX 255

enum http_method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE };

/* A piece of the head: an offset, because the head may move while it grows. */
struct span {
	uint16_t at, len;
};

struct header {
	struct span name, value;
};

enum parse_phase {
	PARSE_HEAD,	 /* wants bytes */
	PARSE_HEAD_DONE, /* wants http_parser_take_body */
	PARSE_BODY,	 /* wants bytes */
	PARSE_DONE,	 /* a whole request; the next byte belongs to the next one */
	PARSE_REFUSED,	 /* answer refused_status, then close */
};

struct http_parser {
	enum parse_phase phase;
	int refused_status;
	const char *refused_why; /* static; says which rule */

	/* The head; valid from PARSE_HEAD_DONE on.  Of a refusal `path`, `query` and `headers` too,
	 * where the head came to its end: then `path` is not empty.  It may be the fault itself. */
	enum http_method method;
	int minor_version; /* 0 or 1 */
	struct span method_text, target, path, query;
	struct header headers[HEADERS_MAX];
	size_t header_count;
	bool keep_alive;
	bool expect_continue;
	bool chunked;
	size_t content_length;

	/* The machine. */
	struct buf head; /* owned */
	int state;
	size_t mark;	/* where the piece being read begins */
	size_t line_at; /* where the line being read begins */
	bool blank_seen;
	bool host_seen, length_seen, coding_seen;
	bool close_seen, keep_alive_seen;
	size_t body_max, body_len;
	size_t left; /* of the body, or of the chunk */
	size_t chunks, size_digits, trailer_bytes;
};

void http_parser_init(struct http_parser *parser); /* zeroed or finished; keeps head's memory */
void http_parser_fini(struct http_parser *parser);

/*
 * Read on from `bytes`; returns how many were taken.  Stops at the end of the head, at the end of
 * the request and at the first violation.  Body bytes are appended to `body`.
 */
size_t http_parser_feed(struct http_parser *parser, struct str bytes, struct buf *body);

/* The head is known and the route chosen: let a body of up to `body_max` bytes come. */
void http_parser_take_body(struct http_parser *parser, size_t body_max);

struct str http_parser_text(const struct http_parser *parser, struct span span);
/* The first header of that name, or {NULL, 0}. */
struct str http_parser_header(const struct http_parser *parser, struct str name);

#endif
