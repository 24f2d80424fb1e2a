/* What the pages of a stall share: who may open them, and what they say of a stall and a payment.
 */
#ifndef CHOPAY_API_STALL_PAGES_H
#define CHOPAY_API_STALL_PAGES_H

#include "api.h"

/* First in the answer of each page: fills in ask->stall and begins ask->json with the texts'
 * language, the stall and is_owner.  ERR_DENIED: this phone is signed in to none. */
MUST_CHECK struct err stall_page_begin(struct db *db, struct ask *ask);
/* The page, or the way to sign in. */
void stall_page_reply(struct ask *ask);

json_t *stall_data(const struct stall *stall);
json_t *payment_data(struct arena *arena, const struct payment *payment, enum language language);

/* A text of the catalogue with its one value in it. */
struct str words_with(
	struct arena *arena, enum language language, const char *key, struct str value);
struct str date_text(struct arena *arena, int32_t day); /* "30/06/2026" */
struct str day_text(struct arena *arena, int32_t day);	/* "2026-06-30" */
/* People write 50.000 and 50,000; 1.5 is no amount.  False: it is no amount that one transfer
 * carries. */
bool read_amount(struct str text, struct vnd *amount);

#endif
