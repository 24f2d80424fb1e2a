/*
 * json.c - a report as one line of JSON, and back.
 *
 * Each part is described once, for both ways (walk.h).  What follows from other members is written
 * for whoever reads the file, and computed again by the reader: a text that says otherwise is
 * refused, so rates, points and sums in a snapshot are always those of its counts.  Members that
 * are not ours are passed over: a snapshot outlives the version that made it; that it is what was
 * frozen, its SHA-256 says (report_of_snapshot).
 */
#include "chopay/report.h"

#include "json_figures.h"

#define JSON_FORMAT "chopay-report-1"
#define ITEMS_MAX 1000000 /* of a list: rows, targets, work */
#define MS_MAX INT64_C(5000000000000)

static const char *const scopes[] = {
	[SCOPE_UNIT] = "unit", [SCOPE_MARKET] = "market", [SCOPE_FORMER] = "former"};
static const char *const calendars[] = {[CALENDAR_SOLAR] = "duong_lich", [CALENDAR_ND09] = "nd09"};
static const char *const boundaries[] = {
	[BOUNDARY_TODAY] = "hien_hanh", [BOUNDARY_THEN] = "tai_thoi_diem"};
static const char *const audiences[] = {
	[AUDIENCE_OFFICIAL] = "official", [AUDIENCE_BOARD] = "board"};
static const char *const work_reasons[WORK_REASONS] = {[WORK_NO_CODE] = "no_code",
	[WORK_INACTIVE] = "inactive",
	[WORK_DROPPED] = "dropped",
	[WORK_SILENT_HOURS] = "silent_hours",
	[WORK_FLAGGED] = "flagged"};

/* ---- parts of a report ---------------------------------------------------------------------- */

static void
walk_period(const struct walk *walk, struct period *period)
{
	struct buf text CLEANUP(buf_fini) = {0};
	struct str name = {0};

	if (!walk->reading) {
		period_format(&text, period);
		name = buf_str(&text);
	}
	walk_text(walk, "period", &name);
	WALK_ENUM(walk, "calendar", calendars, &period->calendar);
	if (walk->reading && period_parse(name, period->calendar, period).code != ERR_OK)
		*walk->bad = true;
	if (walk->reading)
		return;
	walk_day(walk, "from", &period->from_day);
	walk_day(walk, "to", &period->to_day);
}

static void
walk_header(const struct walk *walk, struct report *report)
{
	struct str format = STR(JSON_FORMAT);

	walk_text(walk, "format", &format);
	*walk->bad = *walk->bad || !str_eq(format, STR(JSON_FORMAT));
	WALK_ENUM(walk, "scope", scopes, &report->scope);
	walk_text(walk, "code", &report->code);
	walk_text(walk, "name", &report->name);
	walk_text(walk, "level", &report->level);
	walk_text(walk, "parent_code", &report->parent_code);
	walk_text(walk, "parent_name", &report->parent_name);
	walk_period(walk, &report->period);
	WALK_ENUM(walk, "boundary", boundaries, &report->boundary);
	WALK_ENUM(walk, "audience", audiences, &report->audience);
	walk_text(walk, "parameter_set", &report->parameter_set);
	walk_int(walk, "cut_at_ms", &report->cut_at_ms, 0, MS_MAX);
	walk_id(walk, "position", &report->position);
}

static void
walk_snapshot(const struct walk *walk, struct report *report)
{
	bool present = report->snapshot_id != 0;
	struct walk part;

	if (!walk_present(walk, "snapshot", &present))
		return;
	part = walk_object(walk, "snapshot");
	walk_id(&part, "id", &report->snapshot_id);
	walk_count(&part, "revision", &report->revision);
	walk_text(&part, "sha256", &report->sha256);
}

static void
walk_other(const struct walk *walk, const char *name, struct report_other *other)
{
	struct walk part;

	if (!walk_present(walk, name, &other->known))
		return;
	part = walk_object(walk, name);
	walk_text(&part, "title", &other->title);
	walk_day(&part, "from", &other->from_day);
	walk_day(&part, "to", &other->to_day);
	walk_figures(&part, "figures", &other->figures);
	walk_size(&part, "rank", &other->rank);
	walk_size(&part, "of", &other->of);
}

static void
walk_points(const struct walk *walk, const char *name, bool *known, int64_t *x100)
{
	if (walk_present(walk, name, known))
		walk_int(walk, name, x100, 0, 10000);
}

/* "2026-06" */
static void
walk_month(const struct walk *walk, month_key *month)
{
	struct buf written CLEANUP(buf_fini) = {0};
	struct period period = {
		.kind = PERIOD_MONTH, .year = *month / 12, .number = *month % 12 + 1};
	struct str text = {0};

	if (!walk->reading) {
		period_format(&written, &period);
		text = buf_str(&written);
	}
	walk_text(walk, "month", &text);
	if (walk->reading && period_parse(text, CALENDAR_SOLAR, &period).code != ERR_OK)
		*walk->bad = true;
	*month = period.year * 12 + period.number - 1;
}

static void
walk_months(const struct walk *walk, struct report *report)
{
	struct walk array = walk_array(walk, "months");
	size_t count = sizeof(report->months) / sizeof(report->months[0]);

	*walk->bad = *walk->bad || (walk->reading && walk_length(&array) != count);
	for (size_t i = 0; i < count; i++) {
		struct report_month *month = &report->months[i];
		struct walk item = walk_item(&array, i);

		walk_month(&item, &month->month);
		walk_points(&item, "cai_x100", &month->known, &month->cai_x100);
		walk_points(&item, "year_before_x100", &month->year_before_known,
			&month->year_before_x100);
	}
}

static void
walk_row(const struct walk *walk, struct report_row *row)
{
	walk_text(walk, "code", &row->code);
	walk_text(walk, "name", &row->name);
	walk_size(walk, "rank", &row->rank);
	walk_size(walk, "previous_rank", &row->previous_rank);
	walk_text(walk, "unranked", &row->unranked);
	walk_figures(walk, "figures", &row->figures);
}

static void
walk_target(const struct walk *walk, struct report_target *target)
{
	walk_text(walk, "indicator", &target->indicator);
	walk_text(walk, "unit_code", &target->unit_code);
	walk_text(walk, "unit_name", &target->unit_name);
	walk_text(walk, "legal_basis", &target->legal_basis);
	walk_text(walk, "owner", &target->owner);
	walk_int(walk, "value", &target->value, 0, WALK_MONEY_MAX);
	walk_day(walk, "due", &target->due_day);
	if (walk_present(walk, "actual", &target->known))
		walk_int(walk, "actual", &target->actual, 0, WALK_MONEY_MAX);
	walk_flag(walk, "met", &target->met);
	if (walk_present(walk, "year_before", &target->year_before_known))
		walk_int(walk, "year_before", &target->year_before, 0, WALK_MONEY_MAX);
}

static void
walk_facts(const struct walk *walk, struct work_facts *facts)
{
	struct walk part, flags;

	if (!walk_present_later(walk, "facts", &facts->known))
		return;
	part = walk_object(walk, "facts");
	walk_count(&part, "open_days", &facts->open_days);
	walk_count(&part, "active_days", &facts->active_days);
	walk_count(&part, "payers", &facts->payers);
	walk_int(&part, "hours", &facts->hours, 0, (INT64_C(1) << HOURS) - 1);
	flags = walk_object(&part, "flags");
	for (int rule = 1; rule < (int)(sizeof(facts->flags) / sizeof(facts->flags[0])); rule++)
		walk_count(
			&flags, (const char[]){'R', (char)('0' + rule), '\0'}, &facts->flags[rule]);
	walk_flag(&part, "above_declared", &facts->above_declared);
}

static void
walk_work(const struct walk *walk, struct work_item *item)
{
	walk_text(walk, "market_code", &item->market_code);
	walk_text(walk, "market_name", &item->market_name);
	walk_text(walk, "stall_code", &item->stall_code);
	walk_text(walk, "stall_name", &item->stall_name);
	walk_text(walk, "goods", &item->goods);
	WALK_ENUM(walk, "reason", work_reasons, &item->reason);
	walk_text(walk, "detail", &item->detail);
	walk_facts(walk, &item->facts);
}

static void
walk_score(const struct walk *walk, struct report_score *score)
{
	int64_t group = score->group_no;

	walk_int(walk, "group", &group, 0, 6);
	score->group_no = (int)group;
	walk_count(walk, "max_x100", &score->max);
	walk_count(walk, "target_x100", &score->target);
	walk_count(walk, "actual_x100", &score->actual);
}

/* A list of structs; when it is read they are made in the arena. */
#define WALK_LIST(walk, name, items, count, walk_one)                                            \
	do {                                                                                     \
		struct walk array_ = walk_array(walk, name);                                     \
		if ((walk)->reading) {                                                           \
			*(count) = walk_length(&array_);                                         \
			if (*(count) > ITEMS_MAX)                                                \
				*(walk)->bad = true;                                             \
			if (*(walk)->bad)                                                        \
				*(count) = 0;                                                    \
			*(items) = arena_alloc((walk)->arena, *(count) * sizeof(**(items)) + 1); \
		}                                                                                \
		for (size_t i_ = 0; i_ < *(count); i_++) {                                       \
			struct walk item_ = walk_item(&array_, i_);                              \
			walk_one(&item_, &(*(items))[i_]);                                       \
		}                                                                                \
	} while (0)

static void
walk_tet(const struct walk *walk, struct report_tet *tet)
{
	struct walk part;

	if (!walk_present(walk, "tet", &tet->known))
		return;
	part = walk_object(walk, "tet");
	walk_day(&part, "day", &tet->day);
	walk_day(&part, "from", &tet->from_day);
	walk_day(&part, "to", &tet->to_day);
	walk_day(&part, "prior_day", &tet->prior_day);
	walk_day(&part, "prior_from", &tet->prior_from_day);
	walk_day(&part, "prior_to", &tet->prior_to_day);
	walk_count(&part, "payments", &tet->payments);
	walk_count(&part, "prior_payments", &tet->prior_payments);
	walk_count(&part, "active_days", &tet->active_days);
	walk_count(&part, "prior_active_days", &tet->prior_active_days);
	walk_count(&part, "open_days", &tet->open_days);
	walk_count(&part, "prior_open_days", &tet->prior_open_days);
	walk_flag(&part, "withheld", &tet->withheld);
	walk_money(&part, "value", &tet->value, tet->withheld);
	walk_money(&part, "prior_value", &tet->prior_value, tet->withheld);
}

/* Decision 766: 3.5, 3.5b and 3.6. */
static void
walk_public_service(const struct walk *walk, struct report_public_service *service)
{
	static const char *const names[] = {"procedures", "paid_procedures", "dossiers"};
	struct share *const shares[] = {
		&service->procedures, &service->paid_procedures, &service->dossiers};
	struct walk part;

	if (!walk_present(walk, "public_service", &service->known))
		return;
	part = walk_object(walk, "public_service");
	for (size_t i = 0; i < 3; i++) {
		struct walk item = walk_object(&part, names[i]);

		walk_share(&item, "share", shares[i], false);
		walk_count(&item, "points_x100", &service->points_x100[i]);
		walk_count(&item, "max_x100", &service->max_x100[i]);
	}
}

static void
walk_payouts(const struct walk *walk, struct report_payouts *payouts)
{
	struct walk part;

	if (!walk_present(walk, "payouts", &payouts->known))
		return;
	part = walk_object(walk, "payouts");
	walk_share(&part, "recipients", &payouts->recipients, false);
	walk_flag(&part, "withheld", &payouts->withheld);
	walk_share(&part, "value", &payouts->value, payouts->withheld);
}

static void
walk_report(const struct walk *walk, struct report *report)
{
	walk_header(walk, report);
	walk_snapshot(walk, report);
	walk_figures(walk, "figures", &report->figures);
	walk_text(walk, "unranked", &report->unranked);
	walk_size(walk, "rank", &report->rank);
	walk_size(walk, "of", &report->of);
	walk_other(walk, "year_before", &report->year_before);
	walk_other(walk, "before", &report->before);
	walk_months(walk, report);
	walk_flag(walk, "rows_are_markets", &report->rows_are_markets);
	WALK_LIST(walk, "rows", &report->rows, &report->row_count, walk_row);
	WALK_LIST(walk, "targets", &report->targets, &report->target_count, walk_target);
	WALK_LIST(walk, "work", &report->work, &report->work_count, walk_work);
	walk_tet(walk, &report->tet);
	walk_public_service(walk, &report->public_service);
	walk_payouts(walk, &report->payouts);
	WALK_LIST(walk, "scores", &report->scores, &report->score_count, walk_score);
}

/* ---- both ways ------------------------------------------------------------------------------ */

void
report_write_json(const struct report *report, struct buf *out)
{
	json_t *value CLEANUP(json_cleanup) = json_object();
	struct report copy = *report; /* a walk that writes changes nothing */
	bool bad = false;
	const struct walk walk = {.value = value, .bad = &bad};

	walk_report(&walk, &copy);
	json_write(out, value);
}

static bool agrees(const json_t *said, const json_t *told);

/* A member that a later version added is none of ours; one that we have now and it had not yet is
 * null here. */
static bool
members_agree(json_t *said, const json_t *told)
{
	const char *name;
	json_t *ours;

	json_object_foreach(said, name, ours)
	{
		const json_t *theirs = json_object_get(told, name);

		if (theirs == NULL ? !json_is_null(ours) : !agrees(ours, theirs))
			return false;
	}
	return true;
}

/* Does what was told say the same as what follows from its counts? */
static bool
agrees(const json_t *said, const json_t *told)
{
	if (json_is_object(said) && json_is_object(told))
		return members_agree((json_t *)(uintptr_t)said, told);
	if (!json_is_array(said) || !json_is_array(told))
		return json_equal(said, told) == 1;
	if (json_array_size(said) != json_array_size(told))
		return false;
	for (size_t i = 0; i < json_array_size(said); i++) {
		if (!agrees(json_array_get(said, i), json_array_get(told, i)))
			return false;
	}
	return true;
}

struct err
report_read_json(struct arena *arena, struct str json, struct report **report)
{
	json_t *value CLEANUP(json_cleanup) = NULL, *said CLEANUP(json_cleanup) = NULL;
	struct buf again CLEANUP(buf_fini) = {0};
	struct report *read = arena_alloc(arena, sizeof(*read));
	bool bad = false;
	struct walk walk = {.arena = arena, .reading = true, .bad = &bad};

	TRY(json_parse_strict(json, &value, NULL));
	walk.value = value;
	walk_report(&walk, read);
	if (bad)
		return FAIL(ERR_INVALID, "the JSON is no report of this program");
	report_write_json(read, &again);
	TRY(json_parse_strict(buf_str(&again), &said, NULL));
	if (!agrees(said, value))
		return FAIL(ERR_INVALID,
			"the report's JSON was changed: its figures or words do not"
			" follow from its counts");
	*report = read;
	return OK;
}
