/*
 * connection.h - inside gateway/http: one connection, for the server above it and the answers
 * below.
 *
 * conn_close may free the connection; so may everything here that sends.  Who goes on using it
 * holds it meanwhile.
 */
#ifndef CHOPAY_HTTP_CONNECTION_H
#define CHOPAY_HTTP_CONNECTION_H

#include "server.h"

/* ---- connection.c -------------------------------------------------------------------------- */

void conn_open(struct http_server *server, int fd, const struct address *address, struct peer *peer,
	struct tls *tls);
void conn_close(struct connection *conn);
void conn_hold(struct connection *conn);
void conn_drop(struct connection *conn);
void conn_set_state(struct connection *conn, enum connection_state state);
void conn_expired(struct connection *conn); /* its deadline has passed */

/* The answer is handed over: then the next request, or the end. */
void conn_answered(struct connection *conn, bool keep, bool linger);

/* ---- output.c ------------------------------------------------------------------------------ */

/* Send head and body now; what the socket does not take follows when it can. */
void conn_send(struct connection *conn, struct str head, struct str body);
size_t conn_unsent(const struct connection *conn);

#endif
