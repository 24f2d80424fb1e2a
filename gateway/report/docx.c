/* The parts of a .docx and the ZIP around them.  Same report, same bytes: the time of each part is
 * that of the cut-off. */
#include "docx.h"

#include <zip.h>

#include "chopay/clock.h"
#include "chopay/plain.h"
#include "words.h"

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006"
#define PART_TYPE "application/vnd.openxmlformats-officedocument.wordprocessingml."
#define DOS_YEAR_MIN 1980 /* of a ZIP's times */
#define DOS_YEAR_MAX 2107
#define PARTS 10

static const char CONTENT_TYPES[] = XML
	"<Types xmlns=\"" PACKAGE "/content-types\">"
	"<Default Extension=\"rels\""
	" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
	"<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
	"<Override PartName=\"/word/document.xml\" ContentType=\"" PART_TYPE "document.main+xml\"/>"
	"<Override PartName=\"/word/styles.xml\" ContentType=\"" PART_TYPE "styles+xml\"/>"
	"<Override PartName=\"/word/settings.xml\" ContentType=\"" PART_TYPE "settings+xml\"/>"
	"<Override PartName=\"/word/header1.xml\" ContentType=\"" PART_TYPE "header+xml\"/>"
	"<Override PartName=\"/word/header2.xml\" ContentType=\"" PART_TYPE "header+xml\"/>"
	"<Override PartName=\"/word/footer1.xml\" ContentType=\"" PART_TYPE "footer+xml\"/>"
	"<Override PartName=\"/docProps/core.xml\""
	" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>"
	"</Types>";
static const char PACKAGE_RELS[] = XML
	"<Relationships xmlns=\"" PACKAGE "/relationships\">"
	"<Relationship Id=\"rId1\" Type=\"" OFFICE "/officeDocument\""
	" Target=\"word/document.xml\"/>"
	"<Relationship Id=\"rId2\" Type=\"" PACKAGE "/relationships/metadata/core-properties\""
	" Target=\"docProps/core.xml\"/></Relationships>";
static const char DOCUMENT_RELS[] = XML
	"<Relationships xmlns=\"" PACKAGE "/relationships\">"
	"<Relationship Id=\"rId1\" Type=\"" OFFICE "/styles\" Target=\"styles.xml\"/>"
	"<Relationship Id=\"rId2\" Type=\"" OFFICE "/settings\" Target=\"settings.xml\"/>"
	"<Relationship Id=\"rId3\" Type=\"" OFFICE "/header\" Target=\"header1.xml\"/>"
	"<Relationship Id=\"rId4\" Type=\"" OFFICE "/header\" Target=\"header2.xml\"/>"
	"<Relationship Id=\"rId5\" Type=\"" OFFICE "/footer\" Target=\"footer1.xml\"/>"
	"</Relationships>";
static const char SETTINGS[] = XML
	"<w:settings xmlns:w=\"" MAIN "\"><w:defaultTabStop w:val=\"567\"/><w:compat>"
	"<w:compatSetting w:name=\"compatibilityMode\""
	" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>"
	"</w:settings>";
/* The number of the page, from the second; the first has an empty head. */
static const char HEADER[] = XML
	"<w:hdr xmlns:w=\"" MAIN "\"><w:p><w:pPr><w:pStyle w:val=\"SoTrang\"/></w:pPr>"
	"<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>"
	"<w:r><w:instrText xml:space=\"preserve\"> PAGE </w:instrText></w:r>"
	"<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>2</w:t></w:r>"
	"<w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p></w:hdr>";
static const char HEADER_FIRST[] = XML
	"<w:hdr xmlns:w=\"" MAIN
	"\"><w:p><w:pPr><w:pStyle w:val=\"SoTrang\"/></w:pPr></w:p></w:hdr>";

/* ---- parts that tell of the report ----------------------------------------------------------- */

static void
put_document(struct buf *out, struct docx *docx)
{
	docx_body(docx);
	buf_adds(out, XML "<w:document xmlns:w=\"" MAIN "\" xmlns:r=\"" OFFICE "\"><w:body>");
	buf_add(out, buf_str(&docx->xml));
	buf_adds(out, "</w:body></w:document>");
}

static void
put_footer(struct buf *out, const struct report *report, enum language language)
{
	struct buf line CLEANUP(buf_fini) = {0};

	put_last_line(&line, report, language);
	buf_adds(out, XML "<w:ftr xmlns:w=\"" MAIN "\"><w:p><w:pPr><w:pStyle w:val=\"DongCuoi\"/>"
			  "</w:pPr><w:r><w:t>");
	plain_put_xml(out, buf_str(&line));
	buf_adds(out, "</w:t></w:r></w:p></w:ftr>");
}

static void
put_core(struct buf *out, const struct report *report, enum language language)
{
	struct buf title CLEANUP(buf_fini) = {0}, time CLEANUP(buf_fini) = {0};

	report_title(&title, report, language);
	time_format_rfc3339(&time, report->cut_at_ms);
	buf_adds(out, XML "<cp:coreProperties xmlns:cp=\"" PACKAGE "/metadata/core-properties\""
			  " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
			  " xmlns:dcterms=\"http://purl.org/dc/terms/\""
			  " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>");
	plain_put_xml(out, buf_str(&title));
	buf_addf(out,
		"</dc:title><dc:creator>chopay</dc:creator><dcterms:created"
		" xsi:type=\"dcterms:W3CDTF\">%s</dcterms:created><dcterms:modified"
		" xsi:type=\"dcterms:W3CDTF\">%s</dcterms:modified></cp:coreProperties>",
		time.ptr, time.ptr);
}

/* ---- the ZIP --------------------------------------------------------------------------------- */

struct part {
	const char *path;
	struct str text;
};

/* In Vietnam, whatever the machine's time zone. */
static void
dos_time(int64_t ms, zip_uint16_t *date, zip_uint16_t *time)
{
	int32_t day = day_of(ms, 0);
	int64_t second = (ms - day_start_ms(day, 0)) / MS_PER_SECOND;
	int year, month, mday;

	day_civil(day, &year, &month, &mday);
	year = year < DOS_YEAR_MIN ? DOS_YEAR_MIN : year > DOS_YEAR_MAX ? DOS_YEAR_MAX : year;
	*date = (zip_uint16_t)((year - DOS_YEAR_MIN) << 9 | month << 5 | mday);
	*time = (zip_uint16_t)(second / 3600 << 11 | second / 60 % 60 << 5 | second % 60 / 2);
}

static bool
add_part(zip_t *zip, const struct part *part, int64_t ms)
{
	zip_source_t *source = zip_source_buffer(zip, part->text.ptr, part->text.len, 0);
	zip_uint16_t date, time;
	zip_int64_t at;

	if (source == NULL)
		return false;
	at = zip_file_add(zip, part->path, source, ZIP_FL_ENC_UTF_8);
	if (at < 0) {
		zip_source_free(source);
		return false;
	}
	dos_time(ms, &date, &time);
	return zip_file_set_dostime(zip, (zip_uint64_t)at, time, date, 0) == 0;
}

static bool
read_back(zip_source_t *source, struct buf *out)
{
	char piece[16384];
	zip_int64_t got;

	if (zip_source_open(source) != 0)
		return false;
	while ((got = zip_source_read(source, piece, sizeof(piece))) > 0)
		buf_add(out, (struct str){piece, (size_t)got});
	zip_source_close(source);
	return got == 0;
}

static bool
write_zip(zip_source_t *source, const struct part *parts, size_t count, int64_t ms)
{
	zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, NULL);

	if (zip == NULL)
		return false;
	zip_source_keep(source); /* the archive takes one; ours is freed by pack() */
	for (size_t i = 0; i < count; i++) {
		if (!add_part(zip, &parts[i], ms)) {
			zip_discard(zip);
			return false;
		}
	}
	if (zip_close(zip) == 0)
		return true;
	zip_discard(zip);
	return false;
}

static struct err
pack(const struct part *parts, size_t count, int64_t ms, struct buf *out)
{
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
	struct buf made CLEANUP(buf_fini) = {0};
	bool packed = source != NULL && write_zip(source, parts, count, ms) &&
		      read_back(source, &made);

	if (source != NULL)
		zip_source_free(source);
	if (!packed)
		return FAIL(ERR_BROKEN, "the document could not be packed");
	buf_add(out, buf_str(&made));
	return OK;
}

struct err
report_docx(const struct report *report, enum language language, struct buf *out)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct docx docx = {.arena = arena, .report = report, .language = language};
	struct buf document CLEANUP(buf_fini) = {0}, footer CLEANUP(buf_fini) = {0};
	struct buf core CLEANUP(buf_fini) = {0}, styles CLEANUP(buf_fini) = {0};

	put_document(&document, &docx);
	buf_fini(&docx.xml);
	put_footer(&footer, report, language);
	put_core(&core, report, language);
	docx_styles(&styles);
	const struct part parts[PARTS] = {
		{"[Content_Types].xml", str_from(CONTENT_TYPES)},
		{"_rels/.rels", str_from(PACKAGE_RELS)},
		{"word/document.xml", buf_str(&document)},
		{"word/_rels/document.xml.rels", str_from(DOCUMENT_RELS)},
		{"word/styles.xml", buf_str(&styles)},
		{"word/settings.xml", str_from(SETTINGS)},
		{"word/header1.xml", str_from(HEADER)},
		{"word/header2.xml", str_from(HEADER_FIRST)},
		{"word/footer1.xml", buf_str(&footer)},
		{"docProps/core.xml", buf_str(&core)},
	};
	return pack(parts, PARTS, report->cut_at_ms, out);
}
