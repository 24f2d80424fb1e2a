/* The picture behind a quick link, drawn: words above, the code, words below. */
#include "chopay/money.h"
#include "chopay/pen.h"
#include "chopay/picture.h"
#include "chopay/quick_picture.h"
#include "chopay/words.h"
#include "qr_shape.h"

#define INK 0x000000
#define GREY 0x404040
#define EDGE 24.0 /* of all texts from the sides */

struct layout {
	int width, height;	 /* pixels */
	double code_y, code_max; /* the square that the code may fill */
	double below_y;		 /* of the first line below it */
	bool head, marks, details, banner;
};

static const struct layout layouts[] = {
	[QUICK_COMPACT] = {540, 540, 56, 420, 482, true, true, false, false},
	[QUICK_COMPACT2] = {540, 640, 44, 410, 452, true, true, true, false},
	[QUICK_QR_ONLY] = {480, 480, 0, 480, 480, false, false, false, false},
	[QUICK_PRINT] = {600, 776, 88, 450, 536, true, true, true, true},
};

/* ---- words ------------------------------------------------------------------------------------
 */

struct card {
	const struct quick_picture *picture;
	const struct layout *layout;
	struct pen pen;
	double y; /* of the next line */
};

/* One line in the middle: smaller when it is long, at worst cut. */
static void
put_line(struct card *card, double size, bool bold, struct str text)
{
	const struct look look = {.size = size, .bold = bold, .align = ALIGN_CENTRE};

	if (text.len == 0)
		return;
	card->y += pen_fit(&card->pen, &look, text, EDGE, card->y, card->layout->width - 2 * EDGE) +
		   2;
}

static void
put_filled(struct card *card, double size, const char *key, struct str value)
{
	struct buf text CLEANUP(buf_fini) = {0};

	words_fill(&text, words_find(VIETNAMESE, str_from(key)), &value, 1);
	put_line(card, size, false, buf_str(&text));
}

static void
put_head(struct card *card)
{
	card->y = card->layout->banner ? 24 : 16;
	if (card->layout->banner) {
		put_line(card, 30, true, words_find(VIETNAMESE, STR("image.scan")));
		put_line(card, 16, false, words_find(ENGLISH, STR("image.scan")));
		return;
	}
	put_line(card, 28, true, STR("VietQR"));
}

static void
put_details(struct card *card)
{
	const struct quick_picture *picture = card->picture;
	struct buf amount CLEANUP(buf_fini) = {0};

	card->y += 6;
	put_line(card, 24, true, picture->account_name);
	put_filled(card, 22, "image.account", str_from(picture->code.account_no));
	if (picture->code.amount_dong > 0) {
		vnd_format(&amount, (struct vnd){picture->code.amount_dong});
		put_filled(card, 22, "image.amount", buf_str(&amount));
	}
	if (picture->code.memo[0] != '\0')
		put_filled(card, 20, "image.memo", str_from(picture->code.memo));
}

static void
put_below(struct card *card)
{
	struct buf marks CLEANUP(buf_fini) = {0};

	card->y = card->layout->below_y;
	pen_colour(&card->pen, GREY);
	buf_adds(&marks, card->layout->banner ? "VietQR  |  napas 247  |  " : "napas 247  |  ");
	buf_add(&marks, card->picture->bank->short_name);
	put_line(card, 22, true, buf_str(&marks));
	pen_colour(&card->pen, INK);
	if (card->layout->banner)
		put_line(card, 16, false, card->picture->bank->name_vi);
	if (card->layout->details)
		put_details(card);
}

/* ---- the picture -------------------------------------------------------------------------------
 */

/* Whole pixels per module, and on them: nothing is grey. */
static void
put_code(struct card *card, const struct picture *code)
{
	unsigned side = picture_side(code);
	unsigned scale = (unsigned)card->layout->code_max / side;
	double size = side * scale;
	double x = (double)((card->layout->width - (int)size) / 2);
	double y = card->layout->code_y + (double)(int)((card->layout->code_max - size) / 2);

	pen_colour(&card->pen, INK);
	cairo_set_antialias(card->pen.cr, CAIRO_ANTIALIAS_NONE);
	qr_shape(card->pen.cr, code, x, y, size);
	cairo_set_antialias(card->pen.cr, CAIRO_ANTIALIAS_DEFAULT);
}

static cairo_status_t
add_bytes(void *out, const unsigned char *bytes, unsigned int count)
{
	buf_add(out, (struct str){(const char *)bytes, count});
	return CAIRO_STATUS_SUCCESS;
}

static void
draw(struct card *card, const struct typeface *typeface, cairo_t *cr, const struct picture *code)
{
	pen_init(&card->pen, typeface, cr);
	pen_colour(&card->pen, 0xFFFFFF);
	cairo_paint(cr);
	put_code(card, code);
	if (card->layout->head)
		put_head(card);
	if (card->layout->marks)
		put_below(card);
	pen_fini(&card->pen);
}

static struct err
write_png(cairo_surface_t *surface, cairo_t *cr, struct buf *out)
{
	size_t start = out->len;

	if (cairo_status(cr) == CAIRO_STATUS_SUCCESS &&
		cairo_surface_write_to_png_stream(surface, add_bytes, out) == CAIRO_STATUS_SUCCESS)
		return OK;
	out->len = start;
	return FAIL(ERR_BROKEN, "the picture could not be drawn");
}

struct err
quick_png(const struct quick_picture *picture, struct buf *out)
{
	struct typeface *typeface CLEANUP(typeface_cleanup) = NULL;
	struct picture *code CLEANUP(picture_cleanup) = NULL;
	struct card card = {.picture = picture, .layout = &layouts[picture->template]};
	cairo_surface_t *surface;
	cairo_t *cr;
	struct err err;

	TRY((picture->template == QUICK_PRINT ? picture_new_paper : picture_new)(
		str_from(picture->text), &code));
	TRY(typeface_new(TYPEFACE_SANS, &typeface));
	surface = cairo_image_surface_create(
		CAIRO_FORMAT_RGB24, card.layout->width, card.layout->height);
	cr = cairo_create(surface);
	draw(&card, typeface, cr, code);
	err = write_png(surface, cr, out);
	cairo_destroy(cr);
	cairo_surface_destroy(surface);
	return err;
}
