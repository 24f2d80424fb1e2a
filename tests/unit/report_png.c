/* The card: a picture of its size, drawn from the report. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <png.h>

#include "../support/hard_report.h"
#include "../support/sample_report.h"

#define WIDTH 1200
#define HEIGHT 630
#define ACCENT 0x0B5C8A
#define PIXELS (WIDTH * HEIGHT)

/* The pixels, 0xRRGGBB each. */
static const uint32_t *
pixels_of(struct arena *arena, const struct report *report, enum language language)
{
	struct buf out CLEANUP(buf_fini) = {0};
	uint32_t *pixels = arena_alloc(arena, sizeof(*pixels) * PIXELS);
	png_bytep rows = arena_alloc(arena, 3 * PIXELS);
	png_image image = {.version = PNG_IMAGE_VERSION};

	assert_int_equal(report_png(report, language, &out).code, ERR_OK);
	assert_true(out.len < 200000);
	assert_int_not_equal(png_image_begin_read_from_memory(&image, out.ptr, out.len), 0);
	assert_int_equal(image.width, WIDTH);
	assert_int_equal(image.height, HEIGHT);
	image.format = PNG_FORMAT_RGB;
	assert_int_not_equal(png_image_finish_read(&image, NULL, rows, 0, NULL), 0);
	for (size_t i = 0; i < PIXELS; i++)
		pixels[i] = (uint32_t)rows[3 * i] << 16 | (uint32_t)rows[3 * i + 1] << 8 |
			    rows[3 * i + 2];
	return pixels;
}

/* The longest run of a colour on a line of the picture. */
static size_t
longest_run(const uint32_t *pixels, size_t y, uint32_t colour)
{
	size_t most = 0, run = 0;

	for (size_t x = 0; x < WIDTH; x++) {
		run = pixels[y * WIDTH + x] == colour ? run + 1 : 0;
		most = run > most ? run : most;
	}
	return most;
}

/* Do two pictures differ within these lines and columns? */
static bool
unlike(const uint32_t *a, const uint32_t *b, size_t x1, size_t y1, size_t x2, size_t y2)
{
	for (size_t y = y1; y < y2; y++)
		if (memcmp(&a[y * WIDTH + x1], &b[y * WIDTH + x1], (x2 - x1) * sizeof(*a)) != 0)
			return true;
	return false;
}

/* 14,55 of 15, 25,00 of 30, 19,89 of 35, 14,04 of 20: what the widest bars can be is the same. */
static void
bars_are_as_long_as_their_points(void **state)
{
	static const double shares[] = {14.55 / 15, 25.0 / 30, 19.89 / 35, 14.04 / 20};
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	const uint32_t *pixels = pixels_of(
		arena, sample_report(arena, AUDIENCE_BOARD, true), VIETNAMESE);
	size_t found = 0, y = 140, run;

	(void)state;
	while (y < 450 && found < 4) {
		run = longest_run(pixels, y++, ACCENT);
		if (run < 300)
			continue;
		assert_in_range(
			run, (size_t)(shares[found] * 620) - 3, (size_t)(shares[found] * 620) + 3);
		found++;
		while (longest_run(pixels, y, ACCENT) > 300)
			y++;
	}
	assert_int_equal(found, 4);
}

/* V2 is there for the market board, and nothing stands in its place when it is withheld. */
static void
withheld_money_is_not_drawn(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_BOARD, true);
	const uint32_t *shown = pixels_of(arena, report, VIETNAMESE);
	const uint32_t *hidden = pixels_of(
		arena, sample_report(arena, AUDIENCE_OFFICIAL, true), VIETNAMESE);

	(void)state;
	assert_true(unlike(shown, hidden, 842, 460, WIDTH, 550));
	assert_false(unlike(shown, hidden, 0, 0, 842, 550));
	for (size_t y = 470; y < 550; y++)
		for (size_t x = 850; x < WIDTH; x++)
			assert_int_equal(hidden[y * WIDTH + x], 0xFFFFFF);
}

/* Nothing runs over the edge, whatever the names and figures. */
static void
hard_reports_stay_within(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();

	(void)state;
	for (int i = 0; i < HARD_REPORTS; i++) {
		const uint32_t *pixels = pixels_of(
			arena, hard_report(arena, (enum hard_report)i), VIETNAMESE);

		for (size_t y = 130; y < 556; y++) {
			for (size_t x = 0; x < 44; x++)
				assert_int_equal(pixels[y * WIDTH + x], 0xFFFFFF);
			for (size_t x = WIDTH - 44; x < WIDTH; x++)
				assert_int_equal(pixels[y * WIDTH + x], 0xFFFFFF);
		}
	}
}

static void
languages_differ(void **state)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct report *report = sample_report(arena, AUDIENCE_BOARD, true);

	(void)state;
	assert_true(unlike(pixels_of(arena, report, VIETNAMESE), pixels_of(arena, report, ENGLISH),
		0, 0, WIDTH, HEIGHT));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bars_are_as_long_as_their_points),
		cmocka_unit_test(withheld_money_is_not_drawn),
		cmocka_unit_test(hard_reports_stay_within),
		cmocka_unit_test(languages_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
