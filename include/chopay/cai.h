/*
 * cai.h - the Cashless Adoption Index of a unit, from its cells: integers only.  Pure.
 *
 * Source: ADOPTION sections 1, 2 and 6, parameter set CAI-1.  Sums are pooled over every cell of a
 * unit, never averaged, so units and months can be added together.
 * Threads: any.  Memory: the caller's.
 */
#ifndef CHOPAY_CAI_H
#define CHOPAY_CAI_H

#include "chopay/money.h"

#define CAI_PARAMETER_SET "CAI-1"
#define CAI_RANKED_CELLS_MIN 20 /* eligible cells; a unit of fewer is not ranked */

/* One stall in one reporting month, clipped to the report's dates. */
struct cai_cell {
	int64_t market_days; /* M: days its market was open */
	int64_t open_days;   /* O: of those, the days it was open itself */
	int64_t qr_days;     /* Q: of O, with a live code */
	int64_t active_days; /* A: of O, with a valid payment */
	int64_t payers;	     /* U: distinct payers of valid payments */
	bool was_active;     /* its cell of the full month before was active */
};
bool cai_eligible(const struct cai_cell *cell);
bool cai_active(const struct cai_cell *cell);

/* What a unit's cells come to; sums of units or months are sums again.  Each is below 10^13. */
struct cai_sums {
	int64_t open_days, qr_days, active_days;
	int64_t cells, active; /* eligible ones, and those of them that are active */
	int64_t base, kept;    /* eligible ones active the month before, and still active */
};
void cai_add(struct cai_sums *sums, const struct cai_cell *cell);

/* P, H, N, D, in this order. */
enum cai_component { CAI_COVERAGE, CAI_ACTIVITY, CAI_RHYTHM, CAI_RETENTION };
#define CAI_COMPONENTS 4

struct cai_figure {
	int64_t num, den;
	bool known;	 /* den > 0; otherwise there is no figure */
	int64_t rate_bp; /* hundredths of a percent, half up */
	int64_t pts_x100;
};
struct cai {
	struct cai_figure figures[CAI_COMPONENTS];
	bool known; /* all four are */
	int64_t cai_x100;
	int64_t cells; /* eligible ones */
};
void cai_compute(const struct cai_sums *sums, struct cai *cai);

const char *cai_component_code(enum cai_component component); /* "P", "H", "N", "D" */
int64_t cai_component_max(enum cai_component component);      /* points */
int64_t cai_component_ceiling(enum cai_component component);  /* percent that gives all of them */
/* "Xuất sắc", "Tốt", "Khá", "Trung bình", "Yếu". */
const char *cai_class(int64_t cai_x100);

/* Ranks among peers, by CAI, competition ranking (1, 2, 2, 4); 0: not ranked. */
bool cai_ranked(const struct cai *cai);
void cai_rank(const struct cai *const *cais, size_t count, size_t *ranks);

/* a / b, rounded half up; a, b >= 0, b > 0, the quotient within int64. */
int64_t round_half_up(int64_t a, int64_t b);
/* The same of factor * a / b, however large the product. */
int64_t round_half_up_of(int64_t factor, int64_t a, int64_t b);

#endif
