/*
 * money.h - whole đồng in an int64, never a bare integer, never floating point.
 *
 * Source: DESIGN promise 6.  A dong has no subdivision in use (ISO 4217: VND, exponent 0).
 */
#ifndef CHOPAY_MONEY_H
#define CHOPAY_MONEY_H

#include "chopay/str.h"

struct vnd {
	int64_t dong;
};

/* NAPAS247 carries single transfers below this (VIETQR.md section 2.3). */
#define VND_TRANSFER_MAX 499999999

/* a + b; ERR_INVALID on overflow, `sum` untouched. */
MUST_CHECK struct err vnd_add(struct vnd a, struct vnd b, struct vnd *sum);

/* "50000": digits only, no sign, no separators; 1 .. 10^15. */
MUST_CHECK struct err vnd_parse(struct str text, struct vnd *amount);

/* "1.234.567": the way Vietnam writes it, without the unit; `-` in front when negative. */
void vnd_format(struct buf *out, struct vnd amount);
/* Any number in groups of three digits. */
void grouped_format(struct buf *out, int64_t number, char separator);

#endif
