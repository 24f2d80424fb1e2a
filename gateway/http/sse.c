/* Server-sent events: answers that stay open and grow by an event at a time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chopay/clock.h"
#include "connection.h"

#define HEARTBEAT ":\n\n"
#define FIRST_WORDS "retry: 2000\n\n" /* how soon a browser comes back */

static void
stream_begin(struct stream *stream)
{
	buf_clear(&stream->server->scratch);
}

/* Send what is in the server's scratch.  Too much unsent: too slow for live news. */
static void
stream_flush(struct stream *stream)
{
	struct http_server *server = stream->server;
	struct buf *text = &server->scratch;
	size_t length = text->len;
	char size[20] = "";

	if (conn_unsent(stream->conn) + length > STREAM_BUFFER_MAX) {
		conn_close(stream->conn);
		return;
	}
	TAILQ_REMOVE(&server->streams, stream, link);
	TAILQ_INSERT_TAIL(&server->streams, stream, link);
	stream->sent_ms = clock_monotonic_ms();
	if (!stream->chunked) {
		conn_send(stream->conn, buf_str(text), (struct str){NULL, 0});
		return;
	}
	buf_adds(text, "\r\n");
	snprintf(size, sizeof(size), "%zx\r\n", length);
	conn_send(stream->conn, str_from(size), buf_str(text));
}

static void
stream_say(struct stream *stream, const char *text)
{
	stream_begin(stream);
	buf_adds(&stream->server->scratch, text);
	stream_flush(stream);
}

struct stream *
stream_open(struct request *req, void (*closed)(struct stream *stream, void *arg), void *arg)
{
	struct http_server *server = req->server;
	bool chunked = req->parser.minor_version == 1;
	struct connection *conn;
	struct stream *stream;
	struct str head;

	request_add_header(req, "Cache-Control", STR("no-store"));
	if (req->conn == NULL || req->parser.method == METHOD_HEAD) {
		reply_bytes(req, 200, "text/event-stream", (struct str){NULL, 0});
		return NULL;
	}
	if (!server_has_room_for_stream(server)) {
		reply_err(req, FAIL(ERR_BUSY, "too many event streams are open; try again"));
		return NULL;
	}
	request_log(req, 200, 0);
	request_add_header(req, "X-Accel-Buffering", STR("no")); /* proxies: pass it on at once */
	conn = request_finish(req);
	head = reply_head(
		req, 200, "text/event-stream", chunked ? LENGTH_CHUNKED : LENGTH_NONE, chunked);
	stream = mem_alloc_zero(1, sizeof(*stream));
	stream->server = server;
	stream->conn = conn;
	stream->chunked = chunked;
	stream->closed = closed;
	stream->arg = arg;
	TAILQ_INSERT_TAIL(&server->streams, stream, link);
	server->stream_count++;
	conn->stream = stream;
	conn_set_state(conn, CONN_STREAM);
	conn_hold(conn);
	conn_send(conn, head, (struct str){NULL, 0});
	if (conn->stream != NULL)
		stream_say(stream, FIRST_WORDS);
	conn_drop(conn);
	request_unref(req);
	return stream;
}

static bool
is_line(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\n' || text.ptr[i] == '\r' || text.ptr[i] == '\0')
			return false;
	}
	return true;
}

void
stream_send(struct stream *stream, struct str id, const char *event, struct str data)
{
	struct buf *text = &stream->server->scratch;
	struct str line;
	bool more = true;

	if (stream->conn == NULL)
		return; /* `closed` is about to say so */
	stream_begin(stream);
	/* A line end would begin another field, or another event. */
	if (id.len > 0 && is_line(id)) {
		buf_adds(text, "id: ");
		buf_add(text, id);
		buf_addc(text, '\n');
	}
	if (event != NULL && is_line(str_from(event))) {
		buf_adds(text, "event: ");
		buf_adds(text, event);
		buf_addc(text, '\n');
	}
	while (more) {
		more = str_split(&data, '\n', &line);
		buf_adds(text, "data: ");
		buf_add(text, is_line(line) ? line : (struct str){NULL, 0});
		buf_addc(text, '\n');
	}
	buf_addc(text, '\n');
	stream_flush(stream);
}

/* ---- the end ------------------------------------------------------------------------------ */

static void
stream_detach(struct stream *stream)
{
	struct http_server *server = stream->server;

	TAILQ_REMOVE(&server->streams, stream, link);
	server->stream_count--;
	stream->conn->stream = NULL;
	stream->conn = NULL;
}

/* The connection goes.  `closed` runs later: its caller may be in a loop over its streams. */
void
stream_lost(struct stream *stream)
{
	struct http_server *server = stream->server;

	stream_detach(stream);
	TAILQ_INSERT_TAIL(&server->doomed, stream, link);
	server_soon(server);
}

void
streams_bury(struct http_server *server)
{
	struct stream *stream;

	while ((stream = TAILQ_FIRST(&server->doomed)) != NULL) {
		TAILQ_REMOVE(&server->doomed, stream, link);
		stream->closed(stream, stream->arg);
		free(stream);
	}
}

void
stream_close(struct stream *stream)
{
	struct connection *conn = stream->conn;

	if (conn == NULL) {
		TAILQ_REMOVE(&stream->server->doomed, stream, link);
	} else {
		bool chunked = stream->chunked;

		stream_detach(stream);
		conn_hold(conn);
		if (chunked)
			conn_send(conn, STR("0\r\n\r\n"), (struct str){NULL, 0});
		conn_answered(conn, false, true);
		conn_drop(conn);
	}
	free(stream);
}

/* Keep proxies and phones awake; a client that has not taken the last words is not there. */
void
streams_beat(struct http_server *server, int64_t now_ms)
{
	struct stream *stream;

	while ((stream = TAILQ_FIRST(&server->streams)) != NULL &&
		stream->sent_ms + server->limits.heartbeat_ms <= now_ms) {
		if (conn_unsent(stream->conn) > 0)
			conn_close(stream->conn);
		else
			stream_say(stream, HEARTBEAT);
	}
}
