/* CSV and XLSX: which separator, which sheet, and then its rows. */
#include "statement_formats.h"
#include "statement_rows.h"

static const char separators[] = {',', ';', '\t'};

#define SEPARATORS (sizeof(separators) / sizeof(separators[0]))

/* Trying a separator or a sheet finds faults that are none: they are noted elsewhere. */
static struct statement_build
quiet(const struct statement_build *build, struct statement *scratch)
{
	struct statement_build copy = *build;

	*scratch = (struct statement){0};
	copy.out = scratch;
	return copy;
}

/* Excel's own hint, a first line "sep=;". */
static struct str
without_hint(struct str text, char *separator)
{
	struct str rest = text, line;

	str_split(&rest, '\n', &line);
	line = statement_trim(line);
	if (line.len != 5 || !str_starts(line, STR("sep=")))
		return text;
	if (*separator == '\0')
		*separator = line.ptr[4];
	return rest;
}

/* ---- CSV ------------------------------------------------------------------------------------ */

/* The one that makes the mapping's columns appear, or most of the lines. */
static char
find_separator(
	struct statement_build *build, const struct statement_mapping *mapping, struct str text)
{
	struct statement *scratch = mem_alloc(sizeof(*scratch));
	size_t best = 0;
	char found = ',';

	for (size_t i = 0; i < SEPARATORS; i++) {
		struct statement_build trial = quiet(build, scratch);
		struct statement_search search = {.build = &trial, .mapping = mapping};

		statement_csv_rows(&trial, text, separators[i], statement_search_row, &search);
		if (search.hits > best) {
			best = search.hits;
			found = separators[i];
		}
	}
	mem_free(&scratch);
	return found;
}

static void
propose_csv(struct statement_build *build, struct str text, bool windows_1258)
{
	struct statement *scratch = mem_alloc(sizeof(*scratch));
	struct statement_proposal *proposal = statement_proposal_new(build, windows_1258);

	for (size_t i = 0; i < SEPARATORS; i++) {
		struct statement_build trial = quiet(build, scratch);

		statement_proposal_next(proposal);
		statement_csv_rows(&trial, text, separators[i], statement_proposal_row, proposal);
	}
	statement_proposal_end(proposal);
	mem_free(&scratch);
}

bool
statement_read_csv(struct statement_build *build)
{
	struct str given = build->source->mapping, text, fault;
	struct statement_mapping mapping = {0};
	struct statement_table *table;

	fault = given.len == 0 ? STR("") : statement_mapping_parse(build->arena, given, &mapping);
	if (fault.len > 0) {
		statement_fault(build, 0, "mapping", "%.*s", STR_FMT(fault));
		return true;
	}
	if (given.len == 0) /* shown to a person, who sees whether it reads well */
		mapping.windows_1258 = statement_looks_like_1258(build->source->bytes);
	if (!statement_csv_text(build, mapping.windows_1258, &text))
		return true;
	text = without_hint(text, &mapping.separator);
	if (given.len == 0) {
		propose_csv(build, text, mapping.windows_1258);
		return false;
	}
	if (mapping.separator == '\0')
		mapping.separator = find_separator(build, &mapping, text);
	table = statement_table_new(build, &mapping);
	statement_csv_rows(build, text, mapping.separator, statement_table_row, table);
	statement_table_end(table);
	return true;
}

/* ---- XLSX ----------------------------------------------------------------------------------- */

/* The sheet whose rows name the mapping's columns; two of them are one too many to choose from. */
static bool
find_sheet(struct statement_build *build, struct statement_xlsx *xlsx,
	const struct statement_mapping *mapping, size_t *sheet)
{
	size_t found = 0;

	*sheet = 0;
	for (size_t i = 0; i < statement_xlsx_sheets(xlsx); i++) {
		struct statement_search search = {.build = build, .mapping = mapping};

		statement_xlsx_rows(xlsx, i, statement_search_row, &search);
		if (search.hits == 0)
			continue;
		if (found++ == 0)
			*sheet = i;
	}
	if (found > 1)
		statement_fault(build, 0, "",
			"%zu sheets hold such a table; save the one that is meant as a file of its own",
			found);
	return found <= 1 && build->out->problem_count == 0;
}

static void
propose_xlsx(struct statement_build *build, struct statement_xlsx *xlsx)
{
	struct statement_proposal *proposal = statement_proposal_new(build, false);

	for (size_t i = 0; i < statement_xlsx_sheets(xlsx); i++) {
		statement_proposal_next(proposal);
		statement_xlsx_rows(xlsx, i, statement_proposal_row, proposal);
	}
	statement_proposal_end(proposal);
}

bool
statement_read_xlsx(struct statement_build *build)
{
	struct str given = build->source->mapping, fault;
	struct statement_xlsx *xlsx CLEANUP(statement_xlsx_close) = NULL;
	struct statement_mapping mapping = {0};
	struct statement_table *table;
	size_t sheet;

	fault = given.len == 0 ? STR("") : statement_mapping_parse(build->arena, given, &mapping);
	if (fault.len > 0) {
		statement_fault(build, 0, "mapping", "%.*s", STR_FMT(fault));
		return true;
	}
	xlsx = statement_xlsx_open(build);
	if (xlsx == NULL)
		return true;
	if (given.len == 0) {
		propose_xlsx(build, xlsx);
		return build->out->problem_count > 0;
	}
	if (!find_sheet(build, xlsx, &mapping, &sheet))
		return true;
	table = statement_table_new(build, &mapping);
	statement_xlsx_rows(xlsx, sheet, statement_table_row, table);
	statement_table_end(table);
	return true;
}
