/* A stall's months, from its days; and what in a solar month a person should look at (R5, R6). */
#include <stdlib.h>

#include "adoption.h"
#include "chopay/market_days.h"

#define LAST_DAYS 3 /* R5: market days at a month's end */

struct month_sum {
	struct adoption_month_row row;
	int32_t first_day, last_day;
	struct payer_count *payers; /* owned */
	size_t payer_count;
	int64_t unknown;
};

struct months_sum {
	struct month_sum of[2]; /* by calendar */
	uint64_t last_days;	/* bits of the solar month */
	int64_t in_last_days;
};

static void
free_months(struct months_sum *sum)
{
	free(sum->of[CALENDAR_SOLAR].payers);
	free(sum->of[CALENDAR_ND09].payers);
}

static struct err
add_day(struct month_sum *month, const struct adoption_day_row *day)
{
	size_t room = payers_size(day->payers), more;
	struct payer_count *payers;
	struct err err;

	if (day->day < month->first_day || day->day > month->last_day)
		return OK;
	if (day->payments > 0)
		month->row.active_days |= UINT64_C(1) << (day->day - month->first_day);
	month->row.payments += day->payments;
	month->row.value.dong += day->value.dong;
	month->unknown += day->unknown;
	month->row.hours |= day->hours;
	payers = mem_alloc((room + 1) * sizeof(*payers));
	err = payers_decode(day->payers, payers, &more);
	if (err.code == ERR_OK) {
		month->payers = mem_resize(
			month->payers, (month->payer_count + more + 1) * sizeof(*payers));
		month->payer_count = payers_join(month->payers, month->payer_count, payers, more);
	}
	free(payers);
	/* Somebody wrote it by hand: the day itself is named, the month without it. */
	return err.code == ERR_INVALID ? OK : err;
}

static struct err
keep_day(void *arg, const struct adoption_day_row *day)
{
	struct months_sum *sum = arg;
	int32_t first = sum->of[CALENDAR_SOLAR].first_day;

	if (day->day >= first && day->day <= sum->of[CALENDAR_SOLAR].last_day &&
		(sum->last_days >> (day->day - first) & 1) != 0)
		sum->in_last_days += day->payments;
	TRY(add_day(&sum->of[CALENDAR_SOLAR], day));
	return add_day(&sum->of[CALENDAR_ND09], day);
}

/* The last market days of the solar month, by the calendar of the market where the stall stands at
 * its end. */
static struct err
find_last_days(struct db *db, struct arena *arena, struct months_sum *sum)
{
	const struct month_sum *month = &sum->of[CALENDAR_SOLAR];
	int64_t market_id;
	int found = 0;

	TRY(stall_stands(db, month->row.stall_id, month->last_day, &market_id));
	for (int32_t day = month->last_day; day >= month->first_day && found < LAST_DAYS; day--) {
		struct str calendar;

		TRY(calendars_at(db, arena, market_id, day, &calendar));
		if (!market_days_open(calendar, day))
			continue;
		sum->last_days |= UINT64_C(1) << (day - month->first_day);
		found++;
	}
	return OK;
}

/* ---- as they are stored -------------------------------------------------------------------------
 */

struct stored_month {
	struct adoption_month_row row;
	bool there;
};

static struct err
keep_month(void *arg, const struct adoption_month_row *row)
{
	struct stored_month *stored = arg;

	*stored = (struct stored_month){*row, true};
	return OK;
}

static struct err
compare_month(struct db *db, struct month_sum *month, const struct cell_sink *sink)
{
	struct adoption_month_row *row = &month->row;
	struct stored_month stored = {0};
	bool wanted = row->payments > 0 || row->value.dong > 0;

	row->payers = (int64_t)month->payer_count + month->unknown;
	TRY(adoption_months_of_stall(
		db, row->stall_id, row->calendar, row->month, keep_month, &stored));
	if (stored.there == wanted &&
		(!wanted || (stored.row.active_days == row->active_days &&
				    stored.row.payments == row->payments &&
				    stored.row.value.dong == row->value.dong &&
				    stored.row.payers == row->payers &&
				    stored.row.hours == row->hours)))
		return OK;
	return sink->month(sink->arg, row);
}

/* ---- flags --------------------------------------------------------------------------------------
 */

struct month_flags {
	struct arena *arena;
	struct str rule;
	struct adoption_flag stored;
	bool there;
};

static struct err
keep_flag(void *arg, const struct adoption_flag *flag)
{
	struct month_flags *flags = arg;

	if (!str_eq(flag->rule, flags->rule))
		return OK;
	flags->stored = *flag;
	flags->stored.rule = flags->rule;
	flags->stored.evidence = arena_copy(flags->arena, flag->evidence);
	flags->there = true;
	return OK;
}

static struct err
compare_flag(struct db *db, struct arena *arena, const struct adoption_flag *flag, bool wanted,
	const struct cell_sink *sink)
{
	struct month_flags flags = {.arena = arena, .rule = flag->rule};

	TRY(flags_walk(db, flag->stall_id, flag->day, flag->day, keep_flag, &flags));
	if (!wanted)
		return flags.there ? sink->flag(sink->arg, &flags.stored, false) : OK;
	if (flags.there && str_eq(flags.stored.evidence, flag->evidence) &&
		flags.stored.subject == flag->subject && flags.stored.version == flag->version &&
		flags.stored.amount.dong == 0)
		return OK;
	return sink->flag(sink->arg, flag, true);
}

static struct err
compare_flags(struct db *db, struct arena *arena, const struct months_sum *sum,
	const struct cell_sink *sink)
{
	const struct month_sum *month = &sum->of[CALENDAR_SOLAR];
	struct month_look look = {month->row.payments, sum->in_last_days, 0};
	struct adoption_flag flag = {
		.stall_id = month->row.stall_id,
		.subject = month->row.month,
		.day = month->last_day,
		.version = ADOPTION_RULES_VERSION,
	};

	for (size_t i = 0; i < month->payer_count; i++) {
		if (month->payers[i].payments > look.of_one_payer)
			look.of_one_payer = month->payers[i].payments;
	}
	flag.rule = STR("R5");
	flag.evidence = arena_printf(arena, "{\"payments\":%lld,\"in_last_days\":%lld}",
		(long long)look.payments, (long long)look.in_last_days);
	TRY(compare_flag(db, arena, &flag, burst_flag(&look), sink));
	flag.rule = STR("R6");
	flag.evidence = arena_printf(arena, "{\"payments\":%lld,\"of_one_payer\":%lld}",
		(long long)look.payments, (long long)look.of_one_payer);
	return compare_flag(db, arena, &flag, one_payer_flag(&look), sink);
}

struct err
stall_months_compare(struct db *db, int64_t stall_id, int32_t day, const struct cell_sink *sink)
{
	struct arena *arena CLEANUP(arena_cleanup) = arena_new();
	struct months_sum sum CLEANUP(free_months) = {0};
	int32_t from_day = day, to_day = day;

	for (int calendar = CALENDAR_SOLAR; calendar <= CALENDAR_ND09; calendar++) {
		enum period_calendar of = (enum period_calendar)calendar;
		month_key month = month_of(day, of);

		sum.of[of] = (struct month_sum){
			.row = {.stall_id = stall_id, .calendar = of, .month = month},
			.first_day = month_first_day(month, of),
			.last_day = month_last_day(month, of),
		};
		if (sum.of[of].first_day < from_day)
			from_day = sum.of[of].first_day;
		if (sum.of[of].last_day > to_day)
			to_day = sum.of[of].last_day;
	}
	TRY(find_last_days(db, arena, &sum));
	TRY(adoption_days_walk(db, stall_id, from_day, to_day, keep_day, &sum));
	TRY(compare_month(db, &sum.of[CALENDAR_SOLAR], sink));
	TRY(compare_month(db, &sum.of[CALENDAR_ND09], sink));
	return compare_flags(db, arena, &sum, sink);
}
