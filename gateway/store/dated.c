/* Dated rows of markets and stalls: calendars, leave, codes, opening and closing, places,
 * units. */
#include "adoption.h"
#include "chopay/registers.h"

/* What all of them have; `extra` is the register's own column. */
#define ENTRY " entered_at_ms, person, why, approver"
#define PUT(table, of, from, to)                                                \
	"INSERT INTO " table " (" of ", id, " from ", " to "," ENTRY ") VALUES" \
	" ($1, $2, $3, $4, $5, $6, $7, $8)"
#define PUT_WITH(table, of, extra)                                                  \
	"INSERT INTO " table " (" of ", id, from_day, to_day," ENTRY ", " extra ")" \
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
#define SEE(table, of, from, to, extra) \
	"SELECT " of ", id, " from ", " to "," ENTRY ", " extra " FROM " table
#define ONE(of) " WHERE " of " = $1 ORDER BY id"
#define ALL(of) " ORDER BY " of ", id"
#define WALKS(table, of, from, to, extra) \
	SEE(table, of, from, to, extra) ONE(of), SEE(table, of, from, to, extra) ALL(of)

#define EXTRA_COLUMN 8

static const struct {
	const char *put, *one, *all;
} statements[DATED_REGISTERS] = {
	[DATED_CALENDAR] = {PUT_WITH("market_calendar", "market_id", "days"),
		WALKS("market_calendar", "market_id", "from_day", "to_day", "days")},
	[DATED_LEAVE] = {PUT_WITH("stall_leave", "stall_id", "on_leave"),
		WALKS("stall_leave", "stall_id", "from_day", "to_day", "on_leave")},
	[DATED_CODE] = {PUT_WITH("stall_code", "stall_id", "live"),
		WALKS("stall_code", "stall_id", "from_day", "to_day", "live")},
	[DATED_LIFE] = {PUT("stall_life", "stall_id", "open_day", "close_day"),
		WALKS("stall_life", "stall_id", "open_day", "close_day", "0")},
	[DATED_PLACE] = {"INSERT INTO stall_place (stall_id, id, from_day, to_day," ENTRY
			 ", market_id, code) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		WALKS("stall_place", "stall_id", "from_day", "to_day", "market_id, code")},
	[DATED_UNIT] = {PUT_WITH("market_attachment", "market_id", "unit_code"),
		WALKS("market_attachment", "market_id", "from_day", "to_day", "unit_code")},
};

/* A life's last column is the first day on which the stall no longer sells. */
static int32_t
day_after(int32_t day)
{
	return day == DAY_LAST ? DAY_LAST : day + 1;
}

static int32_t
day_before(int32_t day)
{
	return day == DAY_LAST ? DAY_LAST : day - 1;
}

/* The index of those days is to be folded anew. */
static struct err
mark_due(struct db *db, enum dated_register which, const struct dated *row)
{
	/* R5 looks at the last days of a whole month. */
	int32_t from = row->from_day <= DAY_FIRST ? DAY_FIRST : day_month_start(row->from_day);
	int32_t to = row->to_day >= DAY_LAST ? DAY_LAST : day_next_month_start(row->to_day) - 1;

	switch (which) {
	case DATED_CALENDAR:
		return due_put_market(db, row->of, from, to);
	case DATED_LEAVE:
	case DATED_LIFE:
		return due_put_stall(db, row->of, row->from_day, row->to_day);
	case DATED_PLACE:
		return due_put_move(db, row->of, from, to);
	case DATED_CODE:
	case DATED_UNIT:
		break; /* no fold looks at them */
	}
	return OK;
}

struct err
dated_put(struct db *db, enum dated_register which, const struct dated *row)
{
	struct db_stmt *stmt;

	if (which == DATED_PLACE)
		TRY(mark_due(db, which, row));
	TRY(db_prepare(db, statements[which].put, &stmt));
	db_bind_int(stmt, 1, row->of);
	db_bind_int(stmt, 2, row->id);
	db_bind_int(stmt, 3, row->from_day);
	db_bind_int(stmt, 4, which == DATED_LIFE ? day_after(row->to_day) : row->to_day);
	db_bind_int(stmt, 5, row->entry.at_ms);
	db_bind_str(stmt, 6, row->entry.person);
	db_bind_str(stmt, 7, row->entry.why);
	db_bind_str(stmt, 8, row->entry.approver);
	if (which == DATED_CALENDAR || which == DATED_UNIT)
		db_bind_str(stmt, 9, row->text);
	else if (which != DATED_LIFE)
		db_bind_int(stmt, 9, row->value);
	if (which == DATED_PLACE)
		db_bind_str(stmt, 10, row->text);
	TRY(db_run(stmt));
	return mark_due(db, which, row);
}

static struct dated
dated_of_row(struct db_stmt *stmt, enum dated_register which)
{
	struct dated row = {
		.of = db_int(stmt, 0),
		.id = db_int(stmt, 1),
		.from_day = (int32_t)db_int(stmt, 2),
		.to_day = (int32_t)db_int(stmt, 3),
		.entry = {db_int(stmt, 4), db_str(stmt, 5), db_str(stmt, 6), db_str(stmt, 7)},
	};

	if (which == DATED_LIFE)
		row.to_day = day_before(row.to_day);
	else if (which == DATED_CALENDAR || which == DATED_UNIT)
		row.text = db_str(stmt, EXTRA_COLUMN);
	else
		row.value = db_int(stmt, EXTRA_COLUMN);
	if (which == DATED_PLACE)
		row.text = db_str(stmt, EXTRA_COLUMN + 1);
	return row;
}

struct err
dated_walk(struct db *db, enum dated_register which, int64_t of,
	struct err (*each)(void *arg, const struct dated *row), void *arg)
{
	struct db_stmt *stmt;
	struct dated dated;
	struct db_rows rows;

	TRY(db_prepare(db, of == 0 ? statements[which].all : statements[which].one, &stmt));
	if (of != 0)
		db_bind_int(stmt, 1, of);
	rows = db_walk_rows(stmt);
	while (db_rows_next(&rows)) {
		dated = dated_of_row(stmt, which);
		rows.err = each(arg, &dated);
	}
	return rows.err;
}
