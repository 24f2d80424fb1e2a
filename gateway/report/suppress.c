/* Money that would tell of too few stalls is taken out of a report. */
#include "blocks.h"

#include "chopay/suppress.h"

/* A half-month in which nobody was paid tells of nobody. */
static bool
too_few(int64_t stalls)
{
	return stalls > 0 && stalls < CONTRIBUTORS_MIN;
}

static bool
is_edge(int32_t day)
{
	int year, month, mday;

	day_civil(day, &year, &month, &mday);
	return mday == 1 || mday == 15;
}

/* Money is shown of whole half-months only. */
static bool
may_show(const struct view *view, const struct total *total)
{
	if (!is_edge(view->period.from_day) || !is_edge(view->period.to_day + 1))
		return false;
	for (size_t i = 0; i < view->sums.blocks; i++) {
		if (too_few(total->contributors[i]))
			return false;
	}
	return true;
}

static int
flags_of(int rule)
{
	static const int numbers[ADOPTION_RULES] = {[RULE_SELF] = 1,
		[RULE_CIRCULAR] = 2,
		[RULE_MICRO] = 4,
		[RULE_CAMPAIGN] = 7,
		[RULE_SPLIT] = 3};

	return numbers[rule];
}

static void
withhold(struct report_figures *figures)
{
	figures->withheld = true;
	figures->value = figures->median = (struct vnd){0};
	figures->median_known = false;
	figures->turnover = figures->fees = (struct share){0};
	figures->service.unmatched_value = figures->service.difference = (struct vnd){0};
}

static void
suppress_total(const struct view *view, const struct total *total, struct report_figures *figures)
{
	if (!may_show(view, total))
		withhold(figures);
	for (int rule = RULE_NONE + 1; rule < ADOPTION_RULES; rule++) {
		if (!figures->withheld && !too_few(total->flagged_stalls[flags_of(rule)]))
			continue;
		figures->removed_withheld[rule] = figures->removed[rule].payments > 0;
		figures->removed[rule].value = (struct vnd){0};
	}
}

void
report_suppress(const struct build *build, const struct made_of *made_of, struct report *report)
{
	if (build->request->audience == AUDIENCE_BOARD)
		return;
	suppress_total(made_of->now, &made_of->now->own, &report->figures);
	if (report->before.known)
		suppress_total(made_of->before, &made_of->before->own, &report->before.figures);
	if (report->year_before.known)
		suppress_total(made_of->year_before, &made_of->year_before->own,
			&report->year_before.figures);
	for (size_t i = 0; i < report->row_count; i++)
		suppress_total(made_of->now, &made_of->now->children[made_of->order[i]],
			&report->rows[i].figures);
	/* The window is no sum of half-months. */
	report->tet.withheld = report->tet.known;
	report->tet.value = report->tet.prior_value = (struct vnd){0};
}
