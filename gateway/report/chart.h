/*
 * chart.h - the pictures of a report, drawn as shapes and text: on a page and on a card.
 * Threads: that of the pen.
 */
#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include "chopay/pen.h"
#include "chopay/report.h"

#define INK 0x1F2933	/* text */
#define FAINT 0x66727F	/* text beside the point */
#define RULE 0xC5CDD5	/* lines of tables and axes */
#define ACCENT 0x0B5C8A /* what the eye should find */
#define TRACK 0xE4EAEF	/* what a bar could have filled, heads of tables */

struct chart_box {
	double x, y, width, height;
	double size; /* of its text, points */
};

/* The four components, their points of the most there are: "P  14,55/15". */
void chart_components(struct pen *pen, const struct chart_box *box,
	const struct report_figures *figures, enum language language);
/* 13 months of the index on a scale of 0 to 100, and the year before them; a month without a
 * figure is a gap. */
void chart_months(struct pen *pen, const struct chart_box *box, const struct report_month *months,
	enum language language);
/* Payments by hour of the day. */
void chart_hours(
	struct pen *pen, const struct chart_box *box, const int64_t *hours, enum language language);

#endif
