/*
 * fold.h - Vietnamese to the ASCII that banks keep, and names to what makes two spellings one.
 *
 * Source: VIETQR.md 2.6.  NFC and NFD alike: decomposed (Unicode NFD), marks dropped, đ -> d
 * (it has no decomposition).  What has no ASCII letter behind it is dropped.
 */
#ifndef CHOPAY_FOLD_H
#define CHOPAY_FOLD_H

#include "chopay/str.h"

/* "Tiền rau chợ Đồng Xuân" -> "Tien rau cho Dong Xuan"; printable ASCII stays as it is. */
MUST_CHECK struct err fold_ascii(struct buf *out, struct str text);

/* For a transfer memo: fold_ascii, then only [A-Za-z0-9 ], single blanks, trimmed, cut at `max`. */
MUST_CHECK struct err fold_memo(struct buf *out, struct str text, size_t max);

/* For finding by what a person types: fold_memo in small letters. */
MUST_CHECK struct err fold_search(struct buf *out, struct str text, size_t max);
/* Does each word of `asked` begin a word of `text`?  Both as fold_search leaves them. */
bool fold_finds(struct str text, struct str asked);

/* For comparing names of people, never to be shown: small letters, decomposed, full-width and other
 * such forms plain, single blanks, trimmed, what nobody sees left out.  Marks stay: Lan and Lân are
 * two.  Empty: nothing of it can be seen.  ERR_INVALID: the text is not UTF-8. */
MUST_CHECK struct err fold_name(struct buf *out, struct str text);

#endif
