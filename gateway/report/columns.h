/* columns.h - how wide the columns of a table are on a page, from what they hold. */
#ifndef REPORT_COLUMNS_H
#define REPORT_COLUMNS_H

#include "chopay/report.h"

/* Of a column: the cell with most letters (digits are all of one width), and the word. */
struct longest {
	struct buf cell, word; /* longest_fini */
};
void longest_find(const struct table *table, size_t column, enum language language,
	struct longest *longest); /* adds to it; zero-initialise */
void longest_fini(struct longest *longest);

struct column_need {
	double least, most; /* widths: without breaking a word, in one line */
};
/* Gives each what it needs, and those that would break lines the more the more they lack.  When
 * even `least` is too wide, words break. */
void columns_share(const struct column_need *needs, size_t columns, double room, double *widths);

#endif
