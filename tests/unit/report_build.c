/* Reports of cells and registers: the worked example of ADOPTION section 7 and what section 5 says
 * of time and boundaries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../support/town.h"

#define JUNE "2026-06"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Bits of days from..to of a month, from 1. */
static uint64_t
days(int from, int to)
{
	return ((UINT64_C(1) << to) - 1) & ~((UINT64_C(1) << (from - 1)) - 1);
}

static void
solar(struct town *town, int64_t stall, const char *month, uint64_t mask, int64_t payments,
	int64_t dong, int64_t payers)
{
	town_month(town, stall, CALENDAR_SOLAR, month, mask, payments, dong, payers);
}

static void
declare(struct town *town, int64_t stall, month_key month, int64_t dong)
{
	const struct turnover turnover = {.stall_id = stall,
		.id = ++town->last_id,
		.month = month,
		.amount = {dong},
		.source = STR("tờ khai"),
		.entry = {0, STR("Lan"), STR(""), STR("")}};

	assert_int_equal(turnover_put(town->db, &turnover).code, ERR_OK);
}

/* ---- the worked example ---------------------------------------------------------------------- */

struct example {
	int64_t market, s1, s2, s3, s4;
};

/* June 2026: four stalls of one market, of a commune with no other. */
static struct example
put_example(struct town *town)
{
	struct example e = {.market = town_market(town, "VIDU", 0)};
	struct tally tally CLEANUP(tally_fini) = {
		.kinds = {700, 200, 19},
		.removed = {[RULE_REFUNDED] = {2, {450000}}, [RULE_SELF] = {12, {2400000}}},
		.hours = {[6] = 500, [7] = 300, [8] = 100, [9] = 19},
	};
	struct buf bytes CLEANUP(buf_fini) = {0};
	const struct market_day market_day = {e.market, town_date("2026-06-03")};

	town_attach(town, e.market, "20467", "", "");
	e.s1 = town_stall(town, e.market, "S1", "2020-01-01", "");
	e.s2 = town_stall(town, e.market, "S2", "2020-01-01", "");
	e.s3 = town_stall(town, e.market, "S3", "2026-06-16", "");
	e.s4 = town_stall(town, e.market, "S4", "2020-01-01", "2026-06-25");
	town_dated(town, DATED_CODE, e.s1, "2020-01-01", "", 1, "", "2020-01-01");
	town_dated(town, DATED_CODE, e.s2, "2020-01-01", "", 1, "", "2020-01-01");
	town_dated(town, DATED_CODE, e.s3, "2026-06-19", "", 1, "", "2026-06-19");
	town_dated(town, DATED_CODE, e.s4, "2020-01-01", "", 1, "", "2020-01-01");
	solar(town, e.s1, "2026-05", days(1, 31), 500, 40000000, 90);
	solar(town, e.s2, "2026-05", days(1, 9), 30, 4000000, 12);
	solar(town, e.s4, "2026-05", days(10, 20), 40, 2000000, 25);
	solar(town, e.s1, JUNE, days(1, 27), 812, 61000000, 140);
	solar(town, e.s2, JUNE, days(3, 8), 9, 1260000, 7);
	solar(town, e.s3, JUNE, days(19, 27), 95, 7125000, 20);
	solar(town, e.s4, JUNE, days(1, 3), 3, 120000, 2);
	declare(town, e.s1, 2026 * 12 + 5, 92000000);
	declare(town, e.s3, 2026 * 12 + 5, 15000000);
	declare(town, e.s4, 2026 * 12 + 5, 20000000);
	histogram_add(&tally.amounts, 45000, 500);
	histogram_add(&tally.amounts, 112391, 419);
	histogram_add(&tally.delays, 3, 910);
	histogram_add(&tally.delays, 15, 20);
	tally_encode(&tally, &bytes);
	assert_int_equal(tallies_put(town->db, &market_day, buf_str(&bytes)).code, ERR_OK);
	return e;
}

static void
assert_figure(const struct cai_figure *figure, int64_t num, int64_t den, int64_t bp, int64_t x100)
{
	assert_int_equal(figure->num, num);
	assert_int_equal(figure->den, den);
	assert_int_equal(figure->rate_bp, bp);
	assert_int_equal(figure->pts_x100, x100);
}

static void
assert_example(const struct report_figures *f)
{
	assert_figure(&f->cai.figures[CAI_COVERAGE], 96, 99, 9697, 1455);
	assert_figure(&f->cai.figures[CAI_ACTIVITY], 3, 4, 7500, 2500);
	assert_figure(&f->cai.figures[CAI_RHYTHM], 45, 99, 4545, 1989);
	assert_figure(&f->cai.figures[CAI_RETENTION], 2, 3, 6667, 1404);
	assert_int_equal(f->cai.cai_x100, 7348);
	assert_string_equal(cai_class(f->cai.cai_x100), "Khá");
	assert_int_equal(f->payments, 919);
	assert_int_equal(f->value.dong, 69505000);
	assert_int_equal(round_half_up(f->value.dong, f->payments), 75631);
	assert_int_equal(round_half_up(100 * f->payments, f->sums.open_days), 928);
	assert_int_equal(f->turnover.num, 68245000);
	assert_int_equal(f->turnover.den, 127000000);
	assert_int_equal(f->declared.num, 3);
	assert_int_equal(f->declared.den, 4);
	assert_int_equal(f->removed[RULE_SELF].payments, 12);
	assert_int_equal(f->removed[RULE_SELF].value.dong, 2400000);
	assert_int_equal(f->removed[RULE_REFUNDED].payments, 2);
	assert_int_equal(f->removed[RULE_REFUNDED].value.dong, 450000);
	assert_int_equal(f->stalls, 4);
	assert_int_equal(f->market_days, 30);
	assert_int_equal(f->dropped, 1);
}

static void
the_worked_example(void **state)
{
	struct town *town = *state;
	struct report *report;
	const struct report_figures *f;

	put_example(town);
	report = town_report(town, SCOPE_MARKET, "VIDU", JUNE, CALENDAR_SOLAR, BOUNDARY_TODAY);
	f = &report->figures;
	assert_example(f);
	assert_true(f->median_known);
	assert_int_equal(f->median.dong, 45000);
	assert_int_equal(f->kinds[CODE_DYNAMIC], 200);
	assert_int_equal(f->hours[6], 500);
	assert_true(f->service.known);
	assert_int_equal(f->service.p50_s, 3);
	assert_int_equal(f->service.p95_s, 3);
	assert_int_equal(f->service.within_10_s.num, 910);
	assert_int_equal(f->status, STATUS_PROVISIONAL);
	assert_int_equal(report->rank, 0);
	assert_int_equal(str_find(report->unranked, STR("dưới 20")), 0);
	assert_int_equal(report->months[12].cai_x100, 7348);
	assert_true(report->before.known);
	assert_int_equal(report->before.figures.payments, 570);
	report = town_report(town, SCOPE_UNIT, "20467", JUNE, CALENDAR_SOLAR, BOUNDARY_THEN);
	assert_example(&report->figures);
	assert_int_equal(report->row_count, 1);
	assert_true(report->rows_are_markets);
	assert_example(&report->rows[0].figures);
}

/* Without R1: S4 is paid on 13 days, by 3: N rises by 442, H does not. */
static void
the_payer_test_holds(void **state)
{
	struct town *town = *state;
	struct example e = put_example(town);
	struct report *report;

	solar(town, e.s4, JUNE, days(1, 13), 15, 2520000, 3);
	report = town_report(town, SCOPE_MARKET, "VIDU", JUNE, CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_figure(&report->figures.cai.figures[CAI_RHYTHM], 55, 99, 5556, 2431);
	assert_figure(&report->figures.cai.figures[CAI_ACTIVITY], 3, 4, 7500, 2500);
}

static size_t
work_of(const struct report *report, const char *stall, enum work_reason reason)
{
	size_t found = 0;

	for (size_t i = 0; i < report->work_count; i++)
		found += str_eq(report->work[i].stall_code, str_from(stall)) &&
			 report->work[i].reason == reason;
	return found;
}

static void
expect_detail(
	const struct report *report, const char *stall, enum work_reason reason, const char *detail)
{
	for (size_t i = 0; i < report->work_count; i++) {
		if (str_eq(report->work[i].stall_code, str_from(stall)) &&
			report->work[i].reason == reason)
			assert_true(str_eq(report->work[i].detail, str_from(detail)));
	}
}

static void
who_is_to_be_visited(void **state)
{
	struct town *town = *state;
	struct example e = put_example(town);
	int64_t bare = town_stall(town, e.market, "S5", "2020-01-01", "");
	int64_t idle = town_stall(town, e.market, "S6", "2020-01-01", "");
	int64_t late = town_stall(town, e.market, "S7", "2020-01-01", "");
	const struct adoption_month_row evening = {late, CALENDAR_SOLAR, 2026 * 12 + 5, days(1, 20),
		40, {800000}, 30, UINT32_C(1) << 18};
	const struct adoption_flag flag = {.stall_id = e.s1,
		.subject = 77,
		.rule = STR("R1"),
		.day = town_date("2026-06-10"),
		.amount = {50000},
		.evidence = STR("{}"),
		.version = 1};
	struct report *report;

	town_dated(town, DATED_CODE, idle, "2020-01-01", "", 1, "", "2020-01-01");
	town_dated(town, DATED_CODE, late, "2020-01-01", "", 1, "", "2020-01-01");
	assert_int_equal(adoption_months_put(town->db, &evening).code, ERR_OK);
	assert_int_equal(flags_put(town->db, &flag).code, ERR_OK);
	declare(town, e.s2, 2026 * 12 + 5, 1000000);
	report = town_report(town, SCOPE_MARKET, "VIDU", JUNE, CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_int_equal(work_of(report, "S5", WORK_NO_CODE), 1);
	assert_int_equal(work_of(report, "S5", WORK_INACTIVE), 0);
	assert_int_equal(work_of(report, "S6", WORK_INACTIVE), 1);
	assert_int_equal(work_of(report, "S7", WORK_SILENT_HOURS), 1);
	assert_int_equal(work_of(report, "S4", WORK_DROPPED), 1);
	assert_int_equal(work_of(report, "S1", WORK_FLAGGED), 1);
	assert_int_equal(work_of(report, "S2", WORK_FLAGGED), 1); /* above what it declared */
	assert_int_equal(work_of(report, "S5", WORK_FLAGGED), 1); /* R8: 60 days of nothing */
	assert_int_equal(work_of(report, "S6", WORK_FLAGGED), 1);
	expect_detail(report, "S5", WORK_NO_CODE, "30 ngày mở bán, không ngày nào có mã");
	expect_detail(
		report, "S4", WORK_DROPPED, "24 ngày mở bán, 3 ngày có giao dịch, 2 người trả");
	expect_detail(report, "S5", WORK_FLAGGED, "R8 60 ngày không có dấu hiệu kinh doanh: 1");
	assert_int_equal(work_of(report, "S3", WORK_FLAGGED), 0);
	assert_int_equal(report->figures.flags[1], 1);
	assert_int_equal(report->figures.flags[8], 2);
	assert_int_equal(report->figures.above_declared, 1);
	assert_int_equal(report->figures.turnover.num, 68245000); /* S2 is left out */
	(void)bare;
}

/* A fee is a sign of life; a stall that opened less than 60 days ago has time. */
static void
a_fee_is_a_sign_of_life(void **state)
{
	struct town *town = *state;
	int64_t market = town_market(town, "LIFE", 0);
	struct market_fee fee = {.day = town_date("2026-05-20"),
		.kind = STR("rent"),
		.amount = {300000},
		.cashless = true,
		.entry = {0, STR("Lan"), STR(""), STR("")}};
	struct report *report;

	town_attach(town, market, "20467", "", "");
	fee.stall_id = town_stall(town, market, "F1", "2020-01-01", "");
	town_stall(town, market, "F2", "2026-06-01", "");
	town_stall(town, market, "F3", "2020-01-01", "");
	fee.id = ++town->last_id;
	assert_int_equal(fees_put(town->db, &fee).code, ERR_OK);
	report = town_report(town, SCOPE_MARKET, "LIFE", JUNE, CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_int_equal(report->figures.flags[8], 1);
	assert_int_equal(work_of(report, "F3", WORK_FLAGGED), 1);
	assert_int_equal(report->figures.fees.den, 0);
	report = town_report(town, SCOPE_MARKET, "LIFE", "2026-Q2", CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_int_equal(report->figures.fees.den, 300000);
	assert_int_equal(report->figures.fees.num, 300000);
}

/* ---- registers --------------------------------------------------------------------------------
 */

static void
closed_days_leave_the_denominator(void **state)
{
	struct town *town = *state;
	int64_t market = town_market(town, "DAYS", 0), stall;
	struct report *report;

	town_attach(town, market, "20467", "", "");
	stall = town_stall(town, market, "C1", "2020-01-01", "");
	/* Mondays to Saturdays, then three days off that were said before, and one taken back. */
	town_dated(town, DATED_CALENDAR, market, "", "", 0, "week:1,2,3,4,5,6", "2026-01-01");
	town_dated(
		town, DATED_CALENDAR, market, "2026-06-08", "2026-06-10", 0, "none", "2026-06-01");
	town_dated(
		town, DATED_CALENDAR, market, "2026-06-10", "2026-06-10", 0, "all", "2026-06-02");
	town_dated(town, DATED_LEAVE, stall, "2026-06-15", "2026-06-17", 1, "", "2026-06-14");
	town_dated(town, DATED_LEAVE, stall, "2026-06-17", "2026-06-17", 0, "", "2026-06-16");
	solar(town, stall, JUNE, days(1, 30), 60, 600000, 40);
	report = town_report(town, SCOPE_MARKET, "DAYS", JUNE, CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_int_equal(report->figures.market_days, 24); /* 26 less two */
	assert_int_equal(report->figures.sums.open_days, 22);
	assert_int_equal(report->figures.sums.active_days, 22);
	assert_int_equal(report->figures.removed_days, 0);
}

/* R9: entered after the day, it still leaves O, and is counted. */
static void
late_entries_are_counted(void **state)
{
	struct town *town = *state;
	int64_t market = town_market(town, "LATE", 0), one, two;
	struct report *report;

	town_attach(town, market, "20467", "", "");
	one = town_stall(town, market, "L1", "2020-01-01", "");
	two = town_stall(town, market, "L2", "2020-01-01", "2026-06-21");
	town_dated(town, DATED_LEAVE, one, "2026-06-01", "2026-06-10", 1, "", "2026-06-09");
	town_dated(town, DATED_LIFE, two, "2020-01-01", "", 0, "", "2020-01-01");
	town_dated(town, DATED_LIFE, two, "2020-01-01", "2026-06-20", 0, "", "2026-06-25");
	report = town_report(town, SCOPE_MARKET, "LATE", JUNE, CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_int_equal(report->figures.sums.open_days, 40);
	assert_int_equal(report->figures.removed_days, 8 + 4); /* 1..8, 21..24 */
	assert_int_equal(report->figures.flags[9], 2);
	assert_int_equal(work_of(report, "L1", WORK_FLAGGED), 1);
}

/* ---- periods ----------------------------------------------------------------------------------
 */

/* Two months: 3/4 and 4/5 are 7/9; sums of months add up. */
static void
months_add_up(void **state)
{
	struct town *town = *state;
	int64_t market = town_market(town, "SUMS", 0), stalls[5];
	struct report *may, *june, *both;

	town_attach(town, market, "20467", "", "");
	for (int i = 0; i < 5; i++)
		stalls[i] = town_stall(town, market,
			(const char *[]){"M1", "M2", "M3", "M4", "M5"}[i],
			i == 4 ? "2026-06-01" : "2020-01-01", "");
	for (int i = 0; i < 3; i++)
		solar(town, stalls[i], "2026-05", days(1, 20), 30, 300000, 20);
	for (int i = 0; i < 4; i++)
		solar(town, stalls[i], JUNE, days(5, 20), 25, 250000, 15);
	may = town_report(town, SCOPE_MARKET, "SUMS", "2026-05", CALENDAR_SOLAR, BOUNDARY_TODAY);
	june = town_report(town, SCOPE_MARKET, "SUMS", JUNE, CALENDAR_SOLAR, BOUNDARY_TODAY);
	both = town_report(town, SCOPE_MARKET, "SUMS", "2026-05-01..2026-06-30", CALENDAR_SOLAR,
		BOUNDARY_TODAY);
	assert_int_equal(may->figures.sums.active, 3);
	assert_int_equal(june->figures.sums.active, 4);
	assert_int_equal(both->figures.cai.figures[CAI_ACTIVITY].rate_bp, 7778);
	assert_int_equal(both->figures.sums.cells, 9);
	assert_int_equal(both->figures.sums.open_days,
		may->figures.sums.open_days + june->figures.sums.open_days);
	assert_int_equal(both->figures.sums.active_days,
		may->figures.sums.active_days + june->figures.sums.active_days);
	assert_int_equal(both->figures.sums.base, may->figures.sums.base + june->figures.sums.base);
	assert_int_equal(both->figures.sums.kept, may->figures.sums.kept + june->figures.sums.kept);
	assert_int_equal(both->figures.payments, may->figures.payments + june->figures.payments);
	assert_int_equal(
		both->figures.value.dong, may->figures.value.dong + june->figures.value.dong);
}

/* Of a range, payers and value are those of its days. */
static void
a_range_is_clipped(void **state)
{
	struct town *town = *state;
	int64_t market = town_market(town, "CLIP", 0), stall;
	struct report *report;

	town_attach(town, market, "20467", "", "");
	stall = town_stall(town, market, "K1", "2020-01-01", "");
	town_stall(town, market, "K2", "2020-01-01", "");
	town_day(town, stall, "2026-06-03", 2, 20000, (payer_id[]){1, 2}, 2);
	town_day(town, stall, "2026-06-04", 2, 30000, (payer_id[]){2, 3}, 2);
	town_day(town, stall, "2026-06-20", 1, 90000, (payer_id[]){9}, 1);
	solar(town, stall, JUNE, days(3, 4) | days(20, 20), 5, 140000, 4);
	report = town_report(town, SCOPE_MARKET, "CLIP", "2026-06-01..2026-06-14", CALENDAR_SOLAR,
		BOUNDARY_TODAY);
	assert_int_equal(report->figures.payments, 4);
	assert_int_equal(report->figures.value.dong, 50000);
	assert_int_equal(report->figures.sums.open_days, 28);
	assert_int_equal(report->figures.sums.active_days, 2);
	assert_int_equal(report->figures.sums.active, 1); /* 14 days: 2 and 3 are enough */
	report = town_report(town, SCOPE_MARKET, "CLIP", "2026-06-04..2026-06-14", CALENDAR_SOLAR,
		BOUNDARY_TODAY);
	assert_int_equal(report->figures.payments, 2);
	assert_int_equal(report->figures.sums.active, 0);
	report = town_report(town, SCOPE_MARKET, "CLIP", JUNE, CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_int_equal(report->figures.payments, 5);
	assert_int_equal(report->figures.sums.active, 0); /* 30 days want 4 and 5 */
}

/* ---- units and boundaries ----------------------------------------------------------------------
 */

/* Ma Lam: until 30 June 2025 of 23059, huyện 597, tỉnh 60; from 1 July of 23059, tỉnh 68. */
static void
boundaries(void **state)
{
	struct town *town = *state;
	int64_t market = town_market(town, "OLDNEW", 0), stall;
	static const struct {
		enum report_scope scope;
		const char *code, *period;
		enum report_boundary boundary;
		int64_t payments;
	} rows[] = {
		{SCOPE_UNIT, "23059", "2025-06", BOUNDARY_THEN, 1},
		{SCOPE_UNIT, "597", "2025-06", BOUNDARY_THEN, 1},
		{SCOPE_UNIT, "60", "2025-06", BOUNDARY_THEN, 1},
		{SCOPE_UNIT, "68", "2025-06", BOUNDARY_THEN, 0},
		{SCOPE_UNIT, "23059", "2025-07", BOUNDARY_THEN, 2},
		{SCOPE_UNIT, "68", "2025-07", BOUNDARY_THEN, 2},
		{SCOPE_UNIT, "23059", "2025-06", BOUNDARY_TODAY, 1},
		{SCOPE_UNIT, "68", "2025-06", BOUNDARY_TODAY, 1},
		{SCOPE_UNIT, "23059", "2025-06-30..2025-07-01", BOUNDARY_TODAY, 3},
		{SCOPE_UNIT, "23059", "2025-06-30..2025-07-01", BOUNDARY_THEN, 2},
		{SCOPE_UNIT, "60", "2025-06-30..2025-07-01", BOUNDARY_THEN, 1},
		{SCOPE_FORMER, "597", "2025-06-30..2025-07-01", BOUNDARY_TODAY, 3},
		{SCOPE_FORMER, "597", "2025-07", BOUNDARY_TODAY, 2},
		{SCOPE_FORMER, "23059", "2025-07", BOUNDARY_THEN, 2},
		{SCOPE_MARKET, "OLDNEW", "2025-06-30..2025-07-01", BOUNDARY_THEN, 3},
		{SCOPE_UNIT, "23089", "2025-06-30..2025-07-01", BOUNDARY_TODAY, 0},
	};

	town_attach(town, market, "23059", "", "2025-06-30");
	town_attach(town, market, "23059", "2025-07-01", "");
	stall = town_stall(town, market, "B1", "2020-01-01", "");
	town_day(town, stall, "2025-06-30", 1, 10000, (payer_id[]){1}, 1);
	town_day(town, stall, "2025-07-01", 2, 20000, (payer_id[]){1, 2}, 2);
	solar(town, stall, "2025-06", days(30, 30), 1, 10000, 1);
	solar(town, stall, "2025-07", days(1, 1), 2, 20000, 2);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct report *report = town_report(town, rows[i].scope, rows[i].code,
			rows[i].period, CALENDAR_SOLAR, rows[i].boundary);

		if (report->figures.payments != rows[i].payments)
			fail_msg("row %zu: %lld payments", i, (long long)report->figures.payments);
	}
}

/* Of nd09 the month of July 2025 began on 15 June: its cells are split where the unit ended. */
static void
a_month_is_split_where_a_unit_ended(void **state)
{
	struct town *town = *state;
	int64_t market = town_market(town, "SPLIT", 0), stall;
	struct report *report;

	town_attach(town, market, "23059", "", "2025-06-30");
	town_attach(town, market, "23059", "2025-07-01", "");
	stall = town_stall(town, market, "B1", "2020-01-01", "");
	town_day(town, stall, "2025-06-30", 1, 10000, (payer_id[]){1}, 1);
	town_day(town, stall, "2025-07-01", 2, 20000, (payer_id[]){1, 2}, 2);
	town_month(town, stall, CALENDAR_ND09, "2025-07", days(16, 17), 3, 30000, 2);
	report = town_report(town, SCOPE_UNIT, "68", "2025-07", CALENDAR_ND09, BOUNDARY_THEN);
	assert_int_equal(report->figures.payments, 2);
	assert_int_equal(report->figures.value.dong, 20000);
	assert_int_equal(report->figures.sums.active_days, 1);
	report = town_report(town, SCOPE_UNIT, "60", "2025-07", CALENDAR_ND09, BOUNDARY_THEN);
	assert_int_equal(report->figures.payments, 1);
	assert_int_equal(report->figures.value.dong, 10000);
	report = town_report(town, SCOPE_UNIT, "68", "2025-07", CALENDAR_ND09, BOUNDARY_TODAY);
	assert_int_equal(report->figures.payments, 3);
}

/* nd09 and the cut of a night market are the cells' own: a report asks for the month by its days.
 */
static void
calendars_ask_for_their_months(void **state)
{
	struct town *town = *state;
	int64_t market = town_market(town, "ND09", 360), stall;
	struct report *report;

	town_attach(town, market, "20467", "", "");
	stall = town_stall(town, market, "N1", "2020-01-01", "");
	town_month(town, stall, CALENDAR_ND09, JUNE, days(31, 31), 7, 7000, 7);
	town_month(town, stall, CALENDAR_ND09, "2026-07", days(1, 1), 5, 5000, 5);
	town_month(town, stall, CALENDAR_ND09, "2026-01", days(1, 1), 3, 3000, 3);
	report = town_report(town, SCOPE_MARKET, "ND09", JUNE, CALENDAR_ND09, BOUNDARY_TODAY);
	assert_int_equal(report->figures.payments, 7);
	assert_int_equal(report->period.to_day, town_date("2026-06-14"));
	assert_int_equal(report->figures.market_days, 31);
	report = town_report(town, SCOPE_MARKET, "ND09", "2026-07", CALENDAR_ND09, BOUNDARY_TODAY);
	assert_int_equal(report->figures.payments, 5);
	report = town_report(town, SCOPE_MARKET, "ND09", "2026", CALENDAR_ND09, BOUNDARY_TODAY);
	assert_int_equal(report->period.from_day, town_date("2025-12-15"));
	assert_int_equal(report->figures.payments, 15);
}

/* Moved on 16 June: two intervals, each its own days, payers and money. */
static void
a_moved_stall_has_two_intervals(void **state)
{
	struct town *town = *state;
	int64_t one = town_market(town, "FROM", 0), two = town_market(town, "TO", 0), stall;
	struct report *from, *to, *unit;

	town_attach(town, one, "20467", "", "");
	town_attach(town, two, "20467", "", "");
	stall = town_stall(town, two, "V1", "2020-01-01", "");
	town_dated(town, DATED_PLACE, stall, "", "2026-06-15", one, "", "2026-06-15");
	town_day(town, stall, "2026-06-10", 3, 30000, (payer_id[]){1, 2, 3}, 3);
	town_day(town, stall, "2026-06-11", 1, 10000, (payer_id[]){1}, 1);
	town_day(town, stall, "2026-06-20", 1, 5000, (payer_id[]){1}, 1);
	solar(town, stall, JUNE, days(10, 11) | days(20, 20), 5, 45000, 3);
	from = town_report(town, SCOPE_MARKET, "FROM", JUNE, CALENDAR_SOLAR, BOUNDARY_TODAY);
	to = town_report(town, SCOPE_MARKET, "TO", JUNE, CALENDAR_SOLAR, BOUNDARY_TODAY);
	unit = town_report(town, SCOPE_UNIT, "20467", JUNE, CALENDAR_SOLAR, BOUNDARY_TODAY);
	assert_int_equal(from->figures.payments, 4);
	assert_int_equal(from->figures.sums.open_days, 15);
	assert_int_equal(from->figures.sums.active, 1); /* 15 days: 2 days, 3 payers */
	assert_int_equal(to->figures.payments, 1);
	assert_int_equal(to->figures.value.dong, 5000);
	assert_int_equal(to->figures.sums.active, 0);
	assert_int_equal(unit->figures.payments, 5);
	assert_int_equal(unit->figures.sums.open_days, 30);
	assert_int_equal(unit->row_count, 2);
}

/* ---- former areas -----------------------------------------------------------------------------
 */

static void
expect_area(struct town *town, const char *former, const char *root, bool want)
{
	struct err err;
	bool yes;

	assert_int_equal(store_begin(town->db).code, ERR_OK);
	err = report_former_lies_in(town->db, town->arena, str_from(former),
		town_date("2026-07-20"), str_from(root), &yes);
	store_rollback(town->db);
	assert_int_equal(err.code, ERR_OK);
	if (yes != want)
		fail_msg("%s in %s: %d", former, root, yes);
}

static void
who_holds_a_former_area(void **state)
{
	static const struct {
		const char *former, *root;
		bool want;
	} rows[] = {
		{"597", "68", true},
		{"597", "23059", false}, /* one commune of many that were made of it */
		{"597", "48", false},
		{"60", "68", true},
		{"23083", "23059", true}, /* went whole into it */
		{"23083", "68", true},
		{"23083", "23089", false},
		{"23059", "23059", true}, /* the town of that code, not the commune of today */
		{"23089", "23059", false},
		{"23062", "68", false}, /* nothing is known of where it went */
		{"48", "48", false},	/* it has not ended */
		{"99999", "68", false},
	};
	struct town *town = *state;
	int64_t market;

	for (size_t i = 0; i < COUNT(rows); i++)
		expect_area(town, rows[i].former, rows[i].root, rows[i].want);
	/* Its market tells where it lies. */
	market = town_market(town, "PHULONG", 0);
	town_attach(town, market, "23062", "", "2025-06-30");
	town_attach(town, market, "23095", "2025-07-01", "");
	expect_area(town, "23062", "68", true);
	expect_area(town, "23062", "23095", true);
	expect_area(town, "597", "68", true);
	/* Another that went to another province. */
	market = town_market(town, "BIEN", 0);
	town_attach(town, market, "23062", "", "2025-06-30");
	town_attach(town, market, "20410", "2025-07-01", "");
	expect_area(town, "23062", "23095", false);
	expect_area(town, "23062", "68", false);
	expect_area(town, "597", "68", false);
	expect_area(town, "23083", "23059", true);
}

/* ---- refusals ----------------------------------------------------------------------------------
 */

/* A line for each language, neither with what only a command line knows; programs get all. */
static void
is_told_in_both(struct str why)
{
	const struct str vi = report_why(why, VIETNAMESE), en = report_why(why, ENGLISH);
	struct buf whole CLEANUP(buf_fini) = {0};

	report_why_put(&whole, why);
	assert_true(vi.len > 0 && en.len > 0 && !str_eq(vi, en));
	assert_true(str_find(vi, STR("--")) < 0 && str_find(en, STR("--")) < 0);
	assert_true(str_find(buf_str(&whole), STR("\n")) < 0);
	assert_true(str_starts(buf_str(&whole), vi));
	assert_true(str_find(buf_str(&whole), en) > 0);
	assert_int_equal(str_find(why, STR("--")) >= 0, str_find(buf_str(&whole), STR("--")) >= 0);
}

static void
what_cannot_be_asked(void **state)
{
	static const struct {
		enum report_scope scope;
		const char *code, *period;
		enum report_boundary boundary;
		enum err_code want;
		const char *says;
	} rows[] = {
		{SCOPE_UNIT, "99999", JUNE, BOUNDARY_TODAY, ERR_NOT_FOUND, "99999"},
		{SCOPE_UNIT, "597", JUNE, BOUNDARY_TODAY, ERR_NOT_FOUND, "--former 597"},
		{SCOPE_UNIT, "597", "2025-06", BOUNDARY_TODAY, ERR_NOT_FOUND, "tai_thoi_diem"},
		{SCOPE_UNIT, "597", JUNE, BOUNDARY_THEN, ERR_NOT_FOUND, "30/06/2025"},
		{SCOPE_UNIT, "30673", "2025-06", BOUNDARY_THEN, ERR_NOT_FOUND, "01/07/2025"},
		{SCOPE_FORMER, "48", "2025-06", BOUNDARY_TODAY, ERR_NOT_FOUND, "--unit 48"},
		{SCOPE_FORMER, "99999", "2025-06", BOUNDARY_TODAY, ERR_NOT_FOUND, "99999"},
		{SCOPE_MARKET, "NOSUCH", JUNE, BOUNDARY_TODAY, ERR_NOT_FOUND, "NOSUCH"},
		{SCOPE_UNIT, "68", "2026-08", BOUNDARY_TODAY, ERR_INVALID, "01/08/2026"},
		{SCOPE_UNIT, "", JUNE, BOUNDARY_TODAY, ERR_INVALID, "mã đơn vị"},
	};
	struct town *town = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct report_request request = town_request(rows[i].scope, rows[i].code,
			rows[i].period, CALENDAR_SOLAR, rows[i].boundary);
		struct buf why CLEANUP(buf_fini) = {0};
		struct report *report = NULL;

		assert_int_equal(town_ask(town, &request, &report, &why).code, rows[i].want);
		if (str_find(buf_str(&why), str_from(rows[i].says)) < 0)
			fail_msg("row %zu: %s", i, why.len == 0 ? "" : why.ptr);
		is_told_in_both(buf_str(&why));
	}
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, town_setup, town_teardown)
	const struct CMUnitTest tests[] = {
		CASE(the_worked_example),
		CASE(the_payer_test_holds),
		CASE(who_is_to_be_visited),
		CASE(a_fee_is_a_sign_of_life),
		CASE(closed_days_leave_the_denominator),
		CASE(late_entries_are_counted),
		CASE(months_add_up),
		CASE(a_range_is_clipped),
		CASE(boundaries),
		CASE(a_month_is_split_where_a_unit_ended),
		CASE(calendars_ask_for_their_months),
		CASE(a_moved_stall_has_two_intervals),
		CASE(who_holds_a_former_area),
		CASE(what_cannot_be_asked),
	};
#undef CASE

	return cmocka_run_group_tests_name("report_build", tests, NULL, NULL);
}
