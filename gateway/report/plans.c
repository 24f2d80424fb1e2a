/* Targets of the unit and of those below it, and what came of them. */
#include "list.h"
#include "parts.h"

struct planning {
	struct build *build;
	const struct view *year_before;
	struct report *report;
	size_t capacity;
};

static bool
rate_of(const struct share *share, int64_t *rate_bp)
{
	if (share->den == 0)
		return false;
	*rate_bp = round_half_up_of(10000, share->num, share->den);
	return true;
}

/* T is a figure when at least half of the stalls declared. */
static bool
turnover_known(const struct report_figures *figures)
{
	return 2 * figures->declared.num >= figures->declared.den && !figures->turnover_withheld;
}

static bool
figure_of(const struct report_figures *figures, struct str indicator, int64_t *value)
{
	const struct cai *cai = &figures->cai;

	if (str_eq(indicator, STR("V1")) || str_eq(indicator, STR("V2"))) {
		bool count = indicator.ptr[1] == '1';

		*value = count ? figures->payments : figures->value.dong;
		return count || !figures->withheld;
	}
	if (str_eq(indicator, STR("T")))
		return turnover_known(figures) && rate_of(&figures->turnover, value);
	if (str_eq(indicator, STR("F")))
		return !figures->fees_withheld && rate_of(&figures->fees, value);
	if (str_eq(indicator, STR("CAI"))) {
		*value = cai->cai_x100;
		return cai->known;
	}
	for (int i = 0; i < CAI_COMPONENTS; i++) {
		if (!str_eq(indicator, str_from(cai_component_code((enum cai_component)i))))
			continue;
		*value = cai->figures[i].rate_bp;
		return cai->figures[i].known;
	}
	return false;
}

/* The figures of a unit in the report: its own, or a row's. */
static const struct report_figures *
figures_now(const struct report *report, struct str code, struct str *name)
{
	*name = report->name;
	if (str_eq(report->code, code))
		return &report->figures;
	for (size_t i = 0; i < report->row_count && !report->rows_are_markets; i++) {
		*name = report->rows[i].name;
		if (str_eq(report->rows[i].code, code))
			return &report->rows[i].figures;
	}
	return NULL;
}

/* A year before, only where the same money is shown now. */
static const struct report_figures *
figures_before(const struct planning *planning, struct str code)
{
	const struct view *view = planning->year_before;

	if (str_eq(planning->report->code, code))
		return planning->report->year_before.known ? &planning->report->year_before.figures
							   : NULL;
	for (size_t i = 0; i < view->selection.child_count; i++) {
		if (str_eq(view->selection.children[i].code, code))
			return &view->children[i].figures;
	}
	return NULL;
}

static bool
is_money(struct str indicator)
{
	return str_eq(indicator, STR("V2")) || str_eq(indicator, STR("T")) ||
	       str_eq(indicator, STR("F"));
}

static struct err
add(void *arg, const struct target *target)
{
	struct planning *planning = arg;
	struct arena *arena = planning->build->arena;
	struct report *report = planning->report;
	const struct report_figures *figures, *before;
	struct report_target *planned;
	struct str name;

	figures = figures_now(report, target->unit_code, &name);
	if (figures == NULL)
		return OK;
	LIST_ROOM(arena, report->targets, report->target_count, planning->capacity);
	planned = &report->targets[report->target_count++];
	*planned = (struct report_target){
		.indicator = arena_copy(arena, target->indicator),
		.unit_code = arena_copy(arena, target->unit_code),
		.unit_name = name,
		.legal_basis = arena_copy(arena, target->legal_basis),
		.owner = arena_copy(arena, target->owner),
		.value = target->value,
		.due_day = target->due_day,
	};
	planned->known = figure_of(figures, target->indicator, &planned->actual);
	planned->met = planned->known && planned->actual >= target->value;
	before = figures_before(planning, target->unit_code);
	/* What suppress.c did not look at shows no money. */
	planned->year_before_known = before != NULL &&
				     (before == &report->year_before.figures ||
					     !is_money(target->indicator) ||
					     planning->build->request->audience ==
						     AUDIENCE_BOARD) &&
				     figure_of(before, target->indicator, &planned->year_before);
	if (!planned->known)
		planned->actual = 0;
	if (!planned->year_before_known)
		planned->year_before = 0;
	return OK;
}

/* The year that most of the period lies in: its last day's. */
static int
year_of(const struct period *period)
{
	month_key last = month_of(period->to_day, period->calendar);

	return last / 12;
}

struct err
plans_fill(struct build *build, const struct view *year_before, struct report *report)
{
	struct planning planning = {.build = build, .year_before = year_before, .report = report};

	return targets_walk(build->db, STR(""), year_of(&build->request->period), add, &planning);
}
