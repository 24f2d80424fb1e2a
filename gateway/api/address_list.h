/*
 * address_list.h - the addresses that may call an endpoint: "192.0.2.7,10.0.0.0/8,2001:db8::/32".
 *
 * Pure.  IPv4 is kept as v4-mapped IPv6, so that an address means the same in both spellings.
 * Threads: any.  Memory: the caller's.
 */
#ifndef CHOPAY_API_ADDRESS_LIST_H
#define CHOPAY_API_ADDRESS_LIST_H

#include "chopay/str.h"

#define ADDRESS_LIST_MAX 64 /* networks of one list: SePay names six addresses */

struct address_list {
	struct network {
		unsigned char bytes[16];
		int bits; /* 0 to 128 */
	} items[ADDRESS_LIST_MAX];
	size_t count; /* 0: everybody */
};

/* Commas between, blanks around them are fine; empty text is the empty list.
 * ERR_INVALID: `why` names the word and what is wrong with it. */
MUST_CHECK struct err address_list_parse(
	struct str text, struct address_list *list, struct buf *why);
/* Each network in one spelling; a single address without its prefix. */
void address_list_write(const struct address_list *list, struct buf *out);

/* May this peer call?  What is no IP address is in no list but the empty one. */
bool address_list_admits(const struct address_list *list, struct str peer);

#endif
