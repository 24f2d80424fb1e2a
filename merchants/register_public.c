/* Beside the markets: fee counters' months, social assistance, the scores of Decision 766. */
#include "chopay/public_service.h"
#include "register.h"

enum { AT_UNIT, AT_WHEN };

static bool
in_force(struct reading *reading, const struct register_row *row, int32_t from_day, int32_t to_day)
{
	if (names_unit_touches(&reading->names, row->fields[AT_UNIT], from_day, to_day))
		return true;
	return register_refuse(
		reading, row, AT_UNIT, "is the code of no unit in force at that time");
}

static bool
in_force_in_month(struct reading *reading, const struct register_row *row)
{
	month_key month = (month_key)row->values[AT_WHEN];

	return in_force(reading, row, month_first_day(month, CALENDAR_SOLAR),
		month_last_day(month, CALENDAR_SOLAR));
}

/* ---- counters ------------------------------------------------------------------------------- */

enum { DOSSIER_PROCEDURES = 2, DOSSIER_ONLINE, DOSSIER_COUNT };

static bool
dossiers_check(struct reading *reading, const struct register_row *row)
{
	if (row->values[DOSSIER_ONLINE] > row->values[DOSSIER_PROCEDURES])
		return register_refuse(reading, row, DOSSIER_ONLINE, "register.above_procedures");
	return in_force_in_month(reading, row);
}

static struct err
dossiers_add(struct reading *reading, const struct register_row *row)
{
	const struct dossier_month month = {
		.unit_code = row->fields[AT_UNIT],
		.month = (month_key)row->values[AT_WHEN],
		.id = register_next_id(reading),
		.procedures = row->values[DOSSIER_PROCEDURES],
		.procedures_online = row->values[DOSSIER_ONLINE],
		.dossiers = row->values[DOSSIER_COUNT],
		.entry = register_entered(reading),
	};

	return dossier_months_put(reading->db, &month);
}

static struct err
write_dossiers(void *arg, const struct dossier_month *month)
{
	struct writing *writing = arg;

	field_put_text(writing, month->unit_code);
	field_put_month(writing, month->month);
	field_put_number(writing, month->procedures);
	field_put_number(writing, month->procedures_online);
	field_put_number(writing, month->dossiers);
	field_put_entry(writing, &month->entry, false);
	return OK;
}

static struct err
dossiers_export(struct db *db, struct writing *writing)
{
	return dossier_months_walk(db, STR(""), 0, INT32_MAX, write_dossiers, writing);
}

const struct csv_register register_dossiers = {
	.name = "dossiers",
	.example = "23059,2026-06,120,96,1649",
	.columns = {{"unit_code", field_read_unit}, {"month", field_read_past_month},
		{"procedures", field_read_count}, {"procedures_online", field_read_count},
		{"dossiers", field_read_count}},
	.key = 2,
	.check = dossiers_check,
	.put = dossiers_add,
	.export = dossiers_export,
};

/* ---- social assistance ---------------------------------------------------------------------- */

enum { PAYOUT_RECIPIENTS = 2, PAYOUT_BY_ACCOUNT, PAYOUT_VALUE, PAYOUT_VALUE_BY_ACCOUNT };

static bool
payouts_check(struct reading *reading, const struct register_row *row)
{
	if (row->values[PAYOUT_BY_ACCOUNT] > row->values[PAYOUT_RECIPIENTS])
		return register_refuse(
			reading, row, PAYOUT_BY_ACCOUNT, "register.above_recipients");
	if (row->values[PAYOUT_VALUE_BY_ACCOUNT] > row->values[PAYOUT_VALUE])
		return register_refuse(
			reading, row, PAYOUT_VALUE_BY_ACCOUNT, "register.above_paid");
	if (row->values[PAYOUT_RECIPIENTS] == 0 && row->values[PAYOUT_VALUE] > 0)
		return register_refuse(reading, row, PAYOUT_VALUE, "was paid to nobody");
	if (row->values[PAYOUT_BY_ACCOUNT] == 0 && row->values[PAYOUT_VALUE_BY_ACCOUNT] > 0)
		return register_refuse(
			reading, row, PAYOUT_VALUE_BY_ACCOUNT, "was paid to nobody's account");
	return in_force_in_month(reading, row);
}

static struct err
payouts_add(struct reading *reading, const struct register_row *row)
{
	const struct payout payout = {
		.unit_code = row->fields[AT_UNIT],
		.month = (month_key)row->values[AT_WHEN],
		.id = register_next_id(reading),
		.recipients = row->values[PAYOUT_RECIPIENTS],
		.by_account = row->values[PAYOUT_BY_ACCOUNT],
		.value = {row->values[PAYOUT_VALUE]},
		.value_by_account = {row->values[PAYOUT_VALUE_BY_ACCOUNT]},
		.entry = register_entered(reading),
	};

	return payouts_put(reading->db, &payout);
}

static struct err
write_payout(void *arg, const struct payout *payout)
{
	struct writing *writing = arg;

	field_put_text(writing, payout->unit_code);
	field_put_month(writing, payout->month);
	field_put_number(writing, payout->recipients);
	field_put_number(writing, payout->by_account);
	field_put_number(writing, payout->value.dong);
	field_put_number(writing, payout->value_by_account.dong);
	field_put_entry(writing, &payout->entry, false);
	return OK;
}

static struct err
payouts_export(struct db *db, struct writing *writing)
{
	return payouts_walk(db, STR(""), 0, INT32_MAX, write_payout, writing);
}

const struct csv_register register_payouts = {
	.name = "payouts",
	.example = "23059,2026-06,812,640,406000000,332000000",
	.columns = {{"unit_code", field_read_unit}, {"month", field_read_past_month},
		{"recipients", field_read_count}, {"by_account", field_read_count},
		{"value", field_read_amount}, {"value_by_account", field_read_amount}},
	.key = 2,
	.check = payouts_check,
	.put = payouts_add,
	.export = payouts_export,
};

/* ---- the scores of Decision 766 ------------------------------------------------------------- */

enum { SCORE_GROUP = 2, SCORE_MAX, SCORE_TARGET, SCORE_ACTUAL, SCORE_RANK, SCORE_UNITS };

#define SCORE_WHOLE 10000 /* hundredths: all groups together have 100 points */

static const char *
read_group(struct reading *reading, struct register_row *row, int column)
{
	struct str text = row->fields[column];

	(void)reading;
	if (text.len != 1 || text.ptr[0] < '0' || text.ptr[0] > '0' + SERVICE_GROUPS)
		return "is not a group: 1 to 6, or 0 for the stated total";
	row->values[column] = text.ptr[0] - '0';
	return NULL;
}

static const char *
read_optional_count(struct reading *reading, struct register_row *row, int column)
{
	row->values[column] = 0;
	return row->fields[column].len == 0 ? NULL : field_read_count(reading, row, column);
}

static bool
rank_check(struct reading *reading, const struct register_row *row)
{
	int64_t rank = row->values[SCORE_RANK], units = row->values[SCORE_UNITS];

	if (row->fields[SCORE_RANK].len == 0 && row->fields[SCORE_UNITS].len == 0)
		return true;
	if (row->values[SCORE_GROUP] != 0)
		return register_refuse(reading, row, SCORE_RANK,
			"is a rank of a group: it stands on the row of the total, group 0");
	if (rank < 1 || units < 1)
		return register_refuse(reading, row, rank < 1 ? SCORE_RANK : SCORE_UNITS,
			"is no rank among units: both are given, from 1");
	if (rank > units)
		return register_refuse(reading, row, SCORE_RANK, "register.above_units");
	return true;
}

static bool
scores_check(struct reading *reading, const struct register_row *row)
{
	int64_t year = row->values[AT_WHEN];

	if (row->values[SCORE_MAX] < 1 || row->values[SCORE_MAX] > SCORE_WHOLE)
		return register_refuse(reading, row, SCORE_MAX,
			"is not the most of a group: more than 0, at most 100");
	if (row->values[SCORE_ACTUAL] > row->values[SCORE_MAX])
		return register_refuse(reading, row, SCORE_ACTUAL, "register.above_most");
	if (row->values[SCORE_TARGET] > row->values[SCORE_MAX])
		return register_refuse(reading, row, SCORE_TARGET, "register.above_most");
	if (day_from_civil(year, 1, 1) > reading->today)
		return register_refuse(reading, row, AT_WHEN,
			"is in the future: only what has been can be declared");
	return rank_check(reading, row) &&
	       in_force(reading, row, day_from_civil(year, 1, 1), day_from_civil(year, 12, 31));
}

static struct err
scores_add(struct reading *reading, const struct register_row *row)
{
	const struct service_score score = {
		.unit_code = row->fields[AT_UNIT],
		.year = (int)row->values[AT_WHEN],
		.group_no = (int)row->values[SCORE_GROUP],
		.id = register_next_id(reading),
		.max = row->values[SCORE_MAX],
		.target = row->values[SCORE_TARGET],
		.actual = row->values[SCORE_ACTUAL],
		.rank = row->values[SCORE_RANK],
		.units = row->values[SCORE_UNITS],
		.entry = register_entered(reading),
	};

	return service_scores_put(reading->db, &score);
}

/* A unit's year as it now is. */
struct sums {
	struct service_score total, groups; /* groups: the sums of all of them */
	bool stated;
};

static struct err
add_score(void *arg, const struct service_score *score)
{
	struct sums *sums = arg;

	if (score->group_no == 0) {
		sums->total = *score;
		sums->stated = true;
		return OK;
	}
	sums->groups.max += score->max;
	sums->groups.target += score->target;
	sums->groups.actual += score->actual;
	return OK;
}

static struct str
hundredths_text(struct arena *arena, int64_t x100)
{
	return arena_printf(arena, "%lld,%02d", (long long)(x100 / 100), (int)(x100 % 100));
}

static void
refuse_sum(struct reading *reading, const struct register_row *row, int column, int64_t groups,
	int64_t total)
{
	struct arena *arena = reading->import->arena;
	const struct str values[] = {hundredths_text(arena, groups), hundredths_text(arena, total)};

	problem_add(reading->import, row->line, reading->which->columns[column].name,
		problem_words(reading->import, "register.above_sum", values, 2));
}

/* Of a unit's year only the row of the total is looked at, or the last one if the file has none. */
static bool
speaks_for_year(const struct reading *reading, size_t at)
{
	const struct register_row *row = &reading->rows[at];

	for (size_t i = 0; i < reading->count; i++) {
		const struct register_row *other = &reading->rows[i];

		if (i == at || other->values[AT_WHEN] != row->values[AT_WHEN] ||
			!str_eq(other->fields[AT_UNIT], row->fields[AT_UNIT]))
			continue;
		if (other->values[SCORE_GROUP] == 0 || (i > at && row->values[SCORE_GROUP] != 0))
			return false;
	}
	return true;
}

static struct err
scores_finish(struct reading *reading)
{
	for (size_t i = 0; i < reading->count; i++) {
		const struct register_row *row = &reading->rows[i];
		struct sums sums = {0};

		if (!speaks_for_year(reading, i))
			continue;
		TRY(service_scores_walk(reading->db, row->fields[AT_UNIT],
			(int)row->values[AT_WHEN], add_score, &sums));
		if (!sums.stated)
			continue;
		if (sums.groups.max > sums.total.max)
			refuse_sum(reading, row, SCORE_MAX, sums.groups.max, sums.total.max);
		if (sums.groups.target > sums.total.target)
			refuse_sum(
				reading, row, SCORE_TARGET, sums.groups.target, sums.total.target);
		if (sums.groups.actual > sums.total.actual)
			refuse_sum(
				reading, row, SCORE_ACTUAL, sums.groups.actual, sums.total.actual);
	}
	return OK;
}

static struct err
write_score(void *arg, const struct service_score *score)
{
	struct writing *writing = arg;

	field_put_text(writing, score->unit_code);
	field_put_number(writing, score->year);
	field_put_number(writing, score->group_no);
	field_put_hundredths(writing, score->max);
	field_put_hundredths(writing, score->target);
	field_put_hundredths(writing, score->actual);
	if (score->rank > 0)
		field_put_number(writing, score->rank);
	else
		field_put_text(writing, STR(""));
	if (score->units > 0)
		field_put_number(writing, score->units);
	else
		field_put_text(writing, STR(""));
	field_put_entry(writing, &score->entry, false);
	return OK;
}

static struct err
scores_export(struct db *db, struct writing *writing)
{
	return service_scores_walk(db, STR(""), 0, write_score, writing);
}

const struct csv_register register_scores = {
	.name = "scores",
	.example = "23059,2026,0,100.00,85.00,82.02,5,124",
	.columns = {{"unit_code", field_read_unit}, {"year", field_read_year},
		{"group", read_group}, {"max", field_read_hundredths},
		{"target", field_read_hundredths}, {"actual", field_read_hundredths},
		{"rank", read_optional_count}, {"units", read_optional_count}},
	.optional = 2,
	.key = 3,
	.check = scores_check,
	.put = scores_add,
	.finish = scores_finish,
	.export = scores_export,
};
