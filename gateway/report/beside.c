/*
 * beside.c - what stands beside the markets and never in the index: the online-payment indicators
 * of Decision 766, social assistance, typed-in scores.
 *
 * They stay with the unit that they were typed in for, in either boundary mode: a commune's month
 * before it was merged is not the new one's.
 */
#include <stdlib.h>

#include "chopay/dossiers.h"
#include "chopay/public_service.h"
#include "chopay/service_points.h"

#include "list.h"
#include "parts.h"

/* A dossier or a procedure of a unit. */
struct key {
	size_t unit;
	struct str text;
};
struct keys {
	struct key *items;
	size_t count, capacity;
};

struct beside {
	struct build *build;
	bool known; /* a row was in the scope */
	/* counters */
	struct str unit; /* of the row before */
	struct dossier_month now, sum;
	struct keys dossiers, procedures;
	/* social assistance */
	struct payout all, few; /* few: of the rows that tell of few persons */
};

/* ---- the scope --------------------------------------------------------------------------------
 */

/* The unit of that code and day, when it is the report's or below it; NOWHERE: it is neither. */
static size_t
unit_inside(const struct build *build, struct str code, int32_t day)
{
	size_t chain[CHAIN_MAX];
	int32_t until = DAY_LAST;
	size_t count = world_chain(build->world, code, day, chain, &until);

	for (size_t i = 0; i < count; i++) {
		if (world_same_unit(build->world, chain[i]) == build->subject.unit)
			return world_same_unit(build->world, chain[0]);
	}
	return NOWHERE;
}

static bool
month_inside(const struct build *build, struct str code, month_key month)
{
	return unit_inside(build, code, month_last_day(month, build->request->period.calendar)) !=
	       NOWHERE;
}

/* Rows are of whole months: of half a month nothing is known. */
static bool
whole_months(const struct period *period, month_key *first, month_key *last)
{
	*first = month_of(period->from_day, period->calendar);
	*last = month_of(period->to_day, period->calendar);
	return month_first_day(*first, period->calendar) == period->from_day &&
	       month_last_day(*last, period->calendar) == period->to_day;
}

/* ---- counters ---------------------------------------------------------------------------------
 */

/* Procedures are in force: of a unit those of its last month.  Dossiers come every month. */
static struct err
take_month(void *arg, const struct dossier_month *month)
{
	struct beside *beside = arg;

	if (!month_inside(beside->build, month->unit_code, month->month))
		return OK;
	if (beside->known && str_eq(beside->unit, month->unit_code)) {
		beside->sum.procedures -= beside->now.procedures;
		beside->sum.procedures_online -= beside->now.procedures_online;
	}
	beside->known = true;
	beside->unit = arena_copy(beside->build->arena, month->unit_code);
	beside->now = *month;
	beside->sum.procedures += month->procedures;
	beside->sum.procedures_online += month->procedures_online;
	beside->sum.dossiers += month->dossiers;
	return OK;
}

static void
add_key(struct beside *beside, struct keys *keys, size_t unit, struct str text)
{
	struct arena *arena = beside->build->arena;

	if (text.len == 0)
		return;
	LIST_ROOM(arena, keys->items, keys->count, keys->capacity);
	keys->items[keys->count++] = (struct key){unit, arena_copy(arena, text)};
}

static struct err
take_paid(void *arg, const struct paid_dossier *paid)
{
	struct beside *beside = arg;
	const struct world *world = beside->build->world;
	size_t market = world_market(world, paid->market_id), unit;

	if (market == NOWHERE)
		return FAIL(ERR_BROKEN, "a fee desk stands in no market");
	unit = unit_inside(
		beside->build, world_attached(&world->markets[market], paid->day), paid->day);
	if (unit == NOWHERE)
		return OK;
	add_key(beside, &beside->dossiers, unit, paid->dossier);
	add_key(beside, &beside->procedures, unit, paid->procedure);
	return OK;
}

static int
by_key(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	int order;

	if (a->unit != b->unit)
		return a->unit < b->unit ? -1 : 1;
	order = memcmp(
		a->text.ptr, b->text.ptr, a->text.len < b->text.len ? a->text.len : b->text.len);
	return order != 0 ? order : (a->text.len > b->text.len) - (a->text.len < b->text.len);
}

static int64_t
distinct(struct keys *keys)
{
	int64_t count = 0;

	if (keys->count > 0)
		qsort(keys->items, keys->count, sizeof(*keys->items), by_key);
	for (size_t i = 0; i < keys->count; i++)
		count += i == 0 || by_key(&keys->items[i - 1], &keys->items[i]) != 0;
	return count;
}

static void
set_indicator(struct report_public_service *service, enum service_indicator indicator, int64_t num,
	int64_t den, struct share *share)
{
	struct service_figure figure;

	service_points(indicator, num, den, &figure);
	*share = (struct share){figure.num, figure.den};
	service->points_x100[indicator] = figure.pts_x100;
	service->max_x100[indicator] = service_max_x100(indicator);
}

static struct err
fill_public_service(struct build *build, month_key first, month_key last, struct report *report)
{
	struct beside beside = {.build = build};
	struct report_public_service *service = &report->public_service;

	TRY(dossier_months_walk(build->db, STR(""), first, last, take_month, &beside));
	if (!beside.known)
		return OK;
	TRY(dossiers_paid_walk(build->db, build->request->period.from_day,
		build->request->period.to_day, take_paid, &beside));
	service->known = true;
	set_indicator(service, SERVICE_OFFERED, beside.sum.procedures_online, beside.sum.procedures,
		&service->procedures);
	set_indicator(service, SERVICE_USED, distinct(&beside.procedures), beside.sum.procedures,
		&service->paid_procedures);
	set_indicator(service, SERVICE_DOSSIERS, distinct(&beside.dossiers), beside.sum.dossiers,
		&service->dossiers);
	return OK;
}

/* ---- social assistance ------------------------------------------------------------------------
 */

static void
add_payout(struct payout *to, const struct payout *payout)
{
	to->recipients += payout->recipients;
	to->by_account += payout->by_account;
	to->value.dong += payout->value.dong;
	to->value_by_account.dong += payout->value_by_account.dong;
}

static struct err
take_payout(void *arg, const struct payout *payout)
{
	struct beside *beside = arg;

	if (!month_inside(beside->build, payout->unit_code, payout->month))
		return OK;
	beside->known = true;
	add_payout(&beside->all, payout);
	if (!payout_tells_nobody(payout->recipients, payout->by_account))
		add_payout(&beside->few, payout);
	return OK;
}

/* A unit's month that tells of few persons shows no money by itself.  So a sum shows none either,
 * when what it is more than all the months that do would again tell of few. */
static struct err
fill_payouts(struct build *build, month_key first, month_key last, struct report *report)
{
	struct beside beside = {.build = build};
	struct report_payouts *payouts = &report->payouts;

	TRY(payouts_walk(build->db, STR(""), first, last, take_payout, &beside));
	if (!beside.known)
		return OK;
	payouts->known = true;
	payouts->recipients = (struct share){beside.all.by_account, beside.all.recipients};
	payouts->withheld = build->request->audience == AUDIENCE_OFFICIAL &&
			    !payout_tells_nobody(beside.few.recipients, beside.few.by_account);
	if (!payouts->withheld)
		payouts->value = (struct share){
			beside.all.value_by_account.dong, beside.all.value.dong};
	return OK;
}

/* ---- scores -----------------------------------------------------------------------------------
 */

static struct err
take_score(void *arg, const struct service_score *score)
{
	struct report *report = arg;

	if (report->score_count <= SERVICE_GROUPS)
		report->scores[report->score_count++] = (struct report_score){
			score->group_no, score->max, score->target, score->actual};
	return OK;
}

/* Groups in their order, the stated total below them. */
static int
by_group(const void *left, const void *right)
{
	const struct report_score *a = left, *b = right;
	int x = a->group_no == 0 ? SERVICE_GROUPS + 1 : a->group_no;
	int y = b->group_no == 0 ? SERVICE_GROUPS + 1 : b->group_no;

	return x - y;
}

static struct err
fill_scores(struct build *build, struct report *report)
{
	int32_t day = build->request->period.to_day, until = DAY_LAST;
	size_t unit = world_unit(build->world, report->code, day, &until);
	int year, month, mday;

	if (unit == NOWHERE || world_same_unit(build->world, unit) != build->subject.unit)
		return OK; /* the code was another unit's then */
	day_civil(day, &year, &month, &mday);
	report->scores = arena_alloc(build->arena, (SERVICE_GROUPS + 1) * sizeof(*report->scores));
	TRY(service_scores_walk(build->db, report->code, year, take_score, report));
	qsort(report->scores, report->score_count, sizeof(*report->scores), by_group);
	return OK;
}

struct err
beside_fill(struct build *build, struct report *report)
{
	month_key first, last;

	if (build->request->scope != SCOPE_UNIT)
		return OK; /* counters and payouts are a unit's, no market's */
	TRY(fill_scores(build, report));
	if (!whole_months(&build->request->period, &first, &last))
		return OK;
	TRY(fill_public_service(build, first, last, report));
	return fill_payouts(build, first, last, report);
}
