/*
 * peers.h - how many connections each address has.
 *
 * An IPv6 client commands a whole /64, so that is what counts as its address.
 */
#ifndef CHOPAY_HTTP_PEERS_H
#define CHOPAY_HTTP_PEERS_H

#include <sys/socket.h>

#include "server.h"

struct peers;

struct peers *peers_new(int connections_max);
void peers_free(struct peers *peers);

/* Count one more; NULL when the address has `limit` already. */
struct peer *peers_enter(struct peers *peers, const struct address *address, int limit);
void peers_leave(struct peers *peers, struct peer *peer); /* NULL is fine */

struct address address_from(const struct sockaddr_storage *from);
bool address_is_loopback(const struct address *address);
void address_format(const struct address *address, char text[ADDRESS_TEXT_SIZE]);

#endif
