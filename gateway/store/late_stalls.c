/* Stalls whose days of a period changed after a report of it was frozen. */
#include "chopay/snapshots.h"

#include "db.h"

/* Ids rise with time: what came later has a higher one. */
#define LATE                                                                              \
	"SELECT s.market_id, count(*) FROM stall s JOIN"                                  \
	" (SELECT stall_id FROM payment WHERE id > $1 AND day BETWEEN $2 AND $3"          \
	" UNION SELECT stall_id FROM adjustment WHERE id > $1 AND day BETWEEN $2 AND $3)" \
	" AS late ON late.stall_id = s.id WHERE s.market_id IN "

struct err
late_stalls_count(struct db *db, bool market, struct str code, int64_t position, int32_t from_day,
	int32_t to_day, struct late_stalls *late)
{
	static const char OF_MARKET[] = LATE
		"(SELECT id FROM market WHERE code = $4) GROUP BY s.market_id";
	static const char OF_UNIT[] =
		"WITH RECURSIVE below (code) AS (SELECT code FROM unit WHERE code = $4 UNION"
		" SELECT u.code FROM unit u JOIN below ON u.parent_code = below.code) " LATE
		"(SELECT market_id FROM market_unit JOIN below ON below.code = unit_code)"
		" GROUP BY s.market_id";
	struct late_stalls found = {0};
	struct db_stmt *stmt;
	bool row;

	TRY(db_prepare(db, market ? OF_MARKET : OF_UNIT, &stmt));
	db_bind_int(stmt, 1, position);
	db_bind_int(stmt, 2, from_day);
	db_bind_int(stmt, 3, to_day);
	db_bind_str(stmt, 4, code);
	for (;;) {
		int64_t stalls;

		TRY(db_step(stmt, &row));
		if (!row)
			break;
		stalls = db_int(stmt, 1);
		found.stalls += stalls;
		if (found.least == 0 || stalls < found.least)
			found.least = stalls;
	}
	*late = found;
	return OK;
}
