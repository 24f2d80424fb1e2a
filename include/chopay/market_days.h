/*
 * market_days.h - on which days a market is open, and which of dated rows holds.  Pure.
 *
 * A pattern: "all", "none", "week:1,3,7" (Monday is 1), "lunar:2,7,12" (days of the lunar month, 1
 * to 30).  Source: ADOPTION section 1 (market day, O(s)).  Threads: any.  Memory: none.
 */
#ifndef CHOPAY_MARKET_DAYS_H
#define CHOPAY_MARKET_DAYS_H

#include "chopay/str.h"

/* ERR_INVALID: not a pattern, a number out of its range or twice. */
MUST_CHECK struct err market_days_check(struct str pattern);
/* `pattern` is one. */
bool market_days_open(struct str pattern, int32_t day);
/* Bit n: the day `from + n` is open; `count` days, at most 64. */
uint64_t market_days_mask(struct str pattern, int32_t from, int count);
/* Bits of the days from..to among those that begin at `first` (at most 64). */
uint64_t days_mask(int32_t first, int count, int32_t from, int32_t to);

#endif
