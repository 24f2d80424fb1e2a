/* A stall's own book: which payments stand on which day, what a refund does, the year beside the
 * threshold of its law, and that paper and spreadsheet say what the book says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../support/market.h"
#include "chopay/asset.h"
#include "chopay/charge_commands.h"
#include "chopay/csv.h"
#include "chopay/revenue.h"

#define VCB "0071000000001" /* A01's own */
#define SHARED "19990002"   /* of A02 and A03, one household */

static int32_t
day(const char *text)
{
	int32_t found = 0;

	assert_int_equal(day_parse(str_from(text), &found).code, ERR_OK);
	return found;
}

static int64_t
at(const char *text)
{
	int64_t ms = 0;

	assert_int_equal(time_parse_local(str_from(text), &ms).code, ERR_OK);
	return ms;
}

struct book_query {
	struct query query;
	int64_t stall_id;
	int32_t from_day, to_day;
	struct revenue_book *book;
};

static struct err
build(struct db *db, struct query *query)
{
	struct book_query *asked = (struct book_query *)query;

	return revenue_build(
		db, query->arena, asked->stall_id, asked->from_day, asked->to_day, &asked->book);
}

static struct err
ask_book(struct market_fixture *market, const char *stall, const char *from, const char *to,
	struct revenue_book **book)
{
	struct book_query asked = {.query = {.run = build, .arena = market->arena},
		.stall_id = market_stall(market, stall).id,
		.from_day = day(from),
		.to_day = day(to)};
	struct err err = books_ask_wait(market->books, &asked.query);

	*book = asked.book;
	return err;
}

static struct revenue_book *
book_of(struct market_fixture *market, const char *stall, const char *from, const char *to)
{
	struct revenue_book *book = NULL;

	assert_int_equal(ask_book(market, stall, from, to, &book).code, ERR_OK);
	return book;
}

static struct settlement
money(struct market_fixture *market, const char *account, struct str memo, int64_t amount,
	const char *when, bool out)
{
	static int last = 700;

	return market_credit(
		market, &(struct credit){.id = arena_printf(market->arena, "%d", ++last).ptr,
				.account = account,
				.memo = arena_cstr(market->arena, memo),
				.amount = amount,
				.booked_at_ms = at(when),
				.outgoing = out});
}

/* "2026-06-10 Bán hàng, 2 giao dịch chuyển khoản 70000" a line. */
static struct str
lines_of(struct market_fixture *market, const struct revenue_book *book)
{
	struct buf text CLEANUP(buf_fini) = {0};

	for (size_t i = 0; i < book->line_count; i++) {
		day_format(&text, book->lines[i].day);
		buf_addf(&text, " %.*s %lld\n", STR_FMT(book->lines[i].text),
			(long long)book->lines[i].amount.dong);
	}
	return arena_copy(market->arena, buf_str(&text));
}

#define assert_lines(market, book, want) assert_string_equal(lines_of(market, book).ptr, want)

/* ---- days --------------------------------------------------------------------------------------
 */

static void
a_day_is_a_line_and_a_late_credit_stands_on_the_banks_day(void **state)
{
	struct market_fixture *market = *state;
	struct revenue_book *book;

	money(market, VCB, STR("rau"), 50000, "2026-06-10 08:00:00", false);
	money(market, VCB, STR("rau"), 999, "2026-06-12 00:00:00", false);   /* R4 is not asked */
	money(market, VCB, STR("rau"), 20000, "2026-06-10 23:59:59", false); /* told late */
	money(market, VCB, STR("rau"), 7000, "2026-06-09 23:59:59", false);
	money(market, VCB, STR("rau"), 8000, "2026-06-13 00:00:00", false);
	book = book_of(market, "A01", "2026-06-10", "2026-06-12");
	assert_lines(market, book,
		"2026-06-10 Bán hàng, 2 giao dịch chuyển khoản 70000\n"
		"2026-06-12 Bán hàng, 1 giao dịch chuyển khoản 999\n");
	assert_int_equal(book->total.dong, 70999);
	assert_int_equal(book->year, 2026);
	assert_int_equal(book->year_total.dong, 77999); /* the 13th is after the book */
	assert_string_equal(book->merchant_name.ptr, "Nguyễn Thị Ba");
	assert_string_equal(book->unit_name.ptr, "Xã Hàm Thuận");
}

static void
money_given_back_stands_on_the_day_it_went_back(void **state)
{
	struct market_fixture *market = *state;
	struct charge charge = market_charge(market, "A01", 50000);
	struct settlement in;
	struct payment_refund_command refund = {
		.command = {.apply = payment_refund_apply, .arena = market->arena},
		.amount = {3000},
		.person = STR("Lan"),
		.why = STR("thối lại"),
	};
	struct buf today CLEANUP(buf_fini) = {0};

	money(market, VCB, charge.reference, 50000, "2026-06-30 17:00:00", false);
	money(market, VCB, charge.reference, 20000, "2026-07-01 09:00:00", true);
	assert_lines(market, book_of(market, "A01", "2026-06-01", "2026-06-30"),
		"2026-06-30 Bán hàng, 1 giao dịch chuyển khoản 50000\n");
	assert_lines(market, book_of(market, "A01", "2026-07-01", "2026-07-31"),
		"2026-07-01 Hoàn tiền cho khách, 1 giao dịch -20000\n");
	assert_int_equal(
		book_of(market, "A01", "2026-06-01", "2026-07-31")->year_total.dong, 30000);

	/* By hand, and no feed has told of the money: the day it was said. */
	in = money(market, VCB, STR("rau"), 9000, "2026-05-01 08:00:00", false);
	refund.payment_id = in.payment_id;
	assert_int_equal(books_submit_wait(market->books, &refund.command).code, ERR_OK);
	day_format(&today, day_of(books_now_ms(market->books), 0));
	assert_lines(market, book_of(market, "A01", today.ptr, today.ptr),
		arena_printf(
			market->arena, "%s Hoàn tiền cho khách, 1 giao dịch -3000\n", today.ptr)
			.ptr);
	assert_lines(market, book_of(market, "A01", "2026-05-01", "2026-05-31"),
		"2026-05-01 Bán hàng, 1 giao dịch chuyển khoản 9000\n");
}

static void
what_the_bank_took_back_is_a_line_of_its_own(void **state)
{
	struct market_fixture *market = *state;
	struct credit credit = {.id = "11",
		.account = VCB,
		.memo = "rau",
		.amount = 7000,
		.booked_at_ms = at("2026-06-10 08:00:00"),
		.bank_ref = "FT26209000000077"};

	market_credit(market, &credit);
	credit.id = "12";
	credit.memo = "REV";
	credit.outgoing = true;
	credit.booked_at_ms = at("2026-06-10 09:00:00");
	assert_int_not_equal(market_credit(market, &credit).adjustment_id, 0);
	assert_lines(market, book_of(market, "A01", "2026-06-10", "2026-06-10"),
		"2026-06-10 Bán hàng, 1 giao dịch chuyển khoản 7000\n"
		"2026-06-10 Ngân hàng thu hồi, 1 giao dịch -7000\n");
}

static void
the_year_is_the_households_and_begins_in_january(void **state)
{
	struct market_fixture *market = *state;
	struct revenue_book *book;

	money(market, SHARED, market_stall(market, "A02").reference, 100000, "2025-12-31 23:59:59",
		false);
	money(market, SHARED, market_stall(market, "A02").reference, 20000, "2026-01-01 00:00:00",
		false);
	money(market, SHARED, market_stall(market, "A03").reference, 3000, "2026-02-01 08:00:00",
		false);
	money(market, VCB, STR("rau"), 1, "2026-02-01 08:00:00", false); /* another household */
	book = book_of(market, "A02", "2025-12-31", "2026-02-28");
	assert_int_equal(book->total.dong, 120000);
	assert_int_equal(book->year_total.dong, 23000);
	book = book_of(market, "A03", "2025-12-01", "2025-12-31");
	assert_int_equal(book->line_count, 0);
	assert_int_equal(book->year, 2025);
	assert_int_equal(book->year_total.dong, 100000);
	assert_int_equal(book->account_count, 1); /* two stalls, one account */
	assert_string_equal(book->accounts[0].account_no.ptr, SHARED);
	assert_int_equal(book->accounts[0].to_day, DAY_LAST);
}

struct night_command {
	struct command command;
	const struct banks *banks;
};

/* A market whose day begins at six, with one stall. */
static struct err
open_night_market(struct tx *tx, struct command *self)
{
	struct market market = {.id = tx_next_id(tx),
		.code = STR("DEM"),
		.name = STR("Chợ đêm"),
		.day_cut_min = 360};
	struct registry_import import = market_import(tx, self->arena,
		((struct night_command *)self)->banks,
		STR("market_code,market_name,unit_code,stall_code,stall_name,kind,goods,"
		    "merchant_name,phone,bank_bin,account_no,account_holder,open_date,"
		    "close_date\nDEM,Chợ đêm,23059,D01,Chè,stall,chè,Lý Thị Đêm,,970436,"
		    "990077,LY THI DEM,,\n"));

	TRY(markets_put(tx->db, &market));
	TRY(markets_attach(tx->db, market.id, STR("23059"), DAY_FIRST, DAY_LAST));
	return registry_import(tx->db, &import);
}

/* Its market day of 01:00 is the day before; its bank statement's is not. */
static void
a_night_market_keeps_the_dates_of_the_bank(void **state)
{
	struct market_fixture *market = *state;
	struct night_command night = {
		{.apply = open_night_market, .arena = market->arena}, market->banks};

	assert_int_equal(books_submit_wait(market->books, &night.command).code, ERR_OK);
	money(market, "990077", STR("che"), 5000, "2026-06-11 01:00:00", false);
	money(market, "990077", STR("che"), 200, "2026-06-12 00:00:00", false);
	assert_lines(market, book_of(market, "D01", "2026-06-11", "2026-06-11"),
		"2026-06-11 Bán hàng, 1 giao dịch chuyển khoản 5000\n");
	assert_lines(market, book_of(market, "D01", "2026-06-10", "2026-06-10"), "");
}

static const struct {
	const char *from, *to;
	enum err_code want;
} ranges[] = {
	{"2026-06-02", "2026-06-01", ERR_INVALID},
	{"2026-06-01", "2026-06-01", ERR_OK},
	{"2024-01-01", "2024-12-31", ERR_OK}, /* 366 days */
	{"2025-01-01", "2026-01-02", ERR_INVALID},
};

static void
a_book_is_of_a_year_at_most(void **state)
{
	struct revenue_book *book;

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		assert_int_equal(ask_book(*state, "A01", ranges[i].from, ranges[i].to, &book).code,
			ranges[i].want);
}

/* ---- thresholds --------------------------------------------------------------------------------
 */

static const struct {
	const char *day;
	int64_t threshold;
} thresholds[] = {
	{"2013-12-31", 0},
	{"2014-01-01", 100000000},
	{"2025-12-31", 100000000},
	{"2026-01-01", 1000000000}, /* of three rows of that date the last */
	{"2026-11-30", 1000000000},
};

static void
the_threshold_is_that_of_the_date(void **state)
{
	for (size_t i = 0; i < sizeof(thresholds) / sizeof(thresholds[0]); i++) {
		struct revenue_book *book = book_of(
			*state, "A01", thresholds[i].day, thresholds[i].day);

		assert_int_equal(book->threshold.dong, thresholds[i].threshold);
		assert_int_equal(book->threshold_basis.len > 0, thresholds[i].threshold > 0);
	}
}

static void
the_thresholds_stand_in_the_order_of_dates(void **state)
{
	struct market_fixture *market = *state;
	struct str fields[CSV_FIELDS_MAX];
	int32_t last = DAY_FIRST, from_day;
	struct csv csv;
	size_t count, rows = 0;

	csv_init(&csv, asset_find("merchants/data/revenue-thresholds.csv"));
	assert_int_equal(csv_next(&csv, market->arena, fields, &count).code, ERR_OK);
	while (csv_next(&csv, market->arena, fields, &count).code == ERR_OK) {
		assert_int_equal(count, 4);
		assert_int_equal(day_parse(fields[0], &from_day).code, ERR_OK);
		assert_true(from_day >= last);
		last = from_day;
		rows++;
	}
	assert_true(rows >= 4);
}

/* ---- forms -------------------------------------------------------------------------------------
 */

/* What a program of this machine prints of a file with these bytes; its name stands between
 * `before` and `after`. */
static struct str
printed(struct market_fixture *market, struct str bytes, const char *before, const char *after)
{
	char path[128], line[512], chunk[4096];
	struct buf text CLEANUP(buf_fini) = {0};
	FILE *file;
	size_t got;

	snprintf(path, sizeof(path), "%s/form", market->folder);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
	snprintf(line, sizeof(line), "%s %s %s", before, path, after);
	file = popen(line, "r");
	assert_non_null(file);
	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(&text, (struct str){chunk, got});
	assert_int_equal(pclose(file), 0);
	unlink(path);
	return arena_copy(market->arena, buf_str(&text));
}

static void
assert_says(struct str text, const char *words)
{
	if (str_find(text, str_from(words)) < 0)
		fail_msg("\"%s\" is not in:\n%.*s", words, STR_FMT(text));
}

static struct revenue_book *
sample_book(struct market_fixture *market)
{
	struct charge charge = market_charge(market, "A01", 61000000);

	money(market, VCB, charge.reference, 61000000, "2026-06-10 08:00:00", false);
	money(market, VCB, STR("rau"), 450000, "2026-06-11 08:00:00", false);
	money(market, VCB, charge.reference, 150000, "2026-06-12 08:00:00", true);
	return book_of(market, "A01", "2026-06-01", "2026-06-30");
}

static void
the_paper_says_what_the_book_says(void **state)
{
	struct market_fixture *market = *state;
	struct revenue_book *book = sample_book(market);
	struct buf bytes CLEANUP(buf_fini) = {0}, again CLEANUP(buf_fini) = {0};
	struct str text;

	assert_int_equal(revenue_pdf(book, &bytes).code, ERR_OK);
	sleep(1); /* another second of the machine's clock */
	assert_int_equal(revenue_pdf(book, &again).code, ERR_OK);
	assert_true(str_eq(buf_str(&bytes), buf_str(&again)));
	text = printed(market, buf_str(&bytes), "pdftotext -layout", "-");
	assert_says(text, "Mẫu số S1a-HKD");
	assert_says(text, "SỔ DOANH THU BÁN HÀNG HÓA, DỊCH VỤ");
	assert_says(text, "HỘ, CÁ NHÂN KINH DOANH: Nguyễn Thị Ba");
	assert_says(text, "từ 01/06/2026 đến 30/06/2026");
	assert_says(text, "10/06/2026");
	assert_says(text, "61.000.000");
	assert_says(text, "-150.000");
	assert_says(text, "61.300.000");
	assert_says(text, "01/BK-STK");
	assert_says(text, VCB);
	assert_says(text, "1.000.000.000");
	assert_says(text, "938.700.000");
	text = printed(market, buf_str(&bytes), "pdffonts", "");
	assert_says(text, "LiberationSerif");
}

static void
a_year_of_days_flows_over_its_pages(void **state)
{
	struct market_fixture *market = *state;
	struct revenue_book *book = sample_book(market);
	struct revenue_line *lines = arena_alloc(market->arena, 366 * sizeof(*lines));
	struct buf bytes CLEANUP(buf_fini) = {0};
	struct str text;

	for (int i = 0; i < 366; i++) {
		lines[i] = book->lines[0];
		lines[i].day = day("2026-01-01") + i;
	}
	book->lines = lines;
	book->line_count = 366;
	assert_int_equal(revenue_pdf(book, &bytes).code, ERR_OK);
	text = printed(market, buf_str(&bytes), "pdftotext -layout", "-");
	assert_says(text, "31/12/2026");
	text = printed(market, buf_str(&bytes), "pdftotext -layout", "- | grep -c 'Diễn giải'");
	assert_true(atoi(text.ptr) >= 9); /* the heads stand on every page */
	text = printed(market, buf_str(&bytes), "pdftotext -layout", "- | grep -c '61.000.000'");
	assert_int_equal(atoi(text.ptr), 366);
}

static void
the_spreadsheet_says_what_the_book_says(void **state)
{
	struct market_fixture *market = *state;
	struct revenue_book *book = sample_book(market);
	struct buf bytes CLEANUP(buf_fini) = {0}, again CLEANUP(buf_fini) = {0};
	struct str text;

	assert_int_equal(revenue_xlsx(book, &bytes).code, ERR_OK);
	sleep(1);
	assert_int_equal(revenue_xlsx(book, &again).code, ERR_OK);
	assert_true(str_eq(buf_str(&bytes), buf_str(&again)));
	text = printed(market, buf_str(&bytes), "unzip -p", "xl/worksheets/sheet1.xml");
	assert_says(text, "<v>61000000</v>");
	assert_says(text, "<v>-150000</v>");
	assert_says(text, "<v>61300000</v>");
	text = printed(market, buf_str(&bytes), "unzip -p", "xl/sharedStrings.xml");
	assert_says(text, "Nguyễn Thị Ba");
	assert_says(text, VCB); /* a text: it keeps its zeros */
	text = printed(market, buf_str(&bytes), "unzip -p", "xl/worksheets/sheet3.xml");
	assert_says(text, "<v>1000000000</v>");
	assert_says(text, "<v>938700000</v>");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define ON_A_MARKET(test) cmocka_unit_test_setup_teardown(test, market_setup, market_teardown)
		ON_A_MARKET(a_day_is_a_line_and_a_late_credit_stands_on_the_banks_day),
		ON_A_MARKET(money_given_back_stands_on_the_day_it_went_back),
		ON_A_MARKET(what_the_bank_took_back_is_a_line_of_its_own),
		ON_A_MARKET(the_year_is_the_households_and_begins_in_january),
		ON_A_MARKET(a_night_market_keeps_the_dates_of_the_bank),
		ON_A_MARKET(a_book_is_of_a_year_at_most),
		ON_A_MARKET(the_threshold_is_that_of_the_date),
		ON_A_MARKET(the_thresholds_stand_in_the_order_of_dates),
		ON_A_MARKET(the_paper_says_what_the_book_says),
		ON_A_MARKET(a_year_of_days_flows_over_its_pages),
		ON_A_MARKET(the_spreadsheet_says_what_the_book_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
