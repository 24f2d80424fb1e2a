/* A code as a shape is dark where the code is dark, and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../merchants/qr_shape.h"

#define SCALE 3 /* pixels per module */

static bool
pixel_is_dark(cairo_surface_t *surface, unsigned x, unsigned y)
{
	const unsigned char *row = cairo_image_surface_get_data(surface) +
				   (size_t)cairo_image_surface_get_stride(surface) * y;
	uint32_t pixel;

	memcpy(&pixel, row + (size_t)x * sizeof(pixel), sizeof(pixel));
	return (pixel & 0xFFFFFF) == 0;
}

static void
check(const struct picture *code)
{
	unsigned side = picture_side(code);
	cairo_surface_t *surface = cairo_image_surface_create(
		CAIRO_FORMAT_RGB24, (int)(side * SCALE), (int)(side * SCALE));
	cairo_t *cr = cairo_create(surface);

	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_set_source_rgb(cr, 0, 0, 0);
	qr_shape(cr, code, 0, 0, side * SCALE);
	cairo_surface_flush(surface);
	for (unsigned y = 0; y < side * SCALE; y++)
		for (unsigned x = 0; x < side * SCALE; x++)
			assert_int_equal(pixel_is_dark(surface, x, y),
				picture_is_dark(code, x / SCALE, y / SCALE));
	cairo_destroy(cr);
	cairo_surface_destroy(surface);
}

static void
each_module(void **state)
{
	static const char *const texts[] = {"0", "CHSZ6MYM63",
		"00020101021138570010A00000072701270006970436011300110001234560208QRIBFTTA"
		"53037045802VN62080804CHK763044125"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct picture *screen CLEANUP(picture_cleanup) = NULL;
		struct picture *paper CLEANUP(picture_cleanup) = NULL;

		assert_int_equal(picture_new(str_from(texts[i]), &screen).code, ERR_OK);
		assert_int_equal(picture_new_paper(str_from(texts[i]), &paper).code, ERR_OK);
		check(screen);
		check(paper);
		assert_true(picture_side(paper) >= picture_side(screen));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_module)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
