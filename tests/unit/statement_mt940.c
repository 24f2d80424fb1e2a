/* MT940: each rule of its fields, and the row one step outside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../support/statement_text.h"

#define NOW INT64_C(1785290000000) /* 2026-07-29 */
#define L "\r\n"
#define OPEN ":20:STMT1" L ":25:0071000000001" L ":28C:1/1" L ":60F:C260727VND100," L
#define LINE(rest) OPEN ":61:" rest L ":62F:C260728VND150," L "-" L
#define AT "2026-07-28T00:00:00 "

static const struct {
	const char *name, *bytes, *account, *want;
} cases[] = {
	{"one credit",
		OPEN ":61:2607280728C50,NTRFREF1//FT26209000000077" L ":86:CK tien rau" L
		     ":62F:C260728VND150," L,
		NULL, AT "in 50 0071000000001 FT26209000000077 | CK tien rau\nbalanced\n"},
	{"the blocks of the network",
		"{1:F01BFTVVNVXAXXX0000000000}{2:I940X}{4:" L OPEN ":61:260728C50,NTRFNONREF" L
		":62F:C260728VND150," L "-}{5:{CHK:1}}" L,
		NULL, AT "in 50 0071000000001 - |\nbalanced\n"},
	{"block 4 and its first field on one line",
		"{1:x}{4:" OPEN ":61:260728C50,NTRFA" L ":62F:C260728VND150," L "-}" L, NULL,
		AT "in 50 0071000000001 A |\nbalanced\n"},
	{"LF alone, and a byte order mark",
		"\xef\xbb\xbf:20:1\n:25:0071000000001\n:60F:C260727VND100,\n:61:260728C50,NTRFA\n"
		":62F:C260728VND150,\n",
		NULL, AT "in 50 0071000000001 A |\nbalanced\n"},
	{"a note of many lines: a full line goes on without a blank",
		OPEN ":61:260728C50,NTRFA" L ":86:first" L "second" L
		     "12345678901234567890123456789012345678901234567890123456789012345" L "end" L
		     ":62F:C260728VND150," L,
		NULL,
		AT "in 50 0071000000001 A | first second"
		   " 12345678901234567890123456789012345678901234567890123456789012345end\n"
		   "balanced\n"},
	{"the second line of field 61, when there is no 86",
		OPEN ":61:260728C50,NTRFA" L "TU NGUYEN VAN A" L ":62F:C260728VND150," L, NULL,
		AT "in 50 0071000000001 A | TU NGUYEN VAN A\nbalanced\n"},
	{"... and when there is",
		OPEN ":61:260728C50,NTRFA" L "TU NGUYEN VAN A" L ":86:CK" L ":62F:C260728VND150," L,
		NULL, AT "in 50 0071000000001 A | CK\nbalanced\n"},
	{"a debit, a credit taken back, a debit taken back",
		OPEN ":61:260728D50,NTRFA" L ":61:260728RC30,NTRFB" L ":61:260728RD130,NTRFC" L
		     ":62F:C260728VND150," L,
		NULL,
		AT "out 50 0071000000001 A |\n" AT "out 30 0071000000001 B |\n" AT
		   "in 130 0071000000001 C |\nbalanced\n"},
	{"the third letter of the currency",
		OPEN ":61:2607280728CD50,00NTRFA" L ":62F:C260728VND150,00" L, NULL,
		AT "in 50 0071000000001 A |\nbalanced\n"},
	{"booked on another day than valued", LINE("2607270728C50,NTRFA"), NULL,
		AT "in 50 0071000000001 A |\nbalanced\n"},
	{"booked in the year before", LINE("2601011231C50,NTRFA"), NULL,
		"2025-12-31T00:00:00 in 50 0071000000001 A |\nbalanced\n"},
	{"booked in the year after", LINE("2512310101C50,NTRFA"), NULL,
		"2026-01-01T00:00:00 in 50 0071000000001 A |\nbalanced\n"},
	{"a year of the last century", LINE("991231C50,NTRFA"), NULL,
		"1999-12-31T00:00:00 in 50 0071000000001 A |\nbalanced\n"},
	{"a bank before the account, a currency behind it",
		":20:1" L ":25:BFTVVNVX/0071000000001VND" L ":60F:D260727VND100," L
		":62F:D260727VND100," L,
		"0071.0000.00001", "balanced\n"},
	{"no line at all", OPEN ":62F:C260728VND100," L, NULL, "balanced\n"},
	{"zero dong", OPEN ":61:260728C0,NTRFA" L ":62F:C260728VND100," L, NULL,
		"left out 1\nbalanced\n"},
	{"a negative balance", OPEN ":61:260728D150,NTRFA" L ":62F:D260728VND50," L, NULL,
		AT "out 150 0071000000001 A |\nbalanced\n"},
	{"fields that are not read",
		":20:1" L ":21:R" L ":25:0071000000001" L ":28C:1/1" L ":60F:C260727VND0," L
		":62F:C"
		"260728VND0," L ":64:C260728VND0," L ":86:for all of it" L "-" L,
		NULL, "balanced\n"},
	{"two messages, two accounts",
		OPEN ":62F:C260728VND100," L "-" L ":20:2" L ":25:19990002" L ":60F:C260727VND0," L
		     ":61:260728C7,NTRFA" L ":62F:C260728VND7," L "-" L,
		NULL, AT "in 7 19990002 A |\nbalanced\n"},
	{"two pages",
		OPEN ":61:260728C50,NTRFA" L ":62M:C260728VND150," L "-" L ":20:STMT1" L
		     ":25:0071000000001" L ":28C:1/2" L ":60M:C260728VND150," L
		     ":61:260728C7,NTRFB" L ":62F:C260728VND157," L "-" L,
		NULL, AT "in 50 0071000000001 A |\n" AT "in 7 0071000000001 B |\nbalanced\n"},

	/* refused */
	{"a page is missing",
		OPEN ":61:260728C50,NTRFA" L ":62M:C260728VND150," L "-" L ":20:STMT1" L
		     ":25:0071000000001" L ":28C:1/3" L ":60M:C260728VND160," L
		     ":62F:C260728VND160," L "-" L,
		NULL,
		"line 11, :60M:: \"C260728VND160,\": not the balance that the page before ends"
		" with; a page is missing\n"},
	{"a line is missing", OPEN ":61:260728C40,NTRFA" L ":62F:C260728VND150," L, NULL,
		"line 1, balance: the balances do not agree: opening 100 and lines of 40 make 140,"
		" the file says 150; lines are missing or changed\n"},
	{"cut off", OPEN ":61:260728C50,NTRFA" L, NULL,
		"line 1: the message has no field :62F:; is it cut off?\n"},
	{"no opening", ":20:1" L ":25:1" L ":62F:C260728VND0," L, NULL,
		"line 1: the message has no field :60F:; is it cut off?\n"},
	{"no account", ":20:1" L ":60F:C260728VND0," L ":62F:C260728VND0," L, NULL,
		"line 1: the message has no field :25:; is it cut off?\n"},
	{"another account", OPEN ":62F:C260728VND100," L, "19990002",
		"line 2, :25:: \"0071000000001\": another account than the one that was named\n"},
	{"another currency", ":20:1" L ":25:1" L ":60F:C260728USD0," L ":62F:C260728USD0," L, NULL,
		"line 3, :60F:: \"C260728USD0,\": only accounts in VND can be imported\n"
		"line 4, :62F:: \"C260728USD0,\": only accounts in VND can be imported\n"
		"line 1: the message has no field :60F:; is it cut off?\n"},
	{"a fraction", LINE("260728C50,50NTRFA"), NULL,
		"line 5, :61:: \"260728C50,50NTRFA\": the dong has no fractions\n"},
	{"no comma", LINE("260728C50NTRFA"), NULL,
		"line 5, :61:: \"260728C50NTRFA\": not an amount\n"},
	{"no such day",
		LINE("260731"
		     "0631C50,NTRFA"),
		NULL, "line 5, :61:: \"2607310631C50,NTRFA\": no such day\n"},
	{"no date", LINE("C50,NTRFA"), NULL,
		"line 5, :61:: \"C50,NTRFA\": a line begins with YYMMDD\n"},
	{"expected, not booked", LINE("260728EC50,NTRFA"), NULL,
		"line 5, :61:: \"260728EC50,NTRFA\": behind the date stands C, D, RC or RD\n"},
	{"no type", LINE("260728C50,A"), NULL,
		"line 5, :61:: \"260728C50,A\": behind the amount stands S, N or F and three"
		" characters\n"},
	{"a day to come", LINE("260801C50,NTRFA"), NULL,
		"line 5: a day that is still to come; are day and month in the order of the file?\n"},
	{"two openings", OPEN ":60F:C260727VND100," L ":62F:C260728VND100," L, NULL,
		"line 5, :60F:: \"C260727VND100,\": a second opening balance in one message\n"},
	{"two closings", OPEN ":62F:C260728VND100," L ":62F:C260728VND100," L, NULL,
		"line 6, :62F:: \"C260728VND100,\": a second closing balance in one message\n"},
	{"a field before any message", ":25:1" L, NULL,
		"line 1, :25:: \"1\": a message begins with :20:\n"
		"line 0: the file holds no message (:20:)\n"},
	{"text before any message", "hello" L OPEN ":62F:C260728VND100," L, NULL,
		"line 1: text outside of a message\n"},
	{"nothing", "", NULL, "line 0: the file holds no message (:20:)\n"},
	{"not UTF-8", OPEN ":61:260728C50,NTRFA" L ":86:\xe0" L, NULL,
		"line 0: the file is not UTF-8\n"},
};

static void
messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();
		struct statement *statement = arena_alloc(arena, sizeof(*statement));
		const struct statement_source source = {
			.format = STATEMENT_MT940,
			.bytes = str_from(cases[i].bytes),
			.account = str_from(cases[i].account),
			.now_ms = NOW,
		};
		struct buf text CLEANUP(buf_fini) = {0};

		statement_put(&text, statement, statement_read(arena, &source, statement));
		if (!str_eq(buf_str(&text), str_from(cases[i].want)))
			fail_msg("%s:\n%s", cases[i].name,
				text.ptr == NULL ? "(nothing)" : text.ptr);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(messages)};

	return cmocka_run_group_tests_name("statement_mt940", tests, NULL, NULL);
}
