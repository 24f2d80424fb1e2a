/* Money that would tell of too few stalls, by itself or by subtraction, is taken out of a report.
 */
#include "blocks.h"

#include "atoms.h"

/* What is asked of one group of pieces. */
struct asked {
	const struct view *view;
	const struct atoms *atoms;
	size_t child; /* NOWHERE: all that is inside */
};

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

/* Of whole half-months only: a day more or less would be the money of that day. */
static bool
is_whole(const struct period *period)
{
	return is_edge(period->from_day) && is_edge(period->to_day + 1);
}

static int
flag_of(int rule)
{
	static const int numbers[ADOPTION_RULES] = {[RULE_SELF] = 1,
		[RULE_CIRCULAR] = 2,
		[RULE_MICRO] = 4,
		[RULE_CAMPAIGN] = 7,
		[RULE_SPLIT] = 3};

	return numbers[rule];
}

/* Amounts that no tree of totals is kept of are shown when each market's half-month has none of
 * them, or enough. */
static bool
each_enough(const struct asked *asked, int64_t (*count)(const struct total_block *block, int of),
	int of)
{
	const struct selection *selection = &asked->view->selection;

	for (size_t i = 0; i < selection->piece_count; i++) {
		if (!piece_belongs(&selection->pieces[i], asked->child))
			continue;
		for (size_t b = 0; b < asked->view->sums.blocks; b++) {
			if (too_few(count(&asked->view->sums.pieces[i].blocks[b], of)))
				return false;
		}
	}
	return true;
}

static int64_t
count_flagged(const struct total_block *block, int rule)
{
	return block->flagged[rule];
}

static int64_t
count_fees(const struct total_block *block, int cashless)
{
	return block->fees[cashless];
}

void
figures_withhold(struct report_figures *figures)
{
	figures->withheld = true;
	figures->value = figures->median = (struct vnd){0};
	figures->median_known = false;
	figures->service.unmatched_value = figures->service.difference = (struct vnd){0};
}

static void
suppress_figures(const struct asked *asked, struct report_figures *figures)
{
	bool whole = is_whole(&asked->view->period);

	if (!whole || !atoms_show(asked->atoms, asked->view, asked->child))
		figures_withhold(figures);
	figures->turnover_withheld = figures->withheld ||
				     !atoms_show_turnover(asked->atoms, asked->view, asked->child);
	if (figures->turnover_withheld)
		figures->turnover = (struct share){0};
	figures->fees_withheld = !whole || !each_enough(asked, count_fees, 0) ||
				 !each_enough(asked, count_fees, 1);
	if (figures->fees_withheld)
		figures->fees = (struct share){0};
	for (int rule = RULE_NONE + 1; rule < ADOPTION_RULES; rule++) {
		if (whole && each_enough(asked, count_flagged, flag_of(rule)))
			continue;
		figures->removed_withheld[rule] = figures->removed[rule].payments > 0;
		figures->removed[rule].value = (struct vnd){0};
	}
}

static struct err
suppress_other(struct build *build, const struct view *view, struct report_other *other)
{
	struct atoms atoms;

	if (!other->known)
		return OK;
	TRY(atoms_make(build, view, &atoms));
	suppress_figures(&(struct asked){view, &atoms, NOWHERE}, &other->figures);
	return OK;
}

struct err
report_suppress(struct build *build, const struct made_of *made_of, struct report *report)
{
	struct atoms atoms;

	if (build->request->audience == AUDIENCE_BOARD)
		return OK;
	TRY(atoms_make(build, made_of->now, &atoms));
	suppress_figures(&(struct asked){made_of->now, &atoms, NOWHERE}, &report->figures);
	for (size_t i = 0; i < report->row_count; i++)
		suppress_figures(&(struct asked){made_of->now, &atoms, made_of->order[i]},
			&report->rows[i].figures);
	TRY(suppress_other(build, made_of->before, &report->before));
	TRY(suppress_other(build, made_of->year_before, &report->year_before));
	/* The window is no sum of half-months. */
	report->tet.withheld = report->tet.known;
	report->tet.value = report->tet.prior_value = (struct vnd){0};
	return OK;
}
