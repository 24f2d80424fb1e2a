/* tiles.h - the six figures that stand first, on a page and on a card. */
#ifndef REPORT_TILES_H
#define REPORT_TILES_H

#include "chopay/arena.h"
#include "chopay/report.h"

struct tile {
	struct str label, value; /* "Hoạt động (H)", "75,00%" */
	struct str note;	 /* "3/4"; may be empty */
	struct str change; /* "tăng 15,00 điểm phần trăm so cùng kỳ"; may be empty */
	int trend;	   /* of the change: above 0 it rose, below 0 it fell */
};
enum tile_of { TILE_INDEX, TILE_RANK, TILE_ACTIVE, TILE_PAYMENTS, TILE_VALUE, TILE_TURNOVER };
#define TILES 6

/* The changes since `prior`: one of the report's two others.  Ranks are always compared with the
 * period before: there are no ranks of a year ago. */
void report_tiles(struct arena *arena, const struct report *report,
	const struct report_other *prior, enum language language, struct tile tiles[TILES]);

#endif
