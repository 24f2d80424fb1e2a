/*
 * inspect.h - an inspector's look at the code that hangs at a stall.
 *
 * Whoever pastes another code over a stall's own takes its money, and no webhook ever tells: only
 * somebody who scans the sticker sees it (SAFETY section 6).
 */
#ifndef CHOPAY_INSPECT_H
#define CHOPAY_INSPECT_H

#include "chopay/books.h"
#include "chopay/inspections.h"

/*
 * Write down what was found.  A foreign account raises the alarm `sticker_swap`, once for as long
 * as the same one is found.  ERR_NOT_FOUND: no such stall in that market; ERR_INVALID: no person is
 * named, or the note is too long.
 */
struct inspection_command {
	struct command command; /* first */
	int64_t market_id;
	struct str stall_code, payload, person, note;
	/* out */
	struct stall stall;
	struct inspection inspection;
};
struct err inspection_apply(struct tx *tx, struct command *self);

#endif
