/* II. Tồn tại, hạn chế, nguyên nhân: what is low, who dropped out, what the data lack. */
#include "indicators.h"
#include "narrative.h"

#define NAMED_STALLS 5

static void
say_lowest(struct narration *narration)
{
	const struct cai *cai = &narration->report->figures.cai;
	enum cai_component lowest;
	const char *code;
	int64_t most, points;

	if (!lowest_component(cai, &lowest))
		return;
	code = cai_component_code(lowest);
	most = cai_component_max(lowest);
	points = cai->figures[lowest].pts_x100;
	SAY(narration, W_N_LOWEST, part_component(narration, lowest),
		part_number(LINK_POINTS, code, points, 100 * most),
		part_number(LINK_COUNT, code, most, 0),
		part_number(LINK_POINTS, code, 100 * most - points, 100 * most));
	end_paragraph(narration);
}

static void
say_fallen(struct narration *narration, enum word head, const struct report_other *other)
{
	const struct cai *now = &narration->report->figures.cai, *then = &other->figures.cai;
	size_t listed = 0;

	for (int i = 0; other->known && i < CAI_COMPONENTS; i++) {
		if (!now->figures[i].known || !then->figures[i].known ||
			now->figures[i].rate_bp >= then->figures[i].rate_bp)
			continue;
		SAY_WORDS(narration, listed++ == 0 ? head : W_N_COMMA);
		SAY(narration, W_N_CHANGED, part_component(narration, (enum cai_component)i),
			part_number(LINK_RATE_CHANGE, cai_component_code((enum cai_component)i),
				now->figures[i].rate_bp, then->figures[i].rate_bp));
	}
	if (listed == 0)
		return;
	SAY_WORDS(narration, W_N_STOP);
	end_paragraph(narration);
}

/* One sentence around a share of which something is left. */
static void
say_left(struct narration *narration, enum word which, const char *code, int64_t left, int64_t all)
{
	if (left <= 0)
		return;
	SAY(narration, which, part_number(LINK_PART, code, left, all));
	end_paragraph(narration);
}

/* ---- who dropped out ------------------------------------------------------------------------- */

static void
say_dropped_stalls(struct narration *narration)
{
	const struct report *report = narration->report;
	size_t listed = 0, more = 0;

	for (size_t i = 0; i < report->work_count; i++) {
		const struct work_item *item = &report->work[i];

		if (item->reason != WORK_DROPPED)
			continue;
		if (listed == NAMED_STALLS) {
			more++;
			continue;
		}
		SAY_WORDS(narration, listed++ == 0 ? W_N_NAMELY : W_N_COMMA);
		SAY(narration, W_N_STALL_AT, part_plain(narration, item->stall_name),
			part_plain(narration, item->stall_code),
			part_place(narration, item->market_name));
	}
	if (more > 0)
		SAY(narration, W_N_AND_OTHERS,
			part_number(LINK_COUNT, "X", (int64_t)more, report->figures.dropped));
}

static void
say_dropped(struct narration *narration)
{
	const struct report_figures *figures = &narration->report->figures;

	if (figures->dropped <= 0 || figures->sums.base <= 0)
		return;
	SAY(narration, W_N_DROPPED,
		part_number(LINK_PART, "X", figures->dropped, figures->sums.base));
	say_dropped_stalls(narration);
	SAY_WORDS(narration, W_N_STOP);
	end_paragraph(narration);
}

/* ---- units ----------------------------------------------------------------------------------- */

static void
say_fallen_unit(struct narration *narration)
{
	const struct report *report = narration->report;
	const struct report_row *most = NULL;
	size_t places = 0;

	for (size_t i = 0; i < report->row_count; i++) {
		const struct report_row *row = &report->rows[i];

		if (row->previous_rank == 0 || row->rank <= row->previous_rank + places)
			continue;
		most = row;
		places = row->rank - row->previous_rank;
	}
	if (most == NULL)
		return;
	SAY(narration, W_N_FALLEN, part_place(narration, most->name),
		part_number(LINK_RANK_CHANGE, "rank", (int64_t)most->rank,
			(int64_t)most->previous_rank));
	end_paragraph(narration);
}

static void
say_unranked(struct narration *narration)
{
	const struct report *report = narration->report;
	struct str why = unranked_reason(
		&report->figures, report->unranked, narration->writing.language);
	int64_t unranked = 0;

	for (size_t i = 0; i < report->row_count; i++)
		unranked += report->rows[i].rank == 0;
	say_left(narration, report->rows_are_markets ? W_N_UNRANKED_MARKETS : W_N_UNRANKED, "rank",
		unranked, (int64_t)report->row_count);
	if (report->rank > 0 || why.len == 0)
		return;
	SAY(narration, W_N_SELF_UNRANKED, part_text(why));
	end_paragraph(narration);
}

/* ---- targets --------------------------------------------------------------------------------- */

static void
say_unmet(struct narration *narration)
{
	const struct report *report = narration->report;
	size_t listed = 0;

	for (size_t i = 0; i < report->target_count; i++) {
		const struct report_target *target = &report->targets[i];

		if (!target_told(report, target) || target_verdict(report, target) != W_NOT_MET)
			continue;
		SAY_WORDS(narration, listed++ == 0 ? W_N_TARGETS_UNMET : W_N_THEN);
		SAY(narration,
			measure_of(target->indicator) == MEASURE_POINTS ? W_N_UNMET_POINTS
									: W_N_UNMET,
			part_target_name(narration, target), part_target(target, target->actual),
			part_target(target, target->value));
	}
	if (listed == 0)
		return;
	SAY_WORDS(narration, W_N_STOP);
	end_paragraph(narration);
}

/* ---- the data -------------------------------------------------------------------------------- */

static void
say_data(struct narration *narration)
{
	const struct report_figures *figures = &narration->report->figures;
	const struct report_service *service = &figures->service;
	int64_t removed = 0;

	if (service->known && service->unmatched > 0) {
		SAY(narration, W_N_UNMATCHED, part_number(LINK_COUNT, "S3", service->unmatched, 0));
		if (!figures->withheld)
			SAY(narration, W_N_TET_WORTH,
				part_number(LINK_MONEY, "S3", service->unmatched_value.dong, 0));
		SAY_WORDS(narration, W_N_STOP);
		end_paragraph(narration);
	}
	if (service->known && !figures->withheld && service->difference.dong != 0) {
		SAY(narration, W_N_DIFFERENCE,
			part_number(LINK_MONEY, "S4",
				service->difference.dong < 0 ? -service->difference.dong
							     : service->difference.dong,
				0));
		end_paragraph(narration);
	}
	for (int rule = RULE_SELF; rule < ADOPTION_RULES; rule++)
		removed += figures->removed[rule].payments;
	if (removed > 0) {
		SAY(narration, W_N_REMOVED,
			part_number(LINK_COUNT, "removed", removed, figures->payments + removed));
		end_paragraph(narration);
	}
	if (figures->removed_days > 0) {
		SAY(narration, W_N_REMOVED_DAYS,
			part_number(LINK_COUNT, "R9", figures->removed_days, 0));
		end_paragraph(narration);
	}
}

void
narrate_shortcomings(struct narration *narration)
{
	const struct report *report = narration->report;
	const struct cai_sums *sums = &report->figures.sums;

	if (sums->open_days > 0) {
		say_lowest(narration);
		say_fallen(narration, W_N_FELL, &report->year_before);
		say_fallen(narration, W_N_FELL_BEFORE, &report->before);
		say_left(narration, W_N_NO_CODE_DAYS, "P", sums->open_days - sums->qr_days,
			sums->open_days);
		say_left(narration, W_N_NOT_ACTIVE, "H", sums->cells - sums->active, sums->cells);
		say_dropped(narration);
	}
	say_low_units(narration, W_N_LOW_UNITS);
	say_fallen_unit(narration);
	say_unranked(narration);
	say_unmet(narration);
	say_data(narration);
	if (narration->count > 0)
		return;
	SAY_WORDS(narration, sums->open_days > 0 ? W_N_NO_SHORTCOMING : W_N_NO_DATA);
	end_paragraph(narration);
}
