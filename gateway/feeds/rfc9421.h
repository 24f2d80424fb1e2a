/*
 * rfc9421.h - the signature base, for who wants to look at it (fixture.c).
 */
#ifndef FEEDS_RFC9421_H
#define FEEDS_RFC9421_H

#include "chopay/feeds.h"

/* The text that the first signature of a message is over, appended.  False: Signature-Input cannot
 * be read, or covers something that we do not know. */
bool rfc9421_signature_base(const struct feed_message *message, struct buf *base);

#endif
