/* Tables of the annex: real ones, their head repeated on each page, no row split. */
#include <string.h>

#include "chopay/plain.h"
#include "columns.h"
#include "docx.h"

#define SIDE 50		    /* beside a cell's text, twips */
#define PAD (2 * SIDE + 20) /* ... and its lines */
#define WORD_EMS 8.0	    /* a wider word of a column of text may break */
#define BOLD_WIDER 1.08
#define EM 20.8 /* of a size in points, twips; a little more than there is */
#define COLUMNS_MAX 40

/* Tried in turn, until no word of a head and no number is broken. */
static const struct {
	bool landscape;
	int size; /* points */
} layouts[] = {{false, 11}, {false, 10}, {true, 11}, {true, 10}, {true, 9}, {true, 8}, {true, 7}};
#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

/* The reader's machine sets the letters; these are the widths of Times New Roman, roughly, in ems.
 */
static double
ems_of(struct str text)
{
	double ems = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if ((c & 0xC0) == 0x80) /* inside a letter */
			continue;
		if (c >= 'A' && c <= 'Z')
			ems += 0.7;
		else if (c == '%' || c == 'm' || c == 'w')
			ems += 0.8;
		else if (strchr(" .,:;-()/'ijlftr", c) != NULL)
			ems += 0.3;
		else
			ems += 0.5;
	}
	return ems;
}

static double
longest_word(struct str text)
{
	double most = 0, ems;
	struct str word;
	bool more;

	do {
		more = str_split(&text, ' ', &word);
		ems = ems_of(word);
		if (ems > most)
			most = ems;
	} while (more);
	return most;
}

static struct column_need
column_need(const struct table *table, size_t column, const struct longest *longest, int size)
{
	double head = longest_word(table->heads[column]) * BOLD_WIDER;
	double wider = table->totals > 0 ? BOLD_WIDER : 1;
	double word = ems_of(buf_str(&longest->word)) * wider;
	double most = ems_of(buf_str(&longest->cell)) * wider * EM * size + PAD, least;

	if (table->types[column] == CELL_TEXT && word > WORD_EMS)
		word = WORD_EMS;
	least = (word > head ? word : head) * EM * size + PAD;
	return (struct column_need){least, most > least ? most : least};
}

static double
room_of(size_t layout)
{
	return layouts[layout].landscape ? DOCX_INNER_LANDSCAPE : DOCX_INNER;
}

static size_t
choose_layout(const struct table *table, enum language language, double *widths)
{
	struct longest longest[COLUMNS_MAX] = {0};
	struct column_need needs[COLUMNS_MAX];
	size_t layout = 0;
	double least;

	for (size_t i = 0; i < table->columns; i++)
		longest_find(table, i, language, &longest[i]);
	for (;; layout++) {
		least = 0;
		for (size_t i = 0; i < table->columns; i++) {
			needs[i] = column_need(table, i, &longest[i], layouts[layout].size);
			least += needs[i].least;
		}
		if (least <= room_of(layout) || layout + 1 == LAYOUTS)
			break;
	}
	columns_share(needs, table->columns, room_of(layout), widths);
	for (size_t i = 0; i < table->columns; i++)
		longest_fini(&longest[i]);
	return layout;
}

/* ---- XML ------------------------------------------------------------------------------------- */

/* A size other than the style's is said in the cell. */
static void
put_cell(struct docx *docx, const char *style, int size, bool bold, double width, struct str text)
{
	buf_addf(&docx->xml,
		"<w:tc><w:tcPr><w:tcW w:w=\"%d\" w:type=\"dxa\"/>%s</w:tcPr><w:p><w:pPr><w:pStyle"
		" w:val=\"%s\"/></w:pPr><w:r><w:rPr>%s<w:sz w:val=\"%d\"/><w:szCs w:val=\"%d\"/>"
		"</w:rPr><w:t xml:space=\"preserve\">",
		(int)width,
		str_eq(str_from(style), STR("DauBieu")) ? "<w:vAlign w:val=\"center\"/>" : "",
		style, bold ? "<w:b/><w:bCs/>" : "", 2 * size, 2 * size);
	plain_put_xml(&docx->xml, text);
	buf_adds(&docx->xml, "</w:t></w:r></w:p></w:tc>");
}

static void
put_grid(struct docx *docx, const struct table *table, const double *widths)
{
	static const char *const sides[] = {"top", "left", "bottom", "right", "insideH", "insideV"};

	buf_adds(&docx->xml, "<w:tbl><w:tblPr><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblBorders>");
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++)
		buf_addf(&docx->xml,
			"<w:%s w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"auto\"/>",
			sides[i]);
	buf_adds(&docx->xml,
		"</w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"50\""
		" w:type=\"dxa\"/><w:right w:w=\"50\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr>"
		"<w:tblGrid>");
	for (size_t i = 0; i < table->columns; i++)
		buf_addf(&docx->xml, "<w:gridCol w:w=\"%d\"/>", (int)widths[i]);
	buf_adds(&docx->xml, "</w:tblGrid>");
}

static void
put_heads(struct docx *docx, const struct table *table, int size, const double *widths)
{
	buf_adds(&docx->xml, "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
	for (size_t i = 0; i < table->columns; i++)
		put_cell(docx, "DauBieu", size, true, widths[i], table->heads[i]);
	buf_adds(&docx->xml, "</w:tr>");
}

static void
put_row(struct docx *docx, const struct table *table, size_t row, int size, const double *widths)
{
	bool total = row + table->totals >= table->rows;
	struct buf text CLEANUP(buf_fini) = {0};

	buf_adds(&docx->xml, "<w:tr><w:trPr><w:cantSplit/></w:trPr>");
	for (size_t i = 0; i < table->columns; i++) {
		buf_clear(&text);
		table_cell_text(&text, docx->language, &table->cells[row * table->columns + i]);
		put_cell(docx, table->types[i] == CELL_TEXT ? "ChuBieu" : "SoBieu", size, total,
			widths[i], buf_str(&text));
	}
	buf_adds(&docx->xml, "</w:tr>");
}

void
docx_table(struct docx *docx, const struct table *table)
{
	double widths[COLUMNS_MAX];
	size_t layout = choose_layout(table, docx->language, widths);

	/* Not on the page that is signed. */
	if (!docx->later || layouts[layout].landscape != docx->landscape)
		docx_turn(docx, layouts[layout].landscape);
	docx_paragraph(docx, "TenBieu", table->title);
	if (table->rows == 0) {
		docx_paragraph(docx, "VanBan", table->empty);
		return;
	}
	put_grid(docx, table, widths);
	put_heads(docx, table, layouts[layout].size, widths);
	for (size_t row = 0; row < table->rows; row++)
		put_row(docx, table, row, layouts[layout].size, widths);
	buf_adds(&docx->xml, "</w:tbl>");
}
