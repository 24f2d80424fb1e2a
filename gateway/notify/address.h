/*
 * address.h - where we may connect to: the public Internet, and nowhere into the network we run in.
 *
 * Pure.  A notice's address comes from a person; a name in it is resolved by somebody else's
 * server, so the numbers themselves are judged, at each connection (SAFETY section 5).
 */
#ifndef CHOPAY_NOTIFY_ADDRESS_H
#define CHOPAY_NOTIFY_ADDRESS_H

#include "chopay/str.h"

struct sockaddr;

/* NULL: a public address.  Otherwise what it is: "a private address", ...
 * `allow_loopback`: the development switch. */
const char *address_fault(const struct sockaddr *address, bool allow_loopback);

/* NULL: a URL that notices may be sent to; otherwise what is wrong with it and what to do.
 * What client.h asks of every URL, and a host
 * that is not plainly of this machine or network.  Names are not resolved here. */
const char *address_url_fault(struct str url, bool allow_loopback);

#endif
