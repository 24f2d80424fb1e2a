/* The styles of the document: Times New Roman 12 to 14, as Decree 30/2020 has them.  An official
 * changes a style once and the whole report follows. */
#include "docx.h"

#define CENTRE "<w:jc w:val=\"center\"/>"
#define TIGHT "<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/>"
#define NEXT "<w:keepNext/>"
#define BOLD "<w:b/><w:bCs/>"
#define ITALIC "<w:i/><w:iCs/>"
#define SIZE(half_points) "<w:sz w:val=\"" half_points "\"/><w:szCs w:val=\"" half_points "\"/>"

static const char HEAD[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
	"<w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">"
	"<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Times New Roman\""
	" w:hAnsi=\"Times New Roman\" w:eastAsia=\"Times New Roman\" w:cs=\"Times New Roman\"/>";
static const char DEFAULTS[] = SIZE(
	"28") "<w:lang w:val=\"vi-VN\" w:eastAsia=\"vi-VN\" w:bidi=\"ar-SA\"/></w:rPr>"
	      "</w:rPrDefault><w:pPrDefault/></w:docDefaults>"
	      "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\">"
	      "<w:name w:val=\"Normal\"/><w:qFormat/></w:style>"
	      "<w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\">"
	      "<w:name w:val=\"Normal Table\"/></w:style>";

static const struct {
	const char *id, *name, *paragraph, *run;
} styles[] = {
	{"Heading1", "heading 1",
		NEXT "<w:spacing w:before=\"180\" w:after=\"60\"/><w:ind w:firstLine=\"567\"/>"
		     "<w:outlineLvl w:val=\"0\"/>",
		BOLD},
	/* the head of the document */
	{"CoQuan", "Cơ quan ban hành", TIGHT CENTRE, BOLD SIZE("24")},
	{"QuocHieu", "Quốc hiệu", TIGHT CENTRE, BOLD SIZE("24")},
	{"TieuNgu", "Tiêu ngữ", TIGHT CENTRE, BOLD SIZE("26")},
	{"SoVanBan", "Số, ký hiệu", TIGHT CENTRE, SIZE("26")},
	{"DiaDanh", "Địa danh, thời gian", TIGHT CENTRE, ITALIC SIZE("26")},
	{"TenLoai", "Tên loại văn bản", NEXT "<w:spacing w:before=\"360\" w:after=\"0\"/>" CENTRE,
		BOLD},
	{"TrichYeu", "Trích yếu", NEXT "<w:spacing w:before=\"0\" w:after=\"0\"/>" CENTRE, BOLD},
	/* its text */
	{"VanBan", "Nội dung văn bản",
		"<w:spacing w:before=\"60\" w:after=\"60\" w:line=\"276\" w:lineRule=\"auto\"/>"
		"<w:ind w:firstLine=\"567\"/><w:jc w:val=\"both\"/>",
		""},
	/* the annex */
	{"TenBieu", "Tên biểu", NEXT "<w:spacing w:before=\"240\" w:after=\"120\"/>" CENTRE,
		BOLD SIZE("26")},
	{"DauBieu", "Đầu cột của biểu", TIGHT CENTRE, BOLD SIZE("22")},
	{"ChuBieu", "Chữ trong biểu", TIGHT, SIZE("22")},
	{"SoBieu", "Số trong biểu", TIGHT "<w:jc w:val=\"right\"/>", SIZE("22")},
	/* its end */
	{"NoiNhan", "Nơi nhận", TIGHT, BOLD ITALIC SIZE("24")},
	{"NoiNhanDong", "Nơi nhận, từng dòng", TIGHT, SIZE("22")},
	{"QuyenHan", "Quyền hạn, chức vụ người ký", TIGHT CENTRE, BOLD},
	{"SoTrang", "Số trang", CENTRE, SIZE("28")},
	{"DongCuoi", "Dòng cuối trang", TIGHT CENTRE, SIZE("15")},
	{"Ke", "Đường kẻ",
		"<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"80\" w:lineRule=\"exact\"/>" CENTRE,
		SIZE("2")},
};

void
docx_styles(struct buf *out)
{
	buf_adds(out, HEAD);
	buf_adds(out, DEFAULTS);
	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++)
		buf_addf(out,
			"<w:style w:type=\"paragraph\" w:styleId=\"%s\"><w:name w:val=\"%s\"/>"
			"<w:basedOn w:val=\"Normal\"/><w:qFormat/><w:pPr>%s</w:pPr>"
			"<w:rPr>%s</w:rPr></w:style>",
			styles[i].id, styles[i].name, styles[i].paragraph, styles[i].run);
	buf_adds(out, "</w:styles>");
}
