/* The register's CSV: all rows or none, each fault by line and column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chopay/asset.h"

#include "../support/market.h"

#define HEADER                                                                                    \
	"market_code,market_name,unit_code,stall_code,stall_name,kind,goods,merchant_name,phone," \
	"bank_bin,account_no,account_holder,open_date,close_date\n"
#define GOOD "M2,Chợ Hai,23059,B01,Rau,stall,rau,Bà Năm,0990000009,970436,123,BA NAM,2024-01-01,\n"

/* One fault each, one step outside each rule; and rows that are right. */
static const struct {
	const char *name, *csv;
	size_t line; /* of the first fault; 0: none */
	const char *column;
} rows[] = {
	{"right", HEADER GOOD, 0, ""},
	{"CRLF, BOM, quotes",
		"\xef\xbb\xbf" HEADER
		"M2,\"Chợ \"\"Hai\"\", mới\",23059,B01,Rau,stall,,Bà Năm,,970436,123,BA NAM,,\r\n",
		0, ""},
	{"semicolons, as where the decimal sign is a comma",
		"\xef\xbb\xbfmarket_code;market_name;unit_code;stall_code;stall_name;kind;goods;"
		"merchant_name;phone;bank_bin;account_no;account_holder;open_date;close_date\r\n"
		"M2;Chợ Hai, mới;23059;B01;\"Rau; củ\";stall;rau;Bà Năm;;970436;123;BA NAM;;\r\n",
		0, ""},
	{"tabs",
		"market_code\tmarket_name\tunit_code\tstall_code\tstall_name\tkind\tgoods\t"
		"merchant_name\tphone\tbank_bin\taccount_no\taccount_holder\topen_date\tclose_date\n"
		"M2\tChợ Hai, mới; to\t23059\tB01\tRau\tstall\trau\tBà Năm\t\t970436\t123\tBA NAM"
		"\t\t\n",
		0, ""},
	{"semicolons below a header with commas",
		HEADER "M2;Chợ Hai;23059;B01;Rau;stall;rau;Bà Năm;;970436;123;BA NAM;;\n", 2, ""},
	{"empty file", "", 1, ""},
	{"a workbook", "PK\x03\x04 and what is packed", 1, ""},
	{"UTF-16",
		"\xff\xfem\x01"
		"a\x01",
		1, ""},
	{"header only", HEADER, 2, ""},
	{"other header", "market,stall\nM2,B01\n", 1, "market_code"},
	{"a field too few", HEADER "M2,Chợ Hai,23059,B01\n", 2, ""},
	{"a quote never closed", HEADER "M2,\"Chợ\n", 2, "market_name"},
	{"not UTF-8", HEADER "M2,Ch\xff,23059,B01,Rau,stall,rau,Bà Năm,,970436,123,BA NAM,,\n", 2,
		"market_name"},
	{"no market code", HEADER ",Chợ,23059,B01,Rau,stall,rau,Bà,,970436,123,BA,,\n", 2,
		"market_code"},
	{"blank in a code", HEADER "M 2,Chợ,23059,B01,Rau,stall,rau,Bà,,970436,123,BA,,\n", 2,
		"market_code"},
	{"a unit of the past", HEADER "M2,Chợ,23062,B01,Rau,stall,rau,Bà,,970436,123,BA,,\n", 2,
		"unit_code"},
	{"no such unit", HEADER "M2,Chợ,99999,B01,Rau,stall,rau,Bà,,970436,123,BA,,\n", 2,
		"unit_code"},
	{"kind", HEADER "M2,Chợ,23059,B01,Rau,shop,rau,Bà,,970436,123,BA,,\n", 2, "kind"},
	{"phone", HEADER "M2,Chợ,23059,B01,Rau,stall,rau,Bà,09a,970436,123,BA,,\n", 2, "phone"},
	{"unknown bank", HEADER "M2,Chợ,23059,B01,Rau,stall,rau,Bà,,970999,123,BA,,\n", 2,
		"bank_bin"},
	{"a bank without VietQR", HEADER "M2,Chợ,23059,B01,Rau,stall,rau,Bà,,458761,123,BA,,\n", 2,
		"bank_bin"},
	{"account of 20",
		HEADER "M2,Chợ,23059,B01,Rau,stall,rau,Bà,,970436,12345678901234567890,BA,,\n", 2,
		"account_no"},
	{"account with a blank", HEADER "M2,Chợ,23059,B01,Rau,stall,rau,Bà,,970436,12 3,BA,,\n", 2,
		"account_no"},
	{"no holder", HEADER "M2,Chợ,23059,B01,Rau,stall,rau,Bà,,970436,123,,,\n", 2,
		"account_holder"},
	{"no account at all", HEADER "M2,Chợ,23059,B01,Rau,stall,rau,Bà,,,,,,\n", 0, ""},
	{"a bank alone", HEADER "M2,Chợ,23059,B01,Rau,stall,rau,Bà,,970436,,,,\n", 2, "account_no"},
	{"an account without a bank", HEADER "M2,Chợ,23059,B01,Rau,stall,rau,Bà,,,123,BA,,\n", 2,
		"bank_bin"},
	{"a holder alone", HEADER "M2,Chợ,23059,B01,Rau,stall,rau,Bà,,,,BA,,\n", 2, "bank_bin"},
	{"no account for a stall that has one",
		HEADER "MALAM,Chợ Ma Lâm,23059,A01,Rau cô Ba,stall,rau,Nguyễn Thị Ba,0990000001,,,,"
		       "2020-01-01,\n",
		2, "account_no"},
	{"no such day", HEADER "M2,Chợ,23059,B01,Rau,stall,rau,Bà,,970436,123,BA,2026-02-30,\n", 2,
		"open_date"},
	{"closed before open",
		HEADER "M2,Chợ,23059,B01,Rau,stall,rau,Bà,,970436,123,BA,2026-02-02,2026-02-02\n",
		2, "close_date"},
	{"the second row", HEADER GOOD "M2,Chợ Hai,23059,B02,Rau,bad,rau,Bà,,970436,123,BA,,\n", 3,
		"kind"},
	{"one stall twice", HEADER GOOD GOOD, 3, "stall_code"},
	{"two names of a market",
		HEADER GOOD "M2,Chợ Ba,23059,B02,Rau,stall,rau,Bà,,970436,123,BA,,\n", 3,
		"market_name"},
	{"another account for a known stall",
		HEADER
		"MALAM,Chợ Ma Lâm,23059,A01,Rau cô Ba,stall,rau,Nguyễn Thị Ba,0990000001,970436,666,"
		"X,2020-01-01,\n",
		2, "account_no"},
};

struct import_command {
	struct command command;
	struct str csv;
	struct registry_import import;
	struct market_fixture *market;
};

static struct err
import_apply(struct tx *tx, struct command *self)
{
	struct import_command *asked = (struct import_command *)self;

	asked->import = market_import(tx, self->arena, asked->market->banks, asked->csv);
	return registry_import(tx->db, &asked->import);
}

struct export_query {
	struct query query;
	int32_t today;
	struct buf csv;
};

static struct err
run_export(struct db *db, struct query *query)
{
	struct export_query *asked = (struct export_query *)query;

	return registry_export(db, asked->today, &asked->csv);
}

static struct str export(struct market_fixture *market)
{
	struct export_query asked = {.query = {.run = run_export, .arena = market->arena},
		.today = day_of(books_now_ms(market->books), 0)};
	struct str csv;

	assert_int_equal(books_ask_wait(market->books, &asked.query).code, ERR_OK);
	csv = arena_copy(market->arena, buf_str(&asked.csv));
	buf_fini(&asked.csv);
	return csv;
}

static struct err
import(struct market_fixture *market, struct str csv, struct registry_import *result)
{
	struct import_command asked = {
		.command = {.apply = import_apply, .arena = market->arena},
		.csv = csv,
		.market = market,
	};
	struct err err = books_submit_wait(market->books, &asked.command);

	*result = asked.import;
	return err;
}

static void
each_fault_is_named_and_nothing_is_imported(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct market_fixture *market = market_open();
		struct str before = export(market);
		struct registry_import result;
		struct err err = import(market, str_from(rows[i].csv), &result);

		if ((err.code == ERR_OK) != (rows[i].line == 0))
			fail_msg(
				"%s: %s", rows[i].name, err.code == ERR_OK ? "imported" : err.what);
		if (rows[i].line > 0 &&
			(result.problems[0].line != rows[i].line ||
				strcmp(result.problems[0].column, rows[i].column) != 0))
			fail_msg("%s: line %zu column %s", rows[i].name, result.problems[0].line,
				result.problems[0].column);
		if (rows[i].line > 0 && !str_eq(before, export(market)))
			fail_msg("%s: something was imported", rows[i].name);
		market_free(market);
	}
}

static void
every_fault_of_a_row_is_told(void **state)
{
	struct market_fixture *market = market_open();
	struct registry_import result;

	(void)state;
	assert_int_equal(
		import(market, str_from(HEADER "M2,,23059,B01,Rau,shop,rau,Bà,x,1,123,BA,,\n"),
			&result)
			.code,
		ERR_INVALID);
	assert_int_equal(result.problem_count, 4); /* market_name, kind, phone, bank_bin */
	market_free(market);
}

static void
an_export_comes_back_unchanged(void **state)
{
	struct market_fixture *market = market_open();
	struct registry_import result;
	struct str before = export(market);

	(void)state;
	assert_int_equal(import(market, before, &result).code, ERR_OK);
	assert_int_equal(result.stalls_new, 0);
	assert_int_equal(result.stalls_changed, 0);
	assert_true(str_eq(before, export(market)));
	market_free(market);
}

static void
the_sample_market_is_340_stalls(void **state)
{
	struct market_fixture *market = market_open();
	struct registry_import result;
	struct err err;

	(void)state;
	/* Its stall codes are the fixture's too, with other accounts: give it a market of its own.
	 */
	struct str csv = asset_find("merchants/data/ma-lam-market.csv");
	struct buf other CLEANUP(buf_fini) = {0};
	struct str line;

	while (csv.len > 0) {
		str_split(&csv, '\n', &line);
		if (str_starts(line, STR("MALAM,")))
			buf_adds(&other, "X");
		buf_add(&other, line);
		buf_addc(&other, '\n');
	}
	err = import(market, buf_str(&other), &result);
	assert_int_equal(err.code, ERR_OK);
	assert_int_equal(result.stalls_new, 340);
	market_free(market);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_is_named_and_nothing_is_imported),
		cmocka_unit_test(every_fault_of_a_row_is_told),
		cmocka_unit_test(an_export_comes_back_unchanged),
		cmocka_unit_test(the_sample_market_is_340_stalls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
