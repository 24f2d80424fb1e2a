/* Which units a market belongs to, day by day: rows that were said at one time or another, of which
 * the last that covers a day holds. */
#ifndef MERCHANTS_ATTACHMENTS_H
#define MERCHANTS_ATTACHMENTS_H

#include "chopay/registers.h"

struct attachment {
	struct str unit_code;
	int32_t from_day, to_day;
	struct entry entry; /* of the last row that these days are from */
};

/* One after the other, no two on one day, two of one unit not side by side; in the arena. */
struct attachments {
	struct attachment *items;
	size_t count;
	bool said; /* by dated rows; false: all that is known is what holds */
};

MUST_CHECK struct err attachments_load(
	struct db *db, struct arena *arena, int64_t market_id, struct attachments *attachments);
/* The row takes its days from those that were said before. */
void attachments_lay(
	struct arena *arena, struct attachments *attachments, const struct attachment *row);
/* The first of the row's days on which it says something else; false: there is none. */
bool attachments_differ(
	const struct attachments *attachments, const struct attachment *row, int32_t *first_day);

#endif
