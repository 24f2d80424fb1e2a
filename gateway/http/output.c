/* How bytes leave: one system call per answer when the socket lets it. */
#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "connection.h"

/* So much leaves in one TLS record, hence in one write. */
#define RECORD_BYTES (16 * 1024)

size_t
conn_unsent(const struct connection *conn)
{
	return evbuffer_get_length(bufferevent_get_output(conn->bev));
}

/* Behind what waits already.  In one piece if it fits: OpenSSL makes a record of each piece. */
static void
enqueue(struct connection *conn, struct str head, struct str body)
{
	struct evbuffer *output = bufferevent_get_output(conn->bev);
	size_t length = head.len + body.len;
	struct evbuffer_iovec piece;

	if (conn->secure && length <= RECORD_BYTES &&
		evbuffer_reserve_space(output, (ev_ssize_t)length, &piece, 1) == 1) {
		char *at = piece.iov_base;

		memcpy(at, head.ptr, head.len);
		if (body.len > 0)
			memcpy(at + head.len, body.ptr, body.len);
		piece.iov_len = length;
		evbuffer_commit_space(output, &piece, 1);
		return;
	}
	evbuffer_add(output, head.ptr, head.len);
	if (body.len > 0)
		evbuffer_add(output, body.ptr, body.len);
}

/* Past the bufferevent, which would wait for the socket to say that it can be written: nearly
 * always it can, and an answer costs one call instead of four. */
static ssize_t
send_now(struct connection *conn, struct str head, struct str body)
{
	struct iovec pieces[2] = {
		{(void *)(uintptr_t)head.ptr, head.len},
		{(void *)(uintptr_t)body.ptr, body.len},
	};
	struct msghdr message = {.msg_iov = pieces, .msg_iovlen = body.len > 0 ? 2 : 1};
	ssize_t sent;

	do {
		sent = sendmsg(conn->fd, &message, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	return sent;
}

void
conn_send(struct connection *conn, struct str head, struct str body)
{
	ssize_t sent = 0;
	size_t n;

	if (conn->bev == NULL)
		return;
	if (!conn->secure && conn_unsent(conn) == 0) {
		sent = send_now(conn, head, body);
		if (sent < 0) {
			conn_close(conn);
			return;
		}
	}
	n = (size_t)sent;
	if (n < head.len)
		enqueue(conn, str_cut(head, n, head.len), body);
	else if (n - head.len < body.len)
		enqueue(conn, str_cut(body, n - head.len, body.len), (struct str){NULL, 0});
}
