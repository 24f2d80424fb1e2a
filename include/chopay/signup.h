/*
 * signup.h - the sheet a stallholder signs: what is recorded, who sees what, how to leave.
 *
 * One A4 page in Vietnamese or English; the promise of privacy in it is what the program keeps
 * (ADOPTION section 8).  Threads: any.  The same stall and day give the same bytes.
 */
#ifndef CHOPAY_SIGNUP_H
#define CHOPAY_SIGNUP_H

#include "chopay/store.h"
#include "chopay/words.h"

/* `unit_name` may be empty; `day` is the date inside the file. */
MUST_CHECK struct err signup_pdf(const struct stall *stall, struct str unit_name, int32_t day,
	enum language language, struct buf *out);

#endif
