/* A4 pages that text flows down. */
#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "chopay/clock.h"
#include "chopay/plain.h"
#include "chopay/typeface.h"
#include "sheet.h"

#define PAGE_WIDTH 595.28 /* A4 */
#define PAGE_HEIGHT 841.89
#define LEFT 71.0 /* 25 mm */
#define TOP 57.0
#define BOTTOM 785.0
#define FOOT 800.0
#define ROW_SIZE 11.0
#define PAD 3.0
#define LINE_WIDTH 0.6
#define COLUMNS_MAX 8

struct sheet {
	struct buf bytes;
	cairo_surface_t *surface;
	cairo_t *cairo;
	struct typeface *typeface;
	double y;
	bool used; /* something stands on this page */
	int pages;
};

static cairo_status_t
keep(void *closure, const unsigned char *data, unsigned int length)
{
	buf_add(closure, (struct str){(const char *)data, length});
	return CAIRO_STATUS_SUCCESS;
}

struct err
sheet_new(struct str title, int32_t day, struct sheet **made)
{
	struct sheet *sheet CLEANUP(sheet_cleanup) = mem_alloc_zero(1, sizeof(*sheet));
	struct buf text CLEANUP(buf_fini) = {0};

	TRY(typeface_new(TYPEFACE_SERIF, &sheet->typeface));
	sheet->surface = cairo_pdf_surface_create_for_stream(
		keep, &sheet->bytes, PAGE_WIDTH, PAGE_HEIGHT);
	plain_put(&text, title);
	cairo_pdf_surface_set_metadata(
		sheet->surface, CAIRO_PDF_METADATA_TITLE, text.ptr != NULL ? text.ptr : "");
	buf_clear(&text);
	day_format(&text, day);
	buf_adds(&text, "T00:00:00+07:00");
	cairo_pdf_surface_set_metadata(sheet->surface, CAIRO_PDF_METADATA_CREATE_DATE, text.ptr);
	sheet->cairo = cairo_create(sheet->surface);
	sheet->y = TOP;
	*made = sheet;
	sheet = NULL;
	return OK;
}

void
sheet_cleanup(struct sheet **sheet)
{
	struct sheet *gone = *sheet;

	if (gone == NULL)
		return;
	cairo_destroy(gone->cairo); /* nothing is fine: a sheet without its font has none */
	cairo_surface_destroy(gone->surface);
	typeface_cleanup(&gone->typeface);
	buf_fini(&gone->bytes);
	mem_free(sheet);
}

/* ---- one text ----------------------------------------------------------------------------------
 */

static PangoLayout *
layout_of(struct sheet *sheet, struct sheet_style style, double width, struct str text)
{
	static const PangoAlignment aligns[] = {
		[ALIGN_LEFT] = PANGO_ALIGN_LEFT,
		[ALIGN_CENTRE] = PANGO_ALIGN_CENTER,
		[ALIGN_RIGHT] = PANGO_ALIGN_RIGHT,
	};
	PangoLayout *layout = typeface_layout(sheet->typeface);
	PangoFontDescription *font = pango_font_description_new();
	struct buf plain CLEANUP(buf_fini) = {0};

	pango_font_description_set_family_static(font, typeface_name(TYPEFACE_SERIF));
	pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
	if (style.bold)
		pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
	if (style.italic)
		pango_font_description_set_style(font, PANGO_STYLE_ITALIC);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_alignment(layout, aligns[style.align]);
	plain_put(&plain, text);
	pango_layout_set_text(layout, plain.len == 0 ? "" : plain.ptr, (int)plain.len);
	return layout;
}

static double
height_of(PangoLayout *layout)
{
	int height;

	pango_layout_get_size(layout, NULL, &height);
	return (double)height / PANGO_SCALE;
}

static void
show(struct sheet *sheet, PangoLayout *layout, double x, double y)
{
	cairo_move_to(sheet->cairo, x, y);
	pango_cairo_show_layout(sheet->cairo, layout);
	sheet->used = true;
}

/* ---- pages -------------------------------------------------------------------------------------
 */

static void
end_page(struct sheet *sheet)
{
	struct buf number CLEANUP(buf_fini) = {0};
	PangoLayout *layout;

	buf_addf(&number, "%d", ++sheet->pages);
	layout = layout_of(sheet, (struct sheet_style){.size = 9, .align = ALIGN_CENTRE},
		SHEET_WIDTH, buf_str(&number));
	show(sheet, layout, LEFT, FOOT);
	g_object_unref(layout);
	cairo_show_page(sheet->cairo);
	sheet->used = false;
	sheet->y = TOP;
}

void
sheet_page(struct sheet *sheet)
{
	if (sheet->used)
		end_page(sheet);
}

bool
sheet_fits(const struct sheet *sheet, double height)
{
	return sheet->y + height <= BOTTOM;
}

void
sheet_space(struct sheet *sheet, double height)
{
	sheet->y += height;
}

void
sheet_text(struct sheet *sheet, struct sheet_style style, struct str text)
{
	PangoLayout *layout = layout_of(sheet, style, SHEET_WIDTH, text);
	double height = height_of(layout);

	if (!sheet_fits(sheet, height))
		sheet_page(sheet);
	show(sheet, layout, LEFT, sheet->y);
	sheet->y += height;
	g_object_unref(layout);
}

/* ---- columns -----------------------------------------------------------------------------------
 */

/* The layouts of a row's cells and the height of the highest. */
static double
lay_out(struct sheet *sheet, struct sheet_style style, const struct sheet_column *columns,
	const struct str *cells, size_t count, double pad, PangoLayout *layouts[COLUMNS_MAX])
{
	double highest = 0;

	for (size_t i = 0; i < count; i++) {
		style.align = columns[i].align;
		layouts[i] = layout_of(sheet, style, columns[i].width - 2 * pad, cells[i]);
		if (height_of(layouts[i]) > highest)
			highest = height_of(layouts[i]);
	}
	return highest + 2 * pad;
}

static void
draw_row(struct sheet *sheet, const struct sheet_column *columns, PangoLayout **layouts,
	size_t count, double pad, double height)
{
	double x = LEFT;

	for (size_t i = 0; i < count; i++) {
		show(sheet, layouts[i], x + pad, sheet->y + pad);
		g_object_unref(layouts[i]);
		if (pad > 0) {
			cairo_set_line_width(sheet->cairo, LINE_WIDTH);
			cairo_rectangle(sheet->cairo, x, sheet->y, columns[i].width, height);
			cairo_stroke(sheet->cairo);
		}
		x += columns[i].width;
	}
	sheet->y += height;
}

void
sheet_beside(struct sheet *sheet, struct sheet_style style, const struct sheet_column *columns,
	const struct str *cells, size_t count)
{
	PangoLayout *layouts[COLUMNS_MAX];
	double height;

	count = count < COLUMNS_MAX ? count : COLUMNS_MAX;
	height = lay_out(sheet, style, columns, cells, count, 0, layouts);
	if (!sheet_fits(sheet, height))
		sheet_page(sheet);
	draw_row(sheet, columns, layouts, count, 0, height);
}

void
sheet_row(struct sheet *sheet, const struct sheet_column *columns, const struct str *cells,
	size_t count, bool bold, const struct str *heads)
{
	PangoLayout *layouts[COLUMNS_MAX];
	double height;

	count = count < COLUMNS_MAX ? count : COLUMNS_MAX;
	height = lay_out(sheet, (struct sheet_style){.size = ROW_SIZE, .bold = bold}, columns,
		cells, count, PAD, layouts);
	if (!sheet_fits(sheet, height) && sheet->used) {
		sheet_page(sheet);
		if (heads != NULL)
			sheet_row(sheet, columns, heads, count, true, NULL);
	}
	draw_row(sheet, columns, layouts, count, PAD, height);
}

struct err
sheet_finish(struct sheet *sheet, struct buf *out)
{
	if (sheet->used)
		end_page(sheet);
	cairo_surface_finish(sheet->surface);
	if (cairo_status(sheet->cairo) != CAIRO_STATUS_SUCCESS ||
		cairo_surface_status(sheet->surface) != CAIRO_STATUS_SUCCESS)
		return FAIL(ERR_BROKEN, "a page could not be drawn");
	buf_add(out, buf_str(&sheet->bytes));
	return OK;
}
