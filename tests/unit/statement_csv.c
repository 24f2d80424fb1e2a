/* CSV statements: the mapping, the header, what is a line and what is not, and the faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../support/statement_text.h"

#define NOW INT64_C(1785290000000) /* 2026-07-29 */

struct wanted {
	const char *name, *mapping, *bytes, *account, *text;
};

static void
check_bytes(const struct wanted *one, struct str bytes)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct statement *statement = arena_alloc(arena, sizeof(*statement));
	const struct statement_source source = {
		.format = STATEMENT_CSV,
		.bytes = bytes,
		.bank = STR("VCB"),
		.account = str_from(one->account),
		.mapping = str_from(one->mapping),
		.now_ms = NOW,
	};
	struct buf text CLEANUP(buf_fini) = {0};

	statement_put(&text, statement, statement_read(arena, &source, statement));
	if (!str_eq(buf_str(&text), str_from(one->text)))
		fail_msg("%s:\n%s", one->name, text.ptr == NULL ? "(nothing)" : text.ptr);
}

static void
check(const struct wanted *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_bytes(&cases[i], str_from(cases[i].bytes));
}

#define COUNT(cases) (sizeof(cases) / sizeof((cases)[0]))

/* ---- mappings ------------------------------------------------------------------------------- */

static void
mappings(void **state)
{
	static const struct {
		const char *text, *canonical; /* NULL: refused */
	} cases[] = {
		{"date=Ngày GD,credit=Có,debit=Nợ", "date=Ngày GD,credit=Có,debit=Nợ"},
		{" credit = #4 , date = #1 ", "date=#1,credit=#4"},
		{"date=a,amount=b,sign=c,dates=mdy,sep=semicolon,charset=windows-1258,balances=ignore",
			"date=a,amount=b,sign=c,dates=mdy,sep=semicolon,charset=windows-1258,"
			"balances=ignore"},
		{"date=a,amount=b,direction=in,dates=dmy,charset=utf-8",
			"date=a,amount=b,direction=in"},
		{"date=\"Ngày, giờ\",credit=\"\"\"x\"\"\"",
			"date=\"Ngày, giờ\",credit=\"\"\"x\"\"\""},
		{"date=\"#1\",credit=#2", "date=\"#1\",credit=#2"},
		{"date=a\nb,credit=c", "date=a b,credit=c"},
		{"", NULL},
		{"credit=b", NULL},
		{"date=a", NULL},
		{"date=a,credit=b,amount=c", NULL},
		{"date=a,credit=b,sign=c", NULL},
		{"date=a,credit=b,direction=in", NULL},
		{"date=a,amount=b,sign=c,direction=in", NULL},
		{"date=a,date=b,credit=c", NULL},
		{"date=#0,credit=b", NULL},
		{"date=#65,credit=b", NULL},
		{"date=#x,credit=b", NULL},
		{"date=?,credit=b", NULL},
		{"date=,credit=b", NULL},
		{"date=a,credit=b,colour=c", NULL},
		{"date=a,credit=b,dates=dym", NULL},
		{"date=a,credit=b,sep=,", NULL},
		{"date=\"a,credit=b", NULL},
		{"date=\"a\"x,credit=b", NULL},
		{"date", NULL},
		{"date=\xff,credit=b", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct str canonical = {NULL, 0}, fault;
		struct err err = statement_mapping_check(
			arena, str_from(cases[i].text), &canonical, &fault);

		if ((err.code == ERR_OK) != (cases[i].canonical != NULL) ||
			(err.code == ERR_OK && !str_eq(canonical, str_from(cases[i].canonical))) ||
			(err.code != ERR_OK && fault.len == 0))
			fail_msg("\"%s\": %.*s%.*s", cases[i].text, STR_FMT(canonical),
				STR_FMT(fault));
	}
}

/* ---- what a table says ---------------------------------------------------------------------- */

#define SIDES "date=Ngày,credit=Có,debit=Nợ,ref=Số CT,note=Nội dung"
#define HEAD "Ngày,Số CT,Nợ,Có,Nội dung\n"

static void
lines(void **state)
{
	static const struct wanted cases[] = {
		{"credit and debit", SIDES,
			HEAD "28/07/2026,FT1,,50.000,CK tien rau\n28/07/2026,FT2,\"1,000\",0,Phi\n",
			"19990002",
			"2026-07-28T00:00:00 in 50000 19990002 FT1 | CK tien rau\n"
			"2026-07-28T00:00:00 out 1000 19990002 FT2 | Phi\n"},
		{"header in other letters, columns in another order, one more column", SIDES,
			"x,NỘI DUNG,co,NO,so ct,NGAY\n,a b,7,,F,1/7/2026\n", "1",
			"2026-07-01T00:00:00 in 7 1 F | a b\n"},
		{"a preamble that names the account, a footer", SIDES,
			"Ngân hàng ABC\nSố tài khoản:,0071 000 000 001\n,,\n" HEAD
			"28/07/2026,,,1,\nNgười lập bảng\n",
			NULL, "2026-07-28T00:00:00 in 1 0071000000001 - |\nleft out 1\n"},
		{"the account in one cell with its label", SIDES,
			"Số tài khoản/Account No: 0071000000001 - NGUYEN THI BA\n" HEAD
			"28/07/2026,,,1,\n",
			"0071000000001", "2026-07-28T00:00:00 in 1 0071000000001 - |\n"},
		{"a number in the account's name", SIDES,
			"Account name: CTY 0312345678\nAccount number: 0071000000001\n" HEAD
			"28/07/2026,,,1,\n",
			NULL, "2026-07-28T00:00:00 in 1 0071000000001 - |\n"},
		{"zeros in front of an account are a matter of taste", SIDES,
			"Tài khoản,71000000001\n" HEAD "28/07/2026,,,1,\n", "0071000000001",
			"2026-07-28T00:00:00 in 1 0071000000001 - |\n"},
		{"no lines at all", SIDES, HEAD, "1", ""},
		{"zero dong", SIDES, HEAD "28/07/2026,,0,0,x\n28/07/2026,,0.00,,x\n", "1",
			"left out 2\n"},
		{"every debit with a minus", SIDES, HEAD "28/07/2026,,-5,,a\n28/07/2026,,-7,0,b\n",
			"1",
			"2026-07-28T00:00:00 out 5 1 - | a\n2026-07-28T00:00:00 out 7 1 - | b\n"},
		{"a credit with a minus is money out", SIDES, HEAD "28/07/2026,,,(5),a\n", "1",
			"2026-07-28T00:00:00 out 5 1 - | a\n"},
		{"the header once more, blank rows, a sum of a page", SIDES,
			HEAD "28/07/2026,,,5,a\n\n,,,,\nCộng trang,,,5,\n" HEAD
			     "28/07/2026,,,7,b\nTổng cộng,,0,12,\n",
			"1",
			"2026-07-28T00:00:00 in 5 1 - | a\n2026-07-28T00:00:00 in 7 1 - | b\n"
			"left out 2\n"},
		{"a sum of a page, and no sum of all", SIDES,
			HEAD "28/07/2026,,,5,a\nCộng trang,,,5,\n28/07/2026,,,7,b\n", "1",
			"2026-07-28T00:00:00 in 5 1 - | a\n2026-07-28T00:00:00 in 7 1 - | b\n"
			"left out 1\n"},
		{"notes with quotes, commas and line ends", SIDES,
			HEAD "28/07/2026,,,5,\"a \"\"b\"\", c\nd\"\n28/07/2026,,,5,say \"x\" y\n",
			"1",
			"2026-07-28T00:00:00 in 5 1 - | a \"b\", c~d\n"
			"2026-07-28T00:00:00 in 5 1 - | say \"x\" y\n"},
		{"=\"00123\"", SIDES, HEAD "28/07/2026,=\"00123\",,5,\n", "1",
			"2026-07-28T00:00:00 in 5 1 00123 |\n"},
		{"CRLF, a byte order mark, Excel's hint", SIDES,
			"\xef\xbb\xbfsep=;\r\nNgày;Số CT;Nợ;Có;Nội dung\r\n28/07/2026;F;;5,000;x\r\n",
			"1", "2026-07-28T00:00:00 in 5000 1 F | x\n"},
		{"semicolons, found out", SIDES,
			"a,b,c;;\nNgày;Số CT;Nợ;Có;Nội dung\n28/07/2026;F;;5,000;x, y\n", "1",
			"2026-07-28T00:00:00 in 5000 1 F | x, y\n"},
		{"tabs and the line ends of old", SIDES,
			"Ngày\tSố CT\tNợ\tCó\tNội dung\r28/07/2026\tF\t\t5\tx\r", "1",
			"2026-07-28T00:00:00 in 5 1 F | x\n"},
		{"time in a column of its own", "date=d,time=t,credit=c",
			"d,t,c\n28/07/2026,14:30:45,5\n28/07/2026,,6\n", "1",
			"2026-07-28T14:30:45 in 5 1 - |\n2026-07-28T00:00:00 in 6 1 - |\n"},
		{"time in both, the same", "date=d,time=t,credit=c",
			"d,t,c\n28/07/2026 14:30:45,14:30:45,5\n28/07/2026 00:00:00,2026-07-28 14:30:45,6\n",
			"1", "2026-07-28T14:30:45 in 5 1 - |\n2026-07-28T14:30:45 in 6 1 - |\n"},
		{"a signed amount", "date=d,amount=a", "d,a\n28/07/2026,+5\n28/07/2026,-7\n", "1",
			"2026-07-28T00:00:00 in 5 1 - |\n2026-07-28T00:00:00 out 7 1 - |\n"},
		{"an amount and its direction", "date=d,amount=a,sign=s",
			"d,a,s\n28/07/2026,5,C\n28/07/2026,7,Ghi nợ\n28/07/2026,-8,D\n", "1",
			"2026-07-28T00:00:00 in 5 1 - |\n2026-07-28T00:00:00 out 7 1 - |\n"
			"2026-07-28T00:00:00 out 8 1 - |\n"},
		{"all are credits", "date=d,amount=a,direction=in", "d,a\n28/07/2026,5\n", "1",
			"2026-07-28T00:00:00 in 5 1 - |\n"},
		{"columns by number, no header", "date=#1,credit=#3,note=#2",
			"Sao kê\n28/07/2026,a,5\n29/07/2026,b,6\n", "1",
			"2026-07-28T00:00:00 in 5 1 - | a\n2026-07-29T00:00:00 in 6 1 - | b\n"},
		{"columns by number, semicolons", "date=#1,credit=#3,note=#2",
			"28/07/2026;a,b,c;5\n29/07/2026;b;6\n", "1",
			"2026-07-28T00:00:00 in 5 1 - | a,b,c\n2026-07-29T00:00:00 in 6 1 - | b\n"},
		{"a column of accounts", "date=d,credit=c,account=tk",
			"d,c,tk\n28/07/2026,5,1.1\n28/07/2026,6,22\n", NULL,
			"2026-07-28T00:00:00 in 5 11 - |\n2026-07-28T00:00:00 in 6 22 - |\n"},
		{"a column of currencies", "date=d,credit=c,currency=ccy",
			"d,c,ccy\n28/07/2026,5,VND\n28/07/2026,6,VNĐ\n", "1",
			"2026-07-28T00:00:00 in 5 1 - |\n2026-07-28T00:00:00 in 6 1 - |\n"},
		{"month first, when it is said", "date=d,credit=c,dates=mdy",
			"d,c\n07/28/2026,5\n07/08/2026,5\n", "1",
			"2026-07-28T00:00:00 in 5 1 - |\n2026-07-08T00:00:00 in 5 1 - |\n"},
		{"Windows-1258", "date=Ng\xc3\xa0y,credit=C\xc3\xb3,note=N,charset=windows-1258",
			"Ng\xe0y,C\xf3,N\n28/07/2026,5,\xd0\xe1 \xfd\xf2 t\xeazz \xfe\n", "1",
			"2026-07-28T00:00:00 in 5 1 - | Đá ư\xcc\xa3 têzz \xe2\x82\xab\n"},
	};

	(void)state;
	check(cases, COUNT(cases));
}

#define BALANCES "date=d,credit=c,debit=n,balance=b"

static void
balances(void **state)
{
	static const struct wanted cases[] = {
		{"after each line, oldest first", BALANCES,
			"d,n,c,b\n1/7/2026,,5,105\n2/7/2026,3,,102\n", "1",
			"2026-07-01T00:00:00 in 5 1 - |\n2026-07-02T00:00:00 out 3 1 - |\nbalanced\n"},
		{"after each line, newest first", BALANCES,
			"d,n,c,b\n2/7/2026,3,,102\n1/7/2026,,5,105\n", "1",
			"2026-07-02T00:00:00 out 3 1 - |\n2026-07-01T00:00:00 in 5 1 - |\nbalanced\n"},
		{"a line is missing", BALANCES, "d,n,c,b\n1/7/2026,,5,105\n2/7/2026,3,,1.102\n",
			"1",
			"line 3, balance: the balances do not agree: opening 100 and lines of 2 make 102,"
			" the file says 1.102; lines are missing or changed\n"},
		{"... and nobody wants to know", BALANCES ",balances=ignore",
			"d,n,c,b\n1/7/2026,,5,105\n2/7/2026,3,,1.102\n", "1",
			"2026-07-01T00:00:00 in 5 1 - |\n2026-07-02T00:00:00 out 3 1 - |\n"},
		{"labels above and below", "date=d,credit=c",
			"Số dư đầu kỳ:,100\nd,c\n1/7/2026,5\nSố dư cuối kỳ: 105\n", "1",
			"2026-07-01T00:00:00 in 5 1 - |\nleft out 1\nbalanced\n"},
		{"labels that do not agree", "date=d,credit=c",
			"Opening balance,100\nd,c\n1/7/2026,5\nClosing balance,106\n", "1",
			"line 4, balance: the balances do not agree: opening 100 and lines of 5 make 105,"
			" the file says 106; lines are missing or changed\n"},
		{"rows of balances with a date", BALANCES ",note=x",
			"d,x,n,c,b\n1/7/2026,Số dư đầu kỳ,,,100\n1/7/2026,a,,5,105\n"
			"2/7/2026,Số dư cuối kỳ,,,105\n",
			"1", "2026-07-01T00:00:00 in 5 1 - | a\nleft out 2\nbalanced\n"},
		{"sums that agree", "date=d,credit=c,debit=n",
			"d,n,c\n1/7/2026,,5\n1/7/2026,7,\nTổng,-7,5\n", "1",
			"2026-07-01T00:00:00 in 5 1 - |\n2026-07-01T00:00:00 out 7 1 - |\nleft out 1\n"},
		{"a sum that does not", "date=d,credit=c,debit=n",
			"d,n,c\n1/7/2026,,5\n1/7/2026,7,\nTotal,7,6\n", "1",
			"line 4, credit: the lines add up to 5, the file says 6; lines are missing or"
			" changed\n"},
	};

	(void)state;
	check(cases, COUNT(cases));
}

/* ---- faults --------------------------------------------------------------------------------- */

static void
faults(void **state)
{
	static const struct wanted cases[] = {
		{"each bad line is named", SIDES,
			HEAD "32/07/2026,,,5,a\n28/07/2026,,,5x,b\n28/07/2026,,5,6,c\n"
			     "28/07/2026,,,,d\n28/07/2026,,,7,fine\n,,,8,\n",
			"1",
			"line 2, date: \"32/07/2026\": no such day\n"
			"line 3, credit: \"5x\": a unit that is not the dong\n"
			"line 4, credit: \"6\": credit and debit in one line\n"
			"line 5, credit: \"\": no amount\n"
			"line 7, date: \"\": an amount without a date\n"},
		{"a line number counts lines of the file, not rows", SIDES,
			HEAD "28/07/2026,,,5,\"a\nb\"\n\n28/07/2026,,,x,b\n", "1",
			"line 5, credit: \"x\": not an amount\n"},
		{"two kinds of debit", SIDES, HEAD "28/07/2026,,5,,a\n28/07/2026,,-5,,b\n", "1",
			"line 3, debit: \"-5\": debits with and without a minus: is one of them a"
			" reversal?\n"},
		{"no account", SIDES, HEAD "28/07/2026,,,5,\n", NULL,
			"line 2: the file names no account; say which with --account\n"},
		{"two accounts", SIDES,
			"Tài khoản 0071000000001\nTài khoản 0071000000002\n" HEAD
			"28/07/2026,,,5,\n",
			NULL,
			"line 0, account: the file names the accounts 0071000000001 and 0071000000002;"
			" say with --account which one it is of\n"},
		{"another account", SIDES, "Tài khoản 0071000000001\n" HEAD "28/07/2026,,,5,\n",
			"0071000000002",
			"line 0, account: the file is of account 0071000000001, not 0071000000002\n"},
		{"another account in its column", "date=d,credit=c,account=tk",
			"d,c,tk\n28/07/2026,5,11\n28/07/2026,6,22\n", "11",
			"line 3: another account than the one that was named\n"},
		{"another currency in its column", "date=d,credit=c,currency=ccy",
			"d,c,ccy\n28/07/2026,5,USD\n28/07/2026,5,\n", "1",
			"line 2, currency: \"USD\": only accounts in VND can be imported\n"
			"line 3, currency: \"\": only accounts in VND can be imported\n"},
		{"another currency above", SIDES, "Loại tiền: USD\n" HEAD "28/07/2026,,,5,\n", "1",
			"line 1, currency: USD: only accounts in VND can be imported\n"},
		{"another currency in the amount", SIDES, HEAD "28/07/2026,,,5 USD,\n", "1",
			"line 2, credit: \"5 USD\": a unit that is not the dong\n"},
		{"no header", SIDES, "a,b\nNgày,Số CT,Nợ,Nội dung\n28/07/2026,1,2,3\n", "1",
			"line 2: no row names all of the columns \"Ngày\", \"Có\", \"Nợ\", \"Số CT\","
			" \"Nội dung\"; this one comes nearest; another mapping is needed (--map)\n"},
		{"no header by number", "date=#1,credit=#2", "a,b\nc,d\n", "1",
			"line 0: no row has a date in column 1; another mapping is needed (--map)\n"},
		{"a header twice", "date=d,credit=c", "d,c,c\n28/07/2026,5,6\n", "1",
			"line 1, credit: the header has \"c\" twice; name the column by number (#3)\n"},
		{"a bad mapping", "date=d", "d\n", "1",
			"line 0, mapping: it does not say which columns are the amounts: credit and"
			" debit, or amount\n"},
		{"no sign anywhere", "date=d,amount=a", "d,a\n28/07/2026,5\n", "1",
			"line 0, amount: no amount has a sign: which of them are credits?  Name the"
			" column that says it (sign=...), or direction=in when all are\n"},
		{"a minus on a credit", "date=d,amount=a,sign=s", "d,a,s\n28/07/2026,-5,C\n", "1",
			"line 2, amount: \"-5\": a minus on a credit\n"},
		{"no such direction", "date=d,amount=a,sign=s", "d,a,s\n28/07/2026,5,Q\n", "1",
			"line 2, sign: \"Q\": neither credit nor debit (C, D, +, -, Ghi có, Ghi nợ)\n"},
		{"two times", "date=d,time=t,credit=c", "d,t,c\n28/07/2026 14:30:45,14:31,5\n", "1",
			"line 2, time: \"14:31\": another time than the date column says\n"},
		{"no time", "date=d,time=t,credit=c", "d,t,c\n28/07/2026,noon,5\n", "1",
			"line 2, time: \"noon\": not a time of day (14:30:45)\n"},
		{"month first", "date=d,credit=c", "d,c\n07/28/2026,5\n", "1",
			"line 2, date: \"07/28/2026\": no such month; if the file writes the month first,"
			" add dates=mdy to the mapping\n"},
		{"a day to come", "date=d,credit=c", "d,c\n12/08/2026,5\n", "1",
			"line 2: a day that is still to come; are day and month in the order of the"
			" file?\n"},
		{"a quote is never closed", SIDES, HEAD "28/07/2026,,,5,\"a\n", "1",
			"line 2: a quote is never closed\n"},
		{"something behind a quote", SIDES, HEAD "28/07/2026,\"a\"b,,5,\n", "1",
			"line 2: something stands behind a closing quote\n"},
		{"not UTF-8", SIDES, HEAD "28/07/2026,,,5,\xe0\n", "1",
			"line 2: not UTF-8; if the file is of an old Vietnamese program, add"
			" charset=windows-1258 to the mapping\n"},
		{"half of UTF-16", SIDES,
			"\xff\xfe"
			"N",
			"1", "line 0: the file begins as UTF-16 and is not\n"},
		{"an account that is none", SIDES, HEAD, "00/71",
			"line 0, account: an account number is letters and digits\n"},
		{"what would steer a terminal, and a long text cut between letters", SIDES,
			HEAD "28/07/2026,,,\x1b[2J\xc2\x9b"
			     "5,\n28/07/2026,,,"
			     "ơơơơơơơơơơơơơơơơơơơơơơơơơơơơơ.ơơơơơơơơơơ,\n",
			"1",
			"line 2, credit: \" [2J  5\": a unit that is not the dong\n"
			"line 3, credit: \"ơơơơơơơơơơơơơơơơơơơơơơơơơơơơơ.\": not an amount\n"},
		{"no bank moves so much", SIDES, HEAD "28/07/2026,,,10000000000001,\n", "1",
			"line 2: an amount that large cannot be paid\n"},
	};

	(void)state;
	check(cases, COUNT(cases));
}

static void
faults_are_counted(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct statement *statement = arena_alloc(arena, sizeof(*statement));
	struct buf bytes CLEANUP(buf_fini) = {0};
	struct statement_source source = {.format = STATEMENT_CSV,
		.account = STR("1"),
		.mapping = STR("date=d,credit=c"),
		.now_ms = NO_TIME};

	(void)state;
	buf_adds(&bytes, "d,c\n");
	for (int i = 0; i < 50; i++)
		buf_adds(&bytes, "28/07/2026,x\n");
	source.bytes = buf_str(&bytes);
	assert_int_equal(statement_read(arena, &source, statement).code, ERR_INVALID);
	assert_int_equal(statement->problem_count, 50);
	assert_int_equal(statement->problems[19].line, 21);
	assert_int_equal(statement->count, 0);
}

/* ---- UTF-16 --------------------------------------------------------------------------------- */

static void
utf16(void **state)
{
	static const struct wanted want = {"UTF-16", "date=d,credit=c,note=n", NULL, "1",
		"2026-07-28T00:00:00 in 5 1 - | Có \xf0\x9f\x8e\x89\n"};
	static const uint16_t note[] = {'C', 0xf3, ' ', 0xd83c, 0xdf89, '\n'};
	static const char start[] = "d,c,n\n28/07/2026,5,";

	(void)state;
	for (int big = 0; big < 2; big++) {
		struct buf bytes CLEANUP(buf_fini) = {0};

		buf_add(&bytes, big ? STR("\xfe\xff") : STR("\xff\xfe"));
		for (size_t i = 0; i < sizeof(start) - 1 + 6; i++) {
			uint16_t c = i < sizeof(start) - 1 ? (uint16_t)start[i]
							   : note[i - (sizeof(start) - 1)];

			buf_addc(&bytes, (char)(big ? c >> 8 : c & 0xff));
			buf_addc(&bytes, (char)(big ? c & 0xff : c >> 8));
		}
		check_bytes(&want, buf_str(&bytes));
	}
}

/* ---- proposals ------------------------------------------------------------------------------ */

static void
proposals(void **state)
{
	static const struct wanted cases[] = {
		{"VCB", NULL,
			"NGÂN HÀNG TMCP NGOẠI THƯƠNG VIỆT NAM,,,\nSao kê,,,\n"
			"STT,Ngày giao dịch,Số tham chiếu,Số tiền ghi nợ,Số tiền ghi có,Mô tả\n",
			NULL,
			"proposal: date=Ngày giao dịch,credit=Số tiền ghi có,debit=Số tiền ghi nợ,"
			"ref=Số tham chiếu,note=Mô tả\n"},
		{"MB", NULL,
			"STT/No;Ngày giao dịch/Transaction date;Số bút toán/Transaction No;"
			"Phát sinh nợ/Debit;Phát sinh có/Credit;Số dư/Balance;Nội dung/Details;"
			"Đơn vị thụ hưởng/Beneficiary;Tài khoản đối ứng/Counter account\n",
			NULL,
			"proposal: date=Ngày giao dịch/Transaction date,credit=Phát sinh có/Credit,"
			"debit=Phát sinh nợ/Debit,ref=Số bút toán/Transaction No,"
			"note=Nội dung/Details,balance=Số dư/Balance\n"},
		{"Techcombank, where Nợ and No. are two things", NULL,
			"No.\tNgày giao dịch\tĐối tác\tDiễn giải\tSố bút toán\tNợ\tCó\tSố dư\n",
			NULL,
			"proposal: date=Ngày giao dịch,credit=Có,debit=Nợ,ref=Số bút toán,"
			"note=Diễn giải,balance=Số dư\n"},
		{"English", NULL,
			"Transaction Date,Value Date,Description,Withdrawal,Deposit,Balance\n",
			NULL,
			"proposal: date=Transaction Date,credit=Deposit,debit=Withdrawal,"
			"note=Description,balance=Balance\n"},
		{"a signed amount", NULL, "Ngày,Số tiền,Nội dung,Mã giao dịch\n", NULL,
			"proposal: date=Ngày,amount=Số tiền,ref=Mã giao dịch,note=Nội dung\n"},
		{"an amount and a direction", NULL, "Ngày,Số tiền,DR/CR,Nội dung\n", NULL,
			"proposal: date=Ngày,amount=Số tiền,sign=DR/CR,note=Nội dung\n"},
		{"which of two?", NULL, "Ngày giao dịch,Ghi nợ,Ghi có,Nội dung,Nội dung\n", NULL,
			"proposal: date=Ngày giao dịch,credit=Ghi có,debit=Ghi nợ,note=?\n"
			"ambiguous note: #4 Nội dung, #5 Nội dung\n"},
		{"a comma in a header", NULL, "\"Ngày, giờ giao dịch\",Ghi nợ,Ghi có\n", NULL,
			"proposal: date=\"Ngày, giờ giao dịch\",credit=Ghi có,debit=Ghi nợ\n"},
		{"an old program's letters", NULL, "Ng\xe0y,Ghi no\xf2,Ghi c\xf3\n", NULL,
			"proposal: date=Ngày,credit=Ghi có,debit=Ghi no\xcc\xa3,charset=windows-1258\n"},
		{"no text", NULL, "\xff\x81\n", NULL,
			"line 0: it is no text, of UTF-8 or Windows-1258\n"},
		{"no header at all", NULL, "28/07/2026,5,a\n29/07/2026,6,b\n", NULL,
			"proposal: \n"},
		{"no amounts", NULL, "Ngày,Nội dung,Số tham chiếu\n", NULL, "proposal: \n"},
	};

	(void)state;
	check(cases, COUNT(cases));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mappings),
		cmocka_unit_test(lines),
		cmocka_unit_test(balances),
		cmocka_unit_test(faults),
		cmocka_unit_test(faults_are_counted),
		cmocka_unit_test(utf16),
		cmocka_unit_test(proposals),
	};

	return cmocka_run_group_tests_name("statement_csv", tests, NULL, NULL);
}
