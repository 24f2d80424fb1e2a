/* XLSX: what spreadsheets write into cells, which sheet, and what a stranger may put into a ZIP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../support/statement_text.h"
#include "../support/zip_parts.h"

#define NOW INT64_C(1785290000000) /* 2026-07-29 */
#define PARTS_MAX 8

struct part {
	const char *path, *text;
};

static struct str
zipped(struct arena *arena, const struct part *parts, bool deflated)
{
	struct zip_part made[PARTS_MAX] = {0};

	for (size_t i = 0; i < PARTS_MAX && parts[i].path != NULL; i++)
		made[i] = (struct zip_part){parts[i].path, str_from(parts[i].text)};
	return zip_parts(arena, made, PARTS_MAX, deflated);
}

#define WORKBOOK_OF(property, sheets)                                                                \
	"<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""              \
	" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">" property \
	"<sheets>" sheets "</sheets></workbook>"
#define WORKBOOK WORKBOOK_OF("", "<sheet name=\"Sao ke\" sheetId=\"1\" r:id=\"rId1\"/>")
#define WORKBOOK_2                                                        \
	WORKBOOK_OF("", "<sheet name=\"A\" sheetId=\"1\" r:id=\"rId1\"/>" \
			"<sheet name=\"B\" sheetId=\"2\" r:id=\"rId2\"/>")
#define RELATIONS                                                                     \
	"<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/>" \
	"<Relationship Id=\"rId2\" Target=\"/xl/worksheets/sheet2.xml\"/></Relationships>"
#define SHEET(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"
#define ROW(cells) "<row>" cells "</row>"
#define T(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define N(value) "<c><v>" value "</v></c>"
#define HEAD ROW(T("Ngày") T("Có") T("Nội dung"))
#define MAPPING "date=Ngày,credit=Có,note=Nội dung"
#define STYLES                                                                              \
	"<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy\\ hh:mm\"/>" \
	"<numFmt numFmtId=\"165\" formatCode=\"#,##0 &quot;dong&quot;\"/></numFmts>"        \
	"<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>"   \
	"<xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/></cellXfs>"       \
	"</styleSheet>"
#define STRINGS                                                                                 \
	"<sst><si><t>Ngày</t></si><si><r><t>C</t></r><r><t>ó</t></r><rPh><t>x</t></rPh></si>" \
	"<si><t xml:space=\"preserve\"> Nội dung </t></si><si><t>CK &lt;rau&gt;</t></si></sst>"
#define BOOK(sheet)                                                                       \
	{                                                                                 \
		{"xl/workbook.xml", WORKBOOK}, {"xl/_rels/workbook.xml.rels", RELATIONS}, \
			{"xl/styles.xml", STYLES}, {"xl/sharedStrings.xml", STRINGS},     \
		{                                                                         \
			"xl/worksheets/sheet1.xml", sheet                                 \
		}                                                                         \
	}
#define AT "2026-07-28T00:00:00 "

static const struct {
	const char *name;
	struct part parts[PARTS_MAX];
	const char *mapping, *want;
} cases[] = {
	{"shared strings, typed numbers, dates by style",
		BOOK(SHEET(ROW("<c r=\"B1\" t=\"s\"><v>0</v></c><c r=\"D1\" t=\"s\"><v>1</v></c>"
			       "<c r=\"E1\" t=\"s\"><v>2</v></c>")
				ROW("<c r=\"B2\" s=\"1\"><v>46231</v></c><c r=\"D2\" s=\"3\"><v>50000</v></c>"
				    "<c r=\"E2\" t=\"s\"><v>3</v></c>")
					ROW("<c r=\"B3\" s=\"2\"><v>46231.604687500001</v></c>"
					    "<c r=\"D3\"><v>4.5E4</v></c>"))),
		MAPPING, AT "in 50000 1 - | CK <rau>\n2026-07-28T14:30:45 in 45000 1 - |\n"},
	{"texts of the cells' own, numbers as text, formulas, booleans",
		BOOK(SHEET(HEAD ROW(T("28/07/2026 14:30:45") T("1.234.567") "<c t=\"b\"><v>1</v></c>") ROW(
			T("28/07/2026") "<c><f>SUM(1)</f><v>7</v></c><c t=\"str\"><f>x</f><v>y</v></c>"))),
		MAPPING, "2026-07-28T14:30:45 in 1234567 1 - | 1\n" AT "in 7 1 - | y\n"},
	{"a cell that is left out where the row above had a number",
		BOOK(SHEET(ROW(T("Ngày") T("Nợ") T("Có")) ROW(T("28/07/2026") N("5")) ROW(
			"<c r=\"A3\" t=\"inlineStr\"><is><t>28/07/2026</t></is></c><c r=\"C3\"><v>7</v></c>"))),
		"date=Ngày,credit=Có,debit=Nợ", AT "out 5 1 - |\n" AT "in 7 1 - |\n"},
	{"a date as text of ISO 8601, rows and cells without places",
		BOOK(SHEET(HEAD ROW("<c t=\"d\"><v>2026-07-28T00:00:00</v></c>" N("5")))), MAPPING,
		AT "in 5 1 - |\n"},
	{"the day count of old Macintoshes",
		{{"xl/workbook.xml", WORKBOOK_OF("<workbookPr date1904=\"1\"/>",
					     "<sheet name=\"A\" r:id=\"rId1\"/>")},
			{"xl/_rels/workbook.xml.rels", RELATIONS}, {"xl/styles.xml", STYLES},
			{"xl/worksheets/sheet1.xml",
				SHEET(HEAD ROW("<c s=\"1\"><v>44769</v></c>" N("5")))}},
		MAPPING, AT "in 5 1 - |\n"},
	{"no styles, no strings; the second sheet",
		{{"xl/workbook.xml", WORKBOOK_2}, {"xl/_rels/workbook.xml.rels", RELATIONS},
			{"xl/worksheets/sheet1.xml", SHEET(ROW(T("In ngày 28/07/2026")))},
			{"xl/worksheets/sheet2.xml", SHEET(HEAD ROW(T("28/07/2026") N("5")))}},
		MAPPING, AT "in 5 1 - |\n"},
	{"line numbers are the sheet's",
		BOOK(SHEET("<row r=\"9\">" T("Ngày") T("Có") T("Nội dung") "</row><row r=\"12\">" T(
			"28/07/2026") T("x") "</row>")),
		MAPPING, "line 12, credit: \"x\": not an amount\n"},
	{"a typed fraction is no group of thousands",
		BOOK(SHEET(HEAD ROW(T("28/07/2026") N("123.456")))), MAPPING,
		"line 2, credit: \"123.456\": the dong has no fractions\n"},
	{"... but a text is", BOOK(SHEET(HEAD ROW(T("28/07/2026") T("123.456")))), MAPPING,
		AT "in 123456 1 - |\n"},
	{"a number that is shown as a date is no amount",
		BOOK(SHEET(HEAD ROW(T("28/07/2026") "<c s=\"1\"><v>46231</v></c>"))), MAPPING,
		"line 2, credit: \"2026-07-28\": not an amount\n"},
	{"a number without a date's style is no date", BOOK(SHEET(HEAD ROW(N("46231") N("5")))),
		MAPPING, "line 2, date: \"46231\": not a date (28/07/2026, 2026-07-28 14:30:45)\n"},
	{"an error in a cell", BOOK(SHEET(HEAD ROW(T("28/07/2026") "<c t=\"e\"><v>#REF!</v></c>"))),
		MAPPING, "line 2, credit: \"#REF!\": not an amount\n"},
	{"a proposal",
		BOOK(SHEET(
			ROW(T("Ngân hàng")) ROW(T("Ngày giao dịch") T("Ghi có") T("Diễn giải")))),
		NULL, "proposal: date=Ngày giao dịch,credit=Ghi có,note=Diễn giải\n"},

	/* refused */
	{"two sheets that could be it",
		{{"xl/workbook.xml", WORKBOOK_2}, {"xl/_rels/workbook.xml.rels", RELATIONS},
			{"xl/worksheets/sheet1.xml", SHEET(HEAD)},
			{"xl/worksheets/sheet2.xml", SHEET(HEAD)}},
		MAPPING,
		"line 0: 2 sheets hold such a table; save the one that is meant as a file of its"
		" own\n"},
	{"a text that is not there", BOOK(SHEET(HEAD ROW("<c t=\"s\"><v>4</v></c>"))), MAPPING,
		"line 0: xl/worksheets/sheet1.xml in the XLSX file: a cell names a text that is not"
		" there\n"},
	{"no workbook", {{"word/document.xml", "<x/>"}}, MAPPING,
		"line 0: the XLSX file has no xl/workbook.xml\n"},
	{"no sheet",
		{{"xl/workbook.xml", WORKBOOK_OF("", "")},
			{"xl/_rels/workbook.xml.rels", RELATIONS}},
		MAPPING, "line 0: the XLSX file has no sheet\n"},
	{"a sheet without a part",
		{{"xl/workbook.xml", WORKBOOK}, {"xl/_rels/workbook.xml.rels", "<Relationships/>"}},
		MAPPING, "line 0: a sheet of the XLSX file has no part\n"},
	{"a part that is not there",
		{{"xl/workbook.xml", WORKBOOK}, {"xl/_rels/workbook.xml.rels", RELATIONS}}, MAPPING,
		"line 0: the XLSX file has no xl/worksheets/sheet1.xml\n"},
	{"a part that is no XML", BOOK("<worksheet>"), MAPPING,
		"line 0: xl/worksheets/sheet1.xml in the XLSX file: no element found\n"},
	{"a DOCTYPE in a part", BOOK("<!DOCTYPE x [<!ENTITY a \"b\">]><worksheet/>"), MAPPING,
		"line 0: xl/worksheets/sheet1.xml in the XLSX file: it has a DOCTYPE, which no bank"
		" writes\n"},
};

static void
check(const char *name, struct arena *arena, struct str bytes, const char *mapping,
	const char *want)
{
	struct statement *statement = arena_alloc(arena, sizeof(*statement));
	const struct statement_source source = {
		.format = STATEMENT_XLSX,
		.bytes = bytes,
		.account = STR("1"),
		.mapping = str_from(mapping),
		.now_ms = NOW,
	};
	struct buf text CLEANUP(buf_fini) = {0};

	statement_put(&text, statement, statement_read(arena, &source, statement));
	if (!str_eq(buf_str(&text), str_from(want)))
		fail_msg("%s:\n%s", name, text.ptr == NULL ? "(nothing)" : text.ptr);
}

static void
workbooks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena CLEANUP(arena_cleanup) = arena_new();

		check(cases[i].name, arena, zipped(arena, cases[i].parts, true), cases[i].mapping,
			cases[i].want);
		check(cases[i].name, arena, zipped(arena, cases[i].parts, false), cases[i].mapping,
			cases[i].want);
	}
}

static void
damaged_files(void **state)
{
	static const struct part parts[PARTS_MAX] = BOOK(SHEET(HEAD));
	static const char none[] = "line 0: it is no XLSX file, or a damaged one\n";
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str whole = zipped(arena, parts, true);

	(void)state;
	check("four bytes", arena, STR("PK\x03\x04"), MAPPING, none);
	check("an empty ZIP", arena, STR(""), MAPPING,
		"line 0: the XLSX file has no xl/workbook.xml\n");
	check("cut off", arena, str_cut(whole, 0, whole.len - 40), MAPPING, none);
	/* Every byte changed once: refused or read, never worse (ASan watches). */
	for (size_t i = 0; i < whole.len; i++) {
		struct arena *own CLEANUP(arena_cleanup) = arena_new();
		struct str bytes = arena_copy(own, whole);
		struct statement *statement = arena_alloc(own, sizeof(*statement));
		const struct statement_source source = {.format = STATEMENT_XLSX,
			.bytes = bytes,
			.account = STR("1"),
			.mapping = STR(MAPPING),
			.now_ms = NOW};
		struct err err;

		((char *)(uintptr_t)bytes.ptr)[i] ^= 0x55;
		err = statement_read(own, &source, statement);
		assert_true(err.code == ERR_OK || statement->problem_count > 0);
	}
}

/* What the ZIP says of a part's size, wherever it says it. */
static struct str
lying(struct arena *arena, struct str zip, size_t size, uint32_t lie)
{
	struct str copy = arena_copy(arena, zip);
	char *bytes = (char *)(uintptr_t)copy.ptr;
	uint32_t true_size = (uint32_t)size;
	size_t lies = 0;

	for (size_t i = 0; i + 4 <= copy.len; i++) {
		if (memcmp(bytes + i, &true_size, 4) == 0) {
			memcpy(bytes + i, &lie, 4);
			lies++;
		}
	}
	assert_in_range(lies, 1, 8);
	return copy;
}

/* A quarter of a gigabyte that packs into a few hundred kilobytes. */
static void
a_bomb(void **state)
{
	static const char refused[] =
		"line 0: xl/worksheets/sheet1.xml in the XLSX file: it unpacks"
		" to more than can be read\n";
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct buf sheet CLEANUP(buf_fini) = {0};
	struct part parts[PARTS_MAX] = BOOK("");
	const size_t half = 128u * 1024 * 1024;
	struct str zip;

	(void)state;
	buf_adds(&sheet, "<worksheet><sheetData>");
	while (sheet.len < half + 1024)
		buf_adds(&sheet, "<row></row><row></row><row></row><row></row><row></row>");
	buf_adds(&sheet, "</sheetData></worksheet>");
	parts[3].text = parts[4].text = sheet.ptr; /* strings and a sheet */
	zip = zipped(arena, parts, true);
	check("a bomb", arena, zip, MAPPING, refused);
	check("a bomb that looks small", arena, lying(arena, zip, sheet.len, 1000), MAPPING,
		refused);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(workbooks),
		cmocka_unit_test(damaged_files),
		cmocka_unit_test(a_bomb),
	};

	return cmocka_run_group_tests_name("statement_xlsx", tests, NULL, NULL);
}
