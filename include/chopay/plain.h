/*
 * plain.h - text that a stranger may have written, as a page can carry it.
 *
 * Names of markets and stalls come from registers.  On paper they are one line of visible letters:
 * well-formed UTF-8 (what is not becomes U+FFFD), no control characters or line ends (a blank
 * instead), nothing that turns the direction of what follows (left out).  XML 1.0 can hold it.
 * Threads: any.  Memory: the caller's buffer.
 */
#ifndef CHOPAY_PLAIN_H
#define CHOPAY_PLAIN_H

#include "chopay/str.h"

void plain_put(struct buf *out, struct str text);
/* The same in capital letters. */
void plain_put_capitals(struct buf *out, struct str text);
/* The same with & < > " as XML's entities. */
void plain_put_xml(struct buf *out, struct str text);
/* Letters that a reader would count. */
size_t plain_letters(struct str text);

#endif
