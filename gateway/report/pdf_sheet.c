/* The pages of a PDF. */
#include "pdf_sheet.h"

#include <cairo-pdf.h>

#include "chart.h"
#include "chopay/clock.h"

#define A4_SHORT (210 * MM)
#define A4_LONG (297 * MM)
#define FOOT_SIZE 7.5
#define NUMBER_SIZE 12
#define ORPHANS 2 /* lines that do not stand alone at a page's end */

static cairo_status_t
add_bytes(void *out, const unsigned char *bytes, unsigned int count)
{
	buf_add(out, (struct str){(const char *)bytes, count});
	return CAIRO_STATUS_SUCCESS;
}

static void
set_metadata(struct sheet *sheet, struct str title, int64_t made_ms)
{
	struct buf date CLEANUP(buf_fini) = {0}, name CLEANUP(buf_fini) = {0};

	buf_add(&name, title);
	time_format_rfc3339(&date, made_ms);
	cairo_pdf_surface_set_metadata(sheet->surface, CAIRO_PDF_METADATA_TITLE, name.ptr);
	/* Otherwise cairo asks the machine. */
	cairo_pdf_surface_set_metadata(sheet->surface, CAIRO_PDF_METADATA_CREATE_DATE, date.ptr);
	cairo_pdf_surface_set_metadata(sheet->surface, CAIRO_PDF_METADATA_MOD_DATE, date.ptr);
}

static void
measure(struct sheet *sheet, bool landscape)
{
	sheet->width = landscape ? A4_LONG : A4_SHORT;
	sheet->height = landscape ? A4_SHORT : A4_LONG;
	sheet->inner = sheet->width - MARGIN_LEFT - MARGIN_RIGHT;
	sheet->bottom = sheet->height - MARGIN_BOTTOM;
	sheet->y = MARGIN_TOP;
}

struct err
sheet_open(struct sheet *sheet, const struct typeface *typeface, struct str title, int64_t made_ms,
	struct buf *out)
{
	cairo_t *cr;

	*sheet = (struct sheet){.page = 1};
	measure(sheet, false);
	sheet->surface = cairo_pdf_surface_create_for_stream(
		add_bytes, out, sheet->width, sheet->height);
	if (cairo_surface_status(sheet->surface) != CAIRO_STATUS_SUCCESS)
		return FAIL(ERR_BROKEN, "the PDF writer did not start");
	cairo_pdf_surface_restrict_to_version(sheet->surface, CAIRO_PDF_VERSION_1_5);
	set_metadata(sheet, title, made_ms);
	cr = cairo_create(sheet->surface);
	pen_init(&sheet->pen, typeface, cr);
	return OK;
}

/* The number stands above the text, in the middle, from the second page (Decree 30/2020). */
static void
finish_page(struct sheet *sheet)
{
	const struct look number = {.size = NUMBER_SIZE, .align = ALIGN_CENTRE};
	const struct look foot = {.size = FOOT_SIZE, .align = ALIGN_CENTRE};
	struct buf text CLEANUP(buf_fini) = {0};

	pen_colour(&sheet->pen, INK);
	if (sheet->page > 1) {
		buf_addf(&text, "%d", sheet->page);
		pen_text(&sheet->pen, &number, buf_str(&text), MARGIN_LEFT, MARGIN_TOP * 0.5,
			sheet->inner);
	}
	pen_colour(&sheet->pen, FAINT);
	pen_text(&sheet->pen, &foot, sheet->foot, MARGIN_LEFT * 0.5,
		sheet->height - MARGIN_BOTTOM * 0.6, sheet->width - MARGIN_LEFT);
	pen_colour(&sheet->pen, INK);
	cairo_show_page(sheet->pen.cr);
}

void
sheet_turn(struct sheet *sheet, bool landscape)
{
	if (sheet->y > MARGIN_TOP) {
		finish_page(sheet);
		sheet->page++;
	}
	measure(sheet, landscape);
	cairo_pdf_surface_set_size(sheet->surface, sheet->width, sheet->height);
}

bool
sheet_is_landscape(const struct sheet *sheet)
{
	return sheet->width > sheet->height;
}

void
sheet_need(struct sheet *sheet, double height)
{
	if (sheet->y + height > sheet->bottom)
		sheet_turn(sheet, sheet_is_landscape(sheet));
}

void
sheet_text(struct sheet *sheet, const struct look *look, struct str text, double below)
{
	int lines;

	pen_lay(&sheet->pen, 1, look, text, sheet->inner);
	lines = pen_lines(&sheet->pen, 1);
	for (int i = 0; i < lines; i++) {
		double height = pen_line_height(&sheet->pen, 1, i);

		sheet_need(sheet, i == 0 && lines > ORPHANS ? height * ORPHANS : height);
		pen_show_line(&sheet->pen, 1, i, MARGIN_LEFT, sheet->y);
		sheet->y += height;
	}
	sheet->y += below;
}

struct err
sheet_close(struct sheet *sheet)
{
	cairo_status_t drawn, written;

	finish_page(sheet);
	drawn = cairo_status(sheet->pen.cr);
	cairo_surface_finish(sheet->surface);
	written = cairo_surface_status(sheet->surface);
	if (drawn != CAIRO_STATUS_SUCCESS || written != CAIRO_STATUS_SUCCESS)
		return FAIL(ERR_BROKEN, "the PDF writer failed");
	return OK;
}

void
sheet_cleanup(struct sheet *sheet)
{
	cairo_t *cr = sheet->pen.cr;

	if (cr != NULL) {
		pen_fini(&sheet->pen);
		cairo_destroy(cr);
	}
	if (sheet->surface != NULL)
		cairo_surface_destroy(sheet->surface);
	*sheet = (struct sheet){0};
}
