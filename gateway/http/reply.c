/* Answers: the bytes of their heads, and one table from our errors to HTTP's. */
#include <assert.h>
#include <stdio.h>
#include <time.h>

#include "chopay/log.h"
#include "connection.h"

#define HSTS "Strict-Transport-Security: max-age=31536000\r\n"

/* ---- the head of an answer ------------------------------------------------------------------ */

static void
add_status(struct buf *head, int status)
{
	static const struct {
		int status;
		const char *line;
	} lines[] = {
		{200, "HTTP/1.1 200 OK\r\n"},
		{201, "HTTP/1.1 201 Created\r\n"},
		{202, "HTTP/1.1 202 Accepted\r\n"},
		{204, "HTTP/1.1 204 No Content\r\n"},
		{206, "HTTP/1.1 206 Partial Content\r\n"},
		{302, "HTTP/1.1 302 Found\r\n"},
		{303, "HTTP/1.1 303 See Other\r\n"},
		{304, "HTTP/1.1 304 Not Modified\r\n"},
		{307, "HTTP/1.1 307 Temporary Redirect\r\n"},
		{308, "HTTP/1.1 308 Permanent Redirect\r\n"},
		{400, "HTTP/1.1 400 Bad Request\r\n"},
		{401, "HTTP/1.1 401 Unauthorized\r\n"},
		{403, "HTTP/1.1 403 Forbidden\r\n"},
		{404, "HTTP/1.1 404 Not Found\r\n"},
		{405, "HTTP/1.1 405 Method Not Allowed\r\n"},
		{406, "HTTP/1.1 406 Not Acceptable\r\n"},
		{408, "HTTP/1.1 408 Request Timeout\r\n"},
		{409, "HTTP/1.1 409 Conflict\r\n"},
		{410, "HTTP/1.1 410 Gone\r\n"},
		{412, "HTTP/1.1 412 Precondition Failed\r\n"},
		{413, "HTTP/1.1 413 Content Too Large\r\n"},
		{414, "HTTP/1.1 414 URI Too Long\r\n"},
		{415, "HTTP/1.1 415 Unsupported Media Type\r\n"},
		{417, "HTTP/1.1 417 Expectation Failed\r\n"},
		{422, "HTTP/1.1 422 Unprocessable Content\r\n"},
		{428, "HTTP/1.1 428 Precondition Required\r\n"},
		{429, "HTTP/1.1 429 Too Many Requests\r\n"},
		{431, "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
		{500, "HTTP/1.1 500 Internal Server Error\r\n"},
		{501, "HTTP/1.1 501 Not Implemented\r\n"},
		{502, "HTTP/1.1 502 Bad Gateway\r\n"},
		{503, "HTTP/1.1 503 Service Unavailable\r\n"},
		{505, "HTTP/1.1 505 HTTP Version Not Supported\r\n"},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (lines[i].status == status) {
			buf_adds(head, lines[i].line);
			return;
		}
	}
	buf_addf(head, "HTTP/1.1 %d \r\n", status);
}

/* Formatted once a second, not once an answer.  English whatever the locale: no strftime. */
static struct str
date_line(struct http_server *server)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t now = time(NULL);
	struct tm utc;

	if (now != server->date_s) {
		server->date_s = now;
		gmtime_r(&now, &utc);
		snprintf(server->date, sizeof(server->date),
			"Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n", days[utc.tm_wday],
			utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour,
			utc.tm_min, utc.tm_sec);
	}
	return str_from(server->date);
}

static void
add_length(struct buf *head, ptrdiff_t length)
{
	char digits[24];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + length % 10);
		length /= 10;
	} while (length > 0);
	buf_adds(head, "Content-Length: ");
	buf_add(head, (struct str){digits + at, sizeof(digits) - at});
	buf_adds(head, "\r\n");
}

struct str
reply_head(struct request *req, int status, const char *content_type, ptrdiff_t length, bool keep)
{
	struct http_server *server = req->server;
	struct buf *head = &server->scratch;

	buf_clear(head);
	add_status(head, status);
	buf_add(head, date_line(server));
	if (content_type != NULL) {
		buf_adds(head, "Content-Type: ");
		buf_adds(head, content_type);
		buf_adds(head, "\r\n");
	}
	if (length >= 0)
		add_length(head, length);
	else if (length == LENGTH_CHUNKED)
		buf_adds(head, "Transfer-Encoding: chunked\r\n");
	buf_adds(head, "X-Content-Type-Options: nosniff\r\n");
	if (req->secure)
		buf_adds(head, HSTS);
	if (!keep)
		buf_adds(head, "Connection: close\r\n");
	else if (req->parser.minor_version == 0)
		buf_adds(head, "Connection: keep-alive\r\n");
	if (req->headers.len > 0)
		buf_add(head, buf_str(&req->headers));
	buf_adds(head, "\r\n");
	return buf_str(head);
}

/* ---- the end of a request ------------------------------------------------------------------ */

struct connection *
request_finish(struct request *req)
{
	struct connection *conn = req->conn;

	assert(!req->answered && "a request is answered once");
	req->answered = true;
	if (req->held)
		req->server->held[req->match.route->budget]--;
	req->held = false;
	req->conn = NULL;
	if (conn != NULL)
		conn->request = NULL;
	return conn;
}

static bool
may_keep(const struct request *req)
{
	const struct route *route = req->match.route;

	return req->parser.phase == PARSE_DONE && req->parser.keep_alive &&
	       !req->server->stopping &&
	       !(server_crowded(req->server) && (route == NULL || route->budget == BUDGET_PAGES));
}

void
reply_bytes(struct request *req, int status, const char *content_type, struct str body)
{
	const struct route *route = req->match.route;
	bool bodiless = status == 204 || status == 304;
	bool keep = may_keep(req);
	struct connection *conn;
	struct str head;

	request_log(req, status, body.len);
	conn = request_finish(req);
	if (conn != NULL) {
		head = reply_head(req, status, content_type,
			bodiless ? LENGTH_NONE : (ptrdiff_t)body.len, keep);
		if (bodiless || req->parser.method == METHOD_HEAD)
			body = (struct str){NULL, 0};
		conn->was_webhook = route != NULL && route->budget == BUDGET_WEBHOOKS &&
				    status < 300;
		conn_hold(conn);
		conn_send(conn, head, body);
		conn_answered(conn, keep, req->parser.phase != PARSE_DONE);
		conn_drop(conn);
	}
	request_unref(req);
}

/* Its face, for one answer: what it replies goes out as it is. */
static const struct answer_face *
take_face(struct request *req)
{
	const struct answer_face *face = req->face;

	if (face != NULL)
		buf_clear(&req->headers);
	req->face = NULL;
	return face;
}

void
reply_empty(struct request *req, int status)
{
	const struct answer_face *face = take_face(req);

	if (face != NULL)
		face->done(req, status, NULL, face->arg);
	else
		reply_bytes(req, status, NULL, (struct str){NULL, 0});
}

void
reply_json(struct request *req, int status, json_t *value)
{
	const struct answer_face *face = take_face(req);
	struct buf text CLEANUP(buf_fini) = {0};

	if (face != NULL) {
		face->done(req, status, value, face->arg);
		json_decref(value);
		return;
	}
	json_write(&text, value);
	json_decref(value);
	reply_bytes(req, status, "application/json", buf_str(&text));
}

void
reply_redirect(struct request *req, struct str location)
{
	size_t before = req->headers.len;

	request_add_header(req, "Location", location);
	if (req->headers.len == before)
		reply_err(req, FAIL(ERR_BROKEN, "redirect to an address that is none"));
	else
		reply_empty(req, 303);
}

/* ---- problems ------------------------------------------------------------------------------ */

void
reply_problem(struct request *req, int status, const char *slug, const char *title,
	const char *detail_fmt, ...)
{
	struct buf text CLEANUP(buf_fini) = {0}, detail CLEANUP(buf_fini) = {0};
	struct buf type CLEANUP(buf_fini) = {0};
	const struct answer_face *face = take_face(req);
	json_t *problem;
	va_list args;

	va_start(args, detail_fmt);
	buf_vaddf(&detail, detail_fmt, args);
	va_end(args);
	if (face != NULL) {
		face->refused(req, status, str_from(title), buf_str(&detail), face->arg);
		return;
	}
	problem = json_object();
	buf_addf(&type, "/problems/%s", slug);
	json_set_str(problem, "type", buf_str(&type));
	json_set_str(problem, "title", str_from(title));
	json_set_i64(problem, "status", status);
	json_set_str(problem, "detail", buf_str(&detail));
	if (req->parser.phase != PARSE_HEAD && request_path(req).len > 0)
		json_set_str(problem, "instance", request_path(req));
	json_set_str(problem, "request_id", request_id(req));
	json_write(&text, problem);
	json_decref(problem);
	request_add_header(req, "Cache-Control", STR("no-store"));
	reply_bytes(req, status, "application/problem+json", buf_str(&text));
}

/* The grammar has refused the request. */
void
reply_refused(struct request *req)
{
	static const struct {
		int status;
		const char *slug, *title;
	} texts[] = {
		{400, "bad-request", "Bad request"},
		{413, "too-large", "Content too large"},
		{414, "uri-too-long", "URI too long"},
		{417, "expectation-failed", "Expectation failed"},
		{431, "headers-too-large", "Request header fields too large"},
		{501, "not-implemented", "Not implemented"},
		{505, "version-not-supported", "HTTP version not supported"},
	};
	const struct http_parser *parser = &req->parser;
	size_t i = 0;

	if (parser->path.len > 0 && req->server->refused != NULL &&
		req->server->refused(req, parser->refused_status))
		return;
	while (texts[i].status != parser->refused_status)
		i++;
	reply_problem(
		req, texts[i].status, texts[i].slug, texts[i].title, "%s.", parser->refused_why);
}

static const struct problem {
	int status;
	enum log_level level;
	const char *slug, *title;
} problems[] = {
	[ERR_INVALID] = {400, LOG_DEBUG, "invalid", "Invalid request"},
	[ERR_DENIED] = {403, LOG_INFO, "denied", "Denied"},
	[ERR_NOT_FOUND] = {404, LOG_DEBUG, "not-found", "Not found"},
	[ERR_CONFLICT] = {409, LOG_INFO, "conflict", "Conflict"},
	[ERR_SETUP] = {500, LOG_ERROR, "setup", "The gateway is not set up for this"},
	[ERR_BUSY] = {503, LOG_WARN, "busy", "Busy"},
	[ERR_BROKEN] = {500, LOG_ERROR, "broken", "Fault in the gateway"},
};

static const struct problem *
problem_of(struct err err)
{
	return &problems[err.code == ERR_OK ? ERR_BROKEN : err.code];
}

void
request_failed(struct request *req, struct err err)
{
	req->log_level = problem_of(err)->level;
	req->why = err.what;
	if (err.code == ERR_BUSY)
		request_add_header(req, "Retry-After", STR("1"));
}

void
reply_err(struct request *req, struct err err)
{
	const struct problem *problem = problem_of(err);
	const char *detail = err.what;

	request_failed(req, err);
	if (problem->status == 500 || detail == NULL)
		detail = "Not your fault. Try again later, and name the request id if it stays.";
	reply_problem(req, problem->status, problem->slug, problem->title, "%s", detail);
}
