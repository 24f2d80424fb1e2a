/* The register as CSV: import all rows or none, export the same columns, seed a new store. */
#include <stdlib.h>
#include <string.h>

#include "chopay/crypt.h"
#include "chopay/csv.h"
#include "chopay/reference.h"
#include "entry.h"
#include "life.h"
#include "problems.h"
#include "registers.h"
#include "row.h"

#define NUMBER_TRIES_MAX 1000

const char REGISTRY_HEADER[] =
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,"
	"bank_bin,account_no,account_holder,open_date,close_date";

static void
refuse(struct registry_import *import, size_t line, const struct row *row, int column,
	const char *reason)
{
	problem_in(import, line, column_names[column], row->fields[column], reason);
}

/* ---- what changes ---------------------------------------------------------------------------
 */

static void
tell(struct registry_import *import, struct registry_change change, const struct row *row)
{
	change.market = row->fields[MARKET_CODE];
	if (change.stall_id != 0)
		change.stall = row->fields[STALL_CODE];
	if (import->changed != NULL)
		import->changed(import->changed_arg, &change);
}

static struct str
day_text(struct arena *arena, int32_t day, int32_t absent)
{
	struct buf text CLEANUP(buf_fini) = {0};

	if (day != absent)
		day_format(&text, day);
	return arena_copy(arena, buf_str(&text));
}

static void
tell_fields(struct registry_import *import, const struct row *row, size_t line,
	const struct stall *known)
{
	struct arena *arena = import->arena;
	const struct {
		enum column column;
		struct str before;
	} fields[] = {
		{STALL_NAME, known->name},
		{KIND, known->kind},
		{GOODS, known->goods},
		{MERCHANT_NAME, known->merchant_name},
		{PHONE, known->phone},
		{OPEN_DATE, day_text(arena, known->open_day, DAY_FIRST)},
		{CLOSE_DATE, day_text(arena, known->close_day, DAY_LAST)},
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!str_eq(fields[i].before, row->fields[fields[i].column]))
			tell(import,
				(struct registry_change){.kind = CHANGE_FIELD,
					.line = line,
					.stall_id = known->id,
					.column = column_names[fields[i].column],
					.before = fields[i].before,
					.after = row->fields[fields[i].column]},
				row);
	}
}

/* Nobody's account before: it is given by the file.  Otherwise two persons change it. */
static void
tell_account(struct registry_import *import, const struct row *row, size_t line,
	const struct stall *known)
{
	struct arena *arena = import->arena;
	bool first = known->account_id == 0;

	tell(import,
		(struct registry_change){.kind = CHANGE_ACCOUNT,
			.line = line,
			.stall_id = known->id,
			.before = first ? STR("")
					: arena_printf(arena, "%.*s %.*s", STR_FMT(known->bank_bin),
						  STR_FMT(known->account_no)),
			.after = arena_printf(arena, "%.*s %.*s %.*s",
				STR_FMT(row->fields[BANK_BIN]), STR_FMT(row->fields[ACCOUNT_NO]),
				STR_FMT(row->fields[ACCOUNT_HOLDER]))},
		row);
}

/* ---- one row into the register -------------------------------------------------------------- */

static struct err
ensure_market(struct db *db, struct registry_import *import, const struct row *row, size_t line,
	struct market *market)
{
	int32_t today = day_of(import->now_ms, 0);
	struct arena *arena = import->arena;
	struct str unit_code;
	struct unit unit;
	struct err err = markets_find(db, arena, row->fields[MARKET_CODE], market);

	if (err.code == ERR_OK) {
		TRY(markets_unit(db, arena, market->id, today, &unit_code));
		if (!str_eq(market->name, row->fields[MARKET_NAME]))
			refuse(import, line, row, MARKET_NAME,
				"differs from the name this market has in the register or above");
		if (!str_eq(unit_code, row->fields[UNIT_CODE]))
			refuse(import, line, row, UNIT_CODE,
				"differs from the unit this market is attached to today");
		return OK;
	}
	if (err.code != ERR_NOT_FOUND)
		return err;
	err = units_find(db, arena, row->fields[UNIT_CODE], today, &unit);
	if (err.code == ERR_NOT_FOUND) {
		refuse(import, line, row, UNIT_CODE,
			"is no administrative unit in force today (`chopay registry units` lists them)");
		return err;
	}
	TRY(err);
	*market = (struct market){
		.id = import->next_id(import->arg),
		.code = row->fields[MARKET_CODE],
		.name = row->fields[MARKET_NAME],
	};
	import->markets_new++;
	tell(import, (struct registry_change){.kind = CHANGE_MARKET, .line = line}, row);
	TRY(markets_put(db, market));
	return markets_attach(db, market->id, row->fields[UNIT_CODE], DAY_FIRST, DAY_LAST);
}

/* A number nobody has, whose reference holds no look-alike. */
static struct err
mint_stall(struct db *db, struct registry_import *import, struct stall *stall)
{
	struct reference reference;
	uint32_t number;
	bool taken;

	for (int tried = 0; tried < NUMBER_TRIES_MAX; tried++) {
		crypt_random(&number, sizeof(number));
		number %= REFERENCE_STALL_NUMBERS;
		if (reference_stall(import->prefix, number, &reference).code != ERR_OK)
			continue;
		TRY(stalls_number_taken(db, number, &taken));
		if (taken)
			continue;
		stall->number = number;
		stall->reference = arena_copy(import->arena, str_from(reference.text));
		return OK;
	}
	return FAIL(ERR_BROKEN, "no stall number is left");
}

/* Its code lives from now on. */
static struct err
give_account(struct db *db, struct registry_import *import, const struct row *row, int64_t stall_id)
{
	int64_t account_id;

	TRY(accounts_ensure(db, import->next_id(import->arg), row->fields[BANK_BIN],
		row->fields[ACCOUNT_NO], row->fields[ACCOUNT_HOLDER], &account_id));
	return accounts_attach(db, stall_id, account_id, import->now_ms);
}

/* With where its money will go: a digit that a spreadsheet dropped is seen before it is entered. */
static struct str
new_stall_text(struct arena *arena, const struct row *row)
{
	if (!row_has_account(row))
		return row->fields[STALL_NAME];
	return arena_printf(arena, "%.*s · %.*s %.*s %.*s", STR_FMT(row->fields[STALL_NAME]),
		STR_FMT(row->fields[BANK_BIN]), STR_FMT(row->fields[ACCOUNT_NO]),
		STR_FMT(row->fields[ACCOUNT_HOLDER]));
}

static struct err
new_stall(struct db *db, struct registry_import *import, const struct row *row, size_t line,
	struct stall *stall)
{
	stall->id = import->next_id(import->arg);
	TRY(mint_stall(db, import, stall));
	TRY(stalls_put(db, stall));
	TRY(life_put(db, import, stall, entry_of(import, day_of(import->now_ms, 0))));
	import->stalls_new++;
	tell(import,
		(struct registry_change){.kind = CHANGE_STALL,
			.line = line,
			.stall_id = stall->id,
			.after = new_stall_text(import->arena, row)},
		row);
	return row_has_account(row) ? give_account(db, import, row, stall->id) : OK;
}

static bool
same_account(const struct stall *stall, const struct row *row)
{
	return str_eq(stall->account_no, row->fields[ACCOUNT_NO]) &&
	       str_eq(stall->bank_bin, row->fields[BANK_BIN]);
}

/* Where the money goes is not changed by a file: that takes two persons and a delay (SAFETY 5).
 * A stall without an account may be given its first. */
static struct err
known_stall(struct db *db, struct registry_import *import, const struct row *row, size_t line,
	const struct stall *known, struct stall *stall)
{
	bool first_account = known->account_id == 0 && row_has_account(row);

	bool other_account = !first_account && !same_account(known, row);

	if (other_account && import->leave_accounts && row_has_account(row)) {
		tell_account(import, row, line, known);
	} else if (other_account) {
		refuse(import, line, row, ACCOUNT_NO,
			"is not the account this stall has; an import cannot change where money goes:"
			" that takes two persons and a day, `chopay account propose`");
		return OK;
	}
	stall->id = known->id;
	if (!first_account && str_eq(known->name, stall->name) &&
		str_eq(known->kind, stall->kind) && str_eq(known->goods, stall->goods) &&
		known->merchant_id == stall->merchant_id && known->open_day == stall->open_day &&
		known->close_day == stall->close_day)
		return OK;
	import->stalls_changed++;
	tell_fields(import, row, line, known);
	if (first_account)
		tell_account(import, row, line, known);
	TRY(life_change(db, import, row, line, known, stall));
	TRY(stalls_update(db, stall));
	return first_account ? give_account(db, import, row, stall->id) : OK;
}

/* Another account is somebody else's; where one of them has none, the merchant tells. */
static bool
same_holder(const struct stall *moved, const struct row *row, int64_t merchant_id)
{
	return moved->account_id != 0 && row_has_account(row) ? same_account(moved, row)
							      : moved->merchant_id == merchant_id;
}

/* A file of before a move must not make the stall a second time; somebody else may be where it
 * stood. */
static struct err
find_moved(struct db *db, struct registry_import *import, const struct row *row, size_t line,
	const struct stall *new, bool *moved)
{
	struct stall stall;
	struct err err = stalls_moved_from(
		db, import->arena, new->market_id, row->fields[STALL_CODE], &stall);

	*moved = err.code == ERR_OK && same_holder(&stall, row, new->merchant_id);
	if (*moved)
		problem_add(import, line, column_names[STALL_CODE],
			arena_printf(import->arena,
				"\"%.*s\" was moved to the market %.*s, where its code is %.*s: write"
				" these",
				STR_FMT(row->fields[STALL_CODE]), STR_FMT(stall.market_code),
				STR_FMT(stall.code)));
	return err.code == ERR_NOT_FOUND ? OK : err;
}

static struct err
import_row(struct db *db, struct registry_import *import, const struct row *row, size_t line)
{
	struct arena *arena = import->arena;
	struct market market;
	struct stall stall = {
		.code = row->fields[STALL_CODE],
		.name = row->fields[STALL_NAME],
		.kind = row->fields[KIND],
		.goods = row->fields[GOODS],
		.open_day = row->open_day,
		.close_day = row->close_day,
	};
	struct stall known;
	bool moved;
	struct err err = ensure_market(db, import, row, line, &market);

	if (err.code == ERR_NOT_FOUND)
		return OK; /* reported */
	TRY(err);
	stall.market_id = market.id;
	TRY(merchants_ensure(db, import->next_id(import->arg), row->fields[MERCHANT_NAME],
		row->fields[PHONE], &stall.merchant_id));
	err = stalls_find_in_market(db, arena, market.id, stall.code, &known);
	if (err.code == ERR_OK)
		return known_stall(db, import, row, line, &known, &stall);
	if (err.code != ERR_NOT_FOUND)
		return err;
	TRY(find_moved(db, import, row, line, &stall, &moved));
	return moved ? OK : new_stall(db, import, row, line, &stall);
}

/* ---- the file ---------------------------------------------------------------------------------
 */

/* Where a stall stands in the file, to name the first of two rows that mean the same one. */
struct seen {
	struct str market, stall;
	size_t line;
};

static int
seen_compare(const void *left, const void *right)
{
	const struct seen *a = left, *b = right;
	int order = (int)a->market.len - (int)b->market.len;

	if (order == 0)
		order = memcmp(a->market.ptr, b->market.ptr, a->market.len);
	if (order == 0)
		order = (int)a->stall.len - (int)b->stall.len;
	if (order == 0)
		order = memcmp(a->stall.ptr, b->stall.ptr, a->stall.len);
	return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static void
report_twins(struct registry_import *import, struct seen *seen, size_t count)
{
	qsort(seen, count, sizeof(*seen), seen_compare);
	for (size_t i = 1; i < count; i++) {
		if (seen[i].stall.len > 0 && str_eq(seen[i].market, seen[i - 1].market) &&
			str_eq(seen[i].stall, seen[i - 1].stall))
			problem_add(import, seen[i].line, column_names[STALL_CODE],
				arena_printf(import->arena, "\"%.*s\" stands on line %zu already",
					STR_FMT(seen[i].stall), seen[i - 1].line));
	}
}

/* What people bring when they save as their spreadsheet program proposes; NULL: it may be CSV. */
static const char *
other_format(struct str text)
{
	if (str_starts(text, STR("PK\x03\x04")) || str_starts(text, STR("\xd0\xcf\x11\xe0")))
		return "the file is an Excel workbook: save it as \"CSV UTF-8\" and import that";
	if (str_starts(text, STR("\xff\xfe")) || str_starts(text, STR("\xfe\xff")))
		return "the file is \"Unicode text\": save it as \"CSV UTF-8\" and import that";
	return NULL;
}

static bool
first_line(struct registry_import *import, struct csv *csv, struct str fields[CSV_FIELDS_MAX],
	size_t *count)
{
	const char *other = other_format(import->csv);

	if (other == NULL && csv_next(csv, import->arena, fields, count).code == ERR_OK)
		return true;
	problem_add(import, 1, "",
		str_from(other != NULL ? other : "the file is empty or its first line is not CSV"));
	return false;
}

static bool
header_ok(struct registry_import *import, const struct str *fields, size_t count, size_t line,
	bool *with_reference)
{
	/* An export may come back: its last column, the reference, is ours to give and is skipped.
	 */
	*with_reference = count == COLUMNS + 1 && str_eq(fields[COLUMNS], STR("reference"));
	for (int i = 0; i < COLUMNS; i++) {
		if ((count == COLUMNS || *with_reference) &&
			str_eq(fields[i], str_from(column_names[i])))
			continue;
		if (!register_near_header(import, fields, count, line))
			problem_add(import, line, column_names[i],
				arena_printf(import->arena,
					"the header must be %s (or that of another register: see"
					" `chopay registry registers`)",
					REGISTRY_HEADER));
		return false;
	}
	return true;
}

/* Every fault of a row is reported, not only its first. */
static bool
read_row(struct registry_import *import, struct row *row, size_t line)
{
	size_t before = import->problem_count;
	const char *reason;
	int column = -1;

	do {
		reason = row_read(row, import->banks, column + 1, &column);
		if (reason != NULL)
			refuse(import, line, row, column, reason);
	} while (reason != NULL);
	return import->problem_count == before;
}

static struct err
import_stalls(struct db *db, struct registry_import *import, struct csv *csv, bool with_reference)
{
	struct seen *seen CLEANUP(mem_free) = NULL;
	struct str fields[CSV_FIELDS_MAX];
	size_t count, capacity = 0;
	struct err err;

	while ((err = csv_next(csv, import->arena, fields, &count)).code == ERR_OK) {
		struct row row = {0};

		if (import->rows == capacity) {
			capacity = capacity == 0 ? 512 : capacity * 2;
			seen = mem_resize(seen, capacity * sizeof(*seen));
		}
		if (count != COLUMNS + (with_reference ? 1u : 0u)) {
			problem_add(import, csv->line, "",
				arena_printf(import->arena,
					"the row has %zu fields, the header has %d", count,
					COLUMNS + with_reference));
			seen[import->rows++] = (struct seen){STR(""), STR(""), 0};
			continue;
		}
		for (int i = 0; i < COLUMNS; i++)
			row.fields[i] = str_trim(csv_text(fields[i]));
		seen[import->rows++] = (struct seen){
			row.fields[MARKET_CODE], row.fields[STALL_CODE], csv->line};
		if (read_row(import, &row, csv->line))
			TRY(import_row(db, import, &row, csv->line));
	}
	if (err.code == ERR_INVALID)
		problem_add(import, csv->line,
			csv->fault_column >= 1 && csv->fault_column <= COLUMNS
				? column_names[csv->fault_column - 1]
				: "",
			str_from(csv->fault));
	if (import->rows > 0)
		report_twins(import, seen, import->rows);
	if (import->rows == 0 && import->problem_count == 0)
		problem_add(import, csv->line, "", STR("the file has a header and no rows"));
	problems_sort(import);
	if (import->problem_count > 0)
		return FAIL(ERR_INVALID, "rows are refused; nothing was imported");
	return entry_audit(db, import, "stalls");
}

/* Is it the register that was asked for? */
static bool
right_register(struct registry_import *import, size_t line)
{
	if (import->only.len == 0 || str_eq(import->only, str_from(import->name)))
		return true;
	problem_add(import, line, "",
		arena_printf(import->arena,
			"the header is that of the register \"%s\", not of \"%.*s\"", import->name,
			STR_FMT(import->only)));
	return false;
}

struct err
registry_import(struct db *db, struct registry_import *import)
{
	const struct csv_register *which;
	struct str fields[CSV_FIELDS_MAX];
	bool with_reference;
	struct csv csv;
	size_t count;

	import->problem_count = import->rows = import->added = 0;
	import->name = "stalls";
	import->problems = arena_alloc(
		import->arena, REGISTRY_PROBLEMS_MAX * sizeof(struct registry_problem));
	csv_init_sheet(&csv, import->csv);
	if (!first_line(import, &csv, fields, &count))
		return FAIL(ERR_INVALID, "the file's header is not the register's");
	which = register_of_header(fields, count);
	if (which != NULL)
		import->name = register_name(which);
	else if (!header_ok(import, fields, count, csv.line, &with_reference))
		return FAIL(ERR_INVALID, "the file's header is not the register's");
	if (!right_register(import, csv.line))
		return FAIL(ERR_INVALID, "the file is for another register");
	if (which != NULL)
		return register_import(db, import, which, fields, count, &csv);
	if (!entry_check(import, false))
		return FAIL(ERR_INVALID, "who enters the stalls is not said rightly");
	return import_stalls(db, import, &csv, with_reference);
}

/* ---- export ------------------------------------------------------------------------------------
 */

#define EXPORT_AT_ONCE 500

static void
put_day(struct buf *csv, int32_t day, int32_t absent)
{
	struct buf text CLEANUP(buf_fini) = {0};

	if (day != absent)
		day_format(&text, day);
	csv_put(csv, buf_str(&text), false);
}

static void
export_stall(struct buf *csv, const struct stall *stall, struct str unit_code)
{
	const struct str before[] = {stall->market_code, stall->market_name, unit_code, stall->code,
		stall->name, stall->kind, stall->goods, stall->merchant_name, stall->phone,
		stall->bank_bin, stall->account_no, stall->account_holder};

	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		csv_put_text(csv, before[i], false);
	put_day(csv, stall->open_day, DAY_FIRST);
	put_day(csv, stall->close_day, DAY_LAST);
	csv_put(csv, stall->reference, true);
}

struct err
registry_export(struct db *db, int32_t today, struct buf *csv)
{
	int64_t after = 0, market_id = 0;
	struct str unit_code = STR("");
	size_t count;

	buf_addf(csv, "%s,reference\n", REGISTRY_HEADER);
	do {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct stall *stalls = arena_alloc(arena, EXPORT_AT_ONCE * sizeof(*stalls));

		TRY(stalls_list(db, arena, after, EXPORT_AT_ONCE, stalls, &count));
		for (size_t i = 0; i < count; i++) {
			/* Most stalls stand in the market of the one before. */
			if (i == 0 || stalls[i].market_id != market_id)
				TRY(markets_unit(
					db, arena, stalls[i].market_id, today, &unit_code));
			market_id = stalls[i].market_id;
			export_stall(csv, &stalls[i], unit_code);
			after = stalls[i].id;
		}
	} while (count > 0);
	return OK;
}
