/* qr_render.c - `chopay qr render`: a code as a picture. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "chopay/picture.h"

#include "qr.h"

#define SCALE_DEFAULT 8

static const char usage[] =
	"usage: chopay qr render TEXT|- [--format png|svg|txt] [-o FILE] [--scale N]\n"
	"           [--inverse]\n"
	"\n"
	"Draws any text of 1 to 512 printable ASCII characters; - reads it from stdin.\n"
	"\n"
	"--format   txt (default) draws with characters for a dark terminal\n"
	"--inverse  txt for a terminal with a light background\n"
	"--scale    pixels per module, 1 to 64, default 8 (png and svg)\n"
	"-o         into FILE instead of stdout\n";

enum format { FORMAT_TXT, FORMAT_PNG, FORMAT_SVG };

struct drawing {
	enum format format;
	unsigned scale;
	bool inverse;
	const char *file; /* NULL: stdout */
};

static int
take_render_option(int option, struct drawing *drawing)
{
	int64_t scale;

	switch (option) {
	case 'f':
		if (strcmp(optarg, "png") != 0 && strcmp(optarg, "svg") != 0 &&
			strcmp(optarg, "txt") != 0)
			return qr_complain(EX_USAGE, "render", "--format: say png, svg or txt");
		drawing->format = optarg[0] == 'p'   ? FORMAT_PNG
				  : optarg[0] == 's' ? FORMAT_SVG
						     : FORMAT_TXT;
		return EX_OK;
	case 'x':
		if (str_to_i64(str_from(optarg), &scale).code != ERR_OK || scale < 1 ||
			scale > PICTURE_SCALE_MAX)
			return qr_complain(EX_USAGE, "render", "--scale: a number from 1 to %d",
				PICTURE_SCALE_MAX);
		drawing->scale = (unsigned)scale;
		return EX_OK;
	case 'i':
		drawing->inverse = true;
		return EX_OK;
	default:
		drawing->file = optarg;
		return EX_OK;
	}
}

static struct err
draw(struct str text, const struct drawing *drawing, struct buf *out)
{
	CLEANUP(picture_cleanup) struct picture *picture = NULL;

	TRY(picture_new(text, &picture));
	if (drawing->format == FORMAT_PNG)
		return picture_png(picture, drawing->scale, out);
	if (drawing->format == FORMAT_SVG)
		return picture_svg(picture, drawing->scale, out);
	picture_text(picture, drawing->inverse, out);
	return OK;
}

static int
write_file(const char *path, struct str bytes)
{
	FILE *file = fopen(path, "wb");
	bool written;

	if (!file)
		return qr_complain(
			EX_IOERR, "render", "cannot write %s: %s", path, strerror(errno));
	written = fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len;
	if (fclose(file) == 0 && written)
		return EX_OK;
	return qr_complain(EX_IOERR, "render", "%s is incomplete: %s", path, strerror(errno));
}

int
qr_render(int argc, char **argv)
{
	static const struct option render[] = {
		{"format", required_argument, NULL, 'f'},
		{"scale", required_argument, NULL, 'x'},
		{"inverse", no_argument, NULL, 'i'},
		{"output", required_argument, NULL, 'o'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	static const struct qr_command command = {"render", usage, ":ho:", render, NULL};
	CLEANUP(buf_fini) struct buf text = {0}, picture = {0};
	struct drawing drawing = {.format = FORMAT_TXT, .scale = SCALE_DEFAULT};
	int option, status;
	struct err e;

	while ((option = qr_next_option(argc, argv, &command)) != -1) {
		if (option == 'h')
			return qr_usage(&command);
		status = option == '?' ? EX_USAGE : take_render_option(option, &drawing);
		if (status != EX_OK)
			return status;
	}
	status = qr_read_text(argc, argv, &command, &text);
	if (status != EX_OK)
		return status;
	if (drawing.format == FORMAT_PNG && !drawing.file && isatty(STDOUT_FILENO))
		return qr_complain(
			EX_USAGE, "render", "a PNG would garble this terminal: add -o FILE");
	e = draw(buf_str(&text), &drawing, &picture);
	if (e.code != ERR_OK)
		return qr_complain(err_exit_status(e.code), "render", "%s", e.what);
	return drawing.file ? write_file(drawing.file, buf_str(&picture))
			    : qr_print("render", buf_str(&picture));
}
