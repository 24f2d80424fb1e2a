/* The dark modules of a code, merged into rectangles. */
#include "qr_shape.h"

struct modules {
	const struct picture *picture;
	unsigned side;
	bool *drawn; /* of each module */
};

static bool
is_open(const struct modules *modules, unsigned x, unsigned y)
{
	return x < modules->side && y < modules->side && picture_is_dark(modules->picture, x, y) &&
	       !modules->drawn[y * modules->side + x];
}

static bool
row_is_open(const struct modules *modules, unsigned x, unsigned y, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		if (!is_open(modules, x + i, y))
			return false;
	return true;
}

/* The widest run from here on, and as many rows below as have it too. */
static void
take(struct modules *modules, unsigned x, unsigned y, unsigned *width, unsigned *height)
{
	*width = *height = 1;
	while (is_open(modules, x + *width, y))
		++*width;
	while (row_is_open(modules, x, y + *height, *width))
		++*height;
	for (unsigned row = y; row < y + *height; row++)
		for (unsigned i = x; i < x + *width; i++)
			modules->drawn[row * modules->side + i] = true;
}

void
qr_shape(cairo_t *cr, const struct picture *picture, double x, double y, double side)
{
	unsigned count = picture_side(picture), width, height;
	bool *drawn CLEANUP(mem_free) = mem_alloc_zero((size_t)count * count, sizeof(*drawn));
	struct modules modules = {picture, count, drawn};
	double module = side / count;

	cairo_new_path(cr);
	for (unsigned row = 0; row < count; row++)
		for (unsigned i = 0; i < count; i++) {
			if (!is_open(&modules, i, row))
				continue;
			take(&modules, i, row, &width, &height);
			cairo_rectangle(cr, x + i * module, y + row * module, width * module,
				height * module);
		}
	cairo_fill(cr);
}
