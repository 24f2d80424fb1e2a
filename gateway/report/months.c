/* The index of 13 months, and a year before each. */
#include "parts.h"

#define MONTHS_SHOWN 13
#define MONTHS_SUMMED (MONTHS_SHOWN + 12)

struct month_sums {
	const struct selection *selection;
	month_key first;
	struct cai_sums months[MONTHS_SUMMED];
};

static struct err
add_cell(void *arg, const struct cell *cell)
{
	struct month_sums *sums = arg;

	if (sums->selection->pieces[cell->piece].inside)
		cai_add(&sums->months[cell->month->month - sums->first], &cell->cai);
	return OK;
}

static bool
points_of(const struct cai_sums *sums, int64_t *x100)
{
	struct cai cai;

	cai_compute(sums, &cai);
	*x100 = cai.cai_x100;
	return cai.known;
}

struct err
months_fill(struct build *build, struct report *report)
{
	const struct period *period = &build->request->period;
	int32_t end = period->to_day < build->subject.today ? period->to_day : build->subject.today;
	month_key last = month_of(end, period->calendar);
	struct selection selection;
	struct month_sums sums = {.selection = &selection, .first = last - MONTHS_SUMMED + 1};
	struct cells_run run = {
		.db = build->db,
		.world = build->world,
		.selection = &selection,
		.calendar = period->calendar,
		.watch = build->watch,
		.progress = &build->progress,
		.each = add_cell,
		.arg = &sums,
	};

	select_pieces(build->world, build->arena, &build->subject,
		month_first_day(sums.first, period->calendar),
		month_last_day(last, period->calendar), false, &selection);
	TRY(cells_run(build->arena, &run));
	for (int i = 0; i < MONTHS_SHOWN; i++) {
		struct report_month *month = &report->months[i];

		month->month = last - MONTHS_SHOWN + 1 + i;
		month->year_before_known = points_of(&sums.months[i], &month->year_before_x100);
		month->known = points_of(&sums.months[i + 12], &month->cai_x100);
	}
	return OK;
}
