/* words.h - names of places and times as a sentence has them. */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "catalogue.h"
#include "chopay/arena.h"
#include "chopay/report.h"

/* "Hàm Thuận" of "Xã Hàm Thuận". */
void put_bare_name(struct buf *out, struct str name);
/* "toàn xã", "toàn chợ", "toàn vùng". */
void put_whole(struct buf *out, const struct report *report, enum language language);
void put_period(struct buf *out, const struct period *period, enum language language);
void put_day(struct buf *out, int32_t day, enum language language);
/* The footer, and the parameter set behind it. */
void put_last_line(struct buf *out, const struct report *report, enum language language);
/* Why `figures` have no rank; `told` is what the report says of it, in Vietnamese. */
struct str unranked_reason(
	const struct report_figures *figures, struct str told, enum language language);
/* Is there an actual figure to be told?  Not when it is made of money that is withheld. */
bool target_told(const struct report *report, const struct report_target *target);
/* Of one that is told: W_MET, W_NOT_MET, or W_YEAR_RUNS: payments and money of a year add up, and a
 * shorter period has not missed them. */
enum word target_verdict(const struct report *report, const struct report_target *target);
/* What a buffer holds, copied into the arena; the buffer is emptied. */
struct str kept(struct arena *arena, struct buf *text);

#endif
