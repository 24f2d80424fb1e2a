/* What banks write into one cell: amounts, times, directions; and each row one step outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../gateway/feeds/statement_values.h"
#include "../../gateway/feeds/statement_xlsx.h"

#define BAD INT64_MIN
#define NONE (INT64_MIN + 1) /* the cell says nothing */

static const struct {
	const char *text;
	int64_t dong;
	bool is_signed;
} amounts[] = {
	{"45000", 45000, false},
	{"45.000", 45000, false},
	{"45,000", 45000, false},
	{"1.234.567", 1234567, false},
	{"1,234,567.00", 1234567, false},
	{"1.234.567,00", 1234567, false},
	{"1.234.567,0", 1234567, false},
	{"1,234,567.5", BAD, false},
	{"1,234,567.01", BAD, false},
	{"45000.00", 45000, false},
	{"45000,00", 45000, false},
	{"45.00", 45, false},
	{"45.50", BAD, false},
	{"1,234.567", BAD, false}, /* thousands, or a fraction of three digits? */
	{"1234.567", BAD, false},  /* four digits before the first separator */
	{"1234,567.00", BAD, false},
	{"1,23,456", BAD, false},
	{"12,34", BAD, false},
	{"1.234.56", BAD, false},
	{"1,234,567,890", 1234567890, false},
	{"1'234'567", 1234567, false},
	{"1 234 567", 1234567, false},
	{"1\xc2\xa0"
	 "234\xc2\xa0"
	 "567",
		1234567, false},
	{"1\xe2\x80\xaf"
	 "234",
		1234, false},
	{"1 234,567", BAD, false},
	{"+45,000", 45000, true},
	{"-45,000", -45000, true},
	{"- 45.000", -45000, true},
	{"\xe2\x88\x92"
	 "45.000",
		-45000, true}, /* U+2212 */
	{"45,000-", -45000, true},
	{"45,000+", 45000, true},
	{"(45,000)", -45000, true},
	{"(45,000.00)", -45000, true},
	{"(-45,000)", BAD, false},
	{"-45,000-", BAD, false},
	{"--45", BAD, false},
	{"+-45", BAD, false},
	{"45,000 VND", 45000, false},
	{"45.000 \xc4\x91", 45000, false},
	{"45.000\xe2\x82\xab", 45000, false},
	{"VND 45,000", 45000, false},
	{"-45.000 VN\xc4\x90", -45000, true},
	{"45,000 USD", BAD, false},
	{"$45", BAD, false},
	{"USD", BAD, false},
	{" 45000 ", 45000, false},
	{"\t45000\xc2\xa0", 45000, false},
	{"0", 0, false},
	{"0.00", 0, false},
	{"-0", 0, true},
	{"", NONE, false},
	{"  ", NONE, false},
	{"-", NONE, false},
	{"\xe2\x80\x93", NONE, false},
	{"000045", 45, false},
	{"1000000000000000", 1000000000000000, false},
	{"1000000000000001", BAD, false},
	{"99999999999999999999999999", BAD, false},
	{"1.5E5", BAD, false},
	{"45k", BAD, false},
	{"4 5000", BAD, false},
	{".", BAD, false},
	{"45.", BAD, false},
	{".45", BAD, false},
	{"1..234", BAD, false},
	{"1,,234", BAD, false},
	{"n/a", BAD, false},
	{"=45000", BAD, false},
};

static int64_t
read_amount(const char *text, bool *is_signed)
{
	struct statement_amount amount;

	if (statement_amount_text(str_from(text), &amount) != NULL)
		return BAD;
	*is_signed = amount.is_signed;
	return amount.told ? amount.dong : NONE;
}

static void
amounts_as_text(void **state)
{
	struct statement_amount amount;

	(void)state;
	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		bool is_signed = false;
		int64_t dong = read_amount(amounts[i].text, &is_signed);

		if (dong != amounts[i].dong || (dong > NONE && is_signed != amounts[i].is_signed))
			fail_msg("\"%s\": %lld%s", amounts[i].text, (long long)dong,
				is_signed ? ", signed" : "");
	}
	assert_non_null(statement_amount_text((struct str){"1\0"
							   "234",
						      5},
		&amount));
	assert_non_null(statement_amount_text((struct str){"\0", 1}, &amount));
}

static void
amounts_of_machines(void **state)
{
	static const struct {
		const char *text;
		int64_t swift, decimal, number;
	} cases[] = {
		{"50000,", 50000, BAD, BAD},
		{"50000,00", 50000, BAD, BAD},
		{"50000,5", BAD, BAD, BAD},
		{"50000", BAD, 50000, 50000},
		{"50000.00", BAD, 50000, 50000},
		{"50000.0000000", BAD, 50000, 50000},
		{"50000.5", BAD, BAD, BAD},
		{"123.456", BAD, BAD, BAD}, /* typed: a fraction, not thousands */
		{"-50000", BAD, BAD, -50000},
		{"+50000", BAD, BAD, BAD},
		{"1,234,567", BAD, BAD, BAD},
		{"", BAD, BAD, BAD},
		{",", BAD, BAD, BAD},
		{"0,", 0, BAD, BAD},
		{"5e4", BAD, BAD, BAD},
		{"99999999999999999999,", BAD, BAD, BAD},
	};
	struct statement_amount amount;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str text = str_from(cases[i].text);
		int64_t swift = 0, decimal = 0, number;

		if (statement_amount_swift(text, &swift) != NULL)
			swift = BAD;
		if (statement_amount_decimal(text, &decimal) != NULL)
			decimal = BAD;
		number = statement_amount_number(text, &amount) == NULL ? amount.dong : BAD;
		if (swift != cases[i].swift || decimal != cases[i].decimal ||
			number != cases[i].number)
			fail_msg("\"%s\": %lld %lld %lld", cases[i].text, (long long)swift,
				(long long)decimal, (long long)number);
	}
}

/* ---- times ---------------------------------------------------------------------------------- */

static const struct {
	const char *text;
	enum statement_dates order;
	const char *want; /* in Vietnam; NULL: refused */
} times[] = {
	{"28/07/2026", STATEMENT_DMY, "2026-07-28"},
	{"8/7/2026", STATEMENT_DMY, "2026-07-08"},
	{"28-07-2026", STATEMENT_DMY, "2026-07-28"},
	{"28.07.2026", STATEMENT_DMY, "2026-07-28"},
	{"28/07/26", STATEMENT_DMY, "2026-07-28"},
	{"28/07/2026 14:30:45", STATEMENT_DMY, "2026-07-28T14:30:45"},
	{"28/07/2026 14:30", STATEMENT_DMY, "2026-07-28T14:30:00"},
	{"28/07/2026 9:05:07", STATEMENT_DMY, "2026-07-28T09:05:07"},
	{"28/07/2026 14:30:45.123", STATEMENT_DMY, "2026-07-28T14:30:45"},
	{"28/07/2026 02:30:45 PM", STATEMENT_DMY, "2026-07-28T14:30:45"},
	{"28/07/2026 12:00:00 am", STATEMENT_DMY, "2026-07-28T00:00:00"},
	{"28/07/2026 13:00:00 PM", STATEMENT_DMY, NULL},
	{"14:30:45 28/07/2026", STATEMENT_DMY, "2026-07-28T14:30:45"},
	{"14:30 28/07/2026", STATEMENT_DMY, "2026-07-28T14:30:00"},
	{"28/07/2026\n14:30:45", STATEMENT_DMY, "2026-07-28T14:30:45"},
	{"28/07/2026 - 14:30:45", STATEMENT_DMY, "2026-07-28T14:30:45"},
	{"28/07/2026, 14:30:45", STATEMENT_DMY, "2026-07-28T14:30:45"},
	{"2026-07-28", STATEMENT_DMY, "2026-07-28"},
	{"2026-07-28 14:30:45", STATEMENT_DMY, "2026-07-28T14:30:45"},
	{"2026-07-28T14:30:45", STATEMENT_DMY, "2026-07-28T14:30:45"},
	{"2026-07-28T14:30:45+07:00", STATEMENT_DMY, "2026-07-28T14:30:45"},
	{"2026-07-28T07:30:45Z", STATEMENT_DMY, "2026-07-28T14:30:45"},
	{"2026/07/28", STATEMENT_YMD, "2026-07-28"},
	{"28/07/2026", STATEMENT_YMD, NULL},
	{"28 Jul 2026", STATEMENT_DMY, "2026-07-28"},
	{"28-Jul-26", STATEMENT_MDY, "2026-07-28"},
	{"28 July 2026", STATEMENT_DMY, "2026-07-28"},
	{"28 Xxx 2026", STATEMENT_DMY, NULL},
	{"20260728", STATEMENT_DMY, "2026-07-28"},
	{"20260728143045", STATEMENT_DMY, "2026-07-28T14:30:45"},
	{"20260728243045", STATEMENT_DMY, NULL},
	{"202607281430", STATEMENT_DMY, NULL},
	{"07/28/2026", STATEMENT_DMY, NULL},
	{"07/28/2026", STATEMENT_MDY, "2026-07-28"},
	{"28/07/2026", STATEMENT_MDY, NULL},
	{"31/06/2026", STATEMENT_DMY, NULL},
	{"29/02/2026", STATEMENT_DMY, NULL},
	{"29/02/2028", STATEMENT_DMY, "2028-02-29"},
	{"00/07/2026", STATEMENT_DMY, NULL},
	{"28/07/226", STATEMENT_DMY, NULL},
	{"28/07-2026", STATEMENT_DMY, NULL},
	{"28/07/2026 24:00:00", STATEMENT_DMY, NULL},
	{"28/07/2026 14:60", STATEMENT_DMY, NULL},
	{"28/07/2026 14", STATEMENT_DMY, NULL},
	{"28/07/2026 x", STATEMENT_DMY, NULL},
	{"28/07", STATEMENT_DMY, NULL},
	{"14:30:45", STATEMENT_DMY, NULL},
	{"46231", STATEMENT_DMY, NULL}, /* a spreadsheet's day count without its style */
	{"Tổng cộng", STATEMENT_DMY, NULL},
	{"", STATEMENT_DMY, NULL},
	{"//", STATEMENT_DMY, NULL},
	{"1/1/1/1/1/1/1/1/1/1/1/1/1/1", STATEMENT_DMY, NULL},
};

static void
times_as_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct buf text CLEANUP(buf_fini) = {0};
		struct statement_time time;
		const char *fault = statement_time_text(
			str_from(times[i].text), times[i].order, &time);

		if (fault == NULL)
			time_format_rfc3339(&text, time.ms);
		if ((fault == NULL) != (times[i].want != NULL) ||
			(fault == NULL && (strlen(times[i].want) == 19) != time.clock) ||
			(fault == NULL && !str_eq(str_cut(buf_str(&text), 0, time.clock ? 19 : 10),
						  str_from(times[i].want))))
			fail_msg("\"%s\": %s", times[i].text, fault == NULL ? text.ptr : fault);
	}
}

static void
clocks_as_text(void **state)
{
	int64_t ms;

	(void)state;
	assert_null(statement_clock_text(STR("14:30:45"), &ms));
	assert_int_equal(ms, ((14 * 60 + 30) * 60 + 45) * 1000);
	assert_null(statement_clock_text(STR(" 2:30 PM "), &ms));
	assert_int_equal(ms, (14 * 60 + 30) * 60 * 1000);
	assert_non_null(statement_clock_text(STR("25:00"), &ms));
	assert_non_null(statement_clock_text(STR("14:30:45 28/07/2026"), &ms));
	assert_non_null(statement_clock_text(STR(""), &ms));
}

/* ---- words ---------------------------------------------------------------------------------- */

static void
directions_and_accounts(void **state)
{
	static const char *const in[] = {
		"C", "cr", "+", "Có", "Ghi có", "CREDIT", "Tiền vào", "CRDT"};
	static const char *const out[] = {
		"D", "Dr", "-", "Nợ", "Ghi nợ", "Debit", "Tiền ra", "DBIT"};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str account;
	bool outgoing;

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		assert_null(statement_direction_text(str_from(in[i]), &outgoing));
		assert_false(outgoing);
		assert_null(statement_direction_text(str_from(out[i]), &outgoing));
		assert_true(outgoing);
	}
	assert_non_null(statement_direction_text(STR(""), &outgoing));
	assert_non_null(statement_direction_text(STR("Chuyển khoản"), &outgoing));
	assert_null(statement_account_text(arena, STR(" 0071 000.000-001 "), &account));
	assert_true(str_eq(account, STR("0071000000001")));
	assert_null(statement_account_text(arena, STR("VQRQ0004"), &account));
	assert_non_null(statement_account_text(arena, STR(""), &account));
	assert_non_null(statement_account_text(arena, STR("0071/1"), &account));
	assert_non_null(statement_account_text(
		arena, STR("12345678901234567890123456789012345"), &account));
	assert_true(str_eq(statement_words(arena, STR("Số tiền\nghi nợ / Debit")),
		STR("so tien ghi no debit")));
	assert_true(str_eq(statement_words(arena, STR("  ĐÃ Hạch-Toán. ")), STR("da hach toan")));
}

/* ---- numbers of spreadsheets ---------------------------------------------------------------- */

static void
spreadsheet_numbers(void **state)
{
	static const struct {
		const char *text, *number, *date;
	} cases[] = {
		{"45000", "45000", "2023-03-15"},
		{"45000.0", "45000", "2023-03-15"},
		{"4.5E4", "45000", "2023-03-15"},
		{"4.5E+4", "45000", "2023-03-15"},
		{"450000e-1", "45000", "2023-03-15"},
		{"-45000", "-45000", NULL},
		{"0", "0", "00:00:00"},
		{"-0", "0", NULL},
		{"00045000", "45000", "2023-03-15"},
		{"45000.5", "45000.5", "2023-03-15 12:00:00"},
		{"46231.604687500001", "46231.604687500001", "2026-07-28 14:30:45"},
		{"46231.604687499997", "46231.604687499997", "2026-07-28 14:30:45"},
		{"46230.999999999996", "46230.999999999996", "2026-07-28"},
		{"0.604687500000", "0.604687500000", "14:30:45"},
		{"6.046875E-1", "6.046875E-1", "14:30:45"},
		{"1.5", "1.5", NULL},
		{"99999", "99999", NULL},
		{"5.0781234567890125E+18", "5078123456789012500", NULL},
		{"1E+300", "1E+300", NULL},
		{"abc", "abc", NULL},
		{"", "", NULL},
		{"1.2.3", "1.2.3", NULL},
		{".", ".", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf number CLEANUP(buf_fini) = {0}, date CLEANUP(buf_fini) = {0};
		bool is_date = xlsx_date(&date, str_from(cases[i].text), false);

		xlsx_number(&number, str_from(cases[i].text));
		if (!str_eq(buf_str(&number), str_from(cases[i].number)) ||
			is_date != (cases[i].date != NULL) ||
			(is_date && !str_eq(buf_str(&date), str_from(cases[i].date))))
			fail_msg("\"%s\": %s, %s", cases[i].text, number.ptr,
				is_date ? date.ptr : "no date");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amounts_as_text),
		cmocka_unit_test(amounts_of_machines),
		cmocka_unit_test(times_as_text),
		cmocka_unit_test(clocks_as_text),
		cmocka_unit_test(directions_and_accounts),
		cmocka_unit_test(spreadsheet_numbers),
	};

	return cmocka_run_group_tests_name("statement_values", tests, NULL, NULL);
}
