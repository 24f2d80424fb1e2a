/*
 * adoption.h - what the files of the index's rows share (chopay/adoption_rows.h).
 */
#ifndef STORE_ADOPTION_H
#define STORE_ADOPTION_H

#include "chopay/adoption_rows.h"
#include "db.h"

/* The market a stall stands in on a day, as SQL: its newest row of stall_place that covers the day,
 * or the register's.  `stall` is the row of that table, `day` a column or a parameter. */
#define MARKET_OF(stall, day)                                                          \
	"coalesce((SELECT pl.market_id FROM stall_place pl WHERE pl.stall_id = " stall \
	".id AND pl.from_day <= " day " AND pl.to_day >= " day                         \
	" ORDER BY pl.id DESC LIMIT 1), " stall ".market_id)"

/* Rows `s` of stall that stand on a day in a market: among those that ever stood there. */
#define STANDING(day, market)                                                              \
	"s.id IN (SELECT id FROM stall WHERE market_id = " market " UNION SELECT stall_id" \
	" FROM stall_place WHERE market_id = " market ") AND " MARKET_OF("s", day) " = " market

/* due_put beside a cell: a row that nobody waits for, of `rank` (db_put).  Each stall and day once
 * in what is sent together. */
MUST_CHECK struct err due_mark(struct db *db, int64_t stall_id, int32_t day, int rank);

#endif
