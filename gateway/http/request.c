/* A request, from its first byte to its answer: what handlers may ask of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "chopay/clock.h"
#include "chopay/log.h"
#include "peers.h"
#include "server.h"
#include "tls.h"

#define FAILURES_PER_SECOND 20 /* listed in the log; the rest are counted */

/* Finished requests kept for the next ones, and how much memory each may keep. */
#define SPARES_MAX 64
#define SPARE_BUF_MAX 4096

#define HEADER_LINES_MAX 8192 /* extra lines of one answer */

/* ---- life --------------------------------------------------------------------------------- */

struct request *
request_new(struct connection *conn)
{
	struct http_server *server = conn->server;
	struct request *req = server->spare;

	if (req != NULL) {
		server->spare = req->next_spare;
		server->spare_count--;
	} else {
		req = mem_alloc_zero(1, sizeof(*req));
	}
	http_parser_init(&req->parser);
	req->match.route = NULL;
	req->server = server;
	server->refs++;
	req->conn = conn;
	req->address = conn->address;
	req->address_text[0] = req->id[0] = '\0';
	req->number = ++server->request_number;
	req->started_ms = clock_monotonic_ms();
	req->refs = 1;
	req->secure = conn->secure;
	req->held = req->answered = req->unlogged = false;
	req->log_level = LOG_DEBUG;
	req->why = NULL;
	req->face = NULL;
	return req;
}

static void
buf_recycle(struct buf *buf)
{
	if (buf->cap > SPARE_BUF_MAX)
		buf_fini(buf);
	else if (buf->ptr != NULL)
		buf_clear(buf);
}

static void
request_free(struct request *req)
{
	struct http_server *server = req->server;

	server->body_bytes -= req->body.len;
	arena_free(req->arena);
	req->arena = NULL;
	buf_recycle(&req->parser.head);
	buf_recycle(&req->body);
	buf_recycle(&req->headers);
	if (server->spare_count < SPARES_MAX && server->base != NULL) {
		req->next_spare = server->spare;
		server->spare = req;
		server->spare_count++;
	} else {
		http_parser_fini(&req->parser);
		buf_fini(&req->body);
		buf_fini(&req->headers);
		free(req);
	}
	server_unref(server);
}

void
request_unref(struct request *req)
{
	if (--req->refs == 0)
		request_free(req);
}

void
request_log(struct request *req, int status, size_t bytes)
{
	const struct route *route = req->match.route;

	/* 501 and 505 of the grammar are the client's faults, and a scanner makes thousands. */
	bool ours = status >= 500 && req->parser.phase != PARSE_REFUSED;

	if (req->unlogged ||
		(!req->server->limits.log_requests && !ours && req->log_level < LOG_INFO))
		return;
	if (!req->server->limits.log_requests &&
		!log_allows(&req->server->failures, "request", FAILURES_PER_SECOND))
		return;
	/* The route's pattern, not the path: a path may be a capability. */
	log_line(req->log_level > LOG_INFO ? req->log_level : LOG_INFO, "request",
		"method=%.*s route=%s status=%d bytes=%zu ms=%lld peer_left=%d id=%.*s%s%s%s",
		STR_FMT(request_method(req)), route == NULL ? "-" : route->path, status, bytes,
		(long long)(clock_monotonic_ms() - req->started_ms), req->conn == NULL,
		STR_FMT(request_id(req)), req->why == NULL ? "" : " why=\"",
		req->why == NULL ? "" : req->why, req->why == NULL ? "" : "\"");
}

/* ---- what it says ------------------------------------------------------------------------- */

void *
request_context(struct request *req)
{
	return req->server->context;
}

struct arena *
request_arena(struct request *req)
{
	if (req->arena == NULL)
		req->arena = arena_new();
	return req->arena;
}

const struct route *
request_route(struct request *req)
{
	return req->match.route;
}

struct str
request_method(struct request *req)
{
	return http_parser_text(&req->parser, req->parser.method_text);
}

struct str
request_path(struct request *req)
{
	return http_parser_text(&req->parser, req->parser.path);
}

struct str
request_query_string(struct request *req)
{
	return http_parser_text(&req->parser, req->parser.query);
}

struct str
request_param(struct request *req, const char *name)
{
	int index = router_param_index(req->match.route, name);
	struct str raw;
	char *text;
	size_t len = 0;

	if (index < 0)
		return (struct str){NULL, 0};
	raw = req->match.params[index];
	if (memchr(raw.ptr, '%', raw.len) == NULL)
		return raw;
	text = arena_alloc(request_arena(req), raw.len);
	for (size_t i = 0; i < raw.len; i++) {
		int c = raw.ptr[i];

		if (c == '%') { /* the grammar has seen to it that two hex digits follow */
			c = percent_value(raw, i);
			i += 2;
		}
		text[len++] = (char)c;
	}
	return (struct str){text, len};
}

bool
request_query(struct request *req, const char *name, struct str *value)
{
	return form_value(request_arena(req), request_query_string(req), name, value);
}

struct str
request_header(struct request *req, const char *name)
{
	return http_parser_header(&req->parser, str_from(name));
}

bool
request_cookie(struct request *req, const char *name, struct str *value)
{
	const struct http_parser *parser = &req->parser;
	struct str want = str_from(name);

	for (size_t i = 0; i < parser->header_count; i++) {
		struct str rest, pair, key;
		bool more = true;

		if (!str_eq_nocase(
			    http_parser_text(parser, parser->headers[i].name), STR("Cookie")))
			continue;
		rest = http_parser_text(parser, parser->headers[i].value);
		while (more) {
			more = str_split(&rest, ';', &pair);
			pair = str_trim(pair);
			if (str_split(&pair, '=', &key) && str_eq(key, want)) {
				*value = pair;
				return true;
			}
		}
	}
	return false;
}

struct str
request_body(struct request *req)
{
	return buf_str(&req->body);
}

struct str
request_peer(struct request *req)
{
	if (req->address_text[0] == '\0')
		address_format(&req->address, req->address_text);
	return str_from(req->address_text);
}

bool
request_secure(struct request *req)
{
	return req->secure;
}

bool
request_local(struct request *req)
{
	return req->address.local;
}

bool
request_client_digest(struct request *req, unsigned char digest[TLS_DIGEST_SIZE])
{
	return req->conn != NULL && req->secure && tls_client_digest(req->conn->bev, digest);
}

bool
request_gone(struct request *req)
{
	return req->conn == NULL;
}

struct str
request_id(struct request *req)
{
	if (req->id[0] == '\0')
		snprintf(req->id, sizeof(req->id), "%016llx",
			(unsigned long long)(req->server->id_seed + req->number));
	return str_from(req->id);
}

/* ---- what its answer will say ------------------------------------------------------------- */

void
request_set_face(struct request *req, const struct answer_face *face)
{
	req->face = face;
}

const struct answer_face *
request_face(struct request *req)
{
	return req->face;
}

void
request_add_header(struct request *req, const char *name, struct str value)
{
	/* A line end here would let a request write headers of its own, or an answer of its own. */
	if (!byte_all(str_from(name), BYTE_TOKEN) ||
		byte_run(value, 0, value.len, BYTE_VALUE) != value.len) {
		log_error("header_refused", "name=%s reason=control_character", name);
		return;
	}
	if (req->headers.len + strlen(name) + value.len + 4 > HEADER_LINES_MAX) {
		log_error("header_refused", "name=%s reason=too_long", name);
		return;
	}
	buf_adds(&req->headers, name);
	buf_adds(&req->headers, ": ");
	buf_add(&req->headers, value);
	buf_adds(&req->headers, "\r\n");
}
