/* The figures of a unit or market as JSON, and back. */
#include "json_figures.h"

static const char *const statuses[] = {[STATUS_PROVISIONAL] = "provisional",
	[STATUS_OFFICIAL] = "official",
	[STATUS_UNMATCHED] = "unmatched"};
static const char *const code_kinds[CODE_KINDS] = {
	[CODE_MERCHANT] = "merchant", [CODE_DYNAMIC] = "dynamic", [CODE_STATIC] = "static"};

void
walk_share(const struct walk *walk, const char *name, struct share *share, bool withheld)
{
	struct walk part = walk_object(walk, name);
	struct vnd num = {share->num}, den = {share->den};

	walk_money(&part, "num", &num, withheld);
	walk_money(&part, "den", &den, withheld);
	*part.bad = *part.bad || num.dong < 0 || num.dong > den.dong;
	*share = (struct share){num.dong, den.dong};
	if (withheld || *part.bad || share->den == 0)
		walk_said_null(&part, "rate_bp");
	else
		walk_said_int(&part, "rate_bp", round_half_up_of(10000, share->num, share->den));
}

static void
say_cai(const struct walk *walk, const struct cai *cai)
{
	struct walk components = walk_array(walk, "components");

	for (size_t i = 0; i < CAI_COMPONENTS && !walk->reading; i++) {
		const struct cai_figure *figure = &cai->figures[i];
		struct walk item = walk_item(&components, i);
		enum cai_component component = (enum cai_component)i;

		walk_said_text(&item, "code", str_from(cai_component_code(component)));
		walk_said_int(&item, "num", figure->num);
		walk_said_int(&item, "den", figure->den);
		if (figure->known) {
			walk_said_int(&item, "rate_bp", figure->rate_bp);
			walk_said_int(&item, "pts_x100", figure->pts_x100);
		} else {
			walk_said_null(&item, "rate_bp");
			walk_said_null(&item, "pts_x100");
		}
		walk_said_int(&item, "max_x100", 100 * cai_component_max(component));
	}
}

static void
walk_cai(const struct walk *walk, struct report_figures *figures)
{
	struct walk sums = walk_object(walk, "sums");
	struct cai_sums *s = &figures->sums;

	walk_count(&sums, "open_days", &s->open_days);
	walk_count(&sums, "qr_days", &s->qr_days);
	walk_count(&sums, "active_days", &s->active_days);
	walk_count(&sums, "cells", &s->cells);
	walk_count(&sums, "active", &s->active);
	walk_count(&sums, "base", &s->base);
	walk_count(&sums, "kept", &s->kept);
	if (walk->reading) {
		*walk->bad = *walk->bad || s->qr_days > s->open_days ||
			     s->active_days > s->open_days || s->active > s->cells ||
			     s->base > s->cells || s->kept > s->base || s->kept > s->active;
		if (*walk->bad)
			*s = (struct cai_sums){0};
		cai_compute(s, &figures->cai);
		figures->dropped = s->base - s->kept;
	}
	if (figures->cai.known) {
		walk_said_int(walk, "cai_x100", figures->cai.cai_x100);
		walk_said_text(walk, "class", str_from(cai_class(figures->cai.cai_x100)));
	} else {
		walk_said_null(walk, "cai_x100");
		walk_said_null(walk, "class");
	}
	say_cai(walk, &figures->cai);
	walk_said_int(walk, "dropped", figures->dropped);
}

/* V1 to V4. */
static void
walk_volume(const struct walk *walk, struct report_figures *figures)
{
	walk_count(walk, "payments", &figures->payments);
	walk_flag(walk, "withheld", &figures->withheld);
	walk_money(walk, "value", &figures->value, figures->withheld);
	*walk->bad = *walk->bad || figures->value.dong < 0;
	if (figures->withheld || figures->payments == 0 || *walk->bad)
		walk_said_null(walk, "mean");
	else
		walk_said_int(walk, "mean", round_half_up(figures->value.dong, figures->payments));
	if (walk_present(walk, "median", &figures->median_known))
		walk_money(walk, "median", &figures->median, false);
	if (figures->sums.open_days == 0)
		walk_said_null(walk, "payments_per_stall_day_x100");
	else
		walk_said_int(walk, "payments_per_stall_day_x100",
			round_half_up_of(100, figures->payments, figures->sums.open_days));
}

static void
walk_removed(const struct walk *walk, struct report_figures *figures)
{
	struct walk removed = walk_object(walk, "removed");
	struct walk flags = walk_object(walk, "flags");

	for (int rule = RULE_NONE + 1; rule < ADOPTION_RULES; rule++) {
		struct walk item = walk_object(
			&removed, adoption_rule_code((enum adoption_rule)rule));

		walk_count(&item, "payments", &figures->removed[rule].payments);
		walk_flag(&item, "withheld", &figures->removed_withheld[rule]);
		walk_money(&item, "value", &figures->removed[rule].value,
			figures->removed_withheld[rule]);
	}
	for (int rule = 1; rule < (int)(sizeof(figures->flags) / sizeof(figures->flags[0]));
		rule++) {
		const char name[] = {'R', (char)('0' + rule), '\0'};

		walk_count(&flags, name, &figures->flags[rule]);
	}
}

static void
walk_hours(const struct walk *walk, int64_t hours[HOURS])
{
	struct walk array = walk_array(walk, "hours");

	*walk->bad = *walk->bad || (walk->reading && walk_length(&array) != HOURS);
	for (size_t i = 0; i < HOURS; i++) {
		const json_t *item = json_array_get(array.value, i);

		if (!walk->reading)
			walk_said_int(&array, NULL, hours[i]);
		else if (json_is_integer(item) && json_integer_value(item) >= 0)
			hours[i] = json_integer_value(item);
		else
			*walk->bad = true;
	}
}

static void
walk_service(const struct walk *walk, struct report_figures *figures)
{
	struct report_service *service = &figures->service;
	struct walk part = walk_object(walk, "service");

	walk_flag(&part, "known", &service->known);
	walk_count(&part, "p50_s", &service->p50_s);
	walk_count(&part, "p95_s", &service->p95_s);
	walk_share(&part, "within_10_s", &service->within_10_s, false);
	walk_count(&part, "unmatched", &service->unmatched);
	walk_money(&part, "unmatched_value", &service->unmatched_value, figures->withheld);
	walk_money(&part, "difference", &service->difference, figures->withheld);
	walk_count(&part, "reconciled_days", &service->reconciled_days);
	walk_count(&part, "account_days", &service->account_days);
}

void
walk_figures(const struct walk *walk, const char *name, struct report_figures *figures)
{
	struct walk part = walk_object(walk, name);
	struct walk kinds;

	walk_cai(&part, figures);
	walk_count(&part, "market_days", &figures->market_days);
	walk_count(&part, "stalls", &figures->stalls);
	walk_volume(&part, figures);
	walk_flag(&part, "turnover_withheld", &figures->turnover_withheld);
	walk_share(&part, "turnover", &figures->turnover, figures->turnover_withheld);
	walk_share(&part, "declared", &figures->declared, false);
	walk_count(&part, "above_declared", &figures->above_declared);
	walk_flag(&part, "fees_withheld", &figures->fees_withheld);
	walk_share(&part, "fees", &figures->fees, figures->fees_withheld);
	kinds = walk_object(&part, "kinds");
	for (int i = 0; i < CODE_KINDS; i++)
		walk_count(&kinds, code_kinds[i], &figures->kinds[i]);
	walk_removed(&part, figures);
	walk_count(&part, "removed_days", &figures->removed_days);
	walk_count(&part, "unplaced", &figures->unplaced);
	walk_hours(&part, figures->hours);
	walk_service(&part, figures);
	WALK_ENUM(&part, "status", statuses, &figures->status);
}
