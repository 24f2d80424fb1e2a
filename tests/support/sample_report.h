/* A whole report to try the forms on: the worked example of ADOPTION section 7, as a commune's. */
#ifndef TESTS_SAMPLE_REPORT_H
#define TESTS_SAMPLE_REPORT_H

#include "chopay/report.h"

/* For the market board everything is shown; for officials money is withheld, as four stalls are too
 * few.  `snapshot`: it was frozen.  The five ranked markets are a table of their own: they do not
 * add up to the four stalls. */
struct report *sample_report(struct arena *arena, enum report_audience audience, bool snapshot);

#endif
