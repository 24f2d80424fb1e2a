/* Tet moves, so months around it are compared by a window around the day itself. */
#include "chopay/lunar.h"

#include "parts.h"

#define DAYS_BEFORE 28
#define DAYS_AFTER 7

struct window {
	int32_t day;
	struct period period;
};

static struct window
window_of(int32_t day)
{
	return (struct window){.day = day,
		.period = {.kind = PERIOD_RANGE,
			.calendar = CALENDAR_SOLAR,
			.from_day = day - DAYS_BEFORE,
			.to_day = day + DAYS_AFTER}};
}

/* The newest year of which the period has a day in January or February; false: none. */
static bool
year_of(const struct period *period, int *year)
{
	int month, mday;

	day_civil(period->to_day, year, &month, &mday);
	return period->from_day < day_from_civil(*year, 3, 1);
}

static struct err
sum_window(struct build *build, const struct window *window, struct report_figures *figures)
{
	struct view view CLEANUP(view_fini) = {0};

	TRY(view_make(build, &window->period, VIEW_OWN, NULL, &view));
	*figures = view.own.figures;
	return OK;
}

struct err
tet_fill(struct build *build, struct report *report)
{
	struct report_figures now, prior;
	struct window window, before;
	int32_t day, day_before;
	int year;

	if (!year_of(&build->request->period, &year) || !tet_day(year, &day) ||
		!tet_day(year - 1, &day_before))
		return OK;
	window = window_of(day);
	before = window_of(day_before);
	if (build->subject.today < window.period.to_day) /* half a window compares with nothing */
		return OK;
	TRY(sum_window(build, &window, &now));
	TRY(sum_window(build, &before, &prior));
	report->tet = (struct report_tet){
		.known = true,
		.day = day,
		.from_day = window.period.from_day,
		.to_day = window.period.to_day,
		.prior_day = day_before,
		.prior_from_day = before.period.from_day,
		.prior_to_day = before.period.to_day,
		.payments = now.payments,
		.prior_payments = prior.payments,
		.active_days = now.sums.active_days,
		.prior_active_days = prior.sums.active_days,
		.open_days = now.sums.open_days,
		.prior_open_days = prior.sums.open_days,
		.value = now.value,
		.prior_value = prior.value,
	};
	return OK;
}
