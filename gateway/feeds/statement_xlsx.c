/* An XLSX file (ECMA-376) taken apart: a ZIP of XML parts, any of which a stranger may have made.
 * Source: ECMA-376 part 1, section 18 (SpreadsheetML). */
#include <string.h>
#include <zip.h>

#include "statement_xlsx.h"

#define UNPACKED_MAX (UINT64_C(256) * 1024 * 1024) /* bytes, of all parts together */
#define PIECE_SIZE 65536
#define PARTS_MAX 2000 /* of the ZIP */
#define END_RECORD_SIZE 22
#define END_COMMENT_MAX 65535
#define PART_PATH_MAX 256

/* ---- the ZIP -------------------------------------------------------------------------------- */

/* Before libzip makes room for them: every record that could be the end of the directory must name
 * few parts, and none may be of the 64-bit kind. */
static bool
has_few_parts(struct str bytes)
{
	size_t from = bytes.len > END_RECORD_SIZE + END_COMMENT_MAX
			      ? bytes.len - END_RECORD_SIZE - END_COMMENT_MAX
			      : 0;

	for (size_t at = from; at + 4 <= bytes.len; at++) {
		const unsigned char *p = (const unsigned char *)bytes.ptr + at;

		if (p[0] != 'P' || p[1] != 'K')
			continue;
		if (p[2] == 6 && (p[3] == 6 || p[3] == 7))
			return false;
		if (p[2] == 5 && p[3] == 6 && at + END_RECORD_SIZE <= bytes.len &&
			(p[10] | p[11] << 8) > PARTS_MAX)
			return false;
	}
	return true;
}

static struct zip *
open_zip(struct str bytes)
{
	zip_source_t *source;
	struct zip *zip;

	if (!has_few_parts(bytes))
		return NULL;
	source = zip_source_buffer_create(bytes.ptr, bytes.len, 0, NULL);
	if (source == NULL)
		return NULL;
	zip = zip_open_from_source(source, ZIP_RDONLY, NULL);
	if (zip == NULL)
		zip_source_free(source);
	return zip;
}

static const char *
unpack(struct statement_xlsx *xlsx, zip_file_t *file, struct statement_xml *xml)
{
	char piece[PIECE_SIZE];
	zip_int64_t got;

	while ((got = zip_fread(file, piece, sizeof(piece))) > 0) {
		if ((uint64_t)got > xlsx->left)
			return "it unpacks to more than can be read";
		xlsx->left -= (uint64_t)got;
		if (!statement_xml_feed(xml, (struct str){piece, (size_t)got}, false))
			return statement_xml_fault(xml);
	}
	if (got < 0)
		return "it cannot be unpacked";
	return statement_xml_feed(xml, STR(""), true) ? NULL : statement_xml_fault(xml);
}

/* Not stored or deflated, or locked with a password: no spreadsheet writes a statement like that.
 */
static bool
is_readable(const zip_stat_t *stat)
{
	const zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD |
				    ZIP_STAT_ENCRYPTION_METHOD;

	return (stat->valid & needed) == needed && stat->encryption_method == ZIP_EM_NONE &&
	       (stat->comp_method == ZIP_CM_STORE || stat->comp_method == ZIP_CM_DEFLATE);
}

/* NULL: read, or stopped by its own handler without a fault. */
static const char *
read_part(struct statement_xlsx *xlsx, zip_int64_t index, struct statement_xml *xml)
{
	zip_file_t *file;
	zip_stat_t stat;
	const char *fault;

	zip_stat_init(&stat);
	if (zip_stat_index(xlsx->zip, (zip_uint64_t)index, 0, &stat) != 0 || !is_readable(&stat))
		return "it is packed in a way that cannot be read";
	if (stat.size > xlsx->left)
		return "it unpacks to more than can be read";
	file = zip_fopen_index(xlsx->zip, (zip_uint64_t)index, 0);
	if (file == NULL)
		return "it cannot be unpacked";
	fault = unpack(xlsx, file, xml);
	zip_fclose(file);
	return fault;
}

bool
xlsx_read_part(
	struct statement_xlsx *xlsx, const char *path, bool optional, struct statement_xml *xml)
{
	zip_int64_t index = zip_name_locate(xlsx->zip, path, ZIP_FL_NOCASE);
	const char *fault;

	if (index < 0) {
		if (!optional)
			statement_fault(xlsx->build, 0, "", "the XLSX file has no %s", path);
		return optional;
	}
	statement_xml_init(xml);
	fault = read_part(xlsx, index, xml);
	statement_xml_fini(xml);
	if (fault == NULL || fault[0] == '\0')
		return true;
	statement_fault(xlsx->build, 0, "", "%s in the XLSX file: %s", path, fault);
	return false;
}

/* ---- the workbook --------------------------------------------------------------------------- */

static void
nothing_ends(struct statement_xml *xml, struct str name, struct str text)
{
	(void)xml;
	(void)name;
	(void)text;
}

static void
workbook_element(struct statement_xml *xml, struct str name, const char **attributes)
{
	struct statement_xlsx *xlsx = xml->arg;
	struct arena *arena = xlsx->build->arena;
	struct str value;

	if (str_eq(name, STR("workbookPr"))) {
		value = statement_xml_attribute(attributes, "date1904");
		xlsx->from_1904 = str_eq(value, STR("1")) || str_eq(value, STR("true"));
	} else if (str_eq(name, STR("sheet"))) {
		if (xlsx->sheet_count == XLSX_SHEETS_MAX) {
			statement_xml_stop(xml, "too many sheets");
			return;
		}
		xlsx->sheets[xlsx->sheet_count].name = arena_copy(
			arena, statement_xml_attribute(attributes, "name"));
		xlsx->sheets[xlsx->sheet_count++].id = arena_copy(
			arena, statement_xml_attribute(attributes, "id"));
	}
}

static void
relation_element(struct statement_xml *xml, struct str name, const char **attributes)
{
	struct statement_xlsx *xlsx = xml->arg;
	struct str id = statement_xml_attribute(attributes, "Id");
	struct str target = statement_xml_attribute(attributes, "Target");

	if (!str_eq(name, STR("Relationship")) || target.len > PART_PATH_MAX)
		return;
	for (size_t i = 0; i < xlsx->sheet_count; i++) {
		if (!str_eq(xlsx->sheets[i].id, id))
			continue;
		xlsx->sheets[i].path = str_starts(target, STR("/"))
					       ? arena_copy(xlsx->build->arena,
							 str_cut(target, 1, target.len))
					       : arena_printf(xlsx->build->arena, "xl/%.*s",
							 STR_FMT(target));
	}
}

static bool
read_workbook(struct statement_xlsx *xlsx)
{
	struct statement_xml book = {.start = workbook_element, .end = nothing_ends, .arg = xlsx};
	struct statement_xml relations = {
		.start = relation_element, .end = nothing_ends, .arg = xlsx};

	if (!xlsx_read_part(xlsx, "xl/workbook.xml", false, &book) ||
		!xlsx_read_part(xlsx, "xl/_rels/workbook.xml.rels", false, &relations))
		return false;
	for (size_t i = 0; i < xlsx->sheet_count; i++) {
		if (xlsx->sheets[i].path.len == 0) {
			statement_fault(xlsx->build, 0, "", "a sheet of the XLSX file has no part");
			return false;
		}
	}
	if (xlsx->sheet_count == 0)
		statement_fault(xlsx->build, 0, "", "the XLSX file has no sheet");
	return xlsx->sheet_count > 0;
}

struct statement_xlsx *
statement_xlsx_open(struct statement_build *build)
{
	struct statement_xlsx *xlsx = arena_alloc(build->arena, sizeof(*xlsx));

	xlsx->build = build;
	xlsx->left = UNPACKED_MAX;
	xlsx->zip = open_zip(build->source->bytes);
	if (xlsx->zip == NULL) {
		statement_fault(build, 0, "", "it is no XLSX file, or a damaged one");
		return NULL;
	}
	if (!read_workbook(xlsx) || !xlsx_read_styles(xlsx) || !xlsx_read_strings(xlsx)) {
		statement_xlsx_close(&xlsx);
		return NULL;
	}
	return xlsx;
}

void
statement_xlsx_close(struct statement_xlsx **xlsx)
{
	if (*xlsx == NULL)
		return;
	zip_discard((*xlsx)->zip);
	mem_free(&(*xlsx)->strings);
	*xlsx = NULL;
}

size_t
statement_xlsx_sheets(const struct statement_xlsx *xlsx)
{
	return xlsx->sheet_count;
}
