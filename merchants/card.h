/* One stall's card, drawn in the measures of A6 at the origin; larger ones are scaled. */
#ifndef MERCHANTS_CARD_H
#define MERCHANTS_CARD_H

#include "chopay/cards.h"
#include "chopay/pen.h"

#define CARD_WIDTH 297.64 /* A6 upright */
#define CARD_HEIGHT 419.53

/* ERR_INVALID: the account makes no valid code. */
MUST_CHECK struct err card_draw(struct pen *pen, const struct card *card);

#endif
