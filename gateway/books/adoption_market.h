/*
 * adoption_market.h - what the files that compute a market's day share.
 */
#ifndef BOOKS_ADOPTION_MARKET_H
#define BOOKS_ADOPTION_MARKET_H

#include "adoption.h"

/* Of a payment that was read. */
const struct payment_more *more_of(const struct market_cells *cells, int64_t id);
/* In Vietnam; 0..23. */
int hour_of(int64_t at_ms);

static inline int
order_of(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Once the payments are judged: tell the sink of rows that are not so. */
MUST_CHECK struct err market_cells_compare_days(
	struct market_cells *cells, struct db *db, const struct cell_sink *sink);
MUST_CHECK struct err market_cells_compare_flags(
	struct market_cells *cells, struct db *db, const struct cell_sink *sink);
MUST_CHECK struct err market_cells_compare_tally(
	struct market_cells *cells, struct db *db, const struct cell_sink *sink);

#endif
