/* Ranks, statuses, money withheld; and what holds for any town: parts add up, days counted one by
 * one give the same, rows may be put in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/market_days.h"

#include "../support/town.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define UNIT "20467" /* Xã Đông Giang, of 48 */

static uint64_t
days(int from, int to)
{
	return ((UINT64_C(1) << to) - 1) & ~((UINT64_C(1) << (from - 1)) - 1);
}

/* ---- ranks ------------------------------------------------------------------------------------
 */

/* A market of `stalls` stalls, all with a code, that are paid on the days 1..may and 1..june. */
static int64_t
put_market(struct town *town, const char *code, int stalls, int may, int june)
{
	int64_t market = town_market(town, code, 0);

	town_attach(town, market, UNIT, "", "");
	for (int i = 0; i < stalls; i++) {
		char name[16];
		int64_t stall;

		snprintf(name, sizeof(name), "%02d", i);
		stall = town_stall(
			town, market, arena_cstr(town->arena, str_from(name)), "2020-01-01", "");
		town_dated(town, DATED_CODE, stall, "2020-01-01", "", 1, "", "2020-01-01");
		town_month(town, stall, CALENDAR_SOLAR, "2026-04", days(1, 20), 20, 200000, 10);
		town_month(town, stall, CALENDAR_SOLAR, "2026-05", days(1, may), 20, 200000, 10);
		town_month(town, stall, CALENDAR_SOLAR, "2026-06", days(1, june), 20, 200000, 10);
	}
	return market;
}

static void
ranks_share_and_skip(void **state)
{
	static const struct {
		const char *code;
		size_t rank, previous;
		const char *unranked;
	} want[] = {
		{"RB", 1, 2, ""},
		{"RA", 2, 3, ""},
		{"RC", 2, 1, ""},
		{"RD", 4, 4, ""},
		{"RE", 0, 0, "dưới 20 lượt điểm kinh doanh đủ điều kiện"},
	};
	struct town *town = *state;
	struct report *report;

	put_market(town, "RA", 20, 10, 12);
	put_market(town, "RB", 20, 14, 20);
	put_market(town, "RC", 20, 20, 12);
	put_market(town, "RD", 20, 8, 5);
	put_market(town, "RE", 19, 20, 20);
	report = town_report(town, SCOPE_UNIT, UNIT, "2026-06", CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_int_equal(report->row_count, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		const struct report_row *row = &report->rows[i];

		if (!str_eq(row->code, str_from(want[i].code)) || row->rank != want[i].rank ||
			row->previous_rank != want[i].previous ||
			!str_eq(row->unranked, str_from(want[i].unranked)))
			fail_msg("%zu: %.*s %zu %zu", i, STR_FMT(row->code), row->rank,
				row->previous_rank);
	}
	/* A market among those of its commune; a commune among those of its province. */
	report = town_report(town, SCOPE_MARKET, "RC", "2026-06", CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_int_equal(report->rank, 2);
	assert_int_equal(report->of, 4);
	assert_int_equal(report->before.rank, 1);
	report = town_report(town, SCOPE_UNIT, UNIT, "2026-06", CALENDAR_SOLAR, BOUNDARY_THEN);
	assert_int_equal(report->rank, 1);
	assert_int_equal(report->of, 1);
	assert_true(str_eq(report->parent_code, STR("48")));
}

static void
a_ranking_alone_is_the_same(void **state)
{
	struct town *town = *state;
	struct report_request request = town_request(
		SCOPE_UNIT, UNIT, "2026-06", CALENDAR_SOLAR, BOUNDARY_TODAY);
	struct buf why CLEANUP(buf_fini) = {0};
	struct report_row *rows;
	size_t count;

	put_market(town, "RA", 20, 10, 12);
	put_market(town, "RB", 20, 14, 20);
	assert_int_equal(
		report_ranking(town->db, town->arena, &request, "market", &rows, &count, &why).code,
		ERR_OK);
	assert_int_equal(count, 2);
	assert_true(str_eq(rows[0].code, STR("RB")));
	assert_int_equal(rows[1].rank, 2);
	request.code = STR("");
	assert_int_equal(
		report_ranking(town->db, town->arena, &request, "province", &rows, &count, &why)
			.code,
		ERR_OK);
	assert_int_equal(rows[0].rank, 1);
	assert_true(str_eq(rows[0].code, STR("48")));
	assert_int_equal(rows[0].figures.payments, 800);
}

static void
a_ranking_is_of_units_below(void **state)
{
	static const struct {
		enum report_scope scope;
		const char *code, *level, *why;
	} rows[] = {
		{SCOPE_UNIT, UNIT, "province", "below"},
		{SCOPE_UNIT, UNIT, "commune", "below"},
		{SCOPE_UNIT, "48", "province", "below"},
		{SCOPE_MARKET, "RA", "market", "below"},
		{SCOPE_UNIT, "48", "district", "no districts"},
		{SCOPE_UNIT, "", "district", "no districts"},
	};
	struct town *town = *state;

	put_market(town, "RA", 20, 10, 12);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct report_request request = town_request(
			rows[i].scope, rows[i].code, "2026-06", CALENDAR_SOLAR, BOUNDARY_TODAY);
		struct buf why CLEANUP(buf_fini) = {0};
		struct report_row *made;
		size_t count;

		assert_int_equal(report_ranking(town->db, town->arena, &request, rows[i].level,
					 &made, &count, &why)
					 .code,
			ERR_INVALID);
		assert_true(str_find(buf_str(&why), str_from(rows[i].why)) > 0);
	}
}

/* ---- statuses ---------------------------------------------------------------------------------
 */

static void
reconcile_of(struct town *town, const char *account, const char *day, int64_t bank, int64_t ours)
{
	const struct reconciliation reconciliation = {.id = ++town->last_id,
		.account_no = str_from(account),
		.source = STR("casso"),
		.day = town_date(day),
		.state = bank == ours ? STR("equal") : STR("gap"),
		.bank = {1, 0, {bank}, {0}},
		.ours = {1, 0, {ours}, {0}},
		.proof = STR("{}"),
		.signature = STR("x"),
		.created_at_ms = ++town->last_id};

	assert_int_equal(reconciliations_put(town->db, &reconciliation).code, ERR_OK);
}

static void
reconcile(struct town *town, const char *day, int64_t bank, int64_t ours)
{
	reconcile_of(town, "0071555", day, bank, ours);
}

static void
receive_on(struct town *town, int64_t stall, const char *account_no, int64_t from_ms)
{
	int64_t account;

	assert_int_equal(accounts_ensure(town->db, ++town->last_id, STR("970436"),
				 str_from(account_no), STR("A"), &account)
				 .code,
		ERR_OK);
	assert_int_equal(accounts_attach(town->db, stall, account, from_ms).code, ERR_OK);
}

static enum report_status
status_of_may(struct town *town)
{
	return town_report(town, SCOPE_MARKET, "BANK", "2026-05", CALENDAR_SOLAR, BOUNDARY_TODAY)
		->figures.status;
}

static void
official_once_the_bank_agrees(void **state)
{
	struct town *town = *state;
	int64_t market = town_market(town, "BANK", 0), stall;
	struct report *report;

	town_attach(town, market, UNIT, "", "");
	stall = town_stall(town, market, "B1", "2020-01-01", "");
	town_month(town, stall, CALENDAR_SOLAR, "2026-05", days(3, 4), 2, 200000, 2);
	receive_on(town, stall, "0071555", 0);
	assert_int_equal(status_of_may(town), STATUS_PROVISIONAL);
	reconcile(town, "2026-05-03", 100000, 100000);
	assert_int_equal(status_of_may(town), STATUS_PROVISIONAL); /* a day is left */
	reconcile(town, "2026-05-04", 100000, 90000);
	assert_int_equal(status_of_may(town), STATUS_UNMATCHED);
	report = town_report(town, SCOPE_MARKET, "BANK", "2026-05", CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_int_equal(report->figures.service.difference.dong, 10000);
	assert_int_equal(report->figures.service.account_days, 2);
	assert_int_equal(report->figures.service.reconciled_days, 2);
	assert_true(str_find(report->unranked, STR("chưa khớp")) > 0);
	reconcile(town, "2026-05-04", 100000, 100000); /* the newest one holds */
	assert_int_equal(status_of_may(town), STATUS_OFFICIAL);
	report = town_report(town, SCOPE_MARKET, "BANK", "2026-07", CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_int_equal(report->figures.status, STATUS_PROVISIONAL); /* it is not over */
	/* While an account is attached a code is live, where no row says otherwise. */
	assert_int_equal(report->figures.sums.qr_days, report->figures.sums.open_days);
}

/* Each day's money is the account's that received on it, and the market's where the stall stood. */
static void
official_though_accounts_and_places_change(void **state)
{
	struct town *town = *state;
	int64_t market = town_market(town, "BANK", 0), later = town_market(town, "LATER", 0);
	int64_t stall;

	town_attach(town, market, UNIT, "", "");
	town_attach(town, later, UNIT, "", "");
	stall = town_stall(town, later, "B1", "2020-01-01", "");
	town_dated(town, DATED_PLACE, stall, "", "2026-05-31", market, "", "2026-06-01");
	town_month(town, stall, CALENDAR_SOLAR, "2026-05", days(3, 5), 3, 300000, 2);
	receive_on(town, stall, "0071555", 0);
	receive_on(town, stall, "9999999", day_start_ms(town_date("2026-05-04"), 0) + 3600000);
	receive_on(town, stall, "0000001", day_start_ms(town_date("2026-05-04"), 0) + 7200000);
	reconcile(town, "2026-05-03", 100000, 100000);
	reconcile_of(town, "0000001", "2026-05-04", 100000, 100000);
	assert_int_equal(status_of_may(town), STATUS_PROVISIONAL);
	reconcile_of(town, "0000001", "2026-05-05", 100000, 100000);
	assert_int_equal(status_of_may(town), STATUS_OFFICIAL);
}

/* ---- money ------------------------------------------------------------------------------------
 */

static void
money_of_few_is_withheld(void **state)
{
	struct town *town = *state;
	struct report_request request = town_request(
		SCOPE_UNIT, UNIT, "2026-05", CALENDAR_SOLAR, BOUNDARY_TODAY);
	struct buf why CLEANUP(buf_fini) = {0};
	struct report *report;

	put_market(town, "FOUR", 4, 20, 20);
	request.audience = AUDIENCE_OFFICIAL;
	assert_int_equal(town_ask(town, &request, &report, &why).code, ERR_OK);
	assert_true(report->figures.withheld);
	assert_int_equal(report->figures.value.dong, 0);
	assert_int_equal(report->figures.payments, 80);
	assert_true(report->rows[0].figures.withheld);
	request.audience = AUDIENCE_BOARD;
	assert_int_equal(town_ask(town, &request, &report, &why).code, ERR_OK);
	assert_false(report->figures.withheld);
	assert_int_equal(report->figures.value.dong, 800000);
}

/* ---- targets, Tet ------------------------------------------------------------------------------
 */

static void
targets_meet_what_came(void **state)
{
	static const struct {
		const char *unit, *indicator;
		int64_t value;
		bool known, met;
		int64_t actual;
	} rows[] = {
		{UNIT, "H", 9000, true, true, 10000},
		{UNIT, "N", 9000, true, false, 6452},
		{UNIT, "V1", 400, true, true, 400},
		{UNIT, "V2", 4000001, true, false, 4000000},
		{UNIT, "T", 5000, false, false, 0},
	};
	struct town *town = *state;
	struct report *report;

	put_market(town, "PLAN", 20, 20, 12);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct target target = {.unit_code = str_from(rows[i].unit),
			.indicator = str_from(rows[i].indicator),
			.year = 2026,
			.id = ++town->last_id,
			.value = rows[i].value,
			.legal_basis = STR("12/KH-UBND"),
			.owner = STR("UBND xã"),
			.due_day = town_date("2026-12-31"),
			.entry = {0, STR("Lan"), STR(""), STR("")}};

		assert_int_equal(targets_put(town->db, &target).code, ERR_OK);
	}
	report = town_report(town, SCOPE_UNIT, UNIT, "2026-05", CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_int_equal(report->target_count, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct report_target *found = NULL;

		for (size_t j = 0; j < COUNT(rows); j++)
			if (str_eq(report->targets[j].indicator, str_from(rows[i].indicator)))
				found = &report->targets[j];
		assert_non_null(found);
		assert_int_equal(found->known, rows[i].known);
		assert_int_equal(found->met, rows[i].met);
		assert_int_equal(found->actual, rows[i].actual);
	}
}

static void
tet_has_a_window_of_its_own(void **state)
{
	struct town *town = *state;
	int64_t market = town_market(town, "TET", 0), stall;
	struct report *report;

	town_attach(town, market, UNIT, "", "");
	stall = town_stall(town, market, "T1", "2020-01-01", "");
	town_day(town, stall, "2026-01-20", 3, 30000, (payer_id[]){1}, 1); /* D-28 */
	town_day(town, stall, "2026-01-19", 9, 90000, (payer_id[]){1}, 1);
	town_day(town, stall, "2026-02-24", 2, 20000, (payer_id[]){1}, 1); /* D+7 */
	town_day(town, stall, "2026-02-25", 9, 90000, (payer_id[]){1}, 1);
	town_day(town, stall, "2025-01-01", 4, 40000, (payer_id[]){1}, 1); /* D-28 of 2025 */
	town_month(town, stall, CALENDAR_SOLAR, "2026-01", days(19, 20), 12, 120000, 1);
	town_month(town, stall, CALENDAR_SOLAR, "2026-02", days(24, 25), 11, 110000, 1);
	town_month(town, stall, CALENDAR_SOLAR, "2025-01", days(1, 1), 4, 40000, 1);
	report = town_report(town, SCOPE_MARKET, "TET", "2026-02", CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_true(report->tet.known);
	assert_int_equal(report->tet.day, town_date("2026-02-17"));
	assert_int_equal(report->tet.payments, 5);
	assert_int_equal(report->tet.value.dong, 50000);
	assert_int_equal(report->tet.active_days, 2);
	assert_int_equal(report->tet.open_days, 36);
	assert_int_equal(report->tet.prior_payments, 4);
	report = town_report(town, SCOPE_MARKET, "TET", "2026-03", CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_false(report->tet.known);
}

/* ---- any town ----------------------------------------------------------------------------------
 */

#define MARKETS 4
#define STALLS 24
#define FIRST "2026-01-01"
#define DAYS 181 /* January to June */
#define DATED_MAX 6
#define PAYERS 6

static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static int
below(uint64_t *seed, int count)
{
	return (int)(next_random(seed) % (uint64_t)count);
}

/* A dated row as the test knows it; days count from FIRST. */
struct span {
	int from, to, value;
};
struct any_stall {
	int market, open, close; /* close: first closed day */
	struct span leave[DATED_MAX], code[DATED_MAX], place[DATED_MAX];
	uint8_t paid[DAYS]; /* bits of payers 1 to PAYERS */
};
struct any_town {
	struct span closed[MARKETS][DATED_MAX]; /* value 1: shut */
	struct any_stall stalls[STALLS];
};

static void
any_spans(uint64_t *seed, struct span *spans, int values)
{
	for (int i = 0; i < DATED_MAX; i++) {
		spans[i].from = below(seed, DAYS);
		spans[i].to = spans[i].from + below(seed, 25) - 4; /* some say nothing */
		spans[i].value = below(seed, values);
	}
}

static void
make_any(uint64_t seed, struct any_town *any)
{
	seed = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	for (int i = 0; i < MARKETS; i++)
		any_spans(&seed, any->closed[i], 2);
	for (int i = 0; i < STALLS; i++) {
		struct any_stall *stall = &any->stalls[i];
		int busy = below(&seed, 4);

		stall->market = below(&seed, MARKETS);
		stall->open = below(&seed, 2) ? 0 : below(&seed, DAYS);
		stall->close = below(&seed, 2) ? DAYS : stall->open + below(&seed, DAYS);
		any_spans(&seed, stall->leave, 2);
		any_spans(&seed, stall->code, 2);
		any_spans(&seed, stall->place, MARKETS);
		if (below(&seed, 3) != 0)
			memset(stall->place, 0xff, sizeof(stall->place)); /* -1..-1: never moved */
		for (int day = 0; day < DAYS; day++)
			stall->paid[day] = below(&seed, 4) < busy
						   ? (uint8_t)(next_random(&seed) & 0x3f)
						   : 0;
	}
}

static int
holds(const struct span *spans, int day, int otherwise)
{
	for (int i = 0; i < DATED_MAX; i++) {
		if (spans[i].from >= 0 && spans[i].from <= day && day <= spans[i].to)
			otherwise = spans[i].value;
	}
	return otherwise;
}

/* ---- put into a store ---- */

static const char *
date_of(struct town *town, int day)
{
	struct buf text CLEANUP(buf_fini) = {0};

	day_format(&text, town_date(FIRST) + day);
	return arena_cstr(town->arena, buf_str(&text));
}

struct row {
	enum dated_register which;
	int64_t of, id;
	struct span span;
	int64_t value;
};

static void
put_row(struct town *town, const struct row *row)
{
	int64_t last_id = town->last_id;

	if (row->span.from < 0)
		return;
	town->last_id = row->id - 1;
	town_dated(town, row->which, row->of, date_of(town, row->span.from),
		date_of(town, row->span.to), row->value,
		row->which != DATED_CALENDAR ? ""
		: row->value != 0	     ? "none"
					     : "all",
		FIRST);
	town->last_id = last_id;
}

static size_t
rows_of(struct row *rows, enum dated_register which, int64_t of, const struct span *spans,
	const int64_t *markets)
{
	for (int i = 0; i < DATED_MAX; i++)
		rows[i] = (struct row){which, of, 5000000 + i, spans[i],
			which == DATED_PLACE && spans[i].from >= 0 ? markets[spans[i].value]
								   : spans[i].value};
	return DATED_MAX;
}

static void
put_paid(struct town *town, int64_t id, const struct any_stall *stall)
{
	for (int calendar = CALENDAR_SOLAR; calendar <= CALENDAR_ND09; calendar++) {
		for (int day = 0; day < DAYS;) {
			month_key month = month_of(
				town_date(FIRST) + day, (enum period_calendar)calendar);
			int32_t first = month_first_day(month, (enum period_calendar)calendar);
			struct adoption_month_row row = {.stall_id = id,
				.calendar = (enum period_calendar)calendar,
				.month = month};
			int payers = 0;

			for (; day < DAYS && month_of(town_date(FIRST) + day,
						     (enum period_calendar)calendar) == month;
				day++) {
				int paid = __builtin_popcount(stall->paid[day]);

				if (paid > 0)
					row.active_days |= UINT64_C(1)
							   << (town_date(FIRST) + day - first);
				row.payments += paid;
				row.value.dong += 1000 * paid;
				payers |= stall->paid[day];
			}
			row.payers = __builtin_popcount((unsigned)payers);
			assert_int_equal(adoption_months_put(town->db, &row).code, ERR_OK);
		}
	}
	for (int day = 0; day < DAYS; day++) {
		payer_id payers[8];
		size_t count = 0;

		for (payer_id payer = 1; payer <= PAYERS; payer++)
			if (stall->paid[day] >> (payer - 1) & 1)
				payers[count++] = payer;
		if (count > 0)
			town_day(town, id, date_of(town, day), (int64_t)count,
				1000 * (int64_t)count, payers, count);
	}
}

static void
put_any(struct town *town, const struct any_town *any, bool backwards)
{
	static const char *const codes[] = {"ANY0", "ANY1", "ANY2", "ANY3"};
	static const char *const units[] = {UNIT, UNIT, "20410", "20413"};
	struct row *rows = mem_alloc_zero((MARKETS + 3 * STALLS) * DATED_MAX, sizeof(*rows));
	int64_t markets[MARKETS];
	size_t count = 0;

	assert_int_equal(store_begin(town->db).code, ERR_OK);
	for (int i = 0; i < MARKETS; i++) {
		markets[i] = town_market(town, codes[i], 0);
		town_attach(town, markets[i], units[i], "", "");
		count += rows_of(rows + count, DATED_CALENDAR, markets[i], any->closed[i], markets);
	}
	for (int i = 0; i < STALLS; i++) {
		const struct any_stall *stall = &any->stalls[i];
		char name[16];
		int64_t id;

		snprintf(name, sizeof(name), "S%02d", i);
		id = town_stall(town, markets[stall->market],
			arena_cstr(town->arena, str_from(name)), date_of(town, stall->open),
			date_of(town, stall->close));
		count += rows_of(rows + count, DATED_LEAVE, id, stall->leave, markets);
		count += rows_of(rows + count, DATED_CODE, id, stall->code, markets);
		count += rows_of(rows + count, DATED_PLACE, id, stall->place, markets);
		put_paid(town, id, stall);
	}
	for (size_t i = 0; i < count; i++)
		put_row(town, &rows[backwards ? count - 1 - i : i]);
	assert_int_equal(store_commit(town->db).code, ERR_OK);
	free(rows);
}

/* ---- counted day by day ---- */

struct naive {
	const struct any_town *any;
	int from, to; /* of the period, clipped to the days there are */
};

static bool
is_shut(const struct any_town *any, int market, int day)
{
	return day < 0 || day >= DAYS ? false : holds(any->closed[market], day, 0) != 0;
}

static bool
sells(const struct any_town *any, const struct any_stall *stall, int day)
{
	return day >= stall->open && day < stall->close && holds(stall->leave, day, 0) == 0 &&
	       !is_shut(any, holds(stall->place, day, stall->market), day);
}

/* The cell of a stall, in `market` (-1: wherever it stands), from the day `from` to `to`. */
static struct cai_cell
naive_cell(const struct any_town *any, const struct any_stall *stall, int market, int from, int to)
{
	struct cai_cell cell = {0};
	int payers = 0;

	for (int day = from; day <= to; day++) {
		int stands = holds(stall->place, day, stall->market);
		bool open = sells(any, stall, day);

		cell.market_days += !is_shut(any, market < 0 ? stands : market, day);
		if ((market >= 0 && stands != market) || day < 0 || day >= DAYS)
			continue;
		payers |= stall->paid[day];
		cell.open_days += open;
		cell.qr_days += open && holds(stall->code, day, 0) != 0;
		cell.active_days += open && stall->paid[day] != 0;
	}
	cell.payers = __builtin_popcount((unsigned)payers);
	return cell;
}

static struct cai_sums
naive_sums(const struct any_town *any, int market, enum period_calendar calendar, int from, int to)
{
	int32_t base = town_date(FIRST);
	struct cai_sums sums = {0};

	for (int day = from; day <= to;) {
		month_key month = month_of(base + day, calendar);
		int last = month_last_day(month, calendar) - base;
		int before = month_first_day(month - 1, calendar) - base;
		int end_day = last < to ? last : to;

		for (int i = 0; i < STALLS; i++) {
			const struct any_stall *stall = &any->stalls[i];
			struct cai_cell cell = naive_cell(any, stall, market, day, end_day);
			struct cai_cell prior = naive_cell(any, stall, -1, before,
				month_first_day(month, calendar) - base - 1);

			cell.was_active = cai_active(&prior);
			cai_add(&sums, &cell);
		}
		day = end_day + 1;
	}
	return sums;
}

static void
assert_sums(const struct cai_sums *got, const struct cai_sums *want, const char *of)
{
	if (memcmp(got, want, sizeof(*got)) != 0)
		fail_msg("%s: O %d/%d Q %d/%d A %d/%d cells %d/%d active %d/%d base %d/%d kept"
			 " %d/%d",
			of, (int)got->open_days, (int)want->open_days, (int)got->qr_days,
			(int)want->qr_days, (int)got->active_days, (int)want->active_days,
			(int)got->cells, (int)want->cells, (int)got->active, (int)want->active,
			(int)got->base, (int)want->base, (int)got->kept, (int)want->kept);
}

static const struct {
	const char *name;
	enum period_calendar calendar;
} periods[] = {
	{"2026-03", CALENDAR_SOLAR},
	{"2026-Q2", CALENDAR_SOLAR},
	{"2026-04", CALENDAR_ND09},
	{"2026-03-10..2026-05-05", CALENDAR_SOLAR},
	{"2026-03-10..2026-05-05", CALENDAR_ND09},
};

static void
check_markets(struct town *town, const struct any_town *any)
{
	static const char *const codes[] = {"ANY0", "ANY1", "ANY2", "ANY3"};

	for (size_t i = 0; i < COUNT(periods); i++) {
		for (int market = 0; market < MARKETS; market++) {
			struct report *report = town_report(town, SCOPE_MARKET, codes[market],
				periods[i].name, periods[i].calendar,
				i % 2 == 0 ? BOUNDARY_TODAY : BOUNDARY_THEN);
			struct cai_sums want = naive_sums(any, market, periods[i].calendar,
				report->period.from_day - town_date(FIRST),
				report->period.to_day - town_date(FIRST));

			assert_sums(&report->figures.sums, &want, periods[i].name);
		}
	}
}

static void
check_children(struct town *town)
{
	for (size_t i = 0; i < COUNT(periods); i++) {
		struct report *report = town_report(town, SCOPE_UNIT, "48", periods[i].name,
			periods[i].calendar, BOUNDARY_TODAY);
		struct cai_sums sums = {0};
		int64_t payments = 0, dong = 0;

		assert_int_equal(report->row_count, 3);
		for (size_t j = 0; j < report->row_count; j++) {
			const struct report_figures *f = &report->rows[j].figures;

			sums.open_days += f->sums.open_days;
			sums.qr_days += f->sums.qr_days;
			sums.active_days += f->sums.active_days;
			sums.cells += f->sums.cells;
			sums.active += f->sums.active;
			sums.base += f->sums.base;
			sums.kept += f->sums.kept;
			payments += f->payments;
			dong += f->value.dong;
		}
		assert_sums(&report->figures.sums, &sums, "children");
		assert_int_equal(report->figures.payments, payments);
		assert_int_equal(report->figures.value.dong, dong);
		assert_int_equal(report->figures.value.dong, 1000 * report->figures.payments);
	}
}

static void
any_town_counted_day_by_day(void **state)
{
	struct any_town *any = mem_alloc_zero(1, sizeof(*any));

	(void)state;
	for (uint64_t seed = 1; seed <= 6; seed++) {
		struct town *town = town_open();

		make_any(seed, any);
		put_any(town, any, false);
		check_markets(town, any);
		check_children(town);
		town_free(town);
	}
	free(any);
}

static void
rows_may_come_in_any_order(void **state)
{
	struct any_town *any = mem_alloc_zero(1, sizeof(*any));
	struct buf json[2] = {{0}, {0}};

	(void)state;
	make_any(77, any);
	for (int i = 0; i < 2; i++) {
		struct town *town = town_open();
		struct report *report;

		put_any(town, any, i == 1);
		report = town_report(
			town, SCOPE_UNIT, "48", "2026-Q2", CALENDAR_SOLAR, BOUNDARY_THEN);
		report->position = 0; /* the books count on */
		report_write_json(report, &json[i]);
		town_free(town);
	}
	assert_string_equal(json[0].ptr, json[1].ptr);
	buf_fini(&json[0]);
	buf_fini(&json[1]);
	free(any);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, town_setup, town_teardown)
	const struct CMUnitTest tests[] = {
		CASE(ranks_share_and_skip),
		CASE(a_ranking_alone_is_the_same),
		CASE(a_ranking_is_of_units_below),
		CASE(official_once_the_bank_agrees),
		CASE(official_though_accounts_and_places_change),
		CASE(money_of_few_is_withheld),
		CASE(targets_meet_what_came),
		CASE(tet_has_a_window_of_its_own),
		cmocka_unit_test(any_town_counted_day_by_day),
		cmocka_unit_test(rows_may_come_in_any_order),
	};
#undef CASE

	return cmocka_run_group_tests_name("report_ranks", tests, NULL, NULL);
}
