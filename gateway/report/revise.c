/*
 * A revision of a frozen report, beside each one before: who holds both can subtract.
 *
 * What a sum of payments came to may be shown again when, in each market, nobody or at least five
 * stalls were paid since.  Turnover, fees and what rules took change through other stalls than
 * those, or through papers, which no one counts: they are shown again only as they were.
 */
#include "chopay/report_order.h"
#include "chopay/suppress.h"

#include "blocks.h"

struct revising {
	struct db *db;
	const struct report *report;
	int64_t position; /* of the revision beside which it is held */
	bool all, turnover, fees, removed[ADOPTION_RULES]; /* to be taken out */
};

/* Whose figures, and over which days. */
struct revised {
	bool market;
	struct str code;
	int32_t from_day, to_day;
};

static bool
sums_differ(const struct report_figures *one, const struct report_figures *other)
{
	if (one->withheld || other->withheld)
		return false;
	return one->value.dong != other->value.dong || one->median_known != other->median_known ||
	       one->median.dong != other->median.dong ||
	       one->service.unmatched_value.dong != other->service.unmatched_value.dong ||
	       one->service.difference.dong != other->service.difference.dong;
}

static bool
shares_differ(const struct share *one, bool withheld, const struct share *other, bool as_well)
{
	return !withheld && !as_well && (one->num != other->num || one->den != other->den);
}

static struct err
hold_figures(struct revising *revising, const struct revised *of, const struct report_figures *then,
	const struct report_figures *now)
{
	struct late_stalls late;

	revising->turnover |= shares_differ(
		&then->turnover, then->turnover_withheld, &now->turnover, now->turnover_withheld);
	revising->fees |= shares_differ(
		&then->fees, then->fees_withheld, &now->fees, now->fees_withheld);
	for (int rule = 0; rule < ADOPTION_RULES; rule++)
		revising->removed[rule] |= !then->removed_withheld[rule] &&
					   !now->removed_withheld[rule] &&
					   then->removed[rule].value.dong !=
						   now->removed[rule].value.dong;
	if (revising->all || !sums_differ(then, now))
		return OK;
	TRY(late_stalls_count(revising->db, of->market, of->code, revising->position, of->from_day,
		of->to_day, &late));
	revising->all = late.least < CONTRIBUTORS_MIN;
	return OK;
}

static struct err
hold_other(
	struct revising *revising, const struct report_other *then, const struct report_other *now)
{
	const struct revised of = {.market = revising->report->scope == SCOPE_MARKET,
		.code = revising->report->code,
		.from_day = now->from_day,
		.to_day = now->to_day};

	if (!then->known || !now->known)
		return OK;
	return hold_figures(revising, &of, &then->figures, &now->figures);
}

static struct err
hold_row(struct revising *revising, const struct report *then, const struct report_row *row)
{
	const struct report *now = revising->report;
	const struct revised of = {.market = now->rows_are_markets,
		.code = row->code,
		.from_day = now->period.from_day,
		.to_day = now->period.to_day};

	for (size_t i = 0; i < then->row_count; i++) {
		if (str_eq(then->rows[i].code, row->code))
			return hold_figures(revising, &of, &then->rows[i].figures, &row->figures);
	}
	return OK;
}

static struct err
hold_beside(struct revising *revising, const struct report *then)
{
	const struct report *now = revising->report;
	const struct revised own = {.market = now->scope == SCOPE_MARKET,
		.code = now->code,
		.from_day = now->period.from_day,
		.to_day = now->period.to_day};

	TRY(hold_figures(revising, &own, &then->figures, &now->figures));
	for (size_t i = 0; i < now->row_count; i++)
		TRY(hold_row(revising, then, &now->rows[i]));
	TRY(hold_other(revising, &then->before, &now->before));
	return hold_other(revising, &then->year_before, &now->year_before);
}

/* ---- taken out ----------------------------------------------------------------------------------
 */

static void
take_out(const struct revising *revising, struct report_figures *figures)
{
	if (revising->all)
		figures_withhold(figures);
	if (revising->all || revising->turnover) {
		figures->turnover_withheld = true;
		figures->turnover = (struct share){0};
	}
	if (revising->all || revising->fees) {
		figures->fees_withheld = true;
		figures->fees = (struct share){0};
	}
	for (int rule = RULE_NONE + 1; rule < ADOPTION_RULES; rule++) {
		if (!revising->all && !revising->removed[rule])
			continue;
		figures->removed_withheld[rule] |= figures->removed[rule].payments > 0;
		figures->removed[rule].value = (struct vnd){0};
	}
}

static void
take_out_target(const struct revising *revising, struct report_target *target)
{
	bool sum = str_eq(target->indicator, STR("V2"));
	bool turnover = str_eq(target->indicator, STR("T"));
	bool fees = str_eq(target->indicator, STR("F"));

	if (!(revising->all && (sum || turnover || fees)) && !(revising->turnover && turnover) &&
		!(revising->fees && fees))
		return;
	target->known = target->met = target->year_before_known = false;
	target->actual = target->year_before = 0;
}

static void
take_out_all(const struct revising *revising, struct report *report)
{
	take_out(revising, &report->figures);
	for (size_t i = 0; i < report->row_count; i++)
		take_out(revising, &report->rows[i].figures);
	if (report->before.known)
		take_out(revising, &report->before.figures);
	if (report->year_before.known)
		take_out(revising, &report->year_before.figures);
	for (size_t i = 0; i < report->target_count; i++)
		take_out_target(revising, &report->targets[i]);
}

struct err
report_revise(
	struct db *db, struct arena *arena, const struct snapshot *same, struct report *report)
{
	struct revising revising = {.db = db, .report = report};
	int64_t revision = INT64_MAX;

	if (report->audience == AUDIENCE_BOARD)
		return OK;
	/* All of them: the last one may be silent on what one before it tells. */
	while (!revising.all) {
		struct snapshot earlier;
		struct report *then;
		struct err err = snapshots_before(db, arena, same, revision, &earlier);

		if (err.code == ERR_NOT_FOUND)
			break;
		TRY(err);
		TRY(report_of_snapshot(arena, &earlier, &then));
		revising.position = earlier.position;
		TRY(hold_beside(&revising, then));
		revision = earlier.revision;
	}
	take_out_all(&revising, report);
	return OK;
}
