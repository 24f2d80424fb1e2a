/* A link that is told once: as text, as a code on the terminal, as a picture to print. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "chopay/log.h"
#include "chopay/picture.h"
#include "link.h"
#include "output.h"

#define PRINTED_SCALE 12 /* pixels per module: 4 cm at 300 dpi */

const char link_help[] =
	"  --url URL   where the gateway is reached (https://pay.example): the link is then whole\n"
	"  --qr        draw it as a QR code on this terminal (needs --url)\n"
	"  -o FILE     draw it into FILE.png or FILE.svg, to print (needs --url)\n";

static bool
is_svg(const char *file)
{
	return str_ends(str_from(file), STR(".svg"));
}

int
link_check(const char *command, const struct link_options *options)
{
	struct str url = str_from(options->url == NULL ? "" : options->url);

	if (options->url != NULL && !str_starts(url, STR("https://")) &&
		!str_starts(url, STR("http://"))) {
		complain("%s: --url is where the gateway is reached, as https://pay.example",
			command);
		return EX_USAGE;
	}
	if ((options->qr || options->file != NULL) && options->url == NULL) {
		complain("%s: a code must hold the whole address: give --url too", command);
		return EX_USAGE;
	}
	if (options->file != NULL && !is_svg(options->file) &&
		!str_ends(str_from(options->file), STR(".png"))) {
		complain("%s: -o FILE ends in .png or .svg", command);
		return EX_USAGE;
	}
	return 0;
}

static int
draw(const char *command, const struct link_options *options, struct str link)
{
	struct picture *picture CLEANUP(picture_cleanup) = NULL;
	struct buf out CLEANUP(buf_fini) = {0};
	struct err err = picture_new(link, &picture);

	if (err.code == ERR_OK && options->qr) {
		picture_text(picture, false, &out);
		fputs(out.ptr, stdout);
	}
	if (err.code == ERR_OK && options->file != NULL) {
		buf_clear(&out);
		err = is_svg(options->file) ? picture_svg(picture, PRINTED_SCALE, &out)
					    : picture_png(picture, PRINTED_SCALE, &out);
		if (err.code == ERR_OK)
			return output_write(command, options->file, buf_str(&out));
	}
	if (err.code == ERR_OK)
		return 0;
	complain("%s: the link makes no code: %s", command, err.what);
	return EX_DATAERR;
}

int
link_print(const char *command, const struct link_options *options, struct str path)
{
	struct buf link CLEANUP(buf_fini) = {0};

	if (options->url != NULL) {
		struct str url = str_from(options->url);

		while (str_ends(url, STR("/")))
			url.len--;
		buf_add(&link, url);
	}
	buf_add(&link, path);
	printf("%s\n", link.ptr);
	return options->qr || options->file != NULL ? draw(command, options, buf_str(&link)) : 0;
}
