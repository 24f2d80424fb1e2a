/* How to pay, in three pictures for whoever does not read: scan, look at name and amount, listen.
 */
#include "how_to.h"

#include <math.h>

#include "chopay/words.h"

#define STEPS 3
#define PICTURE_SIDE 40.0
#define PHONE_WIDTH 22.0
#define STROKE 1.5
#define GAP 8.0 /* between two steps */
#define SIZE_VI 7.2
#define SIZE_EN 5.8

static void
round_box(cairo_t *cr, double x, double y, double width, double height, double radius)
{
	cairo_new_sub_path(cr);
	cairo_arc(cr, x + width - radius, y + radius, radius, -M_PI / 2, 0);
	cairo_arc(cr, x + width - radius, y + height - radius, radius, 0, M_PI / 2);
	cairo_arc(cr, x + radius, y + height - radius, radius, M_PI / 2, M_PI);
	cairo_arc(cr, x + radius, y + radius, radius, M_PI, 3 * M_PI / 2);
	cairo_close_path(cr);
}

/* Its middle at (x, y). */
static void
draw_phone(cairo_t *cr, double x, double y)
{
	round_box(cr, x - PHONE_WIDTH / 2, y - PICTURE_SIDE / 2, PHONE_WIDTH, PICTURE_SIDE, 3.5);
	cairo_stroke(cr);
	cairo_move_to(cr, x - 3, y + PICTURE_SIDE / 2 - 3.5);
	cairo_line_to(cr, x + 3, y + PICTURE_SIDE / 2 - 3.5);
	cairo_stroke(cr);
}

/* The corner of a finder frame that opens to the lower right when both directions are 1. */
static void
draw_corner(cairo_t *cr, double x, double y, double right, double down)
{
	cairo_move_to(cr, x, y + 4 * down);
	cairo_line_to(cr, x, y);
	cairo_line_to(cr, x + 4 * right, y);
	cairo_stroke(cr);
}

/* A phone that looks at a code: three squares and some dots in a finder's frame. */
static void
draw_scan(struct pen *pen, double x, double y)
{
	static const double squares[][2] = {{-5.5, -5.5}, {1.5, -5.5}, {-5.5, 1.5}};
	static const double dots[][2] = {{1.5, 1.5}, {4, 3.5}, {1.5, 4}};
	cairo_t *cr = pen->cr;

	y -= 1.5;
	draw_phone(cr, x, y + 1.5);
	for (int right = -1; right <= 1; right += 2)
		for (int down = -1; down <= 1; down += 2)
			draw_corner(cr, x + right * 8.2, y + down * 8.2, -right, -down);
	for (size_t i = 0; i < 3; i++) {
		cairo_rectangle(cr, x + squares[i][0], y + squares[i][1], 4, 4);
		cairo_rectangle(cr, x + dots[i][0], y + dots[i][1], 1.5, 1.5);
	}
	cairo_fill(cr);
}

/* A phone with a name that is ticked and an amount. */
static void
draw_check(struct pen *pen, double x, double y)
{
	const struct look amount = {.size = 6, .bold = true, .align = ALIGN_CENTRE};
	cairo_t *cr = pen->cr;

	draw_phone(cr, x, y);
	cairo_arc(cr, x, y - 10, 4.6, 0, 2 * M_PI);
	cairo_stroke(cr);
	cairo_move_to(cr, x - 2.2, y - 10);
	cairo_line_to(cr, x - 0.5, y - 8.2);
	cairo_line_to(cr, x + 2.4, y - 12);
	cairo_stroke(cr);
	pen_line(pen, x - 7, y - 1.5, x + 7, y - 1.5, 1.8);
	pen_text(pen, &amount, STR("50.000"), x - PHONE_WIDTH / 2, y + 0.5, PHONE_WIDTH);
	round_box(cr, x - 7, y + 9, 14, 4, 1.5);
	cairo_fill(cr);
	cairo_set_line_width(cr, STROKE);
}

/* A loudspeaker and three waves. */
static void
draw_listen(struct pen *pen, double x, double y)
{
	cairo_t *cr = pen->cr;

	x -= 8;
	cairo_move_to(cr, x - 9, y - 5);
	cairo_line_to(cr, x - 2, y - 5);
	cairo_line_to(cr, x + 7, y - 13);
	cairo_line_to(cr, x + 7, y + 13);
	cairo_line_to(cr, x - 2, y + 5);
	cairo_line_to(cr, x - 9, y + 5);
	cairo_close_path(cr);
	cairo_fill(cr);
	cairo_set_line_width(cr, 2);
	for (int wave = 1; wave <= 3; wave++) {
		cairo_new_path(cr);
		cairo_arc(cr, x + 6, y, 2 + 5.5 * wave, -M_PI / 4, M_PI / 4);
		cairo_stroke(cr);
	}
	cairo_set_line_width(cr, STROKE);
}

void
how_to_draw(struct pen *pen, double x, double y, double width)
{
	static const struct {
		void (*draw)(struct pen *pen, double x, double y);
		const char *words;
	} steps[STEPS] = {
		{draw_scan, "print.card.step1"},
		{draw_check, "print.card.step2"},
		{draw_listen, "print.card.step3"},
	};
	const struct look vi = {.size = SIZE_VI, .bold = true, .align = ALIGN_CENTRE};
	const struct look en = {.size = SIZE_EN, .align = ALIGN_CENTRE};
	double column = (width - (STEPS - 1) * GAP) / STEPS;

	for (size_t i = 0; i < STEPS; i++) {
		double left = x + (double)i * (column + GAP), below = y + PICTURE_SIDE + 4;

		cairo_set_line_width(pen->cr, STROKE);
		cairo_set_line_join(pen->cr, CAIRO_LINE_JOIN_ROUND);
		cairo_set_line_cap(pen->cr, CAIRO_LINE_CAP_ROUND);
		steps[i].draw(pen, left + column / 2, y + PICTURE_SIDE / 2);
		below += pen_text(pen, &vi, words_find(VIETNAMESE, str_from(steps[i].words)), left,
			below, column);
		pen_text(pen, &en, words_find(ENGLISH, str_from(steps[i].words)), left, below + 1,
			column);
	}
	cairo_set_line_cap(pen->cr, CAIRO_LINE_CAP_BUTT);
	cairo_set_line_join(pen->cr, CAIRO_LINE_JOIN_MITER);
}
