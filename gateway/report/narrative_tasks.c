/* III. Nhiệm vụ kỳ tới: what the figures ask for, and nothing that they do not. */
#include "indicators.h"
#include "narrative.h"

static void
say_visits(struct narration *narration)
{
	static const enum word tasks[WORK_REASONS] = {
		[WORK_NO_CODE] = W_N_TASK_NO_CODE,
		[WORK_INACTIVE] = W_N_TASK_INACTIVE,
		[WORK_DROPPED] = W_N_TASK_DROPPED,
		[WORK_SILENT_HOURS] = W_N_TASK_SILENT,
		[WORK_FLAGGED] = W_N_TASK_FLAGGED,
	};
	const struct report *report = narration->report;
	int64_t counts[WORK_REASONS] = {0};

	for (size_t i = 0; i < report->work_count; i++)
		counts[report->work[i].reason]++;
	for (int i = 0; i < WORK_REASONS; i++) {
		if (counts[i] == 0)
			continue;
		SAY(narration, tasks[i],
			part_number(LINK_COUNT, "work", counts[i], report->figures.stalls));
		end_paragraph(narration);
	}
}

/* The market with the most to do, when there is more than one; of equals the first. */
static void
say_first_market(struct narration *narration)
{
	const struct report *report = narration->report;
	const struct work_item *most = NULL;
	size_t best = 0, run = 0;

	for (size_t i = 0; i < report->work_count; i++) {
		const struct work_item *item = &report->work[i];

		run = i > 0 && str_eq(item->market_code, item[-1].market_code) ? run + 1 : 1;
		if (run <= best)
			continue;
		best = run;
		most = item;
	}
	if (most == NULL || best == report->work_count)
		return;
	SAY(narration, W_N_TASK_MARKET, part_place(narration, most->market_name),
		part_number(LINK_PART, "work", (int64_t)best, (int64_t)report->work_count));
	end_paragraph(narration);
}

/* The component where most points are to be had. */
static void
say_component(struct narration *narration)
{
	const struct cai *cai = &narration->report->figures.cai;
	int64_t best = 0;
	enum cai_component most = CAI_COVERAGE;

	for (int i = 0; i < CAI_COMPONENTS; i++) {
		int64_t missing = 100 * cai_component_max((enum cai_component)i) -
				  cai->figures[i].pts_x100;

		if (!cai->figures[i].known || missing <= best)
			continue;
		best = missing;
		most = (enum cai_component)i;
	}
	if (best == 0)
		return;
	SAY(narration, W_N_TASK_LOWEST, part_component(narration, most),
		part_number(LINK_POINTS, cai_component_code(most), best,
			100 * cai_component_max(most)));
	end_paragraph(narration);
}

static void
say_target(struct narration *narration, const struct report_target *target)
{
	int64_t gap = target->value - target->actual;
	struct part name = part_target_name(narration, target);
	const char *code = target_code(target);

	switch (measure_of(target->indicator)) {
	case MEASURE_POINTS:
		SAY(narration, W_N_TASK_POINTS, part_number(LINK_POINTS, code, gap, target->value),
			name);
		break;
	case MEASURE_PERCENT:
		SAY(narration, W_N_TASK_PERCENT, part_number(LINK_POINTS, code, gap, target->value),
			name);
		break;
	case MEASURE_PAYMENTS:
		SAY(narration, W_N_TASK_PAYMENTS, part_number(LINK_COUNT, code, gap, 0), name);
		break;
	case MEASURE_DONG:
		SAY(narration, W_N_TASK_DONG, part_number(LINK_MONEY, code, gap, 0), name);
		break;
	}
	if (target->due_day > 0)
		SAY(narration, W_N_DUE, part_number(LINK_DAY, "day", target->due_day, 0));
	SAY_WORDS(narration, W_N_STOP);
	end_paragraph(narration);
}

static void
say_accounts(struct narration *narration)
{
	const struct report_figures *figures = &narration->report->figures;

	if (figures->service.known && figures->service.unmatched > 0) {
		SAY(narration, W_N_TASK_UNMATCHED,
			part_number(LINK_COUNT, "S3", figures->service.unmatched, 0));
		end_paragraph(narration);
	}
	if (figures->status == STATUS_UNMATCHED) {
		SAY_WORDS(narration, W_N_TASK_RECONCILE);
		end_paragraph(narration);
	}
}

void
narrate_tasks(struct narration *narration)
{
	const struct report *report = narration->report;

	say_visits(narration);
	say_first_market(narration);
	say_component(narration);
	for (size_t i = 0; i < report->target_count; i++)
		if (target_told(report, &report->targets[i]) &&
			target_verdict(report, &report->targets[i]) == W_NOT_MET)
			say_target(narration, &report->targets[i]);
	say_low_units(narration, W_N_TASK_UNITS);
	say_accounts(narration);
	if (narration->count > 0)
		return;
	SAY_WORDS(narration, report->figures.sums.open_days > 0 ? W_N_TASK_NONE : W_N_NO_DATA);
	end_paragraph(narration);
}
