/* camt.053: entries, batches, balances; and what a stranger may put into XML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../support/statement_text.h"

#define NOW INT64_C(1785290000000) /* 2026-07-29 */
#define V02 "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
#define V08 "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
#define DOCUMENT(space, inner)                                                       \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"" space "\">" \
	"<BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>" inner "</BkToCstmrStmt></Document>"
#define ACCOUNT "<Acct><Id><Othr><Id>0071000000001</Id></Othr></Id><Ccy>VND</Ccy></Acct>"
#define BALANCE(kind, amount, mark)                                                      \
	"<Bal><Tp><CdOrPrtry><Cd>" kind "</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">" amount \
	"</Amt><CdtDbtInd>" mark "</CdtDbtInd><Dt><Dt>2026-07-28</Dt></Dt></Bal>"
#define STATEMENT(inner) "<Stmt><Id>S</Id>" ACCOUNT inner "</Stmt>"
#define BOTH(closing, inner) \
	STATEMENT(BALANCE("OPBD", "100", "CRDT") BALANCE("CLBD", closing, "CRDT") inner)
#define ENTRY(amount, mark, inner)                                                              \
	"<Ntry><Amt Ccy=\"VND\">" amount "</Amt><CdtDbtInd>" mark "</CdtDbtInd><Sts>BOOK</Sts>" \
	"<BookgDt><Dt>2026-07-28</Dt></BookgDt>" inner "</Ntry>"
#define DETAILS(inner) "<NtryDtls><TxDtls>" inner "</TxDtls></NtryDtls>"
#define PAID(amount, ref, note)                                                                    \
	"<TxDtls><Refs><AcctSvcrRef>" ref "</AcctSvcrRef></Refs><Amt Ccy=\"VND\">" amount "</Amt>" \
	"<CdtDbtInd>CRDT</CdtDbtInd><RmtInf><Ustrd>" note "</Ustrd></RmtInf></TxDtls>"
#define AT "2026-07-28T00:00:00 "
#define FULL                                                                               \
	"12345678901234567890123456789012345678901234567890123456789012345678901234567890" \
	"123456789012345678901234567890123456789012345678901234567890"

static const struct {
	const char *name, *bytes, *account, *want;
} cases[] = {
	{"one credit, version 2",
		DOCUMENT(V02,
			BOTH("150.00",
				ENTRY("50.00", "CRDT",
					"<AcctSvcrRef>FT26209000000077</AcctSvcrRef>" DETAILS(
						"<RmtInf><Ustrd>CK tien rau</Ustrd></RmtInf>")))),
		NULL, AT "in 50 0071000000001 FT26209000000077 | CK tien rau\nbalanced\n"},
	{"version 8: the status has a code, a time is told",
		DOCUMENT(V08,
			BOTH("150",
				"<Ntry><NtryRef>7</NtryRef><Amt Ccy=\"VND\">50</Amt><CdtDbtInd>CRDT"
				"</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>2026-07-28T14:30:45"
				"</DtTm></BookgDt><AddtlNtryInf>CK</AddtlNtryInf></Ntry>")),
		NULL, "2026-07-28T14:30:45 in 50 0071000000001 7 | CK\nbalanced\n"},
	{"a zone",
		DOCUMENT(V08,
			BOTH("150", "<Ntry><Amt Ccy=\"VND\">50</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
				    "<BookgDt><DtTm>2026-07-28T07:30:45Z</DtTm></BookgDt></Ntry>")),
		NULL, "2026-07-28T14:30:45 in 50 0071000000001 - |\nbalanced\n"},
	{"prefixes, and an account with an IBAN",
		"<n:Document xmlns:n=\"" V02
		"\"><n:BkToCstmrStmt><n:Stmt><n:Acct><n:Id><n:IBAN>VN12"
		"</n:IBAN></n:Id></n:Acct></n:Stmt></n:BkToCstmrStmt></n:Document>",
		NULL, ""},
	{"a debit, and the reversals of both",
		DOCUMENT(V02, BOTH("130", ENTRY("50", "DBIT", "") ENTRY(
						  "30", "DBIT", "<RvslInd>true</RvslInd>")
						  ENTRY("110", "CRDT", "<RvslInd>true</RvslInd>"))),
		NULL,
		AT "out 50 0071000000001 - |\n" AT "out 30 0071000000001 - |\n" AT
		   "in 110 0071000000001 - |\nbalanced\n"},
	{"pending and for information: no money yet",
		DOCUMENT(V08,
			BOTH("100",
				"<Ntry><Amt Ccy=\"VND\">50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>"
				"PDNG</Cd></Sts></Ntry><Ntry><Sts>INFO</Sts></Ntry>")),
		NULL, "left out 2\nbalanced\n"},
	{"a batch is a line for each of its transactions",
		DOCUMENT(V08,
			BOTH("150",
				ENTRY("50", "CRDT",
					"<AcctSvcrRef>BATCH001</AcctSvcrRef><NtryDtls><Btch><NbOfTxs>2"
					"</NbOfTxs></Btch>" PAID("20", "FT1", "a")
						PAID("30", "FT2", "b") "</NtryDtls>"))),
		NULL,
		AT "in 20 0071000000001 FT1 | a\n" AT "in 30 0071000000001 FT2 | b\nbalanced\n"},
	{"version 2 tells a batch's amounts elsewhere",
		DOCUMENT(V02,
			BOTH("150",
				ENTRY("50", "CRDT",
					"<NtryDtls><TxDtls><AmtDtls><TxAmt><Amt Ccy=\"VND\">20</Amt>"
					"</TxAmt></AmtDtls></TxDtls><TxDtls><AmtDtls><TxAmt>"
					"<Amt Ccy=\"VND\">30</Amt></TxAmt></AmtDtls></TxDtls></NtryDtls>"))),
		NULL, AT "in 20 0071000000001 - |\n" AT "in 30 0071000000001 - |\nbalanced\n"},
	{"a batch that does not tell its amounts is one line",
		DOCUMENT(V08,
			BOTH("150",
				ENTRY("50", "CRDT",
					"<AcctSvcrRef>BATCH001</AcctSvcrRef><NtryDtls><TxDtls></TxDtls>"
					"<TxDtls></TxDtls></NtryDtls><AddtlNtryInf>all</AddtlNtryInf>"))),
		NULL, AT "in 50 0071000000001 BATCH001 | all\nbalanced\n"},
	{"one transaction in another currency is still the entry",
		DOCUMENT(V02,
			BOTH("150",
				ENTRY("50", "CRDT",
					DETAILS("<AmtDtls><TxAmt><Amt Ccy=\"USD\">2.00</Amt></TxAmt>"
						"</AmtDtls><RmtInf><Ustrd>x</Ustrd></RmtInf>")))),
		NULL, AT "in 50 0071000000001 - | x\nbalanced\n"},
	{"one transaction of another amount: the charges are the bank's affair",
		DOCUMENT(V08,
			BOTH("150", ENTRY("50", "CRDT",
					    "<NtryDtls>" PAID("51", "FT1", "x") "</NtryDtls>"))),
		NULL, AT "in 50 0071000000001 FT1 | x\nbalanced\n"},
	{"notes: pieces, and where a full one was cut",
		DOCUMENT(V02, BOTH("150", ENTRY("50", "CRDT",
						  DETAILS("<RmtInf><Ustrd>a</Ustrd><Ustrd>" FULL
							  "</Ustrd>"
							  "<Ustrd>b &amp; c</Ustrd></RmtInf>")))),
		NULL, AT "in 50 0071000000001 - | a " FULL "b & c\nbalanced\n"},
	{"the end-to-end id, when nothing else is told",
		DOCUMENT(V02,
			BOTH("150",
				ENTRY("50", "CRDT",
					DETAILS("<Refs><EndToEndId>CHS1</EndToEndId></Refs>")))),
		NULL, AT "in 50 0071000000001 - | CHS1\nbalanced\n"},
	{"... unless it says that there is none",
		DOCUMENT(V02,
			BOTH("150",
				ENTRY("50", "CRDT",
					DETAILS("<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>")))),
		NULL, AT "in 50 0071000000001 - |\nbalanced\n"},
	{"the balance of the day before opens too",
		DOCUMENT(V02, STATEMENT(BALANCE("PRCD", "20", "DBIT") BALANCE("CLBD", "30", "CRDT")
					      ENTRY("50", "CRDT", ""))),
		NULL, AT "in 50 0071000000001 - |\nbalanced\n"},
	{"a page begins with an interim balance",
		DOCUMENT(V02, STATEMENT(BALANCE("ITBD", "20", "CRDT") BALANCE("CLBD", "70", "CRDT")
					      ENTRY("50", "CRDT", ""))),
		NULL, AT "in 50 0071000000001 - |\nbalanced\n"},
	{"no balances", DOCUMENT(V02, STATEMENT(ENTRY("50", "CRDT", ""))), NULL,
		AT "in 50 0071000000001 - |\n"},
	{"two statements",
		DOCUMENT(V02,
			STATEMENT(ENTRY("50", "CRDT",
				"")) "<Stmt><Acct><Id><Othr><Id>22</Id></Othr></Id></Acct>" ENTRY("7",
				"CRDT", "") "</Stmt>"),
		NULL, AT "in 50 0071000000001 - |\n" AT "in 7 22 - |\n"},

	/* refused */
	{"a line is missing", DOCUMENT(V02, BOTH("150", ENTRY("40", "CRDT", ""))), NULL,
		"line 2, balance: the balances do not agree: opening 100 and lines of 40 make 140,"
		" the file says 150; lines are missing or changed\n"},
	{"a batch that does not add up",
		DOCUMENT(V08, BOTH("150", ENTRY("50", "CRDT",
						  "<NtryDtls>" PAID("20", "FT1", "a")
							  PAID("31", "FT2", "b") "</NtryDtls>"))),
		NULL, "line 2, Ntry: \"50\": the transactions of the entry do not add up to it\n"},
	{"another account", DOCUMENT(V02, BOTH("100", "")), "22",
		"line 2, Acct: \"0071000000001\": another account than the one that was named\n"},
	{"another currency",
		DOCUMENT(V02,
			STATEMENT("<Ntry><Amt Ccy=\"USD\">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><ValDt>"
				  "<Dt>2026-07-28</Dt></ValDt></Ntry>")),
		NULL, "line 2, Amt: \"5\": only accounts in VND can be imported\n"},
	{"an account of another currency",
		DOCUMENT(V02,
			"<Stmt><Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>USD</Ccy></Acct></Stmt>"),
		NULL, "line 2, Acct: \"1\": only accounts in VND can be imported\n"},
	{"no account", DOCUMENT(V02, "<Stmt>" ENTRY("5", "CRDT", "") "</Stmt>"), NULL,
		"line 2: the file names no account; say which with --account\n"},
	{"a fraction", DOCUMENT(V02, STATEMENT(ENTRY("5.5", "CRDT", ""))), NULL,
		"line 2, Amt: \"5.5\": the dong has no fractions\n"},
	{"a minus", DOCUMENT(V02, STATEMENT(ENTRY("-5", "CRDT", ""))), NULL,
		"line 2, Amt: \"-5\": not an amount\n"},
	{"no direction", DOCUMENT(V02, STATEMENT(ENTRY("5", "", ""))), NULL,
		"line 2, Amt: \"5\": neither CRDT nor DBIT\n"},
	{"no date",
		DOCUMENT(V02,
			STATEMENT(
				"<Ntry><Amt Ccy=\"VND\">5</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>")),
		NULL, "line 2, Ntry: \"5\": the entry has no date\n"},
	{"no such day",
		DOCUMENT(V02,
			STATEMENT("<Ntry><Amt Ccy=\"VND\">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><ValDt>"
				  "<Dt>2026-02-29</Dt></ValDt></Ntry>")),
		NULL, "line 2, Ntry: \"5\": no such day\n"},
	{"no statement", DOCUMENT(V02, ""), NULL,
		"line 0: the document holds no statement (Stmt)\n"},
	{"another message", "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.02\"/>",
		NULL,
		"line 1: it is another ISO 20022 message; the statement is camt.053 (camt.052 is of a"
		" day that goes on, camt.054 a notification)\n"},
	{"another document", "<svg/>", NULL, "line 1: it is XML, but no ISO 20022 document\n"},
	{"cut off", "<Document xmlns=\"" V02 "\"><BkToCstmrStmt><Stmt>", NULL,
		"line 1: no element found\n"},
	{"not XML", "Document", NULL, "line 1: syntax error\n"},
	{"a DOCTYPE",
		"<!DOCTYPE Document [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
		"<Document>&b;</Document>",
		NULL, "line 1: it has a DOCTYPE, which no bank writes\n"},
	{"an entity", "<Document>&xxe;</Document>", NULL, "line 1: undefined entity\n"},
};

static void
check(const char *name, struct str bytes, const char *account, const char *want)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct statement *statement = arena_alloc(arena, sizeof(*statement));
	const struct statement_source source = {
		.format = STATEMENT_CAMT053,
		.bytes = bytes,
		.account = str_from(account),
		.now_ms = NOW,
	};
	struct buf text CLEANUP(buf_fini) = {0};

	statement_put(&text, statement, statement_read(arena, &source, statement));
	if (!str_eq(buf_str(&text), str_from(want)))
		fail_msg("%s:\n%s", name, text.ptr == NULL ? "(nothing)" : text.ptr);
}

static void
documents(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].name, str_from(cases[i].bytes), cases[i].account, cases[i].want);
}

static void
put_times(struct buf *out, const char *text, size_t times)
{
	while (times-- > 0)
		buf_adds(out, text);
}

/* Each stops early, whatever its length. */
static void
made_to_hurt(void **state)
{
	struct buf deep CLEANUP(buf_fini) = {0}, comment CLEANUP(buf_fini) = {0};
	struct buf text CLEANUP(buf_fini) = {0}, attribute CLEANUP(buf_fini) = {0};

	(void)state;
	buf_adds(&deep, "<Document>");
	put_times(&deep, "<a>", 100000);
	check("deep", buf_str(&deep), NULL, "line 1: its elements are nested too deeply\n");

	buf_adds(&comment, "<Document><!--");
	put_times(&comment, "0123456789abcde\n", 2 * 1024 * 1024);
	check("a comment of 32 MiB", buf_str(&comment), NULL,
		"line 1: a tag or comment is too long\n");

	buf_adds(&attribute, "<Document a=\"");
	put_times(&attribute, "0123456789abcdef", 2 * 1024 * 1024);
	check("an attribute of 32 MiB", buf_str(&attribute), NULL,
		"line 1: a tag or comment is too long\n");

	buf_adds(&text, "<Document><BkToCstmrStmt><Stmt><Id>");
	put_times(&text, "0123456789abcdef", 64 * 1024);
	check("a text of a MiB", buf_str(&text), NULL, "line 1: a text is too long\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents), cmocka_unit_test(made_to_hurt)};

	return cmocka_run_group_tests_name("statement_camt053", tests, NULL, NULL);
}
