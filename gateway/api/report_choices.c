/* What a page about reports offers to choose: where, when, how counted, since when compared. */
#include "chopay/report_places.h"
#include "report_page.h"

#define MONTHS_OFFERED 25
#define QUARTERS_OFFERED 8
#define YEARS_OFFERED 4

json_t *
report_choice(struct str value, struct str text, bool chosen)
{
	json_t *choice = json_object();

	json_set_str(choice, "value", value);
	json_set_str(choice, "text", text);
	json_object_set_new(choice, "chosen", json_boolean(chosen));
	return choice;
}

/* ---- periods ----------------------------------------------------------------------------------
 */

struct offering {
	struct ask *ask;
	const struct period *now; /* what is shown */
	struct str shown;	  /* the same, as a word */
	int32_t today;
	bool found; /* what is shown was among them */
	json_t *groups;
};

static void
put_title(struct buf *out, const struct period *period, enum language language)
{
	(language == VIETNAMESE ? period_title_vi : period_title_en)(out, period);
}

static void
offer(struct offering *to, json_t *choices, struct str word)
{
	struct buf title CLEANUP(buf_fini) = {0};
	struct period period;
	bool chosen = str_eq(word, to->shown);

	if (period_parse(word, to->now->calendar, &period).code != ERR_OK ||
		period.from_day > to->today)
		return;
	to->found = to->found || chosen;
	put_title(&title, &period, to->ask->lang);
	json_array_append_new(choices, report_choice(word, buf_str(&title), chosen));
}

static json_t *
group(struct offering *to, const char *key)
{
	json_t *item = json_object(), *choices = json_array();

	json_set_str(item, "text", words_find(to->ask->lang, str_from(key)));
	json_object_set_new(item, "choices", choices);
	json_array_append_new(to->groups, item);
	return choices;
}

static void
offer_months(struct offering *to)
{
	struct arena *arena = to->ask->query.arena;
	month_key now = month_of(to->today, to->now->calendar);
	json_t *choices = group(to, "reports.period.months");

	for (month_key month = now; month > now - MONTHS_OFFERED; month--)
		offer(to, choices,
			arena_printf(arena, "%d-%02d", (int)(month / 12), (int)(month % 12 + 1)));
}

/* Quarters, halves, nine months, years: from the newest. */
static void
offer_longer(struct offering *to)
{
	struct arena *arena = to->ask->query.arena;
	int year = month_of(to->today, to->now->calendar) / 12;
	json_t *quarters = group(to, "reports.period.quarters"), *halves, *years;

	for (int i = 0; i < QUARTERS_OFFERED; i++)
		offer(to, quarters, arena_printf(arena, "%d-Q%d", year - i / 4, 4 - i % 4));
	halves = group(to, "reports.period.parts");
	for (int i = 0; i < YEARS_OFFERED; i++) {
		offer(to, halves, arena_printf(arena, "%d-9M", year - i));
		offer(to, halves, arena_printf(arena, "%d-H2", year - i));
		offer(to, halves, arena_printf(arena, "%d-H1", year - i));
	}
	years = group(to, "reports.period.years");
	for (int i = 0; i < YEARS_OFFERED; i++)
		offer(to, years, arena_printf(arena, "%d", year - i));
}

static void
offer_range(struct offering *to, json_t *data)
{
	struct buf day CLEANUP(buf_fini) = {0};
	bool chosen = to->now->kind == PERIOD_RANGE;

	json_object_set_new(data, "range",
		report_choice(STR("range"), words_find(to->ask->lang, STR("reports.period.range")),
			chosen));
	day_format(&day, to->now->from_day);
	json_set_str(data, "from", buf_str(&day));
	buf_clear(&day);
	day_format(&day, to->now->to_day);
	json_set_str(data, "to", buf_str(&day));
}

/* One that is not offered (an old year) stands on top while it is shown. */
static void
offer_shown(struct offering *to)
{
	struct buf title CLEANUP(buf_fini) = {0};
	json_t *group, *choices;

	if (to->found || to->now->kind == PERIOD_RANGE)
		return;
	group = json_object();
	choices = json_array();
	put_title(&title, to->now, to->ask->lang);
	json_array_append_new(choices, report_choice(to->shown, buf_str(&title), true));
	json_set_str(group, "text", words_find(to->ask->lang, STR("reports.period.shown")));
	json_object_set_new(group, "choices", choices);
	json_array_insert_new(to->groups, 0, group);
}

static void
offer_periods(struct ask *ask, const struct period *now, json_t *data)
{
	struct buf shown CLEANUP(buf_fini) = {0};
	struct offering to = {
		.ask = ask, .now = now, .today = day_of(ask->now_ms, 0), .groups = json_array()};

	period_format(&shown, now);
	to.shown = buf_str(&shown);
	offer_months(&to);
	offer_longer(&to);
	offer_shown(&to);
	offer_range(&to, data);
	json_object_set_new(data, "periods", to.groups);
}

/* The month before and the one behind, one tap away. */
static void
set_neighbours(struct ask *ask, const struct report_order *order, enum screen_against against,
	json_t *data)
{
	static const char *const names[] = {"previous", "next"};

	if (order->request.period.kind != PERIOD_MONTH || order->snapshot_id != 0)
		return;
	for (int i = 0; i < 2; i++) {
		const struct period *period = &order->request.period;
		month_key month = period->year * 12 + period->number - 1 + (i == 0 ? -1 : 1);
		struct report_order other = *order;
		struct buf title CLEANUP(buf_fini) = {0};
		json_t *link;

		if (period_parse(arena_printf(ask->query.arena, "%d-%02d", (int)(month / 12),
					 (int)(month % 12 + 1)),
			    period->calendar, &other.request.period)
					.code != ERR_OK ||
			other.request.period.from_day > day_of(ask->now_ms, 0))
			continue;
		put_title(&title, &other.request.period, ask->lang);
		link = json_object();
		json_set_str(link, "text", buf_str(&title));
		json_set_str(link, "href",
			arena_printf(ask->query.arena, "?%.*s",
				STR_FMT(report_self(
					ask->query.arena, &other, against == AGAINST_BEFORE))));
		json_object_set_new(data, names[i], link);
	}
}

/* ---- the other words --------------------------------------------------------------------------
 */

struct word_choice {
	const char *value, *key;
	bool chosen;
};

static void
offer_words(struct ask *ask, json_t *data, const char *name, const struct word_choice *choices,
	size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, report_choice(str_from(choices[i].value),
						    words_find(ask->lang, str_from(choices[i].key)),
						    choices[i].chosen));
	json_object_set_new(data, name, list);
}

void
report_choices(struct ask *ask, const struct report_order *order, enum screen_against against,
	json_t *data)
{
	const struct report_request *request = &order->request;
	bool nd09 = request->period.calendar == CALENDAR_ND09;
	bool then = request->boundary == BOUNDARY_THEN;
	bool board = request->audience == AUDIENCE_BOARD;
	bool before = against == AGAINST_BEFORE;
	const struct word_choice calendars[] = {{"duong_lich", "reports.calendar.solar", !nd09},
		{"nd09", "reports.calendar.nd09", nd09}};
	const struct word_choice boundaries[] = {{"hien_hanh", "reports.boundary.today", !then},
		{"tai_thoi_diem", "reports.boundary.then", then}};
	const struct word_choice audiences[] = {{"official", "reports.audience.official", !board},
		{"board", "reports.audience.board", board}};
	const struct word_choice since[] = {{"year", "reports.compare.year", !before},
		{"before", "reports.compare.before", before}};

	if (order->snapshot_id != 0)
		return; /* it is what it was */
	offer_periods(ask, &request->period, data);
	set_neighbours(ask, order, against, data);
	offer_words(ask, data, "calendars", calendars, 2);
	offer_words(ask, data, "boundaries", boundaries, 2);
	if (may(&ask->who, SEE_SMALL_CELLS, 0)) {
		offer_words(ask, data, "audiences", audiences, 2);
		json_object_set_new(data, "has_audiences", json_true());
	}
	json_object_set_new(data, "more_open",
		json_boolean(nd09 || then || before || request->period.kind == PERIOD_RANGE));
	offer_words(ask, data, "compares", since, 2);
	json_object_set_new(data, "choosing", json_true());
}

/* ---- levels -----------------------------------------------------------------------------------
 */

static const char *const levels[] = {"country", "province", "commune", "market"};
#define LEVELS (sizeof(levels) / sizeof(levels[0]))

/* The place of a unit's level among them: what can be ranked below it is what comes behind. */
static struct err
level_of_unit(struct db *db, struct ask *ask, struct str code, size_t *level)
{
	struct unit unit;
	struct err err;

	*level = 0;
	if (code.len == 0)
		return OK;
	err = units_find(db, ask->query.arena, code, day_of(ask->now_ms, 0), &unit);
	if (err.code == ERR_NOT_FOUND)
		return OK; /* the report says so itself */
	TRY(err);
	while (*level + 2 < LEVELS && !str_eq(unit.level, str_from(levels[*level])))
		++*level;
	return OK;
}

struct err
report_level_below(struct db *db, struct ask *ask, struct str code, struct str *level)
{
	size_t own;

	TRY(level_of_unit(db, ask, code, &own));
	*level = str_from(levels[own + 1]);
	return OK;
}

struct err
report_levels(struct db *db, struct ask *ask, const struct report_order *order, json_t *data)
{
	json_t *list = json_array();
	size_t own;

	json_object_set_new(data, "levels", list);
	json_object_set_new(data, "has_levels", json_true());
	TRY(level_of_unit(db, ask, order->request.code, &own));
	for (size_t i = own + 1; i < LEVELS; i++)
		json_array_append_new(
			list, report_choice(str_from(levels[i]),
				      words_find(ask->lang, arena_printf(ask->query.arena,
								    "reports.level.%s", levels[i])),
				      str_eq(order->level, str_from(levels[i]))));
	return OK;
}

/* ---- places -----------------------------------------------------------------------------------
 */

static json_t *
place_choices(const struct ask *ask, const struct place *places, size_t count,
	const struct report_order *order)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		bool chosen = order->request.scope == places[i].scope &&
			      str_eq(order->request.code, places[i].code);

		json_array_append_new(
			list, report_choice(arena_printf(ask->query.arena, "%s:%.*s",
						    report_scope_name(places[i].scope),
						    STR_FMT(places[i].code)),
				      places[i].name, chosen));
	}
	return list;
}

static json_t *
crumbs_of(const struct ask *ask, const struct places *places, const struct report_order *order)
{
	json_t *list = json_array();

	for (size_t i = 0; i < places->crumb_count; i++) {
		struct report_order there = *order;
		json_t *crumb = json_object();

		there.what = ORDER_ADOPTION;
		there.snapshot_id = 0;
		there.request.scope = places->crumbs[i].scope;
		there.request.code = places->crumbs[i].code;
		json_set_str(crumb, "text", places->crumbs[i].name);
		if (i + 1 < places->crumb_count)
			json_set_str(crumb, "href",
				arena_printf(ask->query.arena, "/reports?%.*s",
					STR_FMT(report_self(ask->query.arena, &there, false))));
		json_array_append_new(list, crumb);
	}
	return list;
}

struct err
report_page_places(struct db *db, struct ask *ask, const struct report_order *order, json_t *data)
{
	const struct places_request request = {
		.root = ask->who.unit_code,
		.market = ask->who.market_code,
		.scope = order->request.scope,
		.code = order->request.code,
		.today = day_of(ask->now_ms, 0),
	};
	struct places places;

	TRY(report_places(db, ask->query.arena, &request, &places));
	json_object_set_new(data, "crumbs", crumbs_of(ask, &places, order));
	json_object_set_new(data, "has_crumbs", json_boolean(places.crumb_count > 0));
	json_object_set_new(data, "has_units", json_boolean(places.unit_count > 0));
	json_object_set_new(data, "has_markets", json_boolean(places.market_count > 0));
	json_object_set_new(data, "has_formers", json_boolean(places.former_count > 0));
	json_object_set_new(
		data, "units", place_choices(ask, places.units, places.unit_count, order));
	json_object_set_new(
		data, "markets", place_choices(ask, places.markets, places.market_count, order));
	json_object_set_new(
		data, "formers", place_choices(ask, places.former, places.former_count, order));
	return OK;
}
