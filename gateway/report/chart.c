/* The pictures of a report. */
#include "chart.h"

#include "catalogue.h"

#define MONTHS 13
#define INDEX_MOST 10000 /* hundredths of a point */
#define GRID_STEP 2500
#define DOT 2.0 /* radius, points */
#define LINE 1.6
#define HAIR 0.5
#define YEAR_BEFORE_COLOUR 0x8A97A3

static struct str
hundredths(struct buf *text, enum language language, int64_t x100)
{
	buf_clear(text);
	figure_hundredths(text, language, x100);
	return buf_str(text);
}

/* ---- components ------------------------------------------------------------------------------ */

static void
component_bar(struct pen *pen, const struct chart_box *row, const struct report_figures *figures,
	enum cai_component component, enum language language)
{
	static const enum word names[] = {W_NAME_P, W_NAME_H, W_NAME_N, W_NAME_D};
	const struct cai_figure *figure = &figures->cai.figures[component];
	int64_t most = cai_component_max(component);
	const struct look left = {.size = row->size},
			  right = {.size = row->size, .bold = true, .align = ALIGN_END};
	double line = row->size * 1.35, bar = row->height - line - row->size * 0.75;
	struct buf text CLEANUP(buf_fini) = {0};

	pen_colour(pen, INK);
	pen_fit(pen, &left, str_from(word(names[component], language)), row->x, row->y,
		row->width * 0.76);
	if (figure->known)
		figure_hundredths(&text, language, figure->pts_x100);
	else
		buf_adds(&text, NO_FIGURE);
	buf_addf(&text, "/%d", (int)most);
	pen_fit(pen, &right, buf_str(&text), row->x + row->width * 0.78, row->y, row->width * 0.22);
	pen_colour(pen, TRACK);
	pen_fill(pen, row->x, row->y + line, row->width, bar);
	pen_colour(pen, ACCENT);
	pen_fill(pen, row->x, row->y + line,
		row->width * (double)figure->pts_x100 / (double)(100 * most), bar);
}

void
chart_components(struct pen *pen, const struct chart_box *box, const struct report_figures *figures,
	enum language language)
{
	struct chart_box row = *box;

	row.height = box->height / CAI_COMPONENTS;
	for (int i = 0; i < CAI_COMPONENTS; i++) {
		component_bar(pen, &row, figures, (enum cai_component)i, language);
		row.y += row.height;
	}
}

/* ---- months ---------------------------------------------------------------------------------- */

/* Where the lines are drawn, within the box. */
struct plot {
	double x, y, width, height, step;
};

static double
month_x(const struct plot *plot, int i)
{
	return plot->x + plot->step * (i + 0.5);
}

static double
index_y(const struct plot *plot, int64_t x100)
{
	return plot->y + plot->height * (1 - (double)x100 / INDEX_MOST);
}

static void
months_grid(struct pen *pen, const struct chart_box *box, const struct plot *plot,
	const struct report_month *months)
{
	const struct look end = {.size = box->size, .align = ALIGN_END};
	const struct look centre = {.size = box->size, .align = ALIGN_CENTRE};
	struct buf text CLEANUP(buf_fini) = {0};

	for (int64_t x100 = 0; x100 <= INDEX_MOST; x100 += GRID_STEP) {
		double y = index_y(plot, x100);

		pen_colour(pen, RULE);
		pen_line(pen, plot->x, y, plot->x + plot->width, y, HAIR);
		pen_colour(pen, FAINT);
		buf_clear(&text);
		buf_addf(&text, "%d", (int)(x100 / 100));
		pen_text(pen, &end, buf_str(&text), box->x, y - box->size * 0.65,
			plot->x - box->x - box->size * 0.4);
	}
	for (int i = 0; i < MONTHS; i++) {
		buf_clear(&text);
		buf_addf(&text, "%02d/%02d", months[i].month % 12 + 1, months[i].month / 12 % 100);
		pen_text(pen, &centre, buf_str(&text), plot->x + plot->step * i,
			plot->y + plot->height + box->size * 0.3, plot->step);
	}
}

/* Of a month, this year's or the year before's; false: there is none. */
static bool
index_of(const struct report_month *month, bool year_before, int64_t *x100)
{
	*x100 = year_before ? month->year_before_x100 : month->cai_x100;
	return year_before ? month->year_before_known : month->known;
}

static void
months_line(struct pen *pen, const struct plot *plot, const struct report_month *months,
	bool year_before)
{
	bool drawing = false;
	int64_t x100;

	cairo_new_path(pen->cr);
	for (int i = 0; i < MONTHS; i++) {
		bool known = index_of(&months[i], year_before, &x100);

		if (known && drawing)
			cairo_line_to(pen->cr, month_x(plot, i), index_y(plot, x100));
		else if (known)
			cairo_move_to(pen->cr, month_x(plot, i), index_y(plot, x100));
		drawing = known;
	}
	cairo_set_line_width(pen->cr, year_before ? LINE * 0.6 : LINE);
	cairo_stroke(pen->cr);
	for (int i = 0; i < MONTHS; i++) { /* a month between two gaps is a dot */
		if (!index_of(&months[i], year_before, &x100))
			continue;
		cairo_arc(pen->cr, month_x(plot, i), index_y(plot, x100),
			year_before ? DOT * 0.6 : DOT, 0, 6.2832);
		cairo_fill(pen->cr);
	}
}

/* The figure stands on the side of the point where the other line is not. */
static void
months_figures(struct pen *pen, const struct chart_box *box, const struct plot *plot,
	const struct report_month *months, enum language language)
{
	const struct look look = {.size = box->size * 0.9, .align = ALIGN_CENTRE, .bold = true};
	struct buf text CLEANUP(buf_fini) = {0};

	for (int i = 0; i < MONTHS; i++) {
		bool below = months[i].year_before_known &&
			     months[i].year_before_x100 > months[i].cai_x100;
		double y = index_y(plot, months[i].cai_x100);

		if (months[i].known)
			pen_fit(pen, &look, hundredths(&text, language, months[i].cai_x100),
				plot->x + plot->step * i,
				below ? y + DOT * 1.5 : y - DOT * 1.5 - box->size * 1.2,
				plot->step);
	}
}

static void
months_legend(struct pen *pen, const struct chart_box *box, enum language language)
{
	const struct look look = {.size = box->size};
	struct str now = str_from(word(W_CHART_NOW, language));
	double mark = box->size * 2, middle = box->y + box->size * 0.65;
	double next = box->x + mark * 1.4 + pen_width(pen, &look, now) + mark;

	pen_colour(pen, ACCENT);
	pen_line(pen, box->x, middle, box->x + mark, middle, LINE);
	pen_colour(pen, YEAR_BEFORE_COLOUR);
	pen_line(pen, next, middle, next + mark, middle, LINE * 0.6);
	pen_colour(pen, INK);
	pen_text(pen, &look, now, box->x + mark * 1.2, box->y, box->width);
	pen_text(pen, &look, str_from(word(W_CHART_YEAR_BEFORE, language)), next + mark * 1.2,
		box->y, box->width);
}

void
chart_months(struct pen *pen, const struct chart_box *box, const struct report_month *months,
	enum language language)
{
	double gutter = box->size * 2.2, head = box->size * 3.3, foot = box->size * 1.8;
	struct plot plot = {box->x + gutter, box->y + head, box->width - gutter,
		box->height - head - foot, (box->width - gutter) / MONTHS};

	months_legend(pen, box, language);
	months_grid(pen, box, &plot, months);
	pen_colour(pen, YEAR_BEFORE_COLOUR);
	months_line(pen, &plot, months, true);
	pen_colour(pen, ACCENT);
	months_line(pen, &plot, months, false);
	months_figures(pen, box, &plot, months, language);
}

/* ---- hours ----------------------------------------------------------------------------------- */

/* Where the bars stand. */
struct bars {
	double base, most_height, step;
	int64_t most;
};

static double
bar_height(const struct bars *bars, int64_t payments)
{
	return bars->most > 0 ? bars->most_height * (double)payments / (double)bars->most : 0;
}

static void
hour_bar(struct pen *pen, const struct chart_box *box, const struct bars *bars, int hour,
	int64_t payments)
{
	const struct look look = {.size = box->size, .align = ALIGN_CENTRE};
	double height = bar_height(bars, payments), x = box->x + bars->step * hour;
	struct buf text CLEANUP(buf_fini) = {0};

	pen_colour(pen, ACCENT);
	pen_fill(pen, x + bars->step * 0.15, bars->base - height, bars->step * 0.7, height);
	pen_colour(pen, FAINT);
	buf_addf(&text, "%d", hour);
	pen_text(pen, &look, buf_str(&text), x, bars->base + box->size * 0.2, bars->step);
}

/* Above each bar; when the largest would not fit there, of the first of the highest alone. */
static void
hour_figures(struct pen *pen, const struct chart_box *box, const struct bars *bars,
	const int64_t *hours, enum language language)
{
	const struct look look = {.size = box->size, .align = ALIGN_CENTRE};
	struct buf text CLEANUP(buf_fini) = {0};
	double width;
	bool all;

	figure_count(&text, language, bars->most);
	width = pen_width(pen, &look, buf_str(&text));
	all = width <= bars->step;
	for (int i = 0; i < HOURS; i++) {
		double x = box->x + bars->step * (i + 0.5) - (all ? bars->step : width) / 2;

		if (hours[i] == 0 || (!all && hours[i] != bars->most))
			continue;
		x = x < box->x ? box->x : x;
		x = x + width > box->x + box->width ? box->x + box->width - width : x;
		buf_clear(&text);
		figure_count(&text, language, hours[i]);
		pen_text(pen, &look, buf_str(&text), x,
			bars->base - bar_height(bars, hours[i]) - box->size * 1.35,
			all ? bars->step : width);
		if (!all)
			break;
	}
}

void
chart_hours(
	struct pen *pen, const struct chart_box *box, const int64_t *hours, enum language language)
{
	double foot = box->size * 1.6, head = box->size * 1.5;
	struct bars bars = {.base = box->y + box->height - foot,
		.most_height = box->height - foot - head,
		.step = box->width / HOURS};

	for (int i = 0; i < HOURS; i++)
		bars.most = hours[i] > bars.most ? hours[i] : bars.most;
	for (int i = 0; i < HOURS; i++)
		hour_bar(pen, box, &bars, i, hours[i]);
	pen_colour(pen, INK);
	hour_figures(pen, box, &bars, hours, language);
	pen_colour(pen, RULE);
	pen_line(pen, box->x, bars.base, box->x + box->width, bars.base, HAIR);
}
