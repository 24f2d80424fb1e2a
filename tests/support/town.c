/* Rows of markets, stalls, registers and cells, put straight into a store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "town.h"

static void
must(struct err err)
{
	if (err.code != ERR_OK)
		fail_msg("%s", err.what);
}

int32_t
town_date(const char *date)
{
	int32_t day = 0;

	must(day_parse(str_from(date), &day));
	return day;
}

static int32_t
from_date(const char *date)
{
	return date[0] == '\0' ? DAY_FIRST : town_date(date);
}

static int32_t
to_date(const char *date)
{
	return date[0] == '\0' ? DAY_LAST : town_date(date);
}

struct town *
town_open(void)
{
	struct town *town = mem_alloc_zero(1, sizeof(*town));
	struct buf why CLEANUP(buf_fini) = {0};
	char file[128];

	town->market = market_open();
	town->arena = arena_new();
	market_close(town->market);
	snprintf(file, sizeof(file), "%s/chopay.db", town->market->folder);
	must(store_open(town->market->store.ptr != NULL ? town->market->store.ptr : file,
		STORE_WRITE, &town->db, &why));
	town->last_id = 1000000;
	return town;
}

void
town_free(struct town *town)
{
	store_close(town->db);
	market_free(town->market);
	arena_free(town->arena);
	free(town);
}

int
town_setup(void **state)
{
	*state = town_open();
	return 0;
}

int
town_teardown(void **state)
{
	town_free(*state);
	return 0;
}

int64_t
town_market(struct town *town, const char *code, int32_t day_cut_min)
{
	const struct market market = {.id = ++town->last_id,
		.code = str_from(code),
		.name = arena_printf(town->arena, "Chợ %s", code),
		.day_cut_min = day_cut_min};

	must(markets_put(town->db, &market));
	return market.id;
}

void
town_attach(struct town *town, int64_t market, const char *unit, const char *from, const char *to)
{
	must(markets_attach(town->db, market, str_from(unit), from_date(from), to_date(to)));
}

int64_t
town_stall(struct town *town, int64_t market, const char *code, const char *open, const char *close)
{
	struct stall stall = {.id = ++town->last_id,
		.market_id = market,
		.number = (uint32_t)town->last_id,
		.code = str_from(code),
		.reference = arena_printf(town->arena, "TOWN%lld", (long long)town->last_id),
		.name = str_from(code),
		.kind = STR("stall"),
		.goods = STR("rau"),
		.open_day = from_date(open),
		.close_day = to_date(close)};

	must(merchants_ensure(
		town->db, ++town->last_id, STR("Chủ sạp"), stall.reference, &stall.merchant_id));
	must(stalls_put(town->db, &stall));
	return stall.id;
}

void
town_dated(struct town *town, enum dated_register which, int64_t of, const char *from,
	const char *to, int64_t value, const char *text, const char *entered)
{
	const struct dated row = {
		.of = of,
		.id = ++town->last_id,
		.from_day = from_date(from),
		.to_day = to_date(to),
		.value = value,
		.text = str_from(text),
		.entry = {day_start_ms(town_date(entered), 0) + 1000, STR("Lan"), STR("quên"),
			STR("Hùng")},
	};

	must(dated_put(town->db, which, &row));
}

static month_key
month_named(const char *name)
{
	struct period period = {0};

	must(period_parse(str_from(name), CALENDAR_SOLAR, &period));
	return period.year * 12 + period.number - 1;
}

void
town_month(struct town *town, int64_t stall, enum period_calendar calendar, const char *month,
	uint64_t days, int64_t payments, int64_t dong, int64_t payers)
{
	const struct adoption_month_row row = {.stall_id = stall,
		.calendar = calendar,
		.month = month_named(month),
		.active_days = days,
		.payments = payments,
		.value = {dong},
		.payers = payers};

	must(adoption_months_put(town->db, &row));
}

void
town_day(struct town *town, int64_t stall, const char *day, int64_t payments, int64_t dong,
	const payer_id *payers, size_t count)
{
	struct buf bytes CLEANUP(buf_fini) = {0};
	struct payer_count counts[16];
	struct adoption_day_row row = {
		.stall_id = stall, .day = town_date(day), .payments = payments, .value = {dong}};

	assert_true(count <= 16);
	for (size_t i = 0; i < count; i++)
		counts[i] = (struct payer_count){payers[i], 1};
	payers_encode(counts, count, &bytes);
	row.payers = buf_str(&bytes);
	must(adoption_days_put(town->db, &row));
}

struct report_request
town_request(enum report_scope scope, const char *code, const char *period,
	enum period_calendar calendar, enum report_boundary boundary)
{
	struct report_request request = {.scope = scope,
		.code = str_from(code),
		.boundary = boundary,
		.audience = AUDIENCE_BOARD,
		.now_ms = day_start_ms(town_date("2026-07-20"), 0) + MS_PER_DAY / 2};

	must(period_parse(str_from(period), calendar, &request.period));
	return request;
}

struct err
town_ask(struct town *town, const struct report_request *request, struct report **report,
	struct buf *why)
{
	return report_build(town->db, town->arena, request, NULL, report, why);
}

struct report *
town_report(struct town *town, enum report_scope scope, const char *code, const char *period,
	enum period_calendar calendar, enum report_boundary boundary)
{
	struct report_request request = town_request(scope, code, period, calendar, boundary);
	struct buf why CLEANUP(buf_fini) = {0};
	struct report *report = NULL;
	struct err err = town_ask(town, &request, &report, &why);

	if (err.code != ERR_OK)
		fail_msg("%s: %s", err.what, why.len == 0 ? "" : why.ptr);
	return report;
}
