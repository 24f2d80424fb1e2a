/*
 * cai.c - the index, from counts to points.
 *
 * Parameter set CAI-1 (ADOPTION section 2):
 *
 *   component              num / den                          points  full at
 *   P  độ phủ mã QR        days with a code / open days       15      100%
 *   H  có hoạt động        active cells / eligible cells      30       90%
 *   N  nhịp hằng ngày      days with a payment / open days    35       80%
 *   D  duy trì             still active / active before       20       95%
 */
#include "chopay/cai.h"

__extension__ typedef unsigned __int128 wide;

static const struct {
	const char *code;
	int64_t max, ceiling; /* points; percent */
} parameters[CAI_COMPONENTS] = {
	[CAI_COVERAGE] = {"P", 15, 100},
	[CAI_ACTIVITY] = {"H", 30, 90},
	[CAI_RHYTHM] = {"N", 35, 80},
	[CAI_RETENTION] = {"D", 20, 95},
};

static const struct {
	int64_t least_x100;
	const char *name;
} classes[] = {
	{9000, "Xuất sắc"},
	{8000, "Tốt"},
	{7000, "Khá"},
	{5000, "Trung bình"},
	{0, "Yếu"},
};

static int64_t
round_wide(wide a, wide b)
{
	return (int64_t)((2 * a + b) / (2 * b));
}

int64_t
round_half_up(int64_t a, int64_t b)
{
	return round_wide((wide)a, (wide)b);
}

int64_t
round_half_up_of(int64_t factor, int64_t a, int64_t b)
{
	return round_wide((wide)factor * (wide)a, (wide)b);
}

/* ceil(a / b); a >= 0, b > 0. */
static int64_t
ceil_of(int64_t a, int64_t b)
{
	return a / b + (a % b != 0);
}

/* ---- cells ---------------------------------------------------------------------------------- */

/* An active stall is paid on 4 days of 30, by 5 payers. */
#define MONTH_DAYS 30
#define ACTIVE_DAYS 4
#define ACTIVE_PAYERS 5

static int64_t
at_least_one(int64_t count)
{
	return count > 1 ? count : 1;
}

bool
cai_eligible(const struct cai_cell *cell)
{
	return cell->open_days > 0 && cell->open_days >= ceil_of(cell->market_days, 3);
}

bool
cai_active(const struct cai_cell *cell)
{
	int64_t days = ceil_of(ACTIVE_DAYS * cell->open_days, MONTH_DAYS);
	int64_t payers = ceil_of(ACTIVE_PAYERS * cell->open_days, MONTH_DAYS);

	return cai_eligible(cell) && cell->active_days >= at_least_one(days) &&
	       cell->payers >= at_least_one(payers);
}

void
cai_add(struct cai_sums *sums, const struct cai_cell *cell)
{
	bool eligible = cai_eligible(cell), active = cai_active(cell);
	bool base = eligible && cell->was_active;

	sums->open_days += cell->open_days;
	sums->qr_days += cell->qr_days;
	sums->active_days += cell->active_days;
	sums->cells += eligible;
	sums->active += active;
	sums->base += base;
	sums->kept += base && active;
}

/* ---- the index ------------------------------------------------------------------------------ */

static struct cai_figure
figure_of(enum cai_component component, int64_t num, int64_t den)
{
	int64_t most_x100 = 100 * parameters[component].max;
	struct cai_figure figure = {.num = num, .den = den, .known = den > 0};

	if (!figure.known)
		return figure;
	figure.rate_bp = round_wide((wide)10000 * (wide)num, (wide)den);
	figure.pts_x100 = round_wide(
		(wide)most_x100 * (wide)num * 100, (wide)den * (wide)parameters[component].ceiling);
	if (figure.pts_x100 > most_x100)
		figure.pts_x100 = most_x100;
	return figure;
}

/* The sum of the rounded points, so that the printed column adds up to the printed total. */
void
cai_compute(const struct cai_sums *sums, struct cai *cai)
{
	*cai = (struct cai){
		.figures =
			{
				[CAI_COVERAGE] = figure_of(
					CAI_COVERAGE, sums->qr_days, sums->open_days),
				[CAI_ACTIVITY] = figure_of(CAI_ACTIVITY, sums->active, sums->cells),
				[CAI_RHYTHM] = figure_of(
					CAI_RHYTHM, sums->active_days, sums->open_days),
				[CAI_RETENTION] = figure_of(CAI_RETENTION, sums->kept, sums->base),
			},
		.known = true,
		.cells = sums->cells,
	};
	for (int i = 0; i < CAI_COMPONENTS; i++) {
		cai->known = cai->known && cai->figures[i].known;
		cai->cai_x100 += cai->figures[i].pts_x100;
	}
	if (!cai->known)
		cai->cai_x100 = 0;
}

const char *
cai_component_code(enum cai_component component)
{
	return parameters[component].code;
}

int64_t
cai_component_max(enum cai_component component)
{
	return parameters[component].max;
}

int64_t
cai_component_ceiling(enum cai_component component)
{
	return parameters[component].ceiling;
}

const char *
cai_class(int64_t cai_x100)
{
	size_t i = 0;

	while (cai_x100 < classes[i].least_x100)
		i++;
	return classes[i].name;
}

/* ---- ranks ---------------------------------------------------------------------------------- */

bool
cai_ranked(const struct cai *cai)
{
	return cai->known && cai->cells >= CAI_RANKED_CELLS_MIN;
}

/* Of the few hundred units under one parent. */
void
cai_rank(const struct cai *const *cais, size_t count, size_t *ranks)
{
	for (size_t i = 0; i < count; i++) {
		ranks[i] = cai_ranked(cais[i]) ? 1 : 0;
		for (size_t j = 0; ranks[i] > 0 && j < count; j++)
			ranks[i] += cai_ranked(cais[j]) && cais[j]->cai_x100 > cais[i]->cai_x100;
	}
}
