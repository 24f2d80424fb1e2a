/* screen.h - what the parts of a screen are made with.  Private to this folder. */
#ifndef REPORT_SCREEN_H
#define REPORT_SCREEN_H

#include "catalogue.h"
#include "chopay/report_screen.h"

struct screen {
	struct arena *arena;
	const struct report *report;
	const struct screen_order *order;
	enum language language;
	json_t *work; /* screen_work_counts, once it is made */
};

struct str screen_count(const struct screen *screen, int64_t count);
struct str screen_hundredths(const struct screen *screen, int64_t x100);
/* "1.497/1.649 (90,78%)" */
struct str screen_part(const struct screen *screen, struct share share);
/* A name of the register as one line of letters. */
struct str screen_name(const struct screen *screen, struct str name);

json_t *screen_months(const struct screen *screen);
json_t *screen_hours(const struct screen *screen);
json_t *screen_ranking(const struct screen *screen);
json_t *screen_table(const struct screen *screen, enum report_table which);
/* Its rows `from` to before `until`. */
json_t *screen_table_part(
	const struct screen *screen, const struct table *table, size_t from, size_t until);
json_t *screen_work_counts(const struct screen *screen);

#endif
