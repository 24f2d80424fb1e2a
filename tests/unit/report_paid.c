/* The worked example of ADOPTION section 7 from payments: told by a feed, judged and folded by the
 * books, and read by a report. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/adoption_commands.h"
#include "chopay/charge_commands.h"
#include "chopay/registers.h"
#include "chopay/report.h"

#include "../support/market.h"

#define EVENTS 1000
#define MINUTE INT64_C(60000)

/* Told together, in one message. */
struct story {
	struct market_fixture *market;
	struct feed_event events[EVENTS];
	struct str bins[EVENTS], payer_bins[EVENTS];
	size_t count;
	int told;
	int64_t refunded[2];
};

static int64_t
at(const char *day, int minutes)
{
	int32_t date = 0;

	assert_int_equal(day_parse(str_from(day), &date).code, ERR_OK);
	return day_start_ms(date, 0) + minutes * MINUTE;
}

static void
credit(struct story *story, const char *account, const char *payer, int64_t amount, int64_t at_ms)
{
	struct arena *arena = story->market->arena;
	size_t n = story->count++;

	assert_true(n < EVENTS);
	story->bins[n] = story->payer_bins[n] = STR("970436");
	story->events[n] = (struct feed_event){
		.provider_txn_id = arena_printf(arena, "T%d", ++story->told),
		.bank_txn_id = STR("x"),
		.bank = STR("Vietcombank"),
		.account = arena_copy(arena, str_from(account)),
		.payer_account = arena_copy(arena, str_from(payer)),
		.amount = {amount},
		.content = STR("mua hang"),
		.time_ms = at_ms,
	};
}

static void
tell(struct story *story, int64_t *payment_ids, size_t wanted)
{
	struct settle_command settle = {
		.command = {.apply = settle_apply, .arena = story->market->arena},
		.feed = feed_find(STR("casso_v2")),
		.endpoint_id = STR("e1"),
		.content_type = STR("application/json"),
		.raw = arena_printf(story->market->arena, "message %d", story->told),
		.events = story->events,
		.bank_bins = story->bins,
		.payer_bins = story->payer_bins,
		.event_count = story->count,
	};

	assert_int_equal(books_submit_wait(story->market->books, &settle.command).code, ERR_OK);
	for (size_t i = 0; i < wanted; i++)
		payment_ids[i] = settle.settlements[i].payment_id;
	story->count = 0;
}

/* `count` payments over the days first..first+days-1 of a month, by `payers` payers in turn. */
struct custom {
	const char *month, *account;
	int first, days, count, payer, payers;
	int64_t amount;
};

static void
buy(struct story *story, const struct custom *custom)
{
	for (int k = 0; k < custom->count; k++) {
		char day[24], payer[16];

		snprintf(day, sizeof(day), "%s-%02d", custom->month,
			custom->first + k % custom->days);
		snprintf(payer, sizeof(payer), "1900%05d", custom->payer + k % custom->payers);
		credit(story, custom->account, payer, custom->amount,
			at(day, 6 * 60 + 15 * (k / custom->days)));
	}
}

/* ---- the register ------------------------------------------------------------------------------
 */

static const char TOWN_CSV[] =
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone,"
	"bank_bin,account_no,account_holder,open_date,close_date\n"
	"VIDU,Chợ Ví Dụ,20467,S1,S1,stall,rau,Chủ 1,0990000101,970436,70001,CHU,2020-01-01,\n"
	"VIDU,Chợ Ví Dụ,20467,S2,S2,stall,rau,Chủ 2,0990000102,970436,70002,CHU,2020-01-01,\n"
	"VIDU,Chợ Ví Dụ,20467,S3,S3,stall,rau,Chủ 3,0990000103,970436,70003,CHU,2026-06-16,\n"
	"VIDU,Chợ Ví Dụ,20467,S4,S4,stall,rau,Chủ 4,0990000104,970436,70004,CHU,2020-01-01,"
	"2026-06-25\n"
	"DEM,Chợ Đêm,20410,D1,D1,stall,rau,Chủ 5,0990000105,970436,70005,CHU,2020-01-01,\n"
	"OLD,Chợ Cũ,23059,O1,O1,stall,rau,Chủ 6,0990000106,970436,70006,CHU,2020-01-01,\n";

static struct err
put_code(struct tx *tx, struct arena *arena, const char *stall, int32_t from, int64_t dong)
{
	const struct entry entry = {tx->now_ms, STR("Lan"), STR("quên ghi"), STR("Hùng")};
	struct stall found;

	TRY(stalls_find(tx->db, arena, str_from(stall), &found));
	TRY(dated_put(tx->db, DATED_CODE,
		&(struct dated){.of = found.id,
			.id = tx_next_id(tx),
			.from_day = from,
			.to_day = DAY_LAST,
			.value = 1,
			.entry = entry}));
	if (dong == 0)
		return OK;
	return turnover_put(tx->db, &(struct turnover){found.id, tx_next_id(tx), 2026 * 12 + 5,
					    {dong}, STR("tờ khai"), entry});
}

struct with_banks {
	struct command command; /* first */
	struct banks *banks;
};

static struct err
put_register(struct tx *tx, struct command *self)
{
	struct registry_import import = market_import(
		tx, self->arena, ((struct with_banks *)self)->banks, str_from(TOWN_CSV));
	const struct market night = {.id = tx_next_id(tx),
		.code = STR("DEM"),
		.name = STR("Chợ Đêm"),
		.day_cut_min = 360};
	const struct market old = {.id = tx_next_id(tx), .code = STR("OLD"), .name = STR("Chợ Cũ")};
	int32_t july = 0;

	TRY(day_parse(STR("2025-07-01"), &july));
	TRY(markets_put(tx->db, &night));
	TRY(markets_attach(tx->db, night.id, STR("20410"), DAY_FIRST, DAY_LAST));
	TRY(markets_put(tx->db, &old));
	TRY(markets_attach(tx->db, old.id, STR("23059"), DAY_FIRST, july - 1));
	TRY(markets_attach(tx->db, old.id, STR("23059"), july, DAY_LAST));
	TRY(registry_import(tx->db, &import));
	TRY(put_code(tx, self->arena, "S1", DAY_FIRST, 92000000));
	TRY(put_code(tx, self->arena, "S2", DAY_FIRST, 0));
	TRY(put_code(tx, self->arena, "S3", day_of(at("2026-06-19", 0), 0), 15000000));
	return put_code(tx, self->arena, "S4", DAY_FIRST, 20000000);
}

static int
begin(void **state)
{
	struct story *story = mem_alloc_zero(1, sizeof(*story));
	const struct clock machine = {0};
	struct with_banks put;

	story->market = market_open();
	/* The books live in July 2026. */
	story->market->clock_offset_ms = at("2026-07-20", 720) - clock_now_ms(&machine);
	market_reopen(story->market);
	put = (struct with_banks){
		{.apply = put_register, .arena = story->market->arena}, story->market->banks};
	assert_int_equal(books_submit_wait(story->market->books, &put.command).code, ERR_OK);
	*state = story;
	return 0;
}

static int
end(void **state)
{
	struct story *story = *state;

	market_free(story->market);
	free(story);
	return 0;
}

/* ---- asking ------------------------------------------------------------------------------------
 */

struct report_query {
	struct query query;
	struct report_request request;
	struct report *report;
};

static struct err
build(struct db *db, struct query *query)
{
	struct report_query *asked = (struct report_query *)query;
	struct buf why CLEANUP(buf_fini) = {0};

	return report_build(db, query->arena, &asked->request, NULL, &asked->report, &why);
}

#define TRIES 20

/* A database that is busy for long says so, and is asked again. */
static void
fold(struct books *books)
{
	struct err err = {.code = ERR_BUSY};

	for (int i = 0; i < TRIES && err.code == ERR_BUSY; i++)
		err = books_fold_due_wait(books, DAY_FIRST, DAY_LAST);
	assert_int_equal(err.code, ERR_OK);
}

static struct report *
report_of(struct story *story, enum report_scope scope, const char *code, const char *period,
	enum period_calendar calendar, enum report_boundary boundary)
{
	struct report_query asked = {
		.query = {.run = build, .arena = story->market->arena},
		.request = {.scope = scope,
			.code = str_from(code),
			.boundary = boundary,
			.audience = AUDIENCE_BOARD,
			.now_ms = books_now_ms(story->market->books)},
	};

	assert_int_equal(
		period_parse(str_from(period), calendar, &asked.request.period).code, ERR_OK);
	fold(story->market->books);
	assert_int_equal(books_ask_wait(story->market->books, &asked.query).code, ERR_OK);
	return asked.report;
}

/* ---- June 2026 ---------------------------------------------------------------------------------
 */

static void
refund(struct story *story, int64_t payment_id)
{
	struct payment_refund_command refund = {
		.command = {.apply = payment_refund_apply, .arena = story->market->arena},
		.payment_id = payment_id,
		.amount = {225000},
		.person = STR("Lan"),
		.why = STR("trả hàng"),
	};

	assert_int_equal(books_submit_wait(story->market->books, &refund.command).code, ERR_OK);
}

static void
live_june(struct story *story)
{
	static const struct custom customs[] = {
		{"2026-05", "70001", 1, 10, 20, 100, 10, 50000},
		{"2026-05", "70002", 1, 10, 20, 200, 10, 50000},
		{"2026-05", "70004", 1, 10, 20, 400, 10, 50000},
		{"2026-06", "70001", 1, 27, 811, 100, 140, 75000},
		{"2026-06", "70002", 3, 6, 9, 200, 7, 140000},
		{"2026-06", "70003", 19, 9, 95, 300, 20, 75000},
		{"2026-06", "70004", 1, 3, 3, 400, 2, 40000},
	};
	int64_t refunded[2];

	credit(story, "70001", "190000777", 225000, at("2026-06-10", 900));
	credit(story, "70001", "190000778", 225000, at("2026-06-28", 900));
	tell(story, refunded, 2);
	for (size_t i = 0; i < sizeof(customs) / sizeof(customs[0]); i++) {
		buy(story, &customs[i]);
		if (i == 3)
			credit(story, "70001", "190000100", 175000, at("2026-06-01", 900));
		tell(story, NULL, 0);
	}
	for (int k = 0; k < 12; k++) { /* S4 pays itself, on ten days */
		char day[24];

		snprintf(day, sizeof(day), "2026-06-%02d", 5 + k % 10);
		credit(story, "70004", "70004", 200000, at(day, 600 + k));
	}
	tell(story, NULL, 0);
	refund(story, refunded[0]);
	refund(story, refunded[1]);
}

static void
assert_figure(const struct cai_figure *figure, int64_t num, int64_t den, int64_t x100)
{
	assert_int_equal(figure->num, num);
	assert_int_equal(figure->den, den);
	assert_int_equal(figure->pts_x100, x100);
}

static void
june_from_payments(void **state)
{
	struct story *story = *state;
	const struct report_figures *f;

	live_june(story);
	f = &report_of(story, SCOPE_MARKET, "VIDU", "2026-06", CALENDAR_SOLAR, BOUNDARY_TODAY)
		     ->figures;
	assert_figure(&f->cai.figures[CAI_COVERAGE], 96, 99, 1455);
	assert_figure(&f->cai.figures[CAI_ACTIVITY], 3, 4, 2500);
	assert_figure(&f->cai.figures[CAI_RHYTHM], 45, 99, 1989);
	assert_figure(&f->cai.figures[CAI_RETENTION], 2, 3, 1404);
	assert_int_equal(f->cai.cai_x100, 7348);
	assert_int_equal(f->payments, 919);
	assert_int_equal(f->value.dong, 69505000);
	assert_int_equal(f->removed[RULE_SELF].payments, 12);
	assert_int_equal(f->removed[RULE_SELF].value.dong, 2400000);
	assert_int_equal(f->removed[RULE_REFUNDED].payments, 2);
	assert_int_equal(f->removed[RULE_REFUNDED].value.dong, 450000);
	assert_int_equal(f->flags[1], 12);
	assert_int_equal(f->turnover.num, 68245000);
	assert_int_equal(f->turnover.den, 127000000);
	assert_int_equal(f->declared.num, 3);
	assert_int_equal(f->declared.den, 4);
	assert_int_equal(f->unplaced, 0);
	assert_true(f->median_known);
	assert_int_equal(f->median.dong, 75000);
	assert_int_equal(f->hours[10] > 0, 1);
	/* The same of its days alone: the whole of it, and what is left of two parts. */
	f = &report_of(story, SCOPE_MARKET, "VIDU", "2026-06-01..2026-06-30", CALENDAR_SOLAR,
		BOUNDARY_TODAY)
		     ->figures;
	assert_int_equal(f->cai.cai_x100, 7348);
	f = &report_of(story, SCOPE_MARKET, "VIDU", "2026-06-01..2026-06-13", CALENDAR_SOLAR,
		BOUNDARY_TODAY)
		     ->figures;
	assert_int_equal(
		f->payments + report_of(story, SCOPE_MARKET, "VIDU", "2026-06-14..2026-06-30",
				      CALENDAR_SOLAR, BOUNDARY_TODAY)
				      ->figures.payments,
		919);
}

/* ---- edges --------------------------------------------------------------------------------------
 */

static void
payments_fall_into_their_days(void **state)
{
	static const struct {
		const char *code, *period;
		enum period_calendar calendar;
		int64_t payments;
	} rows[] = {
		{"VIDU", "2026-06", CALENDAR_ND09, 1}, /* 14 June 23:59:59 */
		{"VIDU", "2026-07", CALENDAR_ND09, 2}, /* 15 June 00:00:00 */
		{"VIDU", "2026", CALENDAR_ND09, 6},    /* from 15 December */
		{"VIDU", "2025", CALENDAR_ND09, 4},    /* to 14 December */
		{"VIDU", "2026-06", CALENDAR_SOLAR, 3},
		{"DEM", "2026-06-01..2026-06-01", CALENDAR_SOLAR, 1}, /* 2 June 02:10 */
		{"DEM", "2026-06-02..2026-06-02", CALENDAR_SOLAR, 0},
	};
	struct story *story = *state;

	credit(story, "70001", "190000001", 10000, at("2026-06-14", 24 * 60) - MS_PER_SECOND);
	for (int i = 0; i < 2; i++)
		credit(story, "70001", "190000002", 20000, at("2026-06-15", 0));
	for (int i = 0; i < 3; i++)
		credit(story, "70001", "190000003", 30000, at("2025-12-15", 0));
	for (int i = 0; i < 3; i++)
		credit(story, "70001", "190000004", 40000, at("2025-12-15", 0) - MS_PER_SECOND);
	credit(story, "70001", "190000005", 40000, at("2025-12-14", 0));
	credit(story, "70005", "190000006", 40000, at("2026-06-02", 130));
	tell(story, NULL, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct report *report = report_of(story, SCOPE_MARKET, rows[i].code, rows[i].period,
			rows[i].calendar, BOUNDARY_TODAY);

		if (report->figures.payments != rows[i].payments)
			fail_msg("row %zu: %lld", i, (long long)report->figures.payments);
	}
}

static void
payments_go_to_their_units(void **state)
{
	static const struct {
		const char *code, *period;
		enum report_boundary boundary;
		int64_t payments;
	} rows[] = {
		{"597", "2025-06", BOUNDARY_THEN, 1},
		{"60", "2025-06", BOUNDARY_THEN, 1},
		{"68", "2025-06", BOUNDARY_THEN, 0},
		{"68", "2025-07", BOUNDARY_THEN, 2},
		{"23059", "2025-07", BOUNDARY_THEN, 2},
		{"68", "2025-06-30..2025-07-01", BOUNDARY_TODAY, 3},
		{"23059", "2025-06-30..2025-07-01", BOUNDARY_TODAY, 3},
	};
	struct story *story = *state;

	credit(story, "70006", "190000001", 10000, at("2025-06-30", 24 * 60 - 1));
	credit(story, "70006", "190000002", 20000, at("2025-07-01", 0));
	credit(story, "70006", "190000003", 20000, at("2025-07-01", 600));
	tell(story, NULL, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct report *report = report_of(story, SCOPE_UNIT, rows[i].code, rows[i].period,
			CALENDAR_SOLAR, rows[i].boundary);

		if (report->figures.payments != rows[i].payments)
			fail_msg("row %zu: %lld", i, (long long)report->figures.payments);
	}
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(june_from_payments),
		CASE(payments_fall_into_their_days),
		CASE(payments_go_to_their_units),
	};
#undef CASE

	return cmocka_run_group_tests_name("report_paid", tests, NULL, NULL);
}
