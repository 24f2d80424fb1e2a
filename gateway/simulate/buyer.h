/*
 * buyer.h - a buyer's phone: it sees a picture, and knows nothing else.
 *
 * The scanner is zbarimg (Debian: zbar-tools), run as a process of its own.  Threads: any.
 */
#ifndef CHOPAY_SIMULATE_BUYER_H
#define CHOPAY_SIMULATE_BUYER_H

#include "chopay/str.h"
#include "vietqr.h"

/* What the bank's app would prefill from a PNG or JPEG of the one VietQR to pay.  ERR_INVALID: no
 * picture, no code, no VietQR, or several; ERR_BROKEN: no scanner, or it comes to no end. */
MUST_CHECK struct err buyer_read(struct str picture, struct vietqr *code);

#endif
