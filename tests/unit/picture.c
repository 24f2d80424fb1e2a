/*
 * picture.c - pictures that scan: 500 codes drawn and read back by zbar, and the three formats
 * compared module by module.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <png.h>

#include "chopay/picture.h"
#include "vietqr.h"

#define CODES 500

/* The n-th code: accounts, memos, names and amounts of all lengths. */
static void
make_code(unsigned n, char text[VIETQR_TEXT_SIZE])
{
	static const char LETTERS[] =
		"CHS0042XK7 ca phe sua da ABCDEFGHIJKLM nopqrstuvwxyz 0123456789";
	struct vietqr code = {
		.bank_bin = "970436",
		.amount_dong = n % 3 ? (int64_t)n * n * 997 : 0,
		.service = n % 5 == 4 ? VIETQR_PUSH : VIETQR_TO_ACCOUNT,
	};
	size_t account = 1 + n % 19, memo = n % 26, name = n % 7 ? 0 : n % 26;

	for (size_t i = 0; i < account; i++)
		code.account_no[i] = n % 2 ? (char)('0' + (n + i * 7) % 10)
					   : (char)('A' + (n + i * 5) % 26);
	memcpy(code.memo, LETTERS + n % 30, memo);
	memcpy(code.name, LETTERS + n % 30, name);
	assert_int_equal(vietqr_encode(&code, text), VIETQR_OK);
}

static struct picture *
new_picture(const char *text)
{
	struct picture *picture;

	assert_int_equal(picture_new(str_from(text), &picture).code, ERR_OK);
	return picture;
}

static void
write_png(const char *folder, unsigned n, const char *text)
{
	CLEANUP(picture_cleanup) struct picture *picture = new_picture(text);
	CLEANUP(buf_fini) struct buf png = {0}, path = {0};
	FILE *file;

	assert_int_equal(picture_png(picture, 2 + n % 3, &png).code, ERR_OK);
	buf_addf(&path, "%s/%04u.png", folder, n);
	file = fopen(path.ptr, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(png.ptr, 1, png.len, file), png.len);
	assert_int_equal(fclose(file), 0);
}

static void
scanned_pictures_say_their_text(void **state)
{
	char folder[] = "/tmp/chopay-picture-XXXXXX";
	CLEANUP(buf_fini) struct buf want = {0}, got = {0}, command = {0};
	char block[4096];
	size_t n;
	FILE *zbar;

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (unsigned i = 0; i < CODES; i++) {
		char text[VIETQR_TEXT_SIZE];

		make_code(i, text);
		write_png(folder, i, text);
		buf_addf(&want, "%s\n", text);
	}
	buf_addf(&command,
		"zbarimg -q --raw -Sdisable -Sqrcode.enable %s/*.png 2>/dev/null; rm -r %s", folder,
		folder);
	zbar = popen(command.ptr, "r");
	assert_non_null(zbar);
	while ((n = fread(block, 1, sizeof(block), zbar)) > 0)
		buf_add(&got, (struct str){block, n});
	assert_int_equal(pclose(zbar), 0);
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.ptr, want.ptr, want.len);
}

/* The pixels of a PNG, a byte each; 0 is dark.  free() */
static unsigned char *
read_png(struct str bytes, unsigned *width, unsigned *height, int *bit_depth)
{
	png_image image = {.version = PNG_IMAGE_VERSION};
	unsigned char *pixels;

	*bit_depth = bytes.ptr[24];
	assert_true(png_image_begin_read_from_memory(&image, bytes.ptr, bytes.len));
	image.format = PNG_FORMAT_GRAY;
	pixels = mem_alloc(PNG_IMAGE_SIZE(image));
	assert_true(png_image_finish_read(&image, NULL, pixels, 0, NULL));
	*width = image.width;
	*height = image.height;
	return pixels;
}

static void
png_pixels_are_modules(void **state)
{
	static const unsigned SCALES[] = {1, 3, 8, PICTURE_SCALE_MAX};
	char text[VIETQR_TEXT_SIZE];

	(void)state;
	make_code(17, text);
	for (size_t s = 0; s < sizeof(SCALES) / sizeof(SCALES[0]); s++) {
		CLEANUP(picture_cleanup) struct picture *picture = new_picture(text);
		CLEANUP(buf_fini) struct buf png = {0};
		unsigned scale = SCALES[s], side = picture_side(picture) * scale, width, height,
			 wrong = 0;
		int bit_depth;

		assert_int_equal(picture_png(picture, scale, &png).code, ERR_OK);
		CLEANUP(mem_free)
		unsigned char *pixels = read_png(buf_str(&png), &width, &height, &bit_depth);

		assert_int_equal(bit_depth, 1);
		assert_int_equal(width, side);
		assert_int_equal(height, side);
		for (unsigned y = 0; y < side; y++)
			for (unsigned x = 0; x < side; x++)
				wrong += pixels[(size_t)y * side + x] !=
					 (picture_is_dark(picture, x / scale, y / scale) ? 0 : 255);
		assert_int_equal(wrong, 0);
	}
}

static void
quiet_zone_and_finder(void **state)
{
	CLEANUP(picture_cleanup) struct picture *picture = new_picture("0");
	unsigned side = picture_side(picture);

	(void)state;
	assert_int_equal(side, 21 + 2 * PICTURE_QUIET_ZONE); /* version 1 */
	for (unsigned y = 0; y < side; y++)
		for (unsigned x = 0; x < side; x++)
			if (x < 4 || y < 4 || x >= side - 4 || y >= side - 4)
				assert_false(picture_is_dark(picture, x, y));
	for (unsigned i = 4; i < 11; i++) { /* the upper left finder: a ring of 7 */
		assert_true(picture_is_dark(picture, i, 4));
		assert_true(picture_is_dark(picture, 4, i));
	}
	assert_false(picture_is_dark(picture, 5, 5));
	assert_false(picture_is_dark(picture, side, side));
	assert_false(picture_is_dark(picture, 0u - 1, 4));
}

/* Two modules of a character of ours; false when it is none. */
static bool
halves(const char **at, bool *upper, bool *lower)
{
	static const struct {
		const char *text;
		bool upper, lower;
	} BLOCKS[] = {
		{" ", false, false},
		{"\u2580", true, false},
		{"\u2584", false, true},
		{"\u2588", true, true},
	};

	for (size_t i = 0; i < 4; i++)
		if (strncmp(*at, BLOCKS[i].text, strlen(BLOCKS[i].text)) == 0) {
			*at += strlen(BLOCKS[i].text);
			*upper = BLOCKS[i].upper;
			*lower = BLOCKS[i].lower;
			return true;
		}
	return false;
}

static void
text_is_modules(void **state)
{
	char text[VIETQR_TEXT_SIZE];

	(void)state;
	make_code(42, text);
	for (int inverse = 0; inverse < 2; inverse++) {
		CLEANUP(picture_cleanup) struct picture *picture = new_picture(text);
		CLEANUP(buf_fini) struct buf drawn = {0};
		unsigned side = picture_side(picture);
		const char *at;

		picture_text(picture, inverse, &drawn);
		at = drawn.ptr;
		for (unsigned y = 0; y < side; y += 2) {
			for (unsigned x = 0; x < side; x++) {
				bool upper, lower;

				assert_true(halves(&at, &upper, &lower));
				assert_int_equal(upper == inverse, picture_is_dark(picture, x, y));
				if (y + 1 < side)
					assert_int_equal(lower == inverse,
						picture_is_dark(picture, x, y + 1));
				else
					assert_false(lower);
			}
			assert_int_equal(*at++, '\n');
		}
		assert_int_equal(*at, '\0');
	}
}

/* Draw the path's bars again, and compare. */
static void
svg_is_modules(void **state)
{
	char text[VIETQR_TEXT_SIZE], head[200];
	CLEANUP(buf_fini) struct buf svg = {0};
	unsigned x, y, run, back, side;
	int used;
	const char *at;

	(void)state;
	make_code(99, text);
	CLEANUP(picture_cleanup) struct picture *picture = new_picture(text);
	side = picture_side(picture);
	CLEANUP(mem_free) bool *dark = mem_alloc_zero((size_t)side * side, sizeof(*dark));

	assert_int_equal(picture_svg(picture, 10, &svg).code, ERR_OK);
	snprintf(head, sizeof(head),
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
		"viewBox=\"0 0 %u %u\" ",
		side * 10, side * 10, side, side);
	assert_true(str_starts(buf_str(&svg), str_from(head)));
	assert_true(str_ends(buf_str(&svg), STR("\"/></svg>\n")));
	at = strstr(svg.ptr, " d=\"");
	assert_non_null(at);
	at += 4;
	while (sscanf(at, "M%u %uh%uv1h-%uz%n", &x, &y, &run, &back, &used) == 4) {
		assert_int_equal(run, back);
		assert_true(x + run <= side && y < side);
		for (; run > 0; run--)
			dark[y * side + x + run - 1] = true;
		at += used;
	}
	assert_string_equal(at, "\"/></svg>\n");
	for (y = 0; y < side; y++)
		for (x = 0; x < side; x++)
			assert_int_equal(dark[y * side + x], picture_is_dark(picture, x, y));
}

static void
what_is_not_drawn(void **state)
{
	CLEANUP(picture_cleanup) struct picture *picture = new_picture("x");
	CLEANUP(buf_fini) struct buf out = {0}, text = {0};
	struct picture *none = NULL;

	(void)state;
	assert_int_equal(picture_new(STR(""), &none).code, ERR_INVALID);
	assert_int_equal(picture_new(STR("Ti\xE1\xBB\x81n"), &none).code, ERR_INVALID);
	assert_int_equal(picture_new(STR("a\nb"), &none).code, ERR_INVALID);
	assert_int_equal(picture_new(STR("a\0b"), &none).code, ERR_INVALID);
	while (text.len < PICTURE_TEXT_MAX)
		buf_addc(&text, 'x');
	assert_int_equal(picture_new(buf_str(&text), &none).code, ERR_OK);
	picture_free(none);
	none = NULL;
	buf_addc(&text, 'x');
	assert_int_equal(picture_new(buf_str(&text), &none).code, ERR_INVALID);
	assert_null(none);
	assert_int_equal(picture_png(picture, 0, &out).code, ERR_INVALID);
	assert_int_equal(picture_png(picture, PICTURE_SCALE_MAX + 1, &out).code, ERR_INVALID);
	assert_int_equal(picture_svg(picture, 0, &out).code, ERR_INVALID);
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scanned_pictures_say_their_text),
		cmocka_unit_test(png_pixels_are_modules),
		cmocka_unit_test(quiet_zone_and_finder),
		cmocka_unit_test(text_is_modules),
		cmocka_unit_test(svg_is_modules),
		cmocka_unit_test(what_is_not_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
