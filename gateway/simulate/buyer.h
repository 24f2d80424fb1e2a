/*
 * buyer.h - a buyer's phone: it sees a picture, and knows nothing else.
 *
 * The scanner is zbarimg (Debian: zbar-tools), run as a process of its own.  Threads: any.
 */
#ifndef CHOPAY_SIMULATE_BUYER_H
#define CHOPAY_SIMULATE_BUYER_H

#include "chopay/str.h"
#include "vietqr.h"

/* The text of the one QR code in a PNG.  ERR_INVALID: the scanner finds none; ERR_BROKEN: there
 * is no scanner, or it does not come to an end. */
MUST_CHECK struct err buyer_scan(struct str png, struct buf *text);

/* The same, and what the bank's app would prefill.  ERR_INVALID: no code, or not a VietQR. */
MUST_CHECK struct err buyer_read(struct str png, struct vietqr *code);

#endif
