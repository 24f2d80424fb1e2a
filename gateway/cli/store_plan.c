/* chopay store plan: how large the books grow, and the statements that spread them over nodes. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/distribution.h"
#include "chopay/log.h"
#include "chopay/str.h"

#include "options.h"
#include "store.h"

#define STALLS_MAX 100000000
#define PER_DAY_MAX 1000000000
#define YEARS_MAX 100
#define SHARDS_MAX 64000 /* Citus's own bound */
#define SHARDS_DEFAULT 32
#define DAYS_A_YEAR 365

const char store_plan_help[] =
	"usage: chopay store plan --stalls N --payments-per-day P --years Y [--shards S]\n\n"
	"How many rows and bytes the books will hold, by table and index, and the statements that\n"
	"spread them over the nodes of a Citus cluster.  Sizes are comments (--): all of it can be\n"
	"read by psql.  Nothing is opened or changed.\n\n"
	"  --stalls N            stalls in the register\n"
	"  --payments-per-day P  payments of all of them in a day\n"
	"  --years Y             how long they are kept\n"
	"  --shards S            pieces of each table that is spread (default 32)\n";

/* ---- what a row takes ---------------------------------------------------------------------------
 */

/* What there is one row of. */
enum per { PER_STALL, PER_STALL_DAY, PER_PAYMENT, PER_CHARGE, PER_NOTICE, PER_HELD, PER_KINDS };

#define CHARGES_PERCENT 50  /* of payments are asked for by a charge, with a code of its own */
#define NOTICES_PERCENT 200 /* of payments: its own, and two of each charge */
#define HELD_PERCENT 1	    /* of payments name nobody at first */

/*
 * Bytes for one row of a table or an index, with its share of the pages' empty space.
 *
 * Measured with 20,000 SePay credits to the 340 stalls of the sample market through the gateway,
 * half of them to a charge made just before (the sizes of notes and bodies are what SePay sends);
 * SQLite 3.40 (dbstat) and PostgreSQL 15 (pg_table_size, pg_relation_size), divided by the rows.
 * Lines of statements, credits held and a hundred days of cells were put in by SQL, one for each
 * transfer, and one for each stall and day.
 */
struct size {
	const char *table, *index; /* index NULL: the table itself */
	enum per per;
	int sqlite, postgres;
};

static const struct size sizes[] = {
	{"delivery", NULL, PER_PAYMENT, 515, 549},
	{"delivery", "its id", PER_PAYMENT, 0, 77},
	{"delivery", "its bytes' digest", PER_PAYMENT, 81, 126},
	{"transfer", NULL, PER_PAYMENT, 172, 218},
	{"transfer", "its id", PER_PAYMENT, 0, 42},
	{"transfer", "account, amount", PER_PAYMENT, 41, 61},
	{"transfer", "account, time", PER_PAYMENT, 37, 31},
	{"transfer_key", NULL, PER_PAYMENT, 98, 144},
	{"transfer_key", "account, key", PER_PAYMENT, 40, 61},
	{"transfer_key", "account, reference", PER_PAYMENT, 41, 61},
	{"transfer_key", "transfer", PER_PAYMENT, 19, 24},
	{"payment", NULL, PER_PAYMENT, 94, 139},
	{"payment", "stall, id", PER_PAYMENT, 19, 45},
	{"payment", "id", PER_PAYMENT, 19, 24},
	{"payment", "stall, day", PER_PAYMENT, 22, 10},
	{"payment", "transfer", PER_PAYMENT, 28, 41},
	{"payment", "charge", PER_CHARGE, 39, 49},
	{"charge", NULL, PER_CHARGE, 99, 179},
	{"charge", "stall, id", PER_CHARGE, 25, 64},
	{"charge", "reference", PER_CHARGE, 28, 74},
	{"charge", "account, amount", PER_CHARGE, 30, 64},
	{"idempotency", NULL, PER_CHARGE, 93, 122},
	{"idempotency", "key", PER_CHARGE, 41, 87},
	{"idempotency", "time", PER_CHARGE, 17, 13},
	{"notice", NULL, PER_NOTICE, 257, 284},
	{"notice", "stall, id", PER_NOTICE, 28, 41},
	{"bank_line", NULL, PER_PAYMENT, 106, 160},
	{"bank_line", "account, day, line", PER_PAYMENT, 67, 139},
	{"bank_line", "account, line", PER_PAYMENT, 59, 80},
	{"bank_line", "day, account", PER_PAYMENT, 46, 81},
	{"bank_line", "transfer", PER_PAYMENT, 19, 24},
	{"suspense", NULL, PER_HELD, 62, 103},
	{"suspense", "transfer", PER_HELD, 0, 24},
	{"cell", NULL, PER_STALL_DAY, 26, 70},
	{"cell", "stall, day, writer", PER_STALL_DAY, 23, 52},
	{"cell", "day", PER_STALL_DAY, 12, 11},
	{"stall", NULL, PER_STALL, 121, 265},
	{"stall", "its keys", PER_STALL, 157, 362},
	{"account", NULL, PER_STALL, 72, 192},
	{"account", "its keys", PER_STALL, 48, 168},
	{"stall_account", NULL, PER_STALL, 60, 144},
	{"stall_account", "its keys", PER_STALL, 84, 144},
};
#define SIZE_COUNT (sizeof(sizes) / sizeof(sizes[0]))

struct plan {
	int64_t stalls, per_day, years, shards;
	int64_t rows[PER_KINDS]; /* of all the years */
	int64_t year_rows[PER_KINDS];
};

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void
count_rows(const struct plan *plan, int64_t years, int64_t rows[PER_KINDS])
{
	int64_t days = years * DAYS_A_YEAR, payments = plan->per_day * days;

	rows[PER_STALL] = plan->stalls;
	/* A stall that sells has a cell; with fewer payments than stalls not all of them do. */
	rows[PER_STALL_DAY] = least(plan->stalls, plan->per_day) * days;
	rows[PER_PAYMENT] = payments;
	rows[PER_CHARGE] = payments / 100 * CHARGES_PERCENT;
	rows[PER_NOTICE] = payments / 100 * NOTICES_PERCENT;
	rows[PER_HELD] = payments / 100 * HELD_PERCENT;
}

/* ---- printed -----------------------------------------------------------------------------------
 */

static void
put_bytes(struct buf *out, int64_t bytes)
{
	static const char *const units[] = {"KB", "MB", "GB", "TB", "PB"};
	int64_t tenths = bytes / 100; /* of a KB */
	size_t unit = 0;

	while (tenths >= 10000 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		tenths /= 1000;
		unit++;
	}
	buf_addf(out, "%lld,%lld %s", (long long)(tenths / 10), (long long)(tenths % 10),
		units[unit]);
}

static void
print_size(const char *name, const char *index, int64_t rows, int64_t lite, int64_t postgres)
{
	struct buf a CLEANUP(buf_fini) = {0}, b CLEANUP(buf_fini) = {0};

	put_bytes(&a, lite);
	put_bytes(&b, postgres);
	if (index == NULL)
		printf("-- %-34s %16lld %14s %14s\n", name, (long long)rows, a.ptr, b.ptr);
	else
		printf("--   %-32s %16s %14s %14s\n", index, "", lite == 0 ? "-" : a.ptr, b.ptr);
}

static void
print_sizes(const struct plan *plan, int64_t *lite, int64_t *postgres)
{
	*lite = *postgres = 0;
	printf("-- %-36s %17s %14s %14s\n", "bảng, chỉ mục (table, index)", "dòng (rows)", "SQLite",
		"PostgreSQL");
	for (size_t i = 0; i < SIZE_COUNT; i++) {
		const struct size *size = &sizes[i];
		int64_t rows = plan->rows[size->per];

		print_size(
			size->table, size->index, rows, rows * size->sqlite, rows * size->postgres);
		*lite += rows * size->sqlite;
		*postgres += rows * size->postgres;
	}
	print_size("", "tổng (total)", 0, *lite, *postgres);
}

static void
print_year(const struct plan *plan, int64_t postgres)
{
	struct buf year CLEANUP(buf_fini) = {0}, month CLEANUP(buf_fini) = {0};
	struct buf shard CLEANUP(buf_fini) = {0};
	int64_t bytes = 0;

	for (size_t i = 0; i < SIZE_COUNT; i++) {
		if (sizes[i].per != PER_STALL)
			bytes += plan->year_rows[sizes[i].per] * sizes[i].postgres;
	}
	put_bytes(&year, bytes);
	put_bytes(&month, bytes / 12);
	put_bytes(&shard, postgres / plan->shards);
	printf("-- mỗi năm thêm (a year adds, PostgreSQL): %s; mỗi tháng (a month): %s\n", year.ptr,
		month.ptr);
	printf("-- mỗi mảnh (each of %lld shards holds): %s\n", (long long)plan->shards, shard.ptr);
	fputs("-- nhật ký WAL, bản sao và chỗ trống để dọn dẹp: nhân với 3\n"
	      "-- (the log, a standby and room for vacuum: three times as much)\n",
		stdout);
}

static void
print_table(const struct distribution *table, int64_t shards)
{
	switch (table->spread) {
	case SPREAD_NOT:
		printf("-- %s: %s\n", table->table, table->why);
		return;
	case SPREAD_WHOLE:
		printf("SELECT create_reference_table('%s'); -- %s\n", table->table, table->why);
		return;
	case SPREAD_ROWS:
		break;
	}
	if (table->beside == NULL)
		printf("SELECT create_distributed_table('%s', '%s', colocate_with => 'none',"
		       " shard_count => %lld); -- %s\n",
			table->table, table->column, (long long)shards, table->why);
	else
		printf("SELECT create_distributed_table('%s', '%s', colocate_with => '%s'); -- "
		       "%s\n",
			table->table, table->column, table->beside, table->why);
}

static void
print_statements(const struct plan *plan)
{
	static const struct {
		enum spread spread;
		const char *about;
	} parts[] = {
		{SPREAD_NOT, "ở một nút (on one node)"},
		{SPREAD_WHOLE, "nút nào cũng có đủ (whole on each node)"},
		{SPREAD_ROWS, "trải theo cột (rows spread by a column)"},
	};

	fputs("\n-- Trải trên nhiều nút (spread over nodes): sau `chopay serve --store` lần đầu,\n"
	      "-- trước khi có nhiều dữ liệu (after the first `chopay serve --store`, while small)\n"
	      "CREATE EXTENSION IF NOT EXISTS citus;\n",
		stdout);
	for (size_t part = 0; part < sizeof(parts) / sizeof(parts[0]); part++) {
		printf("-- %s\n", parts[part].about);
		for (size_t i = 0; i < distribution_count; i++) {
			if (distributions[i].spread == parts[part].spread)
				print_table(&distributions[i], plan->shards);
		}
	}
}

static int64_t
month_of_table(const struct plan *plan, const char *table)
{
	int64_t bytes = 0;

	for (size_t i = 0; i < SIZE_COUNT; i++) {
		if (strcmp(sizes[i].table, table) == 0)
			bytes += plan->year_rows[sizes[i].per] * sizes[i].postgres / 12;
	}
	return bytes;
}

static void
print_months(const struct plan *plan)
{
	struct buf deliveries CLEANUP(buf_fini) = {0}, payments CLEANUP(buf_fini) = {0};

	put_bytes(&deliveries, month_of_table(plan, "delivery"));
	put_bytes(&payments, month_of_table(plan, "payment"));
	printf("\n-- Theo tháng (by month): mỗi tháng một lần (once a month)\n"
	       "--   chopay store partition --ahead 3 --store URI --data DIR\n"
	       "-- tin gốc cũ (old raw deliveries), mỗi tháng (a month of them): %s\n"
	       "--   chopay store archive --before YYYY-MM --store URI --data DIR\n"
	       "--   pg_dump -n public_archive; DROP SCHEMA public_archive CASCADE\n"
	       "-- thanh toán cũ sang đĩa rẻ (old payments on a cheap disk; they stay in the books): "
	       "%s\n"
	       "--   ALTER TABLE payment_YYYYMM SET TABLESPACE ...\n",
		deliveries.ptr, payments.ptr);
}

static int
print_plan(struct plan *plan)
{
	int64_t lite, postgres;

	count_rows(plan, plan->years, plan->rows);
	count_rows(plan, 1, plan->year_rows);
	printf("-- %lld điểm bán (stalls), %lld thanh toán mỗi ngày (payments a day), %lld năm "
	       "(years)\n",
		(long long)plan->stalls, (long long)plan->per_day, (long long)plan->years);
	printf("-- ước lượng (assumed): %d%% thanh toán theo khoản thu (payments asked for by a "
	       "charge),\n--   mỗi giao dịch có một dòng sao kê (each transfer on a statement), "
	       "%d%% chờ xử lý (held)\n",
		CHARGES_PERCENT, HELD_PERCENT);
	print_sizes(plan, &lite, &postgres);
	print_year(plan, postgres);
	print_months(plan);
	print_statements(plan);
	return EX_OK;
}

/* ---- its words ---------------------------------------------------------------------------------
 */

static int
read_count(const char *name, const char *text, int64_t max, int64_t *number)
{
	if (text == NULL) {
		complain("store plan: --%s is missing; see `chopay store plan --help`", name);
		return EX_USAGE;
	}
	if (str_to_i64(str_from(text), number).code != ERR_OK || *number < 1 || *number > max) {
		complain(
			"store plan: --%s %s: a number from 1 to %lld", name, text, (long long)max);
		return EX_DATAERR;
	}
	return 0;
}

int
store_plan(int argc, char **argv)
{
	const char *stalls = NULL, *per_day = NULL, *years = NULL, *shards = NULL, *words[1];
	const struct option_spec specs[] = {{"stalls", &stalls, NULL},
		{"payments-per-day", &per_day, NULL}, {"years", &years, NULL},
		{"shards", &shards, NULL}};
	struct plan plan = {.shards = SHARDS_DEFAULT};
	size_t count;
	int status = options_read(
		"store plan", store_plan_help, argc, argv, specs, 4, words, 0, &count);

	if (status != -1)
		return status;
	status = read_count("stalls", stalls, STALLS_MAX, &plan.stalls);
	if (status == 0)
		status = read_count("payments-per-day", per_day, PER_DAY_MAX, &plan.per_day);
	if (status == 0)
		status = read_count("years", years, YEARS_MAX, &plan.years);
	if (status == 0 && shards != NULL)
		status = read_count("shards", shards, SHARDS_MAX, &plan.shards);
	return status == 0 ? print_plan(&plan) : status;
}
