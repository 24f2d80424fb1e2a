/* The pages of a PDF. */
#include "pdf_pages.h"

#include <cairo-pdf.h>

#include "chart.h"
#include "chopay/clock.h"

#define A4_SHORT (210 * MM)
#define A4_LONG (297 * MM)
#define FOOT_SIZE 7.5
#define NUMBER_SIZE 12

static cairo_status_t
add_bytes(void *out, const unsigned char *bytes, unsigned int count)
{
	buf_add(out, (struct str){(const char *)bytes, count});
	return CAIRO_STATUS_SUCCESS;
}

static void
set_metadata(struct pages *pages, struct str title, int64_t made_ms)
{
	struct buf date CLEANUP(buf_fini) = {0}, name CLEANUP(buf_fini) = {0};

	buf_add(&name, title);
	time_format_rfc3339(&date, made_ms);
	cairo_pdf_surface_set_metadata(pages->surface, CAIRO_PDF_METADATA_TITLE, name.ptr);
	/* Otherwise cairo asks the machine. */
	cairo_pdf_surface_set_metadata(pages->surface, CAIRO_PDF_METADATA_CREATE_DATE, date.ptr);
	cairo_pdf_surface_set_metadata(pages->surface, CAIRO_PDF_METADATA_MOD_DATE, date.ptr);
}

static void
measure(struct pages *pages, bool landscape)
{
	pages->width = landscape ? A4_LONG : A4_SHORT;
	pages->height = landscape ? A4_SHORT : A4_LONG;
	pages->inner = pages->width - MARGIN_LEFT - MARGIN_RIGHT;
	pages->bottom = pages->height - MARGIN_BOTTOM;
	pages->y = MARGIN_TOP;
}

struct err
pages_open(struct pages *pages, const struct typeface *typeface, struct str title, int64_t made_ms,
	struct buf *out)
{
	cairo_t *cr;

	*pages = (struct pages){.page = 1};
	measure(pages, false);
	pages->surface = cairo_pdf_surface_create_for_stream(
		add_bytes, out, pages->width, pages->height);
	if (cairo_surface_status(pages->surface) != CAIRO_STATUS_SUCCESS)
		return FAIL(ERR_BROKEN, "the PDF writer did not start");
	cairo_pdf_surface_restrict_to_version(pages->surface, CAIRO_PDF_VERSION_1_5);
	set_metadata(pages, title, made_ms);
	cr = cairo_create(pages->surface);
	pen_init(&pages->pen, typeface, cr);
	return OK;
}

/* The number stands above the text, in the middle, from the second page (Decree 30/2020). */
static void
finish_page(struct pages *pages)
{
	const struct look number = {.size = NUMBER_SIZE, .align = ALIGN_CENTRE};
	const struct look foot = {.size = FOOT_SIZE, .align = ALIGN_CENTRE};
	struct buf text CLEANUP(buf_fini) = {0};

	pen_colour(&pages->pen, INK);
	if (pages->page > 1) {
		buf_addf(&text, "%d", pages->page);
		pen_text(&pages->pen, &number, buf_str(&text), MARGIN_LEFT, MARGIN_TOP * 0.5,
			pages->inner);
	}
	pen_colour(&pages->pen, FAINT);
	pen_text(&pages->pen, &foot, pages->foot, MARGIN_LEFT * 0.5,
		pages->height - MARGIN_BOTTOM * 0.6, pages->width - MARGIN_LEFT);
	pen_colour(&pages->pen, INK);
	cairo_show_page(pages->pen.cr);
}

void
pages_turn(struct pages *pages, bool landscape)
{
	if (pages->y > MARGIN_TOP) {
		finish_page(pages);
		pages->page++;
		typeface_yield();
	}
	measure(pages, landscape);
	cairo_pdf_surface_set_size(pages->surface, pages->width, pages->height);
}

bool
pages_is_landscape(const struct pages *pages)
{
	return pages->width > pages->height;
}

void
pages_need(struct pages *pages, double height)
{
	if (pages->y + height > pages->bottom)
		pages_turn(pages, pages_is_landscape(pages));
}

void
pages_text(struct pages *pages, const struct look *look, struct str text, double below)
{
	int lines;

	pen_lay(&pages->pen, 1, look, text, pages->inner);
	lines = pen_lines(&pages->pen, 1);
	for (int i = 0; i < lines; i++) {
		double height = pen_line_height(&pages->pen, 1, i);
		bool with_next = i + 1 < lines && (i == 0 || i + 2 == lines);

		pages_need(pages, with_next ? 2 * height : height); /* no line stands alone */
		pen_show_line(&pages->pen, 1, i, MARGIN_LEFT, pages->y);
		pages->y += height;
	}
	pages->y += below;
}

struct err
pages_close(struct pages *pages)
{
	cairo_status_t drawn, written;

	finish_page(pages);
	drawn = cairo_status(pages->pen.cr);
	cairo_surface_finish(pages->surface);
	written = cairo_surface_status(pages->surface);
	if (drawn != CAIRO_STATUS_SUCCESS || written != CAIRO_STATUS_SUCCESS)
		return FAIL(ERR_BROKEN, "the PDF writer failed");
	return OK;
}

void
pages_cleanup(struct pages *pages)
{
	cairo_t *cr = pages->pen.cr;

	if (cr != NULL) {
		pen_fini(&pages->pen);
		cairo_destroy(cr);
	}
	if (pages->surface != NULL)
		cairo_surface_destroy(pages->surface);
	*pages = (struct pages){0};
}
