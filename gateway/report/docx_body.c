/* The document that an official edits and signs, in the order of Decree 30/2020. */
#include "docx.h"

#include "chopay/clock.h"
#include "chopay/plain.h"
#include "sentence.h"
#include "words.h"

#define LEFT_WIDTH 3400 /* of the head: who issues; beside it the nation */
#define SIGN_WIDTH (DOCX_INNER / 2)
#define SIGN_LINES 5 /* empty: a digital signature is put there */
#define BLANK "……………………"

/* ---- pieces ---------------------------------------------------------------------------------- */

void
docx_paragraph(struct docx *docx, const char *style, struct str text)
{
	buf_addf(&docx->xml,
		"<w:p><w:pPr><w:pStyle w:val=\"%s\"/></w:pPr><w:r><w:t xml:space=\"preserve\">",
		style);
	plain_put_xml(&docx->xml, text);
	buf_adds(&docx->xml, "</w:t></w:r></w:p>");
}

static void
put_word(struct docx *docx, const char *style, enum word which)
{
	docx_paragraph(docx, style, str_from(word(which, docx->language)));
}

/* A line below a text: so far in from both sides, twips. */
static void
put_line(struct docx *docx, int in)
{
	buf_addf(&docx->xml,
		"<w:p><w:pPr><w:pStyle w:val=\"Ke\"/><w:pBdr><w:bottom w:val=\"single\" w:sz=\"6\""
		" w:space=\"0\" w:color=\"auto\"/></w:pBdr><w:spacing w:after=\"120\"/><w:ind w:left=\"%d\" w:right=\"%d\"/>"
		"</w:pPr></w:p>",
		in, in);
}

/* The properties of the section that the body ends with. */
static void
docx_section(struct docx *docx)
{
	int width = docx->landscape ? DOCX_A4_LONG : DOCX_A4_SHORT;
	int height = docx->landscape ? DOCX_A4_SHORT : DOCX_A4_LONG;

	buf_addf(&docx->xml,
		"<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId3\"/>"
		"<w:headerReference w:type=\"first\" r:id=\"rId4\"/>"
		"<w:footerReference w:type=\"default\" r:id=\"rId5\"/>"
		"<w:footerReference w:type=\"first\" r:id=\"rId5\"/>"
		"<w:pgSz w:w=\"%d\" w:h=\"%d\"%s/>"
		"<w:pgMar w:top=\"%d\" w:right=\"%d\" w:bottom=\"%d\" w:left=\"%d\" w:header=\"510\""
		" w:footer=\"510\" w:gutter=\"0\"/>%s</w:sectPr>",
		width, height, docx->landscape ? " w:orient=\"landscape\"" : "", DOCX_TOP,
		DOCX_RIGHT, DOCX_TOP, DOCX_LEFT, docx->later ? "" : "<w:titlePg/>");
}

void
docx_turn(struct docx *docx, bool landscape)
{
	buf_adds(&docx->xml, "<w:p><w:pPr><w:pStyle w:val=\"Ke\"/>");
	docx_section(docx);
	buf_adds(&docx->xml, "</w:pPr></w:p>");
	docx->later = true;
	docx->landscape = landscape;
}

/* Cells side by side without lines: a head, an end. */
static void
open_pair(struct docx *docx, int left)
{
	buf_addf(&docx->xml,
		"<w:tbl><w:tblPr><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblLayout"
		" w:type=\"fixed\"/></w:tblPr><w:tblGrid><w:gridCol w:w=\"%d\"/>"
		"<w:gridCol w:w=\"%d\"/></w:tblGrid>",
		left, DOCX_INNER - left);
}

static void
open_cell(struct docx *docx, int width)
{
	buf_addf(&docx->xml, "<w:tc><w:tcPr><w:tcW w:w=\"%d\" w:type=\"dxa\"/></w:tcPr>", width);
}

static void
open_row(struct docx *docx, int width)
{
	buf_adds(&docx->xml, "<w:tr><w:trPr><w:cantSplit/></w:trPr>");
	open_cell(docx, width);
}

static void
next_cell(struct docx *docx, int width)
{
	buf_adds(&docx->xml, "</w:tc>");
	open_cell(docx, width);
}

static void
close_row(struct docx *docx)
{
	buf_adds(&docx->xml, "</w:tc></w:tr>");
}

/* ---- who issues ------------------------------------------------------------------------------ */

static bool
is_country(const struct report *report)
{
	return str_eq(report->level, STR("country"));
}

/* A district that ended has no committee: the unit above it reports. */
static struct str
issuing_unit(const struct report *report)
{
	return report->scope == SCOPE_FORMER && report->parent_name.len > 0 ? report->parent_name
									    : report->name;
}

static void
put_issuer(struct docx *docx)
{
	const struct report *report = docx->report;
	struct buf name CLEANUP(buf_fini) = {0};

	if (is_country(report)) { /* a ministry: its name is not in the register */
		docx_paragraph(docx, "CoQuan", STR(BLANK));
	} else {
		put_word(docx, "CoQuan",
			report->scope == SCOPE_MARKET ? W_MARKET_BOARD : W_COMMITTEE);
		plain_put_capitals(&name, issuing_unit(report));
		docx_paragraph(docx, "CoQuan", buf_str(&name));
	}
	put_line(docx, LEFT_WIDTH / 3);
}

/* Where it is signed; the day is the signer's to write. */
static void
put_place_and_date(struct docx *docx)
{
	const struct report *report = docx->report;
	struct buf place CLEANUP(buf_fini) = {0}, line CLEANUP(buf_fini) = {0};
	int year, month, day;

	day_civil(day_of(report->cut_at_ms, 0), &year, &month, &day);
	if (is_country(report))
		buf_adds(&place, word(W_CAPITAL, docx->language));
	else if (report->scope == SCOPE_MARKET && report->parent_name.len > 0)
		put_bare_name(&place, report->parent_name);
	else
		put_bare_name(&place, issuing_unit(report));
	put_words(&line, docx->language, W_PLACE_DATE,
		(struct str[]){buf_str(&place), arena_printf(docx->arena, "%d", year)});
	docx_paragraph(docx, "DiaDanh", buf_str(&line));
}

static void
put_head(struct docx *docx)
{
	const int right = DOCX_INNER - LEFT_WIDTH;

	open_pair(docx, LEFT_WIDTH);
	open_row(docx, LEFT_WIDTH);
	put_issuer(docx);
	next_cell(docx, right);
	put_word(docx, "QuocHieu", W_NATION);
	put_word(docx, "TieuNgu", W_MOTTO);
	put_line(docx, right / 4);
	close_row(docx);
	open_row(docx, LEFT_WIDTH);
	put_word(docx, "SoVanBan",
		docx->report->scope == SCOPE_MARKET ? W_NUMBER_BOARD : W_NUMBER_COMMITTEE);
	next_cell(docx, right);
	put_place_and_date(docx);
	close_row(docx);
	buf_adds(&docx->xml, "</w:tbl>");
}

/* ---- the text -------------------------------------------------------------------------------- */

static void
put_title(struct docx *docx)
{
	struct buf title CLEANUP(buf_fini) = {0};

	report_title(&title, docx->report, docx->language);
	put_word(docx, "TenLoai", W_REPORT);
	docx_paragraph(docx, "TrichYeu", buf_str(&title));
	put_line(docx, DOCX_INNER * 2 / 5);
}

/* What the figures are of. */
static void
put_basis(struct docx *docx)
{
	struct header_line lines[HEADER_LINES];
	size_t count = report_header(docx->arena, docx->report, docx->language, lines);
	struct buf text CLEANUP(buf_fini) = {0};

	for (size_t i = 1; i < count; i++) /* the first, the place, is in the title */
		buf_addf(&text, "%s%.*s: %.*s", i == 1 ? "" : "; ", STR_FMT(lines[i].label),
			STR_FMT(lines[i].value));
	buf_addc(&text, '.');
	docx_paragraph(docx, "VanBan", buf_str(&text));
}

static void
put_part(struct docx *docx, enum narrative_part part, enum word heading)
{
	struct narrative narrative;

	report_narrative(docx->arena, docx->report, part, docx->language, &narrative);
	put_word(docx, "Heading1", heading);
	if (narrative.count == 0)
		put_word(docx, "VanBan", W_NO_DATA);
	for (size_t i = 0; i < narrative.count; i++)
		docx_paragraph(docx, "VanBan", narrative.paragraphs[i].text);
}

static void
put_receivers(struct docx *docx)
{
	const struct report *report = docx->report;
	struct buf parent CLEANUP(buf_fini) = {0}, line CLEANUP(buf_fini) = {0};

	put_word(docx, "NoiNhan", W_RECEIVERS);
	if (str_eq(report->level, STR("province"))) { /* above it stands no committee */
		put_word(docx, "NoiNhanDong", W_RECEIVER_GOVERNMENT);
	} else if (report->parent_name.len > 0 && report->scope != SCOPE_FORMER) {
		report_place_name(&parent, report->parent_name, STR(""), docx->language);
		put_words(&line, docx->language, W_RECEIVER_COMMITTEE,
			(struct str[]){buf_str(&parent)});
		docx_paragraph(docx, "NoiNhanDong", buf_str(&line));
	}
	put_word(docx, "NoiNhanDong", W_RECEIVER_FILE);
}

static void
put_end(struct docx *docx)
{
	bool market = docx->report->scope == SCOPE_MARKET;

	docx_paragraph(docx, "NoiNhanDong", STR(""));
	open_pair(docx, DOCX_INNER - SIGN_WIDTH);
	open_row(docx, DOCX_INNER - SIGN_WIDTH);
	put_receivers(docx);
	next_cell(docx, SIGN_WIDTH);
	if (is_country(docx->report)) {
		docx_paragraph(docx, "QuyenHan", STR(BLANK));
	} else {
		if (!market)
			put_word(docx, "QuyenHan", W_FOR_COMMITTEE);
		put_word(docx, "QuyenHan", market ? W_BOARD_HEAD : W_CHAIR);
	}
	for (int i = 0; i < SIGN_LINES; i++)
		docx_paragraph(docx, "QuyenHan", STR(""));
	close_row(docx);
	buf_adds(&docx->xml, "</w:tbl>");
}

static void
put_annex(struct docx *docx)
{
	static const enum report_table tables[] = {
		TABLE_UNITS, TABLE_TARGETS, TABLE_RANKING, TABLE_QUALITY, TABLE_BESIDE};
	struct table table;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		report_table(docx->arena, docx->report, tables[i], docx->language, &table);
		if (table.rows > 0 || table.empty.len > 0)
			docx_table(docx, &table);
	}
}

void
docx_body(struct docx *docx)
{
	put_head(docx);
	put_title(docx);
	put_basis(docx);
	put_part(docx, PART_RESULTS, W_PART_RESULTS);
	put_part(docx, PART_SHORTCOMINGS, W_PART_SHORTCOMINGS);
	put_part(docx, PART_TASKS, W_PART_TASKS);
	put_end(docx);
	put_annex(docx);
	/* A table may not be the last thing of a body. */
	buf_adds(&docx->xml, "<w:p><w:pPr><w:pStyle w:val=\"Ke\"/></w:pPr></w:p>");
	docx_section(docx);
}
