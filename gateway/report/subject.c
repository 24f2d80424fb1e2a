/* What was asked for, found in the register; a sentence for a person when it is not there. */
#include "former.h"
#include "select.h"
#include "why.h"

#define MARKETS STR("market")

static const struct unit *
last_of_code(const struct world *world, struct str code)
{
	const struct unit *last = NULL;

	for (size_t i = 0; i < world->unit_count; i++) {
		if (str_eq(world->units[i].code, code))
			last = &world->units[i];
	}
	return last;
}

/* "597 là mã của Huyện Hàm Thuận Bắc, có hiệu lực đến 30/06/2025" */
static struct err
no_unit(const struct world *world, struct str code, struct buf *why)
{
	const struct unit *last = last_of_code(world, code);
	struct buf day CLEANUP(buf_fini) = {0}, option CLEANUP(buf_fini) = {0};
	bool ended;

	if (last == NULL) {
		put_why(why, W_NO_SUCH_UNIT, &code, 1, NULL);
		return FAIL(ERR_NOT_FOUND, "no such unit");
	}
	ended = last->to_day < DAY_LAST;
	day_format_vi(&day, ended ? last->to_day : last->from_day);
	buf_addf(&option,
		"--former %.*s, or --boundary tai_thoi_diem with a period that it was in force in",
		STR_FMT(code));
	put_why(why, ended ? W_UNIT_ENDED : W_UNIT_NOT_YET,
		(struct str[]){code, last->name, buf_str(&day)}, 3, ended ? option.ptr : NULL);
	return FAIL(ERR_NOT_FOUND, "the unit is not in force in that period");
}

/* ---- units ----------------------------------------------------------------------------------- */

/* The row that was in force on the period's last day, or on the last day of it that any was. */
static size_t
unit_then(const struct world *world, struct str code, int32_t from_day, int32_t to_day)
{
	size_t found = NOWHERE;

	for (size_t i = 0; i < world->unit_count; i++) {
		const struct unit *unit = &world->units[i];

		if (str_eq(unit->code, code) && unit->from_day <= to_day &&
			unit->to_day >= from_day)
			found = i;
	}
	return found;
}

/* A row's days may have ended: what was above it is asked of its last day. */
static int32_t
day_of_unit(const struct unit *unit, int32_t day)
{
	return day > unit->to_day ? unit->to_day : day;
}

static size_t
parent_of(const struct world *world, size_t unit, int32_t day)
{
	int32_t until = DAY_LAST;

	return world_unit(world, world->units[unit].parent_code,
		day_of_unit(&world->units[unit], day), &until);
}

static struct err
find_unit(const struct world *world, const struct report_request *request, int32_t last,
	struct subject *subject, struct buf *why)
{
	int32_t until = DAY_LAST;

	subject->shown = request->boundary == BOUNDARY_TODAY
				 ? world_unit(world, request->code, subject->today, &until)
				 : unit_then(world, request->code, request->period.from_day, last);
	if (subject->shown == NOWHERE)
		return no_unit(world, request->code, why);
	subject->unit = world_same_unit(world, subject->shown);
	subject->parent = parent_of(
		world, subject->shown, request->boundary == BOUNDARY_TODAY ? subject->today : last);
	subject->peer_level = world->units[subject->shown].level;
	return OK;
}

/* ---- former units ---------------------------------------------------------------------------- */

static struct err
find_former(const struct world *world, struct arena *arena, const struct report_request *request,
	struct subject *subject, struct buf *why)
{
	bool *former = arena_alloc(arena, world->market_count + 1);
	size_t unit = former_unit(world, request->code, subject->today);
	struct buf option CLEANUP(buf_fini) = {0};

	if (unit == NOWHERE && last_of_code(world, request->code) == NULL)
		return no_unit(world, request->code, why);
	if (unit == NOWHERE) {
		buf_addf(&option, "--unit %.*s", STR_FMT(request->code));
		put_why(why, W_UNIT_IN_FORCE, &request->code, 1, option.ptr);
		return FAIL(ERR_NOT_FOUND, "no unit of that code has ended");
	}
	subject->shown = unit;
	subject->parent = parent_of(world, unit, subject->today);
	for (size_t i = 0; i < world->market_count; i++)
		former[i] = former_held(world, unit, i);
	subject->former = former;
	return OK;
}

/* ---- markets --------------------------------------------------------------------------------- */

static struct err
find_market(const struct world *world, const struct report_request *request, int32_t last,
	struct subject *subject, struct buf *why)
{
	int32_t day = request->boundary == BOUNDARY_TODAY ? subject->today : last;
	int32_t until = DAY_LAST;

	subject->market = world_market_named(world, request->code);
	if (subject->market == NOWHERE) {
		put_why(why, W_NO_SUCH_MARKET, &request->code, 1, NULL);
		return FAIL(ERR_NOT_FOUND, "no such market");
	}
	subject->parent = world_unit(
		world, world_attached(&world->markets[subject->market], day), day, &until);
	return OK;
}

/* ---- what is below --------------------------------------------------------------------------- */

/* The level of the unit just below in this chain; "market" when the market is its own. */
static struct str
level_below(
	const struct world *world, const struct subject *subject, const size_t *chain, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (world_same_unit(world, chain[i]) == subject->unit)
			return i == 0 ? MARKETS : world->units[chain[i - 1]].level;
	}
	return STR("");
}

static struct str
child_level_of(const struct world *world, const struct subject *subject, int32_t day)
{
	struct str level = STR("");

	if (subject->scope == SCOPE_MARKET)
		return STR("");
	if (subject->scope == SCOPE_FORMER)
		return str_eq(world->units[subject->shown].level, STR("commune")) ? MARKETS
										  : STR("commune");
	for (size_t i = 0; i < world->market_count; i++) {
		size_t chain[CHAIN_MAX];
		int32_t until = DAY_LAST;
		size_t count = world_chain(
			world, world_attached(&world->markets[i], day), day, chain, &until);
		struct str found = level_below(world, subject, chain, count);

		if (found.len > 0 && !str_eq(found, MARKETS))
			return found;
		if (found.len > 0)
			level = found;
	}
	return level.len > 0 ? level : MARKETS;
}

static struct err
in_future(int32_t from_day, int32_t today, struct buf *why)
{
	struct buf from CLEANUP(buf_fini) = {0}, cut CLEANUP(buf_fini) = {0};

	day_format_vi(&from, from_day);
	day_format_vi(&cut, today);
	put_why(why, W_PERIOD_IN_FUTURE, (struct str[]){buf_str(&from), buf_str(&cut)}, 2, NULL);
	return FAIL(ERR_INVALID, "the period is in the future");
}

struct err
subject_find(const struct world *world, struct arena *arena, const struct report_request *request,
	struct subject *subject, struct buf *why)
{
	int32_t today = day_of(request->now_ms, 0);
	int32_t last = request->period.to_day < today ? request->period.to_day : today;
	int32_t day = request->boundary == BOUNDARY_TODAY ? today : last;

	*subject = (struct subject){
		.scope = request->scope,
		.boundary = request->boundary,
		.now_ms = request->now_ms,
		.today = today,
		.unit = NOWHERE,
		.market = NOWHERE,
		.shown = NOWHERE,
		.parent = NOWHERE,
	};
	if (request->period.from_day > today)
		return in_future(request->period.from_day, today, why);
	if (request->scope == SCOPE_MARKET)
		TRY(find_market(world, request, last, subject, why));
	else if (request->scope == SCOPE_FORMER)
		TRY(find_former(world, arena, request, subject, why));
	else if (request->code.len > 0)
		TRY(find_unit(world, request, last, subject, why));
	if (subject->unit != NOWHERE || request->scope != SCOPE_UNIT)
		subject->child_level = child_level_of(world, subject, day);
	return OK;
}
