/*
 * tls.h - the TLS of one connection; the only door to OpenSSL in this folder.
 */
#ifndef CHOPAY_HTTP_TLS_H
#define CHOPAY_HTTP_TLS_H

#include "chopay/http.h"

struct bufferevent;

/* A bufferevent that shakes hands as the server on `fd` and owns it; NULL: no memory. */
struct bufferevent *tls_accept(struct tls *tls, struct event_base *base, int fd);

/* Send close_notify: what the client has got so far is all there is. */
void tls_say_goodbye(struct bufferevent *bev);

/* The SHA-256 of the client's verified certificate; false when there is none. */
bool tls_client_digest(struct bufferevent *bev, unsigned char digest[TLS_DIGEST_SIZE]);

#endif
