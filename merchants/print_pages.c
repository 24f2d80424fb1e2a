/* The pages of a PDF that is printed for a market. */
#include "print_pages.h"

#include <cairo-pdf.h>

#include "chopay/clock.h"
#include "chopay/plain.h"

static cairo_status_t
add_bytes(void *out, const unsigned char *bytes, unsigned int count)
{
	buf_add(out, (struct str){(const char *)bytes, count});
	return CAIRO_STATUS_SUCCESS;
}

static void
set_metadata(cairo_surface_t *surface, struct str title, int64_t made_ms)
{
	struct buf date CLEANUP(buf_fini) = {0}, name CLEANUP(buf_fini) = {0};

	plain_put(&name, title);
	time_format_rfc3339(&date, made_ms);
	cairo_pdf_surface_set_metadata(
		surface, CAIRO_PDF_METADATA_TITLE, name.ptr == NULL ? "" : name.ptr);
	/* Otherwise cairo asks the machine. */
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date.ptr);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, date.ptr);
}

struct err
print_open(struct print_pages *pages, double width, double height, struct str title,
	int64_t made_ms, struct buf *out)
{
	TRY(typeface_new(TYPEFACE_SANS, &pages->typeface));
	pages->surface = cairo_pdf_surface_create_for_stream(add_bytes, out, width, height);
	if (cairo_surface_status(pages->surface) != CAIRO_STATUS_SUCCESS)
		return FAIL(ERR_BROKEN, "the PDF writer did not start");
	cairo_pdf_surface_restrict_to_version(pages->surface, CAIRO_PDF_VERSION_1_5);
	set_metadata(pages->surface, title, made_ms);
	pen_init(&pages->pen, pages->typeface, cairo_create(pages->surface));
	return OK;
}

void
print_turn(struct print_pages *pages)
{
	cairo_show_page(pages->pen.cr);
	typeface_yield();
}

struct err
print_finish(struct print_pages *pages)
{
	cairo_surface_finish(pages->surface);
	if (cairo_status(pages->pen.cr) != CAIRO_STATUS_SUCCESS ||
		cairo_surface_status(pages->surface) != CAIRO_STATUS_SUCCESS)
		return FAIL(ERR_BROKEN, "a page could not be drawn");
	return OK;
}

void
print_fini(struct print_pages *pages)
{
	cairo_t *cr = pages->pen.cr;

	pen_fini(&pages->pen);
	cairo_destroy(cr); /* nothing is fine */
	cairo_surface_destroy(pages->surface);
	typeface_cleanup(&pages->typeface);
}
