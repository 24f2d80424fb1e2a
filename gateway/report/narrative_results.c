/* I. Kết quả: what the period came to, and what rose and fell. */
#include "narrative.h"

#define LEADERS 3

static struct part
whole(struct narration *narration)
{
	struct buf name CLEANUP(buf_fini) = {0};

	put_whole(&name, narration->report, narration->writing.language);
	return part_text(kept(narration->writing.arena, &name));
}

static const struct cai_figure *
known_figure(const struct report_other *other, enum cai_component component)
{
	const struct cai_figure *figure = &other->figures.cai.figures[component];

	return other->known && figure->known ? figure : NULL;
}

/* ---- the first paragraph: the pattern of ADOPTION section 8 ---------------------------------- */

static void
say_activity(struct narration *narration)
{
	const struct report *report = narration->report;
	const struct cai_figure *now = &report->figures.cai.figures[CAI_ACTIVITY];
	const struct cai_figure *then = known_figure(&report->year_before, CAI_ACTIVITY);

	if (!now->known) {
		SAY_WORDS(narration, W_N_HAD);
		return;
	}
	SAY(narration, W_N_ACTIVE, part_number(LINK_PART, "H", now->num, now->den),
		part_number(LINK_RATE, "H", now->num, now->den));
	if (then != NULL)
		SAY(narration, W_N_ON_YEAR,
			part_number(LINK_RATE_CHANGE, "H", now->rate_bp, then->rate_bp));
	SAY_WORDS(narration, W_N_THEN);
}

static void
say_payments(struct narration *narration)
{
	const struct report_figures *now = &narration->report->figures;
	const struct report_other *then = &narration->report->year_before;

	SAY(narration, W_N_PAYMENTS, part_number(LINK_COUNT, "V1", now->payments, 0));
	if (!now->withheld && now->payments > 0)
		SAY(narration, W_N_WORTH, part_number(LINK_MONEY, "V2", now->value.dong, 0));
	if (then->known && then->figures.payments > 0)
		SAY(narration, W_N_GROWTH,
			part_number(LINK_GROWTH, "V1", now->payments, then->figures.payments));
}

static void
say_index(struct narration *narration)
{
	const struct report *report = narration->report;
	const struct cai *cai = &report->figures.cai;

	if (cai->known)
		SAY(narration, W_N_CAI, part_number(LINK_POINTS, "CAI", cai->cai_x100, 10000),
			part_text(str_from(report_class(cai, narration->writing.language))));
	if (cai->known && report->rank > 0 && report->of > 1)
		SAY(narration, W_N_RANK,
			part_number(LINK_PART, "rank", (int64_t)report->rank, (int64_t)report->of));
	SAY_WORDS(narration, W_N_STOP);
}

/* ---- components and comparison --------------------------------------------------------------- */

static void
say_components(struct narration *narration)
{
	const struct cai *cai = &narration->report->figures.cai;
	size_t listed = 0;

	for (int i = 0; i < CAI_COMPONENTS; i++) {
		const struct cai_figure *figure = &cai->figures[i];
		enum cai_component component = (enum cai_component)i;
		const char *code = cai_component_code(component);
		int64_t most = cai_component_max(component);
		bool days = component == CAI_COVERAGE || component == CAI_RHYTHM;

		if (!figure->known)
			continue;
		SAY_WORDS(narration, listed++ == 0 ? W_N_COMPONENTS : W_N_THEN);
		SAY(narration, days ? W_N_COMPONENT_DAYS : W_N_COMPONENT_CELLS,
			part_component(narration, component),
			part_number(LINK_RATE, code, figure->num, figure->den),
			part_number(LINK_PART, code, figure->num, figure->den),
			part_number(LINK_POINTS, code, figure->pts_x100, 100 * most),
			part_number(LINK_COUNT, code, most, 0));
	}
	if (listed == 0)
		return;
	SAY_WORDS(narration, W_N_STOP);
	end_paragraph(narration);
}

/* What rose and what fell, in points. */
static void
say_changes(struct narration *narration, const struct report_other *other)
{
	const struct cai *now = &narration->report->figures.cai, *then = &other->figures.cai;
	size_t listed = 0;

	for (int i = 0; i < CAI_COMPONENTS; i++) {
		enum cai_component component = (enum cai_component)i;

		if (now->figures[i].pts_x100 == then->figures[i].pts_x100)
			continue;
		SAY_WORDS(narration, listed++ == 0 ? W_N_AMONG_IT : W_N_COMMA);
		SAY(narration, W_N_POINTS_CHANGED, part_component(narration, component),
			part_number(LINK_POINT_CHANGE, cai_component_code(component),
				now->figures[i].pts_x100, then->figures[i].pts_x100),
			part_number(LINK_COUNT, cai_component_code(component),
				cai_component_max(component), 0));
	}
}

static void
say_since(struct narration *narration, enum word head, const struct report_other *other)
{
	const struct report *report = narration->report;
	const struct cai *now = &report->figures.cai, *then = &other->figures.cai;

	if (!other->known || !now->known || !then->known)
		return;
	SAY(narration, head, part_number(LINK_POINT_CHANGE, "CAI", now->cai_x100, then->cai_x100),
		part_number(LINK_POINTS, "CAI", then->cai_x100, 10000));
	say_changes(narration, other);
	SAY_WORDS(narration, W_N_STOP);
	if (other == &report->before && report->of > 1 && report->rank > 0 && other->rank > 0)
		SAY(narration, W_N_RANK_CHANGE,
			part_number(LINK_RANK_CHANGE, "rank", (int64_t)report->rank,
				(int64_t)other->rank),
			part_number(LINK_PART, "rank", (int64_t)other->rank, (int64_t)other->of));
	end_paragraph(narration);
}

/* ---- the indicators beside the index --------------------------------------------------------- */

static void
say_volume(struct narration *narration)
{
	const struct report_figures *now = &narration->report->figures;
	const struct report_other *then = &narration->report->year_before;

	if (now->payments == 0 || now->sums.open_days == 0)
		return;
	SAY(narration, W_N_PER_DAY,
		part_number(LINK_RATIO, "V4", now->payments, now->sums.open_days));
	if (!now->withheld)
		SAY(narration, W_N_MEAN,
			part_number(LINK_MEAN, "V3", now->value.dong, now->payments));
	if (!now->withheld && now->median_known)
		SAY(narration, W_N_MEDIAN, part_number(LINK_MONEY, "V3m", now->median.dong, 0));
	if (!now->withheld && then->known && !then->figures.withheld &&
		then->figures.value.dong > 0)
		SAY(narration, W_N_VALUE_GROWTH,
			part_number(LINK_GROWTH, "V2", now->value.dong, then->figures.value.dong));
	SAY_WORDS(narration, W_N_STOP);
	end_paragraph(narration);
}

static void
say_turnover(struct narration *narration)
{
	const struct report_figures *now = &narration->report->figures;
	struct share t = now->turnover, k = now->declared, f = now->fees;

	if (!now->turnover_withheld && t.den > 0 && k.den > 0 && 2 * k.num >= k.den) {
		SAY(narration, W_N_TURNOVER, part_number(LINK_RATE, "T", t.num, t.den),
			part_number(LINK_PART, "K", k.num, k.den),
			part_number(LINK_RATE, "K", k.num, k.den));
		end_paragraph(narration);
	}
	if (!now->fees_withheld && f.den > 0) {
		SAY(narration, W_N_FEES, part_number(LINK_RATE, "F", f.num, f.den));
		end_paragraph(narration);
	}
}

static void
say_tet(struct narration *narration)
{
	const struct report_tet *tet = &narration->report->tet;

	if (!tet->known)
		return;
	SAY(narration, W_N_TET, part_number(LINK_DAY, "day", tet->from_day, 0),
		part_number(LINK_DAY, "day", tet->to_day, 0),
		part_number(LINK_COUNT, "V1", tet->payments, 0));
	if (tet->prior_payments > 0)
		SAY(narration, W_N_TET_GROWTH,
			part_number(LINK_GROWTH, "V1", tet->payments, tet->prior_payments));
	if (!tet->withheld && tet->payments > 0)
		SAY(narration, W_N_TET_WORTH, part_number(LINK_MONEY, "V2", tet->value.dong, 0));
	SAY_WORDS(narration, W_N_STOP);
	end_paragraph(narration);
}

static void
say_targets_met(struct narration *narration)
{
	const struct report *report = narration->report;
	int64_t met = 0, known = 0;

	for (size_t i = 0; i < report->target_count; i++) {
		bool told = target_told(report, &report->targets[i]);

		known += told && target_verdict(report, &report->targets[i]) != W_YEAR_RUNS;
		met += told && report->targets[i].met;
	}
	if (met == 0)
		return;
	SAY(narration, W_N_TARGETS_MET, part_number(LINK_PART, "targets", met, known));
	end_paragraph(narration);
}

static void
say_leaders(struct narration *narration)
{
	const struct report *report = narration->report;
	size_t listed = 0, ranked = 0;

	for (size_t i = 0; i < report->row_count; i++)
		ranked += report->rows[i].rank > 0;
	for (size_t i = 0; ranked > 1 && i < report->row_count && listed < LEADERS; i++) {
		const struct report_row *row = &report->rows[i];

		if (row->rank != 1)
			continue;
		SAY_WORDS(narration, listed++ == 0 ? W_N_LEADING : W_N_COMMA);
		SAY(narration, W_N_PLACED, part_place(narration, row->name),
			part_number(LINK_POINTS, "CAI", row->figures.cai.cai_x100, 10000));
	}
	if (listed == 0)
		return;
	SAY_WORDS(narration, W_N_STOP);
	end_paragraph(narration);
}

static void
say_beside(struct narration *narration)
{
	const struct report *report = narration->report;
	struct share paid = report->payouts.recipients, online = report->public_service.dossiers;

	if (report->public_service.known && online.den > 0) {
		SAY(narration, W_N_DOSSIERS, part_number(LINK_PART, "3.6", online.num, online.den),
			part_number(LINK_RATE, "3.6", online.num, online.den));
		end_paragraph(narration);
	}
	if (report->payouts.known && paid.den > 0) {
		SAY(narration, W_N_PAYOUTS, part_number(LINK_PART, "payouts", paid.num, paid.den),
			part_number(LINK_RATE, "payouts", paid.num, paid.den));
		end_paragraph(narration);
	}
}

void
narrate_results(struct narration *narration)
{
	const struct report *report = narration->report;

	SAY(narration, W_N_OPEN, whole(narration));
	if (report->figures.sums.open_days == 0 && report->figures.payments == 0) {
		SAY_WORDS(narration, W_N_NOTHING_OPEN);
		end_paragraph(narration);
	} else {
		say_activity(narration);
		say_payments(narration);
		say_index(narration);
		end_paragraph(narration);
		say_components(narration);
		say_since(narration, W_N_SINCE_YEAR, &report->year_before);
		say_since(narration, W_N_SINCE_BEFORE, &report->before);
		say_volume(narration);
		say_turnover(narration);
	}
	say_tet(narration);
	say_targets_met(narration);
	say_leaders(narration);
	say_beside(narration);
}
