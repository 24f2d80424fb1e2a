/* The cells of the index against the payments: each row is computed anew, and named when it
 * differs.
 *
 * Day by day and market by market, so that memory holds one market day (and payments among owners,
 * which are few).  What is due is not folded yet: those market days, and months of stalls with such
 * days, are passed over and counted. */
#include <stdlib.h>

#include "adoption.h"
#include "chopay/adoption_commands.h"

#define MARKETS_MAX 4096 /* of one day */

struct checking {
	struct db *db;
	const struct adoption_check *check;
	struct payer_keys *keys;
	struct owner_map map;
	struct owner_payment *owners; /* by time */
	size_t owner_count, owner_capacity;
	found_fn found;
	void *arg;
	int64_t due; /* market days passed over */
};

static void
free_checking(struct checking *checking)
{
	owner_map_fini(&checking->map);
	payer_keys_free(checking->keys);
	free(checking->owners);
}

/* ---- the sink that names
 * ------------------------------------------------------------------------- */

static void name(struct checking *checking, const char *table, const char *fault, const char *fmt,
	...) PRINTF_LIKE(4, 5);

static void
name(struct checking *checking, const char *table, const char *fault, const char *fmt, ...)
{
	struct buf key CLEANUP(buf_fini) = {0};
	va_list args;

	va_start(args, fmt);
	buf_vaddf(&key, fmt, args);
	va_end(args);
	checking->found(checking->arg, table, buf_str(&key), fault);
}

static const char NOT_SO[] = "it is not what the payments come to";

static struct err
name_day(void *arg, const struct adoption_day_row *row)
{
	struct buf day CLEANUP(buf_fini) = {0};

	day_format(&day, row->day);
	name(arg, "adoption_day", NOT_SO, "%lld %s", (long long)row->stall_id, day.ptr);
	return OK;
}

static struct err
name_tally(void *arg, const struct market_day *market_day, struct str tally)
{
	struct buf day CLEANUP(buf_fini) = {0};

	(void)tally;
	day_format(&day, market_day->day);
	name(arg, "market_tally", NOT_SO, "%lld %s", (long long)market_day->market_id, day.ptr);
	return OK;
}

static struct err
name_flag(void *arg, const struct adoption_flag *flag, bool wanted)
{
	name(arg, "adoption_flag",
		wanted ? "it is missing, or not as the rules say" : "no rule says so",
		"%lld %.*s %lld", (long long)flag->stall_id, STR_FMT(flag->rule),
		(long long)flag->subject);
	return OK;
}

static struct err
name_month(void *arg, const struct adoption_month_row *row)
{
	name(arg, "adoption_month", "it is not what the days come to", "%lld %s %04d-%02d",
		(long long)row->stall_id, period_calendar_name(row->calendar), row->month / 12,
		row->month % 12 + 1);
	return OK;
}

/* ---- payments among owners
 * ------------------------------------------------------------------------ */

static struct err
keep_owner(void *arg, const struct named_payment *payment)
{
	struct checking *checking = arg;
	int64_t payer_merchant_id = owner_map_find(
		&checking->map, payment->payer, payment->merchant_id, payment->day);

	if (payer_merchant_id == 0 || payer_merchant_id == payment->merchant_id)
		return OK;
	checking->owners = mem_room(checking->owners, sizeof(*checking->owners),
		checking->owner_count, &checking->owner_capacity);
	checking->owners[checking->owner_count++] = (struct owner_payment){
		.id = payment->id,
		.stall_id = payment->stall_id,
		.day = payment->day,
		.merchant_id = payment->merchant_id,
		.payer_merchant_id = payer_merchant_id,
		.net = payment->net,
		.at_ms = payment->at_ms,
	};
	return OK;
}

static int
by_time(const void *a, const void *b)
{
	const struct owner_payment *one = a, *other = b;

	if (one->at_ms != other->at_ms)
		return one->at_ms < other->at_ms ? -1 : 1;
	return (one->id > other->id) - (one->id < other->id);
}

static struct err
find_owners(struct checking *checking, int32_t from_day, int32_t to_day)
{
	int from_year, to_year, month, day;

	day_civil(from_day, &from_year, &month, &day);
	day_civil(to_day + 1, &to_year, &month, &day); /* the bank's day may be the next */
	TRY(owner_map_load(&checking->map, checking->db, checking->keys, from_year, to_year));
	if (checking->map.count == 0)
		return OK;
	TRY(named_payments_walk(checking->db, keep_owner, checking));
	if (checking->owner_count > 0)
		qsort(checking->owners, checking->owner_count, sizeof(*checking->owners), by_time);
	return OK;
}

static void
add_against(struct checking *checking, struct market_cells *cells,
	const struct adoption_payment *payment)
{
	struct owner_pair pair = owners_against(payment);
	size_t from = 0, to = checking->owner_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (checking->owners[middle].at_ms < pair.from_ms)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < checking->owner_count && checking->owners[from].at_ms <= pair.to_ms; from++) {
		const struct owner_payment *owner = &checking->owners[from];

		if (owner->merchant_id == pair.merchant_id &&
			owner->payer_merchant_id == pair.payer_merchant_id)
			market_cells_add_owner(cells, owner);
	}
}

/* ---- market days
 * ---------------------------------------------------------------------------------- */

/* What another day that is due may hold, no row here knows yet. */
static struct err
find_against(struct checking *checking, struct market_cells *cells, bool *due)
{
	for (size_t i = 0; i < cells->count && !*due; i++) {
		const struct adoption_payment *payment = &cells->payments[i];
		int32_t from_day, to_day;

		if (!is_among_owners(payment))
			continue;
		days_around(payment->at_ms, &from_day, &to_day);
		TRY(due_of_owner(checking->db, payment->payer_merchant_id, from_day, to_day, due));
		add_against(checking, cells, payment);
	}
	return OK;
}

static struct err
check_market_day(struct checking *checking, const struct market_day *market_day)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct market_cells cells CLEANUP(market_cells_fini) = {.arena = arena, .of = *market_day};
	const struct cell_sink sink = {name_day, name_tally, name_flag, name_month, checking};
	size_t count;
	int32_t due;
	bool waits = false;

	TRY(due_days(checking->db, market_day->market_id, market_day->day, market_day->day, 1, &due,
		&count));
	if (count > 0) {
		checking->due++;
		return OK;
	}
	TRY(market_cells_read(&cells, checking->db));
	TRY(market_cells_own(&cells, checking->db, checking->keys, &checking->map));
	TRY(find_against(checking, &cells, &waits));
	checking->due += waits;
	return waits ? OK : market_cells_compare(&cells, checking->db, &sink);
}

static struct err
check_days(struct checking *checking, int32_t from_day, int32_t to_day)
{
	for (int32_t day = from_day; day <= to_day; day++) {
		struct market_day *days CLEANUP(mem_free) = mem_alloc(MARKETS_MAX * sizeof(*days));
		size_t count;

		TRY(adoption_markets(checking->db, day, MARKETS_MAX, days, &count));
		for (size_t i = 0; i < count; i++)
			TRY(check_market_day(checking, &days[i]));
	}
	return OK;
}

/* ---- months
 * ---------------------------------------------------------------------------------------- */

struct stall_list {
	int64_t *items;
	size_t count, capacity;
};

static void
free_stalls(struct stall_list *list)
{
	free(list->items);
}

static struct err
keep_stall(void *arg, int64_t stall_id)
{
	struct stall_list *list = arg;

	list->items = mem_room(list->items, sizeof(*list->items), list->count, &list->capacity);
	list->items[list->count++] = stall_id;
	return OK;
}

/* The 1st and the 15th stand for each pair of months that overlap. */
static struct err
check_months(struct checking *checking, int32_t from_day, int32_t to_day)
{
	const struct cell_sink sink = {name_day, name_tally, name_flag, name_month, checking};

	for (int32_t first = day_month_start(from_day); first <= to_day;
		first = day_next_month_start(first)) {
		for (int32_t day = first; day <= first + 14; day += 14) {
			struct stall_list stalls CLEANUP(free_stalls) = {0};

			TRY(adoption_month_stalls(checking->db, day, keep_stall, &stalls));
			for (size_t i = 0; i < stalls.count; i++)
				TRY(stall_months_compare(
					checking->db, stalls.items[i], day, &sink));
		}
	}
	return OK;
}

/* ---- rows of nothing
 * ------------------------------------------------------------------------------- */

static struct err
name_stray(void *arg, const char *table, int64_t key, int32_t day)
{
	struct buf text CLEANUP(buf_fini) = {0};

	day_format(&text, day);
	name(arg, table, "no payment stands behind it", "%lld %s", (long long)key, text.ptr);
	return OK;
}

struct err
adoption_verify(
	struct db *db, const struct adoption_check *check, found_fn found, void *arg, int64_t *due)
{
	struct checking checking CLEANUP(free_checking) = {
		.db = db,
		.check = check,
		.keys = payer_keys_new(check->crypt, check->sealing_key),
		.found = found,
		.arg = arg,
	};
	int32_t from_day, to_day;
	struct err err = store_begin(db); /* one state of the books */

	TRY(err);
	err = adoption_span(db, &from_day, &to_day);
	if (err.code == ERR_OK && from_day <= to_day) {
		err = find_owners(&checking, from_day, to_day);
		if (err.code == ERR_OK)
			err = check_days(&checking, from_day, to_day);
		if (err.code == ERR_OK)
			err = check_months(&checking, from_day, to_day);
	}
	if (err.code == ERR_OK)
		err = adoption_strays(db, name_stray, &checking);
	store_rollback(db);
	*due = checking.due;
	return err;
}
