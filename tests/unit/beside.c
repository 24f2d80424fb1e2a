/* What stands beside the markets in a report: dossiers, payouts and scores of the units below it,
 * and that a fee desk is in no figure of a market. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../support/market.h"
#include "chopay/adoption_commands.h"
#include "chopay/charge_commands.h"
#include "chopay/dossiers.h"
#include "chopay/public_service.h"
#include "chopay/report.h"
#include "chopay/service_points.h"

#define COMMUNE "23059" /* Hàm Thuận: the fixture's market stands there */
#define OTHER "23065"	/* La Dạ, of the same province */
#define PROVINCE "68"
#define DESK_ACCOUNT "990001"

static int64_t
at(const char *text)
{
	int64_t ms = 0;

	assert_int_equal(time_parse_local(str_from(text), &ms).code, ERR_OK);
	return ms;
}

/* ---- what is in the books ----------------------------------------------------------------------
 */

static const struct dossier_month months[] = {
	{.unit_code = {COMMUNE, 5},
		.month = 2026 * 12 + 4,
		.procedures = 90,
		.procedures_online = 45,
		.dossiers = 10},
	{.unit_code = {COMMUNE, 5},
		.month = 2026 * 12 + 5,
		.procedures = 100,
		.procedures_online = 60,
		.dossiers = 4},
	{.unit_code = {OTHER, 5},
		.month = 2026 * 12 + 5,
		.procedures = 50,
		.procedures_online = 50,
		.dossiers = 6},
};
static const struct payout payouts[] = {
	/* of July, the others of June */
	{.unit_code = {COMMUNE, 5},
		.month = 2026 * 12 + 6,
		.recipients = 100,
		.by_account = 80,
		.value = {50000000},
		.value_by_account = {40000000}},
	{.unit_code = {COMMUNE, 5},
		.month = 2026 * 12 + 5,
		.recipients = 100,
		.by_account = 97,
		.value = {50000000},
		.value_by_account = {48500000}},
	{.unit_code = {OTHER, 5},
		.month = 2026 * 12 + 5,
		.recipients = 40,
		.by_account = 20,
		.value = {20000000},
		.value_by_account = {10000000}},
};
static const struct service_score scores[] = {
	{.unit_code = {COMMUNE, 5},
		.year = 2026,
		.group_no = 0,
		.max = 10000,
		.target = 9000,
		.actual = 8200},
	{.unit_code = {COMMUNE, 5},
		.year = 2026,
		.group_no = 4,
		.max = 1000,
		.target = 900,
		.actual = 750},
	{.unit_code = {COMMUNE, 5},
		.year = 2026,
		.group_no = 1,
		.max = 1800,
		.target = 1700,
		.actual = 1654},
	{.unit_code = {COMMUNE, 5},
		.year = 2024,
		.group_no = 1,
		.max = 1800,
		.target = 1,
		.actual = 1}, /* Ma Lâm's: the code was another unit's */
};

struct put_command {
	struct command command;
	const struct banks *banks;
};

static struct err
open_counter(struct tx *tx, struct command *self)
{
	struct registry_import import = market_import(tx, self->arena,
		((struct put_command *)self)->banks,
		STR("market_code,market_name,unit_code,stall_code,stall_name,kind,goods,"
		    "merchant_name,phone,bank_bin,account_no,account_holder,open_date,"
		    "close_date\n"
		    "MOTCUA,Một cửa,23059,M01,Thu phí,fee_desk,,UBND,,970436," DESK_ACCOUNT
		    ",UBND,,\n"
		    "MALAM,Chợ Ma Lâm,23059,M02,Phí chợ,fee_desk,,UBND,,970436,990002,"
		    "UBND,,\n"));

	return registry_import(tx->db, &import);
}

static struct err
put_rows(struct tx *tx, struct command *self)
{
	TRY(open_counter(tx, self));
	for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++) {
		struct dossier_month row = months[i];

		row.id = tx_next_id(tx);
		TRY(dossier_months_put(tx->db, &row));
	}
	for (size_t i = 0; i < sizeof(payouts) / sizeof(payouts[0]); i++) {
		struct payout row = payouts[i];

		row.id = tx_next_id(tx);
		TRY(payouts_put(tx->db, &row));
	}
	for (size_t i = 0; i < sizeof(scores) / sizeof(scores[0]); i++) {
		struct service_score row = scores[i];

		row.id = tx_next_id(tx);
		TRY(service_scores_put(tx->db, &row));
	}
	return OK;
}

/* What was asked at the desk, and what came in for it. */
static const struct {
	const char *dossier, *procedure;
	bool online;
	int64_t paid; /* of 10.000 */
	const char *when;
} charges[] = {
	{"H-1", "1.001", true, 10000, "2026-06-10 08:00:00"},
	{"H-1", "1.001", true, 10000, "2026-06-11 08:00:00"}, /* a second fee of the same */
	{"H-2", "1.001", true, 10000, "2026-06-30 23:59:59"},
	{"H-3", "1.002", true, 9999, "2026-06-12 08:00:00"},   /* not in full */
	{"H-4", "1.003", false, 10000, "2026-06-12 08:00:00"}, /* at the counter */
	{"H-5", "1.004", true, 10000, "2026-07-01 00:00:00"},
	{"H-6", "", true, 10000, "2026-05-31 23:59:59"},
};

static void
pay_at_the_desk(struct market_fixture *market)
{
	for (size_t i = 0; i < sizeof(charges) / sizeof(charges[0]); i++) {
		struct charge_create_command create = {
			.command = {.apply = charge_create_apply, .arena = market->arena},
			.stall = STR("M01"),
			.amount = {10000},
			.dossier = str_from(charges[i].dossier),
			.procedure = str_from(charges[i].procedure),
			.online = charges[i].online,
		};

		assert_int_equal(books_submit_wait(market->books, &create.command).code, ERR_OK);
		market_credit(market,
			&(struct credit){.id = arena_printf(market->arena, "%zu", 50 + i).ptr,
				.account = DESK_ACCOUNT,
				.memo = arena_cstr(market->arena, create.charge.reference),
				.amount = charges[i].paid,
				.booked_at_ms = at(charges[i].when)});
	}
}

static int
set_up(void **state)
{
	struct market_fixture *market = market_open();
	struct put_command put = {{.apply = put_rows, .arena = market->arena}, market->banks};

	assert_int_equal(books_submit_wait(market->books, &put.command).code, ERR_OK);
	pay_at_the_desk(market);
	/* A desk in the market itself, and a stall. */
	market_credit(market, &(struct credit){.id = "80",
				      .account = "990002",
				      .memo = "phi",
				      .amount = 5000,
				      .booked_at_ms = at("2026-06-15 08:00:00")});
	market_credit(market, &(struct credit){.id = "81",
				      .account = "0071000000001",
				      .memo = "rau",
				      .amount = 7000,
				      .booked_at_ms = at("2026-06-15 08:00:00")});
	assert_int_equal(books_fold_due_wait(market->books, DAY_FIRST, DAY_LAST).code, ERR_OK);
	*state = market;
	return 0;
}

/* ---- a report ----------------------------------------------------------------------------------
 */

struct report_query {
	struct query query;
	struct report_request request;
	struct report *report;
	struct buf why;
};

static struct err
build(struct db *db, struct query *query)
{
	struct report_query *asked = (struct report_query *)query;

	return report_build(db, query->arena, &asked->request, NULL, &asked->report, &asked->why);
}

static const struct report *
report_of(struct market_fixture *market, enum report_scope scope, const char *code,
	const char *period, enum report_audience audience)
{
	struct report_query asked = {
		.query = {.run = build, .arena = market->arena},
		.request = {.scope = scope,
			.code = str_from(code),
			.audience = audience,
			.now_ms = at("2026-08-01 08:00:00")},
	};

	assert_int_equal(
		period_parse(str_from(period), CALENDAR_SOLAR, &asked.request.period).code, ERR_OK);
	if (books_ask_wait(market->books, &asked.query).code != ERR_OK)
		fail_msg("%s %s: %s", code, period, asked.why.ptr);
	buf_fini(&asked.why);
	return asked.report;
}

static const struct report *
official(struct market_fixture *market, const char *code, const char *period)
{
	return report_of(market, SCOPE_UNIT, code, period, AUDIENCE_OFFICIAL);
}

#define assert_share(share, wanted_num, wanted_den)          \
	do {                                                 \
		assert_int_equal((share).num, (wanted_num)); \
		assert_int_equal((share).den, (wanted_den)); \
	} while (0)

/* ---- dossiers ----------------------------------------------------------------------------------
 */

static void
indicators_are_of_the_units_months_and_what_was_paid(void **state)
{
	const struct report_public_service *service =
		&official(*state, COMMUNE, "2026-06")->public_service;

	assert_true(service->known);
	assert_share(service->procedures, 60, 100);
	assert_share(service->paid_procedures, 1, 100); /* 1.001 */
	assert_share(service->dossiers, 2, 4);		/* H-1 and H-2 */
	assert_int_equal(service->points_x100[SERVICE_OFFERED], 150);
	assert_int_equal(service->points_x100[SERVICE_USED], 3); /* 2,5: half up */
	assert_int_equal(service->points_x100[SERVICE_DOSSIERS], 300);
	assert_int_equal(service->max_x100[SERVICE_DOSSIERS], 600);
}

static void
procedures_are_of_the_last_month_and_dossiers_of_all(void **state)
{
	const struct report_public_service *service =
		&official(*state, COMMUNE, "2026-Q2")->public_service;

	assert_share(service->procedures, 60, 100);
	assert_share(service->dossiers, 3, 14); /* and H-6 of May */
}

static void
a_province_is_its_communes(void **state)
{
	const struct report *report = official(*state, PROVINCE, "2026-06");

	assert_share(report->public_service.procedures, 110, 150);
	assert_share(report->public_service.dossiers, 2, 10);
	assert_int_equal(report->score_count, 0); /* typed in for the commune */
}

static void
nothing_is_known_of_half_a_month_of_a_market_or_without_rows(void **state)
{
	assert_false(official(*state, COMMUNE, "2026-06-01..2026-06-29")->public_service.known);
	assert_false(official(*state, COMMUNE, "2026-04")->public_service.known);
	assert_false(official(*state, COMMUNE, "2026-04")->payouts.known);
	assert_false(report_of(*state, SCOPE_MARKET, "MALAM", "2026-06", AUDIENCE_OFFICIAL)
			     ->public_service.known);
	assert_true(official(*state, COMMUNE, "2026-06-01..2026-06-30")->public_service.known);
}

static void
a_desk_is_in_no_figure_of_a_market(void **state)
{
	struct market_fixture *market = *state;
	const struct report *report = report_of(
		market, SCOPE_UNIT, COMMUNE, "2026-06", AUDIENCE_BOARD);
	int64_t by_hour = 0, by_kind = 0;

	assert_int_equal(report->figures.payments, 1);
	assert_int_equal(report->figures.value.dong, 7000);
	for (int i = 0; i < HOURS; i++)
		by_hour += report->figures.hours[i];
	for (int i = 0; i < CODE_KINDS; i++)
		by_kind += report->figures.kinds[i];
	assert_int_equal(by_hour, 1);
	assert_int_equal(by_kind, 1);
	assert_int_equal(report->figures.stalls, 4); /* A05 closed in January */
	assert_int_equal(report->figures.sums.open_days, 4 * 30);
	assert_int_equal(report->row_count, 1); /* MOTCUA is no market */
	assert_string_equal(report->rows[0].code.ptr, "MALAM");
	for (size_t i = 0; i < report->work_count; i++)
		assert_int_not_equal(report->work[i].stall_code.ptr[0], 'M');
	market_assert_verified(market);
}

/* ---- payouts and scores ------------------------------------------------------------------------
 */

static void
money_of_few_persons_is_withheld_in_the_sum_too(void **state)
{
	const struct report_payouts *july = &official(*state, COMMUNE, "2026-07")->payouts;
	const struct report_payouts *june = &official(*state, COMMUNE, "2026-06")->payouts;
	const struct report_payouts *other = &official(*state, OTHER, "2026-06")->payouts;
	const struct report_payouts *province = &official(*state, PROVINCE, "2026-06")->payouts;
	const struct report_payouts *board =
		&report_of(*state, SCOPE_UNIT, COMMUNE, "2026-06", AUDIENCE_BOARD)->payouts;

	assert_false(july->withheld);
	assert_share(july->value, 40000000, 50000000);
	assert_true(june->withheld); /* three get cash */
	assert_share(june->recipients, 97, 100);
	assert_share(june->value, 0, 0);
	assert_share(other->value, 10000000, 20000000);
	/* The province less the other commune would be the three. */
	assert_true(province->withheld);
	assert_share(province->recipients, 117, 140);
	assert_false(board->withheld);
	assert_share(board->value, 48500000, 50000000);
}

static void
scores_are_in_the_order_of_groups_with_the_total_below(void **state)
{
	static const int groups[] = {1, 4, 0};
	const struct report *report = official(*state, COMMUNE, "2026-06");

	assert_int_equal(report->score_count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(report->scores[i].group_no, groups[i]);
	assert_int_equal(report->scores[0].actual, 1654);
	assert_int_equal(official(*state, COMMUNE, "2024")->score_count, 0);
}

static bool
table_says(const struct table *table, size_t row, const char *words)
{
	for (size_t i = 0; i < table->columns; i++) {
		struct buf text CLEANUP(buf_fini) = {0};

		table_cell_text(&text, VIETNAMESE, &table->cells[row * table->columns + i]);
		if (str_find(buf_str(&text), str_from(words)) >= 0)
			return true;
	}
	return false;
}

/* Three indicators, two of payouts, three scores; the total's row checks the groups. */
static const struct {
	size_t row;
	const char *words[3];
} printed[] = {
	{0, {"3.5. Thủ tục", "60,00%", "1,50"}},
	{1, {"3.5b. Thủ tục", "1,00%", "0,03"}},
	{2, {"3.6. Hồ sơ", "50,00%", "3,00"}},
	{3, {"Người hưởng an sinh", "97", "97,00%"}},
	{5, {"Nhóm 1.", "16,54", "mục tiêu 17,00 điểm"}},
	{6, {"Nhóm 4.", "7,50", "10,00"}},
	{7, {"Tổng điểm", "82,00", "tổng các nhóm đã nhập: 24,04"}},
};

static void
the_table_prints_all_of_it(void **state)
{
	struct market_fixture *market = *state;
	const struct report *report = official(market, COMMUNE, "2026-06");
	struct table table;

	report_table(market->arena, report, TABLE_BESIDE, VIETNAMESE, &table);
	assert_int_equal(table.rows, 8);
	for (size_t i = 0; i < sizeof(printed) / sizeof(printed[0]); i++) {
		for (size_t n = 0; n < 3; n++) {
			if (!table_says(&table, printed[i].row, printed[i].words[n]))
				fail_msg("row %zu lacks %s", printed[i].row, printed[i].words[n]);
		}
	}
	assert_false(table_says(&table, 4, "48.500.000")); /* withheld */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(indicators_are_of_the_units_months_and_what_was_paid),
		cmocka_unit_test(procedures_are_of_the_last_month_and_dossiers_of_all),
		cmocka_unit_test(a_province_is_its_communes),
		cmocka_unit_test(nothing_is_known_of_half_a_month_of_a_market_or_without_rows),
		cmocka_unit_test(a_desk_is_in_no_figure_of_a_market),
		cmocka_unit_test(money_of_few_persons_is_withheld_in_the_sum_too),
		cmocka_unit_test(scores_are_in_the_order_of_groups_with_the_total_below),
		cmocka_unit_test(the_table_prints_all_of_it),
	};

	return cmocka_run_group_tests(tests, set_up, market_teardown);
}
