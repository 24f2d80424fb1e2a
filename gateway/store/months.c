/* Months: on PostgreSQL payments and raw deliveries lie in parts, one for each month of the bank.
 *
 * Payments by their market day, the day that cells and reports are of: what lies in a part is what
 * the month's figures are made of, also when a statement tells of it weeks later.  They stay: each
 * cell is recomputed from them.  Raw deliveries, a quarter of all bytes, by their arrival: a
 * month of them can be taken out of the books, and what it held stays counted (archived_month). */
#include "months.h"

#define TRIES_MAX 5	/* of a transaction for which somebody held a lock */
#define MONTHS_MAX 1200 /* parts made at a time: a hundred years */
/* Under a lock that keeps writers away nothing races; they wait behind us for so long at most. */
#define ALONE                                             \
	"SET TRANSACTION ISOLATION LEVEL READ COMMITTED;" \
	" SET LOCAL lock_timeout = '2s'; "

int32_t
bank_month(int64_t ms)
{
	int year, month, mday;

	day_civil(day_of(ms, 0), &year, &month, &mday);
	return year * 100 + month;
}

static int32_t
month_after(int32_t month)
{
	return month % 100 == 12 ? month + 89 : month + 1;
}

static int32_t
first_day(int32_t month)
{
	return day_from_civil(month / 100, month % 100, 1);
}

static struct err
needs_parts(const struct db *db)
{
	return db->driver->has_parts
		       ? OK
		       : FAIL(ERR_INVALID, "a SQLite store is one file, without parts by month");
}

/* ---- the two tables ---------------------------------------------------------------------------
 */

struct parted {
	const char *table;
	const char *lock;  /* nobody writes there until we have moved rows and made parts */
	const char *dates; /* the rest's values of `column`, in order */
	const char *count; /* the rest's rows from $1 to before $2 */
	const char *column;
	int32_t (*bound)(int32_t month); /* the column's first value in a month */
	int32_t (*month)(int64_t value);
};

static int32_t
same_month(int32_t month)
{
	return month;
}

static int32_t
month_itself(int64_t value)
{
	return (int32_t)value;
}

static int32_t
month_of_day(int64_t day)
{
	int year, month, mday;

	day_civil((int32_t)day, &year, &month, &mday);
	return year * 100 + month;
}

/* The whole table: who had chosen the rest for a row already would be refused there. */
#define LOCK(table) ALONE "LOCK TABLE " table " IN SHARE ROW EXCLUSIVE MODE"
#define DATES(table, column) "SELECT DISTINCT " column " FROM " table "_rest ORDER BY " column
#define COUNT(table, column) \
	"SELECT count(*) FROM " table "_rest WHERE " column " >= $1 AND " column " < $2"

/* Deliveries of before there were months came from SQLite. */
#define TELL_MONTHS                                                                         \
	"; UPDATE delivery SET month = to_char(to_timestamp(received_at_ms / 1000 + 25200)" \
	" AT TIME ZONE 'UTC', 'YYYYMM')::int8 WHERE month = 0"

static const struct parted parted[] = {
	{"payment", LOCK("payment"), DATES("payment", "day"), COUNT("payment", "day"), "day",
		first_day, month_of_day},
	{"delivery", LOCK("delivery") TELL_MONTHS, DATES("delivery", "month"),
		COUNT("delivery", "month"), "month", same_month, month_itself},
};

/* ---- parts made
 * -----------------------------------------------------------------------------------
 */

struct months {
	int32_t items[MONTHS_MAX];
	int64_t rows[MONTHS_MAX]; /* moved; below 0: nothing was done */
	size_t count;
};

static void
months_add(struct months *months, int32_t month)
{
	for (size_t i = 0; i < months->count; i++) {
		if (months->items[i] == month)
			return;
	}
	if (months->count < MONTHS_MAX) {
		months->rows[months->count] = -1;
		months->items[months->count++] = month;
	}
}

static struct err
months_wanted(
	struct db *db, const struct parted *table, int32_t from, int ahead, struct months *months)
{
	struct db_stmt *stmt;
	struct db_rows rows;

	months->count = 0;
	for (int i = 0; i <= ahead; i++, from = month_after(from))
		months_add(months, from);
	TRY(db_prepare(db, table->dates, &stmt));
	rows = db_rows(stmt);
	while (db_rows_next(&rows))
		months_add(months, table->month(db_int(stmt, 0)));
	return rows.err;
}

static struct err
has_part(struct db *db, const struct parted *table, int32_t month, bool *yes)
{
	static const char FIND[] =
		"SELECT 1 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
		" JOIN pg_class p ON p.oid = i.inhparent WHERE p.relname = $1 AND c.relname = $2"
		" AND p.relnamespace = (SELECT oid FROM pg_namespace"
		"  WHERE nspname = current_schema())";
	struct buf name CLEANUP(buf_fini) = {0};
	struct db_stmt *stmt;

	buf_addf(&name, "%s_%d", table->table, month);
	TRY(db_prepare(db, FIND, &stmt));
	db_bind_str(stmt, 1, str_from(table->table));
	db_bind_str(stmt, 2, buf_str(&name));
	TRY(db_step(stmt, yes));
	db_reset(stmt);
	return OK;
}

static struct err
make_part(struct db *db, const struct parted *table, int32_t month, int64_t *rows)
{
	int32_t from = table->bound(month), to = table->bound(month_after(month));
	struct buf sql CLEANUP(buf_fini) = {0};
	struct db_stmt *stmt;

	TRY(db_prepare(db, table->count, &stmt));
	db_bind_int(stmt, 1, from);
	db_bind_int(stmt, 2, to);
	TRY(db_one(stmt, table->table));
	*rows = db_int(stmt, 0);
	db_reset(stmt);
	buf_addf(&sql,
		"CREATE TABLE %s_%d (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS);"
		" WITH moved AS (DELETE FROM %s_rest WHERE %s >= %d AND %s < %d RETURNING *)"
		" INSERT INTO %s_%d SELECT * FROM moved;"
		" ALTER TABLE %s ATTACH PARTITION %s_%d FOR VALUES FROM (%d) TO (%d)",
		table->table, month, table->table, table->table, table->column, from, table->column,
		to, table->table, month, table->table, table->table, month, from, to);
	return db_exec(db, sql.ptr);
}

/* A whole transaction, tried again when it was somebody's lock. */
struct work {
	struct err (*run)(struct db *db, struct work *work);
	const struct months_wish *wish;
	const struct parted *table;
	struct months months;
	struct sealed_month sealed;
};

static struct err
try_once(struct db *db, struct work *work)
{
	struct err err;

	TRY(store_begin(db));
	err = work->run(db, work);
	if (err.code == ERR_OK)
		return store_commit(db);
	store_rollback(db);
	return err;
}

static struct err
try_hard(struct db *db, struct work *work)
{
	struct err err = try_once(db, work);

	for (int tried = 1; err.code == ERR_BUSY && tried < TRIES_MAX; tried++) {
		if (!store_may_retry(db))
			break;
		TRY(store_revive(db));
		err = try_once(db, work);
	}
	return err;
}

static struct err
prepare_table(struct db *db, struct work *work)
{
	struct months *months = &work->months;

	TRY(db_exec(db, work->table->lock));
	TRY(months_wanted(
		db, work->table, bank_month(work->wish->now_ms), work->wish->ahead, months));
	for (size_t i = 0; i < months->count; i++) {
		bool there;

		TRY(has_part(db, work->table, months->items[i], &there));
		if (!there)
			TRY(make_part(db, work->table, months->items[i], &months->rows[i]));
	}
	return OK;
}

/* One table at a time: writers lock both, in an order of theirs. */
struct err
months_prepare(struct db *db, const struct months_wish *wish)
{
	struct work work = {.run = prepare_table, .wish = wish};

	TRY(needs_parts(db));
	for (size_t t = 0; t < sizeof(parted) / sizeof(parted[0]); t++) {
		work.table = &parted[t];
		TRY(try_hard(db, &work));
		for (size_t i = 0; i < work.months.count; i++) {
			if (work.months.rows[i] >= 0)
				wish->done(wish->arg,
					&(struct month_part){parted[t].table, work.months.items[i],
						work.months.rows[i]});
		}
	}
	return OK;
}

/* ---- months taken out ---------------------------------------------------------------------------
 */

static struct err
months_before(struct db *db, int32_t before, struct months *months)
{
	static const char PARTS[] =
		"SELECT substr(c.relname, 10)::int8 FROM pg_inherits i"
		" JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent"
		" WHERE p.relname = 'delivery' AND c.relname ~ '^delivery_[0-9]{6}$'"
		" AND p.relnamespace = (SELECT oid FROM pg_namespace"
		"  WHERE nspname = current_schema()) ORDER BY 1";
	struct db_stmt *stmt;
	struct db_rows rows;

	months->count = 0;
	TRY(db_prepare(db, PARTS, &stmt));
	rows = db_rows(stmt);
	while (db_rows_next(&rows))
		if (db_int(stmt, 0) < before)
			months_add(months, (int32_t)db_int(stmt, 0));
	return rows.err;
}

/* "public_archive", made when it is missing. */
static struct err
archive_schema(struct db *db, struct buf *name)
{
	static const char FIND[] =
		"SELECT quote_ident(current_schema() || '_archive'), EXISTS (SELECT 1"
		" FROM pg_namespace WHERE nspname = current_schema() || '_archive')";
	struct buf sql CLEANUP(buf_fini) = {0};
	struct db_stmt *stmt;
	bool there;

	TRY(db_prepare(db, FIND, &stmt));
	TRY(db_one(stmt, "schema"));
	buf_add(name, db_str(stmt, 0));
	there = db_int(stmt, 1) != 0;
	db_reset(stmt);
	buf_addf(&sql, "CREATE SCHEMA %s", name->ptr);
	return there ? OK : db_exec(db, sql.ptr);
}

static struct err
archive_month(struct db *db, struct work *work)
{
	struct buf lock CLEANUP(buf_fini) = {0}, move CLEANUP(buf_fini) = {0};
	struct buf schema CLEANUP(buf_fini) = {0};
	struct sealed_month *sealed = &work->sealed;

	buf_addf(&lock, ALONE "LOCK TABLE delivery_%d IN SHARE MODE", sealed->month);
	TRY(db_exec(db, lock.ptr));
	TRY(sealed_month_read(db, sealed));
	if (sealed->total.rows > 0)
		TRY(sealed_month_put(db, sealed));
	TRY(archive_schema(db, &schema));
	buf_addf(&move,
		"ALTER TABLE delivery DETACH PARTITION delivery_%d;"
		" ALTER TABLE delivery_%d SET SCHEMA %s",
		sealed->month, sealed->month, schema.ptr);
	return db_exec(db, move.ptr);
}

struct err
months_archive(struct db *db, int32_t before, const struct months_wish *wish)
{
	struct work work = {.run = archive_month, .wish = wish};

	TRY(needs_parts(db));
	if (before > bank_month(wish->now_ms))
		return FAIL(ERR_INVALID, "that month is not over yet");
	if (db->seals == NULL)
		return FAIL(ERR_BROKEN, "without its key a month cannot be sealed");
	TRY(months_before(db, before, &work.months));
	for (size_t i = 0; i < work.months.count; i++) {
		work.sealed = (struct sealed_month){
			.table = SEALED_DELIVERY,
			.month = work.months.items[i],
			.archived_at_ms = wish->now_ms,
		};
		TRY(try_hard(db, &work));
		wish->done(wish->arg, &(struct month_part){"delivery", work.sealed.month,
					      work.sealed.total.rows});
	}
	return OK;
}
