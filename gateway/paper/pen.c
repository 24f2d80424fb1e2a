/* Text and shapes on a cairo surface. */
#include "chopay/pen.h"

#include <math.h>

#include <pango/pangocairo.h>

#include "chopay/plain.h"

#define FIT_SMALLEST 0.6 /* of the size asked for */
#define FIT_STEP 0.05

void
pen_init(struct pen *pen, const struct typeface *typeface, cairo_t *cr)
{
	*pen = (struct pen){.cr = cr, .font = pango_font_description_new()};
	for (size_t i = 0; i < PEN_SLOTS; i++)
		pen->slots[i] = typeface_layout(typeface);
	pango_font_description_set_family_static(
		pen->font, typeface_name(typeface_family(typeface)));
}

void
pen_fini(struct pen *pen)
{
	for (size_t i = 0; i < PEN_SLOTS; i++)
		if (pen->slots[i] != NULL)
			g_object_unref(pen->slots[i]);
	if (pen->font != NULL)
		pango_font_description_free(pen->font);
	buf_fini(&pen->text);
	*pen = (struct pen){0};
}

void
pen_colour(struct pen *pen, unsigned rgb)
{
	cairo_set_source_rgb(pen->cr, (double)(rgb >> 16 & 0xFF) / 255,
		(double)(rgb >> 8 & 0xFF) / 255, (double)(rgb & 0xFF) / 255);
}

/* ---- text ----------------------------------------------------------------------------------- */

static void
set_look(struct pen *pen, PangoLayout *layout, const struct look *look)
{
	static const PangoAlignment aligns[] = {
		PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT, PANGO_ALIGN_LEFT};

	pango_font_description_set_size(pen->font, (gint)(look->size * PANGO_SCALE));
	pango_font_description_set_weight(
		pen->font, look->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_font_description_set_style(
		pen->font, look->italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
	pango_layout_set_font_description(layout, pen->font);
	pango_layout_set_alignment(layout, aligns[look->align]);
	pango_layout_set_justify(layout, look->align == ALIGN_BOTH);
	pango_layout_set_indent(layout, (int)(look->indent * PANGO_SCALE));
	pango_layout_set_ellipsize(
		layout, look->lines_max > 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
	pango_layout_set_height(layout, look->lines_max > 0 ? -look->lines_max : -1);
}

static void
set_text(struct pen *pen, PangoLayout *layout, const struct look *look, struct str text)
{
	buf_clear(&pen->text);
	(look->capitals ? plain_put_capitals : plain_put)(&pen->text, text);
	pango_layout_set_text(layout, pen->text.len > 0 ? pen->text.ptr : "", (int)pen->text.len);
}

static double
height_of(PangoLayout *layout)
{
	int height;

	pango_layout_get_size(layout, NULL, &height);
	return (double)height / PANGO_SCALE;
}

double
pen_lay(struct pen *pen, size_t slot, const struct look *look, struct str text, double width)
{
	PangoLayout *layout = pen->slots[slot];

	set_look(pen, layout, look);
	pango_layout_set_width(layout, (int)floor(width * PANGO_SCALE));
	set_text(pen, layout, look, text);
	return height_of(layout);
}

void
pen_show(struct pen *pen, size_t slot, double x, double y)
{
	cairo_move_to(pen->cr, x, y);
	pango_cairo_show_layout(pen->cr, pen->slots[slot]);
}

int
pen_lines(struct pen *pen, size_t slot)
{
	return pango_layout_get_line_count(pen->slots[slot]);
}

double
pen_line_height(struct pen *pen, size_t slot, int line)
{
	PangoRectangle box;

	pango_layout_line_get_extents(
		pango_layout_get_line_readonly(pen->slots[slot], line), NULL, &box);
	return (double)box.height / PANGO_SCALE;
}

/* The layout knows where a line of it stands; a line by itself does not. */
void
pen_show_line(struct pen *pen, size_t slot, int line, double x, double y)
{
	PangoLayoutIter *iter = pango_layout_get_iter(pen->slots[slot]);
	PangoRectangle box;

	for (int i = 0; i < line; i++)
		pango_layout_iter_next_line(iter);
	pango_layout_iter_get_line_extents(iter, NULL, &box);
	cairo_move_to(pen->cr, x + (double)box.x / PANGO_SCALE,
		y + (double)(pango_layout_iter_get_baseline(iter) - box.y) / PANGO_SCALE);
	pango_cairo_show_layout_line(pen->cr, pango_layout_iter_get_line_readonly(iter));
	pango_layout_iter_free(iter);
}

double
pen_text(
	struct pen *pen, const struct look *look, struct str text, double x, double y, double width)
{
	double height = pen_lay(pen, 0, look, text, width);

	pen_show(pen, 0, x, y);
	return height;
}

double
pen_width(struct pen *pen, const struct look *look, struct str text)
{
	PangoLayout *layout = pen->slots[0];
	int width;

	set_look(pen, layout, look);
	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_NONE);
	pango_layout_set_width(layout, -1);
	set_text(pen, layout, look, text);
	pango_layout_get_size(layout, &width, NULL);
	return ceil((double)width / PANGO_SCALE);
}

double
pen_word_width(struct pen *pen, const struct look *look, struct str text)
{
	struct str word;
	double most = 0;
	bool more;

	do {
		more = str_split(&text, ' ', &word);
		most = fmax(most, pen_width(pen, look, word));
	} while (more);
	return most;
}

double
pen_fit(struct pen *pen, const struct look *look, struct str text, double x, double y, double width)
{
	struct look fit = *look;

	while (fit.size > look->size * FIT_SMALLEST && pen_width(pen, &fit, text) > width)
		fit.size -= look->size * FIT_STEP;
	fit.lines_max = 1;
	return pen_text(pen, &fit, text, x, y, width);
}

/* ---- shapes --------------------------------------------------------------------------------- */

void
pen_fill(struct pen *pen, double x, double y, double width, double height)
{
	cairo_rectangle(pen->cr, x, y, width, height);
	cairo_fill(pen->cr);
}

void
pen_frame(struct pen *pen, double x, double y, double width, double height, double line)
{
	cairo_set_line_width(pen->cr, line);
	cairo_rectangle(pen->cr, x, y, width, height);
	cairo_stroke(pen->cr);
}

void
pen_line(struct pen *pen, double x1, double y1, double x2, double y2, double line)
{
	cairo_set_line_width(pen->cr, line);
	cairo_move_to(pen->cr, x1, y1);
	cairo_line_to(pen->cr, x2, y2);
	cairo_stroke(pen->cr);
}
