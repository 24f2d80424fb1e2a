/* json_figures.h - shares and figures, written as JSON and read back.  Private to this folder. */
#ifndef CHOPAY_REPORT_JSON_FIGURES_H
#define CHOPAY_REPORT_JSON_FIGURES_H

#include "chopay/report.h"

#include "walk.h"

/* Withheld ones are null. */
void walk_share(const struct walk *walk, const char *name, struct share *share, bool withheld);
void walk_figures(const struct walk *walk, const char *name, struct report_figures *figures);

#endif
