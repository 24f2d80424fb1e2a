/* picture.c - draws a code with libqrencode; the only file that knows it, and libpng. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>
#include <qrencode.h>

#include "chopay/picture.h"

struct picture {
	QRcode *code;
};

static struct err
check_text(struct str text)
{
	if (text.len == 0)
		return FAIL(ERR_INVALID, "there is no text to draw");
	if (text.len > PICTURE_TEXT_MAX)
		return FAIL(
			ERR_INVALID, "the text is over 512 bytes: no payment code is that long");
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < ' ' || text.ptr[i] > '~')
			return FAIL(ERR_INVALID, "the text holds other than printable ASCII: "
						 "scanners would misread it");
	return OK;
}

static struct err
lay_out(struct str text, QRecLevel level, struct picture **picture)
{
	char copy[PICTURE_TEXT_MAX + 1];
	QRcode *code;

	TRY(check_text(text));
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	/* Mixed modes (a run of digits is packed tighter) make it 2 to 4 versions smaller than
	 * bytes alone.  Case-sensitive, or the text would come back in upper case. */
	code = QRcode_encodeString(copy, 0, level, QR_MODE_8, 1);
	if (!code)
		return errno == ENOMEM ? FAIL(ERR_BROKEN, "out of memory")
				       : FAIL(ERR_BROKEN, "the QR encoder refused the text");
	*picture = mem_alloc(sizeof(**picture));
	(*picture)->code = code;
	return OK;
}

struct err
picture_new(struct str text, struct picture **picture)
{
	return lay_out(text, QR_ECLEVEL_M, picture);
}

struct err
picture_new_paper(struct str text, struct picture **picture)
{
	return lay_out(text, QR_ECLEVEL_H, picture);
}

void
picture_free(struct picture *picture)
{
	if (!picture)
		return;
	QRcode_free(picture->code);
	free(picture);
}

void
picture_cleanup(struct picture **picture)
{
	picture_free(*picture);
}

unsigned
picture_side(const struct picture *picture)
{
	return (unsigned)picture->code->width + 2 * PICTURE_QUIET_ZONE;
}

bool
picture_is_dark(const struct picture *picture, unsigned x, unsigned y)
{
	unsigned width = (unsigned)picture->code->width;

	/* Left of or above the modules wraps round to a huge number: outside, too. */
	x -= PICTURE_QUIET_ZONE;
	y -= PICTURE_QUIET_ZONE;
	return x < width && y < width && (picture->code->data[(size_t)y * width + x] & 1);
}

static struct err
check_scale(unsigned scale)
{
	if (scale < 1 || scale > PICTURE_SCALE_MAX)
		return FAIL(ERR_INVALID, "the scale must be 1 to 64 pixels per module");
	return OK;
}

static void
png_into_buf(png_structp png, png_bytep bytes, size_t count)
{
	buf_add(png_get_io_ptr(png), (struct str){(const char *)bytes, count});
}

static void
png_flush_nothing(UNUSED png_structp png)
{
}

/* One row of pixels, 1 is light; the last byte's spare bits stay light. */
static void
fill_row(const struct picture *picture, unsigned y, unsigned scale, png_bytep row, size_t row_size)
{
	unsigned side = picture_side(picture);

	memset(row, 0xFF, row_size);
	for (unsigned x = 0; x < side; x++) {
		if (!picture_is_dark(picture, x, y))
			continue;
		for (unsigned pixel = x * scale; pixel < (x + 1) * scale; pixel++)
			row[pixel / 8] = (png_byte)(row[pixel / 8] & ~(0x80u >> pixel % 8));
	}
}

/* libpng jumps back here on an error; nothing of ours changes between that and the jump. */
static bool
png_draw(png_structp png, png_infop info, const struct picture *picture, unsigned scale,
	png_bytep row, size_t row_size)
{
	unsigned side = picture_side(picture);

	if (setjmp(png_jmpbuf(png)))
		return false;
	png_set_IHDR(png, info, side * scale, side * scale, 1, PNG_COLOR_TYPE_GRAY,
		PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	/* Level 2 is a third faster than the default for 100 bytes more (make bench). */
	png_set_compression_level(png, 2);
	png_set_filter(
		png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP); /* most rows repeat the one above */
	png_write_info(png, info);
	for (unsigned y = 0; y < side; y++) {
		fill_row(picture, y, scale, row, row_size);
		for (unsigned repeat = 0; repeat < scale; repeat++)
			png_write_row(png, row);
	}
	png_write_end(png, info);
	return true;
}

struct err
picture_png(const struct picture *picture, unsigned scale, struct buf *out)
{
	png_structp png;
	png_infop info;
	png_bytep row;
	size_t row_size, start = out->len;
	bool drawn;

	TRY(check_scale(scale));
	png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	info = png ? png_create_info_struct(png) : NULL;
	if (!info) {
		png_destroy_write_struct(&png, NULL);
		return FAIL(ERR_BROKEN, "the PNG writer did not start");
	}
	row_size = ((size_t)picture_side(picture) * scale + 7) / 8;
	row = mem_alloc(row_size);
	png_set_write_fn(png, out, png_into_buf, png_flush_nothing);
	drawn = png_draw(png, info, picture, scale, row, row_size);
	free(row);
	png_destroy_write_struct(&png, &info);
	if (!drawn) {
		out->len = start;
		return FAIL(ERR_BROKEN, "the PNG writer failed");
	}
	return OK;
}

void
picture_path(const struct picture *picture, struct buf *out)
{
	unsigned side = picture_side(picture);

	for (unsigned y = 0; y < side; y++)
		for (unsigned x = 0; x < side; x++) {
			unsigned from = x;

			while (picture_is_dark(picture, x, y))
				x++; /* ends in the quiet zone at the latest */
			if (x > from)
				buf_addf(out, "M%u %uh%uv1h-%uz", from, y, x - from, x - from);
		}
}

struct err
picture_svg(const struct picture *picture, unsigned scale, struct buf *out)
{
	unsigned side = picture_side(picture);

	TRY(check_scale(scale));
	buf_addf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
		"viewBox=\"0 0 %u %u\" shape-rendering=\"crispEdges\">"
		"<rect width=\"%u\" height=\"%u\" fill=\"#fff\"/><path fill=\"#000\" d=\"",
		side * scale, side * scale, side, side, side, side);
	picture_path(picture, out);
	buf_adds(out, "\"/></svg>\n");
	return OK;
}

void
picture_text(const struct picture *picture, bool inverse, struct buf *out)
{
	static const char *const BLOCKS[2][2] = {
		{" ", "\u2584"}, /* upper half blank: lower half blank, drawn */
		{"\u2580", "\u2588"},
	};
	unsigned side = picture_side(picture);

	for (unsigned y = 0; y < side; y += 2) {
		for (unsigned x = 0; x < side; x++) {
			bool upper = picture_is_dark(picture, x, y) == inverse;
			/* The side is odd, so the last line has no lower half. */
			bool lower = y + 1 < side && picture_is_dark(picture, x, y + 1) == inverse;

			buf_adds(out, BLOCKS[upper][lower]);
		}
		buf_addc(out, '\n');
	}
}
