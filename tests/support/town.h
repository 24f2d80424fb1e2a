/* Rows of markets, stalls, registers and cells, put straight into a store: what reports read. */
#ifndef TESTS_TOWN_H
#define TESTS_TOWN_H

#include "chopay/adoption_rows.h"
#include "chopay/registers.h"
#include "chopay/report.h"

#include "market.h"

struct town {
	struct market_fixture *market;
	struct db *db;
	struct arena *arena;
	int64_t last_id;
};
/* The store of a market, with its units; ends the test when anything fails. */
struct town *town_open(void);
void town_free(struct town *town);
/* Of cmocka, around each test or all: the state is a town. */
int town_setup(void **state);
int town_teardown(void **state);

int64_t town_market(struct town *town, const char *code, int32_t day_cut_min);
void town_attach(
	struct town *town, int64_t market, const char *unit, const char *from, const char *to);
/* Dates as "2026-06-30"; "": always was, or never ends. */
int64_t town_stall(
	struct town *town, int64_t market, const char *code, const char *open, const char *close);
/* Entered on that day. */
void town_dated(struct town *town, enum dated_register which, int64_t of, const char *from,
	const char *to, int64_t value, const char *text, const char *entered);
/* Days of the month, from its first. */
void town_month(struct town *town, int64_t stall, enum period_calendar calendar, const char *month,
	uint64_t days, int64_t payments, int64_t dong, int64_t payers);
void town_day(struct town *town, int64_t stall, const char *day, int64_t payments, int64_t dong,
	const payer_id *payers, size_t count);

int32_t town_date(const char *date);
/* The report; ends the test when there is none. */
struct report *town_report(struct town *town, enum report_scope scope, const char *code,
	const char *period, enum period_calendar calendar, enum report_boundary boundary);
/* ... as it is asked for; what went wrong is in `why`. */
struct err town_ask(struct town *town, const struct report_request *request, struct report **report,
	struct buf *why);
/* For the market board, cut off on 2026-07-20 at noon. */
struct report_request town_request(enum report_scope scope, const char *code, const char *period,
	enum period_calendar calendar, enum report_boundary boundary);

#endif
