/*
 * Cells of a province made directly, and how long reports of them take.
 *
 * usage: adoption_cells FOLDER MONTHS [MARKETS STALLS]
 *
 * FOLDER is empty: a SQLite store is made in it, of MARKETS markets (250) in 124 communes with
 * STALLS stalls (28700), and MONTHS reporting months of cells, tallies and registers before June
 * 2026.  Then it is asked for the report of a commune and of the province for June 2026, and for
 * the ranking of the communes; a line each of milliseconds, and the store's size.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "chopay/adoption_rows.h"
#include "chopay/books.h"
#include "chopay/registers.h"
#include "chopay/report.h"

#define COMMUNES 124
#define LAST_MONTH (2026 * 12 + 5) /* June 2026 */
#define PER_TRANSACTION 2000
#define TIMES 3
#define PER_DAY 30 /* payments of a stall, about */

struct plan {
	struct db *db;
	int months, markets, stalls;
	int64_t id;
	uint64_t seed;
	int64_t payments;
};

static void
must(struct err err)
{
	if (err.code == ERR_OK)
		return;
	fprintf(stderr, "adoption_cells: %s\n", err.what);
	exit(1);
}

static uint64_t
next_random(struct plan *plan)
{
	plan->seed ^= plan->seed << 13;
	plan->seed ^= plan->seed >> 7;
	plan->seed ^= plan->seed << 17;
	return plan->seed;
}

static struct str
name_of(struct arena *arena, const char *head, int number)
{
	return arena_printf(arena, "%s%d", head, number);
}

static void
put_unit(struct plan *plan, struct str code, const char *level, struct str parent)
{
	const struct unit unit = {.code = code,
		.name = code,
		.level = str_from(level),
		.parent_code = parent,
		.from_day = DAY_FIRST,
		.to_day = DAY_LAST};

	must(units_put(plan->db, &unit));
}

static void
put_units(struct plan *plan, struct arena *arena)
{
	put_unit(plan, STR("VN"), "country", STR(""));
	put_unit(plan, STR("P"), "province", STR("VN"));
	for (int i = 0; i < COMMUNES; i++)
		put_unit(plan, name_of(arena, "C", i), "commune", STR("P"));
}

static int64_t
market_id(int market)
{
	return 1000 + market;
}

static int64_t
stall_id(int stall)
{
	return 100000 + stall;
}

static void
put_markets(struct plan *plan, struct arena *arena)
{
	static const char *const patterns[] = {"week:1,2,3,4,5,6", "lunar:2,7,12,17,22,27"};

	for (int i = 0; i < plan->markets; i++) {
		const struct market market = {.id = market_id(i),
			.code = name_of(arena, "M", i),
			.name = name_of(arena, "Chợ ", i)};
		const struct dated calendar = {.of = market.id,
			.id = ++plan->id,
			.from_day = DAY_FIRST,
			.to_day = DAY_LAST,
			.text = str_from(patterns[i % 10 == 0])};

		must(markets_put(plan->db, &market));
		must(markets_attach(plan->db, market.id, name_of(arena, "C", i % COMMUNES),
			DAY_FIRST, DAY_LAST));
		if (i % 5 == 0)
			must(dated_put(plan->db, DATED_CALENDAR, &calendar));
	}
}

static void
put_stalls(struct plan *plan, struct arena *arena)
{
	int64_t merchant;

	must(merchants_ensure(plan->db, 1, STR("Chủ sạp"), STR("0900000000"), &merchant));
	for (int i = 0; i < plan->stalls; i++) {
		const struct stall stall = {.id = stall_id(i),
			.market_id = market_id((int)((int64_t)i * plan->markets / plan->stalls)),
			.merchant_id = merchant,
			.number = (uint32_t)i + 1,
			.code = name_of(arena, "S", i),
			.reference = name_of(arena, "REF", i),
			.name = name_of(arena, "Sạp ", i),
			.kind = STR("stall"),
			.goods = STR("rau"),
			.open_day = DAY_FIRST,
			.close_day = DAY_LAST};
		const struct dated code = {.of = stall.id,
			.id = ++plan->id,
			.from_day = DAY_FIRST,
			.to_day = DAY_LAST,
			.value = 1};

		must(stalls_put(plan->db, &stall));
		if (i % 20 != 0)
			must(dated_put(plan->db, DATED_CODE, &code));
	}
}

static void
put_month(struct plan *plan, int64_t stall, enum period_calendar calendar, month_key month)
{
	uint64_t days = (next_random(plan) | next_random(plan)) & 0x3fffffff;
	int64_t count = __builtin_popcountll(days);
	struct adoption_month_row row = {.stall_id = stall,
		.calendar = calendar,
		.month = month,
		.active_days = days,
		.payments = count * PER_DAY,
		.value = {count * PER_DAY * 41000},
		.payers = count * 9,
		.hours = (uint32_t)next_random(plan) & 0x3ffe0};

	if (stall % 9 == 0) /* one in nine never took to it */
		return;
	plan->payments += calendar == CALENDAR_SOLAR ? row.payments : 0;
	must(adoption_months_put(plan->db, &row));
}

static void
put_tally(struct plan *plan, int market, int32_t day)
{
	struct tally tally CLEANUP(tally_fini) = {0};
	struct buf bytes CLEANUP(buf_fini) = {0};
	const struct market_day market_day = {market_id(market), day};

	for (int i = 0; i < 400; i++)
		histogram_add(&tally.amounts, (int64_t)(next_random(plan) % 600 + 5) * 1000, 5);
	for (int i = 0; i < 15; i++)
		histogram_add(&tally.delays, (int64_t)(next_random(plan) % 40), 130);
	for (int i = 5; i < 19; i++)
		tally.hours[i] = (int64_t)(next_random(plan) % 300);
	tally_encode(&tally, &bytes);
	must(tallies_put(plan->db, &market_day, buf_str(&bytes)));
}

static void
put_cells(struct plan *plan, month_key month)
{
	int32_t first = month_first_day(month, CALENDAR_SOLAR);

	must(store_begin(plan->db));
	for (int i = 0; i < plan->stalls; i++) {
		for (int calendar = CALENDAR_SOLAR; calendar <= CALENDAR_ND09; calendar++)
			put_month(plan, stall_id(i), (enum period_calendar)calendar, month);
		if (i % PER_TRANSACTION == PER_TRANSACTION - 1) {
			must(store_commit(plan->db));
			must(store_begin(plan->db));
		}
	}
	for (int i = 0; i < plan->markets; i++)
		for (int32_t day = first; day <= month_last_day(month, CALENDAR_SOLAR); day++)
			put_tally(plan, i, day);
	must(store_commit(plan->db));
}

/* Of this process alone: other work on the machine does not count. */
static int64_t
cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- asking ------------------------------------------------------------------------------------
 */

static struct report_request
request_of(const char *code)
{
	struct report_request request = {
		.code = str_from(code), .now_ms = day_start_ms(day_from_civil(2026, 7, 10), 0)};

	must(period_parse(STR("2026-06"), CALENDAR_SOLAR, &request.period));
	return request;
}

static void
time_report(struct plan *plan, const char *what, const char *code)
{
	struct report_request request = request_of(code);
	int64_t best = INT64_MAX, cpu = cpu_ms();

	for (int i = 0; i < TIMES; i++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct buf why CLEANUP(buf_fini) = {0};
		struct report *report;
		int64_t began = clock_monotonic_ms();

		must(report_build(plan->db, arena, &request, NULL, &report, &why));
		if (clock_monotonic_ms() - began < best)
			best = clock_monotonic_ms() - began;
		if (i == 0)
			printf("%s: CAI %lld, %lld payments, %zu rows, %zu to visit\n", what,
				(long long)report->figures.cai.cai_x100,
				(long long)report->figures.payments, report->row_count,
				report->work_count);
	}
	printf("%s_ms %lld (processor: %lld)\n", what, (long long)best,
		(long long)(cpu_ms() - cpu) / TIMES);
}

static void
time_ranking(struct plan *plan)
{
	struct report_request request = request_of("P");
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf why CLEANUP(buf_fini) = {0};
	struct report_row *rows;
	size_t count;
	int64_t began = clock_monotonic_ms(), cpu = cpu_ms();

	must(report_ranking(plan->db, arena, &request, "commune", &rows, &count, &why));
	printf("ranking_ms %lld (processor: %lld; %zu communes)\n",
		(long long)(clock_monotonic_ms() - began), (long long)(cpu_ms() - cpu), count);
}

static void
make(struct plan *plan, struct arena *arena)
{
	must(store_migrate(plan->db, 0));
	must(store_begin(plan->db));
	put_units(plan, arena);
	put_markets(plan, arena);
	put_stalls(plan, arena);
	must(store_commit(plan->db));
	for (int i = 0; i < plan->months; i++)
		put_cells(plan, LAST_MONTH - i);
}

static int
count_of(int argc, char **argv, int at, int otherwise)
{
	int64_t count = otherwise;

	if (at < argc && str_to_i64(str_from(argv[at]), &count).code != ERR_OK)
		count = otherwise;
	return (int)count;
}

int
main(int argc, char **argv)
{
	struct plan plan = {.months = count_of(argc, argv, 2, 1),
		.markets = count_of(argc, argv, 3, 250),
		.stalls = count_of(argc, argv, 4, 28700),
		.seed = 88172645463325252u};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf why CLEANUP(buf_fini) = {0};
	struct rusage usage;
	struct stat stat_of;
	char file[256];
	int64_t began = clock_monotonic_ms();

	if (argc < 3) {
		fprintf(stderr, "usage: adoption_cells FOLDER MONTHS [MARKETS STALLS]\n");
		return 64;
	}
	snprintf(file, sizeof(file), "%s/chopay.db", argv[1]);
	must(store_open(file, STORE_WRITE, &plan.db, &why));
	if (plan.months > 0)
		make(&plan, arena);
	store_close(plan.db); /* what was written is in the file then, as it is in the long run */
	must(store_open(file, STORE_READ, &plan.db, &why));
	stat(file, &stat_of);
	printf("made_ms %lld, %lld payments' worth, %lld MB\n",
		(long long)(clock_monotonic_ms() - began), (long long)plan.payments,
		(long long)stat_of.st_size / 1000000);
	time_report(&plan, "commune", "C1");
	time_report(&plan, "province", "P");
	time_ranking(&plan);
	getrusage(RUSAGE_SELF, &usage);
	printf("memory_kb %ld\n", usage.ru_maxrss);
	store_close(plan.db);
	return 0;
}
