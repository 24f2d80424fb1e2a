/*
 * figure.h - how numbers of a report are printed, and how they are compared.  Pure.
 *
 * Vietnamese: `1.497/1.649 (90,78%)`, English: `1,497/1,649 (90.78%)`.  Rates have two decimals,
 * rounded half up, never truncated; what has no figure is a dash, never 0.
 * Source: ADOPTION section 6.  Threads: any.  Memory: the caller's buffer.
 */
#ifndef CHOPAY_FIGURE_H
#define CHOPAY_FIGURE_H

#include "chopay/money.h"
#include "chopay/words.h"

#define NO_FIGURE "—"

void figure_count(struct buf *out, enum language language, int64_t count);
/* Hundredths: of a percent, of a point. */
void figure_hundredths(struct buf *out, enum language language, int64_t x100);
void figure_rate(struct buf *out, enum language language, int64_t rate_bp);
/* "1.497/1.649 (90,78%)"; "0/0 (—)" when there is nothing to divide by. */
void figure_part(struct buf *out, enum language language, int64_t num, int64_t den);
/* "69.505.000 đồng" */
void figure_money(struct buf *out, enum language language, struct vnd amount);
/* "69,51 triệu đồng" */
void figure_millions(struct buf *out, enum language language, struct vnd amount);

/* Growth of a count or of money since `prior`, in hundredths of a percent, half away from zero;
 * false: there is none, `prior` is 0. */
bool figure_growth(int64_t now, int64_t prior, int64_t *growth_bp);
/* "tăng 31,29%", "giảm 4,00%", "không đổi"; NO_FIGURE without a prior. */
void figure_put_growth(struct buf *out, enum language language, int64_t now, int64_t prior);
/* Of rates: "tăng 15,00 điểm phần trăm"; of the index: "tăng 12,28 điểm". */
void figure_put_rate_change(
	struct buf *out, enum language language, int64_t now_bp, int64_t prior_bp);
void figure_put_point_change(
	struct buf *out, enum language language, int64_t now_x100, int64_t prior_x100);
/* Of ranks, where less is better: "tăng 3 bậc", "giảm 1 bậc", "không đổi". */
void figure_put_rank_change(struct buf *out, enum language language, int64_t now, int64_t prior);

#endif
