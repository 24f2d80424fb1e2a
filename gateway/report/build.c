/*
 * build.c - a whole report: the world is loaded once, then each period is walked once over its
 * cells.
 */
#include <chopay/clock.h>

#include "blocks.h"
#include "parts.h"
#include "why.h"

#define WALKS 3 /* of the period's months: its own, a year before, the one before */

/* ---- the header ------------------------------------------------------------------------------ */

static struct str
unit_code(const struct world *world, size_t unit)
{
	return unit == NOWHERE ? STR("") : world->units[unit].code;
}

static struct str
unit_name(const struct world *world, size_t unit)
{
	return unit == NOWHERE ? STR("") : world->units[unit].name;
}

static struct err
fill_header(struct build *build, struct report *report)
{
	const struct report_request *request = build->request;
	const struct subject *subject = &build->subject;
	const struct world *world = build->world;
	bool market = subject->market != NOWHERE;
	int64_t writers;

	*report = (struct report){
		.scope = request->scope,
		.code = market ? world->markets[subject->market].code
			       : unit_code(world, subject->shown),
		.name = market ? world->markets[subject->market].name
			       : unit_name(world, subject->shown),
		.level = market ? STR("market") : world->units[subject->shown].level,
		.parent_code = unit_code(world, subject->parent),
		.parent_name = unit_name(world, subject->parent),
		.period = request->period,
		.boundary = request->boundary,
		.audience = request->audience,
		.parameter_set = STR(CAI_PARAMETER_SET),
		.cut_at_ms = request->now_ms,
		.rows_are_markets = str_eq(subject->child_level, STR("market")),
	};
	return writers_at_work(build->db, request->now_ms, &writers, &report->position);
}

/* ---- its periods ------------------------------------------------------------------------------
 */

static size_t
rank_of_self(const struct view *view)
{
	return view->selection.self == NOWHERE ? 0 : view->peer_ranks[view->selection.self];
}

static struct err
look_at_signs(void *arg, struct view *view)
{
	struct work_list *list = arg;

	return signs_look(list->build, list, view);
}

static void
fill_other(struct build *build, const struct view *view, struct report_other *other)
{
	struct buf title CLEANUP(buf_fini) = {0};

	if (!view_known(view))
		return;
	period_title_vi(&title, &view->period);
	*other = (struct report_other){
		.known = true,
		.title = arena_copy(build->arena, buf_str(&title)),
		.from_day = view->period.from_day,
		.to_day = view->period.to_day,
		.figures = view->own.figures,
		.rank = rank_of_self(view),
		.of = view->peers_ranked,
	};
}

/* The rank that the same unit or market had; 0: none. */
static size_t
rank_before(const struct view *before, const struct group *group)
{
	for (size_t i = 0; before != NULL && i < before->selection.child_count; i++) {
		if (before->selection.children[i].key == group->key)
			return before->child_ranks[i];
	}
	return 0;
}

static void
fill_rows(struct build *build, const struct view *now, const struct view *before,
	const size_t *order, struct report_row *rows)
{
	for (size_t i = 0; i < now->selection.child_count; i++) {
		const struct group *group = &now->selection.children[order[i]];
		const struct report_figures *figures = &now->children[order[i]].figures;

		rows[i] = (struct report_row){
			.code = group->code,
			.name = group->name,
			.figures = *figures,
			.rank = now->child_ranks[order[i]],
			.previous_rank = rank_before(before, group),
			.unranked = rank_refused(build->arena, figures),
		};
	}
}

static struct report_row *
rows_of(struct build *build, const struct view *now, const struct view *before, const size_t *order)
{
	struct report_row *rows = arena_alloc(
		build->arena, now->selection.child_count * sizeof(*rows) + 1);

	fill_rows(build, now, before, order, rows);
	return rows;
}

/* A unit without peers has no rank, and needs no reason. */
static void
fill_own(struct build *build, const struct view *now, struct report *report)
{
	report->figures = now->own.figures;
	report->rank = rank_of_self(now);
	report->of = now->peers_ranked;
	if (report->rank == 0)
		report->unranked = rank_refused(build->arena, &report->figures);
}

static struct err
fill_periods(struct build *build, struct report *report)
{
	const struct period *period = &build->request->period;
	const struct period a_year_before = period_year_before(period);
	const struct period the_one_before = period_before(period);
	struct view now CLEANUP(view_fini) = {0};
	struct view before CLEANUP(view_fini) = {0};
	struct view year_before CLEANUP(view_fini) = {0};
	struct made_of made_of = {&now, &before, &year_before, NULL};
	struct work_list work;
	const struct viewer viewer = {work_look, look_at_signs, &work};

	work_begin(build, &work);
	TRY(view_make(build, period, VIEW_PARTS, &viewer, &now));
	TRY(view_make(build, &the_one_before, VIEW_RANKS, NULL, &before));
	TRY(view_make(build, &a_year_before, VIEW_RANKS, NULL, &year_before));
	made_of.order = rank_order(build->arena, &now);
	fill_own(build, &now, report);
	fill_other(build, &before, &report->before);
	fill_other(build, &year_before, &report->year_before);
	report->rows = rows_of(build, &now, &before, made_of.order);
	report->row_count = now.selection.child_count;
	TRY(months_fill(build, report));
	TRY(tet_fill(build, report));
	work_fill(&work, &now, report);
	TRY(report_suppress(build, &made_of, report));
	return plans_fill(build, &year_before, report);
}

/* ---- all of it --------------------------------------------------------------------------------
 */

static struct err
begin(struct build *build, struct buf *why)
{
	const struct period *period = &build->request->period;
	month_key first = month_of(period->from_day, period->calendar);
	month_key last = month_of(period->to_day, period->calendar);

	build->progress.total = WALKS * (last - first + 2) + MONTHS_WALKED;
	TRY(world_load(build->db, build->arena, &build->world));
	return subject_find(build->world, build->arena, build->request, &build->subject, why);
}

struct err
report_build(struct db *db, struct arena *arena, const struct report_request *request,
	const struct report_watch *watch, struct report **report, struct buf *why)
{
	struct build build = {.db = db, .arena = arena, .request = request, .watch = watch};
	struct report *made = arena_alloc(arena, sizeof(*made));

	TRY(begin(&build, why));
	if (build.subject.shown == NOWHERE && build.subject.market == NOWHERE) {
		put_why(why, W_OF_NOTHING, NULL, 0, NULL);
		return FAIL(ERR_INVALID, "a report is of a unit or a market");
	}
	TRY(fill_header(&build, made));
	TRY(fill_periods(&build, made));
	TRY(beside_fill(&build, made));
	*report = made;
	return OK;
}

/* Of a level above its parent a row would have a whole unit's name and a part of its figures. */
static struct err
check_level(const struct build *build, struct str level, struct buf *why)
{
	static const char *const levels[] = {
		"country", "province", "district", "commune", "market"};
	const struct subject *subject = &build->subject;
	const struct str above = subject->scope == SCOPE_MARKET	  ? STR("market")
				 : subject->scope == SCOPE_FORMER ? STR("district")
				 : subject->shown == NOWHERE
					 ? STR("country")
					 : build->world->units[subject->shown].level;
	int32_t day = build->request->boundary == BOUNDARY_TODAY ? subject->today
								 : build->request->period.from_day;
	size_t of_parent = 0, asked = 0;

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		of_parent = str_eq(above, str_from(levels[i])) ? i : of_parent;
		asked = str_eq(level, str_from(levels[i])) ? i : asked;
	}
	if (asked <= of_parent) {
		put_why(why, W_LEVEL_NOT_BELOW, NULL, 0, NULL);
		return FAIL(ERR_INVALID, "the level is not below the parent's");
	}
	if (str_eq(level, STR("district")) && day >= day_from_civil(2025, 7, 1)) {
		put_why(why, W_NO_DISTRICTS, NULL, 0, NULL);
		return FAIL(ERR_INVALID, "there are no districts any more");
	}
	return OK;
}

struct err
report_ranking(struct db *db, struct arena *arena, const struct report_request *request,
	const char *level, struct report_row **rows, size_t *count, struct buf *why)
{
	struct build build = {.db = db, .arena = arena, .request = request};
	const struct period the_one_before = period_before(&request->period);
	struct view now CLEANUP(view_fini) = {0};
	struct view before CLEANUP(view_fini) = {0};
	struct made_of made_of = {&now, &before, &before, NULL};
	struct report ranked = {0};

	TRY(begin(&build, why));
	TRY(check_level(&build, str_from(level), why));
	build.subject.child_level = str_from(level);
	build.subject.parent = NOWHERE; /* its own rank is not asked for */
	TRY(view_make(&build, &request->period, VIEW_PARTS, NULL, &now));
	TRY(view_make(&build, &the_one_before, VIEW_RANKS, NULL, &before));
	made_of.order = rank_order(arena, &now);
	ranked.rows = rows_of(&build, &now, &before, made_of.order);
	ranked.row_count = now.selection.child_count;
	TRY(report_suppress(&build, &made_of, &ranked));
	*rows = ranked.rows;
	*count = ranked.row_count;
	return OK;
}
