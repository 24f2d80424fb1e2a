/*
 * statement_xlsx.c - XLSX statements that no spreadsheet wrote.
 *
 * Input: a line that is the mapping (empty: one is proposed); then a file ("PK..."), or what is put
 * into one: the sheet, the shared strings, the styles and the workbook, a NUL between them.
 */
#include "../support/fuzz.h"
#include "../support/statement_fuzz.h"
#include "../support/zip_parts.h"

static const char WORKBOOK[] = "<workbook><sheets><sheet name=\"A\" id=\"rId1\"/>"
			       "<sheet name=\"B\" id=\"rId1\"/></sheets></workbook>";
static const char RELATIONS[] = "<Relationships><Relationship Id=\"rId1\""
				" Target=\"worksheets/sheet1.xml\"/></Relationships>";

static struct str
file_of(struct arena *arena, struct str rest)
{
	struct str sheet, strings, styles;

	if (str_starts(rest, STR("PK")))
		return rest;
	str_split(&rest, '\0', &sheet);
	str_split(&rest, '\0', &strings);
	str_split(&rest, '\0', &styles);
	const struct zip_part parts[] = {
		{"xl/workbook.xml", rest.len > 0 ? rest : str_from(WORKBOOK)},
		{"xl/_rels/workbook.xml.rels", str_from(RELATIONS)},
		{"xl/worksheets/sheet1.xml", sheet},
		{strings.len > 0 ? "xl/sharedStrings.xml" : NULL, strings},
		{styles.len > 0 ? "xl/styles.xml" : NULL, styles},
	};

	return zip_parts(arena, parts, sizeof(parts) / sizeof(parts[0]), false);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct str rest = {(const char *)data, size}, mapping;

	str_split(&rest, '\n', &mapping);
	statement_fuzz(&(struct statement_source){
		.format = STATEMENT_XLSX,
		.bytes = file_of(arena, rest),
		.account = STR("19990002"),
		.mapping = mapping,
		.now_ms = INT64_C(1785290000000),
	});
	return 0;
}
