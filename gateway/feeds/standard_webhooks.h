/*
 * standard_webhooks.h - what the reader and the writer of Standard Webhooks 1.0.0 share.
 *
 * Source: FEEDS.md section 6.  Threads: any.
 */
#ifndef FEEDS_STANDARD_WEBHOOKS_H
#define FEEDS_STANDARD_WEBHOOKS_H

#include "chopay/crypt.h"

/* Printable ASCII without ".", which would let characters move from one signed part to the next. */
bool standard_webhooks_is_id(struct str id);

/* "whsec_" (or another prefix) + base64, the prefix optional; appends the bytes.  False: empty, or
 * no base64. */
bool standard_webhooks_key(struct str secret, struct str prefix, struct buf *key);

/* HMAC-SHA256 over id.timestamp.body. */
void standard_webhooks_mac(const struct crypt *crypt, struct str key, struct str id,
	struct str timestamp, struct str body, unsigned char mac[SHA256_SIZE]);

#endif
