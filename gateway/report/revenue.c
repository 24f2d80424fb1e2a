/* The stall's own book from the ledger: days, accounts, the year beside its threshold. */
#include "chopay/revenue.h"
#include "chopay/asset.h"
#include "chopay/csv.h"
#include "chopay/period.h"
#include "chopay/revenue_rows.h"
#include "revenue_form.h"

#define THRESHOLDS "merchants/data/revenue-thresholds.csv"
#define DAYS_MAX 366
#define KINDS (REVENUE_REVERSALS + 1)
#define ACCOUNTS_MAX 1000 /* of one household, ever */

/* ---- days --------------------------------------------------------------------------------------
 * Money given back stands on the day it went back, in a line of its own: a sale is what it was on
 * its day, the book of a month that was handed in does not change by what happens afterwards, and
 * each line is found on the bank's statement.  (The index reduces the payment's own day instead.)
 * A credit that came late stands on the day of the bank. */

struct filling {
	struct arena *arena;
	struct revenue_book *book;
	size_t max;
};

static struct err
add_day(void *arg, const struct revenue_day *day)
{
	struct filling *filling = arg;
	struct revenue_book *book = filling->book;
	struct vnd amount = day->amount;

	if (book->line_count == filling->max || day->kind < 0 || day->kind >= KINDS)
		return FAIL(ERR_BROKEN, "a book has more lines than its days can have");
	if (day->kind != REVENUE_SALES)
		amount.dong = -amount.dong;
	TRY(vnd_add(book->total, amount, &book->total));
	book->lines[book->line_count++] = (struct revenue_line){
		day->day, book_line_text(filling->arena, day), amount};
	return OK;
}

static struct err
add_account(void *arg, const struct revenue_account_row *row)
{
	struct filling *filling = arg;
	struct revenue_book *book = filling->book;

	if (book->account_count == ACCOUNTS_MAX)
		return FAIL(ERR_BROKEN, "a household has more accounts than a book can list");
	book->accounts[book->account_count++] = (struct revenue_account){
		.bank_bin = arena_copy(filling->arena, row->bank_bin),
		.bank_name = arena_copy(filling->arena, row->bank_name),
		.account_no = arena_copy(filling->arena, row->account_no),
		.holder = arena_copy(filling->arena, row->holder),
		.from_day = row->from_ms <= 0 ? DAY_FIRST : day_of(row->from_ms, 0),
		.to_day = row->to_ms >= MS_LAST ? DAY_LAST : day_of(row->to_ms, 0),
	};
	return OK;
}

/* ---- the threshold -----------------------------------------------------------------------------
 */

/* Of the rows that have begun by `day` the last holds: the table is in the order of dates, and a
 * law that replaced another from the same date on stands below it. */
static struct err
find_threshold(struct arena *arena, int32_t day, struct revenue_book *book)
{
	struct str fields[CSV_FIELDS_MAX];
	struct csv csv;
	size_t count;

	csv_init(&csv, asset_find(THRESHOLDS));
	TRY(csv_next(&csv, arena, fields, &count)); /* the header */
	for (;;) {
		struct err err = csv_next(&csv, arena, fields, &count);
		struct vnd threshold;
		int32_t from_day;

		if (err.code == ERR_NOT_FOUND)
			return OK;
		TRY(err);
		if (count != 4 || day_parse(fields[0], &from_day).code != ERR_OK ||
			vnd_parse(fields[1], &threshold).code != ERR_OK)
			return FAIL(
				ERR_BROKEN, THRESHOLDS ": a row is not date,amount,basis,notes");
		if (from_day > day)
			return OK;
		book->threshold = threshold;
		book->threshold_basis = fields[2];
	}
}

/* ---- the book ----------------------------------------------------------------------------------
 */

static struct err
describe(struct db *db, struct arena *arena, const struct stall *stall, struct revenue_book *book)
{
	struct unit unit = {0};
	struct str code;
	struct err err;

	TRY(markets_unit(db, arena, stall->market_id, book->to_day, &code));
	err = units_find(db, arena, code, book->to_day, &unit);
	if (err.code != ERR_OK && err.code != ERR_NOT_FOUND)
		return err;
	book->merchant_name = stall->merchant_name;
	book->phone = stall->phone;
	book->market_name = stall->market_name;
	book->unit_name = err.code == ERR_OK ? unit.name : STR("");
	book->stall_code = stall->code;
	book->stall_name = stall->name;
	book->goods = stall->goods;
	return OK;
}

struct err
revenue_build(struct db *db, struct arena *arena, int64_t stall_id, int32_t from_day,
	int32_t to_day, struct revenue_book **book)
{
	struct revenue_book *made = arena_alloc(arena, sizeof(*made));
	struct filling filling = {arena, made, 0};
	struct stall stall;
	int month, mday;

	if (to_day < from_day)
		return FAIL(ERR_INVALID, "the book ends before it begins");
	if (to_day - from_day >= DAYS_MAX)
		return FAIL(ERR_INVALID, "a book is of a year at most");
	TRY(stalls_get(db, arena, stall_id, &stall));
	if (str_eq(stall.kind, STR("fee_desk")))
		return FAIL(ERR_INVALID, "a fee desk sells nothing: it has no revenue book");
	made->from_day = from_day;
	made->to_day = to_day;
	TRY(describe(db, arena, &stall, made));
	filling.max = (size_t)(to_day - from_day + 1) * KINDS;
	made->lines = arena_alloc(arena, filling.max * sizeof(*made->lines));
	TRY(revenue_days_walk(db, stall_id, from_day, to_day, add_day, &filling));
	made->accounts = arena_alloc(arena, ACCOUNTS_MAX * sizeof(*made->accounts));
	TRY(revenue_accounts_walk(db, stall.merchant_id, add_account, &filling));
	day_civil(to_day, &made->year, &month, &mday);
	TRY(revenue_total(db, stall.merchant_id, day_from_civil(made->year, 1, 1), to_day,
		&made->year_total));
	TRY(find_threshold(arena, to_day, made));
	*book = made;
	return OK;
}
