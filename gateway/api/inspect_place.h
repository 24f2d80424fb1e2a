/*
 * inspect_place.h - where in a market's list an inspector is: what they search for, and which page.
 *
 * The addresses of the list's stalls carry it along, so that the way back leads there.
 * Memory: the request's arena.
 */
#ifndef CHOPAY_API_INSPECT_PLACE_H
#define CHOPAY_API_INSPECT_PLACE_H

#include "api.h"
#include "chopay/inspections.h"

struct inspect_place {
	struct str asked; /* as it was typed; empty: all stalls */
	struct str after; /* the code of the last stall on the page before; empty: the first page */
	struct str words; /* asked, as fold_search leaves it */
};

extern const struct inspect_place inspect_nowhere; /* the first page of all */

/* ?q= and ?after= of the request; what is no text is not there. */
struct inspect_place *inspect_place_of(struct request *req);
/* Does the search find this stall?  By code, name, goods or reference, whatever marks and case. */
bool inspect_place_finds(struct arena *arena, const struct inspect_place *place,
	const struct inspected_stall *stall);
/* "/inspect/MARKET/STALL?q=...": the market, or the stall, may be empty. */
struct str inspect_href(struct arena *arena, struct str market, struct str stall,
	const struct inspect_place *place);

#endif
